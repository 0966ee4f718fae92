"""The wrong thing ordered: another person's card, photo, text or code; parts left out; sides mixed.

Each function hands back both faces as they went to the printer: (order, severity, rng). Where two
people's parts could be exchanged, severity says how unlike they are: at 0 the most alike of those
at hand is taken. Where parts are alike to the dot (two people of one office) nothing is wrong;
`NothingDiffers` says so and another order must be taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from devices.simulators.card_degradations.planes import DOTS_PER_MM, Pixels, Rng, span
from devices.simulators.card_degradations.surface import Box

FEWEST_DOTS = 25
"""Parts that differ in fewer dots than this aren't told apart by anybody."""


class Side(StrEnum):
    FRONT = "front"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a side, and its box in dots."""

    side: Side
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Both faces, RGB."""

    front: Pixels
    back: Pixels

    def of(self, side: Side) -> Pixels:
        return self.front if side is Side.FRONT else self.back

    def replaced(self, side: Side, face: Pixels) -> Faces:
        return Faces(face, self.back) if side is Side.FRONT else Faces(self.front, face)


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """A card to be made, others that lay about, and what the layout knows."""

    faces: Faces
    others: Sequence[Faces]
    places: Mapping[str, Place]
    """`photo`, `ghost`, `code`, `signature` and each text by its field."""
    variants: Mapping[str, Faces]
    """The same record drawn otherwise: `forged` (code signed by a stranger), `live` (without the
    training realm's word)."""


class NothingDiffers(ValueError):
    """No other card differs in the part that should be exchanged."""


def card_of_another(order: Order, severity: float, rng: Rng) -> Faces:
    """The whole card is somebody else's."""
    return order.others[int(rng.integers(len(order.others)))]


def front_of_another(order: Order, severity: float, rng: Rng) -> Faces:
    return Faces(card_of_another(order, severity, rng).front, order.faces.back)


def back_of_another(order: Order, severity: float, rng: Rng) -> Faces:
    return Faces(order.faces.front, card_of_another(order, severity, rng).back)


def blank_front(order: Order, severity: float, rng: Rng) -> Faces:
    return Faces(np.full_like(order.faces.front, 255), order.faces.back)


def blank_back(order: Order, severity: float, rng: Rng) -> Faces:
    return Faces(order.faces.front, np.full_like(order.faces.back, 255))


def sides_exchanged(order: Order, severity: float, rng: Rng) -> Faces:
    """The front was printed on the back, and the back on the front."""
    return Faces(order.faces.back, order.faces.front)


def front_twice(order: Order, severity: float, rng: Rng) -> Faces:
    return Faces(order.faces.front, order.faces.front)


def back_twice(order: Order, severity: float, rng: Rng) -> Faces:
    return Faces(order.faces.back, order.faces.back)


def back_upside_down(order: Order, severity: float, rng: Rng) -> Faces:
    """The back stands on its head against the front."""
    return Faces(order.faces.front, _around(order.faces.back))


def front_upside_down(order: Order, severity: float, rng: Rng) -> Faces:
    return Faces(_around(order.faces.front), order.faces.back)


def front_mirrored(order: Order, severity: float, rng: Rng) -> Faces:
    """A driver's mirror setting, as for printing on film."""
    return Faces(np.ascontiguousarray(order.faces.front[:, ::-1]), order.faces.back)


def back_mirrored(order: Order, severity: float, rng: Rng) -> Faces:
    return Faces(order.faces.front, np.ascontiguousarray(order.faces.back[:, ::-1]))


def photo_and_ghost_of_another(order: Order, severity: float, rng: Rng) -> Faces:
    """Somebody else's portrait, large and small."""
    other = _unlike(order, "photo", severity)
    return _pasted(_pasted(order.faces, other, order.places["photo"]), other, order.places["ghost"])


def photo_of_another(order: Order, severity: float, rng: Rng) -> Faces:
    """Somebody else's portrait; the ghost is the holder's."""
    return _exchanged("photo")(order, severity, rng)


def photo_missing(order: Order, severity: float, rng: Rng) -> Faces:
    """The portrait's place is empty."""
    return _filled(order.faces, order.places["photo"], (236, 236, 236))


def photo_mirrored(order: Order, severity: float, rng: Rng) -> Faces:
    return _changed_photo(order, lambda photo: photo[:, ::-1])


