"""The returns screen's presenter: each step in its turn, each outcome by two where it must be."""

from __future__ import annotations

import pytest

from desktop.domain.application import Application, Paper, ReasonMissing
from desktop.domain.application import ApplicationState as S
from desktop.domain.destruction import DestroyMethod
from desktop.domain.officer import Role, RoleMissing
from desktop.domain.person import Licence
from desktop.domain.reasons import DestroyReason, ReprintReason, ReturnReason
from desktop.domain.shipment import (
    CardCameBack,
    ContactResult,
    ContactWay,
    CourierWord,
    Parcel,
    PictureOfSealMissing,
    ReturnCase,
    ReturnState,
)
from desktop.domain.stock import UnknownBlank
from desktop.domain.workflow import Gate, GatesMissing
from desktop.presenters.online import Online
from desktop.presenters.online_view import OnlineArea
from desktop.presenters.returns import Returns
from desktop.presenters.returns_problems import (
    CardCodeNext,
    NewWaybillNext,
    ReturnReasonMissing,
    SealNotJudged,
)
from desktop.presenters.returns_view import ReturnFilter, ReturnStep
from desktop.services.paper_minutes import DESTRUCTION, RETURN
from desktop.training.envelope import draw_envelope
from devices.errors import DeviceFault
from devices.simulators.faults import Fault, FaultName
from tests.presenters.busy_lane import on_busy_lane
from tests.walks.online_day import OnlineDay, proof
from tests.walks.signed import assert_two_signed
from tests.walks.steps import acts
from tests.walks.world import PASSWORDS, World


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def sent(day: OnlineDay, count: int = 1) -> list[Parcel]:
    """Parcels that the courier has."""
    apps = [app for app in day.ready(count=count, seed=8) if app.delivery == "courier"]
    return day.dispatched(*apps)


def opened(day: OnlineDay, parcel: Parcel, *, intact: bool = True) -> Returns:
    """Scanned, judged, opened by Rahmat and Bambang."""
    day.world.sign_in("rahmat")
    presenter = Returns(day.world.desk)
    presenter.enter()
    presenter.scanned(parcel.awb)
    presenter.pick_reason(ReturnReason.NOBODY_HOME)
    presenter.judge_seal(intact=intact)
    presenter.open_parcel(*PASSWORDS["bambang"])
    return presenter


def checked(day: OnlineDay, parcel: Parcel) -> Returns:
    """The same, its own card compared."""
    presenter = opened(day, parcel)
    day.lay(parcel.serial)
    presenter.scanned(parcel.serial)
    assert presenter.view.problem is None
    assert presenter.view.step is ReturnStep.DECIDE
    return presenter


def test_reason_and_seal_come_before_the_second_officer(day: OnlineDay) -> None:
    [parcel] = sent(day)
    day.world.sign_in("rahmat")
    presenter = Returns(day.world.desk)
    presenter.enter()
    assert presenter.view.step is ReturnStep.SCAN
    presenter.scanned(parcel.awb)
    assert presenter.view.step is ReturnStep.SEAL
    assert not presenter.seal_ready
    assert isinstance(presenter.view.problem, ReturnReasonMissing)
    presenter.pick_reason(ReturnReason.REFUSED)
    assert not presenter.seal_ready
    assert isinstance(presenter.view.problem, SealNotJudged)
    presenter.judge_seal(intact=True)
    assert presenter.seal_ready
    presenter.open_parcel(*PASSWORDS["rahmat"])
    assert type(presenter.view.problem).__name__ == "SameOfficer"
    assert presenter.view.reason is ReturnReason.REFUSED
    presenter.open_parcel(*PASSWORDS["bambang"])
    assert presenter.view.step is ReturnStep.CARD


def test_what_a_broken_seal_or_another_reason_needs_comes_before_the_second_officer(
    day: OnlineDay,
) -> None:
    [parcel] = sent(day)
    day.world.sign_in("rahmat")
    presenter = Returns(day.world.desk)
    presenter.enter()
    presenter.scanned(parcel.awb)
    presenter.pick_reason(ReturnReason.OTHER)
    presenter.judge_seal(intact=False)
    assert not presenter.seal_ready
    assert isinstance(presenter.view.problem, PictureOfSealMissing)
    day.world.stage.sit(day.world.people[0])
    presenter.take_picture()
    assert not presenter.seal_ready
    assert isinstance(presenter.view.problem, ReasonMissing)
    presenter.write_note("Robek di sudut.")
    assert presenter.seal_ready


