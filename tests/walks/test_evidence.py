"""Evidence: confirmed, typed, denied later, used once; payment that doesn't fit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from desktop.domain.application import Application, NoHandoverYet
from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import EvidenceDenied, EvidenceUsed, IssuerSilent, ReferenceMissing
from desktop.domain.fees import PaymentOtherClass, PaymentOverpaid, PaymentUnderpaid
from desktop.domain.officer import PROGRAM, Officer, OwnWork, Role, RoleMissing
from desktop.domain.person import LicenceStatus
from desktop.domain.requirements import (
    CertificateExpired,
    RequirementKind,
    RequirementMissing,
)
from desktop.domain.retakes import RetakeTooEarly
from desktop.domain.service import Service
from desktop.domain.workflow import GatesMissing
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.services.paper_forms import payment_difference
from tests.walks.making import witness
from tests.walks.steps import (
    A,
    acts,
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


def test_the_same_ntpn_twice_names_the_first_use(world: World) -> None:
    world.sign_in("andi")
    first = typed_pay(world, "ABCDEF0123456789", 1)
    with pytest.raises(EvidenceUsed) as refused:
        typed_pay(world, "abcdef0123456789", 2)
    assert refused.value.first_use == first.number
    [other] = world.desk.intake.find_open(world.people[2].nik)
    assert not other.paid


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


def test_an_issuer_that_says_no_is_heard(world: World) -> None:
    world.sign_in("andi")
    ways(world)[K.MEDICAL_CERT] = Manner.NO
    app = registered(world, world.people[1])
    [problem] = world.desk.requirements.gather(world.by, app.id)
    assert isinstance(problem, EvidenceDenied)


def test_jkn_arrears_hold_the_handover_alone(world: World) -> None:
    world.sign_in("andi")
    ways(world)[K.JKN_STATUS] = Manner.UNKNOWN
    app = registered(world, world.people[1])
    world.desk.requirements.gather(world.by, app.id)
    app = paid(world, world.desk.requirements.check(world.by, app.id))
    app = finished(world, signed_off(world, captured(world, app, world.people[1])))
    assert app.jkn_hold
    with pytest.raises(NoHandoverYet):
        handed(world, app)
    ways(world)[K.JKN_STATUS] = Manner.YES
    app = world.desk.requirements.clear_jkn(world.by, app.id)
    assert handed(world, app).state is S.CLOSED


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
