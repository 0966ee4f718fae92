"""A signature from a photograph of paper: the ink alone, on nothing.

The card needs dark ink without the paper's shade, the camera's grain or the edge of a table. What
the applicant sent stays as it was beside it.
"""

from __future__ import annotations

from PIL import Image, ImageFilter

from desktop.pictures import encode_png, open_picture

_WIDEST = 900
_MARGIN = 12
_INK = (16, 22, 58)
_SURE, _NONE = 0.62, 0.86
"""Below the first share of the paper's brightness it is ink, above the second it is paper."""


def clean_signature(data: bytes) -> bytes:
    """The ink of a photographed signature as a transparent PNG. Raises NotAPicture."""
    grey = open_picture(data).convert("L")
    if grey.width > _WIDEST:
        size = (_WIDEST, max(1, round(grey.height * _WIDEST / grey.width)))
        grey = grey.resize(size, Image.Resampling.LANCZOS)
    paper = _paper(grey)
    steady = grey.filter(ImageFilter.MedianFilter(3))
    sure = steady.point([255 if value < paper * _SURE else 0 for value in range(256)])
    edges = sure.getbbox()
    span = max(1.0, paper * (_NONE - _SURE))
    ink = grey.point(
        [round(255 * min(1.0, max(0.0, (paper * _NONE - value) / span))) for value in range(256)]
    )
    if edges is not None:
        left, top, right, low = edges
        box = (
            max(0, left - _MARGIN),
            max(0, top - _MARGIN),
            min(grey.width, right + _MARGIN),
            min(grey.height, low + _MARGIN),
        )
        ink = ink.crop(box)
    picture = Image.new("RGBA", ink.size, (*_INK, 0))
    picture.putalpha(ink)
    return encode_png(picture)


def _paper(grey: Image.Image) -> int:
    """The brightness of the paper: what most of the picture shows."""
    counts = grey.histogram()
    left = sum(counts) // 2
    for level, count in enumerate(counts):
        left -= count
        if left < 0:
            return level
    return 255
