"""Pictures that people send from home or lay on a scanner: KTP-el, old SIM, signature on paper.

They are plain drawings that carry the right fields, all marked CONTOH; none is a likeness of the
state's documents.
"""

from __future__ import annotations

import random
from datetime import date
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from desktop.training import painter
from desktop.training.painter import Fault
from desktop.training.people import Person
from desktop.training.signature import draw_strokes, signature_strokes

_FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"
_CARD = (1011, 638)
_DESK = (118, 96, 78)


def draw_ktp(person: Person, *, faults: tuple[Fault, ...] = ()) -> Image.Image:
    """A KTP-el as an office scans it."""
    card = _card((176, 208, 226), (206, 226, 236))
    pen = ImageDraw.Draw(card)
    city = person.city.removeprefix("Kabupaten ").upper()
    _centred(pen, 505, 26, f"PROVINSI {person.province.upper()}", 34, bold=True)
    _centred(pen, 505, 66, city, 34, bold=True)
    pen.text((40, 122), "NIK", font=_font(34, bold=True), fill=(20, 24, 30))
    pen.text((248, 116), f": {person.nik}", font=_mono(42), fill=(20, 24, 30))
    lines = (
        ("Nama", person.name.upper()),
        ("Tempat/Tgl Lahir", f"{person.birth_place.upper()}, {person.birth_date:%d-%m-%Y}"),
        ("Jenis Kelamin", f"{person.sex}    Gol. Darah : {person.blood_group}"),
        ("Alamat", person.street.upper()),
        ("   RT/RW", person.rt_rw),
        ("   Kel/Desa", person.village.upper()),
        ("   Kecamatan", person.district.upper()),
        ("Agama", person.religion),
        ("Status Perkawinan", "KAWIN" if person.married else "BELUM KAWIN"),
        ("Pekerjaan", person.occupation.upper()),
        ("Kewarganegaraan", "WNI"),
        ("Berlaku Hingga", "SEUMUR HIDUP"),
    )
    for index, (caption, value) in enumerate(lines):
        y = 180 + index * 35
        pen.text((40, y), caption, font=_font(24), fill=(26, 30, 38))
        pen.text((262, y), f": {value}", font=_fitting(value, 24, 470), fill=(16, 18, 24))
    ground = painter.RED if person.birth_date.year % 2 else painter.BLUE
    face = painter.draw(person, background=ground, faults=faults)
    card.paste(face.resize((216, 288), Image.Resampling.LANCZOS), (760, 150))
    ink = draw_strokes(signature_strokes(person), (200, 80), paper=(206, 226, 236))
    card.paste(ink, (768, 506))
    _centred(pen, 868, 446, city[:24], 18)
    _centred(pen, 868, 470, "CONTOH", 20, bold=True)
    return _marked(card)


def draw_old_sim(
    person: Person, *, number: str, licence_class: str, valid_until: date
) -> Image.Image:
    """The card that is renewed, in the older form with numbered lines."""
    card = _card((236, 236, 232), (226, 214, 210))
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, _CARD[0], 96), fill=(170, 32, 40))
    pen.text((36, 16), "SURAT IZIN MENGEMUDI", font=_font(36, bold=True), fill=(255, 255, 255))
    pen.text((36, 58), "Driving License · Indonesia", font=_font(22), fill=(255, 236, 236))
    pen.text(
        (790, 6),
        licence_class,
        font=_fitting(licence_class, 76, 200, bold=True),
        fill=(255, 255, 255),
    )
    pen.text((400, 116), number, font=_mono(46), fill=(30, 30, 34))
    lines = (
        person.name.upper(),
        f"{person.birth_place.upper()}, {person.birth_date:%d-%m-%Y}",
        f"{person.blood_group} - {'WANITA' if person.woman else 'PRIA'}",
        *(line.upper() for line in person.address_lines),
        person.occupation.upper(),
        "POLDA JAWA BARAT",
    )
    for index, value in enumerate(lines):
        y = 190 + index * 46
        pen.text((400, y), value, font=_fitting(value, 28, 570), fill=(30, 30, 34))
    face = painter.draw_again(person, 5)
    card.paste(face.resize((312, 416), Image.Resampling.LANCZOS), (40, 124))
    pen.text((64, 560), f"{valid_until:%d-%m-%Y}", font=_mono(44), fill=(150, 20, 30))
    return _marked(card)


def draw_signature_paper(person: Person, take: int = 0) -> Image.Image:
    """The signature on plain white paper, photographed by hand: a little askew, a little grey."""
    rng = random.Random(person.seed + take)
    paper = draw_strokes(signature_strokes(person, take), (900, 420), paper=(236, 234, 228))
    turned = paper.rotate(
        rng.randrange(-30, 31) / 10, Image.Resampling.BICUBIC, fillcolor=(228, 226, 220)
    )
    return turned.filter(ImageFilter.GaussianBlur(0.6))


def draw_ktp_photo(person: Person, *, faults: tuple[Fault, ...] = ()) -> Image.Image:
    """The KTP-el as a telephone sees it on a table."""
    rng = random.Random(person.seed + 3)
    table = Image.new("RGB", (1280, 960), _DESK)
    card = (
        draw_ktp(person)
        .convert("RGBA")
        .rotate(rng.randrange(-50, 51) / 10, Image.Resampling.BICUBIC, expand=True)
    )
    table.paste(card, ((1280 - card.width) // 2, (960 - card.height) // 2), card)
    if Fault.DARK in faults:
        table = table.point([value * 28 // 100 for value in range(256)] * 3)
    if Fault.BLURRED in faults:
        table = table.filter(ImageFilter.GaussianBlur(7))
    return table


def _card(top: tuple[int, int, int], low: tuple[int, int, int]) -> Image.Image:
    ramp = Image.linear_gradient("L").resize(_CARD)
    return Image.composite(Image.new("RGB", _CARD, low), Image.new("RGB", _CARD, top), ramp)


def _marked(card: Image.Image) -> Image.Image:
    """CONTOH across the card."""
    layer = Image.new("L", _CARD, 0)
    _centred(ImageDraw.Draw(layer), 505, 230, "CONTOH", 170, bold=True, fill=44)
    turned = layer.rotate(22, Image.Resampling.BICUBIC)
    card.paste((90, 30, 36), (0, 0), turned)
    return card


def _centred(
    pen: ImageDraw.ImageDraw,
    x: int,
    y: int,
    text: str,
    size: int,
    *,
    bold: bool = False,
    fill: int | tuple[int, int, int] = (16, 20, 28),
) -> None:
    font = _font(size, bold=bold)
    pen.text((x - round(font.getlength(text)) // 2, y), text, font=font, fill=fill)


def _fitting(text: str, size: int, width: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    while size > 12 and _font(size, bold=bold).getlength(text) > width:
        size -= 1
    return _font(size, bold=bold)


@lru_cache(maxsize=64)
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    name = "Inter-Bold.ttf" if bold else "Inter-Medium.ttf"
    return ImageFont.truetype(_FONTS / name, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8)
def _mono(size: int) -> ImageFont.FreeTypeFont:
    path = _FONTS / "JetBrainsMono-Bold.ttf"
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
