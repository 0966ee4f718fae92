"""The card desk: a card that is wrong, in the wrong hands, or found; each act said before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TypeVar

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.correction import CardNotInHand, NothingCorrected
from desktop.domain.officer import Actor
from desktop.domain.person import Applicant
from desktop.domain.realm import Realm
from desktop.domain.violations import CardOrder
from desktop.presenters.applicant_form import form_of, typed_applicant
from desktop.presenters.card_reading import READER
from desktop.presenters.cards_base import CardBase
from desktop.presenters.cards_view import CardAct, CardStep, Change
from desktop.presenters.problems import DateUnreadable
from desktop.services.syncing import LANE as SYNC

PAPER_LANE = "document_printer"
T = TypeVar("T")


class CardDesk(CardBase):
    """Answers the card desk's screen."""

    # -- correcting ------------------------------------------------------------------------

    def begin_correction(self) -> None:
        """Open the fields; after the handover only with the wrong card in the hand."""
        view = self.view
        record, acts = view.record, view.acts
        if view.doing or record is None or view.step is not CardStep.RECORD:
            return
        if CardAct.CORRECT_HANDED in acts and not view.in_hand:
            self.show(problem=CardNotInHand(serial=record.serial))
        elif CardAct.CORRECT_HANDED in acts or CardAct.CORRECT_PRINTED in acts:
            self.show(step=CardStep.TYPING, form=form_of(record.holder), problem=None)

    def compare(self) -> None:
        """What was typed beside what was printed; nothing is done yet."""
        record = self.view.record
        if record is None or self.view.doing:
            return
        try:
            wanted = typed_applicant(self.view.form, record.holder)
        except ValueError:
            self.show(problem=DateUnreadable(field="birth_date"))
            return
        changes = tuple(
            Change(f.name, getattr(record.holder, f.name), getattr(wanted, f.name))
            for f in fields(Applicant)
            if getattr(record.holder, f.name) != getattr(wanted, f.name)
        )
        if not changes:
            self.show(problem=NothingCorrected())
            return
        self.show(step=CardStep.COMPARE, changes=changes, problem=None)
        self.keep_draft()

    def correct(self, nrp: str = "", password: str = "") -> None:
        """Do it: before the handover alone, afterwards with the second officer's credential."""
        view, by, corrections = self.view, self.by, self.desk.corrections
        record = view.record
        if record is None or record.app is None or view.step is not CardStep.COMPARE:
            return
        app, handed, serial, typed = record.app, view.handed, view.scanned, view.typed
        if handed and not view.in_hand:
            self.show(problem=CardNotInHand(serial=record.serial))
            return
        wanted = typed_applicant(view.form, record.holder)

        def act() -> Application:
            if not handed:
                moved = corrections.printed(by, app.id, wanted)
                if moved.state is S.RECEIVED and self.desk.has_centre:
                    self.desk.claims.pass_on(by, moved)
                return moved
            second = self.desk.duty.second(by, nrp, password)
            return corrections.handed(by, second, app.id, serial, wanted, typed=typed)

        def then(moved: Application) -> None:
            self.forget_draft()
            how = "_handed" if handed else "_online" if moved.state is S.RECEIVED else ""
            told = f"cards.said.corrected{how}"
            self.stands(moved.id, told, number=moved.number, serial=record.serial)

        self._on_cases((app.id,), act, then)

    # -- wrong hands -----------------------------------------------------------------------

    def begin_given(self) -> None:
        """Say what will happen; a second card that went astray with it may be scanned."""
        if CardAct.GIVEN in self.view.acts and not self.view.doing:
            self.show(step=CardStep.GIVEN, other=None, problem=None)

    def given(self) -> None:
        """Flag the licences and print the letters."""
        record, other, by = self.view.record, self.view.other, self.by
        if self.view.step is not CardStep.GIVEN or record is None or record.app is None:
            return
        case = record.app
        second = other.app.id if other is not None and other.app is not None else ""

        def act() -> list[str]:
            _, letters = self.desk.corrections.given_to_other(by, case.id, second)
            return [made.paper.id for made in letters]

        def then(letters: list[str]) -> None:
            self.forget_draft()
            self.stands(case.id, "cards.said.flagged", count=len(letters))
            self._print(by, letters, again=False, told="cards.said.given")

        self._on_cases((case.id, *([second] if second else ())), act, then)

    def take_back(self, nrp: str, password: str) -> None:
        """The card comes back from the wrong person; both officers sign."""
        record, by = self.view.record, self.by
        if record is None or record.app is None:
            return
        case, serial, typed = record.app, self.view.scanned, self.view.typed

        def act() -> Application:
            second = self.desk.duty.second(by, nrp, password)
            return self.desk.corrections.take_back(by, second, case.id, serial, typed=typed)

        self._on_cases(
            (case.id,), act,
            lambda moved: self.stands(moved.id, "cards.said.taken_back", number=moved.number),
        )  # fmt: skip

    def need_card(self) -> bool:
        """Whether the card must be scanned first; that is then said."""
        record = self.view.record
        if record is None or self.view.in_hand:
            return False
        self.show(problem=CardNotInHand(serial=record.serial))
        return True

    def exchanged(self, statement: str) -> None:
        """Every card is with its own person: the supervisor closes the incident."""
        record, by = self.view.record, self.by
        if record is None or record.incident is None:
            return
        incident, key = record.incident, record.key
        self.work(
            lambda: self.desk.corrections.exchanged(by, incident.id, statement),
            lambda _: self.stands(key, "cards.said.exchanged"),
        )

    def found(self) -> None:
        """Somebody brought this card: it is kept as found property."""
        record, by, typed = self.view.record, self.by, self.view.typed
        if record is None or CardAct.FOUND not in self.view.acts:
            return
        self.work(
            lambda: self.desk.corrections.found(by, record.serial, typed=typed),
            lambda _: self.stands(record.again, "cards.said.found", serial=record.serial),
        )

    def give_back(self) -> None:
        """The holder of a found card stands here and was compared with it."""
        record, by, typed = self.view.record, self.by, self.view.typed
        if record is None or CardAct.GIVE_BACK not in self.view.acts:
            return
        self.work(
            lambda: self.desk.corrections.give_back(by, record.serial, typed=typed),
            lambda _: self.stands(record.again, "cards.said.give_back", serial=record.serial),
        )

    def turned_up(self) -> None:
        """A card that was replaced lies here again: it waits for its destruction."""
        record, by, typed = self.view.record, self.by, self.view.typed
        if record is None or CardAct.TURNED_UP not in self.view.acts:
            return
        self.work(
            lambda: self.desk.corrections.turned_up(by, record.serial, typed=typed),
            lambda _: self.stands(record.again, "cards.said.turned_up", serial=record.serial),
        )

    def sample_order(self) -> Path | None:
        """In training: a new order of the centre for the card on show, as a file to choose."""
        record = self.view.record
        if record is None or self.desk.realm is not Realm.TRAINING:
            return None
        from desktop.centre.points import NoCentreKey
        from desktop.training.sample_order import sample_order

        heard = self.desk.card_orders.waiting(record.serial)
        after = heard.sequence if heard is not None else 0
        try:
            return sample_order(self.desk.profile, record.serial, self.desk.frame.now(), after)
        except (OSError, NoCentreKey):
            return None  # no room for one, or nobody to sign it: the officer has another file

    def write_order(self, order: bytes) -> None:
        """Put an order of the centre on the chip that lies on the reader, then read it again."""
        by = self.by

        def then(written: CardOrder) -> None:
            self.show(
                said=self.say("cards.said.order", sequence=written.sequence, serial=written.serial)
            )
            if self.still_here(by):
                self.read_card_of()

        self.work(
            lambda: self.desk.card_orders.write(by, order), then,
            lane=READER, doing="doing.write_order",
        )  # fmt: skip

    def print_letter(self) -> None:
        """The recall letter once more, or the first where none was made, as after a full disk."""
        record, by = self.view.record, self.by
        if record is None:
            return
        if record.letters:
            self._print(by, list(record.letters[-1:]), again=True)
        elif record.incident is not None and record.licence is not None:
            incident, licence = record.incident, record.licence.id
            self.work(
                lambda: self.desk.corrections.letter(by, incident, licence),
                lambda made: self._print(by, [made.paper.id], again=False),
            )

    # -- inside ----------------------------------------------------------------------------

    def _on_cases(
        self, cases: Sequence[str], act: Callable[[], T], then: Callable[[T], None]
    ) -> None:
        """Act on cases that were closed: their leases ended, and the centre is asked for new ones.

        What another counter holds is refused by the act, which says who has it.
        """
        desk, by = self.desk, self.by
        if not desk.has_centre:
            self.work(act, then)
            return

        def asked() -> T:
            desk.claims.take_free(by, cases)
            return act()

        self.work(asked, then, lane=SYNC)

    def _print(
        self, by: Actor, papers: list[str], *, again: bool, told: str = "cards.said.letter"
    ) -> None:
        """`told` is said once it's done."""

        def act() -> None:
            for paper in papers:
                self.desk.papers.print(by, paper, again=again)

        def then(_: None) -> None:
            self.show(said=self.say(told, count=len(papers)))
            self.refresh()

        self.work(act, then, lane=PAPER_LANE, doing="doing.print_letters")
