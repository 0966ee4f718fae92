"""Evidence: confirmed, typed, denied later, used once; payment that doesn't fit."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db import tables as t
from desktop.domain.application import Application, NoHandoverYet
from desktop.domain.application import ApplicationState as S
from desktop.domain.codes import CodeKind, CodeMalformed
from desktop.domain.evidence import (
    Answer,
    EvidenceContradicts,
    EvidenceDenied,
    EvidenceSource,
    EvidenceUsed,
    IssuerSilent,
    JknInArrears,
    JknSilent,
    NoneIssued,
    ReferenceMissing,
    StatedFact,
    Verdict,
)
from desktop.domain.fees import PaymentOtherClass, PaymentOverpaid, PaymentUnderpaid
from desktop.domain.officer import PROGRAM, Officer, OwnWork, Role, RoleMissing
from desktop.domain.person import LicenceStatus
from desktop.domain.requirements import (
    CertificateExpired,
    CertificateNotYetValid,
    Enforcement,
    IssuerKnowsNone,
    NotPaid,
    RequirementKind,
    RequirementMissing,
    RequirementUndated,
)
from desktop.domain.retakes import RetakeTooEarly
from desktop.domain.service import Service
from desktop.domain.waiver import WaiverUsedUp
from desktop.domain.workflow import GatesMissing
from desktop.outside.port import Question
from desktop.outside.simulators import ISSUERS, SECONDS, Manner, OutsideSimulator
from desktop.rulebook import FOLDER, Rulebook
from desktop.services.centre_rules import centre_rules
from desktop.services.exceptions import ExceptionKind
from desktop.services.paper_forms import payment_difference
from desktop.services.reviews import Remark
from tests.walks.making import witness
from tests.walks.steps import (
    A,
    acts,
    after_tests,
    captured,
    case,
    checked,
    finished,
    handed,
    licences_of,
    look_at,
    paid,
    registered,
    signed_off,
)
from tests.walks.world import World

K = RequirementKind


def ways(world: World) -> dict[K, Manner]:
    """How the outside parties of this training counter behave."""
    assert isinstance(world.desk.outside, OutsideSimulator)
    return world.desk.outside.manners


def typed_pay(world: World, ntpn: str, index: int = 1) -> Application:
    """A renewal paid by a bank slip that an officer wrote down."""
    app = checked(world, registered(world, world.people[index]))
    return world.desk.payment.type_in(world.by, app.id, ntpn, app.fee, "Bank Contoh")


def test_who_withdraws_leaves_their_place_under_a_decree_to_the_next(world: World) -> None:
    rules = (FOLDER / "training" / "waivers.toml").read_text()
    one = rules.replace("quota = 20", "quota = 1").replace('["D", "DI"]', '["C"]')
    laid = {"waivers.toml": one.replace("2026-03-01", "2026-03-02")}
    object.__setattr__(world.desk.frame, "rulebook", Rulebook.load(FOLDER, sheets=[laid]))
    world.sign_in("andi")
    payment = world.desk.payment
    first, second = (checked(world, registered(world, world.people[at])) for at in (1, 2))
    [decree] = (waiver.decree for waiver in payment.waivers(first))
    assert payment.waive(world.by, first.id, decree).fee == 0
    with pytest.raises(WaiverUsedUp):
        payment.waive(world.by, second.id, decree)
    world.desk.intake.cancel(world.by, first.id, "by_applicant")
    assert payment.waive(world.by, second.id, decree).state is S.PAID


def test_paid_for_c_but_needs_a_shows_the_difference(world: World) -> None:
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[0], cls=A))
    world.desk.outside.paid[app.billing_code] = 75_000
    with pytest.raises(PaymentUnderpaid) as refused:
        paid(world, app)
    assert refused.value.facts() == {"expected": 80_000, "paid": 75_000, "missing": 5_000}
    assert case(world, app).state is S.REQUIREMENTS_CHECKED
    made = payment_difference(
        world.desk.papers, world.by, app.id, 75_000, ntpn="0123456789ABCDEF", bank="Bank Contoh",
        paid_at=world.clock.now(),
    )  # fmt: skip
    assert made.pdf.startswith(b"%PDF")


def test_paid_too_much_is_named_too(world: World) -> None:
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1]))
    world.desk.outside.paid[app.billing_code] = 80_000
    with pytest.raises(PaymentOverpaid):
        paid(world, app)


def test_the_bank_names_another_class(world: World) -> None:
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1]))
    answered = world.desk.outside.ask

    def for_a(question: object, **how: object) -> object:
        answer = answered(question, **how)
        answer.facts["licence_class"] = "A"
        return answer

    object.__setattr__(
        world.desk.proofs, "_outside", type("Bank", (), {"ask": staticmethod(for_a)})
    )
    with pytest.raises(PaymentOtherClass):
        paid(world, app)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        (StatedFact.AMOUNT, "75.000,00"),
        (StatedFact.AMOUNT, "-75000"),
        (StatedFact.AMOUNT, "٧٥٠٠٠"),
        (StatedFact.LICENCE_CLASS, "Z"),
    ],
)
def test_what_a_bank_states_in_no_known_form_is_refused(
    world: World, fact: StatedFact, value: str
) -> None:
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1]))
    outside = world.desk.outside
    assert isinstance(outside, OutsideSimulator)
    bank = Stating(outside)
    world.desk.proofs._outside = bank
    bank.stated = {fact: value}
    with pytest.raises(EvidenceContradicts) as refused:
        paid(world, app)
    assert refused.value.field is fact
    bank.stated = {}
    assert paid(world, app).paid


def test_the_same_ntpn_twice_names_the_first_use(world: World) -> None:
    world.sign_in("andi")
    first = typed_pay(world, "ABCDEF0123456789", 1)
    with pytest.raises(EvidenceUsed) as refused:
        typed_pay(world, "abcdef0123456789", 2)
    assert refused.value.first_use == first.number
    [other] = world.desk.intake.find_open(world.people[2].nik)
    assert not other.paid


def test_a_certificate_a_sitting_and_a_loss_report_serve_one_case_alone(world: World) -> None:
    """Confirmed or scanned, a second time it is refused, and the first use named."""
    world.sign_in("andi")
    first, second = (registered(world, world.people[index]) for index in (1, 2))
    desk, today = world.desk, world.desk.frame.today()
    for kind in (K.MEDICAL_CERT, K.PSYCH_CERT, K.THEORY_TEST, K.LOSS_REPORT, K.PAYMENT):
        answer = Answer(Verdict.YES, f"{kind}-1", today, "", {})
        for source in (EvidenceSource.CONFIRMED, EvidenceSource.SCANNED):
            with desk.ledger.acting(world.by) as w:
                if source is EvidenceSource.CONFIRMED:
                    desk.proofs.add(w, desk.proofs.piece(world.by, first, kind, source, answer))
                piece = desk.proofs.piece(world.by, second, kind, source, answer)
                with pytest.raises(EvidenceUsed) as refused:
                    desk.proofs.add(w, piece)
            assert refused.value.facts() == {
                "kind": kind, "reference": f"{kind}-1".upper(), "first_use": first.number,
            }  # fmt: skip


def test_a_mistyped_date_is_mended_by_typing_it_again(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    today = world.desk.frame.today()
    for issued_on in (today - timedelta(days=2), today):
        world.desk.requirements.type_in(
            world.by, app.id, K.MEDICAL_CERT, "KES-7", issued_on, "Klinik Contoh"
        )
    [verdict] = [
        one
        for one in world.desk.requirements.look(app.id).verdicts
        if one.requirement.kind is K.MEDICAL_CERT
    ]
    assert verdict.met
    assert len(acts(world, "evidence.recorded")) == 2, "the journal keeps both"


@pytest.mark.parametrize(
    ("days", "refusal"),
    [
        (-1, CertificateNotYetValid),
        (15, CertificateExpired),
        (None, RequirementUndated),
    ],
)
def test_a_date_that_can_not_serve_is_refused_before_it_is_noted(
    world: World, days: int | None, refusal: type[Exception]
) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    issued_on = None if days is None else world.desk.frame.today() - timedelta(days=days)
    with pytest.raises(refusal):
        world.desk.requirements.type_in(
            world.by, app.id, K.MEDICAL_CERT, "KES-7", issued_on, "Klinik Contoh"
        )
    assert world.desk.proofs.open_typed() == []


def test_a_mistyped_number_is_mended_and_freed(world: World) -> None:
    world.sign_in("andi")
    today = world.desk.frame.today()
    first, second = (registered(world, world.people[index]) for index in (1, 2))

    def typed(app: Application, number: str) -> None:
        world.desk.requirements.type_in(
            world.by, app.id, K.MEDICAL_CERT, number, today, "Klinik Contoh"
        )

    for number in ("KES-1", "KES-2"):
        typed(first, number)
    assert [piece.reference for piece in world.desk.proofs.open_typed()] == ["KES-2"]
    typed(second, "KES-1")
    with pytest.raises(EvidenceUsed):
        typed(second, "KES-2")


def test_a_mended_number_is_told_with_all_that_makes_it_unique(world: World) -> None:
    """The centre keeps what may be used once by what one change tells, whole."""
    world.sign_in("andi")
    app = registered(world, world.people[1])
    today = world.desk.frame.today()
    for number in ("KES-1", "KES-2"):
        world.desk.requirements.type_in(
            world.by, app.id, K.MEDICAL_CERT, number, today, "Klinik Contoh"
        )
    [key] = [one for one in centre_rules()["unique_keys"] if one["kind"] == "evidence"]
    with world.desk.ledger.reading() as r:
        bodies = r.conn.execute(
            select(t.payloads.c.body)
            .join_from(t.journal, t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id)
            .where(t.journal.c.act == "evidence.recorded")
            .order_by(t.journal.c.seq)
        ).scalars()
        told = [one for body in bodies for one in json.loads(body)["changes"]]
    values = [one["set"] for one in told if one["kind"] == "evidence"]
    assert [[one.get(name) for name in key["fields"]] for one in values] == [
        ["medical_cert", "KES-1"], ["medical_cert", "KES-2"],
    ]  # fmt: skip
    assert {one.get(key["owner_field"]) for one in values} == {app.id}


def test_after_the_step_a_typed_piece_is_not_exchanged(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    today = world.desk.frame.today()
    typed = (world.by, app.id, K.MEDICAL_CERT)
    world.desk.requirements.type_in(*typed, "KES-1", today, "Klinik Contoh")
    checked(world, app)
    world.desk.requirements.type_in(*typed, "KES-2", today, "Klinik Contoh")
    assert [piece.reference for piece in world.desk.proofs.open_typed()] == ["KES-1"]


def test_who_typed_it_first_never_approves_it_either(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    today = world.desk.frame.today()
    typed = (app.id, K.MEDICAL_CERT, "KES-7", today)
    world.desk.requirements.type_in(world.by, *typed, "Klinik A")
    world.take_over("dewi")
    world.desk.requirements.type_in(world.by, *typed, "Klinik B")
    world.give_back()
    now = case(world, app)
    with world.desk.ledger.reading() as r:
        hands = world.desk.frame.hands(r, now)
    assert {"79010001", "85020002"} <= hands


@pytest.mark.parametrize(
    "ntpn", ["12345", "ABCDEF012345678", "ABCDEF0123456789X", "ABCDEF01234567-?"]
)
def test_a_slip_whose_number_is_no_ntpn_is_refused(world: World, ntpn: str) -> None:
    world.sign_in("andi")
    with pytest.raises(CodeMalformed) as refused:
        typed_pay(world, ntpn)
    assert refused.value.kind is CodeKind.NTPN
    assert world.desk.proofs.open_typed() == []


def test_a_slip_without_a_number_is_no_evidence(world: World) -> None:
    world.sign_in("andi")
    with pytest.raises(ReferenceMissing):
        typed_pay(world, "  ")


def test_the_bank_is_silent_and_confirms_in_the_evening(world: World) -> None:
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1]))
    ways(world)[K.PAYMENT] = Manner.SILENT
    with pytest.raises(IssuerSilent):
        paid(world, app)
    app = world.desk.payment.type_in(world.by, app.id, "ABCDEF0123456789", app.fee, "Bank")
    app = finished(world, signed_off(world, captured(world, app, world.people[1])))
    [piece] = world.desk.proofs.open_typed()
    assert piece.kind is K.PAYMENT
    assert world.desk.proofs.confirm_all() == []
    ways(world)[K.PAYMENT] = Manner.YES
    [closed] = world.desk.proofs.confirm_all()
    assert closed.closed is True
    assert world.desk.proofs.open_typed() == []
    assert handed(world, app).state is S.CLOSED


def test_a_no_in_the_evening_flags_the_licence(world: World) -> None:
    world.sign_in("andi")
    app = typed_pay(world, "ABCDEF0123456789")
    app = finished(world, signed_off(world, captured(world, app, world.people[1])))
    ways(world)[K.PAYMENT] = Manner.NO
    [denied] = world.desk.proofs.confirm_all()
    assert denied.closed is False
    assert licences_of(world, world.people[1])[-1].status is LicenceStatus.FLAGGED
    [entry] = acts(world, "licence.flagged")
    assert entry.officer == ""
    told = {one.kind: (one.subject, one.reason) for one in world.desk.oversight.exceptions()}
    assert told[ExceptionKind.FLAGGED] == (app.number, K.PAYMENT)
    assert told[ExceptionKind.TYPED_EVIDENCE] == (app.number, K.PAYMENT)


@pytest.mark.parametrize("kind", [K.MEDICAL_CERT, K.PAYMENT])
def test_an_approver_reads_that_evidence_was_denied(world: World, kind: K) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    if kind is K.PAYMENT:
        app = checked(world, app)
        ways(world)[K.PAYMENT] = Manner.SILENT
        world.desk.payment.type_in(world.by, app.id, "ABCDEF0123456789", app.fee, "Bank")
    else:
        day = world.desk.frame.today()
        world.desk.requirements.type_in(world.by, app.id, kind, "KES-1", day, "Klinik Contoh")
        app = paid(world, checked(world, app))
    app = captured(world, case(world, app), world.people[1])
    world.desk.intake.confirm_data(world.by, app.id)
    ways(world)[kind] = Manner.NO
    world.desk.proofs.confirm_all()
    [review] = world.desk.reviews.waiting(witness(world, "sri"))
    assert review.remarks == (Remark.EVIDENCE_DENIED,)


def test_a_silent_issuer_is_waited_for_once(world: World) -> None:
    world.sign_in("andi")
    ways(world)[K.MEDICAL_CERT] = Manner.SILENT
    today = world.desk.frame.today()
    for at in (1, 2):
        app = registered(world, world.people[at])
        world.desk.requirements.gather(world.by, app.id)
        world.desk.requirements.type_in(
            world.by, app.id, K.MEDICAL_CERT, f"KES-{at}", today, "Klinik Contoh"
        )
    asked: list[str] = []
    outside = world.desk.outside
    assert outside is not None

    class Counting:
        def ask(self, question: Question, **how: Any) -> Answer:
            asked.append(question.reference)
            return outside.ask(question, **how)

    world.desk.proofs._outside = Counting()
    assert world.desk.proofs.confirm_all() == []
    assert asked == ["KES-1"]


def test_a_no_before_printing_stops_it_and_can_be_mended(world: World) -> None:
    world.sign_in("andi")
    app = typed_pay(world, "ABCDEF0123456789")
    app = signed_off(world, captured(world, app, world.people[1]))
    ways(world)[K.PAYMENT] = Manner.NO
    world.desk.proofs.confirm_all()
    with pytest.raises(GatesMissing):
        world.desk.issuing.issue(world.by, app.id)
    assert world.desk.stock.at_counter() == 120
    ways(world)[K.PAYMENT] = Manner.YES
    assert paid(world, app).paid
    app = world.desk.intake.correct(world.by, app.id, app.applicant)
    assert finished(world, signed_off(world, app)).state is S.READY


@pytest.mark.parametrize("kind", [K.MEDICAL_CERT, K.PAYMENT])
def test_what_was_approved_on_a_denied_proof_is_approved_anew_once_proved(
    world: World, kind: K
) -> None:
    """The signature fell with the proof; nothing waits for a card that nobody approved."""
    world.sign_in("andi")
    if kind is K.PAYMENT:
        app = typed_pay(world, "ABCDEF0123456789")
    else:
        app = registered(world, world.people[1])
        day = world.desk.frame.today()
        world.desk.requirements.type_in(world.by, app.id, kind, "KES-1", day, "Klinik Contoh")
        app = paid(world, checked(world, app))
    app = signed_off(world, captured(world, app, world.people[1]))
    ways(world)[kind] = Manner.NO
    world.desk.proofs.confirm_all()
    ways(world)[kind] = Manner.YES
    app = paid(world, app) if kind is K.PAYMENT else checked(world, app)
    assert (app.state, app.approved_by) == (S.CAPTURED, "")
    assert finished(world, signed_off(world, app)).state is S.READY


@pytest.mark.parametrize("approved", [False, True])
def test_a_slip_denied_after_its_step_is_waived_by_a_decree_all_the_same(
    world: World, approved: bool
) -> None:
    waived_for_c(world)
    world.sign_in("andi")
    app = captured(world, typed_pay(world, "ABCDEF0123456789"), world.people[1])
    if approved:
        app = signed_off(world, app)
    ways(world)[K.PAYMENT] = Manner.NO
    world.desk.proofs.confirm_all()
    [waiver] = world.desk.payment.waivers(app)
    app = world.desk.payment.waive(world.by, app.id, waiver.decree)
    assert (app.state, app.paid, app.fee, app.approved_by) == (S.CAPTURED, True, 0, "")
    [told] = acts(world, "application.paid_again")
    assert told.content == {"waiver": waiver.decree, "amount": 0}
    assert finished(world, signed_off(world, app)).state is S.READY


def test_who_has_a_denied_payment_paid_again_has_the_duty_and_never_approves(
    world: World,
) -> None:
    waived_for_c(world)
    world.sign_in("andi")
    app = captured(world, typed_pay(world, "ABCDEF0123456789"), world.people[1])
    ways(world)[K.PAYMENT] = Manner.NO
    world.desk.proofs.confirm_all()
    ways(world)[K.PAYMENT] = Manner.YES
    [waiver] = world.desk.payment.waivers(app)
    approver = witness(world, "sri")
    with pytest.raises(RoleMissing):
        world.desk.payment.waive(approver, app.id, waiver.decree)
    with pytest.raises(RoleMissing):
        world.desk.payment.match(approver, app.id)
    assert not case(world, app).paid
    make_approver(world, "85020002")
    world.take_over("dewi")
    world.desk.payment.waive(world.by, app.id, waiver.decree)
    world.give_back()
    world.desk.intake.confirm_data(world.by, app.id)
    world.take_over("dewi")
    with pytest.raises(OwnWork):
        world.desk.approvals.approve(world.by, app.id)


def test_a_denied_proof_is_brought_again_before_the_desk_whose_step_it_is(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1])
    day = world.desk.frame.today()
    world.desk.requirements.type_in(world.by, app.id, K.MEDICAL_CERT, "KES-1", day, "Klinik Contoh")
    app = captured(world, paid(world, checked(world, app)), world.people[1])
    ways(world)[K.MEDICAL_CERT] = Manner.NO
    world.desk.proofs.confirm_all()
    ways(world)[K.MEDICAL_CERT] = Manner.YES
    assert world.desk.requirements.gather(world.by, app.id) == []
    with pytest.raises(RoleMissing):
        world.desk.requirements.check(witness(world, "sri"), app.id)
    assert world.desk.requirements.check(world.by, app.id).requirements_met


def waived_for_c(world: World) -> None:
    """The sample decree covers a renewal of C."""
    sheet = (FOLDER / "training" / "waivers.toml").read_text().replace('["D", "DI"]', '["C"]')
    rules = Rulebook.load(FOLDER, sheets=[{"waivers.toml": sheet}])
    object.__setattr__(world.desk.frame, "rulebook", rules)


def test_a_yes_over_another_amount_is_a_no(world: World) -> None:
    world.sign_in("andi")
    app = typed_pay(world, "ABCDEF0123456789")
    world.desk.outside.paid["ABCDEF0123456789"] = 10_000
    [piece] = world.desk.proofs.confirm_all()
    assert piece.closed is False
    assert not look_at(world, app)[0].paid


def test_whoever_typed_it_never_approves_it(world: World) -> None:
    """An approver with a desk's role writes a certificate down, and is a maker from then on."""
    world.sign_in("andi")
    ways(world)[K.MEDICAL_CERT] = Manner.SILENT
    app = registered(world, world.people[1])
    world.desk.requirements.gather(world.by, app.id)
    with pytest.raises(RoleMissing):
        world.desk.requirements.type_in(
            witness(world, "sri"), app.id, K.MEDICAL_CERT, "KES-1", world.desk.frame.today(), "K"
        )
    world.take_over("dewi")
    today = world.desk.frame.today()
    world.desk.requirements.type_in(
        world.by, app.id, K.MEDICAL_CERT, "KES-1", today, "Klinik Contoh"
    )
    world.give_back()
    app = paid(world, world.desk.requirements.check(world.by, app.id))
    app = captured(world, app, world.people[1])
    app = world.desk.intake.confirm_data(world.by, app.id)
    make_approver(world, "85020002")
    world.take_over("dewi")
    assert world.desk.approvals.waiting(world.by) == []
    with pytest.raises(OwnWork):
        world.desk.approvals.approve(world.by, app.id)


