"""Whatever a card or a reader says, it is understood or has a name: ATRs, answers, T=0, names."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.device import DeviceKind
from devices.errors import (
    Busy,
    CardMissing,
    CardMute,
    ChipDead,
    DeviceFault,
    Garbage,
    NotConnected,
    ServiceStopped,
    WrongCard,
)
from devices.simulators.plastic import ATR, ChipSession, PlasticCard
from devices.simulators.virtual_card import GARBAGE_ATR
from devices.wire.apdu import Command, read_plain_file, write_plain_file
from devices.wire.atr import Atr, parse_atr
from devices.wire.pcsc_results import fault_of, matching
from devices.wire.t0 import in_t0

DESK = ("ACS ACR1281 1S Dual Reader ICC 0", "ACS ACR1281 1S Dual Reader PICC 0", "HP Keyboard 0")


@pytest.mark.parametrize(
    ("raw", "atr"),
    [
        (ATR, Atr((0, 1), b"")),
        # ISO/IEC 7816-3's shortest, and a contactless card as PC/SC part 3 (3.1.3.2.3) presents it
        (bytes.fromhex("3B00"), Atr((0,), b"")),
        (bytes.fromhex("3B888001000000000000000009"), Atr((0, 1), bytes(8))),
        (
            bytes.fromhex("3B8F8001804F0CA000000306030001000000006A"),
            Atr((0, 1), bytes.fromhex("804F0CA00000030603000100000000")),
        ),
        (bytes.fromhex("3B8580018073C0014076"), Atr((0, 1), bytes.fromhex("8073C00140"))),
    ],
)
def test_atrs_are_read(raw: bytes, atr: Atr) -> None:
    assert parse_atr(raw) == atr


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x3b", GARBAGE_ATR, b"\xde\xad\xbe\xef", ATR[:-1], ATR + b"\x00", ATR[:-1] + b"\x02"],
)
def test_what_is_no_atr_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"ATR|ends|length|check"):
        parse_atr(raw)


@given(st.binary(max_size=40))
def test_any_bytes_are_an_atr_or_refused(raw: bytes) -> None:
    try:
        atr = parse_atr(raw)
    except ValueError:
        return
    assert atr.protocols
    assert atr.historical in raw


@given(st.lists(st.binary(max_size=260), min_size=1, max_size=8))
def test_any_answers_are_read_or_have_a_name(answers: list[bytes]) -> None:
    told = iter(answers * 200)
    for act in (read_plain_file, lambda send: write_plain_file(send, b"x" * 500)):
        with contextlib.suppress(DeviceFault):
            act(lambda command: next(told))


@given(st.binary(max_size=300), st.lists(st.binary(max_size=4), min_size=1, max_size=4))
def test_t0_comes_to_an_end_whatever_the_card_says(command: bytes, answers: list[bytes]) -> None:
    asked: list[bytes] = []

    def card(sent: bytes) -> bytes:
        asked.append(sent)
        return answers[len(asked) % len(answers)]

    in_t0(card, command)
    assert len(asked) <= 310


def test_over_t0_the_answer_is_the_same_as_over_t1() -> None:
    chip = PlasticCard.blank("T0").chip
    chip.memory = bytes(range(256)) * 2
    session = ChipSession(chip)
    waiting = bytearray()

    def card(sent: bytes) -> bytes:
        """A T=0 chip: it gives 100 bytes at a time, and wants to be asked for the right length."""
        command = Command.decode(sent)
        if command.ins == 0xC0:
            piece = bytes(waiting[: command.expected])
            del waiting[: len(piece)]
            return piece + (bytes((0x61, min(len(waiting), 100))) if waiting else b"\x90\x00")
        if command.ins == 0xB0 and command.expected == 256:
            return b"\x6c\xf0"
        assert not (command.data and command.expected), "T=0 carries data one way"
        whole = session.answer(sent)
        if len(whole) == 2:
            return whole
        waiting[:] = whole[:-2]
        return bytes((0x61, min(len(waiting), 100)))

    write_plain_file(lambda command: in_t0(card, command), b"licence" * 60)
    assert read_plain_file(lambda command: in_t0(card, command)) == b"licence" * 60
    long = in_t0(card, Command(0, 0xB0, 0, 0, expected=256).encode())
    assert long == session.answer(Command(0, 0xB0, 0, 0, expected=0xF0).encode())


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", DESK[0]),
        ("picc", DESK[1]),
        ("*PICC*", DESK[1]),
        ("ACS*Reader ICC ?", DESK[0]),
        ("keyboard", DESK[2]),
        ("contactless", None),
        ("acs [x]", None),
    ],
)
def test_a_station_is_found_by_a_part_of_its_name_or_a_pattern(
    pattern: str, found: str | None
) -> None:
    assert matching(DESK, pattern) == found


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (0x8010001D, ServiceStopped),
        (0x8010001E, ServiceStopped),
        (0x80100003, ServiceStopped),
        (6, ServiceStopped),
        (0x80100009, NotConnected),
        (0x80100017, NotConnected),
        (0x8010002E, NotConnected),
        (0x8010000C, CardMissing),
        (0x80100069, CardMissing),
        (0x80100066, ChipDead),
        (0x80100065, WrongCard),
        (0x8010000F, Garbage),
        (0x8010000B, Busy),
        (0x80100016, CardMute),
        (0x1234, Garbage),
    ],
)
def test_results_of_pc_sc_become_named_faults(code: int, fault: type[DeviceFault]) -> None:
    assert type(fault_of(code, DeviceKind.CARD_READER, "wait")) is fault
