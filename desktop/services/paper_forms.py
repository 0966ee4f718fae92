"""Papers for applicants and couriers, filled in from the ledger's own nouns.

Each function makes one paper, keeps it and gives it back with its bytes: any service or presenter
calls `courier_label(papers, by, parcel)` and prints it with `papers.print`. Minutes and reports
stand in `paper_minutes`. Applicants read Indonesian with English in small print beneath.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from desktop import papers as sheet
from desktop.domain.application import Application, Approval, Letter, Ticket, Visit
from desktop.domain.evidence import Evidence
from desktop.domain.officer import Actor, Role
from desktop.domain.person import Licence
from desktop.domain.reasons import SendBackReason
from desktop.domain.requirements import RequirementKind
from desktop.domain.shipment import Manifest, Parcel
from desktop.ledger import Reading, Writing
from desktop.services.papers import MadePaper, Papers
from desktop.services.sealing import StandsFor
from desktop.words import Words

LABEL, MANIFEST, SENT_BACK, INTAKE = "lbl", "mnf", "pbk", "ttb"
INTERIM, RECALL, PAYMENT, COLLECT = "skp", "str", "psb", "spb"
"""Kinds of papers: the beginning of their numbers, by which they are found again."""


# -- by courier ------------------------------------------------------------------------------


def courier_label(papers: Papers, by: Actor, parcel: Parcel, weight_grams: int = 0) -> MadePaper:
    """The address label of a packed parcel. Raises the papers' Problems for texts too long."""

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        to = parcel.address
        return sheet.courier_label(
            sheet.CourierLabel(
                imprint=imprint,
                waybill=parcel.awb,
                case=r.get(Application, parcel.application_id).number,
                courier=parcel.courier,
                service=words("forms.parcel_service"),
                recipient=to.recipient,
                address=to.line,
                city=to.city,
                postcode=to.postcode,
                phone=to.phone or "-",
                weight_grams=weight_grams,
            ),
            words,
        )

    return papers.make(by, LABEL, parcel.id, build)


def courier_manifest(
    papers: Papers,
    by: Actor,
    manifest: Manifest,
    *,
    carrier: str = "",
    seals: Sequence[str] = (),
    note: str = "",
) -> MadePaper:
    """What the courier signs for: every parcel of a closed manifest, and the count by hand."""

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        lines = tuple(
            sheet.ManifestParcel(
                parcel.awb,
                r.get(Application, parcel.application_id).number,
                parcel.address.recipient,
                parcel.address.city,
                parcel.address.postcode,
            )
            for parcel in r.find(Parcel, manifest_id=manifest.id)
        )
        return sheet.courier_manifest(
            sheet.CourierManifest(
                imprint=imprint,
                courier=manifest.courier,
                service=words("forms.parcel_service"),
                closed_at=papers.local(manifest.closed_at or papers.now()),
                parcels=lines,
                counted_by_hand=manifest.counted,
                officer=papers.signatory(r, by.officer, words.of(Role.DISPATCH)),
                carrier=sheet.Signatory(
                    carrier, "", words("forms.carrier_of", courier=manifest.courier)
                ),
                seals=tuple(seals),
                note=note,
            ),
            words,
        )

    return papers.make(by, MANIFEST, manifest.id, build)


# -- to the applicant ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """A document as the applicant sent it, and where in it the fault lies (parts of 1)."""

    blob: str
    place: tuple[float, float, float, float] | None = None


