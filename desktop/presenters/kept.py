"""What one screen keeps of the work on show, so that a killed program opens it where it was.

The presenter tells at every change what stands there now. Only what differs is written, and of what
follows quickly only the last: whoever types a sentence makes a few rows' changes, not fifty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desktop.presenters.base import DESK
from desktop.services.desk import Desk


class Keeper:
    """The kept work of one form. `failed` is told where it couldn't be written."""

    def __init__(self, desk: Desk, form: str, failed: Callable[[Exception], None]) -> None:
        self._desk = desk
        self._form = form
        self._failed = failed
        self._kept: dict[str, Mapping[str, str]] = {}
        self._unwritten: dict[str, Mapping[str, str]] = {}

    def find(self, subject: str) -> dict[str, str]:
        """What was kept; on the store's lane. The finder tells `found` before anything changes."""
        return self._desk.kept_work.find(self._form, subject)

    def found(self, subject: str, fields: Mapping[str, str]) -> None:
        """This is what is kept of it, if anything."""
        if fields:
            self._kept[subject] = dict(fields)
        else:
            self._kept.pop(subject, None)

    def tell(self, subject: str, fields: Mapping[str, str]) -> None:
        """What stands there now; nothing worth keeping is forgotten."""
        duty = self._desk.duty
        if self._kept.get(subject, {}) == fields or duty.session is None or duty.locked:
            return
        by, form = duty.actor(), self._form
        # Also where it fails: what couldn't be kept goes with the next change, not at once again.
        self.found(subject, fields)
        self._unwritten[subject] = dict(fields)

        def write() -> None:
            now = self._unwritten.pop(subject, None)
            if now:
                self._desk.kept_work.keep(by, form, subject, now)
            elif now is not None:
                self._desk.kept_work.forget(by, form, subject)

        self._desk.lanes.call(DESK, write, None, self._failed)
