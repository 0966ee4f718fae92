"""What a card shows, whatever a person is called and wherever it is drawn."""

from __future__ import annotations

import io
from dataclasses import fields
from datetime import date

import pytest
import zxingcpp
from PIL import Image, ImageChops

from desktop.cards.face import render
from desktop.cards.layout import Label, load_layout
from desktop.cards.record import (
    CannotPrintOnCard,
    CardField,
    CardRecord,
    DoesNotFit,
    SealTooLong,
    grouped,
)
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.pictures import NotAPicture, PictureFault
from desktop.training.names import NameKind
from tests.cards.golden import GOLDEN, GOLDEN_CARDS, drawn
from tests.cards.records import SEAL, SEAL_C, record, someone


@pytest.mark.parametrize("name", GOLDEN_CARDS)
def test_a_card_looks_as_it_did(name: str) -> None:
    """To accept a changed look: `python -m tests.cards.renew_golden`, after looking at them."""
    faces = drawn(name)
    for side in GOLDEN.glob(f"{name}-*.webp"):
        face = faces.front if side.stem.endswith("front") else faces.back
        saved = Image.open(side).convert("RGB")
        assert ImageChops.difference(face, saved).getbbox() is None, side.stem
    assert faces.digest == (GOLDEN / f"{name}.sha256").read_text(encoding="ascii").strip()


def test_the_same_record_gives_the_same_bytes() -> None:
    one, two = render(record()), render(record())
    assert one.digest == two.digest
    assert one.png() == two.png()
    assert one.front.size == one.back.size == (1011, 638)
    for raw, side in zip(one.png(), (one.front, one.back), strict=True):
        packed = Image.open(io.BytesIO(raw))
        packed.verify()  # every chunk's checksum, the resolution's too
        packed = Image.open(io.BytesIO(raw))
        assert tuple(round(value) for value in packed.info["dpi"]) == (300, 300)
        assert packed.mode == side.mode
        assert ImageChops.difference(packed, side).getbbox() is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Orang Lain"},
        {"number": "3273010105909002"},
        {"birth_place": "Tempat Lain"},
        {"birth_date": date(1990, 5, 2)},
        {"blood_group": "AB" if record().blood_group != "AB" else "O"},
        {"sex": "-"},
        {"address": ("Jalan Lain 1",)},
        {"occupation": "Pekerjaan Lain"},
        {"office": "Satpas Lain"},
        {"polda": "Polda Lain"},
        {"issued_on": date(2026, 3, 3)},
        {"valid_until": date(2031, 3, 3)},
        {"photo": record(12).photo},
        {"blank_serial": "JB26-0012346"},
        {"seal": SEAL + "A"},
        {"licence_class": LicenceClass.CI},
        {"realm": Realm.LIVE},
        {"signature": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_fact_changes_the_digest(change: dict[str, object]) -> None:
    assert render(record(**change)).digest != render(record()).digest


def test_no_fact_is_left_out_of_that() -> None:
    [cases] = [
        mark.args[1]
        for mark in test_every_fact_changes_the_digest.pytestmark  # type: ignore[attr-defined]
    ]
    printed = {field.name for field in fields(CardRecord)} - {"scheme", "height_cm"}
    assert {name for change in cases for name in change} == printed


@pytest.mark.parametrize("kind", list(NameKind))
def test_every_kind_of_name_fits(kind: NameKind) -> None:
    render(record(name=someone(40, kind).name))


@pytest.mark.parametrize("licence_class", list(LicenceClass))
def test_every_class_has_its_face(licence_class: LicenceClass) -> None:
    render(record(licence_class=licence_class))


@pytest.mark.parametrize(
    ("digits", "printed"),
    [
        ("990513320001", "9905-1332-0001"),
        ("14219905000123", "1421-9905-000123"),
        ("3273010105909001", "3273010105909001"),
        ("WNA-77/B", "WNA-77/B"),
    ],
)
def test_three_generations_of_numbers(digits: str, printed: str) -> None:
    assert grouped(digits) == printed
    render(record(number=digits))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Panjang " * 40}, CardField.NAME),
        ({"name": "X" * 10_000}, CardField.NAME),
        ({"name": "M" * 70}, CardField.NAME),
        ({"address": ("Jalan Raya Panjang Sekali " * 14,)}, CardField.ADDRESS),
        ({"blank_serial": "9" * 60}, CardField.BLANK_SERIAL),
    ],
)
def test_what_cannot_fit_is_refused_and_named(changes: dict[str, object], field: CardField) -> None:
    with pytest.raises(DoesNotFit) as refused:
        render(record(**changes))
    assert refused.value.field is field
    assert str(refused.value) == "DoesNotFit"


