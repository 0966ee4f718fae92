"""The end of the day: spoiled cards destroyed, blanks counted by hand, the shift closed."""

from __future__ import annotations

from desktop.domain.reasons import DestroyReason
from desktop.services.closing import Closed
from desktop.training.day import Day, OffScript
from desktop.training.office import BLANKS, LOT

STATEMENT = (
    "Satu kartu macet saat dicetak dan satu kartu ditolak saat diperiksa; keduanya dirusak dan"
    " dicatat, pita terpakai lebih banyak dari kartu yang jadi."
)
"""What the officer says of the ribbon: words of the story's own office, in its own language."""


def destroy_spoiled(day: Day) -> None:
    """What the day spoiled is shredded before the stock keeper and the supervisor."""
    desk = day.desk
    day.sign_in("nyoman")
    waiting = [card.serial for card in desk.destruction.waiting()]
    second = day.second("bambang")
    day.spend(120)
    made = desk.destruction.destroy(day.by, second, waiting, DestroyReason.SPOILED)
    day.hand_out(made)
    day.tell("destroyed", cards=len(waiting), minutes=made.paper.number)


def close_shift(day: Day) -> None:
    """Count, reckon, say what differs, sign: the journal's head is anchored."""
    desk = day.desk
    day.sign_in("rahmat")
    standing = desk.closing.standing()
    if standing.blocks or standing.open_cases or standing.unfinished:
        raise OffScript("something is still open at the end of the day")
    day.spend(600)
    counted = BLANKS - len(day.cards)
    reckoned = desk.closing.count(day.by, {LOT: counted})
    [lot] = reckoned.lots
    day.tell("counted", counted=counted, books=lot.balance.closing)
    if reckoned.differs:
        day.spend(60)
        desk.closing.state(day.by, STATEMENT)
        day.tell("stated")
    with day.officer("bambang") as by:
        closed: Closed = desk.closing.close(by)
        shift, whole_day = desk.reports.both(by, closed.shift.id)
        desk.closing.keep_reports(closed.shift.id, shift.paper.id, whole_day.paper.id)
        for report in (shift, whole_day):
            day.hand_out(report)
    day.tell("closed", lot=LOT, issued=lot.balance.issued, spoiled=lot.balance.spoiled)
    desk.duty.sign_out()
