"""Pen strokes, and how they are drawn: the same strokes give the same SVG and PNG bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

FULL_PRESSURE = 1023
_SCALE = 4
_MARGIN = 0.06


@dataclass(frozen=True, slots=True)
class PenPoint:
    """A sample: x and y in pad units (y downwards), t in ms since the first, pressure, tip down."""

    x: int
    y: int
    t: int
    pressure: int = FULL_PRESSURE // 2
    tip: bool = True


@dataclass(frozen=True, slots=True)
class Strokes:
    """A signature as it was written; `width` and `height` are the pad's own, in its units.

    `per_mm` is how many of its units make a millimetre, 0 where the pad doesn't say; `forced` is
    whether it measures pressure (else every sample bears the same).
    """

    points: tuple[PenPoint, ...] = field(repr=False)
    width: int
    height: int
    per_mm: float = 0.0
    forced: bool = True

    @classmethod
    def of_unit(
        cls,
        runs: Iterable[Iterable[tuple[float, float, int, float]]],
        width: int = 3200,
        height: int = 1200,
    ) -> Strokes:
        """Strokes from runs of (x, y, ms, pressure), all but the time from 0 to 1."""
        points: list[PenPoint] = []
        for run in runs:
            for x, y, t, pressure in run:
                force = round(pressure * FULL_PRESSURE)
                points.append(PenPoint(round(x * width), round(y * height), t, force))
            if points:
                last = points[-1]
                points.append(PenPoint(last.x, last.y, last.t, 0, tip=False))
        return cls(tuple(points), width, height)

    @property
    def empty(self) -> bool:
        """Whether the pen never touched the pad."""
        return not any(point.tip for point in self.points)

    @property
    def milliseconds(self) -> int:
        """Time from the first sample to the last."""
        return self.points[-1].t - self.points[0].t if self.points else 0

    def runs(self) -> Iterator[tuple[PenPoint, ...]]:
        """The strokes: samples between pen down and pen up."""
        run: list[PenPoint] = []
        for point in self.points:
            if point.tip:
                run.append(point)
            elif run:
                yield tuple(run)
                run = []
        if run:
            yield tuple(run)


def strokes_svg(strokes: Strokes) -> str:
    """The signature as an SVG document of the pad's size, one path a stroke."""
    paths = [f'<path d="{_path(run)}"/>' for run in strokes.runs()]
    line = max(1, strokes.width // 160)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {strokes.width} {strokes.height}">'
        f'<g fill="none" stroke="#000" stroke-width="{line}" stroke-linecap="round" '
        f'stroke-linejoin="round">{"".join(paths)}</g></svg>'
    )


def _path(run: Iterable[PenPoint]) -> str:
    spots = [f"{point.x} {point.y}" for point in run]
    return "M" + "L".join(spots if len(spots) > 1 else spots * 2)


def strokes_png(strokes: Strokes, width: int = 600, height: int = 200) -> bytes:
    """The signature cropped to its ink, centred, black on transparent, as PNG of that size."""
    inked = [point for point in strokes.points if point.tip]
    canvas = Image.new("L", (width * _SCALE, height * _SCALE), 0)
    if inked:
        left, right = min(p.x for p in inked), max(p.x for p in inked)
        top, bottom = min(p.y for p in inked), max(p.y for p in inked)
        room_x, room_y = canvas.width * (1 - 2 * _MARGIN), canvas.height * (1 - 2 * _MARGIN)
        zoom = min(room_x / max(1, right - left), room_y / max(1, bottom - top))
        shift_x = (canvas.width - (right - left) * zoom) / 2 - left * zoom
        shift_y = (canvas.height - (bottom - top) * zoom) / 2 - top * zoom
        draw = ImageDraw.Draw(canvas)
        for run in strokes.runs():
            _ink(draw, [(p.x * zoom + shift_x, p.y * zoom + shift_y, p.pressure) for p in run])
    ink = canvas.resize((width, height), Image.Resampling.BOX)
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    picture.putalpha(ink)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _ink(draw: ImageDraw.ImageDraw, spots: list[tuple[float, float, int]]) -> None:
    for index, (x, y, pressure) in enumerate(spots):
        radius = _SCALE * (0.9 + 1.6 * min(pressure, FULL_PRESSURE) / FULL_PRESSURE)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        if index:
            before = spots[index - 1]
            draw.line((before[0], before[1], x, y), fill=255, width=round(2 * radius))
