"""Lost answers, a flipped bit, a clock that moved, a centre that is too old: each a clear fact."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from db.central import Centre as RealCentre
from db.errors import LineDown
from desktop.domain.application import Application
from desktop.domain.officer import PROGRAM
from desktop.services.base import ClockWrong
from desktop.services.sync_facts import LineState
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import exchange
from tests.walks.making import approved
from tests.walks.steps import registered
from tests.walks.world import World


class LostAnswer:
    """A real line whose answer to one call never comes back."""

    def __init__(self, line: RealCentre, lost: str) -> None:
        self._line, self._lost = line, lost

    def _call(self, name: str, *values: Any) -> Any:
        answer = getattr(self._line, name)(*values)
        if name == self._lost:
            self._lost = ""
            raise LineDown("cut")
        return answer

    def close(self) -> None:
        self._line.close()

    def push(self, *values: Any) -> dict[str, Any]:
        return self._call("push", *values)

    def pull(self, cursor: dict[str, Any], limit: int, wait_ms: int = 0) -> dict[str, Any]:
        return self._call("pull", cursor, limit, wait_ms)

    def pull_ahead(self, cursor: dict[str, Any], limit: int) -> None:
        self._line.pull_ahead(cursor, limit)

    def blob_put(self, *values: Any) -> dict[str, Any]:
        return self._call("blob_put", *values)

    def blobs_put(self, *values: Any) -> list[dict[str, Any]]:
        return self._call("blobs_put", *values)

    def blob_get(self, *values: Any) -> bytes | None:
        return self._call("blob_get", *values)


@pytest.mark.parametrize("lost", ["push", "pull", "blobs_put", "blob_get"])
def test_an_answer_that_is_lost_costs_nothing(
    counter: World, other: World, centre: CentreRig, lost: str
) -> None:
    exchange(counter)
    if lost == "blob_get":
        counter.sign_in("andi")
        app = approved(counter, 1)
        exchange(counter)
        world, name = other, "1374-L4"
    else:
        counter.sign_in("andi")
        app = approved(counter, 1)
        world, name = counter, "1374-L3"
    syncing = world.desk.syncing
    syncing.close()
    connect, syncing.connect = syncing.connect, lambda: LostAnswer(centre.line(name), lost)
    assert exchange(world).state is LineState.DOWN
    syncing.connect = connect
    facts = exchange(world)
    assert (facts.state, facts.waiting, facts.parked) == (LineState.UP, 0, 0)
    with world.desk.ledger.reading() as r:
        assert r.get(Application, app.id).state == "approved"
        assert r.blob(app.photo)
    [(entries, distinct)] = centre.ask(
        "SELECT count(*), count(DISTINCT entry_id) FROM centre.journal WHERE counter = '1374-L3'"
    )
    assert entries == distinct


def test_a_flipped_bit_in_the_store_is_seen_and_sent_to_nobody(
    counter: World, centre: CentreRig
) -> None:
    exchange(counter)
    counter.sign_in("andi")
    registered(counter, counter.people[1])
    store = counter.desk.ledger.store
    with store.write() as conn:
        conn.exec_driver_sql("DROP TRIGGER journal_no_update")
        conn.exec_driver_sql(
            "UPDATE journal SET subject = subject || 'x' WHERE seq = (SELECT max(seq) FROM journal)"
        )
    facts = exchange(counter)
    assert facts.state is LineState.STUCK
    assert facts.word == "chain"
    with counter.desk.ledger.reading() as r:
        assert centre.ask("SELECT max(seq) FROM centre.journal") < [(r.head().seq,)]
    assert centre.ask("SELECT count(*) FROM centre.refused WHERE code = 'chain'")[0][0] >= 1


def test_a_fault_at_the_centre_isnt_taken_for_the_line(counter: World, centre: CentreRig) -> None:
    exchange(counter)
    counter.sign_in("andi")
    first = registered(counter, counter.people[1])
    centre.do("ALTER FUNCTION centre.land_feed RENAME TO land_feed_lost")
    facts = exchange(counter)
    assert (facts.state, facts.word) == (LineState.FAULT, "42883")
    assert facts.waiting > 0
    assert facts.next_in > 0, "it is tried again by itself"
    assert counter.desk.syncing.link.down_since is not None, "and binds as an outage does"
    centre.do("ALTER FUNCTION centre.land_feed_lost RENAME TO land_feed")
    facts = exchange(counter)
    assert (facts.state, facts.waiting, facts.word) == (LineState.UP, 0, "")
    assert centre.ask("SELECT count(*) FROM centre.applications WHERE id = %s", first.id) == [(1,)]


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_moved_by_a_day_is_told(counter: World, centre: CentreRig, days: int) -> None:
    counter.sign_in("andi")
    now = centre.ask("SELECT now()")[0][0]
    counter.clock.jump_to(now)
    assert exchange(counter).clock_off is None
    counter.clock.jump_to(now + timedelta(days=days))
    off = exchange(counter).clock_off
    assert off is not None
    assert round(off.total_seconds() / 86400) == -days
    wrong = counter.desk.frame.clock_problem()
    assert isinstance(wrong, ClockWrong) is (days < 0), "and nothing is dated by a clock behind"
    with counter.desk.ledger.acting(PROGRAM) as w:
        entry = w.record("records.loaded", "test", {})
    assert entry.offset_ms is not None
    assert abs(entry.offset_ms + days * 86_400_000) < 600_000, "each entry tells how wrong it was"


def test_a_program_that_is_too_new_is_told(counter: World, centre: CentreRig) -> None:
    exchange(counter)
    counter.sign_in("andi")
    registered(counter, counter.people[1])
    centre.do(
        "INSERT INTO centre.meta VALUES ('schema', '0') ON CONFLICT (key) DO UPDATE SET value = '0'"
    )
    facts = exchange(counter)
    assert facts.state is LineState.TOO_OLD
    assert facts.waiting > 0
