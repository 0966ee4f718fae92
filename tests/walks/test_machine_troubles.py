"""Troubles of machines: jams, power cuts, dead chips, wrong lots, empty trays, wrong clocks."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.errors import StoreFull
from desktop.domain.application import Application, Incident, ReasonMissing, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import RoleMissing, SameOfficer
from desktop.domain.reasons import SpoilReason
from desktop.domain.stock import (
    AnswerImpossible,
    Blank,
    BlankState,
    DatedYesterday,
    DoubtAnswer,
    Job,
    JobInDoubt,
    JobState,
    SerialUnread,
    WrongBlank,
)
from desktop.domain.workflow import GatesMissing
from desktop.services.base import ClockWrong
from desktop.services.issuing import Outcome, Result
from devices.errors import CardJam, ChipDead, NotConnected, OutOfCards, RibbonEnded
from devices.simulators.bench import SimulatedBench
from devices.simulators.faults import Fault, FaultName, PowerGone
from devices.simulators.plastic import PlasticCard
from tests.walks.conftest import IDS_OF_THE_OFFICE
from tests.walks.making import approved, confirmed, witness
from tests.walks.steps import acts, case, finished, handed, look_at, printed
from tests.walks.world import World, open_world


@pytest.fixture
def andi(world: World) -> World:
    """The counter with Andi signed in, who may produce too."""
    world.sign_in("andi")
    return world


def issue(world: World, app: Application, **how: object) -> Result:
    return world.desk.issuing.issue(world.by, app.id, **how)  # type: ignore[arg-type]


def blank(world: World, serial: str) -> Blank:
    with world.desk.ledger.reading() as r:
        return r.get(Blank, serial)


def stands(world: World, serial: str) -> BlankState:
    return blank(world, serial).state


def job_of(world: World, result: Result) -> Job:
    assert result.job is not None
    with world.desk.ledger.reading() as r:
        return r.get(Job, result.job.id)


def even(world: World) -> None:
    """The stock ledger comes out even, lot by lot."""
    with world.desk.ledger.reading() as r:
        assert all(b.holds for b in world.desk.stock.balances(r, world.desk.frame.shift_id(r)))


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
    andi.desk.issuing.allow_reprint(andi.by, witness(andi, "bambang"), app.id)
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


# -- power cuts --------------------------------------------------------------------------------


def cut_at(world: World, device: str, step: str, app: Application) -> World:
    """The PC loses its power at a step of production; the office starts again afterwards."""
    world.bench.order(device, Fault(step, FaultName.PC_POWER_CUT))
    with pytest.raises(PowerGone):
        issue(world, app)
    return restarted(world)


def restarted(world: World) -> World:
    """The same profile opened again, on the same machines."""
    metal = world.bench.save()
    folder = world.desk.profile.path
    world.desk.close()
    world.clock.advance(600)
    again = open_world(folder, clock=world.clock, ids_used=2 * IDS_OF_THE_OFFICE)
    again.bench.printer.unload_blanks()
    again.bench.load(metal)
    again.sign_in("andi")
    return again


@pytest.mark.fault
@pytest.mark.parametrize(
    ("device", "step", "reached", "answer", "ends"),
    [
        ("card_printer", "feed", JobState.INTENT, DoubtAnswer.NO_CARD, BlankState.ASSIGNED),
        ("card_printer", "feed.done", JobState.INTENT, DoubtAnswer.NO_CARD, BlankState.ASSIGNED),
        ("chip_station", "chip.update", JobState.ENCODING, DoubtAnswer.NO_CARD, BlankState.SPOILED),
        ("chip_station", "chip.read", JobState.ENCODING, DoubtAnswer.NO_CARD, BlankState.SPOILED),
        ("card_printer", "move.print", JobState.ENCODED, DoubtAnswer.PRINT_ON,
         BlankState.AT_PRINTER),
        ("card_printer", "print.panel.c", JobState.PRINTING, DoubtAnswer.CARD_SPOILED,
         BlankState.SPOILED),
        ("card_printer", "print.done", JobState.PRINTING, DoubtAnswer.CARD_GOOD,
         BlankState.AT_PRINTER),
        ("card_printer", "eject", JobState.PRINTING, DoubtAnswer.CARD_GOOD, BlankState.AT_PRINTER),
    ],
)  # fmt: skip
def test_a_power_cut_leaves_one_question_and_no_second_card(
    andi: World, device: str, step: str, reached: JobState, answer: DoubtAnswer, ends: BlankState
) -> None:
    app = approved(andi, 1)
    world = cut_at(andi, device, step, app)
    [job] = world.desk.issuing.find_doubtful()
    assert (job.reached, job.application_id) == (reached, app.id)
    with pytest.raises(JobInDoubt):
        issue(world, app)
    assert world.desk.issuing.examine(job.id).advice is answer
    world.desk.issuing.answer(world.by, job.id, answer, blank_here=True)
    assert stands(world, job.blank_serial) is ends
    assert world.desk.issuing.find_doubtful() == []
    if answer in (DoubtAnswer.CARD_GOOD, DoubtAnswer.PRINT_ON):
        app = world.desk.issuing.inspect(world.by, app.id)
    else:
        put_back_what_is_fresh(world, job.blank_serial, ends)
        app = finished(world, app)
    assert handed(world, app).state is S.CLOSED
    good = [card for card in world.bench.take_output() if card.whole]
    assert [card.serial for card in good] == [app.blank_serial]
    even(world)
    assert world.desk.oversight.verify().sound
    world.desk.close()


def put_back_what_is_fresh(world: World, serial: str, ends: BlankState) -> None:
    """An untouched blank goes back on top of the feeder; others are out of the way."""
    fresh = [card for card in world.bench.take_output() if card.serial == serial]
    if ends is BlankState.ASSIGNED:
        for card in fresh:
            world.bench.printer.truth.feeder.insert(0, card)


@pytest.mark.fault
def test_a_card_can_only_be_good_if_its_printing_was_begun(andi: World) -> None:
    app = approved(andi, 1)
    world = cut_at(andi, "chip_station", "chip.read", app)
    [job] = world.desk.issuing.find_doubtful()
    with pytest.raises(AnswerImpossible):
        world.desk.issuing.answer(world.by, job.id, DoubtAnswer.CARD_GOOD, blank_here=True)
    assert DoubtAnswer.CARD_GOOD not in world.desk.issuing.possible(job)
    world.desk.close()


@pytest.mark.fault
def test_a_doubt_without_card_and_blank_is_an_incident(andi: World) -> None:
    app = approved(andi, 1)
    world = cut_at(andi, "card_printer", "print.done", app)
    [job] = world.desk.issuing.find_doubtful()
    world.desk.issuing.answer(world.by, job.id, DoubtAnswer.NO_CARD, blank_here=False)
    assert stands(world, job.blank_serial) is BlankState.MISSING
    [incident] = world.desk.oversight.incidents()
    assert incident.subject == job.blank_serial
    even(world)
    world.desk.close()


def test_work_under_way_is_never_taken_for_a_doubt(andi: World) -> None:
    """Whoever looks for doubtful jobs while a card is printed leaves it alone."""
    app = approved(andi, 1)
    seen: list[int] = []
    pause = andi.clock.pause

    def look(seconds: float, cancel: object = None) -> bool:
        seen.append(len(andi.desk.issuing.find_doubtful()))
        return pause(seconds)

    bench = SimulatedBench(look)  # type: ignore[arg-type]
    bench.load_blanks(andi.desk.stock.free_here(3))
    for name in ("card_printer", "chip_station"):
        andi.desk.hub.replace(name, bench.adapter(name))
    assert printed(andi, app).state is S.PRINTED
    assert set(seen) == {0}
    assert len(seen) > 5


def test_a_card_under_way_cannot_be_spoiled_from_another_screen(andi: World) -> None:
    app = approved(andi, 1)
    andi.bench.order("card_printer", Fault("print.done", FaultName.UNPLUGGED))
    assert issue(andi, app).outcome is Outcome.IN_DOUBT
    with pytest.raises(JobInDoubt):
        andi.desk.issuing.spoil(andi.by, app.id, SpoilReason.OTHER)


# -- clocks ------------------------------------------------------------------------------------


def test_a_clock_that_jumped_to_2021_dates_nothing(andi: World) -> None:
    app = approved(andi, 1)
    right = andi.clock.now()
    andi.clock.jump_to(datetime(2021, 1, 1, tzinfo=UTC))
    with pytest.raises(ClockWrong) as refused:
        issue(andi, app)
    assert refused.value.last <= right
    assert case(andi, app).state is S.APPROVED
    assert andi.desk.frame.clock_problem() is not None
    andi.clock.jump_to(right + timedelta(minutes=3))
    assert andi.desk.frame.clock_problem() is None
    app, licence = look_at(andi, finished(andi, app))
    assert licence is not None
    assert licence.issued_on.year == 2026


def test_a_clock_that_is_wrong_at_start_is_told_at_once_and_recorded(andi: World) -> None:
    andi.clock.jump_to(datetime(2021, 1, 1, tzinfo=UTC))
    world = restarted(andi)  # signing in is the first act
    problem = world.desk.frame.clock_problem()
    assert isinstance(problem, ClockWrong)
    [entry] = acts(world, "clock.behind")
    assert entry.officer == ""
    world.desk.close()


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(2, Outcome.FAILED), (6, Outcome.SPOILED)], ids=["fresh", "written"]
)
def test_a_card_is_never_dated_yesterday(andi: World, seconds: int, outcome: Outcome) -> None:
    """Midnight passes between reserving and printing: dated and encoded anew."""
    app = approved(andi, 1)
    midnight = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
    andi.clock.jump_to(midnight - timedelta(seconds=seconds))
    result = issue(andi, app)
    assert isinstance(result.fault, DatedYesterday)
    assert result.outcome is outcome
    for fresh in andi.bench.take_output():
        andi.bench.printer.truth.feeder.insert(0, fresh)
    app, licence = look_at(andi, finished(andi, app))
    assert licence is not None
    assert licence.issued_on == midnight.astimezone(andi.desk.frame.zone.zone).date()


def test_a_clock_that_ran_ahead_is_confirmed_by_a_supervisor(andi: World) -> None:
    app = approved(andi, 1)
    right = andi.clock.now()
    andi.clock.jump_to(datetime(2031, 1, 1, tzinfo=UTC))
    andi.desk.queue.take_ticket(andi.by)
    andi.clock.jump_to(right)
    with pytest.raises(ClockWrong):
        issue(andi, app)
    with pytest.raises(RoleMissing):
        andi.desk.frame.confirm_clock(andi.by, "jam dinding")
    andi.take_over("bambang")
    with pytest.raises(ReasonMissing):
        andi.desk.frame.confirm_clock(andi.by, "  ")
    andi.desk.frame.confirm_clock(andi.by, "dibandingkan dengan jam dinding")
    andi.give_back()
    assert finished(andi, app).issue_on == andi.desk.frame.today()
    assert andi.desk.oversight.verify().sound


# -- a full disk -------------------------------------------------------------------------------


def limit(world: World, spare: int) -> None:
    """Let the store grow by so many pages and no more."""
    with world.desk.ledger.store.write() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar()
        assert isinstance(pages, int)
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + spare}")


def test_a_full_disk_in_mid_capture_loses_nothing(andi: World) -> None:
    app = confirmed(andi, 1)
    with andi.desk.ledger.reading() as r:
        visit = r.get(Visit, app.visit_id)
    andi.stage.sit(andi.people[1])
    with andi.desk.hub.camera() as camera:
        picture = camera.capture(timeout=5)
    limit(andi, 2)
    with pytest.raises(StoreFull) as refused:
        andi.desk.capture.shot(andi.by, visit.id, picture + bytes(200_000), "image/jpeg")
    assert refused.value.free > 0
    with andi.desk.ledger.reading() as r:
        assert r.get(Visit, app.visit_id) == visit
    limit(andi, 100_000)
    andi.take_over("sri")
    app = andi.desk.approvals.approve(andi.by, app.id)
    andi.give_back()
    assert finished(andi, app).state is S.READY
    assert andi.desk.oversight.verify().sound


def test_a_disk_that_fills_while_a_card_is_made_leaves_a_doubt_and_not_a_second_card(
    andi: World,
) -> None:
    app = approved(andi, 1)
    full = FullAt(andi, 6)
    with pytest.raises(StoreFull):
        issue(andi, app)
    full.restore()
    assert case(andi, app).state in (S.IN_PRODUCTION, S.ENCODED)
    [job] = andi.desk.issuing.find_doubtful()
    with pytest.raises(JobInDoubt):
        issue(andi, app)
    andi.desk.issuing.answer(andi.by, job.id, DoubtAnswer.NO_CARD, blank_here=True)
    finished(andi, app)
    even(andi)


class FullAt:
    """A disk that is full from the n-th pause of the machines on."""

    def __init__(self, world: World, pauses: int) -> None:
        self._world = world
        self._left = pauses
        bench = SimulatedBench(self.pause)  # type: ignore[arg-type]
        bench.printer.truth = world.bench.printer.truth
        for name in ("card_printer", "chip_station"):
            world.desk.hub.replace(name, bench.adapter(name))

    def pause(self, seconds: float, cancel: object = None) -> bool:
        self._left -= 1
        if self._left == 0:
            limit(self._world, 0)
        return self._world.clock.pause(seconds)

    def restore(self) -> None:
        limit(self._world, 100_000)


def test_new_work_needs_room_to_finish(andi: World, tmp_path: Path) -> None:
    total = shutil.disk_usage(tmp_path).free
    with pytest.raises(StoreFull):
        andi.desk.ledger.store.check_space(total)
