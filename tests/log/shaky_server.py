"""A static web server for tests that serves a folder well, or one of its files in some unfortunate manner."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WHERE = "/tile/0/001"


class _Shaky(SimpleHTTPRequestHandler):
    busy = True

    def do_GET(self) -> None:
        manner, _, path = self.path[1:].partition("/")
        self.path = f"/{path}"
        if self.path != WHERE or manner == "well":
            super().do_GET()
        elif manner == "busy-once":
            self._busy_once()
        else:
            {"stalls": self._stall, "drips": self._drip, "never-ends": self._flood, "refuses": self._refuse}.get(
                manner, self._redirect if manner == "redirects" else self._break
            )()

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""

    def _stall(self) -> None:
        time.sleep(1)

    def _drip(self) -> None:
        self._head(200, ("content-length", "8192"))
        self._pour(b"x", 0.02)

    def _flood(self) -> None:
        self._head(200)
        self._pour(b"x" * 4096, 0)

    def _refuse(self) -> None:
        self._head(503)

    def _redirect(self) -> None:
        self._head(302, ("location", "/well" + WHERE))

    def _break(self) -> None:
        self._head(200, ("content-length", "8192"))
        self.wfile.write(b"x" * 100)

    def _busy_once(self) -> None:
        if type(self).busy:
            type(self).busy = False
            self._head(429, ("retry-after", "1"))
        else:
            super().do_GET()

    def _head(self, status: int, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _pour(self, piece: bytes, pause: float) -> None:
        try:
            for _ in range(1000):
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(pause)
        except OSError:
            return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that hung up is no error of the command's, whose standard error the tests read."""


@contextmanager
def shaky(folder: Path) -> Iterator[Callable[[str], str]]:
    """The folder on 127.0.0.1; the function gives the address under which one file is served in that manner."""
    server = _Server(("127.0.0.1", 0), partial(_Shaky, directory=str(folder)))
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield lambda manner: f"http://127.0.0.1:{server.server_address[1]}/{manner}"
    finally:
        server.shutdown()
        server.server_close()
