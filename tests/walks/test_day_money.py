"""Each payment stands in one day report: neither in two, nor in none."""

from __future__ import annotations

from datetime import timedelta

from desktop.domain.stock import Shift
from tests.walks.making import witness
from tests.walks.steps import checked, paid, registered
from tests.walks.world import World

NIGHT = timedelta(days=1).total_seconds()


def pay(world: World, number: int) -> None:
    """A renewal that the bank confirms at once."""
    paid(world, checked(world, registered(world, world.people[number])))


def opened(world: World) -> str:
    """The day begins with Andi."""
    world.sign_in("andi")
    with world.desk.ledger.reading() as r:
        newest = r.first(Shift, order="id", descending=True)
    assert newest is not None
    return newest.id


def close(world: World) -> str:
    """The earliest open shift is counted and closed by two people."""
    left = world.desk.closing.lots_to_count()
    with world.desk.ledger.reading() as r:
        shift = world.desk.closing.current(r)
    assert shift is not None
    world.desk.closing.count(world.by, dict.fromkeys(left, 500))
    return world.desk.closing.close(witness(world, "bambang")).shift.id


def payments(world: World, shift_id: str) -> int:
    """How many payments a shift's day report sums up."""
    with world.desk.ledger.reading() as r:
        banks, _ = world.desk.reports.money(r, r.get(Shift, shift_id))
    return sum(one.payments for one in banks)


def test_a_day_left_open_and_the_next_one_share_no_payment(world: World) -> None:
    monday = opened(world)
    pay(world, 1)
    world.clock.advance(NIGHT)
    tuesday = opened(world)
    assert tuesday != monday
    pay(world, 2)
    assert close(world) == monday
    pay(world, 3)
    assert (payments(world, monday), payments(world, tuesday)) == (1, 2)


def test_what_is_paid_after_the_close_stands_in_the_next_report(world: World) -> None:
    monday = opened(world)
    pay(world, 1)
    close(world)
    pay(world, 2)
    world.desk.oversight.open_incident(world.by, "other", "gudang", "Pintu gudang rusak.")
    world.clock.advance(NIGHT)
    tuesday = opened(world)
    pay(world, 3)
    assert (payments(world, monday), payments(world, tuesday)) == (1, 2)
    with world.desk.ledger.reading() as r:
        told = [
            len(world.desk.reports.incidents(r, r.get(Shift, key))) for key in (monday, tuesday)
        ]
    assert told == [0, 1]


def test_a_difference_stands_in_the_report_of_the_shift_that_differs(world: World) -> None:
    monday = opened(world)
    world.clock.advance(NIGHT)
    tuesday = opened(world)
    world.desk.closing.count(world.by, dict.fromkeys(world.desk.closing.lots_to_count(), 499))
    world.desk.closing.state(world.by, "Satu kartu tidak ada di kotak.")
    world.desk.closing.close(witness(world, "bambang"))
    with world.desk.ledger.reading() as r:
        told = [
            len(world.desk.reports.incidents(r, r.get(Shift, key))) for key in (monday, tuesday)
        ]
    assert told == [1, 0]
