"""Cards that nobody fetches: the list by age, letters, and their end before two officers.

Only cards that wait at the counter; a card that came back by courier ages with its return
(returns.py). Once the term of uncollected cards and the day in the letter are over the card may be
recalled: the licence is withdrawn, what it superseded stands again, and the plastic waits for
destruction with minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from desktop.domain.application import Application, Delivery, Paper
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, Role
from desktop.domain.periods import PeriodKind
from desktop.domain.reasons import DestroyReason, SpoilReason
from desktop.domain.shipment import ReturnCase
from desktop.domain.workflow import Action, Gate
from desktop.ledger import Reading
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require, require_second
from desktop.services.licences import Licences
from desktop.services.paper_forms import COLLECT, collect_letter
from desktop.services.papers import MadePaper, Papers
from desktop.services.parcels import lay_aside, left_behind
from desktop.services.queue import end_visit
from desktop.services.returns import OPEN
from desktop.services.signing import sign_both

UNCOLLECTED = "uncollected"
"""The act that two officers sign."""

LISTED_AFTER = 14
"""Days after which a waiting card is listed; before, it is ordinary."""

NOTICE = 14
"""Days that whoever is written to has to come, though the term is over sooner."""


class StillAwaited(Problem):
    """The card waits until `until`: the end of the term, or the day in its letter."""

    number: str
    until: date


class NotWrittenTo(Problem):
    """The term is over, but nobody told the applicant in a letter."""

    number: str


@dataclass(frozen=True, slots=True)
class AgedCard:
    """A card on the shelf: since when, until when it is kept, its letters; why it isn't recalled.

    `refusal` is None where it may be recalled: a letter came out, and the day in it is over.
    """

    application: Application
    since: date
    until: date
    letters: int
    days: int
    refusal: Problem | None


class Uncollected:
    """Reads the shelf; writes, and ends what nobody wants."""

    def __init__(
        self, frame: Frame, approvals: Approvals, licences: Licences, papers: Papers
    ) -> None:
        self._frame = frame
        self._approvals = approvals
        self._licences = licences
        self._papers = papers

    def ageing(self) -> list[AgedCard]:
        """Cards that have waited for more than two weeks, the oldest first."""
        with self._frame.ledger.reading() as r:
            back = {case.application_id for case in r.find(ReturnCase, state=list(OPEN))}
            found = [
                self._aged(r, app)
                for app in r.find(Application, state=[S.READY, S.ON_HOLD])
                if (app.state is S.READY or left_behind(app))
                and app.delivery is not Delivery.COURIER
                and app.id not in back
            ]
        return sorted(
            (card for card in found if card.days > LISTED_AFTER), key=lambda card: -card.days
        )

    def _aged(self, r: Reading, app: Application) -> AgedCard:
        today = self._frame.today()
        since = self._day(app.changed_at)
        until = self._frame.rules(today).last_day(PeriodKind.CARD_UNCOLLECTED, since)
        papers = r.find(Paper, subject=app.id, kind=COLLECT)
        # One that never came out told nobody; one from before was about an earlier card.
        told = [
            self._day(paper.made_at)
            for paper in papers
            if paper.printed_at and paper.made_at >= app.changed_at
        ]
        if told:
            until = max(until, max(told) + timedelta(days=NOTICE))
        refusal: Problem | None = None
        if today <= until:
            refusal = StillAwaited(number=app.number, until=until)
        elif not told:
            refusal = NotWrittenTo(number=app.number)
        return AgedCard(app, since, until, len(told), (today - since).days, refusal)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._frame.zone.zone).date()

    def _unprinted_today(self, paper: Paper) -> bool:
        return not paper.printed_at and self._day(paper.made_at) == self._frame.today()

    def letter(self, by: Actor, application_id: str) -> MadePaper:
        """Tell the applicant on paper that the card waits. Raises RoleMissing.

        Today's letter that never came out is that letter still.
        """
        require(by, Role.DISPATCH, Role.REGISTRATION, Role.STOCK_KEEPER, Role.SUPERVISOR)
        with self._frame.ledger.reading() as r:
            card = self._aged(r, r.get(Application, application_id))
        begun = self._papers.made(COLLECT, application_id)
        if begun is not None and self._unprinted_today(begun.paper):
            return begun
        until = max(card.until, self._frame.today() + timedelta(days=NOTICE))
        return collect_letter(self._papers, by, application_id, card.since, until)

    def recall(self, by: Actor, second: Actor, application_id: str) -> Application:
        """Take an uncollected card out of the world; two officers sign the same content.

        Raises NotWrittenTo, StillAwaited, SameOfficer, RoleMissing, NoSuchStep.
        """
        frame = self._frame
        require_second(second, Role.DISPATCH, Role.SUPERVISOR)
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            card = self._aged(w, app)
            if card.refusal is not None:
                raise card.refusal
            content = {
                "case": app.number, "reason": str(DestroyReason.UNCOLLECTED),
                "serial": app.blank_serial, "since": card.since.isoformat(),
            }  # fmt: skip
            if left_behind(app):
                app = frame.move(w, app, Action.RESUME, note="")
            signed = sign_both(self._approvals, w, by, second, UNCOLLECTED, app.id, content)
            self._licences.withdraw(w, app)
            after = frame.move(
                w, app, Action.RECALL,
                also=(Gate.REASON,),
                second=second.officer,
                told={**content, "second": second.officer},
                approvals=signed,
                licence_id="",
                old_blank=app.blank_serial,
            )  # fmt: skip
            lay_aside(frame, w, app.blank_serial, SpoilReason.RECALLED)
            end_visit(frame, w, after)
        return after
