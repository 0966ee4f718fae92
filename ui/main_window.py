"""The window: navigation, header, the open screen, states below; sign-in and lock over all of it.

It knows screens by their entries and the program by `Shell`. What it can't decide it tells by
signals; `main.py run` connects them to the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desktop.presenters.sign_in_view import SignInView
from desktop.words import ProblemText
from ui.header import Header
from ui.navigation import Navigation, NavItem
from ui.screens.catalog import ScreenEntry
from ui.screens.screen import Screen
from ui.shell import Finding, Shell
from ui.status_bar import StatusBar
from ui.widgets.banner import Banner, Tone
from ui.widgets.buttons import portable
from ui.widgets.labels import row
from ui.widgets.nesting import nest
from ui.widgets.sign_in import SignInPage
from ui.widgets.state import StateItem
from ui.widgets.toast import Toast

if TYPE_CHECKING:
    from ui.help import HelpPane
    from ui.palette import CommandPalette
    from ui.parked import Parked


class MainWindow(QMainWindow):
    """Made once; `start()` shows the sign-in or the first screen, as the session has it."""

    sign_in_wanted = Signal(str, str)  # number, password: sign in, or unlock one's own work
    card_wanted = Signal(str, str)  # number, PIN of the officer's own card
    take_over_wanted = Signal(str, str)  # number, password: another officer at a locked window
    give_back_wanted = Signal()
    lock_wanted = Signal()
    applicant_screen_wanted = Signal()
    screen_opened = Signal(str)
    screen_refused = Signal(str)
    closing = Signal()

    def __init__(self, shell: Shell, entries: Sequence[ScreenEntry]) -> None:
        super().__init__()
        self.words = shell.words
        self._shell = shell
        self._entries = {entry.key: entry for entry in entries}
        self._screens: dict[str, Screen] = {}
        self._current = ""
        self._locked = True
        self._parked: Parked | None = None
        self._may_close: Callable[[], bool] = lambda: True
        self._asks_first: Callable[[], bool] = lambda: False
        place = shell.place()
        self.setWindowTitle(f"{place.counter} · {place.office}")  # Qt adds the program's name
        self.setMinimumSize(1024, 640)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._build()
        self._make_actions()
        self.refresh_duty()

    # Parts

    def _build(self) -> None:
        words = self.words
        self.pages = QStackedWidget(self)
        self.sign_in = SignInPage(words, self)
        self.sign_in.submitted.connect(self.sign_in_wanted)
        self.sign_in.take_over.connect(self.take_over_wanted)
        self.sign_in.by_card.connect(self.card_wanted)
        work = QWidget(self)
        work.setObjectName("canvas")
        work.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.navigation = Navigation(words("ui.brand"), words("ui.navigation"), work)
        self.navigation.chosen.connect(self._nav_chosen)
        self.header = Header(words, work)
        self.header.search_wanted.connect(self.open_palette)
        self.header.give_back_wanted.connect(self.give_back_wanted)
        self.notice = Banner(parent=work)
        self.screens = QStackedWidget(work)
        self.status = StatusBar(words("ui.status"), work)
        self.status.pressed.connect(self._pressed_state)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.header)
        noticed = row(self.notice)
        noticed.setContentsMargins(24, 0, 24, 0)
        nest(right, noticed)
        right.addWidget(self.screens, 1)
        right.addWidget(self.status)
        across = row(self.navigation, spacing=0)
        nest(across, right, 1)
        work.setLayout(across)
        self.pages.addWidget(self.sign_in)
        self.pages.addWidget(work)
        self.setCentralWidget(self.pages)
        self.toast = Toast(self.pages)  # over the sign-in too: Ctrl+, answers there
        self._manuals: dict[QWidget, HelpPane] = {}
        self._finder: CommandPalette | None = None

    # Made when first asked for: no sign-in needs either.

    @property
    def work_area(self) -> QWidget:
        """What the sign-in covers: navigation, header, screen and lower edge."""
        area = self.pages.widget(1)
        assert area is not None
        return area

    @property
    def help(self) -> HelpPane:
        """The manual at the right edge of the work, or of the sign-in while that covers it."""
        host: QWidget = self.sign_in if self._locked else self.work_area
        if host not in self._manuals:
            from ui.help import HelpPane

            pane = self._manuals[host] = HelpPane(self.words, host)
            pane.lost.connect(self._go_home)
        return self._manuals[host]

    @property
    def _palette(self) -> CommandPalette:
        if self._finder is None:
            from ui.palette import CommandPalette

            self._finder = CommandPalette(self.words, self._find, self)
            self._finder.picked.connect(self._picked)
            self._finder.finished.connect(lambda _how: self._shell.search_left())
        return self._finder

    def _pressed_state(self, key: str) -> None:
        if key == "sync":
            self.open_screen("sync")
        else:
            self.open_screen("devices", key)

    def _make_actions(self) -> None:
        self.screen_actions: dict[str, QAction] = {}
        for entry in self._entries.values():
            action = self._action(f"screen.{entry.key}", entry.shortcut)
            action.triggered.connect(lambda _on=False, key=entry.key: self.open_screen(key))
            self.screen_actions[entry.key] = action
        self.lock_action = self._action("ui.act.lock", "F12", self.lock_wanted.emit)
        self.help_action = self._action("ui.act.help", "F1", self.toggle_help)
        self.undo_action = self._action("ui.act.undo", "Ctrl+Z", self.toast.undo)
        self.toast.undoable.connect(self.undo_action.setEnabled)
        self.window_actions = [
            self.help_action,
            self._action("ui.act.applicant", "F11", self.applicant_screen_wanted.emit),
            self.lock_action,
            self._action("ui.act.find", "Ctrl+K", self.open_palette),
            self._action("ui.act.keys", "Ctrl+/", self.open_shortcuts),
            self.undo_action,
        ]
        self.at_the_door = [self.help_action]  # these work at the sign-in too

    def _action(
        self, message_id: str, shortcut: str, work: Callable[[], object] | None = None
    ) -> QAction:
        action = QAction(self.words(message_id), self)
        action.setObjectName(message_id)
        action.setShortcut(portable(shortcut))
        action.setAutoRepeat(False)
        if work is not None:
            action.triggered.connect(lambda _on=False: work())
        self.addAction(action)
        return action

    # What the program tells the window

    def start(self) -> None:
        """Show what the session asks for."""
        self.refresh_session()

    def refresh_session(self) -> None:
        """After signing in, out, taking over: show the work or the sign-in."""
        self.refresh_duty()
        if self._shell.session() is None:
            self.show_sign_in()
        else:
            self.show_work()

    def show_sign_in(self, view: SignInView | None = None) -> None:
        """Cover everything with the sign-in or the lock; the work stays as it is beneath."""
        if view is not None:
            self.sign_in.show_view(view)
        covered = self._locked
        self._locked = True
        self._hide_help()
        self.close_palette()
        self.toast.hide()
        if self._parked is not None and not covered:
            self._parked.park(self)
        self._enable_actions()
        self.pages.setCurrentWidget(self.sign_in)
        trying = view is not None and (view.busy or view.problem is not None)
        if not covered or not trying:
            self.sign_in.ready()
        else:
            self.sign_in.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_work(self) -> None:
        """Uncover the screens; the one that was open stays open if it may."""
        session = self._shell.session()
        self._locked = False
        self._hide_help()
        self._enable_actions()
        self.pages.setCurrentIndex(1)
        self.toast.raise_()  # the page that is shown has just come to the top
        allowed = [e.key for e in self._entries.values() if e.open_to(session)]
        if self._current not in allowed and allowed:
            self.open_screen(allowed[0])
        elif self._current:
            self._screens[self._current].go_home()
        if self._parked is None:
            from ui.parked import Parked

            self._parked = Parked()
        self._parked.back(session.officer_number if session is not None else "")

    @property
    def locked(self) -> bool:
        """Whether the sign-in covers the work."""
        return self._locked

    def open_screen(self, key: str, payload: object = None) -> None:
        """Show a screen, made on first use; where this officer may not see it, that is told."""
        entry = self._entries.get(key)
        if entry is None or self._locked:
            return
        if not entry.open_to(self._shell.session()):
            self.screen_refused.emit(key)
            return
        if key not in self._screens:
            screen = entry.factory(self._shell)
            screen.heading_changed.connect(self._show_heading)
            screen.toast_wanted.connect(self._toast)
            screen.open_wanted.connect(self.open_screen)
            self._screens[key] = screen
            self.screens.addWidget(screen)
        screen = self._screens[key]
        if self._current and self._current != key:
            self._screens[self._current].left()
        self._current = key
        self.screens.setCurrentWidget(screen)
        self.navigation.set_current(key)
        screen.guard.entered()
        screen.entered(payload)
        self._show_heading()
        manual = self._manuals.get(self.work_area)
        if manual is not None and manual.isVisible():
            manual.show_chapter(key)
        screen.go_home()
        self.screen_opened.emit(key)

    def offers(self, key: str) -> bool:
        """Whether the officer who is signed in may see a screen."""
        entry = self._entries.get(key)
        return entry is not None and not self._locked and entry.open_to(self._shell.session())

    def opened_screen(self, key: str) -> Screen | None:
        """A screen that was opened already."""
        return self._screens.get(key)

    @property
    def current_key(self) -> str:
        """The open screen's key; empty before the first is opened."""
        return self._current

    @property
    def current_screen(self) -> Screen | None:
        """The open screen."""
        return self._screens.get(self._current)

    def show_devices(self, items: Sequence[StateItem]) -> None:
        """States of the devices, for the lower edge."""
        self.status.show_devices(items)

    def show_sync(self, item: StateItem) -> None:
        """How far sync is."""
        self.status.show_sync(item)

    def show_clock(self, text: str) -> None:
        """The office's time."""
        self.status.show_clock(text)

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Figures in the navigation, by screen."""
        self.navigation.set_counts(counts)

    def show_notice(self, problem: ProblemText | None, tone: Tone = Tone.WARNING) -> None:
        """A state of the whole program (clock wrong, disk nearly full); None clears it."""
        if problem is None:
            self.notice.clear()
        else:
            self.notice.tell(tone, problem.text, problem.remedy)

    def on_scan(self, text: str) -> None:
        """A code was scanned: the open screen's, else looked up. Dead while locked.

        A question stays about what it was asked about: while a sheet is open, only a field in it
        that wants a code takes one; the screen beneath gets none, and that is said.
        """
        if self._locked:
            return
        if self.palette_is_open:
            self._palette.open_with(text)
            return
        sheet = QApplication.activeModalWidget()
        if sheet is not None:
            from ui.popup import Popup

            if not (isinstance(sheet, Popup) and sheet.take_scan(text)):
                self.toast.tell(self.words("ui.sheet_first"), Tone.WARNING, beside=sheet)
            return
        screen = self.current_screen
        if (screen is None or not screen.on_scan(text)) and not self._shell.open_scanned(text):
            self._palette.open_with(text)

    def live_actions(self) -> list[QAction]:
        """The actions that a key reaches now: the window's and the open screen's."""
        if self._locked:
            return []
        screen = self.current_screen
        return [*self.actions(), *(screen.actions() if screen is not None else [])]

    def ask_before_closing(
        self, may_close: Callable[[], bool], asks_first: Callable[[], bool]
    ) -> None:
        """Let the program refuse the window's closing, as while a card is in the printer.

        `asks_first` is whether the officer, who pressed the window's cross, is asked now; what the
        program closes by itself is asked of nobody.
        """
        self._may_close, self._asks_first = may_close, asks_first

    # What the officer does

    def open_palette(self) -> None:
        """Ctrl+K."""
        if not self._locked:
            self._palette.open_with()

    @property
    def palette_is_open(self) -> bool:
        """Whether the palette covers the work."""
        return self._finder is not None and self._finder.isVisible()

    def palette_field_text(self) -> str:
        """What is being looked for."""
        return self._palette.field.text()

    def close_palette(self) -> None:
        """Leave the palette without picking."""
        if self._finder is not None:
            self._finder.reject()

    def open_shortcuts(self) -> None:
        """Ctrl+/."""
        from ui.shortcuts import ShortcutOverlay, in_order

        screen = self.current_screen
        groups: list[tuple[str, list[QAction]]] = []
        if screen is not None:
            groups.append((screen.title, list(screen.actions())))
        screens = [a for a in self.screen_actions.values() if a.isEnabled()]
        everywhere = in_order([*screens, *self.window_actions])
        groups.append((self.words("ui.keys.everywhere"), everywhere))
        overlay = ShortcutOverlay(self.words, groups, self)
        overlay.finished.connect(overlay.deleteLater)
        overlay.open()

    def toggle_help(self) -> None:
        """F1."""
        if self.help.isVisible():
            self.help.put_away()
        else:
            self.help.open_chapter("signin" if self._locked else self._current)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close() and not (event.spontaneous() and self._asks_first()):
            self.closing.emit()
            event.accept()
        else:
            event.ignore()

    # Inside

    def _hide_help(self) -> None:
        for manual in self._manuals.values():
            manual.hide()

    def _go_home(self) -> None:
        if self.current_screen is not None and not self._locked:
            self.current_screen.go_home()

    def refresh_duty(self) -> None:
        """Who works here, what they may open, and what F12 does, as it stands now."""
        session = self._shell.session()
        self.header.show_session(session, self._shell.place())
        words = self.words
        items = [
            NavItem(e.key, words(f"screen.{e.key}.short"), e.icon, e.shortcut)
            for e in self._entries.values()
            if e.open_to(session)
        ]
        gives_back = session is not None and bool(session.took_over_from)
        foot = [NavItem("@help", words("ui.help"), "life-buoy", "F1")]
        if not gives_back:  # F12 gives the work back then, as the header's button says
            foot.append(NavItem("@lock", words("ui.lock"), "lock", "F12"))
        self.lock_action.setText(words("ui.give_back" if gives_back else "ui.act.lock"))
        self.navigation.set_items(items, foot)
        self.navigation.set_current(self._current)

    def _enable_actions(self) -> None:
        session = self._shell.session()
        for key, action in self.screen_actions.items():
            action.setEnabled(not self._locked and self._entries[key].open_to(session))
        for action in self.window_actions:
            action.setEnabled(not self._locked or action in self.at_the_door)
        self.undo_action.setEnabled(not self._locked and self.toast.can_undo)

    def _nav_chosen(self, key: str) -> None:
        if key == "@help":
            self.toggle_help()
        elif key == "@lock":
            self.lock_wanted.emit()
        else:
            self.open_screen(key)

    def _show_heading(self) -> None:
        screen = self.current_screen
        if screen is not None:
            title = screen.title or self.words(f"screen.{self._current}")
            self.header.show_heading(title, screen.detail)

    def _toast(self, text: str, tone: object, undo: object) -> None:
        work = undo if callable(undo) and not self._locked else None
        shown = tone if isinstance(tone, Tone) else Tone.SUCCESS
        self.toast.tell(text, shown, undo=work, undo_text=self.words("ui.act.undo"))

    def _find(self, text: str) -> Sequence[Finding]:
        from ui.found_acts import found_acts

        folded = text.casefold()
        acts = [
            Finding(
                f"@{key}",
                action.text(),
                "",
                self._entries[key].icon,
                self.words("ui.find.screens"),
                self._entries[key].shortcut,
            )
            for key, action in self.screen_actions.items()
            if action.isEnabled() and folded in action.text().casefold()
        ]
        acts += found_acts(self.window_actions, self.words, text)
        return [*self._shell.find(text), *acts] if text else acts

    def _picked(self, key: str) -> None:
        from ui.found_acts import do_found

        if key.startswith("@"):
            self.open_screen(key[1:])
        elif not do_found(self.window_actions, key):
            self._shell.open_found(key)
