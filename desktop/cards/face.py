"""Both faces of a card, drawn from a record and a layout.

The same record and layout give the same pixels on every machine: Pillow with its own FreeType,
bundled fonts, no Qt and no system text. What doesn't depend on the record is drawn once and kept.
The digest is taken over the pixels, so that it says nothing of how a PNG was packed.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

from desktop import pictures
from desktop.cards.fitting import clean, fit, font
from desktop.cards.ground import paint_ground
from desktop.cards.layout import (
    Align,
    ClassTable,
    Code,
    Element,
    Face,
    Label,
    Layout,
    Micro,
    Photo,
    Side,
    Signature,
    Stand,
    Value,
    Vehicle,
    load_layout,
)
from desktop.cards.record import (
    CardField,
    CardRecord,
    DoesNotFit,
    SealTooLong,
    grouped,
)
from desktop.cards.vehicles import vehicle_mask
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm

_DIGEST_PREFIX = b"loket card face 1\n"
_PNG_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Faces:
    """Front and back, RGB, ready for the printer."""

    front: Image.Image
    back: Image.Image
    layout: str
    """Name and version of the layout."""
    dpi: int
    digest: str
    """SHA-256 over sizes and pixels of both faces, hex."""
    _packed: list[bytes] = field(default_factory=list[bytes], repr=False, compare=False)

    def png(self) -> tuple[bytes, bytes]:
        """Front and back as PNG with their resolution, the same bytes for the same pixels."""
        if not self._packed:
            self._packed.extend(_png(side, self.dpi) for side in (self.front, self.back))
        return self._packed[0], self._packed[1]


def render(record: CardRecord, layout: Layout | None = None) -> Faces:
    """Both faces.

    Raises CannotPrintOnCard, DoesNotFit and SealTooLong, naming the field; NotAPicture when
    photo or signature aren't pictures; never leaves anything out.
    """
    layout = layout or load_layout()
    texts = _texts(record, layout)
    photo = pictures.open_picture(record.photo).convert("RGB")
    ink = None if record.signature is None else pictures.open_picture(record.signature)
    painter = _Painter(record, layout, texts, photo, ink)
    front, back = painter.side(layout.front), painter.side(layout.back)
    if record.realm is Realm.TRAINING:
        for face in (front, back):
            mask = _watermark(layout.watermark, face.size)
            face.paste("#8c1420", (0, 0), mask)
    name = f"{layout.name} {layout.version}"
    return Faces(front, back, name, layout.dpi, _digest(front, back))


class _Painter:
    """Lays the elements of one record over the empty faces."""

    def __init__(
        self,
        record: CardRecord,
        layout: Layout,
        texts: dict[CardField, str],
        photo: Image.Image,
        ink: Image.Image | None,
    ) -> None:
        self._record = record
        self._layout = layout
        self._texts = texts
        self._photo = photo
        self._ink = ink

    def side(self, side: Side) -> Image.Image:
        """One face."""
        face = _empty(self._layout, side is self._layout.back).copy()
        pen = ImageDraw.Draw(face)
        for element in side.elements:
            self._paint(face, pen, element)
        return face

    def _paint(self, face: Image.Image, pen: ImageDraw.ImageDraw, element: Element) -> None:
        layout = self._layout
        match element:
            case Value():
                self._value(pen, element)
            case Photo():
                self._picture(face, element)
            case Signature():
                if self._ink is not None:
                    _sign(face, self._ink, layout.box_px(element.box), element.colour)
            case Vehicle():
                x0, y0, x1, y1 = layout.box_px(element.box)
                text = layout.classes[self._record.licence_class]
                face.paste(element.colour, (x0, y0), vehicle_mask(text.vehicle, (x1 - x0, y1 - y0)))
            case Code():
                self._code(face, element)
            case Micro():
                self._micro(face, element)
            case ClassTable():
                _class_table(pen, element, layout, self._record.licence_class)
            case Label():
                pass  # on the empty face already

    def _value(self, pen: ImageDraw.ImageDraw, value: Value) -> None:
        text = self._texts[value.field]
        if not text:
            return
        setting = fit(text, value, self._layout)
        pixels = self._layout.text_px(setting.size)
        x0, y0, x1, y1 = self._layout.box_px(value.box)
        if value.stand is Stand.BOTTOM:
            y0 = round(y1 - pixels * (1.1 + value.leading * (len(setting.lines) - 1)))
        _set_lines(
            pen,
            setting.lines,
            (x0, y0, x1),
            setting.font,
            pixels,
            value.leading,
            value.align,
            value.colour,
        )

    def _picture(self, face: Image.Image, photo: Photo) -> None:
        x0, y0, x1, y1 = self._layout.box_px(photo.box)
        size = (x1 - x0, y1 - y0)
        picture = ImageOps.fit(self._photo, size, Image.Resampling.LANCZOS, centering=(0.5, 0.42))
        if photo.grey:
            grey = ImageOps.autocontrast(picture.convert("L"), cutoff=1)
            shape = ImageChops.multiply(_person_mask(picture), _fade(size, photo.strength))
            face.paste(Image.merge("RGB", (grey, grey, grey)), (x0, y0), shape)
            return
        if photo.border is not None:
            pen = ImageDraw.Draw(face)
            pen.rectangle((x0 - 3, y0 - 3, x1 + 2, y1 + 2), fill=photo.border, outline="#c8b4b0")
        face.paste(picture, (x0, y0))

    def _code(self, face: Image.Image, code: Code) -> None:
        x0, y0, x1, y1 = self._layout.box_px(code.box)
        maker = QRCode(error_correction=ERROR_CORRECT_M, box_size=1, border=0)
        maker.add_data(self._record.seal)
        try:
            maker.make(fit=True)
        except (ValueError, DataOverflowError) as error:
            raise SealTooLong(177, _most_modules(x1 - x0, code)) from error
        rows = maker.get_matrix()
        side = len(rows)
        limit = _most_modules(min(x1 - x0, y1 - y0), code)
        if side > limit:
            raise SealTooLong(side, limit)
        dots = code.dots
        while (side + 2 * code.quiet) * (dots + 1) <= min(x1 - x0, y1 - y0):
            dots += 1
        small = Image.new("1", (side, side), 1)
        small.putdata([0 if cell else 1 for row in rows for cell in row])
        picture = small.resize((side * dots, side * dots), Image.Resampling.NEAREST)
        total = (side + 2 * code.quiet) * dots
        left, top = x0 + (x1 - x0 - total) // 2, y0 + (y1 - y0 - total) // 2
        face.paste("#ffffff", (left, top, left + total, top + total))
        face.paste(picture.convert("RGB"), (left + code.quiet * dots, top + code.quiet * dots))

    def _micro(self, face: Image.Image, micro: Micro) -> None:
        x0, y0, x1, y1 = self._layout.box_px(micro.box)
        set_in = font(Face.SEMIBOLD, self._layout.text_px(micro.size))
        text = micro.text.replace("{number}", self._record.number)
        wide = max(1.0, set_in.getlength(text))
        strip = Image.new("L", (x1 - x0, y1 - y0), 0)
        line = text * (int((x1 - x0) / wide) + 1)
        ImageDraw.Draw(strip).text((0, (y1 - y0) // 2), line, font=set_in, fill=215, anchor="lm")
        face.paste(micro.colour, (x0, y0), strip)


def _texts(record: CardRecord, layout: Layout) -> dict[CardField, str]:
    """Every text of the card, checked, by its place."""
    main, _, suffix = record.licence_class.value.partition(" ")
    words = layout.classes[record.licence_class]
    given = {
        CardField.NUMBER: grouped(record.number),
        CardField.NAME: record.name,
        CardField.BIRTH: f"{record.birth_place}, {_day(record.birth_date)}",
        CardField.BIRTH_DATE: _day(record.birth_date),
        CardField.BLOOD_SEX: _blood_and_sex(record),
        CardField.ADDRESS: "\n".join(record.address),
        CardField.OCCUPATION: record.occupation,
        CardField.OFFICE: record.office,
        CardField.POLDA: record.polda,
        CardField.ISSUED: f"Polda {record.polda}, {_day(record.issued_on)}",
        CardField.ISSUED_ON: _day(record.issued_on),
        CardField.VALID_UNTIL: _day(record.valid_until),
        CardField.CLASS: main,
        CardField.CLASS_SUFFIX: suffix,
        CardField.VEHICLE_ID: words.id,
        CardField.VEHICLE_EN: words.en,
        CardField.HEIGHT: "" if record.height_cm is None else f"{record.height_cm} cm",
        CardField.BLANK_SERIAL: record.blank_serial,
    }
    return {place: clean(text, place, layout) for place, text in given.items()}


def _blood_and_sex(record: CardRecord) -> str:
    """Both, or the sex alone where the blood group isn't known."""
    known = record.blood_group.strip(" -–")
    return f"{known} – {record.sex}" if known else record.sex


