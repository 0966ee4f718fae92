"""The MOSIP device service (MDS 0.9.5, SBI 1.0): HTTP on this PC, verbs of its own.

A sensor's maker installs a service that listens on 127.0.0.1, on one of the ports 4501 to 4600:

    MOSIPDISC  /device     who is there (plain JSON)
    MOSIPDINFO /info       the same and its state, signed
    RCAPTURE   /capture    take a finger; the answer holds it signed, in ISO/IEC 19794-4

(`CAPTURE` encrypts the finger for a national authority's key and is of no use at a counter;
`STREAM` shows pictures while aiming.) Each signed part is a JWS; its signer must lead to the
office's trust file. What a reply must also be is checked in `read_capture`: an answer to our own
question (transaction), of the ordered environment and kind, from a clock near ours.

LEFT OPEN: how exactly `hash` chains captures differs between the text and public services, so it
is sent and not judged; the signature covers the finger all the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from devices import loopback
from devices.wire.jws import NotBelieved, TrustStore, of_b64url

FIRST_PORT, LAST_PORT = 4501, 4600
HOST = loopback.HOST
DISCOVER, INFO, TAKE = "MOSIPDISC", "MOSIPDINFO", "RCAPTURE"
SPEC_VERSION = "0.9.5"
FINGER = "FIR"
LONGEST = 8_000_000
NOTHING_BEFORE = hashlib.sha256(b"").hexdigest()


class SbiStatus(StrEnum):
    """A device's state in its own words."""

    READY = "Ready"
    BUSY = "Busy"
    NOT_READY = "Not Ready"
    NOT_REGISTERED = "Not Registered"


class BadReply(ValueError):
    """A reply that isn't what the specification says; tells where, never its content."""


class OldReply(BadReply):
    """A reply whose clock is `seconds` apart from ours."""

    def __init__(self, seconds: int) -> None:
        super().__init__("clock")
        self.seconds = seconds


