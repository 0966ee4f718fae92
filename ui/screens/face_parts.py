"""What the face checks say, as an officer reads it: value, limit, and what to do now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.faces.limits import Shown, shown, side_of
from desktop.pictures import PictureCheck, PictureFinding
from desktop.words import Words
from ui.theme import theme
from ui.widgets.labels import Text
from ui.widgets.nesting import nest

_SAID_WHEN_FAILED = frozenset(
    {PictureCheck.SIZE, PictureCheck.SHAPE, PictureCheck.FACE, PictureCheck.ONE_FACE}
)
"""These are yes or no: a number says nothing while they pass."""
MOST_ADVICE = 2
_ROLES = (
    ("small", "success_small", "danger_small"),
    ("compact", "success_compact", "danger_compact"),
    ("body", "success", "danger"),
)


def value_text(words: Words, told: Shown) -> str:
    """ "12 %", "-3°", "118"."""
    return words(f"face_value.{told.unit}", value=_number(told.value))


def limit_text(words: Words, told: Shown) -> str:
    """ "≥ 15 %", "≤ 10 %", "-7 - 7°"."""

    def one(value: int) -> str:
        return words(f"face_value.{told.unit}", value=_number(value))

    if told.low is not None and told.high is not None:
        return words("face_limit.between", low=_number(told.low), high=one(told.high))
    if told.low is not None:
        return words("face_limit.low", low=one(told.low))
    return words("face_limit.high", high=one(told.high)) if told.high is not None else ""


def advice(words: Words, finding: PictureFinding) -> str:
    """What to do about a failed finding."""
    side = side_of(finding)
    return words(f"face_fix.{finding.check.name}.{side}") if side is not None else ""


def told_rows(findings: Sequence[PictureFinding]) -> list[PictureFinding]:
    """The checks that get a line of their own."""
    return [f for f in findings if not (f.passed and f.check in _SAID_WHEN_FAILED)]


def _number(value: int) -> str:
    return str(value).replace("-", "\N{MINUS SIGN}")


class CheckTable(QWidget):
    """Every check in a line: its sign, its value and its limit; what to do stands above."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        look = theme()
        self._words = words
        self._told: tuple[PictureFinding, ...] | None = None
        self.advice = [Text("", "danger", self, wrap=True) for _ in range(MOST_ADVICE)]
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look.px(6))
        self._grid.setVerticalSpacing(look.px(1))
        self._grid.setColumnStretch(1, 1)
        self._heads = tuple(
            Text(words(f"faces.{name}"), "overline", self) for name in ("measured", "limit")
        )
        for place, head in enumerate(self._heads, 2):
            head.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(head, 0, place)
        self._lines: list[tuple[Text, Text, Text, Text]] = []
        self._large = self._airy = False
        self._faults_only = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(4))
        for line in self.advice:
            column.addWidget(line)
        nest(column, self._grid)

    def set_large(self, large: bool, *, airy: bool = False) -> None:
        """Larger where the window has room, body text where there is much; else small."""
        if (large, airy) == (self._large, self._airy):
            return
        self._large, self._airy = large, airy
        told, self._told = self._told, None
        if told is not None:
            self.show_findings(told)
        self.updateGeometry()

    def set_faults_only(self, only: bool) -> None:
        """Leave out what passed: for a window in which the keys need the room."""
        if only != self._faults_only:
            self._faults_only = only
            told, self._told = self._told, None
            if told is not None:
                self.show_findings(told)

    def show_findings(self, findings: Sequence[PictureFinding]) -> None:
        """Show these; none leaves nothing."""
        if self._told == tuple(findings):
            return
        self._told = tuple(findings)
        failed = [finding for finding in findings if not finding.passed]
        for place, line in enumerate(self.advice):
            line.setVisible(place < len(failed))
            if place < len(failed):
                line.setText(f"■ {advice(self._words, failed[place])}")
        # A second advice takes its line from the gaps.
        gap = 6 if self._airy else 4 if self._large and len(failed) < MOST_ADVICE else 1
        self._grid.setVerticalSpacing(theme().px(gap))
        rows = [f for f in told_rows(findings) if not (f.passed and self._faults_only)]
        for head in self._heads:
            head.setVisible(bool(rows))
        while len(self._lines) < len(rows):
            self._add_line()
        for place, texts in enumerate(self._lines):
            for text in texts:
                text.setVisible(place < len(rows))
            if place < len(rows):
                self._tell(texts, rows[place])
        self.setVisible(bool(rows))

    def _add_line(self) -> None:
        row = len(self._lines) + 1
        sign, name, value, limit = (Text("", "small", self) for _ in range(4))
        line = (sign, name, value, limit)
        limit.setContentsMargins(theme().px(8), 0, 0, 0)  # a value isn't read as the limit's begin
        for column, text in enumerate(line):
            right = text in (value, limit)
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            text.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(text, row, column)
        self._lines.append(line)

    def _tell(self, texts: tuple[Text, Text, Text, Text], finding: PictureFinding) -> None:
        words, told = self._words, shown(finding)
        sign, name, value, limit = texts
        sign.setText("●" if finding.passed else "■")
        name.setText(words.of(finding.check))
        value.setText(value_text(words, told) if told is not None else "")
        limit.setText(limit_text(words, told) if told is not None else "")
        plain, good, bad = _ROLES[self._large + (self._large and self._airy)]
        sign.set_role(good if finding.passed else bad)
        for text in (name, value):
            text.set_role(plain if finding.passed else bad)
        limit.set_role("small" if plain == "small" else "muted" if plain == "body" else plain)
