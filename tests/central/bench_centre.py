"""Figures of the centre and its counters, each beside this machine's own limits in the same run.

    .venv/bin/python -m tests.central.bench_centre [wire|ends|pull|reconnect|splay] [--json]

Debian's PostgreSQL over TLS on loopback, with fsync as in the field. Ends with 1 when a limit is
missed.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo

from db import central_admin, sync_state
from db.central import Centre
from db.errors import CentreProblem
from db.feed import row_of, write_rows
from db.store import Store
from desktop.commands.bench_report import Figure, Report, measured, median_ms, share_ms, timed
from desktop.domain.application import Application
from desktop.services.syncing import SPLAY
from desktop.sources import VirtualClock
from tests.central.model.chain import ACTS_A_CASE, Chain, Sent
from tests.central.model.counter import Counter
from tests.central.model.machine import START, prepare
from tests.central.rigs.centre import CentreRig, fresh_centre, make_template
from tests.central.rigs.postgres import PostgresRig, postgres_rig
from tests.central.rigs.proxy import BadLine, bad_line

PHOTO, SIGNATURE = 40_000, 6_000
ROUND_TRIP = 0.08


@dataclass
class Bench:
    """A centre, a line to it, and a folder."""

    server: PostgresRig
    centre: CentreRig
    line: BadLine
    folder: Path
    counters: int = 0

    def dsn(self, counter: str) -> str:
        return make_conninfo(self.centre.counter_dsn(counter), port=str(self.line.port))

    def counter(self, name: str, seed: int) -> Counter:
        self.counters += 1
        folder = self.folder / f"{name}-{self.counters}"
        folder.mkdir()
        return Counter(folder, name, VirtualClock(START), seed)


def send_all(centre: Centre, chain: Chain, acts: int, size: int = 200) -> None:
    """So many acts of a counter, with their pictures."""
    while acts > 0:
        batch = chain.batch(min(size, acts))
        acts -= size
        centre.blobs_put(list(batch.blobs.items()))
        told = centre.push(batch.head, batch.entries, batch.signatures, batch.payloads)
        if not told.get("ok"):
            raise AssertionError(told)


def wire(bench: Bench, people: int = 30) -> Figure:
    """Bytes that go up for whole renewals, against photo, signature and the entries' own text."""
    counter = bench.counter("1374-L3", 1)
    counter.receive("W", people, 1)
    pictures = 0
    for person in range(people):
        app = counter.register(person)
        counter.prove(app, f"NTPN{person}")
        pictures += counter.photograph(app, PHOTO, SIGNATURE)
        counter.finish(counter.case(app.id))
    text = counter.text_bytes()
    before = bench.line.upward.carried
    with Centre.open(bench.dsn("1374-L3")) as centre:
        while counter.sync.push(centre, "", 200).more:
            pass
    up = bench.line.upward.carried - before
    counter.close()
    return Figure(
        "wire", round(up / (pictures + text), 4), 1.05, "ratio",
        {"sent": up, "pictures": pictures, "text": text, "people": people},
    )  # fmt: skip


def ends(bench: Bench, rounds: int = 40) -> Figure:
    """From one counter's act to the other's rows, against two round trips, at 80 ms each."""
    bench.line.delay(ROUND_TRIP / 2)
    first, second = bench.counter("1374-L3", 11), bench.counter("1374-L4", 12)
    took: list[float] = []
    with Centre.open(bench.dsn("1374-L3")) as out, Centre.open(bench.dsn("1374-L4")) as back:
        for _ in range(2):
            first.register(1)
            first.exchange(out)
            second.exchange(back)
        nothing = {"office": 10**9, "national": 10**9}
        trips = [timed(lambda: out.pull(nothing, 1)) for _ in range(15)]
        for person in range(rounds):
            seen = threading.Event()

            def wait(seen: threading.Event = seen) -> None:
                while second.sync.pull(back, "", wait_ms=20_000).rows == 0:
                    pass
                seen.set()

            screen = threading.Thread(target=wait)
            screen.start()
            time.sleep(random.uniform(0.15, 0.35))  # the screen has asked and waits
            began = time.perf_counter()
            first.register(person)
            first.sync.push(out, "", 200)
            seen.wait(30)
            took.append(time.perf_counter() - began)
            screen.join()
    bench.line.mend()
    first.close()
    second.close()
    trip = statistics.median(trips)
    return Figure(
        "ends", round(statistics.median(took) / (2 * trip), 2), 1.5, "ratio",
        {
            "end_to_end_ms": median_ms(took),
            "p95_ms": share_ms(took, 0.95),
            "round_trip_ms": _ms(trip), "rounds": rounds,
        },
    )  # fmt: skip


