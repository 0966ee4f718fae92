"""Parcels that came back, each with exactly one outcome."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from db.errors import StoreFull
from desktop.cards.seal import CardStatement, seal
from desktop.cards.seal_check import statement_of
from desktop.domain.application import Application, Delivery, Incident, ReasonMissing
from desktop.domain.application import ApplicationState as S
from desktop.domain.card_reading import CardFact
from desktop.domain.officer import RoleMissing, SameOfficer
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.reasons import DestroyReason, HoldReason, ReturnReason
from desktop.domain.shipment import (
    Address,
    CardCameBack,
    CardNotChecked,
    ContactResult,
    ContactWay,
    Contents,
    CourierWord,
    ParcelNotOut,
    ParcelState,
    PictureOfSealMissing,
    ReturnState,
    UnknownWaybill,
)
from desktop.domain.stock import Blank, BlankState, UnknownBlank
from desktop.domain.workflow import NoSuchStep
from desktop.keys.signer import SoftSigner
from desktop.pictures import NotAPicture
from desktop.services.oversight import TrailQuery
from desktop.services.parcels import CaseOnHold
from desktop.services.returns import VERIFIED
from desktop.training.batch_maker import photo
from desktop.words import Words
from devices.simulators.faults import Fault, FaultName
from tests.walks.licence_office import code_on
from tests.walks.online_day import OnlineDay, proof
from tests.walks.signed import assert_two_signed
from tests.walks.steps import acts
from tests.walks.test_full_disk import limit
from tests.walks.test_paper_forms import text_of
from tests.walks.world import World


@pytest.fixture
def day(world: World) -> Iterator[OnlineDay]:
    yield OnlineDay(world)
    assert_two_signed(world)


def blank_state(day: OnlineDay, serial: str) -> BlankState:
    with day.world.desk.ledger.reading() as r:
        return r.get(Blank, serial).state


def standing(day: OnlineDay, app: Application) -> LicenceStatus:
    """How the licence stands that a case's card bears now."""
    with day.world.desk.ledger.reading() as r:
        return r.get(Licence, day.app(app.id).licence_id).status


