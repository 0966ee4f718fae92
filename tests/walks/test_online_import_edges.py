"""What else comes of a portal's files: past refusals, revoked keys, scans that two files share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from db.orders import put_order
from desktop.domain.application import Application, Batch
from desktop.domain.application import ApplicationState as S
from desktop.domain.online import LineFault, RefusedLine
from desktop.keys.certificates import KeyRole
from desktop.keys.errors import BadCertificate
from tests.walks.online_day import OnlineDay
from tests.walks.test_retention import later, supervised, told_to_the_centre
from tests.walks.world import World


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def test_a_file_that_came_again_and_was_taken_is_told_by_its_outcome(
    day: OnlineDay, tmp_path: Path
) -> None:
    """Its first line was refused for a missing picture; a refusal that came later still counts."""
    world = day.world
    [taken] = day.take_in(1).taken
    external = day.app(taken.application_id).external_id
    refused = (RefusedLine(1, LineFault.PICTURE_MISSING, external, "old_licence"),)
    for number, batch_id in enumerate(("0" * 26, "f" * 26)):
        with world.desk.ledger.acting(world.by) as w:
            now = world.desk.frame.now()
            w.add(Batch(batch_id, f"{number}", world.by.officer, now, count=1, refused=refused))
            w.record("batch.imported", batch_id, {})
        done = day.world.desk.online.export_results(world.by, tmp_path / f"{number}.zip")
        assert (done.outcomes, done.not_taken) == (1, number)


def test_a_portal_key_that_was_revoked_brings_nothing(day: OnlineDay) -> None:
    desk = day.world.desk
    order = {
        "n": 1, "type": "revocation", "kind": "key", "reason": "stolen", "order": "KEP/1",
        "id": desk.profile.signer(KeyRole.PORTAL).key_id, "from": "2026-03-01T00:00:00+00:00",
    }  # fmt: skip
    with desk.ledger.store.write() as conn:
        put_order(conn, order)
    with pytest.raises(BadCertificate) as refused:
        day.take_in(1)
    assert refused.value.reason == "revoked"
    assert desk.online.waiting() == []


def test_pictures_of_a_file_that_stays_aren_t_deleted_with_its_twin(day: OnlineDay) -> None:
    """One person files A and C with the same scans; the first is over and leaves."""
    world = day.world
    [taken] = day.take_in(1).taken
    app = day.app(taken.application_id)
    with world.desk.ledger.acting(world.by) as w:
        over = replace(
            app, id="0" * 26, number=f"{app.number}-2", external_id="R-2", state=S.CANCELLED
        )
        w.add(over)
        w.record("test.twin", over.id, {})
    told_to_the_centre(world)
    later(world, 90)
    supervised(world)
    assert world.desk.retention.leave(world.by) == 1
    with world.desk.ledger.reading() as r:
        assert r.look(Application, over.id) is None
    assert world.desk.online.pictures(app.id)
