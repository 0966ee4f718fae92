"""Tests: what passes, and when a failed one may be taken again.

Theory passes with 70; who fails has two more chances within 14 working days, counted from the
day after the failure. A failed practical may be repeated once the same day, otherwise after two
weeks. Marks, chances and waits are data (resources/rules/retakes.toml).

    Problem
    ├── RetakeTooEarly      wait until a day
    ├── RetakeWindowClosed  the working days are over
    ├── RetakesUsedUp       no chance is left
    └── AlreadyPassed       the test was passed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from desktop.domain.calendar import OfficeCalendar
from desktop.domain.errors import Problem


class TestKind(StrEnum):
    """E_AVIS is the theory test taken from home."""

    __test__ = False  # not a test class of pytest's

    THEORY = "theory"
    E_AVIS = "e_avis"
    SIMULATOR = "simulator"
    PRACTICAL = "practical"


@dataclass(frozen=True, slots=True)
class RetakeRule:
    """One kind of test.

    `chances` counts all attempts (0: no limit); `window` working days after the first failure
    (0: no end); `same_day` repeats on the day of a failure; after those `wait` calendar days.
    """

    test: TestKind
    pass_mark: int
    questions: int
    chances: int
    window: int
    same_day: int
    wait: int
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class TestAttempt:
    """One sitting, dated in the office's own zone."""

    __test__ = False

    taken_on: date
    passed: bool


@dataclass(frozen=True, slots=True)
class RetakeVerdict:
    """Whether a test may be taken today; if not, `problem` says why and from when.

    `earliest` and `latest` bound the next attempt (`latest` None: no end); `left` counts the
    chances (None: no limit). `sure` is False when the span reaches a year whose holidays aren't
    published yet, so that the real end may be later.
    """

    problem: Problem | None = None
    earliest: date | None = None
    latest: date | None = None
    left: int | None = None
    sure: bool = True

    @property
    def allowed(self) -> bool:
        return self.problem is None


class RetakeTooEarly(Problem):
    """The next attempt opens on `earliest`."""

    test: TestKind
    earliest: date
    source: str


class RetakeWindowClosed(Problem):
    """The last day for another attempt was `latest`."""

    test: TestKind
    latest: date
    working_days: int
    source: str


class RetakesUsedUp(Problem):
    """All chances are spent: the application ends, the fee can be asked back."""

    test: TestKind
    chances: int
    source: str


class AlreadyPassed(Problem):
    """A passed test isn't taken again."""

    test: TestKind


def rule_for(rules: tuple[RetakeRule, ...], test: TestKind) -> RetakeRule:
    """The rule of a test; the rulebook makes sure that every kind has one."""
    return next(rule for rule in rules if rule.test is test)


def passes(rules: tuple[RetakeRule, ...], test: TestKind, score: int) -> bool:
    """Whether a score (0 to 100) passes."""
    return score >= rule_for(rules, test).pass_mark


def score_of(correct: int, questions: int) -> int:
    """Correct answers as points of 100, rounded down: 21 of 30 are 70, 20 are 66."""
    return correct * 100 // questions


def next_attempt(
    rules: tuple[RetakeRule, ...],
    calendar: OfficeCalendar,
    test: TestKind,
    attempts: Sequence[TestAttempt],
    on: date,
) -> RetakeVerdict:
    """Whether one more attempt may be made on `on`, after `attempts` of the same application."""
    rule = rule_for(rules, test)
    left = rule.chances - len(attempts) if rule.chances else None
    if any(attempt.passed for attempt in attempts):
        return RetakeVerdict(AlreadyPassed(test), left=left)
    if not attempts:
        return RetakeVerdict(earliest=on, left=left)
    days = sorted(attempt.taken_on for attempt in attempts)
    latest = calendar.add_working_days(days[0], rule.window) if rule.window else None
    sure = latest is None or (calendar.knows(days[0]) and calendar.knows(latest))
    repeats_that_day = days.count(days[-1]) - 1
    repeats_now = on == days[-1] and repeats_that_day < rule.same_day
    earliest = on if repeats_now else days[-1] + timedelta(days=rule.wait)
    if not repeats_now and test is not TestKind.E_AVIS:  # that one is sat at home
        earliest = calendar.next_open_day(earliest)
    problem: Problem | None = None
    if left is not None and left <= 0:
        problem = RetakesUsedUp(test, rule.chances, rule.source)
    elif latest is not None and on > latest:
        problem = RetakeWindowClosed(test, latest, rule.window, rule.source)
    elif on < earliest:
        problem = RetakeTooEarly(test, earliest, rule.source)
    return RetakeVerdict(problem, earliest, latest, left, sure)
