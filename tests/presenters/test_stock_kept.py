"""The close half done and the consignment half taken in: kept at every field, opened again."""

from __future__ import annotations

from dataclasses import replace

from db.errors import StoreFull
from desktop.domain.application import Draft
from desktop.domain.destruction import DestroyMethod
from desktop.presenters.stock import StockDesk
from desktop.presenters.stock_view import Area, CloseStage
from desktop.services.kept_work import CLOSE, CONSIGNMENT
from tests.presenters.busy_lane import on_busy_lane
from tests.walks.test_full_disk import fill, limit
from tests.walks.world import PASSWORDS, World

LOT = "2603"


def desk(world: World, area: Area = Area.CLOSE) -> StockDesk:
    """As after a kill: another presenter, whoever signs in; the one before is gone."""
    world.sign_in("nyoman")
    made = StockDesk(world.desk)
    made.enter(area)
    made.close()
    return made


def kept(world: World) -> dict[str, Draft]:
    with world.desk.ledger.reading() as r:
        return {draft.form: draft for draft in r.find(Draft)}


def test_what_the_printer_told_outlasts_a_look_that_began_before(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.closing.open_shift(world.by)
    desk(world).count({LOT: 500})
    again = desk(world)
    told = again.view
    assert told.reckoning is not None
    assert told.reckoning.counters
    again.view = replace(told, reckoning=None)
    looked = again._look()
    again.view = told
    again._show(looked)
    assert again.view.reckoning is not None
    assert again.view.reckoning.counters == told.reckoning.counters


def test_a_close_is_gone_on_with_at_each_of_its_steps(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.closing.open_shift(world.by)
    first = desk(world)
    assert first.view.stage is CloseStage.COUNT
    assert kept(world) == {}, "a count that nobody began is nothing to go on with"
    with world.desk.ledger.reading() as r:
        head = r.head()
    for typed in (4, 47, 479):
        first.type_count(LOT, typed)
    with world.desk.ledger.reading() as r:
        assert r.head() == head, "what is half counted is no act"
    [draft] = world.desk.kept_work.begun(world.by)
    assert (draft.form, draft.officer) == (CLOSE, "")

    second = desk(world)
    assert second.view.counts == {LOT: 479}
    second.count(second.view.counts)
    assert second.view.stage is CloseStage.RECKON
    assert len(world.desk.kept_work.begun(world.by)) == 1, "who counted goes on to the close"
    world.sign_in("rahmat")
    assert world.desk.kept_work.begun(world.by) == [], "nobody else is led there"
    world.sign_in("nyoman")
    second.type_statement("Satu kartu ")
    second.type_statement("Satu kartu tertinggal di laci.")
    second.scan_lot(LOT)
    second.scanned("CT26030001")

    third = desk(world)
    assert third.view.stage is CloseStage.RECKON
    assert third.view.statement == "Satu kartu tertinggal di laci."
    assert third.view.scan == second.view.scan
    assert third.view.scan is not None
    assert third.view.scan.scanned == ("CT26030001",)
    assert third.view.scan.missing
    third.recount()

    fourth = desk(world)
    assert fourth.view.stage is CloseStage.COUNT, "counted once, and being counted again"
    fourth.type_count(LOT, 47)
    fourth.type_count(LOT, -1)
    fourth.count({LOT: 479})
    fourth.state("Satu kartu tertinggal di laci.")
    assert fourth.view.problem is None
    assert fourth.view.statement is None, "the words are on record now"

    fifth = desk(world)
    assert (fifth.view.stage, fifth.view.scan) == (CloseStage.RECKON, None)
    fifth.close_shift(*PASSWORDS["bambang"])
    assert fifth.view.problem is None
    assert kept(world) == {}
    assert desk(world).view.counts == {}


def test_a_consignment_half_taken_in_is_gone_on_with(world: World) -> None:
    first = desk(world, Area.STOCK)
    first.receive()
    first.set_receiving(lot="2605", note="SJ-17")
    for serial in ("CT26050001", "CT26050100", "CT26050201"):
        first.scanned(serial)
    second = desk(world, Area.STOCK)
    assert second.view.receiving == first.view.receiving
    assert second.view.receiving is not None
    assert second.view.receiving.count == 101
    second.type_box("note", "SJ-17/I")  # the field wasn't left yet
    third = desk(world, Area.STOCK).view.receiving
    assert third is not None
    assert (third.note, third.count) == ("SJ-17/I", 101)
    second.stop()
    assert kept(world) == {}
    second.receive()
    assert set(kept(world)) == {CONSIGNMENT}
    assert desk(world, Area.STOCK).view.receiving is not None
    second.set_receiving(lot="2605", first="CT26050001", last="CT26050100")
    second.accept_consignment()
    assert second.view.receiving is None
    assert kept(world) == {}


def test_cards_ticked_for_destruction_stay_ticked(world: World) -> None:
    world.sign_in("nyoman")
    for serial in ("CT26030401", "CT26030402"):
        world.desk.stock.spoil(world.by, serial, "lot_defect")
    first = desk(world, Area.DESTROY)
    first.type_manner(0, "burned")
    assert kept(world) == {}, "a way alone destroys nothing"
    first.scanned("CT26030401")
    first.type_manner(0, "burned")
    second = desk(world, Area.DESTROY)
    assert (second.view.ticked, second.view.method) == ({"CT26030401"}, "burned")
    second.destroy(DestroyMethod.BURNED, 0, *PASSWORDS["bambang"])
    assert second.view.problem is None
    assert kept(world) == {}


def test_a_full_disk_at_a_field_is_said_once_and_what_was_typed_stays(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.closing.open_shift(world.by)
    presenter = desk(world)
    presenter.count({LOT: 479})
    fill(world)
    long = "Satu kartu tertinggal di laci. " * 500  # more than the page that lies open has room for
    presenter.type_statement(long)
    assert isinstance(presenter.view.problem, StoreFull)
    presenter.dismiss()
    assert presenter.view.problem is None, "not tried again until something changes"
    limit(world, 100_000)
    presenter.type_statement(long + "Sudah ketemu.")
    assert desk(world).view.statement == long + "Sudah ketemu."


def test_a_half_answered_question_about_a_card_stands_over_that_card_again(world: World) -> None:
    first = desk(world, Area.STOCK)
    lanes = on_busy_lane(first, "desk")
    first.scanned("CT26030400")
    first.scanned("CT26030401")  # this one lies on the table now
    lanes.let_go()
    first.desk = world.desk
    first.ask("miss", {"reason": "other", "note": "Kotak ter"})
    second = desk(world, Area.STOCK)
    assert second.view.looked is not None
    assert second.view.looked.blank.id == "CT26030401"
    asked = second.view.asked
    assert asked is not None
    assert (asked.question, asked.again) == ("miss", True)
    assert asked.answers == {"reason": "other", "note": "Kotak ter"}
    second.miss("other", "Kotak terbuka.", "CT26030401")
    assert second.view.problem is None
    assert second.view.asked is None
    assert kept(world) == {}


def test_what_was_answered_of_one_card_is_never_offered_for_another(world: World) -> None:
    presenter = desk(world, Area.STOCK)
    presenter.scanned("CT26030400")
    presenter.ask("miss", {"reason": "other", "note": "Di laci tiga."})
    presenter.scanned("CT26030400")
    assert presenter.answered("miss"), "the same card, scanned once more"
    presenter.scanned("CT26030401")
    assert presenter.answered("miss") == {}
    assert kept(world) == {}


def test_a_recount_that_is_left_leaves_the_consignment(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.closing.open_shift(world.by)
    presenter = desk(world, Area.STOCK)
    presenter.receive()
    presenter.set_receiving(lot="2604")
    presenter.turn_to(Area.CLOSE)
    presenter.count({LOT: 479})
    presenter.scan_lot(LOT)
    presenter.stop()
    assert presenter.view.scan is None
    assert presenter.view.receiving is not None
    assert presenter.view.receiving.lot == "2604"
