"""The walk-in's presenter: what it does by itself, what it refuses, what it never loses."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from db.errors import StoreFull
from desktop.domain.application import Application, Paper
from desktop.domain.application import ApplicationState as S
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.domain.stock import Job
from desktop.lanes import LaneRunner
from desktop.notices import ApplicationMoved
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.papers.base import Voice
from desktop.presenters.training_scans import paper_code
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import Typing, WalkInView, WalkStep
from desktop.services.doubts import Outcome
from desktop.services.handover import Recipient
from desktop.services.likeness import FaceSheet, FaceVerdict
from desktop.training.people import Person
from devices.simulators.faults import Fault, FaultName
from tests.presenters.busy_lane import on_busy_lane
from tests.walks.steps import A, acts, captured, checked, paid, registered
from tests.walks.test_full_disk import after, limit
from tests.walks.world import PASSWORDS, World


@pytest.fixture
def walk(world: World) -> WalkIn:
    """Andi calls somebody who holds a C that ends soon."""
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    person = world.people[1]
    world.put_eid(person)
    world.stage.sit(person)
    made = WalkIn(world.desk)
    made.enter()
    made.call_next()
    return made


def outside(world: World) -> OutsideSimulator:
    assert isinstance(world.desk.outside, OutsideSimulator)
    return world.desk.outside


def problem(walk: WalkIn) -> str:
    return type(walk.view.problem).__name__


def to(walk: WalkIn, world: World, step: WalkStep) -> None:
    """The straight road up to a step."""
    for _ in range(20):
        if walk.view.step is step:
            return
        if walk.view.step is WalkStep.CAPTURE:
            world.stage.ready_to_sign(world.people[1])
            walk.take_photo()
        if walk.view.step is WalkStep.APPROVAL:
            world.take_over("sri")
            assert walk.view.app is not None
            world.desk.approvals.approve(world.by, walk.view.app.id)
            world.give_back()
            walk.refresh()
            continue
        if walk.view.step is WalkStep.HANDOVER:
            assert walk.view.app is not None
            walk.scanned(walk.view.app.blank_serial)
        walk.enter_key()
    pytest.fail(f"stuck at {walk.view.step} with {walk.view.problem!r}")


def test_the_card_is_read_and_the_renewal_chosen_by_itself(walk: WalkIn) -> None:
    assert walk.view.identity is not None
    assert walk.view.choices[walk.view.chosen].service is Service.RENEWAL


def test_the_phone_on_record_is_shown_and_kept(walk: WalkIn, world: World) -> None:
    assert walk.view.identity is not None
    known = world.people[1].phone
    assert known
    assert walk.view.identity.applicant.phone == known
    walk.enter_key()
    assert walk.view.app is not None
    assert walk.view.app.applicant.phone == known


def test_another_phone_is_typed_beside_what_the_chip_told(walk: WalkIn) -> None:
    before = walk.view.identity
    assert before is not None
    walk.field_changed("phone", " 081200000001 ")
    assert walk.view.identity is not None
    changed = walk.view.identity.applicant
    assert changed == dataclasses.replace(before.applicant, phone="081200000001")
    assert walk.view.draft_id, "kept, should the program end"
    walk.enter_key()
    assert walk.view.app is not None
    assert walk.view.app.applicant.phone == "081200000001"


@pytest.mark.parametrize(
    "wrong", ["12", "0812", "08120000-abcd", "+628120000000000000", "62+8120000", "- - - - - -"]
)
def test_a_phone_that_no_phone_has_is_asked_for_again(walk: WalkIn, wrong: str) -> None:
    walk.field_changed("phone", wrong)
    walk.enter_key()
    assert problem(walk) == "PhoneUnlikely"
    assert walk.view.app is None
    walk.field_changed("phone", "+62 (812) 0000-0001")
    walk.enter_key()
    assert walk.view.app is not None
    assert walk.view.app.applicant.phone == "+62 (812) 0000-0001"


def test_a_phone_on_record_is_replaced_and_never_cleared(walk: WalkIn, world: World) -> None:
    walk.field_changed("phone", "")
    walk.enter_key()
    assert problem(walk) == "PhoneCleared"
    walk.field_changed("phone", world.people[1].phone)
    to(walk, world, WalkStep.CONFIRM)
    walk.begin_correction()
    for text, said in (("", "PhoneCleared"), ("12", "PhoneUnlikely")):
        walk.field_changed("phone", text)
        walk.correct()
        assert problem(walk) == said
    walk.field_changed("phone", "081200000002")
    walk.correct()
    assert walk.view.app is not None
    assert walk.view.app.applicant.phone == "081200000002"


def test_the_phone_on_record_is_shown_beside_what_is_typed_too(walk: WalkIn, world: World) -> None:
    walk.type_manually("eid_chip_unreadable")
    typed(walk, world.people[3])
    walk.enter_key()
    assert walk.view.form["phone"] == world.people[3].phone
    assert walk.view.choices
    walk.second_officer(*PASSWORDS["dewi"])
    walk.enter_key()
    assert walk.view.app is not None
    assert walk.view.app.applicant.phone == world.people[3].phone


def test_the_whole_road_ends_with_a_printed_receipt(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.DONE)
    assert walk.view.receipt_number
    assert len(world.bench.take_papers()) == 1
    walk.print_receipt()
    assert len(world.bench.take_papers()) == 1
    walk.enter_key()
    assert walk.view.idle


def test_a_receipt_that_found_no_room_is_made_by_the_key_that_prints_it(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.HANDOVER)
    assert walk.view.app is not None
    walk.scanned(walk.view.app.blank_serial)
    after(world, 1, lambda: limit(world, 6))
    walk.enter_key()
    assert isinstance(walk.view.problem, StoreFull)
    limit(world, 100_000)
    [case] = walk.view.cases
    walk.leave_visit()
    for _ in range(2):  # opened again, that day or another
        walk.open(case.id)
        walk.print_receipt()
        assert walk.view.problem is None
        walk.leave_visit()
    assert len(world.bench.take_papers()) == 2
    assert [paper.kind for paper in world.desk.papers.of(case.id)] == ["sth"]


def test_an_enter_while_busy_is_refused(walk: WalkIn) -> None:
    walk.view = walk.view.__class__(**{**_fields(walk), "doing": "doing.gather"})
    before = walk.view
    walk.enter_key()
    assert walk.view == before


def _fields(walk: WalkIn) -> dict[str, object]:
    return {name: getattr(walk.view, name) for name in walk.view.__dataclass_fields__}


def test_a_silent_issuer_s_proof_is_typed_and_stays_open(walk: WalkIn, world: World) -> None:
    outside(world).manners[RequirementKind.PSYCH_CERT] = Manner.SILENT
    walk.enter_key()
    walk.enter_key()
    assert problem(walk) == "RequirementMissing"
    walk.begin_typing(Typing.EVIDENCE, RequirementKind.PSYCH_CERT)
    for name, text in (("reference", "PSI-77"), ("issued_on", "99999999"), ("issuer", "BIRO")):
        walk.field_changed(name, text)
    walk.enter_key()
    assert problem(walk) == "DateUnreadable"
    walk.field_changed("issued_on", "27/02/2026")
    walk.enter_key()
    assert walk.view.typing is None
    assert world.desk.intake.drafts(world.by) == []
    walk.enter_key()
    assert walk.view.step is WalkStep.PAYMENT
    assert len(world.desk.proofs.open_typed()) == 1


def test_a_silent_test_system_asks_for_no_number(walk: WalkIn, world: World) -> None:
    """A result is fetched, never typed."""
    walk.choose(next(i for i, c in enumerate(walk.view.choices) if c.service is Service.NEW_ISSUE))
    to(walk, world, WalkStep.TESTS)
    outside(world).manners[RequirementKind.THEORY_TEST] = Manner.SILENT
    walk.fetch_tests()
    assert problem(walk) == "TestSystemSilent"


def test_what_is_asked_for_stands_there_while_issuers_are_asked(walk: WalkIn, world: World) -> None:
    shown: list[WalkInView] = []
    walk.attach(shown.append)
    walk.enter_key()
    asking = [view for view in shown if view.doing == "doing.gather" and view.checklist]
    assert asking, "the table isn't empty meanwhile"
    view = asking[0]
    kinds = [v.requirement.kind for v in view.checklist.verdicts] if view.checklist else []
    assert RequirementKind.PSYCH_CERT in kinds
    assert view.asks_for(RequirementKind.PSYCH_CERT)


def test_asking_again_about_a_typed_proof_closes_it(walk: WalkIn, world: World) -> None:
    kind = RequirementKind.PSYCH_CERT
    outside(world).manners[kind] = Manner.SILENT
    walk.enter_key()
    walk.type_evidence(kind, "PSI-77", "27/02/2026", "BIRO")
    walk.ask_again(kind)
    assert problem(walk) == "IssuerStillSilent"
    assert len(world.desk.proofs.open_typed()) == 1
    outside(world).manners.clear()
    walk.ask_again(kind)
    assert walk.view.problem is None
    assert world.desk.proofs.open_typed() == []
    walk.enter_key()
    assert walk.view.step is WalkStep.PAYMENT


def test_a_silent_issuer_s_proof_is_scanned_and_waits_for_nobody(
    walk: WalkIn, world: World
) -> None:
    kind = RequirementKind.PSYCH_CERT
    outside(world).manners[kind] = Manner.SILENT
    walk.enter_key()
    assert walk.view.step is WalkStep.REQUIREMENTS
    app = walk.view.app
    assert app is not None
    code = paper_code(world.desk, app, kind)
    walk.begin_typing(Typing.EVIDENCE, kind)
    walk.field_changed("reference", "PSI-77")
    assert not walk.scanned("KARTU-0001")
    assert walk.scanned(code[:-5])
    assert problem(walk) in {"ProofCodeUnreadable", "ProofCodeForged"}
    assert walk.view.form["reference"] == "PSI-77", "nothing typed is lost"
    assert walk.scanned(code)
    assert (walk.view.problem, walk.view.typing, walk.view.gathered) == (None, None, ())
    assert world.desk.intake.drafts(world.by) == []
    walk.enter_key()
    assert walk.view.step is WalkStep.PAYMENT
    assert world.desk.proofs.open_typed() == []
    assert walk.scanned(code)
    assert problem(walk) == "ProofCodeNotNow"


def test_a_scanned_certificate_that_ran_out_is_told(walk: WalkIn, world: World) -> None:
    kind = RequirementKind.MEDICAL_CERT
    outside(world).manners[kind] = Manner.SILENT
    walk.enter_key()
    outside(world).manners[kind] = Manner.EXPIRED
    assert walk.view.app is not None
    assert walk.scanned(paper_code(world.desk, walk.view.app, kind))
    assert problem(walk) == "CertificateExpired"


def test_an_expired_certificate_is_named_until_a_new_one_is_there(
    walk: WalkIn, world: World
) -> None:
    kind = RequirementKind.MEDICAL_CERT
    outside(world).manners[kind] = Manner.EXPIRED
    to(walk, world, WalkStep.REQUIREMENTS)
    walk.enter_key()
    assert problem(walk) == "CertificateExpired"
    walk.ask_again(kind)
    assert problem(walk) == "CertificateExpired"
    outside(world).manners[kind] = Manner.YES
    walk.ask_again(kind)
    assert walk.view.problem is None
    walk.enter_key()
    assert walk.view.step is WalkStep.PAYMENT


@pytest.mark.parametrize(("paid", "named"), [(1, "PaymentUnderpaid"), (999_000, "PaymentOverpaid")])
def test_a_payment_that_differs_names_the_difference(
    walk: WalkIn, world: World, paid: int, named: str
) -> None:
    to(walk, world, WalkStep.PAYMENT)
    assert walk.view.app is not None
    outside(world).paid[walk.view.app.billing_code] = paid
    walk.enter_key()
    assert problem(walk) == named
    assert walk.view.step is WalkStep.PAYMENT


def test_a_bank_slip_without_an_amount_or_of_another_day_is_refused(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.PAYMENT)
    walk.begin_typing(Typing.BANK_SLIP)
    assert walk.view.form == {"paid_on": f"{world.desk.frame.today():%d/%m/%Y}"}
    walk.field_changed("ntpn", "ABCDEF0123456789")
    walk.enter_key()
    assert problem(walk) == "AmountUnreadable"
    walk.field_changed("amount", "75.000")
    for day, wrong in (("31/02/2026", "DateUnreadable"), ("01/03/2026", "PaidOnAnotherDay")):
        walk.field_changed("paid_on", day)
        walk.enter_key()
        assert problem(walk) == wrong
    walk.field_changed("paid_on", "")
    walk.field_changed("bank", "BANK CONTOH")
    walk.enter_key()
    assert walk.view.step is WalkStep.CAPTURE


def test_a_refused_photo_asks_for_no_signature_until_overruled(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.CAPTURE)
    world.bench.order("camera", Fault("camera.capture", FaultName.EYES_CLOSED))
    walk.take_photo()
    assert not walk.view.photo.accepted
    assert problem(walk) == "PhotoRefused"
    world.stage.ready_to_sign(world.people[1])
    walk.overrule("eye_closed")
    assert walk.view.photo.complete


def test_a_correction_is_drafted_and_voids_the_confirmation(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.APPROVAL)
    walk.begin_correction()
    walk.field_changed("occupation", "GURU")
    assert len(world.desk.intake.drafts(world.by)) == 1
    walk.enter_key()
    assert walk.view.app is not None
    assert walk.view.app.applicant.occupation == "GURU"
    assert walk.view.step is WalkStep.CONFIRM
    assert world.desk.intake.drafts(world.by) == []


def test_a_correction_of_an_approved_case_says_that_the_approval_is_void(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    walk.begin_correction()
    walk.field_changed("occupation", "GURU")
    walk.enter_key()
    assert walk.view.step is WalkStep.CONFIRM
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.approval_void"


def test_a_correction_without_a_change_changes_nothing(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.APPROVAL)
    assert walk.view.app is not None
    before = walk.view.app
    walk.begin_correction()
    walk.enter_key()
    assert problem(walk) == "NothingCorrected"
    walk.escape()
    walk.escape()
    assert walk.view.app == before
    walk.begin_correction()
    walk.field_changed("occupation", "GURU")
    walk.enter_key()
    assert walk.view.app.applicant.name == before.applicant.name, "not its capitals"


def test_a_corrected_birth_date_that_cannot_be_stays_in_the_form(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.CONFIRM)
    walk.begin_correction()
    walk.field_changed("birth_date", "01/01/2020")
    walk.enter_key()
    assert problem(walk) == "BirthDateImplausible"
    assert walk.view.correcting
    assert walk.view.form["birth_date"] == "01/01/2020"


def test_a_draft_of_a_correction_opens_at_the_same_step(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.CONFIRM)
    walk.begin_correction()
    walk.field_changed("address", "JALAN BARU 1")
    [draft] = world.desk.intake.drafts(world.by)
    again = WalkIn(world.desk)
    again.enter(draft.id)
    assert again.view.correcting
    assert again.view.form["address"] == "JALAN BARU 1"
    assert again.view.step is WalkStep.CONFIRM


def test_two_quick_fields_make_one_draft(walk: WalkIn, world: World) -> None:
    walk.type_manually("eid_chip_unreadable")
    walk.field_changed("nik", "3273015507900001")
    walk.field_changed("name", "SITI")
    [draft] = world.desk.intake.drafts(world.by)
    assert (draft.fields["nik"], draft.fields["name"]) == ("3273015507900001", "SITI")


def typed(walk: WalkIn, who: Person, **changes: str) -> None:
    """Somebody's data in the form, with fields changed."""
    fields = {
        "nik": who.nik, "name": who.name, "birth_place": who.birth_place,
        "birth_date": f"{who.birth_date:%d%m%Y}", "sex": "P" if who.woman else "L",
        "address": who.street, "phone": "",
    }  # fmt: skip
    for name, text in {**fields, **changes}.items():
        walk.field_changed(name, text)


