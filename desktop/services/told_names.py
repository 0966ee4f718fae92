"""What people call the things that the journal and the centre's rows name by inner ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from db.sync_desk import Told
from desktop.domain.application import Application, Ticket, Visit
from desktop.domain.officer import Officer
from desktop.domain.person import Licence
from desktop.domain.shipment import Parcel, ReturnCase
from desktop.domain.stock import Job
from desktop.ledger import Reading

NAMELESS = frozenset(
    {"approved_digest", "changed_at", "confirmed_digest", "faces_digest", "folded_name", "id",
     "job_id", "makers", "manifest_id", "person_id", "ticket_id", "version", "visit_id"}
)  # fmt: skip
"""Fields that say nothing to people: ids and digests of the program's own."""
_OFFICERS = frozenset(
    {"approved_by", "claimed_by", "inspected_by", "maker", "officer", "opened_with", "packed_by",
     "received_by", "recorded_by"}
)  # fmt: skip
_THINGS = frozenset(
    {"application_id", "other_application", "licence_id", "previous_licence", "new_parcel",
     "parcel_id"}
)  # fmt: skip


def named(r: Reading, one: Told) -> str:
    """What an act is about: a case's number, a parcel's waybill, a ticket; else its subject."""
    content = one.content
    if told := content.get("number") or content.get("awb"):
        return str(told)
    about = (content.get("application"), content.get("application_id"), one.entry.subject)
    keys: Iterable[Any] = (*about, *(change["id"] for change in one.changes))
    found = (number_of(r, str(key)) for key in keys if key)
    return next(filter(None, found), one.entry.subject)


def number_of(r: Reading, key: str) -> str:
    """The number by which people call a thing of this counter's store; empty where it has none."""
    if app := r.look(Application, key):
        return app.number
    if parcel := r.look(Parcel, key) or r.look(ReturnCase, key):
        return parcel.awb
    if licence := r.look(Licence, key):
        return licence.sim_number
    if job := r.look(Job, key):
        return number_of(r, job.application_id)
    visit = r.look(Visit, key)
    ticket = r.look(Ticket, visit.ticket_id if visit is not None else key)
    return ticket.number if ticket is not None else ""


def title(r: Reading, nrp: str | None) -> str:
    """An officer as the lists name them; nothing for what the program did."""
    officer = r.look(Officer, nrp) if nrp else None
    return officer.title if officer is not None else nrp or ""


def as_named(r: Reading, field: str, value: object) -> object:
    """A row's value as people say it: an officer, a case, a parcel or a licence by its name."""
    if not isinstance(value, str) or not value:
        return value
    if field in _OFFICERS:
        return title(r, value)
    return (number_of(r, value) or value) if field in _THINGS else value


def first_used(r: Reading, detail: Mapping[str, Any]) -> str:
    """The case or parcel known here that had a proof or a number first, as people call it."""
    first = detail.get("first")
    if not isinstance(first, dict):
        return ""
    keys = [str(first.get(name) or "") for name in ("owner", "id")]
    keys = [parcel.application_id if (parcel := r.look(Parcel, key)) else key for key in keys]
    return next(filter(None, (number_of(r, key) for key in keys if key)), "")
