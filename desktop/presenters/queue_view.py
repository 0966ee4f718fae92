"""What the work queue shows, whole and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.domain.application import Application, Draft, Ticket
from desktop.domain.workflow import HOLDABLE
from desktop.presenters.asked import AskingView


class Pile(StrEnum):
    """Where a line of the queue stands; also the screen's filters."""

    ALL = "all"
    WAITING = "waiting"
    SERVED = "served"
    APPROVAL = "approval"
    PRODUCTION = "production"
    READY = "ready"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket that waits, a ticket that was called, or a case in hand.

    `key` opens it (a ticket's or a case's id); `since` is when its present wait began.
    """

    key: str
    pile: Pile
    ticket: Ticket | None
    app: Application | None
    since: datetime
    name: str = ""
    officer: str = ""
    in_doubt: bool = False
    draft: Draft | None = None
    denied: bool = False
    """An issuer denied a proof after its step: it is proved again first."""
    next_up: bool = False

    @property
    def number(self) -> str:
        """The ticket's number, or the case's own where there was no ticket."""
        if self.ticket is not None:
            return self.ticket.number
        return self.app.number if self.app else ""

    @property
    def holdable(self) -> bool:
        """Whether it is a case that can be set aside: not while its card is made or unseen."""
        return self.app is not None and self.app.state in HOLDABLE


@dataclass(frozen=True)
class QueueView(AskingView):
    """Everything on this office's hands today that this counter knows of."""

    lines: tuple[Line, ...] = ()
    counts: tuple[tuple[Pile, int], ...] = ()
    pile: Pile = Pile.ALL
    text: str = ""
    current: str = ""
    now: datetime | None = None
    handed_today: int = 0
    drafts: int = 0
    in_doubt: int = 0
    called: str = ""
    may_serve: bool = True
    may_call: bool = True
    """Whether whoever comes first may be called, whatever their ticket."""
    calls_next: bool = False
    """Whether somebody waits, and whose turn it is may be called by this officer."""

    @property
    def doubt_shown(self) -> bool:
        """Whether a line whose print is in doubt fits the filter."""
        return any(line.in_doubt for line in self.lines)

    @property
    def was_read(self) -> bool:
        """Whether the rows were read: a list without any isn't known to be empty before."""
        return self.now is not None

    @property
    def current_line(self) -> Line | None:
        return next((line for line in self.lines if line.key == self.current), None)