def make_approver(world: World, nrp: str) -> None:
    """A crew of two: the officer is an approver too."""
    with world.desk.ledger.acting(PROGRAM) as w:
        officer = w.get(Officer, nrp)
        w.change(officer, roles=officer.roles | {Role.APPROVER})
        w.record("officer.enrolled", nrp, {})


def medical(world: World, days: int) -> Application:
    """A renewal with a medical certificate of so many days ago."""
    world.sign_in("andi")
    ways(world)[K.MEDICAL_CERT] = Manner.UNKNOWN
    app = registered(world, world.people[1])
    world.desk.requirements.gather(world.by, app.id)
    issued = world.desk.frame.today() - timedelta(days=days)
    world.desk.requirements.type_in(
        world.by, app.id, K.MEDICAL_CERT, "KES-1", issued, "Klinik Contoh"
    )
    return world.desk.requirements.check(world.by, app.id)


def test_a_medical_certificate_on_its_last_day_serves(world: World) -> None:
    assert medical(world, 14).state is S.REQUIREMENTS_CHECKED


def test_a_medical_certificate_one_day_too_old_is_refused_with_its_date(world: World) -> None:
    with pytest.raises(CertificateExpired) as refused:
        medical(world, 15)
    facts = refused.value.facts()
    assert date(2026, 3, 1) in facts.values()
    [app] = world.desk.intake.find_open(world.people[1].nik)
    assert app.state is S.REGISTERED


