"""A case that was begun in time and isn't complete and paid when the old licence runs out."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader

from desktop.domain.application import ApplicationState as S
from desktop.domain.fees import PaidOnAnotherDay
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.domain.validity import RenewalTooLate, ReplacementTooLate
from desktop.outside.simulators import Manner
from desktop.rulebook import FOLDER, Rulebook
from desktop.services.licences import Licences
from desktop.services.paper_forms import intake_receipt
from tests.walks.steps import (
    captured,
    case,
    checked,
    expires,
    finished,
    look_at,
    paid,
    registered,
    signed_off,
)
from tests.walks.test_evidence import Stating, typed_pay, waived_for_c, ways
from tests.walks.world import World

DAY = 24 * 3600.0


def test_a_renewal_begun_in_time_and_paid_a_day_late_is_none(andi: World) -> None:
    person = andi.people[1]
    expires(andi, person, andi.desk.frame.today())
    app = checked(andi, registered(andi, person))
    andi.clock.advance(DAY)
    with pytest.raises(RenewalTooLate) as refused:
        paid(andi, app)
    assert refused.value.days_late == 1
    assert case(andi, app).state is S.REQUIREMENTS_CHECKED


@pytest.mark.parametrize(("late", "stands"), [(0, True), (1, False)])
def test_a_slip_counts_by_its_own_day_until_the_bank_says_another(
    andi: World, late: int, stands: bool
) -> None:
    """Paid on the old licence's last day, written down on the next."""
    person, last = andi.people[1], andi.desk.frame.today()
    expires(andi, person, last)
    app = checked(andi, registered(andi, person))
    andi.clock.advance(DAY)
    slip = (andi.by, app.id, "ABCDEF0123456789", app.fee, "Bank Contoh")
    for wrong in (last - timedelta(days=1), last + timedelta(days=2)):
        with pytest.raises(PaidOnAnotherDay):
            andi.desk.payment.type_in(*slip, wrong)
    with pytest.raises(RenewalTooLate):
        andi.desk.payment.type_in(*slip)
    assert andi.desk.payment.type_in(*slip, last).paid
    receipt = intake_receipt(andi.desk.papers, andi.by, app.visit_id)
    assert "Bank Contoh · 2 Maret 2026\n" in "\n".join(
        page.extract_text() for page in PdfReader(io.BytesIO(receipt.pdf)).pages
    )
    bank = Stating(andi.desk.outside)
    bank.issued_on = last + timedelta(days=late)
    andi.desk.proofs._outside = bank
    [piece] = andi.desk.proofs.confirm_all()
    assert piece.closed is stands
    assert look_at(andi, app)[0].paid is stands


def test_a_slip_denied_once_the_step_was_passed_is_waived_late_as_it_is_paid_late(
    andi: World,
) -> None:
    """The step was passed in time, so the day of what mends it isn't judged."""
    waived_for_c(andi)
    person = andi.people[1]
    expires(andi, person, andi.desk.frame.today())
    app = captured(andi, typed_pay(andi, "ABCDEF0123456789"), person)
    ways(andi)[RequirementKind.PAYMENT] = Manner.NO
    andi.desk.proofs.confirm_all()
    andi.clock.advance(DAY)
    [waiver] = andi.desk.payment.waivers(app)
    assert andi.desk.payment.waive(andi.by, app.id, waiver.decree).paid


def test_papers_that_come_a_day_late_are_too_late(andi: World) -> None:
    person = andi.people[1]
    expires(andi, person, andi.desk.frame.today())
    app = registered(andi, person)
    andi.clock.advance(DAY)
    with pytest.raises(RenewalTooLate):
        checked(andi, app)


def test_a_replacement_paid_after_the_end_is_refused_too(andi: World) -> None:
    person = andi.people[1]
    expires(andi, person, andi.desk.frame.today())
    app = checked(andi, registered(andi, person, Service.REPLACE_DAMAGED))
    andi.clock.advance(DAY)
    with pytest.raises(ReplacementTooLate):
        paid(andi, app)


def test_complete_and_paid_in_time_it_stays_a_renewal_while_it_waits(andi: World) -> None:
    person = andi.people[1]
    expires(andi, person, andi.desk.frame.today())
    app = paid(andi, checked(andi, registered(andi, person)))
    andi.clock.advance(DAY)
    app = finished(andi, signed_off(andi, captured(andi, app, person)))
    _, licence = look_at(andi, app)
    assert licence is not None
    assert licence.issued_on == andi.desk.frame.today()


STRICT = (FOLDER / "validity.toml").read_text("utf-8").replace(
    "in_time_stays_renewal = true", "in_time_stays_renewal = false"
)  # fmt: skip


def test_where_the_rules_say_so_a_paid_renewal_is_too_late_as_well(andi: World) -> None:
    person = andi.people[1]
    expires(andi, person, andi.desk.frame.today())
    app = paid(andi, checked(andi, registered(andi, person)))
    rulebook = Rulebook.load(FOLDER, sheets=[{"validity.toml": STRICT}])
    licences = Licences(replace(andi.desk.frame, rulebook=rulebook))
    with andi.desk.ledger.reading() as r:
        assert licences.dates(r, app).issued_on == andi.desk.frame.today()
    andi.clock.advance(DAY)
    with andi.desk.ledger.reading() as r:
        assert andi.desk.licences.dates(r, app).issued_on == andi.desk.frame.today()
        with pytest.raises(RenewalTooLate):
            licences.dates(r, app)
