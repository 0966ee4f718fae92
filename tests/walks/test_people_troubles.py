"""Troubles that people bring: they leave, differ, can't sign, come too late, or come first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from desktop.desk import open_desk
from desktop.domain.application import (
    Application,
    Attempt,
    IdentitySource,
    NotNext,
    PhotoRefused,
    ProxyLetterMissing,
    Visit,
)
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import PROGRAM, Actor, NotSignedIn, Role, RoleMissing, SameOfficer
from desktop.domain.person import (
    Blocked,
    Hold,
    HoldKind,
    LicenceStatus,
)
from desktop.domain.person import Person as Known
from desktop.domain.reasons import HoldReason, OutOfTurnReason, OverrideReason
from desktop.domain.service import Service
from desktop.domain.validity import RenewalTooLate, ServiceGround
from desktop.domain.workflow import GatesMissing
from desktop.rulebook import FOLDER, TRAINING, Rulebook
from desktop.services.capture import NotExcused
from desktop.services.handover import Recipient
from desktop.services.identifying import Identity
from desktop.settings import Place, Settings
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.painter import Fault as Flaw
from desktop.training.people import Person, make_people
from desktop.training.stage import strokes_of
from devices.eid_reader import FingerprintResult
from devices.errors import EidUnreadable, Garbage
from devices.simulators.faults import Fault, FaultName
from tests.walks.making import witness
from tests.walks.steps import (
    C,
    acts,
    called,
    captured,
    case,
    checked,
    expires,
    finished,
    handed,
    licences_of,
    paid,
    read,
    registered,
    signed_off,
)
from tests.walks.world import World


def newcomer(world: World, count: int = 1) -> list[Person]:
    """People whom the office has never seen."""
    return list(make_people(99, count, today=world.desk.frame.today()))


def new_c(world: World, person: Person) -> Application:
    return registered(world, person, Service.NEW_ISSUE, C)


# -- they leave --------------------------------------------------------------------------------


def test_applicant_who_left_for_lunch_goes_on_where_they_were(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    held = world.desk.intake.hold(world.by, app.id, HoldReason.APPLICANT_LEFT)
    assert held.state is S.ON_HOLD
    world.clock.advance(2 * 3600)
    with world.desk.ledger.reading() as r:
        ticket = r.get(Visit, app.visit_id).ticket_id
    number = next(a.content["number"] for a in acts(world, "ticket.called") if a.content)
    for key in (person.nik, number, number.lower(), app.number):
        assert [found.id for found in world.desk.intake.find_open(key)] == [app.id], key
    back = world.desk.intake.resume(world.by, app.id)
    assert (back.state, back.photo, back.signature) == (S.CAPTURED, app.photo, app.signature)
    assert back.held_from is None
    assert len(acts(world, "capture.photo")) == 1
    assert ticket


def test_applicant_who_never_came_back_is_listed_and_let_go(world: World) -> None:
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, world.people[1])))
    world.desk.intake.hold(world.by, app.id, HoldReason.APPLICANT_LEFT)
    assert [left.id for left in world.desk.intake.left_waiting()] == [app.id]
    with pytest.raises(RoleMissing):
        world.desk.intake.expire(world.by, app.id)
    world.take_over("bambang")
    ended = world.desk.intake.expire(world.by, app.id)
    world.give_back()
    assert (ended.state, ended.reason) == (S.EXPIRED, "never_came_back")
    assert world.desk.intake.left_waiting() == []
    again = registered(world, world.people[1])
    assert again.state is S.REGISTERED


# -- they come too late, or just in time -------------------------------------------------------


def test_licence_that_ran_out_yesterday_is_never_renewed(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    expires(world, person, world.desk.frame.today() - timedelta(days=1))
    identity = read(world, person)
    standing = world.desk.intake.standing(identity.applicant, identity.source)
    answer = world.desk.intake.right_service(standing, Service.RENEWAL, C)
    assert answer.service is Service.NEW_ISSUE
    visit = called(world)
    with pytest.raises(RenewalTooLate) as refused:
        world.desk.intake.register(world.by, visit.id, identity, Service.RENEWAL, C)
    assert refused.value.days_late == 1
    app = world.desk.intake.register(world.by, visit.id, identity, Service.NEW_ISSUE, C)
    assert app.state is S.REGISTERED


def at(folder: Path, moment: datetime, zone: str = "Asia/Jakarta") -> World:
    """A training counter in another zone, or at another time."""
    clock = VirtualClock(moment)
    desk = open_desk(
        folder, clock=clock, ids=SeededIds(7, clock), keys=SeededKeys(7),
        settings=Settings(place=replace(Place(), zone=zone)),
    )  # fmt: skip
    return World(desk, clock, make_people(1374, 40, today=desk.frame.today()))


def test_a_dispensation_in_force_renews_what_ran_out(tmp_path: Path) -> None:
    world = at(tmp_path / "p", datetime(2025, 4, 10, 2, 0, tzinfo=UTC))
    world.sign_in("andi")
    expires(world, world.people[1], date(2025, 4, 2))
    identity = read(world, world.people[1])
    standing = world.desk.intake.standing(identity.applicant, identity.source)
    answer = world.desk.intake.right_service(standing, Service.RENEWAL, C)
    assert answer.ground is ServiceGround.DISPENSATION
    assert registered(world, world.people[1]).service is Service.RENEWAL
    world.desk.close()


@pytest.mark.parametrize(("minute", "in_time"), [(59, True), (60, False)])
def test_the_offices_own_midnight_decides(tmp_path: Path, minute: int, in_time: bool) -> None:
    """23.59 and 00.00 in Jayapura are 21.59 and 22.00 of the same day in Jakarta."""
    moment = datetime(2026, 3, 2, 14, 0, tzinfo=UTC) + timedelta(minutes=minute)
    world = at(tmp_path / "p", moment, "Asia/Jayapura")
    world.sign_in("andi")
    expires(world, world.people[1], date(2026, 3, 2))
    if in_time:
        assert registered(world, world.people[1]).state is S.REGISTERED
    else:
        with pytest.raises(RenewalTooLate):
            registered(world, world.people[1])
    world.desk.close()


# -- who they are ------------------------------------------------------------------------------


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


def captured_without_tests(world: World, app: Application, person: Person) -> Application:
    """Far enough for a preview: photo and signature are the visit's."""
    world.photograph(app.visit_id, person)
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, app.visit_id)
    return replace(app, photo=visit.photo, signature=visit.signature)


