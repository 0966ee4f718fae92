"""What every presenter is: it answers clicks and hands its screen a whole frozen view.

A presenter calls one service on one lane and shows what came of it. Facts and enums go into the
view, never sentences. A refusal is shown with the view that was there, so that nothing is lost.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from desktop.domain.officer import Actor, Role, RoleMissing, in_order
from desktop.notices import CardToTurn, DutyChanged, Notice
from desktop.presenters.second import who_may
from desktop.services.desk import Desk
from devices.errors import Cancelled

T = TypeVar("T")

DESK = "desk"
"""The lane of acts that touch the store alone."""
SYNC = "sync"
"""The lane of acts that wait for the centre."""
ISSUERS = "issuers"
"""The lane on which all issuers are asked about what was typed: each may be waited for."""


@dataclass(frozen=True, slots=True)
class Said:
    """A short message: words of `message_id`; `count` tells two equal ones apart, and `warns` what
    isn't good news."""

    message_id: str
    facts: Mapping[str, object] = field(default_factory=dict[str, object])
    count: int = 0
    warns: bool = False


@dataclass(frozen=True)
class View:
    """What every screen shows besides its own: work under way, the last refusal, a message.

    `doing` is the message id of the work under way, empty while the screen is free.
    """

    doing: str = ""
    problem: Exception | None = None
    said: Said | None = None


V = TypeVar("V", bound=View)


class Presenter(Generic[V]):
    """The base of all presenters. All methods are called in the window's thread."""

    hears: ClassVar[tuple[type[Notice], ...]] = ()
    """Notices after which the view is loaded anew while the screen is shown."""

    opened_by: ClassVar[frozenset[Role]] = frozenset()
    """Duties of which one opens the screen; empty where everybody may."""

    def __init__(self, desk: Desk, first: V) -> None:
        self.desk = desk
        self.view: V = first
        self.entered = False
        self._listeners: list[Callable[[Any], None]] = []
        self._said = 0
        self._stop = threading.Event()
        self._stop_hearing = desk.notices.subscribe(self._heard)

    def attach(self, listener: Callable[[Any], None]) -> None:
        """Show every new view to `listener`, beginning with the present one."""
        self._listeners.append(listener)
        listener(self.view)

    def close(self) -> None:
        """Hear no more."""
        self._stop_hearing()
        self._listeners.clear()

    # -- what a screen calls ---------------------------------------------------------------

    def enter(self, payload: object = None) -> None:
        """The screen is shown; `payload` names what to show, if anything."""
        self.entered = True
        self.load(payload)

    def leave(self) -> None:
        """Another screen is shown."""
        self.entered = False

    def load(self, payload: object = None) -> None:
        """Read what the view shows; presenters with something to read override this."""

    def scanned(self, text: str) -> bool:
        """A code was scanned; False when it isn't for this screen."""
        return False

    def dismiss(self) -> None:
        """The officer has read the refusal."""
        self.show(problem=None)

    # -- what a presenter uses -------------------------------------------------------------

    @property
    def by(self) -> Actor:
        """Who acts now. Raises NotSignedIn."""
        return self.desk.duty.actor()

    def still_here(self, by: Actor) -> bool:
        """Whether the session that asked for something acts when its answer comes.

        Behind the lock, or once another officer took the work over, an answer is shown, and
        nothing is done by it in their name.
        """
        duty = self.desk.duty
        session = duty.session
        return session is not None and not duty.locked and session.actor.session == by.session

    def show(self, **changes: Any) -> None:
        """Hand out the view with some changes."""
        self.view = dataclasses.replace(self.view, **changes)
        for listener in self._listeners:
            listener(self.view)

    def may(self, *roles: Role) -> bool:
        """Whether the officer at work has one of the duties; if not, that is said, and who has.

        For acts that ask for something first: nobody should type what will be refused.
        """
        if self.by.roles & set(roles):
            return True
        self.show(problem=self._who_may(RoleMissing(needed=in_order(roles))))
        return False

    def has_duty(self, *roles: Role) -> bool:
        """The same of what is only told: behind the lock, too, where nobody acts."""
        session = self.desk.duty.session
        return session is not None and bool(session.actor.roles & set(roles))

    def _who_may(self, problem: RoleMissing) -> RoleMissing:
        return who_may(self.desk, problem, self.opened_by)

    def say(self, message_id: str, **facts: object) -> Said:
        """A message for the next view."""
        self._said += 1
        return Said(message_id, facts, self._said)

    def warn(self, message_id: str, **facts: object) -> Said:
        """The same of something that asks for a look: no green tick beside it."""
        return dataclasses.replace(self.say(message_id, **facts), warns=True)

    def work(
        self,
        act: Callable[[], T],
        then: Callable[[T], None] | None = None,
        *,
        lane: str = DESK,
        doing: str = "doing.work",
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run one service call on a lane; refused while another is under way.

        Afterwards `then` gets the result, or the refusal is shown (or given to `failed`). The
        screen is free again even if neither shows anything.
        """
        if self.view.doing:
            return
        self.show(doing=doing, problem=None)

        def done(result: T) -> None:
            free = self.view = dataclasses.replace(self.view, doing="")
            if then is not None:
                then(result)
            if self.view is free:
                self.show()

        def refused(problem: Exception) -> None:
            free = self.view = dataclasses.replace(self.view, doing="")
            if isinstance(problem, RoleMissing):
                problem = self._who_may(problem)
            if failed is None:
                self.show(problem=problem)
            else:
                failed(problem)
            if self.view is free:
                self.show()

        self.desk.lanes.call(lane, act, done, refused)

    def wait_for(
        self,
        act: Callable[[threading.Event], T],
        then: Callable[[T], None],
        *,
        lane: str,
        doing: str,
    ) -> None:
        """Work that waits for somebody or something; `cancel_work` ends it and is no fault."""
        if self.view.doing:
            return
        stop = self._stop = threading.Event()

        def failed(problem: Exception) -> None:
            self.show(problem=None if isinstance(problem, Cancelled) else problem)

        self.work(lambda: act(stop), then, lane=lane, doing=doing, failed=failed)

    def cancel_work(self) -> None:
        """Esc: stop waiting."""
        self._stop.set()

    def read(self, look: Callable[[], T], then: Callable[[T], None], *, lane: str = DESK) -> None:
        """Read without saying so: the view stays usable meanwhile."""
        self.desk.lanes.call(lane, look, then, lambda problem: self.show(problem=problem))

    def turning(self, application_id: str) -> Callable[[object], None]:
        """Given to a card viewer: publishes that the case's card is to be turned over."""
        return lambda _step: self.desk.notices.publish(CardToTurn(application_id))

    def heard(self, notice: Notice) -> None:
        """One of `hears` arrived while the screen is shown."""
        self.load()

    def _heard(self, notice: Notice) -> None:
        duty = self.desk.duty
        if isinstance(notice, DutyChanged) and isinstance(self.view.problem, RoleMissing):
            self.show(problem=None)  # it was said to whoever worked here before
        # Nobody looks behind the lock; unlocking is news of its own.
        if self.entered and isinstance(notice, self.hears) and duty.session and not duty.locked:
            self.heard(notice)
