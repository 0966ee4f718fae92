"""Card viewers: what sees both sides of a finished card, for the inspection after printing.

A stand with two cameras, a camera under which the card is turned, a flat-bed or duplex card
scanner: a viewer says nothing of the card, it only shows it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from devices.device import Cancel, Device


@dataclass(frozen=True, slots=True)
class CardViews:
    """A picture of each side, JPEG or PNG; the card may lie in any turn on a ground of its own."""

    front: bytes = field(repr=False)
    back: bytes = field(repr=False)


class ViewStep(StrEnum):
    """What a viewer asks of the hands before it."""

    TURN = "turn"
    """The front is seen; the card is to be turned over like a page."""


Hint = Callable[[ViewStep], None]
"""Told of each step, in the middle of a look, on the thread that looks; it must return at once."""


class CardViewer(Device):
    """Sees both sides of one card."""

    @abstractmethod
    def look(
        self, asked: str = "", *, timeout: float, cancel: Cancel = None, hint: Hint | None = None
    ) -> CardViews:
        """Wait for a card and take a picture of each side, both after the call began.

        `asked` is the serial of the card that people are asked to lay in: a stand with a display
        shows it, simulated hands obey it. What really lies there is for the caller to find out.
        `hint` hears when the card is to be turned, from viewers that see one side at a time.

        The first picture should be the front's, and the card be turned over like a page for the
        second; people forget both, and the inspection tells. Raises the LinkFaults; CardMissing
        where nobody laid or turned a card in time; NoPicture, LidOpen, ScannerJammed.
        """
