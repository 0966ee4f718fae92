"""F8: what each device is, what to do about it, and tests that prove something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.officer import RoleMissing
from desktop.domain.stock import UnnumberedUse
from desktop.presenters.devices import Devices
from desktop.presenters.devices_view import Side
from desktop.services.device_care import PERSON_SECONDS
from desktop.words import Words
from devices.adapters.options import EVOLIS
from devices.catalog import FAMILIES, Family
from devices.device import DeviceKind, HealthReason
from devices.errors import PictureFrozen
from devices.finding import Found
from devices.simulators.evolis_printer import EvolisPrinter
from devices.simulators.faults import Fault, FaultName
from devices.simulators.printer_core import PrinterCore
from tests.ui.devices_samples import Counter, open_counter
from tests.ui.queued import Queued
from tests.ui.test_walkin_kept_screen import again
from ui.device_words import bar_item, state_item
from ui.screens.device_chooser import DeviceChooserForm, field_of
from ui.screens.devices import RibbonForm
from ui.widgets.banner import Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.fields import LineField
from ui.widgets.labels import Text
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Row


@pytest.fixture
def counter(qapp: QApplication, qtbot: QtBot, words: Words, tmp_path: Path) -> Iterator[Counter]:
    made = open_counter(tmp_path / "profile", words)
    yield made
    made.close()


def press(widget: object, key: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)


def cell(counter: Counter, name: str) -> str:
    row = next(row for row in counter.screen.table.rows_model.rows if row.key == name)
    state = row.cells[1]
    assert not isinstance(state, str)
    return f"{state.level.sign} {state.text}"


def test_every_device_is_listed_with_shape_and_word(counter: Counter) -> None:
    names = [row.key for row in counter.screen.table.rows_model.rows]
    assert names == [core.name for core in counter.world.bench.cores()]
    assert {cell(counter, name) for name in names} == {"● Siap"}


def test_a_narrow_window_shows_the_states_beside_the_details(counter: Counter) -> None:
    """The simulator needs more room than the details: only while it is seen."""
    counter.window.resize(counter.window.minimumSize())
    for _ in range(2):
        QApplication.processEvents()
    table = counter.screen.table
    assert table.columnWidth(0) + table.columnWidth(1) <= table.viewport().width()


def test_a_counter_without_devices_says_who_sets_them(counter: Counter) -> None:
    for status in counter.world.desk.hub.statuses():
        counter.world.desk.hub.remove(status.name)
    screen = counter.screen
    screen.presenter.refresh()
    assert screen.presenter.view.lines == ()
    assert screen.detail == screen.words("devices_screen.none")
    assert "(A)" not in screen.detail, "a key that this officer hasn't"
    assert not screen.sides.isVisible(), "no device, no state, no stock"
    counter.world.sign_in("hendra")
    screen.presenter.refresh()
    assert screen.detail == screen.words("devices_screen.none.add")
    assert screen.add_device.isEnabled()


def test_a_pulled_cable_and_its_remedy_are_shown_as_they_come(counter: Counter) -> None:
    bench, hub = counter.world.bench, counter.world.desk.hub
    bench.eid.unplug()
    hub.poll()
    assert cell(counter, "eid_reader") == "■ Kabel tercabut"
    counter.screen.presenter.select("eid_reader")
    shown = [banner for banner in counter.screen.card.reasons if banner.isVisible()]
    assert [banner.text.text() for banner in shown] == ["Kabel tercabut"]
    assert "Periksa kabelnya" in shown[0].remedy.text()
    bench.eid.plug()
    hub.poll()
    assert cell(counter, "eid_reader") == "● Siap"
    assert not any(banner.isVisible() for banner in counter.screen.card.reasons)


def test_arrows_choose_and_t_shows_what_the_camera_sees(counter: Counter) -> None:
    world, screen = counter.world, counter.screen
    world.stage.sit(world.people[2])
    screen.table.setFocus()
    for _ in range(4):
        press(screen, Qt.Key.Key_Down)
    assert screen.presenter.view.current == "camera"
    press(screen, Qt.Key.Key_T)
    assert screen.card.proof.text.text() == "Kamera memberi gambar ini."
    assert screen.card.picture.isVisible()
    seen = screen.card.picture.image.size()
    assert not seen.isEmpty()
    shown = screen.card.picture.sizeHint()
    assert abs(shown.width() / shown.height() - seen.width() / seen.height()) < 0.02
    assert counter.acts[-1] == "device.tested"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("chip_station", "Pembaca menjawab. Tidak ada kartu di atasnya."),
        ("eid_reader", "KTP-el terbaca; sidik jari cocok. Data orang tidak disimpan."),
        ("signature_pad", "Tanda tangan terekam"),
        ("document_printer", "Halaman uji diserahkan ke printer: selesai."),
        ("fingerprint", "Jari terlihat, mutu 84 dari 100."),
        ("card_printer", "Kartu uji selesai. Penghitung printer kini 1."),
    ],
)
def test_each_test_says_what_it_proved(counter: Counter, name: str, said: str) -> None:
    world, screen = counter.world, counter.screen
    world.stage.lay_eid(world.people[1])
    world.stage.ready_to_sign(world.people[1])
    world.bench.lay_finger(b"finger")
    screen.presenter.select(name)
    press(screen, Qt.Key.Key_T)
    assert screen.card.proof.text.text().startswith(said)


def test_a_test_s_page_lies_in_the_tray_and_a_test_card_is_an_act(counter: Counter) -> None:
    world, presenter = counter.world, counter.screen.presenter
    presenter.select("document_printer")
    presenter.test()
    (paper,) = world.bench.take_papers()
    assert paper.pdf.startswith(b"%PDF-")
    before = world.bench.printer.truth.unnumbered
    presenter.select("card_printer")
    presenter.test()
    assert world.bench.printer.truth.unnumbered == before - 1
    assert counter.acts[-1] == "stock.unnumbered"


def test_a_scanner_is_tried_by_any_code_and_only_then_takes_it(counter: Counter) -> None:
    screen, bench = counter.screen, counter.world.bench
    assert not screen.on_scan("JX900000001ID")
    screen.presenter.select("scanner")
    press(screen, Qt.Key.Key_T)
    assert screen.card.proof.text.text() == "Pindai kode apa saja."
    bench.scan("JX900000001ID")
    assert screen.on_scan("JX900000001ID")
    assert screen.card.proof.text.text() == "Kode sepanjang 13 karakter terbaca."
    assert not screen.on_scan("JX900000001ID")


def test_esc_gives_a_waiting_test_up(counter: Counter) -> None:
    screen = counter.screen
    screen.presenter.select("scanner")
    press(screen, Qt.Key.Key_T)
    assert not screen.test.isVisible()
    press(screen, Qt.Key.Key_Escape)
    assert screen.presenter.view.testing == ""
    assert screen.test.isVisible()


def test_a_card_that_sets_the_printer_is_told_as_that_and_as_no_test(counter: Counter) -> None:
    counter.screen.presenter.select("card_printer")
    press(counter.screen, Qt.Key.Key_Y)
    said = counter.screen.presenter.view.said
    assert said is not None
    assert said.message_id == "devices_screen.ran"
    assert said.facts["use"] is UnnumberedUse.ALIGNMENT
    words, head = counter.screen.words, counter.screen.card.proof_head
    assert head.text().startswith(words.of(UnnumberedUse.ALIGNMENT))


def test_what_runs_is_named_while_it_runs(counter: Counter) -> None:
    screen, presenter = counter.screen, counter.screen.presenter
    presenter.select("card_printer")
    heads: list[str] = []
    presenter.attach(lambda view: heads.append(screen.card.proof_head.text()))
    for key, use in (("Y", "ALIGNMENT"), ("K", "CLEANING"), ("T", "TEST")):
        heads.clear()
        press(screen, Qt.Key[f"Key_{key}"])
        assert screen.words("devices_screen.running", use=UnnumberedUse[use]) in heads
        assert screen.words("devices_screen.waiting") not in heads


def test_what_ran_before_is_not_named_when_another_device_is_tested(counter: Counter) -> None:
    screen, presenter = counter.screen, counter.screen.presenter
    presenter.select("card_printer")
    press(screen, Qt.Key.Key_Y)
    assert presenter.view.running is None
    presenter.select("scanner")
    press(screen, Qt.Key.Key_T)
    assert screen.card.proof_head.text() == screen.words("devices_screen.waiting")


def test_esc_leaves_the_log_and_the_simulator_for_the_details(counter: Counter) -> None:
    screen, presenter = counter.screen, counter.screen.presenter
    screen.table.setFocus()
    for key, side in ((Qt.Key.Key_L, Side.LOG), (Qt.Key.Key_G, Side.SIMULATOR)):
        press(screen, key)
        assert presenter.view.side is side
        screen.table.setFocus()
        press(screen, Qt.Key.Key_Escape)
        assert presenter.view.side is Side.DETAIL


@pytest.mark.fault
def test_a_failed_test_says_what_happened_and_what_to_do(counter: Counter) -> None:
    screen, clock = counter.screen, counter.world.clock
    screen.presenter.select("eid_reader")
    asked = clock.now()
    press(screen, Qt.Key.Key_T)
    assert clock.now() - asked >= timedelta(seconds=PERSON_SECONDS), "there was time to lay one"
    assert screen.card.fault.text.text() == "Tidak ada kartu di pembaca KTP-el."
    assert screen.card.fault.remedy.text()
    assert counter.acts[-1] == "device.tested"


@pytest.mark.fault
def test_a_stuck_printer_answers_each_key_and_what_was_refused_goes_when_it_runs(
    counter: Counter,
) -> None:
    screen, world = counter.screen, counter.world
    screen.presenter.select("card_printer")
    world.bench.order("card_printer", Fault("unnumbered", FaultName.JAM))
    press(screen, Qt.Key.Key_T)
    said = [screen.presenter.view.said]
    for key in (Qt.Key.Key_Y, Qt.Key.Key_K):
        press(screen, key)
        said.append(screen.presenter.view.said)
    assert all(one is not None and one.warns for one in said)
    assert len({one.count for one in said if one is not None}) == 3, "each key is answered"
    told = counter.window.toast.text.text()
    assert "Kartu macet di bagian cetak." in told
    assert "Buka penutup" in told
    world.bench.remedy("card_printer")
    world.desk.hub.poll()
    shown: list[bool] = []
    screen.presenter.attach(
        lambda view: shown.append(screen.card.fault.isVisible()) if view.testing else None
    )
    press(screen, Qt.Key.Key_Y)
    assert shown
    assert not any(shown)
    assert not screen.card.fault.isVisible()


@pytest.mark.fault
def test_a_test_page_that_found_no_paper_is_to_be_printed_again(counter: Counter) -> None:
    screen, bench = counter.screen, counter.world.bench
    screen.presenter.select("document_printer")
    bench.order("document_printer", Fault("paper", FaultName.OUT_OF_PAPER))
    press(screen, Qt.Key.Key_T)
    assert "Isi kertas, lalu cetak lagi." in counter.window.toast.text.text()
    bench.paper.load_paper()
    assert bench.take_papers() == [], "the page went with its test"
    press(screen, Qt.Key.Key_T)
    assert len(bench.take_papers()) == 1


def test_whether_the_camera_sees_anybody_is_said(counter: Counter) -> None:
    screen = counter.screen
    screen.presenter.select("camera")
    press(screen, Qt.Key.Key_T)
    assert screen.card.proof.text.text() == (
        "Kamera memberi gambar ini, tetapi tidak ada wajah di dalamnya. Duduklah di depannya, lalu "
        "uji lagi (T); atau arahkan kameranya."
    )
    said = screen.presenter.view.said
    assert said is not None
    assert said.warns, "no green tick"
    assert screen.card.proof.tone is Tone.WARNING
    counter.world.stage.sit(counter.world.people[2])
    press(screen, Qt.Key.Key_T)
    assert screen.card.proof.text.text() == "Kamera memberi gambar ini."
    assert screen.card.proof.tone is Tone.SUCCESS


@pytest.mark.fault
def test_a_frozen_camera_fails_its_test_until_its_cable_was_pulled(counter: Counter) -> None:
    screen, camera = counter.screen, counter.world.bench.camera
    camera.order(Fault("camera", FaultName.FROZEN))
    screen.presenter.select("camera")
    press(screen, Qt.Key.Key_T)
    assert isinstance(screen.presenter.view.problem, PictureFrozen)
    assert not screen.card.proof.isVisible()
    camera.unplug()
    camera.plug()
    press(screen, Qt.Key.Key_R)
    press(screen, Qt.Key.Key_T)
    assert screen.card.proof.isVisible()


def test_nothing_to_do_is_said_only_where_nothing_failed(counter: Counter) -> None:
    screen, card = counter.screen, counter.screen.card
    screen.presenter.select("eid_reader")
    assert card.well.isVisible()
    press(screen, Qt.Key.Key_T)  # nobody lays a KTP-el down
    assert card.fault.isVisible()
    assert card.fault.remedy.text()
    assert not card.well.isVisible()
    counter.world.stage.lay_eid(counter.world.people[1])
    press(screen, Qt.Key.Key_T)
    assert not card.fault.isVisible()
    assert card.well.isVisible()


def test_nothing_to_do_isn_t_said_while_a_hand_is_waited_for(counter: Counter) -> None:
    screen, card = counter.screen, counter.screen.card
    screen.presenter.select("scanner")
    assert card.well.isVisible()
    press(screen, Qt.Key.Key_T)
    assert card.proof.isVisible()
    assert not card.well.isVisible()
    press(screen, Qt.Key.Key_Escape)
    assert card.well.isVisible()


@pytest.mark.fault
def test_what_fails_under_the_simulator_is_turned_to(counter: Counter) -> None:
    screen, presenter = counter.screen, counter.screen.presenter
    presenter.select("eid_reader")
    turned = counter.world.desk.notices.subscribe(
        lambda _: presenter.turn_to(Side.SIMULATOR) if presenter.view.testing else None
    )
    press(screen, Qt.Key.Key_T)
    turned()
    assert presenter.view.side is Side.DETAIL
    assert screen.card.fault.text.text() == "Tidak ada kartu di pembaca KTP-el."


def test_the_arrows_go_on_choosing_after_the_simulator(counter: Counter) -> None:
    screen = counter.screen
    for leaving in (Qt.Key.Key_G, Qt.Key.Key_T):
        screen.presenter.select("card_printer")
        press(screen, Qt.Key.Key_G)
        assert screen.panel is not None
        assert screen.panel.visitor.hasFocus()
        press(screen, leaving)
        assert screen.presenter.view.side is Side.DETAIL
        press(screen, Qt.Key.Key_Down)
        assert screen.presenter.view.current != "card_printer"


@pytest.mark.fault
def test_what_fails_while_another_is_looked_at_is_said_of_its_own_device(counter: Counter) -> None:
    screen, presenter = counter.screen, counter.screen.presenter
    presenter.select("eid_reader")
    turned = counter.world.desk.notices.subscribe(lambda _: presenter.select("camera"))
    press(screen, Qt.Key.Key_T)
    turned()
    assert presenter.view.current == "camera"
    assert not screen.card.fault.isVisible()
    presenter.select("eid_reader")
    assert screen.card.fault.text.text() == "Tidak ada kartu di pembaca KTP-el."


@pytest.mark.fault
@pytest.mark.parametrize("care", ["ribbon", "reopen"])
def test_a_refused_care_is_said_of_its_own_device_too(counter: Counter, care: str) -> None:
    screen, presenter, queued = counter.screen, counter.screen.presenter, Queued()
    presenter.desk = replace(counter.world.desk, lanes=queued.lanes)
    presenter.select("card_printer")
    if care == "ribbon":
        presenter.change_ribbon(" ", 0)
    else:
        counter.world.bench.printer.unplug()
        presenter.reopen()
    presenter.select("camera")
    queued.deliver()
    queued.lanes.close()
    assert presenter.view.current == "camera"
    assert presenter.view.problem is None
    assert not screen.card.fault.isVisible()
    presenter.select("card_printer")
    assert presenter.view.problem is not None


def test_the_last_fault_may_have_come_as_a_state_alone(counter: Counter) -> None:
    screen = counter.screen
    screen.presenter.select("card_printer")
    assert not screen.card.fault_head.isVisible()
    counter.world.bench.printer.open_cover()
    counter.world.desk.hub.poll()
    cover = screen.words.of(HealthReason.COVER_OPEN)
    assert cover[1:] in screen.card.fault_head.text()


def test_the_log_is_scrolled_by_keys_while_the_arrows_choose_devices(counter: Counter) -> None:
    screen = counter.screen
    screen.table.setFocus()
    QTest.keyClick(screen.table, Qt.Key.Key_L)
    log = screen.log.table
    at = (Row(str(n), (f"{n}", StateItem(Level.OFF, "x"))) for n in range(200))
    log.show_rows(list(at))
    log.setVisible(True)
    QApplication.processEvents()
    QTest.keyClick(screen.table, Qt.Key.Key_PageDown)
    down = log.verticalScrollBar().value()
    assert down > 0
    assert screen.table.hasFocus()
    QTest.keyClick(screen.table, Qt.Key.Key_PageUp)
    assert log.verticalScrollBar().value() < down


@pytest.mark.fault
def test_the_log_holds_faults_and_changes_latest_first(counter: Counter) -> None:
    screen, world = counter.screen, counter.world
    world.bench.order("card_printer", Fault("unnumbered", FaultName.JAM))
    press(screen, Qt.Key.Key_T)
    press(screen, Qt.Key.Key_L)
    assert screen.presenter.view.side is Side.LOG
    rows = [row.cells[1] for row in screen.log.table.rows_model.rows]
    texts = [item.text for item in rows if not isinstance(item, str)]
    assert texts == ["Kartu macet", "Kartu macet di bagian cetak", "Siap"]
    press(screen, Qt.Key.Key_L)
    assert screen.presenter.view.side is Side.DETAIL


def test_a_ribbon_change_keeps_lot_and_what_was_left(counter: Counter, qtbot: QtBot) -> None:
    screen, world = counter.screen, counter.world
    world.bench.printer.truth.ribbon = 8
    world.desk.hub.poll()
    press(screen, Qt.Key.Key_P)
    form = screen.findChild(RibbonForm)
    assert form is not None
    assert form.left.value() == 8
    form._accept()
    assert form.isVisible(), "no lot yet"
    QTest.keyClicks(form.lot, "P26-118")
    QTest.keyClick(form.lot, Qt.Key.Key_Return)
    assert form.focusWidget() is form.left
    QTest.keyClick(form.left, Qt.Key.Key_Return)
    assert counter.acts[-1] == "device.ribbon_changed"
    assert counter.acts.count("device.ribbon_changed") == 1


def test_an_emptied_left_is_asked_for_not_recorded_as_none(counter: Counter) -> None:
    screen, world = counter.screen, counter.world
    world.bench.printer.truth.ribbon = 8
    world.desk.hub.poll()
    press(screen, Qt.Key.Key_P)
    form = screen.findChild(RibbonForm)
    assert form is not None
    QTest.keyClicks(form.lot, "P26-118")
    QTest.keyClick(form.lot, Qt.Key.Key_Return)

    def told() -> bool:
        wanted = screen.words("devices_screen.ribbon_form.left_empty")
        return wanted in [text.text() for text in form.findChildren(Text)]

    for _ in range(2):
        QTest.keyClick(form.left, Qt.Key.Key_Delete)
        QTest.keyClick(form.left, Qt.Key.Key_Return)
        assert form.isVisible()
        assert told()
    assert form.answers()["left"] == "", "nor is it after a kill"
    QTest.keyClicks(form.left, "0")
    assert not told()
    assert form.answers()["left"] == "0"
    QTest.keyClick(form.left, Qt.Key.Key_Return)
    assert not form.isVisible()
    assert counter.acts[-1] == "device.ribbon_changed"


def test_a_ribbon_s_lot_half_typed_stands_again_after_a_kill(
    counter: Counter, qtbot: QtBot
) -> None:
    screen = counter.screen
    press(screen, Qt.Key.Key_P)
    form = screen.findChild(RibbonForm)
    assert form is not None
    QTest.keyClicks(form.lot, "P26-1")
    left = form.left.value()
    killed = Devices(counter.world.desk)
    killed.enter()
    assert killed.view.asked is not None
    assert killed.view.asked.again
    assert killed.view.asked.about == {"device": "card_printer"}
    killed.close()
    again(screen.presenter, form)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, form))
    last = QApplication.activeModalWidget()
    assert isinstance(last, RibbonForm)
    QTest.keyClicks(last.lot, "18")
    assert last.answers() == {"lot": "P26-118", "left": str(left)}
    last.accept()
    assert counter.acts[-1] == "device.ribbon_changed"
    assert screen.presenter.view.asked is None


def test_a_refused_ribbon_s_lot_waits_for_its_key_and_brings_nobody_back(counter: Counter) -> None:
    screen, presenter = counter.screen, counter.screen.presenter
    press(screen, Qt.Key.Key_P)
    form = screen.findChild(RibbonForm)
    assert form is not None
    QTest.keyClicks(form.lot, "P26-118")
    counter.world.bench.printer.unplug()
    form.accept()
    assert presenter.view.problem is not None
    killed = Devices(counter.world.desk)
    killed.enter()
    assert killed.view.asked is None, "whoever signs in tomorrow begins elsewhere"
    killed.close()
    counter.world.bench.printer.plug()
    press(screen, Qt.Key.Key_P)
    [last] = [one for one in screen.findChildren(RibbonForm) if one.isVisible()]
    assert last.answers()["lot"] == "P26-118"
    last.accept()
    assert counter.acts[-1] == "device.ribbon_changed"


def test_a_new_ribbon_that_is_in_already_isn_t_what_the_old_one_had_left(counter: Counter) -> None:
    screen, world = counter.screen, counter.world
    world.bench.printer.change_ribbon()
    world.desk.hub.poll()
    press(screen, Qt.Key.Key_P)
    form = screen.findChild(RibbonForm)
    assert form is not None
    assert form.left.value() == 0


def test_r_takes_a_device_up_anew(counter: Counter) -> None:
    screen = counter.screen
    screen.presenter.select("camera")
    press(screen, Qt.Key.Key_R)
    assert screen.presenter.view.problem is None
    said = screen.presenter.view.said
    assert said is not None
    assert said.message_id == "devices_screen.reopened"


def test_acts_for_a_card_printer_are_offered_for_it_alone(counter: Counter) -> None:
    screen = counter.screen
    assert screen.ribbon.isVisible()
    screen.presenter.select("camera")
    assert not screen.ribbon.isVisible()


def test_the_lower_edge_opens_the_device_that_was_pressed(counter: Counter) -> None:
    counter.window.open_screen("queue")
    counter.window.status.pressed.emit("scanner")
    assert counter.screen.presenter.view.current == "scanner"


def test_a_device_in_use_is_busy_and_the_edge_names_the_worst(
    counter: Counter, words: Words
) -> None:
    hub, bench = counter.world.desk.hub, counter.world.bench
    with hub.camera():
        counter.screen.presenter.refresh()
        assert cell(counter, "camera") == "◐ Sedang dipakai"
    bench.printer.truth.ribbon = 0
    bench.printer.open_cover()
    hub.poll()
    status = hub.status(DeviceKind.CARD_PRINTER)
    assert len(status.health.reasons) == 2
    item = bar_item(words, status)
    assert item.level is Level.BAD
    assert item.text == f"Printer: {words.of(status.health.reasons[0])}"
    assert words.of(HealthReason.RIBBON_ENDED) in state_item(words, status).text


def test_an_auditor_reads_but_tests_nothing(
    qapp: QApplication, qtbot: QtBot, words: Words, tmp_path: Path
) -> None:
    counter = open_counter(tmp_path / "profile", words, officer="yohana")
    try:
        counter.screen.presenter.select("camera")
        press(counter.screen, Qt.Key.Key_T)
        assert isinstance(counter.screen.presenter.view.problem, RoleMissing)
        assert counter.screen.card.fault.isVisible()
        counter.screen.presenter.select("card_printer")
        assert not counter.screen.card.fault.isVisible()
        press(counter.screen, Qt.Key.Key_P)
        assert counter.screen.findChild(RibbonForm) is None, "nobody types what will be refused"
        assert isinstance(counter.screen.presenter.view.problem, RoleMissing)
        assert counter.screen.card.fault.isVisible()
    finally:
        counter.close()


@pytest.fixture
def supervised(qapp: QApplication, qtbot: QtBot, words: Words, tmp_path: Path) -> Iterator[Counter]:
    """The same counter with somebody who may change devices."""
    made = open_counter(tmp_path / "profile", words, officer="bambang")
    yield made
    made.close()


def chooser_of(counter: Counter) -> DeviceChooserForm:
    (form,) = (f for f in counter.screen.findChildren(DeviceChooserForm) if f.isVisible())
    return form


def test_a_device_is_changed_by_hand_and_works_at_once(supervised: Counter) -> None:
    screen, desk = supervised.screen, supervised.world.desk
    core = PrinterCore()
    core.pace = 0
    with EvolisPrinter(core) as printer:
        press(screen, Qt.Key.Key_C)
        form = chooser_of(supervised)
        form.family.set_value("evolis")
        form.family.committed.emit("evolis")
        assert list(form.fields) == [option.name for option in EVOLIS]
        QTest.keyClick(form, Qt.Key.Key_Return)
        assert form.isVisible(), "no address yet"
        line = form.fields["printer_address"].widget
        assert line.property("fault")
        QTest.keyClicks(line, f"127.0.0.1:{printer.listen()}")
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert not form.isVisible()
        assert desk.hub.status("card_printer").info.maker == "Evolis"
        assert supervised.acts[-1] == "device.chosen"
        press(screen, Qt.Key.Key_L)
        assert screen.export.isVisible()
        press(screen, Qt.Key.Key_E)
        assert (desk.profile.path / "recordings").is_dir()
        press(screen, Qt.Key.Key_C)
        form = chooser_of(supervised)
        assert form.family.value() == "evolis"
        QTest.keyClick(form, Qt.Key.Key_F9)
        assert desk.hub.status("card_printer").info.maker != "Evolis"


def test_the_simulator_isn_t_offered_for_a_real_device(supervised: Counter) -> None:
    screen, presenter = supervised.screen, supervised.screen.presenter
    presenter.select("signature_pad")
    press(screen, Qt.Key.Key_G)
    assert presenter.view.side is Side.SIMULATOR
    chooser = presenter.chooser()
    chooser.take_family("screen")
    chooser.keep({})
    presenter.refresh()
    assert presenter.view.side is Side.DETAIL
    assert not screen.simulate.isVisible()
    press(screen, Qt.Key.Key_G)
    assert presenter.view.side is Side.DETAIL
    screen.show_simulator()
    assert presenter.view.side is Side.SIMULATOR, "Ctrl+G turns to the first that has one"
    assert presenter.view.simulated
    screen.show_simulator()
    assert presenter.view.side is Side.DETAIL
    presenter.select("card_printer")
    assert screen.simulate.isVisible()
    presenter.turn_to(Side.SIMULATOR)
    presenter.select("signature_pad")
    assert presenter.view.side is Side.DETAIL


def test_a_device_half_chosen_stands_again_after_a_kill(supervised: Counter, qtbot: QtBot) -> None:
    screen = supervised.screen
    press(screen, Qt.Key.Key_C)
    form = chooser_of(supervised)
    form.family.committed.emit("evolis")
    QTest.keyClicks(form.fields["printer_address"].widget, "192.168.1.")
    answers = form.answers()
    again(screen.presenter, form)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, form))
    last = chooser_of(supervised)
    assert last.answers() == answers
    assert last.fields["printer_address"].read() == "192.168.1."
    last.reject()
    assert screen.presenter.view.asked is None
    screen.ask_device(adding=True)
    asked = screen.presenter.view.asked
    assert asked is not None
    assert asked.about == {"adding": "yes"}
    chooser_of(supervised).reject()


def test_why_an_address_elsewhere_was_refused_is_said_below_it(supervised: Counter) -> None:
    supervised.screen.presenter.select("fingerprint")
    press(supervised.screen, Qt.Key.Key_C)
    form = chooser_of(supervised)
    form.family.committed.emit("sbi")
    form.fields["trust_file"].put("/nowhere/trust.pem")
    form.fields["comparer_url"].put("http://10.0.0.7:9099/biosdk-service")
    QTest.keyClick(form, Qt.Key.Key_Return)
    assert form.isVisible()
    line = form.fields["comparer_url"].widget
    assert line.property("fault")
    notes = [text.text() for text in form.findChildren(Text) if text.isVisible()]
    assert any(note.startswith("Hanya alamat PC ini") for note in notes)


def test_a_field_left_empty_is_said_to_be_empty(supervised: Counter) -> None:
    screen, words = supervised.screen, supervised.screen.words
    screen.ask_device(adding=True)
    form = chooser_of(supervised)
    form.family.committed.emit("spooler_card")
    form.fields["queue"].put("  ")
    QTest.keyClick(form, Qt.Key.Key_Return)
    shown = [text.text() for text in form.findChildren(Text)]
    assert words("device_chooser.empty") in shown
    assert words("device_chooser.refused") not in shown
    assert words("device_chooser.lead.add") in shown, "there is no old one to be let go"
    assert words("device_chooser.lead") not in shown
    form.reject()


def test_a_found_camera_fills_its_options(supervised: Counter) -> None:
    supervised.screen.presenter.select("camera")
    press(supervised.screen, Qt.Key.Key_C)
    form = chooser_of(supervised)
    found = Found("opencv_camera", "Kamera Contoh", {"source": "/dev/video3"})
    form.presenter.show(found=(found,))
    assert form.found.count() == 2
    form.found.committed.emit("0")
    assert form.family.value() == "opencv_camera"
    assert form.fields["source"].read() == "/dev/video3"
    assert form.found.value() == "0"
    form.reject()


def test_what_is_typed_stays_while_the_search_ends(supervised: Counter) -> None:
    supervised.screen.presenter.select("scanner")
    press(supervised.screen, Qt.Key.Key_C)
    form = chooser_of(supervised)
    form.family.committed.emit("serial_scanner")
    line = form.fields["port"].widget
    assert isinstance(line, LineField)
    line.clear()
    QTest.keyClicks(line, "COM9")
    form.fields["baud"].put(19200)
    form.presenter.search()
    assert form.fields["port"].read() == "COM9"
    assert form.fields["baud"].read() == 19200
    form.reject()


def test_a_second_printer_is_added_in_a_place_of_its_own(supervised: Counter) -> None:
    supervised.screen.presenter.select("camera")
    press(supervised.screen, Qt.Key.Key_A)
    form = chooser_of(supervised)
    assert form.place.value() == "card_printer_2"
    form.place.set_value("chip_station_2")
    form.place.committed.emit("chip_station_2")
    assert form.family.value() == "pcsc_reader"
    form.reject()


def test_a_device_is_added_beside_a_printer_too(supervised: Counter) -> None:
    screen = supervised.screen
    screen.presenter.select("card_printer")
    (button,) = [b for b in screen.foot.findChildren(KeyButton) if b.key == "A"]
    for width in (1920, 1366):
        supervised.window.resize(width, 1000)
        QApplication.processEvents()
        assert button.isVisible() is (width == 1920)
        supervised.window.activateWindow()
        QApplication.processEvents()
        press(screen, Qt.Key.Key_A)
        chooser_of(supervised).reject()
        QApplication.processEvents()


def test_who_may_not_change_devices_is_offered_no_change(counter: Counter) -> None:
    screen = counter.screen
    assert not screen.change.isVisible()
    assert not screen.add_device.isVisible()
    press(screen, Qt.Key.Key_C)
    assert not screen.findChildren(DeviceChooserForm)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: f"{family.kind}-{family.key}")
def test_every_option_has_a_field_that_gives_its_default_back(
    family: Family, words: Words, qtbot: QtBot
) -> None:
    for option in family.options:
        made = field_of(words, option)
        qtbot.addWidget(made.widget)
        made.put(option.default)
        assert made.read() == option.default
        if option.default or not getattr(option, "required", False):
            assert option.read(made.read()) == option.default
