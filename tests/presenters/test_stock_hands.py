"""In whose hand it lies at the stock desk: who pressed the key, which card was scanned."""

from __future__ import annotations

from desktop.domain.application import Paper
from desktop.domain.officer import Role
from desktop.domain.stock import DayStillOpen, RangeMalformed, SerialKnown, SerialMalformed
from desktop.presenters.stock import StockDesk
from desktop.presenters.stock_view import Area, CloseStage
from desktop.words import LANGUAGES, Words
from tests.presenters.busy_lane import on_busy_lane
from tests.presenters.test_stock_kept import LOT, desk
from tests.walks.making import approved
from tests.walks.world import PASSWORDS, World


def test_whoever_pressed_the_key_counted_whoever_sits_there_when_the_lane_comes_to_it(
    world: World,
) -> None:
    world.sign_in("nyoman")
    shift = world.desk.closing.open_shift(world.by)
    presenter = desk(world)
    lanes = on_busy_lane(presenter, "card_printer")
    presenter.count({LOT: 500})
    world.take_over("bambang")
    lanes.let_go()
    assert presenter.view.problem is None
    assert world.desk.closing.reckoning().shift.counted_by == PASSWORDS["nyoman"][0]
    assert world.desk.closing.reckoning().shift.id == shift.id


def test_a_lock_right_after_the_close_takes_no_report_away(world: World) -> None:
    world.sign_in("nyoman")
    shift = world.desk.closing.open_shift(world.by)
    presenter = desk(world)
    presenter.count({LOT: 500})
    lanes = on_busy_lane(presenter, "card_printer")
    presenter.close_shift(*PASSWORDS["bambang"])
    world.desk.duty.lock()
    lanes.let_go()
    with world.desk.ledger.reading() as r:
        papers = r.find(Paper, subject=shift.id)
    assert len(papers) == 2
    assert all(paper.printed_at for paper in papers)


def test_the_printer_s_answer_of_a_shift_that_was_closed_meanwhile_is_no_refusal(
    world: World,
) -> None:
    world.sign_in("nyoman")
    world.desk.closing.open_shift(world.by)
    world.desk.closing.count(world.by, {LOT: 500})
    presenter = StockDesk(world.desk)
    lanes = on_busy_lane(presenter, "card_printer")
    presenter.enter(Area.CLOSE)
    assert presenter.view.stage is CloseStage.RECKON
    signer = world.desk.duty.second(world.by, *PASSWORDS["bambang"], Role.SUPERVISOR)
    world.desk.closing.close(signer)
    presenter.load()
    lanes.let_go()
    assert presenter.view.stage is not CloseStage.RECKON
    assert presenter.view.problem is None


def test_nobody_is_called_to_sign_while_a_card_waits_to_be_inspected(world: World) -> None:
    world.sign_in("andi")
    app = approved(world, 1)
    world.desk.issuing.issue(world.by, app.id)
    presenter = desk(world)
    world.desk.closing.open_shift(world.by)
    presenter.count({LOT: 500})
    assert not presenter.may_be_signed()
    problem = presenter.view.problem
    assert isinstance(problem, DayStillOpen)
    assert (problem.in_doubt, problem.at_printer) == (0, 1)
    world.sign_in("andi")
    world.desk.issuing.inspect(world.by, app.id)
    assert presenter.may_be_signed()


