"""The walk-in when somebody or something comes back: an open case, an old card, a seized one."""

from __future__ import annotations

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.person import Licence
from desktop.presenters.walkin_base import Opened, WalkInBase
from desktop.presenters.walkin_view import WalkStep
from desktop.services.card_code import OWN_CODE, card_serial
from desktop.services.corrections import HandedIn

BRINGS = (
    WalkStep.REQUIREMENTS, WalkStep.TESTS, WalkStep.PAYMENT, WalkStep.CAPTURE, WalkStep.CONFIRM,
    WalkStep.APPROVAL,
)  # fmt: skip
"""Steps at which the applicant may lay an old card on the counter."""


class BackSteps(WalkInBase):
    """People who come back, and the cards that they bring."""

    # -- an open case ----------------------------------------------------------------------

    @property
    def open_case(self) -> Application | None:
        """The walk-in case of whoever was read that still waits, the chosen class first."""
        view = self.view
        if view.standing is None or view.app is not None or view.cases:
            return None
        mine = [a for a in view.standing.open_cases if a.visit_id and a.state is not S.HANDED_OVER]
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
            self.desk.queue.came_back(by, visit.id, case.number)
            return self.find(by, at)

        self.work(act, self.opened)

    # -- an old card -----------------------------------------------------------------------

    def handed_in(self, text: str) -> bool:
        """An old card was scanned: is it the applicant's? False for any other code."""
        app, by = self.view.app, self.by
        if app is None or self.view.step not in BRINGS:
            return False
        serial = card_serial(text).upper()
        with self.desk.ledger.reading() as r:
            known = r.first(Licence, blank_serial=serial) if serial else None
        if known is None and not text.strip().startswith(OWN_CODE):
            return False

        def act() -> HandedIn:
            found = self.desk.corrections.handed_in(by, app.id, serial)
            self.desk.corrections.refuse_another(found)
            return found

        def then(found: HandedIn) -> None:
            self.show(said=self.say(f"cards.handed_in.{found.whose.name}"))

        self.work(act, then)
        return True

    # -- lost or seized --------------------------------------------------------------------

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
