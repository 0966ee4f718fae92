"""F5: where the focus is while lists fill, empty and ask."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.officer import Role, WrongPassword
from desktop.domain.offline import CardNotDone
from desktop.presenters.second import entitled_officers
from desktop.presenters.sync import SyncDesk
from desktop.presenters.sync_view import Help, SyncArea
from desktop.services.conflicts import ParkedCase, StrayWork
from desktop.services.sync_facts import LineState, SyncFacts
from tests.ui.counter_world import Hands
from tests.ui.test_walkin_kept_screen import again
from tests.walks.world import PASSWORDS
from ui.screens.stock_dialogs import AskForm
from ui.screens.sync import SyncScreen
from ui.screens.walkin_dialogs import SecondOfficerDialog
from ui.shortcuts import listed

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
PARKED = (
    ParkedCase("e1", 12, "claimed", "application.confirm_data", 3, "1374-26-L3-000001",
               "Andi Pratama", AT, {}, ()),
)  # fmt: skip

STRAYS = tuple(
    StrayWork(f"s{n}", n, "application.confirm_data", "1374-26-L3-000002", "Andi Pratama", AT)
    for n in (1, 2)
)


def opened(hands: Hands) -> tuple[SyncScreen, SyncDesk]:
    """A supervisor's screen with a case that the centre refused."""
    hands.sign_in("bambang")
    hands.window.open_screen("sync")
    screen = hands.window.current_screen
    assert isinstance(screen, SyncScreen)
    screen.presenter.show(
        centre=True, facts=SyncFacts(LineState.UP, contact=AT), parked=PARKED, supervises=True
    )
    QApplication.processEvents()
    screen.go_home()
    assert screen.home_focus() is QApplication.focusWidget()
    return screen, screen.presenter


def test_a_list_that_empties_leaves_the_focus_on_the_screen(hands: Hands) -> None:
    screen, presenter = opened(hands)
    presenter.show(parked=())
    QApplication.processEvents()
    assert QApplication.focusWidget() is screen
    presenter.show(parked=PARKED)
    QApplication.processEvents()
    assert QApplication.focusWidget() is screen.home_focus()
    presenter.show(parked=(), facts=SyncFacts(LineState.WORKING, done=1, whole=2))
    presenter.show(facts=SyncFacts(LineState.UP))
    QApplication.processEvents()
    assert QApplication.focusWidget() is screen


def test_why_work_is_laid_aside_is_asked_again_after_a_kill(hands: Hands, qtbot: QtBot) -> None:
    screen, presenter = opened(hands)
    presenter.show(strays=STRAYS)
    presenter.turn_to(SyncArea.BESIDE)
    hands.press(Qt.Key.Key_Down)
    hands.press(Qt.Key.Key_D)
    hands.type("Sudah di")
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, AskForm)
    killed = SyncDesk(hands.desk)
    killed.show(strays=STRAYS)
    killed.enter()
    found = killed.view.asked
    assert found is not None
    assert (killed.view.area, found.again) == (SyncArea.BESIDE, True)
    assert (found.answers, found.about) == ({"text": "Sudah di"}, {"stray": "s2"})
    killed.close()
    again(presenter, sheet)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, sheet))
    last = QApplication.activeModalWidget()
    assert isinstance(last, AskForm)
    assert last.answers() == {"text": "Sudah di"}
    last.reject()
    assert screen.presenter.view.asked is None
    assert hands.desk.kept_work.begun(hands.world.by) == []


def test_without_a_centre_no_area_has_a_key(hands: Hands) -> None:
    screen, presenter = opened(hands)
    told = screen.words("sync.areas")
    assert ("1–6", told) in listed(screen.actions())
    presenter.show(centre=False)
    assert ("1–6", told) not in listed(screen.actions())
    presenter.show(centre=True)
    assert ("1–6", told) in listed(screen.actions())


def test_what_waits_is_counted_once(hands: Hands) -> None:
    screen, presenter = opened(hands)
    words = screen.words
    presenter.show(facts=SyncFacts(LineState.REFUSED, waiting=37, contact=AT))
    assert words("sync.status.waiting", count=37) in screen.status.text()
    presenter.show(facts=SyncFacts(LineState.DOWN, waiting=37, contact=AT, down_since=AT))
    assert "37" not in screen.status.text(), "the banner says it"


def test_who_helps_types_the_password_at_once(hands: Hands) -> None:
    screen, presenter = opened(hands)
    roles = (Role.REGISTRATION,)
    officers = entitled_officers(hands.desk, roles, "")
    presenter.show(help=Help(PARKED[0].act, PARKED[0].number, "Andi Pratama", roles, officers))
    QApplication.processEvents()
    (sheet,) = screen.window().findChildren(SecondOfficerDialog)
    assert QApplication.focusWidget() is sheet.password
    hands.type("abc")
    assert sheet.password.text() == "abc"
    sheet.reject()
    QApplication.processEvents()
    hands.window.activateWindow()
    QApplication.processEvents()
    assert QApplication.focusWidget() is screen, "no centre here: the lists are gone"


def test_who_mistypes_the_password_is_asked_once_more_over_the_same_act(hands: Hands) -> None:
    screen, presenter = opened(hands)
    roles = (Role.REGISTRATION,)
    officers = entitled_officers(hands.desk, roles, "")
    presenter.show(help=Help(PARKED[0].act, PARKED[0].number, "Andi Pratama", roles, officers))
    QApplication.processEvents()
    last = officers.named[-1][0]
    sheet = screen.window().findChildren(SecondOfficerDialog)[-1]
    sheet.table.show_rows(sheet.table.rows_model.rows, last)
    hands.type("salah")
    hands.hit(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert isinstance(presenter.view.problem, WrongPassword)
    new = screen.window().findChildren(SecondOfficerDialog)[-1]
    assert new is not sheet
    assert new.isVisible()
    assert new.table.current_key() == last
    hands.type(dict(PASSWORDS.values())[last])
    hands.hit(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert presenter.view.help is None
    assert presenter.view.problem is None


def test_esc_and_s_put_a_refusal_away_before_anything_else(hands: Hands) -> None:
    screen, presenter = opened(hands)
    presenter.show(problem=CardNotDone("1374-26-L3-000001"))
    assert screen.banner.isVisible()
    assert ("Esc", screen.words("common.dismiss")) in listed(screen.actions())
    hands.hit(Qt.Key.Key_Escape)
    assert presenter.view.problem is None
    assert not screen.banner.isVisible()
    assert ("Esc", screen.words("common.dismiss")) not in listed(screen.actions())
    presenter.show(problem=CardNotDone("1374-26-L3-000001"))
    hands.press(Qt.Key.Key_S)
    assert presenter.view.problem is None
