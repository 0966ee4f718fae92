"""Papers for applicants and couriers, made from rows as any service would."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader

from desktop.domain.application import Approval, Incident, Paper, PaperElsewhere, PaperGone
from desktop.domain.evidence import Evidence, EvidenceSource
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import PROGRAM, Officer, Role
from desktop.domain.person import Licence
from desktop.domain.person import Person as Known
from desktop.domain.reasons import ReturnReason, SendBackReason
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.domain.shipment import (
    Address,
    Manifest,
    Parcel,
    ParcelState,
    ReturnCase,
    ReturnState,
)
from desktop.services import paper_forms as forms
from desktop.services import paper_minutes as minutes
from desktop.services.papers import HANDOVER, MadePaper
from tests.walks.making import confirmed, ready
from tests.walks.steps import checked, paid, registered
from tests.walks.world import World

TO = Address("SITI RAHMAWATI", "Jalan Melati No. 7 RT 003 RW 011", "Kota Bandung", "40197", "0812")


def text_of(made: MadePaper) -> str:
    pages = PdfReader(io.BytesIO(made.pdf)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def sent(world: World) -> tuple[Parcel, Manifest]:
    """A parcel in a closed manifest, laid into the store as a shipping act would."""
    app = ready(world, 1)
    now = world.clock.now()
    manifest = Manifest(
        "m1", 7, "Pos Indonesia", True, world.by.officer, now,
        counted=1, parcels=1, closed_at=now,
    )  # fmt: skip
    parcel = Parcel(
        "p1", app.id, "P2603020012345", "Pos Indonesia", ParcelState.DISPATCHED, TO,
        world.by.officer, now, manifest_id=manifest.id,
    )  # fmt: skip
    with world.desk.ledger.acting(world.by) as w:
        w.add(manifest)
        w.add(parcel)
        w.record("manifest.closed", manifest.id, {})
    return parcel, manifest


def test_label_manifest_and_minutes_of_a_return(world: World) -> None:
    world.sign_in("andi")
    parcel, manifest = sent(world)
    papers, by = world.desk.papers, world.by
    label = text_of(forms.courier_label(papers, by, parcel))
    assert "SITI RAHMAWATI" in label
    assert "40197" in label
    listed = text_of(forms.courier_manifest(papers, by, manifest, carrier="Asep"))
    assert parcel.awb in listed
    assert "Hitungan sesuai dengan catatan." in listed
    case = ReturnCase(
        "r1", parcel.id, parcel.application_id, parcel.awb, ReturnState.VERIFIED, by.officer,
        world.clock.now(), reason=ReturnReason.NOBODY_HOME, seal_intact=True, card_matches=True,
        chip_matches=False, slot="B-3",
    )  # fmt: skip
    with world.desk.ledger.acting(by) as w:
        signed = world.desk.approvals.sign(w, by, "return.open", case.id, "ab" * 32)
        w.record("return.opened", case.id, {}, (signed,))
    opening = minutes.Opening("Disimpan untuk diambil", (signed,), world.clock.now())
    made = text_of(minutes.return_minutes(papers, by, case, opening))
    assert "Tidak ada orang" in made or parcel.awb in made
    assert "TIDAK SESUAI" in made
    assert isinstance(signed, Approval)


def test_what_was_filed_and_paid_stands_on_the_receipt(world: World) -> None:
    world.sign_in("andi")
    app = confirmed(world, 1)
    made = text_of(forms.intake_receipt(world.desk.papers, world.by, app.visit_id))
    assert app.number in made
    assert "Bank Contoh" in made
    assert "Rp75.000" in made


def test_a_slip_that_the_bank_hasn_t_confirmed_isn_t_paid_on_the_receipt(world: World) -> None:
    world.sign_in("andi")
    app = paid(world, checked(world, registered(world, world.people[1])))
    with world.desk.ledger.acting(world.by) as w:
        piece = w.first(Evidence, application_id=app.id, kind=RequirementKind.PAYMENT)
        assert piece is not None
        w.change(piece, source=EvidenceSource.TYPED, closed=None)
        w.record("test.told", app.id, {})
    made = text_of(forms.intake_receipt(world.desk.papers, world.by, app.visit_id))
    assert "Rp75.000, belum dikonfirmasi bank" in made
    assert piece.reference in made
    assert " Rp0 " in made, "nothing is paid in total"
    with world.desk.ledger.acting(world.by) as w:
        w.change(w.get(Evidence, piece.id), closed=False)
        w.record("test.told", app.id, {})
    made = text_of(forms.intake_receipt(world.desk.papers, world.by, app.visit_id))
    assert "Rp75.000, belum dikonfirmasi bank" in made
    assert piece.reference not in made


@pytest.mark.parametrize(
    ("officer", "duty"), [("andi", Role.REGISTRATION), ("bambang", Role.SUPERVISOR)]
)
def test_a_recall_letter_bears_its_signer_s_own_duty(
    world: World, officer: str, duty: Role
) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    world.sign_in(officer)
    papers = world.desk.papers
    made = forms.recall_letter(papers, world.by, app.licence_id, "Tertukar", date(2026, 3, 16))
    borne = [role for role in Role if papers.words().of(role) in text_of(made)]
    assert borne == [duty]


def test_a_sent_back_notice_says_what_to_mend_and_by_when(world: World) -> None:
    world.sign_in("andi")
    app = confirmed(world, 1)
    reasons = [SendBackReason.PHOTO_BACKGROUND, SendBackReason.ADDRESS_INCOMPLETE]
    marks = {SendBackReason.PHOTO_BACKGROUND: forms.Mark(app.photo, (0.1, 0.1, 0.5, 0.3))}
    made = forms.sent_back_notice(
        world.desk.papers, world.by, app.id, reasons, date(2026, 3, 16), marks=marks
    )
    text = text_of(made)
    assert "Latar bukan biru polos" in text
    assert "16 Maret 2026" in text
    assert forms.code_of(SendBackReason.PHOTO_BACKGROUND) in text


def test_recall_and_payment_difference(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    papers, by = world.desk.papers, world.by
    recall = forms.recall_letter(papers, by, app.licence_id, "Kartu tertukar", date(2026, 3, 16))
    assert app.blank_serial in text_of(recall)
    now = world.clock.now()
    short = forms.payment_difference(
        papers, by, app.id, 70_000, ntpn="A1", bank="Bank Contoh", paid_at=now
    )
    assert "Rp5.000" in text_of(short)
    with pytest.raises(ValueError, match="nothing to tell"):
        forms.payment_difference(papers, by, app.id, app.fee, ntpn="A1", bank="B", paid_at=now)


def test_a_paper_of_another_counter_is_made_anew_or_said_to_be_there(world: World) -> None:
    """Rows come from the centre, PDFs never do: a handover at 1374-L9 as this counter has it."""
    world.sign_in("andi")
    app, papers, by = ready(world, 1), world.desk.papers, world.by
    given_at = datetime(2026, 3, 1, 3, 21, tzinfo=UTC)
    with world.desk.ledger.acting(by) as w:
        giver = next(one for one in w.find(Officer) if one.id != by.officer)
        w.change(w.get(Licence, app.licence_id), handed_over_at=given_at)
        other = w.add(
            Paper("p9", HANDOVER, "STH/0004/1374-L9/03/2026", app.id, "0" * 64, giver.id, given_at)
        )
        w.record("test.told", app.id, {})
    with pytest.raises(PaperElsewhere) as refused:
        papers.print(by, other.id)
    assert (refused.value.number, refused.value.counter) == (other.number, "1374-L9")
    assert papers.made(HANDOVER, app.id) is None
    made = text_of(papers.handover_receipt(by, [app.id]))
    assert papers.local(given_at).strftime("%H.%M") in made
    assert giver.id in made
    assert papers.made(HANDOVER, app.id) is not None

    with world.desk.ledger.acting(by) as w:  # this counter's own, lost with its store
        w.change(w.get(Paper, other.id), number=f"STH/0004/{world.desk.frame.counter}/03/2026")
        w.record("test.told", app.id, {})
    with pytest.raises(PaperGone):
        papers.print(by, other.id)


def test_codes_of_reasons_are_short_and_unique() -> None:
    codes = [forms.code_of(reason) for reason in SendBackReason]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 3 for code in codes)


def test_a_dispensation_is_proposed_for_what_ran_out_and_not_for_an_upgrade(world: World) -> None:
    """Its lower licence needn't be renewed."""
    world.sign_in("andi")
    since = world.clock.now()
    with world.desk.ledger.reading() as r:
        known = r.first(Known, nik=world.people[0].nik)
        assert known is not None
        days = sorted(one.valid_until for one in r.find(Licence, person_id=known.id))
    up = registered(world, world.people[0], Service.CLASS_UPGRADE, LicenceClass.A_UMUM)
    renewal = registered(world, world.people[0])
    with world.desk.ledger.acting(PROGRAM) as w:
        outage = w.add(
            Incident(
                "outage", "dispensation_proposal", since.isoformat(), "", since,
                {"from": days[0].isoformat(), "to": days[-1].isoformat(), "licences": "2"},
            )
        )  # fmt: skip
        w.record("incident.opened", outage.id, {"kind": outage.kind})
    text = text_of(minutes.dispensation_proposal(world.desk.papers, world.by, outage))
    assert renewal.number in text
    assert up.number not in text
