"""Licences that are doubted while it isn't clear which card lay in a returned parcel.

Somebody else's card flags two licences: the parcel's own, whose card is elsewhere, and that of the
card that was found. Where it was a slip of the hand, and the right card follows, neither is left
doubted: a flag that nobody can take off bars a good card for ever.
"""

from __future__ import annotations

from desktop.domain.application import Application, Incident
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.shipment import Parcel, ReturnCase
from desktop.ledger import Writing
from desktop.services.base import Frame
from desktop.services.licences import Licences
from desktop.services.parcels import open_incident

OTHER_CARD = "other_card_in_parcel"
"""The incident of a card that isn't the parcel's, and why licences are flagged then."""
FLAGGED = "flagged"
"""The detail of the incident that names the cards whose licences it flagged."""


def doubt_cards(
    frame: Frame, licences: Licences, w: Writing, case: ReturnCase, other: Application | None
) -> Incident:
    """Somebody else's card lies in the parcel: an incident, and both cards' licences are flagged.

    `other` is the case whose card it is. A licence whose card was replaced since has another card,
    which isn't in doubt; one that was doubted already stays as it is.
    """
    mine = w.get(Application, case.application_id)
    details = {"awb": case.awb, "serial": case.card_serial, "case": mine.number}
    cards = [w.get(Parcel, case.parcel_id).serial]
    if other is not None:
        cards.append(case.card_serial)
        details["other"] = other.number
    flagged = [serial for serial in cards if _flag(licences, w, serial)]
    if flagged:
        details[FLAGGED] = " ".join(flagged)
    return open_incident(frame, w, OTHER_CARD, case.id, details)


def believe_cards(licences: Licences, w: Writing, case: ReturnCase) -> None:
    """The right card lies here: what was doubted over this parcel is believed again."""
    for incident in w.find(Incident, subject=case.id, kind=OTHER_CARD):
        for serial in incident.details.get(FLAGGED, "").split():
            licence = w.first(Licence, blank_serial=serial)
            if licence is not None:
                licences.clear(w, licence, OTHER_CARD)


def _flag(licences: Licences, w: Writing, serial: str) -> bool:
    licence = w.first(Licence, blank_serial=serial)
    if licence is None or licence.status is not LicenceStatus.VALID:
        return False
    licences.flag(w, licence, OTHER_CARD)
    return True
