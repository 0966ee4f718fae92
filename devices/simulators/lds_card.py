"""The driving licence's application on a simulated chip: the card's end of `lds_chip`.

What survives a loss of power is `LicenceMemory`; `LicenceApplication` is one powered session.
"""

from __future__ import annotations

import hashlib

from devices.simulators.licence_memory import LicenceMemory
from devices.simulators.scp03_card import ChannelEnd
from devices.wire import lds_chip, scp03
from devices.wire.apdu import Command, Response
from devices.wire.chip_state import ChipState

CAPACITY = 32_000

_GUARDED = frozenset({lds_chip.STORE_DATA, lds_chip.SET_STATUS, lds_chip.UPDATE_RECORD})
"""What only the channel may ask for."""


class LicenceApplication:
    """The selected application, until another is selected or power goes."""

    def __init__(self, memory: LicenceMemory) -> None:
        self._memory = memory
        self._channel = ChannelEnd(lds_chip.AID, lds_chip.LEVEL)
        self._file: bytes | None = None

    def selected(self) -> Response:
        """The answer to SELECT."""
        return Response(self._memory.status.encode(), 0x9000)

    def act(self, command: Command) -> Response:
        """One command's answer."""
        if command.ins == scp03.INITIALIZE_UPDATE:
            return self._initialize(command)
        if command.ins == scp03.EXTERNAL_AUTHENTICATE:
            return self._channel.prove(command)
        if not command.cla & scp03.SECURE:
            if command.ins == lds_chip.READ_BINARY:
                return self._read(command)
            if command.ins == lds_chip.SELECT:
                return self._select(command)
            known = command.ins in _GUARDED
            return Response(b"", 0x6982 if known else 0x6D00)
        bare = self._channel.bare(command)
        if bare is None:
            return Response(b"", 0x6982)
        return self._channel.wrapped(self._write(bare))

    def _initialize(self, command: Command) -> Response:
        memory = self._memory
        memory.sessions += 1
        return self._channel.hello(memory.keys, memory.diversification, memory.sessions, command)

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
        stream = _continued(memory.stream, command, CAPACITY)
        if isinstance(stream, Response):
            return stream
        memory.state, memory.stream = ChipState.PERSONALISING, stream
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
        pending = _continued(memory.pending, command, CAPACITY - len(memory.stream))
        if isinstance(pending, Response):
            return pending
        memory.pending = pending
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


def _continued(stream: bytes, command: Command, room: int) -> bytes | Response:
    """A stream with its next block; or the answer to one out of turn, cut short, or too long."""
    before = stream if command.p2 else b""
    if len(before) != command.p2 * lds_chip.BLOCK:
        return Response(b"", 0x6A86)
    whole = len(command.data) == lds_chip.BLOCK
    if not command.data or not (whole or command.p1 & lds_chip.LAST_BLOCK):
        return Response(b"", 0x6A80)
    if len(before) + len(command.data) > room:
        return Response(b"", 0x6A84)
    return before + command.data
