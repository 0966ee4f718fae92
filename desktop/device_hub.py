"""The hub opens devices, watches them, lends them to one user at a time, and reopens the lost.

Each device has its lane (by its name): the watch runs there. A job borrows devices instead of
keeping them, and gets Busy at once when somebody else has one, so that no lane waits for another.
A device may come and go at any moment; whoever shows devices hears DeviceChanged.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import TypeVar

from desktop.device_slot import DeviceEvent, DeviceStatus, Slot
from desktop.lanes import LaneRunner
from desktop.notices import DeviceChanged, Notices, ScanArrived
from devices.camera import Camera
from devices.card_printer import CardPrinter
from devices.card_reader import CardReader
from devices.card_viewer import CardViewer
from devices.device import (
    Cancel,
    Device,
    DeviceKind,
    HealthReason,
)
from devices.document_printer import DocumentPrinter
from devices.eid_reader import EidReader
from devices.errors import (
    Cancelled,
    DeviceFault,
    NotChosen,
)
from devices.fingerprint import FingerprintSensor
from devices.scanner import Scanner
from devices.signature_pad import PenInlet, SignaturePad

CHIP_STATION = "chip_station"
DESK_READER = "desk_reader"

REMEMBERED = 60
"""Events that are kept of each device, until the program ends."""

_USES_UP = frozenset({DeviceKind.CARD_PRINTER, DeviceKind.DOCUMENT_PRINTER})

DeviceT = TypeVar("DeviceT", bound=Device)


def _system_now() -> datetime:
    return datetime.now(UTC)


class DeviceHub:
    """All devices of the counter. The first of a kind is the one that the kind's name means."""

    def __init__(
        self,
        devices: Sequence[Device],
        lanes: LaneRunner,
        notices: Notices,
        now: Callable[[], datetime] | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lanes = lanes
        self._notices = notices
        self._now = now or _system_now
        self._seconds = seconds
        self._events: dict[str, deque[DeviceEvent]] = {}
        self._slots = {device.info.name: Slot(device) for device in devices}
        if len(self._slots) != len(devices):
            raise ValueError("two devices of one name")

    # coming and going

    def start(self) -> None:
        """Listen to scanners and open everything, each on its lane; what is missing comes later."""
        for slot in self._slots.values():
            self._listen(slot)
        self.poll()

    def poll(self) -> None:
        """Look after every device on its lane: health, and reopening. A timer calls this."""
        self._ask_all(reopening=True)

    def glance(self) -> None:
        """Ask those that are open how they are, and nothing else: cheap enough for each second.

        One whose own thread has lost the line meanwhile is looked at too, and taken up anew.
        """
        self._ask_all(reopening=False)

    def listen(self) -> None:
        """Tell of devices that owe an answer for too long, in a job too, and of those that gave it.

        Nothing is asked or given up here. A timer calls this several times a second, in one thread.
        """
        for slot in tuple(self._slots.values()):
            silent = slot.overdue(self._seconds())
            if silent is slot.silent:
                continue
            slot.silent = silent
            known = HealthReason.NOT_ANSWERING in slot.health.reasons
            if not known:
                self._remember(DeviceEvent(self._now(), slot.name, health=slot.seen()))
                self._notices.publish(DeviceChanged(slot.kind, slot.name))

    def _ask_all(self, *, reopening: bool) -> None:
        for slot in tuple(self._slots.values()):
            if not slot.asked and (reopening or slot.device.is_open or slot.health.usable):
                slot.asked = True
                self._lanes.call(slot.name, self._watcher(slot), failed=_ignore)

    def replace(self, name: str, device: Device) -> None:
        """Put another device in a place, during work too. Raises Busy."""
        if device.info.name != name:
            raise ValueError(name)
        old = self._slots.get(name)
        if old is not None:
            old.claim()
            old.deaf()
            old.device.close()
        slot = Slot(device)
        # A new table each time: others walk through theirs meanwhile.
        self._slots = {**self._slots, name: slot}
        self._listen(slot)
        self._notices.publish(DeviceChanged(slot.kind, name))
        slot.asked = True
        self._lanes.call(name, self._watcher(slot), failed=_ignore)

    def remove(self, name: str) -> None:
        """Leave a place empty; an empty one stays so. Raises Busy."""
        old = self._slots.get(name)
        if old is None:
            return
        old.claim()
        old.deaf()
        old.device.close()
        self._slots = {kept: slot for kept, slot in self._slots.items() if kept != name}
        self._notices.publish(DeviceChanged(old.kind, name))

    def reopen(self, name: str) -> None:
        """Let go of a device and take it up anew, as after a cable was changed.

        Runs in the caller's thread, which should be the device's lane. Raises NotChosen, Busy and
        what opening raises.
        """
        slot = self._find(name)
        slot.claim()
        try:
            slot.open_anew(None)
        except DeviceFault as fault:
            self._note(slot, fault)
            raise
        else:
            slot.fault = None
        finally:
            try:
                self._look(slot, None)
            finally:
                self._give_back(slot)

    def close(self) -> None:
        """Close everything; nothing is asked any more."""
        for slot in self._slots.values():
            slot.close()

    # lending

    @contextmanager
    def borrow(self, what: DeviceKind | str, *, cancel: Cancel = None) -> Generator[Device]:
        """A device by kind or name, open, for the caller alone.

        Raises NotChosen, Busy at once, and what opening raises. Faults of the caller's own calls
        pass through; afterwards the device is looked at again.
        """
        slot = self._find(what)
        slot.claim()
        slot.turned = self._now()
        troubled = True
        try:
            self._ensure_open(slot, cancel)
            yield slot.device
            troubled = False
        except DeviceFault as fault:
            if isinstance(fault, Cancelled):
                slot.fault = None
            else:
                self._note(slot, fault)
            raise
        finally:
            try:
                if troubled or slot.fault is not None or slot.kind in _USES_UP:
                    if not troubled:
                        slot.fault = None
                    self._look(slot, None)
            finally:
                self._give_back(slot)

    def printer(self, name: str | None = None) -> AbstractContextManager[CardPrinter]:
        """Borrow the card printer, or one of several by name."""
        return self._typed(name or DeviceKind.CARD_PRINTER, CardPrinter)

    def printer_with(self, serial: str) -> str | None:
        """The place of the card printer that says it has this serial; None where none does."""
        for slot in self._slots.values():
            if slot.kind is DeviceKind.CARD_PRINTER and slot.device.info.serial == serial:
                return slot.name if serial else None
        return None

    def reader(self, printer: str | None = None) -> AbstractContextManager[CardReader]:
        """Borrow the chip station: the printer's own, or else the reader on the desk.

        `printer` names one of several: "card_printer_2" has its card lie on "chip_station_2".
        """
        own = (printer or "").replace(DeviceKind.CARD_PRINTER.value, CHIP_STATION)
        for name in (own, CHIP_STATION):
            if name in self._slots:
                return self._typed(name, CardReader)
        return self._typed(DeviceKind.CARD_READER, CardReader)

    def desk_reader(self) -> AbstractContextManager[CardReader]:
        """Borrow the chip reader on the desk."""
        return self._typed(DESK_READER, CardReader)

    def eid_reader(self) -> AbstractContextManager[EidReader]:
        """Borrow the KTP-el reader."""
        return self._typed(DeviceKind.EID_READER, EidReader)

    def signature_pad(self) -> AbstractContextManager[SignaturePad]:
        """Borrow the signature pad."""
        return self._typed(DeviceKind.SIGNATURE_PAD, SignaturePad)

    def camera(self) -> AbstractContextManager[Camera]:
        """Borrow the camera; one frame at a time, so that a capture can come between."""
        return self._typed(DeviceKind.CAMERA, Camera)

    def pen_inlet(self) -> PenInlet | None:
        """Where to draw, when this counter's pad is a part of the screen."""
        for slot in self._slots.values():
            if isinstance(slot.device, SignaturePad):
                return slot.device.inlet
        return None

    def document_printer(self) -> AbstractContextManager[DocumentPrinter]:
        """Borrow the document printer."""
        return self._typed(DeviceKind.DOCUMENT_PRINTER, DocumentPrinter)

    def fingerprint(self) -> AbstractContextManager[FingerprintSensor]:
        """Borrow the fingerprint sensor."""
        return self._typed(DeviceKind.FINGERPRINT, FingerprintSensor)

    def card_viewer(self) -> AbstractContextManager[CardViewer]:
        """Borrow what sees both sides of a printed card."""
        return self._typed(DeviceKind.CARD_VIEWER, CardViewer)

    # looking

    def has(self, what: DeviceKind | str) -> bool:
        """Whether such a device is set up here, connected or not."""
        return any(what in {slot.name, slot.kind} for slot in self._slots.values())

    def names(self, kind: DeviceKind) -> tuple[str, ...]:
        """The devices of a kind, the usual one first."""
        return tuple(slot.name for slot in self._slots.values() if slot.kind is kind)

    def status(self, what: DeviceKind | str) -> DeviceStatus:
        """What was last seen of a device. Raises NotChosen."""
        return self._find(what).status()

    def statuses(self) -> tuple[DeviceStatus, ...]:
        """What was last seen of all devices."""
        return tuple(slot.status() for slot in self._slots.values())

    def events(self, name: str) -> tuple[DeviceEvent, ...]:
        """What a device did since the start, the latest first."""
        return tuple(reversed(self._events.get(name, ())))

    def changed_at(self, name: str) -> datetime | None:
        """When what is shown of a device became so: a state, a fault, a use or its end."""
        known = self._events.get(name)
        slot = self._slots.get(name)
        times = (known[-1].at if known else None, slot.turned if slot else None)
        return max((at for at in times if at is not None), default=None)

    # inside

    def _note(self, slot: Slot, fault: DeviceFault) -> None:
        """Remember a fault, to be told after the next look; what repeats itself is told once."""
        known = type(slot.fault) is type(fault)
        slot.fault = fault
        slot.news = slot.news or not known
        if not known or slot.borrowed:
            self._remember(DeviceEvent(self._now(), slot.name, fault=fault))

    def _remember(self, event: DeviceEvent) -> None:
        self._events.setdefault(event.name, deque(maxlen=REMEMBERED)).append(event)

    def _find(self, what: DeviceKind | str) -> Slot:
        if isinstance(what, DeviceKind):
            for slot in self._slots.values():
                if slot.kind is what:
                    return slot
            raise NotChosen(what)
        if what not in self._slots:
            raise NotChosen(kind_of(what))
        return self._slots[what]

    @contextmanager
    def _typed(self, what: DeviceKind | str, kind: type[DeviceT]) -> Generator[DeviceT]:
        with self.borrow(what) as device:
            if not isinstance(device, kind):
                raise TypeError(f"{device.info.name} is no {kind.__name__}")
            yield device

    def _listen(self, slot: Slot) -> None:
        if isinstance(slot.device, Scanner):
            slot.deaf()
            slot.deaf = slot.device.on_scan(lambda text: self._notices.publish(ScanArrived(text)))

    def _watcher(self, slot: Slot) -> Callable[[], None]:
        def watch() -> None:
            slot.asked = False
            cancel = slot.claim_watch()
            if cancel is None:
                return
            try:
                if not slot.device.is_open:
                    if slot.health.usable:
                        self._look(slot, cancel)  # told before the attempt, which takes its time
                    self._reopen(slot, cancel)
                self._look(slot, cancel)
            finally:
                slot.release()

        return watch

    def _reopen(self, slot: Slot, cancel: threading.Event) -> None:
        try:
            slot.open_anew(cancel)
        except Cancelled:
            return
        except DeviceFault as fault:
            self._note(slot, fault)
        else:
            slot.fault = None

    def _ensure_open(self, slot: Slot, cancel: Cancel) -> None:
        if not slot.device.is_open:
            slot.open_anew(cancel)

    def _look(self, slot: Slot, cancel: Cancel) -> None:
        try:
            health, fault = slot.ask(self._seconds, cancel)
        except Cancelled:
            return
        if fault is not None:
            self._note(slot, fault)
        changed, before, slot.health = health != slot.health, slot.health, health
        if (health.state, health.reasons) != (before.state, before.reasons):
            self._remember(DeviceEvent(self._now(), slot.name, health=health))
        if changed or slot.news:
            slot.news = slot.borrowed  # told when it is given back: whoever hears it shows it idle
            if not slot.borrowed:
                self._notices.publish(DeviceChanged(slot.kind, slot.name))

    def _give_back(self, slot: Slot) -> None:
        slot.turned = self._now()
        slot.release()
        if slot.news:
            slot.news = False
            self._notices.publish(DeviceChanged(slot.kind, slot.name))


def kind_of(name: str) -> DeviceKind:
    """The kind that a place's name speaks of ("card_printer_2"); KeyError for any other word."""
    if name.startswith((CHIP_STATION, DESK_READER)):
        return DeviceKind.CARD_READER
    for kind in DeviceKind:
        if name.startswith(kind.value):
            return kind
    raise KeyError(name)


def _ignore(refusal: Exception) -> None:
    """The watch answers every device fault itself; this is for what a closing hub leaves."""
