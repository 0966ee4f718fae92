"""Taking a consignment of blanks in: typed or scanned, on the books only when it is whole."""

from __future__ import annotations

import dataclasses

from desktop.domain.officer import Role
from desktop.domain.stock import (
    BlankAction,
    ConsignmentIncomplete,
    RangeMalformed,
    SerialKnown,
    SerialMalformed,
)
from desktop.domain.workflow import BLANK
from desktop.presenters.stock_close import CloseSteps
from desktop.presenters.stock_view import Area, Receiving

REFUSED = (RangeMalformed, SerialKnown, SerialMalformed)
"""What is told of a box's first and last number."""


class Consignments(CloseSteps):
    """The part of the stock presenter that takes blanks in."""

    _offered: Receiving | None = None
    """The consignment as it was when it was last to be put on the books."""
    _read: Exception | None = None
    """What was refused of it and put away: the next scan mends it still."""

    def may_move(self, action: BlankAction) -> bool:
        """Whether this officer's duty includes it, for the blank on show or any; told if not."""
        looked = self.view.looked
        roles: set[Role] = set()
        for step in BLANK.steps:
            if step.action is action and (looked is None or step.state is looked.blank.state):
                roles |= step.roles
        if not roles:  # not from the state of the card on show: the step itself says so
            roles = {role for step in BLANK.steps if step.action is action for role in step.roles}
        return self.may(*roles)

    def receive(self) -> None:
        """Begin to take a consignment in; a card on show has nothing to do with it."""
        if self.view.looked is not None:
            self.stop()
        if not self.may_move(BlankAction.STORE):
            return
        self._offered, self._read = Receiving(), None
        self.show(receiving=self._offered, problem=None)

    def stop(self) -> None:
        """Leave what was begun here; nothing of it is kept. A recount and the rest end apart.

        In a recount or a consignment what was refused goes first: many cards may have been
        scanned by then.
        """
        refused = self.view.problem is not None
        if self.view.scan is not None and self.view.area is Area.CLOSE:
            self.show(problem=None, **({} if refused else {"scan": None}))
            return
        if self.view.receiving is not None and refused:
            self._read = self.view.problem
            self.show(problem=None)
            return
        self.show(receiving=None, looked=None, asked=None, problem=None)

    def set_receiving(self, **changes: str) -> None:
        """A field of the consignment was typed."""
        now = self.view.receiving
        if now is not None:
            self.left_box(*changes)
            self.count_box(dataclasses.replace(now, **changes))

    def receive_scan(self, serial: str) -> None:
        now = self.view.receiving
        if now is None:
            return
        told = self.view.problem or self._read
        if serial in now.extra and serial.strip().upper()[:40] == _named(told):
            self._take_out(now, serial)
            return
        refused = isinstance(told, REFUSED) and not now.extra
        if refused or not now.first:  # refused, the first and the last are scanned again
            self.set_receiving(first=serial, **({"last": ""} if refused else {}))
        elif not now.last:
            self.set_receiving(last=serial)
        elif serial not in now.extra:
            self.count_box(dataclasses.replace(now, extra=(*now.extra, serial)))

    def _take_out(self, now: Receiving, serial: str) -> None:
        """A loose card that was scanned by mistake isn't of the box."""
        left = tuple(one for one in now.extra if one != serial)
        self.count_box(dataclasses.replace(now, extra=left))
        self.show(said=self.say("stock.loose_out", serial=serial))

    def count_box(self, now: Receiving) -> None:
        """How many cards that makes; a range that isn't one is told at once."""
        self._read = None
        serials = set(now.extra)
        problem: Exception | None = None
        if now.first and now.last:
            try:
                serials.update(self.desk.stock.serials(now.first, now.last))
            except RangeMalformed as refused:
                problem = refused
        self.show(receiving=dataclasses.replace(now, count=len(serials)), problem=problem)

    def accept_consignment(self) -> None:
        """Put the consignment on the books; where something is still to be typed, say what.

        Enter after a field that was just filled is only the way to the next one.
        """
        now, before = self.view.receiving, self._offered
        if now is None or isinstance(self.view.problem, RangeMalformed):
            return
        self._offered = now
        if not now.count or not now.lot:
            if now == before or now.count:
                lacking = "lot" if not now.lot else "serials"
                self.show(problem=ConsignmentIncomplete(reason=lacking))
            return
        by = self.by

        def act() -> int:
            serials = self.desk.stock.serials(now.first, now.last) if now.last else []
            extra = [serial for serial in now.extra if serial not in set(serials)]
            return self.desk.stock.receive(by, now.lot, [*serials, *extra], now.note)

        def then(count: int) -> None:
            self.show(receiving=None, said=self.say("stock.received", count=count))
            self.load()

        def refused(problem: Exception) -> None:
            if isinstance(problem, SerialKnown):
                ranged = self.desk.stock.serials(now.first, now.last) if now.last else []
                # The range is looked at first: where a loose card comes first, the range is right.
                if problem.first in set(now.extra).difference(ranged):
                    problem = SerialKnown(count=problem.count, first=problem.first, reason="loose")
            self.show(problem=problem)

        self.work(act, then, failed=refused)


def _named(refused: Exception | None) -> str:
    """The card that a refusal names, as the books write it: any other one belongs to the box."""
    if isinstance(refused, SerialKnown):
        return refused.first
    return refused.serial if isinstance(refused, SerialMalformed) else ""
