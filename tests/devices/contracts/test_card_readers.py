"""What every chip reader must do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from devices.card_reader import CardReader
from devices.errors import (
    AuthenticationFailed,
    CardMissing,
    CardMute,
    ChipDead,
    ChipFull,
    ChipRefused,
    Garbage,
    WrongCard,
)
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import CAPACITY, PlasticCard, chip_uid
from devices.wire.apdu import HEAD, Command, Response, exchange, read_plain_file
from tests.devices.contracts.pcsc import pcsc_rig
from tests.devices.contracts.rigs import LONG, Rig, make_rig


@pytest.fixture(
    params=["chip_station", "desk_reader", pytest.param("pcsc", marks=pytest.mark.pcsc)]
)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    if request.param == "pcsc":
        rig = pcsc_rig(request.getfixturevalue("pcscd"))
    else:
        rig = make_rig(request.param)
    rig.ready()
    yield rig
    rig.device.close()


@pytest.fixture
def reader(rig: Rig) -> CardReader:
    assert isinstance(rig.device, CardReader)
    return rig.device


def test_what_is_written_is_read_back(reader: CardReader) -> None:
    reader.wait_card(timeout=LONG)
    for size in (0, 1, 239, 240, 241, 3000, CAPACITY - HEAD):
        data = bytes(index % 251 for index in range(size))
        reader.write_file(data, timeout=LONG)
        assert reader.read_file(timeout=LONG) == data


def test_the_uid_is_the_card_s_own(reader: CardReader) -> None:
    assert reader.uid(timeout=LONG) == chip_uid("B0000001")


def test_a_fresh_chip_is_empty(reader: CardReader) -> None:
    assert reader.read_file(timeout=LONG) == b""


def test_what_doesn_t_fit_is_refused(reader: CardReader) -> None:
    with pytest.raises(ChipFull):
        reader.write_file(bytes(CAPACITY), timeout=LONG)
    with pytest.raises(ChipFull):
        reader.write_file(bytes(40_000), timeout=LONG)


@pytest.mark.fault
def test_a_write_torn_in_the_middle_reads_as_empty(rig: Rig, reader: CardReader) -> None:
    core: Any = rig.core
    card = PlasticCard.blank("T1")
    core.put(card)
    reader.write_file(b"old" * 100, timeout=LONG)
    rig.core.order(Fault("chip.update", FaultName.TEAR, skip=3))
    with pytest.raises(CardMissing):
        reader.write_file(b"new" * 1000, timeout=LONG)
    with pytest.raises(CardMissing):
        reader.read_file(timeout=LONG)
    core.put(card)
    assert reader.read_file(timeout=LONG) == b""


def test_a_strange_card_is_the_wrong_card(rig: Rig, reader: CardReader) -> None:
    card = PlasticCard.blank("X")
    card.chip.foreign = True
    core: Any = rig.core
    core.put(card)
    with pytest.raises(WrongCard):
        reader.read_file(timeout=LONG)


def test_a_dead_chip_stays_dead_on_any_reader(rig: Rig, reader: CardReader) -> None:
    core: Any = rig.core
    rig.core.order(Fault("chip.update", FaultName.DEAD_CHIP))
    with pytest.raises(ChipDead):
        reader.write_file(b"x", timeout=LONG)
    with pytest.raises(ChipDead):
        reader.read_file(timeout=LONG)
    core.put(PlasticCard.blank("fresh"))
    assert reader.read_file(timeout=LONG) == b""


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (b"", CardMute),
        (b"\x90", Garbage),
        (b"\x63\xc2", AuthenticationFailed),
        (b"\x69\x82", AuthenticationFailed),
        (b"\x69\x83", AuthenticationFailed),
        (b"\x6a\x82", WrongCard),
        (b"\x65\x81", ChipDead),
        (b"\x67\x00", ChipRefused),
    ],
)
def test_status_words_become_named_faults(reply: bytes, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        exchange(lambda command: reply, Command(0, 0xB0, 0, 0, expected=1))


def test_absurd_lengths_are_garbage() -> None:
    def liar(command: bytes) -> bytes:
        return b"\xff\xff\xff\xff\x90\x00" if command[1] == 0xB0 else b"\x90\x00"

    with pytest.raises(Garbage):
        read_plain_file(liar)


@pytest.mark.parametrize(
    "command",
    [
        Command(0, 0xA4, 4, 12),
        Command(0, 0xB0, 0, 0, expected=256),
        Command(0, 0xB0, 0, 0, expected=1),
        Command(0, 0xD6, 1, 2, b"abc"),
        Command(0, 0xD6, 1, 2, b"abc", 256),
        Command(0, 0xD6, 1, 2, b"a" * 255),
        Command(0, 0xD6, 1, 2, b"a" * 256),
        Command(0, 0xD6, 1, 2, b"a" * 300, 65536),
        Command(0, 0xB0, 0, 0, expected=4000),
    ],
)
def test_commands_survive_their_own_encoding(command: Command) -> None:
    assert Command.decode(command.encode()) == command


def test_a_response_is_data_and_status() -> None:
    assert Response.decode(b"ab\x90\x00") == Response(b"ab", 0x9000)
