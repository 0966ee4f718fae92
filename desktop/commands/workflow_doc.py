"""Draw docs/workflow.md from the tables, so that the page can't say anything else than they do.

`python -m desktop.commands.workflow_doc` writes the page; with `--check` it only tells whether the
page on disk is the one that the tables give (exit 1 if not). The same tables and words give the
same bytes: rows stand in table order, roles and gates in the order of their enums.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path

from desktop.domain.application import ApplicationState
from desktop.domain.officer import Role
from desktop.domain.service import Channel, Service
from desktop.domain.shipment import ParcelState, ReturnState
from desktop.domain.stock import BlankState
from desktop.domain.workflow import (
    APPLICATION,
    BLANK,
    PARCEL,
    RETURN,
    Action,
    Gate,
    Step,
    Table,
    percent_told,
    road,
)
from desktop.words import Words

PAGE = Path(__file__).resolve().parents[2] / "docs" / "workflow.md"

AnyStep = Step[StrEnum, StrEnum]
AnyTable = Table[StrEnum, StrEnum]

_SIDEWAYS = {
    Action.HOLD,
    Action.RESUME,
    Action.REJECT,
    Action.CANCEL,
    Action.EXPIRE,
}
_SECOND_THOUGHTS = {
    Action.CORRECT,
    Action.CORRECT_PRINTED,
    Action.CORRECT_HANDED,
    Action.REFUSE,
    Action.GIVE_UP,
    Action.SPOIL,
    Action.TAKE_BACK,
    Action.RECALL,
    Action.REISSUE,
}

_FROM_APPROVAL = {
    ApplicationState.APPROVED,
    ApplicationState.AWAITING_MATERIAL,
    ApplicationState.IN_PRODUCTION,
    ApplicationState.ENCODED,
    ApplicationState.PRINTED,
    ApplicationState.INSPECTED,
    ApplicationState.READY,
    ApplicationState.IN_DELIVERY,
    ApplicationState.HANDED_OVER,
}

_OPENING = """\
# Workflow

*Drawn from `desktop/domain/workflow.py` by `python -m desktop.commands.workflow_doc`. Change the
table or the words, then draw the page anew; a test compares them.*

Four tables and one function that walks them decide what may happen to an application, a blank
card, a parcel and a returned parcel. An act is done only if the table has a row for it from the
present state, the officer has one of its roles, is not the maker where the row says so, and all
its gates are in hand. Nothing else changes a state.

- A **gate** is computed from what is on record, never from a screen.
- **Two officers** means two different people, each signing with their own credentials.
- **Not the maker**: whoever made the case is refused, whatever their roles.
- **Reversible** is `no` where an act uses up a card, gives one away or ends the case.
- A *second thought* (correction, refusal) voids the approval; production starts again only with a
  fresh one.