def test_a_lot_is_scanned_no_longer_once_the_shift_is_closed(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.closing.open_shift(world.by)
    presenter = desk(world)
    presenter.count({LOT: 500})
    presenter.scan_lot(LOT)
    presenter.close_shift(*PASSWORDS["bambang"])
    assert presenter.view.stage is CloseStage.CLOSED
    assert presenter.view.scan is None
    presenter.scanned("CT99990001")
    assert presenter.view.problem is None, "no count is left that it could be foreign to"


def test_a_card_that_was_looked_up_was_not_scanned(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.closing.open_shift(world.by)
    presenter = desk(world)
    presenter.scan_lot(LOT)
    presenter.enter("CT26030007")
    assert presenter.view.area is Area.STOCK
    assert presenter.view.looked is not None
    assert presenter.view.looked.blank.id == "CT26030007"
    presenter.enter(Area.CLOSE)
    assert presenter.view.scan is not None
    assert presenter.view.scan.scanned == ()
    presenter.enter(Area.STOCK)
    presenter.receive()
    presenter.enter("CT26030008")
    assert presenter.view.receiving is not None
    assert presenter.view.receiving.first == ""


def test_a_recount_outlasts_a_refused_card_and_another_job(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.closing.open_shift(world.by)
    presenter = desk(world)
    presenter.count({LOT: 499})
    presenter.scan_lot(LOT)
    presenter.scanned("CT26030021")
    presenter.scanned("CT99990001")
    presenter.stop()
    assert presenter.view.problem is None
    assert presenter.view.scan is not None, "only the refusal was put away"
    presenter.turn_to(Area.STOCK)
    presenter.scanned("CT26030022")
    assert presenter.view.looked is not None
    presenter.stop()
    presenter.turn_to(Area.CLOSE)
    assert presenter.view.scan is not None
    assert presenter.view.scan.scanned == ("CT26030021",)
    presenter.stop()
    assert presenter.view.scan is None


def test_a_refused_close_is_told_no_longer_once_its_card_was_inspected(world: World) -> None:
    world.sign_in("andi")
    app = approved(world, 1)
    world.desk.issuing.issue(world.by, app.id)
    presenter = desk(world)
    world.desk.closing.open_shift(world.by)
    presenter.count({LOT: 500})
    assert not presenter.may_be_signed()
    world.sign_in("andi")
    world.desk.issuing.inspect(world.by, app.id)
    presenter.enter(Area.CLOSE)
    assert presenter.view.problem is None


def test_a_number_that_is_hardly_meant_is_noticed_once_and_none_that_was_counted(
    world: World,
) -> None:
    world.sign_in("nyoman")
    world.desk.closing.open_shift(world.by)
    presenter = desk(world)
    assert presenter.far_off({LOT: 499}) == ()
    assert presenter.far_off({LOT: 50}) == (LOT,)
    assert presenter.far_off({LOT: 5000}) == (LOT,)
    presenter.count({LOT: 50})
    assert presenter.far_off({LOT: 50}) == ()
    presenter.close_shift(*PASSWORDS["bambang"])
    presenter.state("Salah ketik.")
    presenter.close_shift(*PASSWORDS["bambang"])
    assert presenter.view.stage is CloseStage.CLOSED
    assert presenter.far_off({LOT: 5}) == (), "the count itself says that no shift is open"


def test_who_counted_is_not_among_those_asked_to_close(world: World) -> None:
    presenter = desk(world)
    world.desk.closing.open_shift(world.by)
    world.sign_in("bambang")
    presenter.load()
    assert presenter.view.may_close
    assert not presenter.view.counted_themselves
    presenter.count({LOT: 500})
    presenter.load()
    assert presenter.view.counted_themselves
    assert not presenter.view.others_close, "the only supervisor of this office"
    world.sign_in("nyoman")
    presenter.enter(Area.CLOSE)
    assert not presenter.view.counted_themselves
    assert PASSWORDS["bambang"][0] in [one[0] for one in presenter.view.witnesses.named]
    assert PASSWORDS["bambang"][0] not in [one[0] for one in presenter.closers.named]


def test_a_box_that_is_on_the_books_in_part_is_refused_whole_and_scanned_again(
    world: World,
) -> None:
    world.sign_in("nyoman")
    presenter = desk(world, Area.STOCK)
    lots = presenter.view.lots
    presenter.receive()
    presenter.set_receiving(lot="2605")
    presenter.scanned("CT26030480")  # the last 21 of the lot before, and what follows them
    presenter.scanned("CT26030520")
    presenter.accept_consignment()
    told = presenter.view.problem
    assert isinstance(told, SerialKnown)
    assert (told.count, told.first) == (21, "CT26030480")
    assert presenter.view.receiving is not None
    assert tuple(world.desk.stock.lots()) == lots
    presenter.scanned("CT26030501")
    assert presenter.view.problem is None
    presenter.scanned("CT26030520")
    presenter.accept_consignment()
    assert presenter.view.problem is None
    assert world.desk.stock.look("CT26030501").lot == "2605"


def test_a_box_outlasts_a_refusal_that_was_read(world: World) -> None:
    world.sign_in("nyoman")
    presenter = desk(world, Area.STOCK)
    presenter.receive()
    presenter.set_receiving(lot="2605", note="SJ-4")
    for serial in ("CT26030480", "CT26030520"):
        presenter.scanned(serial)
    presenter.accept_consignment()
    assert isinstance(presenter.view.problem, SerialKnown)
    presenter.stop()
    box = presenter.view.receiving
    assert box is not None, "only the refusal was put away"
    assert (presenter.view.problem, box.first, box.note) == (None, "CT26030480", "SJ-4")
    for serial in ("CT26050001", "CT26050020", "CT26050030", "CT26030001"):
        presenter.scanned(serial)  # the range anew, as it was told; then loose ones
    presenter.accept_consignment()
    assert isinstance(presenter.view.problem, SerialKnown)
    presenter.stop()
    presenter.scanned("CT26030001")
    box = presenter.view.receiving
    assert box is not None
    assert (box.first, box.last, box.extra) == ("CT26050001", "CT26050020", ("CT26050030",))
    presenter.stop()
    assert presenter.view.receiving is None


def test_a_loose_card_that_the_books_hold_is_taken_out_by_scanning_it_again(world: World) -> None:
    world.sign_in("nyoman")
    presenter = desk(world, Area.STOCK)
    presenter.receive()
    presenter.set_receiving(lot="2605")
    for serial in ("CT26050001", "CT26050100", "CT26050200", "CT26030001"):
        presenter.scanned(serial)
    presenter.accept_consignment()
    told = presenter.view.problem
    assert isinstance(told, SerialKnown)
    for language in LANGUAGES:
        words = Words.load(language)
        plain = words.problem(SerialKnown(count=1, first="CT26030001"))
        assert words.problem(told).remedy != plain.remedy, "says how the loose card goes"
    presenter.scanned("CT26030001")
    box = presenter.view.receiving
    assert box is not None
    assert (presenter.view.problem, box.count, box.extra) == (None, 101, ("CT26050200",))
    presenter.scanned("CT26050200")
    assert presenter.view.receiving == box, "scanned twice by mistake, it stays"
    presenter.accept_consignment()
    assert presenter.view.problem is None
    assert world.desk.stock.look("CT26050200").lot == "2605"


def test_only_the_loose_card_that_was_named_is_taken_out(world: World) -> None:
    """The others belong to the consignment, however often the scanner reads them."""
    world.sign_in("nyoman")
    presenter = desk(world, Area.STOCK)
    presenter.receive()
    presenter.set_receiving(lot="2605")
    for serial in ("CT26050001", "CT26050020", "CT26050030", "CT26030001"):
        presenter.scanned(serial)
    presenter.accept_consignment()
    assert isinstance(presenter.view.problem, SerialKnown)
    before = presenter.view.receiving
    presenter.scanned("CT26050030")
    assert presenter.view.receiving == before
    assert isinstance(presenter.view.problem, SerialKnown), "it stands until it is mended"
    presenter.stop()
    presenter.scanned("CT26050030")
    assert presenter.view.receiving == before
    presenter.scanned("CT26030001")
    box = presenter.view.receiving
    assert box is not None
    assert (box.count, box.extra) == (21, ("CT26050030",))


def test_a_number_that_is_none_is_taken_out_as_it_was_scanned(world: World) -> None:
    world.sign_in("nyoman")
    presenter = desk(world, Area.STOCK)
    presenter.receive()
    presenter.set_receiving(lot="2605")
    wrong = "x" + 45 * "1"
    for serial in ("CT26050001", "CT26050020", wrong):
        presenter.receive_scan(serial)
    presenter.accept_consignment()
    assert isinstance(presenter.view.problem, SerialMalformed)
    presenter.receive_scan(wrong)
    box = presenter.view.receiving
    assert box is not None
    assert (presenter.view.problem, box.extra) == (None, ())


def test_a_card_of_the_range_scanned_once_more_is_no_loose_one(world: World) -> None:
    world.sign_in("nyoman")
    presenter = desk(world, Area.STOCK)
    presenter.receive()
    presenter.set_receiving(lot="2605")
    for serial in ("CT26030480", "CT26030520", "CT26030480"):
        presenter.scanned(serial)
    presenter.accept_consignment()
    told = presenter.view.problem
    assert isinstance(told, SerialKnown)
    assert told.reason == "", "the range is wrong: to take the card out is no help"


def test_a_range_that_is_none_is_scanned_again_as_it_is_told_to(world: World) -> None:
    world.sign_in("nyoman")
    presenter = desk(world, Area.STOCK)
    presenter.receive()
    presenter.set_receiving(lot="2605")
    presenter.scanned("CT26050100")
    presenter.scanned("CT26050001")
    assert isinstance(presenter.view.problem, RangeMalformed)
    presenter.scanned("CT26050001")
    presenter.scanned("CT26050100")
    box = presenter.view.receiving
    assert box is not None
    assert (presenter.view.problem, box.count, box.extra) == (None, 100, ())
    presenter.scanned("CT26050007")
    box = presenter.view.receiving
    assert box is not None
    assert box.count == 100, "it lies within the range already"