def test_a_certificate_that_nobody_knows_is_missing(world: World) -> None:
    world.sign_in("andi")
    ways(world)[K.PSYCH_CERT] = Manner.UNKNOWN
    app = registered(world, world.people[1])
    world.desk.requirements.gather(world.by, app.id)
    with pytest.raises(RequirementMissing):
        world.desk.requirements.check(world.by, app.id)


@pytest.mark.parametrize("kind", [K.MEDICAL_CERT, K.PSYCH_CERT], ids=str)
def test_an_issuer_that_says_no_is_heard(world: World, kind: RequirementKind) -> None:
    world.sign_in("andi")
    ways(world)[kind] = Manner.NO
    app = registered(world, world.people[1])
    [problem] = world.desk.requirements.gather(world.by, app.id)
    assert isinstance(problem, NoneIssued), "no number was asked about"
    with pytest.raises(RequirementMissing):
        world.desk.requirements.check(world.by, app.id)


@pytest.mark.parametrize(
    ("manner", "named"),
    [(Manner.NO, NoneIssued), (Manner.UNKNOWN, IssuerKnowsNone)],
    ids=["no", "unknown"],
)
def test_a_test_system_that_has_no_result_leaves_none(
    world: World, manner: Manner, named: type[Exception]
) -> None:
    """Nor does what it doesn't know count as a sitting that was failed."""
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1], Service.NEW_ISSUE, A))
    world.take_over("dewi")
    for kind in world.desk.exams.needed(app):
        ways(world)[kind] = manner
        with pytest.raises(named):
            world.desk.exams.fetch(world.by, app.id, kind)
    with pytest.raises(GatesMissing):
        world.desk.exams.pass_step(world.by, app.id)
    ways(world).clear()
    for kind in world.desk.exams.needed(app):
        assert world.desk.exams.fetch(world.by, app.id, kind).facts["passed"] == "1"
    assert world.desk.exams.pass_step(world.by, app.id).state is S.TESTED


