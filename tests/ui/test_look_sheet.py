"""Ctrl+, keeps language and look in the profile, from the sign-in on; all else stays."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.settings import FILE_NAME, DeviceChoice, Settings, load_settings, save_settings
from tests.ui.counter_world import CTRL, Hands
from ui.look_sheet import LookSheet
from ui.widgets.labels import Text

KEY = Qt.Key


def sheet(hands: Hands) -> LookSheet:
    hands.hit(KEY.Key_Comma, CTRL)
    found = [one for one in hands.window.findChildren(LookSheet) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def test_language_and_size_are_kept_from_the_sign_in(hands: Hands) -> None:
    folder = hands.desk.profile.path
    before = Settings().with_device("scanner", DeviceChoice("serial_scanner", {"port": "COM3"}))
    save_settings(folder, before)
    assert hands.window.locked
    asked = sheet(hands)
    assert asked.fields["language"].value() == "id"
    hands.hit(KEY.Key_Down)
    asked.fields["text"].setFocus()
    hands.hit(KEY.Key_End)
    hands.hit(KEY.Key_Return)
    assert not asked.isVisible()
    kept = load_settings(folder)
    assert (kept.language, kept.look.text_scale, kept.look.theme) == ("en", 130, "light")
    assert kept.devices == before.devices


def test_a_language_already_chosen_stays_when_only_the_look_changes(hands: Hands) -> None:
    """The window still speaks the old one: it was dressed before."""
    folder = hands.desk.profile.path
    sheet(hands)
    hands.hit(KEY.Key_Down)
    hands.hit(KEY.Key_Return)
    again = sheet(hands)
    assert again.fields["language"].value() == "en"
    again.fields["theme"].setFocus()
    hands.hit(KEY.Key_Down)
    hands.hit(KEY.Key_Return)
    kept = load_settings(folder)
    assert (kept.language, kept.look.theme) == ("en", "dark")


def test_a_window_in_another_language_than_is_kept_says_so(hands: Hands) -> None:
    folder = hands.desk.profile.path
    asked = sheet(hands)
    told = [text.text() for text in asked.findChildren(Text) if text.isVisible()]
    assert not any(text.startswith("Kini dipakai") for text in told)
    hands.hit(KEY.Key_Escape)
    save_settings(folder, Settings(language="en"))  # and --lang id, or chosen since the start
    asked = sheet(hands)
    told = [text.text() for text in asked.findChildren(Text) if text.isVisible()]
    assert "Kini dipakai: Bahasa Indonesia." in told
    assert asked.fields["language"].value() == "en", "saving the colours alone changes no language"


def test_escape_keeps_what_was(hands: Hands) -> None:
    hands.sign_in("andi")
    asked = sheet(hands)
    hands.hit(KEY.Key_Down)
    hands.hit(KEY.Key_Escape)
    assert not asked.isVisible()
    assert load_settings(hands.desk.profile.path).language == "id"


def test_settings_that_cannot_be_read_are_said_and_left_alone(
    hands: Hands, qapp: QApplication
) -> None:
    file = Path(hands.desk.profile.path) / FILE_NAME
    file.write_text("language = 7", "utf-8")
    asked = sheet(hands)
    assert asked.banner.isVisible()
    assert FILE_NAME in asked.banner.text.text()
    hands.hit(KEY.Key_Return)
    assert asked.isVisible()
    assert file.read_text("utf-8") == "language = 7"
    asked.reject()
