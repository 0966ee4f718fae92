"""What the centre asks of every entry: a step of two officers carries the signatures of two."""

from __future__ import annotations

import json

from sqlalchemy import select

from db import tables as t
from desktop.domain.workflow import APPLICATION, PARCEL, RETURN
from tests.walks.world import World

BY_TWO = {
    (table.name, str(step.state), str(step.action))
    for table in (APPLICATION, PARCEL, RETURN)
    for step in table.steps
    if step.two_officers
}


def assert_two_signed(world: World) -> None:
    """Each entry of such a step names its officer and somebody else."""
    query = select(t.journal.c.act, t.journal.c.officer, t.journal.c.approvals, t.payloads.c.body)
    with world.desk.ledger.reading() as r:
        entries = r.conn.execute(
            query.join_from(t.journal, t.payloads, t.payloads.c.entry_id == t.journal.c.entry_id)
        ).all()
    for entry in entries:
        name, _, action = entry.act.partition(".")
        content = json.loads(entry.body)["content"]
        if isinstance(content, dict) and (name, content.get("from"), action) in BY_TWO:
            signers = {one["officer"] for one in json.loads(entry.approvals)}
            assert signers - {entry.officer}, f"{entry.act} is signed by {signers} alone"
