"""A KTP-el reader over PC/SC: the line, the card's presence, and the time limits.

The chip's content opens only to the authority's security module (SAM); without one the chip tells
nothing of its holder but that it answers. So a read goes as far as the chip's own answer: a card
that doesn't answer is unreadable (clean it, try again), one that does asks for the module that
isn't there (EidModuleMissing), and the officer enters the data by hand.

Options are those of `pcsc_reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from devices.adapters.options import PCSC_READER
from devices.adapters.pcsc_reader import health_of, info_of, line_of
from devices.device import Cancel, DeviceInfo, DeviceKind, Health
from devices.eid_reader import EidReader
from devices.errors import CardMute, ChipDead, EidModuleMissing, EidUnreadable, Garbage
from devices.wire.pcsc import PcscLine

if TYPE_CHECKING:
    from devices.catalog import Place


class PcscEidReader(EidReader):
    """A reader for the KTP-el that the PC's smart card service knows."""

    OPTIONS = PCSC_READER

    def __init__(self, name: str, line: PcscLine, pattern: str = "") -> None:
        self._name = name
        self._line = line
        self._pattern = pattern

    @property
    def info(self) -> DeviceInfo:
        return info_of(self._name, DeviceKind.EID_READER, self._line, self._pattern)

    @property
    def is_open(self) -> bool:
        return self._line.is_open

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        self._line.open(timeout=timeout, cancel=cancel)

    def close(self) -> None:
        self._line.close()

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        return health_of(self._line, timeout, cancel)

    def card_present(self, *, timeout: float, cancel: Cancel = None) -> bool:
        return self._line.present(timeout=timeout, cancel=cancel)

    def read(self, *, timeout: float, cancel: Cancel = None) -> NoReturn:
        """Wait for a card and say what keeps its content closed."""
        try:
            self._line.wait(timeout=timeout, cancel=cancel)
        except (CardMute, ChipDead, Garbage) as fault:
            raise EidUnreadable from fault
        raise EidModuleMissing


def make(place: Place) -> PcscEidReader:
    """The reader of a place, closed."""
    pattern = str(place.options["reader_name"])
    return PcscEidReader(place.name, line_of(place, DeviceKind.EID_READER), pattern)
