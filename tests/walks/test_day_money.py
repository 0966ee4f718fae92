"""Each payment stands in one day report: neither in two, nor in none."""

from __future__ import annotations

import io
from datetime import timedelta

from pypdf import PdfReader

from desktop.domain.application import Paper
from desktop.domain.requirements import RequirementKind
from desktop.domain.stock import Shift
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.presenters.stock import StockDesk
from desktop.services.lot_balances import balances
from tests.walks.making import ready, witness
from tests.walks.steps import checked, paid, registered
from tests.walks.world import World

NIGHT = timedelta(days=1).total_seconds()


def pay(world: World, number: int) -> None:
    """A renewal that the bank confirms at once."""
    paid(world, checked(world, registered(world, world.people[number])))


def type_slip(world: World, number: int) -> None:
    """A renewal paid by a slip that somebody wrote down."""
    app = checked(world, registered(world, world.people[number]))
    world.desk.payment.type_in(world.by, app.id, f"ABCDEF012345678{number}", app.fee, "Bank Contoh")


def bank(world: World, manner: Manner) -> None:
    assert isinstance(world.desk.outside, OutsideSimulator)
    world.desk.outside.manners[RequirementKind.PAYMENT] = manner


def opened(world: World) -> str:
    """The day begins with Andi."""
    world.sign_in("andi")
    with world.desk.ledger.reading() as r:
        newest = r.first(Shift, order="id", descending=True)
    assert newest is not None
    return newest.id


def close(world: World, counted: int = 500) -> str:
    """The earliest open shift is counted and closed by two people."""
    left = world.desk.closing.lots_to_count()
    with world.desk.ledger.reading() as r:
        shift = world.desk.closing.current(r)
    assert shift is not None
    world.desk.closing.count(world.by, dict.fromkeys(left, counted))
    return world.desk.closing.close(witness(world, "bambang")).shift.id


def told(world: World, shift_id: str) -> tuple[str, str]:
    """The number of a shift's day report and what stands on it."""
    _, report = world.desk.reports.both(world.by, shift_id)
    pages = PdfReader(io.BytesIO(report.pdf)).pages
    text = " ".join("\n".join(page.extract_text() for page in pages).split())
    return report.paper.number, text


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


def test_two_shifts_of_a_day_each_say_which_they_are_and_their_balances_join(world: World) -> None:
    noon = opened(world)
    pay(world, 1)
    ready(world, 2)
    world.clock.advance(4 * 3600)
    assert close(world, 499) == noon
    first, said = told(world, noon)
    assert "Giliran kerja ke-1" in said
    assert "Jumlah PNBP terkonfirmasi 2 " in said
    assert "giliran sebelumnya" not in said
    evening = world.desk.closing.open_shift(world.by).id
    pay(world, 3)
    ready(world, 4)
    world.clock.advance(4 * 3600)
    assert close(world, 498) == evening
    _, said = told(world, evening)
    assert "Giliran kerja ke-2" in said
    assert f"Laporan giliran sebelumnya {first}" in said
    with world.desk.ledger.reading() as r:
        [morning], [later] = (balances(r, r.get(Shift, key)) for key in (noon, evening))
    assert morning.holds
    assert later.holds
    assert (morning.opening, morning.closing, later.opening, later.closing) == (500, 499, 499, 498)
    assert (payments(world, noon), payments(world, evening)) == (2, 2)


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
        found = [
            len(world.desk.reports.incidents(r, r.get(Shift, key))) for key in (monday, tuesday)
        ]
    assert found == [0, 1]


def test_a_difference_stands_in_the_report_of_the_shift_that_differs(world: World) -> None:
    monday = opened(world)
    world.clock.advance(NIGHT)
    tuesday = opened(world)
    world.desk.closing.count(world.by, dict.fromkeys(world.desk.closing.lots_to_count(), 499))
    world.desk.closing.state(world.by, "Satu kartu tidak ada di kotak.")
    world.desk.closing.close(witness(world, "bambang"))
    with world.desk.ledger.reading() as r:
        found = [
            len(world.desk.reports.incidents(r, r.get(Shift, key))) for key in (monday, tuesday)
        ]
    assert found == [1, 0]


def test_a_slip_that_the_bank_confirms_tomorrow_is_tomorrow_s_money(world: World) -> None:
    monday = opened(world)
    pay(world, 1)
    type_slip(world, 2)
    bank(world, Manner.SILENT)
    assert world.desk.proofs.confirm_all() == []
    close(world)
    world.clock.advance(NIGHT)
    tuesday = opened(world)
    assert (payments(world, monday), payments(world, tuesday)) == (1, 0)
    bank(world, Manner.YES)
    [settled] = world.desk.proofs.confirm_all()
    assert settled.closed is True
    assert (payments(world, monday), payments(world, tuesday)) == (1, 1)
    with world.desk.ledger.reading() as r:
        assert r.count(Paper) == 0, "no report was made before it"
    stock = StockDesk(world.desk)
    stock.enter()
    assert stock.view.money.payments == 1, "the close shows what its report will sum up"
    assert stock.view.money.typed == 0


def test_a_slip_that_the_bank_confirms_in_the_evening_is_counted_once(world: World) -> None:
    monday = opened(world)
    type_slip(world, 1)
    assert payments(world, monday) == 0
    [settled] = world.desk.proofs.confirm_all()
    assert settled.closed is True
    assert payments(world, monday) == 1
