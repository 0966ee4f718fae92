"""Fingerprint sensors behind a MOSIP device service (SBI) on this PC.

The adapter looks for the service on its ports, believes only what is signed by somebody in the
office's trust file, asks again (so often as set) for a finger below the least quality, and takes
the finger for what it is: a picture with a quality. It compares nothing by itself; `comparer` is
what an office may have beside it (`comparer_url`: a MOSIP Bio SDK service on this PC).
"""

from __future__ import annotations

import http.client
import secrets
import socket
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from devices.adapters.biosdk_comparer import BioSdkComparer
from devices.adapters.options import SBI
from devices.device import Cancel, Deadline, DeviceInfo, DeviceKind, Health, HealthReason
from devices.errors import (
    Busy,
    Cancelled,
    CannotCompare,
    ClockApart,
    ComparerUnfit,
    Garbage,
    NoFinger,
    NotConnected,
    NotTrusted,
    PoorFinger,
    TimedOut,
)
from devices.fingerprint import (
    FingerComparer,
    FingerMatch,
    FingerprintSensor,
    FingerSample,
    FingerTrial,
)
from devices.loopback import Here
from devices.options import OptionValue, read_options
from devices.wire import loopback_http, sbi
from devices.wire.jws import NotBelieved, TrustStore
from devices.wire.tape import NO_TAPE, Hidden, Tape

if TYPE_CHECKING:
    from devices.catalog import Place

KIND = DeviceKind.FINGERPRINT
DURING = "finger"
PROBE_SECONDS = 0.5
AT_ONCE = 32
ASK_SECONDS = 3.0
COMPARER_SECONDS = 2.0
"""So long a comparer may take to say that it runs."""
ROUND_SECONDS = 2.0
"""One question to the service lasts so long; between two, a cancel is heard."""


@dataclass(frozen=True, slots=True)
class FoundSensor:
    """A sensor that answered at a port; nothing it says is proven yet."""

    port: int
    device: sbi.SbiDevice


def found(ports: Iterable[int] = range(sbi.FIRST_PORT, sbi.LAST_PORT + 1)) -> list[FoundSensor]:
    """The sensors whose services answer on this PC."""
    here: list[FoundSensor] = []
    for port in listening(ports):
        try:
            data = _ask(port, sbi.DISCOVER, "/device", b'{"type": "Fingerprint"}', PROBE_SECONDS)
            here += [FoundSensor(port, device) for device in sbi.read_discovery(data)]
        except (OSError, http.client.HTTPException, ValueError):
            continue  # nobody there, or somebody who is no device service
    return here


def listening(ports: Iterable[int]) -> list[int]:
    """The ports that somebody listens on; all are tried at once, since Windows takes its time to
    say that nobody does."""

    def answers(port: int) -> bool:
        try:
            socket.create_connection((sbi.HOST, port), PROBE_SECONDS).close()
        except OSError:
            return False
        return True

    wanted = list(ports)
    with ThreadPoolExecutor(AT_ONCE) as probes:
        return [port for port, yes in zip(wanted, probes.map(answers, wanted), strict=True) if yes]


def _ask(port: int, verb: str, path: str, body: bytes, seconds: float) -> bytes:
    status, data = loopback_http.ask(
        port, verb, path, body, seconds=seconds, longest=sbi.LONGEST,
        headers={"Content-Type": "application/json", "EXT": "loket"},
    )  # fmt: skip
    if status != 200:
        raise sbi.BadReply("status")
    return data


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SbiSettings:
    """How much is asked of a finger and of the service."""

    ports: range = range(sbi.FIRST_PORT, sbi.LAST_PORT + 1)
    env: str = "Production"
    least_quality: int = 60
    tries: int = 3
    skew_seconds: float = 120.0
    comparer_seconds: float = 5.0


