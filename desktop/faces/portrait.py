"""The face out of a photographed card, at the size of the portrait that it is held against.

An online applicant sends a picture of the whole KTP-el or old licence; beside the photo only the
small portrait on it says anything. Nothing is kept: the whole picture stays what was sent.
"""

from __future__ import annotations

import io

import numpy as np

from desktop.faces.finder import Pixels, finder
from desktop.pictures import NotAPicture, open_picture

RATIO = 3 / 4
AROUND = 2.4
"""A portrait is this many times as high as the face on it."""


def portrait_in(data: bytes) -> bytes:
    """The largest face with hair and shoulders, upright 3:4, as PNG.

    The same bytes where the picture is upright already, shows no face, or is none.
    """
    try:
        picture = open_picture(data).convert("RGB")
    except NotAPicture:
        return data
    if picture.width <= picture.height:
        return data
    box = _face(np.asarray(picture))
    if box is None:
        return data
    face_left, face_top, face_right, face_bottom = box
    height = min((face_bottom - face_top) * AROUND, picture.height)
    width = height * RATIO
    middle_x, middle_y = (face_left + face_right) / 2, (face_top + face_bottom) / 2
    left = min(max(middle_x - width / 2, 0), picture.width - width)
    top = min(max(middle_y - height / 2, 0), picture.height - height)
    cut = picture.crop((round(left), round(top), round(left + width), round(top + height)))
    out = io.BytesIO()
    cut.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _face(pixels: Pixels) -> tuple[float, float, float, float] | None:
    """The largest face's left, top, right and bottom; a small one is looked for window by window.

    The finder looks at 128 pixels of the whole: a card's portrait is a dozen of them.
    """
    down, across = pixels.shape[0], pixels.shape[1]
    windows = [(0, 0, across, down)]
    windows += [
        (across * x // 4, down * y // 4, across // 2, down // 2) for y in range(3) for x in range(3)
    ]
    for left, top, width, height in windows:
        found = finder().faces(
            np.ascontiguousarray(pixels[top : top + height, left : left + width])
        )
        if found:
            face = max(found, key=lambda one: one.area)
            return face.left + left, face.top + top, face.right + left, face.bottom + top
    return None