def photo_misplaced(order: Order, severity: float, rng: Rng) -> Faces:
    """The portrait's crop lies 1 to 9 mm off."""
    far = round(span(1, 9, severity) * DOTS_PER_MM)
    axis = int(rng.integers(2))
    return _changed_photo(order, lambda photo: np.roll(photo, far * rng.choice((-1, 1)), axis))


def photo_dark(order: Order, severity: float, rng: Rng) -> Faces:
    """The portrait went through the wrong curve."""
    power = span(1.25, 3.0, severity) ** rng.choice((-1, 1))
    return _changed_photo(order, lambda photo: (255 * (photo / 255) ** power).astype(np.uint8))


def ghost_missing(order: Order, severity: float, rng: Rng) -> Faces:
    """No small portrait; the ground goes on below it."""
    x0, y0, x1, y1 = order.places["ghost"].box
    front = order.faces.front.copy()
    ink = front[y0:y1, x0:x1].max(axis=2) == 0
    ground = np.median(front[y0:y1, x0 - 6 : x0].reshape(-1, 3), axis=0).astype(np.uint8)
    part = front[y0:y1, x0:x1]
    part[~ink] = ground  # the signature crosses the ghost, and stays
    return Faces(front, order.faces.back)


def signature_missing(order: Order, severity: float, rng: Rng) -> Faces:
    return _resin_gone(order.faces, order.places["signature"])


def code_missing(order: Order, severity: float, rng: Rng) -> Faces:
    return _filled(order.faces, order.places["code"], (255, 255, 255))


def code_forged(order: Order, severity: float, rng: Rng) -> Faces:
    """The right statement under a stranger's signature."""
    return Faces(order.faces.front, order.variants["forged"].back)


def realm_word_missing(order: Order, severity: float, rng: Rng) -> Faces:
    """A training card without the word that says so."""
    return order.variants["live"]


def text_missing(order: Order, severity: float, rng: Rng) -> Faces:
    """One text isn't there."""
    return _resin_gone(order.faces, _some_text(order, rng))


def text_cut(order: Order, severity: float, rng: Rng) -> Faces:
    """One text ends too early."""
    place = _some_text(order, rng)
    x0, y0, x1, y1 = place.box
    columns = np.flatnonzero(_resin(order.faces.of(place.side), place.box).any(axis=0))
    first, last = int(columns[0]), int(columns[-1])
    keep = round(first + (last - first) * span(0.9, 0.3, severity))
    return _resin_gone(order.faces, Place(place.side, (x0 + keep, y0, x1, y1)))


def patch_missing(order: Order, severity: float, rng: Rng) -> Faces:
    """A rectangle of 3 to 22 mm stayed white, as when data were lost."""
    side = Side.FRONT if rng.random() < 0.6 else Side.BACK
    height, width = order.faces.of(side).shape[:2]
    wide, high = (round(span(3, 22, severity) * DOTS_PER_MM * rng.uniform(0.6, 1)) for _ in "wh")
    x, y = int(rng.integers(0, width - wide)), int(rng.integers(0, height - high))
    return _filled(order.faces, Place(side, (x, y, x + wide, y + high)), (255, 255, 255))


def one_digit_of(name: str) -> Callable[[Order, float, Rng], Faces]:
    """One to three characters of a text are another person's, in the same place."""

    def changed(order: Order, severity: float, rng: Rng) -> Faces:
        place = order.places[name]
        face = order.faces.of(place.side)
        own = _glyphs(_resin(face, place.box))
        for at in rng.permutation(len(order.others)):
            other = order.others[int(at)].of(place.side)
            theirs = _glyphs(_resin(other, place.box))
            pairs = [
                (mine, found)
                for mine in own
                for found in theirs
                if abs(mine[0] - found[0]) <= 2
                and abs(mine[1] - found[1]) <= 2
                and _dots_apart(face, other, _columns(place.box, mine, found)) >= FEWEST_DOTS
            ]
            if not pairs:
                continue
            out = face.copy()
            for chosen in rng.permutation(len(pairs))[: 1 + int(severity * 2.999)]:
                x0, y0, x1, y1 = _columns(place.box, *pairs[int(chosen)])
                _lay_resin(out, other, (x0, y0, x1, y1))
            return order.faces.replaced(place.side, out)
        raise NothingDiffers(name)

    return changed


def text_of_another(name: str) -> Callable[[Order, float, Rng], Faces]:
    """A text is another person's."""
    return _exchanged(name)