@pytest.mark.parametrize(
    ("manner", "told"), [(Manner.NO, [NoneIssued]), (Manner.UNKNOWN, [])], ids=["no", "unknown"]
)
def test_jkn_arrears_hold_the_handover_alone(
    world: World, manner: Manner, told: list[type]
) -> None:
    world.sign_in("andi")
    ways(world)[K.JKN_STATUS] = manner
    app = registered(world, world.people[1])
    problems = world.desk.requirements.gather(world.by, app.id)
    assert [type(problem) for problem in problems] == told
    app = paid(world, world.desk.requirements.check(world.by, app.id))
    app = finished(world, signed_off(world, captured(world, app, world.people[1])))
    assert app.jkn_hold
    with pytest.raises(NoHandoverYet):
        handed(world, app)
    with pytest.raises(JknInArrears):
        world.desk.requirements.clear_jkn(world.by, app.id)
    ways(world)[K.JKN_STATUS] = Manner.SILENT
    with pytest.raises(JknSilent):
        world.desk.requirements.clear_jkn(world.by, app.id)
    ways(world)[K.JKN_STATUS] = Manner.YES
    app = world.desk.requirements.clear_jkn(world.by, app.id)
    assert handed(world, app).state is S.CLOSED


def test_what_only_warns_is_told_and_lets_the_case_go_on(world: World) -> None:
    """Neither a driving school's certificate nor its letter: on the books, not fully applied."""
    world.sign_in("andi")
    for kind in (K.TRAINING_CERT, K.COMPETENCE_LETTER):
        ways(world)[kind] = Manner.UNKNOWN
    app = registered(world, world.people[1], Service.NEW_ISSUE, A)
    world.desk.requirements.gather(world.by, app.id)
    verdicts = world.desk.requirements.look(app.id).verdicts
    warned = {one.requirement.kind for one in verdicts if one.effect is Enforcement.WARN}
    assert warned == {K.TRAINING_CERT, K.COMPETENCE_LETTER}
    app = world.desk.requirements.check(world.by, app.id)
    assert (app.state, app.jkn_hold) == (S.REQUIREMENTS_CHECKED, False)
    app = captured(world, paid(world, after_tests(world, app)), world.people[1])
    assert handed(world, finished(world, signed_off(world, app))).state is S.CLOSED


