"""What the journal tells of changes is enough to build the counter's rows again elsewhere."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import select

from db import tables as t
from desktop.domain.application import Visit
from desktop.domain.officer import Officer
from desktop.ledger_rows import TOLD, values_of
from tests.kinds import TABLE_OF
from tests.walks.making import ready
from tests.walks.test_who_they_are import another_face
from tests.walks.world import World

Replica = dict[tuple[str, str], dict[str, Any]]


def replay(world: World) -> tuple[Replica, set[str], list[int]]:
    """Rows built from the journal's payloads alone, digests of pictures, payload sizes in bytes."""
    rows: Replica = {}
    blobs: set[str] = set()
    sizes: list[int] = []
    joined = t.journal.join(t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id)
    query = select(t.payloads.c.body).select_from(joined)
    with world.desk.ledger.store.read() as conn:
        for body in conn.execute(query.order_by(t.journal.c.epoch, t.journal.c.seq)).scalars():
            told = json.loads(body)
            sizes.append(len(body))
            blobs |= set(told.get("blobs", ()))
            for change in told.get("changes", ()):
                key = (change["kind"], change["id"])
                before = rows.setdefault(key, {"id": change["id"]})
                expected = before["version"] + 1 if "version" in before else 0
                assert change["set"].get("version", 0) == expected, key
                before.update(change["set"])
    return rows, blobs, sizes


def stored(world: World) -> Replica:
    """Every row that is told, as the store has it."""
    rows: Replica = {}
    with world.desk.ledger.reading() as r:
        for kind, table in TABLE_OF.items():
            if table in TOLD:
                for thing in r.find(kind):
                    rows[table, thing.id] = json.loads(json.dumps(values_of(thing)))
    return rows


def test_a_change_that_nothing_tells_of_is_undone(world: World) -> None:
    """No act without its entry."""
    world.sign_in("andi")
    desk = world.desk
    with desk.ledger.reading() as r:
        before = r.get(Officer, world.by.officer)
    with pytest.raises(RuntimeError), desk.ledger.acting(world.by) as w:
        w.change(w.get(Officer, world.by.officer), failed_tries=3)
    with desk.ledger.reading() as r:
        assert r.get(Officer, world.by.officer) == before


def test_rows_follow_from_the_journal(world: World) -> None:
    before = len(replay(world)[2])
    world.sign_in("andi")
    app = ready(world, 1)
    world.desk.handover.hand_over(world.by, app.id, app.blank_serial)

    rows, blobs, sizes = replay(world)
    assert rows == stored(world)
    with world.desk.ledger.reading() as r:
        visit = r.get(Visit, app.visit_id)
        assert {visit.photo, visit.signature} <= blobs
        assert all(hashlib.sha256(r.blob(sha)).hexdigest() == sha for sha in blobs)
    assert sum(sizes[before:]) < 60_000, "what one renewal tells the centre beside its pictures"


def test_a_contested_nik_is_told_without_its_case(world: World) -> None:
    """Were the case lost to another counter meanwhile, an entry that has both would be parked."""
    world.sign_in("andi")
    another_face(world)
    joined = t.journal.join(t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id)
    query = select(t.journal.c.act, t.payloads.c.body).select_from(joined)
    with world.desk.ledger.store.read() as conn:
        told = {row.act: json.loads(row.body).get("changes", ()) for row in conn.execute(query)}
    kinds = {act: {change["kind"] for change in changes} for act, changes in told.items()}
    assert kinds["incident.opened"] == {"persons", "incidents"}
    assert kinds["faces.judged"] == {"applications"}
