"""An order for a card's chip that comes by the feed: waits at every counter, is written at one.

The chip's own number decides what is still to be written; what the feed says is proven like a file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db import central_admin, central_cards
from desktop.cards.chip.orders import write_order
from desktop.desk import open_desk
from desktop.domain.card_reading import CardFact as F
from desktop.domain.realm import Realm
from desktop.domain.reasons import SpoilReason
from desktop.domain.violations import (
    CardOrder,
    NoOrderWaits,
    OrderOutdated,
    OrderOvertaken,
    PointsVerdict,
)
from desktop.keys.certificates import KeyRole
from desktop.profile import Profile
from desktop.services.card_reading import ReadCard
from desktop.services.parcels import lay_aside
from desktop.settings import Cards, Place, Settings, save_settings
from desktop.sources import SeededIds, SeededKeys, VirtualClock
from desktop.training.office import PEOPLE, PEOPLE_SEED, add_officers
from desktop.training.people import make_people
from devices.simulators.plastic import PlasticCard
from main import main
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import connect, cut, exchange, mend
from tests.walks.licence_office import card_of, lay
from tests.walks.making import ready
from tests.walks.steps import acts, handed
from tests.walks.world import MORNING, World

SPEEDING = "2026-01-05,medium,3,TILANG-26-000017"
TODAY = "2026-03-02T00:00:00+00:00"
Told = pytest.CaptureFixture[str]


@pytest.fixture
def beside(tmp_path: Path, centre: CentreRig) -> Iterator[World]:
    """Loket 4 of the same realm, so with the same root and the same chips' authority."""
    folder, clock = tmp_path / "l4", VirtualClock(MORNING)
    keys = SeededKeys(1)  # drawn as Loket 3's were
    Profile.create(folder, Realm.TRAINING, keys, now=clock.now(), counter="1374-L4", office="1374")
    place = Place(counter_code="L4", counter_name="Loket 4")
    save_settings(folder, Settings(place=place, cards=Cards(chip="licence")))
    desk = open_desk(folder, clock=clock, ids=SeededIds(4, clock), keys=SeededKeys(4), sample=False)
    add_officers(desk)
    people = make_people(PEOPLE_SEED, PEOPLE, today=desk.frame.today())
    made = connect(World(desk, clock, people), centre, "1374-L4")
    made.sign_in("andi")
    yield made
    made.desk.syncing.close()
    made.desk.close()


def issued(world: World, number: int = 3) -> PlasticCard:
    """A card made here and handed over; it lies on the reader."""
    app = ready(world, number)
    card = card_of(world, app.blank_serial)
    handed(world, app)
    lay(world, card)
    return card


def ordered(
    centre: CentreRig, world: World, serial: str, verdict: str = "warn", *words: str
) -> int:
    """The centre makes an order, as its administrator does; the command's end."""
    return main([
        "centre", "points", serial, "--verdict", verdict, "--lang", "en", "--dsn", centre.dsn,
        "--profile", str(world.desk.profile.path), *words,
    ])  # fmt: skip


def read(world: World) -> ReadCard:
    return world.desk.card_readings.read_card(world.by)


def asked(centre: CentreRig, capsys: Told, *words: str) -> str:
    """What the centre says of its orders."""
    capsys.readouterr()
    assert main(["centre", "points", *words, "--lang", "en", "--dsn", centre.dsn]) == 0
    return capsys.readouterr().out


def signed(
    profile: Profile, serial: str, sequence: int, verdict: PointsVerdict = PointsVerdict.WARN
) -> str:
    """An order as somebody with this profile's centre key signs it."""
    made = datetime(2026, 3, 2, tzinfo=UTC)
    certificate = profile.certificate(KeyRole.NOTARY)
    assert certificate is not None
    order = CardOrder(Realm.TRAINING, serial, sequence, made, verdict, ())
    return write_order(order, profile.signer(KeyRole.NOTARY), certificate).decode()


def offered(centre: CentreRig, world: World, *words: str) -> PlasticCard:
    """A card of `issued` whose first order came by the feed and waits."""
    card = issued(world)
    ordered(centre, world, card.serial, *words)
    exchange(world)
    assert read(world).waiting is not None
    return card


def assert_not_offered(world: World, serial: str) -> None:
    """The first order is no longer shown, nor written by a sheet that still has it."""
    assert read(world).waiting is None
    with pytest.raises(NoOrderWaits):
        world.desk.card_orders.write_waiting(world.by, serial, 1)


