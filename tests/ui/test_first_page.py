"""The page of a PC that is no counter yet: what is refused is named, and its field is marked."""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.centre.joining import AnswerUnfit, JoinedAlready, NoAnswerYet
from desktop.keys.errors import NoKeyring
from desktop.keys.keyring_advice import advice
from desktop.keys.tls import new_authority
from desktop.lanes import InlineLanes
from desktop.presenters.first_run import (
    FieldMissing,
    FirstRun,
    FirstStep,
    JoinField,
    JoinForm,
    NoCentreThere,
)
from desktop.profile import Profile
from desktop.settings import Look
from desktop.sources import SeededKeys, VirtualClock
from desktop.words import Words
from tests.keys.conftest import use_keyring as use_keyring
from tests.keys.keyrings import MemoryKeyring
from tests.walks.world import MORNING
from ui.first_run import FirstWindow
from ui.theme import apply_theme, theme_of

CODE = "7Q4K-M2VD-8RXA"


def joining(qtbot: QtBot, folder: Path, words: Words) -> FirstWindow:
    """The page on which a centre is joined."""
    presenter = FirstRun(
        folder / "new",
        InlineLanes(lambda fault: pytest.fail(repr(fault))),
        VirtualClock(MORNING),
        SeededKeys(1),
    )
    page = FirstWindow(words, presenter)
    qtbot.addWidget(page)
    presenter.turn_to_join()
    return page


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
    page = joining(qtbot, tmp_path, words)
    presenter = page.presenter
    form = JoinForm(counter="1374-L4", host="centre.example", root=str(root))
    code = typed if field == "code" else CODE
    if field != "code":
        form = dataclasses.replace(form, **{field: typed})
    presenter.join(form, code)
    label = words(f"first.field.{field}").replace("&", "")
    assert label in page.banner.text.text()
    assert page.banner.remedy.text()
    assert [name for name, one in page.fields.items() if one.property("fault")] == [field]


@pytest.mark.parametrize("language", ["id", "en"])
def test_nothing_is_said_to_be_at_the_centre_before_it_was_reached(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    words = Words.load(language)
    page = joining(qtbot, tmp_path, words)
    page.presenter._show(step=FirstStep.WAIT)
    told = page.lead.text()
    assert {"id": "dikirim ke pusat", "en": "goes to the centre"}[language] in told
    assert {"id": "sudah di pusat", "en": "is at the centre"}[language] not in told


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_pc_without_a_keyring_is_told_what_to_install(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    root = tmp_path / "ca.crt"
    root.write_bytes(b"-")
    page = joining(qtbot, tmp_path, Words.load(language))
    page.presenter.join(JoinForm(counter="1374-L4", host="centre.example", root=str(root)), CODE)
    assert isinstance(page.presenter.view.problem, NoKeyring)
    assert advice() in page.banner.remedy.text()
    assert page.presenter.view.step is FirstStep.JOIN, "the form stays, for another try"
    assert not Profile.exists(tmp_path / "new")


@pytest.mark.parametrize("field", [JoinField.DATABASE, JoinField.ROOT, JoinField.HOST])
def test_what_the_centre_refused_is_mended_where_the_cursor_stands(
    qtbot: QtBot, tmp_path: Path, field: JoinField
) -> None:
    page = joining(qtbot, tmp_path, Words.load("id"))
    page.show()
    page.activateWindow()
    for name, one in page.fields.items():
        one.setText(f"{name} typed")
    page.presenter._show(step=FirstStep.WAIT, problem=None)
    page.presenter._refused(FieldMissing(field, "database"))
    assert page.focusWidget() is page.fields[field]


def test_the_key_names_the_file_that_it_chooses(qtbot: QtBot, tmp_path: Path) -> None:
    page = joining(qtbot, tmp_path, Words.load("id"))
    page.show()
    page.activateWindow()
    QApplication.processEvents()
    for field, told in (("trust", "Pilih sertifikat akar"), ("host", "Pilih ca.crt")):
        page.fields[field].setFocus()
        assert page.browse.text() == told
    for name in ("root", "trust"):  # and each field has its own for the mouse
        assert [act.toolTip() for act in page.fields[name].actions()] == [
            page.words(f"first.do.browse.{name}")
        ]


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
    page = joining(qtbot, tmp_path, Words.load(language))
    page.show()
    page.resize(1366, 768)
    assert page.lead.isVisible()
    page.presenter.join(JoinForm(), CODE)
    QApplication.processEvents()
    assert page.banner.isVisible()
    assert page.height() == 768, "not pushed beyond the screen"
    page.resize(1366, 1000)
    assert page.lead.isVisible(), "there is room for both"


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_centre_that_does_not_answer_is_named_by_what_was_typed(
    qtbot: QtBot, tmp_path: Path, language: str, use_keyring: Callable[[object], None]
) -> None:
    use_keyring(MemoryKeyring())
    root = tmp_path / "ca.crt"
    root.write_bytes(new_authority("centre", MORNING).certificate)
    page = joining(qtbot, tmp_path, Words.load(language))
    with socket.socket() as taken:  # a port at which nobody listens
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        form = JoinForm(counter="1374-L4", host="127.0.0.1", port=port, root=str(root))
        page.presenter.join(form, CODE)
    assert isinstance(page.presenter.view.problem, NoCentreThere)
    assert port in page.banner.text.text()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    "problem",
    [NoAnswerYet(), AnswerUnfit("root"), JoinedAlready("1374-L9")],
    ids=lambda problem: type(problem).__name__,
)
def test_the_page_names_no_remedy_of_the_command_line(
    qtbot: QtBot, tmp_path: Path, language: str, problem: Exception
) -> None:
    page = joining(qtbot, tmp_path, Words.load(language))
    page.presenter._refused(problem)
    assert isinstance(page.presenter.view.problem, type(problem))
    remedy = page.banner.remedy.text()
    assert "--" not in remedy
    assert "perintah" not in remedy
    assert "command" not in remedy
    assert not isinstance(problem, NoAnswerYet) or "Enter" in remedy
