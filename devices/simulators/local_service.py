"""An HTTP service of this PC to try the counter on: a thread on loopback that asks for an answer.

Device services speak over HTTP with verbs and answers of their own, and fail in the same ways: a
line that is cut, bytes that aren't JSON, silence. What each of them says is its own file's matter;
here stands what carries it.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self

from devices.loopback import HOST

Answer = dict[str, Any] | list[Any] | bytes | int | None
"""JSON, raw bytes, an HTTP status with no content, or None for a line that is cut."""


class LocalService:
    """A service that `respond`s; a context manager. `port` 0 takes any free one, then keeps it."""

    VERBS: ClassVar[tuple[str, ...]] = ("GET", "POST")

    def __init__(self, *, port: int = 0) -> None:
        self._want = port
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_address[1] if self._server else 0

    def respond(self, verb: str, path: str, body: bytes) -> Answer:
        """What is said to one question; on a thread of the question's own."""
        raise NotImplementedError

    def hold(self, seconds: float) -> bool:
        """Keep whoever asked waiting; True when the service ended meanwhile."""
        return self._stop.wait(seconds)

    def __enter__(self) -> Self:
        named = {f"do_{verb}": _Question.put for verb in self.VERBS}
        handler = type("Question", (_Question,), {**named, "service": self})
        server = self._server = ThreadingHTTPServer((HOST, self._want), handler)
        server.daemon_threads = True
        self._want = self.port
        self._stop.clear()
        self._thread = threading.Thread(
            target=server.serve_forever, args=(0.02,), name=type(self).__name__, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
        if self._thread is not None:
            self._thread.join(5)


class _Question(BaseHTTPRequestHandler):
    """One question; each service's own has a method for each of its verbs."""

    service: LocalService

    def put(self) -> None:
        """Read it whole, then say the answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.service.respond(self.command, self.path, body)
        if answer is None:
            self.close_connection = True
            return
        status, content = 200, b""
        match answer:
            case int():
                status = answer
            case bytes():
                content = answer
            case _:
                content = json.dumps(answer).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            pass  # who asked has gone

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""
