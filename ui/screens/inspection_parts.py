"""What the machine saw of a printed card, in words: shared by the walk-in and the online batch."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.cards.inspection.facts import CardFinding, CardVerdict, Inspection
from desktop.words import Words
from ui.screens.walkin_parts import NoteList, attend, bad, good
from ui.widgets.state import StateItem

SHOWN = 2
"""Findings that are told one by one, the gravest first; the rest is counted."""


class InspectionNotes(NoteList):
    """Verdict and findings, each with what to do about it."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def show_inspection(
        self, seen: Inspection | None, *, possible: bool, turning: bool = False
    ) -> None:
        """Show a look's outcome; without one, who has to look, or that the card is to be turned."""
        self.show_items(notes(self._words, seen, possible=possible, turning=turning))


def notes(
    words: Words, seen: Inspection | None, *, possible: bool, turning: bool = False
) -> list[StateItem]:
    """The lines that tell of an inspection."""
    if turning:
        return [attend(words("inspection.turn"))]
    if seen is None:
        return [attend(words("inspection.not_yet" if possible else "inspection.by_eye"))]
    lead = words(f"inspection.{seen.verdict}")
    if seen.verdict is CardVerdict.GOOD:
        return [good(lead)]
    tone = bad if seen.refused else attend
    faults = distinct(seen)
    lines = [tone(lead), *(tone(told(words, fault)) for fault in faults[:SHOWN])]
    if len(faults) > SHOWN:
        lines.append(tone(words("inspection.more", count=len(faults) - SHOWN)))
    return lines


def distinct(seen: Inspection) -> list[CardFinding]:
    """Each failed check once, though both sides may have failed it."""
    found: dict[str, CardFinding] = {}
    for fault in seen.faults:
        found.setdefault(fault.check, fault)
    return list(found.values())


def told(words: Words, fault: CardFinding) -> str:
    """What was found, and what to do."""
    key = f"inspection.fault.{fault.check}"
    return f"{words(key)} {words(f'{key}.remedy')}"
