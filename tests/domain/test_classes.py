"""Who may climb to which class, at what age, and what a card then covers."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.domain.classes import (
    AlreadyCovered,
    AlreadyHeld,
    ClassNeedsUpgrade,
    Door,
    HeldLicence,
    HeldTooShort,
    LicenceNotHeld,
    NotAnUpgrade,
    NotOffered,
    PrerequisiteMissing,
    TooYoung,
)
from desktop.domain.eligibility import may_apply, right_service
from desktop.domain.licence_class import Family, LicenceClass
from desktop.domain.service import Service
from desktop.domain.validity import (
    OnlineTooEarly,
    OutsideDispensation,
    RenewalTooLate,
    ReplacementTooLate,
    ServiceGround,
)
from tests.domain.office_rules import TODAY, rules_on

L = LicenceClass
S = Service
GRAPH = rules_on().classes


def held(
    licence_class: LicenceClass,
    issued: date = date(2024, 1, 10),
    expires: date = date(2029, 1, 10),
    since: date | None = None,
) -> HeldLicence:
    return HeldLicence(licence_class, issued, expires, since)


def why_not(service: Service, licence_class: LicenceClass, *licences: HeldLicence, **how) -> list:
    birth = how.pop("birth", date(1990, 5, 5))
    on = how.pop("on", TODAY)
    areas = how.pop("areas", ())
    found = may_apply(rules_on(on, *areas), service, licence_class, birth, on, licences, **how)
    return [type(problem) for problem in found]


@pytest.mark.parametrize(
    ("licence_class", "age"),
    [
        *((L.A, 17), (L.A_UMUM, 20), (L.BI, 20), (L.BI_UMUM, 22), (L.BII, 21), (L.BII_UMUM, 23)),
        *((L.C, 17), (L.CI, 18), (L.CII, 19), (L.D, 17), (L.DI, 17)),
    ],
)
def test_minimum_age_is_reached_on_the_birthday(licence_class: LicenceClass, age: int) -> None:
    birthday = date(TODAY.year - age, TODAY.month, TODAY.day)
    day_after = birthday.replace(day=birthday.day + 1)
    assert TooYoung not in why_not(S.NEW_ISSUE, licence_class, birth=birthday)
    assert TooYoung in why_not(S.NEW_ISSUE, licence_class, birth=day_after)


def test_too_young_names_the_day_that_opens_the_class() -> None:
    (problem,) = may_apply(
        rules_on(), S.NEW_ISSUE, L.C, birth_date=date(2009, 3, 20), on=TODAY, held=()
    )
    assert isinstance(problem, TooYoung)
    assert problem.from_day == date(2026, 3, 20)
    assert problem.min_age == 17


def test_born_on_29_february_comes_of_age_on_the_28th() -> None:
    assert why_not(S.NEW_ISSUE, L.C, birth=date(2008, 2, 29), on=date(2025, 2, 28)) == []
    assert why_not(S.NEW_ISSUE, L.C, birth=date(2008, 2, 29), on=date(2025, 2, 27)) == [TooYoung]


@pytest.mark.parametrize(
    ("higher", "covered"),
    [
        (L.A, {L.A}),
        (L.A_UMUM, {L.A, L.A_UMUM}),
        (L.BI, {L.A, L.BI}),
        (L.BI_UMUM, {L.A, L.A_UMUM, L.BI, L.BI_UMUM}),
        (L.BII, {L.A, L.BI, L.BII}),
        (L.BII_UMUM, {L.A, L.A_UMUM, L.BI, L.BI_UMUM, L.BII, L.BII_UMUM}),
        (L.C, {L.C}),
        (L.CI, {L.C, L.CI}),
        (L.CII, {L.C, L.CI, L.CII}),
        (L.D, {L.D}),
        (L.DI, {L.DI}),
    ],
)
def test_what_a_class_covers(higher: LicenceClass, covered: set[LicenceClass]) -> None:
    assert {lower for lower in L if GRAPH.covers(higher, lower)} == covered


def test_covering_never_leaves_the_family_and_is_transitive() -> None:
    for rule in GRAPH.classes:
        for lower in rule.covers:
            assert lower.family is rule.licence_class.family
            assert set(GRAPH.rule(lower).covers) <= set(rule.covers)


@pytest.mark.parametrize(
    ("wanted", "has", "expected"),
    [
        (L.A_UMUM, L.A, []),
        (L.BI, L.A, []),
        (L.BI, L.A_UMUM, []),
        (L.BI_UMUM, L.A_UMUM, []),
        (L.BI_UMUM, L.BI, []),
        (L.BII, L.BI, []),
        (L.BII, L.BI_UMUM, []),
        (L.BII_UMUM, L.BI_UMUM, []),
        (L.BII_UMUM, L.BII, []),
        (L.CI, L.C, []),
        (L.CII, L.CI, []),
        (L.A_UMUM, L.BI, []),
        (L.BI, L.C, [PrerequisiteMissing]),
        (L.BII, L.A, [PrerequisiteMissing]),
        (L.BI_UMUM, L.A, [PrerequisiteMissing]),
        (L.CII, L.C, [PrerequisiteMissing]),
        (L.A, L.C, [NotAnUpgrade]),
        (L.D, L.C, [NotAnUpgrade]),
        (L.BI, L.BII, [AlreadyCovered]),
        (L.BI, L.BI, [AlreadyHeld]),
    ],
)
def test_ways_up(wanted: LicenceClass, has: LicenceClass, expected: list[type]) -> None:
    found = why_not(S.CLASS_UPGRADE, wanted, held(has))
    assert [kind for kind in found if kind in expected] == expected
    if not expected:
        assert found == []


UP = {
    L.A_UMUM: {L.A, L.BI, L.BII},
    L.BI: {L.A, L.A_UMUM},
    L.BI_UMUM: {L.A_UMUM, L.BI, L.BII},
    L.BII: {L.BI, L.BI_UMUM},
    L.BII_UMUM: {L.BI_UMUM, L.BII},
    L.CI: {L.C},
    L.CII: {L.CI},
}
"""What leads where (Perpol 5/2021, article 3), through a class that covers it too."""


def test_no_other_way_leads_up() -> None:
    found = {
        (wanted, has)
        for wanted in L
        for has in L
        if why_not(S.CLASS_UPGRADE, wanted, held(has)) == []
    }
    assert found == {(wanted, has) for wanted, ways in UP.items() for has in ways}


@pytest.mark.parametrize(
    ("since", "expected"),
    [(date(2025, 3, 2), []), (date(2025, 3, 3), [HeldTooShort])],
)
def test_holding_period_is_twelve_months(since: date, expected: list[type]) -> None:
    assert why_not(S.CLASS_UPGRADE, L.BI, held(L.A, since, date(2030, 3, 2))) == expected


def test_renewing_does_not_start_the_holding_period_anew() -> None:
    renewed = held(L.A, date(2026, 2, 1), date(2031, 2, 1), since=date(2016, 2, 1))
    assert why_not(S.CLASS_UPGRADE, L.BI, renewed) == []


def test_an_expired_lower_licence_leads_nowhere() -> None:
    assert why_not(S.CLASS_UPGRADE, L.BI, held(L.A, date(2021, 1, 1), date(2026, 1, 1))) == [
        PrerequisiteMissing
    ]


def test_first_licences_need_nothing_but_higher_ones_do() -> None:
    for licence_class in L:
        expected = [] if GRAPH.rule(licence_class).is_first else [ClassNeedsUpgrade]
        assert why_not(S.NEW_ISSUE, licence_class) == expected


def test_a_lapsed_higher_licence_is_issued_anew() -> None:
    lapsed = held(L.BI, date(2021, 2, 1), date(2026, 2, 1))
    assert why_not(S.NEW_ISSUE, L.BI, lapsed) == []
    assert why_not(S.RENEWAL, L.BI, lapsed) == [RenewalTooLate]


@pytest.mark.parametrize(
    ("wanted", "has", "expected"),
    [
        (L.C, L.C, [AlreadyHeld]),
        (L.A, L.BI, [AlreadyCovered]),
        (L.A, L.C, []),
        (L.C, L.CII, [AlreadyCovered]),
        (L.D, L.A, []),
    ],
)
def test_one_valid_licence_per_class(
    wanted: LicenceClass, has: LicenceClass, expected: list[type]
) -> None:
    assert why_not(S.NEW_ISSUE, wanted, held(has)) == expected


@pytest.mark.parametrize(
    ("wanted", "has", "replaced"),
    [
        (L.BI, {L.A, L.C}, {L.A}),
        (L.BII_UMUM, {L.A_UMUM, L.BI, L.CI, L.D}, {L.A_UMUM, L.BI}),
        (L.CI, {L.A, L.C}, {L.C}),
        (L.C, {L.C}, {L.C}),
    ],
)
def test_what_an_upgrade_replaces(
    wanted: LicenceClass, has: set[LicenceClass], replaced: set[LicenceClass]
) -> None:
    licences = [held(one) for one in has]
    assert {one.licence_class for one in GRAPH.replaced_by(wanted, licences)} == replaced


@pytest.mark.parametrize("service", [S.RENEWAL, S.REPLACE_LOST, S.REPLACE_DAMAGED, S.DATA_CHANGE])
def test_nothing_can_be_renewed_that_is_not_held(service: Service) -> None:
    assert why_not(service, L.C, held(L.A)) == [LicenceNotHeld]
    assert why_not(service, L.C, held(L.C)) == []


def test_one_day_late_is_a_new_licence() -> None:
    card = held(L.C, date(2021, 3, 1), date(2026, 3, 1))
    assert why_not(S.RENEWAL, L.C, card, on=date(2026, 3, 1)) == []
    assert why_not(S.RENEWAL, L.C, card, on=date(2026, 3, 2)) == [RenewalTooLate]
    assert why_not(S.NEW_ISSUE, L.C, card, on=date(2026, 3, 2)) == []
    answer = right_service(rules_on(), S.RENEWAL, L.C, [card], date(2026, 3, 2))
    assert (answer.service, answer.ground) == (S.NEW_ISSUE, ServiceGround.TOO_LATE)


def test_a_lost_card_that_ran_out_cannot_be_replaced() -> None:
    card = held(L.C, date(2021, 3, 1), date(2026, 3, 1))
    assert why_not(S.REPLACE_LOST, L.C, card, on=date(2026, 3, 2)) == [ReplacementTooLate]


def test_a_dispensation_opens_the_renewal_and_only_on_its_days() -> None:
    card = held(L.C, date(2020, 4, 1), date(2025, 4, 1))
    assert why_not(S.RENEWAL, L.C, card, on=date(2025, 4, 8)) == []
    assert why_not(S.RENEWAL, L.C, card, on=date(2025, 4, 19)) == []
    assert why_not(S.RENEWAL, L.C, card, on=date(2025, 4, 20)) == [OutsideDispensation]
    assert why_not(S.RENEWAL, L.C, card, on=date(2025, 4, 7)) == [OutsideDispensation]


@pytest.mark.parametrize(
    ("door", "service", "licence_class", "offered"),
    [
        (Door.OFFICE, S.CLASS_UPGRADE, L.BII_UMUM, True),
        (Door.ONLINE, S.RENEWAL, L.C, True),
        (Door.ONLINE, S.RENEWAL, L.BI, False),
        (Door.ONLINE, S.NEW_ISSUE, L.A, False),
        (Door.MOBILE_UNIT, S.RENEWAL, L.A, True),
        (Door.MOBILE_UNIT, S.REPLACE_LOST, L.A, False),
    ],
)
def test_what_each_door_offers(
    door: Door, service: Service, licence_class: LicenceClass, offered: bool
) -> None:
    assert GRAPH.offered(door, service, licence_class) is offered


def test_foreigners_are_offered_a_and_c() -> None:
    assert why_not(S.NEW_ISSUE, L.C, foreigner=True) == []
    assert NotOffered in why_not(S.NEW_ISSUE, L.D, foreigner=True)


def test_the_online_window_opens_ninety_days_before_expiry() -> None:
    card = held(L.C, date(2021, 5, 31), date(2026, 5, 31))
    assert why_not(S.RENEWAL, L.C, card, door=Door.ONLINE, on=date(2026, 3, 2)) == []
    assert why_not(S.RENEWAL, L.C, card, door=Door.ONLINE, on=date(2026, 3, 1)) == [OnlineTooEarly]


def test_every_class_has_a_family() -> None:
    assert {one.family for one in L} == set(Family)
    assert {one for one in L if one.is_public} == {L.A_UMUM, L.BI_UMUM, L.BII_UMUM}
