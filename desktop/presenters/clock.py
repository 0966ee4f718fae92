"""Watches the PC's clock: whether it may date anything, and when it falls while nobody writes.

Whoever shows the work hears `told` whenever the answer changes. A supervisor who compared the
clock and found it right says so with a reason; until then the services refuse what a wrong date
would spoil.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.domain.officer import Actor, Role
from desktop.ledger import CLOCK_SLACK
from desktop.presenters.base import DESK
from desktop.services.base import ClockWrong
from desktop.services.desk import Desk

if TYPE_CHECKING:
    from desktop.presenters.kept import Keeper

LOOK_EVERY = 30
"""Ticks between two looks while all is well, so that an entry from elsewhere is found too."""


class ClockWatch:
    """All methods are called in the window's thread."""

    def __init__(self, desk: Desk, told: Callable[[ClockWrong | None], object]) -> None:
        self.desk = desk
        self.problem: ClockWrong | None = None
        self._told = told
        self._latest = desk.frame.now()
        self._ticks = 0
        self._looking = False
        self._kept: Keeper | None = None

    def tick(self) -> None:
        """Once a second: has the clock fallen? Reads the store only then, or now and again."""
        now = self.desk.frame.now()
        fell = now < self._latest - CLOCK_SLACK
        self._ticks += 1
        if fell:
            seen, self._latest = self._latest, now
            self.desk.lanes.call(
                DESK, lambda: self.desk.frame.clock_fell(seen), lambda _none: self.look(),
                self._failed,
            )  # fmt: skip
            return
        self._latest = max(self._latest, now)
        if self._ticks % LOOK_EVERY == 0 or self.problem is not None:
            self.look()

    def look(self) -> None:
        """Ask the books; at most one look is under way."""
        if self._looking:
            return
        self._looking = True
        self.desk.lanes.call(DESK, self.desk.frame.clock_problem, self._seen, self._failed)

    @property
    def alone(self) -> bool:
        """Whether the officer at work may confirm the clock without anybody else."""
        session = self.desk.duty.session
        return session is not None and Role.SUPERVISOR in session.actor.roles

    @property
    def _reason(self) -> Keeper:
        """Made when first asked for: the sign-in shows a clock that is right."""
        if self._kept is None:
            from desktop.presenters.kept import Keeper
            from desktop.services.kept_work import CLOCK

            self._kept = Keeper(self.desk, CLOCK, self._failed)
        return self._kept

    def begun(self) -> str:
        """How far this officer was with the reason when the program ended."""
        me = self.desk.duty.actor().officer
        fields = self._reason.find(me)
        self._reason.found(me, fields)
        return fields.get("reason", "")

    def type_reason(self, reason: str) -> None:
        """The reason as far as it is typed; "" where it was given up, or is on record."""
        duty = self.desk.duty
        if duty.session is not None and not duty.locked:
            me = duty.actor().officer
            self._reason.tell(me, {"reason": reason} if reason else {})

    def confirm(
        self,
        reason: str,
        nrp: str = "",
        password: str = "",
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """A supervisor, at work here or signing beside, found the clock right."""
        duty = self.desk.duty
        by = duty.actor()

        def act() -> None:
            who: Actor = duty.second(by, nrp, password, Role.SUPERVISOR) if nrp else by
            self.desk.frame.confirm_clock(who, reason)

        def then(_none: None) -> None:
            self.look()
            self._on_record(by)

        self.desk.lanes.call(DESK, act, then, failed or self._failed)

    # -- inside ----------------------------------------------------------------------------

    def _on_record(self, by: Actor) -> None:
        """The reason is kept no more, also where its officer has locked the window by now."""
        from desktop.services.kept_work import CLOCK

        kept, me = self.desk.kept_work, by.officer
        self._reason.found(me, {})
        self.desk.lanes.call(DESK, lambda: kept.forget(by, CLOCK, me), None, self._failed)

    def _seen(self, problem: ClockWrong | None) -> None:
        self._looking = False
        before, self.problem = self.problem, problem
        same = before is not None and problem is not None and before.last == problem.last
        if not same and (before is not None or problem is not None):
            self._told(problem)

    def _failed(self, problem: Exception) -> None:
        """The store will say so itself to whoever works on it."""
        self._looking = False
