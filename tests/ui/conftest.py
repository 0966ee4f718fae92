"""One dressed application for all tests of the window: restyling each time took 28 s, not 2."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QSpacerItem, QWidgetItem
from pytestqt.qtbot import QtBot

from desktop.settings import Look
from desktop.words import Words
from tests.ui.counter_world import Hands, close, open_hands
from tests.walks.world import IDS_OF_THE_OFFICE, furnished_profile, open_world
from ui.app import make_application

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def words() -> Words:
    return Words.load("id")


@pytest.fixture(scope="session")
def qapp(words: Words) -> QApplication:
    return make_application(["loket"], words, Look())


@pytest.fixture(scope="session")
def furnished() -> Path:
    """A training profile as it is on its first morning, made once and copied for each test."""
    return furnished_profile()


@pytest.fixture
def profile(furnished: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    shutil.copytree(furnished, folder)
    return folder


@pytest.fixture
def hands(profile: Path, qapp: QApplication, qtbot: QtBot, words: Words) -> Iterator[Hands]:
    world = open_world(profile, ids_used=IDS_OF_THE_OFFICE)
    made = open_hands(world, qtbot, words)
    yield made
    close(made)


@pytest.fixture(autouse=True)
def no_window_left(qapp: QApplication) -> Iterator[None]:
    """A window that outlives its test is styled again with every theme of those that follow.

    Nor is an item of a layout left to Python: Qt frees it, and its address is given to another.
    """
    yield
    items = [
        wrapper
        for wrapper in shiboken6.getAllValidWrappers()
        if isinstance(wrapper, (QWidgetItem, QSpacerItem))
    ]
    for widget in QApplication.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert items == [], "nest() of ui/widgets/nesting.py lets go of them"
