"""Faults to order: one format for every kind of device, from the panel, a file or a test.

A fault strikes when the device reaches a step. Steps are dotted names ("print.panel.c"); a fault
ordered at "print" strikes at the first step below it, at "*" at any. `skip` lets that many passes
go by first (a ribbon that ends in card 38), `count` says how often it strikes. Faults that clear
by the operator stay until somebody lays hands on the device; those that clear by themselves are
gone after they struck.

To add a fault: a member of FaultName, its default in `_BY_ITSELF` if nobody needs to act, a row in
AVAILABLE for its kind, its answer in the kind's simulator, and words `enum.FaultName.<MEMBER>`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from devices.device import DeviceKind


class FaultName(StrEnum):
    """What can be ordered."""

    # any device
    SLOW = "slow"
    SILENT = "silent"
    GARBAGE = "garbage"
    UNPLUGGED = "unplugged"
    POWER_CUT = "power_cut"
    PC_POWER_CUT = "pc_power_cut"
    # card printer
    JAM = "jam"
    OUT_OF_CARDS = "out_of_cards"
    RIBBON_END = "ribbon_end"
    COVER_OPEN = "cover_open"
    CARD_LEFT_IN = "card_left_in"
    HALF_PRINTED = "half_printed"
    REJECT_FULL = "reject_full"
    OUTPUT_FULL = "output_full"
    SAYS_DONE = "says_done"
    CARD_VANISHED = "card_vanished"
    WRONG_LOT = "wrong_lot"
    SERIAL_UNREADABLE = "serial_unreadable"
    DEAD_CHIP = "dead_chip"
    # what a printer lays badly without noticing
    RESIN_SHIFT = "resin_shift"
    DYE_SHIFT = "dye_shift"
    PRINT_MISPLACED = "place"
    BANDING = "banding"
    COLOUR_CAST = "colour_cast"
    MISSING_PANEL = "missing_panel"
    MISSING_BLACK = "missing_black"
    SMUDGED_CODE = "smudged_code"
    DUST = "dust"
    WRINKLE = "wrinkle"
    SWAPPED_PHOTO = "swapped_photo"
    # a printer's wire
    HALF_REPLY = "half_reply"
    STRANGE_REPLY = "strange_reply"
    ABSURD_COUNT = "absurd_count"
    # card on a reader
    WRONG_CARD = "wrong_card"
    MUTE = "mute"
    TEAR = "tear"
    AUTHENTICATION_FAILED = "authentication_failed"
    # KTP-el and finger
    EID_UNREADABLE = "eid_unreadable"
    FINGER_MISMATCH = "finger_mismatch"
    NO_FINGER = "no_finger"
    POOR_FINGER = "poor_finger"
    BUSY = "busy"
    BAD_SIGNATURE = "bad_signature"
    CLOCK_APART = "clock_apart"
    COMPARER_ERROR = "comparer_error"
    NO_DECISION = "no_decision"
    # camera
    NO_PICTURE = "no_picture"
    NO_FACE = "no_face"
    FROZEN = "frozen"
    DARK = "dark"
    TWO_FACES = "two_faces"
    EYES_CLOSED = "eyes_closed"
    BLURRED = "blurred"
    TILTED = "tilted"
    # pad
    NO_STROKES = "no_strokes"
    LOST_PACKETS = "lost_packets"
    BROKEN_PACKETS = "broken_packets"
    CUT_PACKETS = "cut_packets"
    STUCK_PEN = "stuck_pen"
    # scanner
    DOUBLE_SCAN = "double_scan"
    GARBLED_SCAN = "garbled_scan"
    SPLIT_SCAN = "split_scan"
    # document printer
    OUT_OF_PAPER = "out_of_paper"
    PAPER_JAM = "paper_jam"
    JOB_LOST = "job_lost"


PRINT_DEFECTS = (
    FaultName.RESIN_SHIFT,
    FaultName.DYE_SHIFT,
    FaultName.PRINT_MISPLACED,
    FaultName.BANDING,
    FaultName.COLOUR_CAST,
    FaultName.MISSING_PANEL,
    FaultName.MISSING_BLACK,
    FaultName.SMUDGED_CODE,
    FaultName.DUST,
    FaultName.WRINKLE,
    FaultName.SWAPPED_PHOTO,
)
"""Values are those of `print_faults.PrintFault`: the printer says done, the card is bad."""


class Clears(StrEnum):
    """What ends a fault."""

    OPERATOR = "operator"
    ITSELF = "itself"


_BY_OPERATOR = frozenset(
    {
        FaultName.UNPLUGGED,
        FaultName.POWER_CUT,
        FaultName.JAM,
        FaultName.OUT_OF_CARDS,
        FaultName.RIBBON_END,
        FaultName.COVER_OPEN,
        FaultName.REJECT_FULL,
        FaultName.OUTPUT_FULL,
        FaultName.FROZEN,
        FaultName.NO_PICTURE,
        FaultName.OUT_OF_PAPER,
        FaultName.PAPER_JAM,
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One order. `seconds` is how long a SLOW step lasts longer than it should."""

    at: str
    fault: FaultName
    count: int = 1
    clears: Clears | None = None
    skip: int = 0
    seconds: float = 8.0

    @property
    def stays(self) -> bool:
        """Whether somebody must lay hands on the device."""
        if self.clears is None:
            return self.fault in _BY_OPERATOR
        return self.clears is Clears.OPERATOR

    def strikes_at(self, step: str) -> bool:
        """Whether `step` is the ordered one or lies below it."""
        return self.at == "*" or step == self.at or step.startswith(self.at + ".")


