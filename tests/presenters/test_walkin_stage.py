"""The training stage: who comes when a ticket is called."""

from __future__ import annotations

from desktop.domain.service import Service
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_stage import TrainingStage
from desktop.presenters.walkin_view import WalkStep
from tests.walks.world import World


def called(world: World) -> tuple[WalkIn, TrainingStage]:
    """The first of two renewals is registered, and waits."""
    world.sign_in("andi")
    for _ in range(2):
        world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    walk = WalkIn(world.desk)
    stage = TrainingStage(world.desk, walk)
    walk.enter()
    walk.call_next()
    walk.enter_key()
    assert walk.view.step is WalkStep.REQUIREMENTS
    return walk, stage


def test_the_next_ticket_brings_somebody_else_though_the_first_one_waits(world: World) -> None:
    walk, stage = called(world)
    first = stage.view.here
    assert first
    while walk.view.step is not WalkStep.APPROVAL:
        if walk.view.step is WalkStep.CAPTURE:
            stage.sign_again()
        walk.enter_key()
    assert stage.view.here == first
    walk.call_next()
    assert walk.view.identity is not None
    assert stage.view.here != first
    assert walk.view.identity.applicant.nik == stage.view.here


def test_whoever_was_chosen_beforehand_comes_with_the_next_ticket(world: World) -> None:
    walk, stage = called(world)
    walk.hold("applicant_left")
    assert not stage.view.here
    chosen = stage.view.seats[5].nik
    stage.come(chosen)
    walk.call_next()
    assert walk.view.identity is not None
    assert walk.view.identity.applicant.nik == chosen


def test_whoever_comes_after_a_card_was_read_is_read_too(world: World) -> None:
    walk, stage = called(world)
    walk.hold("applicant_left")
    walk.call_next()
    assert walk.view.identity is not None
    known = next(s for s in stage.view.seats if s.ends_in is not None and s.nik != stage.view.here)
    stage.come(known.nik)
    assert walk.view.identity is not None
    assert walk.view.identity.applicant.nik == known.nik
    stage.come(known.nik, impostor=True)
    assert walk.view.identity is not None
    assert walk.view.identity.applicant.nik == known.nik
    assert walk.view.identity.applicant.name != known.extra.person.name
    assert walk.view.standing is not None
    assert walk.view.standing.contested
