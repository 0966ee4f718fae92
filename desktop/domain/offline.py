"""What a counter may do while the centre can't be reached, and with whose cases.

Strict by default: cards are made only where neither a lost line nor an old list can hide that the
person has a licence elsewhere or is held. Everything else is captured now and printed later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.service import Service

MARGIN = timedelta(minutes=10)
"""A lease that ends sooner than this makes no card: another counter may take the case then."""


class OfflinePrinting(StrEnum):
    """Whether a card is made without the centre."""

    NEVER = "never"
    OLD_LICENCE_SEEN = "old_licence_seen"
    ALWAYS = "always"


class LaterWhy(StrEnum):
    """Why a card waits for the line."""

    NEVER_OFFLINE = "never_offline"
    OLD_LICENCE_UNSEEN = "old_licence_unseen"
    HOLDS_OLD = "holds_old"
    LEASE_ENDS = "lease_ends"
    CREW_LIMIT = "crew_limit"


@dataclass(frozen=True, slots=True)
class OfflineRule:
    """One line of the policy: holds and revocations must be younger than `holds_hours`."""

    services: tuple[Service, ...]
    printing: OfflinePrinting
    holds_hours: int
    source: str


@dataclass(frozen=True, slots=True)
class OfflineFacts:
    """What is known of a case while the line is down. `holds_age` is None if never pulled."""

    service: Service
    old_licence_held: bool
    chip_verified: bool
    holds_age: timedelta | None


def print_later(rules: Sequence[OfflineRule], facts: OfflineFacts) -> LaterWhy | None:
    """Why the card must wait, or None where it may be made now. No line about it means never."""
    rule = next((line for line in rules if facts.service in line.services), None)
    if rule is None or rule.printing is OfflinePrinting.NEVER:
        return LaterWhy.NEVER_OFFLINE
    seen = facts.old_licence_held or facts.chip_verified
    if rule.printing is OfflinePrinting.OLD_LICENCE_SEEN and not seen:
        return LaterWhy.OLD_LICENCE_UNSEEN
    if facts.holds_age is None or facts.holds_age > timedelta(hours=rule.holds_hours):
        return LaterWhy.HOLDS_OLD
    return None


class PrintLater(Problem):
    """The line is down and this card may not be made without it: capture now, print later."""

    why: LaterWhy
    since: datetime | None


class CaseElsewhere(Problem):
    """Another counter works on the case; it can be asked for."""

    number: str
    counter: str
    until: datetime | None


class CaseNotGiven(CaseElsewhere):
    """No counter has the case: the centre gives it to the one that takes it over."""


def elsewhere(number: str, counter: str, until: datetime | None) -> CaseElsewhere:
    """What to say of a case that this counter hasn't; `counter` is empty where none has it."""
    kind = CaseElsewhere if counter else CaseNotGiven
    return kind(number=number, counter=counter, until=until)


class CardNotDone(Problem):
    """The card of a case is being made here, or waits to be inspected: the case stays with it."""

    number: str


class CaseOutOfReach(Problem):
    """Another counter had the case when the line went down; until it is back nobody can ask."""

    number: str
    counter: str
    until: datetime | None
    since: datetime | None


class NoCentre(Problem):
    """This counter isn't connected to a centre."""


class CentreAway(Problem):
    """The act needs the centre, which can't be reached."""

    since: datetime | None
