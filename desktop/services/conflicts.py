"""The parked desk: entries that the centre keeps but didn't apply, and work beside the chain.

A supervisor decides, and each decision is an act of its own: the centre's version is taken, or our
change is done again on top of it. Work that a restored or cloned store left beside its chain is
released as new acts, or laid aside with a reason. Nothing that was written is ever changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from db.feed import settle_parked
from db.sync_desk import (
    Told,
    centre_row,
    decide_stray,
    lay_over,
    parked,
    strays,
    told,
)
from desktop.domain.application import ReasonMissing
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, Role
from desktop.ledger import Writing
from desktop.notices import ApplicationMoved, SyncMoved
from desktop.services.base import require
from desktop.services.centre_rows import RowSense

if TYPE_CHECKING:
    from desktop.services.base import Frame
    from desktop.services.syncing import Syncing

ACCEPTED = "conflict.accepted"
RESUBMITTED = "conflict.resubmitted"
FACTS = frozenset(
    {"blanks", "movements", "jobs", "shifts", "licences", "papers", "letters", "tickets", "visits",
     "approvals", "attempts", "incidents"}
)  # fmt: skip
"""Kinds of which the centre takes every change, because it tells of something that happened."""


@dataclass(eq=False)
class NothingToDecide(Problem):
    """The conflict was decided meanwhile."""


@dataclass(eq=False)
class CentreRowMissing(Problem):
    """The centre's version isn't here yet; it comes with the next exchange."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which our version and the centre's differ, as plain values."""

    kind: str
    field: str
    ours: object
    centres: object


@dataclass(frozen=True, slots=True)
class ParkedCase:
    """A parked entry as the desk shows it."""

    entry_id: str
    seq: int
    reason: str
    act: str
    number: str
    officer: str
    at: datetime
    detail: Mapping[str, Any]
    differences: tuple[Difference, ...]
    can_accept: bool
    can_redo: bool


@dataclass(frozen=True, slots=True)
class StrayWork:
    """An entry beside the chain."""

    entry_id: str
    seq: int
    act: str
    number: str
    officer: str
    at: datetime


