"""A new user's first F4: one key brings files to work on, and those sent back mended."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.domain.application import ApplicationState as S
from desktop.domain.online import SentBackPoint
from desktop.domain.reasons import SendBackReason
from desktop.presenters.online_sample import PORTAL
from desktop.presenters.online_view import FileFilter
from tests.presenters.busy_lane import on_busy_lane
from tests.ui.counter_world import CTRL, Hands
from tests.ui.test_online_screen import screen

KEY = Qt.Key


def test_s_brings_a_sample_delivery_and_enter_shows_it(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    page = screen(hands)
    assert page.files.empty.isVisible()
    assert page.modes.action("S").isEnabled()
    assert not (hands.desk.profile.path / "inbox").exists()
    hands.press(KEY.Key_S)
    report = page.presenter.view.report
    assert report is not None
    assert (len(report.taken), len(report.refused)) == (8, 0)
    assert [p.name for p in (hands.desk.profile.path / "inbox").iterdir()] == ["portal-0001.zip"]
    hands.press(KEY.Key_Return)
    assert len(page.presenter.view.files) == 8
    hands.press(KEY.Key_S)
    hands.press(KEY.Key_Return)
    assert len(page.presenter.view.files) == 16


def test_what_was_sent_back_comes_mended(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_S)
    hands.press(KEY.Key_Return)
    page = screen(hands)
    first = page.presenter.view.files[0].app
    by = hands.world.by
    hands.desk.online.claim(by, first.id)
    hands.desk.online.send_back(by, first.id, [SentBackPoint(SendBackReason.PHOTO_BLURRED)])
    for _ in range(len(FileFilter)):
        if page.presenter.view.file_filter is FileFilter.SENT_BACK:
            break
        hands.press(KEY.Key_Right, CTRL)
    assert page.modes.action("S").text() == hands.counter.words("online_screen.act.sample_mended")
    hands.press(KEY.Key_S)
    assert page.presenter.view.report is not None
    assert page.presenter.view.report.resubmitted == 1
    assert hands.desk.intake.case(first.id).state is S.RECEIVED


def test_an_auditor_is_told_who_may(hands: Hands) -> None:
    hands.sign_in("rahmat")
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_S)
    assert type(screen(hands).presenter.view.problem).__name__ == "RoleMissing"
    assert screen(hands).presenter.view.report is None
    screen(hands).presenter.dismiss()
    hands.press(KEY.Key_I)  # before a file is looked for
    assert QApplication.activeModalWidget() is None
    assert type(screen(hands).presenter.view.problem).__name__ == "RoleMissing"


def test_a_key_of_the_list_says_that_the_delivery_is_still_being_made(hands: Hands) -> None:
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_S)
    hands.press(KEY.Key_Return)
    page = screen(hands)
    assert not page.modes.action("Return").property("faded")
    portal = on_busy_lane(page.presenter, PORTAL)
    hands.press(KEY.Key_S)
    keys = {"Return": KEY.Key_Return, "N": KEY.Key_N, "S": KEY.Key_S, "I": KEY.Key_I}
    for name, key in keys.items():
        assert page.modes.action(name).property("faded")
        before = page.presenter.view.said
        hands.press(key)
        said = page.presenter.view.said
        assert said is not None
        assert said is not before
        assert said.warns
        assert said.message_id == "online_screen.said.still_busy"
        assert page.presenter.view.file is None
    portal.let_go()
    assert not page.modes.action("Return").property("faded")
    assert len(page.presenter.view.files) == 16
