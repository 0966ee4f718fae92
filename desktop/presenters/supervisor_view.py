"""What the supervisor's screen shows: whole frozen views, facts and enums."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from db.journal_check import Verdict
from desktop.domain.application import ApplicationState, Incident
from desktop.domain.evidence import Evidence
from desktop.domain.officer import Officer
from desktop.domain.person import Applicant
from desktop.presenters.asked import AskingView
from desktop.services.duties import DutyStanding
from desktop.services.exceptions import Exceptional
from desktop.services.oversight import TrailQuery
from desktop.services.retention import Over
from desktop.services.reviews import Review, Sight
from desktop.services.trail import Hour, Made, StepTime, TrailLine, Waited


class Watch(StrEnum):
    """The screen's areas; the number is the key."""

    APPROVALS = "approvals"
    EXCEPTIONS = "exceptions"
    INCIDENTS = "incidents"
    FIGURES = "figures"
    TRAIL = "trail"
    JOURNAL = "journal"
    DUTIES = "duties"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last check of the journal found."""

    verdict: Verdict
    at: datetime
    """Its begin: acts since then aren't in it."""


@dataclass(frozen=True, slots=True)
class TypedPiece:
    """Typed evidence with the number of its case."""

    evidence: Evidence
    case: str


@dataclass(frozen=True, slots=True)
class Contested:
    """A NIK with two people: the record's side, and the side of the case that was brought."""

    record: Applicant
    record_photo: bytes = field(repr=False)
    licences: int
    brought: Applicant
    brought_photo: bytes = field(repr=False)
    number: str
    state: ApplicationState
    by_face: bool = False
    """The data agree; an officer saw another face."""
    others: tuple[str, ...] = ()
    """Other cases with an open incident over this NIK: one decision closes them all."""


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A one-time code to tell to this officer; it is shown once and kept nowhere."""

    name: str
    code: str = field(repr=False)
    until: datetime


@dataclass(frozen=True)
class SupervisorView(AskingView):
    """The whole screen."""

    area: Watch = Watch.APPROVALS
    read: frozenset[Watch] = frozenset()
    """Areas that were read: an empty list of any other isn't known to be empty."""
    today: date | None = None
    reviews: tuple[Review, ...] = ()
    ticked: frozenset[str] = frozenset()
    current: str = ""
    sight: Sight | None = None
    exceptions: tuple[Exceptional, ...] = ()
    openings: dict[str, int] = field(default_factory=dict[str, int])
    incidents: tuple[Incident, ...] = ()
    conflicts: dict[str, Contested] = field(default_factory=dict[str, Contested])
    evidence: tuple[TypedPiece, ...] = ()
    hours: tuple[Hour, ...] = ()
    steps: tuple[StepTime, ...] = ()
    made: Made = field(default_factory=Made)
    waited: Waited = field(default_factory=Waited)
    query: TrailQuery = field(default_factory=TrailQuery)
    lines: tuple[TrailLine, ...] = ()
    checked: Checked | None = None
    exported: str = ""
    officers: tuple[Officer, ...] = ()
    names: dict[str, str] = field(default_factory=dict[str, str])
    officer: str = ""
    duties: DutyStanding | None = None
    over: tuple[Over, ...] = ()
    old_acts: int = 0
    """Acts whose content is over the audit's time."""
    approves: bool = False
    supervises: bool = False
    gives_codes: bool = False
    code: GivenCode | None = None

    @property
    def review(self) -> Review | None:
        """The case on show."""
        return next((r for r in self.reviews if r.application.id == self.current), None)

    @property
    def open_incidents(self) -> int:
        return sum(1 for incident in self.incidents if not incident.closed_by)
