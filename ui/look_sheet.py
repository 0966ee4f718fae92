"""How the window looks: language, light or dark, size of text and of what is pressed.

Kept in the profile's settings; a window is dressed once, so it holds from the next start.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.domain.errors import Problem
from desktop.settings import Look, keep_look, load_settings
from desktop.words import Words
from ui.popup import Popup
from ui.widgets.banner import Banner
from ui.widgets.buttons import KeyButton
from ui.widgets.fields import ChoiceField, Form
from ui.widgets.labels import Text
from ui.widgets.nesting import nest

CHOICES = {
    "language": ("id", "en"),
    "theme": ("light", "dark"),
    "text": ("100", "115", "130"),
    "targets": ("usual", "large"),
}


class LookSheet(Popup):
    """Four choices, and Enter to keep them."""

    def __init__(
        self, host: QWidget, words: Words, folder: Path, kept: Callable[[], object]
    ) -> None:
        super().__init__(host, width=520)
        self._words, self._folder, self._kept = words, folder, kept
        self.setWindowTitle(words("look.title"))
        self.sheet.addWidget(Text(words("look.title"), "title", self))
        self.sheet.addWidget(Text(words("look.lead"), "muted", self, wrap=True))
        self.banner = Banner(parent=self)
        self.sheet.addWidget(self.banner)
        self.form = Form()
        self.fields: dict[str, ChoiceField] = {}
        for name, keys in CHOICES.items():
            label = words(f"look.{name}")
            field = ChoiceField(label.replace("&", ""), self)
            field.set_choices(tuple((key, words(f"look.{name}.{key}")) for key in keys))
            self.form.add(label, field)
            self.fields[name] = field
        nest(self.sheet, self.form)
        self.accept_button = KeyButton(words("look.keep"), "Enter", kind="primary", parent=self)
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self._keep)
        self.end_with(words("common.cancel"), self.accept_button)
        self.finished.connect(self.deleteLater)
        self._show()
        self.fields["language"].setFocus()

    def _show(self) -> None:
        try:
            settings = load_settings(self._folder)
        except Problem as problem:
            self._refuse(problem)
            self.accept_button.setEnabled(False)
            return
        look = settings.look
        for name, value in (
            ("language", settings.language), ("theme", look.theme),
            ("text", str(look.text_scale)), ("targets", "large" if look.large_targets else "usual"),
        ):  # fmt: skip
            self.fields[name].set_value(value)
        if settings.language != self._words.language:
            used = self._words(f"look.language.{self._words.language}")
            self.form.note(self.fields["language"], self._words("look.in_use", language=used))

    def _keep(self) -> None:
        value = {name: field.value() for name, field in self.fields.items()}
        look = Look(
            theme="dark" if value["theme"] == "dark" else "light",
            text_scale=130 if value["text"] == "130" else 115 if value["text"] == "115" else 100,
            large_targets=value["targets"] == "large",
        )
        try:
            keep_look(self._folder, "en" if value["language"] == "en" else "id", look)
        except Problem as problem:
            self._refuse(problem)
            return
        self.accept()
        self._kept()

    def _refuse(self, problem: Problem) -> None:
        self.banner.tell_problem(self._words.problem(problem))
        self.fit()
