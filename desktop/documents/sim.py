"""The SIM as a document: what of a case stands on the card and in its chip."""

from __future__ import annotations

from desktop.domain.application import Application
from desktop.domain.realm import Realm


def chip_content(app: Application, realm: Realm, digest: str) -> dict[str, str]:
    """The chip's facts: text by text, so that face and chip can be compared field by field."""
    return {
        "birth_date": app.applicant.birth_date.isoformat(),
        "class": str(app.licence_class),
        "content": digest,
        "issued_on": "" if app.issue_on is None else app.issue_on.isoformat(),
        "name": app.applicant.name,
        "number": app.sim_number or app.nik,
        "realm": str(realm),
        "serial": app.blank_serial,
        "valid_until": "" if app.valid_until is None else app.valid_until.isoformat(),
    }
