"""Violations and points on a chip: proven, and written only by order of the centre.

The order names one card and is the whole list. It is written through the card's own secure channel
once the chip has proven that it is that card's, read back, and recorded. An order that lies on the
chip already is recorded again and not written; an older one than the chip's is refused.
"""

from __future__ import annotations

import hashlib

from desktop.cards.chip.orders import read_order
from desktop.cards.chip.profiles import ChipProfile, TrivialProfile
from desktop.domain.officer import Actor, Role
from desktop.domain.violations import (
    CardOrder,
    NoRoomForRecords,
    OrderForOtherCard,
    OrderOutdated,
    OrderRefused,
)
from desktop.profile import Profile
from desktop.services.base import Frame, require
from desktop.services.cardmaker import ChipDiffers
from devices.card_reader import CardReader
from devices.device import Cancel
from devices.errors import WrongCard

WRITTEN = "card.order_written"
"""The act of putting an order on a chip."""

CARD_SECONDS = 15.0
CHIP_SECONDS = 40.0


class CardOrders:
    """Acts on a card's list of violations."""

    def __init__(self, frame: Frame, profile: Profile, chip: ChipProfile) -> None:
        self._frame = frame
        self._profile = profile
        self._chip = chip

    def proven(self, order: bytes) -> CardOrder:
        """What an order says, once the centre's key and this realm stand behind it.

        Raises OrderRefused.
        """
        profile = self._profile
        gone = [one.key_id for one in profile.withdrawn]
        return read_order(order, profile.realm, profile.trust.roots, gone)

    def write(self, by: Actor, order: bytes, cancel: Cancel = None) -> CardOrder:
        """Put an order on the card that lies on the desk's reader.

        Raises RoleMissing, OrderRefused, OrderForOtherCard, OrderOutdated, NoRoomForRecords,
        ChipUnreadable, ChipNotGenuine, ChipDiffers, and the reader's faults.
        """
        require(by, Role.REGISTRATION, Role.PRODUCTION, Role.SUPERVISOR)
        wanted = self.proven(order)
        chip = self._chip
        with self._frame.hub.desk_reader() as reader:
            reader.wait_card(timeout=CARD_SECONDS, cancel=cancel)
            image = self._read(reader, cancel)
            if image:
                chip.verify(image)
            found = chip.said(image).serial if image else ""
            if found != wanted.serial:
                raise OrderForOtherCard(wanted=wanted.serial, found=found or "–")
            present = chip.read_records(reader, timeout=CHIP_SECONDS, cancel=cancel)
            again = present == order
            if not again:
                self._refuse_older(wanted, present)
                chip.write_records(reader, order, timeout=CHIP_SECONDS, cancel=cancel)
                if chip.read_records(reader, timeout=CHIP_SECONDS, cancel=cancel) != order:
                    raise ChipDiffers
        with self._frame.ledger.acting(by) as w:
            w.record(
                WRITTEN,
                wanted.serial,
                {
                    "serial": wanted.serial,
                    "sequence": wanted.sequence,
                    "verdict": wanted.verdict,
                    "digest": hashlib.sha256(order).hexdigest(),
                    "again": again,
                },
            )
        return wanted

    def _read(self, reader: CardReader, cancel: Cancel) -> bytes:
        """The licence on the card; a plain chip is told from what is no card of ours at all."""
        try:
            return self._chip.read(reader, timeout=CHIP_SECONDS, cancel=cancel)
        except WrongCard:
            if TrivialProfile().read(reader, timeout=CHIP_SECONDS, cancel=cancel):
                raise NoRoomForRecords from None
            raise

    def _refuse_older(self, wanted: CardOrder, present: bytes) -> None:
        """A list that nobody proves may be replaced; a proven one only by a later one."""
        if not present:
            return
        try:
            now = self.proven(present)
        except OrderRefused:
            return
        if now.serial == wanted.serial and now.sequence >= wanted.sequence:
            raise OrderOutdated(sequence=wanted.sequence, present=now.sequence)
