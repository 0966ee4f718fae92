"""How a thing stands in its row: which table holds it, and which values have columns of their own.

Whole things are frozen values of the domain. What is searched by has a column; all else is one
JSON body, so that a new field needs no new column. The centre is told the same plain values.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import msgspec

from db import rows

TABLES: dict[str, str] = {
    "Application": "applications",
    "Approval": "approvals",
    "Attempt": "attempts",
    "Batch": "batches",
    "Blank": "blanks",
    "Draft": "drafts",
    "Evidence": "evidence",
    "Hold": "holds",
    "Incident": "incidents",
    "Job": "jobs",
    "Letter": "letters",
    "Licence": "licences",
    "Manifest": "manifests",
    "Movement": "movements",
    "Officer": "officers",
    "Paper": "papers",
    "Parcel": "parcels",
    "Person": "persons",
    "ReturnCase": "returns",
    "Shift": "shifts",
    "Ticket": "tickets",
    "Visit": "visits",
}
"""The table of each kind by its class's name: the classes themselves come when one is needed,
so that the first picture of the window doesn't wait for them."""

# Working notes of an officer or the counter: no act of office, so no journal entry is owed.
UNJOURNALED = ("drafts",)

# An officer's row holds what opens their key; the centre has its own record of officers.
UNTOLD = ("officers",)

TOLD = frozenset(TABLES.values()) - {*UNJOURNALED, *UNTOLD}
"""Tables whose changes the centre is told."""

TOLD_TOGETHER: dict[str, tuple[str, ...]] = {"evidence": ("kind", "reference", "application_id")}
"""What may be used once in the country, and by whom: the centre knows it by one change alone, so
that all of it is told where a part of it changes."""


class Stored(Protocol):
    """Anything with an id; all but movements carry a version too."""

    @property
    def id(self) -> str: ...


StoredT = TypeVar("StoredT", bound=Stored)


def table_of(kind: type[Any]) -> str:
    """The table that holds things of this kind."""
    return TABLES[kind.__name__]


def values_of(thing: Stored) -> dict[str, Any]:
    """A thing as plain values, as it stands in its row and in what the centre is told."""
    return msgspec.to_builtins(thing, order="deterministic")


def row_of(kind: type, told: dict[str, Any]) -> rows.Row:
    """The row of a thing of this kind from its plain values."""
    values = dict(told)
    row: rows.Row = {}
    for name in rows.columns(table_of(kind)):
        if name == "version":
            row[name] = values.pop(name, 0)
        elif name != "body":
            row[name] = values.pop(name)
    row["body"] = msgspec.json.encode(values).decode()
    return row


def thing_of(kind: type[StoredT], row: rows.Row) -> StoredT:
    """The thing of a row, which is used up."""
    values = msgspec.json.decode(row.pop("body"))
    values.update(row)
    return msgspec.convert(values, kind)
