"""A window without services: a shell that knows one officer, and screens that only listen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from desktop.words import Words
from ui.main_window import MainWindow
from ui.screens.catalog import ScreenEntry
from ui.screens.screen import Screen
from ui.shell import Finding, PlaceInfo, SessionInfo, Shell
from ui.widgets.fields import LineField
from ui.widgets.table import Column, DataTable, Row

ANDI = SessionInfo("79010001", "Bripka Andi Pratama", "Pendaftaran", frozenset({"registration"}))


class SampleShell:
    def __init__(self, words: Words, session: SessionInfo | None = ANDI) -> None:
        self.words = words
        self.now = session
        self.opened: list[str] = []
        self.left = 0

    def place(self) -> PlaceInfo:
        return PlaceInfo("Satpas Contoh", "Loket 3", training=True)

    def session(self) -> SessionInfo | None:
        return self.now

    def find(self, text: str) -> Sequence[Finding]:
        return [Finding("person:1", "SITI RAHMAWATI", "SIM C")] if text else []

    def search_left(self) -> None:
        self.left += 1

    def open_scanned(self, text: str) -> bool:
        return False

    def open_found(self, key: str) -> None:
        self.opened.append(key)


class SampleScreen(Screen):
    """A field, a note, a list, a button; acts on Enter, Space and J."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.words)
        self.done: list[str] = []
        self.shown = ""
        self.scans: list[str] = []
        self.field = LineField("Scan", self)
        self.field.committed.connect(lambda text: self.done.append(f"commit {text}"))
        self.note = QPlainTextEdit(self)
        self.note.setAccessibleName("Note")
        self.list = DataTable([Column("A", stretch=True)], "List", self, checkable=True)
        self.list.show_rows([Row("r1", ("one",)), Row("r2", ("two",))])
        self.list.opened.connect(lambda key: self.done.append(f"open {key}"))
        self.loose = QPushButton("Loose", self)
        self.loose.clicked.connect(lambda: self.done.append("loose"))
        for widget in (self.field, self.note, self.list, self.loose):
            self.body.addWidget(widget)
        self.next = self.act(
            "common.next", "Return", lambda: self.done.append("next"), primary=True
        )
        self.snap = self.act("common.retry", "Space", lambda: self.done.append("snap"))
        self.pause = self.act("common.cancel", "J", lambda: self.done.append("pause"))
        self.next_button = self.button(self.next, "primary")
        self.foot.add_right(self.button(self.snap))
        self.foot.add_right(self.next_button)

    def home_focus(self) -> QWidget:
        return self.field

    def about(self) -> object:
        return self.shown

    def on_scan(self, text: str) -> bool:
        self.scans.append(text)
        return not text.startswith("ELSEWHERE")


class SecondScreen(SampleScreen):
    """Another screen with the same keys."""


def entries() -> list[ScreenEntry]:
    return [
        ScreenEntry("queue", "users", "F2", SampleScreen),
        ScreenEntry("walk_in", "user-plus", "F3", SecondScreen),
        ScreenEntry("supervisor", "shield-check", "F9", SampleScreen, frozenset({"supervisor"})),
    ]


def sample_window(words: Words, session: SessionInfo | None = ANDI) -> MainWindow:
    return MainWindow(SampleShell(words, session), entries())
