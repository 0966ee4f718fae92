"""What one device of the counter is like: who has it, how it was last seen, how long it may think.

The hub keeps one slot for each device. A device is silent once an answer is out for longer than
it takes: how long that is it teaches itself, so that a slow printer isn't called dead.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from devices.device import Cancel, Device, DeviceInfo, DeviceKind, Health, HealthReason
from devices.errors import (
    Busy,
    Cancelled,
    DeviceFault,
    Garbage,
    NotConnected,
    ServiceStopped,
    TimedOut,
)

OPENING = 5.0
"""Seconds that opening may take."""
ASKING = 5.0
"""Seconds that a question after health may take: a slow printer is no dead one."""
QUIET = 0.6
"""Seconds of silence after which a device that answers at once is said not to answer. The question
goes on meanwhile; a network that sends a lost packet again needs less."""
UNKNOWN = 2.0
"""The same for a device that hasn't answered yet."""
SLOWER = 3.0
"""By how much an answer may come later than the slowest of late before it counts as silence."""
OF_LATE = 120
"""Answers that tell how slow a device is."""
YIELDING = 1.0
"""Seconds in which a running watch must make room for a borrower."""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """What a screen shows of one device: `fault` is the last one, until it works again."""

    info: DeviceInfo
    health: Health
    in_use: bool
    fault: DeviceFault | None

    @property
    def name(self) -> str:
        """Its name at this counter."""
        return self.info.name

    @property
    def kind(self) -> DeviceKind:
        """Its kind."""
        return self.info.kind


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """Something that a device did: it came to feel like this, or a call ended with this fault."""

    at: datetime
    name: str
    health: Health | None = None
    fault: DeviceFault | None = None


def _nothing() -> None:
    pass


class Slot:
    """One device's place: only the thread that claimed it may talk to the device."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.borrowed = False
        self.turned: datetime | None = None
        """When it was lent or given back last."""
        self.watching: threading.Event | None = None
        """Ends the watch that goes on now."""
        self.asked = False
        """Whether a look is on its way already."""
        self.health = Health.judged((HealthReason.CLOSED,))
        self.fault: DeviceFault | None = None
        self.news = False
        """Whether a fault, or what a borrower leaves behind, waits to be told."""
        self.deaf: Callable[[], None] = _nothing
        """Ends the listening to a scanner."""
        self.silent = False
        self.patience = UNKNOWN
        self._free = threading.Condition()
        self._unopened: DeviceFault | None = None
        """Why the last opening failed."""
        self._held = False
        """Whether the hub opened it and hasn't let go of it."""
        self._asked_at: float | None = None
        """When the hub put the question that is open now."""
        self._took: deque[float] = deque(maxlen=OF_LATE)

    @property
    def kind(self) -> DeviceKind:
        """Its device's kind."""
        return self.device.info.kind

    @property
    def name(self) -> str:
        """Its device's name at this counter."""
        return self.device.info.name

    # -- who has it ------------------------------------------------------------------------

    def claim(self) -> None:
        """Take it for a borrower. Raises Busy."""
        with self._free:
            if self.watching is not None:
                self.watching.set()
            made_room = self._free.wait_for(lambda: self.watching is None, YIELDING)
            if self.borrowed or not made_room:
                raise Busy(self.kind)
            self.borrowed = True

    def claim_watch(self) -> threading.Event | None:
        """Take it for the watch; None when somebody has it."""
        with self._free:
            if self.borrowed or self.watching is not None:
                return None
            self.watching = threading.Event()
            return self.watching

    def release(self) -> None:
        """Give it back."""
        with self._free:
            self.borrowed = False
            self.watching = None
            self._free.notify_all()

    # -- open and closed -------------------------------------------------------------------

    def open_anew(self, cancel: Cancel) -> None:
        """Let go of the device and open it. Raises what opening raises."""
        self._held = False
        self.device.close()
        try:
            self.device.open(timeout=OPENING, cancel=cancel)
        except Cancelled:
            raise
        except DeviceFault as fault:
            self._unopened = fault
            raise
        self._held, self._unopened = True, None

    def close(self) -> None:
        """Close the device for good."""
        self.deaf()
        if (watching := self.watching) is not None:
            watching.set()
        self.device.close()
        self._held, self._unopened = False, None
        self.health = Health.judged((HealthReason.CLOSED,))

    def _why_closed(self) -> Health:
        """What stands behind a device that only says that it isn't open."""
        match self._unopened:
            case None:
                # Nobody closed it, so its line was lost.
                reason = HealthReason.UNPLUGGED if self._held else HealthReason.CLOSED
            case ServiceStopped():
                reason = HealthReason.SERVICE_STOPPED
            case NotConnected():
                reason = HealthReason.UNPLUGGED
            case TimedOut():
                reason = HealthReason.NOT_ANSWERING
            case Busy():
                reason = HealthReason.IN_USE
            case Garbage():
                reason = HealthReason.GARBLED
            case _:
                reason = HealthReason.OTHER_FAULT
        return Health.judged((reason,))

    # -- how it is -------------------------------------------------------------------------

    def ask(
        self, seconds: Callable[[], float], cancel: Cancel
    ) -> tuple[Health, DeviceFault | None]:
        """How the device is now, and the fault that the question ended with, if it is news.

        One that isn't there or doesn't answer is no news but an answer. Learns how long it took.
        Raises Cancelled.
        """
        asked_at = self._asked_at = seconds()
        told: DeviceFault | None = None
        try:
            health = self.device.health(timeout=ASKING, cancel=cancel)
        except Cancelled:
            raise
        except NotConnected:
            health = Health.judged((HealthReason.UNPLUGGED,))
        except TimedOut:
            health = Health.judged((HealthReason.NOT_ANSWERING,))
        except DeviceFault as fault:
            told = fault
            health = Health.judged((HealthReason.GARBLED,))
        finally:
            self._asked_at = None
        if HealthReason.NOT_ANSWERING not in health.reasons:
            self.answered(seconds() - asked_at)
        if health.reasons == (HealthReason.CLOSED,):
            health = self._why_closed()
        return health, told

    def answered(self, seconds: float) -> None:
        """Learn how long it takes to answer."""
        self._took.append(seconds)
        self.patience = min(ASKING, max(QUIET, SLOWER * max(self._took)))

    def overdue(self, now: float) -> bool:
        """Whether an answer is out for longer than this device takes; any thread may ask."""
        asked_at = self._asked_at
        waiting = 0.0 if asked_at is None else now - asked_at
        return max(waiting, self.device.unanswered) > self.patience

    def seen(self) -> Health:
        """How it was last seen; of one that is silent now, that first."""
        last = self.health
        if not self.silent or HealthReason.NOT_ANSWERING in last.reasons:
            return last
        return Health.judged((HealthReason.NOT_ANSWERING, *last.reasons), last.supplies)

    def status(self) -> DeviceStatus:
        """What a screen shows of it."""
        return DeviceStatus(self.device.info, self.seen(), self.borrowed, self.fault)
