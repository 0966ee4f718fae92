"""When a failed test may be taken again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from desktop.domain.calendar import DayOff, Holiday
from desktop.domain.retakes import (
    AlreadyPassed,
    RetakesUsedUp,
    RetakeTooEarly,
    RetakeWindowClosed,
    TestAttempt,
    TestKind,
    next_attempt,
    passes,
    score_of,
)
from tests.domain.office_rules import TODAY, rules_on

RULES = rules_on()
MON = TODAY  # 2 March 2026, a Monday


def verdict(test: TestKind, failures: list[date], on: date):
    attempts = [TestAttempt(day, passed=False) for day in failures]
    return next_attempt(RULES.retakes, RULES.calendar, test, attempts, on)


@pytest.mark.parametrize(("correct", "passed"), [(21, True), (20, False), (30, True), (0, False)])
def test_theory_passes_with_21_of_30(correct: int, passed: bool) -> None:
    assert passes(RULES.retakes, TestKind.THEORY, score_of(correct, 30)) is passed


@pytest.mark.parametrize(
    ("failures", "on", "problem"),
    [
        ([], MON, None),
        ([MON], MON, RetakeTooEarly),
        ([MON], date(2026, 3, 3), None),
        ([MON], date(2026, 3, 27), None),  # the fourteenth working day, over Nyepi and Idulfitri
        ([MON], date(2026, 3, 28), RetakeWindowClosed),
        ([MON, date(2026, 3, 26)], date(2026, 3, 27), None),
        ([MON, date(2026, 3, 26)], date(2026, 3, 28), RetakeWindowClosed),
        ([MON, date(2026, 3, 4)], date(2026, 3, 4), RetakeTooEarly),
        ([MON, date(2026, 3, 4), date(2026, 3, 5)], date(2026, 3, 6), RetakesUsedUp),
    ],
)
def test_theory_has_two_retakes_within_fourteen_working_days(failures, on, problem) -> None:
    found = verdict(TestKind.THEORY, failures, on).problem
    assert (type(found) if found else None) is problem


def test_the_verdict_says_from_when_until_when_and_how_often() -> None:
    found = verdict(TestKind.THEORY, [MON], MON)
    assert (found.earliest, found.latest, found.left) == (
        date(2026, 3, 3),
        date(2026, 3, 27),
        2,
    )
    assert found.sure


def test_a_year_without_published_holidays_is_not_sure() -> None:
    december = date(2027, 12, 28)
    assert not verdict(TestKind.THEORY, [december], december + timedelta(days=1)).sure


@pytest.mark.parametrize(
    ("failures", "on", "problem"),
    [
        ([MON], MON, None),
        ([MON, MON], MON, RetakeTooEarly),
        ([MON, MON], MON + timedelta(days=13), RetakeTooEarly),
        ([MON, MON], MON + timedelta(days=14), None),
        ([MON], MON + timedelta(days=1), RetakeTooEarly),
        ([MON], MON + timedelta(days=14), None),
        ([MON, MON, MON + timedelta(days=14)], MON + timedelta(days=14), None),
    ],
)
def test_the_practical_once_more_the_same_day_else_after_two_weeks(failures, on, problem) -> None:
    found = verdict(TestKind.PRACTICAL, failures, on).problem
    assert (type(found) if found else None) is problem


def test_the_practical_was_retaken_as_the_theory_until_august_2023() -> None:
    """The second practical of one day came by an order of 7 August 2023."""
    for day, again in ((date(2023, 8, 4), False), (date(2023, 8, 7), True)):
        rules = rules_on(day)
        failed = [TestAttempt(day, passed=False)]
        found = next_attempt(rules.retakes, rules.calendar, TestKind.PRACTICAL, failed, day)
        assert (found.problem is None) is again


@pytest.mark.parametrize(("score", "passed"), [(60, True), (59, False)])
def test_the_simulator_is_passed_with_sixty(score: int, passed: bool) -> None:
    assert passes(RULES.retakes, TestKind.SIMULATOR, score) is passed


def test_nobody_is_told_to_come_back_on_a_day_when_the_office_is_shut() -> None:
    saturday = date(2026, 3, 7)
    assert verdict(TestKind.THEORY, [saturday], saturday).earliest == date(2026, 3, 9)
    assert verdict(TestKind.E_AVIS, [saturday], saturday).earliest == date(2026, 3, 8), "at home"
    shut = replace(
        RULES.calendar,
        holidays=(
            *RULES.calendar.holidays, Holiday(date(2026, 3, 3), "HUT kota", DayOff.CLOSURE, "x"),
        ),
    )  # fmt: skip
    failed = [TestAttempt(MON, passed=False)]
    found = next_attempt(RULES.retakes, shut, TestKind.THEORY, failed, MON)
    assert isinstance(found.problem, RetakeTooEarly)
    assert found.problem.earliest == date(2026, 3, 4)


def test_too_early_names_the_day() -> None:
    found = verdict(TestKind.PRACTICAL, [MON, MON], MON).problem
    assert isinstance(found, RetakeTooEarly)
    assert found.earliest == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("count", "problem"), [(0, None), (1, None), (2, None), (3, RetakesUsedUp)]
)
def test_e_avis_next_day_three_chances(count, problem) -> None:
    failures = [MON + timedelta(days=i) for i in range(count)]
    found = verdict(TestKind.E_AVIS, failures, MON + timedelta(days=count)).problem
    assert (type(found) if found else None) is problem


def test_a_passed_test_is_not_taken_again() -> None:
    attempts = [TestAttempt(MON, passed=False), TestAttempt(date(2026, 3, 3), passed=True)]
    found = next_attempt(RULES.retakes, RULES.calendar, TestKind.THEORY, attempts, date(2026, 3, 4))
    assert isinstance(found.problem, AlreadyPassed)