def pull(bench: Bench, acts: int = 6000) -> Figure:
    """Rows laid into the encrypted store, against the lower of reading and writing them alone."""
    with bench.centre.line("1374-L3") as centre:
        send_all(centre, Chain("1374-L3", 21), acts)
    ours, read, write = [], [], []
    rows = 0
    for turn in range(3):
        with bench.centre.line("1374-L4") as centre:
            began = time.perf_counter()
            pages = list(_pages(centre))
            read.append(time.perf_counter() - began)
            rows = sum(len(page) for page in pages)
            counter = bench.counter("1374-L4", 30 + turn)
            began = time.perf_counter()
            while counter.sync.pull(centre, "", limit=200).more:
                pass
            ours.append(time.perf_counter() - began)
            assert len(counter.things(Application)) == -(-acts // ACTS_A_CASE)
            counter.close()
        write.append(_bare_write(bench.folder / f"bare{turn}.db", pages))
    slower = max(statistics.median(read), statistics.median(write))
    share = slower / statistics.median(ours)
    return Figure(
        "pull", round(1 / share, 2), 2.5, "times the slower alone (0.4 of its rate)",
        {
            "share": round(share, 2), "rows": rows, "pull_s": round(statistics.median(ours), 2),
            "read_s": round(statistics.median(read), 2),
            "write_s": round(statistics.median(write), 2),
        },
    )  # fmt: skip


def _pages(centre: Centre) -> Any:
    cursor: dict[str, Any] = {"office": 0, "national": 0}
    while True:
        page = centre.pull(cursor, 200)
        yield [item for item in page["items"] if item["type"] == "row"]
        cursor = page["cursor"]
        if not page["more"]:
            return


def _bare_write(path: Path, pages: list[list[dict[str, Any]]]) -> float:
    """The same rows, last of each page, by the same statements, a transaction a page."""
    store = Store.create(path, bytes(32))
    known: set[tuple[str, str]] = set()
    began = time.perf_counter()
    for page in pages:
        newest = {(item["kind"], item["id"]): item for item in page}
        with store.write() as conn:
            kinds: dict[str, tuple[list[Any], list[Any]]] = {}
            for (kind, key), item in newest.items():
                newer, fresh = kinds.setdefault(kind, ([], []))
                (newer if (kind, key) in known else fresh).append(row_of(kind, item["row"]))
                known.add((kind, key))
            for kind, (newer, fresh) in kinds.items():
                write_rows(conn, kind, newer, fresh)
            sync_state.put(conn, "cursor", {"office": len(known), "national": 0})
    took = time.perf_counter() - began
    store.close()
    return took


# -- the morning after an outage ------------------------------------------------------------------


@dataclass
class Away:
    """A counter that comes back with five records; one of them was sent before."""

    name: str
    chain: Chain
    resend: bool
    attempts: int = 0
    records: Sent | None = None

    def come(self, dsn: str) -> None:
        """One try: the line, the pictures, the records. Raises CentreProblem."""
        self.attempts += 1
        with Centre.open(dsn, connect_timeout=20) as centre:
            first = self.records = self.records or self.chain.batch(5)
            centre.blobs_put(list(first.blobs.items()))
            for _ in range(2 if self.resend else 1):
                told = centre.push(first.head, first.entries, first.signatures, first.payloads)
                if not told.get("ok"):
                    raise AssertionError(told)


def _crowd(bench: Bench, count: int) -> list[Away]:
    chance = random.Random(count)
    made: list[Away] = []
    with bench.centre.admin() as connection, connection.transaction():
        for office in range(-(-count // 6)):
            central_admin.put_office(connection, f"{8000 + office}", "Satpas")
        for number in range(count):
            name = f"{8000 + number // 6}-R{number}"
            central_admin.enrol_counter(connection, name, name.partition("-")[0])
            made.append(Away(name, Chain(name, 100_000 + number, 20_000, 1), chance.random() < 0.1))
    for away in made:
        bench.centre.counter_dsn(away.name)  # its certificate is made now
    return made


def reconnect(bench: Bench, count: int = 3000, workers: int = 24) -> Figure:
    """All come at once, against a sample of them one after the other."""
    crowd = _crowd(bench, count)
    sample, rest = crowd[: count // 15], crowd[count // 15 :]
    began = time.perf_counter()
    for away in sample:
        away.come(bench.centre.counter_dsn(away.name))
    alone = (time.perf_counter() - began) / len(sample)
    took = _all_at_once(bench, rest, workers, lambda _: 0.0)
    _nothing_lost(bench, crowd)
    share = alone * len(rest) / took
    return Figure(
        "reconnect", round(1 / share, 2), 1.67, "times the serial floor (0.6 of its rate)",
        {
            "share": round(share, 2), "counters": count, "seconds": round(took, 1),
            "alone_ms": _ms(alone), "workers": workers,
            "attempts_each": round(sum(a.attempts for a in rest) / len(rest), 3),
        },
    )  # fmt: skip


def splay(bench: Bench, count: int = 3000, workers: int = 120) -> Figure:
    """Each comes at a moment of its own in the program's splay; when the last is done after it."""
    crowd = _crowd(bench, count)
    chance = random.Random(7)
    starts = {away.name: chance.uniform(0, SPLAY) for away in crowd}
    took = _all_at_once(bench, crowd, workers, lambda away: starts[away.name])
    _nothing_lost(bench, crowd)
    attempts = sum(away.attempts for away in crowd) / count
    late = took - SPLAY
    kept = attempts <= 1.1
    return Figure(
        "splay", round(late if kept else 1e9, 1), 15, "s after the splay's end",
        {
            "counters": count, "splay_s": SPLAY, "attempts_each": round(attempts, 3),
            "seconds": round(took, 1),
        },
    )  # fmt: skip


def _all_at_once(
    bench: Bench, crowd: list[Away], workers: int, start: Callable[[Away], float]
) -> float:
    """Everybody, by so many threads; seconds until the last is done."""
    waiting = sorted(crowd, key=start)
    lock = threading.Lock()
    began = time.perf_counter()
    problems: list[BaseException] = []

    def work() -> None:
        chance = random.Random()
        while not problems:
            with lock:
                if not waiting:
                    return
                away = waiting.pop(0)
            time.sleep(max(0.0, began + start(away) - time.perf_counter()))
            for wait in (0.5, 1, 2, 4, 8, 16):
                try:
                    away.come(bench.centre.counter_dsn(away.name))
                    break
                except CentreProblem:
                    time.sleep(chance.uniform(0, wait))
                except BaseException as error:  # noqa: BLE001  told by the main thread
                    problems.append(error)
                    return

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return time.perf_counter() - began


def _nothing_lost(bench: Bench, crowd: list[Away]) -> None:
    there = dict(bench.centre.ask("SELECT counter, count(*) FROM centre.journal GROUP BY counter"))
    assert all(there.get(away.name) == 5 for away in crowd)


# -- running --------------------------------------------------------------------------------------

FIGURES: dict[str, Callable[[Bench], Figure]] = {
    "wire": wire,
    "ends": ends,
    "pull": pull,
    "reconnect": reconnect,
    "splay": splay,
}


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def measure(name: str, **sizes: int) -> Report:
    """One figure on a fresh centre, with its conditions."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres_rig(durable=True))
        make_template(server)
        centre = stack.enter_context(fresh_centre(server))
        prepare(centre)
        line = stack.enter_context(bad_line(("127.0.0.1", server.port)))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="loket-bench-")))
        bench = Bench(server, centre, line, folder)
        return measured(lambda: FIGURES[name](bench, **sizes))


def main() -> int:
    """Print the figures; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(FIGURES), choices=[*FIGURES, []])
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    missed = 0
    for name in wanted.names:
        report = measure(name)
        missed += not report.figure.kept
        print(json.dumps(report.plain(), indent=None if wanted.json else 1), flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
