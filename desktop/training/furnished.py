"""Whether a training counter still lacks its sample world; a furnishing cut short goes on.

Asked at every start, so it looks at rows alone and loads what makes the world only if it must.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from db import rows
from desktop.domain.states import BlankState
from desktop.ledger import TABLES

if TYPE_CHECKING:
    from desktop.services.desk import Desk

IN_FEEDER = 60


def furnish(desk: Desk) -> None:
    """Give a training store what it lacks."""
    with desk.ledger.reading() as r:
        lacks = {
            name: not rows.count(r.conn, TABLES[kind], {})
            for name, kind in (("blanks", "Blank"), ("people", "Person"), ("officers", "Officer"))
        }
    if any(lacks.values()):
        from desktop.training import office

        office.furnish(desk, **lacks)


def fill_feeder(desk: Desk) -> None:
    """A new program finds an empty simulated printer: put in what this counter still holds."""
    if desk.bench is None:
        return
    wanted = {"custodian": desk.frame.counter, "state": str(BlankState.ASSIGNED)}
    with desk.ledger.reading() as r:
        here = rows.find(r.conn, TABLES["Blank"], wanted, limit=IN_FEEDER)
    desk.bench.load_blanks(str(row["id"]) for row in here)
