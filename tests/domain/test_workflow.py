"""The tables are whole: everything can be reached and left, nothing is said twice or unsaid.

What the tables *forbid* is proved in test_workflow_property.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from itertools import pairwise, product

import pytest

from desktop.domain.application import ENDS, ApplicationState
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import OwnWork, Role, RoleMissing, SameOfficer
from desktop.domain.service import Channel, Service
from desktop.domain.shipment import ParcelAction, ParcelState, ReturnAction, ReturnState
from desktop.domain.stock import BlankAction, BlankState
from desktop.domain.workflow import (
    APPLICATION,
    BLANK,
    PARCEL,
    RETURN,
    TABLES,
    Action,
    Facts,
    Gate,
    GatesMissing,
    NoSuchStep,
    Step,
    Table,
    percent_told,
    road,
)

AnyTable = Table[StrEnum, StrEnum]
AnyStep = Step[StrEnum, StrEnum]

DOORS = tuple(product(Service, Channel))
STATES: dict[str, type[StrEnum]] = {
    "application": ApplicationState,
    "blank": BlankState,
    "parcel": ParcelState,
    "return": ReturnState,
}
ACTIONS: dict[str, type[StrEnum]] = {
    "application": Action,
    "blank": BlankAction,
    "parcel": ParcelAction,
    "return": ReturnAction,
}
# Acts that bring a thing into the world: there is no state to leave.
CREATIONS: dict[str, set[StrEnum]] = {
    "blank": {BlankAction.RECEIVE},
    "parcel": {ParcelAction.PACK},
}
TABLE_ENDS: dict[str, frozenset[StrEnum]] = {
    "application": frozenset(ENDS),
    "blank": frozenset({BlankState.TRANSFERRED, BlankState.DESTROYED}),
    "parcel": frozenset(
        {
            ParcelState.UNPACKED,
            ParcelState.DELIVERED,
            ParcelState.RETURN_RECEIVED,
            ParcelState.LOST,
        }
    ),
    "return": frozenset(
        {
            ReturnState.REDISPATCHED,
            ReturnState.COLLECTED,
            ReturnState.REPRINTED,
            ReturnState.DESTROYED,
        }
    ),
}
# An end is left only by these: somebody comes back with what was thought to be settled.
SECOND_LIVES: set[tuple[StrEnum, StrEnum]] = {
    (S.CLOSED, Action.CORRECT_HANDED),
    (S.CLOSED, Action.REISSUE),
    (S.CLOSED, Action.TAKE_BACK),
    (S.RECALLED, Action.REISSUE),
    (ParcelState.DELIVERED, ParcelAction.DISPUTE),
    (ParcelState.LOST, ParcelAction.TURN_UP),
}
# The card's content stays as approved, so these come back to APPROVED without a new approval.
KEEPS_APPROVAL = {Action.MATERIAL_ARRIVED, Action.GIVE_UP, Action.SPOIL, Action.REISSUE}
# Two signatures, whoever asks: destruction, write-off, custody given away, an opened envelope.
TWO_SIGNATURES: set[tuple[StrEnum, StrEnum]] = {
    (S.HANDED_OVER, Action.CORRECT_HANDED),
    (S.CLOSED, Action.CORRECT_HANDED),
    (S.READY, Action.RECALL),
    (S.READY, Action.REISSUE),
    (S.IN_DELIVERY, Action.REISSUE),
    (S.HANDED_OVER, Action.REISSUE),
    (S.CLOSED, Action.REISSUE),
    (S.HANDED_OVER, Action.TAKE_BACK),
    (S.CLOSED, Action.TAKE_BACK),
    (BlankState.MISSING, BlankAction.FIND),
    (ParcelState.PACKED, ParcelAction.DECLARE_LOST),
    (ReturnState.HELD_FOR_COLLECTION, ReturnAction.RECALL),
    (ReturnState.HELD_FOR_COLLECTION, ReturnAction.REPRINT),
    (BlankState.IN_STOCK, BlankAction.TRANSFER),
    (BlankState.TO_BE_DESTROYED, BlankAction.DESTROY),
    (ParcelState.DISPATCHED, ParcelAction.DECLARE_LOST),
    (ParcelState.IN_TRANSIT, ParcelAction.DECLARE_LOST),
    (ParcelState.FAILED, ParcelAction.DECLARE_LOST),
    (ParcelState.RETURNING, ParcelAction.DECLARE_LOST),
    (ParcelState.DISPUTED, ParcelAction.DECLARE_LOST),
    (ReturnState.RECEIVED, ReturnAction.VERIFY),
    (ReturnState.VERIFIED, ReturnAction.RECALL),
    (ReturnState.VERIFIED, ReturnAction.REPRINT),
    (ReturnState.RECALLED, ReturnAction.DESTROY),
}

every_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
every_door = pytest.mark.parametrize(
    ("service", "channel"), DOORS, ids=[f"{service}-{channel}" for service, channel in DOORS]
)


def open_to(table: AnyTable, service: Service, channel: Channel) -> list[AnyStep]:
    """The rows that a service and channel may use."""
    return [s for s in table.steps if service in s.services and channel in s.channels]


def ways(steps: Iterable[AnyStep]) -> dict[StrEnum, set[StrEnum]]:
    """Which states follow which; a hold ends wherever it may have begun."""
    rows = list(steps)
    following: dict[StrEnum, set[StrEnum]] = {}
    for step in rows:
        to = [r.state for r in rows if r.next is step.state] if step.next is None else [step.next]
        following.setdefault(step.state, set()).update(to)
    return following


def reached(start: StrEnum, following: dict[StrEnum, set[StrEnum]]) -> set[StrEnum]:
    seen, left = {start}, [start]
    while left:
        fresh = following.get(left.pop(), set()) - seen
        seen |= fresh
        left.extend(fresh)
    return seen


@every_table
def test_every_state_is_reached_from_the_start(table: AnyTable) -> None:
    found: set[StrEnum] = set()
    for service, channel in DOORS:
        found |= reached(table.start, ways(open_to(table, service, channel)))
    assert found == set(STATES[table.name])


@every_door
@every_table
def test_an_open_state_has_an_exit_and_an_end_in_sight(
    table: AnyTable, service: Service, channel: Channel
) -> None:
    following = ways(open_to(table, service, channel))
    ends = TABLE_ENDS[table.name]
    stuck = [
        state
        for state in reached(table.start, following) - ends
        if not following.get(state) or not reached(state, following) & ends
    ]
    assert stuck == []


@every_table
def test_an_end_is_left_only_for_a_second_life(table: AnyTable) -> None:
    left = {(s.state, s.action) for s in table.steps if s.state in TABLE_ENDS[table.name]}
    assert left == {pair for pair in SECOND_LIVES if type(pair[0]) is STATES[table.name]}


@every_table
def test_what_leads_to_a_dead_end_is_never_called_reversible(table: AnyTable) -> None:
    left = {step.state for step in table.steps}
    wrong = [
        (s.state, s.action)
        for s in table.steps
        if s.next is not None and s.next not in left and s.reversible
    ]
    assert wrong == []


@every_door
@every_table
def test_no_two_rows_answer_the_same_question(
    table: AnyTable, service: Service, channel: Channel
) -> None:
    asked = [(s.state, s.action) for s in open_to(table, service, channel)]
    assert sorted(asked) == sorted(set(asked))


@every_table
def test_every_act_stands_in_the_table(table: AnyTable) -> None:
    used = {step.action for step in table.steps}
    assert used == set(ACTIONS[table.name]) - CREATIONS.get(table.name, set())


def test_every_gate_guards_something() -> None:
    assert {gate for table in TABLES for step in table.steps for gate in step.gates} == set(Gate)


@every_table
def test_every_row_names_who_may_and_none_of_them_only_looks(table: AnyTable) -> None:
    for step in table.steps:
        assert step.roles, (step.state, step.action)
        assert not step.roles & {Role.AUDITOR, Role.ADMINISTRATOR}, (step.state, step.action)
        assert step.services, (step.state, step.action)
        assert step.channels, (step.state, step.action)


def test_only_an_approver_who_is_not_the_maker_approves() -> None:
    approvals = [step for step in APPLICATION.steps if step.action is Action.APPROVE]
    assert approvals
    for step in approvals:
        assert step.not_maker
        assert step.roles == {Role.APPROVER}
        assert Gate.APPROVAL in step.gates
        assert step.next is S.APPROVED


def test_nothing_else_leads_to_approved_but_what_was_approved_before() -> None:
    others = {
        step.action
        for step in APPLICATION.steps
        if step.next is S.APPROVED and step.action is not Action.APPROVE
    }
    assert others == KEEPS_APPROVAL


def test_the_program_and_the_centre_make_no_card_and_hand_none_over() -> None:
    hands = {
        Action.REGISTER, Action.CLAIM, Action.VERIFY, Action.APPROVE, Action.RESERVE,
        Action.ENCODE, Action.PRINT, Action.INSPECT, Action.HAND_OVER, Action.PACK,
    }  # fmt: skip
    for step in APPLICATION.steps:
        if step.action in hands:
            assert not step.roles & {Role.PROGRAM, Role.CENTRE}, (step.state, step.action)


def test_two_signatures_where_a_card_is_given_up() -> None:
    signed = {(s.state, s.action) for t in TABLES for s in t.steps if s.two_officers}
    assert sorted(TWO_SIGNATURES - signed) == []


@pytest.mark.parametrize(
    "action",
    [
        Action.REFUSE, Action.SEND_BACK, Action.REJECT, Action.CANCEL, Action.EXPIRE, Action.HOLD,
        Action.SPOIL, Action.CORRECT_PRINTED, Action.CORRECT_HANDED, Action.RECALL, Action.REISSUE,
    ],
)  # fmt: skip
def test_an_act_against_somebody_s_wish_has_a_coded_reason(action: Action) -> None:
    rows = [step for step in APPLICATION.steps if step.action is action]
    assert rows
    assert all(Gate.REASON in step.gates for step in rows)


def test_no_case_ends_beside_a_card_that_exists() -> None:
    ended = {S.REJECTED, S.CANCELLED, S.EXPIRED}
    rows = [step for step in APPLICATION.steps if step.next in ended]
    assert {step.action for step in rows} == {Action.REJECT, Action.CANCEL, Action.EXPIRE}
    assert all(Gate.NO_CARD in step.gates for step in rows)


def test_a_written_chip_never_goes_back_to_free_stock() -> None:
    given_up = {step.state for step in APPLICATION.steps if step.action is Action.GIVE_UP}
    assert given_up == {S.IN_PRODUCTION}
    released = {step.state for step in BLANK.steps if step.action is BlankAction.RELEASE}
    assert released == {BlankState.RESERVED}


def test_one_who_comes_to_the_counter_brings_what_was_proved() -> None:
    taken = [step for step in APPLICATION.steps if step.action is Action.TAKE_TO_COUNTER]
    assert {step.next for step in taken} == {S.PAID}
    for step in taken:
        assert {Gate.IDENTITY, Gate.REQUIREMENTS, Gate.PAYMENT} <= step.gates
        assert not any(service.needs_tests for service in step.services)


def test_a_hold_returns_and_holds_are_not_stacked() -> None:
    resumes = [step for step in APPLICATION.steps if step.next is None]
    assert [(step.state, step.action) for step in resumes] == [(S.ON_HOLD, Action.RESUME)]
    assert all(
        step.state is not S.ON_HOLD for step in APPLICATION.steps if step.action is Action.HOLD
    )


# -- the straight roads ------------------------------------------------------------------------


def step_between(before: S, after: S, facts: Facts) -> Step[S, Action]:
    found = [
        step
        for action in APPLICATION.actions(before, facts)
        if (step := APPLICATION.find(before, action, facts)) is not None
        and step.next is after
        and action is not Action.CORRECT
    ]
    assert len(found) == 1, (before, after, [step.action for step in found])
    return found[0]


@every_door
def test_the_straight_road_can_be_walked(service: Service, channel: Channel) -> None:
    facts = Facts(frozenset(), "82060006", "79010001", service=service, channel=channel)
    state = S.DRAFT
    for before, after in pairwise((S.DRAFT, *road(service, channel))):
        step = step_between(before, after, facts)
        ready = replace(facts, roles=step.roles, gates=step.gates)
        state, used = APPLICATION.walk(before, step.action, ready)
        assert (state, used) == (after, step)
    assert state is S.HANDED_OVER


@every_door
def test_no_step_of_the_road_goes_with_a_gate_missing(service: Service, channel: Channel) -> None:
    facts = Facts(frozenset(), "82060006", "79010001", service=service, channel=channel)
    for before, after in pairwise((S.DRAFT, *road(service, channel))):
        step = step_between(before, after, facts)
        for gate in step.gates:
            lacking = replace(facts, roles=step.roles, gates=frozenset(Gate) - {gate})
            with pytest.raises(GatesMissing) as refused:
                APPLICATION.walk(before, step.action, lacking)
            assert refused.value.missing == (gate,)


@every_door
def test_only_a_tested_service_passes_the_test_room(service: Service, channel: Channel) -> None:
    assert (S.TESTED in road(service, channel)) <= service.needs_tests
    if channel is Channel.WALK_IN:
        assert (S.TESTED in road(service, channel)) is service.needs_tests


@every_door
def test_what_the_applicant_is_told_never_goes_back(service: Service, channel: Channel) -> None:
    for by_courier in (False, True):
        told = [percent_told(state, by_courier=by_courier) for state in road(service, channel)]
        assert None not in told
        assert told == sorted(told, key=lambda percent: percent or 0)
        assert told[-1] == 100


@pytest.mark.parametrize(
    ("state", "by_courier", "parcel", "told"),
    [
        (S.READY, False, None, 80),
        (S.READY, True, None, 60),
        (S.IN_DELIVERY, True, ParcelState.PACKED, 60),
        (S.IN_DELIVERY, True, ParcelState.IN_TRANSIT, 80),
        (S.CLOSED, True, ParcelState.DELIVERED, 100),
        (S.REJECTED, False, None, None),
        (S.CANCELLED, False, None, None),
        (S.EXPIRED, False, None, None),
    ],
)
def test_the_percentage_follows_card_and_parcel(
    state: S, by_courier: bool, parcel: ParcelState | None, told: int | None
) -> None:
    assert percent_told(state, by_courier=by_courier, parcel=parcel) == told


@pytest.mark.parametrize("state", [s for s in S if s not in {S.REJECTED, S.CANCELLED, S.EXPIRED}])
def test_every_living_case_has_something_to_tell(state: S) -> None:
    assert percent_told(state, by_courier=False) in {0, 20, 40, 50, 60, 80, 100}


# -- what the walker says when it refuses ------------------------------------------------------


def approver(**changes: object) -> Facts:
    good = Facts(frozenset({Role.APPROVER}), "76040004", "79010001", frozenset(Gate))
    return replace(good, **changes)  # type: ignore[arg-type]


def test_an_act_that_the_state_does_not_know_is_named() -> None:
    with pytest.raises(NoSuchStep) as refused:
        APPLICATION.walk(S.CAPTURED, Action.PRINT, approver())
    assert refused.value.facts() == {"state": S.CAPTURED, "action": Action.PRINT}


def test_a_missing_role_is_named() -> None:
    with pytest.raises(RoleMissing) as refused:
        APPLICATION.walk(S.CONFIRMED, Action.APPROVE, approver(roles=frozenset({Role.EXAMINER})))
    assert refused.value.needed == (Role.APPROVER,)


def test_a_duty_that_no_person_can_have_is_named_to_nobody() -> None:
    with pytest.raises(RoleMissing) as refused:
        APPLICATION.walk(S.PAID, Action.CANCEL, approver(roles=frozenset({Role.EXAMINER})))
    assert refused.value.needed == (Role.REGISTRATION, Role.SUPERVISOR)
    facts = approver(roles=frozenset({Role.EXAMINER}), channel=Channel.ONLINE)
    with pytest.raises(RoleMissing) as refused:
        APPLICATION.walk(S.DRAFT, Action.RECEIVE, facts)
    assert refused.value.needed == (Role.PROGRAM, Role.CENTRE), "the program's own step"


def test_the_maker_is_refused_even_with_both_roles_and_every_gate() -> None:
    both = approver(officer="79010001", roles=frozenset({Role.REGISTRATION, Role.APPROVER}))
    with pytest.raises(OwnWork):
        APPLICATION.walk(S.CONFIRMED, Action.APPROVE, both)


def test_all_missing_gates_are_named_at_once() -> None:
    lacking = approver(gates=frozenset(Gate) - {Gate.PAYMENT, Gate.PHOTO})
    with pytest.raises(GatesMissing) as refused:
        APPLICATION.walk(S.CONFIRMED, Action.APPROVE, lacking)
    assert refused.value.missing == (Gate.PAYMENT, Gate.PHOTO)


def test_one_officer_does_not_sign_twice() -> None:
    keeper = Facts(frozenset({Role.STOCK_KEEPER}), "82060006", gates=frozenset(Gate))
    with pytest.raises(SameOfficer):
        BLANK.walk(
            BlankState.TO_BE_DESTROYED,
            BlankAction.DESTROY,
            replace(keeper, second_officer="82060006"),
        )


def test_a_second_signature_without_a_second_officer_counts_for_nothing() -> None:
    keeper = Facts(frozenset({Role.STOCK_KEEPER}), "82060006", gates=frozenset(Gate))
    with pytest.raises(GatesMissing) as refused:
        BLANK.walk(BlankState.TO_BE_DESTROYED, BlankAction.DESTROY, keeper)
    assert refused.value.missing == (Gate.SECOND_OFFICER,)


def test_a_hold_whose_beginning_is_unknown_is_not_lifted() -> None:
    supervisor = Facts(frozenset({Role.SUPERVISOR}), "74050005", gates=frozenset(Gate))
    with pytest.raises(NoSuchStep):
        APPLICATION.walk(S.ON_HOLD, Action.RESUME, supervisor)


def test_tables_have_their_own_names() -> None:
    assert [table.name for table in TABLES] == list(STATES)
    assert (APPLICATION, BLANK, PARCEL, RETURN) == TABLES
