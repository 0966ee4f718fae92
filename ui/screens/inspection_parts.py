"""What the machine saw of a printed card, in words: shared by the walk-in and the online batch."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.cards.inspection.facts import CardCheck, CardFinding, CardVerdict, Inspection
from desktop.domain.reasons import OverrideReason
from desktop.presenters.walkin_view import CardFaces
from desktop.words import Words
from ui.screens.walkin_dialogs import ask_reason
from ui.screens.walkin_parts import NoteList, attend, bad, good
from ui.theme import theme
from ui.widgets.card_preview import CardPreview
from ui.widgets.reasons import ReasonDialog
from ui.widgets.state import Level, StateItem

SHOWN = 2
"""Lines of findings, the gravest first; the rest is named."""
TALL = {960: 5, 700: 2, 0: 1}
"""As many of them in a window that is at least so high, at usual text."""
UNREAD = (CardCheck.SEAL_READ, CardCheck.SEAL_PRINT)
OTHER_CHIP = "uid"
"""Noted of a chip whose own number isn't the one that the card was made with."""
ANOTHER = (CardCheck.SEAL_RECORD, CardCheck.PRINTED_SERIAL, CardCheck.SERIAL)
"""It is another card that lies there: what else differs follows from that."""
TORN = (
    CardCheck.SEAL_GOOD, CardCheck.SEAL_FORGED, CardCheck.SEAL_FACE, CardCheck.CHIP_PERSON,
    CardCheck.CHIP_PHOTO,
)  # fmt: skip
"""The card contradicts itself: more than a mix-up, so that is told too."""


def stopped(seen: Inspection | None) -> bool:
    """Whether a plain yes doesn't pass the card."""
    return seen is not None and seen.verdict in (CardVerdict.FAULTY, CardVerdict.REFUSED)


def passable(seen: Inspection | None) -> bool:
    """Whether a reason may pass what a plain yes doesn't."""
    return seen is not None and stopped(seen) and not seen.not_ours


def show_card(
    preview: CardPreview, words: Words, seen: Inspection | None, ordered: CardFaces
) -> None:
    """What the card in hand is compared with: the card as ordered.

    Only where the machine found something is it the picture of the card itself, which bears the
    marks; compared with that, any card would be right.
    """
    if seen is not None and stopped(seen) and seen.front and seen.back:
        preview.set_captions(words("inspection.found.front"), words("inspection.found.back"))
        preview.show_faces(seen.front, seen.back)
    else:
        preview.set_captions(words("walkin.front"), words("walkin.back"))
        preview.show_faces(ordered.front or None, ordered.back or None)


def pass_reasons(seen: Inspection | None) -> tuple[OverrideReason, ...]:
    """Why a card may be passed all the same: a flaw is small only where the card can be read."""
    grave = seen is not None and (seen.refused or any(seen.failed(check) for check in UNREAD))
    if grave:
        return (OverrideReason.MACHINE_MISTAKEN,)
    return (OverrideReason.MACHINE_MISTAKEN, OverrideReason.FAULT_BEARABLE)


def why_pass(
    host: QWidget, words: Words, seen: Inspection | None, then: Callable[[str, str], object]
) -> ReasonDialog | None:
    """Ask why the card is passed all the same; None where nothing had to be asked.

    Where there is but one reason, nothing is chosen: a second officer, whom a refused card needs,
    is asked for at once; otherwise the officer says that they are sure.
    """
    reasons = pass_reasons(seen)
    if len(reasons) > 1:
        return ask_reason(host, words, "inspection.why", reasons, then)
    if seen is not None and seen.refused:
        then(str(OverrideReason.MACHINE_MISTAKEN), "")
        return None
    return ask_reason(host, words, "inspection.sure", reasons, then)


def why_second(words: Words, seen: Inspection, reason: str) -> str:
    """What a second officer is to judge: each check that failed, and the first one's reason."""
    checks = ", ".join(words.of(fault.check) for fault in distinct(seen))
    said = words.of(OverrideReason(reason))
    told = words("inspection.why.found", checks=checks, reason=said)
    return f"{words('inspection.why.second')} {told}"


