"""Whose NIK is it: both sides of a conflict, and the question that decides it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from desktop.domain.nik import mask_nik
from desktop.domain.person import Applicant, fold
from desktop.presenters.supervisor_view import Contested
from desktop.words import Words
from ui.screens.screen import Screen
from ui.screens.stock_dialogs import AskForm
from ui.theme import theme
from ui.widgets.fields import ChoiceField, LineField
from ui.widgets.labels import Text, column
from ui.widgets.photo import PhotoFrame

LEAST, MOST = 104, 320
"""Heights of the faces, at 100 % text."""


class _Side(QWidget):
    """A name over a face."""

    def __init__(self, heading: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = Text("", "heading", self, wrap=True)
        self.photo = PhotoFrame("", self, height=LEAST, empty_icon="user")
        line = QHBoxLayout()
        line.addWidget(self.photo)
        line.addStretch(1)
        whole = column(Text(heading, "overline", self, wrap=True), self.name, line, spacing=6)
        self.setLayout(whole)

    def show_side(self, who: Applicant, photo: bytes) -> None:
        self.name.setText(who.name[:80])
        self.photo.show_image(photo or None, who.name)


class ConflictSides(QWidget):
    """What stands on record at the left, what was brought at the right, line for line."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        look = theme()
        self.record = _Side(words("conflict.record"), self)
        self.brought = _Side(words("conflict.brought"), self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, look.px(8), 0, 0)
        self._grid.setHorizontalSpacing(look.px(14))
        self._grid.setVerticalSpacing(look.px(6))
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._grid.addWidget(self.record, 0, 1)
        self._grid.addWidget(self.brought, 0, 2)
        self._facts: list[tuple[Text, Text, Text]] = []

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
        self.record.show_side(sides.record, sides.record_photo)
        self.brought.show_side(sides.brought, sides.brought_photo)
        both = (self._told(sides.record), self._told(sides.brought))
        f = "walkin.field"
        names = [words(f"{f}.nik"), words(f"{f}.born"), words(f"{f}.sex")]
        self._tell(
            [
                *zip(names, *both, strict=True),
                (words("conflict.licences"), str(sides.licences), "–"),
                (words("conflict.state"), "–", words.of(sides.state)),
            ]
        )

    def _told(self, who: Applicant) -> tuple[str, str, str]:
        words = self._words
        born = f"{who.birth_place[:40]}, {words.date(who.birth_date)}"
        return mask_nik(who.nik), born, words.of(who.sex)

    def _tell(self, lines: Sequence[tuple[str, str, str]]) -> None:
        """One row a fact, so that the eye goes across; what differs stands out, whole."""
        while len(self._facts) < len(lines):
            row = len(self._facts) + 1
            texts = (Text("", "small", self), *(Text("", "body", self, wrap=True) for _ in "12"))
            for place, text in enumerate(texts):
                self._grid.addWidget(text, row, place)
            self._facts.append((texts[0], texts[1], texts[2]))
        for texts, told in zip(self._facts, lines, strict=True):
            differs = "–" not in told and fold(told[1]) != fold(told[2])
            for text, said in zip(texts, told, strict=True):
                text.setText(said)
            for text in texts[1:]:
                text.set_role("warning" if differs else "body")


def ask_owner(
    host: QWidget, words: Words, sides: Contested | None, then: Callable[[str, str], object]
) -> AskForm:
    """Whose data hold from now on, and why: `then(statement, owner)`."""
    owner, said = ChoiceField(), LineField()
    owner.set_choices(_owners(words, sides))
    owner.setCurrentIndex(0)
    m = "supervisor.conflict"
    form = AskForm(
        host.window(), words, m, [(f"{m}.owner", owner), (f"{m}.text", said)],
        lambda: then(said.value(), owner.value()), width=588,
    )  # fmt: skip
    if sides is not None and sides.others:
        told = words(f"{m}.others", cases=", ".join(sides.others))
        form.sheet.insertWidget(2, Text(told, "warning", form, wrap=True))
    if isinstance(host, Screen):
        form.keep_clear(host.looked_at(), within=host.page)
    form.open()
    return form


def _owners(words: Words, sides: Contested | None) -> tuple[tuple[str, str], ...]:
    """Who may hold the NIK, by name; where two faces have one name, by who came."""
    m = "supervisor.conflict"
    if sides is not None and sides.by_face:
        return ("", words(f"{m}.stranger")), ("applicant", words(f"{m}.holder"))
    record, applicant = words(f"{m}.record"), words(f"{m}.applicant")
    if sides is not None:
        record = f"{record}: {sides.record.name[:40]}"
        applicant = f"{applicant}: {sides.brought.name[:40]}"
    return ("", record), ("applicant", applicant)