@pytest.mark.parametrize(
    ("field", "text", "named"),
    [
        ("nik", "123", "NikWrongLength"),
        ("nik", "3273999999990001", "NikDayImpossible"),
        ("nik", "", "FieldEmpty"),
        ("address", "  ", "FieldEmpty"),
        ("name", "A" * 4000, "TextTooLong"),
        ("name", "محمد بن عبد الله", "CannotPrintOnCard"),
        ("birth_place", "🏠", "CannotPrintOnCard"),
        ("phone", "0" * 4000, "TextTooLong"),
        ("birth_date", "29021991", "DateUnreadable"),
        ("birth_date", "01012030", "BirthDateImplausible"),
        ("birth_date", "01011850", "BirthDateImplausible"),
        ("sex", "", "FieldEmpty"),
    ],
)
def test_what_was_typed_wrong_is_said_before_a_second_officer_is_called(
    walk: WalkIn, world: World, field: str, text: str, named: str
) -> None:
    walk.type_manually("eid_chip_unreadable")
    typed(walk, world.people[3], **{field: text})
    walk.enter_key()
    assert problem(walk) == named
    assert not walk.view.choices
    assert walk.view.form.get(field, "") == text
    typed(walk, world.people[3])
    walk.enter_key()
    assert walk.view.problem is None
    assert walk.view.choices


