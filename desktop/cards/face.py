"""Both faces of a card, drawn from a record and a layout.

The same record and layout give the same pixels on every machine: Pillow with its own FreeType,
bundled fonts, no Qt and no system text. What doesn't depend on the record is drawn once and kept.
Elements of the layer `black` are laid in pure black without grey edges, and nothing else is pure
black, so that a printer finds its resin panel in the picture itself (`panels.py`). The digest is
taken over the pixels, so that it says nothing of how a PNG was packed.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageOps
from qrcode.exceptions import DataOverflowError

from desktop import pictures
from desktop.cards.fitting import clean, fit, font
from desktop.cards.ground import paint_ground
from desktop.cards.layout import (
    ClassTable,
    Code,
    Element,
    Face,
    Label,
    Layer,
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
from desktop.cards.panels import Panels, laid, separated
from desktop.cards.record import CardField, CardRecord, SealTooLong, grouped
from desktop.cards.strokes import (
    RESIN_PAINT,
    Paint,
    class_table,
    fade,
    person_mask,
    set_lines,
    sign,
    watermark,
)
from desktop.cards.vehicles import vehicle_mask
from desktop.domain.realm import Realm
from desktop.qr import qr_modules

_DIGEST_PREFIX = b"loket card face 2\n"
_PNG_LEVEL = 1
_NO_FILTER = 8
"""PNG_FILTER_NONE."""
_AFTER_HEAD = 33
"""Signature and IHDR; the resolution stands between them and the pixels."""


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

    def panels(self) -> tuple[Panels, Panels]:
        """Front and back as a printer lays them: dye, resin black, varnish."""
        return separated(self.front), separated(self.back)

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
    texts = texts_of(record, layout)
    photo = pictures.open_picture(record.photo).convert("RGB")
    ink = None if record.signature is None else pictures.open_picture(record.signature)
    painter = _Painter(record, layout, texts, photo, ink)
    front, back = painter.side(layout.front), painter.side(layout.back)
    return Faces(front, back, layout.title, layout.dpi, _digest(front, back))


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
        """One face: dye, the training realm's word over it, and resin black over both."""
        face = empty_face(self._layout, side is self._layout.back).copy()
        resin = Image.new("L", face.size, 0)
        for element in side.elements:
            if isinstance(element, Code):
                self._code(face, resin, element)
            elif element.layer is Layer.BLACK:
                self._paint(resin, element, RESIN_PAINT)
            else:
                self._paint(face, element, None)
        if self._record.realm is Realm.TRAINING:
            face.paste("#8c1420", (0, 0), watermark(self._layout.watermark, face.size))
        return laid(face, resin)

    def _paint(self, face: Image.Image, element: Element, paint: int | None) -> None:
        """Lay an element on its layer, in its own colour where `paint` is None."""
        layout = self._layout
        pen = ImageDraw.Draw(face)
        match element:
            case Value():
                self._value(pen, element, element.colour if paint is None else paint)
            case Photo():
                self._picture(face, element)
            case Signature():
                if self._ink is not None:
                    colour = element.colour if paint is None else paint
                    sign(face, self._ink, layout.box_px(element.box), colour)
            case Vehicle():
                x0, y0, x1, y1 = layout.box_px(element.box)
                text = layout.classes[self._record.licence_class]
                colour = element.colour if paint is None else paint
                face.paste(colour, (x0, y0), vehicle_mask(text.vehicle, (x1 - x0, y1 - y0)))
            case Micro():
                self._micro(face, element, element.colour if paint is None else paint)
            case ClassTable():
                class_table(pen, element, layout, self._record.licence_class)
            case Label():
                if paint is not None:  # those in dye are on the empty face already
                    draw_label(pen, element, layout, paint)
            case Code():
                raise ValueError("a code lies on both layers")

    def _value(self, pen: ImageDraw.ImageDraw, value: Value, colour: Paint) -> None:
        text = self._texts[value.field]
        if not text:
            return
        setting = fit(text, value, self._layout)
        pixels = self._layout.text_px(setting.size)
        x0, y0, x1, y1 = self._layout.box_px(value.box)
        if value.stand is Stand.BOTTOM:
            y0 = round(y1 - pixels * (1.1 + value.leading * (len(setting.lines) - 1)))
        set_lines(
            pen,
            setting.lines,
            (x0, y0, x1),
            setting.font,
            pixels,
            value.leading,
            value.align,
            colour,
        )

    def _picture(self, face: Image.Image, photo: Photo) -> None:
        x0, y0, x1, y1 = self._layout.box_px(photo.box)
        size = (x1 - x0, y1 - y0)
        picture = ImageOps.fit(self._photo, size, Image.Resampling.LANCZOS, centering=(0.5, 0.42))
        if photo.grey:
            grey = ImageOps.autocontrast(picture.convert("L"), cutoff=1)
            shape = ImageChops.multiply(person_mask(picture), fade(size, photo.strength))
            face.paste(Image.merge("RGB", (grey, grey, grey)), (x0, y0), shape)
            return
        if photo.border is not None:
            pen = ImageDraw.Draw(face)
            pen.rectangle((x0 - 3, y0 - 3, x1 + 2, y1 + 2), fill=photo.border, outline="#c8b4b0")
        face.paste(picture, (x0, y0))

    def _code(self, face: Image.Image, resin: Image.Image, code: Code) -> None:
        """White in the dye, its modules in the resin."""
        x0, y0, x1, y1 = self._layout.box_px(code.box)
        try:
            rows = qr_modules(self._record.seal)
        except (ValueError, DataOverflowError) as error:
            raise SealTooLong(177, _most_modules(x1 - x0, code)) from error
        side = len(rows)
        limit = _most_modules(min(x1 - x0, y1 - y0), code)
        if side > limit:
            raise SealTooLong(side, limit)
        dots = code.dots
        while (side + 2 * code.quiet) * (dots + 1) <= min(x1 - x0, y1 - y0):
            dots += 1
        small = Image.new("1", (side, side), 0)
        small.putdata([1 if cell else 0 for row in rows for cell in row])
        picture = small.resize((side * dots, side * dots), Image.Resampling.NEAREST)
        total = (side + 2 * code.quiet) * dots
        left, top = x0 + (x1 - x0 - total) // 2, y0 + (y1 - y0 - total) // 2
        face.paste("#ffffff", (left, top, left + total, top + total))
        at = (left + code.quiet * dots, top + code.quiet * dots)
        resin.paste(picture.convert("L"), at)

    def _micro(self, face: Image.Image, micro: Micro, colour: Paint) -> None:
        x0, y0, x1, y1 = self._layout.box_px(micro.box)
        set_in = font(Face.SEMIBOLD, self._layout.text_px(micro.size))
        text = micro.text.replace("{number}", self._record.number)
        wide = max(1.0, set_in.getlength(text))
        strip = Image.new("L", (x1 - x0, y1 - y0), 0)
        line = text * (int((x1 - x0) / wide) + 1)
        ImageDraw.Draw(strip).text((0, (y1 - y0) // 2), line, font=set_in, fill=215, anchor="lm")
        face.paste(colour, (x0, y0), strip)


def texts_of(record: CardRecord, layout: Layout) -> dict[CardField, str]:
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
def empty_face(layout: Layout, back: bool) -> Image.Image:
    """The face with all that never changes."""
    side = layout.back if back else layout.front
    face = paint_ground(side.ground, layout)
    pen = ImageDraw.Draw(face)
    for element in side.elements:
        if isinstance(element, Label) and element.layer is Layer.COLOUR:
            draw_label(pen, element, layout, element.colour)
    return face


def draw_label(pen: ImageDraw.ImageDraw, label: Label, layout: Layout, colour: Paint) -> None:
    x0, y0, x1, _ = layout.box_px(label.box)
    lines = tuple(label.text.split("\n"))
    pixels = layout.text_px(label.size)
    set_lines(pen, lines, (x0, y0, x1), label.font, pixels, label.leading, label.align, colour)


def _digest(front: Image.Image, back: Image.Image) -> str:
    digest = hashlib.sha256(_DIGEST_PREFIX)
    for side in (front, back):
        digest.update(f"{side.mode} {side.width} {side.height}\n".encode())
        digest.update(side.tobytes())
    return digest.hexdigest()


def _png(side: Image.Image, dpi: int) -> bytes:
    """By OpenCV without line filters: half of Pillow's time, and smaller for a drawn face."""
    import cv2
    import numpy as np

    options = (cv2.IMWRITE_PNG_COMPRESSION, _PNG_LEVEL, cv2.IMWRITE_PNG_FILTER, _NO_FILTER)
    done, packed = cv2.imencode(".png", np.asarray(side)[:, :, ::-1], options)
    if not done:
        raise RuntimeError("a face can't be packed")
    raw, dots = packed.tobytes(), round(dpi / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", dots, dots, 1)
    sized = struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return raw[:_AFTER_HEAD] + sized + raw[_AFTER_HEAD:]
