"""What a piece of work beside the chain left in the store, once a supervisor laid it aside.

The centre never heard of the piece, so everything of it is again as the centre has it, with what
was released meanwhile on top: that the centre has, or will have with the next exchange.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from db import outbox, rows, search, sync_state
from db.orders import orders_of
from db.sync_desk import Told, centre_row, lay_over, lay_over_if_free, our_row, strays
from desktop.domain.officer import Officer, Role
from desktop.ledger import Writing
from desktop.notices import ApplicationMoved, DutyChanged, StockChanged
from desktop.services.centre_rows import RowSense
from desktop.services.orders import DELEGATIONS, stands_in

NAMED = ("makers", "approved_by", "approved_digest")
"""Fields of a case that name who had it in hand."""
RELEASED = "released"
"""What the content of an act says that was brought into the chain: which one it stands for."""

Thing = tuple[str, str]
"""Kind and id."""


def changed(one: Told, version: int | None = None) -> list[Thing]:
    """The things that a piece of work changed; with `version`, those it brought to that one."""
    found = [
        (str(change["kind"]), str(change["id"]))
        for change in one.changes
        if version is None or int(change["set"].get("version") or 0) == version
    ]
    return list(dict.fromkeys(found))


def take_back(w: Writing, sense: RowSense, counter: str, things: Iterable[Thing]) -> None:
    """Things of pieces that were laid aside, as they stand without those.

    Not yet those on which other work of ours hangs, or whose place is taken by one of those: each
    of them is looked at again with the next piece.
    """
    ours = outbox.held_back(w.conn, counter, sync_state.acked(w.conn), RELEASED)
    released, dropped = strays(w.conn, "released"), strays(w.conn, "dropped")
    stay = {at for one in released for at in changed(one)}
    made = {at for one in dropped for at in changed(one, version=0)} - stay
    now = dict.fromkeys(at for at in things if at not in ours)
    left = {at for one in dropped for at in changed(one)} - ours - now.keys()
    over: list[tuple[str, dict[str, Any]]] = []
    settled: set[Thing] = set()
    for kind, key in (*now, *sorted(left)):
        base = centre_row(w.conn, kind, key) if kind != "movements" else None
        row = _with(w, released, kind, key, base)
        if row is not None and (base is not None or (kind, key) in now):
            over.append((kind, row))
        elif (kind, key) in made and (kind, key) in now:  # the centre never had it
            undo(w, sense, kind, key)
            settled.add((kind, key))
    for kind, row in over:  # now that nothing is in their place
        if lay_over_if_free(w.conn, sense, kind, row):
            settled.add((kind, str(row["id"])))
    for kind, key in settled:
        if kind == "applications":
            w.notify(ApplicationMoved(key))
    _unmove(w, stay, dropped, {key for kind, key in settled if kind == "blanks"})


def take_back_after(w: Writing, sense: RowSense, counter: str, one: Told) -> None:
    """What was laid aside while this piece, which is released now, still hung on it."""
    aside = {at for dropped in strays(w.conn, "dropped") for at in changed(dropped)}
    if things := [at for at in changed(one) if at in aside]:
        take_back(w, sense, counter, things)


def undo(w: Writing, sense: RowSense, kind: str, key: str) -> None:
    """Something of ours that the centre doesn't have."""
    if kind in ("evidence", "blanks", "licences"):
        rows.delete(w.conn, kind, key)
        if kind == "licences":
            search.forget(w.conn, key)
    elif kind == "applications":
        ours = our_row(w.conn, kind, key)
        if ours is not None:
            lay_over(w.conn, sense, kind, {**ours, "state": "cancelled"})


def _with(
    w: Writing, released: Sequence[Told], kind: str, key: str, base: dict[str, Any] | None
) -> dict[str, Any] | None:
    """The centre's row with what was released on top; None where the centre has and gets none."""
    row = base
    for one in released:
        for change in one.changes:
            if (str(change["kind"]), str(change["id"])) != (kind, key):
                continue
            values = dict(change["set"])
            version = int(values.get("version") or 0)
            if version <= int(row.get("version") or 0) if row is not None else version > 0:
                continue
            ours = our_row(w.conn, kind, key) or {}
            # Who did it again isn't who did it first.
            again = {n: ours[n] for n in NAMED if n in values and n in ours}
            row = {"id": key, **(row or {}), **values, **again}
    return row


def _unmove(w: Writing, stay: set[Thing], dropped: Sequence[Told], serials: set[str]) -> None:
    """The lines of the stock ledger that pieces laid aside wrote of these blanks."""
    if not serials:
        return
    for one in dropped:
        for change in one.changes:
            at = (str(change["kind"]), str(change["id"]))
            if at[0] == "movements" and change["set"].get("serial") in serials and at not in stay:
                rows.delete(w.conn, *at)
    w.notify(StockChanged())


def stand_in_as_told(w: Writing, counter: str, today: date, one: Told) -> None:
    """Who stands in, by the centre's last word, where this piece named a stand-in or ended one.

    What this counter said of the officer otherwise and the centre hasn't heard yet goes before.
    """
    nrp = one.entry.subject
    if one.entry.act not in DELEGATIONS or any(
        other.entry.subject == nrp and other.entry.act in DELEGATIONS for other in strays(w.conn)
    ):
        return
    acked = sync_state.acked(w.conn)
    officer = w.look(Officer, nrp)
    if officer is None or outbox.unsent_acts_of(w.conn, counter, nrp, DELEGATIONS, acked):
        return
    told = [body for body in orders_of(w.conn, "officer") if body["officer"]["nrp"] == nrp]
    roles, until = stands_in(told[-1], today) if told else (frozenset[Role](), None)
    w.change(officer, delegate_roles=roles, delegate_until=until)
    w.notify(DutyChanged())
