"""Profile C's face: the portrait as a grey picture of 300 to 600 bytes.

Good enough for an eye, or a comparison, to say whether the photo on the card is the one that was
sealed; far too small to be a picture of anybody. WebP, because its header costs 30 bytes where
AVIF's costs 300. The bytes come from the library in the lock; a verifier only decodes them.
"""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from desktop.cards.seal import FACE_BYTES, NotASeal

SIZE = (56, 72)
SMALLEST = 300


def small_face(photo: bytes) -> bytes:
    """The best picture of at most FACE_BYTES. ValueError for a photo that can't be opened."""
    with Image.open(io.BytesIO(photo)) as image:
        grey = ImageOps.autocontrast(ImageOps.fit(image.convert("L"), SIZE, centering=(0.5, 0.4)))
    best = b""
    low, high = 1, 90
    while low <= high:
        quality = (low + high) // 2
        packed = io.BytesIO()
        grey.save(packed, "WEBP", quality=quality, method=6)
        if packed.tell() <= FACE_BYTES:
            best, low = packed.getvalue(), quality + 1
        else:
            high = quality - 1
    if not best:
        raise ValueError("no picture small enough")
    return best


SAME_PHOTO = 0.985
"""Correlation from which a portrait counts as the one that was sealed.

Over 60 drawn people the same photo, made smaller for a chip, always gave more (0.991 at least), and
6 of 3,540 pairs of other people did so too: they are drawn of few parts. Real ones weren't tried.
"""


def alike(face: bytes, portrait: bytes) -> float:
    """How much a portrait looks like the face in a seal: the correlation of their greys, at most 1.

    It tells whether it is the same photograph, not whether it is the same person. Raises NotASeal,
    and ValueError for a portrait that can't be opened.
    """
    import numpy as np

    try:
        with Image.open(io.BytesIO(portrait)) as image:
            grey = ImageOps.autocontrast(
                ImageOps.fit(image.convert("L"), SIZE, centering=(0.5, 0.4))
            )
    except OSError as error:
        raise ValueError("no picture") from error
    one = np.asarray(open_face(face), dtype=np.float64)
    two = np.asarray(grey, dtype=np.float64)
    one, two = one - one.mean(), two - two.mean()
    power = float(np.sqrt((one * one).sum() * (two * two).sum()))
    return float((one * two).sum()) / power if power else 0.0


def open_face(face: bytes) -> Image.Image:
    """The picture in a seal. Raises NotASeal."""
    try:
        with Image.open(io.BytesIO(face), formats=("WEBP",)) as image:
            if image.size != SIZE:
                raise NotASeal("face")
            return image.convert("L")
    except OSError as error:
        raise NotASeal("face") from error
