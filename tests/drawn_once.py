"""What is worked out of a card's or an upload's very bytes is worked out once in a worker.

Most walks make the card of the same drawn person on the same morning, or open the same sample
file; drawing, packing and measuring them again was a third of their time. What is kept stands
under everything that goes in. That the same record gives the same pixels, and what each check
finds, is shown where they are called for themselves (tests/cards), and by the demo, in processes
of their own with other hash seeds.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import pytest

CARDS = 128
"""Each is some megabyte."""
UPLOADS = 128
LOOKS = 64
"""Cards that a simulated viewer was shown, both sides."""


@pytest.fixture(scope="session", autouse=True)
def drawn_once() -> Iterator[None]:
    """What the card maker draws, what its cards look like in the viewer and what the inspection
    finds there, and checks of what applicants sent, kept for the worker's life.
    """
    import numpy as np
    from PIL import Image

    from desktop.cards.face import Faces
    from desktop.cards.inspection.facts import Brought, Inspection, Ordered
    from desktop.cards.layout import Layout
    from desktop.cards.record import CardRecord
    from desktop.services import card_looking, cardmaker, online_checks
    from devices.simulators import card_view

    render, nothing = cardmaker.render, Image.new("RGB", (1, 1))
    seen, inspect = card_view.seen, card_looking.inspect_pictures

    @lru_cache(CARDS)
    def drawn(record: CardRecord, layout: Layout) -> Faces:
        """The card maker takes pictures as they were packed; pixels would be four times as big."""
        faces = render(record, layout)
        faces.png()
        return replace(faces, front=nothing, back=nothing)

    @lru_cache(2 * LOOKS)
    def pictured(face: bytes, shape: tuple[int, ...], number: int, dark: bool, dim: bool) -> bytes:
        return seen(np.frombuffer(face, np.uint8).reshape(shape), number, dark=dark, blurred=dim)

    def seen_once(face: Any, number: int, *, dark: bool = False, blurred: bool = False) -> bytes:
        return pictured(face.tobytes(), face.shape, number, dark, blurred)

    judged: dict[object, Inspection] = {}

    def inspected_once(
        front: bytes, back: bytes, ordered: Ordered, keys: Any, *, at: datetime, brought: Brought
    ) -> Inspection:
        asked = (front, back, ordered.record, ordered.layout, pickle.dumps(keys), at, brought)
        if asked not in judged:
            judged[asked] = inspect(front, back, ordered, keys, at=at, brought=brought)
            if len(judged) > LOOKS:
                del judged[next(iter(judged))]
        return judged[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cardmaker, "render", drawn)
        patch.setattr(card_view, "seen", seen_once)
        patch.setattr(card_looking, "inspect_pictures", inspected_once)
        patch.setattr(online_checks, "check_upload", lru_cache(UPLOADS)(online_checks.check_upload))
        yield