def test_what_was_typed_comes_back_after_one_esc_too_many(walk: WalkIn) -> None:
    walk.type_manually("eid_chip_unreadable")
    walk.field_changed("name", "SITI")
    walk.back()
    assert not walk.view.manual
    walk.type_manually("device_down")
    assert (walk.view.form["name"], walk.view.form["override"]) == ("SITI", "device_down")


@pytest.mark.parametrize("theirs", [True, False])
def test_another_s_nik_is_said_before_it_is_registered_and_until_it_is_decided(
    walk: WalkIn, world: World, theirs: bool
) -> None:
    walk.type_manually("eid_chip_unreadable")
    typed(walk, world.people[1], name="BAMBANG SURYADI")
    walk.enter_key()
    assert walk.view.standing is not None
    assert walk.view.standing.contested
    walk.second_officer("85020002", "dewi123")
    walk.enter_key()
    assert walk.view.contested
    assert walk.view.app is not None
    person = walk.view.app.person_id
    walk.enter_key()
    assert problem(walk) == "GatesMissing"
    world.take_over("bambang")
    world.desk.intake.settle_conflict(
        world.by, person, "Dukcapil", owner=walk.view.app.id if theirs else ""
    )
    world.give_back()
    walk.heard(ApplicationMoved(walk.view.app.id))
    assert not walk.view.contested
    assert walk.view.app.state is (S.REGISTERED if theirs else S.REJECTED)
    assert walk.view.problem is None, "nothing is lacking any more at a step that has passed"


