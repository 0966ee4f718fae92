"""A card that waits for JKN and goes by courier: J asks again at F4, 3 and at F6."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from desktop.domain.application import Application
from desktop.domain.evidence import JknSilent
from desktop.domain.officer import PROGRAM
from desktop.domain.requirements import RequirementKind
from desktop.domain.stock import UnknownBlank
from desktop.domain.walker import Gate, GatesMissing
from desktop.outside.simulators import Manner, OutsideSimulator
from tests.presenters.busy_lane import on_busy_lane
from tests.ui import test_online_screen as f4
from tests.ui import test_returns_screen as f6
from tests.ui.counter_world import Hands

KEY = Qt.Key


def in_arrears(hands: Hands, app: Application) -> dict[RequirementKind, Manner]:
    """A case verified while JKN told of arrears; how its line behaves from now on."""
    outside = hands.desk.outside
    assert isinstance(outside, OutsideSimulator)
    with hands.desk.ledger.acting(PROGRAM) as w:
        w.change(w.get(Application, app.id), jkn_hold=True)
        w.record("test.arrears", app.id, {})
    outside.manners[RequirementKind.JKN_STATUS] = Manner.SILENT
    return outside.manners


def stopped_by_jkn(problem: Exception | None) -> bool:
    return isinstance(problem, GatesMissing) and problem.missing == (Gate.JKN_CLEAR,)


def test_packing_goes_on_once_jkn_has_no_arrears(hands: Hands) -> None:
    presenter, day = f4.packing(hands, 1)
    [line] = presenter.view.to_pack
    manners = in_arrears(hands, line.app)
    hands.window.on_scan(line.app.blank_serial)
    hands.window.on_scan(day.waybill())
    pair = presenter.view.pair
    assert stopped_by_jkn(pair.problem)
    assert pair.problem is not None
    assert "J" in hands.window.words.problem(pair.problem).remedy.split()
    hands.press(KEY.Key_J)
    assert isinstance(presenter.view.pair.problem, JknSilent)
    manners.clear()
    hands.press(KEY.Key_J)
    assert presenter.view.pair.problem is None
    hands.window.on_scan(day.waybill())
    assert presenter.view.pair.parcel is not None
    assert "J" not in f4.keys_of(f4.screen(hands))


@pytest.mark.parametrize("clear", [True, False])
def test_what_is_scanned_while_jkn_is_asked_waits_for_its_answer(
    hands: Hands, *, clear: bool
) -> None:
    presenter, day = f4.packing(hands, 1)
    [line] = presenter.view.to_pack
    in_arrears(hands, line.app)
    hands.window.on_scan(line.app.blank_serial)
    waybill = day.waybill()
    hands.window.on_scan(waybill)
    lanes = on_busy_lane(presenter, "desk")
    outside = presenter.desk.outside  # this desk's own
    assert isinstance(outside, OutsideSimulator)
    outside.manners[RequirementKind.JKN_STATUS] = Manner.YES if clear else Manner.SILENT
    hands.press(KEY.Key_J)
    hands.window.on_scan(waybill)  # once more, as the first was refused
    hands.window.on_scan("CT99999999")
    assert presenter.view.pair.card == line.app.blank_serial
    lanes.let_go()
    if clear:
        assert [each.parcel.awb for each in presenter.view.packed] == [waybill]
        assert isinstance(presenter.view.pair.problem, UnknownBlank), "the other card comes after"
    else:
        assert isinstance(presenter.view.pair.problem, JknSilent), "nothing is packed meanwhile"
        assert presenter.view.pair.card == line.app.blank_serial


def test_a_card_that_came_back_is_sent_again_once_jkn_has_no_arrears(hands: Hands) -> None:
    day, [parcel] = f6.begin(hands)
    manners = in_arrears(hands, day.app(parcel.application_id))
    f6.opened(hands, parcel)
    day.lay(parcel.serial)
    hands.window.on_scan(parcel.serial)
    presenter = f6.desk(hands)
    hands.press(KEY.Key_K)
    if not presenter.view.card_scanned:
        hands.window.on_scan(parcel.serial)
    hands.window.on_scan(day.waybill())
    assert stopped_by_jkn(presenter.view.problem)
    hands.press(KEY.Key_J)
    assert isinstance(presenter.view.problem, JknSilent)
    manners.clear()
    hands.press(KEY.Key_J)
    assert presenter.view.problem is None
    hands.window.on_scan(day.waybill())
    assert not presenter.view.sending
