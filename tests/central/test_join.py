"""A PC becomes a counter of a real centre over TLS: by the command, and by the first page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db import central_admin
from db.central_enrol import EnrolmentLine, enrolments
from db.errors import CentreRefused
from desktop.centre.counters import open_way, sign_waiting
from desktop.centre.joining import NoAnswerYet
from desktop.desk import Desk, open_desk
from desktop.domain.officer import PasswordWanted
from desktop.domain.realm import Realm
from desktop.keys.authority import CentreAuthority
from desktop.lanes import Lanes
from desktop.presenters.first_run import (
    CodeNotTaken,
    FieldMissing,
    FirstDone,
    FirstRun,
    FirstStep,
    JoinField,
)
from desktop.presenters.signin import SignIn
from desktop.profile import Profile
from desktop.services.particulars import OfficeIsSample
from desktop.settings import load_settings, save_settings
from desktop.sources import SystemClock, SystemKeys
from desktop.words import Words
from main import main
from tests.central.test_field_centre import Field
from tests.central.test_field_centre import authority as authority
from tests.central.test_field_centre import field as field
from tests.keys.conftest import use_keyring as use_keyring
from tests.keys.keyrings import MemoryKeyring
from tests.ui.conftest import qapp as qapp
from tests.ui.conftest import words as words
from ui.bridge import Bridge
from ui.first_run import FirstWindow

pytestmark = pytest.mark.central
CREW = 300


@pytest.fixture
def manned(field: Field, use_keyring) -> Field:
    """The centre has more officers for that office than fit one page; this PC has a keyring."""
    use_keyring(MemoryKeyring())
    with field.admin() as conn:
        for number in range(CREW):
            central_admin.put_officer(
                conn, f"9{number:07}", f"Petugas {number}", roles=["registration"],
                offices=["1374"],
            )  # fmt: skip
    return field


def sign(field: Field, authority: CentreAuthority, counter: str) -> bool:
    """The administrator signs what this counter asked for, once it has."""
    with field.admin() as conn:
        if not any(one.counter == counter and one.csr for one in enrolments(conn)):
            return False
        done = sign_waiting(conn, authority, datetime.now(UTC))
    return [one.fault for one in done if one.counter == counter] == [""]  # others may wait too


def code_for(field: Field, counter: str) -> str:
    with field.admin() as conn:
        return open_way(conn, counter, datetime.now(UTC))[0]


def test_the_command_joins_loads_and_an_officer_begins(
    manned: Field, authority: CentreAuthority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, counter, gone = tmp_path / "p", "1374-M1", threading.Event()
    with manned.admin() as conn:
        central_admin.put_office(conn, "1374", "Satpas Uji", zone="Asia/Makassar")

    def administrator() -> None:
        while not sign(manned, authority, counter) and not gone.wait(0.2):
            pass

    signing = threading.Thread(target=administrator)
    signing.start()
    try:
        done = main([
            "centre", "join", "--counter", counter, "--host", "localhost",
            "--port", str(manned.rig.port), "--code", code_for(manned, counter),
            "--root", str(manned.authority / "ca.crt"), "--profile", str(folder), "--lang", "en",
        ])  # fmt: skip
    finally:
        gone.set()
        signing.join()
    assert done == 0
    said = capsys.readouterr().out
    assert f"Counter {counter}" in said or counter in said
    assert "[place]" in said, "what the centre doesn't know is still to be written"
    assert main(["centre", "officer-code", "90000007", counter, "--dsn", manned.dsn]) == 0
    code = next(w for w in capsys.readouterr().out.split() if w.count("-") == 4)
    desk = open_desk(folder)
    try:
        assert desk.realm is Realm.LIVE
        assert len(desk.duty.officers()) >= CREW
        assert desk.syncing.exchange().reachable
        with pytest.raises(PasswordWanted):
            desk.duty.sign_in("90000007", code)
        desk.credentials.choose_password("90000007", code, "gunung-batu-9")
        facts = desk.syncing.exchange()
        assert (facts.waiting, facts.parked) == (0, 0)
        assert isinstance(SignIn(desk).view.place, OfficeIsSample)
    finally:
        desk.close()
    settings = load_settings(folder)
    assert (settings.place.office_name, settings.place.zone) == ("Satpas Uji", "Asia/Makassar")
    half = replace(settings.place, address="Jalan Uji No. 7, Makassar", phone="(0411) 123 456")
    save_settings(folder, replace(settings, place=half))
    desk = open_desk(folder)
    try:
        assert isinstance(SignIn(desk).view.place, OfficeIsSample), "no card of another region"
    finally:
        desk.close()
    own = replace(half, city="Makassar", polda="Sulawesi Selatan", area="73")
    save_settings(folder, replace(settings, place=own))
    desk = open_desk(folder)
    try:
        assert SignIn(desk).view.place is None
    finally:
        desk.close()


@pytest.fixture
def page(tmp_path: Path, qapp: QApplication, words: Words) -> Iterator[Page]:
    made = Page(tmp_path / "counter", words)
    yield made
    made.close()


class Page:
    """The first page with its lanes, as `main.py run` puts them together."""

    def __init__(self, folder: Path, words: Words) -> None:
        self.folder, self.words = folder, words
        self.faults: list[BaseException] = []
        self.bridge = Bridge()
        self.lanes = Lanes(self.bridge.post, self.faults.append)
        self.desk: Desk | None = None
        self.window = self.made()

    def made(self) -> FirstWindow:
        presenter = FirstRun(self.folder, self.lanes, SystemClock(), SystemKeys())
        window = FirstWindow(self.words, presenter)
        window.resize(1366, 768)
        window.show()
        return window

    def again(self) -> FirstWindow:
        """The program was ended and started again."""
        self.window.close()
        self.window = self.made()
        return self.window

    def open(self) -> Desk:
        """The counter's desk, whose acts run where they are called: Esc comes between two pages."""
        self.desk = open_desk(self.folder)
        return self.desk

    def close(self) -> None:
        self.window.close()
        self.lanes.close()
        if self.desk is not None:
            self.desk.close()
        assert not self.faults


