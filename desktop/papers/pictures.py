"""Pictures and barcodes on papers: opened, scaled, and refused when nobody could read them."""

from __future__ import annotations

import io

from PIL import Image as Picture
from PIL import ImageDraw, UnidentifiedImageError
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.platypus import Image

from desktop.papers.errors import CannotPrintCharacters, PaperField, TooLongToPrint
from desktop.papers.errors import UnreadablePaperPicture as Unreadable


def _opened(data: bytes, field: PaperField) -> Picture.Image:
    try:
        with Picture.open(io.BytesIO(data)) as opened:
            opened.load()
            return opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Unreadable(field) from error
    except Picture.DecompressionBombError as error:
        raise Unreadable(field) from error


def picture(data: bytes, width: float, height: float, field: PaperField) -> Image:
    """A PNG or JPEG fitted into the box; raises UnreadablePaperPicture."""
    return _placed(_opened(data, field), width, height)


def marked(
    data: bytes,
    mark: tuple[float, float, float, float] | None,
    width: float,
    height: float,
    field: PaperField,
) -> Image:
    """The picture with a frame around the fault; `mark` is left, top, width, height of 1."""
    shown = _opened(data, field).convert("RGB")
    if mark is not None:
        left, top, across, down = mark
        corner = (left * shown.width, top * shown.height)
        far = (corner[0] + across * shown.width, corner[1] + down * shown.height)
        thick = max(2, round(min(shown.size) / 60))
        ImageDraw.Draw(shown).rectangle((*corner, *far), outline=(198, 20, 20), width=thick)
    return _placed(shown, width, height)


# Ten dots a millimetre is what an office printer shows of a photo; more only swells the file.
_DOTS = 10 / mm


def _placed(flat: Picture.Image, width: float, height: float) -> Image:
    most = (max(1, round(width * _DOTS)), max(1, round(height * _DOTS)))
    if flat.width > most[0] or flat.height > most[1]:
        flat.thumbnail(most, Picture.Resampling.LANCZOS)
    across, down = flat.size
    scale = min(width / across, height / down)
    stored = io.BytesIO()
    flat.save(stored, "PNG")
    stored.seek(0)
    return Image(stored, across * scale, down * scale, hAlign="CENTER")


# 0.19 mm (7.5 mil) is the finest module that ordinary hand scanners read from office printers.
_NARROWEST, _WIDEST = 0.19 * mm, 0.42 * mm


def code128(value: str, width: float, height: float) -> Code128:
    """The barcode with its quiet zones, as wide as the room and the readers allow.

    Raises CannotPrintCharacters for what Code 128 can't carry, and TooLongToPrint.
    """
    if not value or any(not 32 <= ord(sign) <= 126 for sign in value):
        raise CannotPrintCharacters(PaperField.BARCODE)
    probe = Code128(value, barWidth=1, quiet=0, humanReadable=0)
    modules = probe.width + 20
    unit = min(_WIDEST, width / modules)
    if unit < _NARROWEST:
        most = int((width / _NARROWEST - 20 - 35) / 11)
        raise TooLongToPrint(PaperField.BARCODE, max(1, most))
    return Code128(
        value,
        barWidth=unit,
        barHeight=height,
        quiet=1,
        lquiet=10 * unit,
        rquiet=10 * unit,
        humanReadable=0,
    )
