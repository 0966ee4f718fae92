"""Troubles of machines: jams, power cuts, dead chips, wrong lots, empty trays, wrong clocks."""

from __future__ import annotations

import pytest

from desktop.domain.application import Application, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import SameOfficer
from desktop.domain.reasons import MissingReason, SpoilReason
from desktop.domain.stock import BlankState, DoubtAnswer, SerialUnread, WrongBlank
from desktop.domain.workflow import GatesMissing
from desktop.services.doubts import Outcome
from desktop.services.exceptions import ExceptionKind
from devices.errors import CardFault, CardJam, ChipDead, NotConnected, OutOfCards, RibbonEnded
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from tests.walks.making import approved, witness
from tests.walks.production import blank, even, issue, job_of, stands
from tests.walks.steps import acts, case, finished, handed, printed
from tests.walks.world import PASSWORDS, World

# -- jams and faults that the machine knows of -------------------------------------------------


def test_jammed_half_printed_card_is_spoiled_and_printed_once_more(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.order("card_printer", Fault("print.panel.c", FaultName.JAM))
    result = issue(andi, app)
    assert result.outcome is Outcome.SPOILED
    assert isinstance(result.fault, CardJam)
    assert result.job is not None
    first = result.job.blank_serial
    assert (stands(andi, first), blank(andi, first).reason) == (BlankState.SPOILED, SpoilReason.JAM)
    andi.bench.printer.clear_jam()
    assert finished(andi, case(andi, app)).state is S.READY
    assert [card.serial for card in andi.bench.take_by_hand()] == [first]
    [card] = andi.bench.take_output()
    assert card.serial != first
    even(andi)


def test_an_empty_hopper_costs_nothing(andi: World) -> None:
    app = approved(andi, 1)
    free = andi.desk.stock.at_counter()
    andi.bench.printer.unload_blanks()
    result = issue(andi, app)
    assert (result.outcome, type(result.fault)) == (Outcome.FAILED, OutOfCards)
    assert andi.desk.stock.at_counter() == free
    assert result.application.state is S.APPROVED
    andi.bench.load_blanks(andi.desk.stock.free_here(5))
    assert finished(andi, app).reprints == 0


def test_an_empty_ribbon_is_told_before_a_blank_is_touched(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.printer.change_ribbon(0)
    with pytest.raises(RibbonEnded):
        issue(andi, app)
    assert case(andi, app).state is S.APPROVED
    andi.bench.printer.change_ribbon()
    finished(andi, app)


def test_blanks_of_another_lot_are_refused_by_their_serial(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.order("card_printer", Fault("feed", FaultName.WRONG_LOT))
    result = issue(andi, app)
    assert isinstance(result.fault, WrongBlank)
    assert result.fault.found.startswith("ZZ")
    assert stands(andi, result.fault.expected) is BlankState.ASSIGNED
    [stranger] = andi.bench.take_output()
    assert not stranger.panels
    assert not stranger.chip.memory
    finished(andi, app)


def test_a_blank_taken_from_the_middle_is_a_recorded_change(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.printer.unload_blanks()
    serial = andi.desk.stock.free_here(9)[-1]
    andi.bench.load_blanks([serial])
    assert isinstance(issue(andi, app).fault, WrongBlank)
    andi.bench.take_output()
    andi.bench.load_blanks([serial])
    result = issue(andi, app, serial=serial)
    assert result.outcome is Outcome.PRINTED
    assert result.application.blank_serial == serial


def test_a_dead_chip_spoils_the_blank_before_any_ribbon(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.order("card_printer", Fault("feed", FaultName.DEAD_CHIP))
    result = issue(andi, app)
    assert (result.outcome, type(result.fault)) == (Outcome.SPOILED, ChipDead)
    [card] = andi.bench.take_rejects()
    assert not card.panels
    spoiled = blank(andi, card.serial)
    assert spoiled.reason == SpoilReason.CHIP
    assert SpoilReason(spoiled.reason).maker_fault
    [lot] = andi.desk.stock.lots()
    assert lot.defects == (card.serial,)
    finished(andi, app)
    even(andi)


@pytest.mark.parametrize("at", ["chip.update", "chip.read"])
@pytest.mark.parametrize(
    "fault", [FaultName.TEAR, FaultName.GARBAGE, FaultName.UNPLUGGED, FaultName.MUTE]
)
def test_a_chip_that_was_begun_never_goes_back_to_free_stock(
    andi: World, at: str, fault: FaultName
) -> None:
    app = approved(andi, 1)
    free = andi.desk.stock.at_counter()
    andi.bench.order("chip_station", Fault(at, fault))
    result = issue(andi, app)
    assert result.outcome is Outcome.SPOILED, result.fault
    assert result.job is not None
    assert stands(andi, result.job.blank_serial) is BlankState.SPOILED
    why = "chip" if isinstance(result.fault, CardFault) else "device_fault"
    assert andi.desk.stock.look(result.job.blank_serial).reason == why
    assert andi.desk.stock.at_counter() == free - 1
    andi.bench.remedy("chip_station")
    assert [card.serial for card in andi.bench.take_rejects()] == [result.job.blank_serial]
    finished(andi, app)


def test_reader_pulled_out_by_the_cleaner_goes_on_when_it_is_back(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.order("chip_station", Fault("wait", FaultName.UNPLUGGED))
    free = andi.desk.stock.at_counter()
    result = issue(andi, app)
    assert (result.outcome, type(result.fault)) == (Outcome.FAILED, NotConnected)
    assert andi.desk.stock.at_counter() == free
    [fresh] = andi.bench.take_output()
    assert not fresh.chip.memory
    with pytest.raises(NotConnected):
        issue(andi, app)
    andi.bench.station.plug()
    andi.bench.printer.truth.feeder.insert(0, fresh)
    assert finished(andi, app).blank_serial == fresh.serial


# -- serials that can't be read ----------------------------------------------------------------


def unread(world: World) -> tuple[Application, str]:
    """The printer's own reader fails on a blank, which lies in the tray now."""
    app = approved(world, 1)
    world.bench.order("card_printer", Fault("feed", FaultName.SERIAL_UNREADABLE))
    result = issue(world, app)
    assert isinstance(result.fault, SerialUnread)
    [card] = world.bench.take_output()
    assert not card.chip.memory
    assert stands(world, card.serial) is BlankState.ASSIGNED
    world.bench.printer.truth.feeder.insert(0, card)
    world.bench.order("card_printer", Fault("feed", FaultName.SERIAL_UNREADABLE))
    return app, card.serial


def test_an_unread_serial_is_scanned_by_hand(andi: World) -> None:
    app, serial = unread(andi)
    assert issue(andi, app, serial=serial).outcome is Outcome.PRINTED


def test_a_serial_that_no_scanner_reads_is_read_by_two_officers(andi: World) -> None:
    app, serial = unread(andi)
    with pytest.raises(SameOfficer):
        issue(andi, app, serial=serial, second=andi.by)
    second = witness(andi, "rahmat")
    assert issue(andi, app, serial=serial, second=second).outcome is Outcome.PRINTED
    [entry] = acts(andi, "blank.read_by_two")
    assert entry.subject == serial


def test_a_serial_that_nobody_can_read_is_spoiled(andi: World) -> None:
    app, serial = unread(andi)
    andi.desk.stock.spoil(andi.by, serial, SpoilReason.SERIAL_UNREADABLE)
    andi.bench.printer.truth.feeder.pop(0)
    andi.bench.core("card_printer").script.withdraw()
    assert finished(andi, app).blank_serial != serial


# -- what the machine can't say ----------------------------------------------------------------


def test_printer_says_done_and_the_tray_is_empty(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.order("card_printer", Fault("eject", FaultName.CARD_VANISHED))
    app = printed(andi, app)
    lost = app.blank_serial
    app = andi.desk.issuing.card_missing(andi.by, app.id)
    assert (app.state, stands(andi, lost)) == (S.APPROVED, BlankState.MISSING)
    with andi.desk.ledger.reading() as r:
        [incident] = r.find(Incident, kind="blank_missing")
    assert incident.subject == lost
    assert finished(andi, app).blank_serial != lost
    even(andi)


def test_missing_cards_are_no_way_around_the_second_officer(andi: World) -> None:
    app = approved(andi, 1)
    for _ in range(2):
        printed(andi, app)
        andi.desk.issuing.card_missing(andi.by, app.id)
    with pytest.raises(GatesMissing):
        issue(andi, app)
    assert andi.desk.issuing.lost_before(app.id) == (2, MissingReason.TRAY_EMPTY)
    andi.desk.issuing.allow_reprint(andi.by, witness(andi, "bambang"), app.id)
    allowed = next(e for e in andi.desk.oversight.exceptions() if e.kind is ExceptionKind.REPRINT)
    told = (allowed.subject, allowed.reason, allowed.second)
    assert told == (app.number, MissingReason.TRAY_EMPTY, PASSWORDS["bambang"][0])
    finished(andi, app)


def test_a_printer_that_only_pretends_to_print_leaves_a_question(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.order("card_printer", Fault("print.start", FaultName.SAYS_DONE))
    result = issue(andi, app)
    assert result.outcome is Outcome.IN_DOUBT
    job = job_of(andi, result)
    doubt = andi.desk.issuing.examine(job.id)
    assert (doubt.card_inside, doubt.printed, doubt.counter_moved) == (True, False, 0)
    assert doubt.advice is DoubtAnswer.NO_CARD
    andi.desk.issuing.answer(andi.by, job.id, DoubtAnswer.NO_CARD, blank_here=True)
    assert stands(andi, job.blank_serial) is BlankState.SPOILED
    finished(andi, app)


def test_a_full_output_tray_never_costs_a_good_card(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.order("card_printer", Fault("eject", FaultName.OUTPUT_FULL))
    result = issue(andi, app)
    assert result.outcome is Outcome.IN_DOUBT
    job = job_of(andi, result)
    andi.bench.remedy("card_printer")
    andi.bench.take_output()
    assert andi.desk.issuing.examine(job.id).advice is DoubtAnswer.CARD_GOOD
    answered = andi.desk.issuing.answer(andi.by, job.id, DoubtAnswer.CARD_GOOD, blank_here=False)
    assert answered.application.state is S.PRINTED
    [card] = andi.bench.take_output()
    assert card.whole
    app = andi.desk.issuing.inspect(andi.by, app.id, card.serial)
    assert handed(andi, app).state is S.CLOSED


def test_a_card_that_lies_about_opens_its_case(andi: World) -> None:
    app = printed(andi, approved(andi, 1))
    [card] = andi.bench.take_output()
    found = andi.desk.handover.find_card(card.serial)
    assert found is not None
    assert found.id == app.id
    andi.desk.issuing.spoil(andi.by, app.id, SpoilReason.PRINT_DEFECT)
    found = andi.desk.handover.find_card(card.serial)
    assert found is not None
    assert found.id == app.id
    assert andi.desk.handover.find_card("CT00000000") is None


def test_a_card_whose_face_tells_nothing_is_known_by_its_chip(andi: World) -> None:
    """Half printed and lying about: the chip on the desk's reader names its case."""
    app = approved(andi, 1)
    andi.bench.order("card_printer", Fault("print.panel.c", FaultName.JAM))
    issue(andi, app)
    andi.bench.printer.clear_jam()
    [card] = andi.bench.take_by_hand()
    andi.bench.put_card_on_reader(card)
    serial = andi.desk.handover.read_card()
    assert serial == card.serial
    found = andi.desk.handover.find_card(serial)
    assert found is not None
    assert found.id == app.id
    andi.bench.put_card_on_reader(PlasticCard.blank("CT26030099"))
    assert andi.desk.handover.read_card() == ""
