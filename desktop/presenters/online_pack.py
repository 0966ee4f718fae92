"""Packing by two scans: the card, then its waybill; the label follows by itself."""

from __future__ import annotations

import dataclasses
from collections import deque
from typing import Any

from desktop.domain.application import Application, Delivery
from desktop.domain.application import ApplicationState as S
from desktop.domain.codes import CodeCheckDigitWrong, CodeKind, CodeMalformed, fits
from desktop.domain.officer import Actor, Role, RoleMissing
from desktop.domain.shipment import CardCameBack, Parcel, ReturnCase
from desktop.domain.stock import Blank, UnknownBlank
from desktop.domain.waybill import read_waybill
from desktop.presenters.base import DESK
from desktop.presenters.online_problems import (
    LabelNotPrinted,
    NotForCourier,
    ScanCardFirst,
    ScanWaybillNext,
)
from desktop.presenters.online_table_kept import TableKept
from desktop.presenters.online_view import OnlineArea, OnlineView, Pair, PairStep
from desktop.presenters.second import who_may
from desktop.presenters.training_scans import into_envelope
from desktop.presenters.walkin_card import card_serial
from desktop.presenters.walkin_view import ASKING
from desktop.services.card_code import OWN_CODE
from desktop.services.desk import Desk
from desktop.services.paper_forms import courier_label
from desktop.services.papers import MadePaper

PRINTER = "document_printer"
PACKING, LABEL = "doing.pack", "doing.print_label"
QUEUES = (PACKING, LABEL, ASKING)
"""What a scan waits for."""


