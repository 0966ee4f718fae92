"""A disk without room: nothing half kept, nothing printed twice."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from db.errors import StoreFull
from desktop.domain.application import ApplicationState as S
from desktop.domain.application import Visit
from desktop.domain.stock import BlankState, DoubtAnswer, JobInDoubt
from devices.simulators.bench import SimulatedBench
from tests.walks.making import approved, confirmed, witness
from tests.walks.production import even, issue
from tests.walks.steps import acts, case, finished
from tests.walks.world import PASSWORDS, World

CARD = "CT26030400"


def limit(world: World, spare: int) -> None:
    """Let the store grow by so many pages and no more."""
    with world.desk.ledger.store.write() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar()
        assert isinstance(pages, int)
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + spare}")


def test_a_full_disk_in_mid_capture_loses_nothing(andi: World) -> None:
    app = confirmed(andi, 1)
    with andi.desk.ledger.reading() as r:
        visit = r.get(Visit, app.visit_id)
    andi.stage.sit(andi.people[1])
    with andi.desk.hub.camera() as camera:
        picture = camera.capture(timeout=5)
    limit(andi, 2)
    with pytest.raises(StoreFull) as refused:
        andi.desk.capture.shot(andi.by, visit.id, picture + bytes(200_000), "image/jpeg")
    assert refused.value.free > 0
    with andi.desk.ledger.reading() as r:
        assert r.get(Visit, app.visit_id) == visit
    limit(andi, 100_000)
    andi.take_over("sri")
    app = andi.desk.approvals.approve(andi.by, app.id)
    andi.give_back()
    assert finished(andi, app).state is S.READY
    assert andi.desk.oversight.verify().sound


def test_a_disk_that_fills_while_a_card_is_made_leaves_a_doubt_and_not_a_second_card(
    andi: World,
) -> None:
    app = approved(andi, 1)
    full = FullAt(andi, 6)
    with pytest.raises(StoreFull):
        issue(andi, app)
    full.restore()
    assert case(andi, app).state in (S.IN_PRODUCTION, S.ENCODED)
    [job] = andi.desk.issuing.find_doubtful()
    with pytest.raises(JobInDoubt):
        issue(andi, app)
    andi.desk.issuing.answer(andi.by, job.id, DoubtAnswer.NO_CARD, blank_here=True)
    finished(andi, app)
    even(andi)


class FullAt:
    """A disk that is full from the n-th pause of the machines on."""

    def __init__(self, world: World, pauses: int) -> None:
        self._world = world
        self._left = pauses
        bench = SimulatedBench(self.pause)  # type: ignore[arg-type]
        bench.printer.truth = world.bench.printer.truth
        for name in ("card_printer", "chip_station"):
            world.desk.hub.replace(name, bench.adapter(name))

    def pause(self, seconds: float, cancel: object = None) -> bool:
        self._left -= 1
        if self._left == 0:
            limit(self._world, 0)
        return self._world.clock.pause(seconds)

    def restore(self) -> None:
        limit(self._world, 100_000)


def test_a_full_disk_keeps_no_counter_open_and_no_act_unrecorded(andi: World) -> None:
    andi.take_over("sri")
    fill(andi)
    andi.give_back()
    andi.desk.duty.lock()
    assert andi.desk.duty.locked
    with pytest.raises(StoreFull):
        andi.desk.duty.unlock("79010001", "andi123")
    assert andi.desk.duty.locked
    limit(andi, 100_000)
    locked_at = andi.desk.frame.now()
    andi.clock.advance(60)
    andi.desk.duty.unlock("79010001", "andi123")
    given, locked, unlocked = acts(andi, "duty.*")[-3:]
    assert [one.act for one in (given, locked, unlocked)] == [
        "duty.given_back", "duty.locked", "duty.unlocked",
    ]  # fmt: skip
    assert [one.officer for one in (given, locked)] == ["76040004", "79010001"]
    assert locked.content is not None
    assert datetime.fromisoformat(str(locked.content["at"])) == locked_at
    assert andi.desk.oversight.verify().sound


def test_what_is_owed_is_written_once_though_another_lane_records_meanwhile(andi: World) -> None:
    by, duty = andi.by, andi.desk.duty
    fill(andi)
    duty.lock()
    limit(andi, 100_000)

    def meanwhile() -> None:
        andi.desk.ledger.acted = None
        duty.second(by, *PASSWORDS["sri"])

    andi.desk.ledger.acted = meanwhile
    duty.unlock("79010001", "andi123")
    assert not duty.locked
    told = [one.act for one in acts(andi, "duty.*")]
    assert (told.count("duty.locked"), told.count("duty.unlocked")) == (1, 1)
    assert andi.desk.oversight.verify().sound


def test_cards_whose_minutes_find_no_room_are_not_destroyed(world: World) -> None:
    world.sign_in("nyoman")
    world.desk.stock.spoil(world.by, CARD, "lot_defect")
    second = witness(world, "bambang")
    limit(world, 6)
    with pytest.raises(StoreFull):
        world.desk.destruction.destroy(world.by, second, [CARD])
    assert world.desk.stock.look(CARD).state is BlankState.SPOILED
    limit(world, 100_000)
    made = world.desk.destruction.destroy(world.by, second, [CARD])
    assert world.desk.stock.look(CARD).state is BlankState.DESTROYED
    [told] = acts(world, "stock.destroyed")
    assert made.paper.subject == told.subject
    assert world.desk.oversight.verify().sound


def fill(world: World) -> None:
    """Leave no room, not for the smallest entry."""
    limit(world, 0)
    with suppress(StoreFull):
        for _ in range(200):
            with world.desk.ledger.store.write() as conn:
                world.desk.ledger.store.put_blob(conn, os.urandom(20_000), "image/png")
    with suppress(StoreFull):
        for _ in range(200):
            with world.desk.ledger.acting(world.by) as w:
                w.record("a", "b", {})


def after(world: World, acts: int, then: Callable[[], None]) -> None:
    """Let something happen once that many more acts are kept."""
    left = acts

    def acted() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            world.desk.ledger.acted = None
            then()

    world.desk.ledger.acted = acted


def test_new_work_needs_room_to_finish(andi: World, tmp_path: Path) -> None:
    total = shutil.disk_usage(tmp_path).free
    with pytest.raises(StoreFull):
        andi.desk.ledger.store.check_space(total)
