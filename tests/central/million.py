"""A million acts, none lost, doubled or put out of order: a long run.

    python -m tests.central.million [--acts 1000000] [--each 10000] [--from 1]

A seed is one counter with `--each` acts. Eight counters send at once over lines that are cut, that
swallow answers, and that are sent again; the centre alone is asked at the end, counter by counter:
every number once, in order, each entry following the one before. Prints seeds and acts a minute.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from queue import Empty, SimpleQueue

from psycopg.conninfo import make_conninfo

from db import central_admin
from db.central import Centre
from db.errors import CentreProblem
from tests.central.model.chain import Chain, Sent
from tests.central.model.counter import MAKER
from tests.central.rigs.centre import CentreRig, fresh_centre, make_template
from tests.central.rigs.postgres import postgres_rig
from tests.central.rigs.proxy import BadLine, bad_line

WORKERS = 4
BATCH = 200

SOUND = """
SELECT count(*), min(seq), max(seq), count(DISTINCT entry_id),
       bool_and(hash = encode(sha256(convert_to(entry, 'UTF8')), 'hex')),
       bool_and(previous = before OR seq = 1), count(*) FILTER (WHERE status = 'parked')
FROM (SELECT *, entry::jsonb ->> 'previous' AS previous,
             lag(hash) OVER (ORDER BY epoch, seq) AS before
      FROM centre.journal WHERE counter = %s) j
"""


def enrol(centre: CentreRig, counter: str) -> None:
    """A counter, in an office of its own hundred."""
    with centre.admin() as connection:
        central_admin.put_office(connection, counter.partition("-")[0], "Satpas")
        central_admin.enrol_counter(connection, counter, counter.partition("-")[0])
        central_admin.let_in(connection, counter)


def send(centre: CentreRig, line: BadLine, counter: str, seed: int, acts: int) -> int:
    """One counter's acts over a line that fails; how often it failed."""
    chance = random.Random(seed)
    chain = Chain(counter, seed)
    dsn = make_conninfo(centre.counter_dsn(counter), port=str(line.port))
    failed = 0
    connection: Centre | None = None
    last: Sent | None = None
    sent = 0
    while sent < acts:
        count = min(chance.randint(1, BATCH), acts - sent)
        batch = chain.batch(count)
        sent += count
        waiting = [batch] if last is None or chance.random() > 0.1 else [last, batch, batch]
        while waiting:
            try:
                if connection is None:
                    connection = Centre.open(dsn)
                if chance.random() < 0.02:
                    line.cut()
                one = waiting[0]
                told = connection.push(one.head, one.entries, one.signatures, one.payloads)
            except CentreProblem:
                failed += 1
                connection = None
                continue
            if not told.get("ok"):
                raise AssertionError(told)
            waiting.pop(0)
        last = batch
    if connection is not None:
        connection.close()
    return failed


def look(centre: CentreRig, counter: str, acts: int) -> None:
    """What the centre alone says of one counter."""
    [(count, first, last, ids, hashed, follows, parked)] = centre.ask(SOUND, counter)
    found = (count, first, last, ids, hashed, follows, parked)
    assert found == (acts, 1, acts, acts, True, True, 0), (counter, found)


def run(acts: int, each: int, first: int) -> None:
    """All seeds; raises at the first counter that doesn't fit."""
    began = time.monotonic()
    seeds: SimpleQueue[int] = SimpleQueue()
    total = -(-acts // each)
    for seed in range(first, first + total):
        seeds.put(seed)
    done: list[int] = []
    wrong: list[BaseException] = []

    def work(centre: CentreRig, line: BadLine) -> None:
        while not wrong:
            try:
                seed = seeds.get_nowait()
            except Empty:
                return
            counter = f"{9000 + seed % 40}-M{seed}"
            try:
                enrol(centre, counter)
                failed = send(centre, line, counter, seed, each)
                look(centre, counter, each)
            except BaseException as error:  # noqa: BLE001  told by the main thread
                wrong.append(error)
                print(f"seed {seed} doesn't fit", flush=True)
                return
            done.append(seed)
            minutes = (time.monotonic() - began) / 60
            print(
                f"seed {seed}: {failed} failures; {len(done)} of {total},"
                f" {len(done) / minutes:.1f} seeds and {len(done) * each / minutes:,.0f} acts"
                " a minute",
                flush=True,
            )

    with postgres_rig() as server:
        make_template(server)
        with fresh_centre(server) as centre, bad_line(("127.0.0.1", server.port)) as line:
            with centre.admin() as connection:
                central_admin.put_officer(
                    connection, MAKER.officer, "Petugas",
                    roles=map(str, MAKER.roles), offices=None,
                )  # fmt: skip
            threads = [threading.Thread(target=work, args=(centre, line)) for _ in range(WORKERS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if wrong:
                raise wrong[0]
            for office, number in centre.ask("SELECT office, number FROM centre.heads"):
                [(count, last)] = centre.ask(
                    "SELECT count(*), coalesce(max(number), 0) FROM centre.feed WHERE office = %s",
                    office,
                )
                assert (count, last) == (number, number), office
            print(f"{total * each} acts: none lost, doubled or out of order", flush=True)


def main() -> int:
    """The long run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=10_000)
    parser.add_argument("--from", dest="first", type=int, default=1)
    wanted = parser.parse_args()
    run(wanted.acts, wanted.each, wanted.first)
    return 0


if __name__ == "__main__":
    sys.exit(main())