class PowerGone(BaseException):
    """The PC lost power together with the device: nothing on the way up may answer it.

    Only tests order it (PC_POWER_CUT); like KeyboardInterrupt it isn't an Exception.
    """


class _Pending:
    __slots__ = ("fault", "left", "skip")

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.skip = fault.skip
        self.left = fault.count


class FaultScript:
    """The faults ordered for one device, and those that stand until an operator acts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[_Pending] = []
        self._standing: list[Fault] = []
        self._struck: list[tuple[str, FaultName]] = []

    def order(self, *faults: Fault) -> None:
        """Add to the script."""
        with self._lock:
            self._pending += [_Pending(fault) for fault in faults]

    def withdraw(self) -> None:
        """Forget what hasn't struck yet."""
        with self._lock:
            self._pending.clear()

    def strike(self, step: str) -> Fault | None:
        """The fault that strikes at this step now, if any; the script moves on."""
        with self._lock:
            for fault in self._standing:
                if fault.strikes_at(step):
                    return fault
            for pending in self._pending:
                if not pending.fault.strikes_at(step):
                    continue
                if pending.skip:
                    pending.skip -= 1
                    continue
                pending.left -= 1
                if not pending.left:
                    self._pending.remove(pending)
                self._struck.append((step, pending.fault.fault))
                return pending.fault
        return None

    def stand(self, fault: Fault) -> None:
        """Let a fault strike at its step until `settle`."""
        with self._lock:
            if fault not in self._standing:
                self._standing.append(fault)

    def settle(self, *names: FaultName) -> None:
        """End standing faults: these, or all."""
        with self._lock:
            self._standing = [f for f in self._standing if names and f.fault not in names]

    @property
    def pending(self) -> tuple[Fault, ...]:
        """What hasn't struck for the last time."""
        with self._lock:
            return tuple(pending.fault for pending in self._pending)

    @property
    def standing(self) -> tuple[Fault, ...]:
        """What strikes until an operator acts."""
        with self._lock:
            return tuple(self._standing)

    @property
    def struck(self) -> tuple[tuple[str, FaultName], ...]:
        """What struck, and at which step, in order."""
        with self._lock:
            return tuple(self._struck)


def read_script(rows: Iterable[Mapping[str, object]]) -> list[Fault]:
    """Faults from rows of a file: `{at = "print.panel.c", fault = "jam", count = 1}`.

    Raises ValueError for an unknown fault, field or value.
    """
    return [msgspec.convert(dict(row), _Row).fault_of() for row in rows]


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    at: str
    fault: FaultName
    count: int = 1
    clears: Clears | None = None
    skip: int = 0
    seconds: float = 8.0

    def fault_of(self) -> Fault:
        return Fault(self.at, self.fault, self.count, self.clears, self.skip, self.seconds)


@dataclass(frozen=True, slots=True)
class Orderable:
    """A fault that a kind offers, and the steps it makes sense at (the first is the usual one)."""

    fault: FaultName
    steps: tuple[str, ...]

    def order(self, step: str | None = None) -> Fault:
        """The fault, ready to be ordered."""
        return Fault(step or self.steps[0], self.fault)


def _everywhere(*steps: str) -> tuple[Orderable, ...]:
    names = (
        FaultName.SLOW,
        FaultName.SILENT,
        FaultName.GARBAGE,
        FaultName.UNPLUGGED,
        FaultName.POWER_CUT,
    )
    return tuple(Orderable(name, steps) for name in names)


PANEL_STEPS = (
    "print.panel.y",
    "print.panel.m",
    "print.panel.c",
    "print.panel.k",
    "print.panel.o",
    "print.panel.back",
)
_PRINTER_STEPS = (
    "feed",
    "feed.done",
    "move.contactless",
    "print.start",
    *PANEL_STEPS[:5],
    "print.flip",
    PANEL_STEPS[5],
    "print.done",
    "eject",
    "eject.done",
)
_CHIP_STEPS = ("chip.update", "chip.read", "chip.select", "chip.uid")

