"""How a letter to a holder begins, and how it names the day by which something is to be done."""

from __future__ import annotations

from datetime import date

from reportlab.platypus import Flowable

from desktop.papers import parts
from desktop.papers.base import Imprint, Says, Voice
from desktop.papers.press import Look


def beginning(
    paper: str, name: str, address: str, imprint: Imprint, voice: Voice, look: Look
) -> list[Flowable]:
    """Letterhead, addressee, title and opening; `paper` is the letter's name in the words."""
    return [
        *parts.letterhead(imprint, voice, look),
        parts.words(voice.says("papers.recall.to"), look, "caption"),
        parts.words(name, look, "strong"),
        parts.words(address, look),
        parts.gap(4),
        *parts.heading(voice.both(f"papers.{paper}.title"), imprint, voice, look),
        parts.words(voice.both(f"papers.{paper}.opening"), look),
        parts.gap(2),
    ]


def by_day(day: date, voice: Voice, second: Says | None, look: Look) -> list[Flowable]:
    """The day by which something is to be done, in a box of its own."""
    first = voice.says("papers.recall.by", date=voice.date(day))
    other = second("papers.recall.by", date=second.date(day, "long")) if second else ""
    return [parts.gap(2.5), parts.boxed([parts.words((first, other), look, "strong")], look)]
