"""Three counters and a centre on one machine, and a line that fails at the worst moments.

Two counters of one office hand a case over, a third one in another office serves the same person;
each push and pull meets a cut, a swallowed answer or a silence first. In the end the centre alone
says that each act of the three journals is there once, in order, whole and signed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.centre.counters import publish
from desktop.centre.notary import Notary
from desktop.desk import open_desk
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.realm import Realm
from desktop.domain.service import Service
from desktop.keys.certificates import KeyRole
from desktop.keys.signer import SoftSigner
from desktop.profile import Profile
from desktop.services.doubts import Outcome
from desktop.services.sync_facts import LineState
from desktop.settings import Place, Settings, save_settings
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.furnished import fill_feeder
from desktop.training.office import KEEPER, PEOPLE, PEOPLE_SEED, add_officers
from desktop.training.people import Person, make_people
from tests.central.rigs.centre import CentreRig
from tests.central.rigs.proxy import BadLine, bad_line
from tests.sync.counters import assert_alike, exchange, line_of
from tests.walks.making import approved, confirmed
from tests.walks.steps import after_tests, captured, checked, paid, registered, signed_off
from tests.walks.world import MORNING, World

pytestmark = [pytest.mark.central, pytest.mark.fault]

SOUND = """
SELECT count(*), max(seq), count(DISTINCT seq), count(DISTINCT entry_id),
       bool_and(hash = encode(sha256(convert_to(entry, 'UTF8')), 'hex')),
       bool_and(payload IS NULL OR encode(sha256(convert_to(payload, 'UTF8')), 'hex')
                                   = entry::jsonb ->> 'payload_digest'),
       bool_and(entry::jsonb ->> 'previous' = before OR seq = 1),
       count(*) FILTER (WHERE status = 'parked')
FROM (SELECT *, lag(hash) OVER (ORDER BY seq) AS before FROM centre.journal WHERE counter = %s) j
"""


@pytest.fixture
def line(centre: CentreRig) -> Iterator[BadLine]:
    with bad_line(("127.0.0.1", centre.server.port)) as made:
        yield made


@pytest.fixture
def third(tmp_path: Path, centre: CentreRig) -> Iterator[World]:
    """Loket 1 of another office, with blanks and officers of its own."""
    clock, keys, folder = VirtualClock(MORNING), SeededKeys(3), tmp_path / "l1"
    Profile.create(folder, Realm.TRAINING, keys, now=clock.now(), counter="3275-L1", office="3275")
    place = Place(office_code="3275", office_name="Satpas Uji", counter_code="L1",
                  counter_name="Loket 1")  # fmt: skip
    save_settings(folder, Settings(place=place))
    desk = open_desk(folder, clock=clock, ids=SeededIds(3, clock), keys=keys, sample=False)
    serials = [f"CU{number:08d}" for number in range(1, 21)]
    desk.stock.receive(KEEPER, "3275", serials, "CONTOH-02")
    desk.stock.assign(KEEPER, serials)
    add_officers(desk)
    fill_feeder(desk)
    people = make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today())
    made = World(desk, clock, people)
    made.desk.connect_to(line_of(centre, "3275-L1"))
    yield made
    made.desk.syncing.close()
    made.desk.close()


def through(world: World, line: BadLine) -> None:
    """The counter's line leads through the bad one."""
    place = world.desk.frame.centre
    assert place.line is not None
    world.desk.syncing.close()
    place.line = dataclasses.replace(place.line, host="127.0.0.1", port=line.port)


def badly(world: World, line: BadLine) -> None:
    """An exchange that fails in four ways before it succeeds; each failure is a fact."""
    line.cut_after(up=9_000)
    world.desk.syncing.exchange()
    line.mend()
    line.swallow_answers()
    world.desk.syncing.exchange()
    line.mend()
    line.cut_after(down=3_000)
    world.desk.syncing.exchange()
    line.down()
    assert world.desk.syncing.exchange().state is LineState.DOWN
    line.up()
    facts = world.desk.syncing.exchange()
    assert (facts.state, facts.waiting) == (LineState.UP, 0), facts


