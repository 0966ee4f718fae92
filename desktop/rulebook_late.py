"""The rulebook, read when the first rule is asked for: no sign-in needs one.

The centre's files, if it sent any, are laid over the program's own.

A damaged file of rules is then told by the first act that needs it, with its own words.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.domain.rules import Rules
    from desktop.rulebook import Rulebook


class LateRulebook:
    """The rules as the program brings them, with those of the training realm laid over."""

    def __init__(
        self, *, training: bool, sheets: Callable[[], Sequence[Mapping[str, str]]] = list
    ) -> None:
        self._training = training
        self._sheets = sheets
        self._book: Rulebook | None = None
        self._reading = threading.Lock()

    def on(self, day: date, *areas: str) -> Rules:
        """The rules in force on a day. Raises RulesDamaged, NoRulesInForce."""
        return self.book.on(day, *areas)

    @property
    def book(self) -> Rulebook:
        """The rulebook itself. Raises RulesDamaged."""
        with self._reading:
            if self._book is None:
                from desktop.rulebook import FOLDER, TRAINING, Rulebook

                over = (TRAINING,) if self._training else ()
                self._book = Rulebook.load(FOLDER, *over, sheets=self._sheets())
        return self._book

    def reread(self) -> None:
        """The centre sent other rules: they hold from the next question on."""
        with self._reading:
            self._book = None
