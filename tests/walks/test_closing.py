"""The end of the day: counted by hand, reckoned, said, signed and anchored."""

from __future__ import annotations

import io
import threading
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from db.journal import anchors_of
from desktop.domain.application import ApplicationState, Incident, Visit
from desktop.domain.officer import RoleMissing, SameOfficer
from desktop.domain.reasons import DestroyReason, SpoilReason
from desktop.domain.stock import (
    Blank,
    BlankAction,
    CountMissing,
    DayStillOpen,
    DoubtAnswer,
    Job,
    MovedSinceCount,
    NotCounted,
    ShiftState,
    StatementMissing,
)
from desktop.notices import Notice, Say
from desktop.rulebook import FOLDER, Rulebook
from desktop.services.doubts import Outcome
from desktop.services.papers import MadePaper
from desktop.services.printer_counts import CounterKind, PrinterReading
from desktop.services.reckoning import Reckoning
from desktop.services.reviews import Remark
from desktop.services.shift_causes import CauseKind
from desktop.sources import VirtualClock
from devices.card_printer import Unnumbered
from devices.errors import CardJam, CoverOpen
from devices.simulators.card_printer import SimulatedCardPrinter
from devices.simulators.evolis_printer import at_chip_station
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from tests.walks.making import approved, confirmed, ready, witness
from tests.walks.production import cut_at, issue
from tests.walks.steps import acts, captured, checked, handed, paid, registered
from tests.walks.world import IDS_OF_THE_OFFICE, World, open_world

LOT = "2603"


