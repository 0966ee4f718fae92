"""Form fields: a label that is the field's buddy, the field, and a line for what is wrong.

A field tells `committed(text)` when the officer leaves it or presses Enter, which is when the
draft is saved. Locked fields say why they are locked.
"""

from __future__ import annotations

import re
from datetime import date

from PySide6.QtCore import QCoreApplication, QEvent, QRegularExpression, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QFont,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QRegularExpressionValidator,
    QResizeEvent,
    QValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from ui.icons import icon
from ui.theme import theme
from ui.widgets.labels import Text

LONGEST = 4_000


SCREEN_KEYS = frozenset({Qt.Key.Key_D, Qt.Key.Key_E, Qt.Key.Key_K, Qt.Key.Key_U})
"""With Ctrl: keys of the counter's, with which Qt would edit the line on plain X11."""


def leaves_to_screen(event: QEvent) -> bool:
    """Whether Qt asks if a key of the counter's is an editing key of this field: it isn't."""
    if (
        event.type() is not QEvent.Type.ShortcutOverride
        or not isinstance(event, QKeyEvent)
        or event.modifiers() != Qt.KeyboardModifier.ControlModifier
        or event.key() not in SCREEN_KEYS
    ):
        return False
    event.ignore()
    return True


class LinesField(QPlainTextEdit):
    """Several lines of text."""

    def event(self, event: QEvent) -> bool:
        return leaves_to_screen(event) or super().event(event)


class LineField(QLineEdit):
    """One line of text; a locked one takes as many lines as its text needs."""

    committed = Signal(str)
    wraps = True

    def __init__(self, name: str = "", parent: QWidget | None = None, *, hint: str = "") -> None:
        super().__init__(parent)
        self._sent = ""
        self._lock: QAction | None = None
        self._whole: Text | None = None
        self.setMaxLength(LONGEST)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.editingFinished.connect(self.commit)

    def set_value(self, text: str) -> None:
        """Show a value from the view; an edit under way isn't overwritten by the same value."""
        if text != self._sent or not self.isModified():
            self._sent = text
            if self.text() != text:
                self.setText(text)
                # Its beginning is what tells most; who types in it stands at the end.
                typing = self.hasFocus() and not self.isReadOnly()
                self.setCursorPosition(len(text) if typing else 0)
            self.setModified(False)
        self._unfold()

    def event(self, event: QEvent) -> bool:
        return leaves_to_screen(event) or super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._unfold()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), self.minimumHeight()))

    def _room(self) -> int:
        return max(theme().px(40), self.width() - theme().px(11) - theme().px(26))

    def _unfold(self) -> None:
        """Lay the whole text over a locked field that would cut it off.

        The line beneath keeps its text: a screen reader and Ctrl+C find it there.
        """
        long = self.wraps and self.isReadOnly() and self._lock is not None and self.cuts_off()
        if self._whole is None:
            if not long:
                return
            self._whole = Text("", "locked", self, wrap=True)
            self._whole.setContentsMargins(theme().px(2), 0, theme().px(8), 0)
            self._whole.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._whole.setVisible(long)
        if long:
            self._whole.setText(self.text())
            tall = self._whole.heightForWidth(self._room()) + theme().px(12)
            # As a least height: the style sheet has set one, which outweighs a size hint.
            self.setMinimumHeight(max(theme().field_height, tall))
            self._whole.setGeometry(theme().px(11), 2, self._room(), self.height() - 4)
        else:
            self.setMinimumHeight(theme().field_height)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is Qt.FocusReason.OtherFocusReason and not self.isReadOnly():
            self.end(False)
        if self.text() and self.selectedText() == self.text():
            # Chosen as a whole, a long text shows its beginning, by which it is known.
            self.end(False)
            self.home(True)

    def commit(self) -> None:
        """Tell what was typed, once."""
        value = self.value()
        if value != self._sent:
            self._sent = value
            self.setModified(False)
            self.committed.emit(value)

    def value(self) -> str:
        """The text without blanks around it."""
        return self.text().strip()

    def set_fault(self, text: str) -> None:
        """Mark the field as wrong; an empty text clears the mark."""
        fault = bool(text)
        self.setAccessibleDescription(text)
        if bool(self.property("fault")) != fault:
            self.setProperty("fault", fault)
            self.style().unpolish(self)
            self.style().polish(self)
            self._unfold()

    def cuts_off(self) -> bool:
        """Whether the text is wider than the room beside the lock."""
        taken = theme().px(16) + (theme().px(24) if self.isReadOnly() else 0)
        return self.fontMetrics().horizontalAdvance(self.text()) > self.width() - taken

    def lock(self, reason: str) -> None:
        """Make it read-only with a lock whose tip and description say why; "" unlocks."""
        self.setReadOnly(bool(reason))
        self.setCursorPosition(0)
        self.setToolTip(reason)
        self.setAccessibleDescription(reason)
        if reason and self._lock is None:
            self._lock = self.addAction(
                icon("lock", "muted", 16), QLineEdit.ActionPosition.TrailingPosition
            )
        if self._lock is not None:
            self._lock.setVisible(bool(reason))
            self._lock.setToolTip(reason)
        self.style().unpolish(self)
        self.style().polish(self)
        self._unfold()