class Conflicts:
    """Acts on parked entries and on work beside the chain."""

    def __init__(self, frame: Frame, syncing: Syncing) -> None:
        self._frame = frame
        self._syncing = syncing
        self._sense = RowSense()

    # -- looking ---------------------------------------------------------------------------

    def parked(self) -> list[ParkedCase]:
        """What the centre didn't apply, oldest first."""
        with self._frame.ledger.reading() as r:
            found: list[ParkedCase] = []
            for item in parked(r.conn):
                if item.told is None:
                    continue
                entry = item.told.entry
                there = [
                    (change, row)
                    for change in _case_changes(item.told)
                    if (row := self._centre(r.conn, item.detail, change)) is not None
                ]
                found.append(
                    ParkedCase(
                        entry_id=item.entry_id,
                        seq=item.seq,
                        reason=item.reason,
                        act=entry.act,
                        number=str(item.told.content.get("number") or entry.subject[:36]),
                        officer=entry.officer or "",
                        at=datetime.fromisoformat(entry.time),
                        detail=item.detail,
                        differences=_differences(there),
                        can_accept=len(there) == len(_case_changes(item.told)),
                        can_redo=bool(there),
                    )
                )
        return found

    def strays(self) -> list[StrayWork]:
        """Work beside the chain, oldest first."""
        with self._frame.ledger.reading() as r:
            return [
                StrayWork(
                    one.entry.entry_id, one.entry.seq, one.entry.act,
                    str(one.content.get("number") or one.entry.subject[:36]),
                    one.entry.officer or "", datetime.fromisoformat(one.entry.time),
                )
                for one in strays(r.conn)
            ]  # fmt: skip

    # -- parked entries --------------------------------------------------------------------

    def accept(self, by: Actor, entry_id: str) -> None:
        """Take the centre's version of everything that the entry changed.

        Raises RoleMissing, NothingToDecide, CentreRowMissing.
        """
        require(by, Role.SUPERVISOR)
        with self._frame.ledger.acting(by) as w:
            item = self._open(w, entry_id)
            detail, entry_told = item
            for change in _case_changes(entry_told):
                row = self._centre(w.conn, detail, change)
                if row is None:
                    raise CentreRowMissing
                lay_over(w.conn, self._sense, str(change["kind"]), row)
                self._moved(w, change)
            w.record(
                ACCEPTED, entry_told.entry.subject,
                {"entry_id": entry_id, "act": entry_told.entry.act},
            )  # fmt: skip
            settle_parked(w.conn, entry_id)
            w.notify(SyncMoved())

    def redo(self, by: Actor, entry_id: str) -> None:
        """Do our change again on top of the centre's version.

        Raises RoleMissing, NothingToDecide, CentreRowMissing.
        """
        require(by, Role.SUPERVISOR)
        with self._frame.ledger.acting(by) as w:
            detail, entry_told = self._open(w, entry_id)
            changes: list[dict[str, Any]] = []
            for change in _case_changes(entry_told):
                row = self._centre(w.conn, detail, change)
                if row is None:
                    raise CentreRowMissing
                values = dict(change["set"])
                values["version"] = int(row.get("version") or 0) + 1
                lay_over(w.conn, self._sense, str(change["kind"]), {**row, **values})
                changes.append({"kind": change["kind"], "id": change["id"], "set": values})
                self._moved(w, change)
            w.tell(changes, entry_told.blobs)
            w.record(
                RESUBMITTED, entry_told.entry.subject,
                {
                    "entry_id": entry_id, "act": entry_told.entry.act,
                    "number": entry_told.content.get("number", ""),
                },
            )  # fmt: skip
            settle_parked(w.conn, entry_id)
            w.notify(SyncMoved())

    # -- work beside the chain -------------------------------------------------------------

    def release(self, by: Actor, entry_id: str) -> None:
        """Bring a piece of work beside the chain into it, as a new act with the same changes.

        Raises RoleMissing, NothingToDecide.
        """
        require(by, Role.SUPERVISOR)
        with self._frame.ledger.acting(by) as w:
            one = self._stray(w, entry_id)
            w.tell([dict(change) for change in one.changes], one.blobs)
            w.again(
                one.entry.act, one.entry.subject,
                {**one.content, "released": {"entry_id": entry_id, "by": by.officer}},
                one.entry,
            )  # fmt: skip
            decide_stray(w.conn, entry_id, "released")
            w.notify(SyncMoved())

    def release_all(self, by: Actor) -> int:
        """Release everything beside the chain in its order; how many pieces."""
        waiting = self.strays()
        for one in waiting:
            self.release(by, one.entry_id)
        return len(waiting)

    def drop(self, by: Actor, entry_id: str, reason: str) -> None:
        """Lay a piece of work aside: it was done again elsewhere, or never happened.

        Raises RoleMissing, ReasonMissing, NothingToDecide.
        """
        require(by, Role.SUPERVISOR)
        if not reason.strip():
            raise ReasonMissing
        with self._frame.ledger.acting(by) as w:
            one = self._stray(w, entry_id)
            w.record(
                "restored.dropped", one.entry.subject,
                {"entry_id": entry_id, "act": one.entry.act, "reason": reason.strip()},
            )  # fmt: skip
            decide_stray(w.conn, entry_id, "dropped")
            w.notify(SyncMoved())

    # -- inside ----------------------------------------------------------------------------

    def _open(self, w: Writing, entry_id: str) -> tuple[Mapping[str, Any], Told]:
        item = next((p for p in parked(w.conn) if p.entry_id == entry_id), None)
        if item is None or item.told is None:
            raise NothingToDecide
        return item.detail, item.told

    def _stray(self, w: Writing, entry_id: str) -> Told:
        if all(one.entry.entry_id != entry_id for one in strays(w.conn)):
            raise NothingToDecide
        found = told(w.conn, entry_id)
        if found is None:
            raise NothingToDecide
        return found

    def _centre(
        self, conn: Any, detail: Mapping[str, Any], change: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The centre's row: as it came with the feed, as the refusal told it, or our own older."""
        kind, key = str(change["kind"]), str(change["id"])
        found = centre_row(conn, kind, key)
        if found is not None:
            return found
        for one in detail.get("rows") or ():
            if str(one["kind"]) == kind and str(one["id"]) == key and one.get("row"):
                return dict(one["row"])
        return None

    def _moved(self, w: Writing, change: Mapping[str, Any]) -> None:
        if change["kind"] == "applications":
            w.notify(ApplicationMoved(str(change["id"])))


def _case_changes(one: Told) -> list[Mapping[str, Any]]:
    return [change for change in one.changes if change["kind"] not in FACTS]


def _differences(
    there: list[tuple[Mapping[str, Any], dict[str, Any]]],
) -> tuple[Difference, ...]:
    return tuple(
        Difference(str(change["kind"]), name, value, row.get(name))
        for change, row in there
        for name, value in dict(change["set"]).items()
        if name not in ("version", "changed_at") and row.get(name) != value
    )
