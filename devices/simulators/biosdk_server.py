"""A MOSIP Bio SDK service to try the counter on: HTTP on loopback, a comparer that isn't one.

It reads a question as strictly as the open service's own reader does (bytes as arrays of numbers,
enums by their upper-case names), so that an adapter that is careless about it hears HTTP 500. Its
truth is told to it: which records are of one finger (`are_one`). Faults come from the one script
format at the step `compare`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from devices.loopback import HOST
from devices.simulators.faults import Fault, FaultName, FaultScript
from devices.simulators.local_service import Answer, LocalService
from devices.wire import biosdk

PATH = "/biosdk-service"
KINDS = frozenset({"FACE", "FINGER", "IRIS"})
POOR_STATUS, MISSING_STATUS = 406, 404
HELD = 30.0
"""So long a silent service keeps a line open."""
_AWAY = (FaultName.UNPLUGGED, FaultName.POWER_CUT)


class BioSdkServer(LocalService):
    """The service; a context manager. `port` 0 takes any free one."""

    def __init__(self, *, port: int = 0, bare: bool = False) -> None:
        super().__init__(port=port)
        self.script = FaultScript()
        self.asked: list[str] = []
        """The paths that were asked, without GET."""
        self.compared: list[tuple[bytes, bytes]] = []
        """Reference and sample of each match that was decided."""
        self.begun = False
        self.bare = bare
        """Whether decisions come as the specification's text has them, without a second wrapper."""
        self._one: list[frozenset[bytes]] = []

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

    def respond(self, verb: str, path: str, body: bytes) -> Answer:
        """What it says, unless somebody pulled it."""
        if verb == "POST":
            return self.answer(path, body)
        away = any(fault.fault in _AWAY for fault in self.script.standing)
        return None if away else self.status(path)

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