def test_a_failed_test_waits_for_its_retake(world: World) -> None:
    world.sign_in("andi")
    person = world.people[1]
    app = checked(world, registered(world, person, Service.NEW_ISSUE, A))
    kind = world.desk.exams.needed(app)[0]
    world.desk.outside.scores[person.nik, kind] = 40
    world.take_over("dewi")
    assert world.desk.exams.fetch(world.by, app.id, kind).facts["passed"] == "0"
    with pytest.raises(GatesMissing):
        world.desk.exams.pass_step(world.by, app.id)
    world.desk.outside.scores[person.nik, kind] = 90
    with pytest.raises(RetakeTooEarly):
        world.desk.exams.fetch(world.by, app.id, kind)


SPOKEN = (
    K.PAYMENT,
    K.IDENTITY_CARD,
    K.MEDICAL_CERT,
    K.THEORY_TEST,
    K.PSYCH_CERT,
    K.JKN_STATUS,
)
"""A kind of each issuer that the counter asks: bank, Dukcapil, clinic, tests, psychologist, JKN."""


def test_no_and_unknown_are_told_apart_of_every_issuer(world: World) -> None:
    """A numbered paper that its issuer denies, none that it knows of, a bill that isn't paid."""
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1]))
    for kind in SPOKEN:
        ways(world)[kind] = Manner.NO
        with pytest.raises(EvidenceDenied):
            world.desk.proofs.said_yes(app, kind, "NR-1")
        ways(world)[kind] = Manner.UNKNOWN
        with pytest.raises(NotPaid if kind is K.PAYMENT else IssuerKnowsNone):
            world.desk.proofs.said_yes(app, kind, "NR-1")


