"""One applicant, one ticket, several applications."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import CardSwapped, IdentitySource, OtherCardRead, Ticket, Visit
from desktop.domain.reasons import RejectReason
from desktop.domain.service import Service
from desktop.services.exceptions import ExceptionKind
from desktop.services.identifying import Identity
from desktop.services.likeness import FaceSheet, FaceSource, FaceVerdict, SeenFace
from desktop.services.oversight import TrailQuery
from desktop.services.reviews import Remark
from desktop.words import Words
from tests.walks.making import witness
from tests.walks.steps import (
    A,
    C,
    acts,
    called,
    captured,
    case,
    checked,
    finished,
    handed,
    paid,
    registered,
    signed_off,
)
from tests.walks.world import World


def test_a_and_c_in_one_visit_c_is_refused_and_a_goes_on(world: World) -> None:
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    a = paid(world, checked(world, registered(world, person, cls=A, visit=visit)))
    c = registered(world, person, cls=C, visit=visit)
    c = world.desk.intake.reject(world.by, c.id, RejectReason.CARD_SEIZED)
    a = captured(world, a, person)
    a = handed(world, finished(world, signed_off(world, a)))
    assert (a.state, case(world, c).state) == (S.CLOSED, S.REJECTED)
    assert case(world, c).reason == RejectReason.CARD_SEIZED
    assert len(world.bench.take_output()) == 1
    with world.desk.ledger.reading() as r:
        assert r.get(Visit, visit.id).closed_at is not None
        assert r.get(Ticket, visit.ticket_id).state == "done"


def test_whoever_approves_is_told_what_was_refused_in_the_same_visit(world: World) -> None:
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    a = paid(world, checked(world, registered(world, person, cls=A, visit=visit)))
    c = registered(world, person, cls=C, visit=visit)
    world.desk.intake.reject(world.by, c.id, RejectReason.MEDICALLY_UNFIT)
    a = world.desk.intake.confirm_data(world.by, captured(world, a, person).id)
    [review] = world.desk.reviews.waiting(witness(world, "sri"))
    assert review.application.id == a.id
    assert review.remarks == (Remark.OTHER_REFUSED,)
    assert [one.licence_class for one in review.refused] == [C]


def test_a_refusal_of_the_very_class_is_not_told_as_another_class(world: World) -> None:
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    registered(world, person, cls=A, visit=visit)
    first = registered(world, person, cls=C, visit=visit)
    world.desk.intake.reject(world.by, first.id, RejectReason.MEDICALLY_UNFIT)
    anew = paid(world, checked(world, registered(world, person, cls=C, visit=visit)))
    world.desk.intake.confirm_data(world.by, captured(world, anew, person).id)
    [review] = world.desk.reviews.waiting(witness(world, "sri"))
    assert [one.licence_class for one in review.refused] == [C]
    for language, word in (("id", "golongan"), ("en", "class")):
        assert word not in Words.load(language).of(review.remarks[0])


def test_altered_data_that_a_later_case_takes_over_are_looked_at_there_too(world: World) -> None:
    """The visit is opened again: its first case tells who is here, read from the chip."""
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    a = registered(world, person, cls=A, visit=visit)
    a = world.desk.intake.correct(world.by, a.id, replace(a.applicant, address="JALAN LAIN 1"))
    told = replace(a.applicant, phone="081200000077")
    known = Identity(told, IdentitySource.CHIP)
    c = world.desk.intake.register(world.by, visit.id, known, Service.RENEWAL, C)
    c = captured(world, paid(world, checked(world, c)), person)
    world.desk.intake.confirm_data(world.by, c.id)
    [review] = world.desk.reviews.waiting(witness(world, "sri"))
    assert review.remarks == (Remark.CHANGED,)


def test_another_telephone_takes_nothing_from_how_the_visit_knew_its_person(world: World) -> None:
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    a = registered(world, person, cls=A, visit=visit)
    with world.desk.ledger.reading() as r:
        before = r.get(Visit, visit.id)
    assert before.eid_photo
    known = Identity(replace(a.applicant, phone="081200000077"), IdentitySource.CHIP)
    world.desk.intake.register(world.by, visit.id, known, Service.RENEWAL, C)
    with world.desk.ledger.reading() as r:
        after = r.get(Visit, visit.id)
    assert (after.eid_photo, after.fingerprint) == (before.eid_photo, before.fingerprint)


def test_the_chip_read_anew_isn_t_altered_data(world: World) -> None:
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    a = registered(world, person, cls=A, visit=visit)
    world.desk.intake.correct(world.by, a.id, replace(a.applicant, address="JALAN LAIN 1"))
    assert not registered(world, person, cls=C, visit=visit).data_altered


@pytest.mark.parametrize(
    ("verdict", "both"),
    [
        (FaceVerdict.SAME, False),
        (FaceVerdict.UNSURE, True),
        (FaceVerdict.DIFFERENT, True),
        (FaceVerdict.ANOTHER_SAT, False),
    ],
)
@pytest.mark.parametrize("later", [False, True], ids=["made before", "made after"])
def test_a_face_that_was_doubted_is_doubted_in_every_case_of_the_visit(
    world: World, verdict: FaceVerdict, both: bool, later: bool
) -> None:
    """One photo for all; who sat a test is a matter of that test's case."""
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    a = registered(world, person, cls=A, visit=visit)
    c = a if later else registered(world, person, cls=C, visit=visit)
    faces = tuple(SeenFace(one, one.encode()) for one in (FaceSource.NOW, FaceSource.KTP_EL))
    sheet = FaceSheet(a.id, a.number, faces)
    world.desk.likenesses.judge(world.by, sheet, verdict, "identity")
    if later:
        c = registered(world, person, cls=C, visit=visit)
    assert case(world, a).faces_doubted == (verdict is not FaceVerdict.SAME)
    assert case(world, c).faces_doubted == both


