"""What a scanned card says of itself."""

from __future__ import annotations

OWN_CODE = "SIM1:"
"""How the code on a card begins; `desktop.cards.seal` reads it, and is loaded when one comes."""


def card_serial(text: str) -> str:
    """The blank's serial: the card's own seal carries it, or it stands alone.

    To find the case only: whether the seal is good is asked where it matters.
    """
    found = text.strip()
    if not found.startswith(OWN_CODE):
        return found
    from desktop.cards.seal_check import statement_of

    return getattr(statement_of(found), "serial", found)