"""


@dataclass(frozen=True, slots=True)
class _Picture:
    """A part of a table that fits one diagram."""

    title: str
    note: str
    shows: Callable[[AnyStep], bool]


@dataclass(frozen=True, slots=True)
class _Chapter:
    """A table with its states, its heading and its diagrams."""

    title: str
    text: str
    table: AnyTable
    states: type[StrEnum]
    pictures: tuple[_Picture, ...]


def _always(_step: AnyStep) -> bool:
    return True


def _onwards(step: AnyStep) -> bool:
    return step.action not in _SIDEWAYS | _SECOND_THOUGHTS


def _by_walk_in(step: AnyStep) -> bool:
    before = step.state not in _FROM_APPROVAL
    return _onwards(step) and before and Channel.WALK_IN in step.channels


def _online(step: AnyStep) -> bool:
    return _onwards(step) and step.channels == frozenset({Channel.ONLINE})


def _from_approval(step: AnyStep) -> bool:
    return _onwards(step) and step.state in _FROM_APPROVAL


def _chapters() -> tuple[_Chapter, ...]:
    return (
        _Chapter(
            "Application",
            "One applicant, one service, one licence class. Its place in delivery is read from "
            "its parcel and never copied.",
            APPLICATION,  # pyright: ignore[reportArgumentType]
            ApplicationState,
            (
                _Picture("A walk-in up to approval", "", _by_walk_in),
                _Picture(
                    "An online case up to approval",
                    "Taken to the counter, it goes on as a walk-in whose fee is paid.",
                    _online,
                ),
                _Picture("From approval to the person", "", _from_approval),
                _Picture(
                    "Second thoughts",
                    "Corrections, refusals, spoiled cards and second cards.",
                    lambda step: step.action in _SECOND_THOUGHTS,
                ),
                _Picture(
                    "Sideways",
                    "A hold returns to where it began.",
                    lambda step: step.action in _SIDEWAYS,
                ),
            ),
        ),
        _Chapter(
            "Blank",
            "A numbered card in stock; exactly one custodian at any time.",
            BLANK,  # pyright: ignore[reportArgumentType]
            BlankState,
            (_Picture("", "", _always),),
        ),
        _Chapter(
            "Parcel",
            "One parcel, one waybill, one application.",
            PARCEL,  # pyright: ignore[reportArgumentType]
            ParcelState,
            (_Picture("", "", _always),),
        ),
        _Chapter(
            "Return",
            "A parcel that came back, from receipt to its one outcome.",
            RETURN,  # pyright: ignore[reportArgumentType]
            ReturnState,
            (_Picture("", "", _always),),
        ),
    )


def page() -> str:
    """The whole page as Markdown, ending in one newline."""
    english, indonesian = Words.load("en"), Words.load("id")
    parts = [_OPENING, _roads(english)]
    for chapter in _chapters():
        parts.append(f"## {chapter.title}\n\n{chapter.text}\n")
        for picture in chapter.pictures:
            parts.append(_drawn(chapter.table, picture, english))
        parts.append(_states(chapter, english, indonesian))
        parts.append(_rows(chapter.table))
    parts.append(_gates(english, indonesian))
    return "\n".join(parts)


def _roads(english: Words) -> str:
    """The straight road of each channel, services with the same road together."""
    lines = ["## Straight roads\n"]
    for channel in Channel:
        together: dict[tuple[ApplicationState, ...], list[Service]] = {}
        for service in Service:
            together.setdefault(road(service, channel), []).append(service)
        for states, services in together.items():
            names = ", ".join(f"`{service}`" for service in services)
            way = " → ".join(english.of(state).lower() for state in states)
            lines.append(f"- `{channel}`, {names}: {way}.")
    return "\n".join(lines) + "\n"


def _drawn(table: AnyTable, picture: _Picture, english: Words) -> str:
    """One Mermaid state diagram; acts between the same two states share an arrow."""
    steps = [step for step in table.steps if picture.shows(step)]
    arrows: dict[tuple[str, str], dict[str, None]] = {}
    named: dict[StrEnum, None] = {}
    for step in steps:
        named[step.state] = None
        to = "held_from" if step.next is None else str(step.next)
        if step.next is not None:
            named[step.next] = None
        arrows.setdefault((str(step.state), to), {})[str(step.action)] = None
    lines = [f"### {picture.title}\n"] if picture.title else []
    if picture.note:
        lines.append(f"{picture.note}\n")
    lines += ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{english.of(state)}" as {state}' for state in named]
    if any(step.next is None for step in steps):
        lines.append('    state "where the hold began" as held_from')
    if table.start in named:
        lines.append(f"    [*] --> {table.start}")
    lines += [f"    {a} --> {b}: {', '.join(acts)}" for (a, b), acts in arrows.items()]
    left = {step.state for step in table.steps}
    lines += [f"    {state} --> [*]" for state in named if state not in left]
    lines.append("```\n")
    return "\n".join(lines)


def _states(chapter: _Chapter, english: Words, indonesian: Words) -> str:
    """Every state with its words, and what the applicant is told."""
    told = chapter.states is ApplicationState
    head = ["State", "Indonesian", "English", "What has happened, what comes next"]
    rows: list[list[str]] = []
    for state in chapter.states:
        row = [
            f"`{state}`",
            indonesian.of(state),
            english.of(state),
            english(f"why.{chapter.states.__name__}.{state.name}"),
        ]
        if isinstance(state, ApplicationState):
            percent = percent_told(state, by_courier=True)
            row.append("–" if percent is None else f"{percent} %")
        rows.append(row)
    if told:
        head.append("Told if sent by courier")
    title = f"### States of the {chapter.table.name}\n\n"
    return title + _grid(head, rows)


def _rows(table: AnyTable) -> str:
    """Every row, those that differ only in the state they start from as one."""
    doors = any(_door(step) != "all" for step in table.steps)
    alike: dict[tuple[str, ...], list[str]] = {}
    for step in table.steps:
        key = (
            f"`{step.action}`",
            _target(step),
            _listed(step.roles, Role),
            _gated(step),
            "yes" if step.reversible else "no",
            *((_door(step),) if doors else ()),
        )
        alike.setdefault(key, []).append(f"`{step.state}`")
    rows = [[", ".join(states), *key] for key, states in alike.items()]
    head = ["From", "Act", "To", "Roles", "Gates", "Reversible"]
    if doors:
        head.append("Channel, service")
    return f"### Rows of the {table.name}\n\n" + _grid(head, rows)


def _target(step: AnyStep) -> str:
    if step.next is None:
        return "where the hold began"
    return "stays" if step.next is step.state else f"`{step.next}`"


def _gated(step: AnyStep) -> str:
    gates = _listed(step.gates - {Gate.SECOND_OFFICER}, Gate)
    notes = [gates] if gates else []
    if step.two_officers:
        notes.append("**two officers**")
    if step.not_maker:
        notes.append("**not the maker**")
    return ", ".join(notes) or "–"


def _door(step: AnyStep) -> str:
    channels = "" if step.channels == frozenset(Channel) else _listed(step.channels, Channel)
    services = "" if step.services == frozenset(Service) else _listed(step.services, Service)
    return "; ".join(part for part in (channels, services) if part) or "all"


def _gates(english: Words, indonesian: Words) -> str:
    rows = [
        [f"`{gate}`", indonesian.of(gate), english.of(gate), english(f"gate.{gate.name}.missing")]
        for gate in Gate
    ]
    return "## Gates\n\n" + _grid(["Gate", "Indonesian", "English", "When it is missing"], rows)


def _listed(members: Iterable[StrEnum], order: Iterable[Enum]) -> str:
    """Enum values in the enum's own order; a set has none that lasts."""
    chosen = frozenset(members)
    return ", ".join(f"`{member.value}`" for member in order if member in chosen)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def lines() -> Iterator[str]:
        yield _line(head)
        yield _line(["---"] * len(head))
        yield from (_line(row) for row in rows)

    return "\n".join(lines()) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with --check compare it; 0 when the page is current."""
    parser = argparse.ArgumentParser(prog="workflow_doc", description="Draw docs/workflow.md.")
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    out: Path = chosen.out
    drawn = page()
    if chosen.check:
        current = out.is_file() and out.read_text(encoding="utf-8") == drawn
        if not current:
            print(f"{out}: not current; run python -m desktop.commands.workflow_doc")
        return 0 if current else 1
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(drawn, encoding="utf-8", newline="\n")
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
