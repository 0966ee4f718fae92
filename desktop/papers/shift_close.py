"""Shift close report: one officer's shift reckoned against hand count and device counters.

A4. A difference is a question, not a verdict: the paper shows what the program can't exclude
(jobs in doubt, restarts, clock jumps) and the officer's own statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desktop.papers import reckoning
from desktop.papers.base import (
    Imprint,
    Line,
    Prose,
    Says,
    Signatory,
    Tally,
    Voice,
    Word,
)
from desktop.papers.reckoning import DeviceCount, ExceptionLine, LotBalance, SpoiledBlank


@dataclass(frozen=True, slots=True)
class ShiftClose:
    """`states` are applications by state at the close; `not_excluded` are what the program
    can't rule out as the cause of a difference."""

    imprint: Imprint
    opened_at: datetime
    closed_at: datetime
    officer: Signatory
    supervisor: Signatory
    states: tuple[Tally, ...]
    lots: tuple[LotBalance, ...]
    devices: tuple[DeviceCount, ...] = ()
    spoiled: tuple[SpoiledBlank, ...] = ()
    exceptions: tuple[ExceptionLine, ...] = ()
    tallies: tuple[Tally, ...] = ()
    not_excluded: tuple[Word, ...] = ()
    statement: Prose = ""
    note: Line = ""
    ribbons: tuple[Prose, ...] = ()


def shift_close(data: ShiftClose, says: Says) -> bytes:
    """The report as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says), press.A4
    zone = data.imprint.zone
    title = voice.both("papers.shift.title")
    story = parts.opening(title, data.imprint, voice, look)
    story.append(
        parts.facts(
            [
                (voice.both("papers.shift.counter"), data.imprint.anchor.counter),
                (
                    voice.both("papers.shift.officer"),
                    f"{data.officer.name} ({data.officer.number})",
                ),
                (voice.both("papers.shift.opened_at"), voice.moment(data.opened_at, zone)),
                (voice.both("papers.shift.closed_at"), voice.moment(data.closed_at, zone)),
                (voice.both("papers.field.note"), data.note),
            ],
            look,
        )
    )
    for name, counts in (("states", data.states), ("tallies", data.tallies)):
        story += parts.tallies(says(f"papers.shift.{name}"), counts, voice, look)
    story += parts.section(says("papers.material.title"), look)
    story += reckoning.material(data.lots, voice, look)
    story += parts.section(says("papers.device.title"), look)
    story.append(reckoning.devices(data.devices, voice, look))
    story += [parts.words(text, look) for text in data.ribbons]
    story += reckoning.spoiled(data.spoiled, voice, look)
    story += reckoning.exceptions(data.exceptions, voice, look)
    if data.not_excluded:
        story += parts.section(says("papers.shift.not_excluded"), look)
        story.append(parts.listing([voice.word(item) for item in data.not_excluded], look))
    people = [data.officer, data.supervisor]
    story.append(reckoning.statement(data.statement, people, data.imprint, voice, look))
    return press.printed(story, data.imprint, voice, look, title[0])
