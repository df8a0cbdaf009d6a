"""A disk that refuses, or a program that is killed, at a chosen step of writing. For tests of what is left behind."""

import os
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from dashboard.project import audit_log


class Disk:
    """Counts the steps that change the disk, and acts at the one that is due. Steps count from 1; 0: none is due.

    ``steps`` tells what was done, such as ``fsync events.csv``. A write that is due to fail leaves half of its bytes.
    """

    def __init__(self, due=0, act=None, *, after=False):
        self.due, self.act, self.after = due, act, after
        self.steps = []
        self._names = {}

    def step(self, what, do, halfway=None):
        self.steps.append(what)
        is_due = len(self.steps) == self.due
        if is_due and not self.after:
            if halfway:
                halfway()
            self.act()
        result = do()
        if is_due and self.after:
            self.act()
        return result

    @contextmanager
    def in_place(self):
        """Stand between the program and the disk."""
        real = {name: getattr(Path, name) for name in ("open", "replace", "unlink")}
        fsync, os_open, open_regular = os.fsync, os.open, audit_log.open_regular
        disk = self

        def path_open(path, mode="r", *args, **kwargs):
            if mode.startswith("r") and "+" not in mode:
                return real["open"](path, mode, *args, **kwargs)
            file = disk.step(f"open {short(path)}", lambda: real["open"](path, mode, *args, **kwargs))
            return _Watched(file, disk, short(path))

        def opened(path, mode="rb", **kwargs):
            if mode == "rb":
                return open_regular(path, mode, **kwargs)
            file = disk.step(f"open {short(path)}", lambda: open_regular(path, mode, **kwargs))
            return _Watched(file, disk, short(path))

        def named(path, flags, *args, **kwargs):
            descriptor = os_open(path, flags, *args, **kwargs)
            disk._names[descriptor] = "folder" if Path(path).is_dir() else short(Path(path))
            return descriptor

        with (
            mock.patch.object(Path, "open", path_open),
            mock.patch.object(audit_log, "open_regular", opened),
            mock.patch.object(Path, "replace", lambda path, target: disk.step(
                f"rename {short(target)}", lambda: real["replace"](path, target))),
            mock.patch.object(Path, "unlink", lambda path, missing_ok=False: disk.step(
                f"unlink {short(path)}", lambda: real["unlink"](path, missing_ok=missing_ok))),
            mock.patch("os.open", named),
            mock.patch("os.fsync", lambda descriptor: disk.step(
                f"fsync {disk._names.get(descriptor, '?')}", lambda: fsync(descriptor))),
        ):  # fmt: skip
            yield self


class _Watched:
    """A file open for writing."""

    def __init__(self, file, disk, name):
        self._file, self._disk, self._name = file, disk, name
        disk._names[file.fileno()] = name

    def write(self, data):
        half = data[: len(data) // 2]
        return self._disk.step(f"write {self._name}", lambda: self._file.write(data), lambda: self._file.write(half))

    def truncate(self, size):
        return self._disk.step(f"truncate {self._name}", lambda: self._file.truncate(size))

    def __enter__(self):
        self._file.__enter__()
        return self

    def __exit__(self, *error):
        return self._file.__exit__(*error)

    def __getattr__(self, name):
        return getattr(self._file, name)


def short(path):
    """The table or log a file is, or is to become."""
    name = Path(path).name
    return next((known for known in ("events.csv", "places.csv", "articles.csv") if known in name), name)
