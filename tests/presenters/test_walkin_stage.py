"""The training stage: who comes when a ticket is called."""

from __future__ import annotations

from dataclasses import replace

from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Licence, LicenceStatus, Person
from desktop.domain.service import Service
from desktop.presenters.simulator import Simulator
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_stage import Seat, TrainingStage
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


def seat_of(stage: TrainingStage, nik: str) -> Seat:
    stage.load()
    return next(seat for seat in stage.view.seats if seat.nik == nik)


def test_only_what_is_held_is_listed_as_held(world: World) -> None:
    """A licence that was replaced by another class's, or revoked, is none that is held."""
    world.sign_in("andi")
    desk = world.desk
    stage = TrainingStage(desk, WalkIn(desk))
    stage.load()
    chosen = next(s for s in stage.view.seats if len(s.extra.licences) == 1)
    with desk.ledger.reading() as r:
        person = r.first(Person, nik=chosen.nik)
        assert person is not None
        [old] = r.find(Licence, person_id=person.id)

    def stands(licence: Licence, status: LicenceStatus) -> None:
        with desk.ledger.acting(world.by) as w:
            w.change(w.get(Licence, licence.id), status=status)
            w.record("test.standing", licence.id, {})

    new = replace(old, id="upgraded", licence_class=LicenceClass.BI, sim_number="1", version=0)
    with desk.ledger.acting(world.by) as w:
        w.add(new)
        w.record("test.upgraded", new.id, {})
    stands(old, LicenceStatus.SUPERSEDED)
    seat = seat_of(stage, chosen.nik)
    assert (seat.extra.licences, seat.extra.gone) == ((LicenceClass.BI,), ())
    stands(new, LicenceStatus.REVOKED)
    seat = seat_of(stage, chosen.nik)
    assert (seat.extra.licences, seat.extra.gone) == ((), (LicenceClass.BI,))
    assert (seat.until, seat.ends_in) == (None, None)
    simulator = Simulator(desk)
    simulator.enter()
    visitor = next(v for v in simulator.view.visitors if v.name == chosen.extra.person.name)
    assert (visitor.licences, visitor.gone) == ((), (LicenceClass.BI,))
    stands(new, LicenceStatus.VALID)
    simulator.enter()
    visitor = next(v for v in simulator.view.visitors if v.name == chosen.extra.person.name)
    assert (visitor.licences, visitor.gone) == ((LicenceClass.BI,), ()), "not as of the start"
