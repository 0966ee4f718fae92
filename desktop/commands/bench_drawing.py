"""Both faces as the counter draws them, against the same layers by bare Pillow, in turns.

Bare: nothing is looked up, checked, fitted, hashed or kept. Every text already has its lines, size
and place; grounds, vehicle and watermark are ready in both. Photo and signature are opened, scaled
and laid, texts set, the code made by the same library and laid, resin laid over dye.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

from PIL import Image, ImageChops, ImageDraw, ImageOps

from desktop.cards.face import (
    draw_label,
    empty_face,
    render,
    texts_of,
)
from desktop.cards.fitting import fit, font
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
from desktop.cards.panels import laid
from desktop.cards.record import CardRecord
from desktop.cards.seal import seal
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
from desktop.commands.bench_report import Figure
from desktop.commands.bench_seal import in_turns
from desktop.commands.bench_seal_card import SEED, statement
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.keys.signer import SoftSigner
from desktop.pictures import encode_png
from desktop.qr import qr_modules
from desktop.training.painter import draw
from desktop.training.people import Person, make_person
from desktop.training.signature import draw_strokes, signature_strokes

Stroke = Callable[[Image.Image, ImageDraw.ImageDraw], object]
_TODAY = date(2026, 3, 2)
_SEED = 11
LIMIT = 1.5


def measure(rounds: int = 40) -> Figure:
    """The ratio of ours to bare Pillow; the code alone, and how many pixels agree, beside it."""
    layout, card = load_layout(), drawn_card()
    bare = BareFaces(card, layout)
    made, theirs = render(card, layout), bare.draw()
    alike = 1.0 - max(
        _unlike(made.front, theirs[0]),
        _unlike(made.back, theirs[1]),
    )
    ours, pillow, code = in_turns(
        (lambda: render(card, layout), bare.draw, lambda: _code(card.seal, 4)), rounds
    )
    told = {
        "faces_ms": ours,
        "bare_ms": pillow,
        "code_ms": code,
        "alike": round(alike, 4),
        "rounds": rounds,
    }
    return Figure("drawing", round(ours / pillow, 2), LIMIT, "ratio", told)


def _unlike(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ."""
    bands = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return 1.0 - most.histogram()[0] / (one.width * one.height)


