"""Buttons that print their key: one shortcut is learnt each time the mouse is used.

They take the focus from Tab, never from a click, so that a clicked button can't eat the Space or
the Enter that was meant for the step.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from ui.icons import pixmap
from ui.theme import theme


def portable(shortcut: str) -> QKeySequence:
    """A shortcut by its English name, whatever language Qt's own key names are in."""
    return QKeySequence.fromString(shortcut, QKeySequence.SequenceFormat.PortableText)


def key_text(sequence: QKeySequence | str) -> str:
    """A shortcut as printed on the key: "Enter", "Spasi"/"Space" come from the translator."""
    text = (
        sequence
        if isinstance(sequence, str)
        else sequence.toString(QKeySequence.SequenceFormat.NativeText)
    )
    for long, short in (
        ("Return", "Enter"),
        ("Left", "←"),
        ("Right", "→"),
        ("Up", "↑"),
        ("Down", "↓"),
    ):
        text = text.replace(long, short)
    return text


class KeyButton(QPushButton):
    """A push button with an icon, its words and its key as a small cap."""

    def __init__(
        self,
        text: str = "",
        key: str = "",
        *,
        kind: str = "plain",
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._key = key
        self._icon = icon
        self._action: QAction | None = None
        self._large = False
        self._plain = False
        self._kind = kind
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        self._name()

    @classmethod
    def of(
        cls, action: QAction, *, kind: str = "plain", parent: QWidget | None = None
    ) -> KeyButton:
        """A button that shows, follows and triggers an action."""
        button = cls(kind=kind, parent=parent)
        button.follow(action)
        return button

    def follow(self, action: QAction) -> None:
        """Take words, key, icon and state from `action`, now and whenever it changes.

        Three properties of an action count too: `faded` looks as if it had nothing to work on,
        `called` is the primary button for now, and `echoed` has no button, since another button
        does the same: its key works on.
        """
        self._action = action
        action.changed.connect(self._copy)
        self.clicked.connect(action.trigger)
        self._copy()

    def set_key(self, key: str) -> None:
        """Print another key."""
        self._key = key
        self._name()
        self.updateGeometry()
        self.update()

    @property
    def key(self) -> str:
        return self._key

    def enlarge(self) -> None:
        """For a finger, at an arm's length."""
        self._large = True
        self.setStyleSheet(f"min-height: {theme().px(56)}px")
        self.updateGeometry()

    def _copy(self) -> None:
        action = self._action
        if action is None:
            return
        self.setText(action.text())
        self.setEnabled(action.isEnabled())
        self.setVisible(action.isVisible() and not action.property("echoed"))
        self.setToolTip(action.toolTip() if action.toolTip() != action.iconText() else "")
        self._icon = str(action.property("iconName") or "")
        look = (
            bool(action.property("faded")),
            "primary" if action.property("called") else self._kind,
        )
        if look != (bool(self.property("faded")), str(self.property("kind"))):
            self.setProperty("faded", look[0])
            self.setProperty("kind", look[1])
            self.style().unpolish(self)
            self.style().polish(self)
        self.set_key(key_text(action.shortcut()))

    def _name(self) -> None:
        plain = self.text().replace("&&", "\0").replace("&", "").replace("\0", "&")
        self.setAccessibleName(f"{plain} ({self._key})" if self._key else plain)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._name()

    def _faces(self) -> tuple[QFont, QFont]:
        primary = self.property("kind") == "primary"
        weight = QFont.Weight.DemiBold if primary else QFont.Weight.Medium
        return theme().font(20 if self._large else 14, weight), theme().font(
            11.5, QFont.Weight.Medium
        )

    def set_plain(self, plain: bool) -> None:
        """Leave the picture out, as where a neighbour's has no room."""
        if plain != self._plain:
            self._plain = plain
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        look = theme()
        picture = look.px(18 + 7) if self._icon and self._plain else 0
        height = look.px(64) if self._large else look.button_height
        return QSize(self.whole_width() - picture, height)

    def whole_width(self) -> int:
        """What it takes with its picture, its words and its key."""
        look = theme()
        words, cap = self._faces()
        width = look.px(28) + self._words_width(words)
        if self._icon:
            width += look.px(18 + 7)
        if self._key:
            width += look.px(10) + self._cap_width(cap)
        return round(width) + 1

    def minimumSizeHint(self) -> QSize:
        return QSize(self.least_width(), self.sizeHint().height())

    def least_width(self) -> int:
        """What it can be read in: its words and its key, without its picture."""
        words, cap = self._faces()
        width = theme().px(10) + self._words_width(words)
        return round(width + (theme().px(10) + self._cap_width(cap) if self._key else 0)) + 1

    def _words_width(self, font: QFont) -> float:
        return QFontMetricsF(font).size(Qt.TextFlag.TextShowMnemonic, self.text()).width()

    def _cap_width(self, font: QFont) -> float:
        return max(
            QFontMetricsF(font).horizontalAdvance(self._key) + theme().px(11), theme().px(20)
        )

    def _ink(self) -> str:
        if not self.isEnabled() or self.property("faded"):
            return "faint"
        inks = {"primary": "on_accent", "danger": "danger", "quiet": "accent_text"}
        return inks.get(str(self.property("kind")), "text")

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.style().drawControl(QStyle.ControlElement.CE_PushButtonBevel, option, painter, self)
        words, cap = self._faces()
        width = self._words_width(words)
        cap_width = self._cap_width(cap) if self._key else 0.0
        total = width + (look.px(10) + cap_width if self._key else 0)
        # In a row that is too narrow the picture gives way, then the words; never the key.
        room = self.width() - look.px(8)
        drawn = bool(self._icon) and not self._plain and total + look.px(25) <= room
        total += look.px(25) if drawn else 0
        over = total - room
        text = self.text()
        if over > 0:
            width = max(width - over, 0.0)
            plain = text.replace("&", "")
            text = QFontMetricsF(words).elidedText(plain, Qt.TextElideMode.ElideRight, width)
            total -= over
        left = (self.width() - total) / 2
        ink = self._ink()
        if drawn:
            side = look.px(18)
            picture = pixmap(self._icon, side, ink, self.devicePixelRatioF())
            painter.drawPixmap(round(left), round((self.height() - side) / 2), picture)
            left += look.px(25)
        painter.setPen(look.colour(ink))
        painter.setFont(words)
        box = QRectF(left, 0, width + 2, self.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(box, int(flags), text)
        if self._key:
            box = QRectF(left + width + look.px(10), 0, cap_width, look.px(20))
            box.moveTop((self.height() - box.height()) / 2)
            paint_key_cap(painter, box, self._key, cap, ink)

    def event(self, event: QEvent) -> bool:
        # A button without a key of its own can be reached by Tab only; then Enter and Space are
        # its own, not the step's.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and not self._key
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)


def paint_key_cap(painter: QPainter, box: QRectF, text: str, font: QFont, ink: str) -> None:
    """A key's name in a rounded outline."""
    look = theme()
    painter.save()
    colour = look.colour(ink)
    edge = QPen(colour, 1)
    soft = look.colour(ink)
    soft.setAlphaF(0.45)
    edge.setColor(soft)
    ground = look.colour(ink)
    ground.setAlphaF(0.07)
    painter.setPen(edge)
    painter.setBrush(ground)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4.5, 4.5)
    painter.setPen(colour)
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


