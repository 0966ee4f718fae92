"""What `bench act` measures against writes what the ledger writes, or the ratio means nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from db import engine as sqlite
from db.bare import BareWriter, last_act
from desktop.domain.reasons import HoldReason
from desktop.keys.certificates import KeyRole
from desktop.keys.signer import verifies
from tests.walks.making import confirmed
from tests.walks.world import World, new_world


def sizes(path: Path, key: bytes) -> dict[str, int]:
    connection = sqlite.connect(path, key)
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%search%'"
    try:
        names = [name for (name,) in connection.execute(query).fetchall()]
        return {n: connection.execute(f"SELECT count(*) FROM {n}").fetchone()[0] for n in names}
    finally:
        connection.close()


def copied(world: World, path: Path) -> dict[str, int]:
    world.desk.ledger.store.backup(path)
    return sizes(path, world.desk.profile.store_key())


def grown(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - count for name, count in before.items() if after[name] != count}


def newest(path: Path, key: bytes) -> dict[str, Any]:
    connection = sqlite.connect(path, key)
    try:
        cursor = connection.execute("SELECT * FROM journal ORDER BY epoch DESC, seq DESC LIMIT 1")
        row = dict(zip([c[0] for c in cursor.description], cursor.fetchone(), strict=True))
    finally:
        connection.close()
    return row


def test_the_bare_driver_writes_the_same_rows_hashes_and_signature(tmp_path: Path) -> None:
    world = new_world(tmp_path / "profile")
    world.sign_in("andi")
    app, key = confirmed(world, 1), world.desk.profile.store_key()
    world.desk.intake.hold(world.by, app.id, HoldReason.WAITING_FOR_DOCUMENT)
    before = copied(world, tmp_path / "before.db")
    world.desk.intake.resume(world.by, app.id)
    by_service = grown(before, copied(world, tmp_path / "bare.db"))

    act = last_act(tmp_path / "bare.db", key, "applications", app.id)
    real = newest(tmp_path / "bare.db", key)
    signer = world.desk.profile.signer(KeyRole.COUNTER)
    start = sizes(tmp_path / "bare.db", key)
    bare = BareWriter(tmp_path / "bare.db", key, act, signer)
    assert bare.write() > 0
    bare.close()
    assert grown(start, sizes(tmp_path / "bare.db", key)) == by_service
    made = newest(tmp_path / "bare.db", key)
    world.desk.close()

    assert (made["seq"], made["previous"]) == (real["seq"] + 1, real["hash"])
    same = {"seq", "entry_id", "previous", "hash", "signature"}
    assert {k: v for k, v in made.items() if k not in same} == {
        k: v for k, v in real.items() if k not in same
    }
    assert len(json.dumps(made)) >= len(json.dumps(real)) * 0.95, "as much to hash"
    signature, digest = bytes.fromhex(made["signature"]), bytes.fromhex(made["hash"])
    assert verifies(signer.public, signature, digest)
