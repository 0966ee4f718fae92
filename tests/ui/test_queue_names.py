"""The lists on the real window: whoever is served is read whole beside the longest states."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.domain.licence_class import LicenceClass
from desktop.domain.service import Service
from desktop.presenters.online_view import FileFilter
from desktop.training.sample_delivery import new_files
from tests.ui.counter_world import Hands
from tests.ui.test_online_screen import screen as online_screen
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


def test_a_name_beside_files_that_others_have_is_not_cut(hands: Hands) -> None:
    world, online = hands.world, hands.desk.online
    world.sign_in("andi")
    online.import_batch(world.by, new_files(hands.desk))
    for case in online.waiting(FileFilter.OPEN.states)[:3]:
        online.claim(world.by, case.application.id)
    hands.desk.duty.sign_out()
    hands.sign_in("dewi")
    hands.press(Qt.Key.Key_F4)
    QApplication.processEvents()
    table = online_screen(hands).files.table
    rows = table.rows_model.rows
    longest = "Hj. Astuti L. Lestari Kusumawardhani"
    name, delivery = 1, 6
    between = rows[0].cells[name + 1 : delivery]
    cells = (*rows[0].cells[:name], longest, *between, "Kota Tanjungpinang")
    table.show_rows((dataclasses.replace(rows[0], cells=cells), *rows[1:]))
    assert table.horizontalScrollBar().maximum() == 0
    assert [table.cut_text(row.key, name) for row in table.rows_model.rows] == [""] * len(rows)


@pytest.mark.parametrize(
    ("name", "hint"), [("andi", ""), ("nyoman", ".tickets"), ("sri", ".others")]
)
def test_an_empty_queue_names_only_the_keys_that_its_officer_has(
    hands: Hands, name: str, hint: str
) -> None:
    hands.sign_in(name)
    hands.window.open_screen("queue")
    QApplication.processEvents()
    screen, words = hands.window.current_screen, hands.window.words
    assert isinstance(screen, QueueScreen)
    assert screen.empty.isVisible()
    told = f"{words('queue.empty')} {words(f'queue.empty.hint{hint}')}"
    assert screen.empty.accessibleName() == told
