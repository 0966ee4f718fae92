"""A drawn signature from a seed, for demonstrations and tests: nobody's hand."""

from __future__ import annotations

import math
import random

from devices.strokes import PenPoint, Strokes

WIDTH, HEIGHT = 3200, 1200
_STEP_MS = 5


def scribble(seed: int) -> Strokes:
    """A signature-like line of loops, an underline, and sometimes a dot; the same for a seed."""
    source = random.Random(f"pen:{seed}")
    points: list[PenPoint] = []
    time = 0
    loops = source.randint(4, 7)
    left, right = WIDTH * 0.12, WIDTH * 0.82
    speed = [source.uniform(0.8, 1.4) for _ in range(loops)]
    lift = [source.uniform(0.12, 0.34) for _ in range(loops)]
    samples = 26
    for loop in range(loops):
        for sample in range(samples):
            turn = sample / samples
            along = (loop + turn) / loops
            angle = 2 * math.pi * turn * speed[loop]
            x = left + (right - left) * along + 110 * math.sin(angle * 2)
            y = HEIGHT * 0.55 - HEIGHT * lift[loop] * math.sin(angle)
            pressure = round(480 + 300 * math.sin(math.pi * turn))
            points.append(PenPoint(round(x), round(y), time, pressure))
            time += _STEP_MS
    points.append(PenPoint(points[-1].x, points[-1].y, time, 0, tip=False))
    time += 120
    slope = source.uniform(-60, 60)
    for sample in range(30):
        x = left + (right - left) * sample / 29
        y = HEIGHT * 0.78 + slope * sample / 29
        points.append(PenPoint(round(x), round(y), time, 620))
        time += _STEP_MS
    points.append(PenPoint(points[-1].x, points[-1].y, time, 0, tip=False))
    if source.random() < 0.5:
        points.append(PenPoint(round(right + 160), round(HEIGHT * 0.5), time + 100, 700))
    return Strokes(tuple(points), WIDTH, HEIGHT)
