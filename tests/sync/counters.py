"""Training counters of one office that share a real centre."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from desktop.desk import open_desk
from desktop.domain.realm import Realm
from desktop.profile import Profile
from desktop.services.sync_facts import SyncFacts
from desktop.settings import Centre, Place, Settings, save_settings
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.office import PEOPLE, PEOPLE_SEED, add_officers
from desktop.training.people import make_people
from tests.central.rigs.centre import CentreRig
from tests.walks.test_changes_told import stored
from tests.walks.world import MORNING, World, open_world


def line_of(centre: CentreRig, counter: str) -> Centre:
    """The settings by which a counter reaches the rig's server."""
    told = conninfo_to_dict(centre.counter_dsn(counter))
    return Centre(
        host=str(told["host"]),
        port=int(told["port"] or 5432),
        database=str(told["dbname"]),
        user=str(told["user"]),
        root=str(told.get("sslrootcert") or ""),
        certificate=str(told.get("sslcert") or ""),
        key=str(told.get("sslkey") or ""),
    )


def connect(world: World, centre: CentreRig, counter: str = "1374-L3") -> World:
    """Give a counter its line."""
    world.desk.connect_to(line_of(centre, counter))
    return world


def first_counter(furnished: Path, folder: Path, centre: CentreRig) -> World:
    """Loket 3 with the sample office, which it brings to the centre."""
    shutil.copytree(furnished, folder)
    return connect(open_world(folder, ids_used=20_000), centre)


def second_counter(folder: Path, centre: CentreRig, seed: int = 2) -> World:
    """Loket 4 of the same office: officers, no blanks, nobody on record until it has pulled."""
    clock, keys = VirtualClock(MORNING), SeededKeys(seed)
    Profile.create(folder, Realm.TRAINING, keys, now=clock.now(), counter="1374-L4", office="1374")
    place = Place(counter_code="L4", counter_name="Loket 4")
    save_settings(folder, Settings(place=place))
    desk = open_desk(folder, clock=clock, ids=SeededIds(seed, clock), keys=keys, sample=False)
    add_officers(desk)
    people = make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today())
    return connect(World(desk, clock, people), centre, "1374-L4")


def exchange(*worlds: World) -> SyncFacts:
    """Each counter once, in this order; the last one's facts."""
    facts = SyncFacts()
    for world in worlds:
        facts = world.desk.syncing.exchange()
    return facts


def cut(world: World) -> None:
    """Nobody answers any more at this counter's line."""
    place = world.desk.frame.centre
    assert place.line is not None
    world.desk.syncing.close()
    place.line = dataclasses.replace(place.line, port=1)


def mend(world: World, centre: CentreRig) -> None:
    """The line is back."""
    world.desk.frame.centre.line = line_of(centre, world.desk.profile.counter)


CASE_KINDS = ("applications", "persons", "evidence", "licences", "blanks", "parcels", "returns")


def assert_alike(*worlds: World) -> None:
    """Every counter has the same cases, people, licences and cards."""
    rows = [
        {key: row for key, row in stored(world).items() if key[0] in CASE_KINDS} for world in worlds
    ]
    for other in rows[1:]:
        assert other == rows[0]