def told(centre: CentreRig, serial: str, sequence: int, order: str) -> None:
    """A row in the country's feed, whoever put it there."""
    with centre.admin() as conn:
        body = {"serial": serial, "sequence": sequence, "order": order}
        central_admin.tell(conn, "*", "card_order", serial, body)


def test_an_order_waits_is_written_at_one_counter_and_the_centre_knows(
    office: World, beside: World, centre: CentreRig, capsys: Told
) -> None:
    card = issued(office)
    assert ordered(centre, office, card.serial, "warn", "--violation", SPEEDING) == 0
    said = asked(centre, capsys)
    assert card.serial in said
    assert "waits" in said
    exchange(office, beside)

    for world in (office, beside):  # at either of them it waits
        lay(world, card)
        found = read(world)
        assert found.waiting is not None
        assert found.waiting.sequence == 1
        assert found.waiting.verdict is PointsVerdict.WARN
        assert found.has(F.ORDER_WAITS)

    written = beside.desk.card_orders.write_waiting(beside.by, card.serial, 1)
    assert written.violations[0].reference == "TILANG-26-000017"
    found = read(beside)
    assert found.waiting is None
    assert found.has(F.POINTS_WARN)
    assert not found.has(F.ORDER_WAITS)
    [entry] = acts(beside, "card.order_written")
    assert entry.content is not None
    assert (entry.content["sequence"], entry.content["way"]) == (1, "feed")

    assert "waits" in asked(centre, capsys), "the centre hears of it with the outbox"
    exchange(beside, office)
    said = asked(centre, capsys, card.serial.lower())
    assert "1374-L4" in said
    assert "02/03/2026" in said
    assert card.serial not in asked(centre, capsys), "nothing waits any more"

    lay(office, card)
    assert read(office).waiting is None, "the chip carries it"


def test_a_newer_order_takes_the_older_one_s_place(
    office: World, centre: CentreRig, capsys: Told
) -> None:
    card = offered(centre, office, "warn", "--violation", SPEEDING)
    shown = read(office).waiting
    assert shown is not None
    ordered(centre, office, card.serial, "blocked", "--violation", SPEEDING)
    exchange(office)
    with pytest.raises(OrderOvertaken) as refused:
        office.desk.card_orders.write_waiting(office.by, card.serial, shown.sequence)
    assert (refused.value.sequence, refused.value.newest) == (1, 2)
    found = read(office)
    assert found.waiting is not None
    assert found.waiting.sequence == 2
    assert found.has(F.ORDER_WAITS_BLOCKED)
    assert found.stops, "who is blocked isn't served before the chip says so"
    office.desk.card_orders.write_waiting(office.by, card.serial, 2)
    told(centre, card.serial, 1, signed(office.desk.profile, card.serial, 1))
    exchange(office)
    assert read(office).waiting is None, "an older one that comes later is stale"
    exchange(office)
    said = asked(centre, capsys, card.serial)
    assert "overtaken" in said


@pytest.mark.security
def test_nothing_is_believed_because_it_came_by_the_feed(
    office: World, centre: CentreRig, tmp_path: Path
) -> None:
    card = issued(office)
    profile = office.desk.profile
    stranger = Profile.create(tmp_path / "other", Realm.TRAINING, SeededKeys(9), now=MORNING)
    good = signed(profile, card.serial, 7)
    loosened = json.dumps(json.loads(good) | {"verdict": "clear"}, separators=(",", ":"))
    told(centre, card.serial, 9, signed(stranger, card.serial, 9))
    told(centre, card.serial, 8, loosened)
    told(centre, card.serial, 6, signed(profile, "CT26039999", 6))
    told(centre, card.serial, 5, good)  # says another number than it was signed with
    with centre.admin() as conn:
        central_admin.tell(conn, "*", "card_order", card.serial, {"serial": card.serial})
    told(centre, card.serial, 2, signed(profile, card.serial, 2))
    exchange(office)
    found = read(office)
    assert found.waiting is not None
    assert found.waiting.sequence == 2, "the only one that is the centre's, for this card"


@pytest.mark.security
def test_an_order_by_a_key_that_was_revoked_since_isn_t_offered(
    office: World, centre: CentreRig
) -> None:
    card = offered(centre, office)
    certificate = office.desk.profile.certificate(KeyRole.NOTARY)
    assert certificate is not None
    with centre.admin() as conn:
        central_admin.put_revocation(conn, "key", certificate.key_id, TODAY, "stolen", "ST/1")
    exchange(office)
    assert_not_offered(office, card.serial)
    assert acts(office, "card.order_written") == []


