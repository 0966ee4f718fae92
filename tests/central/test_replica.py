"""A real counter's day, pushed from its own store: the centre's rows are the counter's rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import tables as t
from db.chain import canonical, entry_body
from db.journal import entry_from_fields
from desktop.ledger_rows import TOLD, values_of
from tests.central.rigs.centre import CentreRig
from tests.kinds import TABLE_OF
from tests.walks.making import ready
from tests.walks.world import World, open_world

pytestmark = pytest.mark.central


def journal_of(world: World) -> list[tuple[str, bytes, str]]:
    """Entries as they travel, from the store of a walk."""
    joined = t.journal.join(t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id)
    query = select(t.journal, t.payloads.c.body).select_from(joined)
    lines: list[tuple[str, bytes, str]] = []
    with world.desk.ledger.store.read() as conn:
        for row in conn.execute(query.order_by(t.journal.c.epoch, t.journal.c.seq)).mappings():
            fields = dict(row)
            body = fields.pop("body")
            entry = entry_from_fields(fields)
            text = canonical(entry_body(entry)).decode()
            lines.append((text, bytes.fromhex(entry.signature), body))
    return lines


def stored(world: World) -> dict[tuple[str, str], dict[str, Any]]:
    """Every row that is told, as the counter has it."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    with world.desk.ledger.reading() as r:
        for kind, table in TABLE_OF.items():
            if table in TOLD:
                for thing in r.find(kind):
                    rows[table, thing.id] = json.loads(json.dumps(values_of(thing)))
    return rows


def test_the_centres_rows_are_the_counters(centre: CentreRig, tmp_path: Path) -> None:
    world = open_world(tmp_path)
    world.sign_in("andi")
    for number in (1, 2):
        app = ready(world, number)
        world.desk.handover.hand_over(world.by, app.id, app.blank_serial)
    lines = journal_of(world)
    blobs = {sha for _, _, body in lines for sha in json.loads(body).get("blobs", ())}
    with world.desk.ledger.reading() as r, centre.line("1374-L3") as line:
        for sha in blobs:
            assert line.blob_put(sha, 0, 1, r.blob(sha))["done"] is True
        for start in range(0, len(lines), 30):
            some = lines[start : start + 30]
            head = {"epoch": 1, "from_seq": start + 1, "schema": 1}
            answer = line.push(head, *(list(part) for part in zip(*some, strict=True)))
            assert answer["parked"] == []
    found = centre.ask("SELECT kind, id, row FROM centre.things")
    assert {(kind, key): row for kind, key, row in found} == stored(world)
    slots = centre.ask("SELECT count(*) FROM centre.licence_slots")
    valid = centre.ask("SELECT count(*) FROM centre.licences WHERE row ->> 'status' = 'valid'")
    assert slots == valid
    blanks = centre.ask("SELECT count(*) FROM centre.serials")
    assert blanks == centre.ask("SELECT count(*) FROM centre.blanks")
