"""Pictures as a chip holds them: small JPEGs, the same bytes for the same picture."""

from __future__ import annotations

import io

from PIL import Image

PORTRAIT = (300, 400)
SIGNATURE = (300, 120)
_QUALITY = 75


def jpeg(picture: bytes, box: tuple[int, int]) -> bytes:
    """The picture no larger than the box, without anything that it carried beside itself."""
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    image.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=None)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