def test_a_broken_seal_wants_its_picture(day: OnlineDay) -> None:
    [parcel] = sent(day)
    presenter = opened(day, parcel, intact=False)
    assert type(presenter.view.problem).__name__ == "PictureOfSealMissing"
    day.world.stage.sit(day.world.people[0])
    presenter.take_picture()
    assert presenter.view.picture == draw_envelope(parcel.awb, parcel.address, torn=True)
    with day.world.desk.hub.camera() as camera:
        assert camera.capture(timeout=5) != presenter.view.picture, "who sat there sits again"
    presenter.open_parcel(*PASSWORDS["bambang"])
    assert presenter.view.step is ReturnStep.CARD
    assert presenter.view.open is not None
    assert presenter.view.open.seal_picture == presenter.view.picture
    assert [incident.kind for incident in presenter.view.open.incidents] == ["seal_broken"]

    case = presenter.view.open.case
    with day.world.desk.ledger.acting(day.world.by) as w:  # as another counter has it
        w.change(w.get(Application, case.application_id), photo="0" * 64)
        w.change(w.get(ReturnCase, case.id), picture="0" * 64)
        w.record("test.away", case.id, {})
    away = Returns(day.world.desk).read_return(case.id)
    assert (away.photo, away.seal_picture, away.face) == (b"", b"", b"")


@pytest.mark.parametrize("busy", ["desk_reader", "camera"])
def test_esc_ends_a_wait_before_it_puts_the_parcel_away(day: OnlineDay, busy: str) -> None:
    """What is waited for at one parcel must not become another's: neither card nor picture."""
    [parcel] = sent(day)
    if busy == "camera":
        day.world.sign_in("rahmat")
        presenter = Returns(day.world.desk)
        presenter.enter()
        presenter.scanned(parcel.awb)
    else:
        presenter = opened(day, parcel)
    step, lane = presenter.view.step, on_busy_lane(presenter, busy)
    if busy == "camera":
        presenter.take_picture()
    else:
        presenter.scanned(parcel.serial)
        day.lay(parcel.serial)
    presenter.close_case()
    assert presenter.view.waits
    lane.let_go()
    view = presenter.view
    assert view.open is not None
    assert (view.open.parcel.id, view.step, view.doing) == (parcel.id, step, "")
    assert (view.problem, view.picture, view.open.incidents) == (None, b"", ())
    presenter.close_case()
    assert presenter.view.open is None


def test_a_card_laid_on_the_reader_once_f6_was_left_is_not_the_parcel_s(day: OnlineDay) -> None:
    first, second = sent(day, 3)[:2]
    presenter = opened(day, first)
    reader = on_busy_lane(presenter, "desk_reader")
    presenter.scanned(first.serial)
    presenter.leave()
    day.lay(second.serial)  # an applicant's, at the walk-in
    reader.let_go()
    view = presenter.view
    assert (view.step, view.doing, view.problem) == (ReturnStep.CARD, "", None)
    assert view.open is not None
    assert view.open.case.card_serial == "", "nothing is on record"
    presenter.enter()
    day.lay(first.serial)
    presenter.check_card()
    reader.let_go()
    assert presenter.view.open is not None
    assert presenter.view.open.good


def test_a_forgotten_card_on_the_reader_changes_nothing(day: OnlineDay) -> None:
    [parcel] = sent(day)
    presenter = opened(day, parcel)
    presenter.scanned(parcel.serial)
    assert presenter.view.problem is not None
    assert presenter.view.step is ReturnStep.CARD
    day.lay(parcel.serial)
    presenter.check_card()
    assert presenter.view.step is ReturnStep.DECIDE
    assert presenter.view.open is not None
    assert presenter.view.open.good


def test_in_training_the_card_leaves_the_reader_for_its_envelope(day: OnlineDay) -> None:
    [parcel] = sent(day)
    presenter = opened(day, parcel)
    presenter.play_scan()
    assert presenter.view.step is ReturnStep.DECIDE
    bench = day.world.bench
    assert bench.reader.card is not None
    presenter.send_again()
    assert bench.reader.card is None, "else its chip is read for the next card's"


