"""The KTP-el's chip, opened by the authority's security module (SAM): the host's side of it.

What is public: the chip is contactless and holds biodata, photo, signature and two fingers' points;
a SAM in the reader, which only the authority hands out, opens it by mutual authentication
(Permendagri 34/2014); the folder 7F0A and the photo's file 6FF2, two bytes of length before it,
are what phone programs read without any key.

What is invented here, because nothing of it is public: the other files' numbers, the form of their
contents, the channel (GlobalPlatform SCP03 stands in for it), and every command of the module.
Whoever gets the real documents changes this file and `eid_module`, and nothing above.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from devices.device import DeviceKind
from devices.errors import Garbage
from devices.wire import scp03
from devices.wire.apdu import Command, Transmit, exchange

FOLDER = 0x7F0A
PHOTO = 0x6FF2
BIODATA, SIGNATURE, FINGERS = 0x6F11, 0x6F13, 0x6F14
"""Invented."""

SELECT, READ_BINARY = 0xA4, 0xB0
CHUNK = 0xC8
"""With padding and MAC this stays a short answer."""
LARGEST = 8_192
"""The chip's whole memory is 8 KB."""

FIELDS = (
    "nik", "address", "rt", "rw", "birth_place", "district", "village", "regency", "sex",
    "blood", "religion", "marital", "occupation", "name", "birth_date", "province",
    "valid_until", "nationality",
)  # fmt: skip
"""The biodata's fields in their row. Religion and marital status are never taken out of it."""


class SecurityModule(Protocol):
    """The SAM: it knows the cards' keys and never gives them away. Everything about it is its own.

    All raise what its line raises, and AuthenticationFailed where it refuses.
    """

    def challenge(self) -> bytes:
        """Begin a session: what the card is to answer."""
        ...

    def prove(self, hello: bytes) -> bytes:
        """Check the card's answer; the command by which the module proves itself to the card."""
        ...

    def wrap(self, command: bytes) -> bytes:
        """A command as it goes to the card."""
        ...

    def unwrap(self, answer: bytes) -> bytes:
        """The card's answer, opened."""
        ...


@dataclass(frozen=True, slots=True)
class EidFiles:
    """The chip's files, as they lie there."""

    biodata: bytes = field(repr=False)
    photo: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    fingers: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EidFinger:
    """One finger's points: which finger (ISO/IEC 19794-2, 1 right thumb to 10), and its record."""

    position: int
    record: bytes = field(repr=False)


def read_files(transmit: Transmit, module: SecurityModule) -> EidFiles:
    """Read the card there. Raises AuthenticationFailed, WrongCard, Garbage, and the line's."""
    _select(transmit, FOLDER)
    photo = _read(transmit, PHOTO)
    command = Command(0x80, scp03.INITIALIZE_UPDATE, 0, 0, module.challenge(), expected=256)
    hello = exchange(transmit, command)
    try:
        proof = Command.decode(module.prove(hello))
    except ValueError as error:
        raise Garbage(DeviceKind.EID_READER, "prove") from error
    exchange(transmit, proof)

    def sealed(raw: bytes) -> bytes:
        return module.unwrap(transmit(module.wrap(raw)))

    return EidFiles(_read(sealed, BIODATA), photo, _read(sealed, SIGNATURE), _read(sealed, FINGERS))


def _select(transmit: Transmit, number: int) -> None:
    exchange(transmit, Command(0x00, SELECT, 0x00, 0x00, number.to_bytes(2, "big")))


def _read(transmit: Transmit, number: int) -> bytes:
    """One file: two bytes of length, then so many."""
    _select(transmit, number)
    count = int.from_bytes(_piece(transmit, 0, 2), "big")
    if count > LARGEST:
        raise Garbage(DeviceKind.EID_READER, "read")
    parts = [
        _piece(transmit, 2 + place, min(CHUNK, count - place)) for place in range(0, count, CHUNK)
    ]
    return b"".join(parts)


def _piece(transmit: Transmit, place: int, count: int) -> bytes:
    command = Command(0x00, READ_BINARY, place >> 8, place & 0xFF, expected=count)
    piece = exchange(transmit, command)
    if len(piece) != count:
        raise Garbage(DeviceKind.EID_READER, "read")
    return piece


# -- contents -----------------------------------------------------------------------------


def biodata_of(raw: bytes) -> dict[str, str]:
    """The biodata's fields by name. Raises Garbage."""
    try:
        rows = list(csv.reader([raw.decode("utf-8")], strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Garbage(DeviceKind.EID_READER, "biodata") from error
    if len(rows) != 1 or len(rows[0]) != len(FIELDS):
        raise Garbage(DeviceKind.EID_READER, "biodata")
    return {name: value.strip() for name, value in zip(FIELDS, rows[0], strict=True)}


def day_of(text: str) -> date:
    """dd-mm-yyyy. Raises Garbage."""
    try:
        return datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007  a birthday has no zone
    except ValueError as error:
        raise Garbage(DeviceKind.EID_READER, "biodata") from error


def fingers_of(raw: bytes) -> tuple[EidFinger, ...]:
    """The fingers in their container: [position][length (2)][record], up to two. Raises Garbage."""
    found: list[EidFinger] = []
    place = 0
    while place < len(raw):
        head = raw[place : place + 3]
        count = int.from_bytes(head[1:], "big")
        record = raw[place + 3 : place + 3 + count]
        if len(head) != 3 or len(record) != count or not 1 <= head[0] <= 10:
            raise Garbage(DeviceKind.EID_READER, "fingers")
        found.append(EidFinger(head[0], record))
        place += 3 + count
    if len(found) > 2:
        raise Garbage(DeviceKind.EID_READER, "fingers")
    return tuple(found)


def packed_fingers(fingers: tuple[EidFinger, ...]) -> bytes:
    """The container of these fingers."""
    return b"".join(
        bytes((one.position,)) + len(one.record).to_bytes(2, "big") + one.record for one in fingers
    )
