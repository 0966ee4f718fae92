"""The walk-in's ground: showing a visit's cases, letting each step begin, waiting.

Who is called and opened stands in `walkin_call`, the steps themselves in the files beside it, by
desk: identity, proofs, capture, card.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from desktop.domain.application import Application, Ticket
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import SERVING, Role
from desktop.domain.person import Hold, Person
from desktop.domain.workflow import Gate, GatesMissing, NoSuchStep
from desktop.ledger import Reading
from desktop.notices import (
    ApplicationMoved,
    CardBegun,
    CardToTurn,
    DeviceChanged,
    DutyChanged,
    Notice,
    StockChanged,
    TicketsChanged,
)
from desktop.presenters.base import DESK
from desktop.presenters.mended import is_mended
from desktop.presenters.problems import (
    ReceiptUnprinted,
    ServeFirst,
)
from desktop.presenters.walkin_kept import WalkInKept
from desktop.presenters.walkin_view import (
    WAITED_FOR,
    CardFaces,
    WalkInView,
    WalkStep,
    roles_for,
    step_of,
)
from desktop.services.desk import Desk
from desktop.services.gates import gates_in_hand
from desktop.services.letters import NoCardYet, NotYetTheirTurn
from devices.device import DeviceKind

T = TypeVar("T")

STEP_REFUSED: Final = (GatesMissing, NoSuchStep, NoCardYet, NotYetTheirTurn)
"""Refusals that speak of the state in which a case was."""


GIVEN_BACK = object()
"""A payload: whoever was called didn't come, and the queue has the number again."""