class SbiFingerprint(FingerprintSensor):
    """One sensor behind a device service."""

    OPTIONS = SBI

    def __init__(
        self,
        name: str,
        trust: Callable[[], TrustStore],
        settings: SbiSettings | None = None,
        *,
        comparer: FingerComparer | None = None,
        tape: Tape = NO_TAPE,
        now: Callable[[], datetime] = _now,
        new_id: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._name = name
        self._load_trust = trust
        self._trust: TrustStore | None = None
        self._settings = settings or SbiSettings()
        self._comparer = comparer
        self._tape = tape
        self._now = now
        self._new_id = new_id
        self._port: int | None = None
        self._device: sbi.SbiDevice | None = None

    @property
    def info(self) -> DeviceInfo:
        seen = self._device
        if seen is None:
            return DeviceInfo(KIND, self._name, "", "SBI", "")
        return DeviceInfo(KIND, self._name, seen.maker, seen.model, seen.serial, seen.firmware)

    @property
    def is_open(self) -> bool:
        return self._port is not None

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        """Find the service and prove it. Raises NotTrusted too."""
        if self._port is not None:
            return
        deadline = Deadline(timeout)
        try:
            self._trust = self._load_trust()
        except (OSError, NotBelieved) as error:
            raise NotTrusted(KIND, "open") from error
        for port in listening(self._settings.ports):
            if cancel is not None and cancel.is_set():
                raise Cancelled(KIND, "open")
            if not deadline.left():
                raise TimedOut(KIND, timeout, "open")
            if not found((port,)):
                continue
            self._device = self._proven(port, min(ASK_SECONDS, deadline.left()), "open")
            self._port = port
            self._tape.noted("open")
            return
        raise NotConnected(KIND, "open")

    def close(self) -> None:
        if self._port is not None:
            self._tape.noted("closed")
        self._port = None

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        if cancel is not None and cancel.is_set():
            raise Cancelled(KIND, "health")
        if self._port is None:
            return Health.judged((HealthReason.CLOSED,))
        try:
            self._device = self._proven(self._port, min(timeout, ASK_SECONDS), "health")
        except NotConnected:
            return Health.judged((HealthReason.UNPLUGGED,))
        except (NotTrusted, Garbage):
            return Health.judged((HealthReason.GARBLED,))
        match self._device.status:
            case sbi.SbiStatus.READY if not self._comparer_there(timeout, cancel):
                return Health.judged((HealthReason.COMPARER_AWAY,))
            case sbi.SbiStatus.READY:
                return Health.judged(())
            case sbi.SbiStatus.BUSY:
                return Health.judged((HealthReason.IN_USE,))
            case _:
                return Health.judged((HealthReason.NOT_ANSWERING,))

    def take(self, *, timeout: float, cancel: Cancel = None) -> FingerSample:
        """The best of at most so many tries. Raises NotTrusted and ClockApart too."""
        deadline, best = Deadline(timeout), -1
        port, device = self._held()
        for _ in range(self._settings.tries):
            taken = self._one_finger(port, device, deadline, cancel, timeout)
            if taken is None:
                break
            if taken.quality >= self._settings.least_quality:
                return FingerSample(taken.quality, taken.record, taken.serial, taken.at)
            best = max(best, taken.quality)
        if best < 0:
            raise NoFinger
        raise PoorFinger(best)

    def match(self, reference: bytes, *, timeout: float, cancel: Cancel = None) -> FingerMatch:
        comparer, deadline = self._comparer, Deadline(timeout)
        sample = self.take(timeout=self._for_the_finger(timeout), cancel=cancel)
        if comparer is None:
            raise CannotCompare(sample.quality)
        return comparer.compare(
            reference, sample, timeout=self._for_the_comparer(deadline), cancel=cancel
        )

    def try_out(self, *, timeout: float, cancel: Cancel = None) -> FingerTrial:
        comparer, deadline = self._comparer, Deadline(timeout)
        sample = self.take(timeout=self._for_the_finger(timeout), cancel=cancel)
        if comparer is None:
            return FingerTrial(sample.quality, compared=False)
        found = comparer.compare(
            sample.record, sample, timeout=self._for_the_comparer(deadline), cancel=cancel
        )
        if not found.matched:
            raise ComparerUnfit(sample.quality)
        return FingerTrial(sample.quality, compared=True)

    # inside

    def _for_the_finger(self, timeout: float) -> float:
        """What of a call's seconds a finger is waited for: the comparer needs some of them."""
        if self._comparer is None:
            return timeout
        return max(timeout / 2, timeout - self._settings.comparer_seconds)

    def _for_the_comparer(self, deadline: Deadline) -> float:
        return min(self._settings.comparer_seconds, deadline.left())

    def _comparer_there(self, timeout: float, cancel: Cancel) -> bool:
        seconds = min(timeout, COMPARER_SECONDS)
        return self._comparer is None or self._comparer.answers(timeout=seconds, cancel=cancel)

    def _held(self) -> tuple[int, sbi.SbiDevice]:
        if self._port is None or self._device is None:
            raise NotConnected(KIND, DURING)
        return self._port, self._device

    def _one_finger(
        self,
        port: int,
        device: sbi.SbiDevice,
        deadline: Deadline,
        cancel: Cancel,
        allowed: float,
    ) -> sbi.Taken | None:
        """One finger, asked for in short rounds; None when nobody laid one down in time."""
        while True:
            if cancel is not None and cancel.is_set():
                raise Cancelled(KIND, DURING)
            left = deadline.left()
            if not left:
                return None
            seconds = min(ROUND_SECONDS, left)
            transaction = self._new_id()
            body = sbi.capture_request(
                device,
                env=self._settings.env,
                transaction=transaction,
                at=self._now(),
                seconds=seconds,
                score=self._settings.least_quality,
            )
            self._tape.sent(sbi.TAKE.encode())
            try:
                data = _ask(port, sbi.TAKE, "/capture", body, seconds + 1.0)
                self._tape.heard(Hidden.of(data))
                return sbi.read_capture(
                    data,
                    self._believed(),
                    self._now(),
                    transaction=transaction,
                    env=self._settings.env,
                    skew_seconds=self._settings.skew_seconds,
                )
            except sbi.SbiError as error:
                self._tape.noted(f"error {error.code}")
                if error.code not in sbi.SbiError.NO_FINGER:
                    self._refused(error)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self._answer(error, DURING, allowed)

    def _refused(self, error: sbi.SbiError) -> NoReturn:
        if error.code in sbi.SbiError.NOT_THERE:
            self.close()
            raise NotConnected(KIND, DURING) from error
        device = self._proven(self._held()[0], ASK_SECONDS, DURING)
        if device.status is sbi.SbiStatus.BUSY:
            raise Busy(KIND) from error
        raise Garbage(KIND, DURING) from error

    def _answer(self, error: Exception, during: str, allowed: float) -> NoReturn:
        """The fault that an error on the line is."""
        if isinstance(error, NotBelieved):
            raise NotTrusted(KIND, during) from error
        if isinstance(error, sbi.OldReply):
            raise ClockApart(KIND, error.seconds) from error
        if isinstance(error, TimeoutError):
            raise TimedOut(KIND, allowed, during) from error
        if isinstance(error, http.client.RemoteDisconnected | ConnectionError):
            self.close()
            raise NotConnected(KIND, during) from error
        if isinstance(error, OSError):
            self.close()
            raise NotConnected(KIND, during) from error
        raise Garbage(KIND, during) from error

    def _proven(self, port: int, seconds: float, during: str) -> sbi.SbiDevice:
        try:
            data = _ask(port, sbi.INFO, "/info", b'{"type": "Fingerprint"}', seconds)
            devices = sbi.read_info(data, self._believed(), self._now())
        except sbi.SbiError as error:
            raise NotConnected(KIND, during) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._answer(error, during, seconds)
        if not devices:
            raise NotConnected(KIND, during)
        return devices[0]

    def _believed(self) -> TrustStore:
        if self._trust is None:
            raise NotConnected(KIND, DURING)
        return self._trust


def settings_of(options: Mapping[str, OptionValue]) -> SbiSettings:
    """How much is asked, by the family's options."""
    first, last = int(float(options["first_port"])), int(float(options["last_port"]))
    return SbiSettings(
        range(first, max(first, last) + 1),
        str(options["sbi_env"]),
        int(float(options["least_quality"])),
        int(float(options["tries"])),
        float(options["skew_seconds"]),
        float(options["comparer_seconds"]),
    )


def comparer_of(options: Mapping[str, OptionValue], tape: Tape = NO_TAPE) -> FingerComparer | None:
    """What compares, by the family's options; None where nothing is set up."""
    address = str(options["comparer_url"])
    return BioSdkComparer(Here.of(address), tape) if address else None


def make(place: Place) -> SbiFingerprint:
    """The sensor at a place."""
    options = read_options(SBI, place.options)
    file = Path(str(options["trust_file"]))
    return SbiFingerprint(
        place.name,
        lambda: TrustStore.of_pem(file.read_bytes()),
        settings_of(options),
        comparer=comparer_of(options, place.tape),
        tape=place.tape,
    )
