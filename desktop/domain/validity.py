"""How long a licence is valid, and which service a late renewal really is.

A licence is valid for five years from its date of issue and can be renewed up to and including
its date of expiry, by the office's own date (Perpol 5/2021 Art. 4). One day later it is a new
licence with tests, unless a dispensation by decree says otherwise.

    Problem
    ├── RenewalTooLate      the licence ran out and no dispensation speaks of it
    ├── OutsideDispensation a dispensation speaks of it, but not on this day
    ├── ReplacementTooLate  a licence that ran out can't be replaced or changed
    ├── OnlineTooEarly      the online window hasn't opened
    ├── StayPermitMissing   a foreigner's stay permit wasn't told whole
    └── StayPermitEnded     a foreigner's stay permit has run out
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from desktop.domain.dates import add_years
from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Service


class StayPermit(StrEnum):
    """What lets a foreigner live here."""

    KITAS = "kitas"
    KITAP = "kitap"
    DIPLOMATIC = "diplomatic"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Stay:
    """A foreigner's stay permit, its last day, and whether they work here."""

    permit: StayPermit
    until: date
    working: bool = False

    def facts(self) -> dict[str, str]:
        """As it is kept with the immigration document."""
        told = {"permit": str(self.permit), "until": self.until.isoformat()}
        return told | ({"working": "1"} if self.working else {})


def stay_of(facts: Mapping[str, str]) -> Stay | None:
    """What an immigration document tells; None where it tells no permit that is known here."""
    try:
        permit, until = StayPermit(facts["permit"]), date.fromisoformat(facts["until"])
    except (KeyError, ValueError):
        return None
    return Stay(permit, until, facts.get("working") == "1")


@dataclass(frozen=True, slots=True)
class Dispensation:
    """A decree: licences that ran out in one span are renewed in another, all days included."""

    decree: str
    expiry_from: date
    expiry_to: date
    renew_from: date
    renew_to: date
    source: str
    area: tuple[str, ...] = ()
    note: str = ""

    def rescues(self, expires_on: date, on: date) -> bool:
        """Whether a licence of that expiry may be renewed on `on`."""
        return self.speaks_of(expires_on) and self.renew_from <= on <= self.renew_to

    def speaks_of(self, expires_on: date) -> bool:
        """Whether the decree is about licences of that expiry at all."""
        return self.expiry_from <= expires_on <= self.expiry_to


@dataclass(frozen=True, slots=True)
class ValidityRules:
    """The dated settings. `permit_years` caps a foreigner's licence by kind of stay permit."""

    years: int
    replacement_keeps_expiry: bool
    data_change_keeps_expiry: bool
    in_time_stays_renewal: bool
    warn_days: int
    online_opens_days: int
    permit_years: Mapping[StayPermit, int]
    source: str
    note: str = ""
    dispensations: tuple[Dispensation, ...] = ()


class ServiceGround(StrEnum):
    """Why the answer is what it is."""

    AS_ASKED = "as_asked"
    PAID_IN_TIME = "paid_in_time"
    DISPENSATION = "dispensation"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """The service that is right, why, and the dispensations that speak of this expiry.

    `dispensation` is the one used; `dispensations` also shows one whose days of renewal are
    still to come or just over, so that the officer can say when.
    """

    service: Service
    ground: ServiceGround
    days_late: int = 0
    dispensation: Dispensation | None = None
    dispensations: tuple[Dispensation, ...] = ()


class RenewalTooLate(Problem):
    """The licence ran out `days_late` days ago; from now on it is a new issue with tests."""

    licence_class: LicenceClass
    expires_on: date
    days_late: int
    source: str


class OutsideDispensation(Problem):
    """A decree lets such a licence be renewed, but only from `renew_from` to `renew_to`."""

    licence_class: LicenceClass
    expires_on: date
    decree: str
    renew_from: date
    renew_to: date


class ReplacementTooLate(Problem):
    """A licence that ran out can't be replaced or changed."""

    licence_class: LicenceClass
    expires_on: date
    days_late: int


