"""A lane that is busy for as long as a test wants: what comes then waits, as behind other work."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from desktop.lanes import LaneRunner
from desktop.presenters.base import Presenter


class BusyLane:
    """Lanes of which one keeps its work until it is let go, in the order in which it came."""

    def __init__(self, lanes: LaneRunner, lane: str) -> None:
        self._lanes = lanes
        self._lane = lane
        self._kept: list[Callable[[], None]] = []

    def call(self, lane: str, work: object, then: object = None, failed: object = None) -> None:
        def go() -> None:
            self._lanes.call(lane, work, then, failed)  # type: ignore[arg-type]

        if lane == self._lane:
            self._kept.append(go)
        else:
            go()

    def busy(self, lane: str) -> bool:
        return False

    def let_go(self) -> None:
        """Do what waits, and what comes of it."""
        while self._kept:
            self._kept.pop(0)()


def on_busy_lane(presenter: Presenter[Any], lane: str) -> BusyLane:
    """The presenter's work on this lane waits from now on."""
    lanes = BusyLane(presenter.desk.lanes, lane)
    presenter.desk = dataclasses.replace(presenter.desk, lanes=lanes)  # type: ignore[arg-type]
    return lanes
