"""Far ends of the devices that people use: STU pad, serial scanner, fingerprint service, camera.

Of these a recording keeps lengths and notes, never what a person wrote, carried or looked like.
So the far end says as much as was said then, of the same kind, and ends as it ended then; what
is compared is what the adapter asks, how each call ends, and how many scans it told.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

from devices.device import Deadline, Device
from devices.errors import NotConnected
from devices.options import OptionValue
from devices.simulators.evolis_mechanics import real_pause
from devices.simulators.fingerprint import FingerCore
from devices.simulators.local_service import Answer
from devices.simulators.pty_line import PtyLine
from devices.simulators.sbi_server import GOOD, SbiServer, Signer, failed
from devices.wire import sbi, stu
from devices.wire.jws import TrustStore
from devices.wire.replay import Ear, Recording, Step
from devices.wire.replay_comparer import ComparerEnd
from devices.wire.replay_script import Script, cable, options_of, stand_in

SOON = 5.0
"""So long may the adapter take to hear what was sent."""


# -- STU pad: the reports ---------------------------------------------------------------------


class PadReports:
    """The pad's reports in the place of the HID driver: as many as then, with a pen of nobody."""

    FEATURES: Mapping[int, bytes] = {
        stu.CAPABILITY: struct.pack(">BHHHHHB", stu.CAPABILITY, 10800, 6480, 1023, 800, 480, 200),
        stu.INFORMATION: b"\x08STU-000\x01\x00\x00\x00\x00",
        stu.SERIAL: b"\x0f0\x00",
    }

    def __init__(self) -> None:
        self.device: Device
        self._step = Step("")
        self._left: list[bytes | None] = []

    def begin(self, step: Step, cancel: threading.Event) -> None:
        self._step = step
        self._left = list(self._said(step)) if step.verb == "capture" else []
        if step.ended == "Cancelled":
            cancel.set()

    def left(self) -> int:
        return 0

    def opened(self) -> PadReports:
        """As the driver opens a pad."""
        if self._step.ended == "NotConnected":
            raise NotConnected(self.device.info.kind, "open")
        return self

    @staticmethod
    def _said(step: Step) -> Generator[bytes | None]:
        heard = [line.heard for line in step.lines if line.heard is not None]
        for index, pieces in enumerate(heard):
            raw = stand_in(pieces)
            times = (index * 5, index) if raw[0] == stu.PEN_TIMED else (None, None)
            away = step.ended == "NoSignature" or (index >= len(heard) - 3 and step.ended == "ok")
            stays = step.ended == "PenStuck"
            x, y = (5000, 3000) if stays else (index * 40 % 10_000, 2000 + index % 9 * 200)
            pen = stu.encode_pen(stu.PenReport(x, y, 0 if away else 500, 0, *times))
            yield pen if len(pen) == len(raw) and step.ended != "Garbage" else raw[:2]
        if step.ended == "NotConnected":
            yield None  # the cable

    def read(self, seconds: float) -> bytes:
        if not self._left:
            real_pause(seconds, None)
            return b""
        report = self._left.pop(0)
        if report is None:
            raise OSError("read error")
        return report

    def feature(self, number: int, size: int) -> bytes:
        return b"?" if self._step.ended == "Garbage" else self.FEATURES[number][:size]

    def set_feature(self, data: bytes) -> None:
        """The adapter tells its tape what it sends."""
        if self._step.ended == "NotConnected" and self._step.verb == "clear":
            raise OSError("write error")

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def stu_end(recording: Recording, ear: Ear) -> Generator[PadReports]:
    """An STU pad."""
    from devices.adapters.stu_pad import StuPad

    end, options = PadReports(), options_of(recording)
    seconds = float(options["finish_seconds"])
    end.device = StuPad(recording.header.name, end.opened, seconds, ear)
    yield end


# -- serial scanner ---------------------------------------------------------------------------

SCAN, GARBLED = "scan", "garbled"


