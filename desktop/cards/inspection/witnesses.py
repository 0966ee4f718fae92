"""The photo as printed against other pictures of its holder: the face in the seal, the chip's.

The photo is compared dot by dot with the ordered one elsewhere; these say besides whether the card
agrees with itself, which holds where the order itself was tampered with. They tell whether it is
the same photograph, not whether it is the same person.
"""

from __future__ import annotations

import cv2
import numpy as np

from desktop.cards.inspection.expected import Pixels
from desktop.cards.inspection.facts import Brought, CardCheck, CardSide
from desktop.cards.inspection.looking import Judge, Side
from desktop.cards.seal import NotASeal
from desktop.cards.seal_face import alike, small_face


def printed_photo(side: Side) -> Pixels | None:
    """The photo as it is seen, bytes; None where this side has none."""
    box = side.expected.photo(ghost=False)
    return None if box is None else np.clip(side.cut(side.seen, box), 0, 255).astype(np.uint8)


def check_witnesses(
    photo: Pixels | None, sealed: bytes, brought: Brought | None, judge: Judge
) -> None:
    """The seal's face (empty: it has none) and the chip's portrait, each by itself."""
    portrait = b"" if brought is None else brought.chip_portrait
    if photo is None or not (sealed or portrait):
        return
    done, packed = cv2.imencode(".png", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR))
    seen = np.asarray(packed).tobytes() if done else b""
    if sealed:
        judge(CardCheck.SEAL_FACE, _alike(sealed, seen), CardSide.FRONT)
    if portrait:
        try:
            small = small_face(portrait)
        except (OSError, ValueError):
            judge(CardCheck.CHIP_PHOTO, 0.0, note="unreadable")
        else:
            judge(CardCheck.CHIP_PHOTO, _alike(small, seen))


def _alike(face: bytes, seen: bytes) -> float:
    try:
        return alike(face, seen)
    except (NotASeal, ValueError):
        return 0.0