def test_a_long_address_is_set_smaller_but_whole() -> None:
    lines = (
        "Perumahan Bumi Panyileukan Indah Permai Blok G2 Nomor 117",
        "RT 012 RW 018, Kelurahan Cipadung Kidul Kecamatan Panyileukan",
        "Kota Bandung, Jawa Barat 40614",
    )
    render(record(address=lines))


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("Siti 😀", ("U+1F600",)),
        ("محمد", ("U+062D", "U+062F", "U+0645")),
        ("Budi\u202eidub", ("U+202E",)),
        ("Budi\x00", ("U+0000",)),
        ("王小明", ("U+5C0F", "U+660E", "U+738B")),
    ],
)
def test_writing_the_fonts_lack_is_refused_by_code_points(
    name: str, points: tuple[str, ...]
) -> None:
    with pytest.raises(CannotPrintOnCard) as refused:
        render(record(name=name))
    assert refused.value.field is CardField.NAME
    assert refused.value.characters == points
    assert name not in str(refused.value)


@pytest.mark.parametrize("name", ["Nu'ma Sa’diyah", "José Müller-Ångström", "Jose\u0301 Müller"])
def test_apostrophes_and_accents_are_printed(name: str) -> None:
    render(record(name=name))


def test_composed_and_decomposed_accents_look_the_same() -> None:
    assert render(record(name="José")).digest == render(record(name="Jose\u0301")).digest


@pytest.mark.parametrize("seal", ["SIM1:A", SEAL, SEAL + "B" * 200], ids=len)
@pytest.mark.parametrize("realm", list(Realm))
def test_another_reader_reads_the_code_back(seal: str, realm: Realm) -> None:
    back = render(record(seal=seal, realm=realm)).back
    found = zxingcpp.read_barcodes(back)
    assert [code.text for code in found] == [seal]


def test_a_seal_without_room_is_refused() -> None:
    with pytest.raises(SealTooLong) as refused:
        render(record(seal="A" * 2000))
    assert refused.value.modules > refused.value.limit
    with pytest.raises(SealTooLong):
        render(record(seal="A" * 20_000))


def test_training_is_marked_on_both_faces() -> None:
    training, live = render(record()), render(record(realm=Realm.LIVE))
    for one, two in ((training.front, live.front), (training.back, live.back)):
        box = ImageChops.difference(one, two).getbbox()
        assert box is not None
        assert box[2] - box[0] > 700


def test_a_photo_that_is_none_is_refused() -> None:
    with pytest.raises(NotAPicture) as refused:
        render(record(photo=b"%PDF-1.7"))
    assert refused.value.kind is PictureFault.UNKNOWN_KIND


def test_an_empty_signature_leaves_its_place_empty() -> None:
    packed = io.BytesIO()
    Image.new("RGB", (400, 160), "white").save(packed, "PNG")
    blank = render(record(signature=packed.getvalue()))
    assert blank.digest == render(record(signature=None)).digest


@pytest.mark.parametrize("name", ["sim-v1", "sim-v1-face"])
@pytest.mark.parametrize("lines", [1, 2, 3, 4, 5])
def test_an_address_stays_above_the_caption_beneath_it(name: str, lines: int) -> None:
    layout = load_layout(name)
    address = tuple(f"Jalan {number}, Q" for number in range(lines))
    card = record(address=address, seal=SEAL_C if name != "sim-v1" else record().seal)
    resin = render(card, layout).panels()[0].black
    caption = next(
        element
        for element in layout.front.elements
        if isinstance(element, Label) and element.text.startswith("5.")
    )
    assert resin.crop(layout.box_px(caption.box)).getextrema()[0] > 0, "letters in the caption"
