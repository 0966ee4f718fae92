"""Accountable stock: consignments, assignment to counters, spoiled, missing and transferred blanks.

What has no number (test cards, ribbon) is in `supplies`, the reckoning in `reckoning`, the end of
a card in `destruction`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop.domain.application import Application, ApplicationState, Incident
from desktop.domain.codes import CodeKind, normal, read_code
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor
from desktop.domain.person import Licence
from desktop.domain.reasons import MissingReason, SpoilReason
from desktop.domain.states import OPEN_JOBS, JobState
from desktop.domain.stock import (
    Balance,
    Blank,
    BlankAction,
    BlankBusy,
    BlankOfCase,
    BlankState,
    Job,
    RangeMalformed,
    SerialKnown,
    SerialMalformed,
    Shift,
    TooManyAsked,
    UnknownBlank,
)
from desktop.ledger import Reading
from desktop.notices import StockChanged
from desktop.services.approval import Approvals
from desktop.services.base import Frame
from desktop.services.custody import ON_HAND, OTHER_OFFICE, STORE_ROOM
from desktop.services.lot_balances import balances, flow_of
from desktop.services.signing import sign_both

TRANSFER = "stock.transfer"
"""The act that two officers sign when blanks leave for another office."""
FIND = "stock.find"
MOST = 5000
"""More serials than a lot ever held: a mistyped range."""

_SERIAL = re.compile(r"(?P<head>.*?)(?P<digits>[0-9]+)")


GONE_BAD = [BlankState.SPOILED, BlankState.TO_BE_DESTROYED, BlankState.DESTROYED]
MAKER_FAULTS = frozenset(str(reason) for reason in SpoilReason if reason.maker_fault)
"""Reasons for which a card goes on the list of defects for its maker."""


class OwnOffice(Problem):
    """Blanks can't be sent to the office that they are at."""

    office: str


@dataclass(frozen=True, slots=True)
class LotLine:
    """One lot on the stock screen: how many stand in each state, here and in the store room.

    `defects` are the serials that were spoiled by a fault of the maker, destroyed ones included.
    """

    lot: str
    states: dict[BlankState, int]
    at_counter: int
    defects: tuple[str, ...] = ()

    @property
    def on_hand(self) -> int:
        return sum(count for state, count in self.states.items() if state in ON_HAND)

    @property
    def in_store(self) -> int:
        return self.states.get(BlankState.IN_STOCK, 0)


_LOSABLE = (
    BlankState.RECEIVED, BlankState.IN_STOCK, BlankState.ASSIGNED, BlankState.SPOILED,
    BlankState.TO_BE_DESTROYED,
)  # fmt: skip
"""States of a blank that the stock screen may report missing."""


