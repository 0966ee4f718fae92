"""What the suite must notice: each story passes at our centre and fails at the mutant's."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from db import sync_state
from db.outbox import next_batch
from desktop.domain.service import Service
from desktop.sources import VirtualClock
from tests.central.model import mutants
from tests.central.model.checks import check_feed_without_gaps, check_one_valid_licence
from tests.central.model.counter import MAKER, Counter
from tests.central.model.machine import START, prepare
from tests.central.rigs.centre import CentreRig

pytestmark = pytest.mark.central


class Stage:
    """Three counters of two offices and a centre."""

    def __init__(self, centre: CentreRig, folder: Path) -> None:
        self.centre = centre
        self.clock = VirtualClock(START)
        self.counters = {}
        for number, name in enumerate(("1374-L3", "1374-L4", "3275-L1")):
            (folder / name).mkdir()
            self.counters[name] = Counter(folder / name, name, self.clock, number + 1)
            self.counters[name].receive(f"B{number}", 5, 1)

    def exchange(self, *names: str) -> None:
        for name in names:
            with self.centre.line(name) as line:
                self.counters[name].exchange(line)


@pytest.fixture
def stage(centre: CentreRig, tmp_path: Path) -> Iterator[Stage]:
    prepare(centre)
    made = Stage(centre, tmp_path)
    yield made
    for counter in made.counters.values():
        counter.close()


def _blocked(centre: CentreRig) -> bool:
    waiting = centre.ask(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return waiting[0][0] > 0


def whoever_reads_between_two_commits_misses_nothing(stage: Stage) -> None:
    """The first act commits after the second; a third counter reads in between."""
    stage.exchange("1374-L3", "1374-L4")
    first, second = stage.counters["1374-L3"], stage.counters["1374-L4"]
    one, other = first.register(1), second.register(2)
    slow = psycopg.connect(stage.centre.counter_dsn("1374-L3"))
    with first.store.read() as conn:
        batch = next_batch(conn, first.id, sync_state.acked(conn))
    assert batch is not None
    slow.execute(
        "SELECT api.push_v1(%b, %b, %b, %b)",
        (
            Jsonb({**batch.head, "schema": 1}),
            list(batch.entries), list(batch.signatures), list(batch.payloads),
        ),
    )  # fmt: skip

    def push() -> None:
        with stage.centre.line("1374-L4") as line:
            second.sync.push(line, "")

    quick = threading.Thread(target=push)
    quick.start()
    deadline = time.monotonic() + 30
    while quick.is_alive() and not _blocked(stage.centre):
        assert time.monotonic() < deadline
        time.sleep(0.01)

    seen: set[str] = set()
    cursor: dict[str, int] = {"office": 0, "national": 0}

    def read() -> None:
        nonlocal cursor
        with stage.centre.line("1374-L5") as line:
            while True:
                page = line.pull(cursor, 100)
                seen.update(item["id"] for item in page["items"] if item["type"] == "row")
                cursor = page["cursor"]
                if not page["more"]:
                    return

    read()
    slow.commit()
    slow.close()
    quick.join(30)
    read()
    assert {one.id, other.id} <= seen
    check_feed_without_gaps(stage.centre)


def an_entry_that_follows_nothing_is_refused(stage: Stage) -> None:
    """The counter's past was changed behind its back: the next entry hangs in the air."""
    counter = stage.counters["1374-L3"]
    stage.exchange("1374-L3")
    counter.register(1)
    with counter.store.read() as conn:
        batch = next_batch(conn, counter.id, sync_state.acked(conn))
    assert batch is not None
    [text] = batch.entries
    start = text.index('"previous":"') + len('"previous":"')
    forged = text[:start] + "f" * 64 + text[start + 64 :]
    where = {"epoch": batch.epoch, "from_seq": batch.from_seq, "schema": 1}
    with stage.centre.line("1374-L3") as line:
        answer = line.push(where, [forged], list(batch.signatures), list(batch.payloads))
    assert answer.get("error") == "chain", answer


def whoever_lost_a_case_can_not_go_on_with_it(stage: Stage) -> None:
    """The lease ran out while the line was down, and another counter took the case."""
    first, second = stage.counters["1374-L3"], stage.counters["1374-L4"]
    app = first.register(1)
    stage.exchange("1374-L3", "1374-L4")
    stage.centre.do("UPDATE centre.claims SET until = now() - interval '1 minute'")
    second.take(app.id)
    stage.exchange("1374-L4")
    first.step(app)
    stage.exchange("1374-L3")
    parked = stage.centre.ask("SELECT counter, reason FROM centre.parked")
    assert parked == [("1374-L3", "fenced")], parked
    held = stage.centre.ask("SELECT counter, fence FROM centre.claims")
    assert held == [("1374-L4", 2)]


def two_offices_give_one_person_one_valid_licence(stage: Stage) -> None:
    """Both without a line, each with an application of its own."""
    for name in ("1374-L3", "3275-L1"):
        counter = stage.counters[name]
        counter.finish(counter.register(1, Service.RENEWAL))
    stage.exchange("1374-L3", "3275-L1", "1374-L3")
    check_one_valid_licence(stage.centre)
    [(offices, detail)] = stage.centre.ask(
        "SELECT offices, detail FROM centre.incidents WHERE kind = 'second_licence'"
    )
    assert sorted(offices) == ["1374", "3275"]
    assert {detail["flagged"]["office"], detail["standing"]["office"]} == {"1374", "3275"}
    assert detail["flagged"]["application"] != detail["standing"]["application"]


STORIES: dict[str, Callable[[Stage], None]] = {
    mutants.PLAIN_SEQUENCE: whoever_reads_between_two_commits_misses_nothing,
    mutants.NO_CHAIN: an_entry_that_follows_nothing_is_refused,
    mutants.NO_FENCING: whoever_lost_a_case_can_not_go_on_with_it,
    mutants.BY_APPLICATION: two_offices_give_one_person_one_valid_licence,
}


@pytest.mark.parametrize("mutant", mutants.MUTANTS)
def test_our_centre_passes(stage: Stage, mutant: str) -> None:
    STORIES[mutant](stage)


@pytest.mark.parametrize("mutant", mutants.MUTANTS)
def test_the_mutant_is_noticed(stage: Stage, mutant: str) -> None:
    with stage.centre.admin() as connection:
        mutants.mutate(connection, mutant)
    with pytest.raises((AssertionError, ValueError)):
        STORIES[mutant](stage)


def test_officers_of_the_model_are_no_strangers(stage: Stage) -> None:
    known = stage.centre.ask("SELECT nrp FROM centre.officers WHERE nrp = %s", MAKER.officer)
    assert known
