"""Lines and servers that fail in mid-exchange: what was taken stands, the rest follows."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from db import sync_state
from db.central import Centre
from db.errors import CentreProblem, LineDown, StoreFull
from db.outbox import next_batch
from desktop.domain.stock import Blank
from desktop.sources import VirtualClock
from tests.central.model.checks import check_all
from tests.central.model.counter import Counter
from tests.central.model.machine import START, prepare
from tests.central.rigs.centre import CentreRig, fresh_centre, make_template
from tests.central.rigs.disk import fill, small_disk
from tests.central.rigs.postgres import postgres_rig
from tests.central.rigs.proxy import BadLine, bad_line

pytestmark = [pytest.mark.central, pytest.mark.fault]

NAME = "1374-L3"


class Away:
    """A counter with a morning's work, and its line."""

    def __init__(self, centre: CentreRig, line: BadLine, folder: Path) -> None:
        self.centre = centre
        self.line = line
        self.counter = Counter(folder, NAME, VirtualClock(START), 1)
        self.work(8, 1)

    def work(self, count: int, first: int) -> None:
        self.counter.receive(f"B{first}", count, 1)
        for person in range(first, first + count):
            app = self.counter.register(person)
            self.counter.prove(app, f"NTPN{person}")
            self.counter.finish(app)

    def open(self, *, patience: float = 20) -> Centre:
        dsn = make_conninfo(self.centre.counter_dsn(NAME), port=str(self.line.port))
        return Centre.open(dsn, statement_seconds=patience)

    def exchange(self, *, patience: float = 20, most: int = 20) -> None:
        with self.open(patience=patience) as centre:
            self.counter.exchange(centre, most=most)

    def look(self) -> None:
        """Everything is there once."""
        assert self.counter.unsent == 0
        check_all(self.centre, [self.counter])


@pytest.fixture
def away(centre: CentreRig, tmp_path: Path) -> Iterator[Away]:
    prepare(centre)
    with bad_line(("127.0.0.1", centre.server.port)) as line:
        made = Away(centre, line, tmp_path)
        yield made
        made.counter.close()


@pytest.mark.parametrize("round_trip", [0.08, 0.6])
def test_far_away_it_takes_longer_and_is_whole(away: Away, round_trip: float) -> None:
    away.line.delay(round_trip / 2)
    away.exchange(most=200)
    away.look()


def test_slow_it_is_whole(away: Away) -> None:
    away.line.slow(200_000)
    away.exchange(most=200)
    away.look()


def test_half_open_it_gives_up_and_goes_on_later(away: Away) -> None:
    with away.open(patience=1) as centre:
        away.line.fall_silent()
        with pytest.raises(LineDown):
            away.counter.exchange(centre)
    away.line.mend()
    away.exchange()
    away.look()


def test_the_line_never_comes_up(away: Away) -> None:
    away.line.down()
    with pytest.raises(LineDown):
        away.exchange()
    away.line.up()
    away.exchange()
    away.look()


@pytest.mark.parametrize("call", [1, 2, 3])
def test_the_answer_to_a_batch_is_lost(away: Away, call: int) -> None:
    with away.open() as centre:
        for _ in range(call - 1):
            away.counter.sync.push(centre, "", 20)
        away.line.swallow_answers()
        with pytest.raises(LineDown):
            away.counter.sync.push(centre, "", 20)
    there = away.centre.ask("SELECT count(*) FROM centre.journal")
    assert there == [(20 * call,)], "it arrived though nobody heard so"
    away.exchange()
    away.look()


@pytest.mark.parametrize("up", [1, 900, 5_000, 20_000, 60_000])
def test_cut_in_mid_message(away: Away, up: int) -> None:
    away.line.cut_after(up=up)
    with pytest.raises(LineDown):
        away.exchange(most=200)
    away.exchange()
    away.look()


