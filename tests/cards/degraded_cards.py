"""Three drawn people's cards, kept for the tests of one run."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from desktop.commands.bench_inspection_cards import Cards
from devices.simulators.card_degradations.mixups import Faces, Order, Place

PEOPLE = 3
_folder = tempfile.TemporaryDirectory(prefix="loket-cards-")


@lru_cache(maxsize=1)
def cards() -> Cards:
    drawn = Cards(folder(), PEOPLE)
    drawn.draw()
    return drawn


def folder() -> Path:
    return Path(_folder.name)


@lru_cache(maxsize=1)
def small_order() -> Order:
    """The first card at half its dots, which nobody may write to."""
    whole = cards().order(0)
    places = {
        name: Place(place.side, tuple(edge // 2 for edge in place.box))  # type: ignore[arg-type]
        for name, place in whole.places.items()
    }
    others = [_halved(other) for other in whole.others]
    variants = {name: _halved(whole.variants[name]) for name in ("forged", "live")}
    return Order(_halved(whole.faces), others, places, variants)


def _halved(faces: Faces) -> Faces:
    halves = [np.ascontiguousarray(side[::2, ::2]) for side in (faces.front, faces.back)]
    for half in halves:
        half.flags.writeable = False
    return Faces(*halves)
