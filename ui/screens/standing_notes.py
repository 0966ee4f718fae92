"""What must be known of somebody's licences before a service is begun, as lines with a badge."""

from __future__ import annotations

from desktop.domain.revocation import RevokedLicence
from desktop.words import Words
from ui.screens.walkin_parts import bad
from ui.widgets.state import StateItem


def revoked_note(words: Words, gone: RevokedLicence) -> StateItem:
    """A licence that the centre revoked, named so that nobody goes on with it."""
    return bad(
        words(
            "walkin.revoked_note", licence_class=gone.licence_class, number=gone.number,
            at=gone.since, order=gone.order,
        )
    )  # fmt: skip