@pytest.mark.parametrize("later", [False, True], ids=["made before", "made after"])
def test_each_case_of_a_visit_tells_that_its_faces_were_doubted(world: World, later: bool) -> None:
    """Whoever narrows the trail to a case's number sees it there."""
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    a = registered(world, person, cls=A, visit=visit)
    c = a if later else registered(world, person, cls=C, visit=visit)
    faces = tuple(SeenFace(one, one.encode()) for one in (FaceSource.NOW, FaceSource.KTP_EL))
    sheet = FaceSheet(a.id, a.number, faces)
    world.desk.likenesses.judge(world.by, sheet, FaceVerdict.UNSURE, "identity")
    if later:
        c = registered(world, person, cls=C, visit=visit)
    found = world.desk.oversight.trail(TrailQuery(subject=c.number))
    told = [(line.act, dict(line.facts)) for line in found if line.act.startswith("faces")]
    if later:
        [facts] = [dict(line.facts) for line in found if line.act == "application.register"
                   and dict(line.facts)["number"] == c.number]  # fmt: skip
        assert facts["faces_doubted"]
    else:
        [(act, facts)] = told
        assert (act, facts["verdict"], facts["other"]) == ("faces.beside", "unsure", a.number)
    exceptional = [one.kind for one in world.desk.oversight.exceptions()]
    assert exceptional.count(ExceptionKind.FACES_DOUBTED) == 1, "it was seen once"


def test_photo_and_signature_are_taken_once_for_both(world: World) -> None:
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    cases = [
        paid(world, checked(world, registered(world, person, cls=cls, visit=visit)))
        for cls in (A, C)
    ]
    world.photograph(visit.id, person)
    one, other = world.desk.capture.finish(world.by, visit.id)
    assert {one.id, other.id} == {app.id for app in cases}
    assert (one.photo, one.signature) == (other.photo, other.signature)
    assert len(acts(world, "capture.signature")) == 1


def test_what_stops_one_case_does_not_stop_the_other(world: World) -> None:
    """C isn't paid yet: A is captured, printed and handed over, C follows in its own time."""
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    a = paid(world, checked(world, registered(world, person, cls=A, visit=visit)))
    c = checked(world, registered(world, person, cls=C, visit=visit))
    handed(world, finished(world, signed_off(world, captured(world, a, person))))
    with world.desk.ledger.reading() as r:
        assert r.get(Visit, visit.id).closed_at is None
    paid(world, c)
    [c] = world.desk.capture.finish(world.by, visit.id)
    c = handed(world, finished(world, signed_off(world, c)))
    assert c.state is S.CLOSED
    assert len(acts(world, "capture.photo")) == 1


def test_swapped_cards_are_caught_at_the_handover_and_named(world: World) -> None:
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    a = paid(world, checked(world, registered(world, person, cls=A, visit=visit)))
    c = paid(world, checked(world, registered(world, person, cls=C, visit=visit)))
    captured(world, a, person)
    a = finished(world, signed_off(world, a))
    c = finished(world, signed_off(world, c))
    with pytest.raises(CardSwapped) as refused:
        world.desk.handover.hand_over(world.by, a.id, c.blank_serial)
    assert refused.value.facts() == {
        "expected": a.blank_serial, "found": c.blank_serial, "found_class": "C", "reason": "",
    }  # fmt: skip
    assert case(world, a).state is S.READY
    assert {app.id for app in world.desk.handover.due(visit.id)} == {a.id, c.id}
    handed(world, a)
    handed(world, c)
    assert world.desk.handover.due(visit.id) == []


def test_swapped_cards_that_no_scanner_reads_are_caught_and_named(world: World) -> None:
    """Both officers hold C's card where A is asked for, and read it right."""
    person = world.people[0]
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    a = paid(world, checked(world, registered(world, person, cls=A, visit=visit)))
    c = paid(world, checked(world, registered(world, person, cls=C, visit=visit)))
    captured(world, a, person)
    a = finished(world, signed_off(world, a))
    c = finished(world, signed_off(world, c))
    with pytest.raises(OtherCardRead) as refused:
        world.desk.handover.check_read(world.by, a.id, c.blank_serial)
    told = {"found": c.blank_serial, "found_class": "C"}
    assert refused.value.facts() == told
    rahmat = witness(world, "rahmat")
    with pytest.raises(OtherCardRead):
        world.desk.handover.hand_over_read(world.by, rahmat, a.id, (a.blank_serial, c.blank_serial))
    assert case(world, a).state is S.READY
    for app in (a, c):
        numbers = app.blank_serial, app.blank_serial
        done = world.desk.handover.hand_over_read(world.by, rahmat, app.id, numbers)
        assert done.state is S.CLOSED


def test_another_persons_card_is_caught_too(world: World) -> None:
    world.sign_in("andi")
    cards = []
    for person in (world.people[1], world.people[2]):
        app = paid(world, checked(world, registered(world, person)))
        cards.append(finished(world, signed_off(world, captured(world, app, person))))
    mine, theirs = cards
    with pytest.raises(CardSwapped):
        world.desk.handover.hand_over(world.by, mine.id, theirs.blank_serial)
    assert case(world, theirs).state is S.READY
