"""Codes before a camera."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from desktop.sources import VirtualClock
from devices.adapters.camera_scanner import CameraScanner, codes_in
from devices.errors import NotConnected
from devices.simulators.bench import SimulatedBench

TEXT = "SIM:1374-26-000123"


def drawn(text: str, form: str, turn: float = 0.0) -> Image.Image:
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, form))
    made = Image.fromarray(
        zxingcpp.write_barcode_to_image(code, scale=2 if form == "Code128" else 4)
    )
    return made.convert("L").rotate(turn, expand=True, fillcolor=255)


def frame(*codes: Image.Image) -> bytes:
    desk = Image.new("L", (1280, 720), 190)
    left = 40
    for code in codes:
        desk.paste(code, (left, 60))
        left += code.width + 40
    out = io.BytesIO()
    desk.save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.mark.parametrize("form", ["Code128", "QRCode", "PDF417"])
@pytest.mark.parametrize("turn", [0, 90, 180, 7])
def test_the_codes_of_this_trade_are_read_however_they_lie(form: str, turn: float) -> None:
    assert codes_in(frame(drawn(TEXT, form, turn))) == [TEXT]


def test_other_codes_and_empty_desks_are_nothing() -> None:
    assert codes_in(frame(drawn("4006381333931", "EAN13"))) == []
    assert codes_in(frame()) == []


@given(st.binary(max_size=200))
def test_what_is_no_picture_is_no_code(data: bytes) -> None:
    assert codes_in(data) == []


def test_a_code_is_told_once_while_it_lies_there() -> None:
    bench = SimulatedBench(lambda seconds, cancel: True, pace=0)
    times = iter([0.0, 1.0, 2.0, 6.0])
    camera = bench.adapter("camera")
    scanner = CameraScanner("scanner", camera, now=lambda: next(times))  # type: ignore[arg-type]
    heard: list[str] = []
    stop = scanner.on_scan(heard.append)
    one, two = frame(drawn("A-1", "QRCode")), frame(drawn("A-1", "QRCode"), drawn("B-2", "QRCode"))
    assert [scanner.looked(f) for f in (one, one, two, one)] == [["A-1"], [], ["B-2"], ["A-1"]]
    stop()
    stop()
    assert heard == ["A-1", "B-2", "A-1"]


def test_it_is_open_as_long_as_its_camera_is() -> None:
    from datetime import UTC, datetime

    clock = VirtualClock(datetime(2026, 3, 2, tzinfo=UTC))
    bench = SimulatedBench(clock.pause, pace=0)
    scanner = CameraScanner("scanner", bench.adapter("camera"))  # type: ignore[arg-type]
    bench.camera.unplug()
    with pytest.raises(NotConnected):
        scanner.open(timeout=1)
    bench.camera.plug()
    scanner.open(timeout=1)
    scanner.open(timeout=1)
    assert scanner.is_open
    assert scanner.info.name == "scanner"
    assert scanner.info.kind.value == "scanner"
    scanner.close()
    scanner.close()
    assert not scanner.is_open