def sent_back_notice(
    papers: Papers,
    by: Actor,
    application_id: str,
    reasons: Sequence[SendBackReason],
    answer_by: date,
    *,
    marks: Mapping[SendBackReason, Mark] | None = None,
    where: str = "",
    capped: bool = False,
) -> MadePaper:
    """What an online applicant must mend and by when; the case keeps its place.

    `capped` says that the last day is the old licence's own.
    """
    shown = marks or {}

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        app = r.get(Application, application_id)
        old = r.look(Licence, app.previous_licence) if app.previous_licence else None
        faults: list[sheet.DocumentFault] = []
        for reason in reasons:
            mark = shown.get(reason)
            faults.append(
                sheet.DocumentFault(
                    document=reason.document,
                    code=code_of(reason),
                    reason=reason,
                    remedy=words(f"send_back.{reason.name}"),
                    picture=r.blob(mark.blob) if mark else b"",
                    mark=mark.place if mark else None,
                )
            )
        return sheet.sent_back_notice(
            sheet.SentBackNotice(
                imprint=imprint,
                name=app.applicant.name,
                case=app.number,
                service=app.service,
                licence_class=app.licence_class,
                sent_back_on=papers.local(app.changed_at).date(),
                answer_by=answer_by,
                faults=tuple(faults),
                officer=papers.signatory(r, by.officer, words.of(Role.REGISTRATION)),
                licence_expires=old.valid_until if old else None,
                where=where,
                capped=capped,
            ),
            words,
            papers.words("en"),
        )

    return papers.make(by, SENT_BACK, application_id, build)


def code_of(reason: SendBackReason) -> str:
    """A short code that an applicant can say on the phone: document and number, such as F03."""
    document = reason.document
    same = [other for other in SendBackReason if other.document is document]
    letter = {"photo": "F", "signature": "T", "identity_card": "K", "old_licence": "S",
              "medical_cert": "M", "psych_cert": "P", "record": "D", "address": "A"}  # fmt: skip
    return f"{letter[document.value]}{same.index(reason) + 1:02d}"


def intake_receipt(
    papers: Papers,
    by: Actor,
    visit_id: str,
    *,
    captured_at: datetime | None = None,
    collect_from: date | None = None,
) -> MadePaper:
    """What was filed on a visit and what was paid; `captured_at` where printing comes later."""

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        visit = r.get(Visit, visit_id)
        ticket = r.look(Ticket, visit.ticket_id)
        apps = r.find(Application, visit_id=visit_id)
        if not apps:
            raise KeyError(visit_id)
        filed: list[sheet.FiledService] = []
        brought: dict[RequirementKind, None] = {}
        for app in apps:
            evidence = r.find(Evidence, application_id=app.id)
            brought |= {e.kind: None for e in evidence if e.kind is not RequirementKind.PAYMENT}
            filed.append(_filed(papers, app, evidence))
        return sheet.intake_receipt(
            sheet.IntakeReceipt(
                imprint=imprint,
                applicant=apps[0].applicant.name,
                filed_at=papers.local(min(app.created_at for app in apps)),
                services=tuple(filed),
                papers=tuple(brought),
                officer=papers.signatory(r, by.officer, words.of(Role.REGISTRATION)),
                ticket=ticket.number if ticket else "",
                captured_at=None if captured_at is None else papers.local(captured_at),
                collect=apps[0].delivery,
                collect_from=collect_from,
            ),
            words,
            papers.words("en"),
        )

    return papers.make(by, INTAKE, visit_id, build)


def _filed(papers: Papers, app: Application, evidence: Sequence[Evidence]) -> sheet.FiledService:
    """A slip that the bank hasn't confirmed is told with its own day, but not as paid."""
    kept = [e for e in evidence if e.kind is RequirementKind.PAYMENT and e.closed is not False]
    paid = max(kept, key=lambda e: e.closed is True, default=None)
    waiver = paid.facts.get("waiver", "") if paid else ""
    paid_at = papers.local(paid.recorded_at) if paid and paid.closed and not waiver else None
    day = None if paid is None or waiver else paid.issued_on
    return sheet.FiledService(
        case=app.number,
        service=app.service,
        licence_class=app.licence_class,
        amount=app.fee,
        billing_code=app.billing_code,
        ntpn="" if paid is None or waiver else paid.reference,
        bank="" if paid is None or waiver else paid.facts.get("bank", paid.issuer),
        paid_at=paid_at,
        paid_on=day if paid_at is None or day != paid_at.date() else None,
        waiver_decree=waiver,
    )


