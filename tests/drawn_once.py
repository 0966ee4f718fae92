"""What is worked out of a card's or an upload's very bytes is worked out once in a worker.

Most walks make the card of the same drawn person on the same morning, or open the same sample
file; drawing, packing and measuring them again was a third of their time. What is kept stands
under everything that goes in. That the same record gives the same pixels, and what each check
finds, is shown where they are called for themselves (tests/cards), and by the demo, in processes
of their own with other hash seeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import pytest

CARDS = 128
"""Each is some megabyte."""
UPLOADS = 128


@pytest.fixture(scope="session", autouse=True)
def drawn_once() -> Iterator[None]:
    """Faces of the card maker, and checks of what applicants sent, kept for the worker's life."""
    from PIL import Image

    from desktop.cards.face import Faces
    from desktop.cards.layout import Layout
    from desktop.cards.record import CardRecord
    from desktop.services import cardmaker, online_checks

    render, nothing = cardmaker.render, Image.new("RGB", (1, 1))

    @lru_cache(CARDS)
    def drawn(record: CardRecord, layout: Layout) -> Faces:
        """The card maker takes pictures as they were packed; pixels would be four times as big."""
        faces = render(record, layout)
        faces.png()
        return replace(faces, front=nothing, back=nothing)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cardmaker, "render", drawn)
        patch.setattr(online_checks, "check_upload", lru_cache(UPLOADS)(online_checks.check_upload))
        yield