def test_training_is_one_key(page: Page) -> None:
    QTest.keyClick(page.window, Qt.Key.Key_Return)
    assert page.window.wait() is FirstDone.TRAINING
    assert not page.folder.exists(), "the profile is made by whoever goes on"


def test_the_page_says_what_is_missing(page: Page) -> None:
    window = page.window
    QTest.keyClick(window, Qt.Key.Key_F2)
    assert window.panel.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert window.presenter.view.problem is not None
    assert window.fields["counter"].hasFocus() or window.banner.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.presenter.view.step is FirstStep.CHOOSE
    assert not page.folder.exists()


@pytest.mark.parametrize(
    ("root", "host", "where", "reason"),
    [
        ("server.crt", "localhost", JoinField.ROOT, "root"),
        ("server.key", "localhost", JoinField.ROOT, "root"),
        ("ca.crt", "centre.example", JoinField.HOST, "address"),
    ],
)
def test_a_wrong_root_or_address_is_told_as_what_it_is(
    manned: Field,
    page: Page,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    root: str,
    host: str,
    where: JoinField,
    reason: str,
) -> None:
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")  # where libpq goes, whatever the name
    window = page.window
    QTest.keyClick(window, Qt.Key.Key_F2)
    typed = {
        "counter": "1374-M3", "host": host, "port": str(manned.rig.port),
        "root": str(manned.authority / root), "code": "AAAA-BBBB-CCCC",
    }  # fmt: skip
    for name, text in typed.items():
        window.fields[name].setText(text)
    QTest.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.presenter.view.problem is not None, timeout=20_000)
    problem = window.presenter.view.problem
    assert isinstance(problem, FieldMissing)
    assert (problem.field, problem.reason) == (where, reason)
    assert "ca.crt" in window.banner.remedy.text() or where is JoinField.HOST


@pytest.mark.parametrize("database", ["lokett", "postgres"])
def test_a_wrong_database_is_told_at_its_field(
    manned: Field, page: Page, qtbot: QtBot, database: str
) -> None:
    window = page.window
    QTest.keyClick(window, Qt.Key.Key_F2)
    code = code_for(manned, "1374-M6")
    fill(window, manned, counter="1374-M6", code=code, database=database)
    QTest.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.presenter.view.problem is not None, timeout=20_000)
    problem = window.presenter.view.problem
    assert isinstance(problem, FieldMissing)
    assert (problem.field, problem.reason) == (JoinField.DATABASE, "database")
    assert window.fields["database"].hasFocus() or window.banner.isVisible()


def test_a_server_that_knows_no_such_way_in_is_no_silent_one(manned: Field) -> None:
    """What the shipped pg_hba.conf says of a counter or a database that it doesn't know."""
    with pytest.raises(CentreRefused):
        EnrolmentLine.open(
            host="127.0.0.1", port=manned.rig.port, database="loket", counter="1374-M6",
            code="AAAA-BBBB-CCCC",
        )  # fmt: skip