class ScannerEnd:
    """A scanner on its cable: beeps as often as then, each with digits of nobody."""

    def __init__(self, line: PtyLine, ear: Ear) -> None:
        self.device: Device
        self._line = line
        self._beeps = 0
        self._news = threading.Condition()
        self._noted = 0
        ear.weighed = frozenset({SCAN, GARBLED})
        ear.on_note = self._hear

    def begin(self, step: Step, cancel: threading.Event) -> None:
        if step.ended == "Cancelled":
            cancel.set()
        if step.verb == "open" and step.ended == "NotConnected":
            self._pull()
        elif step.verb == "open" and step.ended == "ok":
            self._line.plug()
        elif not step.verb:
            self._play(step)

    def left(self) -> int:
        return 0

    def _play(self, step: Step) -> None:
        heard = [line.heard for line in step.lines if line.heard is not None]
        count = sum(len(stand_in(pieces)) for pieces in heard)
        notes = [note for note in step.notes if note in (SCAN, GARBLED)]
        each = count // max(1, len(notes))
        with self._news:
            self._noted = 0
        for note in notes:
            self._beeps += 1  # never the same twice: that would be one trigger held too long
            text = f"{self._beeps:0{max(4, each - 2)}d}".encode()
            self._line.send((b"\xff" if note == GARBLED else b"") + text + b"\r\n")
        with self._news:
            self._news.wait_for(lambda: self._noted >= len(notes), SOON)
        if any(not stand_in(pieces) for pieces in heard):  # the line was lost
            self._pull()

    def _pull(self) -> None:
        """Pull the cable; the adapter's own thread hears of it."""
        self._line.unplug()
        deadline = Deadline(SOON)
        while self.device.is_open and deadline.left():
            real_pause(0.01, None)

    def _hear(self, note: str) -> None:
        if note in (SCAN, GARBLED):
            with self._news:
                self._noted += 1
                self._news.notify_all()


@contextmanager
def scanner_end(recording: Recording, ear: Ear) -> Generator[ScannerEnd]:
    """A serial scanner."""
    from devices.adapters.serial_scanner import make
    from devices.catalog import Place

    options = options_of(recording)
    with cable(recording.header.family) as line:
        end = ScannerEnd(line, ear)
        options["port"] = str(line.port)
        end.device = make(Place(recording.header.name, options, real_pause, None, ear))
        yield end


# -- fingerprint service ----------------------------------------------------------------------


class SensorEnd(SbiServer):
    """A device service with keys of its own: each answer is signed for the question asked now."""

    def __init__(self, env: str) -> None:
        super().__init__(Signer(), FingerCore(), env=env)
        self.device: Device
        self._own = self.signer
        self._script = Script()
        self._step = Step("")
        self.comparer = ComparerEnd(self._script, lambda: self._step)

    @cached_property
    def stranger(self) -> Signer:
        """Somebody whom the trust file doesn't know."""
        return Signer()

    def begin(self, step: Step, cancel: threading.Event) -> None:
        """Answer from this step."""
        self._step = step
        self._script.begin(step, cancel)
        opening = step.verb == "open"
        self.core.remedy()
        if opening and step.ended == "NotConnected":
            self.core.unplug()
        self.signer = self.stranger if step.ended == "NotTrusted" else self._own
        busy = step.ended == "Busy"
        self.status = sbi.SbiStatus.BUSY if busy else sbi.SbiStatus.READY

    def left(self) -> int:
        """How many fingers weren't asked for yet."""
        return self._script.left()

    def capture(self, asked: dict[str, Any]) -> Answer:
        """As the service answered then."""
        exchange, ended = self._script.take(), self._step.ended
        if exchange is None:
            return None  # more than was asked then: the difference is told
        errors = [note.removeprefix("error ") for note in exchange.notes if "error " in note]
        if ended in ("NoFinger", "Cancelled"):
            self._laid(float(asked["timeout"]) / 1000)
        if errors:
            return failed(int(errors[0]))
        if not exchange.heard:
            if ended == "TimedOut":
                self._laid(float(asked["timeout"]) / 1000 + 2)
            return None
        if ended == "Garbage":
            return b"\x00"
        facts: Mapping[str, object] = self._step.gave if isinstance(self._step.gave, dict) else {}
        return self._signed(asked, facts)

    def _signed(self, asked: dict[str, Any], facts: Mapping[str, object]) -> dict[str, Any]:
        apart = int(str(facts.get("seconds", 0))) if self._step.ended == "ClockApart" else 0
        quality = int(str(facts.get("quality", GOOD)))
        return self.taken(asked, bytes(32), quality=quality, skew=timedelta(seconds=apart))


