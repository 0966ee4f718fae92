"""The online screen's presenter: what it shows, what it keeps, what it refuses by itself."""

from __future__ import annotations

import dataclasses
import io

import pytest
from pypdf import PdfReader

from db.errors import StoreFull
from desktop.domain.application import Application, Paper, ReasonMissing, Ticket, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.codes import CodeCheckDigitWrong, CodeMalformed
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import PROGRAM, RoleMissing
from desktop.domain.online import UploadsDoubtful
from desktop.domain.person import Hold, HoldKind, Licence
from desktop.domain.reasons import SendBackReason, UploadedDocument
from desktop.domain.shipment import CountDiffers, CourierWord, ParcelState
from desktop.domain.stock import (
    Blank,
    BlankNotBack,
    BlankState,
    DoubtAnswer,
    NoBlankAssigned,
    SerialUnread,
)
from desktop.notices import StockChanged
from desktop.presenters.online import Online
from desktop.presenters.online_problems import (
    ChipsFailed,
    HandCountMissing,
    LabelNotPrinted,
    NotForCourier,
    NothingSelected,
    ScanCardFirst,
    ScanWaybillNext,
)
from desktop.presenters.online_view import (
    FileFilter,
    ManifestPane,
    OnlineArea,
    PairStep,
    PrintPane,
)
from desktop.presenters.simulator import Simulator
from desktop.presenters.simulator_view import Hand
from desktop.services.paper_forms import SENT_BACK
from desktop.words import Words
from devices.errors import DeviceFault
from devices.simulators.faults import Fault, FaultName
from tests.presenters.busy_lane import on_busy_lane
from tests.walks.online_day import OnlineDay, batch
from tests.walks.test_full_disk import after, limit
from tests.walks.world import PASSWORDS, World


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def opened(day: OnlineDay) -> Online:
    presenter = Online(day.world.desk)
    presenter.enter()
    return presenter


def with_files(day: OnlineDay, count: int = 4, *, faulty: int = 0) -> Online:
    day.world.sign_in("andi")
    presenter = opened(day)
    presenter.import_file(batch(day.world, count, seed=5, faulty=faulty))
    assert presenter.view.problem is None
    return presenter


def approved(day: OnlineDay, count: int) -> Online:
    """So many approved files, Rahmat at the print list."""
    presenter = with_files(day, count)
    for line in presenter.view.files:
        day.approved(line.app.id)
    day.world.sign_in("rahmat")
    presenter.close_report()
    presenter.show_area(OnlineArea.PRINT)
    return presenter


def pick_all(presenter: Online) -> None:
    presenter.select(frozenset(line.app.id for line in presenter.view.ready))


# -- verifying -----------------------------------------------------------------------------


def test_import_shows_every_line_and_the_list(day: OnlineDay) -> None:
    presenter = with_files(day, 4)
    report = presenter.view.report
    assert report is not None
    assert (report.lines, len(report.taken), len(report.refused)) == (4, 4, 0)
    presenter.close_report()
    assert [line.app.number for line in presenter.view.files] == [
        line.number for line in report.taken
    ]
    assert presenter.view.filter_counts[FileFilter.OPEN] == 4
    presenter.import_file(batch(day.world, 4, seed=5))
    assert presenter.view.report is not None
    assert presenter.view.report.known


def test_opening_claims_and_closing_keeps_the_claim(day: OnlineDay) -> None:
    presenter = with_files(day)
    first = presenter.view.files[0].app.id
    presenter.open_file(first)
    file = presenter.view.file
    assert file is not None
    assert file.app.state is S.CLAIMED
    assert {u.document for u in file.uploads} >= {
        UploadedDocument.PHOTO,
        UploadedDocument.SIGNATURE,
        UploadedDocument.IDENTITY_CARD,
    }
    presenter.close_file()
    presenter.filter_files(FileFilter.MINE)
    assert [line.app.id for line in presenter.view.files] == [first]
    presenter.open_file(first)
    presenter.release()
    assert day.app(first).state is S.RECEIVED


def test_a_file_opens_while_the_old_licence_s_photo_is_still_at_the_centre(day: OnlineDay) -> None:
    presenter = with_files(day)
    line = next(line for line in presenter.view.files if line.app.previous_licence)
    with day.world.desk.ledger.acting(PROGRAM) as w:
        w.change(w.get(Licence, line.app.previous_licence), photo="0" * 64)
        w.record("test.away", line.app.id, {})
    presenter.open_file(line.app.id)
    assert presenter.view.problem is None
    assert presenter.view.file is not None
    assert presenter.view.file.known_photo == b""


