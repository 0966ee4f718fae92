"""The line's state in words: what it is, since when, and what that forbids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil

from desktop.services.forbidden import Forbidden
from desktop.services.sync_facts import LineState, SyncFacts
from desktop.words import ProblemText, Words
from ui.widgets.banner import Tone
from ui.widgets.state import Level, StateItem

SOON = timedelta(hours=1)
"""A case that is held no longer than this asks for attention."""

LEVELS = {
    LineState.NONE: Level.OFF,
    LineState.NOT_YET: Level.OFF,
    LineState.WORKING: Level.BUSY,
    LineState.STOPPED: Level.ATTEND,
    LineState.UP: Level.GOOD,
    LineState.DOWN: Level.ATTEND,
    LineState.FAULT: Level.BAD,
    LineState.REFUSED: Level.BAD,
    LineState.FORKED: Level.BAD,
    LineState.TOO_OLD: Level.BAD,
    LineState.STUCK: Level.BAD,
}
TONES = {
    Level.GOOD: Tone.SUCCESS,
    Level.BUSY: Tone.INFO,
    Level.OFF: Tone.INFO,
    Level.ATTEND: Tone.WARNING,
    Level.BAD: Tone.ERROR,
}


def line_tone(facts: SyncFacts) -> Tone:
    """The banner's tone; a clock that is off is worth attention while the line is well."""
    if facts.state is LineState.UP and facts.clock_off is not None:
        return Tone.WARNING
    return TONES[LEVELS[facts.state]]


def bar_item(words: Words, facts: SyncFacts, today: date) -> StateItem:
    """The lower edge's sync item: state, queue, and how old the oldest is.

    Of today the time alone: beside a whole date the devices would lose their names.
    """
    level = LEVELS[facts.state]
    if facts.state is LineState.UP and (facts.needs_hand or facts.clock_off is not None):
        level = Level.ATTEND
    since = "–"
    if facts.down_since is not None:
        since = words.moment(facts.down_since)
        since = since.removeprefix(words.date(today)).strip()
    text = words(f"sync.bar.{facts.state}", since=since)
    if facts.waiting:
        text = f"{text} · {words('sync.bar.queue', count=facts.waiting)}"
    detail = words("sync.bar.quiet")
    if facts.oldest is not None:
        detail = words("sync.bar.oldest", at=words.moment(facts.oldest))
    if facts.needs_hand:
        text = f"{text} · {words('sync.bar.hand', count=facts.needs_hand)}"
    return StateItem(level, text, detail, "sync")


def line_words(words: Words, facts: SyncFacts, forbids: Forbidden) -> ProblemText:
    """The banner's two sentences."""
    since = words.moment(facts.down_since) if facts.down_since is not None else "–"
    again = soon_words(words, timedelta(seconds=facts.next_in))
    text = words(
        f"sync.line.{facts.state}", since=since, again=again, word=facts.word or "–",
        waiting=facts.waiting,
    )  # fmt: skip
    if facts.state is LineState.UP and facts.clock_off is not None:
        off = length_words(words, facts.clock_off)
        return ProblemText(words("sync.line.clock", length=off), words("sync.line.clock.do"))
    if facts.state is LineState.WORKING and facts.whole:
        return ProblemText(text, progress_words(words, facts))
    if facts.state in (LineState.UP, LineState.WORKING):
        return ProblemText(text, "")
    return ProblemText(text, forbidden_words(words, forbids))


def progress_words(words: Words, facts: SyncFacts) -> str:
    """How far a long exchange is."""
    done, whole = words.number(facts.done), words.number(facts.whole)
    return words("sync.progress.of", done=done, whole=whole)


def length_words(words: Words, length: timedelta) -> str:
    """How long, in the largest unit that says it."""
    minutes = round(abs(length.total_seconds()) / 60)
    for unit, size in (("days", 1440), ("hours", 60)):
        if minutes >= 2 * size:
            return words(f"sync.line.clock.{unit}", count=round(minutes / size))
    return words("sync.line.clock.minutes", count=minutes)


def left_words(words: Words, left: timedelta) -> str:
    """How long a case is still held, in hours and minutes; a bare "24:00" reads as either."""
    if left <= timedelta(0):
        return words("sync.left.ended")
    hours, minutes = divmod(ceil(left.total_seconds() / 60), 60)
    if not hours:
        return words("sync.left.minutes", minutes=minutes)
    if not minutes:
        return words("sync.left.whole", hours=hours)
    return words("sync.left.hours", hours=hours, minutes=minutes)


def soon_words(words: Words, left: timedelta) -> str:
    """In how long something is tried again, in one unit, never less than is left."""
    seconds = max(1, ceil(left.total_seconds()))
    if seconds < 60:
        return words("sync.in.seconds", count=seconds)
    unit, size = ("minutes", 60) if seconds < 3600 else ("hours", 3600)
    return words(f"sync.line.clock.{unit}", count=ceil(seconds / size))


def left_state(words: Words, left: timedelta) -> StateItem:
    """The same as a state: what ends within the hour is amber, what ended red."""
    told = left_words(words, left)
    if left <= timedelta(0):
        return StateItem(Level.BAD, told)
    return StateItem(Level.ATTEND if left < SOON else Level.GOOD, told)


def held_words(words: Words, left: Sequence[timedelta]) -> str:
    """How many cases are held here, and how many of them run out soon or did."""
    over = sum(1 for one in left if one <= timedelta(0))
    soon = sum(1 for one in left if timedelta(0) < one < SOON)
    told = [words("sync.over", count=over)] if over else []
    told += [words("sync.ending", count=soon)] if soon else []
    held = words("sync.status.leases", count=len(left))
    return f"{held} ({', '.join(told)})" if told else held


def counter_words(words: Words, counter: str) -> str:
    """A counter by its number in its office: `1374-L3` is "Loket 3 (1374)"."""
    return words.counter(counter) or words("sync.nobody")


def forbidden_words(words: Words, forbids: Forbidden) -> str:
    """What must wait for the line."""
    parts: list[str] = []
    if forbids.later:
        parts.append(words("sync.forbids.later", services=forbids.later))
    if forbids.until is not None:
        parts.append(words("sync.forbids.until", until=words.moment(forbids.until)))
    if forbids.cases:
        parts.append(words("sync.forbids.cases"))
    return " ".join(parts)
