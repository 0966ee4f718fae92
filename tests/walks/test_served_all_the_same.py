"""People who are served otherwise than others, and those who want to be: what is an exception."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import Attempt, NotNext, PhotoRefused
from desktop.domain.officer import NotSignedIn, SameOfficer
from desktop.domain.reasons import OutOfTurnReason
from desktop.domain.service import Service
from desktop.domain.workflow import GatesMissing
from desktop.services.capture import NotExcused
from desktop.training.painter import Fault as Flaw
from desktop.training.stage import strokes_of
from devices.errors import Garbage
from devices.simulators.faults import Fault, FaultName
from tests.walks.making import witness
from tests.walks.newcomers import new_c, newcomer
from tests.walks.steps import acts, checked, finished, handed, paid, registered, signed_off
from tests.walks.world import World


def test_a_veil_or_a_closed_eye_is_served_and_no_exception(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, person)))
    world.stage.sit(person, Flaw.EYES_CLOSED)
    shot = world.desk.capture.shot(world.by, app.visit_id, camera(world), "image/jpeg")
    assert shot.faults
    world.desk.capture.overrule(world.by, shot.attempt.id, "eye_closed")
    assert len(acts(world, "capture.accommodated")) == 1
    assert world.desk.oversight.exceptions() == []


@pytest.mark.parametrize(
    ("flaw", "need"),
    [(Flaw.TILTED, "wheelchair"), (Flaw.TILTED, "tremor"), (Flaw.TOO_SMALL, "seated")],
)
def test_a_wheelchair_or_a_tremor_is_served_and_no_exception(
    world: World, flaw: Flaw, need: str
) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, person)))
    world.stage.sit(person, flaw)
    shot = world.desk.capture.shot(world.by, app.visit_id, camera(world), "image/jpeg")
    assert shot.faults
    with pytest.raises(NotExcused):
        world.desk.capture.overrule(world.by, shot.attempt.id, "eye_closed")
    taken = world.desk.capture.overrule(world.by, shot.attempt.id, need)
    assert taken.accepted
    assert world.desk.oversight.exceptions() == []


def test_a_hand_that_trembles_is_witnessed_and_the_card_bears_no_signature(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, person)))
    world.photograph(app.visit_id, person)
    witness(world, "dewi")
    world.desk.capture.cannot_sign(world.by, app.visit_id, "tremor", "85020002")
    [app] = world.desk.capture.finish(world.by, app.visit_id)
    assert (app.signature, app.cannot_sign) == ("", "tremor:85020002")


def camera(world: World) -> bytes:
    with world.desk.hub.camera() as device:
        return device.capture(timeout=5)


def test_applicant_who_cannot_sign_is_witnessed(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, person)))
    world.photograph(app.visit_id, person)
    with pytest.raises(SameOfficer):
        world.desk.capture.cannot_sign(world.by, app.visit_id, "no_hand", "79010001")
    with pytest.raises(NotSignedIn):
        world.desk.capture.cannot_sign(world.by, app.visit_id, "no_hand", "85020002")
    witness(world, "dewi")
    world.desk.capture.cannot_sign(world.by, app.visit_id, "no_hand", "85020002")
    [app] = world.desk.capture.finish(world.by, app.visit_id)
    assert (app.signature, app.cannot_sign) == ("", "no_hand:85020002")
    assert handed(world, finished(world, signed_off(world, app))).state is S.CLOSED


def test_applicant_without_a_phone_is_served(world: World) -> None:
    person = replace(newcomer(world)[0], phone="")
    world.sign_in("andi")
    assert new_c(world, person).applicant.phone == ""


def test_the_priority_lane_comes_first_and_is_no_exception(world: World) -> None:
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    mother = world.desk.queue.take_ticket(world.by, Service.RENEWAL, "priority")
    ticket, _ = world.desk.queue.call(world.by)
    assert ticket.id == mother.id
    assert world.desk.oversight.exceptions() == []


def test_the_chiefs_nephew_is_an_exception_that_the_supervisor_sees(world: World) -> None:
    world.sign_in("andi")
    first = world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    nephew = world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    with pytest.raises(NotNext) as refused:
        world.desk.queue.call(world.by, nephew.id)
    assert refused.value.number == first.number
    reason = OutOfTurnReason.ORDER_OF_SUPERIOR
    ticket, _ = world.desk.queue.call(world.by, nephew.id, reason)
    assert ticket.id == nephew.id
    [seen] = world.desk.oversight.exceptions()
    assert (seen.subject, seen.reason) == (nephew.number, reason)
    with pytest.raises(NotNext):
        world.desk.queue.call(world.by, nephew.id, reason)


def test_a_reason_given_for_whoever_is_next_makes_no_exception(world: World) -> None:
    world.sign_in("andi")
    ticket = world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    world.desk.queue.call(world.by, ticket.id, OutOfTurnReason.MISSED_CALL)
    assert world.desk.oversight.exceptions() == []


def test_photo_refused_three_times_is_overruled_with_all_attempts_kept(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, person)))
    world.stage.sit(person, Flaw.DARK)
    for tries in range(1, 4):
        shot = world.desk.capture.shot(world.by, app.visit_id, camera(world), "image/jpeg")
        refused = world.desk.capture.refused(shot, tries)
        assert isinstance(refused, PhotoRefused)
        assert refused.tries == tries
    with pytest.raises(GatesMissing):
        world.desk.capture.finish(world.by, app.visit_id)
    taken = world.desk.capture.overrule(world.by, shot.attempt.id, "photo_check_mistaken")
    with world.desk.ledger.reading() as r:
        kept = r.find(Attempt, visit_id=app.visit_id)
        assert all(r.blob(attempt.picture) for attempt in kept)
    assert [attempt.accepted for attempt in kept] == [False, False, True]
    assert taken.override == "photo_check_mistaken"


def test_a_pad_that_shows_garbage_gives_way_to_the_screen(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, person)))
    world.stage.ready_to_sign(person)
    world.bench.order("signature_pad", Fault("pad.capture", FaultName.GARBAGE))
    with pytest.raises(Garbage), world.desk.hub.signature_pad() as pad:
        pad.capture(timeout=5)
    assert world.desk.capture.sign(world.by, app.visit_id, strokes_of(person))