def interim_letter(
    papers: Papers, by: Actor, w: Writing, letter: Letter, sim_number: str, approval: Approval
) -> MadePaper:
    """The signed letter that stands in for a card while no blank is left, within its act."""

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        app = r.get(Application, letter.application_id)
        return sheet.interim_letter(
            sheet.InterimLetter(
                imprint=imprint,
                photo=r.blob(app.photo),
                name=app.applicant.name,
                birth_place=app.applicant.birth_place,
                birth_date=app.applicant.birth_date,
                address=app.applicant.address,
                licence_number=sim_number,
                licence_class=app.licence_class,
                service=app.service,
                case=app.number,
                reason=words("forms.interim_reason"),
                valid_from=papers.local(letter.issued_at).date(),
                expires_on=letter.expires,
                approver=papers.signed(r, approval, words("forms.letter_signer")),
            ),
            words,
            papers.words("en"),
        )

    app = w.get(Application, letter.application_id)
    stands_for = StandsFor(sim_number, app.licence_class, letter.expires)
    return papers.make(by, INTERIM, letter.id, build, stands_for=stands_for, act=w)


def recall_letter(
    papers: Papers,
    by: Actor,
    licence_id: str,
    reason: str,
    return_by: date,
    *,
    bring: Sequence[str] = (),
) -> MadePaper:
    """Asks a holder to bring a card back; `reason` is a sentence or a coded reason's word."""

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        licence = r.get(Licence, licence_id)
        app = r.get(Application, licence.application_id)
        standing = [words(f"forms.bring.{n}") for n in (1, 2, 3)]
        return sheet.recall_letter(
            sheet.RecallLetter(
                imprint=imprint,
                name=app.applicant.name,
                address=app.applicant.address,
                licence_class=licence.licence_class,
                licence_number=licence.sim_number,
                blank_serial=licence.blank_serial,
                issued_on=licence.issued_on,
                case=app.number,
                reason=reason,
                return_by=return_by,
                bring=tuple(bring) or tuple(standing),
                approver=papers.signatory(r, by.officer, _recalls_as(by, words)),
                consequence=words("forms.recall_consequence"),
            ),
            words,
            papers.words("en"),
        )

    return papers.make(by, RECALL, licence_id, build)


def _recalls_as(by: Actor, words: Words) -> str:
    """The signer's own duty, of those that may recall a card."""
    duties = (Role.SUPERVISOR, Role.REGISTRATION, Role.DISPATCH)
    duty = next((role for role in duties if role in by.roles), None)
    return words("forms.letter_signer") if duty is None else words.of(duty)


def collect_letter(
    papers: Papers, by: Actor, application_id: str, ready_on: date, collect_by: date
) -> MadePaper:
    """Tells an applicant that the card waits here, and until when."""

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        app = r.get(Application, application_id)
        return sheet.collect_letter(
            sheet.CollectLetter(
                imprint=imprint,
                name=app.applicant.name,
                address=app.applicant.address,
                licence_class=app.licence_class,
                case=app.number,
                ready_on=ready_on,
                collect_by=collect_by,
                signer=papers.signatory(r, by.officer, words("forms.collect_signer")),
            ),
            words,
            papers.words("en"),
        )

    return papers.make(by, COLLECT, application_id, build)


def payment_difference(
    papers: Papers,
    by: Actor,
    application_id: str,
    paid: int,
    *,
    ntpn: str,
    bank: str,
    paid_at: datetime,
    due: int | None = None,
    new_billing_code: str = "",
    pay_by: date | None = None,
    bank_fee: int | None = None,
) -> MadePaper:
    """Paid too much or too little: the difference and the way to the refund or the rest.

    Raises ValueError where nothing differs.
    """

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        app = r.get(Application, application_id)
        return sheet.payment_difference(
            sheet.PaymentDifference(
                imprint=imprint,
                name=app.applicant.name,
                case=app.number,
                service=app.service,
                licence_class=app.licence_class,
                due=app.fee if due is None else due,
                paid=paid,
                bank=bank,
                paid_at=papers.local(paid_at),
                billing_code=app.billing_code,
                ntpn=ntpn,
                officer=papers.signatory(r, by.officer, words.of(Role.REGISTRATION)),
                new_billing_code=new_billing_code,
                pay_by=pay_by,
                bank_fee=bank_fee,
            ),
            words,
            papers.words("en"),
        )

    return papers.make(by, PAYMENT, application_id, build)
