"""From samples to a signature: what every pad's adapter does with what its wire brings.

A pad has no button that says "done": a signature is over when the pen has stayed away for a while
after there was ink. What no hand can write is taken out (a sample far from both its neighbours is
a broken packet); a pen that lies on the pad and doesn't move is said rather than waited for.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.strokes import FULL_PRESSURE, PenPoint, Strokes

MOST_POINTS = 60_000
SPIKE_MM = 12.0
"""No pen leaves its line by more and returns within two samples."""
STUCK_SECONDS = 5.0
"""A pen that touches one spot for so long isn't writing."""
LEAST_INK = 3
"""Samples with the tip down that are more than a slip."""


@dataclass(frozen=True, slots=True)
class Area:
    """A pad's own measures; `per_mm` is 0 where it doesn't say."""

    width: int
    height: int
    per_mm: float = 0.0


class PenTrace:
    """One signature in the making. Ticks are monotonic milliseconds of whoever feeds it."""

    def __init__(self, area: Area, finish_seconds: float, *, forced: bool = False) -> None:
        self._area = area
        self._finish = finish_seconds * 1000
        self._points: list[PenPoint] = []
        self._start: float | None = None
        self._last_down: float | None = None
        self._last_near = 0.0
        self._spot: tuple[int, int] = (-1, -1)
        self._spot_since = 0.0
        self._down = False
        self._ink = 0
        self.forced = forced

    def add(
        self, x: int, y: int, at: float, *, down: bool, near: bool = True, pressure: int = -1
    ) -> None:
        """One sample in pad units; outside the area it counts as its edge."""
        if near or down:
            self._last_near = at
        if not down and not self._points:
            return
        if self._start is None:
            self._start = at
        x = min(max(x, 0), self._area.width)
        y = min(max(y, 0), self._area.height)
        if down:
            self._ink += 1
            self._last_down = at
            if not self._down or self._moved(x, y):
                self._spot, self._spot_since = (x, y), at
        if not down and not self._down:
            return  # a hovering pen draws nothing, and its path is nobody's business
        self._down = down
        if len(self._points) >= MOST_POINTS:
            return
        before = self._points[-1].t if self._points else 0
        since = max(before, round(at - self._start))
        force = FULL_PRESSURE // 2 if pressure < 0 else min(pressure, FULL_PRESSURE)
        self.forced |= pressure >= 0
        self._points.append(PenPoint(x, y, since, force if down else 0, down))

    def _moved(self, x: int, y: int) -> bool:
        near = max(2, round(self._area.per_mm * 0.5))
        return abs(x - self._spot[0]) > near or abs(y - self._spot[1]) > near

    def clear(self) -> None:
        """Begin anew."""
        self.__init__(self._area, self._finish / 1000, forced=self.forced)

    @property
    def inked(self) -> bool:
        """More than a slip was written."""
        return self._ink >= LEAST_INK

    @property
    def writing(self) -> bool:
        """Whether the pen touches now."""
        return self._down

    def is_done(self, now: float) -> bool:
        """Whether the pen has been away long enough."""
        if not self.inked or self._down or self._last_down is None:
            return False
        return now - self._last_down >= self._finish

    def is_stuck(self, now: float) -> bool:
        """Whether the pen touches one spot and doesn't write, or was never seen to leave it."""
        return self._down and now - self._spot_since >= STUCK_SECONDS * 1000

    def strokes(self) -> Strokes:
        """What was written, the last pen up at its end."""
        points = _without_spikes(self._points, self._area.per_mm)
        if points and points[-1].tip:
            last = points[-1]
            points.append(PenPoint(last.x, last.y, last.t, 0, tip=False))
        return Strokes(
            tuple(points), self._area.width, self._area.height, self._area.per_mm, self.forced
        )


def _without_spikes(points: list[PenPoint], per_mm: float) -> list[PenPoint]:
    """The samples without those that jump away from both neighbours of the same stroke."""
    far = (SPIKE_MM * per_mm) ** 2
    if not far or len(points) < 3:
        return list(points)
    kept = [points[0]]
    for index in range(1, len(points) - 1):
        before, now, after = kept[-1], points[index], points[index + 1]
        if (
            before.tip
            and now.tip
            and after.tip
            and _apart(before, now) > far
            and _apart(now, after) > far
            and _apart(before, after) < far
        ):
            continue
        kept.append(now)
    kept.append(points[-1])
    return kept


def _apart(a: PenPoint, b: PenPoint) -> int:
    return (a.x - b.x) ** 2 + (a.y - b.y) ** 2
