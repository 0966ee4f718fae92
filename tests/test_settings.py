"""Settings survive the trip to the file, and a mistyped one is refused by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.settings import (
    FILE_NAME,
    DeviceChoice,
    Look,
    Settings,
    SettingsNotSaved,
    SettingsUnreadable,
    load_settings,
    save_settings,
)


def test_a_new_profile_has_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    changed = replace(Settings(), language="en", look=Look(theme="dark", text_scale=130))
    changed = changed.with_device("scanner", DeviceChoice("serial", {"port": "COM3", "baud": 9600}))
    save_settings(tmp_path, changed)
    assert load_settings(tmp_path) == changed
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ('langauge = "id"', "langauge"),
        ("[look]\ntheem = 1", "look.theem"),
        ('language = "fr"', "language"),
        ("[safety]\nidle_lock_seconds = 1", "idle_lock_seconds"),
        ("[look]\ntext_scale = 101", "text_scale"),
        ('[place]\nserial_pattern = "[A-Z"', "place.serial_pattern"),
        ("[look", ""),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, detail: str) -> None:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(SettingsUnreadable) as caught:
        load_settings(tmp_path)
    assert detail in caught.value.detail


def test_a_folder_that_is_gone_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(SettingsNotSaved):
        save_settings(tmp_path / "gone", Settings())
