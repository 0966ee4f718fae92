"""A licence that the centre revokes is revoked on every desk, and leaves room for a new one."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.centre import orders
from desktop.domain.application import Application
from desktop.domain.card_reading import CardFact
from desktop.domain.correction import LicenceNotGood
from desktop.domain.person import LicenceStatus
from desktop.domain.requirements import RequirementKind, RequirementMissing
from desktop.domain.revocation import RevokedKind
from desktop.domain.service import Service
from desktop.presenters.find import Find
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import assert_alike, exchange
from tests.walks.making import ready
from tests.walks.steps import C, acts, handed, licences_of, registered
from tests.walks.world import World

ORDER = "12/Pid/2026"


def revoked(centre: CentreRig, world: World, name: str) -> orders.Revoked:
    """As `centre revoke licence NAME` does it."""
    with centre.admin() as conn:
        return orders.revoke(conn, RevokedKind.LICENCE, name, world.clock.now(), "court", ORDER)


def slot(centre: CentreRig, licence_id: str) -> list[tuple[object, ...]]:
    return centre.ask("SELECT office FROM centre.licence_slots WHERE licence_id = %s", licence_id)


@pytest.fixture
def made(counter: World) -> Application:
    """A renewed card that waits for its holder, known to the centre."""
    exchange(counter)
    counter.sign_in("andi")
    app = ready(counter, 1)
    assert exchange(counter).parked == 0
    return app


def test_it_is_revoked_at_both_counters_at_find_intake_and_handover(
    counter: World, other: World, centre: CentreRig, made: Application
) -> None:
    exchange(other)
    licence = licences_of(counter, counter.people[1])[-1]
    assert slot(centre, licence.id) == [("1374",)]
    assert revoked(centre, counter, licence.blank_serial.lower()).ended
    assert exchange(counter, other).parked == 0
    assert_alike(counter, other)
    assert slot(centre, licence.id) == [], "its place is free for a new one"
    other.sign_in("andi")
    for world in (counter, other):
        now = next(x for x in licences_of(world, counter.people[1]) if x.id == licence.id)
        assert now.status is LicenceStatus.REVOKED
        standing = world.desk.intake.standing(made.applicant, made.identity)
        assert C not in {x.licence_class for x in standing.valid}
        assert [(x.number, x.order) for x in standing.revoked] == [(licence.sim_number, ORDER)]
        assert world.desk.intake.may_apply(standing, made.applicant, Service.RENEWAL, C)
        record = Find(world.desk).open_person(made.person_id)
        assert record is not None
        assert [x.order for x in record.revoked] == [ORDER]
    assert acts(counter, "licence.revoked") == [], "the centre did it, no counter"
    with pytest.raises(LicenceNotGood):
        handed(counter, made)


def test_a_new_licence_after_it_needs_the_judgment(
    counter: World, centre: CentreRig, made: Application
) -> None:
    """Perpol 5/2021 Pasal 39: the judgment served, and then everything anew."""
    handed(counter, made)
    revoked(centre, counter, licences_of(counter, counter.people[1])[-1].id)
    exchange(counter)
    app = registered(counter, counter.people[1], Service.NEW_ISSUE)
    assert counter.desk.requirements.gather(counter.by, app.id) == []
    with pytest.raises(RequirementMissing) as missing:
        counter.desk.requirements.check(counter.by, app.id)
    assert missing.value.kind is RequirementKind.COURT_JUDGMENT
    counter.desk.requirements.type_in(
        counter.by, app.id, RequirementKind.COURT_JUDGMENT, "9/Pid/2026", date(2026, 3, 1), "PN"
    )
    assert counter.desk.requirements.check(counter.by, app.id).requirements_met


def test_its_card_says_so_wherever_it_is_read(
    counter: World, centre: CentreRig, made: Application
) -> None:
    assert handed(counter, made).blank_serial == made.blank_serial
    licence = licences_of(counter, counter.people[1])[-1]
    revoked(centre, counter, licence.id)
    exchange(counter)
    [card] = counter.bench.take_output()
    counter.bench.put_card_on_reader(card)
    read = counter.desk.card_readings.read_card(counter.by, made.blank_serial)
    assert read.has(CardFact.REVOKED_BY_ORDER)
    assert read.has(CardFact.REVOKED)


def test_one_that_only_this_counter_has_is_ended_here_and_parks_nothing(
    counter: World, centre: CentreRig
) -> None:
    """A record from before there was a centre."""
    exchange(counter)
    licence = licences_of(counter, counter.people[2])[-1]
    centre.do("DELETE FROM centre.things WHERE kind = 'licences' AND id = %s", licence.id)
    assert not revoked(centre, counter, licence.id).ended
    assert exchange(counter).parked == 0
    assert licences_of(counter, counter.people[2])[-1].status is LicenceStatus.REVOKED
    [line] = acts(counter, "licence.revoked")
    assert line.officer == "", "the centre's order, no officer's act"
    assert (line.content or {})["order"] == ORDER


def test_work_that_was_not_sent_yet_is_not_lost_to_it(
    counter: World, centre: CentreRig, made: Application
) -> None:
    """Handed over while the line was down, revoked meanwhile: both happened, nothing is parked."""
    licence = licences_of(counter, counter.people[1])[-1]
    revoked(centre, counter, licence.id)
    assert handed(counter, made).state == "closed", "nobody here had heard of it"
    assert exchange(counter).parked == 0
    exchange(counter)
    now = licences_of(counter, counter.people[1])[-1]
    assert now.status is LicenceStatus.REVOKED
    assert now.handed_over_at is not None
    assert centre.ask(
        "SELECT row ->> 'status' FROM centre.things WHERE kind = 'licences' AND id = %s", licence.id
    ) == [("revoked",)]


def test_a_number_that_several_licences_bear_is_not_guessed(
    counter: World, centre: CentreRig, made: Application
) -> None:
    licence = licences_of(counter, counter.people[1])[-1]
    centre.do(
        "UPDATE centre.things SET row = row || jsonb_build_object('sim_number', %s::text)"
        " WHERE kind = 'licences' AND id IN (SELECT id FROM centre.licences"
        " WHERE row ->> 'status' = 'valid' AND id <> %s LIMIT 1)",
        licence.sim_number, licence.id,
    )  # fmt: skip
    with pytest.raises(orders.LicenceNameShared) as refused:
        revoked(centre, counter, licence.sim_number)
    assert refused.value.count == 2
    assert centre.ask("SELECT count(*) FROM centre.revocations") == [(0,)]
