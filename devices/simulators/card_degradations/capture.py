"""The picture that a camera on its stand or a flat-bed takes of one side of a card.

`taken` lays the finished plastic on a ground and lets light, lens, sensor and file do to it what
they do; `good_conditions` draws conditions that a counter keeps (which the inspection must bear),
`bad_conditions` pushes one of them beyond that. Every effect is a function of a picture, a severity
from 0 (nothing) to 1 (hardly anything can be seen) and a generator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np

from devices.simulators.card_degradations.planes import Pixels, Rng, clouds, span

SMALLEST_WIDTH = 930
LARGEST_WIDTH = 1180
"""Pixels across the card, at its shorter edge, of a picture as the inspection asks for it."""


class Rig(StrEnum):
    CAMERA = "camera"
    FLATBED = "flatbed"


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a picture is taken."""

    rig: Rig
    width: float
    """Pixels across the card."""
    turn: float = 0.0
    """Degrees."""
    slant: float = 0.0
    """How much shorter the far edge is, as a share; its direction is drawn."""
    ground: tuple[int, int, int] = (70, 74, 80)
    effects: Mapping[str, float] = field(default_factory=dict[str, float])
    """Severity of each effect, by its name in EFFECTS, in the order in which they come."""
    quality: int = 92
    """Of the JPEG; 0 for a PNG."""


def uneven(picture: Pixels, severity: float, rng: Rng) -> Pixels:
    """Light from one side: up to 45 per cent darker at the other."""
    angle, deep = rng.uniform(0, 2 * np.pi), 0.45 * severity
    across, down = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 7))
    slope = (across * np.cos(angle) + down * np.sin(angle)) / 1.2
    return _lit(picture, 1 - deep * (0.5 + 0.5 * slope) - 0.1 * severity * (across**2 + down**2))


def shaded(picture: Pixels, severity: float, rng: Rng) -> Pixels:
    """A shadow with a soft edge over a part: a hand, the stand."""
    at, angle = rng.uniform(0.25, 0.75), rng.uniform(-0.5, 0.5)
    across, down = np.meshgrid(np.linspace(0, 1, 64), np.linspace(0, 1, 48))
    inside = np.clip((across + (down - 0.5) * angle - at) * 14 + 0.5, 0, 1)
    return _lit(picture, 1 - inside * span(0, 0.65, severity))