class WalkInBase(WalkInKept):
    """Visits and cases, whatever the step."""

    hears = (
        ApplicationMoved, DutyChanged, TicketsChanged, StockChanged, CardToTurn, DeviceChanged,
    )  # fmt: skip

    opened_by = SERVING

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, WalkInView())
        self._examining = False
        """Whether the printer is being asked about a job in doubt: it tells of itself meanwhile."""
        self._receipted: set[str] = set()
        self._came_out: str | None = None
        """The receipt that was last seen to come out: what fails after it is a copy."""
        self._pending: object = None
        """What is opened once the work under way has ended, if the same officer is here then."""
        self._pending_for = ""
        self._waits_for_unlock = ""
        """The case whose step couldn't begin, because the window was locked by then."""

    # What the other files fill in.

    def load(self, payload: object = None) -> None:
        """Show what `payload` names, or go on."""
        raise AssertionError("walkin_call fills this in")

    def step_begins(self) -> None:
        """What a step does by itself when it is reached."""
        raise AssertionError("a step file fills this in")

    def resume(self) -> None:
        """Go on where a hold began."""
        raise AssertionError("a step file fills this in")

    def add_case(self) -> None:
        """Another service for the same person in the same visit."""
        raise AssertionError("a step file fills this in")

    def printer_changed(self) -> None:
        """The card printer came, went or feels otherwise."""
        raise AssertionError("a step file fills this in")

    # -- staying up to date ----------------------------------------------------------------

    def _heard(self, notice: Notice) -> None:
        if isinstance(notice, TicketsChanged) and self.desk.duty.session:
            self._look_for_ticket()  # the queue gives numbers back while this screen isn't shown
        elif isinstance(notice, CardBegun) and any(
            app.id == notice.application_id for app in self.view.cases
        ):
            self.show(past_stop=True)  # behind the lock and behind another screen, too
        elif isinstance(notice, DeviceChanged):
            self._put_mended_away(notice)
        super()._heard(notice)

    def _put_mended_away(self, changed: DeviceChanged) -> None:
        """What a device lacked is told no longer than that; that a paper is missing stays."""
        hub, view = self.desk.hub, self.view
        if not hub.has(changed.name):
            return
        now = hub.status(changed.name)
        if is_mended(view.fault, now):
            self.show(fault=None)
        if is_mended(view.problem, now):
            wanted = (view.receipt or view.handed) and view.receipt != self._came_out
            lost = now.kind is DeviceKind.DOCUMENT_PRINTER and wanted
            self.show(problem=ReceiptUnprinted() if lost else None)

    def _look_for_ticket(self) -> None:
        ticket, visit = self.view.ticket, self.view.visit
        if ticket is None or visit is None or self.view.cases:
            return

        def look() -> bool:
            with self.desk.ledger.reading() as r:
                known = r.look(Ticket, ticket.id)
            return known is not None and known.visit_id == visit.id

        def then(called: bool) -> None:
            now = self.view
            if called or now.visit is None or now.visit.id != visit.id or now.cases:
                return
            if now.doing in WAITED_FOR:
                self.load(GIVEN_BACK)
            elif not now.doing:
                self.leave_visit()

        self.read(look, then)

    def heard(self, notice: Notice) -> None:
        if isinstance(notice, CardToTurn):
            self.show(to_turn=notice.application_id)
        elif isinstance(notice, DeviceChanged):
            if notice.kind is DeviceKind.CARD_PRINTER and not self.view.doing:
                self.printer_changed()
        elif not self.view.doing:
            self.refresh()

    def refresh(self) -> None:
        """Look again at the cases on show and at the queue."""
        visit = self.view.visit

        def look() -> tuple[list[Application], tuple[Ticket, ...], int, list[Hold], set[str], bool]:
            with self.desk.ledger.reading() as r:
                cases = r.find(Application, visit_id=visit.id) if visit else []
                if not cases and self.view.cases:
                    cases = [r.get(Application, app.id) for app in self.view.cases]
                holds = r.find(Hold, nik=cases[0].nik, active=True) if cases else []
                limited = {app.id for app in cases if self.limited(r, app)}
                person = r.look(Person, cases[0].person_id) if cases else None
            tickets = tuple(self.desk.queue.waiting())
            contested = person is not None and person.conflict
            return cases, tickets, self.desk.stock.at_counter(), holds, limited, contested

        def then(
            found: tuple[list[Application], tuple[Ticket, ...], int, list[Hold], set[str], bool],
        ) -> None:
            cases, tickets, blanks, holds, limited, contested = found
            if (visit.id if visit else "") != (self.view.visit.id if self.view.visit else ""):
                return  # another visit was opened meanwhile
            before, was_contested = self.view.app, self.view.contested
            self.show(
                cases=tuple(cases), waiting=len(tickets), tickets=tickets, blanks_left=blanks,
                taken_over=self.desk.duty.taken_over, lacks=self._lacking(tuple(cases)),
                holds=tuple(holds), contested=contested,
            )  # fmt: skip
            after = self.view.app
            self.show(reprint_limited=after is not None and after.id in limited)
            decided = was_contested and not contested
            if isinstance(self.view.problem, STEP_REFUSED) and (decided or _went_on(before, after)):
                self.show(problem=None)  # what it named as lacking is past
            # Data mended elsewhere is another card: what the applicant looks at is drawn anew.
            mended = (
                before is not None
                and after is not None
                and ((before.id, before.applicant) != (after.id, after.applicant))
            )
            late = (
                after is not None
                and after.id == self._waits_for_unlock
                and self._at_work()
                and not self.view.lacks
            )
            if late:
                self._waits_for_unlock = ""
            if after is not None and (late or mended or step_of(before) is not step_of(after)):
                self.step_begins()

        self.read(look, then)

    def limited(self, r: Reading, app: Application) -> bool:
        """Whether the next print needs a second officer's signature that isn't there."""
        if app.state is not S.APPROVED:
            return False
        wanted = (Gate.REPRINT_ALLOWED,)
        return not gates_in_hand(r, app, self.desk.frame.place.reprints_alone, wanted)

    def stands(self, app: Application) -> None:
        """A case moved: show it and let its step begin."""
        cases = list(self.view.cases)
        at = next((i for i, known in enumerate(cases) if known.id == app.id), len(cases))
        cases[at : at + 1] = [app]
        self.show(
            cases=tuple(cases), current=at, adding=False, correcting=False, manual=False,
            typing=None, typed_kind=None, form={}, draft_id="", lacks=self.lacking_at(app),
        )  # fmt: skip
        self.step_begins()

    def pick(self, index: int) -> None:
        """Show another case of this visit."""
        if self.view.doing or not 0 <= index < len(self.view.cases):
            return
        if self.view.adding:
            self.forget_draft()
        self.show(
            current=index, adding=False, outcome=None, fault=None, written_off=None, doubt=None,
            typing=None, correcting=False, checklist=None, gathered=(), scanned_serial="",
            faces=CardFaces(), lacks=self.lacking_at(self.view.cases[index]), problem=None,
        )  # fmt: skip
        self.step_begins()

    def leave_visit(self, message: str = "") -> None:
        """Nobody is served any more; ready for the next."""
        self.end_reading()
        self._second = None
        self._receipted.clear()
        said = self.say(message) if message else self.view.said
        self.view = WalkInView(
            waiting=self.view.waiting, tickets=self.view.tickets, said=said,
            blanks_left=self.view.blanks_left, taken_over=self.view.taken_over,
        )  # fmt: skip
        self.show()
        self.refresh()

    def _lacking(self, cases: tuple[Application, ...] | None = None) -> frozenset[Role]:
        shown = cases if cases is not None else self.view.cases
        app = shown[min(self.view.current, len(shown) - 1)] if shown else None
        return self.lacking_at(None if self.view.adding else app)

    def lacking_at(self, app: Application | None) -> frozenset[Role]:
        """Roles of which the step needs one and the officer has none."""
        session = self.desk.duty.session
        needed = roles_for(step_of(app))
        if session is None or not needed or needed & session.actor.roles:
            return frozenset()
        return needed

    # -- waiting for people and devices ----------------------------------------------------

    def wait_for(
        self,
        act: Callable[[threading.Event], T],
        then: Callable[[T], None],
        *,
        lane: str,
        doing: str,
    ) -> None:
        """As every screen's; what was waited for is dropped where something else was picked."""

        def done(result: T) -> None:
            if self._pending is None:
                if isinstance(self.view.problem, ServeFirst):
                    self.show(problem=None)  # said while this was waited for
                then(result)

        super().wait_for(act, done, lane=lane, doing=doing)

    def work(
        self,
        act: Callable[[], T],
        then: Callable[[T], None] | None = None,
        *,
        lane: str = DESK,
        doing: str = "doing.work",
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """As every screen's work; what was picked meanwhile is opened when it has ended."""

        def done(result: T) -> None:
            if then is not None:
                then(result)
            self._open_pending()

        def refused(problem: Exception) -> None:
            if failed is None:
                self.show(problem=problem)
            else:
                failed(problem)
            self._open_pending()

        super().work(act, done, lane=lane, doing=doing, failed=refused)

    def _open_pending(self) -> None:
        payload, self._pending = self._pending, None
        if payload is GIVEN_BACK or (payload is not None and self._at_work() == self._pending_for):
            self.load(payload)


def _went_on(before: Application | None, after: Application | None) -> bool:
    """Whether it is the same case, moved by somebody else meanwhile."""
    if before is None or after is None or before.id != after.id:
        return False
    return before.state is not after.state


def parse_day(text: str) -> date:
    """dd/mm/yyyy, with or without separators. Raises ValueError."""
    digits = "".join(ch for ch in text if ch.isdigit())
    if len(digits) != 8:
        raise ValueError(text)
    return date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))


__all__ = ["WalkInBase", "WalkStep", "parse_day"]
