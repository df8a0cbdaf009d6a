"""A line between browser and server that counts the bytes going through it, compressed as they are."""

import socket
import threading


class Line:
    """Listens on a port of its own and passes everything on; `with Line(port) as line: line.url`."""

    def __init__(self, port):
        self._port = port
        self._received = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.close()

    def received(self):
        """Bytes that came from the server so far."""
        with self._lock:
            return self._received

    def _accept(self):
        while True:
            try:
                browser, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._port))
            for source, target, counts in ((browser, server, False), (server, browser, True)):
                threading.Thread(target=self._pass_on, args=(source, target, counts), daemon=True).start()

    def _pass_on(self, source, target, counts):
        try:
            while data := source.recv(65536):
                if counts:
                    with self._lock:
                        self._received += len(data)
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                end.close()
