"""The parked desk: entries that the centre keeps but didn't apply, and work beside the chain.

A supervisor decides, and each decision is an act of its own: the centre's version is taken, or our
change is done again on top of it. Work that a restored or cloned store left beside its chain is
released as new acts, or laid aside with a reason. Nothing that was written is ever changed, and
what is done again is done by those who are there now (`redoing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from db.judged import settle_parked
from db.sync_desk import (
    Parked,
    Told,
    centre_row,
    decide_stray,
    lay_over,
    our_row,
    parked,
    put_over,
    strays,
    told,
)
from desktop.domain.application import Application, ReasonMissing
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, Role
from desktop.ledger import Reading, Writing
from desktop.notices import ApplicationMoved, SyncMoved
from desktop.services.base import require
from desktop.services.centre_rows import ENDED, RowSense
from desktop.services.laid_aside import (
    NAMED,
    changed,
    stand_in_as_told,
    take_back,
    take_back_after,
    undo,
)
from desktop.services.parked_groups import case_changes, groups_of
from desktop.services.redoing import Redoing, first_of
from desktop.services.told_names import NAMELESS, as_named, first_used, named, title
from desktop.services.whose_case import Whose, cases, whose

if TYPE_CHECKING:
    from desktop.services.approval import Approvals
    from desktop.services.base import Frame
    from desktop.services.syncing import Syncing

ACCEPTED = "conflict.accepted"
RESUBMITTED = "conflict.resubmitted"
NOTED = "restored.noted"
_ALONE = frozenset(
    {"case.taken", "case.released", "conflict.accepted", "conflict.resubmitted",
     "intake.refused", "intake.skipped", "officer.delegation_ended"}
)  # fmt: skip
"""Acts that the centre answers to though they change no row."""


class NothingToDecide(Problem):
    """The conflict was decided meanwhile."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which our version and the centre's differ, as plain values."""

    kind: str
    field: str
    ours: object
    centres: object