class UpperField(LineField):
    """Capitals as they stand on the card, whatever Shift does."""

    def __init__(self, name: str = "", parent: QWidget | None = None, *, hint: str = "") -> None:
        super().__init__(name, parent, hint=hint)
        self.textEdited.connect(self._raise)

    def _raise(self, text: str) -> None:
        upper = text.upper()
        if upper != text:
            place = self.cursorPosition()
            self.setText(upper)
            self.setCursorPosition(place)
            self.setModified(True)


class CodeField(LineField):
    """Digits (or with `letters`, capitals too), with a slashed zero and even spacing."""

    wraps = False

    def __init__(
        self,
        name: str = "",
        parent: QWidget | None = None,
        *,
        longest: int = 16,
        letters: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__(name, parent, hint=hint)
        font = QFont(self.font())
        font.setFeature(QFont.Tag("zero"), 1)
        self.setFont(font)
        self._letters = letters
        allowed = "[0-9A-Za-z./-]" if letters else "[0-9]"
        pattern = QRegularExpression(f"{allowed}{{0,{longest}}}")
        self.setValidator(QRegularExpressionValidator(pattern, self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste) and not self.isReadOnly():
            # Copied in groups, as a NIK is written: whole it would be refused without a word.
            apart = r"\s+" if self._letters else r"[\s.-]+"
            self.insert(re.sub(apart, "", QGuiApplication.clipboard().text()))
            self.setModified(True)
            return
        super().keyPressEvent(event)

    def take(self, code: str) -> bool:
        """Let a scanned code stand here instead of what was typed; False if it can't."""
        fits = self.validator().validate(code, 0)
        state = fits[0] if isinstance(fits, tuple) else fits
        if self.isReadOnly() or state != QValidator.State.Acceptable:
            return False
        self.selectAll()
        self.insert(code)
        self.setModified(True)
        return True

    def value(self) -> str:
        return super().value().upper() if self._letters else super().value()


class DateField(LineField):
    """Eight digits, day first. Not QDateEdit: its Tab walks day, month and year before leaving.

    Typing 12052001 or 12/05/2001 gives 12/05/2001; `day()` is None while it is no date.
    """

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        hint = QCoreApplication.translate("DateField", "dd/mm/yyyy")
        super().__init__(name, parent, hint=hint)
        self.setMaxLength(10)
        pattern = QRegularExpression(r"\d{0,2}(/\d{0,2}(/\d{0,4})?)?")
        self.setValidator(QRegularExpressionValidator(pattern, self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = event.text().isdigit()
        at_end = self.cursorPosition() == len(self.text()) and not self.hasSelectedText()
        if event.text() == "/" and at_end and self.text() and not self.isReadOnly():
            last = self.text().rsplit("/", 1)[-1]
            if len(last) == 1 and self.text().count("/") < 2:  # 1/5/2001
                self.setSelection(len(self.text()) - 1, 1)
                self.insert(f"0{last}/")
            return  # else it stands there already
        if digit and at_end and len(self.text()) in (2, 5):
            self.insert("/")
        super().keyPressEvent(event)
        if digit and at_end and len(self.text()) in (2, 5) and not self.isReadOnly():
            self.insert("/")

    def day(self) -> date | None:
        """The date typed, if it is one."""
        parts = self.text().split("/")
        if len(parts) != 3 or len(parts[2]) != 4 or not all(part.isdigit() for part in parts):
            return None
        try:
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        except ValueError:
            return None

    def set_day(self, day: date | None) -> None:
        """Show a date."""
        text = f"{day.day:02d}/{day.month:02d}/{day.year:04d}" if day else ""
        self.set_value(text)


class NumberField(QSpinBox):
    """A whole number with a unit; the wheel changes it only while it has the focus."""

    committed = Signal(int)

    def __init__(
        self,
        name: str = "",
        parent: QWidget | None = None,
        *,
        least: int = 0,
        most: int = 9999,
        unit: str = "",
    ) -> None:
        super().__init__(parent)
        self._sent = least
        self.setAccessibleName(name)
        self.setRange(least, most)
        self.setSuffix(f" {unit}" if unit else "")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setTextMargins(theme().px(9), 0, 0, 0)
        self.editingFinished.connect(self.commit)
        self.empty, self._taken_out = False, least
        self.lineEdit().textEdited.connect(self._emptied)
        self.valueChanged.connect(self._filled)

    def _emptied(self) -> None:
        """An emptied field says so at once: "nothing yet" where there is a text for it, or none.

        Qt keeps the number that stood there and brings it back when the field is left. Where none
        is no answer, whoever asks for the number looks at `empty`.
        """
        self.empty = False
        if self.cleanText().strip():
            return
        if self.specialValueText():
            self.setValue(self.minimum())
            return
        none = self.minimum() == 0
        self.empty, self._taken_out = True, 0 if none else self.value()
        if none:
            self.setValue(0)
            self.selectAll()

    def _filled(self, value: int) -> None:
        if value != self._taken_out:  # that one stands there instead, or Enter brings it back
            self.empty = False

    def event(self, event: QEvent) -> bool:
        # A letter can't be typed here, so it stays the screen's key; Qt would claim it.
        asked = event if event.type() is QEvent.Type.ShortcutOverride else None
        if isinstance(asked, QKeyEvent) and asked.text().isalpha() and not asked.modifiers():
            event.ignore()
            return False
        return leaves_to_screen(event) or super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # Whatever brought the focus here by key: the first digit takes the number's place.
        keyed = event.reason() in (Qt.FocusReason.OtherFocusReason, Qt.FocusReason.TabFocusReason)
        if keyed and self.text() != self.specialValueText():
            self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The text that stands for "nothing yet" goes whole: digits typed before its blank were
        # put in front of those typed before, 34 became 43.
        if self.specialValueText() and self.text() == self.specialValueText():
            self.selectAll()
        super().keyPressEvent(event)

    def set_value(self, value: int) -> None:
        """Show a value from the view."""
        if value != self._sent:
            self._sent = value
            self.setValue(value)

    def commit(self) -> None:
        """Tell what was typed, once."""
        self.interpretText()
        if self.value() != self._sent:
            self._sent = self.value()
            self.committed.emit(self._sent)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceField(QComboBox):
    """One of a few. The label is its buddy, since on Linux a combo's own name is its value."""

    committed = Signal(str)

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(14)
        self.activated.connect(lambda _index: self.committed.emit(self.value()))

    def set_choices(self, choices: tuple[tuple[str, str], ...]) -> None:
        """(key, words) in order; the chosen key is kept if it is still there."""
        if choices == tuple((str(self.itemData(i)), self.itemText(i)) for i in range(self.count())):
            return
        kept = self.value()
        self.blockSignals(True)
        self.clear()
        for key, text in choices:
            self.addItem(QIcon(), text, key)
        self.set_value(kept)
        self.blockSignals(False)

    def value(self) -> str:
        """The chosen key; empty when nothing is."""
        return str(self.currentData() or "")

    def set_value(self, key: str) -> None:
        """Choose by key; an unknown one chooses nothing."""
        self.setCurrentIndex(self.findData(key))

    def lock(self, reason: str) -> None:
        """Fix the choice, with a lock whose tip and description say why; "" frees it."""
        self.setEnabled(not reason)
        self.setToolTip(reason)
        self.setAccessibleDescription(reason)
        if bool(self.property("locked")) != bool(reason):
            self.setProperty("locked", bool(reason))
            self.style().unpolish(self)
            self.style().polish(self)

    def commit(self) -> None:
        """A choice is told at once; nothing waits."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The style would cut a long choice in the middle of a letter."""
        painter, look = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(look)
        room = (
            self.style()
            .subControlRect(
                QStyle.ComplexControl.CC_ComboBox,
                look,
                QStyle.SubControl.SC_ComboBoxEditField,
                self,
            )
            .width()
        )
        look.currentText = self.fontMetrics().elidedText(
            look.currentText, Qt.TextElideMode.ElideRight, room - theme().px(4)
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, look)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, look)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def set_fault(self, text: str) -> None:
        """Mark the choice as wrong."""
        self.setAccessibleDescription(text)
        self.setProperty("fault", bool(text))
        self.style().unpolish(self)
        self.style().polish(self)


class Form(QGridLayout):
    """Labels left, fields right, and under a field what is wrong with it.

    `add("&Nama", field)` makes Alt+N jump there. `upright` puts the labels above, where a field
    needs the whole width.
    """

    def __init__(
        self, parent: QWidget | None = None, *, columns: int = 1, upright: bool = False
    ) -> None:
        super().__init__(parent)
        look = theme()
        self.setHorizontalSpacing(look.px(12))
        self.setVerticalSpacing(look.px(8))
        self.setContentsMargins(0, 0, 0, 0)
        self._columns = columns
        self._upright = upright
        self._count = 0
        self._notes: dict[QWidget, Text] = {}
        self._labels: dict[QWidget, Text] = {}
        for column in range(columns):
            self.setColumnStretch(column * 2 + 1, 1)

    def add(self, label: str, field: QWidget, *, note: str = "") -> QWidget:
        """One more field; gives it back."""
        row, column = divmod(self._count, self._columns)
        self._count += 1
        word = Text(label, "label")
        word.setBuddy(field)
        if not self._upright:
            word.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            word.setMinimumHeight(theme().field_height)
        if not field.accessibleName():
            field.setAccessibleName(label.replace("&", ""))
        below = Text(note, "small", wrap=True)
        below.setVisible(bool(note))
        field.setSizePolicy(QSizePolicy.Policy.Expanding, field.sizePolicy().verticalPolicy())
        side = column * 2 + 1
        self.addWidget(word, row * 3, side if self._upright else side - 1)
        self.addWidget(field, row * 3 + 1 if self._upright else row * 3, side)
        self.addWidget(below, row * 3 + 2, side)
        self._notes[field] = below
        self._labels[field] = word
        return field

    def show_field(self, field: QWidget, *, shown: bool) -> None:
        """Show a field with its label, or leave the line out."""
        field.setVisible(shown)
        self._labels[field].setVisible(shown)
        self._notes[field].setVisible(shown and bool(self._notes[field].text()))

    def note(self, field: QWidget, text: str, *, fault: bool = False) -> None:
        """Say something under a field; a fault marks the field too."""
        # Marked first: the line's coming moves the form, which then looks what is marked.
        if isinstance(field, (LineField, ChoiceField)):
            field.set_fault(text if fault else "")
        below = self._notes[field]
        below.setText(text)
        below.set_role("danger" if fault else "small")
        below.setVisible(bool(text))