class InspectionNotes(NoteList):
    """Verdict and findings, each with what to do about it."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def show_inspection(
        self, seen: Inspection | None, *, possible: bool, turning: bool = False, serial: str = ""
    ) -> None:
        """Show a look's outcome; without one, who has to look, or that the card is to be turned.

        `serial` is the ordered blank's number.
        """
        high = self.window().height()
        shown = next(count for least, count in TALL.items() if high >= theme().px(least))
        items = notes(
            self._words, seen, possible=possible, turning=turning, shown=shown, serial=serial
        )
        self.show_items(items)


def notes(
    words: Words,
    seen: Inspection | None,
    *,
    possible: bool,
    turning: bool = False,
    shown: int = SHOWN,
    serial: str = "",
) -> list[StateItem]:
    """The lines that tell of an inspection; the last one's tip says what has no own line."""
    if turning:
        return [attend(words("inspection.turn"))]
    if seen is None:
        return [attend(words("inspection.not_yet" if possible else "inspection.by_eye"))]
    lead = words(f"inspection.{seen.verdict}")
    if seen.verdict is CardVerdict.GOOD:
        return [good(lead)]
    tone = bad if seen.refused else attend
    faults = distinct(seen)
    groups = together(words, faults)
    here, rest = groups[:shown], [fault for group in groups[shown:] for fault in group]
    if another(seen):
        here = [[fault for fault in faults if fault.check in ANOTHER]]
        rest = [fault for fault in faults if fault.check not in ANOTHER]
    lines = [tone(lead), *(tone(told(words, group, serial)) for group in here)]
    if rest:
        level = Level.BAD if seen.refused else Level.ATTEND
        tip = "\n".join(told(words, [fault], serial) for fault in rest)
        named = ", ".join(words.of(fault.check) for fault in rest)
        lines.append(StateItem(level, words("inspection.more", count=len(rest), checks=named), tip))
    return lines


def another(seen: Inspection) -> bool:
    """Whether it is simply another card: there is but one thing to do, whatever else was found."""
    torn = any(seen.failed(check) for check in TORN)
    return not torn and any(seen.failed(check) for check in ANOTHER)


def together(words: Words, faults: list[CardFinding]) -> list[list[CardFinding]]:
    """Findings that ask for the same, in one group each; the order is that of the first."""
    groups: dict[str, list[CardFinding]] = {}
    for fault in faults:
        groups.setdefault(remedy(words, fault), []).append(fault)
    return list(groups.values())


def distinct(seen: Inspection) -> list[CardFinding]:
    """Each failed check once, though both sides may have failed it."""
    found: dict[str, CardFinding] = {}
    for fault in seen.faults:
        if fault.check is CardCheck.SEAL_PRINT and seen.failed(CardCheck.SEAL_READ):
            continue  # that the code can't be read says it
        if fault.check is CardCheck.SEAL_GOOD and seen.failed(CardCheck.SEAL_FORGED):
            continue  # a forged one can't be valid
        found.setdefault(fault.check, fault)
    return list(found.values())


def told(words: Words, group: list[CardFinding], serial: str = "") -> str:
    """What was found, and what to do: once, as the first and gravest asks for it."""
    return " ".join([*(found(words, fault, serial) for fault in group), remedy(words, group[0])])


def found(words: Words, fault: CardFinding, serial: str = "") -> str:
    """What was found; `serial` is the ordered blank's number."""
    key = f"inspection.fault.{fault.check}"
    if fault.check is CardCheck.PRINTED_SERIAL and fault.note and serial:
        return words(f"{key}.read", printed=fault.note, ordered=serial)
    if fault.check is CardCheck.CHIP and fault.note == OTHER_CHIP:
        return words(f"{key}.uid")
    return words(key)


def remedy(words: Words, fault: CardFinding) -> str:
    """What to do about it."""
    return words(f"inspection.fault.{fault.check}.remedy")
