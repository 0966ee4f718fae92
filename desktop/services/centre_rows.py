"""What a row from the centre means here: how it is found, what it shows, who must look again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from db import search
from db.search import NumberHit
from desktop.notices import (
    ApplicationMoved,
    ApprovalsChanged,
    ShipmentMoved,
    StockChanged,
    TicketsChanged,
)

if TYPE_CHECKING:
    from desktop.services.local_desk import LocalDesk

ENDED = frozenset({"closed", "rejected", "cancelled", "expired", "recalled"})

PICTURES = {
    "applications": ("photo", "signature", "filing"),
    "visits": ("eid_photo", "photo", "signature"),
    "licences": ("photo",),
}
"""Fields that name a picture by its digest."""


NUMBERS = {
    "persons": (("nik", "nik", "id"),),
    "applications": (("number", "case", "id"), ("external_id", "external", "id")),
    "licences": (("sim_number", "sim", "person_id"), ("sim_number", "licence", "id")),
    "parcels": (("awb", "waybill", "application_id"),),
}
"""By which field a thing is found, under which kind of number, and the field that it leads to."""


class RowSense:
    """Answers what `db` asks about rows; see `db.feed.Above`."""

    def findable(self, conn: Any, kind: str, some: Sequence[dict[str, Any]]) -> None:
        """Persons by name and NIK; cases, licences and parcels by their numbers."""
        if kind == "persons":
            search.put_names(conn, [(str(r["id"]), str(r["applicant"]["name"])) for r in some])
        hits = [
            NumberHit(str(row[field]), name, str(row[leads]))
            for row in some
            for field, name, leads in NUMBERS.get(kind, ())
            if row.get(field)
        ]
        if hits:
            search.find_by_numbers(conn, hits)

    def pictures(self, kind: str, row: dict[str, Any]) -> Iterable[str]:
        """Of open cases, and of people's present licences."""
        if kind == "applications" and row.get("state") in ENDED:
            return ()
        if kind == "visits" and row.get("closed_at"):
            return ()
        if kind == "licences" and row.get("status") != "valid":
            return ()
        named = [str(row.get(name) or "") for name in PICTURES.get(kind, ())]
        if kind == "applications":
            named += [str(one.get("picture") or "") for one in row.get("exam_photos") or ()]
        return [sha for sha in named if len(sha) == 64]

    def publish(self, desk: LocalDesk, kinds: frozenset[tuple[str, str]]) -> None:
        """Whoever shows one of these looks again: one notice of a kind, however many moved.

        A first load moves thousands, and each notice is work for the window.
        """
        first: dict[str, str] = {}
        for kind, key in sorted(kinds):
            first.setdefault(kind, key)
        publish = desk.notices.publish
        if "applications" in first:
            publish(ApplicationMoved(first["applications"]))
        if first.keys() & {"applications", "incidents"}:
            publish(ApprovalsChanged())
        for kind in ("parcels", "returns"):
            if kind in first:
                publish(ShipmentMoved(first[kind]))
        if "tickets" in first:
            publish(TicketsChanged())
        if first.keys() & {"blanks", "movements"}:
            publish(StockChanged())
