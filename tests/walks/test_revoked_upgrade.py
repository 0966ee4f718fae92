"""A revoked licence takes along what it had replaced, and the way back is a new issue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.requirements import CertificateNotYetValid, RequirementKind
from desktop.domain.service import Service
from desktop.services.intake import held_of
from tests.walks.steps import A, licences_of, registered
from tests.walks.world import World

BI = LicenceClass.BI


def test_what_a_revoked_upgrade_replaced_is_not_held_any_more(world: World) -> None:
    """An A went into a BI; the BI's corrected card came in its place and was revoked."""
    lower = licences_of(world, world.people[0], A)[-1]
    lower = replace(lower, status=LicenceStatus.SUPERSEDED)
    upgrade = made(lower, "first")
    corrected = made(upgrade, "second")
    chain = (lower, replace(upgrade, status=LicenceStatus.SUPERSEDED), corrected)
    assert {x.licence_class for x in held_of(chain)} == {A, BI}
    revoked = replace(corrected, status=LicenceStatus.REVOKED)
    assert held_of((*chain[:2], revoked)) == []
    again = replace(lower, id="again", status=LicenceStatus.VALID, superseded={})
    assert [x.licence_class for x in held_of((*chain[:2], revoked, again))] == [A]


def test_a_judgment_of_tomorrow_is_a_date_that_was_mistyped(world: World) -> None:
    world.sign_in("andi")
    app = registered(world, world.people[1], Service.NEW_ISSUE, A)
    tomorrow = world.desk.frame.today() + timedelta(days=1)
    with pytest.raises(CertificateNotYetValid):
        world.desk.requirements.type_in(
            world.by, app.id, RequirementKind.COURT_JUDGMENT, "9/Pid/2026", tomorrow, "PN"
        )


def made(before: Licence, name: str) -> Licence:
    return replace(
        before, id=name, licence_class=BI, status=LicenceStatus.VALID,
        superseded={before.id: LicenceStatus.VALID},
    )  # fmt: skip
