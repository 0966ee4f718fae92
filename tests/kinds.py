"""Every kind of thing that the ledger keeps, with its table."""

from __future__ import annotations

from desktop.domain.application import (
    Application,
    Approval,
    Attempt,
    Batch,
    Draft,
    Incident,
    Letter,
    Paper,
    Ticket,
    Visit,
)
from desktop.domain.evidence import Evidence
from desktop.domain.officer import Officer
from desktop.domain.person import Hold, Licence, Person
from desktop.domain.shipment import Manifest, Parcel, ReturnCase
from desktop.domain.stock import Blank, Job, Movement, Shift
from desktop.ledger_rows import table_of

TABLE_OF: dict[type, str] = {
    kind: table_of(kind)
    for kind in (
        Application,
        Approval,
        Attempt,
        Batch,
        Blank,
        Draft,
        Evidence,
        Hold,
        Incident,
        Job,
        Letter,
        Licence,
        Manifest,
        Movement,
        Officer,
        Paper,
        Parcel,
        Person,
        ReturnCase,
        Shift,
        Ticket,
        Visit,
    )
}
