"""The walk-in when somebody or something comes back: an open case, an old card, a seized one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.card_reading import ChipWanted
from desktop.domain.person import Licence
from desktop.domain.reasons import OldCardSeen
from desktop.domain.service import Service
from desktop.presenters.card_reading import Brought
from desktop.presenters.walkin_call import Opened, WalkInCalls
from desktop.presenters.walkin_view import WalkStep
from desktop.services.card_code import OWN_CODE, card_serial
from desktop.services.corrections import HandedIn
from desktop.services.old_cards import is_old_card, taken_is_listed

if TYPE_CHECKING:
    from desktop.services.card_reading import ReadCard

BRINGS = (
    WalkStep.REQUIREMENTS, WalkStep.TESTS, WalkStep.PAYMENT, WalkStep.CAPTURE, WalkStep.CONFIRM,
    WalkStep.APPROVAL,
)  # fmt: skip
"""Steps at which the applicant may lay an old card on the counter."""


class BackSteps(WalkInCalls):
    """People who come back, and the cards that they bring."""

    nothing_read = "reading.nothing.at_walk_in"

    # -- an open case ----------------------------------------------------------------------

    @property
    def open_case(self) -> Application | None:
        """A case of whoever was read that goes on here, the chosen class first."""
        view = self.view
        if view.standing is None or view.app is not None or view.cases:
            return None
        mine = [
            a for a in view.standing.open_cases if a.at_the_counter and a.state is not S.HANDED_OVER
        ]
        chosen = view.choices[view.chosen] if view.chosen < len(view.choices) else None
        wanted = chosen.licence_class if chosen is not None else None
        same = (a for a in mine if a.licence_class is wanted)
        return next(same, mine[0] if mine else None)

    def go_on_with_open(self) -> None:
        """Go on with the case that waits; the new number was drawn for nothing."""
        case, visit, by = self.open_case, self.view.visit, self.by
        if case is None or visit is None or self.view.doing:
            return
        self.forget_draft()

        def act() -> Opened:
            found = self.desk.intake.find_open(case.number)
            at = found[0].id if found else case.id
            opened = self.find(by, at)
            self.desk.queue.came_back(by, visit.id, case.number)
            return opened

        def then(found: Opened) -> None:
            self.opened(found)
            if self.view.held:
                self.resume()  # whoever it waited for came back, and that was asked for

        self.work(act, then)

    # -- an old card -----------------------------------------------------------------------

    def read_sim(self, chip: ChipWanted = ChipWanted.WAIT) -> None:
        """Read the licence that the applicant brought: its chip, and the code scanned before."""
        if self.view.visit is not None or self.view.app is not None:
            self.read_card_of(chip=chip)

    def brought(self) -> Brought:
        view = self.view
        if view.app is not None:
            who = view.app.applicant
            return Brought(view.app.nik, who.birth_date, view.app.id)
        if view.identity is not None:
            who = view.identity.applicant
            return Brought(who.nik, who.birth_date, view.visit.id if view.visit else "")
        return Brought(subject=view.visit.id if view.visit else "")

    def was_read(self, read: ReadCard) -> None:
        """A card of this office, read while its service is under way: taken in, or kept."""
        seen = self.view.read is not None
        self.show(said=self.told_of(read, "reading.said" if seen else "reading.later"))
        if self.view.app is not None and self.view.step in BRINGS and read.books.licence:
            self._hand_in(read.serial)

    def handed_in(self, text: str) -> bool:
        """An old card was scanned: is it the applicant's? False for any other code.

        Its seal is judged where the whole seal was scanned, its chip where the card lies on the
        reader.
        """
        app = self.view.app
        sealed = text.strip().startswith(OWN_CODE)
        at_identity = self.view.step is WalkStep.IDENTITY and self.view.visit is not None
        if sealed and app is None and at_identity:
            self.remember_code(text)
            self.read_card_of(text, ChipWanted.IF_THERE)
            return True
        if app is None or self.view.step not in BRINGS:
            return False
        serial = card_serial(text).upper()
        with self.desk.ledger.reading() as r:
            known = r.first(Licence, blank_serial=serial) if serial else None
        if known is None and not sealed:
            return False
        if not sealed:
            self._hand_in(serial)
            return True
        self.remember_code(text)
        self.read_card_of(
            text, ChipWanted.IF_THERE, quiet=True, instead=lambda _: self._hand_in(serial)
        )
        return True

    def _hand_in(self, serial: str) -> None:
        app, by = self.view.app, self.by
        if app is None:
            return

        def act() -> tuple[HandedIn, str]:
            found = self.desk.corrections.handed_in(by, app.id, serial)
            self.desk.corrections.refuse_another(found)
            return found, self._taken_as(app) if found.taken else found.whose.name

        def then(done: tuple[HandedIn, str]) -> None:
            found, told = done
            if told == "OWN" and app.service is Service.CLASS_UPGRADE:
                told = "OWN_STAYS"
            self.show(
                said=self.say(f"cards.handed_in.{told}"),
                old_card_due=self.view.old_card_due and not found.taken,
            )

        self.work(act, then)

    def old_card_scanned(self, text: str) -> bool:
        """At the handover: the old card that the new one replaces, if it is that one."""
        app, view = self.view.app, self.view
        if app is None or view.step is not WalkStep.HANDOVER or not view.old_card_due:
            return False
        serial = card_serial(text).upper()
        with self.desk.ledger.reading() as r:
            known = r.first(Licence, blank_serial=serial) if serial else None
            if known is None or not is_old_card(r, self.desk.frame, app, known):
                return False
        self._hand_in(serial)
        return True

    def take_old_card(self, why: str) -> None:
        """The old card is here, though no machine reads it; or it is lost, said of an upgrade."""
        app, by = self.view.app, self.by
        if app is None or not self.view.old_card_due:
            return

        def act() -> str:
            self.desk.handover.take_old(by, app.id, why)
            return "LOST" if why == OldCardSeen.LOST else self._taken_as(app)

        self.work(
            act,
            lambda told: self.show(
                old_card_due=False, asked=None, said=self.say(f"cards.handed_in.{told}")
            ),
        )

    def _taken_as(self, app: Application) -> str:
        """How a card taken in ends: the books here lead it on only if it was a blank of theirs."""
        with self.desk.ledger.reading() as r:
            listed = taken_is_listed(r, self.desk.frame, app)
        return "TAKEN" if listed else "TAKEN_UNLISTED"

    # -- lost or seized --------------------------------------------------------------------

    @property
    def may_lack_card(self) -> bool:
        """Whether this case asks for an old card that the applicant may not have brought."""
        app = self.view.app
        return app is not None and app.state is S.REGISTERED and app.service.shows_old_card

    @property
    def lost_is_given(self) -> bool:
        """Whether this door replaces a lost card of this class."""
        app = self.view.app
        return app is not None and self.desk.intake.lost_refused(app) is None

    @property
    def runs_out_as_lost(self) -> date | None:
        """The old day, which a renewal keeps where it goes on as a lost card's replacement."""
        app = self.view.app
        return None if app is None else self.desk.intake.runs_out_as_lost(app)

    def goes_on_as_lost(self) -> None:
        """The card wasn't brought, for it is lost: the case goes on as its replacement."""
        app, by = self.view.app, self.by
        if app is None:
            return

        def then(now: Application) -> None:
            self.stands(now)
            self.show(said=self.say("walkin.goes_on_as_lost"))

        self.work(lambda: self.desk.intake.answer_loss(by, app.id), then)

    def card_was_seized(self, reference: str, authority: str, settle_at: str) -> None:
        """The police took it as evidence: noted as a hold, and no replacement."""
        app, by = self.view.app, self.by
        if app is None:
            return
        self.work(
            lambda: self.desk.corrections.seized(
                by, app.id, reference=reference, authority=authority, settle_at=settle_at
            ),
            self.ended,
        )

    def ended(self, app: Application) -> None:
        """A case ended; others of the visit go on."""
        self.stands(app)
        left = [i for i, case in enumerate(self.view.cases) if not case.ended]
        if left:
            self.pick(left[0])