class OnlineTooEarly(Problem):
    """The online window opens only some days before expiry."""

    expires_on: date
    opens_on: date


class StayPermitMissing(Problem):
    """A foreigner's licence ends with the permit: its kind and its last day are needed."""


class StayPermitEnded(Problem):
    """No licence outlives its holder's stay permit, and this one has ended."""

    permit: StayPermit
    ended_on: date


def expiry_date(
    rules: ValidityRules,
    issued_on: date,
    *,
    permit: StayPermit | None = None,
    permit_until: date | None = None,
) -> date:
    """The last day of validity of a licence issued on `issued_on`.

    Issued on 29 February it ends on 28 February. A foreigner's ends with the years allowed for
    the kind of permit or with the permit itself, whichever comes first.
    """
    end = add_years(issued_on, rules.years)
    if permit is not None:
        end = min(end, add_years(issued_on, rules.permit_years.get(permit, rules.years)))
    if permit_until is not None:
        end = min(end, permit_until)
    return end


def keeps_expiry(rules: ValidityRules, service: Service) -> bool:
    """Whether the new card carries the old date of expiry (a setting: sources disagree)."""
    if service is Service.DATA_CHANGE:
        return rules.data_change_keeps_expiry
    return service.is_replacement and rules.replacement_keeps_expiry


def valid_until(
    rules: ValidityRules,
    service: Service,
    issued_on: date,
    *,
    old_expiry: date | None = None,
    permit: StayPermit | None = None,
    permit_until: date | None = None,
) -> date:
    """The date of expiry to print for this service, set when the blank is reserved."""
    fresh = expiry_date(rules, issued_on, permit=permit, permit_until=permit_until)
    if old_expiry is not None and keeps_expiry(rules, service):
        return min(old_expiry, fresh) if permit_until is not None else old_expiry
    return fresh


def check_stay(stay: Stay, on: date) -> list[Problem]:
    """Refuse a foreigner whose stay permit has ended."""
    return [StayPermitEnded(stay.permit, stay.until)] if on > stay.until else []


def service_for(
    rules: ValidityRules,
    asked: Service,
    expires_on: date,
    on: date,
    complete_and_paid_on: date | None = None,
) -> ServiceAnswer:
    """The right service for a licence that expires on `expires_on`, asked for on `on`.

    Both are dates in the office's own zone. `complete_and_paid_on`: when a renewal that still
    waits had everything it needs; it stays a renewal if that was in time. A replacement of a
    licence that ran out becomes a renewal under a dispensation, else a new issue.
    """
    about = tuple(d for d in rules.dispensations if d.speaks_of(expires_on))
    late = (on - expires_on).days
    if asked is Service.NEW_ISSUE or late <= 0:
        return ServiceAnswer(asked, ServiceGround.AS_ASKED, 0, None, about)
    if (
        rules.in_time_stays_renewal
        and complete_and_paid_on is not None
        and complete_and_paid_on <= expires_on
    ):
        return ServiceAnswer(asked, ServiceGround.PAID_IN_TIME, late, None, about)
    rescue = next((d for d in about if d.rescues(expires_on, on)), None)
    if rescue is not None and asked is not Service.CLASS_UPGRADE:
        return ServiceAnswer(Service.RENEWAL, ServiceGround.DISPENSATION, late, rescue, about)
    return ServiceAnswer(Service.NEW_ISSUE, ServiceGround.TOO_LATE, late, None, about)


def days_left(expires_on: date, on: date) -> int:
    """Days until expiry: 0 on the last day, negative afterwards."""
    return (expires_on - on).days


def runs_out_soon(rules: ValidityRules, expires_on: date, on: date) -> bool:
    """Whether a waiting case must be hurried: the last days before expiry."""
    return 0 <= days_left(expires_on, on) <= rules.warn_days


def check_online_window(rules: ValidityRules, expires_on: date, on: date) -> list[Problem]:
    """Refuse an online renewal before its window opens."""
    opens_on = expires_on - timedelta(days=rules.online_opens_days)
    return [OnlineTooEarly(expires_on, opens_on)] if on < opens_on else []
