"""Asking the chip of a card that lies on the desk's reader: which sort it is, and what it proves.

A card may have any of the chips that this program knows; each is tried in turn. What is wrong with
a chip is an answer. A reader that can't be asked is one too, with its fault; so is a read that
broke, which is no verdict on the card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop.cards.chip.profiles import ChipProfile
from desktop.cards.chip.said import ChipSaid
from desktop.cards.chip.tlv import ChipNotGenuine, ChipUnreadable, SignerRevoked
from desktop.domain.card_reading import CardFact, ChipWanted
from desktop.domain.violations import CardOrder, OrderFault, OrderRefused
from desktop.services.base import Frame
from desktop.services.card_orders import CardOrders
from devices.card_reader import CardReader
from devices.device import Cancel
from devices.errors import (
    Cancelled,
    CardFault,
    CardMissing,
    CardMute,
    ChipDead,
    DeviceFault,
    Garbage,
    WrongCard,
)

CHIP_SECONDS = 40.0
CARD_SECONDS = 15.0
LOOK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ChipAnswer:
    """What came of asking the chip. `said` is only as good as `code`: CHIP_PROVEN or not."""

    code: CardFact
    part: str = ""
    said: ChipSaid | None = None
    told: bytes = field(default=b"", repr=False)
    profile: str = ""
    order: CardOrder | None = None
    order_bad: OrderFault | None = None
    fault: DeviceFault | None = None
    revoked: SignerRevoked | None = None

    @property
    def carries_none(self) -> bool:
        """Whether a proven chip that could keep the centre's orders keeps none."""
        proven = self.code is CardFact.CHIP_PROVEN
        return proven and self.order is None and not self.order_bad


class ChipAsking:
    """Reads and proves chips, in the caller's thread."""

    def __init__(self, frame: Frame, profiles: Sequence[ChipProfile], orders: CardOrders) -> None:
        self._frame = frame
        self._profiles = tuple(profiles)
        self._orders = orders

    def ask(self, wanted: ChipWanted, cancel: Cancel) -> ChipAnswer:
        """What the chip says and proves. Raises Cancelled and nothing else."""
        if wanted is ChipWanted.NO_CHIP:
            return ChipAnswer(CardFact.CHIP_NONE)
        if wanted is ChipWanted.IF_THERE and not self._lies_there(cancel):
            return ChipAnswer(CardFact.CHIP_NOT_READ)
        try:
            with self._frame.hub.desk_reader() as reader:
                try:
                    image, records, profile, foreign = self._read(reader, cancel)
                except CardMissing:
                    raise
                except (CardFault, Garbage):
                    # A line that broke looks like a chip that fails. Only the same card, lying
                    # still at a reader that answers, tells them apart.
                    if not reader.card_present(timeout=LOOK_SECONDS, cancel=cancel):
                        return ChipAnswer(
                            CardFact.CHIP_NOT_READ, fault=CardMissing(reader.info.kind, "read")
                        )
                    try:
                        image, records, profile, foreign = self._read(reader, cancel)
                    except Garbage:
                        # Twice the same: the line is good, what the chip holds isn't.
                        if not reader.card_present(timeout=LOOK_SECONDS, cancel=cancel):
                            raise
                        return ChipAnswer(CardFact.CHIP_UNREADABLE, "APDU")
        except CardMissing as fault:
            return ChipAnswer(CardFact.CHIP_NOT_READ, fault=fault)
        except ChipUnreadable as problem:
            return ChipAnswer(CardFact.CHIP_UNREADABLE, problem.part)
        except (ChipDead, CardMute):
            return ChipAnswer(CardFact.CHIP_DEAD)
        except CardFault:
            return ChipAnswer(CardFact.CHIP_UNREADABLE, "APDU")
        except Cancelled:
            raise
        except DeviceFault as fault:
            return ChipAnswer(CardFact.CHIP_NOT_READ, fault=fault)
        if foreign or not image:
            return ChipAnswer(CardFact.CHIP_FOREIGN if foreign else CardFact.CHIP_EMPTY)
        return self._proven(profile, image, records)

    def _read(self, reader: CardReader, cancel: Cancel) -> tuple[bytes, bytes, ChipProfile, bool]:
        """The image, the centre's order, which sort of chip; whether it is of no sort we know."""
        reader.wait_card(timeout=CARD_SECONDS, cancel=cancel)
        image, profile, foreign = b"", self._profiles[0], True
        for profile in self._profiles:
            try:
                image = profile.read(reader, timeout=CHIP_SECONDS, cancel=cancel)
            except WrongCard:
                continue
            foreign = False
            if image:
                break
        records = b""
        if image:
            records = profile.read_records(reader, timeout=CHIP_SECONDS, cancel=cancel)
        return image, records, profile, foreign

    def _lies_there(self, cancel: Cancel) -> bool:
        try:
            with self._frame.hub.desk_reader() as reader:
                return reader.card_present(timeout=LOOK_SECONDS, cancel=cancel)
        except DeviceFault:
            return False

    def _proven(self, profile: ChipProfile, image: bytes, records: bytes) -> ChipAnswer:
        said, told = None, b""
        try:
            said, told = profile.said(image), profile.told(image)
            profile.verify(image)
        except ChipUnreadable as problem:
            return ChipAnswer(CardFact.CHIP_UNREADABLE, problem.part, profile=profile.name)
        except SignerRevoked as problem:
            code = CardFact.CHIP_SIGNER_REVOKED
            return ChipAnswer(code, problem.part, said, told, profile.name, revoked=problem)
        except ChipNotGenuine as problem:
            nobody = problem.part == "CSCA" and not getattr(profile, "authorities", True)
            code = CardFact.CHIP_UNVOUCHED if nobody else CardFact.CHIP_FORGED
            return ChipAnswer(code, problem.part, said, told, profile.name)
        code = CardFact.CHIP_UNSIGNED if profile.name == "plain" else CardFact.CHIP_PROVEN
        if said.realm and said.realm != str(self._frame.realm):
            code = CardFact.CHIP_OTHER_REALM
        order: CardOrder | None = None
        bad: OrderFault | None = None
        if records:
            try:
                order = self._orders.proven(records)
                bad = None if order.serial == said.serial else OrderFault.OTHER_CARD
            except OrderRefused as refused:
                bad = refused.reason
        return ChipAnswer(code, "", said, told, profile.name, None if bad else order, bad)
