"""Papers that a full disk kept from being made: a key makes them once there is room again."""

from __future__ import annotations

from db.errors import StoreFull
from desktop.domain.application import Paper
from desktop.domain.stock import Shift
from desktop.presenters.stock_view import Area, CloseStage
from tests.presenters.test_stock_kept import LOT, desk
from tests.walks.making import approved
from tests.walks.test_full_disk import after, limit
from tests.walks.test_letters import waiting
from tests.walks.world import PASSWORDS, World


def test_reports_that_found_no_room_are_made_by_the_key_that_prints_them(world: World) -> None:
    world.sign_in("nyoman")
    shift = world.desk.closing.open_shift(world.by)
    first = desk(world)
    first.count({LOT: 500})
    after(world, 3, lambda: limit(world, 6))  # the password, the close, the first of its reports
    first.close_shift(*PASSWORDS["bambang"])
    assert isinstance(first.view.problem, StoreFull)
    assert first.view.stage is CloseStage.CLOSED
    assert first.view.printable
    limit(world, 100_000)
    world.desk.closing.open_shift(world.by)  # a new day has begun before anybody saw it

    second = desk(world)
    assert second.view.stage is CloseStage.COUNT
    assert second.view.owed == (shift.id,)
    second.print_again()
    assert second.view.problem is None
    assert (second.view.owed, second.view.printable) == ((), False), "they are made once"
    with world.desk.ledger.reading() as r:
        papers = r.find(Paper, subject=shift.id)
        kept = r.get(Shift, shift.id)
    assert [paper.id for paper in papers] == [kept.report, kept.day_report]
    assert all(paper.printed_at for paper in papers)
    assert [paper.id for paper in second.view.last_papers[Area.CLOSE]] == [
        paper.id for paper in papers
    ]


def test_that_no_card_is_free_has_no_tick(world: World) -> None:
    world.sign_in("andi")
    waiting(world, 1)
    presenter = desk(world, Area.LETTERS)
    presenter.load()
    assert presenter.view.waiters
    presenter.landed()
    said = presenter.view.said
    assert said is not None
    assert (said.message_id, said.warns) == ("stock.none_served", True)


def test_that_the_cards_here_are_promised_is_said(world: World) -> None:
    world.sign_in("andi")
    approved(world, 2)
    waiting(world, 1)
    world.take_over("nyoman")
    world.desk.stock.assign_next(world.by, 1)
    presenter = desk(world, Area.LETTERS)
    presenter.load()
    presenter.landed()
    said = presenter.view.said
    assert said is not None
    assert (said.message_id, said.warns) == ("stock.none_spare", True)