class Stating:
    """The outside parties, one fact of whose answers is another."""

    def __init__(self, inner: OutsideSimulator) -> None:
        self.inner = inner
        self.stated: dict[str, str] = {}
        self.issued_on: date | None = None

    def ask(self, question: Question, **how: Any) -> Answer:
        answer = self.inner.ask(question, **how)
        day = self.issued_on or answer.issued_on
        return replace(answer, facts=answer.facts | self.stated, issued_on=day)


def test_every_slow_issuer_still_answers(world: World) -> None:
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1]))
    for kind in ISSUERS:
        ways(world)[kind] = Manner.SLOW
        before = world.clock.now()
        answer = world.desk.proofs.said_yes(app, kind, f"B-{kind}")
        assert answer.issuer == ISSUERS[kind][0]
        assert (world.clock.now() - before).total_seconds() == pytest.approx(SECONDS[Manner.SLOW])
    assert paid(world, app).paid


def test_an_issuer_that_contradicts_is_refused_by_the_fact(world: World) -> None:
    """Each party states another fact than the case has; nothing is kept, and mended it serves."""
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1]))
    named: dict[K, StatedFact] = {}
    for kind in SPOKEN:
        ways(world)[kind] = Manner.CONTRADICTORY
        with pytest.raises(EvidenceContradicts) as refused:
            world.desk.proofs.said_yes(app, kind)
        named[kind] = refused.value.field
        assert refused.value.facts() == {"kind": kind, "field": refused.value.field}
    assert named == {
        K.PAYMENT: StatedFact.BILLING_CODE,
        K.IDENTITY_CARD: StatedFact.BIRTH_DATE,
        K.MEDICAL_CERT: StatedFact.NIK,
        K.THEORY_TEST: StatedFact.LICENCE_CLASS,
        K.PSYCH_CERT: StatedFact.NAME,
        K.JKN_STATUS: StatedFact.NIK,
    }
    with pytest.raises(EvidenceContradicts):
        paid(world, app)
    assert not case(world, app).paid
    ways(world)[K.PAYMENT] = Manner.YES
    assert paid(world, app).paid


