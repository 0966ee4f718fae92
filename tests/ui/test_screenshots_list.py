"""Every screen, page and sheet of the window has its picture: a new one fails here until it has."""

from __future__ import annotations

import importlib
import pkgutil
from enum import Enum
from typing import Any, cast

import pytest

import ui
from main import main
from ui.commands.screenshots import places
from ui.commands.screenshots_list import PAGES, SCREENS, SHEETS, Seen, lacks, wanted
from ui.popup import AnswerSheet, Popup
from ui.screens.entries import screen_entries


def sheets(kind: type[Popup] = Popup) -> set[str]:
    """Every kind of sheet that the program has."""
    found: set[str] = set()
    for one in kind.__subclasses__():
        found |= {one.__name__} | sheets(one)
    return found


def test_every_screen_has_a_picture() -> None:
    nobody = cast("Any", None)
    assert {entry.key for entry in screen_entries(nobody, nobody, None)} == SCREENS.keys()


@pytest.mark.parametrize("pages", PAGES, ids=lambda kind: kind.__name__)
def test_every_page_has_a_picture(pages: type[Enum]) -> None:
    assert PAGES[pages].keys() == set(pages)
    assert len(set(PAGES[pages].values())) == len(pages)


def test_every_sheet_has_a_picture() -> None:
    for found in pkgutil.walk_packages(ui.__path__, "ui."):
        importlib.import_module(found.name)
    ours = {name for name in sheets() if not name.startswith("_")}
    assert ours - {AnswerSheet.__name__} == SHEETS.keys(), "what others are made of is never shown"


def test_a_picture_that_is_missing_or_shows_something_else_is_told() -> None:
    seen = {name: Seen("") for name in wanted()}
    seen |= {name: Seen(key) for key, name in SCREENS.items()}
    seen |= {name: Seen("", frozenset({kind})) for kind, name in SHEETS.items()}
    assert lacks(seen) == []
    gone = seen.pop("crash")
    assert lacks(seen) == ["crash: not drawn"]
    seen |= {"crash": Seen(""), "queue": Seen("walk_in")}
    assert lacks(seen) == ["queue: shows walk_in, not queue", "crash: no CrashDialog on it"]
    assert gone.sheets


def test_several_sizes_go_into_a_folder_each(tmp_path: Any) -> None:
    assert places("1366x768", tmp_path) == {(1366, 768): tmp_path}
    both = places("1366x768,1920x1080", tmp_path)
    assert both == {
        (1366, 768): tmp_path / "1366x768", (1920, 1080): tmp_path / "1920x1080",
    }  # fmt: skip


@pytest.mark.parametrize("asked", ["wide", "1366", "0x768", "1366x768,", "99999x1"])
def test_a_size_that_is_none_is_refused_in_words(
    asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["screenshots", "nowhere", "--size", asked])
    assert "1366x768" in capsys.readouterr().err
