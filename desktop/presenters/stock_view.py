"""What the stock and shift-close screen shows: whole frozen views, facts and enums."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from desktop.domain.application import Letter, Paper
from desktop.domain.stock import Blank, Shift
from desktop.presenters.asked import AskingView
from desktop.presenters.problems import NobodySigns
from desktop.presenters.second import SecondOfficers
from desktop.services.destruction import Waiting
from desktop.services.letters import Waiter
from desktop.services.reckoning import Reckoning
from desktop.services.standing import Standing
from desktop.services.stock import LotLine
from desktop.services.supplies import Forecast
from desktop.services.uncollected import AgedCard


class Area(StrEnum):
    """The screen's four jobs; the number is the key."""

    STOCK = "stock"
    CLOSE = "close"
    LETTERS = "letters"
    DESTROY = "destroy"


class CloseStage(StrEnum):
    """How far the close has come."""

    NO_SHIFT = "no_shift"
    COUNT = "count"
    RECKON = "reckon"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Money:
    """PNBP of the shift as banks confirmed it; waived and typed ones are counted apart."""

    payments: int = 0
    amount: int = 0
    waived: int = 0
    typed: int = 0


@dataclass(frozen=True, slots=True)
class Receiving:
    """A consignment being taken in: typed or scanned, nothing is on the books yet."""

    lot: str = ""
    note: str = ""
    first: str = ""
    last: str = ""
    extra: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class LotScan:
    """A lot recounted by scan: how many were scanned, and which the books have besides."""

    lot: str
    scanned: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """A scanned blank with the case it belongs to, if any.

    `found` is where it turned up, if nothing befell it since; `missable` tells whether it may be
    reported missing, `used` whether it was made into a card, so that it is no blank once found.
    """

    blank: Blank
    case: str = ""
    found: str = ""
    missable: bool = False
    used: bool = False


@dataclass(frozen=True)
class StockView(AskingView):
    """The whole screen."""

    area: Area = Area.STOCK
    forecast: Forecast | None = None
    lots: tuple[LotLine, ...] = ()
    looked: Looked | None = None
    receiving: Receiving | None = None
    stage: CloseStage = CloseStage.NO_SHIFT
    shift: Shift | None = None
    today: date | None = None
    standing: Standing = field(default_factory=Standing)
    officer: str = ""
    may_close: bool = False
    """Whether the officer at work is a supervisor: who counts doesn't sign the close."""
    may_count: bool = False
    may_open: bool = False
    """Whether the officer at work may begin a shift by hand."""
    others_close: bool = True
    """Whether anybody but who counted, or else who is at work, may sign a close here today."""
    any_close: bool = True
    """Whether anybody here has a supervisor's duty today, who counted included."""
    gives_back: bool = False
    """Whether F12 gives the counter back first, before another officer can sign in."""
    closed: Shift | None = None
    to_count: tuple[str, ...] = ()
    store_elsewhere: tuple[str, ...] = ()
    """Lots of these whose cards in the store room another counter counts."""
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """What was typed of the count, by lot."""
    recounting: bool = False
    statement: str | None = None
    """The officer's words as far as they are typed; None where nothing differs from those kept."""
    reckoning: Reckoning | None = None
    money: Money = Money()
    scan: LotScan | None = None
    papers: tuple[Paper, ...] = ()
    last_papers: dict[Area, tuple[Paper, ...]] = field(
        default_factory=dict[Area, tuple[Paper, ...]]
    )
    unreported: tuple[str, ...] = ()
    """Closed shifts that have no reports, as after a full disk; the oldest first."""
    waiters: tuple[Waiter, ...] = ()
    doomed: tuple[Waiting, ...] = ()
    shelf: tuple[AgedCard, ...] = ()
    ticked: frozenset[str] = frozenset()
    used_ribbons: int = 0
    ribbons: int = 0
    """Ribbons to be destroyed, as far as typed; `method` is how, empty while nobody chose."""
    method: str = ""
    witnesses: SecondOfficers = field(default_factory=SecondOfficers)
    names: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def reprints(self) -> tuple[Paper, ...]:
        """The papers that this job made last, a day ago or before the program's start too."""
        return self.last_papers.get(self.area, ())

    @property
    def counted_themselves(self) -> bool:
        """Whether the supervisor at work gave the count: another one signs the close."""
        return self.may_close and self.shift is not None and self.shift.counted_by == self.officer

    @property
    def nobody_signs(self) -> NobodySigns | None:
        """Why the close can't be signed by anybody here, and what this officer does about it."""
        if self.others_close:
            return None
        if not self.any_close:  # another count changes nothing
            return NobodySigns(reason="nobody")
        if not self.counted_themselves and self.may_count:
            return NobodySigns(reason="other")
        over = "over" if self.gives_back else ""
        if self.counted_themselves:
            return NobodySigns(reason=over)
        return NobodySigns(reason=f"elsewhere_{over}" if over else "elsewhere")

    @property
    def owed(self) -> tuple[str, ...]:
        """The shifts whose reports this job still has to make."""
        return self.unreported if self.area is Area.CLOSE else ()

    @property
    def printable(self) -> bool:
        """Whether there is something to print again, or to make that wasn't made."""
        busy = self.area is Area.CLOSE and self.stage in (CloseStage.COUNT, CloseStage.RECKON)
        return bool(self.owed or (self.reprints and not busy))

    def letter_of(self, application_id: str) -> Letter | None:
        """The letter of a waiting case that is in force today."""
        for waiter in self.waiters:
            letter = waiter.letter
            if waiter.application.id == application_id and letter is not None:
                return letter if self.today is None or letter.expires >= self.today else None
        return None
