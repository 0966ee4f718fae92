"""A card's faces are drawn once in a worker, however many walks print the same card.

Most walks make the card of the same drawn person on the same morning, and a card's drawing and
packing was a third of their time. What is kept stands under the whole record and the layout
itself; that the same record gives the same pixels is shown where cards are drawn for themselves
(tests/cards/test_face.py) and by the demo, in processes of their own with other hash seeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest

KEPT = 32
"""Each is some 5 MB."""


@pytest.fixture(scope="session", autouse=True)
def drawn_once() -> Iterator[None]:
    """The card maker's drawing, kept for the worker's life."""
    from desktop.services import cardmaker

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cardmaker, "render", lru_cache(KEPT)(cardmaker.render))
        yield
