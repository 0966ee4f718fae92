"""F9: approvals in a few keys, incidents in words, the journal checked, delegates dated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from db.errors import StoreFull
from desktop.domain.application import Application, ApplicationState, Visit
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Role
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.reasons import OutOfTurnReason, RejectReason, SpoilReason
from desktop.domain.requirements import RequirementKind as K
from desktop.domain.workflow import Action
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.presenters.supervisor_view import SupervisorView, Watch
from desktop.services.centre_link import CentreLink
from desktop.services.exceptions import Exceptional, ExceptionKind
from desktop.services.reviews import Remark
from desktop.services.trail import Made, StepTime, Waited
from desktop.words import Words
from tests.ui.stock_samples import Room, open_room, supervisor
from tests.walks.making import confirmed, ready, witness
from tests.walks.steps import handed, registered
from tests.walks.test_full_disk import fill, limit
from tests.walks.world import PASSWORDS
from ui.screens.online_dialogs import YesDialog
from ui.screens.stock_dialogs import AskForm
from ui.screens.supervisor import SupervisorScreen
from ui.screens.supervisor_figures import FiguresPage
from ui.screens.supervisor_words import beside_remarks
from ui.screens.walkin_parts import viewport_of
from ui.widgets.banner import Tone
from ui.widgets.fields import ChoiceField, DateField
from ui.widgets.labels import Text
from ui.widgets.reasons import ReasonDialog


@pytest.fixture
def room(qapp: QApplication, qtbot: QtBot, words: Words, tmp_path: Path) -> Iterator[Room]:
    made = open_room(tmp_path / "profile", words, supervisor, officer="andi")
    yield made
    made.close()


def screen_of(room: Room) -> SupervisorScreen:
    assert isinstance(room.screen, SupervisorScreen)
    return room.screen


def key(code: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, code)


def state_of(room: Room, app: Application) -> ApplicationState:
    with room.world.desk.ledger.reading() as r:
        return r.get(Application, app.id).state


def test_all_waiting_cases_are_approved_with_one_key(room: Room) -> None:
    apps = [confirmed(room.world, number) for number in (1, 2)]
    room.world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    assert screen.presenter.view.ticked == {app.id for app in apps}
    key(Qt.Key.Key_A)
    assert {state_of(room, app) for app in apps} == {ApplicationState.APPROVED}
    assert screen.presenter.view.reviews == ()
    # The whole session: the lock's list stands on the approver, password, Enter, F9, A.
    assert len(PASSWORDS["sri"][1]) + 3 <= 10


def test_where_nothing_waits_the_page_says_so_across_and_nothing_else_has_the_focus(
    room: Room,
) -> None:
    room.world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    room.window.header.search.setFocus()
    screen.go_home()
    QApplication.processEvents()
    assert not screen.presenter.view.reviews
    assert screen.approvals.list.width() > screen.approvals.width() * 0.9
    assert screen.hasFocus()


def test_the_card_is_shown_beside_the_faces_it_is_compared_with(room: Room) -> None:
    app = confirmed(room.world, 1)
    room.world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    sight = screen.presenter.view.sight
    assert sight is not None
    assert sight.application_id == app.id
    assert sight.front.startswith(b"\x89PNG")
    screen.presenter.load()
    assert room.world.desk.oversight.openings()["76040004"] == 1, "once, as wherever it is opened"
    assert not screen.approvals.photo.image.isNull()
    assert not screen.approvals.identity.image.isNull()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_the_card_that_is_signed_for_is_the_largest_thing(
    room: Room, size: tuple[int, int]
) -> None:
    app = confirmed(room.world, 1)
    room.world.take_over("sri")
    page = screen_of(room).approvals
    screen_of(room).presenter.load()
    room.window.resize(*size)
    for _ in range(2):
        QApplication.processEvents()
    assert page.front.width() >= 340
    assert page.front.width() > page.list.width() or size[0] > 1366
    assert page.front.width() > max(face.width() for face in page.faces)
    table = page.table
    shown = [i for i in range(3) if not table.isColumnHidden(i)]
    widths = sum(table.columnWidth(i) for i in shown)
    assert abs(widths - table.viewport().width()) <= 3, "columns fill the list, no more"
    told = [text.text() for text in page.person.findChildren(Text) if text.isVisible()]
    assert screen_of(room).words.of(app.applicant.sex) in told
    assert app.applicant.blood_type in told


def test_the_approver_sees_who_is_a_foreigner(room: Room) -> None:
    world = room.world
    apps = [confirmed(world, number) for number in (1, 2)]
    with world.desk.ledger.acting(world.by) as w:
        app = w.get(Application, apps[1].id)
        w.change(app, applicant=replace(app.applicant, nationality="WNA"))
        w.record("test.nationality", app.id, {})
    world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    shown = []
    for app in apps:
        screen.presenter.select(app.id)
        texts = [text.text() for text in screen.approvals.person.findChildren(Text)
                 if text.isVisible()]  # fmt: skip
        shown.append("WNA" in texts)
    assert shown == [False, True], "their licence ends with a stay permit; the card doesn't say"


def test_what_was_refused_beside_a_case_is_told_to_whoever_approves(room: Room) -> None:
    world = room.world
    app = confirmed(world, 0)
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, app.visit_id)
    other = registered(world, world.people[0], cls=LicenceClass.A, visit=visit)
    world.desk.intake.reject(world.by, other.id, RejectReason.MEDICALLY_UNFIT)
    world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    [review] = screen.presenter.view.reviews
    assert review.remarks == (Remark.OTHER_REFUSED,)
    assert screen.presenter.view.ticked == frozenset()
    said = " ".join(one.text() for one in screen.approvals.remarks.findChildren(Text))
    assert screen.words.of(RejectReason.MEDICALLY_UNFIT) in said
    assert screen.words.of(Remark.OTHER_REFUSED) in said


def test_a_refusal_for_another_reason_is_told_with_its_sentence(room: Room) -> None:
    world = room.world
    app = confirmed(world, 0)
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, app.visit_id)
    other = registered(world, world.people[0], cls=LicenceClass.A, visit=visit)
    note = "Surat dokter diragukan. " + "x" * 300
    world.desk.intake.reject(world.by, other.id, RejectReason.OTHER, note)
    [review] = world.desk.reviews.waiting(witness(world, "sri"))
    for language in ("id", "en"):
        said = beside_remarks(Words.load(language), review)
        assert note[:200] in said
        assert note[:201] not in said


@pytest.mark.parametrize("length", [3, 12], ids=["a line", "200 letters"])
def test_the_last_of_the_data_is_seen_under_a_long_remark_however_often_it_is_laid_out(
    room: Room, length: int
) -> None:
    world = room.world
    app = confirmed(world, 0)
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, app.visit_id)
    other = registered(world, world.people[0], cls=LicenceClass.A, visit=visit)
    world.desk.intake.reject(world.by, other.id, RejectReason.OTHER, "Surat diragukan. " * length)
    world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    page, seen = screen.approvals, viewport_of(screen.approvals)
    assert seen is not None
    faces = []
    for width in (1366, 1367, 1366):
        room.window.resize(width, 740)  # of 768 less the window's title
        for _ in range(3):
            QApplication.processEvents()
        assert page.person.mapTo(page, page.person.rect().bottomLeft()).y() < seen.height()
        faces.append(page.photo.height())
    assert len(set(faces)) == 1


def test_what_asks_for_a_look_is_not_ticked(room: Room) -> None:
    world = room.world
    app = confirmed(world, 1)
    with world.desk.ledger.acting(world.by) as w:
        w.change(w.get(Application, app.id), jkn_hold=True)
        w.record("application.jkn_held", app.id, {})
    world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    [review] = screen.presenter.view.reviews
    assert review.remarks == (Remark.JKN_HOLD,)
    assert screen.presenter.view.ticked == frozenset()
    key(Qt.Key.Key_A)
    assert state_of(room, app) is ApplicationState.APPROVED


def test_the_key_that_would_take_all_ticks_away_says_so(room: Room) -> None:
    confirmed(room.world, 1)
    room.world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    assert screen.modes.action("Ctrl+A").text() == screen.words("supervisor.do.tick_none")
    screen.modes.action("Ctrl+A").trigger()
    assert screen.presenter.view.ticked == frozenset()
    assert screen.modes.action("Ctrl+A").text() == screen.words("supervisor.do.tick_all")


def test_a_case_is_sent_back_with_a_reason(room: Room) -> None:
    app = confirmed(room.world, 1)
    room.world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    screen.presenter.refuse("data_mismatch", "")
    assert state_of(room, app) is ApplicationState.CAPTURED


def test_a_refusal_is_of_the_case_that_was_asked_about(room: Room) -> None:
    apps = [confirmed(room.world, number) for number in (1, 2)]
    room.world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    screen.modes.action("T").trigger()
    sheet = room.window.findChild(ReasonDialog)
    assert sheet is not None
    review = screen.presenter.view.review
    assert review is not None
    room.world.desk.approvals.approve(room.world.by, review.application.id)  # at another counter
    screen.presenter.load()
    QTest.keyClick(sheet.list, Qt.Key.Key_1)
    [other] = [app for app in apps if app.id != review.application.id]
    assert state_of(room, other) is ApplicationState.CONFIRMED


def test_what_refused_a_sheet_s_answer_goes_when_the_sheet_is_given_up(room: Room) -> None:
    confirmed(room.world, 1)
    room.world.take_over("sri")
    screen = screen_of(room)
    screen.presenter.load()
    screen.modes.action("T").trigger()
    [sheet] = room.window.findChildren(ReasonDialog)
    fill(room.world)
    QTest.keyClick(sheet.list, Qt.Key.Key_1)
    assert isinstance(screen.presenter.view.problem, StoreFull)
    limit(room.world, 100_000)
    screen.modes.action("T").trigger()
    [again] = [one for one in room.window.findChildren(ReasonDialog) if one.isVisible()]
    assert screen.presenter.view.problem is not None, "it is read beside the sheet"
    QTest.keyClick(again, Qt.Key.Key_Escape)
    assert screen.presenter.view.problem is None
    assert not screen.banner.isVisible()


def test_who_may_not_approve_is_offered_nothing(room: Room) -> None:
    confirmed(room.world, 1)
    room.world.sign_in("yohana")
    screen = screen_of(room)
    screen.presenter.load()
    assert not screen.modes.action("A").isEnabled()
    screen.presenter.turn_to(Watch.INCIDENTS)
    assert not screen.modes.action("S").isEnabled()
    screen.presenter.turn_to(Watch.JOURNAL)
    assert not screen.modes.action("G").isEnabled()
    key(Qt.Key.Key_V)
    checked = screen.presenter.view.checked
    assert checked is not None
    assert checked.verdict.sound


def test_a_check_of_the_journal_says_when_and_is_only_its_officer_s(
    room: Room, words: Words
) -> None:
    room.world.sign_in("yohana")
    screen = screen_of(room)
    screen.presenter.load()
    screen.presenter.turn_to(Watch.JOURNAL)
    key(Qt.Key.Key_V)
    page, checked = screen.journal, screen.presenter.view.checked
    assert checked is not None
    assert words.moment(checked.at) in page.verdict.accessibleName()
    room.world.take_over("bambang")
    screen.presenter.load()
    assert words("supervisor.journal.unknown") in page.verdict.accessibleName()
    assert "–" in page.entries.accessibleName()
    assert "–" in page.anchored.accessibleName()


def test_an_incident_is_closed_in_words(room: Room) -> None:
    world = room.world
    world.sign_in("nyoman")
    world.desk.stock.miss(world.by, "CT26030400", "not_counted", "Tidak ada di kotak.")
    world.take_over("bambang")
    screen = screen_of(room)
    screen.presenter.load()
    key(Qt.Key.Key_3)
    assert "CT26030400" in screen.incidents.title.text()
    assert "Tidak ada di kotak" in screen.incidents.opened.text()
    key(Qt.Key.Key_S)
    form = room.window.findChild(AskForm)
    assert form is not None
    field = form._fields[0]
    QTest.keyClicks(field, "Dicari dan dilaporkan.")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert screen.presenter.view.open_incidents == 0
    assert not screen.modes.action("S").isEnabled(), "a closed one needs nothing"


def test_an_incident_that_another_act_closed_says_that_nothing_was_stated(room: Room) -> None:
    world = room.world
    app = handed(world, ready(world, 1))
    world.sign_in("bambang")
    with world.desk.ledger.acting(world.by) as w:
        w.change(w.get(Licence, app.licence_id), status=LicenceStatus.REVOKED)
        w.record("licence.revoked", app.licence_id, {"serial": app.blank_serial, "order": "12"})
    world.desk.corrections.found(world.by, app.blank_serial)
    world.desk.corrections.turned_up(world.by, app.blank_serial)
    screen = screen_of(room)
    screen.presenter.load()
    key(Qt.Key.Key_3)
    assert screen.incidents.closed.text().endswith(screen.words("supervisor.closed_mutely"))


def test_a_delegate_is_named_and_shown(room: Room) -> None:
    world = room.world
    world.sign_in("bambang")
    screen = screen_of(room)
    presenter = screen.presenter
    presenter.turn_to(Watch.JOURNAL)
    until = world.desk.frame.today() + timedelta(days=2)
    presenter.delegate("78030003", Role.SUPERVISOR, until, "rapat di Polda")
    officer = next(o for o in presenter.view.officers if o.id == "78030003")
    assert officer.delegate_until == until
    listed = screen.journal.officers
    for chosen in (PASSWORDS["nyoman"][0], "78030003"):
        listed.show_rows(listed.rows_model.rows, chosen)
        assert screen.modes.action("H").isEnabled() is (chosen == "78030003")
    today = presenter.view.today
    presenter.show(today=until + timedelta(days=1))
    assert not screen.modes.action("H").isEnabled(), "it is over by itself"
    presenter.show(today=today)
    presenter.revoke("78030003")
    officer = next(o for o in presenter.view.officers if o.id == "78030003")
    assert officer.delegate_until is None
    said = presenter.view.said
    assert said is not None
    assert said.facts["name"] == officer.title
    key(Qt.Key.Key_G)
    form = room.window.findChild(AskForm)
    assert form is not None
    assert officer.title in form.windowTitle()
    form.reject()
    officers = screen.journal.officers
    officers.show_rows(officers.rows_model.rows, presenter.view.officer)
    assert not screen.modes.action("G").isEnabled()


def test_at_a_linked_counter_a_delegate_is_named_by_the_same_key(room: Room) -> None:
    world = room.world
    frame = world.desk.frame
    frame.centre.link = CentreLink(frame.counter, world.clock)
    world.sign_in("bambang")
    screen = screen_of(room)
    screen.presenter.turn_to(Watch.JOURNAL)
    rahmat = PASSWORDS["rahmat"][0]
    officers = screen.journal.officers
    officers.show_rows(officers.rows_model.rows, rahmat)
    key(Qt.Key.Key_G)
    form = room.window.findChild(AskForm)
    assert form is not None
    QTest.keyClicks(form._fields[-1], "Rapat di Polda.")
    QTest.keyClick(form._fields[-1], Qt.Key.Key_Return)
    assert screen.presenter.view.problem is None
    officer = next(o for o in screen.presenter.view.officers if o.id == rahmat)
    assert officer.delegate_roles == {Role.APPROVER}
    said = screen.presenter.view.said
    assert said is not None
    assert said.message_id == "supervisor.delegated_told"


def test_a_stand_in_to_a_past_day_is_asked_again_with_what_was_typed(room: Room) -> None:
    world = room.world
    world.sign_in("bambang")
    screen = screen_of(room)
    screen.presenter.turn_to(Watch.JOURNAL)
    rahmat = PASSWORDS["rahmat"][0]
    officers = screen.journal.officers
    officers.show_rows(officers.rows_model.rows, rahmat)
    key(Qt.Key.Key_G)
    form = room.window.findChild(AskForm)
    assert form is not None
    _role, until, reason = form._fields
    assert isinstance(until, DateField)
    past = world.desk.frame.today() - timedelta(days=1)
    until.set_day(past)
    QTest.keyClicks(reason, "Rapat di Polda.")
    QTest.keyClick(reason, Qt.Key.Key_Return)
    [again] = [form for form in room.window.findChildren(AskForm) if form.isVisible()]
    _role, until, reason = again._fields
    assert isinstance(until, DateField)
    assert (until.day(), again.answers()["reason"]) == (past, "Rapat di Polda.")
    assert again.focusWidget() is until
    assert until.property("fault") is True
    until.set_day(past + timedelta(days=2))
    QTest.keyClick(reason, Qt.Key.Key_Return)
    officer = next(o for o in screen.presenter.view.officers if o.id == rahmat)
    assert officer.delegate_roles == {Role.APPROVER}


def test_a_duty_that_somebody_holds_already_is_not_handed_to_them(room: Room) -> None:
    world = room.world
    world.sign_in("bambang")  # approver and supervisor
    screen = screen_of(room)
    screen.presenter.turn_to(Watch.JOURNAL)
    officers = screen.journal.officers
    sri = PASSWORDS["sri"][0]  # approver
    officers.show_rows(officers.rows_model.rows, sri)
    key(Qt.Key.Key_G)
    form = room.window.findChild(AskForm)
    assert form is not None
    [role] = form.findChildren(ChoiceField)
    assert [role.itemData(at) for at in range(role.count())] == [Role.SUPERVISOR]
    form.reject()
    until = world.desk.frame.today() + timedelta(days=2)
    screen.presenter.delegate(sri, Role.SUPERVISOR, until, "rapat di Polda")
    assert screen.modes.action("G").property("faded")
    key(Qt.Key.Key_G)
    assert [form for form in room.window.findChildren(AskForm) if form.isVisible()] == []
    assert screen.banner.isVisible()


def test_a_duty_that_the_plan_keeps_apart_is_not_offered_and_said_beforehand(room: Room) -> None:
    world = room.world
    screen, andi = screen_of(room), PASSWORDS["andi"][0]  # registration
    for officer, offered in (("bambang", [Role.SUPERVISOR]), ("sri", [])):  # sri approves alone
        world.sign_in(officer)
        screen.presenter.turn_to(Watch.JOURNAL)
        officers = screen.journal.officers
        officers.show_rows(officers.rows_model.rows, andi)
        assert bool(screen.modes.action("G").property("faded")) is not bool(offered)
        key(Qt.Key.Key_G)
        shown = [form for form in room.window.findChildren(AskForm) if form.isVisible()]
        assert len(shown) == bool(offered)
        for form in shown:
            [role] = form.findChildren(ChoiceField)
            assert [role.itemData(at) for at in range(role.count())] == offered
            form.reject()
    title = next(one.title for one in screen.presenter.view.officers if one.id == andi)
    told = screen.banner.accessibleName()
    assert title in told
    assert screen.words.of(Role.REGISTRATION) in told


def test_who_stands_in_hands_nothing_on_and_an_auditor_stands_in_for_nobody(room: Room) -> None:
    world, rahmat = room.world, PASSWORDS["rahmat"][0]
    world.sign_in("bambang")
    screen = screen_of(room)
    until = world.desk.frame.today() + timedelta(days=2)
    world.desk.oversight.delegate(world.by, rahmat, frozenset({Role.APPROVER}), until, "rapat")
    screen.presenter.turn_to(Watch.JOURNAL)
    officers = screen.journal.officers
    readers = [o for o in screen.presenter.view.officers if Role.AUDITOR in o.roles]
    officers.show_rows(officers.rows_model.rows, readers[0].id)
    key(Qt.Key.Key_G)
    assert screen.banner.isVisible()
    world.sign_in("rahmat")
    screen.presenter.turn_to(Watch.JOURNAL)
    officers.show_rows(officers.rows_model.rows, PASSWORDS["nyoman"][0])
    key(Qt.Key.Key_G)
    assert [form for form in room.window.findChildren(AskForm) if form.isVisible()] == []
    assert screen.banner.isVisible()


def test_a_long_cause_is_read_whole_below_the_exceptions(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Watch.EXCEPTIONS)
    at = room.world.desk.frame.now()
    why = " ".join(["Satu blangko di brankas, kuncinya dibawa."] * 3)
    long = Exceptional(at, ExceptionKind.STATED, "", "", why, 7)
    screen.presenter.show(exceptions=(long, replace(long, seq=8, reason="Rapat")))
    page = screen.exceptions
    for key_, seen in (("7", True), ("8", False)):
        page.list.table.show_rows(page.list.table.rows_model.rows, key_)
        QApplication.processEvents()
        assert page.whole.isVisible() is seen
        assert (why in page.whole.text()) is seen


def test_below_the_day_s_numbers_stands_how_long_people_waited_and_what_was_spoiled(
    room: Room,
) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Watch.FIGURES)
    screen.presenter.show(waited=Waited(4, 700.0), made=Made(200, 3))
    figures = screen.figures.figures
    assert "11:40" in figures["tickets"].accessibleName()
    spoiled = figures["printed"].accessibleName().replace("\xa0", " ")
    assert "1,5 % dari 200" in spoiled, "also those that were spoiled before their print"


def test_each_officer_s_own_times_follow_their_step_at_a_key(room: Room) -> None:
    screen = screen_of(room)
    presenter = screen.presenter
    presenter.turn_to(Watch.FIGURES)
    hands, p50 = ("79010001", "78030003"), (40.0, 6787.0)
    whole = StepTime("print", "", 5, 60.0, 6900.0)
    alone = StepTime("capture", hands[0], 2, 20.0, 21.0)
    shared = [StepTime("print", who, 2, took, took) for who, took in zip(hands, p50, strict=True)]
    reserve = [
        StepTime("reserve", who, count, took, took)
        for who, count, took in (("", 5, 9.0), (hands[0], 3, 0.1), (hands[1], 2, 9.0))
    ]
    presenter.show(steps=(replace(alone, officer=""), alone, whole, *shared))

    def told() -> list[tuple[str, ...]]:
        rows = screen.figures.card.rows_model.rows
        return [tuple(str(cell) for cell in row.cells[1:4]) for row in rows]

    assert told() == [("2 petugas", "5", "1:00")]
    [row] = screen.figures.before.rows_model.rows
    assert row.cells[1] == "Andi Pratama"
    presenter.show(steps=(whole, *shared, *reserve))
    assert told()[0] == ("2 petugas", "5", "0:09"), "whose reserving takes no time is counted too"
    presenter.show(steps=(replace(alone, officer=""), alone))
    key(Qt.Key.Key_P)
    assert not screen.figures.by_officer, "each step has one officer, who stands beside it already"
    presenter.show(steps=(replace(alone, officer=""), alone, whole, *shared))
    key(Qt.Key.Key_P)
    assert told()[1:] == [("Rahmat Hidayat", "2", "113:07"), ("Andi Pratama", "2", "0:40")]


def test_what_no_officer_did_is_none_of_their_steps(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Watch.FIGURES)
    theirs = StepTime("capture", "79010001", 2, 20.0, 21.0)
    by_portal = StepTime("cancel", "", 2, 30.0, 31.0)
    screen.presenter.show(steps=(by_portal, replace(theirs, officer=""), theirs))
    rows = (*screen.figures.before.rows_model.rows, *screen.figures.card.rows_model.rows)
    assert [row.key for row in rows] == ["capture:79010001"]


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_step_s_name_is_read_whole_beside_its_officer(
    qapp: QApplication, qtbot: QtBot, language: str
) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    page = FiguresPage(Words.load(language), host)
    page.resize(1084, 500)
    host.show()
    acts = [StepTime(str(act), "Yohana Mambrasar", 20, 900.0, 9000.0) for act in Action]
    page.show_view(SupervisorView(steps=tuple(acts), read=frozenset({Watch.FIGURES})))
    QApplication.processEvents()
    for table in (page.before, page.card):
        cut = [table.cut_text(row.key, 0) for row in table.rows_model.rows]
        assert cut == [""] * len(cut)
        assert table.horizontalScrollBar().maximum() == 0


def test_2_shows_the_day_s_exceptions_with_why_and_who(room: Room) -> None:
    world, words = room.world, room.window.words
    spoiled = ready(world, 1)
    world.desk.issuing.spoil(world.by, spoiled.id, "print_defect")
    world.clock.advance(60)
    world.desk.queue.take_ticket(world.by)
    late = world.desk.queue.take_ticket(world.by)
    world.desk.queue.call(world.by, late.id, "felt_unwell")
    world.take_over("bambang")
    screen = screen_of(room)
    screen.presenter.load()
    key(Qt.Key.Key_2)
    page = screen.exceptions
    assert page.isVisible()
    assert page.list.table.hasFocus()
    newest, older = [row.cells[1:] for row in page.list.table.rows_model.rows]
    who = "Bripka Andi Pratama"
    out, bad = words.of(ExceptionKind.OUT_OF_TURN), words.of(ExceptionKind.SPOILED)
    unwell, print_ = (
        words.of(why) for why in (OutOfTurnReason.FELT_UNWELL, SpoilReason.PRINT_DEFECT)
    )
    assert newest == (out, late.number, unwell, who)
    assert older == (bad, spoiled.number, print_, who)


def test_4_says_of_each_hour_what_it_brought(room: Room) -> None:
    world = room.world
    start = world.clock.now().astimezone(world.desk.frame.zone.zone)
    for number in (1, 2):
        registered(world, world.people[number])
    world.clock.advance(3600)
    registered(world, world.people[3])
    world.take_over("bambang")
    screen = screen_of(room)
    screen.presenter.load()
    key(Qt.Key.Key_4)
    assert screen.figures.isVisible()
    told = screen.figures.chart.accessibleDescription()
    assert f"{start.hour:02d}: 2" in told
    assert f"{start.hour + 1:02d}: 1" in told
    assert screen.figures.figures["registered"].accessibleName().endswith(": 3")


def test_a_sheet_asks_again_for_a_day_that_is_none(room: Room) -> None:
    taken: list[str] = []
    until = DateField()
    sheet = AskForm(
        room.window, room.window.words, "supervisor.delegate",
        [("supervisor.delegate.until", until)], lambda: taken.append(until.value()),
        officer="Andi",
    )  # fmt: skip
    sheet.open()
    until.setText("31/02/2026")
    QTest.keyClick(until, Qt.Key.Key_Return)
    assert sheet.isVisible()
    assert until.property("fault")
    assert taken == []
    until.setText("28/02/2026")
    QTest.keyClick(until, Qt.Key.Key_Return)
    assert taken == ["28/02/2026"]


def test_the_trail_is_narrowed_and_names_nobody(room: Room, tmp_path: Path) -> None:
    app = confirmed(room.world, 1)
    room.world.take_over("bambang")
    screen = screen_of(room)
    presenter = screen.presenter
    presenter.turn_to(Watch.TRAIL)
    presenter.search(acts="application.*")
    assert presenter.view.lines
    cells = [str(cell) for row in screen.trail.table.rows_model.rows for cell in row.cells]
    assert not any(app.applicant.name in cell or app.nik in cell for cell in cells)
    screen.trail.subject.setText("1374-26-L3-999999")
    screen.trail.subject.commit()
    assert screen.trail.list.empty.isVisibleTo(screen.trail)
    screen.trail.subject.setText(app.number)
    screen.trail.subject.commit()
    assert not screen.trail.list.empty.isVisibleTo(screen.trail)
    screen.trail.subject.setText("")
    screen.trail.subject.commit()
    screen.trail.day.setText("31/02/2026")
    screen.trail.day.commit()
    assert screen.trail.no_day.isVisibleTo(screen.trail), "no such day"
    screen.trail.day.setText("01/03/2026")
    screen.trail.day.commit()
    assert not screen.trail.no_day.isVisibleTo(screen.trail)
    presenter.export(tmp_path / "journal.zip")
    assert (tmp_path / "journal.zip").exists()


def test_the_export_s_file_is_named_in_the_window_s_language(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []

    def choose(_parent: object, _title: str, name: str, _kinds: str) -> tuple[str, str]:
        offered.append(Path(name).name)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    for language, name in (("id", "jurnal"), ("en", "journal")):
        made = open_room(tmp_path / language, Words.load(language), supervisor, officer="bambang")
        today = made.world.desk.frame.today()
        key(Qt.Key.Key_6)
        key(Qt.Key.Key_X)
        made.close()
        assert offered.pop() == f"{name}-{today.isoformat()}.zip"


def test_a_paper_that_nobody_answers_for_is_closed_by_who_has_seen_it(room: Room) -> None:
    world = room.world
    app = registered(world, world.people[1])
    day = world.desk.frame.today()
    world.desk.requirements.type_in(world.by, app.id, K.COURT_JUDGMENT, "9/Pid/2026", day, "PN")
    world.take_over("bambang")
    screen = screen_of(room)
    screen.presenter.load()
    key(Qt.Key.Key_3)
    screen.guard._since = float("-inf")  # who presses has looked at the list
    key(Qt.Key.Key_E)
    assert screen.presenter.view.evidence, "asked first"
    [sheet] = [one for one in screen.findChildren(YesDialog) if one.isVisible()]
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    assert screen.presenter.view.evidence == ()


def test_who_recorded_a_paper_is_told_who_closes_it_before_the_question(room: Room) -> None:
    world = room.world
    app = registered(world, world.people[1])
    day = world.desk.frame.today()
    piece = world.desk.requirements.type_in(
        world.by, app.id, K.COURT_JUDGMENT, "9/Pid/2026", day, "PN"
    )
    world.take_over("bambang")
    with world.desk.ledger.acting(world.by) as w:
        w.change(piece, recorded_by=world.by.officer)
        w.record("test.recorded", app.id, {})
    screen = screen_of(room)
    screen.presenter.load()
    key(Qt.Key.Key_3)
    screen.guard._since = float("-inf")  # who presses has looked at the list
    key(Qt.Key.Key_E)
    assert not [one for one in screen.findChildren(YesDialog) if one.isVisible()]
    assert screen.banner.isVisible()
    told = screen.banner.remedy.text()
    assert told == screen.words("problem.SameOfficer.own_proof.remedy")
    assert "(6, G)" in told, "the only supervisor names a stand-in"
    assert "F12" not in told, "here it gives the counter back"


def test_all_issuers_are_asked_again_with_one_key(room: Room) -> None:
    world = room.world
    assert isinstance(world.desk.outside, OutsideSimulator)
    ways = world.desk.outside.manners
    ways[K.MEDICAL_CERT] = Manner.SILENT
    app = registered(world, world.people[1])
    world.desk.requirements.gather(world.by, app.id)
    world.desk.requirements.type_in(
        world.by, app.id, K.MEDICAL_CERT, "KES-1", world.desk.frame.today(), "Klinik"
    )
    world.take_over("bambang")
    screen = screen_of(room)
    screen.presenter.load()
    key(Qt.Key.Key_3)
    screen.guard._since = float("-inf")  # who presses has looked at the list
    key(Qt.Key.Key_U)
    assert screen.presenter.view.evidence, "the clinic is silent still"
    ways[K.MEDICAL_CERT] = Manner.NO
    tones: list[Tone] = []
    screen.toast_wanted.connect(lambda _text, tone, _undo: tones.append(tone))
    key(Qt.Key.Key_U)
    assert tones == [Tone.WARNING], "no green tick for a denial"
    assert screen.presenter.view.evidence == ()
    said = screen.presenter.view.said
    assert said is not None
    assert said.message_id == "supervisor.asked_denied"
    assert said.facts["denied"] == 1
