"""Cards that somebody found: each is kept, an incident, until its holder or its end comes."""

from __future__ import annotations

from desktop.domain.application import Incident
from desktop.domain.person import Licence
from desktop.ledger import Reading, Writing
from desktop.services.base import Frame

FOUND_PROPERTY = "found_property"
"""The kind of such an incident."""


def find_of(r: Reading, licence: Licence | None) -> Incident | None:
    """The open incident about a card that was found and waits for its holder."""
    if licence is None:
        return None
    known = r.find(Incident, subject=licence.id, closed_by="")
    return next((one for one in known if one.kind == FOUND_PROPERTY), None)


def close_find(w: Writing, frame: Frame, kept: Incident) -> Incident:
    """The card doesn't wait any more."""
    kept = w.change(kept, closed_by=w.by.officer, closed_at=frame.now())
    serial = kept.details.get("serial", "")
    w.record("incident.closed", kept.id, {"kind": kept.kind, "serial": serial})
    return kept
