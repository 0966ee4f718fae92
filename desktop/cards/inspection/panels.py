"""How the ribbon's panels lie on the card: each dye's strength, the resin's, and their places.

A dye-sublimation printer lays yellow, magenta and cyan one after the other along the card's long
side, then resin black. A dye that is missing or faint shows as too light a colour in a strip across
the card; one that was laid askew shows as a shift against the others.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from desktop.cards.inspection.expected import BoxPx, Pixels
from desktop.cards.inspection.facts import CardCheck
from desktop.cards.inspection.looking import Judge, Side
from desktop.cards.inspection.registering import Moved, measured

DYES = ("cyan", "magenta", "yellow")
"""They take away red, green and blue."""
_STRIPS = 8
_CELL = 8
_LEAST_DENSITY = 0.09
_MIDDLE = (0.12, 0.45)
"""Densities by which the dyes are weighed: stray light counts for too much in darker parts."""
_TONES = (12, 120)
"""Levels below white by which the back's dyes are weighed against each other."""
_SOME_RESIN = 0.02
_FRONT = 0.86
_ENOUGH = 1.2
"""Sum of squared densities from which on a strip says something of a dye."""
_REACH = 20
_REACH_DYE = 9
_PATCHES = 14
"""So many patches are enough for one dye; each costs a search."""
Way = tuple[float, float]
DyeShifts = tuple[Way | None, Way | None, Way | None]


