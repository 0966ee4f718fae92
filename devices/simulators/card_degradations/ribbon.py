"""What ribbons do: panels apart, missing, weak, folded, exchanged, broken.

Each function lays one side's planes wrongly: (planes, severity, rng) to planes. Dye 0 is cyan
(it takes red away), 1 magenta, 2 yellow. The card travels along its long side.
"""

from __future__ import annotations

import cv2
import numpy as np

from devices.simulators.card_degradations.planes import (
    Pixels,
    Planes,
    Rng,
    clouds,
    moved,
    separated,
    span,
    thinned,
    with_channel,
)

CYAN, MAGENTA, YELLOW = 0, 1, 2


def panels_apart(planes: Planes, severity: float, rng: Rng) -> Planes:
    """One dye lies beside the others, mostly along the card's way."""
    index = int(rng.integers(3))
    far = span(1.2, 9, severity) * rng.choice((-1, 1))
    channel = moved(planes.dye[:, :, index], far, far * rng.uniform(-0.3, 0.3), 0, 255)
    return with_channel(planes, index, channel)


def panel_skewed(planes: Planes, severity: float, rng: Rng) -> Planes:
    """One dye was pulled over the card at an angle."""
    index = int(rng.integers(3))
    turn = span(0.15, 2.0, severity) * rng.choice((-1, 1))
    return with_channel(planes, index, moved(planes.dye[:, :, index], 0, 0, turn, 255))


