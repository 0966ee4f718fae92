"""A comparer of fingers behind a MOSIP Bio SDK service on this PC.

It stands beside a sensor that only takes. Both fingers go to 127.0.0.1 and nowhere else; of what
is said, a recording keeps which question it was and how long the answer. Whatever the service
does instead of deciding is a fault that knows the taken finger's quality, never a mismatch.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import TypeVar

from devices.device import Cancel, Deadline, DeviceKind
from devices.errors import (
    Cancelled,
    ComparerAway,
    ComparerGarbled,
    ComparerRefused,
    ComparerSlow,
    ComparerUndecided,
    DeviceFault,
    PoorFinger,
)
from devices.fingerprint import FingerMatch, FingerSample
from devices.loopback import Here
from devices.wire import biosdk, loopback_http
from devices.wire.tape import NO_TAPE, Hidden, Tape

KIND = DeviceKind.FINGERPRINT
DURING = "compare"
JSON = {"Content-Type": "application/json", "Accept": "application/json"}
T = TypeVar("T")
_OK = 200
_WRONG = (
    OSError,
    http.client.HTTPException,
    ValueError,
    loopback_http.Stopped,
    biosdk.SdkError,
    biosdk.NoDecision,
    biosdk.PoorPicture,
)
"""What an exchange may end with instead of an answer that can be used."""


class BioSdkComparer:
    """A FingerComparer; needs no opening, lets the maker's library begin before its first match."""

    def __init__(self, here: Here, tape: Tape = NO_TAPE) -> None:
        self._here = here
        self._tape = tape
        self._begun = False

    def answers(self, *, timeout: float, cancel: Cancel = None) -> bool:
        """Whether the service says that it runs; nothing is compared. Raises Cancelled."""
        try:
            status, _ = loopback_http.ask(
                self._here.port, "GET", f"{self._here.path}/", seconds=timeout,
                longest=biosdk.LONGEST, cancel=cancel,
            )  # fmt: skip
        except loopback_http.Stopped as stopped:
            raise Cancelled(KIND, "health") from stopped
        except (OSError, http.client.HTTPException, ValueError):
            return False
        return status == _OK

    def compare(
        self, reference: bytes, sample: FingerSample, *, timeout: float, cancel: Cancel = None
    ) -> FingerMatch:
        """The service's decision; it tells no score.

        Raises the NotCompared faults, PoorFinger where the picture doesn't do for it, Cancelled.
        """
        deadline, quality = Deadline(timeout), sample.quality

        def asked(path: str, body: bytes, read: Callable[[bytes], T]) -> T:
            try:
                return read(self._post(path, body, deadline.left(), cancel))
            except _WRONG as error:
                raise self._fault(error, quality, timeout) from error

        if not self._begun:
            asked("/init", biosdk.init_request(), biosdk.read_init)
            self._begun = True
        body = biosdk.match_request(reference, sample.record, quality)
        return FingerMatch(None, quality, asked("/match", body, biosdk.read_match))

    # inside

    def _post(self, path: str, body: bytes, seconds: float, cancel: Cancel) -> bytes:
        self._tape.sent(f"POST {path}".encode())
        status, data = loopback_http.ask(
            self._here.port, "POST", f"{self._here.path}{path}", body, headers=JSON,
            seconds=seconds, longest=biosdk.LONGEST, cancel=cancel,
        )  # fmt: skip
        self._tape.heard(Hidden(len(data), ""))
        if status != _OK:
            raise biosdk.SdkError(f"HTTP {status}")
        return data

    def _fault(self, error: Exception, quality: int, timeout: float) -> DeviceFault:
        """The fault that an error on the line is."""
        match error:
            case loopback_http.Stopped():
                return Cancelled(KIND, DURING)
            case TimeoutError():
                return ComparerSlow(quality, round(timeout, 1))
            case OSError():
                self._begun = False  # whoever answers next may have just started
                return ComparerAway(quality)
            case biosdk.SdkError():
                self._begun = False  # a library that was restarted behind its service wants /init
                return ComparerRefused(quality, error.code)
            case biosdk.NoDecision():
                return ComparerUndecided(quality)
            case biosdk.PoorPicture():
                return PoorFinger(quality)
            case _:
                return ComparerGarbled(quality)
