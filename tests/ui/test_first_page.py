"""The page of a PC that is no counter yet: what is refused is named, and its field is marked."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.lanes import InlineLanes
from desktop.presenters.first_run import FirstRun, JoinForm
from desktop.settings import Look
from desktop.sources import SeededKeys, VirtualClock
from desktop.words import Words
from tests.walks.world import MORNING
from ui.first_run import FirstWindow
from ui.theme import apply_theme, theme_of

CODE = "7Q4K-M2VD-8RXA"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("counter", ""), ("host", ""), ("database", ""), ("root", ""), ("code", ""),
        ("root", "/nowhere/ca.crt"), ("port", "five"), ("port", "70000"),
        ("trust", "/nowhere/trust.jsonl"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["id", "en"])
def test_what_was_refused_is_named_and_marked(
    qtbot: QtBot, tmp_path: Path, language: str, field: str, typed: str
) -> None:
    words = Words.load(language)
    root = tmp_path / "ca.crt"
    root.write_bytes(b"-")
    presenter = FirstRun(
        tmp_path / "new",
        InlineLanes(lambda fault: pytest.fail(repr(fault))),
        VirtualClock(MORNING),
        SeededKeys(1),
    )
    page = FirstWindow(words, presenter)
    qtbot.addWidget(page)
    presenter.turn_to_join()
    form = JoinForm(counter="1374-L4", host="centre.example", root=str(root))
    code = typed if field == "code" else CODE
    if field != "code":
        form = dataclasses.replace(form, **{field: typed})
    presenter.join(form, code)
    label = words(f"first.field.{field}").replace("&", "")
    assert label in page.banner.text.text()
    assert page.banner.remedy.text()
    assert [name for name, one in page.fields.items() if one.property("fault")] == [field]


@pytest.fixture
def large(qapp: QApplication) -> Iterator[None]:
    """Text at 130 %."""
    apply_theme(qapp, theme_of(Look(text_scale=130)))
    yield
    apply_theme(qapp, theme_of(Look()))


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_refusal_fits_a_small_screen_with_large_text(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    words = Words.load(language)
    presenter = FirstRun(
        tmp_path / "new",
        InlineLanes(lambda fault: pytest.fail(repr(fault))),
        VirtualClock(MORNING),
        SeededKeys(1),
    )
    page = FirstWindow(words, presenter)
    qtbot.addWidget(page)
    page.show()
    page.resize(1366, 768)
    presenter.turn_to_join()
    assert page.lead.isVisible()
    presenter.join(JoinForm(), CODE)
    QApplication.processEvents()
    assert page.banner.isVisible()
    assert page.height() == 768, "not pushed beyond the screen"
    page.resize(1366, 1000)
    assert page.lead.isVisible(), "there is room for both"