class KeyHint(QWidget):
    """A key cap with a few words, for hint rows under lists."""

    def __init__(
        self, key: str, text: str, parent: QWidget | None = None, *, room: int = 0
    ) -> None:
        super().__init__(parent)
        self._key, self._text = key, text
        self._room = room  # the width kept for the cap, so that words under each other line up
        self.setAccessibleName(f"{key}: {text}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _parts(self) -> tuple[QFont, QFont, float, float]:
        look = theme()
        cap, words = look.font(11.5, QFont.Weight.Medium), look.font(13)
        cap_width = max(QFontMetricsF(cap).horizontalAdvance(self._key) + look.px(11), look.px(20))
        return cap, words, cap_width, QFontMetricsF(words).horizontalAdvance(self._text)

    def sizeHint(self) -> QSize:
        _, _, cap, words = self._parts()
        return QSize(
            round(max(cap, theme().px(self._room)) + words + theme().px(10)) + 1, theme().px(24)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        cap, words, cap_width, width = self._parts()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0, (self.height() - look.px(20)) / 2, cap_width, look.px(20))
        paint_key_cap(painter, box, self._key, cap, "muted")
        painter.setFont(words)
        painter.setPen(look.colour("muted"))
        left = max(cap_width, look.px(self._room)) + look.px(7)
        box = QRectF(left, 0, width + 4, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._text)