def test_sent_again_with_a_new_waybill_and_address(day: OnlineDay) -> None:
    [parcel] = sent(day)
    presenter = checked(day, parcel)
    packing = Online(day.world.desk)
    packing.enter(OnlineArea.PACK)
    assert packing.view.to_pack == ()
    packing.scanned(parcel.serial)
    assert isinstance(packing.view.pair.problem, CardCameBack)
    packing.leave()
    presenter.contact(ContactWay.PHONE, ContactResult.NEW_ADDRESS, "pindah")
    presenter.send_again()
    presenter.new_address("Jalan Baru 5", "Kota Bandung", "40111", "")
    presenter.scanned(parcel.serial)
    assert isinstance(presenter.view.problem, NewWaybillNext)
    lane = on_busy_lane(presenter, "desk")
    presenter.scanned(day.waybill())
    day.world.desk.duty.lock()
    lane.let_go()
    day.world.desk.duty.unlock(*PASSWORDS["rahmat"])
    lane.let_go()
    assert presenter.view.problem is None
    assert presenter.view.step is ReturnStep.DONE
    again = day.world.desk.shipping.parcel_of(parcel.application_id)
    assert again is not None
    assert again.address.line == "Jalan Baru 5"
    assert len(day.world.bench.take_papers()) == 1
    presenter.print_minutes()
    assert len(day.world.bench.take_papers()) == 1


def test_held_in_a_slot_and_sent_after_all(day: OnlineDay) -> None:
    [parcel] = sent(day)
    presenter = checked(day, parcel)
    presenter.hold("R-12")
    assert presenter.view.step is ReturnStep.HELD
    presenter.close_case()
    presenter.choose(ReturnFilter.HELD)
    [line] = presenter.view.lines
    presenter.open_case(line.case.id)
    presenter.send_again()
    presenter.scanned(parcel.serial)
    presenter.scanned(day.waybill())
    assert presenter.view.step is ReturnStep.DONE


def test_recalled_and_destroyed_by_two(day: OnlineDay) -> None:
    [parcel] = sent(day)
    presenter = checked(day, parcel)
    presenter.recall(DestroyReason.RECALLED, *PASSWORDS["nyoman"])
    assert presenter.view.step is ReturnStep.DESTROY
    presenter.choose(ReturnFilter.TO_DESTROY)
    assert len(presenter.view.lines) == 1
    presenter.destroy(DestroyMethod.SHREDDED, *PASSWORDS["bambang"])
    assert presenter.view.open is not None
    assert presenter.view.open.case.state is ReturnState.DESTROYED
    assert len(day.world.bench.take_papers()) == 1


def test_minutes_of_a_destruction_that_did_not_come_out_are_printed_by_p(day: OnlineDay) -> None:
    [parcel] = sent(day)
    presenter, bench = checked(day, parcel), day.world.bench
    presenter.recall(DestroyReason.RECALLED, *PASSWORDS["nyoman"])
    bench.order("document_printer", Fault("paper", FaultName.OUT_OF_PAPER))
    presenter.destroy(DestroyMethod.SHREDDED, *PASSWORDS["bambang"])
    said = presenter.view.said
    assert said is not None
    assert said.message_id == "returns_screen.said.destroyed"
    assert isinstance(presenter.view.problem, DeviceFault)
    bench.paper.load_paper()
    printed: list[str] = []
    for _ in range(2):
        presenter.print_minutes()
        said = presenter.view.said
        assert said is not None
        assert said.message_id == "returns_screen.said.minutes"
        printed.append(str(said.facts["number"]))
    assert len(bench.take_papers()) == 2
    with day.world.desk.ledger.reading() as r:
        kinds = {paper.number: paper.kind for paper in r.find(Paper)}
    assert [kinds[number] for number in printed] == [DESTRUCTION, RETURN]


def test_a_damaged_card_is_made_again(day: OnlineDay) -> None:
    [parcel] = sent(day)
    presenter = checked(day, parcel)
    presenter.reprint(ReprintReason.OTHER, *PASSWORDS["bambang"], "Plastiknya mengelupas.")
    assert presenter.view.step is ReturnStep.DONE
    [entry] = acts(day.world, "return.reprint")
    assert entry.content is not None
    assert entry.content["note"] == "Plastiknya mengelupas."
    assert day.app(parcel.application_id).state is S.APPROVED


def test_what_is_no_card_of_the_office_is_not_noted_as_the_scanned_card(day: OnlineDay) -> None:
    first, second = sent(day, 3)[:2]
    presenter = opened(day, first)
    for text, told in (
        (first.awb, CardCodeNext),
        (second.awb.lower(), CardCodeNext),
        (day.waybill(), CardCodeNext),
        ("CT26039999", UnknownBlank),
    ):
        presenter.scanned(text)
        assert isinstance(presenter.view.problem, told)
        assert presenter.view.card_scanned == "", "nothing to lay on the reader"
        assert presenter.view.step is ReturnStep.CARD
    day.lay(first.serial)
    presenter.scanned(first.serial)
    assert presenter.view.problem is None
    assert presenter.view.step is ReturnStep.DECIDE


