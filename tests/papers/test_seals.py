"""The seal on a paper is large enough for a phone, on every page of every paper that bears one."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from desktop.cards.seal import PaperStatement, PaperType, seal
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.keys.signer import SoftSigner
from desktop.qr import qr_modules
from desktop.words import Words
from tests.papers.paper_samples import PAPERS

SMALLEST = 0.25
"""Millimetres a module."""
SEAL = seal(
    PaperStatement(
        realm=Realm.LIVE,
        paper=PaperType.INTERIM_LETTER,
        number="SKP/1374/L3/2026/000412",
        made_at=datetime(2026, 3, 2, 3, tzinfo=UTC),
        office="1374",
        counter="1374-L3",
        epoch=1,
        seq=1_000_000,
        head=b"h" * 16,
        sim_number="3273014101900001",
        licence_class=LicenceClass.BII_UMUM,
        valid_until=date(2026, 4, 2),
    ),
    SoftSigner(b"s" * 32),
)
"""The longest that a paper bears: it stands for a card."""


def sealed(name: str, seal: str = SEAL) -> bytes:
    paper, sample, _, _ = PAPERS[name]
    imprint = replace(
        sample.imprint, anchor=replace(sample.imprint.anchor, realm=Realm.TRAINING, seal=seal)
    )
    return paper(replace(sample, imprint=imprint), Words.load("id"))


@pytest.mark.parametrize("name", [name for name in PAPERS if name != "label"])
def test_the_seal_is_read_from_a_print_at_200_dpi(name: str) -> None:
    with pypdfium2.PdfDocument(sealed(name)) as document:
        for page in document:
            picture = page.render(scale=200 / 72).to_pil().convert("L")
            (code,) = [c for c in zxingcpp.read_barcodes(picture) if c.text == SEAL]
            corner, other = code.position.top_left, code.position.top_right
            long = math.hypot(other.x - corner.x, other.y - corner.y)
            module = long / 200 * 25.4 / len(qr_modules(SEAL))
            assert module >= SMALLEST - 0.005, f"{module:.3f} mm"


def test_no_space_of_a_seal_is_tidied_away() -> None:
    """In base45 every space counts, and one seal in twenty-five has two in a row."""
    seal = SEAL[:40] + "  " + SEAL[42:]
    with pypdfium2.PdfDocument(sealed("handover", seal)) as document:
        picture = document[0].render(scale=200 / 72).to_pil().convert("L")
    assert seal in [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("name", ["handover", "interim", "manifest"])
def test_a_worn_turned_and_grey_copy_is_still_read(name: str) -> None:
    """One of each size: toner that runs, a sheet laid askew, a grey scanner of 200 dpi."""
    with pypdfium2.PdfDocument(sealed(name)) as document:
        picture = document[0].render(scale=300 / 72).to_pil().convert("L")
    picture = picture.filter(ImageFilter.GaussianBlur(1.0)).rotate(4, fillcolor=255, expand=True)
    picture = picture.resize(
        (picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.BOX
    )
    picture = picture.point([60 + value * 150 // 255 for value in range(256)])
    assert SEAL in [code.text for code in zxingcpp.read_barcodes(picture)]
