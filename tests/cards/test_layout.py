"""A layout file is whole, or it is refused when it is read."""

from __future__ import annotations

import io
import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from desktop.cards.face import render
from desktop.cards.fitting import font
from desktop.cards.layout import (
    DEFAULT_LAYOUT,
    RESOURCES,
    Face,
    layout_schema,
    load_layout,
    read_layout,
)
from desktop.cards.record import LayoutBroken
from desktop.cards.vehicles import vehicle_mask, vehicle_names
from tests.cards.records import record

LAYOUTS = sorted(path.stem for path in (RESOURCES / "layouts").glob("*.toml"))
TEXT = (RESOURCES / "layouts" / f"{DEFAULT_LAYOUT}.toml").read_text(encoding="utf-8")


def test_the_layout_is_the_size_of_a_card() -> None:
    layout = load_layout()
    assert layout.size_px == (1011, 638)
    assert (layout.width, layout.height) == (85.6, 53.98)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("version = 3", "versoin = 3", "versoin"),
        ('name = "sim-v1"', 'name = "SIM/1"', "name"),
        ('watermark = "CONTOH"', 'watermark = "CONTOH"\nseal_profile = "D"', "seal_profile"),
        ('layer = "black"', 'layer = "black"\ncolour = "#200000"', "front[7].colour"),
        ('kind = "photo"', 'kind = "photo"\nlayer = "black"', "front[5].layer"),
        ('field = "name"', 'field = "nickname"', "field"),
        ('font = "Inter-Bold"', 'font = "Comic-Sans"', "font"),
        ('colour = "#ffffff"', 'colour = "white"', "colour"),
        ("box = [4.0, 1.5, 60.0, 2.6]", "box = [44.0, 1.5, 60.0, 2.6]", "front[0].box"),
        ("box = [4.0, 1.5, 60.0, 2.6]", "box = [4.0, 1.5, 60.0]", "box"),
        ("min_size = 3.6", "min_size = 9.6", "min_size"),
        ("[classes.C]", "[classes.Z]", "classes"),
        ("dpi = 300", "dpi = 3000", "dpi"),
        ("dpi = 300", "dpi = [", "TOMLDecodeError"),
    ],
)
def test_a_broken_layout_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, place: str
) -> None:
    assert old in TEXT
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LayoutBroken) as refused:
        read_layout(path)
    assert refused.value.file == "mine.toml"
    assert place in refused.value.place


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_of_the_program_is_named_as_its_file(name: str) -> None:
    layout = load_layout(name)
    assert layout.name == name
    assert layout.title == f"{name} {layout.version}"
    assert layout.size_px == load_layout().size_px


CAPTIONED = {
    "name": ("Nama", "Name"),
    "birth": ("Tempat, Tgl. Lahir", "Place, Date of Birth"),
    "blood_sex": ("Gol. Darah – Jenis Kelamin", "Blood Group – Sex"),
    "address": ("Alamat", "Address"),
    "occupation": ("Pekerjaan", "Occupation"),
    "issued": ("Diterbitkan", "Issued"),
    "valid_until": ("Berlaku hingga", "Valid until"),
    "number": ("Nomor", "Number"),
}
"""What the front says of the holder, each under its caption in both languages."""


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_front_shows_each_fact_under_its_caption_in_both_languages(name: str) -> None:
    sheet = tomllib.loads((RESOURCES / "layouts" / f"{name}.toml").read_text(encoding="utf-8"))
    front, back = sheet["front"]["elements"], sheet["back"]["elements"]
    for field, captions in CAPTIONED.items():
        at = next(n for n, one in enumerate(front) if one.get("field") == field)
        above = front[at - 1]
        assert above["kind"] == "label", field
        assert tuple(above["text"].lstrip("123456. ").split(" / ")) == captions
    assert {"class", "vehicle_id", "vehicle_en"} <= {one.get("field") for one in front}
    photos = [bool(one.get("grey")) for one in front if one["kind"] == "photo"]
    assert sorted(photos) == [False, True], "the photo and its ghost"
    assert {"signature", "vehicle"} <= {one["kind"] for one in front}
    assert "code" in {one["kind"] for one in back}
    for text in sheet["classes"].values():
        assert text["id"]
        assert text["en"]
        assert text["id"] != text["en"]


def test_the_schema_beside_the_layouts_is_current() -> None:
    """To renew it: `main.py card schema`."""
    kept = (RESOURCES / "layouts" / "layout.schema.json").read_bytes()
    assert kept == layout_schema()
    known = Draft202012Validator(json.loads(kept))
    for name in LAYOUTS:
        text = (RESOURCES / "layouts" / f"{name}.toml").read_text(encoding="utf-8")
        known.validate(tomllib.loads(text))
    wrong = tomllib.loads(TEXT) | {"versoin": 2}
    assert [error.validator for error in known.iter_errors(wrong)] == ["additionalProperties"]


def test_a_layout_that_is_not_there() -> None:
    with pytest.raises(LayoutBroken):
        load_layout("sim-v0")


def test_another_layout_is_another_picture(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(TEXT.replace('watermark = "CONTOH"', 'watermark = "SPECIMEN"'), "utf-8")
    assert render(record(), read_layout(path)).digest != render(record()).digest


def test_every_vehicle_of_the_layout_is_drawn() -> None:
    used = {text.vehicle for text in load_layout().classes.values()}
    assert used <= set(vehicle_names())
    for name in used:
        assert vehicle_mask(name, (180, 90)).getbbox() is not None
    with pytest.raises(LayoutBroken):
        vehicle_mask("zeppelin", (180, 90))


@pytest.mark.parametrize("face", list(Face))
def test_the_fonts_have_every_character_that_is_let_through(face: Face) -> None:
    missing = _glyph(face, "\uffff")
    lacking = [
        f"U+{code:04X}"
        for first, last in load_layout().characters
        for code in range(first, last + 1)
        if _glyph(face, chr(code)) == missing
    ]
    assert lacking == []


def test_fonts_stand_beside_their_licences() -> None:
    folder = RESOURCES / "fonts"
    for path in folder.glob("*.ttf"):
        family = path.stem.partition("-")[0]
        assert "SIL Open Font License" in (folder / f"{family}-LICENSE.txt").read_text("utf-8")
        assert f"`{family}-" in (folder / "SOURCE.md").read_text("utf-8")


OUR_OWN = {".toml", ".md", ".json", ".txt", ".qss"}
"""What is written here; everything else in resources is somebody's work."""


def test_whatever_is_bundled_lies_beside_its_licence_and_source() -> None:
    brought = {path for path in RESOURCES.rglob("*") if path.is_file()}
    folders = {path.parent for path in brought if path.suffix not in OUR_OWN}
    assert {folder.name for folder in folders} >= {"fonts", "icons", "models"}
    for folder in folders:
        assert (folder / "SOURCE.md").read_text("utf-8").strip(), folder
        assert list(folder.glob("*LICENSE*.txt")), folder


def _glyph(face: Face, char: str) -> bytes:
    mask = font(face, 40).getmask(char, mode="L")
    packed = io.BytesIO()
    if 0 in mask.size:
        return b""
    Image.frombytes("L", mask.size, bytes(mask)).save(packed, "BMP")
    return packed.getvalue()
