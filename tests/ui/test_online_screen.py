"""F4 by hand: each area by its digit, every act by its printed key, focus always at home."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import DukcapilSilent
from desktop.domain.officer import RoleMissing
from desktop.domain.reasons import Accommodation, OverrideReason, UploadedDocument
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.domain.shipment import CourierWord, Parcel
from desktop.outside.simulators import Manner, OutsideSimulator
from desktop.presenters.online import Online
from desktop.presenters.online_problems import HandCountMissing, ManifestNotPrinted
from desktop.presenters.online_view import (
    READ_EID,
    ManifestPane,
    OnlineArea,
    PairStep,
    PrintPane,
)
from desktop.presenters.walkin_view import LOOKING
from desktop.training.batch_maker import Flaw, make_batch
from desktop.words import Words
from devices.simulators.faults import Fault, FaultName
from tests.ui.counter_world import CTRL, Hands
from tests.walks.online_day import OnlineDay, batch
from tests.walks.test_sixty import SpareDesk
from tests.walks.world import PASSWORDS
from ui.screens.online import OnlineScreen
from ui.screens.online_dialogs import YesDialog
from ui.screens.queue import QueueScreen
from ui.screens.walkin import WalkInScreen
from ui.shortcuts import listed
from ui.widgets.buttons import KeyButton
from ui.widgets.photo import image_of
from ui.widgets.reasons import ReasonDialog
from ui.widgets.scan_box import Verdict
from ui.widgets.state import StateBadge, StateItem

KEY = Qt.Key


def screen(hands: Hands) -> OnlineScreen:
    found = hands.window.current_screen
    assert isinstance(found, OnlineScreen)
    return found


def desk(hands: Hands) -> Online:
    return screen(hands).presenter


def begin(hands: Hands, count: int = 4, *, faulty: int = 0) -> Online:
    """Andi at the list of a batch just taken in."""
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    screen(hands).take_file(batch(hands.world, count, seed=5, faulty=faulty))
    hands.press(KEY.Key_Return)
    return desk(hands)


def printing(hands: Hands, count: int) -> Online:
    """Rahmat at the print list with approved files."""
    day = OnlineDay(hands.world)
    for line in day.take_in(count, seed=5).taken:
        day.approved(line.application_id)
    hands.sign_in("rahmat")
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_2)
    return desk(hands)


def packing(hands: Hands, count: int) -> tuple[Online, OnlineDay]:
    """Rahmat before finished cards that go by courier."""
    day = OnlineDay(hands.world)
    day.ready(count=count, seed=8)
    hands.sign_in("rahmat")
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_3)
    return desk(hands), day


def keys_of(found: OnlineScreen) -> list[str]:
    return [k.toString() for a in found.actions() if a.isEnabled() for k in a.shortcuts()]


def test_digits_are_the_areas_and_enter_closes_the_report(hands: Hands) -> None:
    presenter = begin(hands)
    assert presenter.view.report is None
    for key, area in zip(
        (KEY.Key_2, KEY.Key_3, KEY.Key_4, KEY.Key_1),
        (OnlineArea.PRINT, OnlineArea.PACK, OnlineArea.MANIFEST, OnlineArea.VERIFY),
        strict=True,
    ):
        hands.press(key)
        assert presenter.view.area is area


def test_the_list_of_keys_names_the_areas_without_counts(hands: Hands) -> None:
    begin(hands)
    named = dict(listed(screen(hands).actions()))
    words = hands.window.words
    assert [named[str(n)] for n in range(1, 5)] == [
        words(f"online_screen.area.{area.value}") for area in OnlineArea
    ]


def test_a_damaged_picture_is_named_in_words_and_stops_no_other_file(
    hands: Hands, tmp_path: Path
) -> None:
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    spoiled = tmp_path / "spoiled.zip"
    with (
        zipfile.ZipFile(batch(hands.world, 4, seed=5)) as good,
        zipfile.ZipFile(spoiled, "w") as out,
    ):
        first = next(name for name in good.namelist() if name.startswith("pictures/"))
        for name in good.namelist():
            out.writestr(name, b"no picture" if name == first else good.read(name))
    screen(hands).take_file(spoiled)
    report = desk(hands).view.report
    assert report is not None
    [line] = report.refused
    assert len(report.taken) == 3
    shown = [
        part.text if isinstance(part, StateItem) else part
        for row in screen(hands).report.table.rows_model.rows
        for part in row.cells
    ]
    named = hands.window.words.of(UploadedDocument(line.where))
    assert any(part.endswith(named) for part in shown)
    hands.press(KEY.Key_Return)
    screen(hands).take_file(batch(hands.world, 4, seed=5))
    again = desk(hands).view.report
    assert again is not None
    assert (len(again.taken), len(again.skipped)) == (1, 3)


def test_enter_opens_verifies_and_the_list_is_back(hands: Hands) -> None:
    presenter = begin(hands)
    first = presenter.view.files[0].app
    hands.press(KEY.Key_Return)
    file = presenter.view.file
    assert file is not None
    assert file.app.id == first.id
    assert screen(hands).case.isVisible()
    hands.press(KEY.Key_Return)
    if presenter.view.file is not None:  # a check marks something on a drawn face
        hands.press(KEY.Key_O)
        hands.hit(KEY.Key_1)
    assert presenter.view.problem is None
    assert presenter.view.file is None
    assert hands.desk.intake.case(first.id).state is S.VERIFIED
    assert screen(hands).files.table.hasFocus()


def test_sending_back_is_r_digit_enter(hands: Hands) -> None:
    presenter = begin(hands)
    first = presenter.view.files[0].app
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_1)
    hands.press(KEY.Key_R)
    file = presenter.view.file
    assert file is not None
    assert file.composing
    before = len(file.points)
    hands.press(KEY.Key_5)
    hands.press(KEY.Key_Right)
    hands.press(KEY.Key_1)
    file = presenter.view.file
    assert file is not None
    assert len(file.points) == before + 2
    hands.press(KEY.Key_C)
    hands.type("12 lagi")
    hands.hit(KEY.Key_Return)
    file = presenter.view.file
    assert file is not None
    assert file.points[-1].note == "12 lagi"
    hands.press(KEY.Key_Return)
    assert hands.desk.intake.case(first.id).state is S.SENT_BACK


def test_a_drag_marks_the_fault(hands: Hands, qtbot: QtBot) -> None:
    presenter = begin(hands)
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_1)
    hands.press(KEY.Key_R)
    hands.press(KEY.Key_6)
    picture = screen(hands).case.picture
    target = picture._target().toRect()
    start = target.topLeft() + (target.center() - target.topLeft()) / 2
    qtbot.mousePress(picture, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(picture, target.center())
    qtbot.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=target.center())
    file = presenter.view.file
    assert file is not None
    mark = file.points[-1].mark
    assert mark is not None
    assert mark == pytest.approx((0.25, 0.25, 0.25, 0.25), abs=0.03)


def test_escape_keeps_the_claim_and_goes_to_the_list(hands: Hands) -> None:
    presenter = begin(hands)
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_Z)
    picture = screen(hands).case.picture
    assert picture.zoom > 1
    hands.press(KEY.Key_Escape)
    assert (picture.zoom, presenter.view.file is None) == (1, False), "Esc leaves one thing"
    hands.press(KEY.Key_Escape)
    assert presenter.view.file is None
    assert presenter.view.files[0].mine
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_L)
    assert not presenter.view.files[0].mine
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_Escape)
    hands.world.take_over("bambang")
    hands.press(KEY.Key_Return)
    shown = screen(hands)
    assert shown.case.isVisible()
    told = shown.words("online_screen.case.others", name="Bripka Andi Pratama")
    assert any(told in label.text() for label in shown.banner.findChildren(QLabel))
    assert not {"Return", "R", "K", "T", "Ctrl+R", "O"} & set(keys_of(shown))
    hands.press(KEY.Key_L)
    assert presenter.view.file is None
    assert not presenter.view.files[0].app.claimed_by


def test_holding_and_rejecting_have_the_keys_of_the_queue_and_the_walk_in(hands: Hands) -> None:
    begin(hands)
    hands.press(KEY.Key_Return)
    shown, words = screen(hands), hands.window.words
    hold, reject = words("online_screen.act.hold"), words("online_screen.act.reject")
    keys = {a.text(): a.shortcut().toString() for a in shown.actions() if a.isEnabled()}
    hands.press(KEY.Key_F2)
    queue = hands.window.current_screen
    assert isinstance(queue, QueueScreen)
    assert keys[hold] == queue.hold.shortcut().toString()
    hands.tickets(Service.RENEWAL)
    hands.press(KEY.Key_F3)
    walk_in = hands.window.current_screen
    assert isinstance(walk_in, WalkInScreen)
    assert keys[reject] == walk_in.reject.shortcut().toString()


def test_a_file_is_rejected_by_enter_and_not_by_one_digit(hands: Hands) -> None:
    presenter = begin(hands)
    hands.press(KEY.Key_Return)
    file = presenter.view.file
    assert file is not None
    hands.press(KEY.Key_R, CTRL)
    sheet = hands.window.findChild(ReasonDialog)
    assert sheet is not None
    hands.hit(KEY.Key_4)
    hands.hit(KEY.Key_2)
    assert sheet.isVisible()
    assert hands.desk.intake.case(file.app.id).state is S.CLAIMED
    hands.hit(KEY.Key_Return)
    app = hands.desk.intake.case(file.app.id)
    assert (app.state, app.reason) == (S.REJECTED, "too_young")
    presenter.open_file(app.id)
    about = screen(hands).case.about.text()
    assert hands.window.words.of(S.REJECTED) in about
    assert "menunggu" not in about, "nobody waits for it any more"
    told = screen(hands).case.ended.text()
    assert "oleh Bripka Andi Pratama: Umur belum cukup" in told


def test_batch_print_in_three_keys_and_inspection_by_enter(hands: Hands) -> None:
    presenter = printing(hands, 2)
    words = hands.window.words
    every = screen(hands).modes.action("Ctrl+A")
    assert every.text() == words("online_screen.act.all")
    hands.press(KEY.Key_A, CTRL)
    assert len(presenter.view.selected) == 2
    assert every.text() == words("online_screen.act.none")
    hands.press(KEY.Key_Return)
    run = presenter.view.run
    assert run is not None
    assert (run.good, run.running) == (2, False)
    told = [badge.item.text for badge in screen(hands).findChildren(StateBadge)]
    assert "Selesai · baik 2" in told, "what didn't happen isn't counted"
    assert screen(hands).modes.action("Return").text() == words(
        "online_screen.act.inspect_next", count=2
    )
    buttons = [one for one in screen(hands).findChildren(KeyButton) if one.isVisible()]
    turns = words("online_screen.act.inspect_count", count=2)
    assert turns not in [one.text() for one in buttons]  # one act has one button
    hands.press(KEY.Key_Return)
    assert presenter.view.pane is PrintPane.INSPECT
    assert screen(hands).prints.inspect.box.hasFocus()
    first = presenter.view.inspected
    assert first is not None
    assert screen(hands).modes.action("Return").isEnabled()
    presenter.show(doing=LOOKING)
    assert not screen(hands).modes.action("Return").isEnabled(), "the machine's word comes first"
    assert not screen(hands).modes.action("V").isEnabled(), "it looks already"
    assert screen(hands).modes.action("Escape").isEnabled()
    assert words("walkin.esc_cancels") in " ".join(screen(hands).busy.lines())
    presenter.show(doing="")
    enter, again = (screen(hands).modes.action(key) for key in ("Return", "V"))
    assert enter.text() == words("online_screen.act.look_first"), "Enter doesn't pass it yet"
    assert again.property("echoed"), "one act has one button"
    hands.window.on_scan(first.blank_serial)
    assert enter.text() == words("online_screen.act.good")
    assert not again.property("echoed")
    shown, ordered = screen(hands).prints.inspect.preview, presenter.view.faces
    assert presenter.view.looked is not None
    assert shown.front.image == image_of(ordered.front), "compared with the order, not with itself"
    hands.press(KEY.Key_Return)
    assert hands.desk.intake.case(first.id).state is S.READY
    hands.press(KEY.Key_R)
    hands.hit(KEY.Key_1)
    assert presenter.view.printed == ()
    assert presenter.view.print_count == 1


@pytest.mark.parametrize(
    ("flaw", "fits", "not_this"),
    [
        (Flaw.EYES_CLOSED, Accommodation.EYE_CLOSED, Accommodation.TREMOR),
        (Flaw.SIGNATURE_UNCLEAR, Accommodation.TREMOR, Accommodation.HEAD_COVER),
    ],
)
def test_a_marked_picture_is_accepted_for_a_reason_that_fits_it(
    hands: Hands, tmp_path: Path, flaw: Flaw, fits: Accommodation, not_this: Accommodation
) -> None:
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    path = tmp_path / "batch.zip"
    make_batch(hands.desk, path, count=1, seed=1, flaws=(flaw,))
    screen(hands).take_file(path)
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_Return)
    file, words = desk(hands).view.file, hands.window.words
    assert file is not None
    hands.press(KEY.Key_O)
    sheet = hands.window.findChild(ReasonDialog)
    assert sheet is not None
    for reason, chosen in ((not_this, ""), (fits, str(fits))):
        sheet.begin_with(str(reason))
        assert sheet.list.chosen == chosen
    [doubted] = file.check.doubtful
    told = [label.text() for label in sheet.findChildren(QLabel)]
    assert words("online_screen.photo_why.ask", pictures=words.of(doubted)) in told


@pytest.mark.parametrize("flaws", [(), (Flaw.EYES_CLOSED,)])
def test_while_dukcapil_is_silent_the_key_that_verifies_without_it_is_named(
    hands: Hands, tmp_path: Path, flaws: tuple[Flaw, ...]
) -> None:
    outside = hands.desk.outside
    assert isinstance(outside, OutsideSimulator)
    outside.manners[RequirementKind.IDENTITY_CARD] = Manner.SILENT
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    path = tmp_path / "batch.zip"
    make_batch(hands.desk, path, count=1, seed=1, flaws=flaws)
    screen(hands).take_file(path)
    hands.enter(2)
    presenter = desk(hands)
    file = presenter.view.file
    assert file is not None
    if file.check.doubtful:
        presenter.verify(override=str(Accommodation.EYE_CLOSED))
    else:
        hands.enter()
    assert isinstance(presenter.view.problem, DukcapilSilent)
    told = hands.window.words.problem(presenter.view.problem)
    assert "Enter" in told.remedy
    assert "O" in re.split(r"\W+", told.remedy)
    hands.press(KEY.Key_O)
    sheet = hands.window.findChild(ReasonDialog)
    assert sheet is not None
    sheet.begin_with(str(OverrideReason.LINE_DOWN))
    hands.hit(KEY.Key_Return)
    assert hands.desk.intake.case(file.app.id).state is S.VERIFIED


@pytest.mark.parametrize("reads", [True, False])
def test_who_has_read_the_number_of_the_card_is_said_as_it_is(hands: Hands, *, reads: bool) -> None:
    """Where the printer read it Enter needs no scan; where nobody did, it does."""
    if not reads:
        SpareDesk(hands.world, reads_serial=False).take_the_place()
    presenter = printing(hands, 1)
    hands.press(KEY.Key_A, CTRL)
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_Return)
    card, pane, words = presenter.view.inspected, screen(hands).prints.inspect, hands.window.words
    assert card is not None
    by_printer = words("online_screen.inspect.by_printer", serial=card.blank_serial)
    unread = words("online_screen.inspect.not_scanned")
    assert pane.serial.item.text == (by_printer if reads else unread)
    hands.window.on_scan(card.blank_serial)
    fits = words("online_screen.inspect.fits", serial=card.blank_serial)
    assert pane.serial.item.text == fits


def test_an_answer_spoils_the_card_that_was_asked_about(hands: Hands) -> None:
    presenter = printing(hands, 2)
    hands.press(KEY.Key_A, CTRL)
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_Return)
    bad, good = presenter.view.printed
    hands.window.on_scan(bad.blank_serial)
    hands.press(KEY.Key_R)
    sheet = hands.window.findChild(ReasonDialog)
    assert sheet is not None
    hands.window.on_scan(good.blank_serial)
    assert presenter.view.inspected == bad, "nothing moves beneath a question"
    assert hands.window.toast.text.text() == hands.window.words("ui.sheet_first")
    presenter.show_card(good.id)  # whatever else brings another one up
    QTest.keyClick(sheet.list, KEY.Key_1)
    assert presenter.view.printed == (good,)
    assert hands.desk.intake.case(bad.id).state is S.APPROVED
    assert presenter.view.inspected == good


def test_a_blank_that_was_lost_stays_told_while_the_card_fails_anew(hands: Hands) -> None:
    presenter = printing(hands, 1)
    hands.world.bench.order("card_printer", Fault("print.panel.c", FaultName.JAM))
    hands.press(KEY.Key_A, CTRL)
    hands.press(KEY.Key_Return)
    lost = hands.window.words("online_screen.print.spoiled")
    failed = screen(hands).prints.queue.run.failed

    def told() -> str:
        return " ".join(label.text() for label in failed.findChildren(QLabel) if label.isVisible())

    assert lost in told()
    hands.press(KEY.Key_J)  # the card is still stuck
    assert presenter.view.run is not None
    assert presenter.view.run.paused
    assert lost in told()


def test_a_whole_blank_that_came_out_is_told_beside_the_batch(hands: Hands) -> None:
    presenter = printing(hands, 1)
    [serial] = hands.desk.stock.free_here(1)
    hands.world.bench.order("chip_station", Fault("wait", FaultName.UNPLUGGED))
    hands.press(KEY.Key_A, CTRL)
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_Escape)
    hands.press(KEY.Key_Escape)
    assert presenter.view.problem is None
    back = screen(hands).prints.queue.run.back
    told = " ".join(label.text() for label in back.findChildren(QLabel) if label.isVisible())
    assert serial in told
    assert "Isi blangko" in told, "in training a hand of the panel does it"


def test_after_a_card_the_next_one_of_the_list_is_looked_at(hands: Hands) -> None:
    presenter = printing(hands, 3)
    hands.press(KEY.Key_A, CTRL)
    hands.press(KEY.Key_Return)
    hands.press(KEY.Key_Return)
    first, second, third = presenter.view.printed
    hands.window.on_scan(second.blank_serial)
    hands.press(KEY.Key_Return)
    assert presenter.view.printed == (first, third)
    assert presenter.view.inspected == third
    assert screen(hands).prints.inspect.table.current_key() == third.id
    hands.window.on_scan(third.blank_serial)
    hands.press(KEY.Key_Return)
    assert presenter.view.inspected == first, "nothing follows: the one before"


def test_nothing_ticked_is_said_with_its_remedy(hands: Hands) -> None:
    printing(hands, 1)
    print_on = screen(hands).modes.action("Return")
    assert print_on.property("faded")  # it has nothing to print yet, and looks so
    hands.press(KEY.Key_Return)
    banner = screen(hands).banner
    assert banner.isVisible()
    assert banner.remedy.text() != ""
    hands.press(KEY.Key_Space)
    assert len(desk(hands).view.selected) == 1
    assert not print_on.property("faded")


def test_two_scans_and_the_large_sign(hands: Hands) -> None:
    presenter, day = packing(hands, 3)
    page = screen(hands).pack
    assert page.box.hasFocus()
    serial = presenter.view.to_pack[0].app.blank_serial
    hands.window.on_scan(day.waybill())
    assert page.sign.verdict is Verdict.WRONG
    hands.window.on_scan(serial)
    assert page.sign.verdict is Verdict.WAITING
    label = day.waybill()
    hands.window.on_scan(label)
    assert presenter.view.pair.step is PairStep.RIGHT
    assert page.sign.verdict is Verdict.RIGHT
    assert page.sign.accessibleName().startswith("Cocok")
    assert page.box.hasFocus()
    [left] = presenter.view.to_pack
    hands.window.on_scan(left.app.blank_serial)
    hands.window.on_scan(label)  # it is on the first parcel
    assert page.sign.verdict is Verdict.WRONG
    assert label in page.sign.accessibleName()
    assert presenter.view.to_pack == (left,)


def test_f12_preselects_who_has_the_duty_that_a_refusal_names(hands: Hands) -> None:
    OnlineDay(hands.world).ready(count=3, seed=8)
    hands.desk.duty.sign_out()
    hands.sign_in("andi")
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_3)
    presenter, sign_in = desk(hands), hands.counter.sign_in
    hands.press(KEY.Key_F12)
    assert sign_in.view.suggested == "", "nothing was refused"
    hands.sign_in("andi")
    hands.window.on_scan(presenter.view.to_pack[0].app.blank_serial)
    assert isinstance(presenter.view.pair.problem, RoleMissing)
    hands.press(KEY.Key_F12)
    assert sign_in.view.suggested == PASSWORDS["rahmat"][0]
    hands.sign_in("andi")
    hands.press(KEY.Key_4)
    presenter.close_manifest(None)
    assert isinstance(presenter.view.problem, RoleMissing)
    hands.press(KEY.Key_F12)
    assert sign_in.view.suggested == PASSWORDS["rahmat"][0]


def test_where_all_is_packed_that_is_said_and_no_key_has_nothing_to_do(hands: Hands) -> None:
    presenter, day = packing(hands, 1)
    page, words = screen(hands).pack, hands.window.words
    assert "Y" in keys_of(screen(hands))
    hands.window.on_scan(presenter.view.to_pack[0].app.blank_serial)
    hands.window.on_scan(day.waybill())
    assert presenter.view.pair.step is PairStep.RIGHT
    assert page.empty.isVisible()
    assert not page.waiting.isVisible()
    assert page.sign.verdict is Verdict.RIGHT, "the label is still to be stuck on"
    assert "Y" not in keys_of(screen(hands))
    assert screen(hands).modes.action("Escape").text() == words("common.dismiss")
    hands.press(KEY.Key_Escape)
    assert page.sign.accessibleName().startswith(words("online_screen.pack.none"))
    assert "Esc" not in keys_of(screen(hands))


def test_a_code_can_be_typed_and_letters_stay_text_meanwhile(hands: Hands) -> None:
    presenter, _day = packing(hands, 1)
    serial = presenter.view.to_pack[0].app.blank_serial
    hands.press(KEY.Key_Slash)
    hands.type(serial)
    hands.hit(KEY.Key_Return)
    assert presenter.view.pair.step is PairStep.WAYBILL
    hands.press(KEY.Key_Slash)
    hands.type("LU")
    hands.hit(KEY.Key_Escape)
    assert presenter.view.pair.step is PairStep.WAYBILL
    hands.press(KEY.Key_Escape)
    assert presenter.view.pair.step is PairStep.CARD


def test_esc_puts_away_what_was_said_in_every_area(hands: Hands) -> None:
    presenter = begin(hands)
    hands.enter()
    for area in OnlineArea:
        presenter.show_area(area)
        for pane in ManifestPane if area is OnlineArea.MANIFEST else (None,):
            if pane is not None:
                presenter.manifest_pane(pane)
            presenter.show(problem=HandCountMissing())
            assert screen(hands).banner.isVisible()
            hands.press(Qt.Key.Key_Escape)
            assert not screen(hands).banner.isVisible(), (area, pane)


def test_keys_that_have_nothing_to_do_are_not_listed(hands: Hands) -> None:
    presenter = begin(hands)
    assert "Esc" not in keys_of(screen(hands)), "nothing was said"
    presenter.show_area(OnlineArea.MANIFEST)
    presenter.manifest_pane(ManifestPane.OUT)
    assert not {"M", "Esc"} & set(keys_of(screen(hands))), "no parcel, nothing said"
    presenter.show_area(OnlineArea.PRINT)
    presenter.turn_pane(PrintPane.INSPECT)
    assert not {"Up", "Down", "Esc"} & set(keys_of(screen(hands)))
    presenter.show(problem=HandCountMissing())
    hands.press(KEY.Key_Escape)
    assert not screen(hands).banner.isVisible()


def test_esc_is_offered_only_where_it_ends_what_is_waited_for(hands: Hands) -> None:
    presenter = begin(hands)
    hint = hands.window.words("walkin.esc_cancels")
    found = screen(hands)
    hands.press(KEY.Key_2)
    presenter.turn_pane(PrintPane.INSPECT)
    presenter.show(doing=LOOKING)
    assert hint in " ".join(found.busy.lines())
    hands.press(KEY.Key_4)
    assert hint not in " ".join(found.busy.lines())
    presenter.show(doing="")
    hands.press(KEY.Key_1)
    hands.press(KEY.Key_Return)
    presenter.show(doing=READ_EID)
    assert hint in " ".join(found.case.busy.lines())
    hands.press(KEY.Key_R)
    assert hint not in " ".join(found.case.busy.lines()), "Esc leaves the reasons"


def test_a_manifest_that_wasn_t_printed_says_that_it_is_closed_and_prints_by_m(
    hands: Hands,
) -> None:
    presenter, day = packing(hands, 3)
    hands.window.on_scan(presenter.view.to_pack[0].app.blank_serial)
    hands.window.on_scan(day.waybill())
    bench = hands.world.bench
    bench.take_papers()
    bench.order("document_printer", Fault("paper", FaultName.OUT_OF_PAPER))
    hands.press(KEY.Key_4)
    assert "M" not in keys_of(screen(hands))
    hands.press(KEY.Key_H)
    hands.type(str(len(presenter.view.packed)))
    hands.press(KEY.Key_Return, CTRL)
    assert presenter.view.closed is not None
    assert presenter.view.packed == ()
    assert isinstance(presenter.view.problem, ManifestNotPrinted)
    assert screen(hands).banner.isVisible()
    bench.paper.load_paper()
    hands.press(KEY.Key_M)
    assert len(bench.take_papers()) == 1
    assert presenter.view.problem is None
    closed = hands.window.words("online_screen.manifest.closed")
    assert screen(hands).banner.remedy.text() == closed, "now the courier signs it"
    hands.press(KEY.Key_M)
    assert len(bench.take_papers()) == 1, "a copy"
    assert len(hands.desk.papers.of(presenter.view.closed.id)) == 1


def test_the_manifest_closes_on_a_count_by_hand(hands: Hands) -> None:
    presenter, day = packing(hands, 3)
    for line in presenter.view.to_pack:
        hands.window.on_scan(line.app.blank_serial)
        hands.window.on_scan(day.waybill())
    hands.press(KEY.Key_4)
    packed = presenter.view.packed
    assert packed
    hands.press(KEY.Key_Return, CTRL)
    assert screen(hands).banner.isVisible()
    assert screen(hands).manifest.packed.count.hasFocus(), "the count is what is missing"
    hands.type(str(len(packed) + 1))
    hands.press(KEY.Key_Return, CTRL)
    assert presenter.view.recount is not None
    sign, foreign = screen(hands).manifest.packed.sign, "P2603029999999"
    hands.window.on_scan(foreign)
    assert sign.verdict is Verdict.WRONG
    assert foreign in sign.accessibleName()
    for line in packed:
        hands.window.on_scan(line.parcel.awb)
    assert sign.verdict is Verdict.RIGHT
    hands.press(KEY.Key_Return, CTRL)
    assert presenter.view.closed is not None
    assert screen(hands).banner.isVisible(), "a toast is gone before the courier is"
    hands.press(KEY.Key_P)
    assert not screen(hands).banner.isVisible()
    assert presenter.view.manifest_pane is ManifestPane.OUT
    hands.press(KEY.Key_T)
    assert presenter.view.out[0].parcel.state.value == "in_transit"
    hands.press(KEY.Key_Down)
    hands.press(KEY.Key_T)
    asked = screen(hands).manifest.out.chosen()
    assert asked is not None
    hands.press(KEY.Key_G)
    sheet = hands.window.findChild(ReasonDialog)
    assert sheet is not None
    presenter.show(out=presenter.view.out[:1])  # news of it came while the reasons stood there
    QTest.keyClick(sheet.list, KEY.Key_1)
    with hands.desk.ledger.reading() as r:
        assert r.get(Parcel, asked.id).state.value == "failed", "it was asked about"
    out = screen(hands).manifest.out.table
    presenter.courier_says(asked, CourierWord.RETURNING)
    back = next(row for row in out.rows_model.rows if row.key == asked.id)
    words = hands.window.words
    with hands.desk.ledger.reading() as r:
        why = r.get(Parcel, asked.id).fail_reason
    assert why
    assert back.cells[-1] == f"{words('online_screen.out.comes_back')} · {why}"
    hands.press(KEY.Key_Up)
    hands.press(KEY.Key_Return)
    hands.hit(KEY.Key_1)
    hands.hit(KEY.Key_Return)
    assert presenter.view.out[0].parcel.state.value == "delivered"
    parcel = presenter.view.out[0].parcel
    presenter.filter_out(parcel.state)
    hands.press(KEY.Key_Return)
    [sheet] = [one for one in screen(hands).findChildren(YesDialog) if one.isVisible()]
    told = " ".join(label.text() for label in sheet.findChildren(QLabel))
    assert parcel.proof is not None
    number = presenter.view.out[0].number
    for fact in (parcel.awb, parcel.address.recipient, parcel.proof.receiver, number):
        assert fact in told
    hands.hit(KEY.Key_Return)
    assert hands.desk.intake.case(parcel.application_id).state is S.CLOSED


def test_a_disputed_parcel_stands_whole_in_the_list_and_behind_the_lock(hands: Hands) -> None:
    day = OnlineDay(hands.world)
    [parcel] = day.dispatched(*day.ready(seed=8))
    hands.sign_in("rahmat")
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_4)
    hands.press(KEY.Key_P)
    presenter, out = desk(hands), screen(hands).manifest.out
    presenter.delivered(parcel, "Ibu Ratna", "family")
    chosen = out.chosen()
    assert chosen is not None
    presenter.dispute(chosen, "Pemohon bilang belum menerima apa pun di rumahnya. " * 3)
    assert screen(hands).modes.action("Return").property("faded"), "a supervisor's"
    assert out.table.horizontalScrollBar().maximum() == 0
    hands.press(KEY.Key_F12)
    assert hands.desk.duty.locked
    presenter.show()  # news that comes meanwhile


def test_every_act_has_one_key_and_words_in_both_languages(hands: Hands) -> None:
    begin(hands)
    both = [Words.load(language) for language in ("id", "en")]
    modes = screen(hands).modes
    for name in list(modes._modes):
        modes.use(name)
        keys = keys_of(screen(hands))
        assert sorted(keys) == sorted(set(keys)), name
        for act in modes._modes[name].values():
            assert all(act.message in words for words in both), act.message


def test_no_area_is_wider_than_the_smallest_screen(hands: Hands) -> None:
    presenter = begin(hands, 6, faulty=6)
    shown = screen(hands)
    room = shown.findChild(QScrollArea)
    assert room is not None

    def fits(what: str) -> None:
        QApplication.processEvents()
        assert room.horizontalScrollBar().maximum() == 0, what
        for name in ("left", "right"):
            box = shown.modes._rows[shown.modes.current][0 if name == "left" else 1]
            for button in box.findChildren(QWidget):
                if button.isVisible():
                    assert button.width() >= button.sizeHint().width(), (what, button)

    fits("files")
    presenter.open_file(presenter.view.files[0].app.id)
    fits("case")
    presenter.compose()
    fits("compose")
    presenter.close_file()
    for area in OnlineArea:
        presenter.show_area(area)
        fits(area.value)
    presenter.manifest_pane(ManifestPane.OUT)
    fits("out")


def test_everything_that_takes_the_focus_has_a_name(hands: Hands) -> None:
    begin(hands)
    shown = screen(hands)
    labels = shown.findChildren(QLabel)
    nameless = [
        type(widget).__name__
        for widget in shown.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisible()
        and not widget.accessibleName()
        and not any(label.buddy() is widget for label in labels)
        and not widget.objectName().startswith("qt_")
        and type(widget).__name__ not in ("QHeaderView", "QScrollBar", "QScrollArea")
    ]
    assert nameless == []


def test_thousands_of_files_are_shown_to_the_last(hands: Hands) -> None:
    presenter = begin(hands, 1)
    line = presenter.view.files[0]
    many = tuple(
        dataclasses.replace(
            line,
            case=dataclasses.replace(
                line.case,
                application=dataclasses.replace(line.app, id=f"x{i}", number=f"1374-26-{i:06d}"),
            ),
        )
        for i in range(5_000)
    )
    presenter.show(files=many)
    table = screen(hands).files.table
    assert table.rows_model.rowCount() == 5_000
    table.setFocus()
    hands.press(KEY.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert table.visualRect(table.rows_model.index(4_999, 0)).bottom() <= table.height()


def test_hostile_texts_break_nothing(hands: Hands) -> None:
    presenter = begin(hands, 1)
    presenter.open_file(presenter.view.files[0].app.id)
    file = presenter.view.file
    assert file is not None
    for text in ("X" * 10_000, "سيتي رحمة", "🙂" * 200, "a\nb\tc"):
        who = dataclasses.replace(file.filing.applicant, name=text, address=text)
        filing = dataclasses.replace(file.filing, applicant=who)
        app = dataclasses.replace(file.app, applicant=who)
        presenter.show(file=dataclasses.replace(file, filing=filing, app=app))
        hands.window.grab()
        room = screen(hands).findChild(QScrollArea)
        assert room is not None
        assert room.horizontalScrollBar().maximum() == 0
