"""A visit of several cases: which comes next; what was said of one isn't said of another."""

from __future__ import annotations

from desktop.domain.application import ApplicationState as S
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkStep
from devices.simulators.faults import Fault, FaultName
from tests.presenters.busy_lane import on_busy_lane
from tests.presenters.test_walkin import outside, problem, to, walk
from tests.walks.world import World

__all__ = ["walk"]


def beside_another(walk: WalkIn, world: World, step: WalkStep) -> None:
    """The first case stands at a step and is on show; the second is just registered."""
    to(walk, world, step)
    walk.add_case()
    walk.choose(next(i for i, c in enumerate(walk.view.choices) if c.possible))
    walk.enter_key()
    assert len(walk.view.cases) == 2
    walk.pick(0)
    assert walk.view.step is step


def test_once_the_first_is_confirmed_the_second_is_on_show(walk: WalkIn, world: World) -> None:
    beside_another(walk, world, WalkStep.CONFIRM)
    walk.enter_key()
    assert [app.state for app in walk.view.cases] == [S.CONFIRMED, S.REGISTERED]
    assert walk.view.current == 1
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.confirmed_next"
    walk.call_if_free()
    assert problem(walk) == "ServeFirst"
    walk.pick(0)
    walk.call_if_free()
    assert problem(walk) == "OtherFirst", "what keeps the next one waiting isn't on show"


def test_what_the_bank_said_of_one_case_isn_t_said_of_the_other(walk: WalkIn, world: World) -> None:
    beside_another(walk, world, WalkStep.PAYMENT)
    walk.pick(1)
    to(walk, world, WalkStep.TESTS)
    walk.pick(0)
    assert walk.view.app is not None
    outside(world).paid[walk.view.app.billing_code] = 0
    walk.enter_key()
    assert walk.view.problem is not None
    walk.pick(1)
    assert walk.view.problem is None


def test_a_refused_photo_may_be_overruled_after_a_look_at_the_other_case(
    walk: WalkIn, world: World
) -> None:
    """One photo serves the whole visit."""
    beside_another(walk, world, WalkStep.CAPTURE)
    world.bench.order("camera", Fault("camera.capture", FaultName.EYES_CLOSED))
    walk.take_photo()
    refused = walk.view.photo
    assert refused.attempt_id
    walk.pick(1)
    walk.pick(0)
    assert walk.view.problem is None
    assert walk.view.photo.attempt_id == refused.attempt_id
    assert walk.view.photo.findings == refused.findings
    assert walk.view.photo.picture == refused.picture
    world.stage.ready_to_sign(world.people[1])
    walk.overrule("eye_closed")
    assert walk.view.photo.accepted
    assert walk.view.photo.overruled
    walk.pick(1)
    walk.pick(0)
    assert walk.view.photo.accepted
    assert walk.view.photo.overruled, "used with a reason, not good"
    walk.take_photo()
    assert walk.view.photo.accepted
    assert not walk.view.photo.overruled


def test_who_turns_to_the_other_case_while_a_device_is_waited_for_is_told_why_not(
    walk: WalkIn, world: World
) -> None:
    beside_another(walk, world, WalkStep.CAPTURE)
    camera = on_busy_lane(walk, "camera")
    walk.take_photo()
    walk.turn_to(1)
    assert walk.view.current == 0
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.wait_to_turn.esc"
    walk.escape()
    camera.let_go()
    walk.pick_next()
    assert walk.view.current == 1


def test_nobody_who_turns_to_the_other_case_is_told_to_stop_a_card(
    walk: WalkIn, world: World
) -> None:
    beside_another(walk, world, WalkStep.PRODUCTION)
    printer = on_busy_lane(walk, "card_printer")
    walk.enter_key()
    walk.pick_next()
    assert walk.view.current == 0
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.wait_to_turn", "as Esc would"
    printer.let_go()


def test_whose_first_application_is_held_is_served_on_at_the_second(
    walk: WalkIn, world: World
) -> None:
    """They still stand at the counter; F3 calls nobody before they are done."""
    beside_another(walk, world, WalkStep.PAYMENT)
    walk.hold("waiting_for_payment")
    assert [app.state for app in walk.view.cases] == [S.ON_HOLD, S.REGISTERED]
    assert walk.view.current == 1
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.held_next"
    walk.call_if_free()
    assert problem(walk) == "ServeFirst"
    walk.hold("waiting_for_document")
    assert walk.view.idle
