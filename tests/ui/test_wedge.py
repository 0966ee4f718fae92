"""A scanner's keys never press anything; a hand's keys always do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.settings import Scanner
from desktop.words import Words
from tests.ui.samples import SampleScreen, sample_window
from ui.klm import KlmMeter
from ui.main_window import MainWindow
from ui.popup import Popup
from ui.step_guard import StepGuard
from ui.wedge import WedgeFilter


class Bench:
    """A window, its filter and meter, and a clock that keys move on."""

    def __init__(self, app: QApplication, window: MainWindow, options: Scanner) -> None:
        self.time = 0.0
        self.window = window
        self.meter = KlmMeter()
        self.wedge = WedgeFilter(
            self._scanned, options, extra_actions=window.live_actions, now=lambda: self.time
        )
        app.installEventFilter(self.wedge)
        app.installEventFilter(self.meter)
        self._app = app

    def _scanned(self, text: str, keys: int) -> None:
        self.meter.forget(keys)
        self.window.on_scan(text)

    def close(self) -> None:
        self._app.removeEventFilter(self.wedge)
        self._app.removeEventFilter(self.meter)

    @property
    def screen(self) -> SampleScreen:
        screen = self.window.current_screen
        assert isinstance(screen, SampleScreen)
        return screen

    def type(self, text: str, gap: float) -> None:
        for letter in text:
            self.time += gap
            key = (
                Qt.Key.Key_Return
                if letter == "\r"
                else Qt.Key.Key_Tab
                if letter == "\t"
                else letter
            )
            QTest.keyClick(self.at(), key)

    def at(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def scan(self, text: str) -> None:
        self.type(text, 4)

    def hands(self, text: str) -> None:
        for letter in text:
            self.type(letter, 200)
            self.wedge.release()


@pytest.fixture
def options() -> Scanner:
    return Scanner()


@pytest.fixture
def bench(qapp: QApplication, qtbot: QtBot, words: Words, options: Scanner) -> Iterator[Bench]:
    window = sample_window(words)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    window.start()
    made = Bench(qapp, window, options)
    made.screen.field.setFocus()
    made.screen.guard = StepGuard(lambda: made.time)
    made.time = 10_000.0
    yield made
    made.close()


def test_a_scan_reaches_the_screen_and_presses_nothing(bench: Bench) -> None:
    bench.scan("JX90001234ID\r")
    assert bench.screen.scans == ["JX90001234ID"]
    assert bench.screen.done == []
    assert bench.screen.field.text() == ""


@pytest.mark.parametrize("where", ["list", "note", "loose", "next_button"])
def test_a_scan_types_into_no_widget_that_has_the_focus(bench: Bench, where: str) -> None:
    widget = getattr(bench.screen, where)
    widget.setFocus()
    bench.scan("J 90001234\r")
    assert bench.screen.scans == ["J 90001234"]
    assert bench.screen.done == []
    assert bench.screen.note.toPlainText() == ""


def test_a_scan_may_end_with_tab(bench: Bench) -> None:
    bench.scan("120499001\t")
    assert bench.screen.scans == ["120499001"]
    assert bench.screen.field.hasFocus()


def test_hands_type_into_the_field(bench: Bench) -> None:
    bench.hands("Jl. 5")
    assert bench.screen.field.text() == "Jl. 5"
    assert bench.screen.scans == []


def test_a_quick_hand_loses_no_key(bench: Bench) -> None:
    bench.type("the", 20)
    bench.wedge.release()
    assert bench.screen.field.text() == "the"


def test_five_quick_keys_and_enter_are_no_scan(bench: Bench) -> None:
    bench.scan("12345\r")
    assert bench.screen.scans == []
    assert bench.screen.done == ["commit 12345", "next"]


def test_slow_digits_and_enter_are_hands(bench: Bench) -> None:
    bench.type("123456789\r", 60)
    assert bench.screen.scans == []
    assert bench.screen.field.text() == "123456789"


def test_a_letter_pressed_by_hand_is_the_screen_s_key(bench: Bench) -> None:
    bench.screen.list.setFocus()
    bench.hands("j")
    assert bench.screen.done == ["pause"]


@pytest.mark.parametrize("gap", [4, 120])
def test_keys_behind_the_one_that_opens_a_sheet_are_typed_into_it(bench: Bench, gap: int) -> None:
    """A slow hand's too, where the window was busy and sees all of them at once."""
    sheet = Popup(bench.window, width=300)
    field = QLineEdit(sheet)
    sheet.sheet.addWidget(field)
    field.setFocus()
    bench.screen.act("queue.filter", "/", sheet.open)
    bench.screen.list.setFocus()
    entered: list[str] = []
    field.returnPressed.connect(lambda: entered.append(field.text()))
    bench.type("/x7\r", gap)
    assert (field.text(), entered) == ("x7", ["x7"])
    assert bench.screen.done == []
    sheet.reject()


