"""Scans from bytes and from keys, strokes drawn, options read, catalogue."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices.catalog import (
    SIMULATED,
    DeviceChoice,
    UnknownFamily,
    families,
    make_devices,
    simulated_choices,
)
from devices.device import DeviceKind, Health, HealthReason, HealthState
from devices.options import (
    ChoiceOption,
    NumberOption,
    OptionRefused,
    SwitchOption,
    TextOption,
    read_options,
)
from devices.scanner import ScanLines, WedgeKeys
from devices.simulators.bench import SimulatedBench
from devices.simulators.pen import scribble
from devices.strokes import PenPoint, Strokes, strokes_png, strokes_svg

MS = 1_000_000


def test_lines_of_a_serial_scanner_become_scans_however_they_are_cut() -> None:
    lines = ScanLines()
    texts = [text for piece in (b"RR1", b"23ID\r", b"\nB0001\nX") for text in lines.feed(piece)]
    assert texts == ["RR123ID", "B0001"]
    assert lines.feed(b"\xff\xfe\n\x01\n") == []
    assert lines.garbled == 2


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_bytes_are_survived(pieces: list[bytes]) -> None:
    lines = ScanLines()
    for piece in pieces:
        for text in lines.feed(piece):
            assert text.isprintable()


def test_a_line_without_end_is_dropped() -> None:
    lines = ScanLines()
    assert lines.feed(b"x" * 5000) == []
    assert lines.feed(b"ok\n") == ["ok"]


def typed(keys: str, gap_ms: float, wedge: WedgeKeys | None = None) -> list[str]:
    wedge = wedge or WedgeKeys()
    scans: list[str] = []
    for index, key in enumerate(keys):
        scan = wedge.feed(key, round(index * gap_ms * MS))
        if scan is not None:
            scans.append(scan)
    return scans


def test_a_burst_of_keys_is_a_scan_and_a_person_is_not() -> None:
    assert typed("RR123ID\r", 5) == ["RR123ID"]
    assert typed("RR123ID\r", 120) == []
    assert typed("ab\r", 5) == []
    assert typed("~RR123\r", 5, WedgeKeys(prefix="~")) == ["RR123"]
    assert typed("RR1234\r", 5, WedgeKeys(prefix="~")) == []


def test_a_scan_right_after_typing_is_only_the_scan() -> None:
    wedge = WedgeKeys()
    wedge.feed("a", 0)
    assert not wedge.in_burst
    start = 500 * MS
    scans = [wedge.feed(key, start + index * 4 * MS) for index, key in enumerate("B0001\r")]
    assert scans[-1] == "B0001"


def test_strokes_are_drawn_the_same_each_time() -> None:
    strokes = scribble(7)
    assert scribble(7) == strokes
    assert scribble(8) != strokes
    svg = strokes_svg(strokes)
    assert svg == strokes_svg(strokes)
    assert len(ET.fromstring(svg).findall(".//{*}path")) == len(list(strokes.runs()))
    png = strokes_png(strokes, 300, 100)
    assert png == strokes_png(strokes, 300, 100)
    import io

    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (300, 100)
        assert image.getchannel("A").getextrema()[1] == 255


def test_a_dot_and_nothing_can_be_drawn() -> None:
    dot = Strokes((PenPoint(10, 10, 0),), 100, 100)
    assert "M10 10L10 10" in strokes_svg(dot)
    assert strokes_png(dot)
    nothing = Strokes((), 100, 100)
    assert nothing.empty
    assert nothing.milliseconds == 0
    assert strokes_png(nothing)
    hovering = Strokes((PenPoint(1, 1, 0, 0, tip=False),), 100, 100)
    assert hovering.empty


def test_strokes_of_a_unit_pad_are_scaled() -> None:
    strokes = Strokes.of_unit([[(0.0, 0.0, 0, 1.0), (1.0, 1.0, 10, 0.5)], []], 200, 100)
    assert [(p.x, p.y, p.tip) for p in strokes.points[:2]] == [(0, 0, True), (200, 100, True)]
    assert strokes.points[0].pressure == 1023


OPTIONS = (
    TextOption("port", "COM1", required=True),
    NumberOption("baud", 9600, 300, 115200),
    ChoiceOption("parity", ("none", "odd"), "odd"),
    SwitchOption("beep", True),
)


def test_options_are_read_with_their_defaults() -> None:
    assert read_options(OPTIONS, {"port": " COM3 ", "baud": 19200}) == {
        "port": "COM3",
        "baud": 19200.0,
        "parity": "odd",
        "beep": True,
    }


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ({"port": " "}, "port"),
        ({"baud": "fast"}, "baud"),
        ({"baud": True}, "baud"),
        ({"baud": 5}, "baud"),
        ({"parity": "even"}, "parity"),
        ({"beep": 1}, "beep"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_wrong_option_is_refused_by_name(raw: dict[str, object], name: str) -> None:
    with pytest.raises(OptionRefused) as refusal:
        read_options(OPTIONS, raw)
    assert refusal.value.name == name


def test_a_counter_is_set_up_from_its_settings() -> None:
    def pause(seconds: float, cancel: object) -> bool:
        return True

    bench = SimulatedBench(pause)
    made = make_devices(simulated_choices(bench), pause, bench)
    assert [device.info.name for device in made] == [core.name for core in bench.cores()]
    assert all(families(kind) for kind in DeviceKind)
    with pytest.raises(UnknownFamily):
        make_devices([DeviceChoice(DeviceKind.CAMERA, "camera", "camcorder", {})], pause)
    with pytest.raises(OptionRefused):
        make_devices([DeviceChoice(DeviceKind.CAMERA, "camera", SIMULATED, {"x": 1})], pause, bench)


@pytest.mark.parametrize(
    ("reasons", "state"),
    [
        ((), HealthState.READY),
        ((HealthReason.CARDS_LOW,), HealthState.ATTENTION),
        ((HealthReason.CARDS_LOW, HealthReason.CARD_JAM), HealthState.ERROR),
        ((HealthReason.CARD_JAM, HealthReason.UNPLUGGED), HealthState.OFFLINE),
        ((HealthReason.CLOSED,), HealthState.UNKNOWN),
        ((HealthReason.IN_USE,), HealthState.BUSY),
    ],
)
def test_the_worst_reason_decides(reasons: tuple[HealthReason, ...], state: HealthState) -> None:
    assert Health.judged(reasons).state is state


def test_reasons_are_listed_worst_first() -> None:
    health = Health.judged((HealthReason.CARDS_LOW, HealthReason.COVER_OPEN))
    assert health.reasons[0] is HealthReason.COVER_OPEN
