"""Ctrl+T: who comes to the counter in training, by keys alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication

from desktop.domain.licence_class import LicenceClass
from tests.ui.counter_world import CTRL, Hands
from ui.stage_sheet import StageSheet

KEY = Qt.Key


def opened(hands: Hands) -> StageSheet:
    hands.sign_in("andi")
    hands.hit(KEY.Key_F3)
    hands.hit(KEY.Key_T, CTRL)
    QApplication.processEvents()
    (sheet,) = (one for one in hands.window.findChildren(StageSheet) if one.isVisible())
    return sheet


def test_who_came_leaves_by_a_key(hands: Hands) -> None:
    sheet = opened(hands)
    stage = hands.counter.stage
    assert stage is not None
    hands.hit(KEY.Key_Return)
    assert stage.view.here
    hands.hit(KEY.Key_T, CTRL)
    hands.hit(KEY.Key_P)
    assert not stage.view.here
    assert not sheet.isVisible()


def test_no_row_is_cut(hands: Hands) -> None:
    sheet = opened(hands)
    QApplication.processEvents()
    row = sheet.table.verticalHeader().defaultSectionSize()
    assert sheet.table.viewport().height() % row == 0
    assert sheet.table.rowHeight(0) == row
    assert sheet.table.model().rowCount(QModelIndex()) * row > sheet.table.viewport().height()


def test_a_licence_of_years_is_told_by_its_day(hands: Hands) -> None:
    sheet = opened(hands)
    words, today = hands.counter.words, hands.desk.frame.today()
    stage = hands.counter.stage
    assert stage is not None
    soon, late = [seat for seat in stage.view.seats if seat.until is not None][:2]
    assert soon.until is not None
    assert soon.ends_in is not None
    assert soon.until == today + timedelta(days=soon.ends_in)
    until = today + timedelta(days=1826)
    late = replace(late, ends_in=1826, until=until)
    sheet.show_view(replace(stage.view, seats=(soon, late)))
    first, second = (str(row.cells[2]) for row in sheet.table.rows_model.rows)
    assert "," in first, "more than one licence"
    assert words("stage.ends.first", days=soon.ends_in) in first
    assert words.date(until) in second


def test_what_was_revoked_is_told_beside_what_is_held(hands: Hands) -> None:
    sheet = opened(hands)
    words = hands.counter.words
    stage = hands.counter.stage
    assert stage is not None
    seat = next(seat for seat in stage.view.seats if len(seat.extra.licences) == 1)
    [held] = seat.extra.licences
    both = replace(seat, extra=replace(seat.extra, gone=(LicenceClass.D,)))
    lost = replace(
        seat, extra=replace(seat.extra, licences=(), gone=(held,)), ends_in=None, until=None
    )
    sheet.show_view(replace(stage.view, seats=(both, lost)))
    first, second = (str(row.cells[2]) for row in sheet.table.rows_model.rows)
    assert first.startswith(words.of(held))
    assert first.endswith(f"{words.of(LicenceClass.D)} {words('stage.revoked')}")
    assert second == f"{words.of(held)} {words('stage.revoked')}"