def test_a_file_of_another_officer_is_refused_by_name_until_a_supervisor_releases_it(
    day: OnlineDay,
) -> None:
    presenter = with_files(day)
    first = presenter.view.files[0].app.id
    presenter.open_file(first)
    presenter.close_file()
    day.world.sign_in("dewi")
    presenter.open_file(first)
    assert presenter.view.file is None
    assert type(presenter.view.problem).__name__ == "ClaimedByAnother"
    day.world.sign_in("bambang")
    presenter.open_file(first)
    file = presenter.view.file
    assert file is not None
    assert (file.app.claimed_by, file.of_another) == ("79010001", "Bripka Andi Pratama")
    presenter.release()
    assert presenter.view.file is None
    assert presenter.view.problem is None
    day.world.sign_in("dewi")
    presenter.open_file(first)
    assert day.app(first).claimed_by == "85020002"


def test_send_back_takes_up_what_the_checks_propose(day: OnlineDay) -> None:
    presenter = with_files(day, 6, faulty=6)
    for line in presenter.view.files:
        check = day.world.desk.online.pre_check(line.app.id)
        if UploadedDocument.PHOTO in check.doubtful:
            presenter.open_file(line.app.id)
            break
    file = presenter.view.file
    assert file is not None
    assert file.document in file.check.doubtful
    presenter.verify()
    if not file.check.problems:
        assert isinstance(presenter.view.problem, UploadsDoubtful)
    presenter.show_document(UploadedDocument.PHOTO)
    presenter.compose()
    file = presenter.view.file
    assert file is not None
    assert file.points == file.check.suggested
    proposed = next(p for p in file.points if p.reason.document is UploadedDocument.PHOTO)
    presenter.pick_reason(proposed.reason)
    presenter.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    presenter.mark((0.1, 0.2, 0.3, 0.4))
    presenter.note("Wajah berbeda dari KTP-el.")
    file = presenter.view.file
    assert file is not None
    last = file.points[-1]
    assert (last.reason, last.mark) == (
        SendBackReason.PHOTO_OTHER_PERSON,
        (0.1, 0.2, 0.3, 0.4),
    )
    presenter.send_back()
    app = day.app(file.app.id)
    assert app.state is S.SENT_BACK
    assert app.sent_back[-1].note == "Wajah berbeda dari KTP-el."
    presenter.open_file(app.id)
    presenter.print_notice()
    assert presenter.view.problem is None
    assert len(day.world.bench.take_papers()) == 1


