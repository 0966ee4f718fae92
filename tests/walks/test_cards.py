"""Cards astray: when an exchange is over, and what a finder brings."""

from __future__ import annotations

import pytest

from desktop.domain.application import Application, Incident
from desktop.domain.correction import CardNotOnRecord, CardStillOut
from desktop.domain.stock import StatementMissing
from tests.walks.making import ready, witness
from tests.walks.steps import handed
from tests.walks.world import World


def given(world: World) -> tuple[Application, Incident]:
    world.sign_in("andi")
    app = handed(world, ready(world, 1))
    incident, _ = world.desk.corrections.given_to_other(world.by, app.id)
    return app, incident


def test_a_card_that_never_came_back_keeps_its_incident_open(world: World) -> None:
    app, incident = given(world)
    world.take_over("bambang")
    with pytest.raises(CardStillOut) as refused:
        world.desk.corrections.exchanged(world.by, incident.id, "they said so")
    assert refused.value.number == app.number


def test_an_exchange_is_closed_with_words_and_once(world: World) -> None:
    app, incident = given(world)
    world.desk.corrections.take_back(world.by, witness(world, "bambang"), app.id, app.blank_serial)
    handed(world, app)
    world.take_over("bambang")
    with pytest.raises(StatementMissing):
        world.desk.corrections.exchanged(world.by, incident.id, "  ")
    closed = world.desk.corrections.exchanged(world.by, incident.id, "each has their own")
    again = world.desk.corrections.exchanged(world.by, incident.id, "something else")
    assert again.statement == closed.statement == "each has their own"


def test_a_found_card_is_kept_once(world: World) -> None:
    world.sign_in("andi")
    app = handed(world, ready(world, 1))
    first = world.desk.corrections.found(world.by, app.blank_serial)
    assert first.details == {"serial": app.blank_serial}
    assert world.desk.corrections.found(world.by, app.blank_serial).id == first.id
    with pytest.raises(CardNotOnRecord):
        world.desk.corrections.found(world.by, "CT99999999")
