"""Chip readers over PC/SC: on the desk, or a station inside a card printer.

Options: `reader_name` is a part of the reader's name, or a pattern with * and ? (a reader with a
contact and a contactless slot has a name for each: "*PICC*"); empty takes the first reader.
`answer_seconds` is how long one command may take before the chip counts as mute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.adapters.options import PCSC_READER
from devices.card_reader import CardReader
from devices.device import Cancel, DeviceInfo, DeviceKind, Health, HealthReason
from devices.errors import Cancelled, NotConnected, ServiceStopped, TimedOut
from devices.wire import apdu
from devices.wire.pcsc import PcscLine

if TYPE_CHECKING:
    from devices.catalog import Place

MAKER = "PC/SC"


def line_of(place: Place, kind: DeviceKind) -> PcscLine:
    """The line that a place's settings ask for, not opened."""
    return PcscLine(
        kind,
        str(place.options["reader_name"]),
        place.tape,
        answer=float(place.options["answer_seconds"]),
    )


def info_of(name: str, kind: DeviceKind, line: PcscLine, pattern: str) -> DeviceInfo:
    """What is known of the reader: the name that PC/SC gives it, once it was found."""
    return DeviceInfo(kind, name, MAKER, line.reader or pattern or "PC/SC", "")


def health_of(line: PcscLine, timeout: float, cancel: Cancel) -> Health:
    """How the reader is; a card that is still held is let go, so that nobody is locked out."""
    if line.stuck:
        return Health.judged((HealthReason.NOT_ANSWERING,))
    if not line.is_open and line.lost is None:
        return Health.judged((HealthReason.CLOSED,))
    lost = line.lost
    if lost is None:
        try:
            in_use = line.let_go(timeout=timeout, cancel=cancel)
        except NotConnected as gone:
            lost = gone
        except (TimedOut, Cancelled):
            raise
        else:
            return Health.judged((HealthReason.IN_USE,) if in_use else ())
    if isinstance(lost, ServiceStopped):
        return Health.judged((HealthReason.SERVICE_STOPPED,))
    return Health.judged((HealthReason.UNPLUGGED,))


class OnPcsc:
    """What every reader on the smart card service does alike."""

    _kind: DeviceKind

    def __init__(self, name: str, line: PcscLine, pattern: str) -> None:
        self._name = name
        self._line = line
        self._pattern = pattern

    @property
    def info(self) -> DeviceInfo:
        return info_of(self._name, self._kind, self._line, self._pattern)

    @property
    def is_open(self) -> bool:
        return self._line.is_open

    @property
    def unanswered(self) -> float:
        return self._line.unanswered

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._line.open(timeout=timeout, cancel=cancel)

    def close(self) -> None:
        self._line.close()

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        return health_of(self._line, timeout, cancel)

    def card_present(self, *, timeout: float, cancel: Cancel = None) -> bool:
        return self._line.present(timeout=timeout, cancel=cancel)


class PcscReader(OnPcsc, CardReader):
    """A reader that the PC's smart card service knows."""

    OPTIONS = PCSC_READER
    _kind = DeviceKind.CARD_READER

    def __init__(self, name: str, line: PcscLine, pattern: str = "") -> None:
        super().__init__(name, line, pattern)

    def wait_card(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        return self._line.wait(timeout=timeout, cancel=cancel)

    def transmit(self, command: bytes, *, timeout: float, cancel: Cancel = None) -> bytes:
        return self._line.transmit(command, timeout=timeout, cancel=cancel)

    def uid(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        return self._line.talk(apdu.uid, "uid", timeout=timeout, cancel=cancel)

    def write_file(self, data: bytes, *, timeout: float, cancel: Cancel = None) -> None:
        self._line.talk(
            lambda send: apdu.write_plain_file(send, data),
            "write",
            timeout=timeout,
            cancel=cancel,
            same_card=True,
        )

    def read_file(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        return self._line.talk(apdu.read_plain_file, "read", timeout=timeout, cancel=cancel)


def make(place: Place) -> PcscReader:
    """The reader of a place, closed."""
    pattern = str(place.options["reader_name"])
    return PcscReader(place.name, line_of(place, DeviceKind.CARD_READER), pattern)
