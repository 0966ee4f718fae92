"""What must hold in the ledger whatever a device did, and what an officer who looks answers."""

from __future__ import annotations

from desktop.domain.officer import Actor
from desktop.domain.stock import Blank, BlankState, DoubtAnswer, Job, JobState
from desktop.services.desk import Desk
from desktop.services.doubts import Doubt
from desktop.services.lot_balances import balances
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore


def untrue(desk: Desk) -> list[str]:
    """What in the ledger doesn't hold: nothing, always."""
    wrong: list[str] = []
    with desk.ledger.reading() as r:
        wrong += [f"balance of {b.lot}" for b in balances(r, desk.closing.current(r))
                  if not b.holds]  # fmt: skip
        jobs = r.find(Job)
        for job in jobs:
            if job.state not in (JobState.PRINTED, JobState.FAILED, JobState.IN_DOUBT):
                wrong.append(f"job left {job.state}")
        held = {job.blank_serial for job in jobs if job.state is not JobState.FAILED}
        for blank in r.find(Blank, state=[BlankState.RESERVED, BlankState.AT_PRINTER]):
            if blank.id not in held:
                wrong.append(f"{blank.state} without a job")
        for job in jobs:
            if job.state is JobState.FAILED and job.blank_serial not in held:
                blank = r.get(Blank, job.blank_serial)
                if blank.state not in (BlankState.ASSIGNED, BlankState.SPOILED,
                                       BlankState.MISSING):  # fmt: skip
                    wrong.append(f"a failed job's blank is {blank.state}")
    if not desk.oversight.verify().sound:
        wrong.append("journal")
    return wrong


def cards_about(core: PrinterCore) -> list[PlasticCard]:
    """Every card that the machine fed, wherever it lies now."""
    truth = core.truth
    inside = [truth.inside] if truth.inside is not None else []
    return [*truth.output, *truth.reject, *truth.by_hand, *inside]


def true_answer(core: PrinterCore, doubt: Doubt) -> DoubtAnswer:
    """What an officer says who looks where the card is."""
    found = (card for card in cards_about(core) if card.serial == doubt.job.blank_serial)
    card = next(found, None)
    if card is not None and card.whole:
        return DoubtAnswer.CARD_GOOD
    if doubt.job.reached is JobState.INTENT:
        return DoubtAnswer.NO_CARD
    return DoubtAnswer.CARD_SPOILED


def by_hand(desk: Desk, by: Actor, core: PrinterCore) -> None:
    """Clear the machine; blanks that the ledger still has go back on top of the feeder."""
    core.remedy()
    if core.truth.inside is not None:
        card = core.let_out()
        assert card is not None
        core.truth.by_hand.append(card)
    with desk.ledger.reading() as r:
        for card in (*core.take_output(), *core.take_by_hand()):
            if r.get(Blank, card.serial).state is BlankState.ASSIGNED:
                core.truth.feeder.insert(0, card)
            else:
                core.truth.reject.append(card)
