"""How long the cards last, what the feeder was loaded with, and the used ribbons that wait.

Test cards and ribbon changes themselves are acts of `device_care`; here they are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from db.trail import Wanted, count, look
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Actor, Role
from desktop.domain.stock import (
    Blank,
    BlankBusy,
    BlankState,
    LoadMiscounted,
    Movement,
    UnknownBlank,
)
from desktop.ledger import Reading
from desktop.services.base import Frame, require
from desktop.services.centre_link import not_elsewhere
from desktop.services.lot_balances import flow_of
from desktop.services.pool import FEEDER_LOADED
from devices.device import SupplyName

ASK_SECONDS = 5.0
DAYS_LOOKED_AT = 14
SHORT_DAYS = 3
"""Fewer days of cards than this, and the office should ask for more."""

RIBBON = "device.ribbon_changed"
UNNUMBERED = "stock.unnumbered"
LOADERS = (Role.PRODUCTION, Role.STOCK_KEEPER)
"""Who notes what was put into a printer."""
"""Acts of `device_care`."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long the cards last at the pace of the last days; `days_left` None without a pace."""

    free_here: int
    free_in_store: int
    waiting: int
    approved: int
    per_day: float
    days_left: float | None

    @property
    def free(self) -> int:
        return self.free_here + self.free_in_store

    @property
    def spare(self) -> int:
        """Cards at this counter for whoever waits: approved cases are printed before."""
        return max(0, self.free_here - self.approved)

    @property
    def out(self) -> bool:
        """No free card at this counter: interim letters are the way on."""
        return self.free_here == 0

    @property
    def short(self) -> bool:
        """The whole office's cards end soon; what this counter lacks is `out`."""
        return self.days_left is not None and self.days_left < SHORT_DAYS


@dataclass(frozen=True, slots=True)
class RibbonState:
    """What the printer says of its ribbon, in cards; None where it doesn't answer."""

    left: int | None
    holds: int | None
    used: int
    changes: int


class Supplies:
    """Counts of what is used up, and the forecast."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def feeder_loaded(
        self, by: Actor, count: int, first: str, last: str, machine: str = ""
    ) -> None:
        """A note of which blanks were put into the feeder of the printer, or of one of several.

        Raises UnknownBlank, BlankBusy (not free at this counter) and LoadMiscounted.
        """
        require(by, *LOADERS)
        here, free = self._frame.counter, BlankState.ASSIGNED
        with self._frame.ledger.acting(by) as w:
            for serial in (first, last):
                blank = w.look(Blank, serial)
                if blank is None:
                    raise UnknownBlank(serial=serial[:40])
                if blank.state is not free or blank.custodian != here:
                    raise BlankBusy(serial=blank.id, state=blank.state)
            loaded = w.find(Blank, custodian=here, state=free, since=first, until=last)
            if len(loaded) != count:
                raise LoadMiscounted(first=first, last=last, count=count, there=len(loaded))
            w.record(
                FEEDER_LOADED,
                self._frame.counter,
                {"count": count, "first": first, "last": last, "machine": machine},
            )

    def ribbon(self) -> RibbonState:
        """The printer's ribbon and the used ones that wait for destruction; its lane's work."""
        left = holds = None
        with self._frame.hub.printer() as printer:
            for supply in printer.supplies(timeout=ASK_SECONDS):
                if supply.name is SupplyName.RIBBON:
                    left, holds = supply.left, supply.capacity
        used, changes = self.used_ribbons()
        return RibbonState(left, holds, used, changes)

    def used_ribbons(self) -> tuple[int, int]:
        """Used ribbons that wait for destruction, and all that were ever taken out."""
        with self._frame.ledger.reading() as r:
            return self.ribbons_waiting(r)

    def ribbons_waiting(self, r: Reading) -> tuple[int, int]:
        """The same within a look."""
        counter = self._frame.ledger.journal.counter
        changed = sum(count(r.conn, counter, Wanted(acts=(RIBBON,))).values())
        destroyed = sum(
            int((line.content or {}).get("ribbons", 0))
            for line in look(r.conn, counter, Wanted(acts=("stock.destroyed",)))
        )
        return changed - destroyed, changed

    def forecast(self) -> Forecast:
        """Days left from the use of the last days on which the office worked."""
        frame = self._frame
        today = frame.today()
        with frame.ledger.reading() as r:
            here = r.count(Blank, custodian=frame.counter, state=BlankState.ASSIGNED)
            store = r.count(Blank, state=BlankState.IN_STOCK)
            waiting, approved = (
                len(not_elsewhere(frame.link, r, r.find(Application, state=state)))
                for state in (S.AWAITING_MATERIAL, S.APPROVED)
            )
            used = self._used(r, today - timedelta(days=DAYS_LOOKED_AT))
        per_day = sum(used.values()) / len(used) if used else 0.0
        days = (here + store) / per_day if per_day else None
        return Forecast(here, store, waiting, approved, per_day, days)

    def _used(self, r: Reading, since: date) -> dict[date, int]:
        """Cards used up by day: issued or spoiled."""
        zone = self._frame.zone.zone
        used: dict[date, int] = {}
        after = [BlankState.ISSUED, BlankState.SPOILED]
        start = since.isoformat()
        for movement in r.find(Movement, order="at", since=start, after=after):
            if flow_of(movement):
                day = movement.at.astimezone(zone).date()
                used[day] = used.get(day, 0) + 1
        return used