@pytest.mark.parametrize("scans", [True, False])
def test_a_card_that_was_refused_is_read_again_tomorrow_too(day: OnlineDay, *, scans: bool) -> None:
    [parcel] = sent(day)
    presenter = opened(day, parcel)
    day.lay(parcel.serial)
    day.cards[parcel.serial].chip.dead = True
    presenter.scanned(parcel.serial)
    shown = presenter.view.open
    assert shown is not None
    assert (presenter.view.step, shown.good) == (ReturnStep.DECIDE, False)
    presenter.close_case()
    presenter.open_case(shown.case.id)
    day.cards[parcel.serial].chip.dead = False
    if scans:
        presenter.scanned(parcel.serial)
    else:
        presenter.check_card()
    assert presenter.view.problem is None, "a card is no waybill"
    shown = presenter.view.open
    assert shown is not None
    assert shown.good
    presenter.scanned(parcel.serial)
    assert presenter.view.problem is None
    assert presenter.view.open == shown


def test_an_empty_envelope_is_a_loss_and_a_new_card(day: OnlineDay) -> None:
    [parcel] = sent(day)
    presenter = opened(day, parcel)
    presenter.found_empty("Amplop tersobek, tidak ada kartu.", *PASSWORDS["bambang"])
    assert presenter.view.problem is None
    assert presenter.view.step is ReturnStep.DONE
    assert day.app(parcel.application_id).state is S.APPROVED


def test_a_parcel_that_was_told_delivered_comes_back_under_two_signatures(day: OnlineDay) -> None:
    [parcel] = sent(day)
    world, tracking = day.world, day.world.desk.tracking
    tracking.courier_says(world.by, parcel.awb, CourierWord.DELIVERED, proof=proof(world))
    app = tracking.confirm_delivery(world.by, parcel.application_id)
    assert app.state is S.CLOSED
    presenter = opened(day, parcel)
    day.lay(parcel.serial)
    day.cards[parcel.serial].chip.dead = True
    presenter.scanned(parcel.serial)
    assert presenter.view.problem is None, "nothing is taken back that isn't good"
    day.cards[parcel.serial].chip.dead = False
    presenter.check_card()
    assert isinstance(presenter.view.problem, GatesMissing)
    assert presenter.view.problem.missing == (Gate.SECOND_OFFICER,)
    presenter.check_card("", *PASSWORDS["nyoman"])
    refused = presenter.view.problem
    assert isinstance(refused, RoleMissing), "a supervisor is one of the two"
    assert refused.needed == (Role.SUPERVISOR,)
    presenter.check_card("", *PASSWORDS["bambang"])
    assert presenter.view.problem is None
    assert presenter.view.step is ReturnStep.DECIDE
    assert day.app(app.id).state is S.READY
    assert day.app(app.id).handed_to == ""
    with world.desk.ledger.reading() as r:
        assert r.get(Licence, app.licence_id).handed_over_at is None
    presenter.hold("R-12")
    assert presenter.view.step is ReturnStep.HELD
    assert_two_signed(world)


def test_somebody_else_s_card_is_said_and_settled(day: OnlineDay) -> None:
    one, other, *_ = sent(day, 3)
    presenter = opened(day, one)
    day.lay(other.serial)
    presenter.scanned(other.serial)
    assert presenter.view.step is ReturnStep.OTHER_CARD
    assert presenter.view.open is not None
    assert presenter.view.open.other is not None
    assert presenter.view.open.other.id == other.application_id
    assert presenter.view.open.other_photo
    assert presenter.view.open.other_photo != presenter.view.open.photo
    presenter.settle_swap("Tertukar saat dikemas.", *PASSWORDS["bambang"])
    assert presenter.view.problem is None
    assert presenter.view.step is ReturnStep.DONE
    assert day.app(one.application_id).state is S.APPROVED
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "returns_screen.said.swap"


def settled_swap(day: OnlineDay) -> tuple[Parcel, Parcel]:
    """One of two parcels whose cards were swapped came back and was settled."""
    one, other, *_ = sent(day, 3)
    presenter = opened(day, one)
    day.lay(other.serial)
    presenter.scanned(other.serial)
    presenter.settle_swap("Tertukar saat dikemas.", *PASSWORDS["bambang"])
    return one, other


def test_the_second_of_two_swapped_parcels_promises_no_new_card(day: OnlineDay) -> None:
    one, other = settled_swap(day)
    presenter = opened(day, other)
    day.lay(one.serial)
    presenter.scanned(one.serial)
    assert presenter.view.open is not None
    assert presenter.view.open.cards_due == 0
    presenter.settle_swap("Yang satunya.", *PASSWORDS["bambang"])
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "returns_screen.said.swap.settled"