class BareFaces:
    """A card whose every stroke is known beforehand."""

    def __init__(self, card: CardRecord, layout: Layout) -> None:
        self._card = card
        self._texts = texts_of(card, layout)
        self._layout = layout
        self._sides = [
            (empty_face(layout, side is layout.back), *self._strokes(side))
            for side in (layout.front, layout.back)
        ]
        self._training = card.realm is Realm.TRAINING

    def draw(self) -> list[Image.Image]:
        """Both faces."""
        photo = Image.open(io.BytesIO(self._card.photo)).convert("RGB")
        assert self._card.signature is not None
        ink = Image.open(io.BytesIO(self._card.signature))
        self._photo, self._ink = photo, ink
        faces: list[Image.Image] = []
        for ground, dye, black in self._sides:
            face = ground.copy()
            resin = Image.new("L", face.size, 0)
            for image, strokes in ((face, dye), (resin, black)):
                pen = ImageDraw.Draw(image)
                for stroke in strokes:
                    stroke(image, pen)
            if self._training:
                face.paste("#8c1420", (0, 0), watermark(self._layout.watermark, face.size))
            faces.append(laid(face, resin))
        return faces

    def _strokes(self, side: Side) -> tuple[list[Stroke], list[Stroke]]:
        dye: list[Stroke] = []
        black: list[Stroke] = []
        for element in side.elements:
            if isinstance(element, Code):
                at, around, dots = self._code_place(element)
                dye.append(lambda image, _, around=around: image.paste("#ffffff", around))
                black.append(
                    lambda image, _, at=at, dots=dots: image.paste(_code(self._card.seal, dots), at)
                )
            elif element.layer is Layer.BLACK:
                black += self._stroke(element, RESIN_PAINT)
            elif not isinstance(element, Label):
                dye += self._stroke(element, None)
        return dye, black

    def _stroke(self, element: Element, paint: int | None) -> list[Stroke]:
        layout = self._layout
        x0, y0, x1, y1 = layout.box_px(element.box)
        colour: Paint = getattr(element, "colour", "#000000") if paint is None else paint
        match element:
            case Value():
                return self._value(element, colour)
            case Label():
                return [lambda _, pen: draw_label(pen, element, layout, colour)]
            case Photo():
                return [lambda image, _: self._lay_photo(image, element)]
            case Signature():
                return [lambda image, _: sign(image, self._ink, (x0, y0, x1, y1), colour)]
            case Vehicle():
                kind = layout.classes[self._card.licence_class].vehicle
                mask = vehicle_mask(kind, (x1 - x0, y1 - y0))
                return [lambda image, _: image.paste(colour, (x0, y0), mask)]
            case ClassTable():
                held = self._card.licence_class
                return [lambda _, pen: class_table(pen, element, layout, held)]
            case Micro():
                return [lambda image, _: self._lay_micro(image, element, colour)]
            case Code():
                return []

    def _value(self, value: Value, colour: Paint) -> list[Stroke]:
        text = self._texts[value.field]
        if not text:
            return []
        setting = fit(text, value, self._layout)
        pixels = self._layout.text_px(setting.size)
        x0, y0, x1, y1 = self._layout.box_px(value.box)
        if value.stand is Stand.BOTTOM:
            y0 = round(y1 - pixels * (1.1 + value.leading * (len(setting.lines) - 1)))
        box = (x0, y0, x1)
        lines, face, leading, align = setting.lines, setting.font, value.leading, value.align
        return [lambda _, pen: set_lines(pen, lines, box, face, pixels, leading, align, colour)]

    def _lay_photo(self, face: Image.Image, photo: Photo) -> None:
        x0, y0, x1, y1 = self._layout.box_px(photo.box)
        size = (x1 - x0, y1 - y0)
        fitted = ImageOps.fit(self._photo, size, Image.Resampling.LANCZOS, centering=(0.5, 0.42))
        if photo.grey:
            grey = ImageOps.autocontrast(fitted.convert("L"), cutoff=1).convert("RGB")
            mask = ImageChops.multiply(person_mask(fitted), fade(size, photo.strength))
            face.paste(grey, (x0, y0), mask)
            return
        if photo.border is not None:
            edge = (x0 - 3, y0 - 3, x1 + 2, y1 + 2)
            ImageDraw.Draw(face).rectangle(edge, fill=photo.border, outline="#c8b4b0")
        face.paste(fitted, (x0, y0))

    def _code_place(self, code: Code) -> tuple[tuple[int, int], tuple[int, int, int, int], int]:
        """Where the modules begin, the white around them, dots a module: as large as fits."""
        x0, y0, x1, y1 = self._layout.box_px(code.box)
        modules = _code(self._card.seal, 1).width + 2 * code.quiet
        dots = min(x1 - x0, y1 - y0) // modules
        total = modules * dots
        left, top = x0 + (x1 - x0 - total) // 2, y0 + (y1 - y0 - total) // 2
        edge = code.quiet * dots
        return (left + edge, top + edge), (left, top, left + total, top + total), dots

    def _lay_micro(self, face: Image.Image, micro: Micro, colour: Paint) -> None:
        x0, y0, x1, y1 = self._layout.box_px(micro.box)
        set_in = font(Face.SEMIBOLD, self._layout.text_px(micro.size))
        text = micro.text.replace("{number}", self._card.number)
        strip = Image.new("L", (x1 - x0, y1 - y0), 0)
        line = text * (int((x1 - x0) / set_in.getlength(text)) + 1)
        ImageDraw.Draw(strip).text((0, (y1 - y0) // 2), line, font=set_in, fill=215, anchor="lm")
        face.paste(colour, (x0, y0), strip)


def _code(text: str, dots: int) -> Image.Image:
    rows = qr_modules(text)
    small = Image.new("L", (len(rows), len(rows)))
    small.putdata([255 if cell else 0 for row in rows for cell in row])
    return small.resize((small.width * dots, small.height * dots), Image.Resampling.NEAREST)


def drawn_card() -> CardRecord:
    """A drawn person's card with a seal."""
    person: Person = make_person(_SEED, today=_TODAY)
    told = statement()
    return CardRecord(
        realm=Realm.TRAINING,
        number=told.number,
        scheme="nik",
        licence_class=LicenceClass.C,
        name=person.name,
        birth_place=person.birth_place,
        birth_date=person.birth_date,
        blood_group=person.blood_group,
        sex=person.sex,
        address=person.address_lines,
        occupation=person.occupation,
        office="Satpas Contoh (1374)",
        polda="Jawa Barat",
        issued_on=told.issued_on,
        valid_until=told.valid_until,
        photo=encode_png(draw(person)),
        signature=encode_png(draw_strokes(signature_strokes(person))),
        blank_serial=told.serial,
        seal=seal(told, SoftSigner(SEED)),
    )
