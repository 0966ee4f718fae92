"""The window's upper edge: what is open, how to find anything, and who works here."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QWidget

from desktop.words import Words
from ui.icons import pixmap
from ui.shell import PlaceInfo, SessionInfo
from ui.theme import theme
from ui.widgets.buttons import KeyButton, paint_key_cap
from ui.widgets.labels import Elided


class SearchButton(QAbstractButton):
    """Looks like a field, opens the palette."""

    def __init__(self, text: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._key = key
        self.setText(text)
        self.setAccessibleName(f"{text} ({key})")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        look = theme()
        cap = QFontMetricsF(look.font(11)).horizontalAdvance(self._key)
        return QSize(round(cap) + look.px(64), look.px(36))

    def sizeHint(self) -> QSize:
        look = theme()
        text = QFontMetricsF(look.font(13)).horizontalAdvance(self.text())
        cap = QFontMetricsF(look.font(11)).horizontalAdvance(self._key)
        return QSize(round(text + cap) + look.px(84), look.px(36))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        hot = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(look.colour("accent" if hot else "line"), 2 if self.hasFocus() else 1))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(box, 8, 8)
        side = look.px(16)
        picture = pixmap("search", side, "muted", self.devicePixelRatioF())
        painter.drawPixmap(look.px(12), (self.height() - side) // 2, picture)
        painter.setFont(look.font(13))
        painter.setPen(look.colour("faint"))
        font = look.font(11, QFont.Weight.Medium)
        width = QFontMetricsF(font).horizontalAdvance(self._key) + look.px(11)
        room = self.width() - look.px(36) - width - look.px(14)
        if room >= look.px(40):
            metrics, shown = QFontMetricsF(look.font(13)), self.text()
            if metrics.horizontalAdvance(shown) > room:  # its first word says what it does
                shown = metrics.elidedText(
                    shown.split()[0].rstrip(","), Qt.TextElideMode.ElideRight, room
                )
            words = QRectF(look.px(36), 0, room + 2, self.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)
        cap = QRectF(self.width() - width - look.px(9), 0, width, look.px(19))
        cap.moveTop((self.height() - cap.height()) / 2)
        paint_key_cap(painter, cap, self._key, font, "muted")


class TrainingMark(QWidget):
    """Says that nothing here is real."""

    def __init__(self, text: str, detail: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self.setAccessibleName(f"{text}: {detail}")
        self.setToolTip(detail)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _face(self) -> QFont:
        font = theme().font(11.5, QFont.Weight.Bold)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
        return font

    def sizeHint(self) -> QSize:
        look = theme()
        text = QFontMetricsF(self._face()).horizontalAdvance(self._text)
        return QSize(round(text) + look.px(22), look.px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(look.colour("warning"), 1))
        painter.setBrush(look.colour("warning_soft"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setFont(self._face())
        painter.setPen(look.colour("warning"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)


class OfficerMark(QWidget):
    """Initials in a disc, the name, and the counter."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = self._detail = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def tell(self, name: str, detail: str) -> None:
        self._name, self._detail = name, detail
        self.setAccessibleName(f"{name}, {detail}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        look = theme()
        name = QFontMetricsF(look.font(13.5, QFont.Weight.DemiBold)).horizontalAdvance(self._name)
        detail = QFontMetricsF(look.font(12)).horizontalAdvance(self._detail)
        return QSize(round(max(name, detail)) + look.px(48), look.px(40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = look.px(36)
        disc = QRectF(0, (self.height() - side) / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("accent_soft"))
        painter.drawEllipse(disc)
        painter.setFont(look.font(12.5, QFont.Weight.DemiBold))
        painter.setPen(look.colour("accent_text"))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, initials(self._name))
        left = disc.right() + look.px(10)
        upper = QRectF(left, 1, self.width() - left, self.height() / 2)
        painter.setFont(look.font(13.5, QFont.Weight.DemiBold))
        painter.setPen(look.colour("text"))
        painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, self._name)
        lower = QRectF(left, self.height() / 2 - 1, self.width() - left, self.height() / 2)
        painter.setFont(look.font(12))
        painter.setPen(look.colour("muted"))
        painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, self._detail)


def initials(name: str) -> str:
    """The last two words' first letters: ranks stand in front."""
    parts = [part for part in name.split() if part[:1].isalpha()]
    return "".join(part[0].upper() for part in parts[-2:])


class Header(QFrame):
    """Title and detail left; training mark, search and officer right."""

    search_wanted = Signal()
    give_back_wanted = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        look = theme()
        self._words = words
        self.title = Elided("", "title", self)
        self.detail = Elided("", "muted", self)
        self.training = TrainingMark(words("ui.training"), words("ui.training.detail"), self)
        self.search = SearchButton(words("ui.find"), "Ctrl+K", self)
        self.search.clicked.connect(self.search_wanted)
        self.officer = OfficerMark(self)
        self.give_back = KeyButton(words("ui.give_back"), parent=self)
        self.give_back.clicked.connect(self.give_back_wanted)
        self.give_back.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(24), look.px(10), look.px(24), look.px(10))
        row.setSpacing(look.px(14))
        row.addWidget(self.title)
        row.addWidget(self.detail, 1)
        row.addWidget(self.training)
        row.addWidget(self.search)
        row.addWidget(self.give_back)
        row.addWidget(self.officer)
        self.setFixedHeight(look.px(66))

    def show_heading(self, title: str, detail: str) -> None:
        """The open screen's words."""
        self.title.setText(title)
        self.detail.setText(detail)
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        """Beside long words the search shrinks to its picture and its key: Ctrl+K is known."""
        gap = theme().px(14)
        rest = self.width() - 2 * theme().px(24)
        for widget in (self.title, self.detail, self.training, self.give_back, self.officer):
            if not widget.isHidden():
                # Words that are gone keep their least width in the row.
                wide = max(widget.sizeHint().width(), widget.minimumSizeHint().width())
                rest -= wide + gap
        least, whole = self.search.minimumSizeHint().width(), self.search.sizeHint().width()
        self.search.setFixedWidth(min(max(rest, least), whole))

    def show_session(self, session: SessionInfo | None, place: PlaceInfo) -> None:
        """Officer, office and counter."""
        self.training.setVisible(place.training)
        where = f"{place.counter} · {place.office}"
        self.officer.tell(session.officer_name if session else "", where)
        self.give_back.setVisible(session is not None and bool(session.took_over_from))
        self._share()
