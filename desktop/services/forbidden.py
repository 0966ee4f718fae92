"""What being without the centre forbids right now, for whoever looks at the line's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from desktop.domain.offline import OfflinePrinting
from desktop.domain.service import Service
from desktop.services.base import Frame


@dataclass(frozen=True, slots=True)
class Forbidden:
    """`later` are services whose cards wait for the line; the others may be printed `until` then.

    `until` is None where nothing may be printed any more, or the line is up.
    """

    later: tuple[Service, ...] = ()
    until: datetime | None = None
    cases: bool = False
    sign_in_until: datetime | None = None


def forbidden(frame: Frame) -> Forbidden:
    """What waits while the line is down; nothing while it is up or there is no centre."""
    link = frame.link
    if link is None or link.up:
        return Forbidden()
    age = link.holds_age()
    later: list[Service] = []
    ends: list[timedelta] = []
    rules = frame.rules().offline
    for service in Service:
        rule = next((line for line in rules if service in line.services), None)
        if rule is None or rule.printing is OfflinePrinting.NEVER or age is None:
            later.append(service)
            continue
        left = timedelta(hours=rule.holds_hours) - age
        if left <= timedelta(0):
            later.append(service)
        else:
            ends.append(left)
    until = link.contact if frame.offline_ends else None
    return Forbidden(
        later=tuple(later),
        until=frame.now() + min(ends) if ends else None,
        cases=True,
        sign_in_until=until + timedelta(days=frame.offline_days) if until else None,
    )
