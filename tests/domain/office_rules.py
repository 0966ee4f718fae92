"""The shipped rules, as the tests of this room ask for them."""

from __future__ import annotations

from datetime import date

from desktop.domain.rules import Rules
from desktop.rulebook import FOLDER as RULES
from desktop.rulebook import TRAINING, Rulebook

BOOK = Rulebook.load(RULES)
TRAINING_BOOK = Rulebook.load(RULES, TRAINING)
TODAY = date(2026, 3, 2)


def rules_on(day: date = TODAY, *areas: str) -> Rules:
    """The live rules of a day."""
    return BOOK.on(day, *areas)