def check_panels(side: Side, judge: Judge) -> None:
    """Strength and balance of the dyes."""
    seen, told, inside = (_cells(each) for each in (side.seen, side.told, side.inside))
    sure = inside > 250
    for spot in (side.expected.photo(ghost=False), side.expected.photo(ghost=True)):
        if spot is not None:  # somebody else's clothes aren't a missing dye
            x0, y0, x1, y1 = (edge // _CELL for edge in spot)
            sure[y0 : y1 + 1, x0 : x1 + 1] = False
    have, want = _density(seen), _density(told)
    width = sure.shape[1]
    whole: dict[str, float] = {}
    weakest = (1.0, "", (0, 0, *side.expected.size))
    for band, dye in enumerate(DYES):
        use = sure & (want[:, :, band] > _LEAST_DENSITY)
        even = use & (want[:, :, band] > _MIDDLE[0]) & (want[:, :, band] < _MIDDLE[1])
        value = _strength(have[:, :, band][even], want[:, :, band][even], 0.25)
        if value is not None:
            whole[dye] = value
        for strip in range(_STRIPS):
            begin, end = strip * width // _STRIPS, (strip + 1) * width // _STRIPS
            part = use[:, begin:end]
            value = _strength(have[:, begin:end, band][part], want[:, begin:end, band][part])
            if value is not None and value < weakest[0]:
                box = (begin * _CELL, 0, end * _CELL, side.expected.size[1])
                weakest = (value, dye, box)
    judge(CardCheck.PANELS, weakest[0], side.name, side.expected.mm(weakest[2]), weakest[1])
    strong = max(whole, key=lambda dye: whole[dye]) if whole else ""
    if side.expected.photo(ghost=False) is None:
        bare = _cells((side.expected.resin > 0).astype(np.float32)) < _SOME_RESIN
        cast = _balance(seen, told, sure & bare)
    else:
        # Head and portrait make the front's balance about half as sure as the back's.
        apart = max(whole.values()) - min(whole.values()) if whole else 0.0
        cast = _FRONT * max(apart, _cast(seen, told, sure))
    judge(CardCheck.COLOUR, cast, side.name, None, strong)


def _strength(have: Pixels, want: Pixels, least: float = _ENOUGH) -> float | None:
    """How much of a dye's ordered density is there; None where too little was ordered."""
    total = float(np.square(want).sum())
    return None if total < least else float((have * want).sum()) / total


def _balance(seen: Pixels, told: Pixels, sure: Pixels) -> float:
    """By which share the strongest dye is stronger than the weakest, in light and middle tones."""
    found: list[float] = []
    for band in range(3):
        want, have = 255 - told[:, :, band], 255 - seen[:, :, band]
        use = sure & (want > _TONES[0]) & (want < _TONES[1])
        total = float(np.square(want[use]).sum())
        if int(use.sum()) >= 30:
            found.append(float((have[use] * want[use]).sum()) / total)
    least = min(found, default=1.0)
    return 0.0 if len(found) < 3 or least <= 0.05 else max(found) / least - 1


def _cast(seen: Pixels, told: Pixels, sure: Pixels) -> float:
    """How far middle tones' tint is off, as a share of white."""
    level = told.mean(axis=2)
    use = sure & (level > 60) & (level < 246)
    if int(use.sum()) < 100:
        return 0.0
    off = np.median((seen - told)[use], axis=0)
    return float(np.abs(off - off.mean()).max()) / 255 * 3


def check_black(side: Side, judge: Judge) -> bool:
    """Whether resin lies where it was ordered, strip by strip; the answer too."""
    core = cv2.erode(side.expected.resin, np.ones((3, 3), np.uint8)) > 0
    width = core.shape[1]
    weakest = (1.0, (0, 0, *side.expected.size))
    for strip in range(_STRIPS):
        begin, end = strip * width // _STRIPS, (strip + 1) * width // _STRIPS
        part = core[:, begin:end]
        if int(part.sum()) < 150:
            continue
        # The darker half: where the print is somebody else's, half of it lies beside ours.
        dark = 1 - float(np.percentile(side.grey[:, begin:end][part], 35)) / 255
        if dark < weakest[0]:
            weakest = (dark, (begin, 0, end, side.expected.size[1]))
    return judge(CardCheck.BLACK, weakest[0], side.name, side.expected.mm(weakest[1]))


def resin_shift(side: Side) -> tuple[float, float] | None:
    """How far the resin lies from where the dye says it should, in pixels."""
    moved = measured(_bytes(side.grey), side.expected, _REACH, black=True)
    return _usual(moved)


def dye_shifts(side: Side) -> DyeShifts:
    """How far each dye lies from where the print as a whole says it should, in pixels."""
    seen = _bytes(side.seen)
    found = [
        _usual(measured(seen[:, :, band], side.expected, _REACH_DYE, most=_PATCHES))
        for band in range(3)
    ]
    return found[0], found[1], found[2]


def check_places(
    side: Side, shift: tuple[float, float] | None, dyes: DyeShifts, judge: Judge
) -> None:
    """Resin against dye, dyes against each other, and the whole print against the plastic."""
    unit = 25.4 / side.expected.layout.dpi
    worst, which = 0.0, ""
    if shift is not None:
        worst, which = float(np.hypot(*shift)), "black"
    steps = {band: way for band, way in enumerate(dyes) if way is not None}
    for one in steps:
        for other in steps:
            apart = float(np.hypot(*np.subtract(steps[one], steps[other])))
            if one < other and apart > worst:
                worst, which = apart, DYES[other]
    judge(CardCheck.REGISTRATION, worst * unit, side.name, None, which)
    edges = side.registered.edges
    if edges is None:
        return
    width, height = side.expected.size
    frame = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    off = edges - frame
    # A shifted print is off at both opposite edges; a single one is a shadow or a dark band.
    across = _both(float(off[[0, 3], 0].mean()), float(off[[1, 2], 0].mean()))
    down = _both(float(off[[0, 1], 1].mean()), float(off[[2, 3], 1].mean()))
    judge(CardCheck.PLACE, float(np.hypot(across, down)) * unit, side.name)


def _both(one: float, other: float) -> float:
    if one * other <= 0:
        return 0.0
    return min(abs(one), abs(other))


def _usual(moved: Iterable[Moved]) -> tuple[float, float] | None:
    """The median way of patches that agree."""
    ways = np.array([(m.dx, m.dy) for m in moved if m.match > 0.6])
    if len(ways) < 4:
        return None
    middle = np.median(ways, axis=0)
    near = np.hypot(*(ways - middle).T) < 2.0
    if int(near.sum()) < max(4, len(ways) // 2):
        return None
    middle = np.median(ways[near], axis=0)
    return float(middle[0]), float(middle[1])


def edges_of(shift: tuple[float, float] | None, box: BoxPx) -> BoxPx:
    """A box moved by whole pixels."""
    if shift is None:
        return box
    dx, dy = round(shift[0]), round(shift[1])
    return box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy


def _cells(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    size = (width // _CELL, height // _CELL)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _density(pixels: Pixels) -> Pixels:
    return -np.log10((np.clip(pixels, 0, 255) + 6) / 261)


def _bytes(pixels: Pixels) -> Pixels:
    return np.clip(pixels, 0, 255).astype(np.uint8)