AVAILABLE: Mapping[DeviceKind, tuple[Orderable, ...]] = {
    DeviceKind.CARD_PRINTER: (
        Orderable(
            FaultName.JAM,
            ("print.panel.c", "feed", "move.contactless", "print.flip", "eject", *PANEL_STEPS),
        ),
        Orderable(FaultName.HALF_PRINTED, PANEL_STEPS[1:]),
        Orderable(FaultName.RIBBON_END, ("print.start", *PANEL_STEPS)),
        Orderable(FaultName.COVER_OPEN, ("feed", "print.start", *PANEL_STEPS, "eject")),
        Orderable(FaultName.OUT_OF_CARDS, ("feed",)),
        Orderable(FaultName.CARD_LEFT_IN, ("eject",)),
        Orderable(FaultName.REJECT_FULL, ("eject",)),
        Orderable(FaultName.OUTPUT_FULL, ("eject",)),
        Orderable(FaultName.SAYS_DONE, ("print.start", "eject", "feed")),
        Orderable(FaultName.CARD_VANISHED, ("eject",)),
        Orderable(FaultName.WRONG_LOT, ("feed",)),
        Orderable(FaultName.SERIAL_UNREADABLE, ("feed",)),
        Orderable(FaultName.DEAD_CHIP, ("feed",)),
        *(Orderable(defect, ("print.done",)) for defect in PRINT_DEFECTS),
        *_everywhere(*_PRINTER_STEPS),
    ),
    DeviceKind.CARD_READER: (
        Orderable(FaultName.DEAD_CHIP, _CHIP_STEPS),
        Orderable(FaultName.AUTHENTICATION_FAILED, _CHIP_STEPS),
        Orderable(FaultName.WRONG_CARD, ("chip.select",)),
        Orderable(FaultName.MUTE, _CHIP_STEPS),
        Orderable(FaultName.TEAR, _CHIP_STEPS),
        *_everywhere(*_CHIP_STEPS, "wait"),
    ),
    DeviceKind.EID_READER: (
        Orderable(FaultName.EID_UNREADABLE, ("eid.chip",)),
        Orderable(FaultName.FINGER_MISMATCH, ("eid.finger",)),
        Orderable(FaultName.NO_FINGER, ("eid.finger",)),
        Orderable(FaultName.WRONG_CARD, ("eid.chip",)),
        Orderable(FaultName.TEAR, ("eid.chip",)),
        *_everywhere("eid.chip", "eid.finger"),
    ),
    DeviceKind.SIGNATURE_PAD: (
        Orderable(FaultName.NO_STROKES, ("pad.capture",)),
        Orderable(FaultName.STUCK_PEN, ("pad.capture",)),
        Orderable(FaultName.LOST_PACKETS, ("pad.capture",)),
        Orderable(FaultName.BROKEN_PACKETS, ("pad.capture",)),
        Orderable(FaultName.CUT_PACKETS, ("pad.capture",)),
        *_everywhere("pad.capture"),
    ),
    DeviceKind.CAMERA: (
        Orderable(FaultName.NO_PICTURE, ("camera",)),
        Orderable(FaultName.FROZEN, ("camera",)),
        Orderable(FaultName.NO_FACE, ("camera.capture",)),
        Orderable(FaultName.TWO_FACES, ("camera.capture",)),
        Orderable(FaultName.DARK, ("camera.capture",)),
        Orderable(FaultName.EYES_CLOSED, ("camera.capture",)),
        Orderable(FaultName.BLURRED, ("camera.capture",)),
        Orderable(FaultName.TILTED, ("camera.capture",)),
        *_everywhere("camera.capture", "camera.frame"),
    ),
    DeviceKind.SCANNER: (
        Orderable(FaultName.DOUBLE_SCAN, ("scan",)),
        Orderable(FaultName.GARBLED_SCAN, ("scan",)),
        Orderable(FaultName.SILENT, ("scan",)),
        Orderable(FaultName.UNPLUGGED, ("scan",)),
        Orderable(FaultName.POWER_CUT, ("scan",)),
    ),
    DeviceKind.DOCUMENT_PRINTER: (
        Orderable(FaultName.OUT_OF_PAPER, ("paper",)),
        Orderable(FaultName.PAPER_JAM, ("paper",)),
        Orderable(FaultName.JOB_LOST, ("paper",)),
        *_everywhere("paper"),
    ),
    DeviceKind.FINGERPRINT: (
        Orderable(FaultName.FINGER_MISMATCH, ("finger",)),
        Orderable(FaultName.NO_FINGER, ("finger",)),
        Orderable(FaultName.POOR_FINGER, ("finger",)),
        Orderable(FaultName.BUSY, ("finger",)),
        Orderable(FaultName.BAD_SIGNATURE, ("finger",)),
        Orderable(FaultName.CLOCK_APART, ("finger",)),
        Orderable(FaultName.COMPARER_ERROR, ("finger",)),
        Orderable(FaultName.NO_DECISION, ("finger",)),
        *_everywhere("finger"),
    ),
    DeviceKind.CARD_VIEWER: (
        Orderable(FaultName.WRONG_CARD, ("viewer.look",)),
        Orderable(FaultName.DARK, ("viewer.look",)),
        Orderable(FaultName.BLURRED, ("viewer.look",)),
        Orderable(FaultName.NO_PICTURE, ("viewer.look",)),
        *_everywhere("viewer.look"),
    ),
}
"""What the simulator panel offers for each kind: what differs on the desk. SPLIT_SCAN is a wire's
alone, for the adapter puts its pieces together again."""
