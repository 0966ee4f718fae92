"""A window in a process of its own: it tells what reached it, one JSON line at a time.

Lines on its standard input are orders: `focus NAME` puts the focus on a part of the screen, `ask`
makes it tell what stands in the fields and what was done, `clear` forgets all of that.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import QEvent, QObject, QSocketNotifier
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from desktop.settings import Look, Scanner
from desktop.words import Words
from tests.ui.samples import SampleScreen, sample_window
from ui.app import make_application
from ui.main_window import MainWindow
from ui.wedge import WedgeFilter


def tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


GAP_MS = 100
"""The widest gap that may be set: a busy machine types unevenly too."""


class Keys(QObject):
    """How many keys came from the X server since the last order, and the widest gap between two."""

    def __init__(self) -> None:
        super().__init__()
        self.begin()

    def begin(self) -> None:
        self.count, self.gap = 0, 0
        self._last: int | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        press = event.type() is QEvent.Type.KeyPress and event.spontaneous()
        if press and isinstance(event, QKeyEvent) and watched.isWindowType():
            now = event.timestamp()
            if self._last is not None:
                self.gap = max(self.gap, now - self._last)
            self._last, self.count = now, self.count + 1
        return False


class Obeying:
    """Answers the orders."""

    def __init__(self, app: QApplication, window: MainWindow, keys: Keys) -> None:
        self._app = app
        self._window = window
        self._keys = keys

    @property
    def screen(self) -> SampleScreen:
        screen = self._window.current_screen
        assert isinstance(screen, SampleScreen)
        return screen

    def obey(self) -> None:
        line = sys.stdin.readline()
        if not line:
            self._app.quit()
            return
        order, _, name = line.strip().partition(" ")
        if order == "focus":
            getattr(self.screen, name).setFocus()
            self._keys.begin()
            tell(focus=name)
        elif order == "clear":
            self.screen.field.clear()
            self.screen.note.clear()
            self.screen.done.clear()
            self.screen.scans.clear()
            tell(cleared=True)
        else:
            tell(
                field=self.screen.field.text(),
                note=self.screen.note.toPlainText(),
                done=self.screen.done,
                scans=self.screen.scans,
                keys=self._keys.count,
                gap=self._keys.gap,
            )


def main() -> None:
    words = Words.load("id")
    app = make_application(["loket"], words, Look())
    window = sample_window(words)
    scanner = Scanner(prefix=sys.argv[1] if len(sys.argv) > 1 else "", gap_ms=GAP_MS)

    def scanned(text: str, _keys: int) -> None:
        window.on_scan(text)
        tell(scan=text)

    wedge = WedgeFilter(scanned, scanner, extra_actions=window.live_actions)
    app.installEventFilter(wedge)
    keys = Keys()
    app.installEventFilter(keys)
    obeying = Obeying(app, window, keys)
    orders = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    orders.activated.connect(lambda *_: obeying.obey())
    window.show()
    window.start()
    obeying.screen.field.setFocus()
    told: list[bool] = []

    def active(focus: object) -> None:
        if focus is not None and not told:
            told.append(True)
            tell(ready=int(window.winId()))

    app.focusWindowChanged.connect(active)
    tell(window=int(window.winId()))
    app.exec()


if __name__ == "__main__":
    main()