def test_a_nik_that_dukcapil_confirmed_by_letter_is_served(walk: WalkIn, world: World) -> None:
    odd = "3273019901900001"
    walk.type_manually("eid_chip_unreadable")
    typed(walk, world.people[3], nik=odd)
    walk.enter_key()
    assert problem(walk) == "NikDayImpossible"
    walk.type_manually("nik_confirmed_by_letter")
    assert walk.view.form["nik"] == odd
    walk.enter_key()
    assert walk.view.standing is not None
    assert "NikDayImpossible" in [type(one).__name__ for one in walk.view.standing.nik.warns]
    walk.choose(next(i for i, c in enumerate(walk.view.choices) if c.possible))
    walk.second_officer("85020002", "dewi123")
    walk.enter_key()
    assert walk.view.app is not None
    assert walk.view.app.nik == odd
    walk.type_manually("nik_confirmed_by_letter")
    typed(walk, world.people[3], nik="32730199019000")  # a letter makes no NIK of 14 digits
    walk.look_up_typed()
    assert problem(walk) == "NikWrongLength"


def test_typing_by_hand_needs_a_second_officer(walk: WalkIn, world: World) -> None:
    walk.type_manually("eid_chip_unreadable")
    typed(walk, world.people[1])
    walk.enter_key()
    assert walk.view.standing is not None
    walk.enter_key()
    assert problem(walk) == "SecondOfficerNeeded"
    walk.second_officer("79010001", "andi123")
    assert problem(walk) == "SameOfficer"
    walk.second_officer("85020002", "dewi123")
    walk.enter_key()
    assert walk.view.step is WalkStep.REQUIREMENTS


