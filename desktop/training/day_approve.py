"""The approver's moment: every waiting case is looked at, then all are signed at once."""

from __future__ import annotations

from desktop.presenters.supervisor import Supervisor
from desktop.presenters.supervisor_view import Watch
from desktop.training.day import Day, OffScript

LOOK = 15.0
"""Seconds that an approver looks at one card beside what it is compared with."""


def sign_waiting(day: Day) -> int:
    """Whoever is at the counter now approves what others made; how many cases."""
    desk = Supervisor(day.desk)
    desk.enter(Watch.APPROVALS)
    waiting = [review.application.id for review in desk.view.reviews if not review.own]
    for case in waiting:
        desk.select(case)
        day.spend(LOOK)
    desk.tick(tuple(waiting))
    day.press(desk, desk.approve)
    if desk.view.reviews:
        raise OffScript(f"{len(desk.view.reviews)} cases still wait for an approver")
    desk.leave()
    desk.close()
    return len(waiting)
