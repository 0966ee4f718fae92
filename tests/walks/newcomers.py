"""People whom the office has never seen."""

from __future__ import annotations

from desktop.domain.application import Application
from desktop.domain.service import Service
from desktop.training.people import Person, make_people
from tests.walks.steps import C, registered
from tests.walks.world import World


def newcomer(world: World, count: int = 1) -> list[Person]:
    """Some of them."""
    return list(make_people(99, count, today=world.desk.frame.today()))


def new_c(world: World, person: Person) -> Application:
    """Such a person asks for a C."""
    return registered(world, person, Service.NEW_ISSUE, C)