class SbiError(Exception):
    """An error that the device service names by number."""

    NO_FINGER = frozenset({101, 102, 105})
    NOT_THERE = frozenset({100, 106})

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True, slots=True)
class SbiDevice:
    """A sensor as its service names it."""

    id: str
    sub_id: str
    status: SbiStatus
    maker: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A finger as the service gave it."""

    quality: int
    record: bytes = field(repr=False)
    serial: str = ""
    at: datetime | None = None


def capture_request(
    device: SbiDevice,
    *,
    env: str,
    transaction: str,
    at: datetime,
    seconds: float,
    score: int,
) -> bytes:
    """The body of RCAPTURE for one finger, whichever it is."""
    body = {
        "env": env,
        "purpose": "Registration",
        "specVersion": device.versions[0] if device.versions else SPEC_VERSION,
        "timeout": str(round(seconds * 1000)),
        "captureTime": at.isoformat(timespec="milliseconds"),
        "transactionId": transaction,
        "registrationId": transaction,
        "bio": [
            {
                "type": FINGER,
                "count": "1",
                "bioSubType": ["UNKNOWN"],
                "exception": [],
                "requestedScore": str(score),
                "deviceId": device.id,
                "deviceSubId": device.sub_id,
                "previousHash": NOTHING_BEFORE,
            }
        ],
        "customOpts": {},
    }
    return json.dumps(body).encode()


def read_discovery(data: bytes) -> list[SbiDevice]:
    """Fingerprint sensors of a MOSIPDISC answer; others are left out. Raises BadReply."""
    found: list[SbiDevice] = []
    for item in _list(_json(data)):
        if error_of(item) not in (0, None):
            continue
        digital = _unsigned(item.get("digitalId"))
        if str(digital.get("type", "")).casefold() not in {"fingerprint", "finger"}:
            continue
        found.append(_device(item, digital))
    return found


def read_info(data: bytes, trust: TrustStore, now: datetime) -> list[SbiDevice]:
    """Fingerprint sensors of a MOSIPDINFO answer. Raises BadReply, NotBelieved, SbiError."""
    found: list[SbiDevice] = []
    for item in _list(_json(data)):
        code = error_of(item)
        if code not in (0, None):
            raise SbiError(code)
        payload = trust.believe(item.get("deviceInfo"), now).payload
        digital = trust.believe(payload.get("digitalId"), now).payload
        if str(digital.get("type", "")).casefold() in {"fingerprint", "finger"}:
            found.append(_device(payload, digital))
    return found


def read_capture(
    data: bytes,
    trust: TrustStore,
    now: datetime,
    *,
    transaction: str,
    env: str,
    skew_seconds: float,
) -> Taken:
    """The finger of an RCAPTURE answer. Raises BadReply, OldReply, NotBelieved, SbiError."""
    answer = _json(data)
    if not isinstance(answer, dict):
        raise BadReply("answer")
    whole = cast("dict[str, Any]", answer)
    if "biometrics" not in whole and error_of(whole) not in (0, None):
        raise SbiError(error_of(whole) or 0)
    fingers = _list(whole.get("biometrics"))
    if not fingers:
        raise BadReply("none")
    code = error_of(fingers[0])
    if code not in (0, None):
        raise SbiError(code)
    if len(fingers) != 1:
        raise BadReply("several")
    payload = trust.believe(fingers[0].get("data"), now).payload
    digital = trust.believe(payload.get("digitalId"), now).payload
    if transaction not in (payload.get("transactionId"), payload.get("registrationId")):
        raise BadReply("somebody else's")
    if payload.get("env") != env or payload.get("bioType") not in (FINGER, "Finger"):
        raise BadReply("kind")
    at = _time(payload.get("timestamp"))
    apart = abs((at - now).total_seconds())
    if apart > skew_seconds:
        raise OldReply(round(apart))
    record = of_b64url(str(payload.get("bioValue", "")))
    if not record:
        raise BadReply("empty")
    return Taken(_score(payload.get("qualityScore")), record, str(digital.get("serialNo", "")), at)


def error_of(item: Mapping[str, Any]) -> int | None:
    """The error's number in an answer's part: 0 is success, None where there is none said.

    Raises BadReply for what is no number.
    """
    error: object = item.get("error")
    if not isinstance(error, dict):
        return None
    code = cast("dict[str, Any]", error)
    raw = code.get("errorCode", code.get("errorcode", "0"))
    try:
        return int(str(raw).strip() or "0")
    except ValueError as wrong:
        raise BadReply("error") from wrong


def _json(data: bytes) -> object:
    if len(data) > LONGEST:
        raise BadReply("length")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadReply("not JSON") from error


def _list(value: object) -> list[dict[str, Any]]:
    items = cast("list[Any]", value if isinstance(value, list) else [value])
    if not all(isinstance(item, dict) for item in items):
        raise BadReply("list")
    return items


def _unsigned(value: object) -> dict[str, Any]:
    """The digital id of a discovery: its payload alone, or a JWS that nobody verified yet."""
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    if not isinstance(value, str):
        raise BadReply("digital id")
    parts = value.split(".")
    try:
        raw = of_b64url(parts[1] if len(parts) == 3 else parts[0])
    except NotBelieved as error:
        raise BadReply("digital id") from error
    found = _json(raw)
    if not isinstance(found, dict):
        raise BadReply("digital id")
    return cast("dict[str, Any]", found)


def _device(item: Mapping[str, Any], digital: Mapping[str, Any]) -> SbiDevice:
    try:
        status = SbiStatus(str(item.get("deviceStatus", "")))
    except ValueError as error:
        raise BadReply("status") from error
    sub: object = item.get("deviceSubId")
    first = sub[0] if isinstance(sub, list) and sub else sub
    versions: object = item.get("specVersion")
    listed = cast("list[Any]", versions) if isinstance(versions, list) else []
    return SbiDevice(
        id=str(item.get("deviceId", "")),
        sub_id=str(first if first not in (None, []) else "0"),
        status=status,
        maker=str(digital.get("make", "")),
        model=str(digital.get("model", "")),
        serial=str(digital.get("serialNo", "")),
        firmware=str(item.get("firmware", "")),
        versions=tuple(str(version) for version in listed),
    )


def _time(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise BadReply("time") from error
    if at.tzinfo is None:
        raise BadReply("time")
    return at


def _score(value: object) -> int:
    try:
        score = float(str(value))
    except ValueError as error:
        raise BadReply("score") from error
    if not 0 <= score <= 100:
        raise BadReply("score")
    return round(score)
