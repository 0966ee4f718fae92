"""The driving licence's application on a simulated chip: the card's end of `lds_chip`.

What survives a loss of power is `LicenceMemory`; `LicenceApplication` is one powered session.
"""

from __future__ import annotations

import hashlib

from devices.simulators.licence_memory import LicenceMemory
from devices.wire import lds_chip, scp03
from devices.wire.apdu import Command, Response
from devices.wire.chip_state import ChipState

CAPACITY = 32_000
OPTION = 0x70
"""Challenges follow from a counter; the card can prove and encrypt its answers."""


_GUARDED = frozenset({lds_chip.STORE_DATA, lds_chip.SET_STATUS, lds_chip.UPDATE_RECORD})
"""What only the channel may ask for."""


class LicenceApplication:
    """The selected application, until another is selected or power goes."""

    def __init__(self, memory: LicenceMemory) -> None:
        self._memory = memory
        self._channel: scp03.Channel | None = None
        self._open = False
        self._file: bytes | None = None

    def selected(self) -> Response:
        """The answer to SELECT."""
        return Response(self._memory.status.encode(), 0x9000)

    def act(self, command: Command) -> Response:
        """One command's answer."""
        if command.ins == scp03.INITIALIZE_UPDATE:
            return self._initialize(command)
        if command.ins == scp03.EXTERNAL_AUTHENTICATE:
            return self._authenticate(command)
        if not command.cla & scp03.SECURE:
            if command.ins == lds_chip.READ_BINARY:
                return self._read(command)
            if command.ins == lds_chip.SELECT:
                return self._select(command)
            known = command.ins in _GUARDED
            return Response(b"", 0x6982 if known else 0x6D00)
        channel = self._channel
        if channel is None or not self._open:
            return Response(b"", 0x6982)
        try:
            bare = channel.unwrap(command)
        except scp03.ChannelBroken:
            self._close()
            return Response(b"", 0x6982)
        return channel.wrap_answer(self._write(bare))

    # -- the channel -----------------------------------------------------------------------

    def _initialize(self, command: Command) -> Response:
        self._close()
        if len(command.data) != scp03.CHALLENGE_BYTES:
            return Response(b"", 0x6700)
        memory = self._memory
        memory.sessions += 1
        sequence = memory.sessions.to_bytes(3, "big")
        challenge = scp03.pseudo_random_challenge(memory.keys, sequence, lds_chip.AID)
        self._channel = scp03.Channel(memory.keys, command.data, challenge)
        hello = scp03.CardHello(
            memory.diversification,
            memory.keys.version,
            OPTION,
            challenge,
            self._channel.card_cryptogram,
            sequence,
        )
        return Response(hello.encode(), 0x9000)

    def _authenticate(self, command: Command) -> Response:
        if self._channel is None or self._open:
            return Response(b"", 0x6985)
        try:
            self._channel.accept(command)
        except scp03.ChannelBroken:
            self._close()
            return Response(b"", 0x6300)
        # Less than all of it would let a licence pass in the clear.
        self._open = self._channel.level == lds_chip.LEVEL
        return Response(b"", 0x9000 if self._open else 0x6985)

    def _close(self) -> None:
        self._channel, self._open = None, False

    # -- what it does ----------------------------------------------------------------------

    def _write(self, command: Command) -> Response:
        records = command.ins == lds_chip.UPDATE_RECORD or (
            command.ins == lds_chip.SET_STATUS and command.p1 == lds_chip.RECORDS
        )
        if records is not (self._memory.state is ChipState.LOCKED):
            return Response(b"", 0x6985)
        match command.ins:
            case lds_chip.UPDATE_RECORD:
                return self._take_records(command)
            case lds_chip.SET_STATUS if records:
                return self._keep_records(command)
            case lds_chip.STORE_DATA:
                return self._store(command)
            case lds_chip.SET_STATUS:
                return self._lock(command)
            case _:
                return Response(b"", 0x6D00)

    def _store(self, command: Command) -> Response:
        memory = self._memory
        before = memory.stream if command.p2 else b""
        if len(before) != command.p2 * lds_chip.BLOCK:
            return Response(b"", 0x6A86)
        whole = len(command.data) == lds_chip.BLOCK
        if not command.data or not (whole or command.p1 & lds_chip.LAST_BLOCK):
            return Response(b"", 0x6A80)
        if len(before) + len(command.data) > CAPACITY:
            return Response(b"", 0x6A84)
        memory.state, memory.stream = ChipState.PERSONALISING, before + command.data
        return Response(b"", 0x9000)

    def _lock(self, command: Command) -> Response:
        memory = self._memory
        if (command.p1, command.p2) != (lds_chip.APPLICATION, lds_chip.COMPLETE):
            return Response(b"", 0x6A86)
        if memory.state is not ChipState.PERSONALISING:
            return Response(b"", 0x6985)
        if command.data != hashlib.sha256(memory.stream).digest():
            return Response(b"", 0x6A80)
        try:
            files = lds_chip.files_of(memory.stream)
        except ValueError:
            return Response(b"", 0x6A80)
        memory.files = {file.number & 0x1F: file.content for file in files}
        memory.state = ChipState.LOCKED
        return Response(b"", 0x9000)

    def _take_records(self, command: Command) -> Response:
        memory = self._memory
        before = memory.pending if command.p2 else b""
        if len(before) != command.p2 * lds_chip.BLOCK:
            return Response(b"", 0x6A86)
        whole = len(command.data) == lds_chip.BLOCK
        if not command.data or not (whole or command.p1 & lds_chip.LAST_BLOCK):
            return Response(b"", 0x6A80)
        if len(memory.stream) + len(before) + len(command.data) > CAPACITY:
            return Response(b"", 0x6A84)
        memory.pending = before + command.data
        return Response(b"", 0x9000)

    def _keep_records(self, command: Command) -> Response:
        memory = self._memory
        if command.p2 != lds_chip.COMPLETE or not memory.pending:
            return Response(b"", 0x6A86)
        if command.data != hashlib.sha256(memory.pending).digest():
            return Response(b"", 0x6A80)
        memory.files[lds_chip.RECORDS], memory.pending = memory.pending, b""
        return Response(b"", 0x9000)

    def _select(self, command: Command) -> Response:
        self._file = self._memory.files.get(int.from_bytes(command.data[-1:], "big") & 0x1F)
        return Response(b"", 0x6A82 if self._file is None else 0x9000)

    def _read(self, command: Command) -> Response:
        memory = self._memory
        if memory.state is not ChipState.LOCKED:
            return Response(b"", 0x6985)
        place = command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            self._file = memory.files.get(command.p1 & 0x1F)
            place = command.p2
            if self._file is None:
                return Response(b"", 0x6A82)
        if self._file is None:
            return Response(b"", 0x6986)
        if place >= len(self._file):
            return Response(b"", 0x6B00)
        return Response(self._file[place : place + (command.expected or 0)], 0x9000)
