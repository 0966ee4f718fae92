"""What every screen is: it draws a whole view that its presenter hands it, and tells of clicks.

A screen keeps no state of its own beyond what is being typed. It is made on first opening, by its
entry's factory, and lives until the window closes.

    class QueueScreen(Screen):
        def __init__(self, shell: Shell, presenter: QueuePresenter) -> None:
            super().__init__(shell.words)
            self.call = self.act("queue.call", "C", presenter.call_next, icon="megaphone")
            self.open = self.act("queue.open", "Return", self.open_current, primary=True)
            self.table = DataTable([...], self.words("queue.table"))
            self.body.addWidget(self.table)
            self.foot.add_left(self.button(self.call))
            self.foot.add_right(self.button(self.open, "primary"))
            presenter.attach(self.show_view)  # called in the window's thread
        def home_focus(self) -> QWidget: return self.table
        def show_view(self, view: object) -> None: ...
        def on_scan(self, text: str) -> bool: ...     # True when the code was meant for this screen
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.words import Words
from ui.icons import icon as icon_of
from ui.step_guard import StepGuard
from ui.theme import theme
from ui.widgets.action_bar import ActionBar
from ui.widgets.banner import Tone
from ui.widgets.buttons import KeyButton, portable
from ui.widgets.fields import ChoiceField, LineField, NumberField
from ui.widgets.nesting import nest
from ui.widgets.scan_box import ScanBox

if TYPE_CHECKING:
    from desktop.presenters.base import Said

ENTER = "Return"
P = ParamSpec("P")


class _Inside(QWidget):
    """What scrolls: as high as its texts need at the width they have.

    A layout's own least height counts wrapped texts at a width that they never have, and so asks
    for a scroll bar where nothing is hidden.
    """

    def minimumSizeHint(self) -> QSize:
        layout, seen = self.layout(), self.parentWidget()
        hint = super().minimumSizeHint()
        if layout is None or seen is None or not layout.hasHeightForWidth():
            return hint
        return QSize(hint.width(), min(hint.height(), layout.minimumHeightForWidth(seen.width())))


class Screen(QWidget):
    """The base of all screens.

    Three layouts to fill: `top` stays (step bar, banners), `body` scrolls where large text needs
    more than the window has, `foot` stays and holds the acts (`add_left`, `add_right`).
    """

    heading_changed = Signal()
    toast_wanted = Signal(str, object, object)  # text, Tone, undo callable or None
    open_wanted = Signal(str, object)  # another screen's key, and what it should show
    gone = Signal()  # another screen is on show, or the lock

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = theme()
        self.words = words
        self.guard = StepGuard()
        self.title = ""
        self.detail = ""
        self.__step: object = None
        self.__later: list[Callable[[], object]] = []
        self.__told = 0
        whole = QVBoxLayout(self)
        whole.setContentsMargins(look.px(24), look.px(4), look.px(24), look.px(12))
        whole.setSpacing(look.px(12))
        self.top = QVBoxLayout()
        self.top.setSpacing(look.px(12))
        nest(whole, self.top)
        inside = _Inside()
        inside.setObjectName("scrolled")
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(look.px(12))
        room = QScrollArea(self)
        room.setWidgetResizable(True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(inside)
        self.__room = room
        whole.addWidget(room, 1)
        self.foot = ActionBar(self)
        whole.addWidget(self.foot)

    # What a screen may override

    def show_view(self, view: object) -> None:
        """Draw the presenter's whole view."""

    def home_focus(self) -> QWidget | None:
        """Where the focus returns after each act: usually the scan field or the list."""
        return None

    def on_scan(self, text: str) -> bool:
        """Take a scanned code; False lets the window look it up instead."""
        return False

    has_simulator = False
    """Whether it has a simulator panel of its own, over which no second one is laid."""

    def show_simulator(self) -> None:
        """Turn to that panel, or away from it."""

    def entered(self, payload: object) -> None:
        """The screen is shown; `payload` is what the opener wants to see, or None."""

    def left(self) -> None:
        """Another screen is shown."""

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.gone.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.__later:
            QTimer.singleShot(0, self, self.__now)  # once the screen itself stands

    # What a screen uses

    def when_seen(self, then: Callable[[], object]) -> None:
        """Open a sheet that came of some work: never over another screen or the sign-in."""
        self.__later.append(then)
        if self.isVisible():
            self.__now()

    def __now(self) -> None:
        if self.isVisible():
            waiting, self.__later = self.__later, []
            for then in waiting:
                then()

    def set_heading(self, title: str, detail: str = "") -> None:
        """The header's title and the quieter words beside it."""
        if (title, detail) != (self.title, self.detail):
            self.title, self.detail = title, detail
            self.heading_changed.emit()

    def set_step(self, step: object) -> None:
        """Name what is on show; when it changes, an Enter under way isn't taken for it."""
        if step != self.__step:
            self.__step = step
            self.guard.entered()

    def toast(
        self, text: str, tone: Tone = Tone.SUCCESS, undo: Callable[[], object] | None = None
    ) -> None:
        """Tell of an event in passing."""
        self.toast_wanted.emit(text, tone, undo)

    def tell_once(self, said: Said | None, undo: Callable[[], object] | None = None) -> str:
        """Toast what a view says unless that was told already; the words if it wasn't.

        `undo` takes back what is told, by an act of its own that is on record like the first.
        """
        if said is None or said.count == self.__told:
            return ""
        self.__told = said.count
        told = self.words(said.message_id, **said.facts)
        self.toast(told, Tone.WARNING if said.warns else Tone.SUCCESS, undo)
        return told

    def act(
        self,
        message_id: str,
        shortcut: str = "",
        work: Callable[[], object] | None = None,
        *,
        icon: str = "",
        primary: bool = False,
        hidden: bool = False,
    ) -> QAction:
        """An act of this screen: words `message_id`, a key, and what it does.

        A `primary` act is the step's way on: it is guarded against double presses, and the field
        being typed in is committed first. All acts stand in the list of keys (Ctrl+/), and single
        letters yield to a text field that has the focus. The focus then returns home.
        """
        action = QAction(self.words(message_id), self)
        action.setObjectName(message_id)
        action.setAutoRepeat(False)
        keys = [portable(shortcut)] if shortcut else []
        if shortcut == ENTER:
            keys.append(portable("Enter"))
        action.setShortcuts(keys)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if icon:
            action.setProperty("iconName", icon)
            action.setIcon(icon_of(icon))
        action.setProperty("unlisted", hidden)
        if work is not None:
            action.triggered.connect(lambda _on=False: self.__do(work, primary=primary))
        self.addAction(action)
        return action

    def button(self, action: QAction, kind: str = "plain") -> KeyButton:
        """A button for an act, its key printed."""
        return KeyButton.of(action, kind=kind, parent=self)

    def looked_at(self) -> QWidget | None:
        """A picture that a question is about: a sheet doesn't cover it where there is room."""
        return None

    @property
    def page(self) -> QWidget:
        """What stands between the banners and the keys; a sheet that steps aside stays in it."""
        return self.__room

    def about(self) -> object:
        """What is on show: a question that is asked now is about it."""
        return None

    def refusals(self) -> tuple[Exception | None, ...]:
        """What it refused and still says: F12 preselects who has the duty that one names."""
        own = getattr(self, "presenter", None) or getattr(self, "_presenter", None)
        return (getattr(getattr(own, "view", None), "problem", None),)

    def held_to(self, then: Callable[P, object]) -> Callable[P, None]:
        """An answer that counts only while what it was asked about is on show; else that is said.

        A question stays open as long as the officer likes, and news goes on arriving beneath it.
        """
        asked = self.about()

        def answered(*args: P.args, **kwargs: P.kwargs) -> None:
            if self.about() == asked:
                then(*args, **kwargs)
            else:
                self.toast(self.words("ui.moved_on"), Tone.WARNING)

        return answered

    def at_home(self) -> bool:
        """Whether the focus is where the next act is expected."""
        home = self.home_focus()
        return home is not None and home.hasFocus()

    def go_home(self) -> None:
        """Put the focus where the next act is expected."""
        home = self.home_focus()
        if home is None or not self.isVisible():
            return
        if not home.isVisible():
            from ui.widgets.chips import ChipBar  # no sign-in needs it

            now = QApplication.focusWidget()
            inside = now is not None and self.isAncestorOf(now)
            if now is None or not inside or isinstance(now.parentWidget(), ChipBar):
                self.setFocus()  # an empty list is hidden; what is beside it would look chosen
        home.setFocus(Qt.FocusReason.OtherFocusReason)

    def to_top(self) -> None:
        """Show the page from its top, yet never without the field that has the focus."""
        self.__room.verticalScrollBar().setValue(0)
        QTimer.singleShot(0, self, self.__reveal)  # a form that was just opened is laid out then

    def __reveal(self) -> None:
        focus, inside = QApplication.focusWidget(), self.__room.widget()
        if isinstance(focus, QLineEdit) and inside is not None and inside.isAncestorOf(focus):
            self.__room.ensureWidgetVisible(focus, 0, theme().px(60))

    # Names of two underscores: a screen's own `_step` or `_do` must not take the place of these.

    def __do(self, work: Callable[[], object], *, primary: bool) -> None:
        if primary and not self.guard.allows():
            return
        self.__commit_focus()
        before = QApplication.focusWidget()
        work()
        # An act that moved the focus itself (to a faulty field, a dialog) knows better, as does
        # one that opened the field for a code where the focus was already.
        now = QApplication.focusWidget()
        if now is before and not (isinstance(now, ScanBox) and now.typing):
            self.go_home()

    def __commit_focus(self) -> None:
        focus = QApplication.focusWidget()
        if isinstance(focus, (LineField, ChoiceField, NumberField)) and self.isAncestorOf(focus):
            focus.commit()
