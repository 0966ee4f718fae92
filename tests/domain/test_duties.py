"""Duty plans: which duties one person may hold in a crew of two, five and twelve."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from desktop.domain.duties import DutyFault, DutyPlan, check_duties, crew_of, plan_for
from desktop.domain.officer import NEVER_ONE_PERSON, Actor, Officer, Role
from desktop.domain.rules import RulesDamaged
from desktop.domain.service import Service
from desktop.rulebook import FOLDER, Rulebook
from desktop.rulebook_files import FILES
from desktop.training.officers import SAMPLE_OFFICERS
from tests.domain.office_rules import rules_on

TODAY = date(2026, 3, 2)
R = Role
RULES = rules_on()


def officer(
    number: str, *roles: Role, until: date | None = None, more: Role | None = None
) -> Officer:
    return Officer(
        id=number, name=number, rank="", roles=frozenset(roles), password_hash="", secret={},
        certificate="", delegate_roles=frozenset({more} if more else ()), delegate_until=until,
    )  # fmt: skip


def plan(crew: int) -> DutyPlan:
    return plan_for(RULES.duties, crew)


@pytest.mark.parametrize("role", [Role.PROGRAM, Role.CENTRE])
def test_what_the_program_does_bears_nobody_s_number(role: Role) -> None:
    assert not Actor("", "", frozenset({role})).is_person
    with pytest.raises(ValueError):
        Actor("79010001", "s", frozenset({role}))


@pytest.mark.parametrize(("crew", "holds"), [(1, 2), (2, 2), (3, 5), (5, 5), (6, 12), (40, 12)])
def test_the_smallest_plan_that_is_large_enough_holds(crew: int, holds: int) -> None:
    assert plan(crew).crew == holds


def test_two_people_share_the_work_and_neither_does_all_of_it() -> None:
    bus = [
        officer("1", R.REGISTRATION, R.IDENTIFICATION, R.PRODUCTION),
        officer("2", R.APPROVER, R.SUPERVISOR, R.DISPATCH, R.STOCK_KEEPER),
    ]
    two = plan(len(crew_of(bus, TODAY)))
    assert check_duties(two, bus, TODAY) == []
    alone = officer("1", R.REGISTRATION, R.APPROVER)
    assert two.pair_in(alone.roles) == (R.APPROVER, R.REGISTRATION)
    assert Service.NEW_ISSUE in two.waits
    assert 0 < two.offline_cards < plan(5).offline_cards < plan(12).offline_cards


def test_what_a_small_crew_may_do_together_a_large_one_keeps_apart() -> None:
    both = {R.APPROVER, R.STOCK_KEEPER}
    assert plan(2).fits(both)
    assert not plan(12).fits(both)


def test_the_sample_office_keeps_its_plan() -> None:
    crew = [officer(one.nrp, *one.roles) for one in SAMPLE_OFFICERS]
    assert len(crew_of(crew, TODAY)) == len(SAMPLE_OFFICERS) - 2
    assert check_duties(plan(6), crew, TODAY) == []


def test_who_holds_too_much_and_what_nobody_holds_are_named() -> None:
    crew = [
        officer("1", R.REGISTRATION, R.IDENTIFICATION, R.APPROVER),
        officer("2", R.DISPATCH, R.EXAMINER),
        officer("3", R.PRODUCTION),
    ]
    found = check_duties(plan(5), crew, TODAY)
    assert [(one.fault, one.officer) for one in found] == [
        (DutyFault.NEVER, "1"), (DutyFault.NOT_TOGETHER, "2"), (DutyFault.NOBODY, ""),
    ]  # fmt: skip
    assert set(found[-1].roles) == {R.STOCK_KEEPER, R.SUPERVISOR}


def test_a_delegation_counts_to_its_last_day() -> None:
    crew = [officer("1", R.REGISTRATION, until=TODAY, more=R.APPROVER)]
    assert check_duties(plan(1), crew, TODAY)[0].fault is DutyFault.NEVER
    tomorrow = TODAY + timedelta(days=1)
    assert check_duties(plan(1), crew, tomorrow)[0].fault is DutyFault.NOBODY


@pytest.mark.parametrize("crew", [2, 5, 12])
def test_no_plan_allows_what_no_case_allows(crew: int) -> None:
    for pair in NEVER_ONE_PERSON:
        if R.AUDITOR not in pair:
            assert plan(crew).pair_in(pair) is not None
    for allowed in plan(crew).together:
        assert plan(crew).pair_in(allowed) is None


def test_a_plan_that_contradicts_itself_is_refused() -> None:
    texts = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.toml")}
    bad = texts["duties.toml"].replace(
        '["approver", "supervisor"]', '["approver", "supervisor", "registration"]'
    )
    assert bad != texts["duties.toml"]
    with pytest.raises(RulesDamaged) as caught:
        Rulebook.read({**texts, "duties.toml": bad})
    assert caught.value.file == "duties.toml"
    assert "duties.toml" in FILES
