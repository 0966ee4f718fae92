"""What an applicant must bring, how long it stays usable, and what a lack of it stops.

Which requirement applies where and when is data (resources/rules/requirements.toml); this module
picks what applies to one case and judges one piece against the calendar.

    Problem
    ├── RequirementMissing     a piece isn't there
    │   ├── IssuerKnowsNone    its issuer was asked
    │   └── NotPaid            the bank was asked
    ├── RequirementUndated     a piece with a shelf life has no date of issue
    ├── CertificateExpired     a piece is too old
    └── CertificateNotYetValid a piece is dated after today
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from desktop.domain.dates import add_months
from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Channel, Service


class RequirementKind(StrEnum):
    """Everything the regulation asks for (Perpol 5/2021 Art. 7-14 as amended by 2/2023)."""

    REGISTRATION_FORM = "registration_form"
    IDENTITY_CARD = "identity_card"
    IMMIGRATION_DOCUMENT = "immigration_document"
    WORK_PERMIT = "work_permit"
    TRAINING_CERT = "training_cert"
    COMPETENCE_LETTER = "competence_letter"
    MEDICAL_CERT = "medical_cert"
    PSYCH_CERT = "psych_cert"
    JKN_STATUS = "jkn_status"
    OLD_LICENCE = "old_licence"
    LOSS_REPORT = "loss_report"
    COURT_JUDGMENT = "court_judgment"
    BRIEFING = "briefing"
    THEORY_TEST = "theory_test"
    SIMULATOR_TEST = "simulator_test"
    PRACTICAL_TEST = "practical_test"
    SKILL_CERT = "skill_cert"
    BIOMETRICS = "biometrics"
    PAYMENT = "payment"

    @property
    def has_line(self) -> bool:
        """Whether its issuer can be asked; no line leads to courts and immigration offices."""
        return self not in (
            RequirementKind.COURT_JUDGMENT,
            RequirementKind.IMMIGRATION_DOCUMENT,
            RequirementKind.WORK_PERMIT,
        )

    @property
    def is_test(self) -> bool:
        """Taken at the office and proved by a test session."""
        return self in (
            RequirementKind.THEORY_TEST,
            RequirementKind.SIMULATOR_TEST,
            RequirementKind.PRACTICAL_TEST,
        )


class Enforcement(StrEnum):
    """What a lack of the requirement stops, from nothing to everything."""

    OFF = "off"
    WARN = "warn"
    HOLD_HANDOVER = "hold_handover"
    BLOCK = "block"


class Nationality(StrEnum):
    """WNI and WNA bring different papers."""

    CITIZEN = "citizen"
    FOREIGNER = "foreigner"


@dataclass(frozen=True, slots=True)
class ShelfLife:
    """How long after its issue a piece may be used.

    The day of issue counts as day 0 and the last day is included: with 14 days a certificate of
    1 March serves up to and including 15 March; with 6 months one of 31 August up to 28 February.
    """

    days: int = 0
    months: int = 0

    def last_day(self, issued_on: date) -> date:
        """The last day on which a piece issued on `issued_on` may be used."""
        return add_months(issued_on, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class RequirementRule:
    """One dated, sourced line of the rules; an empty tuple means "all of them"."""

    kind: RequirementKind
    enforcement: Enforcement
    source: str
    services: tuple[Service, ...] = ()
    classes: tuple[LicenceClass, ...] = ()
    channels: tuple[Channel, ...] = ()
    nationalities: tuple[Nationality, ...] = ()
    shelf_life: ShelfLife | None = None
    any_of: str = ""
    only_working: bool = False
    only_revoked: bool = False
    needs_simulator: bool = False
    note: str = ""

    def fits(self, case: Case) -> bool:
        """Whether this line speaks about such a case."""
        return (
            (not self.services or case.service in self.services)
            and (not self.classes or case.licence_class in self.classes)
            and (not self.channels or case.channel in self.channels)
            and (not self.nationalities or case.nationality in self.nationalities)
            and (case.working or not self.only_working)
            and (case.revoked or not self.only_revoked)
            and (case.simulator or not self.needs_simulator)
        )


@dataclass(frozen=True, slots=True)
class Case:
    """What decides which requirements apply.

    `working`: a foreigner who works here. `revoked`: the licence was revoked by a court.
    `simulator`: the office has a driving simulator.
    """

    service: Service
    licence_class: LicenceClass
    channel: Channel = Channel.WALK_IN
    nationality: Nationality = Nationality.CITIZEN
    working: bool = False
    revoked: bool = False
    simulator: bool = True


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that one case needs. Pieces sharing `any_of` stand in for each other."""

    kind: RequirementKind
    enforcement: Enforcement
    source: str
    shelf_life: ShelfLife | None = None
    any_of: str = ""
    note: str = ""


