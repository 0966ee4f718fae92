"""The Evolis language by itself: what is encoded is decoded, and nothing else gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from devices.simulators.evolis_machine import EvolisMachine, LineDropped, NoReply
from devices.simulators.evolis_mechanics import real_pause
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.wire.evolis import (
    COUNT_MOST,
    Command,
    Config,
    Error,
    Info,
    Status,
    Warn,
    WireGarbage,
    decode_command,
    decode_count,
    decode_reply,
    decode_status,
    encode_reply,
)
from devices.wire.evolis_faces import as_png, fitted, joined, separated
from devices.wire.evolis_job import (
    ACROSS,
    ALONG,
    LEVELS,
    Job,
    Panel,
    decode_job,
    encode_job,
    pack,
    packed_size,
    unpack,
)
from tests.wires.evolis.conftest import SIZE, flat

WORD = st.integers(0, 0xFFFFFFFF)
DOTS = ACROSS * ALONG


@given(st.binary(max_size=300))
def test_no_bytes_get_past_the_decoders(raw: bytes) -> None:
    for decode in (decode_command, decode_reply, decode_job):
        try:
            decode(raw)
        except WireGarbage:
            continue


@given(st.text(max_size=100))
def test_no_text_gets_past_the_decoders(text: str) -> None:
    for decode in (decode_status, decode_count):
        try:
            decode(text)
        except WireGarbage:
            continue


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_replies_come_back(text: str) -> None:
    raw = encode_reply(text)
    assert decode_reply(raw) == text
    with pytest.raises(WireGarbage):
        decode_reply(raw[: len(text)])


@given(WORD, WORD, WORD, WORD, st.tuples(WORD, WORD, WORD, WORD))
def test_every_status_bit_comes_back(
    a: int, b: int, c: int, d: int, extra: tuple[int, int, int, int]
) -> None:
    status = Status(Config(a), Info(b), Warn(c), Error(d), extra)
    assert decode_status(status.encode()) == status


@given(st.integers(0, COUNT_MOST * 20))
def test_counters_are_numbers_and_not_absurd(value: int) -> None:
    if value <= COUNT_MOST:
        assert decode_count(str(value)) == value
    else:
        with pytest.raises(WireGarbage):
            decode_count(str(value))


def test_commands_come_back() -> None:
    for command in (Command("Rok"), Command("Psid", ("7", "45")), Command("Pcim", ("M",))):
        assert decode_command(command.encode()) == command
        assert decode_command(command.encode(b"\r\x00")) == command


@pytest.mark.parametrize("levels", LEVELS)
def test_panels_come_back_at_every_fineness(levels: int) -> None:
    dots = bytes(at * 7 % 256 for at in range(997)) * (DOTS // 997 + 1)
    dots = dots[:DOTS]
    data = pack(dots, levels)
    assert len(data) == packed_size(levels)
    back = unpack(data, levels)
    assert pack(back, levels) == data
    if levels > 2:
        step = 256 // levels
        assert max(abs(a - b) for a, b in zip(dots, back, strict=True)) < max(step, 1)
    with pytest.raises(WireGarbage):
        unpack(data[:-1], levels)


JOB = Job(
    (
        separated(flat((10, 200, 30)), back=False, colour=True, overlay=True),
        separated(flat((0, 0, 0)), back=True, colour=False, overlay=False),
    ),
    4711,
    4,
    eject=False,
)
STREAM = encode_job(JOB)


def test_jobs_come_back() -> None:
    assert decode_job(STREAM) == JOB


@given(st.integers(0, len(STREAM) - 1))
def test_a_cut_job_is_never_taken(cut: int) -> None:
    with pytest.raises(WireGarbage):
        decode_job(STREAM[:cut] if cut < len(STREAM) - 24 else STREAM[: len(STREAM) - 24])


@given(st.integers(0, 700), st.integers(0, 255))
def test_a_job_with_a_changed_head_is_refused_or_lays_the_same(at: int, byte: int) -> None:
    changed = bytearray(STREAM)
    changed[at] = byte
    try:
        job = decode_job(bytes(changed))
    except WireGarbage:
        return
    assert [panel.name for face in job.faces for panel in face.panels]


def test_faces_are_laid_dot_for_dot() -> None:
    shade = Image.merge(
        "RGB",
        (
            Image.linear_gradient("L").resize(SIZE),
            Image.radial_gradient("L").resize(SIZE),
            Image.linear_gradient("L").rotate(90).resize(SIZE),
        ),
    )
    shade.paste((0, 0, 0), (100, 100, 400, 300))
    shade.paste((1, 0, 0), (500, 100, 600, 300))
    face = separated(as_png(shade), back=False, colour=True, overlay=True)
    assert [panel.name for panel in face.panels] == ["y", "m", "c", "k", "o"]
    assert ImageChops.difference(joined(face), shade).getbbox() is None
    black = next(panel for panel in face.panels if panel.name == "k")
    assert sum(1 for dot in black.dots if dot) >= 300 * 200, "pure black is resin"


def test_a_face_of_cr80_size_stands_in_the_middle_unscaled() -> None:
    card = Image.effect_noise((1011, 638), 90).convert("RGB")
    field, (left, top) = fitted(as_png(card))
    assert field.size == SIZE
    inner = field.crop((left, top, left + 1011, top + 638))
    assert ImageChops.difference(inner, card).getbbox() is None
    assert field.getpixel((0, top + 5)) == card.getpixel((0, 5)), "its edge runs on"
    for size in ((96, 60), (2000, 1200)):
        with pytest.raises(ValueError, match="size"):
            fitted(flat((1, 2, 3), size))


def test_a_panel_is_whole_or_none() -> None:
    with pytest.raises(ValueError, match="dots"):
        Panel("y", 256, b"\x00" * 10)
    with pytest.raises(ValueError, match="no panel"):
        Panel("q", 256, b"\x00" * DOTS)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_nothing_said_to_the_machine_breaks_it(messages: list[bytes]) -> None:
    core = PrinterCore()
    core.pace = 0
    core.load_blanks([PlasticCard.blank("A1")])
    machine = EvolisMachine(core, real_pause)
    for message in (*messages, b"\x1bPsid;x;y\r\x00", b"\x1bRco\r\x00", b"\x1bRpst\r\x00"):
        try:
            answer = machine.answer(message)
        except (NoReply, LineDropped):
            continue
        decode_reply(answer)
    decode_status(decode_reply(machine.answer(b"\x1bRpst\r\x00")))
