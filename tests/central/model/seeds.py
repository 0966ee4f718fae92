"""The machine's days by a seed: denser than Hypothesis makes them, for runs of hours.

    python -m tests.central.model.seeds --from 1 --seeds 200 [--acts 120]

Each seed is one day at six counters; it is repeated exactly by its number, and a run that ended is
taken up by the next number. Prints seeds a minute; ends with 1 at the first day that doesn't fit.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from typing import Any

from desktop.domain.service import Service
from tests.central.model.machine import NAMES, machine_over
from tests.central.rigs.centre import make_template
from tests.central.rigs.postgres import PostgresRig, postgres_rig
from tests.central.rigs.proxy import BadLine, bad_line

SERVICES = (Service.RENEWAL, Service.REPLACE_LOST, Service.NEW_ISSUE)
WEIGHTS = {
    "serves": 6,
    "pays": 2,
    "goes_on": 4,
    "blanks_arrive": 1,
    "lets_go": 1,
    "takes": 2,
    "leases_run_out": 1,
    "speaks": 6,
    "is_cut_on_the_way_up": 3,
    "is_cut_on_the_way_down": 3,
    "is_killed": 3,
    "sends_twice": 2,
    "is_saved": 1,
    "is_copied_back": 1,
}
"""How often each happens beside the others."""


def _given(chance: random.Random, what: str) -> dict[str, Any]:
    at = chance.randrange(len(NAMES))
    case = chance.randrange(12)
    match what:
        case "serves":
            visits = [
                (
                    chance.randrange(6),
                    chance.choice(SERVICES),
                    chance.randrange(40),
                    chance.choice((12, 12, 6, 3)),
                )
                for _ in range(chance.randint(1, 3))
            ]
            return {"at": at, "visits": visits}
        case "pays":
            return {"at": at, "case": case, "slip": chance.randrange(40)}
        case "goes_on":
            return {"at": at, "case": case, "steps": chance.randint(1, 12)}
        case "lets_go" | "takes":
            return {"at": at, "case": case}
        case "leases_run_out":
            return {}
        case "is_cut_on_the_way_up":
            return {"at": at, "up": chance.randint(1, 60_000)}
        case "is_cut_on_the_way_down":
            return {"at": at, "down": chance.randint(1, 20_000)}
        case "is_killed":
            return {"at": at, "call": chance.randint(1, 6), "behind": chance.random() < 0.5}
        case _:
            return {"at": at}


def play_seed(server: PostgresRig, line: BadLine, seed: int, acts: int) -> dict[str, int]:
    """One day, checked at its end; how many entries landed and how many were parked."""
    chance = random.Random(seed)
    day: Any = machine_over(server, line)()
    try:
        day.blanks()
        for what in chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=acts):
            getattr(day, what)(**_given(chance, what))
    except BaseException:
        day.give_up()
        raise
    return day.teardown()


def main() -> int:
    """Days by their seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--acts", type=int, default=120)
    wanted = parser.parse_args()
    began = time.monotonic()
    landed: dict[str, int] = {}
    with postgres_rig() as server:
        make_template(server)
        with bad_line(("127.0.0.1", server.port)) as line:
            for done, seed in enumerate(range(wanted.first, wanted.first + wanted.seeds), 1):
                try:
                    for status, count in play_seed(server, line, seed, wanted.acts).items():
                        landed[status] = landed.get(status, 0) + count
                except Exception:
                    print(f"seed {seed} doesn't fit", flush=True)
                    raise
                rate = done / (time.monotonic() - began) * 60
                print(f"seed {seed}: {landed}; {rate:.1f} seeds a minute", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
