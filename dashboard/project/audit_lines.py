"""One line of the audit log: its content, how it is written, and how an altered line is detected.

The hash of a line covers digests of the cells, not their text. Each digest is made with a random salt, which is kept
with the text in the last part of the line, `values`. Removing a text and its salt there leaves nothing from which the
text could be guessed, and keeps the chain of hashes whole.

Older lines (form 1) hold the text itself and are verified as such.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.errors import DataError

FORM = 2
"""Version of the format of new lines; lines without a form are of form 1."""
REMOVED = "removed"
"""Stands in for a row's version that was erased from the log; real versions are hexadecimal digits."""
FIRST_HASH = "0" * 64

_HASH_KEY = b',"hash":"'
"""Cannot occur inside a text of the line, where its quotes would be escaped."""
_END = re.compile(rb',"hash":"([0-9a-f]{64})"(?:,"values":(\{.*\}))?\}', re.DOTALL)
_SALT = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """What happened to one row. The versions are those of `row_version`, or `REMOVED`; None: the row was not there."""

    table: str
    row_id: str
    before: str | None
    after: str | None
    cells: Mapping[str, tuple[str | None, str | None]]
    """Column -> text before and after, for the cells that changed; None: erased from the log. Empty for rows that a
    program added: the table holds them, and the version says what they were."""

    @property
    def is_complete(self) -> bool:
        """False if a part of it was erased from the log."""
        return REMOVED not in (self.before, self.after) and all(None not in pair for pair in self.cells.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the log. ``number`` counts from 1; ``at`` is UTC, ISO 8601."""

    number: int
    at: str
    who: str
    action: str
    note: str = ""
    """Also empty if it was erased."""
    undoes: int | None = None
    """The number of the line that this one undoes."""
    changes: tuple[RecordedChange, ...] = ()
    previous: str = ""
    """The hash of the previous line; this and the fields below are set on lines that were read."""
    hash: str = ""
    form: int = FORM
    removed: int = 0
    """How many of its values were erased."""


# --- writing


def encoded_line(line: Line, previous: str) -> bytes:
    """The bytes of the line without its line end; ``previous`` is the hash of the line before it.

    Raises `DataError` if a cell is not valid text.
    """
    sealed = _SealedValues()
    body: dict[str, Any] = {"n": line.number, "form": FORM, "at": line.at, "who": line.who, "action": line.action}
    body |= {"note": sealed.digest(line.note)} if line.note else {}
    body |= {"undoes": line.undoes} if line.undoes else {}
    body |= {"changes": [_as_json(change, sealed) for change in line.changes], "previous": previous}
    text = _json_bytes(body)
    own_hash = hashlib.sha256(text).hexdigest().encode()
    return text[:-1] + _HASH_KEY + own_hash + b'","values":' + _json_bytes(sealed.values) + b"}"


def _json_bytes(value: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError("A note or a cell holds half of a surrogate pair, which is no text.") from error


@dataclass
class _SealedValues:
    """Collects the values of a line under their digests."""

    values: dict[str, tuple[str, str]] = field(default_factory=dict)

    def digest(self, text: str | None) -> str:
        """The digest of the text; "" for an empty text, which has nothing to hide. None is a text that was erased."""
        if text == "":
            return ""
        salt = secrets.token_hex(16)
        if text is None:
            return _digest(salt, "")
        digest = _digest(salt, text)
        self.values[digest] = (salt, text)
        return digest

    def version(self, version: str | None) -> str | None:
        """The digest of a row's version, which must be erasable too: an erased cell could be guessed from it."""
        return None if version is None else self.digest(None if version == REMOVED else version)


def _digest(salt: str, text: str) -> str:
    return hashlib.sha256((salt + text).encode("utf-8", "surrogatepass")).hexdigest()


def _as_json(change: RecordedChange, sealed: _SealedValues) -> dict[str, Any]:
    before, after = sealed.version(change.before), sealed.version(change.after)
    found: dict[str, Any] = {"table": change.table, "id": change.row_id, "before": before, "after": after}
    cells = {column: [sealed.digest(old), sealed.digest(new)] for column, (old, new) in change.cells.items()}
    return found | ({"cells": cells} if cells else {})


# --- reading


def decoded_line(raw: bytes) -> Line | None:
    """The line, or None if it is not as this program wrote it. Line ends are ignored: git may change them."""
    raw = raw.rstrip(b"\r\n")
    at = raw.find(_HASH_KEY)
    found = _END.fullmatch(raw, at) if at >= 0 else None
    text = raw[:at] + b"}"
    if not found or hashlib.sha256(text).hexdigest().encode() != found[1]:
        return None
    try:
        body = json.loads(text)
        opened = _OpenedValues(body.get("form", 1), found[2])
        line = _line(body, found[1].decode("ascii"), opened)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        return None
    return line if opened.is_used_up else None


class _OpenedValues:
    """The values of a line that was read. Raises `ValueError` or `TypeError` for anything no line of ours holds."""

    def __init__(self, form: int, values: bytes | None) -> None:
        self.form, self.removed = form, 0
        if form not in (1, FORM) or isinstance(form, bool) or (form == 1 and values is not None):
            raise ValueError(form)
        self._values: dict[str, str] = json.loads(values or b"{}", object_pairs_hook=_verified_values)

    @property
    def is_used_up(self) -> bool:
        """True if the line refers to every value."""
        return not self._values

    def text(self, written: Any) -> str | None:
        """The text that a cell of the line holds, or refers to by its digest; None if it was erased."""
        if self.form == 1 or _text(written) == "":
            return _text(written)
        found = self._values.pop(written, None)
        self.removed += found is None
        return found

    def version(self, written: Any) -> str | None:
        """A row's version, `REMOVED`, or None for no row."""
        if written is None:
            return None
        found = self.text(written)
        return REMOVED if found is None else found


def _verified_values(pairs: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Digest -> text; raises `ValueError` for a value that does not match its digest."""
    found: dict[str, str] = {}
    for digest, (salt, text) in pairs:
        if not _SALT.fullmatch(salt) or _digest(salt, _text(text)) != digest or digest in found:
            raise ValueError(digest)
        found[digest] = text
    return found


def _line(body: dict[str, Any], own_hash: str, opened: _OpenedValues) -> Line:
    note = opened.text(body.get("note", "")) or ""
    changes = tuple(_change(change, opened) for change in body["changes"])
    return Line(
        number=int(body["n"]), at=_text(body["at"]), who=_text(body["who"]), action=_text(body["action"]),
        note=note, undoes=int(body["undoes"]) if "undoes" in body else None, changes=changes,
        previous=_text(body["previous"]), hash=own_hash, form=opened.form, removed=opened.removed,
    )  # fmt: skip


def _change(found: dict[str, Any], opened: _OpenedValues) -> RecordedChange:
    before, after = (opened.version(found[name]) for name in ("before", "after"))
    cells = {column: (opened.text(old), opened.text(new)) for column, (old, new) in found.get("cells", {}).items()}
    return RecordedChange(_text(found["table"]), _text(found["id"]), before, after, cells)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
