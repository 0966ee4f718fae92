"""One act's durable commit through the ledger, against its rows, hashes and signature alone.

Both write the same row, journal entry and payload to the same kind of store on the same disk, in
turns, so that what the disk does meanwhile meets both.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from db.bare import BareWriter, last_act
from desktop.commands.bench_report import Figure, median_ms, share_ms
from desktop.commands.bench_world import BenchWorld
from desktop.domain.reasons import HoldReason
from desktop.keys.certificates import KeyRole

LIMIT = 2.5
WARM_UP = 8
"""Acts before the first that counts: they compile statements. Even, so that the case is open."""


def measure(rounds: int = 300) -> Figure:
    """The ratio of the medians of `rounds` acts each."""
    with tempfile.TemporaryDirectory(prefix="loket-bench-") as folder:
        world = BenchWorld.open(Path(folder) / "profile")
        try:
            return _measure(world, Path(folder), rounds)
        finally:
            world.desk.close()


def _measure(world: BenchWorld, folder: Path, rounds: int) -> Figure:
    app = world.confirmed_case()
    profile = world.desk.profile
    for at in range(WARM_UP):
        _act(world, app.id, at)
    copy = folder / "bare.db"
    world.desk.ledger.store.backup(copy)
    key = profile.store_key()
    bare = BareWriter(
        copy, key, last_act(copy, key, "applications", app.id), profile.signer(KeyRole.COUNTER)
    )
    ours: list[float] = []
    least: list[float] = []
    try:
        for at in range(rounds):
            ours.append(_act(world, app.id, at))
            least.append(bare.write())
    finally:
        bare.close()
    ratio = median_ms(ours) / median_ms(least)
    return Figure(
        "act",
        round(ratio, 2),
        LIMIT,
        "ratio",
        {
            "act_ms": median_ms(ours),
            "act_p90_ms": share_ms(ours, 0.9),
            "bare_ms": median_ms(least),
            "bare_p90_ms": share_ms(least, 0.9),
            "rounds": rounds,
        },
    )


def _act(world: BenchWorld, app_id: str, at: int) -> float:
    """Set the case aside, or go on with it: one service act, one durable transaction."""
    intake, by = world.desk.intake, world.by
    began = time.perf_counter()
    if at % 2 == 0:
        intake.hold(by, app_id, HoldReason.WAITING_FOR_DOCUMENT)
    else:
        intake.resume(by, app_id)
    return time.perf_counter() - began
