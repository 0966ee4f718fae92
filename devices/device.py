"""What every device at a counter has in common.

A device is opened, watched and closed; its constructor touches no hardware. Each call takes the
seconds it may last and an event that cancels it, so that no worker ever waits without end.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from devices.options import Option

Cancel = threading.Event | None
Pause = Callable[[float, Cancel], bool]
"""Waits that many seconds; True when the time ran out, False when the event was set first."""


class DeviceKind(StrEnum):
    """The kinds of device that a counter may have."""

    CARD_PRINTER = "card_printer"
    CARD_READER = "card_reader"
    EID_READER = "eid_reader"
    SIGNATURE_PAD = "signature_pad"
    CAMERA = "camera"
    SCANNER = "scanner"
    DOCUMENT_PRINTER = "document_printer"
    FINGERPRINT = "fingerprint"
    CARD_VIEWER = "card_viewer"


class Station(StrEnum):
    """Where a card may be inside a card printer."""

    FEEDER = "feeder"
    CONTACT = "contact"
    CONTACTLESS = "contactless"
    PRINT = "print"
    FLIP = "flip"
    OUTPUT = "output"
    REJECT = "reject"


class Hopper(StrEnum):
    """Where a card printer takes cards from: numbered blanks, or test and cleaning cards."""

    FEEDER = "feeder"
    UNNUMBERED = "unnumbered"


class HealthState(StrEnum):
    """One word for the lamp: can it work now?"""

    READY = "ready"
    BUSY = "busy"
    ATTENTION = "attention"
    ERROR = "error"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


class HealthReason(StrEnum):
    """Why the lamp isn't green."""

    UNPLUGGED = "unplugged"
    NO_POWER = "no_power"
    SERVICE_STOPPED = "service_stopped"
    CLOSED = "closed"
    IN_USE = "in_use"
    NOT_ANSWERING = "not_answering"
    GARBLED = "garbled"
    SLOW = "slow"
    CARD_JAM = "card_jam"
    COVER_OPEN = "cover_open"
    RIBBON_ENDED = "ribbon_ended"
    REJECT_BOX_FULL = "reject_box_full"
    OUTPUT_TRAY_FULL = "output_tray_full"
    OUT_OF_CARDS = "out_of_cards"
    CARDS_LOW = "cards_low"
    RIBBON_LOW = "ribbon_low"
    CARD_INSIDE = "card_inside"
    CLEANING_DUE = "cleaning_due"
    PICTURE_FROZEN = "picture_frozen"
    NO_PICTURE = "no_picture"
    OUT_OF_PAPER = "out_of_paper"
    PAPER_JAM = "paper_jam"
    PAPER_LOW = "paper_low"
    SUPPLY_EMPTY = "supply_empty"
    SUPPLY_LOW = "supply_low"
    SPOOLER_GONE = "spooler_gone"
    QUEUE_STOPPED = "queue_stopped"
    QUEUE_REPEATS = "queue_repeats"
    COMPARER_AWAY = "comparer_away"
    OTHER_FAULT = "other_fault"


class SupplyName(StrEnum):
    """What a device uses up or fills up."""

    CARDS = "cards"
    UNNUMBERED_CARDS = "unnumbered_cards"
    RIBBON = "ribbon"
    REJECT_BOX = "reject_box"
    OUTPUT_TRAY = "output_tray"
    PAPER = "paper"


_OFFLINE = frozenset(
    {
        HealthReason.UNPLUGGED,
        HealthReason.NO_POWER,
        HealthReason.SERVICE_STOPPED,
        HealthReason.SPOOLER_GONE,
    }
)
_STOPS = frozenset(
    {
        HealthReason.NOT_ANSWERING,
        HealthReason.GARBLED,
        HealthReason.CARD_JAM,
        HealthReason.COVER_OPEN,
        HealthReason.RIBBON_ENDED,
        HealthReason.REJECT_BOX_FULL,
        HealthReason.OUTPUT_TRAY_FULL,
        HealthReason.PICTURE_FROZEN,
        HealthReason.NO_PICTURE,
        HealthReason.PAPER_JAM,
        HealthReason.SUPPLY_EMPTY,
        HealthReason.QUEUE_STOPPED,
        HealthReason.QUEUE_REPEATS,
        HealthReason.OTHER_FAULT,
    }
)


@dataclass(frozen=True, slots=True)
class Supply:
    """What is left of something: `left` of `capacity`, in the supply's own unit.

    Cards and papers count sheets, ribbon counts cards that it can still print, boxes and trays
    count free places.
    """

    name: SupplyName
    left: int
    capacity: int
    low: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """How a device is: one state, its reasons (worst first) and its supplies."""

    state: HealthState
    reasons: tuple[HealthReason, ...] = ()
    supplies: tuple[Supply, ...] = ()

    @classmethod
    def judged(cls, reasons: tuple[HealthReason, ...], supplies: tuple[Supply, ...] = ()) -> Health:
        """The health that follows from the reasons: their worst decides the state."""
        return cls(state_of(reasons), tuple(sorted(reasons, key=_weight)), supplies)

    @property
    def usable(self) -> bool:
        """Whether work can be begun on the device."""
        return self.state in {HealthState.READY, HealthState.ATTENTION}


def _weight(reason: HealthReason) -> int:
    if reason in _OFFLINE:
        return 0
    return 1 if reason in _STOPS else 2


def state_of(reasons: tuple[HealthReason, ...]) -> HealthState:
    """The lamp for a set of reasons."""
    given = set(reasons)
    if given & _OFFLINE:
        return HealthState.OFFLINE
    if given & _STOPS:
        return HealthState.ERROR
    if HealthReason.CLOSED in given:
        return HealthState.UNKNOWN
    if HealthReason.IN_USE in given:
        return HealthState.BUSY
    return HealthState.ATTENTION if given else HealthState.READY


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What a device says of itself; `name` is its place at this counter ("card_printer")."""

    kind: DeviceKind
    name: str
    maker: str
    model: str
    serial: str
    firmware: str = ""
    simulated: bool = False


class Device(ABC):
    """One device at one counter.

    A caller has it alone (the hub lends it); `open` and `close` may be repeated at will.
    """

    OPTIONS: ClassVar[tuple[Option, ...]] = ()

    @property
    @abstractmethod
    def info(self) -> DeviceInfo:
        """What the device says of itself, without asking it now."""

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether the line stands, as far as is known without asking."""

    @abstractmethod
    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        """Connect. Raises NotConnected, TimedOut, Busy, Cancelled or Garbage."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the device; never raises a DeviceFault."""

    @property
    def unanswered(self) -> float:
        """Seconds that an answer is overdue now; 0 where none is, or where nobody can tell.

        Any thread may ask, so that a screen hears of the silence in the middle of a call.
        """
        return 0.0

    @abstractmethod
    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        """How it is. A lost line is an answer (OFFLINE); raises only TimedOut and Cancelled."""


class Deadline:
    """Seconds that shrink with the PC's own monotonic time, for calls made of several calls."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock())