def test_nothing_is_handed_over_unscanned_and_another_card_is_named(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.HANDOVER)
    walk.enter_key()
    assert problem(walk) == "ScanTheCard"
    other = world.desk.stock.free_here(1)[0]
    assert walk.scanned(other)
    walk.enter_key()
    assert problem(walk) == "CardSwapped"
    assert walk.view.scanned_serial == ""


def test_a_proxy_brings_a_letter(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.HANDOVER)
    app = walk.view.app
    assert app is not None
    walk.scanned(app.blank_serial)
    walk.hand_over(Recipient(False, "SITI"))
    assert problem(walk) == "ProxyLetterMissing"
    walk.begin_typing(Typing.PROXY)
    walk.field_changed("name", "SITI")
    walk.field_changed("letter", "SK-1")
    walk.scanned(app.blank_serial)
    walk.enter_key()
    assert walk.view.app is not None
    assert (walk.view.app.state, walk.view.app.handed_to) == (S.CLOSED, "SITI")


def test_an_old_card_that_is_no_blank_of_this_office_is_promised_no_place_in_its_books(
    walk: WalkIn, world: World
) -> None:
    damaged = (i for i, c in enumerate(walk.view.choices) if c.service is Service.REPLACE_DAMAGED)
    walk.choose(next(damaged))
    to(walk, world, WalkStep.HANDOVER)
    assert walk.view.old_card_due
    walk.take_old_card("made_elsewhere")
    assert not walk.view.old_card_due
    assert walk.view.said is not None
    assert walk.view.said.message_id == "cards.handed_in.TAKEN_UNLISTED"


