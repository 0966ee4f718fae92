"""F9, 7: the plan for the crew, who stands against it, and cases whose time is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.officer import Officer, Role
from desktop.domain.stock import StatementMissing
from desktop.presenters.second import SecondOfficers, second_officers
from desktop.presenters.supervisor_view import SupervisorView, Watch
from desktop.words import Words
from tests.ui.stock_samples import Room, open_room, supervisor
from tests.walks.test_retention import closed, later, told_to_the_centre
from ui.screens.online_dialogs import YesDialog
from ui.screens.supervisor import SupervisorScreen
from ui.screens.supervisor_duties import GivenCodeDialog
from ui.widgets.empty import EmptyState
from ui.widgets.state import StateItem


@pytest.fixture
def room(qapp: QApplication, qtbot: QtBot, words: Words, tmp_path: Path) -> Iterator[Room]:
    made = open_room(tmp_path / "profile", words, supervisor, officer="bambang")
    yield made
    made.close()


def screen_of(room: Room) -> SupervisorScreen:
    assert isinstance(room.screen, SupervisorScreen)
    return room.screen


def key(code: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, code)


def verdicts(screen: SupervisorScreen) -> dict[str, str]:
    rows = screen.duties.officers.rows_model.rows
    found = {row.key: row.cells[2] for row in rows}
    return {name: cell.text for name, cell in found.items() if isinstance(cell, StateItem)}


def test_everybody_stands_beside_the_plan(room: Room) -> None:
    screen = screen_of(room)
    key(Qt.Key.Key_7)
    assert screen.presenter.view.area is Watch.DUTIES
    words = screen.words
    assert set(verdicts(screen).values()) == {words("supervisor.duties.fits")}
    for row, one in zip(
        screen.duties.officers.rows_model.rows, screen.presenter.view.officers, strict=True
    ):
        held = [role for role in Role if role in one.roles]
        assert row.cells[1] == ", ".join(map(words.of, held)), "as at the sign-in"
    today = room.world.desk.frame.today()
    approver = frozenset({Role.APPROVER})
    room.world.desk.oversight.delegate(room.world.by, "78030003", approver, today, "rapat")
    key(Qt.Key.Key_R)
    assert verdicts(screen)["78030003"] != words("supervisor.duties.fits")
    rahmat = next(one for one in screen.presenter.view.officers if one.id == "78030003")
    row = next(one for one in screen.duties.officers.rows_model.rows if one.key == rahmat.id)
    stands = words("supervisor.stands_in", role=words.of(Role.APPROVER), until=today)
    assert isinstance(row.cells[1], StateItem)
    assert row.cells[1].text.startswith(stands), "first, so that it isn't what is cut off"
    screen.duties.officers.show_rows(screen.duties.officers.rows_model.rows, rahmat.id)
    whole = screen.duties.chosen.text()
    for told in (rahmat.title, stands, *map(words.of, rahmat.roles)):
        assert told in whole


def test_what_stands_against_the_plan_names_only_a_remedy_that_is_there(room: Room) -> None:
    screen, world = screen_of(room), room.world
    mixed = frozenset({Role.REGISTRATION, Role.APPROVER})
    with world.desk.ledger.acting(world.by) as w:
        w.change(w.get(Officer, "85020002"), roles=mixed)
        w.record("test.duties", "85020002", {})
    screen.presenter.turn_to(Watch.DUTIES)
    words, told = screen.words, screen.duties.verdict
    remedy = "supervisor.duties.bad_remedy"
    assert words(remedy) in told.accessibleName(), "nobody stands in for anybody"
    today = world.desk.frame.today()
    approver = frozenset({Role.APPROVER})
    world.desk.oversight.delegate(world.by, "78030003", approver, today, "rapat")
    screen.presenter.turn_to(Watch.DUTIES)
    assert words(f"{remedy}.ends") in told.accessibleName()
    world.desk.duty.sign_out()
    world.sign_in("yohana")
    screen.presenter.turn_to(Watch.DUTIES)
    assert words(f"{remedy}.others") in told.accessibleName(), "no auditor ends it"


@pytest.mark.parametrize("area", list(Watch))
def test_nothing_is_said_to_be_empty_before_it_was_read(room: Room, area: Watch) -> None:
    screen = screen_of(room)

    def said() -> list[EmptyState]:
        return [one for one in screen.findChildren(EmptyState) if one.isVisible()]

    screen.show_view(SupervisorView(area=area))
    assert said() == []
    screen.presenter.turn_to(area)
    nothing = {Watch.APPROVALS, Watch.EXCEPTIONS, Watch.INCIDENTS, Watch.FIGURES, Watch.DUTIES}
    assert bool(said()) is (area in nothing)


def test_esc_puts_away_what_was_said_on_every_page(room: Room) -> None:
    screen = screen_of(room)
    for area in Watch:
        screen.presenter.turn_to(area)
        screen.presenter.show(problem=StatementMissing())
        assert screen.banner.isVisible()
        focus = QApplication.focusWidget() or screen
        QTest.keyClick(focus, Qt.Key.Key_Escape)
        assert not screen.banner.isVisible(), area


def test_cases_over_their_time_are_let_go_after_one_question(room: Room) -> None:
    screen, world = screen_of(room), room.world
    world.desk.duty.sign_out()
    world.sign_in("andi")
    app = closed(world, 1)
    told_to_the_centre(world)
    later(world, 31)
    world.desk.duty.sign_out()
    world.sign_in("bambang")
    screen.presenter.turn_to(Watch.DUTIES)
    assert [one.number for one in screen.presenter.view.over] == [app.number]
    key(Qt.Key.Key_H)
    [question] = [one for one in screen.findChildren(YesDialog) if one.isVisible()]
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert not question.isVisible()
    assert screen.presenter.view.over == ()
    assert screen.presenter.view.problem is None


def test_a_code_is_shown_large_and_a_password_of_one_s_own_is_told_nobody(room: Room) -> None:
    screen, desk = screen_of(room), room.world.desk
    rahmat = "78030003"
    assert told_of(second_officers(desk), rahmat)
    screen.presenter.turn_to(Watch.DUTIES)
    screen.presenter.give_code(rahmat)
    given = screen.presenter.view.code
    [sheet] = [one for one in room.window.findChildren(GivenCodeDialog) if one.isVisible()]
    assert given is not None
    assert sheet.code.text() == given.code
    assert told_of(second_officers(desk), rahmat) == "", "the code took its place"
    sheet.reject()
    assert screen.presenter.view.code is None
    desk.duty.sign_out()
    desk.credentials.choose_password(rahmat, given.code, "gunung-batu-9")
    desk.duty.sign_out()
    room.world.sign_in("bambang")
    assert told_of(second_officers(desk), rahmat) == ""


def test_nobody_gives_themselves_a_code(room: Room) -> None:
    screen = screen_of(room)
    screen.presenter.turn_to(Watch.DUTIES)
    listed, me = screen.duties.officers, screen.presenter.view.officer
    for chosen in (me, "78030003"):
        listed.show_rows(listed.rows_model.rows, chosen)
        assert screen.modes.action("K").isEnabled() is (chosen != me)


def told_of(officers: SecondOfficers, number: str) -> str:
    """The password that a training counter shows beside an officer's name."""
    return next(password for nrp, _, password in officers.named if nrp == number)
