"""What somebody may ask for: a line for each service and class, with what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop.domain.application import AlreadyOpen
from desktop.domain.application import ApplicationState as S
from desktop.domain.classes import (
    AlreadyCovered,
    AlreadyHeld,
    NotAnUpgrade,
    PrerequisiteMissing,
)
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Applicant, Licence
from desktop.domain.service import Service
from desktop.domain.validity import ServiceGround, days_left, runs_out_soon
from desktop.presenters.walkin_view import Choice
from desktop.services.desk import Desk
from desktop.services.intake import Standing

NEW_CLASSES = (LicenceClass.C, LicenceClass.A, LicenceClass.D, LicenceClass.DI)
"""The classes that are open to somebody who holds nothing, as often as they are asked for."""

FOR_A_LICENCE = (
    Service.RENEWAL, Service.REPLACE_LOST, Service.REPLACE_DAMAGED, Service.DATA_CHANGE,
)  # fmt: skip

NO_WAY_UP = (NotAnUpgrade, PrerequisiteMissing, AlreadyHeld, AlreadyCovered)
"""Why an upgrade isn't worth a line; an age or a holding period only asks for patience."""


def choices_for(desk: Desk, standing: Standing, who: Applicant) -> tuple[Choice, ...]:
    """Renewals first, then what is possible, in the order in which it is thought of."""
    found = list(_Offers(desk, standing, who).all())
    ranked = sorted(
        enumerate(found),
        key=lambda it: (not it[1].possible, it[1].service is not Service.RENEWAL, it[0]),
    )
    return tuple(choice for _, choice in ranked)


@dataclass(frozen=True, slots=True)
class _Offers:
    """The lines for one person at one look."""

    desk: Desk
    standing: Standing
    who: Applicant

    def all(self) -> Iterator[Choice]:
        """What is held comes first, then what ran out, then what is new, then the ways up."""
        licences = sorted(self.standing.valid, key=lambda x: x.valid_until)
        for licence in licences:
            for service in FOR_A_LICENCE:
                yield self.offer(service, licence.licence_class, licence)
        today = self.desk.frame.today()
        held = {x.licence_class for x in licences if x.valid_until >= today}
        lapsed = {x.licence_class: x for x in licences if x.licence_class not in held}
        for cls in (*lapsed, *(one for one in NEW_CLASSES if one not in lapsed)):
            if cls not in held and not (cls in lapsed and self.rescued(cls)):
                yield self.offer(Service.NEW_ISSUE, cls, lapsed.get(cls))
        for cls in LicenceClass:
            up = self.offer(Service.CLASS_UPGRADE, cls)
            if not any(isinstance(problem, NO_WAY_UP) for problem in up.problems):
                yield up

    def rescued(self, cls: LicenceClass) -> bool:
        """Whether a decree renews what ran out, now or on days to come: without tests."""
        today = self.desk.frame.today()
        answer = self.desk.intake.right_service(self.standing, Service.RENEWAL, cls)
        return any(today <= decree.renew_to for decree in answer.dispensations)

    def offer(self, service: Service, cls: LicenceClass, held: Licence | None = None) -> Choice:
        intake, today = self.desk.intake, self.desk.frame.today()
        answer = intake.right_service(self.standing, service, cls)
        decree = ""
        if answer.ground is not ServiceGround.AS_ASKED and answer.dispensation is not None:
            decree = answer.dispensation.decree
        problems = tuple(intake.may_apply(self.standing, self.who, service, cls))
        for case in self.standing.open_cases:
            if case.licence_class is cls and case.state is not S.HANDED_OVER:
                problems = (AlreadyOpen(number=case.number), *problems)
                break
        left, soon = None, False
        if held is not None and service in (Service.RENEWAL, Service.NEW_ISSUE):
            rules = self.desk.frame.rules(today)  # of others its end is of no matter
            left = days_left(held.valid_until, today)
            soon = runs_out_soon(rules.validity, held.valid_until, today)
        return Choice(service, cls, problems, held.id if held else "", left, decree, soon)
