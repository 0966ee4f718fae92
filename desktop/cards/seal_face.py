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


def open_face(face: bytes) -> Image.Image:
    """The picture in a seal. Raises NotASeal."""
    try:
        with Image.open(io.BytesIO(face), formats=("WEBP",)) as image:
            if image.size != SIZE:
                raise NotASeal("face")
            return image.convert("L")
    except OSError as error:
        raise NotASeal("face") from error
