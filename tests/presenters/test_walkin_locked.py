"""The walk-in behind the lock: what an answer would begin by itself waits for whoever unlocks."""

from __future__ import annotations

from desktop.domain.service import Service
from desktop.presenters.base import DESK
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkStep
from tests.presenters.busy_lane import on_busy_lane
from tests.presenters.test_walkin import to
from tests.walks.world import PASSWORDS, World


def called(world: World) -> WalkIn:
    """Andi has called somebody for a renewal; the KTP is read."""
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    world.put_eid(world.people[1])
    world.stage.sit(world.people[1])
    made = WalkIn(world.desk)
    made.enter()
    made.call_next()
    return made


def test_issuers_are_asked_once_the_window_is_unlocked(world: World) -> None:
    walk = called(world)
    lane = on_busy_lane(walk, DESK)
    walk.enter_key()
    world.desk.duty.lock()
    lane.let_go()
    assert walk.view.step is WalkStep.REQUIREMENTS
    assert walk.view.problem is None
    shown = walk.view.checklist
    assert shown is not None
    assert shown.evidence == {}, "what is missing stands there; nobody was asked for it"
    world.desk.duty.unlock(*PASSWORDS["andi"])
    lane.let_go()
    shown = walk.view.checklist
    assert shown is not None
    assert shown.evidence
    walk.enter_key()
    lane.let_go()
    assert walk.view.step is WalkStep.PAYMENT


def test_nobody_signs_and_nothing_is_resumed_behind_the_lock(world: World) -> None:
    walk = called(world)
    to(walk, world, WalkStep.CAPTURE)
    camera, app = on_busy_lane(walk, "camera"), walk.view.app
    assert app is not None
    walk.take_photo()
    world.desk.duty.lock()
    camera.let_go()
    assert (walk.view.photo.accepted, walk.view.doing, walk.view.problem) == (True, "", None)
    world.desk.duty.unlock(*PASSWORDS["andi"])
    world.stage.ready_to_sign(world.people[1])
    walk.enter_key()
    assert walk.view.photo.complete
    walk.hold()
    lane = on_busy_lane(walk, DESK)
    walk.open(app.id)
    world.desk.duty.lock()
    lane.let_go()
    assert walk.view.held
    world.desk.duty.unlock(*PASSWORDS["andi"])
    walk.enter_key()
    lane.let_go()
    assert not walk.view.held


def test_a_card_handed_over_just_before_the_lock_has_its_receipt_made_afterwards(
    world: World,
) -> None:
    walk = called(world)
    to(walk, world, WalkStep.HANDOVER)
    assert walk.view.app is not None
    walk.scanned(walk.view.app.blank_serial)
    lane = on_busy_lane(walk, DESK)
    walk.enter_key()
    world.desk.duty.lock()
    lane.let_go()
    assert (walk.view.step, walk.view.problem) == (WalkStep.DONE, None)
    assert len(walk.view.handed) == 1
    assert world.bench.take_papers() == []
    world.desk.duty.unlock(*PASSWORDS["andi"])
    lane.let_go()
    walk.print_receipt()
    lane.let_go()
    assert len(world.bench.take_papers()) == 1
