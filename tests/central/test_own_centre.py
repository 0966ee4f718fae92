"""The window's own centre: there when it stands, gone with the window, no burden if it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from db.embedded import CentreNotStarted, EmbeddedServer
from desktop.desk import open_desk
from desktop.services.desk import Desk
from desktop.services.sync_facts import LineState
from desktop.settings import Centre
from desktop.training.home_centre import HomeCentre
from ui.commands.own_centre import OwnCentre

pytestmark = pytest.mark.central


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "profile", pace=0.0)
    yield opened
    opened.close()


@pytest.fixture
def told() -> list[Exception]:
    return []


@pytest.fixture
def own(desk: Desk, told: list[Exception]) -> Iterator[OwnCentre]:
    made = OwnCentre(desk, told.append)
    yield made
    made.close()
    HomeCentre(desk.profile, desk.clock).remove()


def test_the_counter_is_connected_and_the_server_ends_with_the_window(
    desk: Desk, own: OwnCentre, told: list[Exception]
) -> None:
    assert not desk.has_centre
    own.start()
    assert told == []
    assert desk.has_centre
    assert desk.syncing.exchange().state is LineState.UP
    line = desk.frame.centre.line
    assert line is not None
    own.close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host=line.host, port=line.port, user=line.user, connect_timeout=3)
    assert desk.syncing.exchange().state is LineState.DOWN  # told, and nothing more


def test_a_window_that_closed_first_starts_nothing(desk: Desk, own: OwnCentre) -> None:
    own.close()
    own.start()
    assert not desk.has_centre
    assert not (desk.profile.path / "centre-keys").exists()


def test_a_centre_that_cannot_be_started_is_told_and_no_more(
    desk: Desk, own: OwnCentre, told: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_server: EmbeddedServer) -> None:
        raise CentreNotStarted("No space left on device")

    monkeypatch.setattr(EmbeddedServer, "start", full)
    own.start()
    (problem,) = told
    assert isinstance(problem, CentreNotStarted)
    assert not desk.has_centre


def test_a_counter_that_has_a_centre_gets_no_other(desk: Desk) -> None:
    assert OwnCentre.wanted(desk)
    elsewhere = replace(desk.settings, centre=Centre(host="centre.example"))
    assert not OwnCentre.wanted(replace(desk, settings=elsewhere))
