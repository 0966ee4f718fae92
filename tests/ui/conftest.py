"""One dressed application for all tests of the window: restyling each time took 28 s, not 2."""

from __future__ import annotations

import os

import pytest
from PySide6.QtWidgets import QApplication

from desktop.settings import Look
from desktop.words import Words
from ui.app import make_application

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def words() -> Words:
    return Words.load("id")


@pytest.fixture(scope="session")
def qapp(words: Words) -> QApplication:
    return make_application(["loket"], words, Look())
