"""The sync screen: how the line is, what waits for whom, and what a supervisor decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from desktop.domain.application import Paper
from desktop.domain.officer import Actor, Role
from desktop.notices import ApplicationMoved, DutyChanged, Notice, SyncMoved
from desktop.presenters.asked import Asked
from desktop.presenters.asking import Asking
from desktop.presenters.base import DESK
from desktop.presenters.borrowing import borrowed
from desktop.presenters.second import entitled_officers, may_try_again
from desktop.presenters.sync_view import Help, SyncArea, SyncView
from desktop.services.claims import HeldCase
from desktop.services.conflicts import ParkedCase, StrayWork
from desktop.services.desk import Desk
from desktop.services.forbidden import Forbidden, forbidden
from desktop.services.kept_work import SYNC_QUESTION
from desktop.services.orders import Consignment, Orders
from desktop.services.outage import Outage, Proposal
from desktop.services.redoing import HelpNeeded, NobodyToHelp
from desktop.services.sync_facts import SyncFacts
from desktop.services.syncing import LANE

STRAY = "stray"
"""The piece of work beside the chain that a question is about."""
PAPER = "document_printer"
"""The lane of the printer of papers."""

Found = tuple[
    SyncFacts,
    Forbidden,
    list[ParkedCase],
    list[StrayWork],
    list[HeldCase],
    list[HeldCase],
    list[Consignment],
    list[Proposal],
]


class SyncDesk(Asking[SyncView]):
    """Answers the sync screen."""

    question_form = SYNC_QUESTION

    hears = (SyncMoved, ApplicationMoved, DutyChanged)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, SyncView())
        self._loading = False
        self._helpers: list[Actor] = []
        self._again: tuple[Callable[[tuple[Actor, ...]], object], str, str] | None = None
        self._beside = False
        """Whether what is done again is work beside the chain."""

    # -- looking ---------------------------------------------------------------------------

    @property
    def facts(self) -> SyncFacts:
        """How the line is at this moment: the wait for the next try counts down between notices."""
        return self.desk.syncing.facts if self.desk.has_centre else self.view.facts

    def enter(self, payload: object = None) -> None:
        """F5: look, and exchange at once."""
        super().enter(payload)
        if self.desk.has_centre:
            self.desk.syncing.wait_for_news(True)
            self._exchange()

    def leave(self) -> None:
        if self.entered and self.desk.has_centre:
            self.desk.syncing.wait_for_news(False)
        super().leave()

    def load(self, payload: object = None) -> None:
        """Read everything that the screen shows."""
        desk = self.desk
        if not desk.has_centre:
            self.show(centre=False)
            return
        if self._loading:
            return
        self._loading = True

        def look() -> Found:
            return (
                desk.syncing.facts,
                forbidden(desk.frame),
                desk.conflicts.parked(),
                desk.conflicts.strays(),
                desk.claims.held(ours=False),
                desk.claims.held(ours=True),
                Orders(desk).expected(),
                Outage(desk).proposals(),
            )

        def then(found: Found) -> None:
            self._loading = False
            facts, forbids, parked, strays, elsewhere, ours, consignments, proposals = found
            session = desk.duty.session
            roles = session.actor.roles if session else frozenset[Role]()
            self.show(
                centre=True,
                facts=facts,
                forbids=forbids,
                parked=tuple(parked),
                strays=tuple(strays),
                elsewhere=tuple(elsewhere),
                ours=tuple(ours),
                consignments=tuple(consignments),
                proposals=tuple(proposals),
                supervises=Role.SUPERVISOR in roles,
                keeps_stock=Role.STOCK_KEEPER in roles,
            )

        def refused(problem: Exception) -> None:
            self._loading = False
            self.show(problem=problem)

        desk.lanes.call(DESK, look, then, refused)

    def heard(self, notice: Notice) -> None:
        if isinstance(notice, SyncMoved) and self.desk.has_centre:
            self.show(facts=self.desk.syncing.facts)
        self.load()

    def turn_to(self, area: SyncArea) -> None:
        """Another area of the screen."""
        self.show(area=area, problem=None, asked=None)

    # -- what is asked ---------------------------------------------------------------------

    def still_asked(self, asked: Asked) -> bool:
        """The piece of work waits beside the chain still."""
        waits = any(one.entry_id == asked.about.get(STRAY) for one in self.view.strays)
        return waits and self.view.area is SyncArea.BESIDE

    def go_on_with(self, asked: Asked) -> None:
        """Ask again over the work beside the chain."""
        self.show(area=SyncArea.BESIDE, problem=None)
        self.show(asked=asked)

    # -- doing -----------------------------------------------------------------------------

    def now(self) -> None:
        """S: exchange at once; what was refused before was read."""
        if self.view.problem is not None:
            self.dismiss()
        self._exchange()

    def _exchange(self) -> None:
        desk = self.desk
        if not desk.has_centre or desk.lanes.busy(LANE):
            return

        def then(_: SyncFacts) -> None:
            self.load()

        desk.lanes.call(LANE, desk.syncing.exchange, then, lambda p: self.show(problem=p))

    def stop(self) -> None:
        """Stop a long exchange after the page under way; it goes on with the next."""
        if self.desk.has_centre:
            self.desk.syncing.cancel()

    def accept(self, entry_id: str) -> None:
        """The centre's version stands."""
        by = self.by
        self._decide(lambda: self.desk.conflicts.accept(by, entry_id), "sync.said.accepted")

    def redo(self, entry_id: str) -> None:
        """Ours is done again on top of it; a case that nobody has is taken for it first."""
        by = self.by
        about = [one.cases for one in self.view.parked if one.entry_id == entry_id]

        def again(helpers: tuple[Actor, ...]) -> None:
            taken = [key for keys in about for key in keys]
            with borrowed(self.desk, by, taken, all_back=True):
                self.desk.conflicts.redo(by, entry_id, helpers)

        self._with_help(again, "sync.said.redone", lane=LANE)

    def release_all(self) -> None:
        """All work beside the chain is brought in."""
        by = self.by
        self._with_help(
            lambda helpers: self.desk.conflicts.release_all(by, helpers),
            "sync.said.released",
            beside=True,
        )

    def help_with(self, nrp: str, password: str) -> None:
        """Another officer stands for their part of what is done again, with their password.

        Who mistyped it, or has no such duty, is asked once more.
        """
        by, asked = self.by, self.view.help
        self.show(help=None)

        def then(helper: Actor) -> None:
            self._helpers.append(helper)
            self._go_on()

        def refused(problem: Exception) -> None:
            again = may_try_again(problem) and self.still_here(by)
            self.show(problem=problem, help=replace(asked, tried=nrp) if asked and again else None)

        self.work(lambda: self.desk.duty.second(by, nrp, password), then, failed=refused)

    def without_help(self) -> None:
        """Nobody stands for it: everything that isn't done stays as it is."""
        self._again = None
        self.show(help=None)
        self.load()

    def drop(self, entry_id: str, reason: str) -> None:
        """One piece of work beside the chain is laid aside."""
        by = self.by
        self._decide(lambda: self.desk.conflicts.drop(by, entry_id, reason), "sync.said.dropped")

    def take(self, application_id: str) -> None:
        """Take a case over from another counter."""
        by = self.by
        self._decide(
            lambda: self.desk.claims.take(by, application_id), "sync.said.taken", lane=LANE
        )

    def give_back(self, application_id: str) -> None:
        """Let another counter take a case of ours."""
        by = self.by
        self._decide(
            lambda: self.desk.claims.release(by, application_id), "sync.said.given", lane=LANE
        )

    def take_in(self, consignment_id: str) -> None:
        """The consignment was counted and is whole."""
        by = self.by
        found = next((c for c in self.view.consignments if c.id == consignment_id), None)
        if found is not None:
            self._decide(
                lambda: self.desk.stock.receive(by, found.lot, found.serials, found.id),
                "sync.said.taken_in",
            )

    def print_proposal(self, incident_id: str) -> None:
        """The proposal for a dispensation on paper, to be signed by hand."""
        by = self.by

        def then(paper: Paper) -> None:
            self.show(said=self.say("sync.said.printed", number=paper.number))

        outage = Outage(self.desk)
        self.work(
            lambda: outage.print_proposal(by, incident_id),
            then,
            lane=PAPER,
        )

    def _with_help(
        self,
        act: Callable[[tuple[Actor, ...]], object],
        message: str,
        *,
        lane: str = DESK,
        beside: bool = False,
    ) -> None:
        self._helpers, self._beside = [], beside
        self._again = (act, message, lane)
        self._go_on()

    def _go_on(self) -> None:
        if self._again is None:
            return
        act, message, lane = self._again
        helpers = tuple(self._helpers)

        def asked(problem: Exception) -> None:
            if not isinstance(problem, HelpNeeded):
                self.show(problem=problem)
                return
            names = {officer.id: officer.title for officer in self.desk.duty.officers()}
            signed = [one.officer for one in helpers]
            officers = entitled_officers(self.desk, problem.roles, problem.officer, signed)
            if not officers.named:
                self._again = None
                reason = "beside" if self._beside else ""
                self.show(problem=NobodyToHelp(problem.roles, problem.number, reason))
                return
            first = names.get(problem.officer, problem.officer)
            self.show(help=Help(problem.act, problem.number, first, problem.roles, officers))

        self._decide(lambda: act(helpers), message, lane=lane, failed=asked)

    def _decide(
        self,
        act: Callable[[], object],
        message: str,
        lane: str = "desk",
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        def then(_: object) -> None:
            self.show(asked=None, said=self.say(message))
            self.load()
            self._exchange()

        self.work(act, then, lane=lane, doing="doing.sync", failed=failed)
