"""The sign-in stands before the first device is opened; devices follow by themselves."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.training.officers import SAMPLE_OFFICERS
from desktop.words import Words
from tests.ui.counter_world import close, open_hands
from tests.walks.conftest import IDS_OF_THE_OFFICE
from tests.walks.world import open_world
from ui.widgets.state import StateBadge


def test_officers_stand_there_while_devices_still_open(
    profile: Path, qapp: QApplication, qtbot: QtBot, words: Words
) -> None:
    world = open_world(profile, ids_used=IDS_OF_THE_OFFICE)
    made = open_hands(world, qtbot, words, devices_after_ms=20)
    bar = [one for one in made.window.status.findChildren(StateBadge) if not one.isHidden()]
    table = made.window.sign_in.table
    shown = {row.key: set(row.cells) for row in table.rows_model.rows}
    for sample in SAMPLE_OFFICERS:
        assert sample.password in shown[sample.nrp], "a sample officer's password is shown beside"
    assert not any(table.isColumnHidden(at) for at in range(table.model().columnCount()))
    assert not any(status.health.usable for status in world.desk.hub.statuses())
    assert bar == [made.window.status.sync], "nothing is called broken meanwhile"
    qtbot.waitUntil(lambda: all(status.health.usable for status in world.desk.hub.statuses()))
    close(made)