@pytest.mark.parametrize("kind", SPOKEN, ids=str)
def test_any_other_person_is_refused_without_being_named(world: World, kind: K) -> None:
    world.sign_in("andi")
    app = checked(world, registered(world, world.people[1]))
    outside = world.desk.outside
    assert isinstance(outside, OutsideSimulator)
    bank = Stating(outside)
    world.desk.proofs._outside = bank
    other = world.people[2]
    stated = {
        StatedFact.NIK: other.nik,
        StatedFact.NAME: other.name,
        StatedFact.BIRTH_DATE: other.birth_date.isoformat(),
    }
    if kind is not K.PAYMENT:
        stated[StatedFact.LICENCE_CLASS] = "A"
    for fact, value in stated.items():
        bank.stated = {fact: value}
        with pytest.raises(EvidenceContradicts) as refused:
            world.desk.proofs.said_yes(app, kind, app.billing_code)
        assert refused.value.field is fact
        told = f"{refused.value} {refused.value!r} {refused.value.facts()}"
        for person in (other, app.applicant):
            assert person.nik not in told
            assert person.name not in told
        assert value == "A" or value not in told
    bank.stated = {StatedFact.NAME: f"  {app.applicant.name.lower()} "}
    answer = world.desk.proofs.said_yes(app, kind, app.billing_code)
    assert not {"nik", "name", "birth_date"} & set(answer.facts), "kept a second time"


def test_a_contradiction_in_the_evening_is_a_no(world: World) -> None:
    """The slip was typed while the line was down; the bank then names another bill."""
    world.sign_in("andi")
    app = typed_pay(world, "ABCDEF0123456789")
    ways(world)[K.PAYMENT] = Manner.CONTRADICTORY
    [piece] = world.desk.proofs.confirm_all()
    assert piece.closed is False
    assert not look_at(world, app)[0].paid


def test_a_slip_for_another_class_is_a_no_in_the_evening(world: World) -> None:
    world.sign_in("andi")
    app = typed_pay(world, "ABCDEF0123456789")
    assert isinstance(world.desk.outside, OutsideSimulator)
    bank = Stating(world.desk.outside)
    bank.stated = {StatedFact.LICENCE_CLASS: "A"}
    world.desk.proofs._outside = bank
    [piece] = world.desk.proofs.confirm_all()
    assert piece.closed is False
    assert not look_at(world, app)[0].paid
