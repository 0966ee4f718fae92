"""F9, 3: what is new and open is on show, not what was settled before."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt

from desktop.domain.application import Incident
from desktop.domain.officer import PROGRAM
from desktop.presenters.supervisor_view import Watch
from tests.ui.test_supervisor_screen import Room, key, room, screen_of
from ui.screens.stock_dialogs import AskForm

__all__ = ["room"]


def test_a_new_incident_takes_the_place_of_one_that_is_settled(room: Room) -> None:
    world = room.world
    world.sign_in("nyoman")
    world.desk.stock.miss(world.by, "CT26030400", "not_counted", "Tidak ada di kotak.")
    world.take_over("bambang")
    screen = screen_of(room)
    screen.presenter.load()
    key(Qt.Key.Key_3)
    [first] = screen.presenter.view.incidents
    world.desk.oversight.close_incident(world.by, first.id, "Dicari.")
    screen.presenter.load()
    assert screen.incidents.table.current_key() == first.id, "what was decided stays to be read"
    key(Qt.Key.Key_1)
    world.desk.oversight.open_incident(world.by, "other", "", "laminasi terkelupas")
    screen.presenter.load()
    key(Qt.Key.Key_3)
    assert screen.incidents.table.current_key() != first.id
    assert screen.modes.action("S").isEnabled()


def test_what_no_officer_opened_names_nobody(room: Room) -> None:
    """What applicants complain of comes by the centre."""
    world = room.world
    world.sign_in("bambang")
    with world.desk.ledger.acting(PROGRAM) as w:
        for number, said in enumerate(("", "Kiriman salah alamat.")):
            details = {"statement": said} if said else {}
            at = world.desk.frame.now()
            w.add(Incident(f"i{number}", "other", "", opened_by="", opened_at=at, details=details))
        w.record("incident.received", "i0", {"kind": "other"})
    screen = screen_of(room)
    screen.presenter.turn_to(Watch.INCIDENTS)
    told: list[str] = []
    for number in range(2):
        screen.incidents.show_incident(screen.presenter.view, f"i{number}")
        told.append(screen.incidents.opened.text())
    assert told == [screen.words("supervisor.by_nobody"), "Kiriman salah alamat."]


def test_what_was_said_and_the_keys_are_seen_beside_the_sheet_that_decides(room: Room) -> None:
    room.world.sign_in("bambang")
    screen = screen_of(room)
    screen.presenter.turn_to(Watch.INCIDENTS)
    screen.presenter.open_incident("CT26030001", "Satu blangko di brankas.")
    key(Qt.Key.Key_S)
    [form] = [one for one in room.window.findChildren(AskForm) if one.isVisible()]
    sheet = QRect(form.pos(), form.size())
    for seen in (screen.incidents.opened, screen.foot):
        place = QRect(seen.mapToGlobal(QPoint()), seen.size())
        if seen is screen.incidents.opened:
            place.setWidth(seen.fontMetrics().horizontalAdvance(seen.text()))
        assert not sheet.intersects(place)