def resin_apart(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Resin black lies beside the dye: texts off their lines, the code off its white."""
    far = span(3, 24, severity)
    angle = rng.uniform(0, 2 * np.pi)
    resin = moved(planes.resin, far * np.cos(angle), far * np.sin(angle), 0, 0)
    return Planes(planes.dye, resin, planes.varnish)


def no_cyan(planes: Planes, severity: float, rng: Rng) -> Planes:
    """The cyan panel was never laid (at any severity, as with the next four)."""
    return _without(planes, CYAN)


def no_magenta(planes: Planes, severity: float, rng: Rng) -> Planes:
    return _without(planes, MAGENTA)


def no_yellow(planes: Planes, severity: float, rng: Rng) -> Planes:
    return _without(planes, YELLOW)


def no_resin(planes: Planes, severity: float, rng: Rng) -> Planes:
    return Planes(planes.dye, np.zeros_like(planes.resin), planes.varnish)


def no_varnish(planes: Planes, severity: float, rng: Rng) -> Planes:
    return Planes(planes.dye, planes.resin, np.zeros_like(planes.varnish))


def weak_cyan(planes: Planes, severity: float, rng: Rng) -> Planes:
    """A panel that gives too little dye, from nine tenths down to a quarter."""
    return _weak(planes, CYAN, severity)


def weak_magenta(planes: Planes, severity: float, rng: Rng) -> Planes:
    return _weak(planes, MAGENTA, severity)


def weak_yellow(planes: Planes, severity: float, rng: Rng) -> Planes:
    return _weak(planes, YELLOW, severity)


def weak_varnish(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Varnish in patches."""
    patches = clouds(rng, planes.width, planes.height, 120) < span(0.25, 0.75, severity)
    return Planes(planes.dye, planes.resin, np.where(patches, 0, planes.varnish).astype(np.uint8))


def resin_faded(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Black that is grey all over."""
    resin = (planes.resin * span(0.88, 0.3, severity)).astype(np.uint8)
    return Planes(planes.dye, resin, planes.varnish)


def resin_patchy(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Resin that didn't take everywhere: strokes with pieces out of them."""
    took = clouds(rng, planes.width, planes.height, span(5, 14, severity))
    resin = np.where(took < span(0.05, 0.5, severity), 0, planes.resin).astype(np.uint8)
    return Planes(planes.dye, resin, planes.varnish)


def resin_smeared(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Soft resin drawn along the card's way."""
    length = round(span(4, 34, severity))
    trail = np.linspace(1, 0, length, dtype=np.float32)
    drawn = planes.resin.astype(np.float32)
    smear = np.zeros_like(drawn)
    step = 1 if rng.random() < 0.5 else -1
    for far in range(1, length):
        smear = np.maximum(smear, np.roll(drawn, step * far, axis=1) * trail[far])
    resin = np.maximum(drawn, smear * span(0.3, 0.75, severity)).astype(np.uint8)
    return Planes(planes.dye, resin, planes.varnish)


def wrinkled(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Folds in the ribbon: slanting streaks where some dyes are missing."""
    streaks = np.zeros((planes.height, planes.width), np.uint8)
    steep = rng.uniform(0.25, 0.9) * rng.choice((-1, 1))
    for _ in range(1 + round(span(0, 4, severity))):
        x = rng.uniform(0, planes.width)
        reach = span(120, 620, severity) * rng.uniform(0.6, 1.2)
        y = rng.uniform(0, planes.height)
        steps = np.linspace(0, 1, 12)
        line = np.stack(
            (
                x + steps * reach + np.cumsum(rng.normal(0, 2, 12)),
                y + steps * reach * steep + np.cumsum(rng.normal(0, 2, 12)),
            ),
            axis=1,
        )
        thick = round(span(1, 5, severity) * rng.uniform(0.7, 1.3)) or 1
        cv2.polylines(streaks, [line.round().astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    keep = 1 - streaks.astype(np.float32) * (span(0.5, 1.0, severity) / 255)
    dye = planes.dye.copy()
    hit = rng.permutation(3)[: int(rng.integers(1, 4))]
    for index in hit:
        dye[:, :, index] = thinned(dye[:, :, index], keep)
    resin = planes.resin
    if rng.random() < 0.4:
        resin = (resin * keep).astype(np.uint8)
    return Planes(dye, resin, planes.varnish)


def panels_exchanged(planes: Planes, severity: float, rng: Rng) -> Planes:
    """The ribbon is a panel out of step: two dyes changed places."""
    first, second = rng.permutation(3)[:2]
    dye = planes.dye.copy()
    dye[:, :, first], dye[:, :, second] = planes.dye[:, :, second], planes.dye[:, :, first]
    return Planes(dye, planes.resin, planes.varnish)


def panel_broke(planes: Planes, severity: float, rng: Rng) -> Planes:
    """One dye ends on the way; the others go on."""
    index = int(rng.integers(3))
    end = round(planes.width * span(0.9, 0.2, severity))
    channel = planes.dye[:, :, index].copy()
    ends = end + (clouds(rng, 2, planes.height, 40)[:, 0] * 20).astype(int)
    channel[np.arange(planes.width)[None, :] >= ends[:, None]] = 255
    return with_channel(planes, index, channel)


def grey_dye(planes: Planes, severity: float, rng: Rng) -> Planes:
    """Colours paler than ordered, down to a grey print: a driver's setting, a wrong ribbon."""
    grey = cv2.cvtColor(planes.dye, cv2.COLOR_RGB2GRAY)[:, :, None].astype(np.float32)
    share = span(0.2, 1.0, severity)
    dye = planes.dye.astype(np.float32) * (1 - share) + grey * share
    return Planes(dye.astype(np.uint8), planes.resin, planes.varnish)


def trace_of_another(planes: Planes, severity: float, rng: Rng, other: Pixels) -> Planes:
    """Dye of the card before, given back by a used ribbon or a dirty roller."""
    before = separated(other)
    strength = span(0.06, 0.5, severity)
    light = np.minimum(before.dye, 255 - before.resin[:, :, None]).astype(np.float32) / 255
    dye = planes.dye.astype(np.float32) * (1 - strength * (1 - light))
    return Planes(dye.astype(np.uint8), planes.resin, planes.varnish)


def _without(planes: Planes, index: int) -> Planes:
    return with_channel(planes, index, np.full_like(planes.resin, 255))


def _weak(planes: Planes, index: int, severity: float) -> Planes:
    return with_channel(planes, index, thinned(planes.dye[:, :, index], span(0.9, 0.25, severity)))