def test_the_notice_of_a_file_bears_the_day_of_its_sending_back_and_is_made_once(
    day: OnlineDay,
) -> None:
    presenter = with_files(day)
    presenter.open_next()
    presenter.compose()
    presenter.pick_reason(SendBackReason.PHOTO_OTHER_PERSON)
    file = presenter.view.file
    assert file is not None
    presenter.send_back()
    world, app = day.world, day.app(file.app.id)
    sent_back_on = world.desk.papers.local(app.changed_at).date()
    world.clock.advance(2 * 86400)
    presenter.open_file(app.id)
    presenter.print_notice()
    presenter.print_notice()
    assert presenter.view.problem is None
    with world.desk.ledger.reading() as r:
        (paper,) = r.find(Paper, subject=app.id, kind=SENT_BACK)
        pages = PdfReader(io.BytesIO(r.blob(paper.blob))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    words = world.desk.papers.words()
    assert " " + words.date(sent_back_on, "long") in text
    assert len(world.bench.take_papers()) == 2


def test_what_refused_a_sending_back_goes_when_its_reasons_are_left(day: OnlineDay) -> None:
    presenter = with_files(day)
    presenter.open_next()
    presenter.compose()
    file = presenter.view.file
    assert file is not None
    for point in file.points:
        presenter.pick_reason(point.reason)
    presenter.send_back()
    assert isinstance(presenter.view.problem, ReasonMissing)
    presenter.compose(False)
    assert presenter.view.problem is None


def test_a_held_file_is_found_and_taken_up_again(day: OnlineDay) -> None:
    presenter = with_files(day)
    presenter.open_next()
    assert presenter.view.file is not None
    held = presenter.view.file.app.id
    presenter.hold("waiting_for_issuer")
    presenter.filter_files(FileFilter.HELD)
    assert [line.app.id for line in presenter.view.files] == [held]
    presenter.open_file(held)
    presenter.resume()
    assert presenter.view.file is not None
    assert presenter.view.file.app.state is S.CLAIMED


def test_a_held_file_is_theirs_who_takes_it_up_again(day: OnlineDay) -> None:
    presenter = with_files(day)
    presenter.open_next()
    assert presenter.view.file is not None
    held = presenter.view.file.app.id
    presenter.hold("waiting_for_issuer")
    day.world.sign_in("dewi")
    presenter.open_file(held)
    presenter.resume()
    file = presenter.view.file
    assert file is not None
    assert not file.of_another
    assert day.app(held).claimed_by == "85020002"
    presenter.release()
    assert day.app(held).state is S.RECEIVED


def test_a_card_that_is_held_when_ready_is_judged_no_more(day: OnlineDay) -> None:
    presenter = ready(day, 1)
    with day.world.desk.ledger.reading() as r:
        [app] = r.find(Application, state=S.READY)
    day.world.desk.intake.hold(day.world.desk.duty.actor(), app.id, "inquiry")
    presenter.load(app.id)
    assert presenter.view.file is not None
    assert not presenter.view.file.judging, "it was verified long ago"
    presenter.resume()
    assert presenter.view.file is None
    assert presenter.view.said is not None
    assert presenter.view.said.facts["state"] is S.READY


def test_the_applicant_at_the_counter_goes_on_as_a_walk_in(day: OnlineDay) -> None:
    presenter = with_files(day, 2)
    presenter.open_next()
    file = presenter.view.file
    assert file is not None
    world = day.world
    other, owner = None, None
    for person in world.people:
        if person.nik == file.app.nik:
            owner = person
        else:
            other = person
    assert other is not None
    world.put_eid(other)
    presenter.take_to_counter()
    assert type(presenter.view.problem).__name__ == "NotThisApplicant"
    assert owner is not None
    world.put_eid(owner)
    hold = Hold(
        id=world.desk.frame.ids.new(), nik=file.app.nik, kind=HoldKind.COURT, reason="putusan",
        reference="1/Pid", authority="PN Contoh", settle_at="PN Contoh",
        since=world.desk.frame.today(),
    )  # fmt: skip
    with world.desk.ledger.acting(PROGRAM) as w:
        hold = w.add(hold)
        w.record("test.hold", file.app.id, {})
    presenter.take_to_counter()
    presenter.take_to_counter()
    assert type(presenter.view.problem).__name__ == "Blocked"
    assert called(day) == [], "who is refused wasn't called"
    with world.desk.ledger.acting(PROGRAM) as w:
        w.change(hold, active=False)
        w.record("test.hold", file.app.id, {})
    presenter.take_to_counter()
    assert presenter.view.goto == ("walk_in", file.app.id)
    [(ticket, visit)] = called(day)
    assert (ticket.visit_id, day.app(file.app.id).visit_id) == (visit.id, visit.id)

    presenter.gone_to()
    presenter.open_next()
    file = presenter.view.file
    assert file is not None
    world.put_eid(next(person for person in world.people if person.nik == file.app.nik))
    with world.desk.ledger.acting(PROGRAM) as w:
        person, _ = world.desk.intake.person(w, file.app.applicant)
        w.change(person, applicant=dataclasses.replace(file.app.applicant, name="ORANG LAIN"))
        w.record("test.person", person.id, {})
    presenter.take_to_counter()
    assert type(presenter.view.problem).__name__ == "IdentityConflict"
    assert presenter.view.file is None, "it is at the counter, and held up there"
    assert day.app(file.app.id).state is S.PAID
    presenter.take_to_counter()
    assert len(called(day)) == 2


@pytest.mark.parametrize("end", ["close_file", "leave"])
def test_nobody_waits_for_a_ktp_once_the_officer_went_on(day: OnlineDay, end: str) -> None:
    presenter = with_files(day, 1)
    presenter.open_next()
    file = presenter.view.file
    assert file is not None
    person = next(person for person in day.world.people if person.nik == file.app.nik)
    reader = on_busy_lane(presenter, "eid_reader")
    presenter.take_to_counter()
    assert presenter.view.waits
    getattr(presenter, end)()
    day.world.put_eid(person)
    reader.let_go()
    assert (presenter.view.doing, presenter.view.problem, presenter.view.goto) == ("", None, None)
    assert presenter.view.file is not None, "Esc ended the waiting alone"
    assert called(day) == []


@pytest.mark.parametrize("after", ["", "bambang"])
def test_a_ktp_laid_on_behind_the_lock_takes_no_file_to_the_counter(
    day: OnlineDay, after: str
) -> None:
    """Whoever asked for it isn't here: nobody is called in their name."""
    presenter = with_files(day, 1)
    presenter.open_next()
    file, duty = presenter.view.file, day.world.desk.duty
    assert file is not None
    day.world.put_eid(next(p for p in day.world.people if p.nik == file.app.nik))
    reader = on_busy_lane(presenter, "eid_reader")
    presenter.take_to_counter()
    duty.lock()
    if after:
        duty.unlock(*PASSWORDS[after])
    reader.let_go()
    assert (presenter.view.doing, presenter.view.problem, presenter.view.goto) == ("", None, None)
    assert called(day) == []


def called(day: OnlineDay) -> list[tuple[Ticket, Visit]]:
    with day.world.desk.ledger.reading() as r:
        return list(zip(r.find(Ticket), r.find(Visit), strict=True))


# -- printing ------------------------------------------------------------------------------


def test_a_batch_prints_every_ticked_card(day: OnlineDay) -> None:
    presenter = approved(day, 3)
    presenter.print_selected()
    assert isinstance(presenter.view.problem, NothingSelected)
    pick_all(presenter)
    presenter.print_selected()
    run = presenter.view.run
    assert run is not None
    assert (run.whole, run.done, run.good, run.running) == (3, 3, 3, False)
    assert len(presenter.view.printed) == 3
    presenter.turn_pane(PrintPane.INSPECT)
    first = presenter.view.inspected
    assert first is not None
    assert presenter.view.faces.front.startswith(b"\x89PNG")
    presenter.scanned(first.blank_serial)
    presenter.pass_card()
    assert day.app(first.id).state is S.READY
    second = presenter.view.inspected
    assert second is not None
    presenter.reject_card("print_defect")
    assert day.app(second.id).state is S.APPROVED
    assert len(presenter.view.printed) == 1


def test_the_class_chosen_among_the_files_hides_no_card_from_the_printer(day: OnlineDay) -> None:
    presenter = approved(day, 2)
    here = {line.app.licence_class for line in presenter.view.ready}
    presenter.show_area(OnlineArea.VERIFY)
    presenter.filter_class(next(c for c in LicenceClass if c not in here))
    presenter.show_area(OnlineArea.PRINT)
    assert len(presenter.view.ready) == presenter.view.count(OnlineArea.PRINT) == 2


def test_another_card_in_hand_is_not_passed(day: OnlineDay) -> None:
    presenter = approved(day, 2)
    pick_all(presenter)
    presenter.print_selected()
    presenter.turn_pane(PrintPane.INSPECT)
    shown, other = presenter.view.printed
    presenter.scanned(other.blank_serial)
    assert presenter.view.inspected is not None
    assert presenter.view.inspected.id == other.id
    presenter.show_card(shown.id)
    presenter.show(card_scanned=other.blank_serial)
    presenter.pass_card()  # looked at first, in the viewer
    assert presenter.view.looked is not None
    assert presenter.view.looked.refused
    presenter.pass_card()
    assert type(presenter.view.problem).__name__ == "WrongBlank"


def test_a_jam_pauses_the_batch_and_it_goes_on(day: OnlineDay) -> None:
    presenter = approved(day, 3)
    world = day.world
    world.bench.order("card_printer", Fault("print.panel.c", FaultName.JAM, skip=1))
    pick_all(presenter)
    presenter.print_selected()
    run = presenter.view.run
    assert run is not None
    assert run.paused
    assert len(run.failed) == 1
    assert presenter.view.problem is not None
    presenter.show_area(OnlineArea.VERIFY)
    presenter.leave()
    presenter.enter()
    assert presenter.view.area is OnlineArea.PRINT, "back at the batch that needs somebody"
    world.bench.remedy("card_printer")
    presenter.pause()
    run = presenter.view.run
    assert run is not None
    assert not run.running
    assert (run.good, run.done, run.failed) == (3, 3, ())
    assert len(run.spoiled) == 1, "the blank that the jam cost stays named"
    assert presenter.view.ready == ()


def test_a_blank_that_a_dead_chip_cost_is_named_though_the_batch_went_on(day: OnlineDay) -> None:
    presenter = approved(day, 2)
    first = presenter.view.ready[0].app
    day.world.bench.order("card_printer", Fault("feed", FaultName.DEAD_CHIP))
    pick_all(presenter)
    presenter.print_selected()
    run = presenter.view.run
    assert run is not None
    assert (run.good, run.failed, run.running) == (2, (), False)
    [lost] = run.spoiled
    assert lost.app.id == first.id
    assert lost.spoiled


def test_two_bad_chips_pause_the_batch_and_its_own_key_goes_on(day: OnlineDay) -> None:
    presenter = approved(day, 2)
    dead = Fault("feed", FaultName.DEAD_CHIP, count=3)  # it strikes at the first's feed.done too
    day.world.bench.order("card_printer", dead)
    pick_all(presenter)
    presenter.print_selected()
    run = presenter.view.run
    assert run is not None
    assert run.paused
    assert isinstance(presenter.view.problem, ChipsFailed), "no card lies on a reader"
    assert [type(card.problem).__name__ for card in run.failed] == ["ChipDead"]
    presenter.pause()
    run = presenter.view.run
    assert run is not None
    assert (run.good, run.running) == (1, False)
    assert [card.limited for card in run.failed] == [True], "two sign for its third blank"


def test_a_whole_blank_that_came_out_is_told_until_the_batch_goes_on(day: OnlineDay) -> None:
    presenter = approved(day, 2)
    bench, [serial] = day.world.bench, day.world.desk.stock.free_here(1)
    bench.order("chip_station", Fault("wait", FaultName.UNPLUGGED))
    pick_all(presenter)
    presenter.print_selected()
    assert [card.serial for card in bench.printer.truth.output] == [serial]
    presenter.dismiss()
    assert out_of(presenter) == [serial]
    bench.remedy("chip_station")
    presenter.pause()
    assert isinstance(presenter.view.problem, BlankNotBack)
    assert out_of(presenter) == [serial], "it lies there still"
    panel = Simulator(day.world.desk)
    panel.enter("card_printer")
    panel.do(Hand.LOAD_BLANKS)
    presenter.pause()
    run = presenter.view.run
    assert run is not None
    assert (run.good, out_of(presenter)) == (2, [])


def test_a_number_that_the_printer_can_t_read_has_a_way_on_in_a_batch(day: OnlineDay) -> None:
    """Nothing is scanned here, and no second officer reads it: it goes back, or is spoiled."""
    presenter = approved(day, 2)
    bench = day.world.bench
    bench.order("card_printer", Fault("feed", FaultName.SERIAL_UNREADABLE))
    pick_all(presenter)
    presenter.print_selected()
    problem = presenter.view.problem
    assert isinstance(problem, SerialUnread)
    assert "F7" in Words.load("id").problem(problem).remedy
    assert not presenter.scanned(problem.expected)
    bench.printer.truth.feeder.insert(0, bench.take_output()[0])
    presenter.pause()
    run = presenter.view.run
    assert run is not None
    assert run.good == 2


def test_a_blank_that_the_answer_leaves_whole_goes_back_too(day: OnlineDay) -> None:
    presenter = approved(day, 1)
    day.world.bench.order("card_printer", Fault("feed.done", FaultName.UNPLUGGED))
    pick_all(presenter)
    presenter.print_selected()
    day.world.bench.remedy("card_printer")
    doubt = presenter.view.doubt
    assert doubt is not None
    presenter.answer_doubt(DoubtAnswer.NO_CARD)
    assert out_of(presenter) == [doubt.job.blank_serial]


def test_a_card_that_the_batch_tries_again_stays_ticked(day: OnlineDay) -> None:
    presenter = approved(day, 2)
    day.world.bench.order("card_printer", Fault("feed.done", FaultName.UNPLUGGED))
    pick_all(presenter)
    presenter.print_selected()
    day.world.bench.remedy("card_printer")
    assert presenter.view.doubt is not None
    assert len(presenter.view.ready) == 1, "the other's outcome nobody knows yet"
    presenter.answer_doubt(DoubtAnswer.NO_CARD)
    run = presenter.view.run
    assert run is not None
    assert presenter.view.selected == set(run.left) == {x.app.id for x in presenter.view.ready}


def test_a_blank_is_no_longer_told_to_lie_outside_once_it_is_used(day: OnlineDay) -> None:
    presenter = approved(day, 1)
    day.world.bench.order("card_printer", Fault("feed.done", FaultName.UNPLUGGED))
    pick_all(presenter)
    presenter.print_selected()
    day.world.bench.remedy("card_printer")
    doubt = presenter.view.doubt
    assert doubt is not None
    presenter.answer_doubt(DoubtAnswer.NO_CARD)
    presenter.cancel_run()
    serial = doubt.job.blank_serial
    assert out_of(presenter) == [serial], "the batch is over, and it lies there still"
    with day.world.desk.ledger.acting(PROGRAM) as w:
        w.change(w.get(Blank, serial), state=BlankState.AT_PRINTER)  # as the walk-in takes it
        w.record("test.blank", serial, {})
        w.notify(StockChanged())
    assert out_of(presenter) == []
    assert presenter.view.run is not None


def out_of(presenter: Online) -> list[object]:
    """The blanks that are told to belong back on the stack."""
    run = presenter.view.run
    return [] if run is None else [said.facts["serial"] for said in run.put_back]


@pytest.mark.parametrize("count", [1, 2])
def test_the_limit_s_refusal_goes_once_one_more_print_is_signed(day: OnlineDay, count: int) -> None:
    presenter = approved(day, count)
    world, app = day.world, presenter.view.ready[0].app
    with world.desk.ledger.acting(world.by) as w:
        w.change(app, reprints=2)
        w.record("application.spoiled", app.id, {})
    pick_all(presenter)
    presenter.print_selected()
    run = presenter.view.run
    assert run is not None
    assert [card.app.id for card in run.failed] == [app.id]
    presenter.allow_reprint(app.id, *PASSWORDS["bambang"])
    assert presenter.view.problem is None
    run = presenter.view.run
    if count == 1:
        assert run is None, "nothing else is left to tell"
    else:
        assert run is not None
        assert (run.good, run.failed) == (1, ())
    pick_all(presenter)
    presenter.print_selected()
    assert presenter.view.ready == ()


@pytest.mark.parametrize(
    ("here", "told"),
    [(True, "online_screen.said.chip_written"), (False, "online_screen.said.missing")],
)
def test_the_answer_no_card_tells_what_became_of_the_blank(
    day: OnlineDay, here: bool, told: str
) -> None:
    presenter = approved(day, 3)
    day.world.bench.order("card_printer", Fault("print.panel.c", FaultName.UNPLUGGED))
    pick_all(presenter)
    presenter.print_selected()
    day.world.bench.remedy("card_printer")
    doubt = presenter.view.doubt
    assert doubt is not None
    presenter.answer_doubt(DoubtAnswer.NO_CARD, blank_here=here)
    said, run = presenter.view.said, presenter.view.run
    assert said is not None
    assert (said.message_id, said.facts) == (told, {"serial": doubt.job.blank_serial})
    assert run is not None
    assert len(run.spoiled) == here


def test_a_doubtful_card_is_asked_about_and_counted_once(day: OnlineDay) -> None:
    presenter = approved(day, 3)
    day.world.bench.order("card_printer", Fault("print.done", FaultName.SILENT))
    pick_all(presenter)
    presenter.print_selected()
    assert presenter.view.doubt is not None
    run = presenter.view.run
    assert run is not None
    assert run.paused
    presenter.answer_doubt(DoubtAnswer.CARD_GOOD)
    assert presenter.view.doubt is None
    presenter.pause()
    run = presenter.view.run
    assert run is not None
    assert (run.done, run.good, run.failed, run.running) == (3, 3, (), False)
    assert len(presenter.view.printed) == 3


def test_pause_and_stop_between_two_cards(day: OnlineDay) -> None:
    presenter = approved(day, 3)
    seen: list[int] = []

    def listen(view: object) -> None:
        run = getattr(view, "run", None)
        if run is not None and run.running and run.done == 1 and not seen:
            seen.append(1)
            presenter.pause()

    presenter.attach(listen)
    pick_all(presenter)
    presenter.print_selected()
    run = presenter.view.run
    assert run is not None
    assert (run.done, run.paused, len(run.left)) == (1, True, 2)
    presenter.pause()
    run = presenter.view.run
    assert run is not None
    assert (run.good, run.running) == (3, False)
    presenter.clear_run()
    assert presenter.view.run is None


def test_no_blank_is_said_before_anything_moves(day: OnlineDay) -> None:
    presenter = approved(day, 1)
    pick_all(presenter)
    presenter.show(blanks_left=0)
    presenter.print_selected()
    assert isinstance(presenter.view.problem, NoBlankAssigned)
    assert presenter.view.run is None
    assert_asks_the_keeper(presenter.view.problem)


def test_blanks_that_run_out_within_a_batch_promise_no_letter(day: OnlineDay) -> None:
    presenter = approved(day, 2)
    desk = day.world.desk
    free = desk.stock.free_here(200)
    with desk.ledger.acting(day.world.by) as w:
        for serial in free[1:]:
            w.change(w.get(Blank, serial), custodian="store")
            w.record("test.away", serial, {})
    pick_all(presenter)
    presenter.print_selected()
    assert isinstance(presenter.view.problem, NoBlankAssigned)
    assert presenter.view.run is not None
    assert presenter.view.run.good == 1
    assert_asks_the_keeper(presenter.view.problem)


def assert_asks_the_keeper(problem: NoBlankAssigned) -> None:
    """An applicant who isn't here gets no letter."""
    remedy = Words.load("id").problem(problem).remedy
    assert "petugas material" in remedy
    assert "surat pengganti" not in remedy


# -- packing and sending -------------------------------------------------------------------


def ready(day: OnlineDay, count: int) -> Online:
    apps = day.ready(count=count, seed=8)
    assert len(apps) == count
    day.world.sign_in("rahmat")
    presenter = opened(day)
    presenter.show_area(OnlineArea.PACK)
    return presenter


def couriered(presenter: Online) -> list[str]:
    return [line.app.blank_serial for line in presenter.view.to_pack]


def test_two_scans_pack_and_print_the_label(day: OnlineDay) -> None:
    presenter = ready(day, 3)
    serials = couriered(presenter)
    assert serials
    day.world.sign_in("andi")
    presenter.scanned(serials[0])
    refused = presenter.view.pair.problem
    assert isinstance(refused, RoleMissing), "before the waybill is looked for"
    assert any("Rahmat" in name for name in refused.holders)
    assert presenter.view.pair.card == serials[0], "it may still be collected here"
    presenter.scanned(day.waybill())
    assert isinstance(presenter.view.pair.problem, RoleMissing)
    day.world.take_over("rahmat")
    assert presenter.view.pair.problem is None, "it is Rahmat's duty"
    assert presenter.view.pair.card == serials[0]
    presenter.forget_pair()
    presenter.scanned(day.waybill())
    assert presenter.view.pair.step is PairStep.WRONG
    assert isinstance(presenter.view.pair.problem, ScanCardFirst)
    presenter.scanned(serials[0])
    assert presenter.view.pair.step is PairStep.WAYBILL
    if len(serials) > 1:
        presenter.scanned(serials[1])
        assert isinstance(presenter.view.pair.problem, ScanWaybillNext)
    awb = day.waybill()
    presenter.scanned(awb)
    assert presenter.view.pair.step is PairStep.RIGHT
    assert presenter.view.pair.label_printed
    assert len(day.world.bench.take_papers()) == 1
    presenter.scanned(serials[0])
    assert isinstance(presenter.view.pair.problem, NotForCourier)
    presenter.scanned("CT99999999")
    assert type(presenter.view.pair.problem).__name__ == "UnknownBlank"
    [line] = presenter.view.packed
    presenter.unpack(line.parcel)
    assert len(presenter.view.to_pack) == len(serials)


def test_what_is_neither_card_nor_waybill_is_told_as_no_waybill(day: OnlineDay) -> None:
    presenter = ready(day, 3)
    serial, other = couriered(presenter)[:2]
    presenter.scanned(serial)
    for text, told in (
        ("RR287043776ID", CodeCheckDigitWrong),
        ("ABC123", CodeMalformed),
        ("CT26039999", CodeMalformed),
        (other.lower(), ScanWaybillNext),
        ("SIM1:ABC", ScanWaybillNext),
    ):
        presenter.scanned(text)
        assert isinstance(presenter.view.pair.problem, told)
        pair = presenter.view.pair
        assert (pair.step, pair.card) == (PairStep.WAYBILL, serial), "the card stays"
    presenter.scanned(day.waybill())
    assert presenter.view.pair.step is PairStep.RIGHT


def test_what_is_scanned_faster_than_it_is_packed_waits_its_turn(day: OnlineDay) -> None:
    presenter = ready(day, 3)
    first, second = couriered(presenter)[:2]
    one, two = day.waybill(), day.waybill()
    lanes = on_busy_lane(presenter, "desk")
    for text in (first, one, one, second, one, first, two):
        presenter.scanned(text)
    lanes.let_go()
    assert type(presenter.view.pair.problem).__name__ == "WaybillUsed"
    assert presenter.view.pair.card == second
    assert [line.parcel.serial for line in presenter.view.packed] == [first]
    presenter.desk = day.world.desk
    lanes = on_busy_lane(presenter, "document_printer")
    presenter.scanned(two)
    assert presenter.view.doing == "doing.print_label"
    presenter.scanned(two)
    presenter.scanned(first)
    assert presenter.view.pair.step is PairStep.RIGHT
    lanes.let_go()
    assert isinstance(presenter.view.pair.problem, NotForCourier), "the label is out, then this"
    assert {line.parcel.awb: line.parcel.serial for line in presenter.view.packed} == {
        one: first, two: second,
    }  # fmt: skip


def manifest(day: OnlineDay, count: int) -> tuple[Online, list[str]]:
    presenter = ready(day, count)
    awbs: list[str] = []
    for serial in couriered(presenter):
        presenter.scanned(serial)
        awbs.append(day.waybill())
        presenter.scanned(awbs[-1])
    day.world.bench.take_papers()
    presenter.show_area(OnlineArea.MANIFEST)
    return presenter, awbs


def test_papers_of_what_was_done_just_before_the_lock_are_printed(day: OnlineDay) -> None:
    presenter, duty = ready(day, 1), day.world.desk.duty
    [serial] = couriered(presenter)
    presenter.scanned(serial)
    lanes = on_busy_lane(presenter, "desk")
    presenter.scanned(day.waybill())
    duty.lock()
    lanes.let_go()
    assert presenter.view.pair.label_printed
    duty.unlock(*PASSWORDS["rahmat"])
    lanes.let_go()
    presenter.show_area(OnlineArea.MANIFEST)
    lanes.let_go()
    presenter.close_manifest(1)
    duty.lock()
    lanes.let_go()
    assert presenter.view.closed is not None
    assert len(day.world.bench.take_papers()) == 2, "the label, and the sheet for the courier"


def test_a_wrong_count_names_the_missing_parcel_by_scan(day: OnlineDay) -> None:
    presenter, awbs = manifest(day, 3)
    assert len(awbs) >= 2
    presenter.close_manifest(None)
    assert isinstance(presenter.view.problem, HandCountMissing)
    presenter.close_manifest(len(awbs) - 1)
    assert isinstance(presenter.view.problem, CountDiffers)
    assert presenter.view.recount is not None
    lanes = on_busy_lane(presenter, "desk")
    presenter.scanned(awbs[-1])
    presenter.cancel_recount()
    lanes.let_go()
    assert presenter.view.recount is None, "no late answer begins it again"
    presenter.close_manifest(len(awbs) - 1)
    lanes.let_go()
    for awb in awbs[:-1]:
        assert presenter.scanned(awb)
    presenter.scanned("P2603029999999")
    lanes.let_go()
    recount = presenter.view.recount
    assert recount is not None
    assert recount.missing == (awbs[-1],), "none is lost that came while another was looked up"
    assert recount.stranger
    presenter.scanned(awbs[0])
    lanes.let_go()
    recount = presenter.view.recount
    assert recount is not None
    assert not recount.stranger
    presenter.finish_recount()
    lanes.let_go()
    closed = presenter.view.closed
    assert closed is not None
    assert closed.parcels == len(awbs) - 1
    assert [line.parcel.awb for line in presenter.view.packed] == [awbs[-1]]
    assert len(day.world.bench.take_papers()) == 1


def test_whose_duty_it_isn_t_is_told_before_anybody_counts_again(day: OnlineDay) -> None:
    presenter, awbs = manifest(day, 3)
    day.world.sign_in("andi")
    for counted in (None, len(awbs) + 1):
        presenter.close_manifest(counted)
        assert isinstance(presenter.view.problem, RoleMissing)
        assert presenter.view.recount is None


def test_the_courier_s_word_moves_parcels_to_their_end(day: OnlineDay) -> None:
    presenter, awbs = manifest(day, 3)
    after(day.world, 1, lambda: limit(day.world, 6))
    presenter.close_manifest(len(awbs))
    assert isinstance(presenter.view.problem, StoreFull), (
        "the parcels left, their sheet didn't come"
    )
    limit(day.world, 100_000)
    presenter.manifest_pane(ManifestPane.OUT)
    first, second = (line.parcel for line in presenter.view.out[:2])
    for _ in range(2):
        presenter.print_manifest_again(first)
        assert presenter.view.problem is None
    assert len(day.world.bench.take_papers()) == 2
    assert len(day.world.desk.papers.of(first.manifest_id)) == 1, "made once, printed twice"
    presenter.courier_says(first, CourierWord.IN_TRANSIT)
    presenter.delivered(first, "Ibu Ratna", "family", "POS-1")
    parcel = next(line.parcel for line in presenter.view.out if line.parcel.id == first.id)
    assert parcel.state is ParcelState.DELIVERED
    presenter.confirm_delivery(parcel)
    assert day.app(first.application_id).state is S.CLOSED
    assert all(line.parcel.id != first.id for line in presenter.view.out)
    presenter.delivered(second, "", "family")
    assert type(presenter.view.problem).__name__ == "ProofIncomplete"
    presenter.declare_lost(second, "Dicari dua hari, kurir tidak menemukan.", *PASSWORDS["bambang"])
    assert presenter.view.problem is None
    assert day.app(second.application_id).state is S.APPROVED


def test_a_label_that_wasn_t_printed_is_said_beside_the_scans(day: OnlineDay) -> None:
    presenter = ready(day, 3)
    serial = couriered(presenter)[0]
    day.world.sign_in("rahmat")
    bench = day.world.bench
    bench.order("document_printer", Fault("paper", FaultName.OUT_OF_PAPER))
    presenter.scanned(serial)
    presenter.scanned(day.waybill())
    pair = presenter.view.pair
    assert (pair.step, pair.label_printed) == (PairStep.RIGHT, False)
    assert isinstance(pair.problem, LabelNotPrinted)
    assert isinstance(presenter.view.problem, DeviceFault), "why, in the banner"
    bench.paper.load_paper()
    assert pair.parcel is not None
    presenter.print_label(pair.parcel)
    assert presenter.view.pair.label_printed
    assert presenter.view.pair.problem is None


def test_in_training_one_key_plays_card_and_label(day: OnlineDay) -> None:
    presenter = ready(day, 3)
    serials, bench = couriered(presenter), day.world.bench
    bench.printer.truth.output = [bench.fresh_card(serial) for serial in serials]
    for _ in serials:
        presenter.play_scan()
        presenter.play_scan()
        assert presenter.view.pair.step is PairStep.RIGHT
    assert presenter.view.to_pack == ()
    assert bench.printer.truth.output == [], "they lie in their envelopes"
    presenter.play_scan()
    assert presenter.view.said is not None
    assert presenter.view.said.message_id == "online_screen.said.nothing_to_scan"
