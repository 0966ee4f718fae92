"""Carries work from the lanes' threads to the window's thread, in order.

`Lanes(post=bridge.post)` and the presenters hand over plain callables; Qt's queued connection is
the only thing that crosses. What a callable raises is the program's fault and goes to the crash
handler like any other.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Bridge(QObject):
    """Make it in the window's thread; `post` may be called from any."""

    _handed = Signal(object)
    noticed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._handed.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, work: Callable[[], object]) -> None:
        """Run `work` soon in the window's thread. Thread-safe; returns at once."""
        self._handed.emit(work)

    def notice(self, notice: object) -> None:
        """Publish a fact: `noticed` is emitted in the window's thread. Thread-safe."""
        self._handed.emit(lambda: self.noticed.emit(notice))

    @Slot(object)
    def _run(self, work: Callable[[], object]) -> None:
        work()
