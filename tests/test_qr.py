"""The quick choice of a QR code's mask is the library's, of every version and for any text."""

from __future__ import annotations

import random
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

from desktop.qr import qr_modules


def by_library(text: str) -> QRCode[Any]:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make()
    return code


def agrees(text: str) -> bool:
    return [list(row) for row in qr_modules(text)] == by_library(text).modules


@pytest.mark.parametrize("length", [*range(8, 300, 24), 500, 1200])
def test_every_size_has_the_library_s_modules(length: int) -> None:
    draw = random.Random(length)
    assert agrees("".join(draw.choice("0123456789ABCDEFGHIJ $%*+-./:") for _ in range(length)))


@settings(max_examples=25)
@given(st.text(min_size=1, max_size=90))
def test_any_text_has_the_library_s_modules(text: str) -> None:
    assert agrees(text)


def test_every_mask_is_the_right_one_for_some_text() -> None:
    """Else the two tests above would compare one mask with itself."""
    right: set[int] = set()
    for number in range(60):
        text = f"SIM {number * 7919}"
        assert agrees(text)
        right.add(by_library(text).best_mask_pattern())
    assert right == set(range(8))


def test_a_reader_that_is_not_ours_reads_it() -> None:
    rows = qr_modules("SIM1:Satpas Contoh")
    small = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            small.putpixel((x + 4, y + 4), 0 if dark else 255)
    [found] = zxingcpp.read_barcodes(small.resize((small.width * 4, small.height * 4)))
    assert found.text == "SIM1:Satpas Contoh"


def test_too_long_a_text_is_refused_as_by_the_library() -> None:
    with pytest.raises((DataOverflowError, ValueError)):
        qr_modules("x" * 4000)
