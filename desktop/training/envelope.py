"""A returned envelope on the table, as the counter's camera sees it in training: label and seal."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from desktop.domain.shipment import Address

_FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"
_SIZE = (960, 720)
_TABLE = (112, 92, 76)
_PAPER = (226, 214, 188)
_EDGE = (176, 160, 128)
_INK = (34, 32, 30)
_SEAL = (158, 30, 36)
_TORN = (92, 74, 60)


def draw_envelope(awb: str, to: Address, *, torn: bool = False) -> bytes:
    """The envelope with this waybill, as JPEG of 960 by 720; `torn` breaks its seal."""
    picture = Image.new("RGB", _SIZE, _TABLE)
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((70, 90, 890, 640), 10, fill=_PAPER, outline=_EDGE, width=4)
    pen.line((70, 90, 480, 290, 890, 90), fill=_EDGE, width=4)
    pen.rectangle((120, 392, 640, 618), fill=(250, 249, 246), outline=_EDGE, width=2)
    lines = [to.recipient.upper(), *textwrap.wrap(to.line, 40)[:2], f"{to.city} {to.postcode}"]
    for at, line in enumerate(lines):
        pen.text((140, 402 + at * 33), line, font=_font("Inter-Medium", 24), fill=_INK)
    x = 140
    for sign in awb * 2:  # bars that look like a code; nobody reads one from this picture
        for bit in format(ord(sign), "07b"):
            pen.rectangle((x, 540, x + 1, 580), fill=_INK if bit == "1" else (250, 249, 246))
            x += 2
    pen.text((140, 584), awb, font=_font("JetBrainsMono-Medium", 24), fill=_INK)
    pen.ellipse((408, 210, 552, 354), fill=_SEAL, outline=(110, 16, 22), width=6)
    pen.text((435, 266), "SEGEL", font=_font("Inter-Bold", 30), fill=(250, 236, 228))
    pen.text((690, 590), "CONTOH", font=_font("Inter-Bold", 34), fill=_EDGE)
    if torn:
        crack = (478, 194, 494, 244, 466, 280, 500, 320, 474, 372)
        pen.line(crack, fill=_TORN, width=16, joint="curve")
        pen.polygon((560, 90, 700, 90, 640, 200), fill=_TORN)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / f"{name}.ttf", size)
