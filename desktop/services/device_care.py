"""Care for the devices: tests that prove something, test and cleaning cards, ribbon changes.

A card without a number still moves the printer's counter, so each one is an act that the shift's
reckoning expects; a ribbon change says what was left, because used ribbon holds faces and is
destroyed by count.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop.device_hub import DeviceHub
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, Role, RoleMissing
from desktop.domain.stock import Shift, ShiftState, UnnumberedUse
from desktop.notices import StockChanged
from desktop.papers.printer_test import PrinterTest, printer_test
from desktop.pictures import PictureCheck
from desktop.services.base import Frame
from desktop.services.capture import findings_of
from desktop.services.papers import Papers
from desktop.services.ribbons import panels_left
from devices.camera import Camera
from devices.card_printer import CardPrinter, Counters, Unnumbered
from devices.card_reader import CardReader
from devices.card_viewer import CardViewer
from devices.device import Device, SupplyName
from devices.document_printer import DocumentPrinter, PaperJobState
from devices.eid_reader import EidReader
from devices.errors import DeviceFault, JobLost
from devices.fingerprint import FingerprintSensor
from devices.scanner import Scanner
from devices.signature_pad import SignaturePad
from devices.strokes import strokes_png

ASK_SECONDS = 5.0
LOOK_SECONDS = 8.0
PERSON_SECONDS = 30.0
"""How long a test waits for a hand: a signature, a finger, a KTP-el."""
RUN_SECONDS = 120.0

TESTERS = frozenset(Role) - {Role.AUDITOR, Role.PROGRAM, Role.CENTRE}
USERS_OF_STOCK = frozenset({Role.PRODUCTION, Role.STOCK_KEEPER, Role.SUPERVISOR})
_LOT_MOST = 40


class Proven(StrEnum):
    """What a test showed."""

    CARD_RAN = "card_ran"
    READER_ANSWERS = "reader_answers"
    CHIP_ANSWERS = "chip_answers"
    EID_READ = "eid_read"
    FRAME_SHOWN = "frame_shown"
    FRAME_EMPTY = "frame_empty"
    CARD_SEEN = "card_seen"
    SIGNED = "signed"
    PAGE_PRINTED = "page_printed"
    FINGER_SEEN = "finger_seen"
    FINGER_COMPARED = "finger_compared"
    CODE_HEARD = "code_heard"


@dataclass(frozen=True, slots=True)
class Proof:
    """A test that passed: what it showed, with facts for the words and perhaps a picture."""

    device: str
    what: Proven
    at: datetime
    facts: Mapping[str, object] = field(default_factory=dict[str, object])
    picture: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class RibbonChange:
    """A ribbon change as recorded: the printer's counters then, and what the old one had left.

    `left` in cards, `panels_left` in panels: as many as the printer uses for each of them.
    """

    device: str
    lot: str
    left: int
    panels_left: int
    cards: int
    panels: int
    used: int


class LotMissing(Problem):
    """A ribbon change without the new ribbon's lot number."""


