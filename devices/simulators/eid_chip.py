"""A KTP-el and a security module as cards: the far ends of `eid_chip` and `eid_module`.

Both are put into a simulated slot like any card. Their keys follow from one made-up master key,
which stands for what the authority has; a card of another master can't prove itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from devices.eid_reader import EidCard
from devices.simulators.plastic import Chip, PlasticCard, chip_uid
from devices.simulators.scp03_card import ChannelEnd
from devices.wire import eid_chip, eid_module, scp03
from devices.wire.apdu import Command, Response
from devices.wire.eid_chip import EidFinger, packed_fingers

MASTER = b"nobody's country"
"""Of simulated KTP-el and modules; the real one is the authority's."""
_APPLICATION = eid_chip.FOLDER.to_bytes(2, "big")
LEVEL = 0x33
TRIES = 3


def eid_plastic(
    card: EidCard,
    fingers: tuple[EidFinger, ...] = (),
    *,
    master: bytes = MASTER,
    serial: str = "KTP",
) -> PlasticCard:
    """A KTP-el with this content."""
    memory = _EidMemory(chip_uid(serial).rjust(10, b"\x00"), _files(card, fingers), master)
    return PlasticCard(serial, Chip(chip_uid(serial), other=lambda: _EidApplication(memory)))


def module_plastic(
    *, master: bytes = MASTER, activation: bytes = b"", serial: str = "SAM"
) -> PlasticCard:
    """A security module; with an activation it wants that first, three times at most."""
    memory = _ModuleMemory(master, activation)
    return PlasticCard(serial, Chip(chip_uid(serial), other=lambda: _ModuleApplication(memory)))


def _files(card: EidCard, fingers: tuple[EidFinger, ...]) -> dict[int, bytes]:
    rt, _, rw = card.rt_rw.partition("/")
    values = {
        "nik": card.nik, "address": " ".join(card.address), "rt": rt, "rw": rw,
        "birth_place": card.birth_place, "district": card.district, "village": card.village,
        "regency": card.regency, "sex": card.sex.value, "blood": card.blood_type,
        "religion": "-", "marital": "-", "occupation": card.occupation, "name": card.name,
        "birth_date": f"{card.birth_date:%d-%m-%Y}", "province": card.province,
        "valid_until": "SEUMUR HIDUP", "nationality": card.nationality,
    }  # fmt: skip
    quoted = ",".join('"' + values[name].replace('"', '""') + '"' for name in eid_chip.FIELDS)
    return {
        eid_chip.BIODATA: _counted(quoted.encode()),
        eid_chip.PHOTO: _counted(card.photo),
        eid_chip.SIGNATURE: _counted(card.signature),
        eid_chip.FINGERS: _counted(packed_fingers(fingers)),
    }


def _counted(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content


@dataclass(slots=True, eq=False)
class _EidMemory:
    diversification: bytes
    files: dict[int, bytes] = field(repr=False)
    master: bytes
    sessions: int = 0


class _EidApplication:
    """A powered KTP-el: the photo is free to all, the rest opens to the module alone."""

    def __init__(self, memory: _EidMemory) -> None:
        self._memory = memory
        self._keys = scp03.diversified(memory.master, memory.diversification)
        self._channel = ChannelEnd(_APPLICATION, LEVEL, refused=0x6982)
        self._file = 0

    def act(self, command: Command) -> Response:
        """One command's answer."""
        if command.ins == scp03.INITIALIZE_UPDATE:
            return self._hello(command)
        if command.ins == scp03.EXTERNAL_AUTHENTICATE:
            return self._channel.prove(command)
        if not command.cla & scp03.SECURE:
            return self._plain(command, sealed=False)
        bare = self._channel.bare(command)
        if bare is None:
            return Response(b"", 0x6982)
        return self._channel.wrapped(self._plain(bare, sealed=True))

    def _hello(self, command: Command) -> Response:
        memory = self._memory
        memory.sessions += 1
        return self._channel.hello(self._keys, memory.diversification, memory.sessions, command)

    def _plain(self, command: Command, *, sealed: bool) -> Response:
        if command.ins == eid_chip.SELECT and command.p1 == 0:
            number = int.from_bytes(command.data, "big")
            known = number == eid_chip.FOLDER or number in self._memory.files
            self._file = number if known else 0
            return Response(b"", 0x9000 if known else 0x6A82)
        if command.ins != eid_chip.READ_BINARY:
            return Response(b"", 0x6A82 if command.ins == eid_chip.SELECT else 0x6D00)
        content = self._memory.files.get(self._file)
        if content is None:
            return Response(b"", 0x6986)
        if not sealed and self._file != eid_chip.PHOTO:
            return Response(b"", 0x6982)
        place = command.p1 << 8 | command.p2
        return Response(content[place : place + (command.expected or 0)], 0x9000)


@dataclass(slots=True, eq=False)
class _ModuleMemory:
    master: bytes
    activation: bytes
    left: int = TRIES
    sessions: int = 0


class _ModuleApplication:
    """A powered module."""

    def __init__(self, memory: _ModuleMemory) -> None:
        self._memory = memory
        self._active = not memory.activation
        self._challenge = b""
        self._channel: scp03.Channel | None = None

    def act(self, command: Command) -> Response:
        """One command's answer."""
        if command.ins == eid_module.VERIFY:
            return self._verify(command.data)
        if not self._active:
            return Response(b"", 0x6982)
        if command.ins == eid_module.CHALLENGE:
            self._memory.sessions += 1
            count = self._memory.sessions.to_bytes(16, "big")
            self._challenge = scp03.cmac(self._memory.master, count)[:8]
            return Response(self._challenge, 0x9000)
        if command.ins == eid_module.PROVE:
            return self._prove(command.data)
        if command.ins == eid_module.SECURE and self._channel is not None:
            return self._secure(self._channel, command)
        return Response(b"", 0x6985)

    def _verify(self, activation: bytes) -> Response:
        memory = self._memory
        if not memory.left:
            return Response(b"", 0x6983)
        if activation != memory.activation:
            memory.left -= 1
            return Response(b"", 0x63C0 | memory.left)
        memory.left, self._active = TRIES, True
        return Response(b"", 0x9000)

    def _prove(self, raw: bytes) -> Response:
        try:
            hello = scp03.CardHello.decode(raw)
            keys = scp03.diversified(self._memory.master, hello.diversification)
            channel = scp03.Channel(keys, self._challenge, hello.challenge)
            channel.check_card(hello.cryptogram)
        except scp03.ChannelBroken:
            self._channel = None
            return Response(b"", 0x6982)
        self._channel = channel
        return Response(channel.authenticate(LEVEL).encode(), 0x9000)

    def _secure(self, channel: scp03.Channel, command: Command) -> Response:
        try:
            if (command.p1, command.p2) == eid_module.WRAP:
                return Response(channel.wrap(Command.decode(command.data)).encode(), 0x9000)
            answer = channel.unwrap_answer(Response.decode(command.data))
        except (scp03.ChannelBroken, ValueError):
            return Response(b"", 0x6982)
        return Response(answer.encode(), 0x9000)
