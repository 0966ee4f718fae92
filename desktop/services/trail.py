"""The journal as supervision reads it: who did what, how long steps take, what an hour brings.

Pure functions over lines of the journal. Persons don't appear: a NIK shows its ends alone, as on
other screens, a name its initials.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, cast

from db.trail import Line
from desktop.domain.nik import mask_nik

_NIK = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")
_NAMES = ("name", "handed_to", "recipient", "holder_name")
_INNER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}")
"""Inner ids and digests of pictures: nobody can look them up from a line."""
_INNER_OF = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:")
"""An inner id before the number that people know."""
_LONG = {
    "strokes", "channels", "findings", "cards", "nik_check", "request", "marks", "counters",
    "ribbons",
}  # fmt: skip
_PICTURES = {"picture", "photo", "signature", "front", "back", "chip_read", "faces"}
_INSIDE = {"job", "licence", "visit", "parcel", "entry_id", "line", "filing"}
SILENT = frozenset(_LONG | _PICTURES | _INSIDE)
"""Contents too long for a line, or of no use in one; the export has them whole."""
_SITTING = ("passed", "score")
_MOST = 6


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One act as the audit trail lists it."""

    seq: int
    at: datetime
    officer: str
    act: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    erased: bool


@dataclass(frozen=True, slots=True)
class StepTime:
    """Seconds from the act before to this one: median and ninth decile."""

    act: str
    officer: str
    count: int
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Hour:
    """What one hour of the office's day brought."""

    hour: int
    tickets: int = 0
    registered: int = 0
    printed: int = 0
    handed_over: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """Cards that were made, good or not, and how many of them were spoiled."""

    cards: int = 0
    spoiled: int = 0

    @property
    def share(self) -> float:
        """The spoiled ones' share of one."""
        return self.spoiled / self.cards if self.cards else 0.0


@dataclass(frozen=True, slots=True)
class Waited:
    """How long those who were called had waited, in the mean."""

    called: int = 0
    seconds: float = 0.0


def masked(line: Line, named: Collection[str] = ()) -> TrailLine:
    """A line without persons; of an act on many cards it tells those that were `named`."""
    facts: list[tuple[str, str]] = []
    for name, value in sorted((_cards(line, named) | _stated(line.content or {})).items()):
        shown = _shown(name, value)
        if shown:
            facts.append((name, shown))
    return TrailLine(
        line.seq, line.time, line.officer, line.act, line.subject, tuple(facts),
        line.content is None,
    )  # fmt: skip


def _cards(line: Line, named: Collection[str]) -> dict[str, Any]:
    """Whose number an act on cards is about, where its content doesn't say so by itself."""
    content = line.content or {}
    if line.act.startswith("blank."):
        return {"serial": line.subject}
    listed = content.get("cards")
    if not isinstance(listed, list):
        return {}
    cards = cast("list[list[str]]", listed)
    serials = [card[0] for card in cards]
    mine = [serial for serial in serials if serial in named]
    return {"serials": ", ".join(mine) or serials}


def _stated(content: Mapping[str, Any]) -> dict[str, Any]:
    """A content in which what an issuer states stands fact by fact; a test's result is one."""
    facts = content.get("facts")
    if not isinstance(facts, Mapping):
        return dict(content)
    said = {str(name): value for name, value in facts.items()}
    result = {name: said.pop(name) for name in _SITTING if name in said}
    return (
        said
        | {name: value for name, value in content.items() if name != "facts"}
        | {"facts": result}
    )


def _shown(name: str, value: Any) -> str:
    if value is False or value in (None, "", [], {}) or name in SILENT:
        return ""
    if isinstance(value, bool):
        return "✓"
    if isinstance(value, Mapping):
        if name == "lots":  # of a close: what is left of each
            value = {k: v["closing"] if isinstance(v, Mapping) else v for k, v in value.items()}
        told = {key: _shown(str(key), item) for key, item in sorted(value.items())}
        return " ".join(f"{key}={item}" for key, item in told.items() if item)
    if isinstance(value, list):
        items = [_item(item) for item in value if item not in ("", None)]
        if name == "serials" and len(items) > 1:
            return f"{items[0]} … {items[-1]} ({len(items)})"
        more = [f"… ({len(items)})"] if len(items) > _MOST else []
        return ", ".join(items[:_MOST] + more)
    text = str(value)
    running = name == "letter" and isinstance(value, int)  # people know it as SKP/0001/...
    if running or (_INNER.fullmatch(text) and name != "digest"):
        return ""
    if name in _NAMES:
        return " ".join(f"{word[0]}." for word in text.split())
    return without_niks(_INNER_OF.sub("", text))


def _item(value: Any) -> str:
    """One of several; one of parts, as a refused line, is told part by part."""
    if not isinstance(value, list):
        return str(value)
    return " ".join(str(part) for part in cast("list[Any]", value) if part not in ("", None))


def without_niks(text: str) -> str:
    """A text in which each NIK shows its ends alone."""
    return _NIK.sub(lambda found: mask_nik(found.group()), text)


def step_times(lines: Iterable[Line]) -> list[StepTime]:
    """How long each step took since the one before it in the same case, by act and officer.

    Lines for all officers together have an empty officer and come first.
    """
    before: dict[str, datetime] = {}
    taken: dict[tuple[str, str], list[float]] = {}
    for line in lines:
        last = before.get(line.subject)
        before[line.subject] = line.time
        if last is None:
            continue
        act = line.act.removeprefix("application.")
        seconds = (line.time - last).total_seconds()
        for officer in {"", line.officer}:
            taken.setdefault((act, officer), []).append(seconds)
    found: list[StepTime] = []
    for (act, officer), seconds in sorted(taken.items()):
        ordered = sorted(seconds)
        found.append(
            StepTime(act, officer, len(ordered), _quantile(ordered, 0.5), _quantile(ordered, 0.9))
        )
    return found


def _quantile(ordered: list[float], share: float) -> float:
    """The value below which a share of the ordered ones lies, linear between neighbours."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


_COUNTED = {
    "ticket.taken": "tickets",
    "application.register": "registered",
    "application.print": "printed",
    "application.hand_over": "handed_over",
}


def hours(lines: Iterable[Line], zone: tzinfo) -> list[Hour]:
    """The hours of a day from the first that brought something to the last, gaps included."""
    found: dict[int, dict[str, int]] = {}
    for line in lines:
        name = _COUNTED.get(line.act)
        if name is not None:
            hour = found.setdefault(line.time.astimezone(zone).hour, {})
            hour[name] = hour.get(name, 0) + 1
    if not found:
        return []
    return [Hour(hour, **found.get(hour, {})) for hour in range(min(found), max(found) + 1)]


def cards_made(lines: Iterable[Line]) -> Made:
    """Cards that went into a printer, and those of them that were spoiled, in the order of time."""
    out: set[str] = set()
    cards = spoiled = 0
    for line in lines:
        if line.act == "application.print":
            out.add(line.subject)
            cards += 1
        elif line.act == "application.spoil":
            cards += line.subject not in out  # before its print, or printed on another day
            out.discard(line.subject)
            spoiled += 1
    return Made(cards, spoiled)