def _day(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def _most_modules(pixels: int, code: Code) -> int:
    return pixels // code.dots - 2 * code.quiet


@lru_cache(maxsize=8)
def _empty(layout: Layout, back: bool) -> Image.Image:
    """The face with all that never changes."""
    side = layout.back if back else layout.front
    face = paint_ground(side.ground, layout)
    pen = ImageDraw.Draw(face)
    for element in side.elements:
        if isinstance(element, Label):
            x0, y0, x1, _ = layout.box_px(element.box)
            lines = tuple(element.text.split("\n"))
            pixels = layout.text_px(element.size)
            _set_lines(
                pen,
                lines,
                (x0, y0, x1),
                element.font,
                pixels,
                element.leading,
                element.align,
                element.colour,
            )
    return face


def _set_lines(
    pen: ImageDraw.ImageDraw,
    lines: tuple[str, ...],
    box: tuple[int, int, int],
    face: Face,
    pixels: float,
    leading: float,
    align: Align,
    colour: str,
) -> None:
    set_in = font(face, pixels)
    x0, y0, x1 = box
    for index, line in enumerate(lines):
        wide = set_in.getlength(line)
        x = {Align.LEFT: x0, Align.CENTRE: (x0 + x1 - wide) / 2, Align.RIGHT: x1 - wide}[align]
        base = y0 + pixels * (0.86 + leading * index)
        pen.text((round(x), round(base)), line, font=set_in, fill=colour, anchor="ls")


def _class_table(
    pen: ImageDraw.ImageDraw, table: ClassTable, layout: Layout, held: LicenceClass
) -> None:
    x0, y0, x1, y1 = layout.box_px(table.box)
    pixels = layout.text_px(table.size)
    row = (y1 - y0) / len(LicenceClass)
    wide = x1 - x0 - round(pixels * 5.4)
    for index, licence_class in enumerate(LicenceClass):
        is_held = licence_class is held
        base = round(y0 + row * (index + 0.72))
        if is_held:
            pen.rectangle(
                (x0 - 4, round(y0 + row * index), x1 + 4, round(y0 + row * (index + 1))),
                fill=table.held,
            )
        colour = "#ffffff" if is_held else table.colour
        text = layout.classes[licence_class].id
        face = Face.SEMIBOLD if is_held else Face.MEDIUM
        if font(face, pixels).getlength(text) > wide:
            face = Face.CONDENSED_BOLD if is_held else Face.CONDENSED
        if font(face, pixels).getlength(text) > wide:
            raise DoesNotFit(CardField.VEHICLE_ID)
        pen.text(
            (x0, base), licence_class.value, font=font(Face.BOLD, pixels), fill=colour, anchor="ls"
        )
        pen.text(
            (x0 + round(pixels * 5.4), base),
            text,
            font=font(face, pixels),
            fill=colour,
            anchor="ls",
        )


def _sign(face: Image.Image, ink: Image.Image, box: tuple[int, int, int, int], colour: str) -> None:
    """The ink alone: what is darker than its paper, cut to its edges."""
    dark = ImageOps.autocontrast(ImageOps.invert(ink.convert("L")), cutoff=(2, 0))
    mask = dark.point([0 if value < 70 else min(255, (value - 70) * 2) for value in range(256)])
    edges = mask.getbbox()
    if edges is None:
        return
    x0, y0, x1, y1 = box
    cut = ImageOps.contain(mask.crop(edges), (x1 - x0, y1 - y0), Image.Resampling.LANCZOS)
    at = (x0 + (x1 - x0 - cut.width) // 2, y0 + (y1 - y0 - cut.height) // 2)
    face.paste(colour, at, cut)


def _person_mask(picture: Image.Image) -> Image.Image:
    """What differs from the wall behind, which is taken from the upper corners."""
    width, height = picture.size
    patch = max(2, width // 12)
    corners = Image.new("RGB", (patch * 2, patch))
    corners.paste(picture.crop((0, 0, patch, patch)), (0, 0))
    corners.paste(picture.crop((width - patch, 0, width, patch)), (patch, 0))
    wall = corners.resize((1, 1), Image.Resampling.BOX).resize((width, height))
    red, green, blue = ImageChops.difference(picture, wall).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    mask = most.point([max(0, min(255, (value - 24) * 9)) for value in range(256)])
    return mask.filter(ImageFilter.MedianFilter(5)).filter(ImageFilter.GaussianBlur(1))


@lru_cache(maxsize=8)
def _fade(size: tuple[int, int], strength: float) -> Image.Image:
    """An even mask whose lower quarter runs out."""
    level = round(strength * 255)
    ramp = Image.linear_gradient("L").resize(size)
    return ramp.point(
        [level if v < 178 else max(0, level - (v - 178) * level // 70) for v in range(256)]
    )


@lru_cache(maxsize=4)
def _watermark(text: str, size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size, 0)
    set_in = font(Face.BOLD, size[1] * 0.36)
    ImageDraw.Draw(mask).text((size[0] // 2, size[1] // 2), text, font=set_in, fill=38, anchor="mm")
    return mask.rotate(24, Image.Resampling.BICUBIC)


def _digest(front: Image.Image, back: Image.Image) -> str:
    digest = hashlib.sha256(_DIGEST_PREFIX)
    for side in (front, back):
        digest.update(f"{side.mode} {side.width} {side.height}\n".encode())
        digest.update(side.tobytes())
    return digest.hexdigest()


def _png(side: Image.Image, dpi: int) -> bytes:
    packed = io.BytesIO()
    side.save(packed, "PNG", compress_level=_PNG_LEVEL, dpi=(dpi, dpi))
    return packed.getvalue()
