"""The window with a centre: the lower edge, F5, decisions by key, a dismissed officer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from db import central_admin
from db.sync_state import Lease, put_lease
from desktop.domain.application import Application
from desktop.domain.officer import Officer
from desktop.domain.offline import CaseNotGiven
from desktop.presenters.sync_view import SyncArea
from desktop.services.outage import Outage
from desktop.services.sync_facts import LineState
from desktop.services.whose_case import Holder, Whose
from desktop.words import Words
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import cut, exchange, first_counter
from tests.sync.test_orders import hold_of, put_hold
from tests.ui.conftest import qapp as qapp
from tests.ui.conftest import words as words
from tests.ui.counter_world import Hands, close, open_hands
from tests.walks.making import approved, witness
from tests.walks.steps import A, C, checked, expires, registered
from tests.walks.world import PASSWORDS, World
from ui.screens.online_dialogs import YesDialog
from ui.screens.sync import SyncScreen


@pytest.fixture
def hands(
    furnished: Path, tmp_path: Path, centre: CentreRig, qapp: QApplication, qtbot: QtBot,
    words: Words,
) -> Iterator[Hands]:  # fmt: skip
    """Loket 3 with its window and its line."""
    made = open_hands(first_counter(furnished, tmp_path / "l3", centre), qtbot, words)
    yield made
    close(made)


def open_sync(hands: Hands) -> SyncScreen:
    hands.hit(Qt.Key.Key_F5)
    screen = hands.window.current_screen
    assert isinstance(screen, SyncScreen)
    return screen


def test_nothing_is_exchanged_before_somebody_signs_in(hands: Hands, centre: CentreRig) -> None:
    hands.counter.sync.tick()
    assert centre.ask("SELECT count(*) FROM centre.journal") == [(0,)]
    hands.sign_in("andi")
    hands.counter.sync.tick()
    assert centre.ask("SELECT count(*) FROM centre.journal")[0][0] > 10
    assert "Daring" in hands.window.status.sync.item.text


def test_where_nobody_can_sign_in_yet_the_centre_is_asked_all_the_same(
    hands: Hands, centre: CentreRig
) -> None:
    """A counter that has just joined: whoever works there waits for the administrator's code."""
    hands.sign_in("andi")
    with hands.desk.ledger.acting(hands.world.by) as w:
        for officer in w.find(Officer):
            w.change(officer, password_hash="", secret={})
        w.record("officer.told", "", {})
    hands.counter.sign_in.sign_out()
    hands.counter.sync.tick()
    assert centre.ask("SELECT count(*) FROM centre.journal")[0][0] > 10


def test_f5_sends_at_once_and_the_lower_edge_tells(hands: Hands, centre: CentreRig) -> None:
    hands.sign_in("andi")
    screen = open_sync(hands)
    assert screen.presenter.view.facts.state is LineState.UP
    assert "belum terkirim" not in screen.status.text()
    cut(hands.world)
    registered(hands.world, hands.world.people[1])
    hands.hit(Qt.Key.Key_F5)
    assert screen.presenter.view.facts.state is LineState.DOWN
    assert "menunggu di sini" in screen.line.text.text()
    assert "belum terkirim" not in screen.status.text(), "the banner has said it"
    item = hands.window.status.sync.item
    assert "Luring sejak" in item.text
    assert "akan dikirim" in item.text
    assert "SIM Baru" in screen.line.remedy.text() or "baru" in screen.line.remedy.text().lower()
    QTest.mouseClick(hands.window.status.sync, Qt.MouseButton.LeftButton)
    assert hands.window.current_screen is screen


def test_a_supervisor_has_refused_acts_done_again_by_key(
    hands: Hands, other: World, centre: CentreRig
) -> None:
    here = hands.world
    exchange(here, other)
    other.sign_in("andi")
    registered(other, here.people[0], cls=C)
    hands.sign_in("andi")
    mine = checked(here, registered(here, here.people[0], cls=A))
    exchange(other)
    exchange(here)
    here.desk.duty.sign_out()
    hands.counter.sign_in.gone()
    hands.sign_in("bambang")
    screen = open_sync(hands)
    [case] = screen.presenter.view.parked
    assert case.number == mine.number
    hands.hit(Qt.Key.Key_R)
    hands.hit(Qt.Key.Key_Return)  # the question
    wanted = screen.presenter.view.help
    assert wanted is not None
    assert wanted.officer == "Andi Pratama"
    able = {o.id for o in here.desk.duty.officers() if o.roles & set(wanted.roles)}
    offered = [number for number, _name, _password in wanted.officers.named]
    assert offered[0] == PASSWORDS["andi"][0]
    assert set(offered) == able - {PASSWORDS["bambang"][0]}
    hands.hit(Qt.Key.Key_Escape)
    assert screen.presenter.view.help is None
    assert len(screen.presenter.view.parked) == 1, "nothing was done without him"
    hands.hit(Qt.Key.Key_R)
    hands.hit(Qt.Key.Key_Return)
    hands.type(PASSWORDS["andi"][1])
    hands.hit(Qt.Key.Key_Return)
    assert screen.presenter.view.problem is None
    assert screen.presenter.view.parked == ()
    assert exchange(here).waiting == 0
    exchange(other)
    with other.desk.ledger.reading() as r:
        assert r.get(Application, mine.id).state == "requirements_checked"


