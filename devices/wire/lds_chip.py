"""The chip that carries a driving licence's files: its commands, and how a licence gets in.

ISO/IEC 18013-2 names the application and its files; how data get in is each chip's own affair.
This is the chip system that the simulated cards speak, built of GlobalPlatform's commands:

    SELECT              answers with the state, and how much was taken in (tag C1)
    INITIALIZE UPDATE, EXTERNAL AUTHENTICATE        a channel (scp03), keys of this very card
    STORE DATA          blocks of one stream: files one after another, each [file id][length][bytes]
    SET STATUS          "complete": the stream's SHA-256; the card compares, then locks for ever
    READ BINARY         by short file identifier, free to all, and only from a locked card

    BLANK → PERSONALISING → LOCKED

A list of records (violations and points) may be put beside the locked licence, and replaced: UPDATE
RECORD in blocks, then SET STATUS with their SHA-256, all inside the channel. Only then does the new
list stand for the old one, so a tear leaves the old one whole.

A block counts only when the card has it whole, so after a tear the card itself says how far it
came, with the digest of what it holds: the writer goes on behind that, or begins the stream anew
if it was somebody else's. Nothing can be read before the lock and nothing written after it, so a
half-written chip is never taken for a licence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devices.device import DeviceKind
from devices.errors import (
    AuthenticationFailed,
    ChipFull,
    ChipRefused,
    Garbage,
    WrongCard,
)
from devices.wire import scp03
from devices.wire.apdu import Command, Response, Transmit, exchange
from devices.wire.chip_state import ChipState

AID = bytes.fromhex("A0000002480200")
"""The driving licence's application (ISO/IEC 18013-2)."""

STORE_DATA, SET_STATUS, SELECT, READ_BINARY = 0xE2, 0xF0, 0xA4, 0xB0
UPDATE_RECORD = 0xDC
APPLICATION = 0x40
RECORDS = 0x10
"""P1 of SET STATUS for the list of records; also the list's file number."""
COMPLETE = 0x0F
LAST_BLOCK = 0x80
STATE_TAG = 0xC1
LEVEL = 0x33
"""Everything to and from the chip is encrypted and proven: the data are a person's."""

BLOCK = 239
"""The most that fits a short command: 240 bytes with padding, and 8 of MAC."""
BLOCKS = 256
READ = 256
HEADER = 4


KeysOf = Callable[[bytes], scp03.StaticKeys]
"""A card's keys, from what it says of itself in INITIALIZE UPDATE."""


@dataclass(frozen=True, slots=True)
class ChipStatus:
    """What the chip says of itself: how many bytes of the stream it holds, and their digest."""

    state: ChipState
    taken: int
    digest: bytes

    def encode(self) -> bytes:
        """As SELECT answers."""
        value = bytes((self.state,)) + self.taken.to_bytes(4, "big") + self.digest
        inner = bytes((0x84, len(AID))) + AID + bytes((STATE_TAG, len(value))) + value
        return bytes((0x6F, len(inner))) + inner

    @classmethod
    def decode(cls, raw: bytes) -> ChipStatus:
        """Raises WrongCard for another application's answer."""
        head = cls(ChipState.BLANK, 0, bytes(32)).encode()
        if len(raw) != len(head) or raw[: len(head) - 37] != head[:-37]:
            raise WrongCard(DeviceKind.CARD_READER)
        try:
            state = ChipState(raw[-37])
        except ValueError:
            raise WrongCard(DeviceKind.CARD_READER) from None
        return cls(state, int.from_bytes(raw[-36:-32], "big"), raw[-32:])


@dataclass(frozen=True, slots=True)
class ChipFile:
    """One elementary file; its short identifier is the last five bits of `number`."""

    number: int
    content: bytes


def stream_of(files: Sequence[ChipFile]) -> bytes:
    """The files as the chip takes them in."""
    return b"".join(
        file.number.to_bytes(2, "big") + len(file.content).to_bytes(2, "big") + file.content
        for file in files
    )


def files_of(stream: bytes) -> list[ChipFile]:
    """The files in a stream; raises ValueError for one that doesn't add up."""
    files: list[ChipFile] = []
    place = 0
    while place < len(stream):
        head = stream[place : place + HEADER]
        count = int.from_bytes(head[2:], "big")
        content = stream[place + HEADER : place + HEADER + count]
        if len(head) != HEADER or len(content) != count:
            raise ValueError("a file is cut off")
        files.append(ChipFile(int.from_bytes(head[:2], "big"), content))
        place += HEADER + count
    if len({file.number for file in files}) != len(files):
        raise ValueError("a file comes twice")
    return files


def select(transmit: Transmit) -> ChipStatus:
    """Select the licence. Raises WrongCard where there is none."""
    answer = exchange(transmit, Command(0x00, SELECT, 0x04, 0x00, AID, expected=256))
    return ChipStatus.decode(answer)


def open_channel(
    transmit: Transmit, keys_of: KeysOf, challenge: bytes, level: int = LEVEL
) -> SecureLine:
    """A channel to the selected application.

    Raises AuthenticationFailed where card and keys don't know each other.
    """
    command = Command(0x80, scp03.INITIALIZE_UPDATE, 0, 0, challenge, expected=256)
    try:
        hello = scp03.CardHello.decode(exchange(transmit, command))
        channel = scp03.Channel(keys_of(hello.diversification), challenge, hello.challenge)
        channel.check_card(hello.cryptogram)
    except scp03.ChannelBroken as broken:
        raise AuthenticationFailed(None) from broken
    exchange(transmit, channel.authenticate(level))
    return SecureLine(transmit, channel)