# -- how they are served -----------------------------------------------------------------------


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


# -- holds and notices -------------------------------------------------------------------------


def entered(world: World, nik: str, kind: HoldKind) -> Hold:
    """The centre enters a hold or a notice."""
    centre = Actor("", "", frozenset({Role.CENTRE}))
    with world.desk.ledger.acting(centre) as w:
        hold = w.add(
            Hold(
                id=world.desk.frame.ids.new(), nik=nik, kind=kind, reason="-",
                reference="REF-1", authority="Pengadilan Contoh", settle_at="Kejaksaan Contoh",
                since=world.desk.frame.today(),
            )
        )  # fmt: skip
        w.record("hold.entered", hold.id, {"kind": kind})
    return hold


def test_a_hold_after_printing_keeps_the_card_and_names_the_place(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    app = finished(world, signed_off(world, app))
    hold = entered(world, person.nik, HoldKind.COURT)
    with pytest.raises(Blocked) as refused:
        handed(world, app)
    assert refused.value.settle_at == "Kejaksaan Contoh"
    assert case(world, app).state is S.READY
    with world.desk.ledger.acting(PROGRAM) as w:
        w.change(hold, active=False)
        w.record("hold.lifted", hold.id, {})
    assert handed(world, app).state is S.CLOSED


def test_a_hold_before_printing_stops_it(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    app = signed_off(world, app)
    entered(world, person.nik, HoldKind.POINTS_VERDICT)
    with pytest.raises(Blocked) as told:
        world.desk.issuing.issue(world.by, app.id)
    assert told.value.settle_at == "Kejaksaan Contoh"


@pytest.mark.parametrize("kind", [HoldKind.ETLE_UNCONFIRMED, HoldKind.STNK_BLOCKED])
def test_a_notice_never_stops_a_service(world: World, kind: HoldKind) -> None:
    person = world.people[1]
    entered(world, person.nik, kind)
    world.sign_in("andi")
    identity = read(world, person)
    [notice] = world.desk.intake.standing(identity.applicant, identity.source).holds
    assert notice.settle_at == "Kejaksaan Contoh"
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    assert handed(world, finished(world, signed_off(world, app))).state is S.CLOSED


@pytest.mark.parametrize(
    "recipient",
    [
        Recipient(is_holder=False, name="SITI"),
        Recipient(is_holder=False, letter="SK-1"),
        Recipient(is_holder=False, name="SITI", letter=" "),
    ],
)
def test_a_proxy_without_name_and_letter_is_refused(world: World, recipient: Recipient) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = captured(world, paid(world, checked(world, registered(world, person))), person)
    app = finished(world, signed_off(world, app))
    with pytest.raises(ProxyLetterMissing):
        world.desk.handover.hand_over(world.by, app.id, app.blank_serial, recipient)
    assert case(world, app).state is S.READY
    assert licences_of(world, person)[-1].handed_over_at is None
    good = Recipient(is_holder=False, name="SITI", letter="SK-1", relation="family")
    done = world.desk.handover.hand_over(world.by, app.id, app.blank_serial, good)
    assert done.handed_to == "SITI"
    assert licences_of(world, person)[-1].status is LicenceStatus.VALID


# -- officers ----------------------------------------------------------------------------------


def test_officer_relieved_in_mid_case_leaves_both_names(world: World) -> None:
    person = world.people[1]
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, person)))
    world.take_over("dewi")
    app = captured(world, app, person)
    world.desk.intake.confirm_data(world.by, app.id)
    world.desk.duty.sign_out()
    names = {entry.officer for entry in acts(world, "application.*")}
    assert names == {"79010001", "85020002"}
    assert case(world, app).makers == {"79010001", "85020002"}


