"""The handover where no scanner reads the card: its chip tells its number, or two officers read it.

A number that is only typed may come from the screen, and then two swapped cards go unseen. So the
number is on the card alone while it is read, and a second officer reads it without the first's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from desktop.cards.chip.tlv import ChipNotGenuine, ChipUnreadable
from desktop.domain.application import Application, CardMisread, CardUnproven
from desktop.domain.reasons import CardKnownBy
from desktop.domain.stock import UnknownBlank
from desktop.notices import DeviceChanged, Notice
from desktop.presenters.card_reading import READER
from desktop.presenters.problems import ChipSaysNothing, ScanTheCard
from desktop.presenters.second import may_try_again
from desktop.presenters.training_scans import HANDS, lay_card
from desktop.presenters.walkin_card import CardSteps
from desktop.presenters.walkin_view import READING_CHIP, WalkStep, roles_for
from desktop.services.card_code import card_serial
from desktop.services.old_cards import old_card_due
from devices.device import DeviceKind
from devices.errors import DeviceFault

BY_TWO = "by_two"
"""The question for the number on the card."""
UNREAD = (ScanTheCard, CardMisread, UnknownBlank, ChipSaysNothing, CardUnproven)
"""After these the officer may read the card otherwise, even where a scanner answers."""
_READS = (DeviceKind.SCANNER, DeviceKind.CARD_READER)


class HandoverSteps(CardSteps):
    """Ways to hand over a card that wasn't scanned."""

    _doubted_card = ""
    """The number of the card whose chip was refused last."""
    unknown_code = False
    """Whether the code that was scanned last is no card's: all that a scanner may read off this."""
    _unread_card = ""
    """The case of whose card it was said that no scanner reads it; until that is put away."""

    def show(self, **changes: Any) -> None:
        super().show(**changes)
        app = self.view.app
        if app is not None and self.view.step is WalkStep.HANDOVER and self._says_unread():
            self._unread_card = app.id

    def dismiss(self) -> None:
        if self._says_unread():
            self._unread_card = ""
        super().dismiss()

    def _says_unread(self) -> bool:
        said = self.view.problem
        reader = getattr(said, "kind", None) is DeviceKind.CARD_READER
        return isinstance(said, UNREAD) or (isinstance(said, DeviceFault) and reader)

    def begin_handover(self) -> None:
        """Which old card is due is asked by itself: the card's picture may not be here."""
        app = self.view.app
        if app is None:
            return

        def look() -> bool:
            with self.desk.ledger.reading() as r:
                return old_card_due(r, self.desk.frame, app)

        def then(due: bool) -> None:
            if self.view.app is not None and self.view.app.id == app.id:
                self.show(old_card_due=due)

        self.read(look, then)
        self.preview()

    def heard(self, notice: Notice) -> None:
        if isinstance(notice, DeviceChanged) and notice.kind in _READS:
            if self.view.step is WalkStep.HANDOVER:
                self.show()  # what may be read now
            return
        super().heard(notice)

    def scanned(self, text: str) -> bool:
        code, at_hand = card_serial(text), self.view.step is WalkStep.HANDOVER
        self.unknown_code = at_hand and bool(code) and not self.desk.handover.knows(code)
        return super().scanned(text)

    # -- which ways there are --------------------------------------------------------------

    @property
    def scanner_dead(self) -> bool:
        """Whether this counter has a scanner that doesn't work now."""
        hub = self.desk.hub
        return hub.has(DeviceKind.SCANNER) and not self._works(DeviceKind.SCANNER)

    @property
    def unscannable(self) -> bool:
        """Whether the card may be made out otherwise: the scanner is dead or reads no card's code.

        A scanner that types like a keyboard is none of the counter's devices, so where there is no
        other the officer says it, by an Enter with nothing scanned. Another known card was read
        well, and is swapped.
        """
        view = self.view
        if view.app is None or view.step is not WalkStep.HANDOVER or view.bound or view.held:
            return False
        strange = bool(view.scanned_serial) and self.unknown_code
        unread = view.app.id == self._unread_card or self._says_unread() or strange
        return view.scanned_serial != view.app.blank_serial and (unread or self.scanner_dead)

    @property
    def reads_chip(self) -> bool:
        """Whether the card's chip can be read instead."""
        return self.unscannable and self._works(READER)

    @property
    def reads_number(self) -> bool:
        """Whether two officers may read the number instead; not once the chip was refused."""
        app, refused = self.view.app, isinstance(self.view.problem, CardUnproven)
        doubted = refused or (app is not None and app.blank_serial == self._doubted_card)
        return self.unscannable and not doubted

    def _works(self, what: DeviceKind | str) -> bool:
        every = self.desk.hub.statuses()
        return any(one.health.usable for one in every if what in (one.kind, one.name))

    # -- the chip --------------------------------------------------------------------------

    def read_chip(self) -> None:
        """The card lies on the chip reader: its chip tells its number, as the scan would."""
        app, by = self.view.app, self.by
        if app is None or self.view.step is not WalkStep.HANDOVER:
            return

        if self.unknown_code:
            self._unread_card = app.id  # whatever the chip says, the scanner reads no number here

        def act(stop: threading.Event) -> str | Exception:
            try:
                return self.desk.handover.read_due(by, app.id, stop)
            except (ChipUnreadable, ChipNotGenuine) as problem:
                return problem

        def then(serial: str | Exception) -> None:
            if self.view.app is None or self.view.app.id != app.id:
                return
            self.unknown_code = False
            if isinstance(serial, Exception):
                self._doubted_card = app.blank_serial
                self.show(scanned_serial="", known_by=None, problem=serial)
                return
            told = None if serial else ChipSaysNothing()
            self.show(scanned_serial=serial, known_by=CardKnownBy.CHIP, problem=told)

        self.wait_for(act, then, lane=READER, doing=READING_CHIP)

    @property
    def card_to_play(self) -> bool:
        """Under a dead scanner a card tells nothing; it can be laid on the chip reader."""
        if not super().card_to_play or not self.desk.bench:
            return False
        if self.chip_waits:
            return self.desk.bench.reader.card is None
        return not self.view.doing and (not self.scanner_dead or self._works(READER))

    @property
    def chip_waits(self) -> bool:
        """Whether the chip reader waits for the card, or reads it."""
        return self.view.step is WalkStep.HANDOVER and self.view.doing == READING_CHIP

    def play_card(self) -> None:
        """In training: the card is scanned, or lies on the chip reader where no scanner works."""
        app = self.view.app
        if app is None or not self.card_to_play:
            return
        if self.chip_waits:
            self.desk.lanes.call(
                HANDS,
                lambda: lay_card(self.desk, app, app.blank_serial),
                lambda _: self.show(),
                lambda problem: self.show(problem=problem),
            )
        elif not self.scanner_dead:
            super().play_card()
        else:
            self.work(
                lambda: lay_card(self.desk, app, app.blank_serial),
                lambda _: self.show(said=self.say("walkin.laid")),
                lane=READER,
            )

    def handed_over(self, done: Application) -> None:
        """In training the card goes with its holder: no tray has it, nor is it read as the next."""
        if self.desk.bench is not None and done.blank_serial:
            self.desk.bench.hand_over(done.blank_serial)
        super().handed_over(done)

    # -- two officers ----------------------------------------------------------------------

    @property
    def blind(self) -> bool:
        """Whether the number is being read off the card, so that no screen may tell it."""
        asked = self.view.asked
        return asked is not None and asked.question == BY_TWO

    def may_hand_over(self) -> bool:
        """Whether the officer has the duty; if not, that is said before anybody reads a number."""
        return self.may(*roles_for(WalkStep.HANDOVER))

    def read_number(self, number: str, then: Callable[[], None]) -> None:
        """The first officer read it; `then` asks the second, where nothing keeps the card here."""
        app, by, to = self.view.app, self.by, self.recipient()
        if app is None or self.view.step is not WalkStep.HANDOVER:
            return
        self.work(
            lambda: self.desk.handover.check_read(by, app.id, number, to),
            lambda _: then(),
            failed=self._not_read,
        )

    def hand_over_read(self, number: str, nrp: str, password: str, again: str) -> None:
        """The second officer read it too, and both sign: the card goes over the counter."""
        app, by, to = self.view.app, self.by, self.recipient()
        if app is None:
            return

        def act() -> Application:
            second = self.desk.duty.second(by, nrp, password)
            return self.desk.handover.hand_over_read(by, second, app.id, (number, again), to)

        self.work(act, self.handed_over, failed=self._not_signed)

    def _not_read(self, problem: Exception) -> None:
        self.show(problem=problem, asked=None)

    def _not_signed(self, problem: Exception) -> None:
        """A slip of the password is asked for again; anything else begins with the card anew."""
        if may_try_again(problem):
            self.show(problem=problem)
        else:
            self._not_read(problem)
