"""Wacom STU signature pads over USB HID.

What the reports mean, and what no public source says of them, stands in `devices/wire/stu.py`.
The pad shows the applicant's ink; whether it is done is told by the pen staying away, as with
other pads (its own buttons would need pictures sent to the display, which needs the hardware to be
tried on).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from devices.adapters.options import STU
from devices.device import Cancel, Deadline, DeviceInfo, DeviceKind, Health, HealthReason
from devices.errors import Cancelled, Garbage, NoSignature, NotConnected, PenStuck, TimedOut
from devices.options import read_options
from devices.pen_trace import Area, PenTrace
from devices.signature_pad import SignaturePad
from devices.strokes import FULL_PRESSURE, Strokes
from devices.wire import stu
from devices.wire.hid_reports import FoundHid, HidApi, Reports, hid_devices
from devices.wire.tape import NO_TAPE, Hidden, Tape

if TYPE_CHECKING:
    from devices.catalog import Place

DURING = "pad.capture"
KIND = DeviceKind.SIGNATURE_PAD
SLICE = 0.05
WORST = 0.25

Opener = Callable[[], Reports]


def found() -> list[FoundHid]:
    """The STU pads at this PC."""
    return hid_devices(stu.VENDOR, stu.PRODUCTS)


def hid_opener(serial: str) -> Opener:
    """Opens the pad of that serial number, or the first. Raises NotConnected, Busy."""

    def open_it() -> Reports:
        for pad in found():
            if not serial or pad.serial == serial:
                return HidApi.open(pad, KIND)
        raise NotConnected(KIND, "open")

    return open_it


def _milliseconds() -> float:
    return time.monotonic() * 1000


class StuPad(SignaturePad):
    """One STU pad, over whatever carries its reports."""

    OPTIONS = STU

    def __init__(
        self,
        name: str,
        opener: Opener,
        finish_seconds: float = 1.5,
        tape: Tape = NO_TAPE,
        now: Callable[[], float] = _milliseconds,
    ) -> None:
        self._name = name
        self._opener = opener
        self._finish = finish_seconds
        self._tape = tape
        self._now = now
        self._reports: Reports | None = None
        self._can = stu.Capability(1, 1, 1, (0, 0), 0)
        self._about = ("STU", "", "")

    @property
    def info(self) -> DeviceInfo:
        model, serial, firmware = self._about
        return DeviceInfo(KIND, self._name, "Wacom", model, serial, firmware)

    @property
    def is_open(self) -> bool:
        return self._reports is not None

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        if self._reports is not None:
            return
        if cancel is not None and cancel.is_set():
            raise Cancelled(KIND, "open")
        reports = self._opener()
        try:
            self._can = stu.read_capability(reports.feature(stu.CAPABILITY, stu.FEATURE_SIZE))
            name, firmware = stu.read_information(
                reports.feature(stu.INFORMATION, stu.FEATURE_SIZE)
            )
            self._about = (name or "STU", _serial(reports), firmware)
            reports.set_feature(bytes((stu.WRITING_MODE, 1)))
            reports.set_feature(bytes((stu.INK, 0)))
        except stu.NotStu as error:
            reports.close()
            raise Garbage(KIND, "open") from error
        except OSError as lost:
            reports.close()
            raise NotConnected(KIND, "open") from lost
        self._reports = reports
        self._tape.noted("open")

    def close(self) -> None:
        reports, self._reports = self._reports, None
        if reports is not None:
            reports.close()
            self._tape.noted("closed")

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        if cancel is not None and cancel.is_set():
            raise Cancelled(KIND, "health")
        if self._reports is None:
            return Health.judged((HealthReason.CLOSED,))
        try:
            stu.read_capability(self._reports.feature(stu.CAPABILITY, stu.FEATURE_SIZE))
        except stu.NotStu:
            return Health.judged((HealthReason.GARBLED,))
        except OSError:
            self.close()
            return Health.judged((HealthReason.UNPLUGGED,))
        return Health.judged(())

    def clear(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._tell("pad.clear", bytes((stu.CLEAR, 0)))

    def capture(self, *, timeout: float, cancel: Cancel = None) -> Strokes:
        """Raises PenStuck too, when a pen lies on the pad."""
        if cancel is not None and cancel.is_set():
            raise Cancelled(KIND, DURING)
        self._tell(DURING, bytes((stu.CLEAR, 0)), bytes((stu.INK, 1)))
        try:
            return self._written(timeout, cancel)
        finally:
            if self._reports is not None:
                self._tell(DURING, bytes((stu.INK, 0)))

    def _written(self, timeout: float, cancel: Cancel) -> Strokes:
        deadline, clock = Deadline(timeout), stu.SampleClock()
        trace = PenTrace(Area(self._can.width, self._can.height), self._finish, forced=True)
        good = bad = 0
        while True:
            report = self._heard(cancel, min(SLICE, deadline.left()))
            now = self._now()
            try:
                sample = stu.read_pen(report)
            except stu.NotStu:
                bad, sample = bad + 1, None
            if sample is not None:
                good += 1
                trace.add(
                    sample.x, sample.y, clock.at(sample, now), down=sample.down,
                    pressure=round(sample.pressure * FULL_PRESSURE / self._can.pressure),
                )  # fmt: skip
            if trace.is_done(now):
                break
            if trace.is_stuck(now):
                raise PenStuck
            if not deadline.left():
                if bad > good:
                    raise Garbage(KIND, DURING)
                if not trace.inked:
                    raise NoSignature
                if trace.writing:
                    raise TimedOut(KIND, timeout, DURING)
                break
        if bad > WORST * (good + bad):
            raise Garbage(KIND, DURING)
        return trace.strokes()

    def _heard(self, cancel: Cancel, seconds: float) -> bytes:
        if cancel is not None and cancel.is_set():
            raise Cancelled(KIND, DURING)
        if self._reports is None:
            raise NotConnected(KIND, DURING)
        try:
            report = self._reports.read(seconds)
        except (OSError, ValueError) as lost:  # hidapi says ValueError of a closed device
            self.close()
            raise NotConnected(KIND, DURING) from lost
        if report and self._tape.recording:
            # No digest: ten bytes are quickly guessed, and with them a signature.
            self._tape.heard(report[:1], Hidden(len(report) - 1, ""))
        return report

    def _tell(self, during: str, *orders: bytes) -> None:
        if self._reports is None:
            raise NotConnected(KIND, during)
        try:
            for order in orders:
                self._reports.set_feature(order)
                self._tape.sent(order)
        except (OSError, ValueError) as lost:
            self.close()
            raise NotConnected(KIND, during) from lost


def _serial(reports: Reports) -> str:
    try:
        return stu.read_serial(reports.feature(stu.SERIAL, stu.FEATURE_SIZE))
    except (OSError, stu.NotStu):
        return ""  # older models have no electronic serial number


def make(place: Place) -> StuPad:
    """The pad at a place."""
    options = read_options(STU, place.options)
    return StuPad(
        place.name,
        hid_opener(str(options["pad_serial"])),
        float(options["finish_seconds"]),
        place.tape,
    )
