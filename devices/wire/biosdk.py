"""The MOSIP Bio SDK service (specification 1.0): a comparer of fingers over HTTP.

    GET  /        is it there
    POST /init    let the maker's library begin; needed once after the service's start
    POST /match   one sample against a gallery; the answer has a decision for each

A question is `{"version": "1.0", "request": base64(JSON)}`. The specification's text and the open
service differ in how the inner JSON looks; this is written as the open client writes it, which the
open service reads: bytes as arrays of numbers from -128 to 127, enums by their upper-case names,
no times (mosip/biosdk-services, mosip/biosdk-client, mosip/bio-utils). An answer is believed in
both shapes: the decisions directly, as in the text, or inside the library's own
`{"statusCode", "statusMessage", "response"}`, as the service sends them. An error comes with HTTP
status 200.

The library decides; how alike two fingers are isn't part of the interface.

LEFT OPEN by the sources: whether a library compares the minutiae of a card (ISO/IEC 19794-2) with
a picture (19794-4), the parameters that its `/init` wants, and what its error codes above the
specification's mean.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, cast

VERSION = "1.0"
FINGER = "FINGER"
LONGEST = 1_000_000
"""An answer is a few hundred bytes; what is longer isn't one."""
POOR = frozenset({403, 406})
"""The library's statuses for a picture too poor to compare."""
ORGANISATION = "Mosip"
PICTURE_FORMAT, MINUTIAE_FORMAT = "7", "2"
"""Format types of CBEFF as MOSIP counts them: finger image, finger minutiae."""
_NO_CODE = "unknown"
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")


class BadAnswer(ValueError):
    """An answer that isn't what the specification says; tells where, never its content."""


class NoDecision(Exception):
    """The comparer answered without saying whether the two are one finger."""


class SdkError(Exception):
    """An error that the comparer names by a code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PoorPicture(Exception):
    """The comparer says that the finger's picture is too poor."""


def init_request() -> bytes:
    """The body of /init, without parameters of a maker's own."""
    return _request({"initParams": {}})


def match_request(reference: bytes, record: bytes, quality: int) -> bytes:
    """The body of /match for one finger against one."""
    return _request(
        {
            "sample": _record(record, quality),
            "gallery": [_record(reference, None)],
            "modalitiesToMatch": [FINGER],
            "flags": {},
        }
    )


def read_init(data: bytes) -> None:
    """Whether the library began. Raises BadAnswer, SdkError."""
    _payload(data)


def read_match(data: bytes) -> bool:
    """The decision. Raises BadAnswer, NoDecision, PoorPicture, SdkError."""
    payload = _payload(data)
    if payload in (None, "", []):
        raise NoDecision
    if not isinstance(payload, list):
        raise BadAnswer("decisions")
    said = [_verdict(one) for one in cast("list[Any]", payload)]
    if len(said) != 1:
        raise BadAnswer("gallery")
    return said[0]


# inside


def _request(inner: dict[str, Any]) -> bytes:
    packed = json.dumps(inner, separators=(",", ":")).encode()
    return json.dumps({"version": VERSION, "request": base64.b64encode(packed).decode()}).encode()


def _record(data: bytes, quality: int | None) -> dict[str, Any]:
    version = {"major": 1, "minor": 1}
    common = {"version": version, "cbeffversion": version, "birInfo": {"integrity": False}}
    minutiae = data.startswith(b"FMR")
    about: dict[str, Any] = {
        "format": {
            "organization": ORGANISATION,
            "type": MINUTIAE_FORMAT if minutiae else PICTURE_FORMAT,
        },
        "type": [FINGER],
        "subtype": ["UNKNOWN"],
        "level": "PROCESSED" if minutiae else "RAW",
        "purpose": "VERIFY",
    }
    if quality is not None:
        algorithm = {"organization": "HMAC", "type": "SHA-256"}
        about["quality"] = {"algorithm": algorithm, "score": quality}
    signed = list(memoryview(data).cast("b"))
    return {**common, "segments": [{**common, "bdbInfo": about, "bdb": signed}]}


def _payload(data: bytes) -> object:
    """What the library answered, out of one wrapper or two."""
    try:
        outer = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadAnswer("json") from error
    if not isinstance(outer, dict) or "response" not in outer:
        raise BadAnswer("answer")
    found = cast("dict[str, Any]", outer)
    for error in _list(found.get("errors")):
        if error is not None:
            raise SdkError(_code(error))
    inner: object = found["response"]
    if not isinstance(inner, dict):
        _judge(found.get("statusCode"))
        return inner
    wrapped = cast("dict[str, Any]", inner)
    _judge(wrapped.get("statusCode", found.get("statusCode")))
    return wrapped.get("response") if "statusCode" in wrapped else wrapped


def _judge(status: object) -> None:
    if status is None:
        return
    if isinstance(status, bool) or not isinstance(status, int):
        raise BadAnswer("status")
    if status in POOR:
        raise PoorPicture
    if not 200 <= status < 300:
        raise SdkError(str(status))


def _verdict(item: object) -> bool:
    if not isinstance(item, dict):
        raise BadAnswer("decision")
    one = cast("dict[str, Any]", item)
    if str(one.get("galleryIndex", 0)) != "0":
        raise BadAnswer("gallery")
    by_kind: object = one.get("decisions")
    if not isinstance(by_kind, dict):
        raise NoDecision
    for kind, decision in cast("dict[str, Any]", by_kind).items():
        if kind.upper() != FINGER or not isinstance(decision, dict):
            continue
        match cast("dict[str, Any]", decision).get("match"):
            case "MATCHED":
                return True
            case "NOT_MATCHED":
                return False
            case "ERROR" | None:
                raise NoDecision
            case _:
                raise BadAnswer("match")
    raise NoDecision


def _list(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadAnswer("errors")
    return cast("list[Any]", value)


def _code(error: object) -> str:
    """An error's code, and nothing of its message: that may quote what was sent."""
    if not isinstance(error, dict):
        return _NO_CODE
    code = cast("dict[str, Any]", error).get("code", cast("dict[str, Any]", error).get("errorCode"))
    return code if isinstance(code, str) and _CODE.fullmatch(code) else _NO_CODE
