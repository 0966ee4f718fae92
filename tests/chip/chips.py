"""A made-up licence, a chip for it and a reader on which it lies."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, date, datetime

from PIL import Image

from desktop.cards.chip.authority import DocumentSigner, training_signer
from desktop.cards.chip.groups import ChipRecord
from desktop.cards.chip.lds import DerivedCardKeys, LdsProfile
from desktop.sources import SeededKeys, VirtualClock
from devices.simulators.card_reader import ReaderCore, SimulatedCardReader
from devices.simulators.plastic import PlasticCard

MASTER = b"a master of none"
SOON = 60.0


def picture(width: int, height: int, seed: int) -> bytes:
    """A JPEG of noise, softened so that it is as large as a face would be."""
    noise = b"".join(hashlib.sha256(f"{seed}:{at}".encode()).digest() for at in range(40))
    image = Image.frombytes("L", (32, 40), noise).resize((width, height)).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def record(name: str = "BUDI CONTOH", portrait: bytes = b"", signature: bytes = b"") -> ChipRecord:
    """A licence of nobody."""
    return ChipRecord(
        number="3273010101900001",
        name=name,
        birth_date=date(1990, 1, 1),
        birth_place="BANDUNG",
        sex=1,
        address="JALAN CONTOH NO. 1",
        licence_class="A Umum",
        issued_on=date(2026, 11, 24),
        valid_until=date(2031, 11, 24),
        office="Satpas Contoh",
        polda="Jawa Barat",
        serial="AA00000001",
        portrait=portrait or picture(300, 400, 1),
        signature=signature or picture(300, 100, 2),
        domestic=b'{"number":"3273010101900001"}',
    )


def signer() -> DocumentSigner:
    return training_signer(b"the secret of a profile in tests")


def profile(master: bytes = MASTER) -> LdsProfile:
    by = signer()
    return LdsProfile(by, DerivedCardKeys(master), (by.authority,), SeededKeys(7).take)


def reader_with(card: PlasticCard) -> tuple[ReaderCore, SimulatedCardReader]:
    """An open reader and the card on it."""
    core = ReaderCore()
    core.pace = 0.0
    clock = VirtualClock(datetime(2026, 11, 24, tzinfo=UTC))
    reader = SimulatedCardReader(core, clock.pause)
    core.put(card)
    reader.open(timeout=SOON)
    reader.wait_card(timeout=SOON)
    return core, reader


def blank(serial: str = "AA00000001") -> PlasticCard:
    return PlasticCard.blank(serial, MASTER)


def small() -> ChipRecord:
    """The same with next to no pictures, where a test goes through every byte."""
    return record(portrait=b"\xff\xd8 portrait \xff\xd9", signature=b"\xff\xd8 ink \xff\xd9")
