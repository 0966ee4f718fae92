"""All rules in force at one office on one day, as plain values.

The rulebook makes them from dated files; an application keeps the `version` it was decided by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from desktop.domain.calendar import OfficeCalendar
from desktop.domain.classes import ClassGraph
from desktop.domain.codes import CodePattern
from desktop.domain.duties import DutyPlan
from desktop.domain.errors import Problem
from desktop.domain.fees import FeeRule
from desktop.domain.international import InternationalRules
from desktop.domain.offline import OfflineRule
from desktop.domain.periods import PeriodKind, Periods
from desktop.domain.plausible import PlausibleRules
from desktop.domain.requirements import RequirementRule
from desktop.domain.retakes import RetakeRule
from desktop.domain.sim_number import SchemeRule
from desktop.domain.validity import ValidityRules
from desktop.domain.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the rules.

    `version` is the date of the youngest line in force and a digest of them all, such as
    "2026-03-01+5d0c61aa": equal versions are equal rules, whatever day they were asked for.
    `assumptions` lists the notes of the lines that rest on no settled source.
    """

    version: str
    on: date
    areas: tuple[str, ...]
    classes: ClassGraph
    fees: tuple[FeeRule, ...]
    validity: ValidityRules
    calendar: OfficeCalendar
    requirements: tuple[RequirementRule, ...]
    retakes: tuple[RetakeRule, ...]
    sim_numbers: tuple[SchemeRule, ...]
    codes: tuple[CodePattern, ...]
    waivers: tuple[Waiver, ...]
    periods: Periods
    offline: tuple[OfflineRule, ...]
    plausible: PlausibleRules
    international: InternationalRules
    duties: tuple[DutyPlan, ...] = ()
    assumptions: tuple[str, ...] = ()

    def last_day(self, period: PeriodKind, start: date) -> date:
        """The last day of a term within which somebody comes to the office.

        Where the office is shut on it, the next day on which it is open: nobody loses a card, a
        case or a letter because of a holiday.
        """
        return self.calendar.next_open_day(self.periods[period].end(start))

    def come_from(self, day: date) -> date:
        """The first day after `day` on which somebody sent home finds the office open."""
        return self.calendar.next_open_day(day + timedelta(days=1))


class RulesDamaged(Problem):
    """A rules file can't be used: `where` is the line or field, `why` what is wrong with it."""

    file: str
    where: str
    why: str


class NoRulesInForce(Problem):
    """No line about `subject` holds on `day`: the PC's clock is wrong, or a file has a gap."""

    day: date
    subject: str
