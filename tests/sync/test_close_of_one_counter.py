"""Two counters of one office: each closes its own shift, reports its day and serves its queue."""

from __future__ import annotations

import io

from pypdf import PdfReader

from desktop.domain.application import Incident
from desktop.domain.stock import Balance
from desktop.services.paper_minutes import short
from desktop.services.reckoning import Reckoning
from desktop.training.furnished import fill_feeder
from tests.sync.counters import exchange
from tests.walks.making import approved, ready, witness
from tests.walks.steps import registered
from tests.walks.world import World

LOT = "2603"


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def closed(world: World, count: int) -> tuple[Reckoning, str]:
    """Counted and closed without a word said of anything; the text of the day's report."""
    assert world.desk.closing.lots_to_count() == (LOT,)
    reckoned = world.desk.closing.count(world.by, {LOT: count})
    assert not reckoned.differs, (reckoned.lots, reckoned.counters, reckoned.ribbons)
    done = world.desk.closing.close(witness(world, "bambang"))
    _, day = world.desk.reports.both(world.by, done.shift.id)
    return reckoned, text_of(day.pdf)


def test_each_counter_closes_what_it_holds_and_serves_whom_it_has(
    counter: World, other: World
) -> None:
    """The store room is counted where its cards came in; what the next counter takes leaves it."""
    here, there = counter, other
    exchange(here, there)
    here.sign_in("andi")
    there.sign_in("andi")
    exchange(here, there)
    there.take_over("nyoman")
    assert there.desk.stock.assign_next(there.by, 5) == 5
    spare = there.desk.stock.next_in_store(1)[0]
    there.desk.stock.miss(there.by, spare, "not_counted")
    there.give_back()
    fill_feeder(there.desk)
    exchange(there, here)
    for world, number in ((here, 1), (there, 2), (here, 3)):
        app = ready(world, number)
        world.desk.handover.hand_over(world.by, app.id, app.blank_serial)
        exchange(world, here, there)
    left = registered(there, there.people[6])
    exchange(there, here)

    assert there.desk.closing.store_elsewhere() == (LOT,)
    assert not here.desk.closing.store_elsewhere()
    assert [one.application.id for one in there.desk.closing.standing().open_cases] == [left.id]
    assert not here.desk.closing.standing().open_cases
    with there.desk.ledger.reading() as r:
        [incident] = r.find(Incident)
    at_l4, day_l4 = closed(there, 4)
    assert at_l4.lots[0].balance == Balance(LOT, transferred_in=5, issued=1, closing=4)
    assert not at_l4.behind, "the store room's card is in the other's books"
    assert "Jumlah PNBP terkonfirmasi 1 Rp75.000" in day_l4
    exchange(there, here)
    at_l3, day_l3 = closed(here, 492)
    assert at_l3.lots[0].balance == Balance(
        LOT, opening=500, transferred_out=5, issued=2, missing=1, closing=492
    )
    assert [one.serial for one in at_l3.behind] == [spare]
    assert "Jumlah PNBP terkonfirmasi 2 Rp150.000" in day_l3

    assert short(incident.id) in day_l4
    assert short(incident.id) not in day_l3

    # What moves after the close is the next shift's, at both.
    there.take_over("nyoman")
    there.desk.stock.assign_next(there.by, 3)
    there.give_back()
    exchange(there, here)
    for world in (here, there):
        world.clock.advance(24 * 3600)
        world.desk.closing.open_shift(world.by)
    assert closed(there, 7)[0].lots[0].balance.transferred_in == 3
    assert closed(here, 489)[0].lots[0].balance.transferred_out == 3

    serves_its_own_queue(here, there)


def serves_its_own_queue(*both: World) -> None:
    """Whoever waits at the next counter stands in nobody's way here, and is served there."""
    waiting: list[str] = []
    for world, number in zip(both, (4, 5), strict=True):
        app = approved(world, number)
        world.take_over("nyoman")
        world.desk.stock.unassign(world.by, world.desk.stock.free_here(500))
        world.give_back()
        waiting.append(world.desk.issuing.await_material(world.by, app.id).id)
        exchange(*both, both[0])
    for world, mine in zip(both, waiting, strict=True):
        assert [one.application.id for one in world.desk.letters.waiting()] == [mine]
        world.take_over("nyoman")
        world.desk.stock.assign_next(world.by, 1)
        world.give_back()
        assert [app.id for app in world.desk.letters.landed(world.by)] == [mine]
        assert exchange(*both).parked == 0