def test_a_letter_in_the_navigation_still_reaches_the_screen(bench: Bench) -> None:
    bench.window.navigation.button("queue").setFocus()
    bench.hands("j")
    assert bench.screen.done == ["pause"]


def test_space_by_hand_captures_even_on_a_focused_button(bench: Bench) -> None:
    bench.screen.next_button.setFocus()
    bench.hands(" ")
    assert bench.screen.done == ["snap"]


def test_the_same_code_within_two_seconds_counts_once(bench: Bench) -> None:
    bench.scan("JX90001234ID\r")
    bench.scan("JX90001234ID\r")
    bench.time += 3_000
    bench.scan("JX90001234ID\r")
    assert bench.screen.scans == ["JX90001234ID"] * 2


def test_a_code_that_isn_t_this_screen_s_is_looked_up(bench: Bench) -> None:
    bench.scan("ELSEWHERE1\r")
    assert bench.window.palette_field_text() == "ELSEWHERE1"
    bench.window.close_palette()


def test_nothing_is_scanned_while_locked(bench: Bench) -> None:
    screen = bench.screen
    bench.window.show_sign_in()
    bench.scan("JX90001234ID\r")
    assert screen.scans == []


@pytest.mark.parametrize("gap", [1, 4, 20, 34, 60])
def test_a_password_typed_at_any_speed_arrives_whole(bench: Bench, gap: float) -> None:
    """Fast as a scanner's, and ended by Enter: it is a password all the same."""
    tried: list[tuple[str, str]] = []
    bench.window.sign_in_wanted.connect(lambda number, word: tried.append((number, word)))
    bench.window.show_sign_in()
    bench.type("rahasia123\r", gap)
    assert [word for _, word in tried] == ["rahasia123"]


def test_a_code_scanned_into_a_password_field_stays_there(bench: Bench) -> None:
    field = bench.screen.field
    field.setEchoMode(QLineEdit.EchoMode.Password)
    bench.scan("JX90001234ID")
    assert field.text() == "JX90001234ID"
    field.setEchoMode(QLineEdit.EchoMode.Normal)
    bench.scan("JX90001234ID\r")
    assert bench.screen.scans == ["JX90001234ID"]


def test_keys_held_for_another_field_do_not_follow_into_a_password(bench: Bench) -> None:
    bench.type("ab", 4)
    bench.wedge.release()
    bench.screen.field.setEchoMode(QLineEdit.EchoMode.Password)
    bench.type("cd", 4)
    assert bench.screen.field.text() == "abcd"


def test_a_scan_s_keys_are_not_the_officer_s(bench: Bench) -> None:
    bench.meter.begin("job")
    bench.scan("JX90001234ID\r")
    bench.hands("ab")
    QTest.keyClick(bench.at(), Qt.Key.Key_F3)
    assert bench.meter.report().keys == 3


class TestPrefix:
    @pytest.fixture
    def options(self) -> Scanner:
        return Scanner(prefix="~")

    def test_it_is_taken_off(self, bench: Bench) -> None:
        bench.scan("~JX90001234ID\r")
        assert bench.screen.scans == ["JX90001234ID"]

    def test_without_it_nothing_is_a_scan(self, bench: Bench) -> None:
        bench.scan("JX90001234ID\r")
        assert bench.screen.scans == []
        assert bench.screen.field.text() == "JX90001234ID"


def test_ctrl_keys_pass_untouched(bench: Bench) -> None:
    QTest.keyClick(bench.at(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert bench.window.palette_is_open
    bench.window.close_palette()


def _passes(wedge: WedgeFilter, at: QWidget, stamp: int) -> bool:
    """Whether an Enter sent at `stamp` gets through: Qt asks first, then presses."""
    taken: list[bool] = []
    for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        event = QKeyEvent(kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r")
        event.setTimestamp(stamp)
        taken.append(wedge.eventFilter(at, event))
    assert len(set(taken)) == 1
    return not taken[0]


def test_a_burst_of_enters_is_one_however_late_the_window_sees_them(bench: Bench) -> None:
    stamps = (1_000, 1_060, 1_110, 1_400, 1_450, 1_600)
    assert [s for s in stamps if _passes(bench.wedge, bench.window, s)] == [1_000, 1_400, 1_600]


def test_a_burst_of_enters_is_one_behind_a_letter_too(bench: Bench) -> None:
    """The first is given back with the letter that was held; the second is the same press."""
    letter = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_7, Qt.KeyboardModifier.NoModifier, "7")
    letter.setTimestamp(950)
    assert bench.wedge.eventFilter(bench.window, letter)
    assert not _passes(bench.wedge, bench.window, 1_000), "held, and given back by the filter"
    assert not _passes(bench.wedge, bench.window, 1_060)
    assert _passes(bench.wedge, bench.window, 1_400)
