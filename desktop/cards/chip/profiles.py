"""Which chip a card has: everything specific to it is behind `ChipProfile`.

`TrivialProfile` is one plain file of our own. `lds.LdsProfile` is the driving licence of ISO/IEC
18013-2: signed, written over a secure channel, locked. Both make an *image*, bytes that say
everything the chip will hold, and both give it back from a card, byte for byte; an empty image is
a card on which nothing whole was written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from desktop.cards.chip.groups import ChipRecord
from desktop.cards.chip.said import ChipSaid, said_in
from desktop.domain.violations import NoRoomForRecords
from devices.card_reader import CardReader
from devices.device import Cancel


class ChipProfile(Protocol):
    """One sort of chip."""

    @property
    def name(self) -> str:
        """As the settings name it."""
        ...

    def build(self, told: bytes, record: Callable[[], ChipRecord]) -> bytes:
        """The image of a card from its facts; the same ones give the same bytes.

        `record` is everything that could be said, asked for only where the chip says more.
        """
        ...

    def write(
        self, reader: CardReader, image: bytes, *, timeout: float, cancel: Cancel = None
    ) -> None:
        """Bring a chip from wherever it is to holding this image, after a tear too.

        Raises the reader's faults; ChipLocked where the chip is somebody's already.
        """
        ...

    def read(self, reader: CardReader, *, timeout: float, cancel: Cancel = None) -> bytes:
        """The image on a chip; empty where nothing whole was written.

        Raises the reader's faults; ChipUnreadable where the files aren't a licence's.
        """
        ...

    def verify(self, image: bytes) -> None:
        """Raises ChipUnreadable, ChipNotGenuine unless the image proves itself."""
        ...

    def told(self, image: bytes) -> bytes:
        """The facts text by text (RFC 8785), as they stand on any chip. Raises ChipUnreadable."""
        ...

    def said(self, image: bytes) -> ChipSaid:
        """The same facts, and the portrait where there is one. Raises ChipUnreadable."""
        ...

    def read_records(self, reader: CardReader, *, timeout: float, cancel: Cancel = None) -> bytes:
        """The centre's last order for this card (`orders`), not proven; empty where none lies.

        Raises the reader's faults, ChipUnreadable.
        """
        ...

    def write_records(
        self, reader: CardReader, order: bytes, *, timeout: float, cancel: Cancel = None
    ) -> None:
        """Put an order in the place of the one before, whole or not at all.

        Raises NoRoomForRecords where this sort of chip keeps none, and the reader's faults.
        """
        ...


class TrivialProfile:
    """One plain file with the facts, unsigned."""

    name = "plain"

    def build(self, told: bytes, record: Callable[[], ChipRecord]) -> bytes:
        """See `ChipProfile`."""
        return told

    def write(
        self, reader: CardReader, image: bytes, *, timeout: float, cancel: Cancel = None
    ) -> None:
        """See `ChipProfile`."""
        reader.write_file(image, timeout=timeout, cancel=cancel)

    def read(self, reader: CardReader, *, timeout: float, cancel: Cancel = None) -> bytes:
        """See `ChipProfile`."""
        return reader.read_file(timeout=timeout, cancel=cancel)

    def verify(self, image: bytes) -> None:
        """Nothing is signed here, so nothing is proven."""

    def told(self, image: bytes) -> bytes:
        """See `ChipProfile`."""
        return image

    def said(self, image: bytes) -> ChipSaid:
        """See `ChipProfile`."""
        return said_in(image)

    def read_records(self, reader: CardReader, *, timeout: float, cancel: Cancel = None) -> bytes:
        """There are none on such a chip."""
        return b""

    def write_records(
        self, reader: CardReader, order: bytes, *, timeout: float, cancel: Cancel = None
    ) -> None:
        """See `ChipProfile`."""
        raise NoRoomForRecords
