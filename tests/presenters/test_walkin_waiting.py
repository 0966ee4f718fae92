"""While the walk-in waits for a KTP-el, a finger or a device: who didn't come, and the next."""

from __future__ import annotations

import pytest

from desktop.domain.reasons import OutOfTurnReason
from desktop.domain.service import Service
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_call import CallTicket
from desktop.presenters.walkin_view import LOOKING, WalkStep
from desktop.services.doubts import Outcome
from tests.presenters.busy_lane import BusyLane, on_busy_lane
from tests.presenters.test_walkin import problem, to, walk
from tests.walks.world import World

__all__ = ["walk"]


@pytest.fixture
def reader(walk: WalkIn, world: World) -> BusyLane:
    """Somebody was called, and nothing lies on the reader."""
    walk.leave_visit()
    world.stage.take_eid()
    lane = on_busy_lane(walk, "eid_reader")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    walk.call_next()
    assert walk.view.doing == "doing.read_eid"
    return lane


def test_who_did_not_come_goes_back_while_their_ktp_is_waited_for(
    walk: WalkIn, reader: BusyLane
) -> None:
    ticket = walk.view.ticket
    assert ticket is not None
    walk.skip()
    reader.let_go()
    assert walk.view.idle
    assert walk.view.problem is None
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.skipped"
    assert ticket.id in [one.id for one in walk.desk.queue.waiting()]


def test_f3_names_the_way_on_while_a_ktp_is_waited_for(
    walk: WalkIn, reader: BusyLane, world: World
) -> None:
    walk.call_if_free()
    assert problem(walk) == "ServeFirst"
    world.put_eid(world.people[1])
    reader.let_go()
    assert walk.view.identity is not None
    assert walk.view.problem is None, "it was said of the waiting"


def test_f3_names_the_key_that_ends_the_wait_for_a_device(walk: WalkIn, world: World) -> None:
    """Of who is registered: nothing can be held before that."""
    to(walk, world, WalkStep.CAPTURE)
    camera = on_busy_lane(walk, "camera")
    walk.take_photo()
    walk.call_if_free()
    assert problem(walk) == "WaitFirst"
    walk.escape()
    camera.let_go()
    assert walk.view.problem is None
    walk.hold()
    assert walk.view.may_leave, "by the key that it named"


def test_f3_asks_for_the_card_that_is_being_looked_at(walk: WalkIn, world: World) -> None:
    """To stop the look frees nothing: a card is taken or refused before its case is held."""
    to(walk, world, WalkStep.PRODUCTION)
    walk.enter_key()
    walk.show(doing=LOOKING)
    walk.call_if_free()
    assert problem(walk) == "CardFirst"


def test_that_nobody_waits_stands_above_no_case(walk: WalkIn, world: World) -> None:
    """An approver who took over pressed F3 beside the case, and the case goes on afterwards."""
    to(walk, world, WalkStep.APPROVAL)
    case = walk.view.app
    assert case is not None
    world.take_over("sri")
    walk.call_if_free()
    assert walk.view.problem is None
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.nobody_waits"
    assert walk.view.app == case
    walk.leave_visit()
    walk.call_if_free()
    assert problem(walk) == "QueueEmpty", "here it is all there is to say"


def test_a_card_that_is_being_made_stays_on_show_where_nobody_waits(
    walk: WalkIn, world: World
) -> None:
    """F3, as the page says; what comes out is told at the case then."""
    to(walk, world, WalkStep.PRODUCTION)
    case = walk.view.app
    assert case is not None
    printer = on_busy_lane(walk, "card_printer")
    walk.enter_key()
    walk.call_if_free()
    assert walk.view.problem is None
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.nobody_waits"
    assert walk.view.app is not None
    assert walk.view.app.id == case.id
    assert walk.view.cancellable
    printer.let_go()
    assert walk.view.outcome is Outcome.PRINTED


def test_the_queue_s_button_calls_nobody_beside_who_is_served(
    walk: WalkIn, reader: BusyLane, world: World
) -> None:
    """It says F3 and does what F3 does; the wait for a KTP-el goes on, too."""
    here = walk.view.ticket
    assert here is not None
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    for _ in range(2):
        walk.leave()
        walk.enter(CallTicket())
        assert walk.view.ticket == here
        assert len(world.desk.queue.waiting()) == 1
        world.put_eid(world.people[1])
        reader.let_go()
        assert walk.view.identity is not None
    walk.skip()
    walk.leave()
    walk.enter(CallTicket())
    assert walk.view.ticket is not None
    assert walk.view.ticket.id != here.id


def test_who_is_called_from_the_queue_beside_who_is_served_is_told_why_not(
    walk: WalkIn, world: World
) -> None:
    """F3 from another screen only comes back to who is served; the button asked for the next."""
    to(walk, world, WalkStep.REQUIREMENTS)
    case = walk.view.app
    next_one = world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    walk.leave()
    walk.enter()
    walk.call_if_left()
    assert walk.view.problem is None
    walk.leave()
    walk.enter(CallTicket())
    assert problem(walk) == "ServeFirst"
    assert walk.view.app == case
    assert [one.id for one in world.desk.queue.waiting()] == [next_one.id]
    walk.hold()
    walk.enter(CallTicket())
    assert walk.view.problem is None
    assert walk.view.ticket is not None
    assert walk.view.ticket.id == next_one.id


def test_who_comes_again_is_called_out_of_turn_while_a_card_prints(
    walk: WalkIn, world: World
) -> None:
    """Rahmat prints and may call no first visit; that one waits before them changes nothing."""
    to(walk, world, WalkStep.PRODUCTION)
    case = walk.view.app
    assert case is not None
    world.sign_in("rahmat")
    walk.open(case.id)
    first = world.desk.queue.take_ticket(world.by, None, "priority")
    again = world.desk.queue.take_ticket(world.by, None, "return_visit")
    assert [one.id for one in world.desk.queue.waiting()] == [first.id, again.id]
    printer = on_busy_lane(walk, "card_printer")
    walk.enter_key()
    assert walk.view.cancellable
    walk.enter(CallTicket(first.id))
    assert problem(walk) == "RoleMissing"
    assert walk.view.app is not None
    walk.enter(CallTicket(again.id, OutOfTurnReason.OTHER, "Ditunggu ambulans."))
    assert walk.view.problem is None
    assert walk.view.ticket is not None
    assert walk.view.ticket.id == again.id
    printer.let_go()