class SecureLine:
    """`exchange` inside a channel."""

    def __init__(self, transmit: Transmit, channel: scp03.Channel) -> None:
        self._transmit = transmit
        self._channel = channel

    def exchange(self, command: Command) -> bytes:
        """As `apdu.exchange`; an answer that isn't the card's raises AuthenticationFailed."""
        sent = self._channel.wrap(command)

        def bare(raw: bytes) -> bytes:
            answer = Response.decode(self._transmit(raw))
            try:
                return self._channel.unwrap_answer(answer).encode()
            except scp03.ChannelBroken as broken:
                raise AuthenticationFailed(None) from broken

        return exchange(bare, sent)


class ChipLocked(ChipRefused):
    """The chip is complete already, with other data: this card is somebody's."""

    def __init__(self) -> None:
        super().__init__("6985")


def personalise(
    transmit: Transmit, files: Sequence[ChipFile], keys_of: KeysOf, challenge: bytes
) -> None:
    """Bring the chip from wherever it is to locked, with these files and no others.

    A stream that was torn goes on where the card says; one of other data begins anew. Raises
    ChipLocked for a card that is locked with other data, ChipFull, AuthenticationFailed, and what
    `transmit` raises.
    """
    stream = stream_of(files)
    digest = hashlib.sha256(stream).digest()
    if len(stream) > BLOCK * BLOCKS:
        raise ChipFull(len(stream), BLOCK * BLOCKS)
    status = select(transmit)
    if status.state is ChipState.LOCKED:
        if (status.taken, status.digest) != (len(stream), digest):
            raise ChipLocked
        return
    line = open_channel(transmit, keys_of, challenge)
    held = hashlib.sha256(stream[: status.taken]).digest()
    ours = status.digest == held and (status.taken % BLOCK == 0 or status.taken == len(stream))
    start = status.taken if ours else 0
    try:
        for place in range(start, len(stream), BLOCK):
            last = LAST_BLOCK if place + BLOCK >= len(stream) else 0
            block = stream[place : place + BLOCK]
            line.exchange(Command(0x80, STORE_DATA, last, place // BLOCK, block))
    except ChipRefused as refused:
        if refused.status == "6A84":
            raise ChipFull(len(stream), 0) from refused
        raise
    line.exchange(Command(0x80, SET_STATUS, APPLICATION, COMPLETE, digest))


def write_records(transmit: Transmit, content: bytes, keys_of: KeysOf, challenge: bytes) -> None:
    """Put a list of records in the place of the one before, whole or not at all.

    Raises ChipRefused("6985") from a chip that isn't locked, ChipFull, AuthenticationFailed.
    """
    if len(content) > BLOCK * BLOCKS:
        raise ChipFull(len(content), BLOCK * BLOCKS)
    select(transmit)
    line = open_channel(transmit, keys_of, challenge)
    try:
        for place in range(0, len(content), BLOCK):
            last = LAST_BLOCK if place + BLOCK >= len(content) else 0
            block = content[place : place + BLOCK]
            line.exchange(Command(0x80, UPDATE_RECORD, last, place // BLOCK, block))
    except ChipRefused as refused:
        if refused.status == "6A84":
            raise ChipFull(len(content), 0) from refused
        raise
    digest = hashlib.sha256(content).digest()
    line.exchange(Command(0x80, SET_STATUS, RECORDS, COMPLETE, digest))


def read_records(transmit: Transmit) -> bytes:
    """The list of records on a locked chip; empty where it has none. Raises what reading raises."""
    if select(transmit).state is not ChipState.LOCKED:
        return b""
    try:
        return read_file(transmit, RECORDS)
    except WrongCard:
        return b""


def read_file(transmit: Transmit, number: int) -> bytes:
    """One file of the selected application, whole: it begins with its own tag and length.

    Raises ChipRefused("6985") from a chip that isn't locked, WrongCard where there is no such
    file, Garbage for bytes that aren't such a file.
    """
    begin = exchange(transmit, Command(0x00, READ_BINARY, 0x80 | number & 0x1F, 0, expected=READ))
    total = _announced(begin)
    parts = [begin[:total]]
    have = len(parts[0])
    while have < total:
        wanted = min(READ, total - have)
        part = exchange(
            transmit, Command(0x00, READ_BINARY, have >> 8, have & 0xFF, expected=wanted)
        )
        if len(part) != wanted:
            raise Garbage(DeviceKind.CARD_READER, "read_file")
        parts.append(part)
        have += wanted
    if len(begin) > total:
        raise Garbage(DeviceKind.CARD_READER, "read_file")
    return b"".join(parts)


def _announced(begin: bytes) -> int:
    """How long the file says it is: tag of one byte, length in BER."""
    size = begin[1] if len(begin) > 1 else 0xFF
    count = size & 0x7F if size & 0x80 else 0
    if count > 2 or len(begin) < 2 + count:
        raise Garbage(DeviceKind.CARD_READER, "read_file")
    length = int.from_bytes(begin[2 : 2 + count], "big") if count else size
    if length + 2 + count > 0x7FFF:
        raise Garbage(DeviceKind.CARD_READER, "read_file")
    return length + 2 + count