class PackDesk(TableKept):
    """The part of the online presenter that packs."""

    def __init__(self, desk: Desk, first: OnlineView) -> None:
        super().__init__(desk, first)
        self._looking_up = False
        self._taken = ""
        self._held: deque[str] = deque()

    def scan_to_pack(self, text: str) -> None:
        """The card first, then the waybill; what comes faster than it is packed waits its turn."""
        if self._looking_up or self.view.doing in QUEUES:
            if text != (self._held[-1] if self._held else self._taken):  # one code read twice
                self._held.append(text)
            return
        self._taken = text
        pair = self.view.pair
        waybill = fits(self.desk.frame.rules().codes, CodeKind.WAYBILL, text)
        if pair.step is PairStep.WAYBILL and pair.app is not None:
            if waybill:
                self._pack(pair.app, pair.card, text)
            elif card_serial(text).upper() != pair.card:
                self._wrong(self._no_waybill(pair.app, text), keep=True)
            else:
                self._go_on()
            return
        if waybill:
            self._wrong(ScanCardFirst())
            return
        serial = card_serial(text).upper()

        def look() -> tuple[Application | None, ReturnCase | None]:
            app = self.desk.shipping.find_card(serial)
            return app, None if app is None else self.desk.shipping.came_back(app)

        def found(seen: tuple[Application | None, ReturnCase | None]) -> None:
            self._looking_up = False
            app, back = seen
            if app is None:
                self._wrong(UnknownBlank(serial=serial[:40]))
            elif app.state is not S.READY or app.delivery is not Delivery.COURIER:
                self._wrong(NotForCourier(number=app.number, state=app.state))
            elif back is not None:
                self._wrong(CardCameBack(number=app.number, awb=back.awb))
            else:
                refused = self._not_theirs()
                if refused is not None:
                    self.forget_scans()
                pair = Pair(PairStep.WAYBILL, app, serial, problem=refused)
                self.show(pair=pair, problem=None)
                self._go_on()

        def failed(problem: Exception) -> None:
            self._looking_up = False
            self.forget_scans()
            self.show(problem=problem)

        self._looking_up = True
        self.desk.lanes.call(DESK, look, found, failed)

    def _not_theirs(self) -> RoleMissing | None:
        """Told with the card, which stays: it may still be collected, or a colleague goes on."""
        session = self.desk.duty.session  # who scanned it may be gone
        if session is None or Role.DISPATCH in session.actor.roles:
            return None
        return who_may(self.desk, RoleMissing(needed=(Role.DISPATCH,)))

    def _no_waybill(self, app: Application, text: str) -> Exception:
        """Another card where the waybill is awaited; all else is told as the waybill it isn't."""
        with self.desk.ledger.reading() as r:
            card = r.look(Blank, card_serial(text).upper()) is not None
        if not card and not text.strip().startswith(OWN_CODE):
            try:
                read_waybill(self.desk.frame.rules().codes, text)
            except (CodeMalformed, CodeCheckDigitWrong) as problem:
                return problem
        return ScanWaybillNext(number=app.number)

    def _go_on(self) -> None:
        """The next scan that waits."""
        duty = self.desk.duty
        if self.view.area is not OnlineArea.PACK or duty.session is None or duty.locked:
            self.forget_scans()
        if self._held:
            self.scan_to_pack(self._held.popleft())

    def forget_scans(self) -> None:
        """Nothing waits after a refusal: a waybill might go with the card before its own."""
        self._held.clear()

    def _wrong(self, problem: Exception, *, keep: bool = False) -> None:
        """The sign says wrong; with `keep` the card stays and its waybill is still awaited."""
        self.forget_scans()
        before = self.view.pair
        if keep:
            pair = dataclasses.replace(before, problem=problem)
        else:
            pair = Pair(PairStep.WRONG, problem=problem)
        self.show(pair=pair, problem=None)

    def _pack(self, app: Application, serial: str, awb: str) -> None:
        by = self.by
        courier = self.view.courier

        def done(parcel: Parcel) -> None:
            into_envelope(self.desk, serial)
            pair = Pair(PairStep.RIGHT, app, serial, parcel.awb, parcel)
            self.show(pair=pair)
            self.refresh()
            self.print_label(parcel, by)

        def refused(problem: Exception) -> None:
            self.forget_scans()
            pair = Pair(PairStep.WAYBILL, app, serial, problem=problem)
            self.show(pair=pair)

        self.work(
            lambda: self.desk.shipping.pack(by, app.id, serial, awb, courier),
            done,
            doing=PACKING,
            failed=refused,
        )

    def ask_jkn(self) -> None:
        """Whether the holder of the card on the table still is in arrears."""
        pair, by = self.view.pair, self.by
        if pair.app is None or not pair.app.jkn_hold:
            return
        app, jkn = pair.app, self.desk.requirements

        def told(**changes: Any) -> None:
            if self.view.pair is pair:  # not laid aside meanwhile
                self.show(pair=dataclasses.replace(pair, **changes))

        def then(cleared: Application) -> None:
            told(app=cleared, problem=None)
            self.show(said=self.say("online_screen.said.jkn_clear"))
            self._go_on()

        def refused(problem: Exception) -> None:
            if self.view.pair is pair:
                self.forget_scans()
            told(problem=problem)
            self._go_on()

        self._taken = ""  # the waybill that JKN stopped may come once more
        self.work(lambda: jkn.clear_jkn(by, app.id), then, doing=ASKING, failed=refused)

    def forget_pair(self) -> None:
        """Begin with another card."""
        self.forget_scans()
        self.show(pair=Pair(), problem=None)

    def print_label(self, parcel: Parcel, packer: Actor | None = None) -> None:
        """The address label of a packed parcel; `packer` has packed it just now."""
        by, papers = packer or self.by, self.desk.papers

        def act() -> MadePaper:
            made = courier_label(papers, by, parcel)
            papers.print(by, made.paper.id)
            return made

        def then(_made: MadePaper) -> None:
            pair = with_label(self.view.pair, label_printed=True, problem=None)
            self.show(pair=pair, said=self.say("online_screen.said.label", awb=parcel.awb))
            self._go_on()

        def failed(problem: Exception) -> None:
            self.forget_scans()
            # Why is told in the banner; beside the scans stands what is left to do.
            pair = with_label(self.view.pair, problem=LabelNotPrinted(parcel.awb))
            self.show(pair=pair, problem=problem)

        def with_label(pair: Pair, **changes: Any) -> Pair:
            mine = pair.parcel is not None and pair.parcel.id == parcel.id
            return dataclasses.replace(pair, **changes) if mine else pair

        self.work(act, then, lane=PRINTER, doing=LABEL, failed=failed)

    def unpack(self, parcel: Parcel) -> None:
        """Open a parcel that hasn't left."""
        by = self.by

        def then(app: Application) -> None:
            self.show(pair=Pair(), said=self.say("online_screen.said.unpacked", number=app.number))
            self.refresh()

        self.work(lambda: self.desk.shipping.unpack(by, parcel.awb), then)