def new_licence(world: World, person: Person) -> Application:
    """Somebody who says that he never had one, up to the approval."""
    app = registered(world, person, Service.NEW_ISSUE)
    app = paid(world, after_tests(world, checked(world, app)))
    return signed_off(world, captured(world, app, person))


def print_and_hand_over(world: World, app: Application) -> Application:
    result = world.desk.issuing.issue(world.by, app.id)
    assert result.outcome is Outcome.PRINTED, result.fault
    app = world.desk.issuing.inspect(world.by, app.id)
    return world.desk.handover.hand_over(world.by, app.id, app.blank_serial)


@pytest.mark.timeout(300)
def test_each_act_is_at_the_centre_once(
    counter: World, other: World, third: World, centre: CentreRig, line: BadLine
) -> None:
    worlds = (counter, other, third)
    for world in worlds:
        through(world, line)
    badly(counter, line)
    for world in (other, third):
        badly(world, line)
        world.sign_in("andi")
    counter.sign_in("andi")

    # A case begins at one counter and goes on at the next.
    begun = confirmed(counter, 1)
    badly(counter, line)
    badly(other, line)
    counter.desk.claims.release(counter.by, begun.id)
    exchange(counter)  # its line was cut with the other's
    other.desk.claims.take(other.by, begun.id)
    other.take_over("sri")
    other.desk.approvals.approve(other.by, begun.id)
    other.give_back()
    badly(other, line)

    # Another office serves somebody whom this one serves too, both without a line.
    here = print_and_hand_over(counter, approved(counter, 2))
    there = print_and_hand_over(third, new_licence(third, third.people[2]))
    assert here.nik == there.nik
    assert (here.state, there.state) == (S.CLOSED, S.CLOSED)
    for world in (counter, third, other, counter, third):
        badly(world, line)

    for world in worlds:
        with world.desk.ledger.reading() as r:
            seq = r.head().seq
        found = centre.ask(SOUND, world.desk.profile.counter)
        assert found == [(seq, seq, seq, seq, True, True, True, 0)]
    notarised(centre, worlds)

    # One of the two cards is flagged, both offices know why, and the books agree everywhere.
    standing = {
        world.desk.profile.counter: licence_of(world, app).status
        for world, app in ((counter, here), (third, there))
    }
    assert sorted(standing.values()) == [LicenceStatus.FLAGGED, LicenceStatus.VALID]
    [(offices,)] = centre.ask("SELECT offices FROM centre.incidents WHERE kind = 'second_licence'")
    assert sorted(offices) == ["1374", "3275"]
    exchange(counter, other)
    assert_alike(counter, other)


def licence_of(world: World, app: Application) -> Licence:
    with world.desk.ledger.reading() as r:
        licence = r.first(Licence, application_id=app.id)
    assert licence is not None
    return licence


def notarised(centre: CentreRig, worlds: tuple[World, ...]) -> None:
    """The notary finds every signature good, up to each head."""
    roots: list[Any] = []
    with centre.admin() as conn:
        for world in worlds:
            roots += world.desk.profile.trust.roots
            for certificate in world.desk.profile.certificates:
                if certificate.role is KeyRole.COUNTER:
                    publish(conn, certificate)
        told = Notary(conn, SoftSigner(bytes(32)), Realm.TRAINING, roots).run(
            MORNING + timedelta(hours=9)
        )
    assert not centre.ask("SELECT id, broken FROM centre.counters WHERE broken IS NOT NULL")
    behind = centre.ask(
        "SELECT id FROM centre.counters WHERE last_seq > 0"
        " AND (noted_epoch, noted_seq) <> (epoch, last_seq)"
    )
    assert behind == [], told
