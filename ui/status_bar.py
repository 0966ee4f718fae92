"""The window's lower edge: each device's state in a shape and a word, and how far sync is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.labels import Text
from ui.widgets.nesting import nest
from ui.widgets.state import Level, StateBadge, StateItem, badge_width

SEPARATOR = " · "


class StatusBar(QFrame):
    """Devices left, sync and clock right. Where room is short, what is well shows its name only;
    then sync leaves out its figures, then one after the other of what is well is only counted ("+3
    ready"), and at last those that aren't well give up their words too, rather than have them cut
    off. No sign stands without a word.

    `pressed(key)` tells which state was clicked, so that the window opens the devices' screen.
    """

    pressed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusbar")
        self.setAccessibleName(name)
        look = theme()
        self.setFixedHeight(look.px(34))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(24), 0, look.px(24), 0)
        row.setSpacing(look.px(18))
        self._devices = QHBoxLayout()
        self._devices.setSpacing(look.px(18))
        self.rest = StateBadge(parent=self)
        self.rest.setCursor(Qt.CursorShape.PointingHandCursor)
        self._devices.addWidget(self.rest)
        nest(row, self._devices)
        row.addStretch(1)
        self.sync = StateBadge(StateItem(Level.OFF, ""), self)
        self.clock = Text("", "small", self)
        row.addWidget(self.sync)
        row.addWidget(self.clock)
        self._sync = self.sync.item
        self._items: tuple[StateItem, ...] = ()
        self._badges: list[StateBadge] = []

    def show_devices(self, items: Sequence[StateItem]) -> None:
        """`text` is "Printer: pita 8 %"; what stands before the colon is the short name."""
        if tuple(items) == self._items:
            return
        self._items = tuple(items)
        while len(self._badges) < len(self._items):
            badge = StateBadge(parent=self)
            badge.setCursor(Qt.CursorShape.PointingHandCursor)
            self._devices.insertWidget(len(self._badges), badge)
            self._badges.append(badge)
        for badge in self._badges[len(self._items) :]:
            badge.hide()
        self._fit()

    def show_sync(self, item: StateItem) -> None:
        """How sync is, and behind " · " figures that may be left out where room is short."""
        self._sync = item
        self._fit()

    def show_clock(self, text: str) -> None:
        """The office's time."""
        self.clock.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        child = self.childAt(event.position().toPoint())
        if isinstance(child, StateBadge):
            self.pressed.emit(child.item.key or "devices")

    def _fit(self) -> None:
        look = theme()
        well = sum(item.level is Level.GOOD for item in self._items)
        by_need = sorted(range(len(self._items)), key=lambda i: (_NEED[self._items[i].level], -i))
        told = _briefer(self._sync)
        least = told[-1]
        texts, rest = self._texts((), ()), self._rest(())
        for sync, short, folded in (
            (told[0], 0, 0),
            *((sync, well, 0) for sync in told),
            *((least, well, count) for count in range(min(2, well), well + 1)),
            *((least, count, well) for count in range(well + 1, len(self._items) + 1)),
        ):
            texts = self._texts(by_need[:short], by_need[:folded])
            rest = self._rest(sorted(by_need[:folded]))
            self.sync.show_state(sync)
            room = self.width() - self.sync.sizeHint().width() - self.clock.sizeHint().width()
            seen = [text for text in (*texts, rest.text) if text]
            room -= 2 * look.px(24) + look.px(18) * (len(seen) + 1)
            if sum(map(badge_width, seen)) <= room:
                break
        self._show(texts, rest)

    def _texts(self, short: Sequence[int], folded: Sequence[int]) -> list[str]:
        """What stands beside each sign where these show their name only, or aren't shown."""
        return [
            "" if index in folded else item.text.partition(":")[0] if index in short else item.text
            for index, item in enumerate(self._items)
        ]

    def _rest(self, folded: Sequence[int]) -> StateItem:
        """These, which are well, told together: how many they are; the tooltip names them."""
        items = [self._items[index] for index in folded]
        if not items:
            return StateItem(Level.GOOD, "")
        well = items[0].text.partition(":")[2].strip()
        told = "\n".join(item.detail or item.text for item in items)
        return StateItem(Level.GOOD, f"+{len(items)} {well}".strip(), told)

    def _show(self, texts: Sequence[str], rest: StateItem) -> None:
        for badge, item, text in zip(self._badges, self._items, texts, strict=False):
            badge.show_state(StateItem(item.level, text, item.detail or item.text, item.key))
            badge.setVisible(bool(text))
        self.rest.show_state(rest)
        self.rest.setVisible(bool(rest.text))


def _briefer(item: StateItem) -> list[StateItem]:
    """What sync says, whole and then with ever fewer figures; the tooltip keeps them all."""
    first, *rest = item.text.split(SEPARATOR)
    whole = f"{item.text}\n{item.detail}".strip()
    return [item] + [
        # The last is what waits for a hand: it gives way last.
        StateItem(item.level, SEPARATOR.join((first, *kept)), whole, item.key)
        for kept in (rest[at:] for at in range(1, len(rest) + 1))
    ]


_NEED = {Level.GOOD: 0, Level.OFF: 1, Level.BUSY: 2, Level.ATTEND: 3, Level.BAD: 4}
"""What gives up its words first."""