def test_a_swap_of_which_one_card_was_made_again_promises_one(day: OnlineDay) -> None:
    one, other, *_ = sent(day, 3)
    day.world.desk.tracking.declare_lost(
        day.world.by, day.second("bambang"), one.awb, "kurir tidak menemukan"
    )
    presenter = opened(day, one)
    day.lay(other.serial)
    presenter.scanned(other.serial)
    presenter.settle_swap("Tertukar saat dikemas.", *PASSWORDS["bambang"])
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "returns_screen.said.swap.one"
    assert day.app(other.application_id).state is S.APPROVED


def test_a_lost_parcel_that_turns_up_empty_promises_no_second_card(day: OnlineDay) -> None:
    [parcel] = sent(day)
    day.world.desk.tracking.declare_lost(
        day.world.by, day.second("bambang"), parcel.awb, "kurir tidak menemukan"
    )
    presenter = opened(day, parcel)
    presenter.found_empty("Amplop kosong.", *PASSWORDS["bambang"])
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "returns_screen.said.empty.settled"


def test_a_parcel_lost_after_its_card_was_made_again_promises_none(day: OnlineDay) -> None:
    _, other = settled_swap(day)
    presenter = Online(day.world.desk)
    presenter.enter(OnlineArea.MANIFEST)
    assert presenter.made_again(other)
    presenter.declare_lost(other, "kurir tidak menemukan", *PASSWORDS["bambang"])
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "online_screen.said.lost.settled"


def test_a_card_of_nobody_known_in_the_envelope_voids_the_addressee_s_alone(day: OnlineDay) -> None:
    [parcel] = sent(day)
    stray = day.world.desk.stock.free_here(1)[0]
    presenter = opened(day, parcel)
    day.world.bench.put_card_on_reader(day.world.bench.fresh_card(stray))
    presenter.scanned(stray)
    assert presenter.view.open is not None
    assert presenter.view.open.other is None
    presenter.settle_swap("Kartu tak dikenal.", *PASSWORDS["bambang"])
    assert presenter.view.problem is None
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "returns_screen.said.swap.stray"
    assert day.app(parcel.application_id).state is S.APPROVED


def test_an_unknown_waybill_opens_nothing(day: OnlineDay) -> None:
    day.world.sign_in("rahmat")
    presenter = Returns(day.world.desk)
    presenter.enter()
    presenter.scanned("P2603020000099")
    assert type(presenter.view.problem).__name__ == "UnknownWaybill"
    assert presenter.view.step is ReturnStep.SCAN


def test_too_long_on_the_shelf_is_an_alarm(day: OnlineDay) -> None:
    [parcel] = sent(day)
    presenter = opened(day, parcel)
    presenter.close_case()
    day.world.clock.advance(40 * 86_400)
    presenter.choose(ReturnFilter.LATE)
    assert [line.case.awb for line in presenter.view.lines] == [parcel.awb]


def test_in_training_the_parcel_that_the_courier_brings_is_the_one_that_is_coming_back(
    day: OnlineDay,
) -> None:
    out, back, *_ = sent(day, 4)
    tracking = day.world.desk.tracking
    day.world.sign_in("rahmat")
    for word in (CourierWord.FAILED, CourierWord.RETURNING):
        tracking.courier_says(day.world.by, back.awb, word, reason="nobody_home")
    assert tracking.parcels()[0].id == out.id
    presenter = Returns(day.world.desk)
    presenter.enter()
    presenter.play_scan()
    assert presenter.view.open is not None
    assert presenter.view.open.parcel.id == back.id


def test_in_training_one_key_plays_every_scan(day: OnlineDay) -> None:
    [parcel] = sent(day)
    day.world.sign_in("rahmat")
    presenter = Returns(day.world.desk)
    presenter.enter()
    presenter.play_scan()
    assert presenter.view.open is not None
    assert presenter.view.open.parcel.id == parcel.id
    presenter.close_case()
    presenter.play_scan()  # no other is with a courier
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "returns_screen.said.none_out"
    assert presenter.view.said.warns, "nothing was done: no green tick"
    presenter.scanned(parcel.awb)
    presenter.pick_reason(ReturnReason.ADDRESS)
    presenter.judge_seal(intact=True)
    presenter.open_parcel(*PASSWORDS["bambang"])
    presenter.play_scan()
    assert presenter.view.step is ReturnStep.DECIDE
    assert presenter.view.open.good
    check = presenter.view.open.check
    assert check is not None
    assert check.read is not None
    assert check.read.seal is not None  # the code on the card was scanned, as a scanner would
    assert check.read.seal.good
    presenter.send_again()
    presenter.play_scan()
    assert presenter.view.step is ReturnStep.DONE
