"""Faces beside each other, with a hint of likeness under each: the officer looks and says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.likeness import FaceSheet, FaceVerdict, SeenFace
from desktop.words import Words
from ui.popup import Popup, by_itself
from ui.theme import theme
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Text
from ui.widgets.nesting import nest
from ui.widgets.photo import PhotoFrame

_KEYS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)
MOST = 5
"""Faces in one line, so that seven fit a window of 1366 by 768."""


class FacesDialog(Popup):
    """Shows the faces of a case; `judged` hears the officer's verdict, Escape says none."""

    def __init__(
        self,
        host: QWidget,
        words: Words,
        sheet: FaceSheet,
        judged: Callable[[FaceVerdict], object],
    ) -> None:
        super().__init__(host.window(), width=220 * max(3, min(MOST, len(sheet.faces))) + 60)
        look = theme()
        self._judged = judged
        self._verdicts = sheet.verdicts if sheet.comparable else ()
        self._first = sheet.faces[0] if sheet.faces else None
        self.setWindowTitle(words("faces.title"))
        self.sheet.addWidget(Text(words("faces.title"), "title", self))
        told = words("faces.decide") if sheet.comparable else words("faces.nothing")
        self.sheet.addWidget(Text(told, "muted", self, wrap=True))
        lines = -(-len(sheet.faces) // MOST)
        across = -(-len(sheet.faces) // lines)
        for start in range(0, len(sheet.faces), across):
            self._add_line(words, sheet.faces[start : start + across], 250 if lines == 1 else 190)
        buttons = QHBoxLayout()
        buttons.setSpacing(look.px(10))
        cancel = KeyButton(words("common.cancel"), "Esc", parent=self)
        cancel.clicked.connect(self.reject)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        for number, verdict in enumerate(self._verdicts, 1):
            button = KeyButton(words.of(verdict), str(number), parent=self)
            button.clicked.connect(lambda _on=False, v=verdict: self._say(v))
            buttons.addWidget(button)
        nest(self.sheet, buttons)
        self.finished.connect(self.deleteLater)

    def _add_line(self, words: Words, faces: tuple[SeenFace, ...], height: int) -> None:
        across = QHBoxLayout()
        across.setSpacing(theme().px(12))
        across.addStretch(1)
        for face in faces:
            frame = PhotoFrame(words.of(face.source), self, height=height)
            frame.show_image(face.picture, words.of(face.source))
            if face is self._first:
                said = words("faces.reference")
            elif face.score is None:
                said = words("faces.no_score")
            else:
                said = words("faces.score", score=face.score)
            line = Text(said, "small", self)
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column = QVBoxLayout()
            column.addWidget(frame)
            column.addWidget(line)
            column.addStretch(1)
            nest(across, column)
        across.addStretch(1)
        nest(self.sheet, across)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if by_itself(event) and not event.isAutoRepeat():
            for key, verdict in zip(_KEYS, self._verdicts, strict=False):
                if event.key() == key:
                    self._say(verdict)
                    return
        super().keyPressEvent(event)

    def _say(self, verdict: FaceVerdict) -> None:
        self.accept()
        self._judged(verdict)
