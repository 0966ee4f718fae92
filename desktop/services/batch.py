"""Many cards in a row: one case after the other, one card each, stopped by what needs a hand.

A batch is only a way of pressing the same key often: every card goes the whole way of
`Issuing.issue`. What stops the machine stops the batch, with the list of what is left; going on
with that list goes on where it stopped, because a case that has its card is passed over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor
from desktop.domain.stock import BlankNotBack, FeederUnknown, JobInDoubt, NoBlankAssigned
from desktop.services import pool
from desktop.services.base import ClockWrong, Frame
from desktop.services.cardmaker import ChipDiffers
from desktop.services.doubts import Outcome, Result
from desktop.services.issuing import Issuing, PrinterIdle
from desktop.services.particulars import OfficeIsSample
from devices.errors import CardFault, DeviceFault

CHIP_TRIES = 2
"""Blanks tried for one case before somebody looks: a chip may be dead on arrival, not two."""


HAS_ITS_CARD = frozenset({S.PRINTED, S.INSPECTED, S.READY, S.IN_DELIVERY, S.HANDED_OVER, S.CLOSED})


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """One more case was dealt with."""

    done: int
    total: int
    application_id: str
    result: Result | None


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of a batch. `left` can be run again, `refused` names why by case.

    `stopped` is what stopped it: a fault, a problem of the counter, or None (done or cancelled).
    `spoiled` tells each blank that it cost, also where another made the card; `put_back` those that
    came out untouched and belong on top of the stack again.
    """

    batch: str
    printed: tuple[Application, ...] = ()
    refused: tuple[tuple[str, Problem], ...] = ()
    left: tuple[str, ...] = ()
    stopped: Exception | None = None
    last: Result | None = None
    spoiled: tuple[Result, ...] = ()
    put_back: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.left


class BatchRun:
    """Prints approved cases one by one."""

    def __init__(self, frame: Frame, issuing: Issuing) -> None:
        self._frame = frame
        self._issuing = issuing

    def run(
        self,
        by: Actor,
        ids: Sequence[str],
        progress: Callable[[BatchProgress], None] | None = None,
        cancel: threading.Event | None = None,
        *,
        batch: str = "",
    ) -> BatchOutcome:
        """Print what is approved among `ids`, in their order.

        A case that can't be printed is refused by itself; an empty hopper, a jam, a ribbon's end
        or a doubt stops the rest, unless another printer can go on. `cancel` ends it between two
        cards, never within one.
        """
        batch = batch or self._frame.ids.new()
        waiting = list(dict.fromkeys(ids))
        total = len(waiting)
        self._note(by, "batch.begun", batch, {"count": total})
        printed: list[Application] = []
        refused: list[tuple[str, Problem]] = []
        stopped: Exception | None = None
        last: Result | None = None
        out: set[str] = set()
        spoiled: list[Result] = []
        put_back: list[str] = []
        while waiting and stopped is None and not (cancel is not None and cancel.is_set()):
            one, machine = waiting[0], ""
            last = None
            try:
                if self._still_to_print(one):
                    machine = pool.choose(self._frame, out) or ""
                    last = self._one(by, one, batch, machine, spoiled)
                    put_back += [last.put_back] if last.put_back else []
                    stopped = last.fault if last.outcome is not Outcome.PRINTED else None
            except (
                NoBlankAssigned,
                FeederUnknown,
                BlankNotBack,
                ClockWrong,
                OfficeIsSample,
                DeviceFault,
            ) as problem:
                stopped = problem
                put_back += [problem.expected] if isinstance(problem, BlankNotBack) else []
            except Problem as problem:
                refused.append((one, problem))
            if stopped is not None and self._another(by, batch, machine, out, stopped):
                doubt = last.job if last is not None and last.outcome is Outcome.IN_DOUBT else None
                if doubt is not None:
                    refused.append((one, JobInDoubt(job=doubt.id, serial=doubt.blank_serial)))
                    waiting.pop(0)
                stopped = last = None
                continue
            if stopped is not None:
                break
            if last is not None:
                printed.append(last.application)
            waiting.pop(0)
            if progress is not None:
                progress(BatchProgress(total - len(waiting), total, one, last))
        self._note(
            by,
            "batch.ended",
            batch,
            {
                "printed": len(printed),
                "refused": len(refused),
                "left": len(waiting),
                "stopped": type(stopped).__name__ if stopped is not None else "",
            },
        )
        return BatchOutcome(
            batch, tuple(printed), tuple(refused), tuple(waiting), stopped, last, tuple(spoiled),
            tuple(put_back),
        )  # fmt: skip

    def _still_to_print(self, application_id: str) -> bool:
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
        return app.state not in HAS_ITS_CARD

    def _another(
        self, by: Actor, batch: str, machine: str, out: set[str], stopped: Exception
    ) -> bool:
        """Whether another printer goes on in this batch; the one that stopped rests.

        What it was doing is never done again by the other: a card in doubt stays so, a case whose
        blank was spoiled or put back begins anew.
        """
        if not machine or not isinstance(stopped, DeviceFault | PrinterIdle):
            return False
        out.add(machine)
        instead = pool.choose(self._frame, out)
        if instead is None or not self._frame.hub.status(instead).health.usable:
            return False
        told: dict[str, object] = {"from": machine, "to": instead, "fault": type(stopped).__name__}
        self._note(by, "batch.other_printer", batch, told)
        return True

    def _one(
        self, by: Actor, application_id: str, batch: str, machine: str, spoiled: list[Result]
    ) -> Result:
        tries = 0
        while True:
            tries += 1
            result = self._issuing.issue(by, application_id, batch=batch, machine=machine)
            if result.outcome is Outcome.SPOILED:
                spoiled.append(result)
            if tries == CHIP_TRIES or not isinstance(result.fault, CardFault | ChipDiffers):
                return result

    def _note(self, by: Actor, act: str, batch: str, told: dict[str, object]) -> None:
        with self._frame.ledger.acting(by) as w:
            w.record(act, batch, told)