def requirements_for(
    rules: tuple[RequirementRule, ...],
    service: Service,
    licence_class: LicenceClass,
    *,
    channel: Channel = Channel.WALK_IN,
    foreigner: bool = False,
    working: bool = False,
    revoked: bool = False,
    simulator: bool = True,
) -> tuple[Requirement, ...]:
    """What one case needs, in the order of the kinds, each kind once.

    `rules` are those in force on the day and in the area, the more special and younger line
    first (as the rulebook gives them): the first line that fits decides a kind. OFF drops it.
    """
    case = Case(
        service=service,
        licence_class=licence_class,
        channel=channel,
        nationality=Nationality.FOREIGNER if foreigner else Nationality.CITIZEN,
        working=working,
        revoked=revoked,
        simulator=simulator,
    )
    found: dict[RequirementKind, Requirement] = {}
    for rule in rules:
        if rule.kind not in found and rule.fits(case):
            found[rule.kind] = Requirement(
                kind=rule.kind,
                enforcement=rule.enforcement,
                source=rule.source,
                shelf_life=rule.shelf_life,
                any_of=rule.any_of,
                note=rule.note,
            )
    return tuple(
        found[kind]
        for kind in RequirementKind
        if kind in found and found[kind].enforcement is not Enforcement.OFF
    )


class RequirementMissing(Problem):
    """A piece isn't there; `enforcement` says what that stops."""

    kind: RequirementKind
    enforcement: Enforcement
    source: str


class IssuerKnowsNone(RequirementMissing):
    """Its issuer was asked and has none for this applicant; `source` may be empty."""


class NotPaid(RequirementMissing):
    """The bank was asked and knows of no payment for the billing code."""


class RequirementUndated(Problem):
    """A piece with a shelf life needs its date of issue."""

    kind: RequirementKind
    source: str


class CertificateExpired(Problem):
    """A piece is too old: `days` since its issue, `limit_days` allowed by `source`."""

    kind: RequirementKind
    issued_on: date
    days: int
    limit_days: int
    usable_until: date
    source: str


class CertificateNotYetValid(Problem):
    """A piece bears a date after today: misread, or the PC's clock is wrong."""

    kind: RequirementKind
    issued_on: date
    today: date


@dataclass(frozen=True, slots=True)
class RequirementVerdict:
    """How one requirement stands. `effect` is OFF when it is met."""

    requirement: Requirement
    problem: Problem | None = None
    usable_until: date | None = None

    @property
    def met(self) -> bool:
        return self.problem is None

    @property
    def effect(self) -> Enforcement:
        """What it stops now."""
        return Enforcement.OFF if self.problem is None else self.requirement.enforcement

    def days_left(self, today: date) -> int | None:
        """Days of use left, 0 on the last one; None without a shelf life."""
        return None if self.usable_until is None else (self.usable_until - today).days


def judge(requirement: Requirement, issued_on: date | None, today: date) -> RequirementVerdict:
    """Judge a piece that is there by its date of issue, both dates of the office's own zone."""
    kind = requirement.kind
    if requirement.shelf_life is None:
        return RequirementVerdict(requirement)
    if issued_on is None:
        return RequirementVerdict(requirement, RequirementUndated(kind, requirement.source))
    last_day = requirement.shelf_life.last_day(issued_on)
    problem: Problem | None = None
    if issued_on > today:
        problem = CertificateNotYetValid(kind, issued_on, today)
    elif today > last_day:
        problem = CertificateExpired(
            kind=kind,
            issued_on=issued_on,
            days=(today - issued_on).days,
            limit_days=(last_day - issued_on).days,
            usable_until=last_day,
            source=requirement.source,
        )
    return RequirementVerdict(requirement, problem, last_day)


def judge_missing(requirement: Requirement) -> RequirementVerdict:
    """The verdict on a piece that isn't there."""
    return RequirementVerdict(
        requirement,
        RequirementMissing(requirement.kind, requirement.enforcement, requirement.source),
    )


def judge_all(
    requirements: tuple[Requirement, ...],
    brought: Mapping[RequirementKind, date | None],
    today: date,
) -> tuple[RequirementVerdict, ...]:
    """Judge all that was brought (kind to date of issue) against all that is needed.

    Of pieces that stand in for each other one is enough: once one is met, the others fall away.
    """
    verdicts = [
        judge(need, brought[need.kind], today) if need.kind in brought else judge_missing(need)
        for need in requirements
    ]
    settled = {v.requirement.any_of for v in verdicts if v.met and v.requirement.any_of}
    return tuple(v for v in verdicts if v.met or v.requirement.any_of not in settled)