class Stock:
    """The stock keeper's and production's acts on blanks."""

    def __init__(self, frame: Frame, approvals: Approvals) -> None:
        self._frame = frame
        self._approvals = approvals

    # -- coming in -------------------------------------------------------------------------

    def serials(self, first: str, last: str) -> list[str]:
        """Every serial from the first to the last of a box. Raises RangeMalformed."""
        low, high = first.strip().upper(), last.strip().upper()
        a, b = _SERIAL.fullmatch(low), _SERIAL.fullmatch(high)
        if a is None or b is None or a["head"] != b["head"] or len(low) != len(high):
            raise RangeMalformed(first=low[:40], last=high[:40])
        start, end = int(a["digits"]), int(b["digits"])
        if end < start or end - start >= MOST:
            raise RangeMalformed(first=low[:40], last=high[:40])
        width = len(a["digits"])
        return [f"{a['head']}{number:0{width}d}" for number in range(start, end + 1)]

    def receive(self, by: Actor, lot: str, serials: Sequence[str], delivery_note: str) -> int:
        """Take a consignment into the store room.

        Raises SerialMalformed (the office's pattern), SerialKnown; nothing is taken then.
        """
        frame = self._frame
        pattern = re.compile(frame.place.serial_pattern)
        cleaned = [serial.strip().upper() for serial in serials]
        for serial in cleaned:
            if not pattern.fullmatch(serial):
                raise SerialMalformed(serial=serial[:40])
        if len(set(cleaned)) != len(cleaned):
            twice = sorted({s for s in cleaned if cleaned.count(s) > 1})
            raise SerialKnown(count=len(twice), first=twice[0])
        with frame.ledger.acting(by) as w:
            known = [serial for serial in cleaned if w.look(Blank, serial) is not None]
            if known:
                raise SerialKnown(count=len(known), first=known[0])
            shift = frame.shift_id(w)
            for serial in cleaned:
                blank = w.add(
                    Blank(
                        id=serial,
                        lot=lot,
                        state=BlankState.RECEIVED,
                        custodian=STORE_ROOM,
                        movement=1,
                    )
                )
                frame.add_movement(w, blank, BlankAction.RECEIVE, None, shift=shift)
                frame.move_blank(w, blank, BlankAction.STORE, shift=shift, record=False)
            w.record(
                "stock.received",
                lot,
                {"lot": lot, "count": len(cleaned), "serials": cleaned, "note": delivery_note},
            )
            w.notify(StockChanged())
        return len(cleaned)

    def assign(self, by: Actor, serials: Iterable[str], counter: str = "") -> int:
        """Hand blanks from the store room to a counter. Raises UnknownBlank, BlankBusy."""
        frame = self._frame
        to = counter or frame.counter
        moved: list[str] = []
        with frame.ledger.acting(by) as w:
            shift = frame.shift_id(w)
            for serial in serials:
                blank = self._free(w, serial, BlankState.IN_STOCK)
                frame.move_blank(
                    w, blank, BlankAction.ASSIGN, custodian=to, shift=shift, record=False
                )
                moved.append(serial)
            w.record("stock.assigned", to, {"counter": to, "serials": moved})
            w.notify(StockChanged())
        return len(moved)

    def assign_next(self, by: Actor, count: int, lot: str = "") -> int:
        """Hand over the next blanks of the store room in order. Raises TooManyAsked."""
        serials = self.next_in_store(count, lot)
        if len(serials) < count or count < 1:
            raise TooManyAsked(asked=count, there=len(serials))
        return self.assign(by, serials)

    def unassign(self, by: Actor, serials: Iterable[str]) -> int:
        """Take unused blanks back into the store room. Raises UnknownBlank, BlankBusy."""
        frame = self._frame
        moved: list[str] = []
        with frame.ledger.acting(by) as w:
            shift = frame.shift_id(w)
            for serial in serials:
                blank = self._free(w, serial, BlankState.ASSIGNED)
                frame.move_blank(
                    w, blank, BlankAction.UNASSIGN, custodian=STORE_ROOM, shift=shift, record=False
                )
                moved.append(serial)
            w.record("stock.unassigned", frame.counter, {"serials": moved})
            w.notify(StockChanged())
        return len(moved)

    def next_in_store(self, count: int, lot: str = "") -> list[str]:
        """The next serials in the store room, in order."""
        here, state = STORE_ROOM, BlankState.IN_STOCK
        with self._frame.ledger.reading() as r:
            found = (
                r.find(Blank, limit=count, custodian=here, state=state, lot=lot)
                if lot
                else r.find(Blank, limit=count, custodian=here, state=state)
            )
        return [blank.id for blank in found]

    # -- going out -------------------------------------------------------------------------

    def spoil(self, by: Actor, serial: str, reason: str, statement: str = "") -> Blank:
        """Write a blank off that no case uses. Raises UnknownBlank, BlankBusy."""
        coded = SpoilReason(reason)
        with self._frame.ledger.acting(by) as w:
            blank = self._free(w, serial, BlankState.IN_STOCK, BlankState.ASSIGNED)
            return self._frame.move_blank(
                w, blank, BlankAction.SPOIL, reason=coded, statement=statement
            )

    def miss(self, by: Actor, serial: str, reason: str, statement: str = "") -> Blank:
        """Report a blank missing, which opens an incident.

        A card that a case holds is reported at the case, which prints anew. Raises UnknownBlank,
        BlankOfCase, BlankBusy.
        """
        coded = MissingReason(reason)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            blank = self._known(w, serial)
            holds = w.first(Application, blank_serial=blank.id)
            if holds is not None and not holds.ended:
                raise BlankOfCase(serial=blank.id, case=holds.number)
            blank = self._free(w, serial, *_LOSABLE)
            blank = frame.move_blank(w, blank, BlankAction.MISS, reason=coded, statement=statement)
            incident = w.add(
                Incident(
                    id=frame.ids.new(),
                    kind="blank_missing",
                    subject=blank.id,
                    opened_by=by.officer,
                    opened_at=frame.now(),
                    details={"lot": blank.lot, "reason": str(coded)},
                    statement=statement,
                )
            )
            w.record("incident.opened", incident.id, {"kind": incident.kind, "serial": blank.id})
        return blank

    @staticmethod
    def missable(r: Reading, blank: Blank) -> bool:
        """Whether the blank may be reported missing, here or at the case that holds its card."""
        holds = r.first(Application, blank_serial=blank.id)
        if holds is None or holds.ended:
            return blank.state in _LOSABLE
        unfinished = [JobState.IN_DOUBT, *OPEN_JOBS]
        made = holds.state in (ApplicationState.PRINTED, ApplicationState.READY)
        return made and r.first(Job, application_id=holds.id, state=unfinished) is None

    @staticmethod
    def used(r: Reading, blank: Blank) -> bool:
        """Whether something was written on its chip, or it was a licence: it is no blank again."""
        return r.first(Licence, blank_serial=blank.id) is not None or any(
            job.chip_uid for job in r.find(Job, blank_serial=blank.id)
        )

    def find(self, by: Actor, second: Actor, serial: str, reason: str) -> Blank:
        """A missing blank turned up: back into stock under two signatures.

        One on whose chip something was written, or that was a licence, is spoiled instead: it waits
        for destruction. Raises UnknownBlank, BlankBusy, SameOfficer.
        """
        with self._frame.ledger.acting(by) as w:
            blank = self._free(w, serial, BlankState.MISSING)
            content = {"serial": blank.id, "number": blank.movement, "reason": reason}
            signed = sign_both(self._approvals, w, by, second, FIND, blank.id, content)
            used = self.used(w, blank)
            found = self._frame.move_blank(
                w, blank, BlankAction.FIND_SPOILED if used else BlankAction.FIND,
                reason=reason, second=second.officer,
                custodian=None if used else STORE_ROOM, record=False,
            )  # fmt: skip
            told = {**content, "second": second.officer, "used": used}
            w.record(FIND, blank.id, told, signed)
        return found

    def other_office(self, typed: str) -> str:
        """Another office's code in its normal form. A counter has no list of the offices.

        Raises CodeMalformed, OwnOffice.
        """
        codes, own = self._frame.rules().codes, self._frame.place.office_code
        office = normal(typed)
        if office == normal(own):
            raise OwnOffice(office=own)
        if any(code.kind is CodeKind.OFFICE for code in codes):
            read_code(codes, CodeKind.OFFICE, typed)
        return office

    def transfer(
        self, by: Actor, second: Actor, serials: Sequence[str], office: str, letter: str
    ) -> int:
        """Send blanks of the store room to another office under two signatures.

        Raises CodeMalformed, OwnOffice, UnknownBlank, BlankBusy, SameOfficer, RoleMissing;
        nothing is moved then.
        """
        frame = self._frame
        office = self.other_office(office)
        with frame.ledger.acting(by) as w:
            moved = [self._free(w, serial, BlankState.IN_STOCK) for serial in serials]
            content = {"serials": [blank.id for blank in moved], "office": office, "letter": letter}
            signed = sign_both(self._approvals, w, by, second, TRANSFER, office, content)
            shift = frame.shift_id(w)
            for blank in moved:
                frame.move_blank(
                    w, blank, BlankAction.TRANSFER, second=second.officer,
                    custodian=f"{OTHER_OFFICE}{office}", shift=shift, record=False,
                )  # fmt: skip
            w.record(TRANSFER, office, {**content, "second": second.officer}, signed)
            w.notify(StockChanged())
        return len(moved)

    def _known(self, w: Reading, serial: str) -> Blank:
        blank = w.look(Blank, serial.strip().upper())
        if blank is None:
            raise UnknownBlank(serial=serial[:40])
        return blank

    def _free(self, w: Reading, serial: str, *states: BlankState) -> Blank:
        blank = self._known(w, serial)
        if blank.state not in states:
            raise BlankBusy(serial=blank.id, state=blank.state)
        return blank

    # -- looking ---------------------------------------------------------------------------

    def look(self, serial: str) -> Blank:
        """One blank as the books have it. Raises UnknownBlank."""
        with self._frame.ledger.reading() as r:
            return self._known(r, serial)

    def lots(self) -> list[LotLine]:
        """Every lot with its counts by state."""
        with self._frame.ledger.reading() as r:
            tally = r.tally(Blank, "lot", "state")
            here = r.tally(Blank, "lot", custodian=self._frame.counter, state=BlankState.ASSIGNED)
            gone = r.find(Blank, state=GONE_BAD)
        defects: dict[str, list[str]] = {}
        for blank in gone:
            if blank.reason in MAKER_FAULTS:
                defects.setdefault(blank.lot, []).append(blank.id)
        lots: dict[str, dict[BlankState, int]] = {}
        for (lot, state), count in tally.items():
            lots.setdefault(lot, {})[BlankState(state)] = count
        return [
            LotLine(lot, states, here.get((lot,), 0), tuple(sorted(defects.get(lot, ()))))
            for lot, states in sorted(lots.items())
        ]

    def free_here(self, count: int) -> list[str]:
        """The next free serials of this counter, in the order in which they will be taken."""
        with self._frame.ledger.reading() as r:
            found = r.find(
                Blank, limit=count, custodian=self._frame.counter, state=BlankState.ASSIGNED
            )
        return [blank.id for blank in found]

    def at_counter(self) -> int:
        """Free blanks at this counter."""
        with self._frame.ledger.reading() as r:
            return r.count(Blank, custodian=self._frame.counter, state=BlankState.ASSIGNED)

    def balances(self, r: Reading, shift: str) -> list[Balance]:
        """The invariant, lot by lot, over one shift; over all time for no shift."""
        return balances(r, r.look(Shift, shift) if shift else None)


__all__ = ["ON_HAND", "STORE_ROOM", "LotLine", "Stock", "flow_of"]
