"""A second officer is asked for, and asked again after a slip: nothing typed before it is lost.

The sheet closes before the answer is known, for the act may take a while. Where the officer
mistyped, or can't sign this, it opens again over the same question, with the same officer chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtWidgets import QWidget

from desktop.presenters.second import SecondOfficers, may_try_again
from desktop.words import Words
from ui.problems import problem_text
from ui.screens.screen import Screen
from ui.screens.walkin_dialogs import SecondOfficerDialog, held


@dataclass(frozen=True, slots=True)
class _Asked:
    why: str
    officers: SecondOfficers
    then: Callable[..., object]
    shown: Sequence[bytes]
    given_up: Callable[[], object] | None = None
    number: str = ""
    read: str = ""


class SecondAsk:
    """One screen's question for a second officer; `heard` is told each of its views."""

    def __init__(self, host: QWidget, words: Words) -> None:
        self._host = host
        self._words = words
        self._signed: _Asked | None = None
        if isinstance(host, Screen):
            host.gone.connect(self.forget)

    def forget(self) -> None:
        """Ask nobody once more: another screen or the lock is on show, perhaps another officer."""
        self._signed = None

    def ask(
        self,
        why: str,
        officers: SecondOfficers,
        then: Callable[..., object],
        shown: Sequence[bytes] = (),
        given_up: Callable[[], object] | None = None,
        read: str = "",
    ) -> SecondOfficerDialog:
        """Open the sheet; `then(number, password)` does the act, Escape tells `given_up`.

        `read` names what the second officer reads and types too: it comes third.
        """
        asked = _Asked(why, officers, held(self._host, then), shown, given_up, read=read)
        return self._open(asked)

    def heard(self, problem: Exception | None, doing: str) -> None:
        """How the screen stands now: the question is open while somebody may sign once more."""
        asked = self._signed
        if asked is None or doing:
            return
        self._signed = None
        if problem is not None and may_try_again(problem):
            self._open(asked, problem)

    def _open(self, asked: _Asked, problem: Exception | None = None) -> SecondOfficerDialog:
        def signed(number: str, password: str, *read: str) -> None:
            self._signed = replace(asked, number=number)
            asked.then(number, password, *read)

        dialog = SecondOfficerDialog(
            self._host, self._words, asked.why, asked.officers, signed, asked.shown, asked.read
        )
        if problem is not None:
            dialog.ask_again(problem_text(self._words, problem), asked.number)
        if asked.given_up is not None:
            dialog.rejected.connect(asked.given_up)
        dialog.open()
        return dialog
