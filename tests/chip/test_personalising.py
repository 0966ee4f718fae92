"""A licence into a chip: torn at every command it is finished later, or nothing is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from desktop.cards.chip import groups
from desktop.cards.chip.lds import LdsProfile
from desktop.sources import VirtualClock
from devices.card_reader import CardReader
from devices.device import Cancel
from devices.errors import (
    AuthenticationFailed,
    CardFault,
    CardMissing,
    ChipFull,
    ChipRefused,
    WrongCard,
)
from devices.simulators.card_reader import SimulatedCardReader
from devices.simulators.plastic import ChipSession, PlasticCard
from devices.wire import lds_chip
from devices.wire.lds_chip import ChipLocked, ChipState
from tests.chip.chips import MASTER, SOON, blank, profile, reader_with, record


class Torn(Exception):
    """The card was pulled."""


class Hand:
    """A line to a card on which a hand pulls at a command: before it reached the card, or after."""

    def __init__(self, card: PlasticCard, at: int, *, heard: bool) -> None:
        self._session = ChipSession(card.chip)
        self._at = at
        self._heard = heard
        self.count = 0

    def transmit(self, command: bytes) -> bytes:
        self.count += 1
        torn = self.count == self._at
        if torn and not self._heard:
            raise Torn
        answer = self._session.answer(command)
        if torn:
            raise Torn
        return answer


def files_of(ours: LdsProfile, name: str = "BUDI CONTOH") -> list[lds_chip.ChipFile]:
    image = ours.image(record(name))
    return [lds_chip.ChipFile(at, file) for at, file in groups.files_in(image).items()]


def personalise(hand: Hand, files: list[lds_chip.ChipFile], ours: LdsProfile) -> None:
    lds_chip.personalise(hand.transmit, files, ours.keys.keys_of, ours.challenge(8))


EVERY = pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.long)])
"""The run of every commit tries each third command, and the last."""


def places(count: int, step: int) -> list[int]:
    return sorted({*range(1, count + 1, step), count})


def read_back(card: PlasticCard, ours: LdsProfile) -> bytes:
    _, reader = reader_with(card)
    return ours.read(reader, timeout=SOON)


def test_a_blank_becomes_a_licence_that_proves_itself() -> None:
    ours, card = profile(), blank()
    image = ours.image(record())
    _, reader = reader_with(card)
    assert ours.read(reader, timeout=SOON) == b""
    ours.write(reader, image, timeout=SOON)
    assert ours.read(reader, timeout=SOON) == image
    ours.verify(ours.read(reader, timeout=SOON))
    assert card.chip.licence is not None
    assert card.chip.licence.state is ChipState.LOCKED


@EVERY
@pytest.mark.parametrize("heard", [False, True], ids=["before", "after"])
def test_torn_at_any_command_it_is_finished_later(heard: bool, step: int) -> None:
    ours = profile()
    files = files_of(ours)
    whole = ours.image(record())
    every = Hand(blank(), 0, heard=heard)
    personalise(every, files, ours)
    for at in places(every.count, step):
        card = blank()
        with pytest.raises(Torn):
            personalise(Hand(card, at, heard=heard), files, ours)
        between = read_back(card, ours)
        assert between == (whole if heard and at == every.count else b""), at
        again = Hand(card, 0, heard=heard)
        personalise(again, files, ours)
        assert again.count <= max(every.count - at + 4, 4), "only what was missing is written"
        assert read_back(card, ours) == whole


def test_torn_twice_and_with_other_data_in_between() -> None:
    ours = profile()
    mine, other = files_of(ours), files_of(ours, "SITI CONTOH")
    card = blank()
    for at, files in ((9, other), (12, mine), (8, other), (11, mine)):
        with pytest.raises(Torn):
            personalise(Hand(card, at, heard=True), files, ours)
        assert read_back(card, ours) == b""
    personalise(Hand(card, 0, heard=True), mine, ours)
    assert read_back(card, ours) == ours.image(record())


def test_a_locked_chip_takes_nothing_more() -> None:
    ours, card = profile(), blank()
    personalise(Hand(card, 0, heard=True), files_of(ours), ours)
    personalise(Hand(card, 0, heard=True), files_of(ours), ours)
    with pytest.raises(ChipLocked):
        personalise(Hand(card, 0, heard=True), files_of(ours, "SITI CONTOH"), ours)
    hand = Hand(card, 0, heard=True)
    lds_chip.select(hand.transmit)
    line = lds_chip.open_channel(hand.transmit, ours.keys.keys_of, b"12345678")
    with pytest.raises(ChipRefused):
        line.exchange(lds_chip.Command(0x80, lds_chip.STORE_DATA, 0x80, 0, b"x"))
    assert read_back(card, ours) == ours.image(record())


def test_without_the_master_key_nothing_goes_in() -> None:
    card = blank()
    thief = profile(b"another master..")
    with pytest.raises(AuthenticationFailed):
        personalise(Hand(card, 0, heard=True), files_of(thief), thief)
    hand = Hand(card, 0, heard=True)
    lds_chip.select(hand.transmit)
    for command in ("80E2800001AA", "80F0400F00", "84E2800009AA0000000000000000"):
        assert hand.transmit(bytes.fromhex(command)) == bytes.fromhex("6982")
    assert card.chip.licence is not None
    assert card.chip.licence.state is ChipState.BLANK


def test_a_channel_of_less_than_everything_is_refused() -> None:
    ours = profile()
    for level in (0x01, 0x03, 0x11, 0x13):
        hand = Hand(blank(), 0, heard=True)
        lds_chip.select(hand.transmit)
        with pytest.raises(ChipRefused):
            lds_chip.open_channel(hand.transmit, ours.keys.keys_of, b"12345678", level)


@EVERY
def test_every_command_bent_on_its_way_is_refused(step: int) -> None:
    """A line that changes one bit of one command: never a chip that holds something else."""
    ours = profile()
    files, whole = files_of(ours), ours.image(record())
    every = Hand(blank(), 0, heard=True)
    personalise(every, files, ours)
    for at in places(every.count, step):
        card = blank()
        session, count = ChipSession(card.chip), 0

        def bent(command: bytes, at: int = at, session: ChipSession = session) -> bytes:
            nonlocal count
            count += 1
            if count == at:
                place = len(command) // 2
                command = command[:place] + bytes((command[place] ^ 4,)) + command[place + 1 :]
            return session.answer(command)

        with pytest.raises(CardFault):
            lds_chip.personalise(bent, files, ours.keys.keys_of, b"12345678")
        assert read_back(card, ours) == b""
        personalise(Hand(card, 0, heard=True), files, ours)
        assert read_back(card, ours) == whole


def test_a_card_that_is_no_licence() -> None:
    ours = profile()
    plain = PlasticCard.blank("AA00000002")
    foreign = blank("AA00000003")
    foreign.chip.foreign = True
    for card in (plain, foreign):
        _, reader = reader_with(card)
        with pytest.raises(WrongCard):
            ours.write(reader, ours.image(record()), timeout=SOON)
        with pytest.raises(WrongCard):
            ours.read(reader, timeout=SOON)


def test_more_than_the_chip_holds() -> None:
    ours = profile()
    for size in (33_000, 65_000):
        image = ours.image(record(portrait=bytes(size)))
        _, reader = reader_with(blank())
        with pytest.raises(ChipFull):
            ours.write(reader, image, timeout=SOON)
        assert ours.read(reader, timeout=SOON) == b""


def test_the_plain_file_lies_beside_it() -> None:
    ours, card = profile(), blank()
    _, reader = reader_with(card)
    reader.write_file(b"facts", timeout=SOON)
    ours.write(reader, ours.image(record()), timeout=SOON)
    assert reader.read_file(timeout=SOON) == b"facts"


class Pulling(SimulatedCardReader):
    """A reader whose card is pulled at a command."""

    at = 0
    count = 0

    def transmit(self, command: bytes, *, timeout: float, cancel: Cancel = None) -> bytes:
        self.count += 1
        if self.count == self.at:
            self._core.put(None)
        return super().transmit(command, timeout=timeout, cancel=cancel)


def test_a_card_pulled_from_the_reader_is_a_named_fault() -> None:
    ours, card = profile(), blank()
    core, reader = reader_with(card)
    image = ours.image(record())
    pulling = Pulling(core, VirtualClock(datetime(2026, 11, 24, tzinfo=UTC)).pause)
    pulling.open(timeout=SOON)
    pulling.at = 20
    assert isinstance(pulling, CardReader)
    with pytest.raises(CardMissing):
        ours.write(pulling, image, timeout=SOON)
    core.put(card)
    ours.write(reader, image, timeout=SOON)
    assert ours.read(reader, timeout=SOON) == image


def test_each_card_s_keys_are_its_own() -> None:
    one, other = blank("AA00000001").chip.licence, blank("AA00000002").chip.licence
    assert one is not None
    assert other is not None
    assert one.keys != other.keys
    assert profile().keys.keys_of(one.diversification) == one.keys
    assert MASTER.hex() not in repr(one)
