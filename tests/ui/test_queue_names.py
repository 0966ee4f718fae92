"""The queue on the real window: whoever is served is read whole beside the longest states."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Service
from tests.ui.counter_world import Hands
from tests.walks.steps import after_tests, captured, checked, paid, registered
from ui.screens.queue import QueueScreen
from ui.widgets.table_delegate import RowDelegate


def test_a_name_beside_long_services_and_states_is_not_cut(hands: Hands) -> None:
    world = hands.world
    world.sign_in("andi")
    person = world.people[0]
    app = registered(world, person, Service.CLASS_UPGRADE, LicenceClass.BI)
    captured(world, paid(world, after_tests(world, checked(world, app))), person)
    hands.desk.duty.sign_out()
    hands.sign_in("andi")
    hands.window.open_screen("queue")
    QApplication.processEvents()
    screen = hands.window.current_screen
    assert isinstance(screen, QueueScreen)
    table = screen.table
    delegate = table.itemDelegate()
    assert isinstance(delegate, RowDelegate)
    wanted = delegate.width_of(1, [person.name])
    assert table.columnWidth(1) >= wanted
