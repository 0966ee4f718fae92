"""Violations and points on a chip: proven, and written only by order of the centre.

The order names one card and is the whole list. It comes as a file, or by the feed and is kept here
until the card lies on a reader; either way it is proven by itself, each time. It is written through
the card's own secure channel once the chip has proven that it is that card's, read back, and
recorded. An order that lies on the chip already is recorded again and not written; an older one
than the chip's is refused. So the chip's own number, and nobody's word, says what still waits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from db.orders import orders_naming
from desktop.cards.chip.orders import read_order
from desktop.cards.chip.profiles import ChipProfile, TrivialProfile
from desktop.domain.officer import Actor
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.revocation import RevokedKind
from desktop.domain.stock import Blank
from desktop.domain.violations import (
    ORDER_WRITERS,
    CardOrder,
    NoOrderWaits,
    NoRoomForRecords,
    OrderFault,
    OrderForOtherCard,
    OrderOutdated,
    OrderOvertaken,
    OrderRefused,
    OrderWay,
)
from desktop.profile import Profile
from desktop.services.base import Frame, require
from desktop.services.card_compare import UNPRINTED, WITHDRAWN
from desktop.services.cardmaker import ChipDiffers
from devices.card_reader import CardReader
from devices.device import Cancel
from devices.errors import WrongCard

WRITTEN = "card.order_written"
"""The act of putting an order on a chip: by it the centre knows."""
ORDER = "card_order"
"""The type of such an order in the centre's feed."""

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
        return read_order(order, profile.realm, profile.trust.roots, self._key_gone)

    # -- what the feed brought ---------------------------------------------------------------

    def told(self, body: Mapping[str, Any]) -> tuple[CardOrder, bytes]:
        """An item of the feed, as an order that proves itself. Raises OrderRefused."""
        raw = body.get("order")
        order = raw.encode() if isinstance(raw, str) else b""
        proven = self.proven(order)
        if (body.get("serial"), body.get("sequence")) != (proven.serial, proven.sequence):
            raise OrderRefused(OrderFault.FORM)
        return proven, order

    def waiting(self, serial: str, on_chip: CardOrder | None = None) -> CardOrder | None:
        """The centre's latest order for a card, as far as this counter has heard, if its chip
        carries no such one yet and the card is one that may still be written.
        """
        newest = self._newest(serial)
        if newest is None or self._out_of_use(serial):
            return None
        order, _ = newest
        done = on_chip is not None and on_chip.sequence >= order.sequence
        return None if done else order

    def write_waiting(
        self, by: Actor, serial: str, sequence: int, cancel: Cancel = None
    ) -> CardOrder:
        """Put the order that waits for the card on the desk's reader; `sequence` is its number as
        the officer saw it.

        Raises NoOrderWaits, OrderOvertaken, and what `write` raises.
        """
        require(by, *ORDER_WRITERS)
        newest = self._newest(serial)
        if newest is None or self._out_of_use(serial):
            raise NoOrderWaits(serial=serial)
        order, body = newest
        if order.sequence != sequence:
            raise OrderOvertaken(sequence=sequence, newest=order.sequence)
        return self._put(by, body, OrderWay.FEED, cancel)

    def _newest(self, serial: str) -> tuple[CardOrder, bytes] | None:
        """The highest number that is proven now: a key may have been revoked since it came."""
        found: list[tuple[CardOrder, bytes]] = []
        with self._frame.ledger.store.read() as conn:
            bodies = orders_naming(conn, ORDER, "serial", serial)
        for body in bodies:
            try:
                found.append(self.told(body))
            except OrderRefused:
                continue
        # The feed's order decides between equal numbers: a restored centre may give one twice.
        return max(reversed(found), key=lambda one: one[0].sequence, default=None)

    def _out_of_use(self, serial: str) -> bool:
        """Whether the card was taken back, by the centre or by this office's books."""
        revoked = self._frame.revoked
        if revoked.of(RevokedKind.CARD, serial) is not None:
            return True
        with self._frame.ledger.reading() as r:
            blank, licence = r.look(Blank, serial), r.first(Licence, blank_serial=serial)
        if blank is not None and blank.state in (*WITHDRAWN, *UNPRINTED):
            return True
        if licence is None:
            return False  # another office's
        doubtful = licence.status is not LicenceStatus.VALID
        return doubtful or revoked.of(RevokedKind.LICENCE, licence.id) is not None

    # -- writing -----------------------------------------------------------------------------

    def write(self, by: Actor, order: bytes, cancel: Cancel = None) -> CardOrder:
        """Put an order on the card that lies on the desk's reader.

        Raises RoleMissing, OrderRefused, OrderForOtherCard, OrderOutdated, NoRoomForRecords,
        ChipUnreadable, ChipNotGenuine, ChipDiffers, and the reader's faults.
        """
        require(by, *ORDER_WRITERS)
        return self._put(by, order, OrderWay.FILE, cancel)

    def _put(self, by: Actor, order: bytes, way: OrderWay, cancel: Cancel) -> CardOrder:
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
                    raise ChipDiffers("order")
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
                    "way": way,
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

    def _key_gone(self, key_id: str, made: datetime) -> bool:
        """Whether this profile or the centre took back the key that signed."""
        if any(one.key_id == key_id for one in self._profile.withdrawn):
            return True
        return self._frame.revoked.key_at(key_id, made) is not None
