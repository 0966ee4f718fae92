"""Whether a training counter still lacks its sample world; a furnishing cut short goes on.

Asked at every start, so it looks at rows alone and loads what makes the world only if it must.
"""

from __future__ import annotations

import dataclasses
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from db import rows
from desktop.domain.states import BlankState
from desktop.ledger_rows import TABLES
from desktop.notices import DeviceChanged, Notice
from desktop.settings import Cards, Settings
from devices.device import DeviceKind

if TYPE_CHECKING:
    from desktop.services.desk import Desk
    from devices.simulators.printer_core import PrinterTruth

IN_FEEDER = 60
COUNTS_FILE = "simulated-printer.json"
COUNTS = ("cards", "errors", "panels", "ribbon", "unnumbered", "since_cleaning")


def training_settings(settings: Settings) -> Settings:
    """A new training counter's settings: its blanks have a licence's chip, signed and locked.

    A live counter's are plain until its office has keys for the others.
    """
    return dataclasses.replace(settings, cards=Cards("licence"))


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
    _recall_counts(desk.bench.printer.truth, desk.profile.path / COUNTS_FILE)
    wanted = {"custodian": desk.frame.counter, "state": str(BlankState.ASSIGNED)}
    with desk.ledger.reading() as r:
        here = rows.find(r.conn, TABLES["Blank"], wanted, limit=IN_FEEDER)
    desk.bench.load_blanks(str(row["id"]) for row in here)


def keep_counts(desk: Desk) -> None:
    """What a printer's metal remembers while it is off: else the shift's close would differ."""
    if desk.bench is not None:
        truth = desk.bench.printer.truth
        told = json.dumps({name: getattr(truth, name) for name in COUNTS})
        part = desk.profile.path / f"{COUNTS_FILE}.part"
        with suppress(OSError):  # on a full disk those of the last end stay
            part.write_text(told, encoding="utf-8")
            part.replace(desk.profile.path / COUNTS_FILE)


def keep_counting(desk: Desk) -> None:
    """Write them down whenever the printer changes too: nobody says good-bye before a kill."""

    def heard(notice: Notice) -> None:
        if isinstance(notice, DeviceChanged) and notice.kind is DeviceKind.CARD_PRINTER:
            keep_counts(desk)

    desk.notices.subscribe(heard)


def _recall_counts(truth: PrinterTruth, file: Path) -> None:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        kept = {name: int(told[name]) for name in COUNTS}
    except (OSError, ValueError, KeyError, TypeError):
        return  # a new profile: the machine is new too
    for name, count in kept.items():
        setattr(truth, name, count)