def test_a_returned_card_is_sent_again(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    assert case.state is ReturnState.VERIFIED
    assert case.opened_with == "74050005"
    assert len(world.desk.returns.signatures(case.id)) == 2
    outcomes = world.desk.outcomes
    new = day.waybill()
    with pytest.raises(CardNotChecked):
        outcomes.redispatch(world.by, case.id, app.blank_serial, new)
    day.lay(app.blank_serial)
    check = world.desk.returns.check_card(world.by, case.id, app.blank_serial)
    assert check.good
    assert day.app(app.id).state is S.READY
    world.desk.returns.contact(
        world.by, case.id, ContactWay.PHONE, ContactResult.NEW_ADDRESS, "pindah rumah"
    )
    moved = Address("Penerima Contoh", "Jalan Baru No. 2", "Bandung", "40111")
    again = outcomes.redispatch(world.by, case.id, app.blank_serial, new, address=moved)
    assert again.address == moved
    case = world.desk.returns.case(case.id)
    assert case.state is ReturnState.REDISPATCHED
    assert case.new_parcel == again.id
    assert case.closed_at is not None
    with pytest.raises(NoSuchStep):
        world.desk.outcomes.recall(world.by, day.second("bambang"), case.id)
    minutes = outcomes.minutes(world.by, case.id)
    assert minutes.pdf.startswith(b"%PDF")
    world.desk.shipping.close_manifest(world.by, again.courier, 1)
    world.desk.tracking.courier_says(world.by, again.awb, CourierWord.DELIVERED, proof=proof(world))
    assert world.desk.tracking.confirm_delivery(world.by, app.id).state is S.CLOSED


def test_a_returned_card_is_recalled_and_destroyed_under_two_signatures(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(app.blank_serial)
    world.desk.returns.check_card(world.by, case.id, app.blank_serial)
    outcomes = world.desk.outcomes
    with pytest.raises(SameOfficer):
        outcomes.recall(world.by, world.by, case.id)
    assert day.app(app.id).state is S.READY
    case = outcomes.recall(world.by, day.second("bambang"), case.id, DestroyReason.UNDELIVERABLE)
    assert case.state is ReturnState.RECALLED
    assert day.app(app.id).state is S.RECALLED
    assert blank_state(day, app.blank_serial) is BlankState.TO_BE_DESTROYED
    with world.desk.ledger.reading() as r:
        [made] = r.find(Licence, application_id=app.id)
        old = r.get(Licence, app.previous_licence)
    assert made.status is LicenceStatus.REVOKED
    assert old.status is LicenceStatus.VALID
    with pytest.raises(SameOfficer):
        outcomes.destroy(world.by, world.by, case.id)
    limit(world, 6)
    with pytest.raises(StoreFull):  # no room for the minutes
        outcomes.destroy(world.by, day.second("bambang"), case.id)
    limit(world, 100_000)
    assert world.desk.returns.case(case.id).state is ReturnState.RECALLED
    assert blank_state(day, app.blank_serial) is BlankState.TO_BE_DESTROYED
    paper = outcomes.destroy(world.by, day.second("bambang"), case.id)
    assert paper.pdf.startswith(b"%PDF")
    assert blank_state(day, app.blank_serial) is BlankState.DESTROYED
    case = world.desk.returns.case(case.id)
    assert case.state is ReturnState.DESTROYED
    assert case.minutes
    again = outcomes.reissue_recalled(world.by, app.id)
    assert again.state is S.APPROVED


def test_a_returned_card_is_collected_at_the_counter(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(app.blank_serial)
    world.desk.returns.check_card(world.by, case.id, app.blank_serial)
    with pytest.raises(ReasonMissing):
        world.desk.returns.hold_for_collection(world.by, case.id, " ")
    case = world.desk.returns.hold_for_collection(world.by, case.id, "B-07")
    assert case.state is ReturnState.HELD_FOR_COLLECTION
    assert day.app(app.id).delivery is Delivery.COLLECT
    world.clock.advance(20 * 86_400)
    [aged] = world.desk.returns.ageing()
    assert (aged.days, aged.alarm) == (20, False)
    world.sign_in("andi")
    app = world.desk.handover.hand_over(world.by, app.id, app.blank_serial)
    assert app.state is S.CLOSED
    assert world.desk.returns.case(case.id).state is ReturnState.COLLECTED
    assert world.desk.returns.ageing() == []


def test_a_returned_card_that_nobody_compared_calls_no_second_officer(day: OnlineDay) -> None:
    """It can't be handed over by two either: that is said when the first has read its number."""
    world, handover = day.world, day.world.desk.handover
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    world.sign_in("andi")
    with pytest.raises(CardNotChecked):
        handover.check_read(world.by, app.id, app.blank_serial)
    world.sign_in("rahmat")
    day.lay(app.blank_serial)
    world.desk.returns.check_card(world.by, case.id, app.blank_serial)
    world.sign_in("andi")
    handover.check_read(world.by, app.id, app.blank_serial)


def test_the_whole_way_of_a_return_is_found_by_its_case_and_by_its_waybill(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(app.blank_serial)
    world.desk.returns.check_card(world.by, case.id, app.blank_serial)
    world.desk.outcomes.recall(
        world.by, day.second("bambang"), case.id, DestroyReason.UNDELIVERABLE
    )
    own = {line.act for line in acts(world) if line.subject == case.id}
    assert {"return.received", "return.recall"} <= own, own
    for number in (app.number, parcel.awb):
        told = world.desk.oversight.trail(TrailQuery(subject=number))
        assert own <= {line.act for line in told}, number


def test_a_held_card_nobody_fetches_is_sent_or_recalled(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(app.blank_serial)
    world.desk.returns.check_card(world.by, case.id, app.blank_serial)
    world.desk.returns.hold_for_collection(world.by, case.id, "B-07")
    again = world.desk.outcomes.redispatch(world.by, case.id, app.blank_serial, day.waybill())
    assert again.state is ParcelState.PACKED
    assert day.app(app.id).delivery is Delivery.COURIER


def test_a_held_card_whose_holder_left_again_has_the_same_ways_out(day: OnlineDay) -> None:
    """Their case was set aside at the handover; the card lies in its slot all the same."""
    desk, apps = day.world.desk, day.ready(count=3)
    cases = [day.came_back(parcel) for parcel in day.dispatched(*apps)]
    by, bambang = day.world.by, day.second("bambang")
    for app, case in zip(apps, cases, strict=True):
        day.lay(app.blank_serial)
        desk.returns.check_card(by, case.id, app.blank_serial)
        desk.returns.hold_for_collection(by, case.id, "B-07")
    acts_on = (
        lambda case, app: desk.outcomes.redispatch(by, case.id, app.blank_serial, day.waybill()),
        lambda case, _: desk.outcomes.reprint(by, bambang, case.id),
        lambda case, _: desk.outcomes.recall(by, bambang, case.id),
    )
    for act, case, app in zip(acts_on, cases, apps, strict=True):
        desk.intake.hold(by, app.id, HoldReason.INQUIRY)
        with pytest.raises(CaseOnHold) as refused:
            act(case, app)
        assert refused.value.number == app.number
        desk.intake.resume(by, app.id)
        desk.intake.hold(by, app.id, HoldReason.APPLICANT_LEFT)
        act(case, app)
    # The parcel's card stays with its case until the courier took it.
    assert [day.app(app.id).state for app in apps] == [S.IN_DELIVERY, S.APPROVED, S.RECALLED]


def test_an_empty_parcel_is_a_loss_and_a_free_card(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    bambang = day.second("bambang")
    with pytest.raises(ReasonMissing):
        world.desk.outcomes.found_empty(world.by, bambang, case.id, "")
    app = world.desk.outcomes.found_empty(world.by, bambang, case.id, "amplop kosong")
    assert app.state is S.APPROVED
    case = world.desk.returns.case(case.id)
    assert case.state is ReturnState.REPRINTED
    assert case.contents is Contents.EMPTY
    assert blank_state(day, parcel.serial) is BlankState.MISSING
    [incident] = world.desk.returns.incidents(case.id)
    assert incident.kind == "parcel_empty"
    assert incident.details["loss_report"] == "30001"
    paper, words = text_of(world.desk.outcomes.minutes(world.by, case.id)), Words.load("id")
    assert words("forms.check.seal") in paper
    assert words("forms.check.card") not in paper, "no card was there to compare"
    app = day.made(app.id)
    assert app.blank_serial != parcel.serial


def test_somebody_else_s_card_opens_both_cases(day: OnlineDay) -> None:
    world = day.world
    mine, other = day.ready(count=2)
    first, second = day.dispatched(mine, other)
    case = day.came_back(first)
    day.lay(other.blank_serial)
    check = world.desk.returns.check_card(world.by, case.id, other.blank_serial)
    assert not check.good
    assert check.other is not None
    assert check.other.id == other.id
    with world.desk.ledger.reading() as r:
        [incident] = r.find(Incident, kind="other_card_in_parcel")
        flags = {r.get(Licence, day.app(one.id).licence_id).status for one in (mine, other)}
    assert incident.details["other"] == other.number
    assert flags == {LicenceStatus.FLAGGED}
    with pytest.raises(CardNotChecked):
        world.desk.outcomes.redispatch(world.by, case.id, other.blank_serial, day.waybill())
    done = world.desk.outcomes.settle_swap(
        world.by, day.second("bambang"), case.id, "dua kartu tertukar saat dikemas"
    )
    assert done.case.state is ReturnState.REPRINTED
    assert done.mine.state is S.APPROVED
    assert done.other is not None
    assert done.other.state is S.APPROVED
    assert blank_state(day, other.blank_serial) is BlankState.TO_BE_DESTROYED
    assert blank_state(day, mine.blank_serial) is BlankState.MISSING
    for one in (mine, other):
        day.made(one.id)

    # The other parcel comes back too, with the card that was missing: it is void and destroyed.
    later = day.came_back(second)
    day.lay(mine.blank_serial)
    check = world.desk.returns.check_card(world.by, later.id, mine.blank_serial)
    assert check.other is not None
    assert check.other.id == mine.id
    bambang = day.second("bambang")
    world.desk.outcomes.recall(world.by, bambang, later.id, DestroyReason.TURNED_UP)
    world.desk.outcomes.destroy(world.by, bambang, later.id)
    assert blank_state(day, mine.blank_serial) is BlankState.DESTROYED
    assert {day.app(one.id).state for one in (mine, other)} == {S.READY}
    assert {standing(day, one) for one in (mine, other)} == {LicenceStatus.VALID}, "the new cards'"


def test_a_neighbour_s_card_scanned_by_mistake_leaves_no_flag_behind(day: OnlineDay) -> None:
    mine, other = day.ready(count=2)
    [parcel] = day.dispatched(mine)
    returns, by = day.world.desk.returns, day.world.by
    case = day.came_back(parcel)
    day.lay(other.blank_serial)
    assert not returns.check_card(by, case.id, other.blank_serial).good
    assert {standing(day, one) for one in (mine, other)} == {LicenceStatus.FLAGGED}
    [incident] = returns.incidents(case.id)
    assert set(incident.details["flagged"].split()) == {mine.blank_serial, other.blank_serial}
    day.lay(mine.blank_serial)
    assert returns.check_card(by, case.id, mine.blank_serial).good
    assert {standing(day, one) for one in (mine, other)} == {LicenceStatus.VALID}
    [incident] = returns.incidents(case.id)
    assert not incident.closed_by, "a supervisor hears of it all the same"


def test_a_returned_card_goes_out_by_its_return_or_over_the_counter(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(app.blank_serial)
    desk, by = world.desk, world.by
    assert desk.returns.check_card(by, case.id, app.blank_serial).good
    assert desk.shipping.to_pack() == []
    assert desk.online.waits_for(by) == 0
    with pytest.raises(CardCameBack) as back:
        desk.shipping.pack(by, app.id, app.blank_serial, day.waybill())
    assert (back.value.number, back.value.awb) == (app.number, parcel.awb)
    assert day.app(app.id).state is S.READY

    day.cards[app.blank_serial].chip.dead = True  # looked at once more: it isn't good after all
    assert not desk.returns.check_card(by, case.id, app.blank_serial).good
    world.sign_in("andi")
    with pytest.raises(CardNotChecked):
        desk.handover.hand_over(world.by, app.id, app.blank_serial)
    assert day.app(app.id).state is S.READY
    day.cards[app.blank_serial].chip.dead = False
    assert desk.returns.check_card(world.by, case.id, app.blank_serial).good
    assert desk.handover.hand_over(world.by, app.id, app.blank_serial).state is S.CLOSED
    assert desk.returns.case(case.id).state is ReturnState.COLLECTED
    assert desk.returns.ageing() == []
    world.sign_in("rahmat")
    with pytest.raises(CardNotChecked):
        desk.outcomes.reprint(world.by, day.second("bambang"), case.id)
    assert standing(day, app) is LicenceStatus.VALID


def test_a_damaged_card_is_made_again(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(app.blank_serial)
    world.bench.order("desk_reader", Fault("chip.read", FaultName.DEAD_CHIP))
    check = world.desk.returns.check_card(world.by, case.id, app.blank_serial)
    assert check.serial_matches
    assert not check.chip_matches
    with pytest.raises(CardNotChecked):
        world.desk.returns.hold_for_collection(world.by, case.id, "B-07")
    after = world.desk.outcomes.reprint(world.by, day.second("bambang"), case.id)
    assert after.state is S.APPROVED
    assert blank_state(day, app.blank_serial) is BlankState.TO_BE_DESTROYED
    day.made(app.id)


def test_a_lost_parcel_that_turns_up_is_destroyed(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    world.desk.tracking.declare_lost(
        world.by, day.second("bambang"), parcel.awb, "kurir tidak menemukan"
    )
    new = day.made(app.id)
    world.sign_in("rahmat")
    case = world.desk.returns.receive(world.by, parcel.awb)
    bambang = day.second("bambang")
    world.desk.returns.verify(
        world.by, bambang, case.id, seal_intact=True, reason=ReturnReason.OTHER, note="ditemukan"
    )
    day.lay(parcel.serial)
    check = world.desk.returns.check_card(world.by, case.id, parcel.serial)
    assert check.good
    assert day.app(app.id).state is S.READY  # the new card's state; the old one changes nothing
    with pytest.raises(CardNotChecked):
        world.desk.outcomes.redispatch(world.by, case.id, parcel.serial, day.waybill())
    assert day.packed(new).serial == new.blank_serial, "the old card's return doesn't bar the new"
    bambang = day.second("bambang")
    world.desk.outcomes.recall(world.by, bambang, case.id, DestroyReason.TURNED_UP)
    world.desk.outcomes.destroy(world.by, bambang, case.id)
    assert blank_state(day, parcel.serial) is BlankState.DESTROYED
    assert day.app(app.id).blank_serial == new.blank_serial


def test_opening_needs_two_officers_a_reason_and_a_picture_of_a_broken_seal(
    day: OnlineDay,
) -> None:
    world = day.world
    [app] = day.ready()
    parcel = day.packed(app)
    returns = world.desk.returns
    with pytest.raises(ParcelNotOut):
        returns.receive(world.by, parcel.awb)
    with pytest.raises(UnknownWaybill):
        returns.receive(world.by, "P9901010000001")
    world.desk.shipping.close_manifest(world.by, parcel.courier, 1)
    case = returns.receive(world.by, parcel.awb)
    assert returns.receive(world.by, parcel.awb).id == case.id  # a second scan changes nothing
    with pytest.raises(CardNotChecked):
        returns.check_card(world.by, case.id, app.blank_serial)
    with pytest.raises(SameOfficer):
        returns.verify(world.by, world.by, case.id, seal_intact=True, reason=ReturnReason.REFUSED)
    with pytest.raises(RoleMissing) as refused:
        returns.verify(
            world.by, day.second("andi"), case.id, seal_intact=True, reason=ReturnReason.REFUSED
        )
    assert refused.value.reason == "second"
    bambang = day.second("bambang")
    with pytest.raises(PictureOfSealMissing):
        returns.verify(world.by, bambang, case.id, seal_intact=False, reason=ReturnReason.DAMAGED)
    with pytest.raises(NotAPicture):
        returns.verify(
            world.by, bambang, case.id, seal_intact=False, reason=ReturnReason.DAMAGED,
            picture=b"no picture",
        )  # fmt: skip
    with pytest.raises(ReasonMissing):
        returns.verify(world.by, bambang, case.id, seal_intact=True, reason=ReturnReason.OTHER)
    assert returns.case(case.id).state is ReturnState.RECEIVED
    case = returns.verify(
        world.by, bambang, case.id, seal_intact=False, reason=ReturnReason.DAMAGED,
        picture=photo(world.people[0]),
    )  # fmt: skip
    assert [one.kind for one in returns.incidents(case.id)] == ["seal_broken"]
    one, two = (s for s in returns.signatures(case.id) if s.act == VERIFIED)
    assert one.digest == two.digest
    assert one.officer != two.officer
    with pytest.raises(UnknownBlank):
        returns.check_card(world.by, case.id, "XX99999999")
    check = returns.check_card(world.by, case.id, app.blank_serial)  # nothing on the reader
    assert check.fault is not None
    assert returns.case(case.id).card_serial == ""


def test_only_dispatch_opens_returns(day: OnlineDay) -> None:
    world = day.world
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    world.sign_in("andi")
    with pytest.raises(RoleMissing):
        world.desk.returns.receive(world.by, parcel.awb)


@pytest.mark.security
def test_a_returned_card_whose_code_nobody_signed_is_not_sent_again(day: OnlineDay) -> None:
    """Serial and chip are right; the code on its back was printed by somebody else."""
    returns = day.world.desk.returns
    [app] = day.ready()
    [parcel] = day.dispatched(app)
    case = day.came_back(parcel)
    day.lay(app.blank_serial)
    good = code_on(day.cards[app.blank_serial])
    stated = statement_of(good)
    assert isinstance(stated, CardStatement)
    check = returns.check_card(day.world.by, case.id, seal(stated, SoftSigner(bytes(32))))
    assert check.serial_matches
    assert not check.good
    assert check.read is not None
    assert check.read.has(CardFact.SEAL_KEY_UNKNOWN)
    assert day.app(app.id).state is S.IN_DELIVERY
    check = returns.check_card(day.world.by, case.id, good)
    assert check.good
    assert check.read is not None
    assert check.read.has(CardFact.SEAL_GOOD)
    assert day.app(app.id).state is S.READY
