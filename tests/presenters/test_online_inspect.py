"""At the inspection of online cards: what becomes of a look that the officer doesn't wait for."""

from __future__ import annotations

import pytest

from desktop.domain.application import ApplicationState as S
from desktop.domain.stock import WrongBlank
from desktop.presenters.online import Online
from desktop.presenters.online_view import OnlineArea, PrintPane
from tests.presenters.busy_lane import on_busy_lane
from tests.presenters.test_online import approved, pick_all
from tests.walks.online_day import OnlineDay
from tests.walks.world import World


@pytest.fixture
def day(world: World) -> OnlineDay:
    return OnlineDay(world)


def inspecting(day: OnlineDay, count: int = 1) -> Online:
    """Rahmat at the inspection, before so many printed cards."""
    presenter = approved(day, count)
    pick_all(presenter)
    presenter.print_selected()
    presenter.turn_pane(PrintPane.INSPECT)
    return presenter


@pytest.mark.parametrize("area", [OnlineArea.PRINT, OnlineArea.MANIFEST, None])
def test_the_viewer_waits_for_no_card_once_the_inspection_is_left(
    day: OnlineDay, area: OnlineArea | None
) -> None:
    presenter = inspecting(day)
    viewer = on_busy_lane(presenter, "card_viewer")
    presenter.look_at_card()
    if area is OnlineArea.PRINT:
        presenter.turn_pane(PrintPane.QUEUE)
    elif area is None:
        presenter.leave()  # another screen, which may lay its own card in the viewer
    else:
        presenter.show_area(area)
    viewer.let_go()
    assert (presenter.view.doing, presenter.view.problem) == ("", None)
    if area is None:
        presenter.enter()
    presenter.show_area(OnlineArea.PRINT)
    presenter.turn_pane(PrintPane.INSPECT)
    assert presenter.view.looked is None
    assert presenter.view.to_look, "Enter brings it to the viewer first, as before"
    presenter.look_at_card()
    viewer.let_go()
    assert presenter.view.looked is not None


def test_a_card_is_rejected_though_the_viewer_waits_for_it(day: OnlineDay) -> None:
    presenter = inspecting(day)
    card = presenter.view.inspected
    assert card is not None
    viewer = on_busy_lane(presenter, "card_viewer")
    presenter.look_at_card()
    presenter.reject_card("print_defect")
    viewer.let_go()
    assert day.app(card.id).state is S.APPROVED
    assert (presenter.view.doing, presenter.view.problem) == ("", None)
    assert presenter.view.printed == ()


def test_a_card_is_rejected_in_nobody_else_s_name(day: OnlineDay) -> None:
    presenter = inspecting(day)
    card = presenter.view.inspected
    assert card is not None
    viewer = on_busy_lane(presenter, "card_viewer")
    presenter.look_at_card()
    presenter.reject_card("print_defect")
    day.world.desk.duty.lock()
    viewer.let_go()
    assert day.app(card.id).state is S.PRINTED


def test_what_was_refused_of_a_card_is_not_said_of_the_next(day: OnlineDay) -> None:
    presenter = inspecting(day, 2)
    first, second = presenter.view.printed
    presenter.show_card(first.id)
    presenter.show(card_scanned=second.blank_serial)
    presenter.pass_card()  # into the viewer first
    presenter.pass_card()
    assert isinstance(presenter.view.problem, WrongBlank)
    presenter.show_card(second.id)
    assert presenter.view.problem is None
