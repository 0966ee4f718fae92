"""Waivers by decree: a fee of zero rupiah for a group of people, for a time, in an area.

PP 76/2020 lets fees be set to zero in certain cases; each case rests on a decree whose number
is the evidence. Waived fees are counted apart and never mixed with paid ones.

    Problem
    ├── WaiverNotInForce   the decree's days are over or haven't begun
    ├── WaiverDoesNotCover the decree is about other services or classes
    └── WaiverUsedUp       the decree's quota is spent
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Service


@dataclass(frozen=True, slots=True)
class Waiver:
    """One decree. `quota` is a number of applications, None without limit."""

    decree: str
    valid_from: date
    valid_to: date | None
    group_id: str
    group_en: str
    services: tuple[Service, ...]
    classes: tuple[LicenceClass, ...]
    quota: int | None
    source: str
    area: tuple[str, ...] = ()
    note: str = ""

    def covers(self, service: Service, licence_class: LicenceClass) -> bool:
        return service in self.services and licence_class in self.classes

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class WaiverNotInForce(Problem):
    """Not one of the decree's days."""

    decree: str
    valid_from: date
    valid_to: date | None


class WaiverDoesNotCover(Problem):
    """The decree is about other services or classes."""

    decree: str
    service: Service
    licence_class: LicenceClass


class WaiverUsedUp(Problem):
    """As many applications as the decree allows were already served."""

    decree: str
    quota: int


def waivers_for(
    waivers: tuple[Waiver, ...], service: Service, licence_class: LicenceClass, on: date
) -> tuple[Waiver, ...]:
    """The decrees that an officer may choose from for this application."""
    return tuple(w for w in waivers if w.covers(service, licence_class) and w.in_force(on))


def check_waiver(
    waiver: Waiver, service: Service, licence_class: LicenceClass, on: date, used: int
) -> list[Problem]:
    """Whether one more application may be served under a decree already used `used` times."""
    problems: list[Problem] = []
    if not waiver.in_force(on):
        problems.append(WaiverNotInForce(waiver.decree, waiver.valid_from, waiver.valid_to))
    if not waiver.covers(service, licence_class):
        problems.append(WaiverDoesNotCover(waiver.decree, service, licence_class))
    if waiver.quota is not None and used >= waiver.quota:
        problems.append(WaiverUsedUp(waiver.decree, waiver.quota))
    return problems
