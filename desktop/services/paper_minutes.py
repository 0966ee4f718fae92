"""Minutes and reports, filled in from the ledger's own nouns: returns, destruction, shift, day.

Their readers are the office, its supervision and its auditors, so they are in Indonesian alone.
Each function makes one paper, keeps it and gives it back with its bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from desktop import papers as sheet
from desktop.domain.application import Application, Approval, Incident
from desktop.domain.destruction import Destroyed, DestroyMethod
from desktop.domain.officer import Actor
from desktop.domain.person import Licence
from desktop.domain.service import Service
from desktop.domain.shipment import Manifest, Parcel, ReturnCase
from desktop.ledger import Reading, Writing
from desktop.papers.base import Word
from desktop.services.papers import MadePaper, Papers
from desktop.words import Words

RETURN, RETURN_INCIDENT = "bak", "ckj"
DESTRUCTION, SHIFT, DAY, DISPENSATION = "bap", "ltg", "lh", "uds"
"""Kinds of papers: the beginning of their numbers."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the two officers who opened a returned parcel found and decided.

    `decision` is an enum member or a sentence; `approvals` are their signatures over one digest.
    """

    decision: Word
    approvals: tuple[Approval, ...]
    opened_at: datetime
    contacts: tuple[sheet.ContactTry, ...] = ()
    new_waybill: str = ""
    note: str = ""


def return_minutes(
    papers: Papers,
    by: Actor,
    case: ReturnCase,
    opening: Opening,
    incident: Incident | None = None,
) -> MadePaper:
    """Minutes of a parcel that came back; with `incident`, the note of what was wrong in it."""

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        app = r.get(Application, case.application_id)
        parcel = r.get(Parcel, case.parcel_id)
        manifest = r.look(Manifest, parcel.manifest_id) if parcel.manifest_id else None
        sent = manifest.closed_at if manifest and manifest.closed_at else parcel.packed_at
        digest = opening.approvals[0].digest if opening.approvals else case.id.replace("-", "")
        duty = words("forms.opener")
        return sheet.return_minutes(
            sheet.ReturnMinutes(
                imprint=imprint,
                waybill=case.awb,
                manifest=str(manifest.number) if manifest else "-",
                case=app.number,
                courier=parcel.courier,
                licence_class=app.licence_class,
                blank_serial=case.card_serial or app.blank_serial or "-",
                dispatched_at=papers.local(sent),
                received_at=papers.local(case.received_at),
                opened_at=papers.local(opening.opened_at),
                cause=case.reason or "-",
                checks=_checks(case, words),
                decision=opening.decision,
                openers=tuple(papers.signed(r, one, duty) for one in opening.approvals),
                content_digest=digest,
                storage_slot=case.slot,
                new_waybill=opening.new_waybill,
                contacts=opening.contacts,
                incident="" if incident is None else short(incident.id),
                incident_text=_incident_text(incident, words),
                note=opening.note,
            ),
            words,
        )

    kind = RETURN if incident is None else RETURN_INCIDENT
    return papers.make(by, kind, case.id, build)


def _checks(case: ReturnCase, words: Words) -> tuple[sheet.ReturnCheck, ...]:
    """What was looked at, in the order of opening; what nobody looked at isn't listed."""
    found: list[sheet.ReturnCheck] = [sheet.ReturnCheck(words("forms.check.waybill"), True)]
    for name, ok in (
        ("seal", case.seal_intact),
        ("card", case.right_number),
        ("chip", case.chip_matches),
    ):
        if ok is not None:
            found.append(sheet.ReturnCheck(words(f"forms.check.{name}"), ok))
    return tuple(found)


def _incident_text(incident: Incident | None, words: Words) -> str:
    if incident is None:
        return ""
    return incident.statement or words("forms.incident_open", kind=incident_word(incident, words))


def incident_word(incident: Incident, words: Words) -> str:
    """An incident's kind in words; a kind without words is shown as it stands."""
    message = f"incident.{incident.kind}"
    return words(message) if message in words else incident.kind


def short(key: str) -> str:
    """The part of an id by which people name an incident."""
    return key.replace("-", "")[-8:].upper()


@dataclass(frozen=True, slots=True)
class Burial:
    """One act of destruction, as its minutes tell it."""

    digest: str
    method: DestroyMethod
    cards: tuple[Destroyed, ...]
    approvals: tuple[Approval, ...]
    ribbons: int = 0
    unnumbered: int = 0
    place: str = ""
    note: str = ""
    basis: str = ""
    witnesses: tuple[sheet.Signatory, ...] = ()


def destruction_minutes(
    papers: Papers, by: Actor, w: Writing, subject: str, what: Burial
) -> MadePaper:
    """Minutes of destruction of cards by serial and of ribbon by count, within that act."""

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        people = tuple(
            papers.signed(r, one, words("forms.team_head" if at == 0 else "forms.team"))
            for at, one in enumerate(what.approvals)
        )
        tallies = (
            sheet.Tally(words("forms.used_ribbon"), what.ribbons),
            sheet.Tally(words("forms.used_unnumbered"), what.unnumbered),
        )
        return sheet.destruction_minutes(
            sheet.DestructionMinutes(
                imprint=imprint,
                place=what.place or imprint.office.name,
                day=papers.today(),
                method=what.method,
                blanks=tuple(
                    sheet.DestroyedBlank(card.serial, card.lot, card.cause, card.case)
                    for card in what.cards
                ),
                team=tuple(sheet.Member(p.name, p.number, p.duty) for p in people),
                signatories=people,
                content_digest=what.digest,
                tallies=tuple(tally for tally in tallies if tally.count),
                witnesses=what.witnesses,
                approval=what.basis,
                note=what.note,
            ),
            words,
        )

    return papers.make(by, DESTRUCTION, subject, build, act=w)


def dispensation_proposal(papers: Papers, by: Actor, incident: Incident) -> MadePaper:
    """What the office proposes after an outage, with the cases whose licences ran out in it.

    Not an upgrade: it ends the lower licence, which nobody has to renew.
    """
    since = datetime.fromisoformat(incident.subject)
    first, last = (date.fromisoformat(incident.details[name]) for name in ("from", "to"))

    def build(r: Reading, imprint: sheet.Imprint, words: Words) -> bytes:
        cases = [
            sheet.AffectedCase(
                app.number, old.sim_number, app.licence_class, old.valid_until,
                papers.local(app.created_at).date(), app.state,
            )
            for app in r.find(Application, order="changed_at", since=_iso(since))
            if app.created_at >= since and app.previous_licence
            and app.service is not Service.CLASS_UPGRADE
            for old in [r.look(Licence, app.previous_licence)]
            if old is not None and first <= old.valid_until <= last
        ]  # fmt: skip
        return sheet.dispensation_proposal(
            sheet.DispensationProposal(
                imprint=imprint,
                down_from=papers.local(since),
                down_until=papers.local(incident.opened_at),
                first=first,
                last=last,
                licences=int(incident.details["licences"]),
                cases=tuple(sorted(cases, key=lambda case: case.number)),
                incident=short(incident.id),
                proposer=papers.signatory(r, by.officer, words("forms.proposes")),
                head=sheet.Signatory("", "", words("forms.unit_head")),
            ),
            words,
        )

    return papers.make(by, DISPENSATION, incident.id, build)


def _iso(moment: datetime) -> str:
    return msgspec.to_builtins(moment)