def test_a_bad_card_prints_again_on_another_blank(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    walk.enter_key()
    assert walk.view.app is not None
    first = walk.view.app.blank_serial
    walk.spoil("print_defect")
    assert walk.view.app.state is S.APPROVED
    walk.enter_key()
    assert walk.view.app.blank_serial not in ("", first)


def test_a_cut_off_print_asks_one_question_and_blocks_this_case_alone(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    world.bench.order("card_printer", Fault("print.panel.c", FaultName.UNPLUGGED))
    walk.enter_key()
    assert walk.view.doubt is not None
    walk.enter_key()
    assert walk.view.app is not None
    assert walk.view.app.state is S.ENCODED
    walk.call_if_free()
    assert problem(walk) == "JobInDoubt", "it is answered first, neither accepted nor refused"
    assert walk.view.doubt.card_inside is None, "an unplugged printer says nothing"
    world.bench.remedy("card_printer")
    world.desk.hub.poll()
    assert walk.view.doubt is not None
    assert walk.view.doubt.card_inside, "it is asked again when it can say"
    walk.answer_doubt("card_spoiled")
    assert walk.view.doubt is None
    assert walk.view.app.state is S.APPROVED


def test_the_picture_bears_no_spoilt_card_s_number(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    blank = walk.view.faces
    world.bench.order("card_printer", Fault("print.panel.c", FaultName.UNPLUGGED))
    walk.enter_key()
    assert walk.view.app is not None
    world.bench.remedy("card_printer")
    world.desk.hub.poll()
    again = WalkIn(world.desk)
    again.enter(walk.view.app.id)
    assert again.view.faces != blank, "its number is on it"
    again.answer_doubt("card_spoiled")
    assert again.view.app is not None
    assert again.view.app.blank_serial == ""
    assert again.view.faces == blank


def test_a_blank_that_a_jam_cost_is_no_longer_counted(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    before = walk.view.blanks_left
    world.bench.order("card_printer", Fault("print.panel.c", FaultName.JAM))
    walk.enter_key()
    assert walk.view.fault is not None
    assert walk.view.blanks_left == before - 1
    walk.enter_key()  # the card is stuck still: that is told again, and nothing more is lost
    assert problem(walk) == "CardJam"
    assert walk.view.blanks_left == before - 1
    with world.desk.ledger.reading() as r:
        assert r.count(Job) == 1
    world.bench.remedy("card_printer")
    walk.enter_key()
    assert walk.view.problem is None
    assert walk.view.outcome is Outcome.PRINTED


def test_above_the_limit_a_second_officer_is_asked_for_by_name(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    assert walk.view.app is not None
    assert not walk.view.reprint_limited
    with world.desk.ledger.acting(world.by) as w:
        w.change(walk.view.app, reprints=2)
        w.record("application.spoiled", walk.view.app.id, {})
    walk.refresh()
    assert walk.view.reprint_limited
    walk.enter_key()
    assert problem(walk) == "ReprintNeedsSecond"
    walk.allow_reprint("74050005", "bambang")
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.reprint_allowed"
    assert walk.view.problem is None
    assert not walk.view.reprint_limited  # one more is signed for: nobody is asked again


def test_several_cases_of_one_visit_go_side_by_side(walk: WalkIn, world: World) -> None:
    walk.enter_key()
    walk.add_case()
    renewal = next(c for c in walk.view.choices if c.service is Service.RENEWAL)
    assert type(renewal.problems[0]).__name__ == "AlreadyOpen"
    walk.choose(next(i for i, c in enumerate(walk.view.choices) if c.possible))
    walk.enter_key()
    assert len(walk.view.cases) == 2
    walk.pick_next()
    assert walk.view.current == 0
    walk.reject("data_mismatch")
    assert walk.view.cases[0].state is S.REJECTED
    assert walk.view.current == 1


def test_enter_on_the_page_of_an_ended_case_goes_on_with_the_visit_s_other(
    walk: WalkIn, world: World
) -> None:
    walk.enter_key()
    walk.add_case()
    walk.choose(next(i for i, c in enumerate(walk.view.choices) if c.possible))
    walk.enter_key()
    walk.pick(0)
    walk.reject("medically_unfit")
    walk.pick(0)
    assert walk.view.step is WalkStep.DONE
    assert walk.view.goes_on == 1
    walk.enter_key()
    assert not walk.view.idle, "whoever is here is still served"
    assert walk.view.current == 1
    walk.cancel("by_applicant")
    assert walk.view.goes_on is None
    walk.enter_key()
    assert walk.view.idle


def test_a_held_case_goes_on_where_it_was(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.PAYMENT)
    case = walk.view.app
    assert case is not None
    walk.hold("waiting_for_payment")
    assert walk.view.idle
    walk.enter(case.id)
    assert walk.view.step is WalkStep.PAYMENT
    assert walk.view.held, "whoever only looks lifts no hold"
    assert walk.view.fee is not None, "what it waits for is seen"
    walk.enter_key()
    assert walk.view.step is WalkStep.PAYMENT
    assert not walk.view.held


def test_esc_ends_a_wait_without_a_fault(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.CAPTURE)
    walk.take_photo()  # good; nobody signs, so the pad's patience runs out
    assert problem(walk) == "NoSignature"
    walk.escape()
    assert walk.view.problem is None


BACK: list[tuple[Callable[[WalkIn], object], Callable[[WalkIn], bool]]] = [
    (lambda w: w.type_manually("device_down"), lambda w: w.view.manual),
    (lambda w: w.enter_key() or w.add_case(), lambda w: w.view.adding),
]


@pytest.mark.parametrize(("there", "is_there"), BACK)
def test_back_leaves_a_form(
    walk: WalkIn, there: Callable[[WalkIn], object], is_there: Callable[[WalkIn], bool]
) -> None:
    assert not walk.can_go_back
    there(walk)
    assert is_there(walk)
    assert walk.can_go_back
    walk.back()
    assert not is_there(walk)


class SlowPrinter:
    """Lanes that keep the printer's work until it is let go; all else runs at once."""

    def __init__(self, lanes: LaneRunner) -> None:
        self._lanes = lanes
        self.kept: list[Callable[[], None]] = []

    def call(self, lane: str, work: object, then: object = None, failed: object = None) -> None:
        def go() -> None:
            self._lanes.call(lane, work, then, failed)  # type: ignore[arg-type]

        if lane == "card_printer":
            self.kept.append(go)
        else:
            go()

    def busy(self, lane: str) -> bool:
        return False


def test_the_next_is_served_while_the_printer_works(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    first = walk.view.app
    assert first is not None
    slow = SlowPrinter(world.desk.lanes)
    walk.desk = dataclasses.replace(world.desk, lanes=slow)  # type: ignore[arg-type]
    walk.enter_key()
    assert walk.view.doing == "doing.print_card"
    walk.enter_key()
    assert len(slow.kept) == 1
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    world.put_eid(world.people[4])
    walk.call_if_free()
    assert walk.view.identity is not None
    assert walk.view.identity.applicant.nik == world.people[4].nik
    assert walk.view.doing == ""
    slow.kept.pop()()
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.behind.printed"
    assert walk.view.identity.applicant.nik == world.people[4].nik
    walk.enter_key()
    walk.open(first.id)
    assert walk.view.app is not None
    assert walk.view.app.state is S.PRINTED


@pytest.mark.parametrize("step", [WalkStep.IDENTITY, WalkStep.PAYMENT])
def test_after_a_restart_f3_leads_back_to_who_was_being_served(
    walk: WalkIn, world: World, step: WalkStep
) -> None:
    to(walk, world, step)
    visit = walk.view.visit
    assert visit is not None
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    again = WalkIn(world.desk)
    again.enter()
    again.call_if_free()
    assert again.view.visit is not None
    assert (again.view.visit.id, again.view.step) == (visit.id, step)
    assert again.view.said is not None
    way = "walkin.led_back" if step is WalkStep.IDENTITY else "walkin.led_back_case"
    assert again.view.said.message_id == way, "each by a key that works there"
    assert len(world.desk.queue.waiting()) == 1
    if step is WalkStep.IDENTITY:
        again.skip()
    else:
        again.hold()
    again.call_if_free()
    assert again.view.visit is not None
    assert again.view.visit.id != visit.id


def test_after_a_restart_a_case_laid_aside_beside_the_one_served_stays_so(
    walk: WalkIn, world: World
) -> None:
    visit, person = walk.view.visit, world.people[1]
    first = registered(world, person, visit=visit)
    second = registered(world, person, Service.NEW_ISSUE, A, visit)
    world.desk.intake.hold(world.by, first.id, "applicant_left")
    again = WalkIn(world.desk)
    again.enter()
    again.call_if_free()
    assert again.view.app is not None
    assert again.view.app.id == second.id
    with world.desk.ledger.reading() as r:
        assert r.get(Application, first.id).state is S.ON_HOLD


def test_after_a_restart_the_counter_s_enter_leads_back_too(walk: WalkIn, world: World) -> None:
    visit = walk.view.visit
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    again = WalkIn(world.desk)
    again.enter()
    again.enter_key()
    assert visit is not None
    assert again.view.visit is not None
    assert again.view.visit.id == visit.id


@pytest.mark.parametrize("state", [S.IN_PRODUCTION, S.ENCODED])
def test_f3_names_no_key_of_a_card_that_is_still_being_made(
    walk: WalkIn, world: World, state: S
) -> None:
    """As of a case that is opened again while the printer works on it: nothing came out yet."""
    to(walk, world, WalkStep.PRODUCTION)
    [app] = walk.view.cases
    walk.show(cases=(dataclasses.replace(app, state=state),))
    walk.call_if_free()
    assert problem(walk) == "CardUnderWay"
    walk.show(cases=(dataclasses.replace(app, state=S.PRINTED),))
    walk.call_if_free()
    assert problem(walk) == "CardFirst"


def test_f3_names_the_key_that_leaves_an_open_form_or_another_service(
    walk: WalkIn, world: World
) -> None:
    """Beside either the case can't be held, nor who is registered sent back into the line."""
    to(walk, world, WalkStep.PAYMENT)
    walk.begin_typing(Typing.BANK_SLIP)
    walk.call_if_free()
    assert problem(walk) == "LeaveFirst"
    walk.back()
    walk.call_if_free()
    assert problem(walk) == "ServeFirst"
    walk.add_case()
    walk.call_if_free()
    assert problem(walk) == "LeaveFirst", "of the case beside it somebody is still served"
    walk.back()
    to(walk, world, WalkStep.APPROVAL)
    walk.add_case()
    walk.call_if_free()
    assert problem(walk) == "LeaveService", "then F3 is free"
    walk.back()
    assert walk.view.may_leave


def test_the_next_is_typed_while_the_printer_works(walk: WalkIn, world: World) -> None:
    """Another reason for typing ends nobody's printing."""
    to(walk, world, WalkStep.PRODUCTION)
    first = walk.view.app
    assert first is not None
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    walk.call_next()
    walk.type_manually("eid_chip_unreadable")
    walk.field_changed("name", "SITI")
    walk.skip()
    walk.open(first.id)
    slow = SlowPrinter(world.desk.lanes)
    walk.desk = dataclasses.replace(world.desk, lanes=slow)  # type: ignore[arg-type]
    walk.enter_key()
    walk.call_if_free()
    assert (walk.view.manual, walk.view.form["name"]) == (True, "SITI")
    walk.type_manually("device_down")
    slow.kept.pop()()
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.behind.printed"


@pytest.mark.parametrize("taken_over", [False, True])
def test_a_card_printed_behind_the_lock_waits_to_be_looked_at(
    walk: WalkIn, world: World, taken_over: bool
) -> None:
    """Whoever took over meanwhile has seen no card."""
    to(walk, world, WalkStep.PRODUCTION)
    printer = on_busy_lane(walk, "card_printer")
    walk.enter_key()
    if taken_over:
        world.take_over("sri")
    else:
        world.desk.duty.lock()
    printer.let_go()
    assert walk.view.app is not None
    assert walk.view.app.state is S.PRINTED
    assert walk.view.doing == ""
    assert acts(world, "inspection.looked") == []
    if taken_over:
        world.give_back()
    else:
        world.desk.duty.unlock("79010001", "andi123")
    walk.enter_key()
    assert [entry.officer for entry in acts(world, "inspection.looked")] == ["79010001"]


def test_an_approver_who_took_over_is_told_who_opens_a_card_made_behind(
    walk: WalkIn, world: World
) -> None:
    """From their queue (F2) no card opens."""
    to(walk, world, WalkStep.PRODUCTION)
    printer = on_busy_lane(walk, "card_printer")
    walk.enter_key()
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    world.put_eid(world.people[4])
    walk.call_if_free()
    world.take_over("sri")
    printer.let_go()
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.behind.printed.others"


def test_a_refusal_for_whoever_was_served_before_is_said_by_its_number(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.PRODUCTION)
    slow = SlowPrinter(world.desk.lanes)
    walk.desk = dataclasses.replace(world.desk, lanes=slow)  # type: ignore[arg-type]
    walk.enter_key()
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    world.put_eid(world.people[4])
    walk.call_if_free()
    world.take_over("nyoman")
    world.desk.stock.unassign(world.by, world.desk.stock.free_here(500))
    world.give_back()
    slow.kept.pop()()
    assert walk.view.problem is None, "no banner about somebody else"
    assert walk.view.said is not None
    assert walk.view.said.message_id == "walkin.behind.refused"


def test_opening_another_case_ends_the_wait_for_a_card(walk: WalkIn, world: World) -> None:
    to(walk, world, WalkStep.PAYMENT)
    first = walk.view.app
    assert first is not None
    walk.hold()
    held: list[Callable[[], None]] = []
    lanes = world.desk.lanes

    class Waiting(SlowPrinter):
        def call(self, lane: str, work: object, then: object = None, failed: object = None) -> None:
            def go() -> None:
                lanes.call(lane, work, then, failed)  # type: ignore[arg-type]

            (held.append if lane == "eid_reader" else lambda do: do())(go)

    walk.desk = dataclasses.replace(world.desk, lanes=Waiting(lanes))  # type: ignore[arg-type]
    world.stage.take_eid()
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    walk.call_next()
    assert walk.view.doing == "doing.read_eid"
    walk.enter(first.id)
    held.pop()()
    assert walk.view.app is not None
    assert walk.view.app.id == first.id
    assert walk.view.problem is None


def test_only_a_renewal_counts_the_days_and_a_late_one_is_marked(
    walk: WalkIn, world: World
) -> None:
    found = walk.view.choices
    renewals = [choice for choice in found if choice.service is Service.RENEWAL]
    others = [choice for choice in found if choice.service is not Service.RENEWAL]
    assert all(choice.days_left is not None for choice in renewals)
    assert all(choice.days_left is None and not choice.soon for choice in others)
    most = world.desk.frame.rules().validity.warn_days
    assert [choice.soon for choice in renewals] == [
        choice.days_left is not None and choice.days_left <= most for choice in renewals
    ]
    assert renewals


def test_comparing_faces_leaves_the_screen_free_and_says_what_was_kept(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.CAPTURE)
    shown: list[WalkInView] = []
    walk.attach(shown.append)
    sheets: list[FaceSheet] = []
    walk.compare_faces(sheets.append)
    assert sheets
    assert not shown[-1].doing
    walk.judge_faces(sheets[0], FaceVerdict.UNSURE)
    assert not shown[-1].doing
    assert shown[-1].said is not None
    assert shown[-1].said.message_id == "faces.kept.unsure"
    assert not walk.view.contested
    walk.judge_faces(sheets[0], FaceVerdict.DIFFERENT)
    assert walk.view.contested, "said at once, not at the next look"


def test_a_case_that_came_while_the_card_was_looked_at_is_shown_as_open(
    walk: WalkIn, world: World
) -> None:
    view = walk.view
    chosen = view.choices[view.chosen]
    assert chosen.possible
    open_case = registered(world, world.people[1], chosen.service)
    assert open_case.licence_class is chosen.licence_class
    walk.enter_key()
    assert problem(walk) == "AlreadyOpen"
    now = walk.view.choices[walk.view.chosen]
    assert (now.service, now.licence_class) == (chosen.service, chosen.licence_class)
    assert not now.possible
    assert walk.view.standing is not None
    assert [case.id for case in walk.view.standing.open_cases] == [open_case.id]


def test_who_is_sent_home_without_a_card_is_told_a_day_on_which_the_office_is_open(
    walk: WalkIn, world: World
) -> None:
    to(walk, world, WalkStep.PAYMENT)
    world.clock.advance(16 * 86400)  # 18 March; Nyepi and Idulfitri follow, to the 24th
    app = walk.view.app
    assert app is not None
    walk._print_later(app, world.by)
    with world.desk.ledger.reading() as r:
        pages = PdfReader(io.BytesIO(r.blob(r.get(Paper, walk.view.receipt).blob))).pages
    assert "25 Maret 2026" in " ".join(page.extract_text() for page in pages)


def test_the_receipt_of_a_card_printed_later_bears_the_time_of_the_photo(
    walk: WalkIn, world: World
) -> None:
    app = captured(
        world, paid(world, checked(world, registered(world, world.people[1]))), world.people[1]
    )
    taken = world.desk.papers.local(world.clock.now())
    world.clock.advance(3 * 3600)
    walk._print_later(app, world.by)
    with world.desk.ledger.reading() as r:
        pages = PdfReader(io.BytesIO(r.blob(r.get(Paper, walk.view.receipt).blob))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    moment = Voice(walk.desk.papers.words()).moment(taken, walk.desk.frame.zone)
    assert f"direkam {moment}" in text
