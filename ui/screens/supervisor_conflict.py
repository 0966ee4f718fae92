"""Whose NIK is it: both sides of a conflict, and the question that decides it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.nik import mask_nik
from desktop.domain.person import Applicant
from desktop.presenters.supervisor_view import Contested
from desktop.words import Words
from ui.screens.stock_dialogs import AskForm
from ui.screens.walkin_parts import Fact, FactGrid
from ui.theme import theme
from ui.widgets.fields import ChoiceField, LineField
from ui.widgets.labels import Text
from ui.widgets.photo import PhotoFrame

LEAST, MOST = 104, 220
"""Heights of the faces, at 100 % text."""


class _Side(QWidget):
    def __init__(self, heading: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = Text("", "heading", self, wrap=True)
        self.photo = PhotoFrame("", self, height=LEAST, empty_icon="user")
        self.facts = FactGrid(self, upright=True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme().px(6))
        whole.addWidget(Text(heading, "overline", self, wrap=True))
        whole.addWidget(self.name)
        line = QHBoxLayout()
        line.addWidget(self.photo)
        line.addStretch(1)
        whole.addLayout(line)
        whole.addWidget(self.facts)
        whole.addStretch(1)

    def show_side(self, words: Words, who: Applicant, photo: bytes, more: list[Fact]) -> None:
        self.name.setText(who.name[:80])
        self.photo.show_image(photo or None, who.name)
        born = f"{who.birth_place[:40]}, {words.date(who.birth_date)}"
        self.facts.show_facts(
            [
                (words("walkin.field.nik"), mask_nik(who.nik)),
                (words("walkin.field.born"), born),
                (words("walkin.field.sex"), words.of(who.sex)),
                *more,
            ]
        )  # fmt: skip


class ConflictSides(QWidget):
    """What stands on record at the left, what was brought at the right."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self.record = _Side(words("conflict.record"), self)
        self.brought = _Side(words("conflict.brought"), self)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, theme().px(8), 0, 0)
        across.setSpacing(theme().px(12))
        across.addWidget(self.record, 1)
        across.addWidget(self.brought, 1)

    def set_height(self, height: int) -> None:
        """How high the faces are, at 100 % text."""
        for side in (self.record, self.brought):
            side.photo.set_height(min(max(height, LEAST), MOST))

    def show_sides(self, sides: Contested | None) -> None:
        """Show both; nothing is shown for other incidents."""
        self.setVisible(sides is not None)
        if sides is None:
            return
        words = self._words
        count: Fact = (words("conflict.licences"), str(sides.licences))
        self.record.show_side(words, sides.record, sides.record_photo, [count])
        state: Fact = (words("conflict.state"), words.of(sides.state))
        self.brought.show_side(words, sides.brought, sides.brought_photo, [state])


def ask_owner(
    host: QWidget, words: Words, sides: Contested | None, then: Callable[[str, str], object]
) -> None:
    """Whose data hold from now on, and why: `then(statement, owner)`."""
    owner, said = ChoiceField(), LineField()
    names: dict[str, str] = {}
    if sides is not None:
        names = {"": sides.record.name[:40], "applicant": sides.brought.name[:40]}
    owner.set_choices(
        tuple(
            (key, f"{words(f'supervisor.conflict.{what}')}: {names[key]}" if key in names
             else words(f"supervisor.conflict.{what}"))
            for key, what in (("", "record"), ("applicant", "applicant"))
        )
    )  # fmt: skip
    owner.setCurrentIndex(0)
    m = "supervisor.conflict"
    AskForm(
        host.window(), words, m, [(f"{m}.owner", owner), (f"{m}.text", said)],
        lambda: then(said.value(), owner.value()), width=640,
    ).open()  # fmt: skip
