"""Five years to the day, the office's own day, and decrees that bend it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.calendar import OfficeZone, office_date
from desktop.domain.dates import add_months, age_on
from desktop.domain.service import Service
from desktop.domain.validity import (
    ServiceGround,
    Stay,
    StayPermit,
    check_stay,
    expiry_date,
    runs_out_soon,
    service_for,
    stay_of,
    valid_until,
)
from tests.domain.office_rules import BOOK, TODAY, TRAINING_BOOK, rules_on

S = Service
G = ServiceGround
RULES = rules_on().validity


@pytest.mark.parametrize(
    ("issued", "expires"),
    [
        (date(2024, 12, 10), date(2029, 12, 10)),
        (date(2024, 2, 29), date(2029, 2, 28)),
        (date(2023, 2, 28), date(2028, 2, 28)),
        (date(2025, 12, 31), date(2030, 12, 31)),
    ],
)
def test_five_years_from_issue(issued: date, expires: date) -> None:
    assert expiry_date(RULES, issued) == expires


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_never_longer_than_five_years_nor_shorter_by_more_than_a_day(issued: date) -> None:
    expires = expiry_date(RULES, issued)
    assert expires.year == issued.year + 5
    assert timedelta(days=1825) <= expires - issued <= timedelta(days=1827)
    assert (expires.month, min(expires.day, 28)) == (issued.month, min(issued.day, 28))


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 200))
def test_months_add_up_and_never_leave_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (date(2009, 3, 2), date(2026, 3, 2), 17),
        (date(2009, 3, 3), date(2026, 3, 2), 16),
        (date(2008, 2, 29), date(2026, 2, 28), 18),
        (date(2008, 2, 29), date(2024, 2, 28), 15),
    ],
)
def test_age(birth: date, on: date, age: int) -> None:
    assert age_on(birth, on) == age


@pytest.mark.parametrize(
    ("permit", "until", "expires"),
    [
        (StayPermit.KITAS, date(2028, 1, 1), date(2027, 3, 2)),
        (StayPermit.KITAS, date(2026, 9, 1), date(2026, 9, 1)),
        (StayPermit.KITAP, date(2040, 1, 1), date(2031, 3, 2)),
        (StayPermit.KITAP, date(2030, 6, 1), date(2030, 6, 1)),
        (StayPermit.VISIT, date(2026, 4, 1), date(2026, 4, 1)),
    ],
)
def test_no_licence_outlives_a_stay_permit(permit: StayPermit, until: date, expires: date) -> None:
    assert expiry_date(RULES, TODAY, permit=permit, permit_until=until) == expires


def test_an_ended_stay_permit_is_refused() -> None:
    assert check_stay(Stay(StayPermit.KITAS, TODAY), TODAY) == []
    assert len(check_stay(Stay(StayPermit.KITAS, TODAY - timedelta(days=1)), TODAY)) == 1


@pytest.mark.parametrize("working", [True, False])
def test_a_stay_is_read_as_it_was_kept(working: bool) -> None:
    stay = Stay(StayPermit.KITAP, TODAY, working)
    assert stay_of(stay.facts()) == stay


@pytest.mark.parametrize(
    "facts", [{}, {"permit": "kitas"}, {"permit": "x", "until": "2026-01-01"},
              {"permit": "kitas", "until": "soon"}],
)  # fmt: skip
def test_what_tells_no_permit_is_none(facts: dict[str, str]) -> None:
    assert stay_of(facts) is None


@pytest.mark.parametrize("service", list(Service))
def test_a_replacement_keeps_the_date_unless_the_office_says_no(service: Service) -> None:
    old = date(2027, 7, 7)
    fresh = date(2031, 3, 2)
    kept = valid_until(RULES, service, TODAY, old_expiry=old)
    assert kept == (old if service.is_replacement else fresh)
    other = replace(RULES, replacement_keeps_expiry=False, data_change_keeps_expiry=False)
    assert valid_until(other, service, TODAY, old_expiry=old) == fresh


@pytest.mark.parametrize(
    ("expires", "on", "service", "ground"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), S.RENEWAL, G.AS_ASKED),
        (date(2026, 3, 1), date(2026, 3, 2), S.NEW_ISSUE, G.TOO_LATE),
        (date(2025, 3, 27), date(2025, 4, 8), S.NEW_ISSUE, G.TOO_LATE),
        (date(2025, 3, 28), date(2025, 4, 7), S.NEW_ISSUE, G.TOO_LATE),
        (date(2025, 3, 28), date(2025, 4, 8), S.RENEWAL, G.DISPENSATION),
        (date(2025, 4, 7), date(2025, 4, 19), S.RENEWAL, G.DISPENSATION),
        (date(2025, 4, 7), date(2025, 4, 20), S.NEW_ISSUE, G.TOO_LATE),
        (date(2025, 4, 8), date(2025, 4, 9), S.NEW_ISSUE, G.TOO_LATE),
        (date(2025, 1, 29), date(2025, 1, 30), S.RENEWAL, G.DISPENSATION),
        (date(2025, 1, 29), date(2025, 1, 31), S.NEW_ISSUE, G.TOO_LATE),
    ],
)
def test_renewal_or_new_licence(expires, on, service, ground) -> None:
    answer = service_for(BOOK.on(on).validity, S.RENEWAL, expires, on)
    assert (answer.service, answer.ground) == (service, ground)


def test_a_dispensation_is_shown_even_before_its_days() -> None:
    on = date(2025, 4, 7)
    answer = service_for(BOOK.on(on).validity, S.RENEWAL, date(2025, 3, 29), on)
    assert answer.dispensation is None
    assert [d.renew_from for d in answer.dispensations] == [date(2025, 4, 8)]


def test_a_decree_holds_in_its_area() -> None:
    expired = date(2026, 2, 15)
    here = TRAINING_BOOK.on(TODAY, "Jawa Barat").validity
    there = TRAINING_BOOK.on(TODAY, "Bali").validity
    assert service_for(here, S.RENEWAL, expired, TODAY).ground is G.DISPENSATION
    assert service_for(there, S.RENEWAL, expired, TODAY).ground is G.TOO_LATE


def test_complete_and_paid_in_time_stays_a_renewal_while_it_waits() -> None:
    expired = date(2026, 2, 27)
    in_time = service_for(RULES, S.RENEWAL, expired, TODAY, complete_and_paid_on=expired)
    late = service_for(
        RULES, S.RENEWAL, expired, TODAY, complete_and_paid_on=expired + timedelta(days=1)
    )
    off = replace(RULES, in_time_stays_renewal=False)
    assert in_time.ground is G.PAID_IN_TIME
    assert in_time.service is S.RENEWAL
    assert late.service is S.NEW_ISSUE
    assert service_for(off, S.RENEWAL, expired, TODAY, expired).service is S.NEW_ISSUE


@pytest.mark.parametrize(
    ("zone", "ground"),
    [(OfficeZone.WIB, G.AS_ASKED), (OfficeZone.WITA, G.AS_ASKED), (OfficeZone.WIT, G.AS_ASKED)],
)
def test_the_last_minute_in_jayapura(zone: OfficeZone, ground: ServiceGround) -> None:
    now = datetime(2026, 3, 2, 14, 59, tzinfo=UTC)  # 23.59 in Jayapura
    on = office_date(now, zone)
    assert on == date(2026, 3, 2)
    assert service_for(RULES, S.RENEWAL, date(2026, 3, 2), on).ground is ground


def test_one_minute_later_only_jayapura_is_late() -> None:
    now = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    services = {
        zone: service_for(RULES, S.RENEWAL, date(2026, 3, 2), office_date(now, zone)).service
        for zone in OfficeZone
    }
    assert services == {
        OfficeZone.WIB: S.RENEWAL,
        OfficeZone.WITA: S.RENEWAL,
        OfficeZone.WIT: S.NEW_ISSUE,
    }


@given(st.dates(date(2022, 1, 1), date(2030, 1, 1)), st.integers(-400, 400))
def test_a_renewal_is_late_exactly_from_the_day_after(expires: date, days: int) -> None:
    on = expires + timedelta(days=days)
    answer = service_for(RULES, S.RENEWAL, expires, on)
    assert (answer.ground is G.AS_ASKED) == (days <= 0)
    assert (answer.service is S.RENEWAL) == (answer.ground is not G.TOO_LATE)


def test_a_case_near_expiry_is_hurried() -> None:
    assert runs_out_soon(RULES, TODAY, TODAY)
    assert runs_out_soon(RULES, TODAY + timedelta(days=30), TODAY)
    assert not runs_out_soon(RULES, TODAY + timedelta(days=31), TODAY)
    assert not runs_out_soon(RULES, TODAY - timedelta(days=1), TODAY)
