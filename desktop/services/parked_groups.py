"""What waits for a decision, by what it has in common: refused acts hang on the first of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from db.sync_desk import Parked, Told, parked

FACTS = frozenset(
    {"blanks", "movements", "jobs", "shifts", "licences", "papers", "letters", "tickets", "visits",
     "approvals", "attempts", "incidents"}
)  # fmt: skip
"""Kinds of which the centre takes every change, because it tells of something that happened."""


def count_cases(conn: Any) -> int:
    """How many decisions wait; what hangs on a refused act is decided with it."""
    return len(groups_of(parked(conn)))


def groups_of(items: Sequence[Parked]) -> list[list[Parked]]:
    """Parked entries by what they have in common: a case hangs on its first refused act."""
    groups: list[tuple[set[tuple[str, str]], list[Parked]]] = []
    for item in items:
        if item.told is None:
            continue
        keys = {(str(c["kind"]), str(c["id"])) for c in case_changes(item.told)}
        keys.add(("subject", item.told.entry.subject))
        mine = [group for group in groups if group[0] & keys]
        others = [group for group in groups if not group[0] & keys]
        merged = (keys.union(*(g[0] for g in mine)), [p for g in mine for p in g[1]] + [item])
        groups = [*others, merged]
    return [sorted(group, key=lambda p: p.seq) for _, group in groups]


def case_changes(one: Told) -> list[Mapping[str, Any]]:
    """What an act changed of kinds that the centre compares with its own."""
    return [change for change in one.changes if change["kind"] not in FACTS]
