"""A MOSIP Bio SDK service to try the counter on: HTTP on loopback, a comparer that isn't one.

It reads a question as strictly as the open service's own reader does (bytes as arrays of numbers,
enums by their upper-case names), so that an adapter that is careless about it hears HTTP 500. Its
truth is told to it: which records are of one finger (`are_one`). Faults come from the one script
format at the step `compare`.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast

from devices.loopback import HOST
from devices.simulators.faults import Fault, FaultName, FaultScript
from devices.wire import biosdk

PATH = "/biosdk-service"
KINDS = frozenset({"FACE", "FINGER", "IRIS"})
POOR_STATUS, MISSING_STATUS = 406, 404
HELD = 30.0
"""So long a silent service keeps a line open."""
_AWAY = (FaultName.UNPLUGGED, FaultName.POWER_CUT)
Answer = dict[str, Any] | bytes | int | None
"""JSON, raw bytes, an HTTP status with no content, or None for a line that is cut."""


class BioSdkServer:
    """The service; a context manager. `port` 0 takes any free one."""

    def __init__(self, *, port: int = 0, bare: bool = False) -> None:
        self.script = FaultScript()
        self.asked: list[str] = []
        """The paths that were asked, without GET."""
        self.compared: list[tuple[bytes, bytes]] = []
        """Reference and sample of each match that was decided."""
        self.begun = False
        self.bare = bare
        """Whether decisions come as the specification's text has them, without a second wrapper."""
        self._want = port
        self._one: list[frozenset[bytes]] = []
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_address[1] if self._server else 0

    @property
    def url(self) -> str:
        """What an office would set up as the comparer's address."""
        return f"http://{HOST}:{self.port}{PATH}"

    def are_one(self, *records: bytes) -> None:
        """Tell it that these are pictures or minutiae of one finger."""
        self._one.append(frozenset(records))

    def order(self, *faults: Fault) -> None:
        """Let it fail."""
        self.script.order(*faults)

    def remedy(self) -> None:
        """Somebody puts it right."""
        self.script.withdraw()
        self.script.settle()

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            """One question."""

            def do_GET(self) -> None:
                away = any(fault.fault in _AWAY for fault in service.script.standing)
                self._say(None if away else service.status(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._say(service.answer(self.path, body))

            def _say(self, answer: Answer) -> None:
                if answer is None:
                    self.close_connection = True
                    return
                status = answer if isinstance(answer, int) else 200
                body = b"" if isinstance(answer, int) else answer
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
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

        self._server = ThreadingHTTPServer((HOST, self._want), Handler)
        self._server.daemon_threads = True
        self._want = self.port
        self._stop.clear()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="biosdk", daemon=True
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

    # what it says

    def status(self, path: str) -> Answer:
        """The answer to GET."""
        if path.rstrip("/") != PATH:
            return 404
        return b"Service is running... " + datetime.now(UTC).ctime().encode()

    def answer(self, path: str, body: bytes) -> Answer:
        """The answer to POST."""
        self.asked.append(path.removeprefix(PATH))
        match path:
            case "/biosdk-service/init":
                self.begun = True
                return wrapped({"apiVersion": "0.9", "sdkVersion": "0", "otherInfo": {}})
            case "/biosdk-service/match":
                return self._match(body)
            case _:
                return 404

    def _match(self, body: bytes) -> Answer:
        fault = self.script.strike("compare")
        if fault is not None and fault.stays:
            self.script.stand(fault)
        match fault.fault if fault else None:
            case FaultName.UNPLUGGED | FaultName.POWER_CUT:
                return None
            case FaultName.SILENT:
                self.hold(HELD)
                return None
            case FaultName.SLOW:
                self.hold(fault.seconds if fault else 0)
            case FaultName.GARBAGE:
                return b"\x00\xffnot json"
            case FaultName.COMPARER_ERROR:
                return wrapped("", [{"code": "BIOSDK_LIB_EXCEPTION", "message": "Contoh"}])
            case FaultName.NO_DECISION:
                return decided("ERROR", bare=self.bare)
            case FaultName.POOR_FINGER:
                return wrapped(said(POOR_STATUS, None))
            case FaultName.FINGER_MISMATCH:
                return decided("NOT_MATCHED", bare=self.bare)
            case _:
                pass
        try:
            reference, sample = _read(body)
        except (ValueError, KeyError, TypeError, IndexError):
            return 500
        if not self.begun:
            return wrapped("", [{"code": "BIOSDK_LIB_EXCEPTION", "message": "Contoh"}])
        if not reference or not sample:
            return wrapped(said(MISSING_STATUS, None))
        self.compared.append((reference, sample))
        same = reference == sample or any({reference, sample} <= one for one in self._one)
        return decided("MATCHED" if same else "NOT_MATCHED", bare=self.bare)

    def hold(self, seconds: float) -> None:
        """Keep whoever asked waiting; ends with the service."""
        self._stop.wait(seconds)


def decided(match: str, *, bare: bool = False) -> dict[str, Any]:
    """The answer with one decision."""
    decision = {"match": match, "errors": [], "analyticsInfo": {}}
    decisions = [{"galleryIndex": 0, "decisions": {"FINGER": decision}, "analyticsInfo": {}}]
    return wrapped(decisions) if bare else wrapped(said(200, decisions))


def wrapped(response: object, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The service's own wrapper, which comes with HTTP status 200 whatever went wrong."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return {
        "version": biosdk.VERSION,
        "responsetime": at,
        "response": response,
        "errors": errors or [],
    }


def said(status: int, response: object) -> dict[str, Any]:
    """The library's wrapper."""
    return {"statusCode": status, "statusMessage": "", "response": response}


def _read(body: bytes) -> tuple[bytes, bytes]:
    """Reference and sample of a match. Raises ValueError, KeyError, TypeError, IndexError."""
    outer = json.loads(body)
    if outer["version"] != biosdk.VERSION:
        raise ValueError("version")
    inner = json.loads(base64.b64decode(outer["request"], validate=True))
    if inner["modalitiesToMatch"] != ["FINGER"] or len(inner["gallery"]) != 1:
        raise ValueError("asked")
    return _finger(inner["gallery"][0]), _finger(inner["sample"])


def _finger(record: Mapping[str, Any]) -> bytes:
    [segment] = cast("list[dict[str, Any]]", record["segments"])
    about = segment["bdbInfo"]
    if about["type"][0] not in KINDS or about["subtype"] != ["UNKNOWN"]:
        raise ValueError("kind")
    if "creationDate" in about:
        raise ValueError("a time as text isn't read")
    numbers = segment["bdb"]
    if not isinstance(numbers, list):
        raise TypeError("bdb")
    return bytes(number & 0xFF for number in cast("list[int]", numbers) if -129 < number < 128)
