"""A person's record in a sheet: what is on record is seen without scrolling, where it can be."""

from __future__ import annotations

import dataclasses

from PySide6.QtWidgets import QApplication

from desktop.domain.officer import PROGRAM
from desktop.domain.person import Licence, LicenceStatus
from tests.ui.counter_world import Hands
from tests.walks.making import ready
from ui.record_sheet import RecordSheet


def test_licences_get_the_room_that_the_cases_leave(hands: Hands) -> None:
    hands.sign_in("andi")
    app = ready(hands.world, 1)
    with hands.desk.ledger.acting(PROGRAM) as w:
        one = w.find(Licence, person_id=app.person_id)[0]
        for _ in range(4 - w.count(Licence, person_id=app.person_id)):
            past = LicenceStatus.SUPERSEDED
            w.add(dataclasses.replace(one, id=hands.desk.frame.ids.new(), status=past))
        w.record("case.looked_at", app.id, {})
    hands.counter.open_hit(f"person:{app.person_id}")
    QApplication.processEvents()
    [sheet] = [found for found in hands.window.findChildren(RecordSheet) if found.isVisible()]
    assert (sheet.licences.rows_model.rowCount(), sheet.cases.rows_model.rowCount()) == (4, 1)
    for table in (sheet.licences, sheet.cases):
        assert table.verticalScrollBar().maximum() == 0
    sheet.reject()
