"""What a scanned card says of itself."""

from __future__ import annotations

OWN_CODE = "LOKETSIM1"
"""How the code that is printed on a card begins."""


def card_serial(text: str) -> str:
    """The blank's serial: the card's own QR carries it, or it stands alone."""
    parts = text.strip().split(":")
    if parts and parts[0] == OWN_CODE and len(parts) > 2:
        return parts[2]
    return text.strip()
