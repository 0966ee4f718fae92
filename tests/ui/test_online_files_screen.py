"""F4's files by their keys: a batch taken in, the answers written out, and what goes wrong then."""

from __future__ import annotations

import json
import random
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from desktop.batch.envelope import APPLICATIONS, BODY
from desktop.batch.errors import BatchTampered, BatchUnreadable
from desktop.batch.results import read_results
from desktop.domain.application import Application
from desktop.domain.filing import Filing
from desktop.domain.licence_class import LicenceClass
from desktop.domain.online import LineFault
from desktop.domain.reasons import UploadedDocument
from desktop.domain.service import Channel
from desktop.keys.certificates import KeyRole
from desktop.presenters.online_view import FileFilter
from desktop.training.batch_maker import Flaw, file_of, make_batch, samples, sha, write_batch
from tests.ui.counter_world import Hands
from tests.ui.test_online_screen import desk, keys_of, screen
from tests.walks.online_day import OnlineDay, batch
from tests.walks.world import PASSWORDS
from ui.screens.online_words import file_state
from ui.widgets.state import Level, StateItem

KEY = Qt.Key


def choosing(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
    """The officer's hand in the system's own file dialog; nothing chosen is "cancel"."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


@pytest.fixture
def online(hands: Hands) -> Hands:
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    return hands


def test_where_nothing_waits_for_the_printer_enter_asks_for_no_choice(online: Hands) -> None:
    online.press(KEY.Key_2)
    assert desk(online).view.ready == ()
    online.press(KEY.Key_Return)
    assert desk(online).view.problem is None, "there is nothing to choose"
    assert "Return" not in keys_of(screen(online))


def test_a_file_sent_back_offers_no_key_that_only_an_open_one_has(
    online: Hands, tmp_path: Path
) -> None:
    path = tmp_path / "batch.zip"
    make_batch(online.desk, path, count=1, seed=1, flaws=(Flaw.EYES_CLOSED,))
    screen(online).take_file(path)
    online.press(KEY.Key_Return)
    online.press(KEY.Key_Return)
    told = online.window.words("online_screen.case.doubtful.remedy")
    assert screen(online).banner.remedy.text() == told
    online.press(KEY.Key_R)
    online.press(KEY.Key_Return)
    desk(online).filter_files(FileFilter.SENT_BACK)
    online.press(KEY.Key_Return)
    file = desk(online).view.file
    assert file is not None
    assert file.check.doubtful
    assert not {"R", "O"} & set(keys_of(screen(online)))
    assert not screen(online).banner.isVisible()


def test_n_stands_only_where_a_file_of_the_chosen_class_is_free(online: Hands) -> None:
    screen(online).take_file(batch(online.world, 2, seed=5, faulty=0))
    online.press(KEY.Key_Return)
    first, second = desk(online).view.files
    chosen = first.app.licence_class
    others = next(c for c in LicenceClass if c not in (chosen, second.app.licence_class))
    desk(online).filter_class(others)
    assert "N" not in keys_of(screen(online)), "none of this class waits"
    desk(online).filter_class(None)
    for _ in range(2):
        assert "N" in keys_of(screen(online))
        online.press(KEY.Key_N)
        assert desk(online).view.file is not None
        online.press(KEY.Key_Escape)
    assert len(desk(online).view.files) == 2
    assert "N" not in keys_of(screen(online)), "both are in hand already: Enter opens them"


def entries(hands: Hands) -> int:
    return hands.desk.oversight.verify().entries


def test_a_batch_comes_in_by_i_and_its_answers_go_out_by_e(
    online: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choosing(monkeypatch, batch(online.world, 2, seed=5, faulty=0))
    online.press(KEY.Key_I)
    report = desk(online).view.report
    assert report is not None
    assert len(report.taken) == 2
    online.press(KEY.Key_Return)
    online.press(KEY.Key_Return)
    online.press(KEY.Key_Return)
    out = tmp_path / "answers.zip"
    choosing(monkeypatch, out)
    assert "E" in keys_of(screen(online))
    online.press(KEY.Key_E)
    answers = read_results(
        out,
        trust=online.desk.profile.trust,
        role=KeyRole.OFFICE,
        at=online.desk.frame.clock.now(),
    )
    said = {(answer["kind"], answer["external_id"], answer["state"]) for answer in answers}
    assert said == {
        ("outcome", "SNR-0005-0001", "verified"),
        ("outcome", "SNR-0005-0002", "received"),
    }
    assert "2" in online.window.toast.text.text()


def test_a_dialog_that_is_cancelled_does_nothing(
    online: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = entries(online)
    choosing(monkeypatch, "")
    online.press(KEY.Key_I)
    online.press(KEY.Key_E)
    assert desk(online).view.report is None
    assert not desk(online).view.problem
    assert entries(online) == before


def test_answers_for_a_folder_that_is_gone_say_so_and_lose_nothing(
    online: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    screen(online).take_file(batch(online.world, 1, seed=5, faulty=0))
    online.press(KEY.Key_Return)
    before = entries(online)
    choosing(monkeypatch, tmp_path / "gone" / "answers.zip")
    online.press(KEY.Key_E)
    assert screen(online).banner.isVisible()
    assert entries(online) == before
    choosing(monkeypatch, tmp_path / "answers.zip")
    online.press(KEY.Key_E)
    assert (tmp_path / "answers.zip").exists()


def files_by_i(
    online: Hands, monkeypatch: pytest.MonkeyPatch, path: Path
) -> dict[str, tuple[StateItem, str]]:
    """What the report shows of each application of a file that I takes in, by the portal's number.

    The state is told with the case's number, which is empty where there is no case.
    """
    choosing(monkeypatch, path)
    online.press(KEY.Key_I)
    table = screen(online).report.table
    assert table.isVisible()
    shown: dict[str, tuple[StateItem, str]] = {}
    for row in table.rows_model.rows:
        _line, external, state, number = row.cells
        assert isinstance(state, StateItem)
        shown[str(external)] = state, str(number)
    return shown


def only_the_second_came(online: Hands, shown: dict[str, tuple[StateItem, str]]) -> None:
    """Of two applications the first left nothing here: no case, no line in the list."""
    assert shown["SNR-0005-0001"][1] == ""
    number = shown["SNR-0005-0002"][1]
    assert number
    with online.desk.ledger.reading() as r:
        assert [app.number for app in r.find(Application, channel=Channel.ONLINE)] == [number]
    online.press(KEY.Key_Return)
    assert [line.app.number for line in desk(online).view.files] == [number]


def test_a_picture_that_is_none_refuses_its_line_alone(
    online: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The portal signed it: the digest is right, and what it names is another kind of file."""
    path, words = tmp_path / "gif.zip", online.window.words
    office, rng = online.desk, random.Random(5)
    when, fees = (office.frame.today(), office.clock.now()), office.frame.rules().fees
    files: list[tuple[Filing, dict[str, bytes]]] = []
    for at, sample in enumerate(samples(office, 2, rng), 1):
        files.append(file_of(when, fees, sample, f"SNR-0005-{at:04d}", 1, None, rng))
    gif = b"GIF89a" + bytes(100)
    filing, pictures = files[0]
    named = {**filing.pictures, UploadedDocument.PHOTO: sha(gif)}
    files[0] = replace(filing, pictures=named), pictures | {sha(gif): gif}
    write_batch(office, path, "PORTAL-GIF", files)
    shown = files_by_i(online, monkeypatch, path)
    fault, where = words.of(LineFault.NOT_A_PICTURE), words.of(UploadedDocument.PHOTO)
    assert shown["SNR-0005-0001"][0] == StateItem(Level.BAD, f"{fault} · {where}")
    only_the_second_came(online, shown)


def byte_flipped(good: Path, bad: Path, member: str) -> Path:
    """One bit turned in the middle of a member, as on a bad disk: the zip's own sum is wrong."""
    with zipfile.ZipFile(good) as archive:
        part = archive.read(member)
    whole = bytearray(good.read_bytes())
    whole[whole.index(part) + len(part) // 2] ^= 1
    bad.write_bytes(whole)
    return bad


def written_anew(good: Path, bad: Path) -> Path:
    """Somebody changed a line and packed the zip again; only the signature knows."""
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(bad, "w") as other:
        for info in archive.infolist():
            other.writestr(info, archive.read(info).replace(b"SNR-0005-0001", b"SNR-0005-0009"))
    return bad


@pytest.mark.parametrize("harm", ["cut", "lines", "written anew", "none"])
def test_a_damaged_batch_changes_nothing_and_the_page_says_what_to_do(
    online: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, harm: str
) -> None:
    good, bad = batch(online.world, 1, seed=5, faulty=0), tmp_path / "bad.zip"
    if harm == "lines":
        byte_flipped(good, bad, BODY[APPLICATIONS])
    elif harm == "written anew":
        written_anew(good, bad)
    else:
        whole = good.read_bytes()
        bad.write_bytes(whole[: len(whole) // 2] if harm == "cut" else b"")
    before = entries(online)
    choosing(monkeypatch, bad)
    online.press(KEY.Key_I)
    assert desk(online).view.report is None
    problem = BatchTampered if harm == "written anew" else BatchUnreadable
    assert isinstance(desk(online).view.problem, problem)
    banner = screen(online).banner
    assert banner.text.isVisible()
    assert banner.text.text()
    assert banner.remedy.isVisible()
    assert banner.remedy.text().startswith("Tidak ada yang diambil.")
    assert entries(online) == before
    assert not desk(online).view.files


def test_a_damaged_picture_refuses_its_line_alone(
    online: Hands, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good, words = batch(online.world, 2, seed=5, faulty=0), online.window.words
    with zipfile.ZipFile(good) as archive:
        first = json.loads(archive.read(BODY[APPLICATIONS]).splitlines()[0])
    assert first["external_id"] == "SNR-0005-0001"
    photo = f"pictures/{first['pictures']['photo']}.jpg"
    shown = files_by_i(online, monkeypatch, byte_flipped(good, tmp_path / "bad.zip", photo))
    fault, where = words.of(LineFault.PICTURE_DAMAGED), words.of(UploadedDocument.PHOTO)
    assert shown["SNR-0005-0001"][0] == StateItem(Level.BAD, f"{fault} · {where}")
    only_the_second_came(online, shown)


@pytest.mark.parametrize(
    ("name", "area", "hint"),
    [
        ("andi", FileFilter.OPEN, "sample"),
        ("andi", FileFilter.SENT_BACK, "hint"),
        ("bambang", FileFilter.OPEN, "sample"),
        ("rahmat", FileFilter.OPEN, "others"),
        ("rahmat", FileFilter.SENT_BACK, "others"),
    ],
)
def test_an_empty_list_names_only_the_keys_that_its_officer_has(
    hands: Hands, name: str, area: FileFilter, hint: str
) -> None:
    hands.sign_in(name)
    hands.press(KEY.Key_F4)
    desk(hands).filter_files(area)
    empty, words = screen(hands).files.empty, hands.window.words
    assert empty.isVisible()
    told = words(f"online_screen.empty.files.{hint}")
    assert empty.accessibleName() == f"{words('online_screen.empty.files')} {told}"


def test_beside_what_the_office_corrected_stands_what_was_sent(hands: Hands) -> None:
    [app] = OnlineDay(hands.world).ready()
    hands.desk.duty.sign_in(*PASSWORDS["rahmat"])
    hands.desk.corrections.printed(
        hands.world.by, app.id, replace(app.applicant, occupation="PETANI")
    )
    hands.desk.duty.sign_out()
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    [line] = desk(hands).view.files
    assert file_state(hands.window.words, line).text == "Data dibetulkan"
    hands.press(KEY.Key_Return)
    value, other = screen(hands).case.data.values["occupation"]
    assert value.text() == "PETANI"
    assert other.isVisible()
    assert other.text().endswith(app.applicant.occupation)
    assert not screen(hands).case.data.values["name"][1].isVisible()