def test_a_locked_counter_keeps_the_work_and_lets_nobody_act(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    draft = world.desk.intake.save_draft(world.by, "", "walkin", "", {"name": "SI"})
    world.desk.duty.lock()
    with pytest.raises(NotSignedIn):
        _ = world.by
    world.desk.duty.unlock("79010001", "andi123")
    assert [kept.id for kept in world.desk.intake.drafts(world.by)] == [draft.id]
    assert checked(world, app).state is S.REQUIREMENTS_CHECKED


def test_a_new_sign_in_ends_the_old_session_and_its_witnesses(world: World) -> None:
    world.sign_in("andi")
    old = world.by
    second = witness(world, "dewi")
    world.sign_in("rahmat")
    for actor in (old, second):
        with pytest.raises(NotSignedIn):
            world.desk.duty.signer(actor)
    with pytest.raises(NotSignedIn):
        world.desk.duty.witness("85020002")


def test_a_neighbours_record_opened_out_of_curiosity_is_on_the_list(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    for _ in range(3):
        world.desk.intake.opened(world.by, app.id)
    world.take_over("rahmat")
    world.desk.intake.opened(world.by, app.id)
    assert [entry.officer for entry in acts(world, "record.opened")] == ["79010001", "78030003"]
    assert world.desk.oversight.openings()["78030003"] == 1


# -- rules -------------------------------------------------------------------------------------


def decree(folder: Path) -> None:
    """A tariff that begins at midnight."""
    (folder / "fees.toml").write_text(
        'version = "2026-03-03"\n[[fees]]\ngroup = "renewal"\nvalid_from = 2026-03-03\n'
        'services = ["renewal"]\nclasses = ["C"]\namount = 90000\nsource = "Decree for a test"\n',
        encoding="utf-8",
    )


def test_a_case_keeps_the_tariff_of_its_day(world: World, tmp_path: Path) -> None:
    laid = tmp_path / "decree"
    laid.mkdir()
    decree(laid)
    object.__setattr__(world.desk.frame, "rulebook", Rulebook.load(FOLDER, TRAINING, laid))
    world.sign_in("andi")
    old = checked(world, registered(world, world.people[1]))
    unchecked = registered(world, world.people[4])
    world.clock.advance(24 * 3600)
    new = checked(world, registered(world, world.people[2]))
    assert (old.fee, new.fee) == (75_000, 90_000)
    assert paid(world, old).fee == 75_000
    assert checked(world, unchecked).rules_version == new.rules_version != old.rules_version
