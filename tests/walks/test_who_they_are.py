"""Troubles with who somebody is: silent chips, worn fingers, contested NIKs, twins, long names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from desktop.domain.application import Application, IdentitySource, Ticket, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.correction import LicenceNotGood
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import NotSignedIn, RoleMissing, SameOfficer
from desktop.domain.person import Person as Known
from desktop.domain.reasons import OverrideReason
from desktop.domain.service import Service
from desktop.domain.workflow import GatesMissing
from desktop.services.identifying import Identity
from desktop.services.likeness import FaceSheet, FaceSource, FaceVerdict, SeenFace
from desktop.services.oversight import TrailQuery
from desktop.services.reviews import Remark
from desktop.services.sealing import PREVIEW
from desktop.training.people import Person
from devices.eid_reader import FingerprintResult
from devices.errors import EidUnreadable
from devices.simulators.faults import Fault, FaultName
from tests.walks.making import witness
from tests.walks.newcomers import new_c, newcomer
from tests.walks.steps import (
    C,
    acts,
    called,
    captured,
    checked,
    finished,
    handed,
    paid,
    printed,
    read,
    registered,
    signed_off,
)
from tests.walks.world import World


def test_ktp_whose_chip_is_silent_is_typed_before_two_officers_for_ever_marked(
    world: World,
) -> None:
    person = world.people[1]
    world.sign_in("andi")
    visit = called(world)
    world.bench.order("eid_reader", Fault("eid.chip", FaultName.EID_UNREADABLE, count=2))
    for _ in range(2):
        with pytest.raises(EidUnreadable):
            read(world, person)
    typed = Identity(
        read(world, person).applicant, IdentitySource.MANUAL,
        override=OverrideReason.EID_CHIP_UNREADABLE,
    )  # fmt: skip
    register = world.desk.intake.register
    with pytest.raises(SameOfficer):
        register(world.by, visit.id, typed, Service.RENEWAL, C)
    named = replace(typed, second_officer="85020002")
    with pytest.raises(NotSignedIn):
        register(world.by, visit.id, named, Service.RENEWAL, C)
    witness(world, "dewi")
    app = register(world.by, visit.id, named, Service.RENEWAL, C)
    app = handed(world, finished(world, signed_off(
        world, captured(world, paid(world, checked(world, app)), person))))  # fmt: skip
    assert app.identity is IdentitySource.MANUAL
    [entry] = acts(world, "application.register")
    assert entry.content is not None
    assert entry.content["second_officer"] == "85020002"


def test_a_worn_finger_needs_the_second_officer_too(world: World) -> None:
    world.sign_in("andi")
    visit = called(world)
    world.stage.lay_eid(world.people[1], finger=FingerprintResult.NOT_MATCHED)
    identity = world.desk.intake.read_eid()
    assert world.desk.intake.needs_second(identity)
    with pytest.raises(SameOfficer):
        world.desk.intake.register(world.by, visit.id, identity, Service.RENEWAL, C)


def test_a_nik_that_does_not_fit_its_birth_date_warns_and_is_accepted(world: World) -> None:
    [person] = newcomer(world)
    odd = replace(person, birth_date=person.birth_date + timedelta(days=1))
    world.sign_in("andi")
    app = new_c(world, odd)
    assert app.state is S.REGISTERED
    [entry] = acts(world, "application.register")
    assert entry.content is not None
    assert entry.content["warnings"] == ["NikDateMismatch"]


def contested(world: World, other_birth: bool = False) -> tuple[Application, str]:
    """Somebody comes with a NIK that stands in the records with other data."""
    known = world.people[1]
    stranger = replace(newcomer(world)[0], nik=known.nik)
    if not other_birth:
        stranger = replace(stranger, birth_date=known.birth_date)
    else:
        stranger = replace(stranger, name=known.name)
    app = registered(world, stranger)
    return app, app.person_id


@pytest.mark.parametrize("other_birth", [False, True], ids=["other name", "other birth date"])
def test_the_same_nik_with_other_data_prints_nothing_until_decided(
    world: World, other_birth: bool
) -> None:
    world.sign_in("andi")
    app, person_id = contested(world, other_birth)
    world.desk.requirements.gather(world.by, app.id)
    with pytest.raises(GatesMissing):
        world.desk.requirements.check(world.by, app.id)
    with pytest.raises(RoleMissing):
        world.desk.intake.settle_conflict(world.by, person_id, "mine")
    [incident] = world.desk.oversight.incidents()
    assert incident.kind == "identity_conflict"


def test_a_conflict_decided_for_the_record_ends_the_other_case(world: World) -> None:
    world.sign_in("andi")
    app, person_id = contested(world)
    world.take_over("bambang")
    [ended] = world.desk.intake.settle_conflict(world.by, person_id, "Dukcapil: the record holds")
    world.give_back()
    assert (ended.id, ended.state) == (app.id, S.REJECTED)
    assert registered(world, world.people[1]).state is S.REGISTERED


def test_a_conflict_decided_for_the_applicant_changes_the_record(world: World) -> None:
    world.sign_in("andi")
    app, person_id = contested(world)
    world.take_over("bambang")
    ended = world.desk.intake.settle_conflict(
        world.by,
        person_id,
        "Dukcapil: a new name by court order",
        owner=app.id,
    )
    world.give_back()
    assert ended == []
    with world.desk.ledger.reading() as r:
        known = r.get(Known, person_id)
    assert known.applicant == app.applicant
    assert not known.conflict
    assert checked(world, app).state is S.REQUIREMENTS_CHECKED


def another_face(world: World) -> Application:
    """Whoever was photographed isn't who is on the KTP-el; the data are the KTP-el's."""
    app = captured(
        world, paid(world, checked(world, registered(world, world.people[1]))), world.people[1]
    )
    faces = tuple(
        SeenFace(source, source.encode()) for source in (FaceSource.CAPTURE, FaceSource.KTP_EL)
    )
    sheet = FaceSheet(app.id, app.number, faces)
    world.desk.likenesses.judge(world.by, sheet, FaceVerdict.DIFFERENT, "capture")
    return world.desk.intake.confirm_data(world.by, app.id)


@pytest.mark.parametrize("holds", ["record", "applicant"])
def test_another_face_under_one_nik_prints_nothing_until_decided(world: World, holds: str) -> None:
    world.sign_in("andi")
    app = another_face(world)
    world.take_over("sri")
    with pytest.raises(GatesMissing):
        world.desk.approvals.approve(world.by, app.id)
    world.give_back()
    [incident] = world.desk.oversight.incidents()
    assert (incident.kind, incident.subject) == ("identity_conflict", app.person_id)
    world.take_over("bambang")
    owner = app.id if holds == "applicant" else ""
    ended = world.desk.intake.settle_conflict(world.by, app.person_id, "dilihat", owner=owner)
    told = world.desk.oversight.trail(TrailQuery(subject=app.number))
    [line] = [one for one in told if one.act == "conflict.settled"]
    assert {("case", app.number), ("decided", holds)} <= set(line.facts)
    world.give_back()
    assert world.desk.oversight.incidents() == []
    if holds == "record":
        assert [(one.id, one.state) for one in ended] == [(app.id, S.REJECTED)]
        assert [one.note for one in ended] == ["dilihat"], "what the supervisor wrote"
        with world.desk.ledger.reading() as r:
            visit = r.get(Visit, app.visit_id)
            assert visit.closed_at
            assert r.get(Ticket, visit.ticket_id).state == "done", "nobody is served any more"
    else:
        assert ended == []
        world.take_over("sri")
        [review] = world.desk.reviews.waiting(world.by)
        looked = (Remark.FACES_DOUBTED, Remark.CONFLICT_SETTLED)
        assert review.remarks == looked, "whoever approves looks at both"
        assert world.desk.approvals.approve(world.by, app.id).state is S.APPROVED


def test_a_face_seen_under_a_case_from_home_ends_no_other_case_from_home(world: World) -> None:
    """Cases without a visit have nothing in common but the person on record."""
    world.sign_in("andi")
    app = another_face(world)
    with world.desk.ledger.acting(world.by) as w:
        app = w.change(app, visit_id="", external_id="DARI-RUMAH-1")
        other = w.add(replace(app, id="0" * 26, number=f"{app.number}-2", external_id="R-2"))
        w.record("test.from_home", app.id, {})
    world.take_over("bambang")
    ended = world.desk.intake.settle_conflict(world.by, app.person_id, "dilihat")
    assert [one.id for one in ended] == [app.id]
    with world.desk.ledger.reading() as r:
        assert r.get(Application, other.id).state is S.CONFIRMED


def test_another_who_sat_the_test_contests_no_nik_though_everybody_is_on_the_sheet(
    world: World,
) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    sources = (FaceSource.CAPTURE, FaceSource.KTP_EL, FaceSource.THEORY_TEST)
    sheet = FaceSheet(app.id, app.number, tuple(SeenFace(one, one.encode()) for one in sources))
    judge = world.desk.likenesses.judge
    assert not judge(world.by, sheet, FaceVerdict.ANOTHER_SAT, "capture")
    assert world.desk.oversight.incidents() == []
    assert judge(world.by, sheet, FaceVerdict.DIFFERENT, "capture")
    assert len(world.desk.oversight.incidents()) == 1
    untested = FaceSheet(app.id, app.number, sheet.faces[:2])
    assert FaceVerdict.ANOTHER_SAT not in untested.verdicts
    assert sheet.verdicts == tuple(FaceVerdict)


def test_the_holder_who_comes_later_doesnt_let_the_other_face_through(world: World) -> None:
    """Two cases of one NIK, the first with another face: decided for whoever came second."""
    world.sign_in("andi")
    impostor = another_face(world)
    holder = registered(world, world.people[1], Service.NEW_ISSUE, cls=LicenceClass.A)
    world.take_over("bambang")
    ended = world.desk.intake.settle_conflict(
        world.by, holder.person_id, "KTP-el dan sidik jari", owner=holder.id
    )
    assert [(one.id, one.state) for one in ended] == [(impostor.id, S.REJECTED)]
    with world.desk.ledger.reading() as r:
        assert r.get(Application, holder.id).state is S.REGISTERED


def test_who_lost_the_nik_while_their_card_was_printed_gets_none(world: World) -> None:
    """The conflict is decided between the print and the eye: no licence comes of it."""
    world.sign_in("andi")
    person = world.people[1]
    made = captured(world, paid(world, checked(world, registered(world, person))), person)
    made = printed(world, signed_off(world, made))
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, made.visit_id)
    other = registered(world, person, Service.NEW_ISSUE, LicenceClass.A, visit)
    faces = tuple(SeenFace(one, b"x") for one in (FaceSource.NOW, FaceSource.KTP_EL))
    sheet = FaceSheet(other.id, other.number, faces)
    world.desk.likenesses.judge(world.by, sheet, FaceVerdict.DIFFERENT, "identity")
    world.take_over("bambang")
    world.desk.intake.settle_conflict(world.by, made.person_id, "Dukcapil")
    world.give_back()
    with pytest.raises(GatesMissing):
        world.desk.issuing.inspect(world.by, made.id)
    spoiled = world.desk.issuing.spoil(world.by, made.id, "print_defect")
    with pytest.raises(GatesMissing):
        world.desk.issuing.issue(world.by, spoiled.id)


def test_a_card_of_the_same_visit_stays_and_is_flagged_when_the_record_holds(
    world: World,
) -> None:
    world.sign_in("andi")
    person = world.people[1]
    made = captured(world, paid(world, checked(world, registered(world, person))), person)
    made = finished(world, signed_off(world, made))
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, made.visit_id)
    other = registered(world, person, Service.NEW_ISSUE, LicenceClass.A, visit)
    faces = tuple(SeenFace(one, b"x") for one in (FaceSource.NOW, FaceSource.KTP_EL))
    sheet = FaceSheet(other.id, other.number, faces)
    assert world.desk.likenesses.judge(world.by, sheet, FaceVerdict.DIFFERENT, "identity")
    world.take_over("bambang")
    touched = world.desk.intake.settle_conflict(world.by, made.person_id, "Dukcapil")
    world.give_back()
    assert {one.id: one.state for one in touched} == {other.id: S.REJECTED, made.id: S.READY}
    with pytest.raises(LicenceNotGood):
        handed(world, made)


def test_who_sat_a_test_or_fetches_a_card_contests_no_nik(world: World) -> None:
    """Only whoever came, held against the record, before there is a card."""
    world.sign_in("andi")
    app = registered(world, world.people[1])
    faces = tuple(
        SeenFace(source, source.encode()) for source in (FaceSource.KTP_EL, FaceSource.THEORY_TEST)
    )
    sheet = FaceSheet(app.id, app.number, faces)
    world.desk.likenesses.judge(world.by, sheet, FaceVerdict.DIFFERENT, "tests")
    assert world.desk.oversight.incidents() == []
    assert checked(world, app).state is S.REQUIREMENTS_CHECKED


def test_twins_with_neighbouring_niks_are_both_served(world: World) -> None:
    [one] = newcomer(world)
    serial = int(one.nik[12:])
    other = replace(one, nik=f"{one.nik[:12]}{serial + 1:04d}", name=f"{one.name.split()[0]} DUA")
    world.sign_in("andi")
    first, second = new_c(world, one), new_c(world, other)
    assert first.person_id != second.person_id
    assert world.desk.oversight.incidents() == []


@pytest.mark.parametrize(
    "name",
    [
        "SUHARTINI",
        "MUHAMMAD ABDURRAHMAN SYAHPUTRA NUGRAHA WICAKSONO ADHINEGORO K",
        "NUR'AINI D'ARCY",
        "Ç. ÁLVARO-SMITH, S.H.",
    ],
    ids=["one word", "60 letters", "apostrophes", "accents"],
)
def test_a_name_stands_on_the_card_as_on_the_ktp(world: World, name: str) -> None:
    person = replace(newcomer(world)[0], name=name)
    world.sign_in("andi")
    app = registered(world, person, Service.NEW_ISSUE, C)
    made = world.desk.cardmaker.preview(captured_without_tests(world, app, person))
    assert made.front.startswith(b"\x89PNG")
    assert app.applicant.name == name
    with Image.open(BytesIO(made.back)) as back:
        [code] = zxingcpp.read_barcodes(back)
    assert code.text == PREVIEW, "a photograph of the screen proves nothing"


def captured_without_tests(world: World, app: Application, person: Person) -> Application:
    """Far enough for a preview: photo and signature are the visit's."""
    world.photograph(app.visit_id, person)
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, app.visit_id)
    return replace(app, photo=visit.photo, signature=visit.signature)