def part_of_another(name: str) -> Callable[[Order, float, Rng], Faces]:
    """A part (code, ghost, signature, vehicle) is another person's."""
    return _exchanged(name)


def _exchanged(name: str) -> Callable[[Order, float, Rng], Faces]:
    def exchanged(order: Order, severity: float, rng: Rng) -> Faces:
        return _pasted(order.faces, _unlike(order, name, severity), order.places[name])

    return exchanged


def _unlike(order: Order, name: str, severity: float) -> Faces:
    """One of the others, by how far its part differs from ours."""
    place = order.places[name]
    x0, y0, x1, y1 = place.box
    ours = order.faces.of(place.side)[y0:y1:2, x0:x1:2].astype(np.int16)
    ranked: list[tuple[float, int]] = []
    for at, other in enumerate(order.others):
        face = other.of(place.side)
        if _dots_apart(order.faces.of(place.side), face, place.box) >= FEWEST_DOTS:
            apart = np.abs(face[y0:y1:2, x0:x1:2].astype(np.int16) - ours).mean()
            ranked.append((float(apart), at))
    if not ranked:
        raise NothingDiffers(name)
    ranked.sort()
    return order.others[ranked[min(int(severity * len(ranked)), len(ranked) - 1)][1]]


def _dots_apart(one: Pixels, other: Pixels, box: Box) -> int:
    x0, y0, x1, y1 = box
    far = np.abs(one[y0:y1, x0:x1].astype(np.int16) - other[y0:y1, x0:x1])
    return int((far.max(axis=2) > 40).sum())


def _pasted(faces: Faces, other: Faces, place: Place) -> Faces:
    x0, y0, x1, y1 = place.box
    face = faces.of(place.side).copy()
    face[y0:y1, x0:x1] = other.of(place.side)[y0:y1, x0:x1]
    return faces.replaced(place.side, face)


def _filled(faces: Faces, place: Place, colour: tuple[int, int, int]) -> Faces:
    x0, y0, x1, y1 = place.box
    face = faces.of(place.side).copy()
    face[y0:y1, x0:x1] = colour
    return faces.replaced(place.side, face)


def _changed_photo(order: Order, change: Callable[[Pixels], Pixels]) -> Faces:
    x0, y0, x1, y1 = order.places["photo"].box
    front = order.faces.front.copy()
    front[y0:y1, x0:x1] = change(order.faces.front[y0:y1, x0:x1])
    return Faces(front, order.faces.back)


def _around(face: Pixels) -> Pixels:
    return np.ascontiguousarray(face[::-1, ::-1])


def _resin(face: Pixels, box: Box) -> Pixels:
    x0, y0, x1, y1 = box
    return face[y0:y1, x0:x1].max(axis=2) == 0


def _resin_gone(faces: Faces, place: Place) -> Faces:
    """The black of a box is gone; the dye around it closes over (it is nearly even there)."""
    x0, y0, x1, y1 = place.box
    face = faces.of(place.side).copy()
    part = face[y0:y1, x0:x1]
    ink = part.max(axis=2) == 0
    if ink.any():
        part[ink] = np.median(part[~ink], axis=0).astype(np.uint8)
    return faces.replaced(place.side, face)


def _lay_resin(out: Pixels, other: Pixels, box: Box) -> None:
    """Another card's black in place of ours, on our ground."""
    x0, y0, x1, y1 = box
    part = out[y0:y1, x0:x1]
    ours, theirs = _resin(out, box), _resin(other, box)
    part[ours] = np.median(part[~ours], axis=0).astype(np.uint8)
    part[theirs] = 0


def _glyphs(ink: Pixels) -> list[tuple[int, int]]:
    """First and last column of each run of columns with ink."""
    used = np.concatenate(([False], ink.any(axis=0), [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(used))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _columns(box: Box, mine: tuple[int, int], found: tuple[int, int]) -> Box:
    x0, y0, _, y1 = box
    return x0 + min(mine[0], found[0]), y0, x0 + max(mine[1], found[1]), y1


def _some_text(order: Order, rng: Rng) -> Place:
    """A text in resin that stands on this card."""
    texts = [
        place
        for name, place in order.places.items()
        if name not in ("photo", "ghost", "code", "signature", "vehicle", "class_table")
        and _resin(order.faces.of(place.side), place.box).sum() > FEWEST_DOTS * 8
    ]
    return texts[int(rng.integers(len(texts)))]
