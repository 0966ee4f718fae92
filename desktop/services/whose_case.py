"""Who has a case of which the centre refused something: it decides what is right to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from db import sync_state
from db.sync_desk import Parked
from desktop.ledger import Reading
from desktop.services.parked_groups import case_changes

LOST = frozenset({"claimed", "fenced"})
"""The centre's words for an act of a counter that didn't hold the case then."""


class Holder(StrEnum):
    """Who has the case now."""

    HERE = "here"
    NOBODY = "nobody"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Whose:
    """Who has it; `counter` is another counter, or the office where the case is another's."""

    holder: Holder
    counter: str = ""
    office: str = ""


def whose(r: Reading, counter: str, group: Sequence[Parked]) -> Whose | None:
    """Who has the case that an act was refused for; None where that isn't why it was refused.

    What the centre says of our leases goes before the refusal, which tells of the past.
    """
    first = group[0]
    if first.reason not in LOST:
        return None
    told = first.detail
    key = str(told.get("application") or next(iter(cases(group)), ""))
    lease = sync_state.lease_of(r.conn, key)
    if lease is not None and lease.counter:
        mine = lease.counter == counter
        return Whose(Holder.HERE) if mine else Whose(Holder.OTHER, lease.counter)
    then = str(told.get("counter") or "")
    if then and then != counter and not told.get("released"):
        return Whose(Holder.OTHER, then)
    office = str(told.get("office") or "")
    return Whose(Holder.OTHER, office=office) if office else Whose(Holder.NOBODY)


def cases(group: Iterable[Parked]) -> list[str]:
    """The cases that refused acts changed."""
    found = [
        str(change["id"])
        for item in group
        if item.told is not None
        for change in case_changes(item.told)
        if change["kind"] == "applications"
    ]
    return list(dict.fromkeys(found))
