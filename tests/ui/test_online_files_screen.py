"""F4's files by their keys: a batch taken in, the answers written out, and what goes wrong then."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from desktop.batch.results import read_results
from desktop.keys.certificates import KeyRole
from tests.ui.counter_world import Hands
from tests.ui.test_online_screen import desk, keys_of, screen
from tests.walks.online_day import batch

KEY = Qt.Key


def choosing(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
    """The officer's hand in the system's own file dialog; nothing chosen is "cancel"."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


@pytest.fixture
def online(hands: Hands) -> Hands:
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    return hands


def entries(hands: Hands) -> int:
    return hands.desk.oversight.verify().entries


def test_a_batch_comes_in_by_i_and_its_answers_go_out_by_e(
    online: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choosing(monkeypatch, batch(online.world, 2, seed=5, faulty=0))
    online.press(KEY.Key_I)
    report = desk(online).view.report
    assert report is not None
    assert len(report.taken) == 2
    online.press(KEY.Key_Return)
    online.press(KEY.Key_Return)
    online.press(KEY.Key_Return)
    out = tmp_path / "answers.zip"
    choosing(monkeypatch, out)
    assert "E" in keys_of(screen(online))
    online.press(KEY.Key_E)
    answers = read_results(
        out,
        trust=online.desk.profile.trust,
        role=KeyRole.OFFICE,
        at=online.desk.frame.clock.now(),
    )
    said = {(answer["kind"], answer["external_id"], answer["state"]) for answer in answers}
    assert said == {
        ("outcome", "SNR-0005-0001", "verified"),
        ("outcome", "SNR-0005-0002", "received"),
    }
    assert "2" in online.window.toast.text.text()


def test_a_dialog_that_is_cancelled_does_nothing(
    online: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = entries(online)
    choosing(monkeypatch, "")
    online.press(KEY.Key_I)
    online.press(KEY.Key_E)
    assert desk(online).view.report is None
    assert not desk(online).view.problem
    assert entries(online) == before


def test_answers_for_a_folder_that_is_gone_say_so_and_lose_nothing(
    online: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    screen(online).take_file(batch(online.world, 1, seed=5, faulty=0))
    online.press(KEY.Key_Return)
    before = entries(online)
    choosing(monkeypatch, tmp_path / "gone" / "answers.zip")
    online.press(KEY.Key_E)
    assert screen(online).banner.isVisible()
    assert entries(online) == before
    choosing(monkeypatch, tmp_path / "answers.zip")
    online.press(KEY.Key_E)
    assert (tmp_path / "answers.zip").exists()


@pytest.mark.parametrize("harm", ["cut", "changed", "none"])
def test_a_damaged_batch_changes_nothing_and_the_page_says_what_to_do(
    online: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, harm: str
) -> None:
    good = batch(online.world, 1, seed=5, faulty=0).read_bytes()
    bad = tmp_path / "bad.zip"
    middle = len(good) // 2
    bad.write_bytes(
        {
            "cut": good[:middle],
            "changed": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
            "none": b"",
        }[harm]
    )
    before = entries(online)
    choosing(monkeypatch, bad)
    online.press(KEY.Key_I)
    report = desk(online).view.report
    if report is not None:
        assert not report.taken, "a picture was hit: its line alone is refused"
        assert len(report.refused) == 1
    else:
        assert screen(online).banner.isVisible()
        assert entries(online) == before
        assert screen(online).banner.text.text()
    assert not desk(online).view.files
