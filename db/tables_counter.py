"""The counter's own tables: applications, people, licences, blanks, parcels.

Each aggregate is one row: an id, a version that every UPDATE compares, the columns by which it is
found, and the rest as JSON in `body`. What a column may hold is the domain's business; `db` only
keeps, finds and compares.

Numbers that people read (of cases, tickets, issues) aren't unique here: two counters may have
given the same one while neither could ask the centre, and both rows must have a place.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem

from db.tables import metadata


def _aggregate(name: str, *items: SchemaItem) -> Table:
    """A table of whole things: id, version, the given columns, body."""
    return Table(
        name,
        metadata,
        Column("id", String(64), primary_key=True),
        Column("version", Integer, nullable=False),
        *items,
        Column("body", Text, nullable=False),
    )


def _text(name: str, size: int = 64) -> Column[str]:
    return Column(name, String(size), nullable=False)


officers = _aggregate("officers", Column("active", Boolean, nullable=False))

persons = _aggregate("persons", _text("nik"), _text("folded_name", 255), Index(None, "nik"))

licences = _aggregate(
    "licences",
    _text("person_id"),
    _text("licence_class", 16),
    Column("sequence", Integer, nullable=False),
    _text("sim_number"),
    _text("status", 16),
    _text("valid_until", 10),
    _text("blank_serial"),
    _text("application_id"),
    Index(None, "person_id", "licence_class", "sequence"),
    Index(None, "sim_number"),
    Index(None, "blank_serial"),
    Index(None, "application_id"),
)
# One valid licence per person and class, held by the store itself and not only by the rules.
Index(
    "uq_licences_one_valid",
    licences.c.person_id,
    licences.c.licence_class,
    unique=True,
    sqlite_where=text("status = 'valid'"),
    postgresql_where=text("status = 'valid'"),
)

tickets = _aggregate(
    "tickets",
    _text("number", 16),
    _text("day", 10),
    _text("lane", 16),
    _text("state", 16),
    _text("visit_id"),
    Index(None, "day", "number"),
    Index(None, "day", "state"),
    Index(None, "visit_id"),
)

visits = _aggregate("visits", _text("ticket_id"), _text("officer", 32), _text("person_id"))

applications = _aggregate(
    "applications",
    _text("number", 32),
    _text("visit_id"),
    _text("person_id"),
    _text("nik"),
    _text("service", 24),
    _text("licence_class", 16),
    _text("channel", 16),
    _text("state", 24),
    _text("maker", 32),
    _text("blank_serial"),
    _text("batch_id"),
    _text("external_id"),
    _text("sim_number"),
    _text("changed_at", 32),
    Index(None, "number"),
    Index(None, "state", "channel"),
    Index(None, "visit_id"),
    Index(None, "person_id"),
    Index(None, "nik"),
    Index(None, "blank_serial"),
    Index(None, "external_id"),
    Index(None, "changed_at"),
)

evidence = _aggregate(
    "evidence",
    _text("application_id"),
    _text("kind", 32),
    _text("source", 16),
    _text("reference", 128),
    UniqueConstraint("kind", "reference"),
    Index(None, "application_id"),
)

approvals = _aggregate(
    "approvals",
    _text("subject"),
    _text("act"),
    _text("digest"),
    _text("officer", 32),
    Column("void", Boolean, nullable=False),
    Index(None, "subject"),
)

attempts = _aggregate("attempts", _text("visit_id"), Index(None, "visit_id"))

blanks = _aggregate(
    "blanks",
    _text("lot", 32),
    _text("state", 24),
    _text("custodian"),
    _text("application_id"),
    Index(None, "custodian", "state"),
    Index(None, "lot", "state"),
)

movements = _aggregate(
    "movements",
    _text("serial"),
    Column("number", Integer, nullable=False),
    _text("lot", 32),
    _text("action", 24),
    _text("after", 24),
    _text("shift"),
    _text("at", 32),
    UniqueConstraint("serial", "number"),
    Index(None, "shift"),
    Index(None, "lot"),
)

jobs = _aggregate(
    "jobs",
    _text("application_id"),
    _text("blank_serial"),
    _text("state", 16),
    _text("batch"),
    _text("shift"),
    Index(None, "application_id"),
    Index(None, "state"),
    Index(None, "shift"),
)

shifts = _aggregate(
    "shifts", _text("counter"), _text("day", 10), _text("state", 16), Index(None, "day")
)

parcels = _aggregate(
    "parcels",
    _text("application_id"),
    _text("awb"),
    _text("courier", 32),
    _text("state", 24),
    _text("manifest_id"),
    UniqueConstraint("awb"),
    Index(None, "application_id"),
    Index(None, "state"),
    Index(None, "manifest_id"),
)

manifests = _aggregate(
    "manifests",
    Column("number", Integer, nullable=False),
    _text("courier", 32),
    Column("closed", Boolean, nullable=False),
)

returns = _aggregate(
    "returns",
    _text("parcel_id"),
    _text("application_id"),
    _text("awb"),
    _text("state", 24),
    Index(None, "state"),
    Index(None, "parcel_id"),
)

holds = _aggregate(
    "holds",
    _text("nik"),
    _text("kind", 24),
    Column("active", Boolean, nullable=False),
    Index(None, "nik"),
)

drafts = _aggregate("drafts", _text("officer", 32), _text("form", 32), _text("ticket_id"))

letters = _aggregate(
    "letters",
    Column("number", Integer, nullable=False),
    _text("application_id"),
    Index(None, "application_id"),
)

incidents = _aggregate(
    "incidents", _text("kind", 48), _text("subject"), _text("closed_by", 32), Index(None, "subject")
)

papers = _aggregate(
    "papers", _text("kind", 32), _text("number"), _text("subject"), Index(None, "subject")
)

batches = _aggregate("batches", _text("digest"), UniqueConstraint("digest"))

numbers = Table(
    "numbers",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Integer, nullable=False),
)
"""Running numbers (applications, manifests, papers), raised inside the act that uses them."""