def test_a_later_batch_comes_first_and_an_old_one_again(away: Away) -> None:
    """Reordered, the centre says where it stands; stale, it skips what it knows."""
    with away.counter.store.read() as conn:
        first = next_batch(conn, NAME, sync_state.acked(conn), 10)
        assert first is not None
        later = next_batch(conn, NAME, first.last, 10)
    assert later is not None
    with away.open() as centre:
        told = centre.push(
            {**later.head, "schema": 1},
            list(later.entries), list(later.signatures), list(later.payloads),
        )  # fmt: skip
        assert told["error"] == "gap"
        assert told["detail"]["last_seq"] == 0
        away.counter.exchange(centre)
        for batch in (later, first):
            again = centre.push(
                {**batch.head, "schema": 1},
                list(batch.entries), list(batch.signatures), list(batch.payloads),
            )  # fmt: skip
            assert again.get("ok"), again
    away.look()


def test_the_server_stops_at_once_in_mid_batch(tmp_path: Path) -> None:
    """As if its power went, three times, while a counter sends; what it answered it still has."""
    with postgres_rig(durable=True) as server:
        make_template(server)
        with fresh_centre(server) as centre, bad_line(("127.0.0.1", server.port)) as line:
            prepare(centre)
            away = Away(centre, line, tmp_path)
            for after in (20, 45, 70):
                stop = threading.Thread(target=_crash_after, args=(centre, after))
                stop.start()
                with pytest.raises(LineDown):
                    _send_for_ever(away)
                stop.join()
                server.start()
                acked = _acked(away)
                [(there,)] = centre.ask("SELECT last_seq FROM centre.counters WHERE id = %s", NAME)
                assert there >= acked
            away.exchange()
            away.look()
            away.counter.close()


def test_the_centres_disk_is_full(tmp_path: Path) -> None:
    """The counter hears so, keeps its work, and sends it when there is room again."""
    with small_disk("180M") as disk, postgres_rig(parent=disk) as server:
        make_template(server)
        with fresh_centre(server) as centre, bad_line(("127.0.0.1", server.port)) as line:
            prepare(centre)
            (tmp_path / NAME).mkdir()
            away = Away(centre, line, tmp_path / NAME)
            filler = disk / "filler"
            fill(filler, leave=600_000)
            with pytest.raises(CentreProblem):
                _work_and_send_for_ever(away)
            assert away.counter.unsent > 0
            filler.unlink()
            if not server.running:  # it gave itself up where it couldn't write its log
                server.stop()
            server.start()
            away.exchange()
            away.look()
            away.counter.close()


def test_the_counters_disk_is_full(away: Away) -> None:
    """A page can't be kept: neither its rows nor the cursor are, and the next pull brings both."""
    other = "1374-L4"
    (away.counter.folder / other).mkdir()
    neighbour = Counter(away.counter.folder / other, other, VirtualClock(START), 2)
    neighbour.receive("N", 40, 1)
    with away.centre.line(other) as centre:
        neighbour.exchange(centre)
    away.exchange()
    with away.centre.line(other) as centre:
        neighbour.receive("M", 400, 1)
        neighbour.exchange(centre)
    before = len(away.counter.things(Blank))
    with away.counter.store.write() as conn:
        conn.exec_driver_sql(f"PRAGMA max_page_count = {_pages(conn) + 4}")
    with away.open() as centre, pytest.raises(StoreFull):
        _pull_all(away, centre)
    assert len(away.counter.things(Blank)) == before
    with away.counter.store.write() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
    away.exchange()
    assert len(away.counter.things(Blank)) == before + 400
    check_all(away.centre, [away.counter, neighbour])
    neighbour.close()


def _work_and_send_for_ever(away: Away) -> None:
    for first in range(100, 4000, 20):
        away.work(20, first)
        away.exchange(most=200)


def _pull_all(away: Away, centre: Centre) -> None:
    while away.counter.sync.pull(centre, "", limit=500).more:
        pass


def _pages(conn: Any) -> int:
    return int(conn.exec_driver_sql("PRAGMA page_count").scalar())


def _acked(away: Away) -> int:
    with away.counter.store.read() as conn:
        return sync_state.acked(conn).seq


def _crash_after(centre: CentreRig, entries: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        [(there,)] = centre.ask("SELECT last_seq FROM centre.counters WHERE id = %s", NAME)
        if there >= entries:
            break
    centre.server.crash()


def _send_for_ever(away: Away) -> None:
    """One entry a call, with new work whenever all was sent."""
    with away.open() as centre:
        while True:
            if not away.counter.sync.push(centre, "", 1).more:
                away.work(2, 100 + _acked(away))
