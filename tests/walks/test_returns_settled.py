"""A return whose card was settled elsewhere since: by another return, at the shelf, at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Role
from desktop.domain.shipment import ReturnCase, ReturnState
from desktop.domain.stock import BlankState
from desktop.services.destruction import burials_of
from tests.walks.online_day import OnlineDay
from tests.walks.signed import assert_two_signed
from tests.walks.test_returns import blank_state
from tests.walks.world import World


@pytest.fixture
def day(world: World) -> Iterator[OnlineDay]:
    yield OnlineDay(world)
    assert_two_signed(world)


def held_and_corrected(day: OnlineDay, app: Application) -> ReturnCase:
    """Its card came back and was held; then Andi corrects what stands on it."""
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(app.blank_serial)
    day.world.desk.returns.check_card(day.world.by, case.id, app.blank_serial)
    case = day.world.desk.returns.hold_for_collection(day.world.by, case.id, "B-07")
    day.world.sign_in("andi")
    right = replace(app.applicant, occupation="PETANI")
    day.world.desk.corrections.printed(day.world.by, app.id, right)
    return case


@pytest.mark.parametrize(
    ("way", "burnt"), [("swap", True), ("empty", True), ("lost", True), ("lost", False)]
)
def test_the_second_parcel_of_a_swap_ends_too_and_its_card_stays_to_be_destroyed(
    day: OnlineDay, way: str, burnt: bool
) -> None:
    mine, other = day.ready(count=2)
    first, second = day.dispatched(mine, other)
    case = day.came_back(first)
    desk, by, bambang = day.world.desk, day.world.by, day.second("bambang")
    day.lay(other.blank_serial)
    desk.returns.check_card(by, case.id, other.blank_serial)
    desk.outcomes.settle_swap(by, bambang, case.id, "dua kartu tertukar")
    stands = BlankState.TO_BE_DESTROYED
    if burnt:
        desk.destruction.destroy(by, bambang, [other.blank_serial])
        stands = BlankState.DESTROYED
    if way == "lost":
        desk.tracking.declare_lost(by, bambang, second.awb, "kurir tidak menemukan")
    else:
        later = day.came_back(second)
        by, bambang = day.world.by, day.second("bambang")
        if way == "empty":
            desk.outcomes.found_empty(by, bambang, later.id, "amplop kosong")
        else:
            day.lay(mine.blank_serial)
            desk.returns.check_card(by, later.id, mine.blank_serial)
            desk.outcomes.settle_swap(by, bambang, later.id, "yang satunya")
        assert desk.returns.case(later.id).state is ReturnState.REPRINTED
    assert blank_state(day, other.blank_serial) is stands
    assert {day.app(one.id).state for one in (mine, other)} == {S.APPROVED}


def test_a_recalled_card_destroyed_with_the_others_ends_its_return(day: OnlineDay) -> None:
    """The stock keeper destroys what waits; nothing is left to do about the parcel."""
    desk, [app] = day.world.desk, day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(app.blank_serial)
    desk.returns.check_card(day.world.by, case.id, app.blank_serial)
    desk.outcomes.recall(day.world.by, day.second("bambang"), case.id)
    day.world.sign_in("nyoman")
    keeper = replace(day.world.by, roles=frozenset({Role.STOCK_KEEPER}))
    desk.destruction.destroy(keeper, day.second("bambang"), [app.blank_serial])
    case = desk.returns.case(case.id)
    assert case.state is ReturnState.DESTROYED
    with desk.ledger.reading() as r:
        assert {case.minutes} == burials_of(r, desk.frame.counter, [app.blank_serial])


def test_a_new_card_handed_over_isn_t_the_held_one_that_it_replaced(day: OnlineDay) -> None:
    desk, [app] = day.world.desk, day.ready()
    held = held_and_corrected(day, app)
    desk.online.verify(day.world.by, app.id, override="photo_check_mistaken")
    day.world.sign_in("sri")
    desk.approvals.approve(day.world.by, app.id)
    new = day.made(app.id)
    day.world.sign_in("andi")
    assert desk.handover.hand_over(day.world.by, app.id, new.blank_serial).state is S.CLOSED
    assert desk.returns.case(held.id).state is ReturnState.HELD_FOR_COLLECTION


def test_a_replaced_card_that_was_destroyed_already_ends_with_its_recall(day: OnlineDay) -> None:
    desk, [app] = day.world.desk, day.ready()
    case = held_and_corrected(day, app)
    day.world.sign_in("rahmat")
    by, bambang = day.world.by, day.second("bambang")
    desk.destruction.destroy(by, bambang, [app.blank_serial])
    case = desk.outcomes.recall(by, bambang, case.id)
    assert case.state is ReturnState.DESTROYED
    with desk.ledger.reading() as r:
        assert {case.minutes} == burials_of(r, desk.frame.counter, [app.blank_serial])
