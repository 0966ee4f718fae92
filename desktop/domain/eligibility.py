"""May this person ask for this service and class today? One answer from the whole rule set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from desktop.domain.classes import (
    ClassNeedsUpgrade,
    Door,
    HeldLicence,
    LicenceNotHeld,
    NotOffered,
    check_age,
    check_ladder,
    check_not_held,
)
from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.rules import Rules
from desktop.domain.service import Service
from desktop.domain.validity import (
    OutsideDispensation,
    RenewalTooLate,
    ReplacementTooLate,
    ServiceAnswer,
    ServiceGround,
    check_online_window,
    service_for,
)


def may_apply(
    rules: Rules,
    service: Service,
    licence_class: LicenceClass,
    birth_date: date,
    on: date,
    held: Sequence[HeldLicence],
    *,
    door: Door = Door.OFFICE,
    foreigner: bool = False,
    complete_and_paid_on: date | None = None,
) -> list[Problem]:
    """Every reason why not; an empty list means the application may be registered.

    `held` are the person's licences on record, those that ran out included. `on` is the office's
    own date. `complete_and_paid_on` is for a renewal that was in time and still waits.
    """
    graph = rules.classes
    problems: list[Problem] = [*not_offered(rules, service, licence_class, door, foreigner)]
    own = latest_of(held, licence_class)
    if service.needs_tests:
        problems += check_age(graph, licence_class, birth_date, on)
        problems += check_not_held(graph, licence_class, held, on)
    if service is Service.CLASS_UPGRADE:
        problems += check_ladder(graph, licence_class, held, on)
    elif service is Service.NEW_ISSUE:
        rule = graph.rule(licence_class)
        if not rule.is_first and own is None:
            problems.append(ClassNeedsUpgrade(licence_class, rule.after))
    elif own is None:
        problems.append(LicenceNotHeld(licence_class))
    else:
        ends = own.expires_on
        problems += in_time(rules, service, licence_class, ends, on, complete_and_paid_on)
        if door is Door.ONLINE and service is Service.RENEWAL:
            problems += check_online_window(rules.validity, own.expires_on, on)
    return problems


def not_offered(
    rules: Rules, service: Service, licence_class: LicenceClass, door: Door, foreigner: bool
) -> list[NotOffered]:
    """The doors that don't give this; a foreigner comes through their own as well."""
    doors = [door, Door.FOREIGNER] if foreigner else [door]
    return [
        NotOffered(service, licence_class, one)
        for one in doors
        if not rules.classes.offered(one, service, licence_class)
    ]


def right_service(
    rules: Rules,
    asked: Service,
    licence_class: LicenceClass,
    held: Sequence[HeldLicence],
    on: date,
    complete_and_paid_on: date | None = None,
) -> ServiceAnswer:
    """The service that fits what is held: the one asked for, a renewal by decree, or a new issue.

    Nothing of that class on record: the answer is what was asked, and `may_apply` says no.
    """
    own = latest_of(held, licence_class)
    if own is None or asked is Service.CLASS_UPGRADE:
        return ServiceAnswer(asked, ServiceGround.AS_ASKED)
    return service_for(rules.validity, asked, own.expires_on, on, complete_and_paid_on)


def latest_of(held: Sequence[HeldLicence], licence_class: LicenceClass) -> HeldLicence | None:
    """The licence of that class that runs longest, valid or not; None if there never was one."""
    same = [licence for licence in held if licence.licence_class is licence_class]
    return max(same, key=lambda licence: licence.expires_on, default=None)


def in_time(
    rules: Rules,
    service: Service,
    licence_class: LicenceClass,
    expires_on: date,
    on: date,
    complete_and_paid_on: date | None = None,
) -> list[Problem]:
    """Why a licence that ends on `expires_on` can't be renewed, replaced or changed on `on`."""
    answer = service_for(rules.validity, service, expires_on, on, complete_and_paid_on)
    if answer.ground in (ServiceGround.AS_ASKED, ServiceGround.PAID_IN_TIME):
        return []
    if service is not Service.RENEWAL:
        return [ReplacementTooLate(licence_class, expires_on, answer.days_late)]
    if answer.ground is ServiceGround.DISPENSATION:
        return []
    if answer.dispensations:
        decree = answer.dispensations[-1]
        return [
            OutsideDispensation(
                licence_class=licence_class,
                expires_on=expires_on,
                decree=decree.decree,
                renew_from=decree.renew_from,
                renew_to=decree.renew_to,
            )
        ]
    return [
        RenewalTooLate(
            licence_class=licence_class,
            expires_on=expires_on,
            days_late=answer.days_late,
            source=rules.validity.source,
        )
    ]
