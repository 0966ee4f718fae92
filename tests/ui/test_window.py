"""The window: keys, focus, lock, roles, names for a screen reader, words for every act."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.domain.errors import Problem
from desktop.domain.officer import Role, WrongPassword
from desktop.domain.reasons import SpoilReason
from desktop.presenters.sign_in_view import OfficerChoice, SignInMode, SignInView
from desktop.services.particulars import OfficeIsSample
from desktop.settings import Look
from desktop.words import Words
from tests.ui.counter_world import Hands
from tests.ui.samples import ANDI, SampleScreen, SampleShell, entries, sample_window
from tests.ui.test_walkin_screen import walk_in
from tests.walks.world import PASSWORDS
from ui.bridge import Bridge
from ui.main_window import MainWindow
from ui.popup import Popup
from ui.problems import CrashDialog
from ui.screens.online_dialogs import YesDialog
from ui.screens.walkin_dialogs import ask_reason
from ui.shell import SessionInfo
from ui.shortcuts import ShortcutOverlay, in_order, listed
from ui.step_guard import StepGuard
from ui.theme import apply_theme, theme, theme_of
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Text
from ui.widgets.sign_in import SignInPage
from ui.widgets.state import Level, StateItem
from ui.widgets.table_delegate import RowDelegate

OFFICERS = (
    OfficerChoice("79010001", "Bripka Andi Pratama", password="andi123"),
    OfficerChoice("85020002", "Briptu Dewi Lestari", password="dewi123"),
)


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot, words: Words) -> MainWindow:
    made = sample_window(words)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.start()
    return made


def screen_of(window: MainWindow) -> SampleScreen:
    screen = window.current_screen
    assert isinstance(screen, SampleScreen)
    screen.guard._since = float("-inf")
    return screen


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifiers)


def test_a_printer_at_work_keeps_the_window_open(hands: Hands) -> None:
    hands.sign_in("andi")
    with hands.desk.hub.borrow("card_printer"):  # as an online batch has it
        hands.window.close()
        assert hands.window.isVisible()
    hands.window.close()
    assert not hands.window.isVisible()


def test_the_cross_asks_first_while_somebody_is_served(hands: Hands) -> None:
    assert not hands.counter.asks_before_leaving(), "nobody is here"
    walk_in(hands)
    assert hands.counter.asks_before_leaving()
    [sheet] = (one for one in hands.window.findChildren(YesDialog) if one.isVisible())
    number = hands.view.ticket.number if hands.view.ticket else ""
    assert any(number in one.text() for one in sheet.findChildren(Text))
    hands.hit(Qt.Key.Key_Escape)
    assert hands.window.isVisible()
    assert hands.counter.asks_before_leaving()
    hands.hit(Qt.Key.Key_Return)
    assert not hands.window.isVisible()


def test_the_cross_of_a_locked_window_asks_nobody(hands: Hands) -> None:
    walk_in(hands)
    hands.press(Qt.Key.Key_F12)
    assert hands.window.locked
    assert not hands.counter.asks_before_leaving()


def test_f_keys_open_screens_and_the_focus_goes_home(window: MainWindow) -> None:
    press(Qt.Key.Key_F3)
    assert window.opened_screen("walk_in") is window.current_screen
    assert screen_of(window).field.hasFocus()
    press(Qt.Key.Key_F2)
    assert window.opened_screen("queue") is window.current_screen


def test_enter_is_the_way_on_and_commits_the_field_first(window: MainWindow) -> None:
    screen = screen_of(window)
    QTest.keyClicks(screen.field, "abc")
    press(Qt.Key.Key_Return)
    assert screen.done == ["commit abc", "next"]
    assert screen.field.hasFocus()


def test_enter_right_after_opening_is_not_taken(window: MainWindow) -> None:
    window.open_screen("walk_in")
    screen = window.current_screen
    assert isinstance(screen, SampleScreen)
    for _ in range(6):
        press(Qt.Key.Key_Return)
    assert screen.done == []


def test_hammered_enter_passes_one_step(window: MainWindow) -> None:
    screen = screen_of(window)
    now = [0.0]
    screen.guard = StepGuard(lambda: now[0])
    screen.next.triggered.connect(lambda: screen.set_step(len(screen.done)))
    for _ in range(6):
        now[0] += 60.0
        press(Qt.Key.Key_Return)
    assert screen.done == ["next"]


def test_enter_in_a_note_is_a_new_line_and_in_a_list_opens(window: MainWindow) -> None:
    screen = screen_of(window)
    screen.note.setFocus()
    press(Qt.Key.Key_Return)
    assert screen.note.toPlainText() == "\n"
    screen.list.setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert screen.done == ["open r2"]


def test_space_captures_on_a_focused_button_and_ticks_in_a_list(window: MainWindow) -> None:
    screen = screen_of(window)
    screen.next_button.setFocus()
    press(Qt.Key.Key_Space)
    assert screen.done == ["snap"]
    screen.list.setFocus()
    press(Qt.Key.Key_Space)
    assert screen.list.ticked_keys() == ("r1",)
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert screen.list.ticked_keys() == ("r1", "r2")


def test_only_the_open_screen_s_keys_work(window: MainWindow) -> None:
    first = screen_of(window)
    window.open_screen("walk_in")
    second = screen_of(window)
    second.list.setFocus()
    press(Qt.Key.Key_J)
    assert (first.done, second.done) == ([], ["pause"])


def test_a_screen_is_offered_to_its_roles_alone(window: MainWindow, words: Words) -> None:
    press(Qt.Key.Key_F9)
    assert window.opened_screen("supervisor") is None
    with pytest.raises(KeyError):
        window.navigation.button("supervisor")
    other = sample_window(
        words, SessionInfo("1", "AKP Bambang", "Pengawas", frozenset({"supervisor"}))
    )
    other.start()
    other.open_screen("supervisor")
    assert other.opened_screen("supervisor") is not None


def test_a_click_never_takes_the_focus_to_a_button(window: MainWindow) -> None:
    screen = screen_of(window)
    QTest.mouseClick(screen.next_button, Qt.MouseButton.LeftButton)
    assert screen.done == ["next"]
    assert screen.field.hasFocus()


def locked_view(problem: Exception | None = None) -> SignInView:
    return SignInView(
        OFFICERS, SignInMode.LOCKED, "79010001", "Satpas Contoh", "Loket 3", problem=problem
    )


def test_lock_hides_the_work_and_keeps_it(window: MainWindow, qtbot: QtBot) -> None:
    screen = screen_of(window)
    QTest.keyClicks(screen.field, "half")
    with qtbot.waitSignal(window.lock_wanted):
        press(Qt.Key.Key_F12)
    window.show_sign_in(locked_view())
    assert not screen.isVisible()
    assert window.live_actions() == []
    press(Qt.Key.Key_F3)
    press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.locked
    assert not window.palette_is_open
    QTest.keyClicks(window.sign_in.password, "andi123")
    with qtbot.waitSignal(window.sign_in_wanted) as told:
        press(Qt.Key.Key_Return)
    assert told.args == ["79010001", "andi123"]
    assert window.sign_in.password.text() == ""
    window.refresh_session()
    assert screen.isVisible()
    assert screen.field.text() == "half"


def test_an_answer_counts_only_while_what_was_asked_about_is_on_show(window: MainWindow) -> None:
    screen, told = screen_of(window), list[str]()
    for later, count in (("a", 1), ("b", 1)):
        screen.shown = "a"
        sheet = ask_reason(
            screen, window.words, "stock.spoil", (SpoilReason.CHIP,),
            lambda key, _note: told.append(key),
        )  # fmt: skip
        screen.shown = later
        QTest.keyClick(sheet.list, Qt.Key.Key_1)
        assert told == ["chip"] * count
    assert window.toast.text.text() == window.words("ui.moved_on")


@pytest.mark.parametrize("height", [300, 640])
def test_that_a_scan_isn_t_taken_is_seen_beside_the_question(
    window: MainWindow, height: int
) -> None:
    sheet = Popup(window, width=900, height=height)
    sheet.open()
    window.on_scan("CT26030400")
    toast = window.toast
    assert toast.text.text() == window.words("ui.sheet_first")
    shown = QRect(toast.mapToGlobal(QPoint()), toast.size())
    assert not shown.intersects(sheet.geometry())
    assert screen_of(window).scans == []


def test_the_lock_leaves_no_sheet_over_the_sign_in(window: MainWindow) -> None:
    open_sheet = Popup(window, width=300)
    crash = CrashDialog(window.words, "ABCD-0123", window)
    for sheet in (open_sheet, crash):
        sheet.open()
    window.show_sign_in(locked_view())
    assert not open_sheet.isVisible()
    assert crash.isVisible(), "what went wrong stays until it is read"
    crash.reject()
    assert window.focusWidget() is window.sign_in.password
    window.refresh_session()
    assert open_sheet.isVisible(), "unlocked, the question stands there again"
    window.show_sign_in(locked_view())
    shell = window._shell
    assert isinstance(shell, SampleShell)
    shell.now = replace(ANDI, officer_number="76040004")
    window.refresh_session()
    assert not open_sheet.isVisible(), "but not for another officer"


def test_another_officer_at_a_locked_window_takes_over(window: MainWindow, qtbot: QtBot) -> None:
    window.show_sign_in(locked_view())
    press(Qt.Key.Key_Down)
    QTest.keyClicks(window.sign_in.password, "dewi123")
    with qtbot.waitSignal(window.take_over_wanted) as told:
        press(Qt.Key.Key_Return)
    assert told.args == ["85020002", "dewi123"]


def test_training_shows_passwords_and_live_does_not(window: MainWindow) -> None:
    window.show_sign_in(SignInView(OFFICERS, training=True))
    assert not window.sign_in.table.isColumnHidden(3)
    window.show_sign_in(SignInView(OFFICERS, training=False))
    assert window.sign_in.table.isColumnHidden(3)
    shown = [cell for row in window.sign_in.table.rows_model.rows for cell in row.cells]
    assert "andi123" not in shown


def test_after_a_click_on_a_name_the_password_is_typed(window: MainWindow) -> None:
    window.show_sign_in(locked_view())
    page = window.sign_in
    row = page.table.visualRect(page.table.model().index(1, 0))
    # The list moves when somebody else's work would be taken over: the release lands elsewhere.
    QTest.mousePress(page.table.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert page.table.currentIndex().row() == 1
    assert page.password.hasFocus()


def test_a_failed_sign_in_says_why_and_wipes_the_password(window: MainWindow) -> None:
    class UnheardOf(Problem):
        pass

    words = Words("id", {**dict(_templates(window.words)), "problem.UnheardOf": "Salah."})
    window.sign_in._words = words
    window.show_sign_in(locked_view())
    QTest.keyClicks(window.sign_in.password, "wrong")
    window.show_sign_in(locked_view(UnheardOf()))
    assert window.sign_in.banner.text.text() == "Salah."
    assert window.sign_in.password.text() == ""
    assert window.sign_in.password.hasFocus()


def _templates(words: Words) -> list[tuple[str, str]]:
    return [(message_id, words.template(message_id)) for message_id in words.ids()]


def test_give_back_is_offered_after_a_take_over(window: MainWindow, qtbot: QtBot) -> None:
    shell = SampleShell(
        window.words, SessionInfo("85020002", "Briptu Dewi", "", ANDI.roles, "79010001")
    )
    other = MainWindow(shell, entries())
    qtbot.addWidget(other)
    other.start()
    assert "@lock" in window.navigation._buttons
    assert "@lock" not in other.navigation._buttons, "F12 gives the work back then"
    with qtbot.waitSignal(other.give_back_wanted):
        other.header.give_back.click()


def test_nothing_is_given_back_to_whoever_got_a_one_time_code_meanwhile(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(Qt.Key.Key_F12)
    hands.sign_in("bambang")
    assert not hands.window.header.give_back.isHidden()
    hands.desk.credentials.give_code(hands.world.by, PASSWORDS["andi"][0])
    QApplication.processEvents()
    assert hands.window.header.give_back.isHidden()
    assert "@lock" in hands.window.navigation._buttons
    assert hands.window.lock_action.text() == hands.window.words("ui.act.lock")


def test_ctrl_k_finds_people_and_screens(window: MainWindow) -> None:
    press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_is_open
    field = window._palette.field
    QTest.keyClicks(field, "pemohon")
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.current_screen is window.opened_screen("walk_in")


@pytest.mark.parametrize("typed", ["kunci", "bantuan", "layar pemohon"])
def test_ctrl_k_finds_what_the_window_does(window: MainWindow, qtbot: QtBot, typed: str) -> None:
    did: list[str] = []
    window.lock_wanted.connect(lambda: did.append("kunci"))
    window.applicant_screen_wanted.connect(lambda: did.append("layar pemohon"))
    press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(window._palette.field, typed)
    QTest.keyClick(window._palette.field, Qt.Key.Key_Down)  # past whoever is called so
    QTest.keyClick(window._palette.field, Qt.Key.Key_Return)
    assert not window.palette_is_open
    assert (did or (["bantuan"] if window.help.isVisible() else [])) == [typed]


def test_a_toast_is_seen_at_the_sign_in_too(window: MainWindow, words: Words) -> None:
    window.show_sign_in(SignInView(OFFICERS))
    window.toast.tell("Disimpan.")
    assert window.toast.isVisible()
    assert window.childAt(window.toast.mapTo(window, window.toast.rect().center())) in (
        window.toast, window.toast.text,
    )  # fmt: skip


def test_one_officer_s_wrong_password_is_not_told_of_the_next(window: MainWindow) -> None:
    page = window.sign_in
    window.show_sign_in(SignInView(OFFICERS, chosen=OFFICERS[0].number))
    QTest.keyClicks(page.password, "wrong")
    QTest.keyClick(page.password, Qt.Key.Key_Return)
    refused = SignInView(OFFICERS, chosen=OFFICERS[0].number, problem=WrongPassword(tries_left=4))
    page.show_view(refused)
    assert page.banner.isVisible()
    QTest.keyClick(page.password, Qt.Key.Key_Down)
    assert not page.banner.isVisible()
    page.show_view(refused)  # as when the clock is told of meanwhile
    assert not page.banner.isVisible()


def test_the_list_of_officers_keeps_its_frame_after_a_try(window: MainWindow) -> None:
    page = window.sign_in
    frames: set[int] = set()
    for busy in (False, True, False):
        page.show_view(SignInView(OFFICERS * 4, training=True, busy=busy))
        QApplication.processEvents()
        frames.add(page.panel.maximumHeight() - page.table.maximumHeight())
    assert len(frames) == 1


def test_f1_opens_and_closes_this_screen_s_chapter(window: MainWindow) -> None:
    press(Qt.Key.Key_F1)
    assert window.help.isVisible()
    assert window.help.key == "queue"
    assert window.help.browser.toPlainText() != ""
    press(Qt.Key.Key_Escape)
    assert not window.help.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F1])
def test_the_help_gives_the_focus_back_to_where_one_was(window: MainWindow, key: Qt.Key) -> None:
    screen = screen_of(window)
    screen.note.setFocus()
    press(Qt.Key.Key_F1)
    assert window.help.browser.hasFocus()
    press(key)
    assert screen.note.hasFocus()


def test_the_help_s_own_button_gives_the_focus_back_too(window: MainWindow) -> None:
    screen = screen_of(window)
    press(Qt.Key.Key_F1)
    close = window.help.findChild(KeyButton)
    assert close is not None
    close.click()
    assert screen.field.hasFocus()


def test_another_screen_opened_beside_the_help_gets_the_focus(window: MainWindow) -> None:
    press(Qt.Key.Key_F1)
    press(Qt.Key.Key_F3)
    window.help.browser.setFocus()
    press(Qt.Key.Key_Escape)
    assert screen_of(window).field.hasFocus()


def test_f1_explains_the_sign_in_and_the_lock(window: MainWindow) -> None:
    window.show_sign_in(locked_view())
    press(Qt.Key.Key_F1)
    assert window.help.isVisible()
    assert window.help.key == "signin"
    press(Qt.Key.Key_Escape)
    assert not window.help.isVisible()
    assert window.sign_in.password.hasFocus()
    press(Qt.Key.Key_F1)
    door = window.help
    window.show_work()
    assert not door.isVisible()


def test_the_list_of_keys_is_read_from_living_actions(window: MainWindow) -> None:
    screen = screen_of(window)
    assert ("Enter", "Lanjut") in listed(screen.actions())
    assert "J" in dict(listed(screen.actions()))
    screen.pause.setEnabled(False)
    assert "J" not in dict(listed(screen.actions()))
    window.open_shortcuts()
    overlay = window.findChild(ShortcutOverlay)
    assert overlay is not None
    overlay.reject()


def test_an_and_in_a_name_is_told(window: MainWindow) -> None:
    acts = [QAction("Stock & close", window, shortcut="F7"), QAction("&Look", window)]
    acts[1].setShortcut("L")
    assert listed(acts) == [("F7", "Stock & close"), ("L", "Look")]


def test_the_function_keys_are_told_in_their_order(window: MainWindow) -> None:
    every = [*window.screen_actions.values(), *window.window_actions]
    keys = [key for key, _ in listed(in_order(every)) if key[1:].isdigit()]
    assert keys == sorted(keys, key=lambda key: int(key[1:]))
    assert keys[0] == "F1"


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_officer_s_duties_are_read_whole_at_the_sign_in_with_large_text(
    qapp: QApplication, qtbot: QtBot, language: str
) -> None:
    before = theme()
    apply_theme(qapp, theme_of(Look(text_scale=130)))
    page = SignInPage(Words.load(language))
    qtbot.addWidget(page)
    page.resize(1366, 749)
    page.show()
    roles = (Role.REGISTRATION, Role.IDENTIFICATION, Role.PRODUCTION)
    officer = OfficerChoice("80070007", "Brigadir Yohana Mambrasar", roles, "yohana1")
    page.show_view(SignInView((officer,), office="Satpas Contoh", training=True))
    qapp.processEvents()
    delegate = page.table.itemDelegate()
    assert isinstance(delegate, RowDelegate)
    told = page.table.rows_model.rows[0].cells[2]
    wanted, room = delegate.width_of(2, [told], longest=99), page.table.columnWidth(2)
    apply_theme(qapp, before)
    assert wanted <= room + 3


@pytest.mark.parametrize("scale", [100, 130])
def test_the_list_of_keys_is_seen_whole_on_a_small_screen(
    window: MainWindow, qapp: QApplication, scale: int
) -> None:
    before = theme()
    apply_theme(qapp, theme_of(Look(text_scale=scale)))
    window.resize(1366, 768)
    long = [QAction(f"Act number {n}", window, shortcut=f"Ctrl+F{n}") for n in range(1, 25)]
    overlay = ShortcutOverlay(
        window.words, [("Here", long), ("On every screen", window.live_actions())], window
    )
    overlay.open()
    qapp.processEvents()
    [area] = overlay.findChildren(QScrollArea)
    bars = [area.verticalScrollBar().maximum(), area.horizontalScrollBar().maximum()]
    void = area.viewport().height() - area.widget().sizeHint().height()
    overlay.reject()
    apply_theme(qapp, before)
    assert bars == [0, 0]
    assert void <= 4


def test_every_action_has_a_key_and_words_in_both_languages(
    qapp: QApplication, qtbot: QtBot, window: MainWindow
) -> None:
    both = [Words.load(language) for language in ("id", "en")]
    window.open_screen("walk_in")
    actions = [a for a in window.findChildren(QAction) if a.objectName()]
    assert len(actions) > 12
    for action in actions:
        assert action.shortcuts(), action.objectName()
        assert all(action.objectName() in words for words in both), action.objectName()


def test_no_key_means_two_things(window: MainWindow) -> None:
    keys = [key.toString() for action in window.live_actions() for key in action.shortcuts()]
    assert sorted(keys) == sorted(set(keys))


def labelled(widget: QWidget, labels: list[QLabel]) -> bool:
    if isinstance(widget, QAbstractButton) and widget.text():
        return True
    return bool(widget.accessibleName()) or any(label.buddy() is widget for label in labels)


def test_everything_that_takes_the_focus_has_a_name(window: MainWindow) -> None:
    window.show_sign_in(locked_view())
    labels = window.findChildren(QLabel)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.isHidden()
        and not labelled(widget, labels)
        and not widget.objectName().startswith("qt_")
        and type(widget).__name__ not in ("QHeaderView", "QScrollBar")
    ]
    assert nameless == []


def test_buttons_are_large_enough_to_hit(window: MainWindow) -> None:
    screen = screen_of(window)
    for widget in (screen.next_button, window.header.search, window.navigation.button("queue")):
        assert min(widget.width(), widget.height()) >= 24


def test_states_are_words_beside_shapes(window: MainWindow) -> None:
    window.show_devices(
        [StateItem(Level.BAD, "Cip: terputus"), StateItem(Level.GOOD, "Kamera: siap")]
    )
    assert [badge.accessibleName() for badge in window.status._badges] == [
        "Cip: terputus",
        "Kamera: siap",
    ]


def test_short_of_room_what_is_well_shows_its_name_only(window: MainWindow) -> None:
    window.resize(1024, 640)
    window.show_devices(
        [StateItem(Level.GOOD, f"Perangkat {i}: siap dipakai sekarang juga") for i in range(4)]
        + [StateItem(Level.BAD, "Cip: terputus")]
    )
    shown = [badge.item.text for badge in window.status._badges]
    assert shown[0] == "Perangkat 0"
    assert shown[-1] == "Cip: terputus"


def test_many_broken_at_once_are_never_cut_off_in_a_word(window: MainWindow) -> None:
    window.resize(1366, 768)
    window.show_devices(
        [StateItem(Level.BAD, f"Printer {i}: penutup terbuka") for i in range(7)]
        + [StateItem(Level.ATTEND, "Pita: hampir habis"), StateItem(Level.GOOD, "Kamera: siap")]
    )
    badges = window.status._badges
    shown = [badge.item.text for badge in badges]
    assert shown[0] == "Printer 0: penutup terbuka", "the first one says it all"
    assert shown[6:] == ["Printer 6", "Pita", ""], "what is well is its sign alone"
    assert badges[6].toolTip() == "Printer 6: penutup terbuka"
    QApplication.processEvents()
    assert all(badge.width() >= badge.sizeHint().width() for badge in badges)


def test_work_posted_from_another_thread_runs_in_the_window_s(qtbot: QtBot) -> None:

    bridge = Bridge()
    ran: list[threading.Thread] = []
    thread = threading.Thread(
        target=lambda: bridge.post(lambda: ran.append(threading.current_thread()))
    )
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(ran))
    assert ran == [threading.main_thread()]


def test_notices_arrive_in_order(qtbot: QtBot) -> None:
    bridge = Bridge()
    heard: list[object] = []
    bridge.noticed.connect(heard.append)
    for number in range(5):
        bridge.notice(number)
    qtbot.waitUntil(lambda: len(heard) == 5)
    assert heard == [0, 1, 2, 3, 4]


def test_ten_thousand_characters_and_other_scripts_break_nothing(window: MainWindow) -> None:
    screen = screen_of(window)
    for text in ("X" * 10_000, "سيتي رحمة", "🙂" * 200, "a\nb\tc"):
        screen.set_heading(text, text)
        screen.toast(text)
        window.grab()


def test_qt_s_own_words_are_indonesian(qapp: QApplication) -> None:
    assert qapp.translate("QPlatformTheme", "Cancel") == "Batal"
    assert QObject.tr("Nothing of ours") == "Nothing of ours"


def test_password_field_never_shows_its_text(window: MainWindow) -> None:
    assert window.sign_in.password.echoMode() is QLineEdit.EchoMode.Password


def test_the_sign_in_says_that_it_checks_a_password(window: MainWindow, words: Words) -> None:
    page = window.sign_in
    window.show_sign_in(SignInView(OFFICERS, training=True))
    usual = page.button.text()
    window.show_sign_in(SignInView(OFFICERS, training=True, busy=True))
    assert page.button.text() == words("ui.sign_in.checking")
    assert not page.button.isEnabled()
    window.show_sign_in(SignInView(OFFICERS, training=True))
    assert page.button.text() == usual
    assert page.button.isEnabled()


def test_after_a_try_the_cursor_is_in_the_password_again(window: MainWindow) -> None:
    page = window.sign_in
    window.show_sign_in(SignInView(OFFICERS))
    page.show_view(SignInView(OFFICERS, busy=True))
    assert not page.password.hasFocus()
    page.show_view(SignInView(OFFICERS, choosing=OFFICERS[0].number))
    assert page.password.hasFocus()


def test_choosing_a_password_can_be_left_by_a_button(window: MainWindow, qtbot: QtBot) -> None:
    page = window.sign_in
    window.show_sign_in(SignInView(OFFICERS))
    assert not page.later.isVisible()
    page.show_view(SignInView(OFFICERS, choosing=OFFICERS[0].number))
    assert page.later.isVisible()
    with qtbot.waitSignal(page.chosen_later, timeout=1000):
        page.later.click()


def test_tab_goes_from_the_new_password_to_its_repeat(window: MainWindow, qtbot: QtBot) -> None:
    page = window.sign_in
    window.show_sign_in(SignInView(OFFICERS))
    page.show_view(SignInView(OFFICERS, choosing=OFFICERS[0].number))
    press(Qt.Key.Key_Tab)
    assert page.again.hasFocus()
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Tab)
    assert page.button.hasFocus(), "fields, then back, then begin: as they are drawn"


def test_enter_without_a_password_says_what_is_missing(window: MainWindow, words: Words) -> None:
    window.show_sign_in(SignInView(OFFICERS, training=True))
    press(Qt.Key.Key_Return)
    page = window.sign_in
    assert page.banner.isVisible()
    assert page.banner.text.text() == words("ui.sign_in.password_missing")
    assert page.password.hasFocus()


def test_what_the_office_lacks_stands_beside_the_one_time_code_s_word(qtbot: QtBot) -> None:
    words = Words.load("en")
    page = SignInPage(words)
    qtbot.addWidget(page)
    page.show()
    new = tuple(replace(one, begins=True) for one in OFFICERS)
    page.show_view(SignInView(new, place=OfficeIsSample()))
    assert "[place]" in page.clock.remedy.text()
    assert page.banner.text.text() == words("ui.sign_in.begins")
    assert "first time" not in page.banner.text.text(), "they may have forgotten their password"
