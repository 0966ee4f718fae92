"""Files from home: taken in, verified or sent back, made into cards, delivered."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.batch.results import read_results
from desktop.domain.application import Application, Delivery, IdentitySource, ReasonMissing
from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import Evidence, EvidenceDenied, EvidenceSource, IssuerSilent
from desktop.domain.officer import OwnWork, RoleMissing
from desktop.domain.online import (
    ClaimedByAnother,
    NotThisApplicant,
    RecordDiffers,
    SentBackPoint,
    SentByCourierAlready,
    UploadsDoubtful,
)
from desktop.domain.reasons import SendBackReason
from desktop.domain.requirements import CertificateExpired, RequirementKind
from desktop.domain.service import Channel
from desktop.domain.shipment import CourierWord
from desktop.domain.validity import StayPermitMissing
from desktop.domain.workflow import NoSuchStep
from desktop.keys.certificates import KeyRole
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.presenters.queue import WorkQueue
from desktop.presenters.queue_view import Pile
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkStep
from desktop.services.online import Online
from desktop.services.online_checks import OnlineChecks
from desktop.services.online_notice import sent_back_paper
from desktop.services.reviews import Remark
from desktop.training.batch_maker import Flaw, make_batch, mend_batch, samples
from tests.walks.online_day import RESULT, OnlineDay, batch, proof
from tests.walks.world import World


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def online(day: OnlineDay) -> Online:
    return day.world.desk.online


def outside(day: OnlineDay) -> OutsideSimulator:
    party = day.world.desk.outside
    assert isinstance(party, OutsideSimulator)
    return party


def one(day: OnlineDay) -> str:
    """A single good file, claimed by nobody yet."""
    return day.take_in(1).taken[0].application_id


def test_from_batch_to_delivered(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    assert app.channel is Channel.ONLINE
    assert app.identity is IdentitySource.CONFIRMED
    assert app.maker == "79010001"
    assert app.makers == {"79010001"}
    assert app.delivery is Delivery.COURIER
    [parcel] = day.dispatched(app)
    tracking = world.desk.tracking
    tracking.courier_says(world.by, parcel.awb, CourierWord.IN_TRANSIT)
    tracking.courier_says(world.by, parcel.awb, CourierWord.DELIVERED, proof=proof(world))
    assert day.app(app.id).state is S.IN_DELIVERY
    assert [p.awb for p in tracking.unconfirmed()] == [parcel.awb]
    app = tracking.confirm_delivery(world.by, app.id)
    assert app.state is S.CLOSED
    assert tracking.unconfirmed() == []


def test_evidence_comes_from_the_signed_file(day: OnlineDay) -> None:
    app_id = one(day)
    app = day.verified(app_id)
    filing = online(day).filing(app_id)
    with day.world.desk.ledger.reading() as r:
        found = {e.kind: e for e in r.find(Evidence, application_id=app_id)}
    assert found[RequirementKind.PAYMENT].reference == filing.payment.ntpn
    assert found[RequirementKind.MEDICAL_CERT].reference == filing.medical.number
    assert {e.source for e in found.values()} == {EvidenceSource.CONFIRMED}
    assert app.fee == filing.payment.amount == 75_000
    assert app.photo
    assert app.signature


def test_two_files_are_sent_back_with_coded_reasons_and_mended(
    day: OnlineDay, tmp_path: Path
) -> None:
    world = day.world
    world.sign_in("andi")
    path = tmp_path / "batch.zip"
    made = make_batch(world.desk, path, count=4, seed=11, faulty=2)
    report = online(day).import_batch(world.by, path)
    faulty = [line for line, one in zip(report.taken, made, strict=True) if one.flaw]
    assert len(faulty) == 2
    for line in faulty:
        app = online(day).claim(world.by, line.application_id)
        check = online(day).pre_check(app.id)
        assert not check.clean
        app = online(day).send_back(world.by, app.id, check.suggested)
        assert app.state is S.SENT_BACK
        assert app.sent_back == check.suggested
        assert app.claimed_by == ""
    waiting_before = [row.application.number for row in online(day).waiting()]

    mended = tmp_path / "mended.zip"
    mend_batch(world.desk, mended)
    report = online(day).import_batch(world.by, mended)
    assert report.resubmitted == 2
    rows = online(day).waiting()
    assert [row.application.number for row in rows] == waiting_before  # each keeps its place
    assert {row.application.state for row in rows} == {S.RECEIVED}
    for line in report.taken:
        row = next(row for row in rows if row.application.id == line.application_id)
        assert row.resubmitted
        told = online(day).filing(row.application.id).payment
        assert row.application.billing_code == told.billing_code
        assert row.application.sent_back  # what was asked stands beside the new file
        app = day.verified(line.application_id)
        assert app.state is S.VERIFIED
        assert app.sent_back == ()


def test_every_flaw_of_a_batch_is_seen_before_an_officer_looks(
    day: OnlineDay, tmp_path: Path
) -> None:
    expected = {
        Flaw.BACKGROUND: SendBackReason.PHOTO_BACKGROUND,
        Flaw.EYES_CLOSED: SendBackReason.PHOTO_EYES_CLOSED,
        Flaw.DARK: SendBackReason.PHOTO_DARK,
        Flaw.BLURRED: SendBackReason.PHOTO_BLURRED,
        Flaw.SIGNATURE_UNCLEAR: SendBackReason.SIGNATURE_UNCLEAR,
        Flaw.MEDICAL_EXPIRED: SendBackReason.MEDICAL_CERT_EXPIRED,
        Flaw.DATA_MISMATCH: SendBackReason.RECORD_MISMATCH,
        Flaw.WRONG_CLASS: SendBackReason.OLD_LICENCE_OTHER_CLASS,
    }
    world = day.world
    world.sign_in("andi")
    path = tmp_path / "batch.zip"
    made = make_batch(world.desk, path, count=8, seed=2, flaws=tuple(Flaw))
    report = online(day).import_batch(world.by, path)
    assert {one.flaw for one in made} == set(Flaw)
    for line, one_made in zip(report.taken, made, strict=True):
        assert one_made.flaw is not None
        reasons = {p.reason for p in online(day).pre_check(line.application_id).suggested}
        assert expected[one_made.flaw] in reasons, one_made.flaw


@pytest.mark.parametrize(
    ("flaw", "refusal"),
    [
        (Flaw.DATA_MISMATCH, RecordDiffers),
        (Flaw.MEDICAL_EXPIRED, CertificateExpired),
        (Flaw.BACKGROUND, UploadsDoubtful),
    ],
)
def test_a_faulty_file_is_not_verified(
    day: OnlineDay, tmp_path: Path, flaw: Flaw, refusal: type[Exception]
) -> None:
    world = day.world
    world.sign_in("andi")
    path = tmp_path / "batch.zip"
    make_batch(world.desk, path, count=1, seed=1, flaws=(flaw,))
    line = online(day).import_batch(world.by, path).taken[0]
    online(day).claim(world.by, line.application_id)
    with pytest.raises(refusal):
        online(day).verify(world.by, line.application_id)
    app = day.app(line.application_id)
    assert app.state is S.CLAIMED
    assert not app.paid


def test_a_doubtful_picture_can_be_accepted_with_a_reason(day: OnlineDay, tmp_path: Path) -> None:
    world = day.world
    world.sign_in("andi")
    path = tmp_path / "batch.zip"
    make_batch(world.desk, path, count=1, seed=1, flaws=(Flaw.EYES_CLOSED,))
    line = online(day).import_batch(world.by, path).taken[0]
    online(day).claim(world.by, line.application_id)
    app = online(day).verify(world.by, line.application_id, override="eye_closed")
    assert app.state is S.VERIFIED
    [review] = world.desk.reviews.waiting(world.by)
    assert Remark.PHOTO_OVERRULED in review.remarks, "whoever approves looks at it"


def test_sending_back_needs_a_reason_and_marks_in_parts(day: OnlineDay) -> None:
    app_id = one(day)
    online(day).claim(day.world.by, app_id)
    with pytest.raises(ReasonMissing):
        online(day).send_back(day.world.by, app_id, [])
    wrong = SentBackPoint(SendBackReason.PHOTO_DARK, mark=(10.0, 0.0, 3.0, 1.0))
    with pytest.raises(ValueError, match="parts"):
        online(day).send_back(day.world.by, app_id, [wrong])
    assert day.app(app_id).state is S.CLAIMED


def test_only_what_this_officer_may_work_on_waits_for_them(day: OnlineDay) -> None:
    first, _second = (one.application_id for one in day.take_in(2).taken)
    assert online(day).waits_for(day.world.by) == 2
    online(day).claim(day.world.by, first)
    assert online(day).waits_for(day.world.by) == 2
    day.world.sign_in("dewi")
    assert online(day).waits_for(day.world.by) == 1
    day.world.sign_in("rahmat")  # makes and sends cards: nothing is approved yet
    assert online(day).waits_for(day.world.by) == 0


def test_a_claimed_file_belongs_to_one_officer(day: OnlineDay) -> None:
    app_id = one(day)
    online(day).claim(day.world.by, app_id)
    day.world.sign_in("dewi")
    with pytest.raises(ClaimedByAnother) as refused:
        online(day).claim(day.world.by, app_id)
    assert (refused.value.officer, refused.value.name) == ("79010001", "Bripka Andi Pratama")
    with pytest.raises(ClaimedByAnother):
        online(day).verify(day.world.by, app_id)
    with pytest.raises(ClaimedByAnother):
        online(day).release(day.world.by, app_id)
    day.world.sign_in("bambang")
    assert online(day).release(day.world.by, app_id).claimed_by == ""
    day.world.sign_in("dewi")
    assert online(day).claim(day.world.by, app_id).claimed_by == "85020002"


def test_an_approver_may_send_a_verified_file_back_but_not_approve_own_work(
    day: OnlineDay,
) -> None:
    app_id = one(day)
    app = day.verified(app_id)
    by_maker = dataclasses.replace(day.world.by, roles=frozenset(("approver",)))
    with pytest.raises((OwnWork, RoleMissing)):
        day.world.desk.approvals.approve(by_maker, app.id)
    day.world.sign_in("sri")
    point = SentBackPoint(SendBackReason.PHOTO_OTHER_PERSON, note="bukan orang yang sama")
    app = online(day).send_back(day.world.by, app_id, [point])
    assert app.state is S.SENT_BACK
    assert not app.pictures_checked


def test_dukcapil_says_no_and_dukcapil_is_silent(day: OnlineDay) -> None:
    app_id = one(day)
    online(day).claim(day.world.by, app_id)
    outside(day).manners[RequirementKind.IDENTITY_CARD] = Manner.NO
    with pytest.raises(EvidenceDenied):
        online(day).verify(day.world.by, app_id)
    outside(day).manners[RequirementKind.IDENTITY_CARD] = Manner.SILENT
    with pytest.raises(IssuerSilent):
        online(day).verify(day.world.by, app_id)
    app = online(day).verify(day.world.by, app_id, identity_override="line_down")
    assert app.state is S.VERIFIED
    with day.world.desk.ledger.reading() as r:
        [word] = r.find(Evidence, application_id=app_id, kind=RequirementKind.IDENTITY_CARD)
    assert (word.source, word.facts["reason"]) == (EvidenceSource.SCANNED, "line_down")


def test_jkn_arrears_let_the_card_be_made_but_not_sent(day: OnlineDay) -> None:
    outside(day).manners[RequirementKind.JKN_STATUS] = Manner.UNKNOWN
    app_id = one(day)
    app = day.verified(app_id)
    assert app.jkn_hold


def test_the_online_applicant_appears_at_the_counter(day: OnlineDay) -> None:
    world = day.world
    app_id = one(day)
    app = day.app(app_id)
    person = next(p for p in world.people if p.nik == app.nik)
    stranger = next(p for p in world.people if p.nik != app.nik)
    world.desk.queue.take_ticket(world.by)
    _, visit = world.desk.queue.call(world.by)
    world.put_eid(stranger)
    with pytest.raises(NotThisApplicant):
        online(day).take_to_counter(
            world.by, app_id, lambda _w: visit, world.desk.intake.read_eid()
        )
    world.put_eid(person)
    identity = world.desk.intake.read_eid()
    app = online(day).take_to_counter(world.by, app_id, lambda _w: visit, identity)
    assert app.state is S.PAID
    assert app.channel is Channel.WALK_IN
    assert app.delivery is Delivery.COLLECT
    assert app.address is None
    assert app.visit_id == visit.id

    world.photograph(visit.id, person)
    [app] = world.desk.capture.finish(world.by, visit.id)
    app = world.desk.intake.confirm_data(world.by, app.id)
    world.take_over("sri")
    world.desk.approvals.approve(world.by, app.id)
    world.give_back()
    app = day.made(app.id)
    world.sign_in("andi")
    app = world.desk.handover.hand_over(world.by, app.id, app.blank_serial)
    assert app.state is S.CLOSED
    with pytest.raises(NoSuchStep):
        online(day).take_to_counter(world.by, app_id, lambda _w: visit, identity)


def test_a_foreigner_s_file_is_not_verified_for_want_of_the_permit(day: OnlineDay) -> None:
    world = day.world
    app_id = one(day)
    filing = online(day).filing(app_id)
    foreigner = dataclasses.replace(filing.applicant, nationality="WNA")
    checks = OnlineChecks(
        world.desk.frame, world.desk.intake, world.desk.requirements, world.desk.payment,
        world.desk.layout,
    )  # fmt: skip
    app = day.app(app_id)
    assert checks.look(app, filing).clean
    found = checks.look(dataclasses.replace(app, applicant=foreigner), filing).problems
    assert StayPermitMissing in {type(problem) for problem in found}

    person = next(p for p in world.people if p.nik == filing.applicant.nik)
    world.desk.queue.take_ticket(world.by)
    _, visit = world.desk.queue.call(world.by)
    world.put_eid(person)
    identity = world.desk.intake.read_eid()
    identity = dataclasses.replace(
        identity, applicant=dataclasses.replace(identity.applicant, nationality="WNA")
    )
    with pytest.raises(StayPermitMissing):
        online(day).take_to_counter(world.by, app_id, lambda _w: visit, identity)


def test_a_ready_card_can_be_collected_until_it_is_in_a_parcel(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    parcel = day.packed(app)
    with pytest.raises(SentByCourierAlready) as refused:
        online(day).collect_instead(world.by, app.id)
    assert refused.value.awb == parcel.awb
    world.desk.shipping.unpack(world.by, parcel.awb)
    app = online(day).collect_instead(world.by, app.id)
    assert app.delivery is Delivery.COLLECT
    world.sign_in("andi")
    queue, walk = WorkQueue(world.desk), WalkIn(world.desk)
    queue.enter()
    [line] = [one for one in queue.view.lines if one.pile is Pile.READY]
    assert (line.number, line.key) == (app.number, app.id)
    walk.enter(line.key)
    walk.hold()
    queue.load()
    [line] = [one for one in queue.view.lines if one.pile is Pile.HELD]
    walk.load(line.key)
    assert walk.view.held
    walk.enter_key()
    assert walk.view.step is WalkStep.HANDOVER
    assert walk.view.eid_photo, "who filed from home laid no KTP-el here: the card's own picture"
    assert walk.scanned(app.blank_serial)
    walk.enter_key()
    assert walk.view.problem is None
    assert walk.view.receipt_number
    assert day.app(app.id).state is S.CLOSED
    queue.load()
    assert queue.view.handed_today == 1, "it came without a ticket; F9 counts it too"
    assert sum(hour.handed_over for hour in world.desk.oversight.hours()) == 1


def test_the_list_warns_of_a_licence_that_runs_out_meanwhile(day: OnlineDay) -> None:
    def days_to_go(seed: int) -> int:
        [sample] = samples(day.world.desk, 1, random.Random(seed))
        return (sample.licence.valid_until - day.world.desk.frame.today()).days

    seed = next(seed for seed in range(100) if days_to_go(seed) <= 20)
    app_id = day.take_in(1, seed=seed).taken[0].application_id
    [row] = online(day).waiting()
    assert row.days_left is not None
    day.world.clock.advance(timedelta(days=row.days_left + 2).total_seconds())
    [late] = online(day).expiring()
    assert late.application.id == app_id
    assert late.days_left == -2
    app = day.verified(app_id)  # complete and paid in time: it stays a renewal
    assert app.state is S.VERIFIED


def test_results_tell_the_portal_how_everything_stands(day: OnlineDay, tmp_path: Path) -> None:
    world = day.world
    report = day.take_in(2)
    first, second = (line.application_id for line in report.taken)
    online(day).claim(world.by, first)
    point = SentBackPoint(SendBackReason.PHOTO_BACKGROUND, "kain biru polos", (0.1, 0.0, 0.8, 0.3))
    online(day).send_back(world.by, first, [point])
    day.verified(second)
    out = tmp_path / "results.zip"
    done = online(day).export_results(world.by, out)
    assert (done.outcomes, done.not_taken) == (2, 0)
    told = read_results(
        out, trust=world.desk.profile.trust, role=KeyRole.OFFICE, at=world.desk.clock.now()
    )
    assert [one["state"] for one in told] == ["sent_back", "verified"]
    for one in told:
        RESULT.validate(one)
    [reason] = told[0]["reasons"]
    assert reason["code"] == "photo_background"
    assert reason["text_id"]
    assert reason["text_en"] != reason["text_id"]
    assert reason["mark"] == [0.1, 0.0, 0.8, 0.3]
    app = day.app(first)
    paper = sent_back_paper(
        world.desk.papers, world.by, app, online(day).filing(first), online(day).answer_by(app)
    )
    assert paper.pdf.startswith(b"%PDF")
    assert told[1]["percent"] == 40
    again = tmp_path / "again.zip"
    assert online(day).export_results(world.by, again).outcomes == 2


def test_only_registration_verifies(day: OnlineDay) -> None:
    app_id = one(day)
    day.world.sign_in("nyoman")
    with pytest.raises(RoleMissing):
        online(day).claim(day.world.by, app_id)
    with pytest.raises(RoleMissing):
        online(day).import_batch(day.world.by, batch(day.world, 1))


@pytest.mark.parametrize(("code", "known"), [("", True), ("8202603020000", False)])
def test_a_billing_code_of_no_known_shape_is_told(day: OnlineDay, code: str, known: bool) -> None:
    [line] = day.take_in(1).taken
    with day.world.desk.ledger.reading() as r:
        app = r.get(Application, line.application_id)
    filing = online(day).pre_check(app.id).filing
    paid = dataclasses.replace(filing.payment, billing_code=code)
    checks = day.world.desk.online._checks
    found = checks.billing(dataclasses.replace(filing, payment=paid))
    assert [type(one).__name__ for one in found] == ([] if known else ["PaymentCodeUnknown"])
