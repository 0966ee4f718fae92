"""An officer whom the centre told of begins at a counter: a one-time code, then a password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db import central_admin
from db.journal import entries
from desktop.centre.counters import officers_waiting, sign_officer
from desktop.centre.orders import OfficerNotThere, officer_code
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import (
    CodeTooOld,
    NoCredentialHere,
    Officer,
    PasswordWanted,
    RoleMissing,
    SameOfficer,
    WrongPassword,
)
from desktop.domain.realm import Realm
from desktop.keys.authority import CentreAuthority
from desktop.services.credentials import PasswordUnfit
from desktop.services.duty import NobodyToReturnTo
from desktop.words import Words
from tests.central.rigs.centre import CentreRig
from tests.sync.counters import exchange, first_counter
from tests.ui.conftest import qapp as qapp
from tests.ui.conftest import words as words
from tests.ui.counter_world import Hands, close, open_hands
from tests.walks.making import confirmed
from tests.walks.steps import acts
from tests.walks.world import PASSWORDS, World

NEW = "90010010"
OWN = "sawah-biru-7"


@pytest.fixture
def told(counter: World, centre: CentreRig) -> World:
    """Loket 3, which has heard of an approver who was never here."""
    enter(centre)
    exchange(counter)
    counter.desk.frame.keys.take(4096)  # past the seeds of the sample officers' keys
    return counter


def enter(centre: CentreRig) -> None:
    with centre.admin() as conn:
        central_admin.put_officer(
            conn, NEW, "Wayan Sudana", rank="Iptu", roles=["approver"], offices=["1374"]
        )


def given(world: World) -> str:
    """Bambang gives the new officer a code."""
    world.sign_in("bambang")
    code, _ = world.desk.credentials.give_code(world.by, NEW)
    world.desk.duty.sign_out()
    return code


def test_a_code_then_a_password_and_a_key_of_their_own(told: World, centre: CentreRig) -> None:
    duty = told.desk.duty
    with pytest.raises(NoCredentialHere):
        duty.sign_in(NEW, "whatever")
    code = given(told)
    with pytest.raises(PasswordWanted):
        duty.sign_in(NEW, code.lower().replace("-", " "))
    assert told.desk.credentials.choose_password(NEW, code, OWN).officer.id == NEW
    duty.sign_out()
    duty.sign_in(NEW, OWN)
    with pytest.raises(WrongPassword):
        duty.sign_in(NEW, code)
    duty.sign_out()
    told.sign_in("andi")
    app = confirmed(told, 1)
    duty.take_over(NEW, OWN)
    assert told.desk.approvals.approve(told.by, app.id).state is S.APPROVED
    facts = exchange(told)
    assert (facts.parked, facts.waiting) == (0, 0)
    assert told.desk.oversight.verify().sound, "their signatures verify"
    [made] = acts(told, "officer.key_made")
    assert made.officer == NEW
    [before] = acts(told, "officer.code_given")
    assert before.officer == PASSWORDS["bambang"][0]


def test_who_may_give_a_code(told: World) -> None:
    told.sign_in("andi")
    with pytest.raises(RoleMissing):
        told.desk.credentials.give_code(told.by, NEW)
    told.sign_in("bambang")
    with pytest.raises(SameOfficer):
        told.desk.credentials.give_code(told.by, told.by.officer)


def test_a_wrong_code_counts_and_an_old_one_is_told(told: World) -> None:
    code = given(told)
    with pytest.raises(WrongPassword) as refused:
        told.desk.duty.sign_in(NEW, "AAAA-BBBB")
    assert refused.value.tries_left == 4
    for unfit in ("short", f"{NEW}abc", code):
        with pytest.raises(PasswordUnfit):
            told.desk.credentials.choose_password(NEW, code, unfit)
    told.clock.advance(25 * 3600)
    with pytest.raises(CodeTooOld):
        told.desk.duty.sign_in(NEW, code)


def test_a_code_in_place_of_a_password_ends_the_password(told: World) -> None:
    """Somebody watched Andi type: what they know opens nothing any more."""
    told.sign_in("andi")
    told.take_over("bambang")
    nrp = PASSWORDS["andi"][0]
    code, _ = told.desk.credentials.give_code(told.by, nrp)
    with pytest.raises(NobodyToReturnTo):
        told.give_back()
    told.desk.duty.sign_out()
    with pytest.raises(WrongPassword):
        told.sign_in("andi")
    with told.desk.ledger.reading() as r:
        before = r.get(Officer, nrp).certificate
    told.desk.credentials.choose_password(nrp, code, OWN)
    with told.desk.ledger.reading() as r:
        after = r.get(Officer, nrp).certificate
    assert after
    assert after != before


def test_what_was_signed_before_a_reset_stays_signed(told: World) -> None:
    """A new password comes with a new key; approvals by the old one are still whose they were."""
    duty, nrp = told.desk.duty, PASSWORDS["sri"][0]
    told.sign_in("andi")
    first, second = confirmed(told, 1), confirmed(told, 2)
    told.take_over("sri")
    assert told.desk.approvals.approve(told.by, first.id).state is S.APPROVED
    told.give_back()
    told.take_over("bambang")
    code, _ = told.desk.credentials.give_code(told.by, nrp)
    told.give_back()
    told.desk.credentials.choose_password(nrp, code, OWN)
    duty.sign_out()
    told.sign_in("andi")
    duty.take_over(nrp, OWN)
    assert told.desk.approvals.approve(told.by, second.id).state is S.APPROVED
    assert told.desk.oversight.verify().sound
    with told.desk.ledger.reading() as r:
        chain = list(entries(r.conn, told.desk.ledger.journal.counter))
    signed = [one for entry in chain for one in entry.approvals if one.officer == nrp]
    assert len(signed) > len({one.key_id for one in signed}) == 2
    facts = exchange(told)
    assert (facts.parked, facts.waiting) == (0, 0)


def test_the_centre_s_code_opens_one_counter(told: World, other: World, centre: CentreRig) -> None:
    now = told.clock.now()
    with centre.admin() as conn:
        code, _ = officer_code(conn, Realm.TRAINING, NEW, "1374-L4", now)
        with pytest.raises(OfficerNotThere):
            officer_code(conn, Realm.TRAINING, NEW, "3275-L1", now)
    exchange(told, other)
    with pytest.raises(NoCredentialHere):
        told.desk.duty.sign_in(NEW, code)
    with pytest.raises(PasswordWanted):
        other.desk.duty.sign_in(NEW, code)
    assert other.desk.credentials.choose_password(NEW, code, OWN).officer.id == NEW
    assert code not in str(centre.ask("SELECT body FROM centre.feed"))


def test_the_centre_vouches_for_the_key_once_somebody_says_so(
    told: World, centre: CentreRig, tmp_path: Path
) -> None:
    code = given(told)
    told.desk.credentials.choose_password(NEW, code, OWN)
    exchange(told)
    now = told.clock.now()
    authority = CentreAuthority.create(
        tmp_path / "authority", Realm.TRAINING, "a passphrase", ["localhost"], now
    )
    with centre.admin() as conn:
        [waiting] = officers_waiting(conn)
        assert (waiting.nrp, waiting.counter) == (NEW, "1374-L3")
        assert sign_officer(conn, authority, PASSWORDS["sri"][0], now) == 0
        assert sign_officer(conn, authority, NEW, now) == 1
        assert officers_waiting(conn) == []
    assert centre.ask(
        "SELECT role, subject FROM centre.certificates WHERE key_id = %s", waiting.key_id
    ) == [("officer", NEW)]


@pytest.fixture
def hands(
    furnished: Path, tmp_path: Path, centre: CentreRig, qapp: QApplication, qtbot: QtBot,
    words: Words,
) -> Iterator[Hands]:  # fmt: skip
    """Loket 3 with its window, which has heard of the new officer."""
    enter(centre)
    world = first_counter(furnished, tmp_path / "l3w", centre)
    exchange(world)
    made = open_hands(world, qtbot, words)
    yield made
    close(made)


def test_the_whole_way_by_keys(hands: Hands) -> None:
    window = hands.window
    hands.sign_in("bambang")
    hands.hit(Qt.Key.Key_F9)
    hands.hit(Qt.Key.Key_7)
    screen = window.current_screen
    table = screen.duties.officers  # type: ignore[union-attr]
    table.show_rows(table.rows_model.rows, current=NEW)
    hands.hit(Qt.Key.Key_K)
    hands.hit(Qt.Key.Key_Return)
    shown = screen.presenter.view.code  # type: ignore[union-attr]
    assert shown is not None
    code = shown.code
    hands.hit(Qt.Key.Key_Return)
    assert screen.presenter.view.code is None, "told once"  # type: ignore[union-attr]
    hands.counter.sign_in.sign_out()

    page = window.sign_in
    page.table.show_rows(page.table.rows_model.rows, current=NEW)
    assert "kode sekali pakai" in page.banner.text.text()
    hands.type(code)
    hands.hit(Qt.Key.Key_Return)
    assert page.again.isVisible()
    hands.type(OWN)
    hands.hit(Qt.Key.Key_Return)
    hands.type("sawah-biru-8")
    hands.hit(Qt.Key.Key_Return)
    assert "tidak sama" in page.banner.text.text()
    page.password.setFocus()
    hands.type(OWN)
    hands.hit(Qt.Key.Key_Return)
    hands.type(OWN)
    hands.hit(Qt.Key.Key_Return)
    session = hands.desk.duty.session
    assert session is not None
    assert session.officer.id == NEW
    assert not page.isVisible()
