"""What goes wrong is told in words, without a person's data in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.log_file import LogFile
from desktop.log_rotation import KEPT, LARGEST
from desktop.notices import DeviceChanged
from desktop.profile_files import logs_path
from desktop.settings import SettingsUnreadable
from desktop.training.furnished import COUNTS_FILE, keep_counting, keep_counts
from desktop.words import Words
from devices.device import DeviceKind
from tests.ui.counter_world import Hands
from tests.ui.samples import sample_window
from ui.commands.run import REMEMBERED, crashes_of
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


@pytest.fixture
def handler(tmp_path: Path, words: Words) -> Iterator[CrashHandler]:
    """As `main.py run` has it, for a profile that isn't made yet."""
    yield crashes_of(tmp_path / "new" / "profile", words, lambda work: work(), lambda: None)
    for kept in list(logging.getLogger("ui").handlers):
        if isinstance(kept, LogFile):
            kept.close()


@pytest.fixture
def logs(handler: CrashHandler, tmp_path: Path) -> Path:
    return logs_path(tmp_path / "new" / "profile")


def test_what_the_officer_tells_the_support_stands_in_the_profile_s_log(
    handler: CrashHandler, logs: Path
) -> None:
    assert not logs.parent.exists()  # a day without a fault makes no file
    code = handler.take(crash())
    [file] = logs.glob("*.log")
    [line] = file.read_text(encoding="utf-8").splitlines()
    assert code in line
    assert "ValueError" in line
    assert "tests/ui/test_problems.py" in line
    assert SECRET not in line
    assert [p.stat().st_mode & 0o077 for p in (logs.parent, logs, file)] == [0, 0, 0]


def test_no_person_stands_in_the_log_whoever_writes_it(logs: Path) -> None:
    logging.getLogger("desktop.services").error("gave up", exc_info=crash())
    logging.getLogger("urllib3").error(SECRET)
    told = (logs / "loket.log").read_text(encoding="utf-8")
    assert "gave up" in told
    assert "ValueError at tests/ui/test_problems.py" in told
    assert SECRET not in told


def test_the_log_stays_small_and_only_its_owner_s(logs: Path) -> None:
    log = logging.getLogger("ui.problems")
    for _ in range(KEPT + 3):
        log.error("x" * (LARGEST - 200))
    files = sorted(logs.iterdir())
    assert len(files) == KEPT + 1
    assert all(file.stat().st_size <= LARGEST for file in files)
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)


def test_a_log_that_cannot_be_written_stops_nothing(
    handler: CrashHandler, logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.parent.mkdir(parents=True)
    logs.write_text("a file where the folder belongs", encoding="utf-8")
    code = handler.take(crash())
    told = capsys.readouterr().err
    assert code in told  # the terminal has it all the same, and nothing about the log
    assert "Traceback" not in told
    logs.unlink()
    handler.take(crash())  # there is room again
    assert code in (logs / "loket.log").read_text(encoding="utf-8")


def test_a_full_disk_holds_up_no_later_entry(handler: CrashHandler, logs: Path) -> None:
    logs.mkdir(parents=True)
    file = logs / "loket.log"
    file.symlink_to("/dev/full")
    code = handler.take(crash())
    file.unlink()
    handler.take(crash())
    assert code in file.read_text(encoding="utf-8")


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