def text_of(made: MadePaper) -> str:
    pages = PdfReader(io.BytesIO(made.pdf)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def counters(reckoned: Reckoning) -> dict[CounterKind, int]:
    return {line.kind: line.difference for line in reckoned.counters}


@pytest.mark.parametrize(
    ("days", "said"), [(0, None), (6, "clock.shut_weekly"), (17, "clock.shut_on")]
)
def test_opening_on_a_day_off_is_said_and_stops_nothing(
    world: World, days: int, said: str | None
) -> None:
    heard: list[Notice] = []
    world.desk.notices.subscribe(heard.append)
    world.clock.advance(timedelta(days=days).total_seconds())
    world.sign_in("andi")
    assert world.desk.closing.shift() is not None
    told = [one for one in heard if isinstance(one, Say)]
    assert [one.message_id for one in told] == ([said] if said else [])
    if days == 17:
        assert told[0].facts["day"] == "Hari Suci Nyepi (Tahun Baru Saka 1948)"
        assert told[0].facts["next"] == date(2026, 3, 25)


def test_the_first_of_the_crew_opens_the_shift(world: World) -> None:
    world.sign_in("yohana")
    assert world.desk.closing.shift() is None
    world.sign_in("andi")
    shift = world.desk.closing.shift()
    assert shift is not None
    assert shift.opening == {LOT: 500}
    assert shift.counters_known
    world.sign_in("dewi")
    again = world.desk.closing.shift()
    assert again is not None
    assert again.id == shift.id


def test_a_clean_day_comes_out_even(world: World) -> None:
    world.sign_in("andi")
    app = ready(world, 1)
    world.desk.handover.hand_over(world.by, app.id, app.blank_serial)
    assert world.desk.closing.lots_to_count() == (LOT,)
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    [lot] = reckoned.lots
    assert lot.balance.holds
    assert (lot.balance.opening, lot.balance.issued, lot.balance.closing) == (500, 1, 499)
    assert counters(reckoned) == dict.fromkeys(CounterKind, 0)
    assert not reckoned.differs

    closed = world.desk.closing.close(witness(world, "bambang"))
    assert closed.shift.state is ShiftState.CLOSED
    with world.desk.ledger.reading() as r:
        [anchor] = anchors_of(r.conn, world.desk.ledger.journal.counter)
    assert anchor.seq == closed.shift.seq_at_close
    assert anchor.officer == "74050005"
    assert world.desk.oversight.verify().sound

    first, second = world.desk.reports.both(world.by, closed.shift.id)
    assert "LAPORAN TUTUP GILIRAN" in text_of(first)
    day = text_of(second)
    assert "LAPORAN HARIAN" in day
    assert "Bank Contoh" in day
    assert "Rp75.000" in day
    assert world.desk.closing.shift() is None


def test_whoever_is_called_after_the_close_is_said_to_count_in_the_next_shift(
    world: World,
) -> None:
    desk = world.desk
    heard: list[Notice] = []
    desk.notices.subscribe(heard.append)
    world.sign_in("andi")

    def told() -> list[str]:
        desk.queue.take_ticket(world.by)
        desk.queue.call(world.by)
        found = [one.message_id for one in heard if isinstance(one, Say)]
        heard.clear()
        return found

    assert told() == []
    desk.closing.count(world.by, {LOT: 500})
    desk.closing.close(witness(world, "bambang"))
    assert told() == ["queue.after_close"]
    desk.closing.open_shift(world.by)
    assert told() == []


def test_a_waived_fee_is_counted_apart_with_its_decree(world: World) -> None:
    """A decree for class C is laid over the rules; the bank hears nothing of such a case."""
    sheet = (FOLDER / "training" / "waivers.toml").read_text("utf-8").replace('"D", "DI"', '"C"')
    object.__setattr__(
        world.desk.frame, "rulebook", Rulebook.load(FOLDER, sheets=[{"waivers.toml": sheet}])
    )
    world.sign_in("andi")
    paid(world, checked(world, registered(world, world.people[1])))
    waived = checked(world, registered(world, world.people[2]))
    [waiver] = world.desk.payment.waivers(waived)
    decree = waiver.decree
    waived = world.desk.payment.waive(world.by, waived.id, decree)
    assert (waived.state, waived.fee, waived.paid) == (ApplicationState.PAID, 0, True)
    [told] = [line.content for line in acts(world, "evidence.recorded")
              if line.content and decree in str(line.content)]  # fmt: skip
    assert told["source"] == "confirmed"
    captured(world, waived, world.people[2])
    world.desk.intake.confirm_data(world.by, waived.id)
    world.take_over("sri")
    [review] = world.desk.reviews.waiting(world.by)
    assert review.remarks == (Remark.WAIVED,), "whoever approves looks at it"
    world.give_back()
    shift = world.desk.closing.shift()
    assert shift is not None
    day = text_of(world.desk.reports.day_report(world.by, shift.id))
    assert "Jumlah PNBP terkonfirmasi 1 Rp75.000" in day
    assert "Jumlah pembebasan 1 Rp0" in day
    assert decree in day.replace(" ", "")


def test_one_blank_missing_takes_words_and_opens_an_incident(world: World) -> None:
    world.sign_in("rahmat")
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    assert reckoned.lots[0].difference == -1
    with pytest.raises(StatementMissing):
        world.desk.closing.close(witness(world, "bambang"))
    with pytest.raises(StatementMissing):
        world.desk.closing.state(world.by, "  ")
    world.desk.closing.state(world.by, "Satu kartu tidak ada di laci; dicari besok.")
    [incident] = world.desk.oversight.incidents()
    assert (incident.kind, incident.subject) == ("count_differs", LOT)
    assert incident.details["counted"] == "499"
    # Said twice, it stays one incident.
    world.desk.closing.state(world.by, "Satu kartu tidak ada di laci maupun di printer.")
    with world.desk.ledger.reading() as r:
        assert r.count(Incident, kind="count_differs") == 1
    closed = world.desk.closing.close(witness(world, "bambang"))
    assert "maupun di printer" in text_of(world.desk.reports.both(world.by, closed.shift.id)[0])


def test_a_recount_by_scan_names_the_missing_one(world: World) -> None:
    world.sign_in("nyoman")
    gone = "CT26030077"
    serials = [f"CT{26030001 + n:08d}" for n in range(500)]
    found = [serial for serial in serials if serial != gone]
    assert world.desk.closing.unaccounted(LOT, found) == (gone,)
    world.desk.stock.miss(world.by, gone, "not_counted", "Tidak ada di kotak.")
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    [lot] = reckoned.lots
    assert (lot.balance.missing, lot.difference) == (1, 0)
    assert lot.balance.holds
    assert [one.serial for one in reckoned.behind] == [gone]
    [incident] = world.desk.oversight.incidents()
    assert (incident.kind, incident.subject) == ("blank_missing", gone)


def test_a_test_card_is_expected_in_the_counters(world: World) -> None:
    world.sign_in("andi")
    world.desk.care.run_card(world.by, "card_printer", Unnumbered.TEST)
    world.desk.care.run_card(world.by, "card_printer", Unnumbered.CLEANING)
    world.desk.care.run_card(world.by, "card_printer", Unnumbered.ALIGNMENT)
    ready(world, 1)
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    lines = {line.kind: line for line in reckoned.counters}
    assert lines[CounterKind.CARDS].moved == 3
    assert counters(reckoned) == dict.fromkeys(CounterKind, 0)


def test_an_error_that_only_the_printer_counted_takes_words(world: World) -> None:
    world.sign_in("andi")
    ready(world, 1)
    world.bench.printer.truth.errors += 1
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    assert counters(reckoned) == dict.fromkeys(CounterKind, 0) | {CounterKind.ERRORS: 1}
    assert reckoned.differs
    with pytest.raises(StatementMissing):
        world.desk.closing.close(witness(world, "bambang"))


def half_print(world: World, count: int) -> None:
    """That many cards fail after their first panels."""
    for number in range(1, count + 1):
        world.bench.order("card_printer", Fault("print.panel.c", FaultName.HALF_PRINTED))
        world.desk.issuing.issue(world.by, approved(world, number).id)


@pytest.mark.fault
def test_a_spoiled_card_is_counted_and_explains_its_panels(world: World) -> None:
    world.sign_in("andi")
    half_print(world, 1)
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    [lot] = reckoned.lots
    assert (lot.balance.spoiled, lot.difference, lot.balance.holds) == (1, 0, True)
    assert counters(reckoned)[CounterKind.CARDS] == 0
    assert 0 < counters(reckoned)[CounterKind.PANELS] < 6
    assert CauseKind.HALF_PRINTED in {cause.kind for cause in reckoned.causes}
    [ribbon] = reckoned.ribbons
    assert (ribbon.difference, ribbon.spoiled, ribbon.unexplained) == (6, 1, 0)
    assert not reckoned.differs, "the card is in the books as spoiled: nothing is left to ask"
    closed = world.desk.closing.close(witness(world, "bambang"))
    paper = text_of(world.desk.reports.both(world.by, closed.shift.id)[0])
    assert "selebihnya (+6) pada 1 kartu yang gagal saat dicetak" in paper


def test_a_card_that_was_printed_and_then_found_bad_is_told_too(world: World) -> None:
    world.sign_in("andi")
    app = approved(world, 1)
    assert world.desk.issuing.issue(world.by, app.id).outcome is Outcome.PRINTED
    world.desk.issuing.spoil(world.by, app.id, SpoilReason.PRINT_DEFECT)
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    [lot] = reckoned.lots
    assert (lot.balance.issued, lot.balance.spoiled) == (0, 1)
    [told] = reckoned.behind
    assert (told.act, told.reason) == ("spoil", "print_defect")


def test_a_card_that_was_issued_and_then_taken_in_is_told_too(world: World) -> None:
    """The balance counts it as recalled, so whoever looks for a difference sees which one it is."""
    world.sign_in("andi")
    app = handed(world, ready(world, 1))
    world.take_over("bambang")
    with world.desk.ledger.acting(world.by) as w:
        blank = w.get(Blank, app.blank_serial)
        aside, why = BlankAction.SET_ASIDE, DestroyReason.SURRENDERED
        world.desk.frame.move_blank(w, blank, aside, reason=why)
    world.give_back()
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    [lot] = reckoned.lots
    assert (lot.balance.issued, lot.balance.to_be_destroyed) == (0, 1)
    [told] = reckoned.behind
    assert (told.act, told.serial) == ("set_aside", app.blank_serial)


@pytest.mark.fault
@pytest.mark.parametrize(("sets", "unexplained"), [(1, 6), (-2, -6)])
def test_a_spoiled_card_explains_no_more_than_its_own_panels(
    world: World, sets: int, unexplained: int
) -> None:
    world.sign_in("andi")
    half_print(world, 1)
    world.bench.printer.truth.ribbon -= sets
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    [ribbon] = reckoned.ribbons
    assert ribbon.unexplained == unexplained
    assert reckoned.differs
    with pytest.raises(StatementMissing):
        world.desk.closing.close(witness(world, "bambang"))


@pytest.mark.fault
def test_a_card_that_failed_before_the_print_explains_no_panels(world: World) -> None:
    world.sign_in("andi")
    world.bench.order("card_printer", Fault("feed", FaultName.JAM))
    world.desk.issuing.issue(world.by, approved(world, 1).id)
    world.bench.remedy("card_printer")
    world.bench.printer.truth.ribbon -= 1
    reckoned = world.desk.closing.count(world.by, {LOT: 500})
    [ribbon] = reckoned.ribbons
    assert (ribbon.spoiled, ribbon.unexplained) == (0, 6)


@pytest.mark.fault
def test_a_printer_that_is_stuck_already_makes_no_job_and_no_count(world: World) -> None:
    """Whoever goes on without opening the cover is told so again; the books hear of one jam."""
    world.sign_in("andi")
    first, second = approved(world, 1), approved(world, 2)
    world.bench.order("card_printer", Fault("print.panel.c", FaultName.JAM))
    jammed = world.desk.issuing.issue(world.by, first.id)
    free = world.desk.stock.at_counter()
    for app in (first, second):
        with pytest.raises(CardJam):
            world.desk.issuing.issue(world.by, app.id)
    assert world.desk.stock.at_counter() == free
    with world.desk.ledger.reading() as r:
        [job] = r.find(Job)
    world.bench.remedy("card_printer")
    assert world.desk.issuing.issue(world.by, first.id).outcome is Outcome.PRINTED
    reckoned = world.desk.closing.count(world.by, {LOT: 498})
    assert counters(reckoned)[CounterKind.ERRORS] == 0
    assert jammed.job is not None
    told = [one.subject for one in reckoned.causes if one.kind is CauseKind.HALF_PRINTED]
    assert told == [job.blank_serial] == [jammed.job.blank_serial]


@pytest.mark.fault
def test_a_jam_of_the_feeder_is_counted_and_spent_no_ribbon(world: World) -> None:
    world.sign_in("andi")
    app = approved(world, 1)
    world.bench.order("card_printer", Fault("feed", FaultName.JAM))
    assert isinstance(world.desk.issuing.issue(world.by, app.id).fault, CardJam)
    with pytest.raises(CardJam):
        world.desk.issuing.issue(world.by, app.id)
    world.bench.remedy("card_printer")
    reckoned = world.desk.closing.count(world.by, {LOT: 500})
    assert counters(reckoned) == dict.fromkeys(CounterKind, 0)
    lines = {line.kind: line for line in reckoned.counters}
    assert lines[CounterKind.ERRORS].moved == 1
    assert CauseKind.HALF_PRINTED not in {cause.kind for cause in reckoned.causes}


def test_an_open_cover_is_told_before_a_blank_is_reserved(world: World) -> None:
    world.sign_in("andi")
    app = approved(world, 1)
    world.bench.printer.truth.cover_open = True
    with pytest.raises(CoverOpen):
        world.desk.issuing.issue(world.by, app.id)
    with world.desk.ledger.reading() as r:
        assert r.find(Job) == []


def test_a_card_at_the_printer_stops_the_close(world: World) -> None:
    world.sign_in("andi")
    app = approved(world, 1)
    world.desk.issuing.issue(world.by, app.id)
    standing = world.desk.closing.standing()
    assert [blank.id for blank in standing.at_printer] == [standing.unfinished[0].blank_serial]
    world.desk.closing.count(world.by, {LOT: 500})
    with pytest.raises(DayStillOpen):
        world.desk.closing.close(witness(world, "bambang"))
    world.desk.issuing.inspect(world.by, app.id)
    world.desk.closing.count(world.by, {LOT: 499})
    world.desk.closing.close(witness(world, "bambang"))


def test_who_counted_does_not_close_and_only_a_supervisor_may(world: World) -> None:
    world.sign_in("andi")
    with pytest.raises(NotCounted):
        world.desk.closing.close(witness(world, "bambang"))
    with pytest.raises(CountMissing):
        world.desk.closing.count(world.by, {})
    world.desk.closing.count(world.by, {LOT: 500})
    with pytest.raises(RoleMissing):
        world.desk.closing.close(witness(world, "nyoman"))
    world.take_over("bambang")
    world.desk.closing.count(world.by, {LOT: 500})
    with pytest.raises(SameOfficer):
        world.desk.closing.close(world.by)


def test_a_day_left_open_is_shown_and_closed_first(world: World) -> None:
    world.sign_in("andi")
    world.clock.advance(24 * 3600)
    world.sign_in("andi")
    standing = world.desk.closing.standing()
    assert standing.earlier is not None
    ready(world, 1)
    reckoned = world.desk.closing.count(world.by, {LOT: 500})
    assert reckoned.shift.id == standing.earlier.id
    assert reckoned.lots[0].balance.issued == 0
    world.desk.closing.close(witness(world, "bambang"))
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    assert (reckoned.lots[0].balance.opening, reckoned.lots[0].balance.issued) == (500, 1)


def test_a_day_left_open_isn_t_charged_with_the_next_day_s_acts(world: World) -> None:
    world.sign_in("andi")
    world.clock.advance(24 * 3600)
    world.sign_in("andi")
    world.desk.care.run_card(world.by, "card_printer", Unnumbered.TEST)
    reckoned = world.desk.closing.count(world.by, {LOT: 500})
    assert not reckoned.differs
    world.desk.closing.close(witness(world, "bambang"))


def test_words_about_one_count_aren_t_kept_for_another(world: World) -> None:
    world.sign_in("andi")
    world.desk.closing.count(world.by, {LOT: 499})
    world.desk.closing.state(world.by, "Satu lembar tidak ada di kotak.")
    assert world.desk.closing.count(world.by, {LOT: 499}).shift.statement
    assert world.desk.closing.count(world.by, {LOT: 480}).shift.statement == ""
    with pytest.raises(StatementMissing):
        world.desk.closing.close(witness(world, "bambang"))


def test_a_count_is_of_what_lies_here_when_the_day_is_closed(world: World) -> None:
    closing = world.desk.closing
    world.sign_in("andi")
    shift = closing.shift()
    assert shift is not None
    first = closing.count(world.by, {LOT: 499})
    closing.state(world.by, "Satu kartu tidak ada di kotak.")
    ready(world, 1)
    supervisor = witness(world, "bambang")
    assert closing.reckoning().moved == 1
    with pytest.raises(MovedSinceCount):
        closing.state(world.by, "Dua kartu tidak ada di kotak.")
    with pytest.raises(MovedSinceCount):
        closing.close(supervisor)
    again = closing.count(world.by, {LOT: 499})
    assert first.differs
    assert not again.differs
    assert again.statement == "", "words about what lay here before"
    assert closing.close(supervisor).shift.state is ShiftState.CLOSED


def test_a_blank_that_is_found_and_used_in_one_shift_is_received_and_issued(
    world: World,
) -> None:
    world.sign_in("nyoman")
    serial = world.desk.stock.free_here(1)[0]
    world.desk.stock.miss(world.by, serial, "not_counted")
    world.take_over("andi")
    world.desk.closing.count(world.by, {LOT: 499})
    world.desk.closing.close(witness(world, "bambang"))
    world.clock.advance(24 * 3600)
    world.sign_in("nyoman")
    world.desk.stock.find(world.by, witness(world, "bambang"), serial, "di bawah laci")
    world.desk.stock.assign(world.by, [serial])
    world.desk.stock.spoil(world.by, serial, "lot_defect")
    world.sign_in("andi")
    balance = world.desk.closing.count(world.by, {LOT: 499}).lots[0].balance
    assert (balance.opening, balance.received, balance.spoiled) == (499, 1, 1)
    assert balance.closing == 499


def test_what_moved_between_two_shifts_is_carried_over(world: World) -> None:
    world.sign_in("rahmat")
    world.desk.closing.count(world.by, {LOT: 500})
    world.desk.closing.close(witness(world, "bambang"))
    world.take_over("nyoman")
    world.desk.stock.spoil(world.by, "CT26030400", "lot_defect")
    world.clock.advance(24 * 3600)
    world.sign_in("andi")
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    [lot] = reckoned.lots
    assert (lot.balance.opening, lot.balance.spoiled, lot.balance.closing) == (500, 1, 499)
    assert lot.balance.holds
    assert CauseKind.MOVED_BETWEEN in {cause.kind for cause in reckoned.causes}


def test_a_clock_that_was_set_back_is_named(world: World) -> None:
    world.sign_in("andi")
    ready(world, 1)
    now = world.clock.now()
    world.clock.jump_to(now.replace(hour=now.hour + 2))
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    assert CauseKind.CLOCK_JUMP in {cause.kind for cause in reckoned.causes}


def test_a_pc_that_began_anew_is_named_and_is_no_clock_that_was_set(world: World) -> None:
    world.sign_in("andi")
    ready(world, 1)
    world.clock.advance(3600)
    metal, folder = world.bench.save(), world.desk.profile.path
    world.desk.close()
    clock = VirtualClock(world.clock.now() + timedelta(minutes=20))  # running time begins at nought
    again = open_world(folder, clock=clock, ids_used=2 * IDS_OF_THE_OFFICE)
    again.bench.load(metal)
    again.sign_in("andi")
    reckoned = again.desk.closing.count(again.by, {LOT: 499})
    [cause] = reckoned.causes
    assert cause.kind is CauseKind.RESTART
    assert cause.at is not None
    assert cause.at >= clock.now() - timedelta(minutes=1)
    again.desk.close()


def test_a_print_that_was_cut_off_is_told_as_that(world: World) -> None:
    world.sign_in("andi")
    app = approved(world, 1)
    again = cut_at(world, "card_printer", "print.done", app)
    [job] = again.desk.issuing.find_doubtful()
    again.desk.issuing.answer(again.by, job.id, DoubtAnswer.CARD_SPOILED, blank_here=True)
    reckoned = again.desk.closing.count(again.by, {LOT: 499})
    told = {cause.kind: cause.subject for cause in reckoned.causes}
    assert told[CauseKind.CUT_OFF] == job.blank_serial
    assert CauseKind.IN_DOUBT not in told
    again.desk.close()


def test_a_print_whose_printer_was_unplugged_is_told_as_a_doubt(world: World) -> None:
    world.sign_in("andi")
    app = approved(world, 1)
    world.bench.order("card_printer", Fault("print.done", FaultName.UNPLUGGED))
    result = issue(world, app)
    assert result.job is not None
    spoiled = DoubtAnswer.CARD_SPOILED
    world.desk.issuing.answer(world.by, result.job.id, spoiled, blank_here=True)
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    told = {cause.kind: cause.subject for cause in reckoned.causes}
    assert told[CauseKind.IN_DOUBT] == result.job.blank_serial
    assert CauseKind.CUT_OFF not in told


def test_an_applicant_who_never_came_back(world: World) -> None:
    world.sign_in("andi")
    app = confirmed(world, 2)
    world.clock.advance(31 * 24 * 3600 - 3600)
    [case] = world.desk.closing.standing().open_cases
    assert case.overdue
    with pytest.raises(RoleMissing):
        world.desk.intake.expire(world.by, app.id)
    world.take_over("bambang")
    ended = world.desk.intake.expire(world.by, app.id)
    assert (ended.state, ended.reason) == (ApplicationState.EXPIRED, "never_came_back")
    with world.desk.ledger.reading() as r:
        assert r.get(Visit, app.visit_id).closed_at


def test_a_printer_that_does_not_answer_is_named_and_stops_nothing(world: World) -> None:
    world.sign_in("andi")
    assert isinstance(world.desk.closing.read_printers().counts, PrinterReading)
    world.bench.core("card_printer").unplug()
    reckoned = world.desk.closing.count(world.by, {LOT: 500})
    assert reckoned.counters == ()
    assert CauseKind.PRINTER_SILENT in {cause.kind for cause in reckoned.causes}
    assert world.desk.closing.close(witness(world, "bambang")).shift.closed_by == "74050005"


def put_up_another_printer(world: World, cards_made: int) -> PrinterCore:
    """The machine is carried away; another, long in use, stands in its place."""
    first = world.bench.printer
    other = PrinterCore("card_printer", "SIM-CP-0099")
    other.pace, other.truth.cards, other.truth.panels = first.pace, cards_made, 6 * cards_made
    other.load_blanks(PlasticCard.blank(card.serial) for card in first.unload_blanks())
    at_chip_station(other, world.bench.station.put)
    world.desk.hub.replace("card_printer", SimulatedCardPrinter(other, world.clock.pause))
    return other


def test_another_printer_s_counters_are_no_difference(world: World) -> None:
    world.sign_in("andi")
    ready(world, 1)
    put_up_another_printer(world, 48_213)
    ready(world, 2)
    reckoned = world.desk.closing.count(world.by, {LOT: 498})
    assert reckoned.counters == (), "no difference between two machines means anything"
    assert not reckoned.differs
    [changed] = [cause for cause in reckoned.causes if cause.kind is CauseKind.PRINTER_CHANGED]
    assert changed.subject == "SIM-CP-0001, SIM-CP-0099"
    with world.desk.ledger.reading() as r:
        later = world.desk.closing.reckoned(r, reckoned)
    assert later is not None
    assert changed in later.causes
    closed = world.desk.closing.close(witness(world, "bambang"))
    assert closed.shift.printers_at_close == ("SIM-CP-0099",)
    paper = text_of(world.desk.reports.both(world.by, closed.shift.id)[0])
    assert "SIM-CP-0099" in paper
    assert "48.2" not in paper

    world.clock.advance(24 * 3600)
    world.sign_in("andi")
    ready(world, 3)
    reckoned = world.desk.closing.count(world.by, {LOT: 497})
    assert counters(reckoned) == dict.fromkeys(CounterKind, 0), "the new machine from now on"


def test_a_printer_that_only_helped_out_is_named_too(world: World) -> None:
    world.sign_in("andi")
    put_up_another_printer(world, 10)
    ready(world, 1)
    world.desk.hub.replace(
        "card_printer", SimulatedCardPrinter(world.bench.printer, world.clock.pause)
    )
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    assert reckoned.counters == ()
    assert CauseKind.PRINTER_CHANGED in {cause.kind for cause in reckoned.causes}


def test_the_ribbon_comes_out_even_with_the_cards(world: World) -> None:
    world.sign_in("andi")
    ready(world, 1)
    world.desk.care.run_card(world.by, "card_printer", Unnumbered.TEST)
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    [ribbon] = reckoned.ribbons
    assert ribbon.told
    assert (ribbon.gone, ribbon.expected, ribbon.difference) == (12, 12, 0)
    assert not reckoned.differs
    closed = world.desk.closing.close(witness(world, "bambang"))
    paper = text_of(world.desk.reports.both(world.by, closed.shift.id)[0])
    assert "sama dengan pemakaian kartu" in paper


def test_a_ribbon_set_that_no_card_used_is_a_question(world: World) -> None:
    world.sign_in("andi")
    ready(world, 1)
    world.bench.printer.truth.ribbon -= 1
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    [ribbon] = reckoned.ribbons
    assert (ribbon.gone, ribbon.expected, ribbon.difference) == (12, 6, 6)
    assert counters(reckoned) == dict.fromkeys(CounterKind, 0), "only the ribbon tells of it"
    assert reckoned.differs
    with world.desk.ledger.reading() as r:
        later = world.desk.closing.reckoned(r, reckoned)
    assert later is not None
    assert later.ribbons == reckoned.ribbons
    with pytest.raises(StatementMissing):
        world.desk.closing.close(witness(world, "bambang"))
    world.desk.closing.state(world.by, "Pita tertarik saat penutup dibuka.")
    closed = world.desk.closing.close(witness(world, "bambang"))
    paper = text_of(world.desk.reports.both(world.by, closed.shift.id)[0])
    assert "memakai 6: +6. Kartu gagal saat dicetak: 0. Ini pertanyaan" in paper


@pytest.mark.parametrize("swapped_first", [True, False])
@pytest.mark.parametrize("leaked", [0, 1])
def test_a_ribbon_changed_in_between_is_reckoned_with(
    world: World, swapped_first: bool, leaked: int
) -> None:
    world.sign_in("andi")
    ready(world, 1)
    left = world.bench.printer.truth.ribbon
    if swapped_first:
        world.bench.printer.change_ribbon()
    world.desk.care.change_ribbon(world.by, "card_printer", "PITA-88", left)
    if not swapped_first:
        world.bench.printer.change_ribbon()
    ready(world, 2)
    world.bench.printer.truth.ribbon -= leaked
    reckoned = world.desk.closing.count(world.by, {LOT: 498})
    [ribbon] = reckoned.ribbons
    assert (ribbon.lot_before, ribbon.lot_after, ribbon.changes) == ("", "PITA-88", 1)
    assert (ribbon.gone, ribbon.difference) == (12 + 6 * leaked, 6 * leaked)
    assert CauseKind.RIBBON_CHANGED in {cause.kind for cause in reckoned.causes}


class Mute(SimulatedCardPrinter):
    """A printer that counts its cards and says nothing of its ribbon."""

    def supplies(self, *, timeout: float, cancel: threading.Event | None = None) -> tuple[()]:
        return ()


class Closed(SimulatedCardPrinter):
    """A printer behind a driver: it counts nothing and says nothing of its ribbon."""

    def counters(self, *, timeout: float, cancel: threading.Event | None = None) -> None:
        return None

    def supplies(self, *, timeout: float, cancel: threading.Event | None = None) -> tuple[()]:
        return ()


def test_a_printer_that_tells_nothing_at_all_is_named_too(world: World) -> None:
    world.desk.hub.replace("card_printer", Closed(world.bench.printer, world.clock.pause))
    world.sign_in("andi")
    ready(world, 1)
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    assert reckoned.counters == ()
    [ribbon] = reckoned.ribbons
    assert (ribbon.printer, ribbon.told) == ("card_printer", False)
    closed = world.desk.closing.close(witness(world, "bambang"))
    paper = text_of(world.desk.reports.both(world.by, closed.shift.id)[0])
    assert "tidak memberitahukan sisa pitanya" in paper


def test_a_printer_that_tells_no_supplies_is_left_out_and_said_so(world: World) -> None:
    world.desk.hub.replace("card_printer", Mute(world.bench.printer, world.clock.pause))
    world.sign_in("andi")
    ready(world, 1)
    world.bench.printer.truth.ribbon -= 1
    reckoned = world.desk.closing.count(world.by, {LOT: 499})
    [ribbon] = reckoned.ribbons
    assert (ribbon.told, ribbon.difference) == (False, 0)
    assert not reckoned.differs
    closed = world.desk.closing.close(witness(world, "bambang"))
    paper = text_of(world.desk.reports.both(world.by, closed.shift.id)[0])
    assert "tidak memberitahukan sisa pitanya" in paper
