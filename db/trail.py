"""Look along a counter's journal: by time, officer, act or subject, without checking it.

The journal is keyed by its sequence; a time is found in it by halving, so that a day's acts cost
a day's rows and not a month's. A clock that was set back makes such a start approximate: the
rows themselves are then still filtered by their own times.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from db import tables as t
from db.chain import iso
from db.journal import head_of


@dataclass(frozen=True, slots=True)
class Line:
    """One act. `content` is None where it wasn't asked for or was erased."""

    epoch: int
    seq: int
    time: datetime
    tick_us: int
    officer: str
    act: str
    subject: str
    content: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts. Empty means all; `acts` may end in `*`. `after` and `before` are sequences."""

    since: datetime | None = None
    until: datetime | None = None
    officer: str = ""
    acts: tuple[str, ...] = ()
    subjects: Collection[str] = ()
    after: int = 0
    before: int = 0


def look(
    conn: Connection,
    counter: str,
    wanted: Wanted,
    *,
    content: bool = True,
    newest_first: bool = False,
    limit: int | None = None,
) -> list[Line]:
    """The wanted acts in order, or the newest ones first."""
    j = t.journal.c
    columns = [j.epoch, j.seq, j.time, j.tick_us, j.officer, j.act, j.subject]
    query: Select[Any] = select(*columns, t.payloads.c.body) if content else select(*columns)
    if content:
        query = query.select_from(
            t.journal.outerjoin(t.payloads, t.payloads.c.entry_id == j.entry_id)
        )
    query = query.where(*_clauses(conn, counter, wanted))
    order: Sequence[Any] = (j.epoch, j.seq)
    if newest_first:
        order = (j.epoch.desc(), j.seq.desc())
    found: list[Line] = []
    for row in conn.execute(query.order_by(*order).limit(limit)):
        body = row.body if content else None
        found.append(
            Line(
                row.epoch,
                row.seq,
                datetime.fromisoformat(row.time),
                row.tick_us,
                row.officer or "",
                row.act,
                row.subject,
                json.loads(body)["content"] if body else None,
            )
        )
    return found


def count(conn: Connection, counter: str, wanted: Wanted) -> dict[tuple[str, str], int]:
    """How many of the wanted acts there are, by (act, officer)."""
    j = t.journal.c
    query = (
        select(j.act, j.officer, func.count())
        .where(*_clauses(conn, counter, wanted))
        .group_by(j.act, j.officer)
    )
    return {(row[0], row[1] or ""): int(row[2]) for row in conn.execute(query)}


def _clauses(conn: Connection, counter: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    j = t.journal.c
    clauses: list[ColumnElement[bool]] = [j.counter == counter]
    after = wanted.after
    if wanted.since is not None:
        clauses.append(j.time >= iso(wanted.since))
        if not after:
            epoch, start = _place_of(conn, counter, wanted.since)
            if start:
                clauses += [j.epoch >= epoch, j.seq >= start]
    if wanted.until is not None:
        clauses.append(j.time < iso(wanted.until))
    if after:
        clauses.append(j.seq > after)
    if wanted.before:
        clauses.append(j.seq < wanted.before)
    if wanted.officer:
        clauses.append(j.officer == wanted.officer)
    if wanted.subjects:
        clauses.append(j.subject.in_(list(wanted.subjects)))
    if wanted.acts:
        whole = [act for act in wanted.acts if not act.endswith("*")]
        either: ColumnElement[bool] = j.act.in_(whole)
        for act in wanted.acts:
            if act.endswith("*"):
                either = either | j.act.startswith(act[:-1], autoescape=True)
        clauses.append(either)
    return clauses


def _place_of(conn: Connection, counter: str, moment: datetime) -> tuple[int, int]:
    """Where in the head's epoch a moment begins; (0, 0) when it may lie before that epoch."""
    j = t.journal.c
    head = head_of(conn, counter)
    here = (j.counter == counter) & (j.epoch == head.epoch)
    first = conn.execute(select(func.min(j.seq)).where(here)).scalar()
    if first is None:
        return 0, 0
    low, high, wanted = int(first), head.seq + 1, iso(moment)

    def time_at(seq: int) -> str:
        found = conn.execute(select(j.time).where(here & (j.seq == seq))).scalar()
        return str(found)

    if time_at(low) >= wanted:
        return 0, 0
    while low + 1 < high:
        middle = (low + high) // 2
        if time_at(middle) >= wanted:
            high = middle
        else:
            low = middle
    return head.epoch, high
