"""Violations and points on a chip: shown as the centre has them, written only by its order."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import rfc8785

from desktop.cards.chip.orders import as_records, from_records, read_order, write_order
from desktop.cards.chip.tlv import ChipUnreadable
from desktop.domain.card_reading import CardFact
from desktop.domain.officer import RoleMissing
from desktop.domain.realm import Realm
from desktop.domain.violations import (
    CardOrder,
    NoRoomForRecords,
    OrderFault,
    OrderForOtherCard,
    OrderOutdated,
    OrderRefused,
    PointsVerdict,
    Violation,
    ViolationLevel,
)
from desktop.keys.certificates import KeyRole, issue
from desktop.profile import Profile
from desktop.services.cardmaker import ChipDiffers
from desktop.sources import SeededKeys
from devices.errors import AuthenticationFailed, CardMissing, WrongCard
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.wire import lds_chip
from tests.walks.licence_office import card_of, lay, licence_office
from tests.walks.making import ready
from tests.walks.steps import acts, handed
from tests.walks.world import MORNING, World

SPEEDING = Violation(date(2026, 1, 5), ViolationLevel.MEDIUM, 3, "TILANG-26-000017")
ACCIDENT = Violation(date(2026, 2, 1), ViolationLevel.SERIOUS, 12, "LAKA-26-000003")


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Iterator[World]:
    world = licence_office(furnished, tmp_path / "licence office")
    yield world
    world.desk.close()


def order_for(serial: str, sequence: int = 1, *violations: Violation) -> CardOrder:
    verdict = PointsVerdict.BLOCKED if ACCIDENT in violations else PointsVerdict.WARN
    made = datetime(2026, 3, 2, tzinfo=UTC)
    return CardOrder(Realm.TRAINING, serial, sequence, made, verdict, violations)


def signed(profile: Profile, order: CardOrder, role: KeyRole = KeyRole.NOTARY) -> bytes:
    """As the centre signs it; a training profile holds the centre's key."""
    certificate = profile.certificate(role)
    assert certificate is not None
    return write_order(order, profile.signer(role), certificate)


def issued(world: World, number: int = 3) -> PlasticCard:
    app = ready(world, number)
    card = card_of(world, app.blank_serial)
    handed(world, app)
    lay(world, card)
    return card


def test_an_order_is_written_shown_and_recorded(office: World) -> None:
    card = issued(office)
    desk = office.desk
    assert card.chip.licence is not None
    before = dict(card.chip.licence.files)
    order = signed(desk.profile, order_for(card.serial, 1, SPEEDING))
    assert desk.card_orders.write(office.by, order).sequence == 1
    after = card.chip.licence.files
    assert {n: f for n, f in after.items() if n != lds_chip.RECORDS} == before
    read = desk.card_readings.read_card(office.by)
    assert read.chip.order is not None
    assert read.chip.order.violations == (SPEEDING,)
    assert {CardFact.CHIP_PROVEN, CardFact.POINTS_WARN} <= {one.code for one in read.findings}
    [entry] = acts(office, "card.order_written")
    assert entry.content is not None
    assert (entry.content["serial"], entry.content["sequence"]) == (card.serial, 1)


def test_a_later_list_takes_the_earlier_one_s_place_and_never_back(office: World) -> None:
    card = issued(office)
    orders, profile = office.desk.card_orders, office.desk.profile
    first = signed(profile, order_for(card.serial, 1, SPEEDING))
    second = signed(profile, order_for(card.serial, 2, SPEEDING, ACCIDENT))
    orders.write(office.by, first)
    orders.write(office.by, second)
    with pytest.raises(OrderOutdated):
        orders.write(office.by, first)
    orders.write(office.by, second)
    read = office.desk.card_readings.read_card(office.by)
    assert read.has(CardFact.POINTS_BLOCKED)
    written = [e.content for e in acts(office, "card.order_written") if e.content is not None]
    assert [(c["sequence"], c["again"]) for c in written] == [(1, False), (2, False), (2, True)]


@pytest.mark.security
def test_only_the_centre_s_order_for_this_card_is_written(office: World, tmp_path: Path) -> None:
    card = issued(office)
    orders, profile = office.desk.card_orders, office.desk.profile
    wanted = order_for(card.serial, 1, SPEEDING)
    stranger = Profile.create(tmp_path / "other", Realm.TRAINING, SeededKeys(9), now=MORNING)
    live = dataclasses.replace(wanted, realm=Realm.LIVE)
    early = dataclasses.replace(wanted, made=datetime(2001, 1, 1, tzinfo=UTC))
    for order, why in (
        (signed(stranger, wanted), "certificate"),
        (signed(profile, wanted, KeyRole.SEAL), "certificate"),
        (signed(profile, live), "realm"),
        (signed(profile, early), "certificate"),
        (b"{}", "form"),
        (b"\xff" * 20, "form"),
    ):
        with pytest.raises(OrderRefused) as refused:
            orders.write(office.by, order)
        assert refused.value.reason == why
    with pytest.raises(OrderForOtherCard):
        orders.write(office.by, signed(profile, order_for("CT26039999", 1, SPEEDING)))
    assert card.chip.licence is not None
    assert lds_chip.RECORDS not in card.chip.licence.files
    assert acts(office, "card.order_written") == []


@pytest.mark.security
def test_a_withdrawn_key_of_the_centre_orders_nothing(office: World) -> None:
    profile = office.desk.profile
    certificate = profile.certificate(KeyRole.NOTARY)
    assert certificate is not None
    order = signed(profile, order_for("CT26030001"))
    with pytest.raises(OrderRefused) as refused:
        read_order(
            order, Realm.TRAINING, profile.trust.roots, lambda key, _: key == certificate.key_id
        )
    assert refused.value.reason is OrderFault.KEY_WITHDRAWN


