"""Resin black is exactly what a layout puts on it: a printer may take it from the picture."""

from __future__ import annotations

import dataclasses
import io

import msgspec
import pytest
from PIL import Image, ImageChops, ImageDraw

from desktop.cards.face import Faces, render
from desktop.cards.layout import Code, Layer, Layout, Side, load_layout
from desktop.cards.panels import laid, separated
from desktop.domain.realm import Realm
from desktop.pictures import encode_png
from devices.wire import evolis_faces
from tests.cards.records import SEAL_C, record

BLACKEST = encode_png(Image.new("RGB", (480, 640), (0, 0, 0)))


def inked(picture: Image.Image) -> Image.Image:
    """255 where a panel lays something."""
    return ImageChops.invert(picture.convert("L"))


def without(layout: Layout, layer: Layer) -> Layout:
    """The layout with one layer's elements taken away."""

    def side(of: Side) -> Side:
        return Side(of.ground, tuple(e for e in of.elements if e.layer is not layer))

    return msgspec.structs.replace(layout, front=side(layout.front), back=side(layout.back))


@pytest.mark.parametrize("realm", list(Realm))
@pytest.mark.parametrize("name", ["sim-v1", "sim-v1-face"])
def test_pure_black_is_the_black_layer_and_nothing_else(name: str, realm: Realm) -> None:
    """Not even a photo that is all black, nor the training realm's word over the code."""
    layout = load_layout(name)
    card = record(realm=realm, photo=BLACKEST, seal=SEAL_C if name != "sim-v1" else record().seal)
    for panels in render(card, without(layout, Layer.BLACK)).panels():
        assert inked(panels.black).getbbox() is None
    for side, panels in zip(
        (layout.front, layout.back), render(card, layout).panels(), strict=True
    ):
        boxes = Image.new("L", panels.black.size, 0)
        pen = ImageDraw.Draw(boxes)
        for element in side.elements:
            if element.layer is Layer.BLACK:
                x0, y0, x1, y1 = layout.box_px(element.box)
                pen.rectangle((x0 - 2, y0 - 6, x1 + 2, y1 + 6), fill=255)
        black = inked(panels.black)
        assert black.getbbox() is not None
        assert ImageChops.subtract(black, boxes).getbbox() is None


def test_the_code_lies_whole_on_the_resin_panel() -> None:
    import zxingcpp

    layout = load_layout()
    (code,) = [element for element in layout.back.elements if isinstance(element, Code)]
    x0, y0, x1, y1 = layout.box_px(code.box)
    for realm in Realm:
        card = record(realm=realm)
        _, back = render(card).panels()
        (found,) = zxingcpp.read_barcodes(back.black.convert("L").crop((x0, y0, x1, y1)))
        assert found.text == card.seal
        assert not zxingcpp.read_barcodes(back.colour)


def test_panels_laid_over_each_other_are_the_face() -> None:
    faces = render(record())
    for face, panels in zip(both(faces), faces.panels(), strict=True):
        assert (panels.colour.mode, panels.black.mode, panels.overlay.mode) == ("RGB", "1", "1")
        assert set(panels.overlay.tobytes()) == {0}
        again = laid(panels.colour.copy(), inked(panels.black))
        assert ImageChops.difference(again, face).getbbox() is None


def test_a_printer_s_own_separation_finds_the_same_dots() -> None:
    """The Evolis adapter takes the flat picture; its panels are ours."""
    faces = render(record())
    for png, panels in zip(faces.png(), faces.panels(), strict=True):
        printed = evolis_faces.separated(png, back=False, colour=True, overlay=False)
        (resin,) = [panel for panel in printed.panels if panel.name == "k"]
        field, (left, top) = evolis_faces.fitted(png)
        ours = Image.new("L", field.size, 0)
        ours.paste(inked(panels.black), (left, top))
        theirs = Image.frombytes("L", (field.height, field.width), resin.dots)
        theirs = theirs.transpose(Image.Transpose.ROTATE_90)
        box = (left, top, left + panels.black.width, top + panels.black.height)
        assert ImageChops.difference(theirs.crop(box), ours.crop(box)).getbbox() is None


def test_greys_of_the_mask_become_resin_or_nothing() -> None:
    mask = Image.linear_gradient("L")
    panels = separated(laid(Image.new("RGB", mask.size, "#000000"), mask))
    assert set(panels.black.convert("L").tobytes()) == {0, 255}
    assert panels.black.convert("L").getpixel((0, 127)) == 255
    assert panels.black.convert("L").getpixel((0, 128)) == 0
    assert panels.colour.getpixel((0, 0)) == (1, 1, 1)


def test_a_thin_signature_stays_whole() -> None:
    ink = Image.new("RGB", (600, 240), "white")
    ImageDraw.Draw(ink).line([(40, 200), (300, 40), (560, 200)], fill="#405080", width=3)
    packed = io.BytesIO()
    ink.save(packed, "PNG")
    card = dataclasses.replace(record(), signature=packed.getvalue())
    layout = load_layout()
    box = layout.box_px((65.0, 44.2, 18.6, 6.2))
    black = inked(render(card).panels()[0].black).crop(box)
    columns = black.resize((black.width, 1), Image.Resampling.BOX)
    drawn = black.getbbox()
    assert drawn is not None
    assert all(columns.getpixel((x, 0)) for x in range(drawn[0], drawn[2]))


def both(faces: Faces) -> tuple[Image.Image, Image.Image]:
    return faces.front, faces.back