def test_a_counter_typed_wrong_is_typed_anew(manned: Field, page: Page, qtbot: QtBot) -> None:
    counter = "1374-M4"
    window = page.window
    QTest.keyClick(window, Qt.Key.Key_F2)
    fill(window, manned, counter="1374-M5", code=code_for(manned, counter))
    QTest.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.presenter.view.problem is not None, timeout=20_000)
    assert isinstance(window.presenter.view.problem, CodeNotTaken)
    assert not page.folder.exists(), "no counter is begun before its code opened the centre"
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.presenter.view.step is FirstStep.CHOOSE
    QTest.keyClick(window, Qt.Key.Key_F2)
    assert not window.fields["counter"].isReadOnly()
    window.fields["counter"].setText(counter)
    QTest.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: asked(manned, counter), timeout=20_000)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.presenter.view.step is FirstStep.JOIN, timeout=20_000)
    assert window.fields["counter"].isReadOnly(), "the centre has this one's request"


def test_the_command_begins_no_counter_whose_code_opens_nothing(
    manned: Field, tmp_path: Path
) -> None:
    done = main([
        "centre", "join", "--counter", "1374-M5", "--host", "localhost",
        "--port", str(manned.rig.port), "--code", code_for(manned, "1374-M4"),
        "--root", str(manned.authority / "ca.crt"), "--profile", str(tmp_path / "p"),
    ])  # fmt: skip
    assert done == 2
    assert not (tmp_path / "p").exists()


def test_the_page_joins_is_cut_short_goes_on_and_loads(
    manned: Field, authority: CentreAuthority, page: Page, qtbot: QtBot
) -> None:
    counter = "1374-M2"
    code = code_for(manned, counter)
    window = page.window
    QTest.keyClick(window, Qt.Key.Key_F2)
    typed = {
        "counter": counter, "host": "localhost", "port": str(manned.rig.port),
        "root": str(manned.authority / "ca.crt"), "code": code.lower(),
    }  # fmt: skip
    for name, text in typed.items():
        window.fields[name].setText(text)
    QTest.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: asked(manned, counter), timeout=20_000)
    assert window.presenter.view.step is FirstStep.WAIT
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.presenter.view.step is FirstStep.JOIN, timeout=20_000)
    assert isinstance(window.presenter.view.problem, NoAnswerYet)

    window = page.again()
    view = window.presenter.view
    assert (view.step, view.fixed, view.form.host) == (FirstStep.JOIN, True, "localhost")
    assert code not in (page.folder / "centre" / "way.json").read_text()
    window.fields["code"].setText("AAAA-BBBB-CCCC")
    QTest.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.presenter.view.problem is not None, timeout=20_000)
    assert isinstance(window.presenter.view.problem, CodeNotTaken)
    window.fields["code"].setText(code)
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert sign(manned, authority, counter)
    qtbot.waitUntil(lambda: window.presenter.view.done is FirstDone.JOINED, timeout=20_000)
    assert Profile.open(page.folder).counter == counter

    desk = page.open()
    assert desk.frame.place.counter_name == "M2", "its own, not the sample's"
    window = page.again()
    seen: list[tuple[int, int]] = []

    def watch(view: object) -> None:
        facts = window.presenter.view.facts
        if facts.whole:
            seen.append((window.bar.value(), window.bar.maximum()))
            if len(seen) == 1:
                QTest.keyClick(window, Qt.Key.Key_Escape)

    window.presenter.attach(watch)
    window.presenter.load(desk)
    assert window.presenter.view.stopped
    assert seen
    assert 0 < seen[0][0] < seen[0][1], "how far it is was on the page"
    assert len(desk.duty.officers()) < CREW
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert window.presenter.view.done is FirstDone.LOADED
    assert len(desk.duty.officers()) >= CREW


def fill(window: FirstWindow, field: Field, **typed: str) -> None:
    """Type this into the form, and the way to the centre as it is."""
    way = {
        "host": "localhost", "port": str(field.rig.port),
        "root": str(field.authority / "ca.crt"),
    }  # fmt: skip
    for name, text in (way | typed).items():
        window.fields[name].setText(text)


def asked(field: Field, counter: str) -> bool:
    with field.admin() as conn:
        return any(one.counter == counter and one.csr for one in enrolments(conn))
