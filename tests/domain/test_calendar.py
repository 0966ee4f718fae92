"""Zones, holidays, closing days and working days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lokal.holidays import HOLIDAY_YEARS, get_holidays

from desktop.domain.calendar import (
    DayOff,
    Holiday,
    OfficeZone,
    office_date,
    office_time,
)
from desktop.domain.periods import PeriodKind
from tests.domain.office_rules import rules_on

CALENDAR = rules_on().calendar


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        (OfficeZone.WIT, datetime(2026, 12, 31, 14, 59, tzinfo=UTC), date(2026, 12, 31)),
        (OfficeZone.WIT, datetime(2026, 12, 31, 15, 0, tzinfo=UTC), date(2027, 1, 1)),
        (OfficeZone.WITA, datetime(2026, 12, 31, 15, 59, tzinfo=UTC), date(2026, 12, 31)),
        (OfficeZone.WIB, datetime(2026, 12, 31, 16, 59, tzinfo=UTC), date(2026, 12, 31)),
        (OfficeZone.WIB, datetime(2028, 2, 28, 17, 0, tzinfo=UTC), date(2028, 2, 29)),
    ],
)
def test_the_offices_own_date(zone: OfficeZone, now: datetime, day: date) -> None:
    assert office_date(now, zone) == day


def test_a_moment_without_a_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="zone"):
        office_time(datetime(2026, 3, 2, 7, 30), OfficeZone.WIB)  # noqa: DTZ001


@pytest.mark.parametrize("year", HOLIDAY_YEARS)
def test_holidays_agree_with_the_published_lists(year: int) -> None:
    kinds = {"libur_nasional": DayOff.HOLIDAY, "cuti_bersama": DayOff.JOINT_LEAVE}
    published = {
        (date.fromisoformat(one.date), kinds[one.type]) for one in get_holidays(year).holidays
    }
    calendar = rules_on(date(year, 6, 1)).calendar
    ours = {(one.day, one.kind) for one in calendar.holidays if one.day.year == year}
    assert ours == published


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 3, 2), None),
        (date(2026, 3, 7), None),  # Saturday: open, though no working day in law
        (date(2026, 3, 8), DayOff.WEEKLY),
        (date(2026, 3, 19), DayOff.HOLIDAY),
        (date(2026, 3, 20), DayOff.JOINT_LEAVE),
    ],
)
def test_why_the_office_is_shut(day: date, why: DayOff | None) -> None:
    assert CALENDAR.why_closed(day) is why
    assert CALENDAR.is_open(day) == (why is None)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 17), 1, date(2026, 3, 25)),  # over Nyepi and Idulfitri
        (date(2026, 3, 2), 14, date(2026, 3, 27)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_working_days(day: date, count: int, expected: date) -> None:
    assert CALENDAR.add_working_days(day, count) == expected
    assert CALENDAR.working_days_between(day, expected) == count


@given(st.dates(date(2025, 1, 1), date(2027, 6, 1)), st.integers(1, 30))
def test_working_days_count_back(day: date, count: int) -> None:
    end = CALENDAR.add_working_days(day, count)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(day, end) == count


def test_a_closure_shuts_the_door_but_not_the_laws_clock() -> None:
    day = date(2026, 3, 3)
    shut = replace(
        CALENDAR, holidays=(*CALENDAR.holidays, Holiday(day, "HUT kota", DayOff.CLOSURE, "x"))
    )
    assert not shut.is_open(day)
    assert shut.is_working_day(day)
    assert shut.next_open_day(day) == day + timedelta(days=1)


def test_a_moved_holiday_is_worked() -> None:
    moved = replace(
        CALENDAR,
        holidays=(
            *CALENDAR.holidays,
            Holiday(date(2026, 5, 27), "Iduladha, moved", DayOff.WORKING, "sidang isbat"),
            Holiday(date(2026, 5, 26), "Iduladha", DayOff.HOLIDAY, "sidang isbat"),
        ),
    )
    assert moved.is_open(date(2026, 5, 27))
    assert not moved.is_open(date(2026, 5, 26))


def test_years_that_nobody_has_published() -> None:
    assert CALENDAR.knows(date(2026, 1, 1))
    assert not CALENDAR.knows(date(2040, 1, 1))


def test_a_term_never_ends_on_a_day_on_which_the_office_is_shut() -> None:
    rules = rules_on()
    assert rules.last_day(PeriodKind.INTERIM_LETTER, date(2026, 3, 4)) == date(2026, 4, 4)
    # 5 April is Easter Sunday.
    assert rules.last_day(PeriodKind.INTERIM_LETTER, date(2026, 3, 5)) == date(2026, 4, 6)
    assert rules.come_from(date(2026, 3, 17)) == date(2026, 3, 25), "after Nyepi and Idulfitri"
