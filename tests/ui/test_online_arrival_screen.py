"""F4, K: whom no finger proves goes to the counter by O, a reason, and a second officer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.presenters.online_problems import FingerUnproven
from devices.simulators.faults import Fault, FaultName
from tests.ui.counter_world import CTRL, Hands
from tests.ui.test_instead_of_signing import answer, modal
from tests.ui.test_online_screen import begin, keys_of, screen
from tests.walks.world import PASSWORDS
from ui.screens.walkin import WalkInScreen
from ui.screens.walkin_dialogs import SecondOfficerDialog

KEY = Qt.Key


def test_the_keys_that_go_on_without_the_finger_are_named_and_work(hands: Hands) -> None:
    presenter, world = begin(hands, 1), hands.world
    hands.enter()
    file = presenter.view.file
    assert file is not None
    world.put_eid(next(p for p in world.people if p.nik == file.app.nik))
    world.bench.order("eid_reader", Fault("eid.finger", FaultName.FINGER_MISMATCH))
    hands.press(KEY.Key_K)
    assert isinstance(presenter.view.problem, FingerUnproven)
    assert screen(hands).banner.remedy.text() == hands.window.words("problem.FingerUnproven.remedy")
    assert {"K", "O"} <= set(keys_of(screen(hands)))
    hands.press(KEY.Key_O)
    answer(KEY.Key_1)
    for word in ("wrong", PASSWORDS["dewi"][1]):  # the slip of the first loses nothing
        sheet = modal()
        assert isinstance(sheet, SecondOfficerDialog)
        names = [row.key for row in sheet.table.rows_model.rows]
        for _ in range(names.index(PASSWORDS["dewi"][0]) - names.index(sheet.table.current_key())):
            QTest.keyClick(sheet.password, KEY.Key_Down)
        QTest.keyClicks(sheet.password, word)
        QTest.keyClick(sheet.password, KEY.Key_Return, CTRL)
    assert isinstance(hands.window.current_screen, WalkInScreen)
    assert hands.app.id == file.app.id
