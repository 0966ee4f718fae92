"""What stands between a counter and the close of its shift."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.periods import PeriodKind
from desktop.domain.service import Channel
from desktop.domain.stock import Blank, BlankState, Job, JobState, Shift
from desktop.ledger import Reading
from desktop.services.base import Frame
from desktop.services.centre_link import not_elsewhere
from desktop.services.own_jobs import own_jobs

OPEN_STATES = (
    S.REGISTERED, S.REQUIREMENTS_CHECKED, S.TESTED, S.PAID, S.CAPTURED, S.CONFIRMED, S.ON_HOLD,
)  # fmt: skip
"""Walk-in cases whose applicant may not have come back."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that somebody left; `overdue` when the office's waiting term is over."""

    application: Application
    overdue: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in the way of the close, and what is merely listed.

    Jobs in doubt and blanks at the printer block; the rest is for the officer to look at.
    """

    in_doubt: tuple[Job, ...] = ()
    at_printer: tuple[Blank, ...] = ()
    unfinished: tuple[Application, ...] = ()
    open_cases: tuple[OpenCase, ...] = ()
    earlier: Shift | None = None

    @property
    def blocks(self) -> bool:
        return bool(self.in_doubt or self.at_printer)


def standing(frame: Frame, r: Reading, shift: Shift | None) -> Standing:
    """Looked at from the shift that is to be closed."""
    at_printer = r.find(
        Blank, custodian=frame.counter, state=[BlankState.RESERVED, BlankState.AT_PRINTER]
    )
    unfinished = r.find(Application, state=[S.IN_PRODUCTION, S.ENCODED, S.PRINTED, S.INSPECTED])
    unfinished = not_elsewhere(frame.link, r, unfinished)
    cases = r.find(Application, state=OPEN_STATES, channel=Channel.WALK_IN)
    cases = not_elsewhere(frame.link, r, cases)
    rules, today, zone = frame.rules(), frame.today(), frame.zone.zone

    def over(app: Application) -> bool:
        return today > rules.last_day(
            PeriodKind.CASE_WAITING, app.changed_at.astimezone(zone).date()
        )

    open_cases = tuple(
        OpenCase(app, over(app)) for app in sorted(cases, key=lambda app: app.changed_at)
    )
    return Standing(
        tuple(own_jobs(frame, r, [JobState.IN_DOUBT])),
        tuple(at_printer),
        tuple(unfinished),
        open_cases,
        shift if shift is not None and shift.day < today else None,
    )
