"""What the first step offers to whom: everything that the rules allow, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Licence
from desktop.domain.service import Service
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_choices import choices_for
from desktop.presenters.walkin_view import Choice
from desktop.rulebook import FOLDER, TRAINING, Rulebook
from desktop.services.intake import Standing
from desktop.training.office import applicant_from
from desktop.training.people import Person
from tests.walks.steps import C, expires, licences_of, read
from tests.walks.world import World


def at_the_counter(world: World, person: Person) -> WalkIn:
    """Andi calls somebody who drew a ticket for a renewal and lays their KTP-el down."""
    world.sign_in("andi")
    world.desk.queue.take_ticket(world.by, Service.RENEWAL)
    world.put_eid(person)
    walk = WalkIn(world.desk)
    walk.enter()
    walk.call_next()
    return walk


def possible(found: tuple[Choice, ...]) -> set[tuple[Service, LicenceClass]]:
    return {(choice.service, choice.licence_class) for choice in found if choice.possible}


def test_a_licence_that_ran_out_yesterday_is_issued_anew(world: World) -> None:
    expires(world, world.people[1], world.desk.frame.today() - timedelta(days=1))
    walk = at_the_counter(world, world.people[1])
    chosen = walk.view.choices[walk.view.chosen]
    assert (chosen.service, chosen.licence_class) == (Service.NEW_ISSUE, C)
    walk.enter_key()
    assert walk.view.app is not None
    assert (walk.view.app.state, walk.view.app.service) == (S.REGISTERED, Service.NEW_ISSUE)


def decreed(world: World, folder: Path, renew_from: date, renew_to: date) -> None:
    """A decree about what ran out yesterday."""
    ended = world.desk.frame.today() - timedelta(days=1)
    folder.mkdir()
    (folder / "validity.toml").write_text(
        f'version = "test"\n[[dispensations]]\ndecree = "TEST/1"\nvalid_from = {ended}\n'
        f"expiry_from = {ended}\nexpiry_to = {ended}\nrenew_from = {renew_from}\n"
        f'renew_to = {renew_to}\nsource = "Decree for a test"\n',
        encoding="utf-8",
    )
    object.__setattr__(world.desk.frame, "rulebook", Rulebook.load(FOLDER, TRAINING, folder))
    expires(world, world.people[1], ended)


@pytest.mark.parametrize(
    ("first", "last", "offered"),
    [
        (-1, 5, Service.RENEWAL),
        (0, 0, Service.RENEWAL),
        (1, 5, None),  # who waits for the decree's days needs no tests
        (-1, -1, Service.NEW_ISSUE),
    ],
)
def test_what_a_decree_still_renews_is_not_issued_anew(
    world: World, tmp_path: Path, first: int, last: int, offered: Service | None
) -> None:
    today = world.desk.frame.today()
    decreed(world, tmp_path / "d", today + timedelta(days=first), today + timedelta(days=last))
    walk = at_the_counter(world, world.people[1])
    of_c = [c for c in walk.view.choices if c.licence_class is C and c.possible]
    assert [choice.service for choice in of_c] == ([offered] if offered else [])
    if offered is Service.RENEWAL:
        assert [choice.by_decree for choice in of_c] == ["TEST/1"]
        assert walk.view.choices[walk.view.chosen] == of_c[0]


def holding(world: World, standing: Standing, cls: LicenceClass, *, left: int) -> Standing:
    """The same person with one licence of that class, which ends in so many days."""
    [pattern] = licences_of(world, world.people[1])
    today = world.desk.frame.today()
    end = today + timedelta(days=left)
    one: Licence = replace(
        pattern, licence_class=cls, valid_until=end, issued_on=end - timedelta(days=1826)
    )
    return replace(standing, licences=(one,))


@pytest.mark.parametrize("left", [-400, -1, 0, 300])
def test_every_service_that_the_rules_allow_is_offered_once(world: World, left: int) -> None:
    world.sign_in("andi")
    intake = world.desk.intake
    elder = next(p for p in world.people if p.age_on(world.desk.frame.today()) > 23)
    who = applicant_from(elder)
    bare = intake.standing(who, read(world, elder).source)
    for cls in LicenceClass:
        standing = holding(world, bare, cls, left=left)
        found = choices_for(world.desk, standing, who)
        lines = [(choice.service, choice.licence_class) for choice in found]
        assert len(lines) == len(set(lines)), cls
        allowed = {
            (service, wanted)
            for service in Service
            for wanted in LicenceClass
            if not intake.may_apply(standing, who, service, wanted)
        }
        assert possible(found) == allowed, (cls, left)


def test_a_way_up_that_is_closed_for_now_is_offered_with_its_day(world: World) -> None:
    """Held too short: the line says from when."""
    world.sign_in("andi")
    who = applicant_from(world.people[1])
    standing = world.desk.intake.standing(who, read(world, world.people[1]).source)
    [held] = standing.licences
    young = replace(held, issued_on=world.desk.frame.today(), first_issued_on=None)
    found = choices_for(world.desk, replace(standing, licences=(young,)), who)
    [up] = [choice for choice in found if choice.service is Service.CLASS_UPGRADE]
    assert up.licence_class is LicenceClass.CI
    assert [type(problem).__name__ for problem in up.problems] == ["HeldTooShort"]