def test_without_the_line_what_is_known_is_offered_and_the_chip_s_number_refuses_it_twice(
    office: World, beside: World, centre: CentreRig
) -> None:
    card = issued(office)
    ordered(centre, office, card.serial, "warn", "--violation", SPEEDING)
    exchange(office, beside)
    cut(office)
    shown = read(office).waiting
    assert shown is not None, "kept here"
    ordered(centre, beside, card.serial, "clear")
    exchange(beside)
    lay(beside, card)
    beside.desk.card_orders.write_waiting(beside.by, card.serial, 2)
    # Loket 3 never heard of the second: its sheet, still open, holds the first.
    lay(office, card)
    with pytest.raises(OrderOutdated):
        office.desk.card_orders.write_waiting(office.by, card.serial, shown.sequence)
    assert read(office).waiting is None
    mend(office, centre)
    exchange(office)
    assert read(office).waiting is None


def test_a_card_that_was_taken_back_isn_t_written(office: World, centre: CentreRig) -> None:
    card = offered(centre, office)
    with centre.admin() as conn:
        central_admin.put_revocation(conn, "card", card.serial, TODAY, "stolen", "ST/2")
    exchange(office)
    assert_not_offered(office, card.serial)


def test_a_recalled_card_isn_t_written(office: World, centre: CentreRig) -> None:
    app = ready(office, 3)
    card = card_of(office, app.blank_serial)
    lay(office, card)
    ordered(centre, office, card.serial)
    exchange(office)
    assert read(office).waiting is not None
    office.take_over("bambang")
    with office.desk.ledger.acting(office.by) as w:
        lay_aside(office.desk.frame, w, card.serial, SpoilReason.RECALLED)
    assert_not_offered(office, card.serial)


def test_what_an_older_program_didn_t_know_is_heard_by_the_next_one(
    office: World, centre: CentreRig
) -> None:
    offered(centre, office)
    with office.desk.ledger.store.write() as conn:  # as a program before this one leaves it
        conn.exec_driver_sql(
            "UPDATE orders SET state = 'failed', problem = 'UnknownOrder' WHERE type = 'card_order'"
        )
    assert read(office).waiting is None
    exchange(office)
    assert read(office).waiting is not None


def test_a_centre_put_back_from_a_backup_learns_the_numbers_that_chips_carry(
    office: World, centre: CentreRig
) -> None:
    card = issued(office)
    for _ in range(3):
        ordered(centre, office, card.serial)
    exchange(office)
    office.desk.card_orders.write_waiting(office.by, card.serial, 3)
    centre.do("DELETE FROM centre.card_orders")
    centre.do("DELETE FROM centre.meta WHERE key LIKE 'points:%%'")
    exchange(office)
    ordered(centre, office, card.serial, "clear")
    exchange(office)
    found = read(office)
    assert found.waiting is not None
    assert found.waiting.sequence == 4


@pytest.mark.security
def test_what_a_counter_says_of_other_orders_settles_nothing(
    office: World, centre: CentreRig
) -> None:
    """A counter that writes another order under the number leaves the centre's own waiting."""
    card = issued(office)
    ordered(centre, office, card.serial)
    other = signed(office.desk.profile, card.serial, 1, PointsVerdict.CLEAR)
    office.desk.card_orders.write(office.by, other.encode())
    exchange(office)
    with centre.admin() as conn:
        [kept] = central_cards.kept_orders(conn, card.serial)
    assert kept.written == ()


@pytest.mark.security
def test_an_act_that_tells_no_order_stops_no_push(office: World, centre: CentreRig) -> None:
    long = hashlib.shake_256(b"more than an index takes").hexdigest(6000)
    contents: tuple[dict[str, object], ...] = (
        {}, {"serial": None, "sequence": "many"}, {"serial": ["x"], "sequence": "9" * 30},
        {"serial": "CT26030001", "sequence": 2**53 - 1, "digest": "x"},
        {"serial": long, "sequence": 1, "digest": "x"},
    )  # fmt: skip
    for content in contents:
        with office.desk.ledger.acting(office.by) as w:
            w.record("card.order_written", "x", content)
    facts = exchange(office)
    assert facts.waiting == 0
    assert facts.reachable
    with centre.admin() as conn:
        assert central_cards.next_order(conn, "CT26030001") == 1, "no number that leaves no next"