@contextmanager
def sensor_end(recording: Recording, ear: Ear) -> Generator[SensorEnd]:
    """A fingerprint sensor, with its comparer where it had one."""
    from devices.adapters.sbi_fingerprint import SbiFingerprint, comparer_of, settings_of

    options = options_of(recording)
    with SensorEnd(str(options["sbi_env"])) as end, end.comparer as comparer:
        trust = end.signer.trust_pem
        here: dict[str, OptionValue] = {
            "first_port": end.port, "last_port": end.port,
            "comparer_url": comparer.url if options["comparer_url"] else "",
        }  # fmt: skip
        end.device = SbiFingerprint(
            recording.header.name, lambda: TrustStore.of_pem(trust),
            settings_of({**options, **here}), comparer=comparer_of(here, ear), tape=ear,
        )  # fmt: skip
        yield end


# -- camera -----------------------------------------------------------------------------------


class CaptureEnd:
    """What OpenCV would read: a picture of nobody that changes from frame to frame, or doesn't."""

    EVERY = 0.02

    def __init__(self, options: Mapping[str, OptionValue]) -> None:
        import numpy as np

        self.device: Device
        wide, high = (int(float(options[name])) for name in ("width", "height"))
        across = np.linspace(0, 255, wide or 1280, dtype=np.uint8)
        row = np.repeat(across[None, :, None], 3, axis=2)
        self._picture = np.repeat(row, high or 720, axis=0)
        self._number = 0
        self._ended = "ok"
        self._news = threading.Condition()
        self._stop = threading.Event()

    def begin(self, step: Step, cancel: threading.Event) -> None:
        if step.ended == "Cancelled":
            cancel.set()
        if not step.verb:
            return
        with self._news:
            self._ended, seen = str(step.ended), self._number
            if step.verb != "open" and self.device.is_open and self._ended not in SILENCE:
                self._news.wait_for(lambda: self._number >= seen + 2, SOON)
        if self._ended == "TimedOut" and step.verb != "open":
            real_pause(STALE, None)  # what was seen last is too old now

    def left(self) -> int:
        return 0

    def opened(self, source: int | str, options: Mapping[str, OptionValue]) -> CaptureEnd:
        """As OpenCV opens a source."""
        del source, options
        return self

    def isOpened(self) -> bool:
        return self._ended != "NotConnected"

    def read(self) -> tuple[bool, Any]:
        """The next frame."""
        import numpy as np

        real_pause(self.EVERY, None)
        if self._ended == "NotConnected":
            return False, None
        if self._ended == "TimedOut":
            self._stop.wait(HANGING)
            return False, None
        with self._news:
            self._number += 1
            self._news.notify_all()
        if self._ended == "NoPicture":
            return True, np.full_like(self._picture, self._number % 2)
        shift = 0 if self._ended == "PictureFrozen" else self._number % 640 + 1
        return True, np.roll(self._picture, shift, axis=1)

    def release(self) -> None:
        """Nothing is held."""

    def end(self) -> None:
        """Whoever hangs goes on."""
        self._stop.set()


SILENCE = frozenset({"NotConnected", "TimedOut"})
STALE = 0.6
HANGING = 1.8


@contextmanager
def camera_end(recording: Recording, ear: Ear) -> Generator[CaptureEnd]:
    """A camera."""
    from devices.adapters.opencv_camera import OpenCvCamera
    from devices.catalog import Place

    options = options_of(recording)
    end = CaptureEnd(options)
    place = Place(recording.header.name, options, real_pause, None, ear)
    end.device = OpenCvCamera(place, end.opened)
    try:
        yield end
    finally:
        end.end()
