"""The graph of licence classes: ages, what must be held first, what covers what.

Problem
├── TooYoung            below the class's minimum age
├── ClassNeedsUpgrade   the class can't be the first one
├── NotAnUpgrade        the class has no lower one to climb from
├── PrerequisiteMissing no valid licence of a class that leads here
├── HeldTooShort        the lower licence is younger than the holding period
├── LicenceNotHeld      no licence of this class to renew or replace
├── AlreadyHeld         a valid licence of this class exists
├── AlreadyCovered      a valid higher licence covers this class
└── NotOffered          this service for this class isn't given by this door
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from desktop.domain.dates import add_months
from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Service


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One class. Any one class of `after`, held for `holding_months`, leads here."""

    licence_class: LicenceClass
    min_age: int
    after: tuple[LicenceClass, ...]
    holding_months: int
    covers: tuple[LicenceClass, ...]
    source: str
    note: str = ""

    @property
    def is_first(self) -> bool:
        """Open to somebody who holds nothing."""
        return not self.after


class Door(StrEnum):
    """Where a service is asked for; a door with no line in the rules offers everything."""

    OFFICE = "office"
    ONLINE = "online"
    OUTLET = "outlet"
    MOBILE_UNIT = "mobile_unit"
    FOREIGNER = "foreigner"


@dataclass(frozen=True, slots=True)
class Offer:
    """What one door gives."""

    door: Door
    services: tuple[Service, ...]
    classes: tuple[LicenceClass, ...]
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A licence that the person has, as far as these rules care.

    `held_since` is the first issue of the class: renewing doesn't start the holding period anew.
    """

    licence_class: LicenceClass
    issued_on: date
    expires_on: date
    held_since: date | None = None

    @property
    def since(self) -> date:
        return self.held_since or self.issued_on

    def valid_on(self, day: date) -> bool:
        """Up to and including the day of expiry."""
        return day <= self.expires_on


@dataclass(frozen=True, slots=True)
class ClassGraph:
    """All classes in force on a day, and what each door offers."""

    classes: tuple[ClassRule, ...]
    offers: tuple[Offer, ...] = ()

    def rule(self, licence_class: LicenceClass) -> ClassRule:
        """The rule of a class; every class has one, the rulebook makes sure."""
        return next(rule for rule in self.classes if rule.licence_class is licence_class)

    def covers(self, higher: LicenceClass, lower: LicenceClass) -> bool:
        """Whether a licence of `higher` also lets its holder drive what `lower` does."""
        return higher is lower or lower in self.rule(higher).covers

    def ways_up(self, licence_class: LicenceClass) -> tuple[LicenceClass, ...]:
        """The classes to which a licence of this class leads directly."""
        return tuple(rule.licence_class for rule in self.classes if licence_class in rule.after)

    def replaced_by(
        self, licence_class: LicenceClass, held: Sequence[HeldLicence]
    ) -> tuple[HeldLicence, ...]:
        """The licences that an issue of this class takes the place of.

        The same class, and every lower one of the same family that the new one covers.
        """
        return tuple(
            licence
            for licence in held
            if licence.licence_class.family is licence_class.family
            and self.covers(licence_class, licence.licence_class)
        )

    def offered(self, door: Door, service: Service, licence_class: LicenceClass) -> bool:
        """Whether a door gives a service for a class."""
        lines = [offer for offer in self.offers if offer.door is door]
        return not lines or any(
            service in offer.services and licence_class in offer.classes for offer in lines
        )


class TooYoung(Problem):
    """Below the minimum age; `from_day` is the birthday that opens the class."""

    licence_class: LicenceClass
    min_age: int
    from_day: date
    source: str


class ClassNeedsUpgrade(Problem):
    """The class can't be the first one; one of `after` comes before it."""

    licence_class: LicenceClass
    after: tuple[LicenceClass, ...]


class NotAnUpgrade(Problem):
    """The class has no lower one: ask for a new licence instead."""

    licence_class: LicenceClass


class PrerequisiteMissing(Problem):
    """No valid licence of any class that leads here."""

    licence_class: LicenceClass
    after: tuple[LicenceClass, ...]
    source: str


class HeldTooShort(Problem):
    """The lower licence is there but younger than the holding period."""

    licence_class: LicenceClass
    held_class: LicenceClass
    held_since: date
    months: int
    from_day: date
    source: str


class LicenceNotHeld(Problem):
    """No licence of this class is on record to be renewed, replaced or changed."""

    licence_class: LicenceClass


class AlreadyHeld(Problem):
    """At most one valid licence per person and class."""

    licence_class: LicenceClass
    expires_on: date


class AlreadyCovered(Problem):
    """A valid higher licence of the family covers this class."""

    licence_class: LicenceClass
    held_class: LicenceClass
    expires_on: date


class NotOffered(Problem):
    """This door doesn't give this service for this class."""

    service: Service
    licence_class: LicenceClass
    door: Door


def check_age(
    graph: ClassGraph, licence_class: LicenceClass, birth_date: date, on: date
) -> list[Problem]:
    """Refuse who hasn't reached the class's minimum age on `on` (Perpol 5/2021 Art. 8)."""
    rule = graph.rule(licence_class)
    from_day = add_months(birth_date, 12 * rule.min_age)
    if on >= from_day:
        return []
    return [TooYoung(licence_class, rule.min_age, from_day, rule.source)]


def check_not_held(
    graph: ClassGraph, licence_class: LicenceClass, held: Sequence[HeldLicence], on: date
) -> list[Problem]:
    """Refuse a class that a valid licence of the same family already grants."""
    for licence in held:
        if not licence.valid_on(on):
            continue
        if licence.licence_class is licence_class:
            return [AlreadyHeld(licence_class, licence.expires_on)]
        if graph.covers(licence.licence_class, licence_class):
            return [AlreadyCovered(licence_class, licence.licence_class, licence.expires_on)]
    return []


def check_ladder(
    graph: ClassGraph, licence_class: LicenceClass, held: Sequence[HeldLicence], on: date
) -> list[Problem]:
    """Refuse an upgrade without a valid lower licence, held long enough.

    A licence that covers a needed class serves as well as that class itself.
    """
    rule = graph.rule(licence_class)
    if rule.is_first:
        return [NotAnUpgrade(licence_class)]
    useful = [
        licence
        for licence in held
        if licence.valid_on(on)
        and any(graph.covers(licence.licence_class, needed) for needed in rule.after)
    ]
    if not useful:
        return [PrerequisiteMissing(licence_class, rule.after, rule.source)]
    longest = min(useful, key=lambda licence: licence.since)
    from_day = add_months(longest.since, rule.holding_months)
    if on >= from_day:
        return []
    return [
        HeldTooShort(
            licence_class=licence_class,
            held_class=longest.licence_class,
            held_since=longest.since,
            months=rule.holding_months,
            from_day=from_day,
            source=rule.source,
        )
    ]
