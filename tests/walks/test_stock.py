"""Blanks come, move, spoil, get lost, leave and end; each is accounted for."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from db.rows import DuplicateRow
from desktop.domain.application import ApplicationState, Incident
from desktop.domain.codes import CodeKind, CodeMalformed
from desktop.domain.destruction import (
    DestroyMethod,
    NothingToDestroy,
    NotSetAside,
    RibbonsOvercounted,
)
from desktop.domain.officer import RoleMissing, SameOfficer
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.reasons import DestroyReason
from desktop.domain.stock import (
    BlankBusy,
    BlankOfCase,
    BlankState,
    Movement,
    RangeMalformed,
    SerialKnown,
    SerialMalformed,
    TooManyAsked,
    UnknownBlank,
)
from desktop.services.custody import Books
from desktop.services.destruction import Manner
from desktop.services.stock import OwnOffice
from desktop.services.stock_known import unknown
from desktop.settings import load_settings, save_settings
from desktop.words import Words
from tests.walks.making import approved, ready, witness
from tests.walks.steps import acts, finished, handed
from tests.walks.world import IDS_OF_THE_OFFICE, World, new_world, open_world

ONE = "CT26030400"


def state_of(world: World, serial: str) -> BlankState:
    return world.desk.stock.look(serial).state


def test_a_box_is_received_by_its_first_and_last_serial(world: World) -> None:
    world.sign_in("nyoman")
    serials = world.desk.stock.serials("ct26040001", "CT26040100")
    assert (len(serials), serials[0], serials[-1]) == (100, "CT26040001", "CT26040100")
    assert world.desk.stock.receive(world.by, "2604", serials, "SJ-17") == 100
    assert [line.lot for line in world.desk.stock.lots()] == ["2603", "2604"]
    with pytest.raises(SerialKnown):
        world.desk.stock.receive(world.by, "2604", ["CT26040100"], "SJ-17")


@pytest.mark.parametrize(
    ("first", "last"),
    [("CT26040100", "CT26040001"), ("CT26040001", "CX26040009"), ("CT1", "CT10"),
     ("", ""), ("CT00000001", "CT99999999")],
)  # fmt: skip
def test_a_range_that_is_none_is_refused(world: World, first: str, last: str) -> None:
    with pytest.raises(RangeMalformed):
        world.desk.stock.serials(first, last)


def test_a_serial_of_another_pattern_is_refused_whole(world: World) -> None:
    world.sign_in("nyoman")
    with pytest.raises(SerialMalformed):
        world.desk.stock.receive(world.by, "2604", ["CT26040001", "4711"], "SJ-17")
    with pytest.raises(UnknownBlank):
        world.desk.stock.look("CT26040001")


def test_an_office_has_serials_of_its_own_pattern(tmp_path: Path) -> None:
    world = new_world(tmp_path / "profile")
    world.desk.close()
    settings = load_settings(tmp_path / "profile")
    place = replace(settings.place, serial_pattern="SIM-[0-9A-F]{6}/[0-9]{2}")
    save_settings(tmp_path / "profile", replace(settings, place=place))
    world = open_world(tmp_path / "profile", ids_used=IDS_OF_THE_OFFICE)
    world.sign_in("nyoman")
    stock = world.desk.stock
    assert stock.receive(world.by, "S1", ["sim-00ff1a/26", "SIM-00FF1B/26"], "SJ-18") == 2
    assert stock.look("SIM-00FF1A/26").state is BlankState.IN_STOCK
    with pytest.raises(SerialMalformed):
        stock.receive(world.by, "S1", ["CT26040001"], "SJ-19")
    world.desk.close()


def test_blanks_go_to_the_counter_and_back(world: World) -> None:
    world.sign_in("nyoman")
    before = world.desk.stock.at_counter()
    assert world.desk.stock.assign_next(world.by, 30) == 30
    assert world.desk.stock.at_counter() == before + 30
    assert world.desk.stock.unassign(world.by, ["CT26030121", "CT26030122"]) == 2
    assert world.desk.stock.at_counter() == before + 28
    with pytest.raises(TooManyAsked):
        world.desk.stock.assign_next(world.by, 5000)


def test_a_transfer_needs_two_different_officers(world: World) -> None:
    world.sign_in("nyoman")
    serials = [f"CT{26030491 + n:08d}" for n in range(5)]
    with pytest.raises(SameOfficer):
        world.desk.stock.transfer(world.by, world.by, serials, "1375", "B/12")
    sent = world.desk.stock.transfer(
        world.by, witness(world, "bambang"), serials, "1375", "B/12/III/2026"
    )
    assert sent == 5
    assert state_of(world, serials[0]) is BlankState.TRANSFERRED
    with pytest.raises(BlankBusy):
        world.desk.stock.assign(world.by, serials)


def test_blanks_go_to_another_office_and_to_nothing_else(world: World) -> None:
    world.sign_in("nyoman")
    transfer, second = world.desk.stock.transfer, witness(world, "bambang")
    for office in ("13", "XYZ", "CONTOH-02", "1375-L1", "", "9999", "0012"):
        with pytest.raises(CodeMalformed) as refused:
            transfer(world.by, second, [ONE], office, "B/12")
        assert refused.value.kind is CodeKind.OFFICE
        told = Words.load("en").problem(refused.value).text
        assert told == f"“{office}” isn't a known office code. Example: 1375."
    with pytest.raises(OwnOffice):
        transfer(world.by, second, [ONE], " 1374", "B/12")
    assert state_of(world, ONE) is BlankState.IN_STOCK


def test_a_missing_blank_turns_up_before_two_officers(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.stock.miss(world.by, ONE, "not_counted")
    with pytest.raises(SameOfficer):
        world.desk.stock.find(world.by, world.by, ONE, "di bawah laci")
    world.desk.stock.find(world.by, witness(world, "bambang"), ONE, "di bawah laci")
    assert state_of(world, ONE) is BlankState.IN_STOCK


def test_a_card_that_a_case_holds_is_reported_missing_at_the_case(world: World) -> None:
    """Gone from the drawer before it was handed over: the licence is undone, the case goes on."""
    world.sign_in("andi")
    app = ready(world, 1)
    serial, licence = app.blank_serial, app.licence_id
    with pytest.raises(BlankOfCase) as refused:
        world.desk.stock.miss(world.by, serial, "not_counted")
    assert refused.value.case == app.number
    app = world.desk.issuing.card_missing(world.by, app.id, "not_counted")
    assert (app.blank_serial, app.licence_id) == ("", "")
    assert state_of(world, serial) is BlankState.MISSING
    with world.desk.ledger.reading() as r:
        assert r.get(Licence, licence).status is LicenceStatus.REVOKED
    again = finished(world, app)
    assert again.state is ApplicationState.READY
    assert again.blank_serial != serial


def test_a_card_that_was_made_and_turns_up_is_no_blank_any_more(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    serial = app.blank_serial
    world.desk.issuing.card_missing(world.by, app.id, "other", "Jatuh di belakang printer.")
    with world.desk.ledger.reading() as r:
        [lost] = r.find(Incident, kind="blank_missing")
    assert lost.statement == "Jatuh di belakang printer."
    world.take_over("nyoman")
    second = witness(world, "bambang")
    found = world.desk.stock.find(world.by, second, serial, "di belakang printer")
    assert found.state is BlankState.SPOILED
    [entry] = acts(world, "stock.find")
    assert entry.content is not None
    assert entry.content["used"] is True
    [waiting] = world.desk.destruction.waiting()
    assert waiting.reason == "other", "why it was missing, not where it lay"


def test_what_is_handed_over_is_missed_by_nobody_here(world: World) -> None:
    world.sign_in("andi")
    app = handed(world, ready(world, 1))
    with pytest.raises(BlankBusy):
        world.desk.stock.miss(world.by, app.blank_serial, "not_counted")


def test_destruction_needs_two_different_officers_one_of_them_a_supervisor(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.stock.spoil(world.by, ONE, "other", "Tergores di laci.")
    [entry] = acts(world, "blank.spoil")
    assert entry.content is not None
    assert entry.content["statement"] == "Tergores di laci."
    world.desk.destruction.set_aside(world.by, [ONE])
    with pytest.raises(SameOfficer):
        world.desk.destruction.destroy(world.by, world.by, [ONE])
    with pytest.raises(RoleMissing):
        world.desk.destruction.destroy(world.by, witness(world, "rahmat"), [ONE])
    with pytest.raises(RoleMissing):
        world.desk.destruction.destroy(world.by, witness(world, "yohana"), [ONE])
    assert state_of(world, ONE) is BlankState.TO_BE_DESTROYED
    made = world.desk.destruction.destroy(world.by, witness(world, "bambang"), [ONE])
    assert state_of(world, ONE) is BlankState.DESTROYED
    pages = PdfReader(io.BytesIO(made.pdf)).pages
    text = " ".join("\n".join(page.extract_text() for page in pages).split())
    assert ONE in text
    assert "Aipda Nyoman Artha" in text
    assert "AKP Bambang Sutrisno" in text
    assert world.desk.oversight.verify().sound


def test_what_was_not_set_aside_is_not_destroyed(world: World) -> None:
    world.sign_in("nyoman")
    second = witness(world, "bambang")
    with pytest.raises(NotSetAside):
        world.desk.destruction.destroy(world.by, second, [ONE])
    with pytest.raises(NothingToDestroy):
        world.desk.destruction.destroy(world.by, second, [])
    assert state_of(world, ONE) is BlankState.IN_STOCK


def test_a_spoiled_card_keeps_its_case_on_the_list(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    world.desk.issuing.spoil(world.by, app.id, "print_defect")
    [waiting] = world.desk.destruction.waiting()
    assert (waiting.serial, waiting.reason) == (app.blank_serial, "print_defect")
    world.take_over("nyoman")
    causes = {app.blank_serial: DestroyReason.SPOILED}
    how = Manner(method=DestroyMethod.CUT, place="ruang arsip")
    world.desk.destruction.destroy(
        world.by, witness(world, "bambang"), [app.blank_serial], causes, how
    )
    assert world.desk.destruction.waiting() == []


def test_used_ribbon_is_destroyed_by_count(world: World) -> None:
    world.sign_in("rahmat")
    world.desk.care.change_ribbon(world.by, "card_printer", "PITA-88", 0)
    assert world.desk.supplies.used_ribbons() == (1, 1)
    second = witness(world, "bambang")
    with pytest.raises(RibbonsOvercounted):
        world.desk.destruction.destroy(world.by, second, [], manner=Manner(ribbons=2))
    world.desk.destruction.destroy(world.by, second, [], manner=Manner(ribbons=1))
    assert world.desk.supplies.used_ribbons() == (0, 1)


def test_the_forecast_knows_the_pace_of_the_last_days(world: World) -> None:
    world.sign_in("andi")
    assert world.desk.supplies.forecast().days_left is None
    ready(world, 1)
    app = approved(world, 2)
    forecast = world.desk.supplies.forecast()
    assert (forecast.free, forecast.per_day, forecast.approved) == (499, 1.0, 1)
    assert forecast.days_left == 499.0
    assert not forecast.short
    assert replace(forecast, free_here=0).out
    assert not replace(forecast, free_here=0).short, "the store room has enough for long"
    assert app.blank_serial == ""


def test_a_movement_is_written_once_and_never_changed(world: World) -> None:
    """The ledger of blanks only grows: one line for each number of a serial, none without one."""
    world.sign_in("andi")
    app = ready(world, 1)
    with world.desk.ledger.reading() as r:
        lines = r.find(Movement, serial=app.blank_serial, order="number")
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert [line.before for line in lines[1:]] == [line.after for line in lines[:-1]]
    assert lines[-1].after is BlankState.ISSUED
    with pytest.raises(DuplicateRow), world.desk.ledger.acting(world.by) as w:
        w.add(replace(lines[-1], id=world.desk.frame.ids.new()))
    with pytest.raises(AttributeError), world.desk.ledger.acting(world.by) as w:
        w.change(lines[-1], reason="another")
    with world.desk.ledger.reading() as r:
        assert r.find(Movement, serial=app.blank_serial, order="number") == lines


def test_whoever_isn_t_known_yet_may_bring_older_movements(world: World) -> None:
    """As a counter does whose line was down when it moved its first card."""
    world.sign_in("andi")
    world.take_over("nyoman")
    world.clock.advance(3600)
    world.desk.stock.assign_next(world.by, 1)
    with world.desk.ledger.reading() as r:
        books = Books(r, world.desk.profile.counter)
        *before, newest = r.find(Movement)
        assert books.maker(newest) != books.maker(before[0])
        left = unknown(r, books, {books.maker(newest): newest.id})
    assert left[0] == before[0]
