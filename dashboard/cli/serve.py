"""Running the page: Streamlit in a process of its own, started, announced and stopped."""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from dashboard.access import EVERY_ADDRESS, Access
from dashboard.errors import PortError, shown
from dashboard.settings import Settings

APP = Path(__file__).parents[1] / "app.py"
START_SECONDS = 60
"""After this long without an answer the page is not announced; a slow disk may need a part of it at first."""
STOP_SECONDS = 10
"""A page that does not stop within this time is killed: Streamlit hangs if it cannot print that it stops."""


def serve(settings: Settings, access: Access, *, port: int, ready: Callable[[str], None]) -> int:
    """Run the page until it is stopped, and return its exit code, which is 0 if it was asked to stop.

    ``ready`` is called once with the page's address, as soon as it answers.

    Raises
    ------
    PortError
        The port is taken, or this user may not use it.
    """
    check_port(port, access)
    # -P: the current folder may come from a stranger, and would be searched for modules first.
    command = [sys.executable, "-P", "-m", "dashboard.ui.serving.server", "run", str(APP), "--server.port", str(port)]
    command += ["--server.address", access.address, "--logger.hideWelcomeMessage", "true", "--logger.level", "warning"]
    command += [word for host in access.hosts for word in ("--server.allowedHosts", host)]
    guards = {"CONFLICTMAP_READ_ONLY": settings.read_only, "CONFLICTMAP_WITHOUT_SIGN_IN": settings.without_sign_in}
    environment = {"CONFLICTMAP_DATA": str(settings.data.absolute())}
    environment |= {name: "yes" if is_on else "no" for name, is_on in guards.items()}
    # A separate session: Ctrl-C in a terminal reaches only this process, which passes it on once.
    process = subprocess.Popen(  # noqa: S603 - our own command, without a shell
        command,
        env={**os.environ, **environment},
        cwd=APP.parent,  # Streamlit takes settings from the folder it runs in
        start_new_session=True,
    )
    asked_to_stop = _pass_on_signals(process)
    if _answers_in_time(process, port, access):
        ready(page_url(access, port))
    code = process.wait()
    return 0 if asked_to_stop else code


def page_url(access: Access, port: int) -> str:
    """The page's URL for a browser on this machine."""
    host = _own_address(access)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _own_address(access: Access) -> str:
    return "127.0.0.1" if access.address in EVERY_ADDRESS else access.address


def check_port(port: int, access: Access) -> None:
    """Raise PortError, which suggests a free port, if the page cannot listen on this one."""
    try:
        _listen(access.address, port)
    except PermissionError as error:
        raise PortError(
            f"Port {port} needs an administrator's rights. Choose another: conflictmap run --port 8501"
        ) from error
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            message = f"The page cannot listen at {shown(access.address)}: {error.strerror or error}."
            raise PortError(f"{message} --address takes an address that this machine has.") from error
        hint = f"Choose another: conflictmap run --port {_free_port_after(port, access)}"
        raise PortError(f"Port {port} is taken. {hint}") from error


def _listen(address: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as listener:
        if os.name == "posix":  # as the server does; elsewhere the option would allow two servers on one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))


def _free_port_after(port: int, access: Access) -> int:
    for candidate in range(port + 1, min(port + 100, 65536)):
        try:
            _listen(access.address, candidate)
        except OSError:
            continue
        return candidate
    return 8501


def _pass_on_signals(process: subprocess.Popen[bytes]) -> list[int]:
    """Pass Ctrl-C and requests to end on to the process; the returned list collects the signals passed on."""
    received: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        process.terminate()
        last_resort = threading.Timer(STOP_SECONDS, process.kill)
        last_resort.daemon = True
        last_resort.start()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows knows no SIGHUP
            signal.signal(getattr(signal, name), pass_on)
    return received


def _answers_in_time(process: subprocess.Popen[bytes], port: int, access: Access) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection(_own_address(access), port, timeout=2)
        try:
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == http.client.OK:
                return True
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    return False
