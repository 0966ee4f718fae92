"""What goes wrong is told in words, without a person's data in it."""

from __future__ import annotations

import json
import logging

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.notices import DeviceChanged
from desktop.settings import SettingsUnreadable
from desktop.training.furnished import COUNTS_FILE, keep_counting, keep_counts
from desktop.words import Words
from devices.device import DeviceKind
from tests.ui.counter_world import Hands
from tests.ui.samples import sample_window
from ui.commands.run import REMEMBERED
from ui.problems import CrashDialog, CrashHandler, problem_text, support_code
from ui.widgets.buttons import KeyButton

SECRET = "3273014507900003 SITI RAHMAWATI"


def crash(secret: str = SECRET) -> BaseException:
    try:
        raise ValueError(secret)
    except ValueError as error:
        return error


def test_a_problem_has_its_own_words(words: Words) -> None:
    text = problem_text(words, SettingsUnreadable("settings.toml", "look.theem"))
    assert "look.theem" in text.text
    assert text.remedy


def test_a_crash_has_a_code_and_no_person(words: Words) -> None:
    text = problem_text(words, crash())
    assert support_code(crash()) in text.text
    assert SECRET not in text.text + text.remedy


def test_the_code_is_the_place_s_not_the_person_s() -> None:
    assert support_code(crash("one")) == support_code(crash("other"))
    assert len(support_code(crash())) == 9


def test_the_log_has_the_way_and_no_person(words: Words, caplog: pytest.LogCaptureFixture) -> None:
    handler = CrashHandler(words, lambda work: work(), lambda: None)
    with caplog.at_level(logging.WARNING):
        code = handler.take(crash())
    assert code in caplog.text
    assert "test_problems.py" in caplog.text
    assert SECRET not in caplog.text


def test_what_a_full_disk_cannot_remember_stops_no_sign_in(hands: Hands) -> None:
    (hands.desk.profile.path / REMEMBERED).mkdir()  # nothing can be written there
    hands.sign_in("andi")
    assert hands.window.current_key == "queue"
    (hands.desk.profile.path / f"{COUNTS_FILE}.part").mkdir()
    keep_counts(hands.desk)


def test_a_kill_loses_no_count_of_the_training_printer(hands: Hands) -> None:
    bench = hands.desk.bench
    assert bench is not None
    keep_counting(hands.desk)
    bench.printer.truth.cards = 41
    hands.desk.notices.publish(DeviceChanged(DeviceKind.CARD_PRINTER, "printer"))
    told = json.loads((hands.desk.profile.path / COUNTS_FILE).read_text(encoding="utf-8"))
    assert told["cards"] == 41


def test_the_dialog_comes_once(qapp: QApplication, qtbot: QtBot, words: Words) -> None:
    window = sample_window(words)
    qtbot.addWidget(window)
    window.show()
    handler = CrashHandler(words, lambda work: work(), lambda: window)
    code = handler.take(crash())
    handler.take(crash())
    dialogs = window.findChildren(CrashDialog)
    assert len(dialogs) == 1
    shown = " ".join(label.text() for label in dialogs[0].findChildren(QLabel))
    assert code in shown
    assert SECRET not in shown
    first = dialogs[0].focusWidget()
    assert isinstance(first, KeyButton)
    assert first.text() == words("common.close")
    dialogs[0].reject()


def test_the_code_is_copied_by_a_key(qapp: QApplication, qtbot: QtBot, words: Words) -> None:
    window = sample_window(words)
    qtbot.addWidget(window)
    window.show()
    handler = CrashHandler(words, lambda work: work(), lambda: window)
    code = handler.take(crash())
    [dialog] = window.findChildren(CrashDialog)
    dialog.activateWindow()
    QApplication.processEvents()
    qtbot.keyClick(dialog, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == code
    dialog.reject()
