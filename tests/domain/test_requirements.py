"""What each case needs, where and when; and what a day too old means."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.licence_class import LicenceClass
from desktop.domain.requirements import (
    CertificateExpired,
    CertificateNotYetValid,
    Enforcement,
    Requirement,
    RequirementKind,
    RequirementMissing,
    RequirementUndated,
    RequirementVerdict,
    judge,
    judge_all,
    judge_missing,
    requirements_for,
)
from desktop.domain.service import Channel, Service
from tests.domain.office_rules import TODAY, rules_on

K = RequirementKind
L = LicenceClass
S = Service
E = Enforcement
ALWAYS = {K.REGISTRATION_FORM, K.IDENTITY_CARD, K.BIOMETRICS, K.PAYMENT}
HEALTH = {K.MEDICAL_CERT, K.PSYCH_CERT, K.JKN_STATUS}
TESTS = {K.THEORY_TEST, K.SIMULATOR_TEST, K.PRACTICAL_TEST}
SCHOOL = {K.TRAINING_CERT, K.COMPETENCE_LETTER}


def needs(service, licence_class, on: date = TODAY, area: tuple[str, ...] = (), **how):
    found = requirements_for(rules_on(on, *area).requirements, service, licence_class, **how)
    return {requirement.kind: requirement for requirement in found}


@pytest.mark.parametrize(
    ("service", "licence_class", "expected"),
    [
        (S.NEW_ISSUE, L.C, ALWAYS | HEALTH | TESTS | SCHOOL | {K.BRIEFING}),
        (S.RENEWAL, L.C, ALWAYS | HEALTH | {K.OLD_LICENCE}),
        (S.REPLACE_LOST, L.A, ALWAYS | {K.LOSS_REPORT}),
        (S.REPLACE_DAMAGED, L.A, ALWAYS | {K.OLD_LICENCE}),
        (S.DATA_CHANGE, L.D, ALWAYS | {K.OLD_LICENCE}),
        (
            S.CLASS_UPGRADE,
            L.BI,
            ALWAYS | HEALTH | TESTS | SCHOOL | {K.BRIEFING, K.OLD_LICENCE, K.SKILL_CERT},
        ),
        (
            S.CLASS_UPGRADE,
            L.A_UMUM,
            ALWAYS | HEALTH | TESTS | {K.TRAINING_CERT, K.BRIEFING, K.OLD_LICENCE, K.SKILL_CERT},
        ),
    ],
)
def test_needs_of_each_service(service, licence_class, expected) -> None:
    assert set(needs(service, licence_class)) == expected


def test_tests_are_asked_only_for_new_abilities() -> None:
    for service in Service:
        for licence_class in LicenceClass:
            asked = TESTS & set(needs(service, licence_class))
            assert asked == (TESTS if service.needs_tests else set())


def test_an_office_without_a_simulator_goes_without_it() -> None:
    assert K.SIMULATOR_TEST not in needs(S.NEW_ISSUE, L.A, simulator=False)


def test_foreigners_bring_other_papers() -> None:
    kinds = set(needs(S.NEW_ISSUE, L.A, foreigner=True, working=True))
    assert {K.IMMIGRATION_DOCUMENT, K.WORK_PERMIT} <= kinds
    assert K.IDENTITY_CARD not in kinds
    assert K.WORK_PERMIT not in needs(S.NEW_ISSUE, L.A, foreigner=True)


def test_a_revoked_licence_needs_the_judgment() -> None:
    assert K.COURT_JUDGMENT in needs(S.NEW_ISSUE, L.A, revoked=True)
    assert K.COURT_JUDGMENT not in needs(S.NEW_ISSUE, L.A)


def test_nobody_is_photographed_through_the_line() -> None:
    assert K.BIOMETRICS not in needs(S.RENEWAL, L.C, channel=Channel.ONLINE)


@pytest.mark.parametrize(
    ("on", "area", "expected"),
    [
        (date(2024, 6, 30), ("Bali",), None),
        (date(2024, 7, 1), ("Bali",), E.HOLD_HANDOVER),
        (date(2024, 7, 1), ("Metro Jaya", "1201"), E.HOLD_HANDOVER),
        (date(2024, 7, 1), ("Jawa Barat",), None),
        (date(2024, 9, 30), ("Bali",), E.HOLD_HANDOVER),
        (date(2024, 10, 1), ("Bali",), None),
        (date(2024, 11, 1), ("Jawa Barat",), E.HOLD_HANDOVER),
        (TODAY, (), E.HOLD_HANDOVER),
    ],
)
def test_jkn_by_day_and_area_holds_the_handover_only(on, area, expected) -> None:
    found = needs(S.RENEWAL, L.C, on, area).get(K.JKN_STATUS)
    assert (found.enforcement if found else None) is expected


@pytest.mark.parametrize(
    ("kind", "service", "issued", "today", "met"),
    [
        (K.MEDICAL_CERT, S.RENEWAL, date(2026, 3, 2), date(2026, 3, 2), True),
        (K.MEDICAL_CERT, S.RENEWAL, date(2026, 2, 16), date(2026, 3, 2), True),
        (K.MEDICAL_CERT, S.RENEWAL, date(2026, 2, 15), date(2026, 3, 2), False),
        (K.PSYCH_CERT, S.RENEWAL, date(2025, 9, 2), date(2026, 3, 2), True),
        (K.PSYCH_CERT, S.RENEWAL, date(2025, 9, 1), date(2026, 3, 2), False),
        (K.PSYCH_CERT, S.RENEWAL, date(2025, 8, 31), date(2026, 2, 28), True),
        (K.PSYCH_CERT, S.RENEWAL, date(2025, 8, 31), date(2026, 3, 1), False),
        (K.TRAINING_CERT, S.NEW_ISSUE, date(2025, 9, 2), date(2026, 3, 2), True),
        (K.TRAINING_CERT, S.NEW_ISSUE, date(2025, 9, 1), date(2026, 3, 2), False),
        (K.COMPETENCE_LETTER, S.NEW_ISSUE, date(2025, 9, 2), date(2026, 3, 2), True),
        (K.COMPETENCE_LETTER, S.NEW_ISSUE, date(2025, 9, 1), date(2026, 3, 2), False),
        (K.PAYMENT, S.RENEWAL, date(2020, 1, 1), date(2026, 3, 2), True),
    ],
)
def test_shelf_lives(kind, service, issued, today, met) -> None:
    requirement = needs(service, L.C, today)[kind]
    assert judge(requirement, issued, today).met is met


@pytest.mark.parametrize(("issued", "met"), [(date(2025, 3, 2), True), (date(2025, 3, 1), False)])
def test_a_skill_certificate_serves_twelve_months(issued: date, met: bool) -> None:
    requirement = needs(S.CLASS_UPGRADE, L.A_UMUM)[K.SKILL_CERT]
    assert judge(requirement, issued, TODAY).met is met


def test_one_day_too_old_names_date_and_rule() -> None:
    requirement = needs(S.RENEWAL, L.C)[K.MEDICAL_CERT]
    verdict = judge(requirement, date(2026, 2, 15), TODAY)
    assert isinstance(verdict.problem, CertificateExpired)
    assert verdict.problem.facts() == {
        "kind": K.MEDICAL_CERT,
        "issued_on": date(2026, 2, 15),
        "days": 15,
        "limit_days": 14,
        "usable_until": date(2026, 3, 1),
        "source": requirement.source,
    }
    assert verdict.effect is E.BLOCK
    assert verdict.days_left(TODAY) == -1


def test_a_date_to_come_and_a_missing_date_are_told_apart() -> None:
    requirement = needs(S.RENEWAL, L.C)[K.MEDICAL_CERT]
    tomorrow = judge(requirement, TODAY + timedelta(days=1), TODAY)
    assert isinstance(tomorrow.problem, CertificateNotYetValid)
    assert isinstance(judge(requirement, None, TODAY).problem, RequirementUndated)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_a_certificate_ages_once_and_for_all(issued: date, days: int) -> None:
    requirement = needs(S.RENEWAL, L.C)[K.MEDICAL_CERT]
    assert judge(requirement, issued, issued + timedelta(days=days)).met == (days <= 14)


def strictest(verdicts: tuple[RequirementVerdict, ...]) -> Enforcement:
    """What the whole set stops now."""
    return max((v.effect for v in verdicts), key=list(E).index, default=E.OFF)


def all_needed(service: Service, licence_class: LicenceClass) -> tuple[Requirement, ...]:
    return requirements_for(rules_on().requirements, service, licence_class)


def test_one_of_two_school_papers_is_enough() -> None:
    needed = all_needed(S.NEW_ISSUE, L.C)
    brought: dict[RequirementKind, date | None] = {one.kind: TODAY for one in needed}
    del brought[K.TRAINING_CERT]
    verdicts = judge_all(needed, brought, TODAY)
    assert strictest(verdicts) is E.OFF
    assert K.TRAINING_CERT not in {verdict.requirement.kind for verdict in verdicts}
    del brought[K.COMPETENCE_LETTER]
    assert strictest(judge_all(needed, brought, TODAY)) is E.WARN


def test_jkn_arrears_let_the_card_be_made() -> None:
    needed = all_needed(S.RENEWAL, L.C)
    brought = {one.kind: TODAY for one in needed if one.kind is not K.JKN_STATUS}
    verdicts = judge_all(needed, brought, TODAY)
    assert strictest(verdicts) is E.HOLD_HANDOVER
    missing = [v.problem for v in verdicts if not v.met]
    assert [type(one) for one in missing] == [RequirementMissing]


def test_the_strictest_lack_decides() -> None:
    needed = all_needed(S.RENEWAL, L.C)
    assert strictest(judge_all(needed, {}, TODAY)) is E.BLOCK
    assert strictest(()) is E.OFF
    assert judge_missing(needed[0]).effect is E.BLOCK