class DeviceCare:
    """Acts upon devices that belong to no case."""

    def __init__(self, frame: Frame, papers: Papers) -> None:
        self._frame = frame
        self._papers = papers

    @property
    def _hub(self) -> DeviceHub:
        return self._frame.hub

    # -- tests -----------------------------------------------------------------------------

    def test(self, by: Actor, name: str, cancel: threading.Event | None = None) -> Proof:
        """Try a device out; what it showed.

        Passed or not, the test is recorded. Raises RoleMissing, the hub's and the device's
        faults; a test that needs a hand waits `PERSON_SECONDS` for it or until `cancel`. Scanners
        are tried by scanning (`heard`), card printers by `run_card`.
        """
        self._needs(by, TESTERS)
        if self._hub.status(name).kind.value == "card_printer":
            return self.run_card(by, name, Unnumbered.TEST, cancel)
        try:
            with self._hub.borrow(name, cancel=cancel) as device:
                proof = self._try(by, device, cancel)
        except DeviceFault as fault:
            self._record(by, name, fault=type(fault).__name__)
            raise
        self._record(by, name, proven=proof.what)
        return proof

    def heard(self, by: Actor, name: str, text: str) -> Proof:
        """A code arrived while a scanner was being tried; only its length is kept."""
        self._needs(by, TESTERS)
        proof = self._proof(name, Proven.CODE_HEARD, {"count": len(text)})
        self._record(by, name, proven=proof.what)
        return proof

    def _try(self, by: Actor, device: Device, cancel: threading.Event | None) -> Proof:
        name = device.info.name
        if isinstance(device, CardReader):
            if not device.card_present(timeout=ASK_SECONDS, cancel=cancel):
                return self._proof(name, Proven.READER_ANSWERS)
            device.wait_card(timeout=LOOK_SECONDS, cancel=cancel)
            uid = device.uid(timeout=LOOK_SECONDS, cancel=cancel)
            return self._proof(name, Proven.CHIP_ANSWERS, {"uid": uid.hex().upper()})
        if isinstance(device, EidReader):
            # Who is on the card is nobody's business in a test: only the finger's verdict is kept.
            finger = device.read(timeout=PERSON_SECONDS, cancel=cancel).fingerprint
            return self._proof(name, Proven.EID_READ, {"finger": finger})
        if isinstance(device, Camera):
            # As a photo is taken: a live picture doesn't say that it is frozen.
            picture = device.capture(timeout=LOOK_SECONDS, cancel=cancel)
            return self._proof(name, _seen_in(picture), picture=picture)
        if isinstance(device, CardViewer):
            views = device.look(timeout=PERSON_SECONDS, cancel=cancel)
            return self._proof(name, Proven.CARD_SEEN, picture=views.front)
        if isinstance(device, SignaturePad):
            strokes = device.capture(timeout=PERSON_SECONDS, cancel=cancel)
            facts = {"seconds": round(strokes.milliseconds / 1000, 1)}
            return self._proof(name, Proven.SIGNED, facts, strokes_png(strokes))
        if isinstance(device, DocumentPrinter):
            return self._print_page(by, device, cancel)
        if isinstance(device, FingerprintSensor):
            seen = device.try_out(timeout=PERSON_SECONDS, cancel=cancel)
            what = Proven.FINGER_COMPARED if seen.compared else Proven.FINGER_SEEN
            return self._proof(name, what, {"quality": seen.quality})
        if isinstance(device, Scanner):
            raise TypeError("a scanner is tried by scanning")
        raise TypeError(type(device).__name__)

    def _print_page(
        self, by: Actor, printer: DocumentPrinter, cancel: threading.Event | None
    ) -> Proof:
        info, words = printer.info, self._papers.words()
        with self._frame.ledger.reading() as r:
            imprint = self._papers.imprint(r, by, "UJI")
        page = PrinterTest(
            imprint=imprint,
            device=words(f"device_name.{info.name}"),
            model=f"{info.maker} {info.model}",
            serial=info.serial,
        )
        job = self._frame.ids.new()
        number = printer.print_pdf(
            printer_test(page, words), 1, job, timeout=RUN_SECONDS, cancel=cancel
        )
        state = printer.job_state(job, timeout=ASK_SECONDS, cancel=cancel)
        if state is PaperJobState.UNKNOWN:
            raise JobLost(number)
        return self._proof(info.name, Proven.PAGE_PRINTED, {"state": state})

    # -- what uses up stock ----------------------------------------------------------------

    def run_card(
        self,
        by: Actor,
        name: str,
        what: Unnumbered,
        cancel: threading.Event | None = None,
    ) -> Proof:
        """Run a test, alignment or cleaning card through a card printer.

        Whatever became of it, the act says what the printer's own counter did meanwhile. Raises
        RoleMissing, and the printer's faults after they were recorded.
        """
        self._needs(by, USERS_OF_STOCK)
        with self._hub.printer(name) as printer:
            before = printer.counters(timeout=ASK_SECONDS)
            try:
                printer.print_unnumbered(what, timeout=RUN_SECONDS, cancel=cancel)
            except DeviceFault as fault:
                after = self._counters(printer, before)
                self._record_card(by, name, what, before, after, type(fault).__name__)
                raise
            after = self._counters(printer, before)
        self._record_card(by, name, what, before, after)
        facts = {"use": UnnumberedUse(what.value), "cards": after.cards if after else "–"}
        return self._proof(name, Proven.CARD_RAN, facts)

    def _counters(self, printer: CardPrinter, before: Counters | None) -> Counters | None:
        try:
            return printer.counters(timeout=ASK_SECONDS)
        except DeviceFault:
            return before

    def _record_card(
        self,
        by: Actor,
        name: str,
        what: Unnumbered,
        before: Counters | None,
        after: Counters | None,
        fault: str = "",
    ) -> None:
        frame = self._frame
        if before is None or after is None:
            # A printer that counts nothing: one card was taken unless it said otherwise.
            before = after = Counters(0, 0, 0, 0)
            taken = 0 if fault else 1
        else:
            taken = after.inserted - before.inserted
        with frame.ledger.acting(by) as w:
            shift = w.first(
                Shift, counter=frame.counter, state=[ShiftState.OPEN, ShiftState.COUNTED],
                order="day", descending=True,
            )  # fmt: skip
            if shift is not None and taken:
                w.change(shift, unnumbered=shift.unnumbered + taken)
            w.record(
                "stock.unnumbered",
                name,
                {
                    "use": what,
                    "taken": taken,
                    "cards_before": before.cards,
                    "cards_after": after.cards,
                    "fault": fault,
                },
            )
            w.notify(StockChanged())

    def ribbon_left(self, name: str) -> int:
        """How many cards the ribbon that goes out can still print, as the printer says.

        One that is whole is the new one, already in: then the old one was at its end, or whoever
        changed it knows better.
        """
        for supply in self._hub.status(name).health.supplies:
            if supply.name is SupplyName.RIBBON:
                return supply.left if supply.left < supply.capacity else 0
        return 0

    def change_ribbon(self, by: Actor, name: str, lot: str, left: int) -> RibbonChange:
        """Record that a new ribbon of `lot` was put in while the old one could print `left` cards.

        Raises RoleMissing, LotMissing and the printer's faults; nothing is recorded then.
        """
        self._needs(by, USERS_OF_STOCK)
        if not lot.strip():
            raise LotMissing
        with self._hub.printer(name) as printer:
            counters = printer.counters(timeout=ASK_SECONDS)
            a_card = printer.capabilities.panels_per_card
            told, whole = panels_left(printer)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            change = RibbonChange(
                device=name,
                lot=lot.strip()[:_LOT_MOST],
                left=max(0, left),
                panels_left=max(0, left) * a_card,
                cards=counters.cards if counters else 0,
                panels=(counters.panels or 0) if counters else 0,
                used=w.number("ribbon:used"),
            )
            w.record(
                "device.ribbon_changed",
                name,
                {
                    "lot": change.lot,
                    "left": change.left,
                    "panels_left": change.panels_left,
                    "cards": change.cards,
                    "panels": change.panels,
                    # Told before the new one was in, it is the old one's: a new one is whole.
                    "panels_new": told if told > change.panels_left else whole,
                    "used": change.used,
                },
            )
            w.notify(StockChanged())
        return change

    # -- inside ----------------------------------------------------------------------------

    def _needs(self, by: Actor, roles: frozenset[Role]) -> None:
        if not by.roles & roles:
            raise RoleMissing(needed=tuple(sorted(roles & USERS_OF_STOCK or roles)))

    def _proof(
        self,
        name: str,
        what: Proven,
        facts: Mapping[str, object] | None = None,
        picture: bytes = b"",
    ) -> Proof:
        return Proof(name, what, self._frame.now(), facts or {}, picture)

    def _record(self, by: Actor, name: str, *, proven: str = "", fault: str = "") -> None:
        with self._frame.ledger.acting(by) as w:
            w.record("device.tested", name, {"proven": proven, "fault": fault})


def _seen_in(picture: bytes) -> Proven:
    """Whether somebody sits before the camera: a wall proves neither its aim nor its focus."""
    face = next((one for one in findings_of(picture) if one.check is PictureCheck.FACE), None)
    return Proven.FRAME_SHOWN if face is not None and face.passed else Proven.FRAME_EMPTY