@pytest.mark.security
def test_any_byte_changed_in_an_order_is_refused(office: World) -> None:
    profile = office.desk.profile
    order = signed(profile, order_for("CT26030001", 1, SPEEDING))
    roots = profile.trust.roots
    assert read_order(order, Realm.TRAINING, roots).violations == (SPEEDING,)
    for place in range(len(order) - 1):
        for bit in (1, 0x20):  # 0x20 turns hex digits' case
            forged = order[:place] + bytes((order[place] ^ bit,)) + order[place + 1 :]
            with pytest.raises(OrderRefused):
                read_order(forged, Realm.TRAINING, roots)


@pytest.mark.security
def test_records_that_the_centre_did_not_sign_are_named_when_read(office: World) -> None:
    card = issued(office)
    profile = office.desk.profile
    assert card.chip.licence is not None
    files = card.chip.licence.files
    other = signed(profile, order_for("CT26039999", 1, SPEEDING))
    files[lds_chip.RECORDS] = as_records(other)
    read = office.desk.card_readings.read_card(office.by)
    assert read.has(CardFact.POINTS_FORGED)
    assert read.chip.order is None
    good = json.loads(signed(profile, order_for(card.serial, 1, SPEEDING)))
    good["violations"] = []
    files[lds_chip.RECORDS] = as_records(rfc8785.dumps(good))
    assert office.desk.card_readings.read_card(office.by).has(CardFact.POINTS_FORGED)


@pytest.mark.fault
@pytest.mark.parametrize("step", ["chip.open", "chip.other", "chip.lock"])
def test_a_tear_leaves_the_list_that_was_there(office: World, step: str) -> None:
    card = issued(office)
    orders, profile = office.desk.card_orders, office.desk.profile
    orders.write(office.by, signed(profile, order_for(card.serial, 1, SPEEDING)))
    later = signed(profile, order_for(card.serial, 2, SPEEDING, ACCIDENT))
    office.bench.order("desk_reader", Fault(step, FaultName.TEAR))
    with pytest.raises(CardMissing):
        orders.write(office.by, later)
    lay(office, card)
    read = office.desk.card_readings.read_card(office.by)
    assert read.chip.order is not None
    assert read.chip.order.sequence == 1
    assert orders.write(office.by, later).sequence == 2


class WornOut(dict[int, bytes]):
    """A chip's files; the memory of its list keeps nothing new, and says no word of it."""

    def __setitem__(self, number: int, content: bytes) -> None:
        if number != lds_chip.RECORDS:
            super().__setitem__(number, content)


@pytest.mark.fault
def test_an_order_that_the_chip_does_not_keep_asks_for_no_other_blank(office: World) -> None:
    card, desk = issued(office), office.desk
    assert card.chip.licence is not None
    card.chip.licence.files = WornOut(card.chip.licence.files)
    with pytest.raises(ChipDiffers) as caught:
        desk.card_orders.write(office.by, signed(desk.profile, order_for(card.serial, 1, SPEEDING)))
    assert caught.value.reason == "order"


@pytest.mark.security
def test_without_the_card_s_keys_nothing_is_written(office: World) -> None:
    card = issued(office)
    assert card.chip.licence is not None
    session = office.bench.reader.session
    assert session is not None
    assert session.answer(bytes.fromhex("00A4040007A0000002480200"))[-2:] == b"\x90\x00"
    assert session.answer(bytes.fromhex("80DC80000401020304"))[-2:] == b"\x69\x82"
    with pytest.raises(AuthenticationFailed):
        lds_chip.write_records(
            session.answer,
            b"\x73\x00",
            lambda own: dataclasses.replace(card.chip.licence.keys, enc=bytes(16), mac=bytes(16)),  # type: ignore[union-attr]
            bytes(8),
        )
    assert lds_chip.RECORDS not in card.chip.licence.files


def test_who_may_write_and_on_which_chips(office: World, world: World) -> None:
    card = issued(office)
    order = signed(office.desk.profile, order_for(card.serial, 1, SPEEDING))
    office.take_over("sri")
    with pytest.raises(RoleMissing):
        office.desk.card_orders.write(office.by, order)
    world.sign_in("andi")
    app = handed(world, ready(world, 3))
    plain = card_of(world, app.blank_serial)
    order = signed(world.desk.profile, order_for(plain.serial, 1, SPEEDING))
    office.take_over("andi")
    for counter in (world, office):
        lay(counter, plain)
        with pytest.raises(NoRoomForRecords):
            counter.desk.card_orders.write(counter.by, order)
    plain.chip.foreign = True
    with pytest.raises(WrongCard):
        office.desk.card_orders.write(office.by, order)


def test_the_chip_s_file_is_one_object_in_another() -> None:
    assert from_records(as_records(b"{}\n")) == b"{}\n"
    for raw in (b"", b"\x73\x00", b"\x73\x04\x54\x02{}", b"\x53\x02{}", b"\x73\x04\x53\x02{}x"):
        with pytest.raises(ChipUnreadable):
            from_records(raw)


def test_an_order_of_an_ended_certificate_is_refused(office: World) -> None:
    profile = office.desk.profile
    root, notary = profile.signer(KeyRole.ROOT), profile.signer(KeyRole.NOTARY)
    ended = issue(
        root, realm=Realm.TRAINING, role=KeyRole.NOTARY, subject="centre", public=notary.public,
        not_before=MORNING - timedelta(days=20), not_after=MORNING - timedelta(days=5),
    )  # fmt: skip
    order = write_order(order_for("CT26030001"), notary, ended)
    with pytest.raises(OrderRefused) as refused:
        read_order(order, Realm.TRAINING, profile.trust.roots)
    assert refused.value.reason is OrderFault.CERTIFICATE
