"""A training counter's own centre beside its window: started behind the sign-in, stopped with it.

Nobody waits for it: the counter works without a centre until this one answers, and goes on if it
can't be started.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.domain.realm import Realm
from desktop.services.desk import Desk
from desktop.settings import Centre

if TYPE_CHECKING:
    from desktop.training.home_centre import HomeCentre

LANE = "own_centre"
START_AFTER_MS = 2500
"""The sign-in stands and what the first applicant needs is loaded."""


class OwnCentre:
    """At most one for a window."""

    def __init__(self, desk: Desk, failed: Callable[[Exception], None]) -> None:
        self._desk = desk
        self._failed = failed
        self._busy = threading.Lock()
        self._closed = False
        self._home: HomeCentre | None = None

    @staticmethod
    def wanted(desk: Desk) -> bool:
        """Whether a counter has no other centre and may have this one."""
        return desk.realm is Realm.TRAINING and not desk.settings.centre.host

    def start(self) -> None:
        """Start it on a lane of its own; then the counter is connected."""
        self._desk.lanes.call(LANE, self._start, self._started, self._failed)

    def close(self) -> None:
        """Stop what runs; a start that is under way ends first."""
        with self._busy:
            self._closed = True
            if self._home is not None:
                self._home.close()

    def _start(self) -> Centre | None:
        from desktop.training.home_centre import HomeCentre
        from desktop.training.residents import residents_of

        desk = self._desk
        with self._busy:
            if self._closed:
                return None
            self._home = HomeCentre(desk.profile, desk.clock)
            line = self._home.start(desk.frame.place.office_name, desk.profile.trust.known)
            self._home.keep_notary()
            self._home.play_portal(residents_of(desk))
            return line

    def _started(self, line: Centre | None) -> None:
        if line is not None:
            self._desk.connect_to(line)
