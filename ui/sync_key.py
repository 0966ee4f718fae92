"""The window's part in the exchange with the centre: when it begins, what the lower edge says.

Nothing of the exchange is imported before there is a centre and somebody has signed in, and then
on its own lane, so that it costs neither the start nor a frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.presenters.base import SYNC
from desktop.presenters.signin import SignIn
from desktop.services.desk import Desk
from desktop.words import Words
from ui.main_window import MainWindow
from ui.widgets.state import Level, StateItem

if TYPE_CHECKING:
    from desktop.domain.application import Application


class SyncKey:
    """Asked once a second; all methods are called in the window's thread."""

    def __init__(
        self,
        desk: Desk,
        words: Words,
        window: MainWindow,
        sign_in: SignIn,
        failed: Callable[[Exception], None],
    ) -> None:
        self._desk = desk
        self._words = words
        self._window = window
        self._sign_in = sign_in
        self._failed = failed
        self._begun = False

    def show(self) -> None:
        """What the lower edge says of the centre."""
        words = self._words
        if not self._begun:
            item = StateItem(Level.OFF, words("run.sync.none"), words("run.sync.detail"), SYNC)
        else:
            from ui.screens.sync_words import bar_item

            item = bar_item(words, self._desk.syncing.facts, self._desk.frame.today())
        self._window.show_sync(item)

    def moved(self) -> None:
        """The exchange said something."""
        self._begun = self._desk.has_centre
        self.show()

    def tick(self) -> None:
        """Begin an exchange when one is due; the first once somebody has signed in, or at once
        where nobody can yet: the code that opens this counter to them comes from the centre.
        """
        desk = self._desk
        nobody_yet = all(one.begins for one in self._sign_in.view.officers)
        if not desk.has_centre or not (self._begun or desk.duty.session or nobody_yet):
            return
        if desk.lanes.busy(SYNC):
            self.show()
        elif not self._begun or desk.syncing.due():
            # What it needs is imported and made there too: the window must not wait for it.
            desk.lanes.call(SYNC, lambda: desk.syncing.exchange(), self._done, self._failed)

    def _done(self, _facts: object) -> None:
        self.moved()
        if self._desk.duty.session is None and not self._window.locked:
            self._sign_in.gone()

    def ask_for_case(self, app: Application, counter: str, then: Callable[[], None]) -> None:
        """Another counter has the case: take it over here, if its officer gave it back."""
        from ui.screens.online_dialogs import ask_yes

        desk = self._desk
        by = desk.duty.actor()

        def take() -> None:
            desk.lanes.call(
                SYNC, lambda: desk.claims.take(by, app.id), lambda _: then(), self._failed
            )

        ask_yes(
            self._window, self._words, "sync.elsewhere", take, number=app.number, counter=counter
        )
