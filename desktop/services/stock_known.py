"""What of the office's stock ledger a counter knew at a moment of its shift.

Another counter's movements come with the feed: late where its line was down, and by a clock of its
own. So a shift doesn't take what was written in its time but what became known in it: from each
counter the movements come in their order, and the newest known one of each marks the moment.
Kept among the small facts of the exchange; where it is lost, the shift's own marker serves.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from enum import StrEnum
from typing import Any

from db import sync_state
from desktop.domain.stock import Movement, Shift
from desktop.ledger import Reading, Writing
from desktop.services.custody import Books
from desktop.sources import uuid7

KEY = "stock_known"
SHIFTS_KEPT = 20
LATEST = timedelta(days=7)
"""Movements that come later than this aren't looked for: the next close then shows a difference."""

Marks = dict[str, str]
"""The newest known movement (its id) by who made it."""


class At(StrEnum):
    """The moments of a shift that are noted."""

    OPENED = "opened"
    COUNTED = "counted"
    CLOSED = "closed"


def note(w: Writing, shift: Shift, at: At) -> None:
    """Keep what is known now; nothing at a counter that is alone."""
    books = Books(w, shift.counter)
    if books.alone:
        return
    kept: dict[str, Any] = sync_state.get(w.conn, KEY, {"last": {}, "shifts": {}})
    marks: Marks = kept["last"]
    for movement in w.find(Movement, since=_start(marks)):
        maker = books.maker(movement)
        marks[maker] = max(marks.get(maker, ""), movement.id)
    shifts: dict[str, dict[str, Marks]] = kept["shifts"]
    shifts[shift.id] = {**shifts.get(shift.id, {}), str(at): marks}
    shifts = {key: shifts[key] for key in sorted(shifts)[-SHIFTS_KEPT:]}
    sync_state.put(w.conn, KEY, {"last": marks, "shifts": shifts})


def known(r: Reading, shift: Shift, at: At) -> Marks | None:
    """What was known at that moment; None where it wasn't noted."""
    kept: dict[str, Any] = sync_state.get(r.conn, KEY, {"shifts": {}})
    return kept["shifts"].get(shift.id, {}).get(str(at))


def unknown(r: Reading, books: Books, marks: Marks) -> list[Movement]:
    """Every movement that wasn't known then, in the order of their ids."""
    return [m for m in r.find(Movement, since=_start(marks)) if not among(books, marks, m)]


def among(books: Books, marks: Marks, movement: Movement) -> bool:
    """Whether a movement was known then."""
    return movement.id <= marks.get(books.maker(movement), "")


def _start(marks: Marks) -> str | None:
    """From which id on something may stand that isn't among the known.

    The oldest mark doesn't tell: whoever isn't marked yet may bring older ones.
    """
    if not marks:
        return None
    newest = uuid.UUID(max(marks.values())).int >> 80
    return uuid7(max(0, newest - int(LATEST.total_seconds() * 1000)), bytes(10))
