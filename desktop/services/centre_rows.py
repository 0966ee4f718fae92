"""What a row from the centre means here: how it is found, what it shows, who must look again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from db import search
from desktop.notices import (
    ApplicationMoved,
    ApprovalsChanged,
    ShipmentMoved,
    StockChanged,
    TicketsChanged,
)

if TYPE_CHECKING:
    from desktop.services.desk import Desk

ENDED = frozenset({"closed", "rejected", "cancelled", "expired", "recalled"})

PICTURES = {
    "applications": ("photo", "signature", "filing"),
    "visits": ("eid_photo", "photo", "signature"),
    "licences": ("photo",),
}
"""Fields that name a picture by its digest."""


class RowSense:
    """Answers what `db` asks about rows; see `db.feed.Above`."""

    def findable(self, conn: Any, kind: str, row: dict[str, Any]) -> None:
        """Persons by name and NIK; cases, licences and parcels by their numbers."""
        key = str(row["id"])
        if kind == "persons":
            search.put_person(conn, key, str(row["applicant"]["name"]))
            search.put_number(conn, str(row["nik"]), "nik", key)
        elif kind == "applications":
            search.put_number(conn, str(row["number"]), "case", key)
            if row.get("external_id"):
                search.put_number(conn, str(row["external_id"]), "external", key)
        elif kind == "licences":
            search.put_number(conn, str(row["sim_number"]), "sim", str(row["person_id"]))
            search.put_number(conn, str(row["sim_number"]), "licence", key)
        elif kind == "parcels":
            search.put_number(conn, str(row["awb"]), "waybill", str(row["application_id"]))

    def pictures(self, kind: str, row: dict[str, Any]) -> Iterable[str]:
        """Of open cases, and of people's present licences."""
        if kind == "applications" and row.get("state") in ENDED:
            return ()
        if kind == "visits" and row.get("closed_at"):
            return ()
        if kind == "licences" and row.get("status") != "valid":
            return ()
        named = (str(row.get(name) or "") for name in PICTURES.get(kind, ()))
        return [sha for sha in named if len(sha) == 64]

    def publish(self, desk: Desk, kinds: frozenset[tuple[str, str]]) -> None:
        """Whoever shows one of these looks again."""
        names = {kind for kind, _ in kinds}
        publish = desk.notices.publish
        for kind, key in sorted(kinds):
            if kind == "applications":
                publish(ApplicationMoved(key))
            elif kind in ("parcels", "returns"):
                publish(ShipmentMoved(key))
        if "applications" in names:
            publish(ApprovalsChanged())
        if "tickets" in names:
            publish(TicketsChanged())
        if names & {"blanks", "movements"}:
            publish(StockChanged())