@dataclass(frozen=True, slots=True)
class ParkedCase:
    """A case whose acts the centre didn't apply: the first of them, and what hangs on it."""

    entry_id: str
    seq: int
    reason: str
    act: str
    acts: int
    number: str
    officer: str
    at: datetime
    detail: Mapping[str, Any]
    differences: tuple[Difference, ...]
    whose: Whose | None = None
    """Who has the case, where that is why the centre refused."""
    cases: tuple[str, ...] = ()
    used_for: str = ""
    """The case of this office for which a number or a proof was used first."""


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

    def __init__(self, frame: Frame, syncing: Syncing, approvals: Approvals) -> None:
        self._frame = frame
        self._syncing = syncing
        self._approvals = approvals
        self._sense = RowSense()

    # -- looking ---------------------------------------------------------------------------

    def parked(self) -> list[ParkedCase]:
        """What the centre didn't apply, by case, oldest first."""
        with self._frame.ledger.reading() as r:
            found: list[ParkedCase] = []
            for group in groups_of(parked(r.conn)):
                first = group[0]
                assert first.told is not None
                entry = first.told.entry
                found.append(
                    ParkedCase(
                        entry_id=first.entry_id,
                        seq=first.seq,
                        reason=first.reason,
                        act=entry.act,
                        acts=len(group),
                        number=named(r, first.told),
                        officer=title(r, entry.officer),
                        at=datetime.fromisoformat(entry.time),
                        detail=first.detail,
                        differences=self._differences(r, group),
                        whose=whose(r, self._syncing.sync.counter, group),
                        cases=tuple(cases(group)),
                        used_for=first_used(r, first.detail),
                    )
                )
        return found

    def strays(self) -> list[StrayWork]:
        """Work beside the chain, oldest first."""
        with self._frame.ledger.reading() as r:
            return [
                StrayWork(
                    one.entry.entry_id, one.entry.seq, one.entry.act,
                    named(r, one),
                    title(r, one.entry.officer), datetime.fromisoformat(one.entry.time),
                )
                for one in strays(r.conn)
            ]  # fmt: skip

    # -- parked entries --------------------------------------------------------------------

    def accept(self, by: Actor, entry_id: str) -> None:
        """Take the centre's version of everything that these acts changed.

        A case that the centre doesn't have at all is cancelled here. Raises RoleMissing,
        NothingToDecide.
        """
        require(by, Role.SUPERVISOR)
        with self._frame.ledger.acting(by) as w:
            group = self._open(w, entry_id)
            for kind, key in _touched(group):
                row = self._centre(w, group, kind, key)
                if row is not None:
                    lay_over(w.conn, self._sense, kind, row)
                else:
                    undo(w, self._sense, kind, key)
                self._moved(w, kind, key)
            w.record(ACCEPTED, _subject(group), {"entries": [item.entry_id for item in group]})
            self._settle(w, group)

    def redo(self, by: Actor, entry_id: str, helpers: Sequence[Actor] = ()) -> None:
        """Do our acts again, one by one, on top of the centre's version.

        Each is an act of `by`, or of whom it needs among `helpers`, who signed in beside them for
        it. Raises RoleMissing, NothingToDecide, HelpNeeded (nothing was done yet: somebody of that
        duty is wanted), NoSuchStep, and what `check_ours` raises of a case that this counter
        hasn't: the centre would refuse it again.
        """
        require(by, Role.SUPERVISOR)
        with self._frame.ledger.acting(by) as w:
            group = self._open(w, entry_id)
            again = Redoing(w, self._approvals, by, helpers)
            now = {at: self._centre(w, group, *at) for at in _touched(group)}
            self._check_held(w, now)
            w.record(RESUBMITTED, _subject(group), {"entries": [item.entry_id for item in group]})
            for item in group:
                assert item.told is not None
                changes = [dict(change) for change in case_changes(item.told)]
                if not changes:
                    continue  # what is a fact has landed
                before = {key: row for (_, key), row in now.items() if row is not None}
                who = again.whose(item.told, changes, before)
                told: list[dict[str, Any]] = []
                for change in changes:
                    at = (str(change["kind"]), str(change["id"]))
                    base = now[at]
                    made = again.made_by(who, item.told.entry, change, base or {}, onto_others=True)
                    values = made["set"]
                    if base is not None:
                        values["version"] = int(base.get("version") or 0) + 1
                        values = {n: v for n, v in values.items() if base.get(n) != v}
                    now[at] = {"id": at[1], **(base or {}), **values}
                    told.append({**made, "set": values})
                again.record(who, item.told, told, "redone")
            for (kind, key), row in now.items():
                if row is not None:
                    lay_over(w.conn, self._sense, kind, row)
                    self._moved(w, kind, key)
            self._settle(w, group)

    # -- work beside the chain -------------------------------------------------------------

    def release(self, by: Actor, entry_id: str, helpers: Sequence[Actor] = ()) -> None:
        """Bring a piece of work beside the chain into it, as a new act with the same changes.

        Whose act it is: as for `redo`. What only told of something that happened then (a sign-in,
        a look) is noted and not done again. Raises RoleMissing, NothingToDecide, HelpNeeded.
        """
        require(by, Role.SUPERVISOR)
        with self._frame.ledger.acting(by) as w:
            one = self._stray(w, entry_id)
            if one.changes or one.entry.act in _ALONE:
                self._bring(w, Redoing(w, self._approvals, by, helpers), one)
            else:
                told = {"act": one.entry.act, "released": first_of(one.entry)}
                w.record(NOTED, one.entry.subject, told)
            decide_stray(w.conn, entry_id, "released")
            take_back_after(w, self._sense, self._syncing.sync.counter, one)
            w.notify(SyncMoved())

    def _bring(self, w: Writing, again: Redoing, one: Told) -> None:
        ours = {
            str(c["id"]): our_row(w.conn, "applications", str(c["id"])) or {}
            for c in one.changes
            if c["kind"] == "applications"
        }
        # Where a case stood before this piece, its own entry says: our row is further on.
        before = {key: {n: v for n, v in row.items() if n != "state"} for key, row in ours.items()}
        who = again.whose(one, [dict(change) for change in one.changes], before)
        told = [
            again.made_by(
                who, one.entry, dict(change), ours.get(str(change["id"]), {}), onto_others=False
            )
            for change in one.changes
        ]
        for change in told:
            row = ours.get(str(change["id"]))
            if row:
                kept = {n: change["set"][n] for n in NAMED if n in change["set"]}
                if row.get("approved_digest") not in ("", _approved(one, change)):
                    kept = {"makers": kept["makers"]} if "makers" in kept else {}
                put_over(w.conn, self._sense, "applications", {**row, **kept})
        again.record(who, one, told, "released")

    def release_all(self, by: Actor, helpers: Sequence[Actor] = ()) -> int:
        """Release everything beside the chain in its order; how many pieces.

        Raises as `release`; what was released before stays released.
        """
        waiting = self.strays()
        for one in waiting:
            self.release(by, one.entry_id, helpers)
        return len(waiting)

    def drop(self, by: Actor, entry_id: str, reason: str) -> None:
        """Lay a piece of work aside: it was done again elsewhere, or never happened.

        What it changed is again as the centre has it, once nothing else of ours hangs on that.
        Raises RoleMissing, ReasonMissing, NothingToDecide.
        """
        require(by, Role.SUPERVISOR)
        if not reason.strip():
            raise ReasonMissing
        with self._frame.ledger.acting(by) as w:
            one = self._stray(w, entry_id)
            decide_stray(w.conn, entry_id, "dropped")
            stand_in_as_told(w, self._syncing.sync.counter, self._frame.today(), one)
            w.record(
                "restored.dropped", one.entry.subject,
                {"entry_id": entry_id, "act": one.entry.act, "reason": reason.strip()},
            )  # fmt: skip
            take_back(w, self._sense, self._syncing.sync.counter, changed(one))
            w.notify(SyncMoved())

    # -- inside ----------------------------------------------------------------------------

    def _open(self, w: Writing, entry_id: str) -> list[Parked]:
        for group in groups_of(parked(w.conn)):
            if any(item.entry_id == entry_id for item in group):
                return group
        raise NothingToDecide

    def _check_held(self, r: Reading, now: Mapping[tuple[str, str], dict[str, Any] | None]) -> None:
        """Refuse before anybody signs; of a case that ended there the step itself says so."""
        link = self._frame.link
        for (kind, key), row in now.items():
            if kind != "applications" or link is None or (row or {}).get("state") in ENDED:
                continue
            app = r.look(Application, key)
            if app is not None:
                link.check_ours(r, app)

    def _settle(self, w: Writing, group: Sequence[Parked]) -> None:
        for item in group:
            settle_parked(w.conn, item.entry_id)
        w.notify(SyncMoved())

    def _stray(self, w: Writing, entry_id: str) -> Told:
        if all(one.entry.entry_id != entry_id for one in strays(w.conn)):
            raise NothingToDecide
        found = told(w.conn, entry_id)
        if found is None:
            raise NothingToDecide
        return found

    def _centre(
        self, r: Reading, group: Sequence[Parked], kind: str, key: str
    ) -> dict[str, Any] | None:
        """The centre's newest row that we heard of, with the feed or with the refusal."""
        found = [centre_row(r.conn, kind, key)]
        for item in group:
            for one in item.detail.get("rows") or ():
                if str(one["kind"]) == kind and str(one["id"]) == key and one.get("row"):
                    found.append(dict(one["row"]))
        there = [row for row in found if row is not None]
        return max(there, key=lambda row: int(row.get("version") or 0), default=None)

    def _differences(self, r: Reading, group: Sequence[Parked]) -> tuple[Difference, ...]:
        found: list[Difference] = []
        for kind, key in _touched(group):
            theirs, ours = self._centre(r, group, kind, key), our_row(r.conn, kind, key)
            if theirs is None or ours is None:
                continue
            found += [
                Difference(
                    kind,
                    name,
                    as_named(r, name, ours.get(name)),
                    as_named(r, name, theirs.get(name)),
                )
                for name in sorted(ours.keys() | theirs.keys())
                if name not in NAMELESS and ours.get(name) != theirs.get(name)
            ]
        return tuple(found)

    def _moved(self, w: Writing, kind: str, key: str) -> None:
        if kind == "applications":
            w.notify(ApplicationMoved(key))


def _touched(group: Sequence[Parked]) -> list[tuple[str, str]]:
    found = [
        (str(change["kind"]), str(change["id"]))
        for item in group
        if item.told is not None
        for change in case_changes(item.told)
    ]
    return list(dict.fromkeys(found))


def _subject(group: Sequence[Parked]) -> str:
    return group[0].told.entry.subject if group[0].told else group[0].entry_id


def _approved(one: Told, change: Mapping[str, Any]) -> str:
    """The digest that a piece of work had approved for this case the first time."""
    found = [c["set"] for c in one.changes if c["id"] == change["id"]]
    return str(next((s["approved_digest"] for s in found if "approved_digest" in s), ""))