def glaring(picture: Pixels, severity: float, rng: Rng) -> Pixels:
    """A lamp mirrored in the varnish; at 1 it washes a quarter of the card out."""
    height, width = picture.shape[:2]
    at = rng.uniform((0.15, 0.15), (0.85, 0.85))
    across, down = np.meshgrid(np.linspace(0, 1, 80), np.linspace(0, height / width, 60))
    x, y = across - at[0], down - at[1] * height / width
    angle = rng.uniform(0, np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    beside = -x * np.sin(angle) + y * np.cos(angle)
    size = span(0.04, 0.2, severity)
    blob = np.exp(-((along / (size * rng.uniform(1, 2.2))) ** 2) - (beside / size) ** 2)
    light = cv2.resize((blob * 300 * severity).astype(np.float32), (width, height))
    return cv2.add(picture, cv2.merge([light] * 3), dtype=cv2.CV_8U)


def tinted(picture: Pixels, severity: float, rng: Rng) -> Pixels:
    """White balance off: warm, cold or green."""
    kinds = ((1.0, 0.9, 0.62), (0.72, 0.9, 1.0), (0.82, 1.0, 0.78))
    kind = np.array(kinds[int(rng.integers(3))])
    return _through(picture, [np.arange(256) * (1 - severity * (1 - share)) for share in kind])


def exposed(picture: Pixels, severity: float, rng: Rng) -> Pixels:
    """Too dark or too bright, to a stop and a half, along the sensor's curve."""
    stops = 1.5 * severity * rng.choice((-1, 0.6))
    levels = 255 * np.clip((np.arange(256) / 255) ** 2.2 * 2**stops, 0, 1) ** (1 / 2.2)
    return _through(picture, [levels] * 3)


def flat(picture: Pixels, severity: float, rng: Rng) -> Pixels:
    """Less contrast: a dusty glass, stray light."""
    levels = np.arange(256) * (1 - 0.7 * severity) + 255 * 0.7 * severity * rng.uniform(0.3, 0.8)
    return _through(picture, [levels] * 3)


def unfocused(picture: Pixels, severity: float, rng: Rng) -> Pixels:
    sigma = span(0.3, 5.0, severity)
    return cv2.GaussianBlur(picture, (0, 0), sigma)


def shaken(picture: Pixels, severity: float, rng: Rng) -> Pixels:
    """Moved while it was taken, 1 to 24 pixels."""
    length = round(span(1, 24, severity)) | 1
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    turn = cv2.getRotationMatrix2D((length // 2, length // 2), float(rng.uniform(0, 180)), 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def barrelled(picture: Pixels, severity: float, rng: Rng) -> Pixels:
    """A lens that bends straight lines."""
    height, width = picture.shape[:2]
    bend = 0.18 * severity * rng.choice((-1, 1))
    x, y = np.meshgrid(np.linspace(-1, 1, 41), np.linspace(-1, 1, 31) * height / width)
    more = 1 + bend * (x * x + y * y - 0.5)
    there = [
        cv2.resize((middle + one * more * width / 2).astype(np.float32), (width, height))
        for one, middle in ((x, width / 2), (y, height / 2))
    ]
    return cv2.remap(picture, there[0], there[1], cv2.INTER_LINEAR,
                     borderMode=cv2.BORDER_REPLICATE)  # fmt: skip


def noisy(picture: Pixels, severity: float, rng: Rng) -> Pixels:
    """Grain of the sensor, up to 30 levels of standard deviation."""
    height, width = picture.shape[:2]
    grain = _grain()
    y = int(rng.integers(0, grain.shape[0] - height))
    x = int(rng.integers(0, grain.shape[1] - width))
    noise = grain[y : y + height, x : x + width]
    return cv2.addWeighted(picture, 1, noise, 30 * severity / 32, -128 * 30 * severity / 32)


Effect = Callable[[Pixels, float, Rng], Pixels]
EFFECTS: Mapping[str, Effect] = {
    "uneven": uneven,
    "shaded": shaded,
    "glaring": glaring,
    "barrelled": barrelled,
    "shaken": shaken,
    "unfocused": unfocused,
    "exposed": exposed,
    "tinted": tinted,
    "flat": flat,
    "noisy": noisy,
}
"""In the order in which light, lens, sensor and file come."""

GOOD_CAMERA: Mapping[str, float] = {
    "uneven": 0.3,
    "glaring": 0.12,
    "barrelled": 0.03,
    "unfocused": 0.13,
    "exposed": 0.2,
    "tinted": 0.16,
    "flat": 0.08,
    "noisy": 0.14,
}
"""How far each goes at most at a counter that keeps its camera in order."""
GOOD_FLATBED: Mapping[str, float] = {
    "uneven": 0.05,
    "unfocused": 0.1,
    "exposed": 0.08,
    "tinted": 0.06,
    "flat": 0.06,
    "noisy": 0.05,
}
GROUNDS = (
    (46, 48, 52),
    (92, 96, 104),
    (40, 66, 110),
    (118, 88, 58),
    (38, 84, 60),
    (24, 24, 26),
    (140, 130, 118),
)
BAD: tuple[str, ...] = (*EFFECTS, "far_away", "pressed", "slanted", "laid_round")
"""What `bad_conditions` can push: every effect, too few pixels, too hard a JPEG, a slant; and the
card laid the other way round (ever more askew), which is no fault of the picture."""


def good_conditions(rng: Rng) -> Conditions:
    """Two in five pictures come from a flat-bed, the others from a camera."""
    width = float(rng.uniform(SMALLEST_WIDTH, LARGEST_WIDTH))
    ground = GROUNDS[int(rng.integers(len(GROUNDS)))]
    if rng.random() < 0.4:
        effects = {name: most * float(rng.random()) for name, most in GOOD_FLATBED.items()}
        lid = (24, 24, 26) if rng.random() < 0.5 else (104, 106, 108)
        turn = float(rng.uniform(-3, 3))
        quality = int(rng.choice((0, 88, 91, 94, 96)))
        wide = float(rng.uniform(1000, 1022))  # 300 dpi
        return Conditions(Rig.FLATBED, wide, turn, 0.0, lid, effects, quality)
    effects = {name: most * float(rng.random()) for name, most in GOOD_CAMERA.items()}
    if rng.random() < 0.6:
        del effects["glaring"]
    turn, slant = float(rng.uniform(-10, 10)), float(rng.uniform(0, 0.06))
    quality = int(rng.integers(82, 96))
    return Conditions(Rig.CAMERA, width, turn, slant, ground, effects, quality)


def bad_conditions(name: str, severity: float, rng: Rng) -> Conditions:
    """Good conditions with one of them pushed beyond what a counter keeps."""
    good = good_conditions(rng)
    while good.rig is not Rig.CAMERA:
        good = good_conditions(rng)
    if name == "far_away":
        return replace(good, width=span(860, 320, severity))
    if name == "pressed":
        return replace(good, quality=round(span(60, 6, severity)))
    if name == "slanted":
        return replace(good, slant=span(0.08, 0.35, severity), turn=float(rng.uniform(-35, 35)))
    if name == "laid_round":
        return replace(good, turn=180 + span(0, 20, severity))
    low = GOOD_CAMERA.get(name, 0.0)
    effects = {**good.effects, name: span(low, 1.0, severity)}
    return replace(good, effects={one: effects[one] for one in EFFECTS if one in effects})


def taken(card: Pixels, conditions: Conditions, rng: Rng) -> bytes:
    """The file of one side."""
    picture = framed(card, conditions, rng)
    for name, severity in conditions.effects.items():
        picture = EFFECTS[name](picture, severity, rng)
    turned = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    if conditions.quality:
        options = [cv2.IMWRITE_JPEG_QUALITY, conditions.quality]
        return cv2.imencode(".jpg", turned, options)[1].tobytes()
    return cv2.imencode(".png", turned, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def framed(card: Pixels, conditions: Conditions, rng: Rng) -> Pixels:
    """The card on its ground, turned and slanted, with some room around it."""
    height, width = card.shape[:2]
    wide = conditions.width
    high = wide * height / width
    angle = np.deg2rad(conditions.turn)
    reach_x = (abs(wide * np.cos(angle)) + abs(high * np.sin(angle))) * rng.uniform(1.06, 1.16)
    reach_y = (abs(wide * np.sin(angle)) + abs(high * np.cos(angle))) * rng.uniform(1.08, 1.2)
    size = (round(reach_x), round(reach_y))
    corners = np.array([(-wide, -high), (wide, -high), (wide, high), (-wide, high)]) / 2
    away = rng.uniform(0, 2 * np.pi)
    depth = 1 + conditions.slant * (
        corners @ np.array((np.cos(away), np.sin(away))) / np.hypot(wide, high) * 2
    )
    corners = corners / depth[:, None]
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    room = ((reach_x - wide) / 10, (reach_y - high) / 10)
    middle = np.array(size) / 2 + rng.uniform(-0.5, 0.5, 2) * np.clip(room, 0, 12)
    there = (corners @ turn + middle).astype(np.float32)
    here = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(here, there)
    if wide < width * 0.8:  # a warp doesn't gather dots; make the card small first
        share = wide / width
        card = cv2.resize(card, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        matrix = matrix @ np.diag((1 / share, 1 / share, 1))
    wider = cv2.copyMakeBorder(card, 2, 2, 2, 2, cv2.BORDER_REPLICATE)
    wider[(0, 1, -2, -1), :, 3] = 0
    wider[:, (0, 1, -2, -1), 3] = 0
    matrix = matrix @ np.array([(1, 0, -2), (0, 1, -2), (0, 0, 1)], np.float64)
    red, green, blue, shape = cv2.split(cv2.warpPerspective(wider, matrix, size))
    table = _table(size, conditions.ground, conditions.rig, shape, rng)
    share = shape.astype(np.float32) * np.float32(1 / 255)
    return cv2.blendLinear(cv2.merge([red, green, blue]), table, share, 1 - share)


def _table(
    size: tuple[int, int], ground: tuple[int, int, int], rig: Rig, shape: Pixels, rng: Rng
) -> Pixels:
    """The ground with its grain, and the card's own shadow on it."""
    width, height = size
    if rig is Rig.FLATBED:
        return np.full((height, width, 3), ground, np.uint8)
    grain = clouds(rng, width, height, rng.uniform(8, 90)) * 0.3 + 0.85
    dark = cv2.warpAffine(
        cv2.GaussianBlur(cv2.resize(shape, None, fx=0.25, fy=0.25), (0, 0), 2),
        np.array([[4, 0, rng.uniform(-5, 5)], [0, 4, rng.uniform(0, 6)]], np.float32),
        size,
    )
    light = grain * (1 - dark.astype(np.float32) * (0.5 / 255))
    return cv2.merge([(light * colour).astype(np.uint8) for colour in ground])


def _lit(picture: Pixels, coarse: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    light = cv2.resize(coarse.astype(np.float32), (width, height))
    return cv2.multiply(picture, cv2.merge([light] * 3), dtype=cv2.CV_8U)


def _through(picture: Pixels, curves: list[Pixels]) -> Pixels:
    table = np.stack([np.clip(curve, 0, 255).astype(np.uint8) for curve in curves], axis=1)
    return cv2.LUT(picture, table[None])


@lru_cache(maxsize=1)
def _grain() -> Pixels:
    """Standard normal noise in 32nds around 128, large enough to cut any picture out of it."""
    rng = np.random.default_rng(1)
    small = rng.normal(128, 32, (1100, 1100, 3)).clip(0, 255).astype(np.uint8)
    return np.tile(small, (3, 3, 1))