def test_another_officer_s_case_is_given_back_only_after_a_question(hands: Hands) -> None:
    here = hands.world
    here.sign_in("andi")
    exchange(here)
    app = registered(here, here.people[1])
    here.desk.duty.sign_out()
    hands.sign_in("dewi")
    screen = open_sync(hands)
    hands.hit(Qt.Key.Key_4)
    hands.hit(Qt.Key.Key_G)
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, YesDialog)
    told = " ".join(text.text() for text in sheet.findChildren(QLabel))
    assert app.number in told
    assert "Andi Pratama" in told
    hands.hit(Qt.Key.Key_Escape)
    assert [c.application.id for c in screen.presenter.view.ours] == [app.id]
    hands.hit(Qt.Key.Key_G)
    hands.hit(Qt.Key.Key_Return)
    assert screen.presenter.view.ours == ()


def test_cases_are_given_back_and_taken_by_key(hands: Hands, other: World) -> None:
    here = hands.world
    hands.sign_in("andi")
    exchange(here)
    app = registered(here, here.people[1])
    screen = open_sync(hands)
    hands.hit(Qt.Key.Key_4)
    assert screen.presenter.view.area is SyncArea.OURS
    assert [c.application.id for c in screen.presenter.view.ours] == [app.id]
    hands.hit(Qt.Key.Key_G)
    assert screen.presenter.view.ours == ()
    exchange(other)
    other.sign_in("andi")
    assert other.desk.claims.take(other.by, app.id).number == app.number
    hands.hit(Qt.Key.Key_3)
    hands.hit(Qt.Key.Key_S)
    assert [c.application.id for c in screen.presenter.view.elsewhere] == [app.id]
    hands.hit(Qt.Key.Key_T)
    assert "Loket 4 (1374)" in screen.banner.text.text()
    assert [c.counter for c in screen.presenter.view.elsewhere] == ["1374-L4"]
    facts = screen.presenter.view.facts
    screen.presenter.show(facts=replace(facts, state=LineState.DOWN))
    assert not screen.modes.action("T").isEnabled()
    screen.presenter.show(facts=facts)
    assert screen.modes.action("T").isEnabled()
    other.desk.claims.release(other.by, app.id)
    hands.hit(Qt.Key.Key_T)
    assert screen.presenter.view.elsewhere == ()


def test_a_dismissed_officer_stands_before_the_sign_in(hands: Hands, centre: CentreRig) -> None:
    hands.sign_in("andi")
    hands.counter.sync.tick()
    nrp = PASSWORDS["andi"][0]
    with centre.admin() as conn:
        central_admin.put_officer(
            conn, nrp, "Andi Pratama", roles=["registration"], offices=None, active=False
        )
    hands.desk.syncing.hurry()
    hands.counter.sync.tick()
    assert hands.window.locked
    assert nrp not in {row.key for row in hands.window.sign_in.table.rows_model.rows}


def test_a_notice_is_shown_again_before_the_card_is_made(hands: Hands, centre: CentreRig) -> None:
    hands.sign_in("andi")
    exchange(hands.world)
    app = approved(hands.world, 1)
    put_hold(centre, hold_of(app.nik, "etle_unconfirmed"), binding=False)
    exchange(hands.world)
    hands.window.open_screen("walk_in", app.id)
    QApplication.processEvents()
    screen = hands.window.current_screen
    assert "12/Pid/2026" in screen.banner.text.text()  # type: ignore[union-attr]


def test_a_proposal_after_an_outage_is_printed_by_key(hands: Hands) -> None:
    world = hands.world
    hands.sign_in("andi")
    expires(world, world.people[4], date(2026, 3, 2))
    cut(world)
    exchange(world)
    Outage(world.desk).ended(world.clock.now() - timedelta(hours=9))
    world.desk.duty.sign_out()
    hands.counter.sign_in.gone()
    hands.sign_in("bambang")
    screen = open_sync(hands)
    hands.hit(Qt.Key.Key_6)
    assert screen.presenter.view.area is SyncArea.PROPOSALS
    [proposal] = screen.presenter.view.proposals
    assert proposal.licences >= 1
    hands.hit(Qt.Key.Key_P)
    [paper] = world.desk.papers.of(proposal.id)
    assert paper.printed_at is not None


def test_of_a_case_that_this_counter_gave_back_f5_says_so_and_takes_it_again_for_what_is_redone(
    hands: Hands, other: World
) -> None:
    here, desk = hands.world, hands.desk
    hands.sign_in("andi")
    exchange(here, other)
    app = registered(here, here.people[1])
    desk.claims.release(here.by, app.id)
    with desk.ledger.store.write() as conn:
        put_lease(conn, Lease(app.id, "1374-L3", 1, ""))  # as a restored store would believe
    checked(here, app)
    exchange(here)
    desk.duty.sign_out()
    hands.counter.sign_in.gone()
    hands.sign_in("bambang")
    screen = open_sync(hands)
    [case] = screen.presenter.view.parked
    assert (case.number, case.reason) == (app.number, "fenced")
    assert case.whose == Whose(Holder.NOBODY)
    detail = screen.lists[SyncArea.CONFLICTS]
    assert detail.why.text().startswith(screen.words("sync.whose.nobody.do"))
    assert "(1374)" not in detail.why.text(), "no counter holds it"
    with pytest.raises(CaseNotGiven):
        desk.conflicts.redo(here.by, case.entry_id, (witness(here, "andi"),))
    hands.hit(Qt.Key.Key_R)
    hands.hit(Qt.Key.Key_Return)
    hands.type(PASSWORDS["andi"][1])
    hands.hit(Qt.Key.Key_Return)
    assert screen.presenter.view.problem is None
    assert screen.presenter.view.parked == ()
    assert exchange(here).parked == 0
    assert desk.claims.held(ours=True) == [], "it was taken for this alone"
    exchange(other)
    with other.desk.ledger.reading() as r:
        assert r.get(Application, app.id).state == "requirements_checked"
