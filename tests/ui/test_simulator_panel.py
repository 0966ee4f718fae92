"""The simulator panel: the truth, hands by digits, faults to order, people who come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.licence_class import LicenceClass
from desktop.domain.requirements import RequirementKind
from desktop.notices import Notice, ScanArrived
from desktop.outside.simulators import ISSUERS, Manner, OutsideSimulator, manners_of
from desktop.presenters.devices_view import Side
from desktop.presenters.simulator import Simulator
from desktop.presenters.simulator_truth import hands_of, truths_of
from desktop.presenters.simulator_view import Hand, Truth
from desktop.words import Words
from devices.errors import CardJam
from devices.simulators.faults import AVAILABLE, FaultName
from tests.ui.devices_samples import Counter, open_counter
from tests.ui.samples import SampleScreen
from ui.simulator_panel import MOST_HANDS, MOST_TRUTHS, SimulatorPanel
from ui.widgets.fields import Form, LineField
from ui.widgets.labels import Text
from ui.widgets.nesting import nest

both_languages = pytest.mark.parametrize("counter", ["id", "en"], indirect=True)


@pytest.fixture
def counter(
    request: pytest.FixtureRequest, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> Iterator[Counter]:
    made = open_counter(tmp_path / "profile", Words.load(getattr(request, "param", "id")))
    yield made
    made.close()


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifiers)


def panel_of(counter: Counter) -> SimulatorPanel:
    panel = counter.screen.panel
    assert panel is not None
    return panel


def test_g_turns_to_the_device_s_simulator_and_esc_back(counter: Counter) -> None:
    screen = counter.screen
    screen.presenter.select("camera")
    screen.table.setFocus()
    press(Qt.Key.Key_G)
    assert screen.presenter.view.side is Side.SIMULATOR
    panel = panel_of(counter)
    assert panel.isVisible()
    assert panel.visitor.hasFocus()
    assert panel._view.current == "camera"
    press(Qt.Key.Key_Escape)
    assert screen.table.hasFocus()


def test_its_letters_work_from_the_list_beside_it_too(counter: Counter) -> None:
    screen, panel = counter.screen, panel_of(counter)
    screen.table.setFocus()
    press(Qt.Key.Key_G)
    press(Qt.Key.Key_Escape)
    assert screen.table.hasFocus()
    assert panel.isVisible()
    assert [t for t in panel.findChildren(Text) if t.buddy() and "&" in t.text()]
    for letter, field in ((Qt.Key.Key_J, panel.manner), (Qt.Key.Key_B, panel.issuer)):
        screen.table.setFocus()
        press(letter, Qt.KeyboardModifier.AltModifier)
        assert field.hasFocus()


def test_digits_are_hands_while_the_focus_is_inside(counter: Counter) -> None:
    truth = counter.world.bench.printer.truth
    truth.feeder.clear()
    press(Qt.Key.Key_G)
    press(Qt.Key.Key_1)
    assert [card.serial for card in truth.feeder[:2]] == ["CT26030001", "CT26030002"]
    truth.ribbon = 3
    press(Qt.Key.Key_5)
    assert truth.ribbon == 200
    press(Qt.Key.Key_8)
    assert not counter.world.bench.printer.connected
    press(Qt.Key.Key_8)
    assert counter.world.bench.printer.connected


def test_digits_are_hands_from_the_list_beside_the_panel_too(counter: Counter) -> None:
    press(Qt.Key.Key_G)
    counter.screen.table.setFocus()  # as a click on another device leaves it
    press(Qt.Key.Key_8)
    assert not counter.world.bench.printer.connected
    press(Qt.Key.Key_G)
    counter.screen.table.setFocus()
    press(Qt.Key.Key_8)
    assert not counter.world.bench.printer.connected, "nothing that isn't seen"


def test_every_key_that_is_drawn_works_from_the_list_beside_the_panel(counter: Counter) -> None:
    world, screen, panel = counter.world, counter.screen, panel_of(counter)
    script = world.bench.printer.script

    def at_the_list(key: Qt.Key) -> None:
        screen.table.setFocus()
        press(key)

    at_the_list(Qt.Key.Key_D)
    assert world.bench.eid.card is None, "nothing that isn't seen"
    at_the_list(Qt.Key.Key_G)
    at_the_list(Qt.Key.Key_D)
    assert world.bench.eid.card is not None
    at_the_list(Qt.Key.Key_X)
    assert world.bench.eid.card is None
    at_the_list(Qt.Key.Key_O)
    assert script.pending
    at_the_list(Qt.Key.Key_W)
    assert not script.pending
    world.bench.printer.unplug()
    at_the_list(Qt.Key.Key_Down)
    screen.presenter.select("card_printer")
    at_the_list(Qt.Key.Key_O)
    at_the_list(Qt.Key.Key_B)
    assert panel.note.text() == screen.words("simulator.mended")
    assert screen.table.hasFocus()


def test_no_key_of_the_panel_is_one_of_the_screen_beside_it(counter: Counter) -> None:
    """Neither could be had from the list else."""
    screen = counter.screen
    its = {act.shortcut().toString() for act in screen.actions()}
    assert {"T", "L", "G"} <= its
    assert not its & {chr(key) for key in panel_of(counter)._keys}


def test_a_person_comes_lays_the_card_sits_and_signs(counter: Counter) -> None:
    world = counter.world
    press(Qt.Key.Key_G)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_D)
    card = world.bench.eid.card
    assert card is not None
    assert card.nik == world.people[1].nik
    assert world.bench.camera.occupied
    assert world.bench.pad.signed
    press(Qt.Key.Key_X)
    assert world.bench.eid.card is None
    assert not world.bench.camera.occupied
    assert not world.bench.pad.signed


def test_who_may_come_is_told_with_what_is_held_or_was_revoked(counter: Counter) -> None:
    panel = panel_of(counter)
    press(Qt.Key.Key_G)
    first = replace(panel._view.visitors[0], licences=(LicenceClass.C,), gone=(LicenceClass.A,))
    lost = replace(first, licences=())
    panel.show_view(replace(panel._view, visitors=(first, lost)))
    revoked = counter.window.words("stage.revoked")
    told = [panel.visitor.itemText(at).partition(" · ")[2] for at in range(2)]
    assert told == ["C", f"A {revoked}"]


def test_an_issuer_answers_as_ordered(counter: Counter) -> None:
    outside = counter.world.desk.outside
    assert isinstance(outside, OutsideSimulator)
    panel = panel_of(counter)
    press(Qt.Key.Key_G)
    clinic = list(ISSUERS).index(RequirementKind.MEDICAL_CERT)
    panel.issuer.setFocus()
    for _ in range(clinic):
        press(Qt.Key.Key_Down)
    assert panel.issuer.value() == str(clinic)
    assert panel.manner.value() == Manner.YES
    panel.manner.setFocus()
    orders = manners_of(RequirementKind.MEDICAL_CERT)
    for manner in orders[1:]:
        press(Qt.Key.Key_Down)
        assert outside.manners == {RequirementKind.MEDICAL_CERT: manner}
    assert panel.issuer.currentText().endswith("*")
    assert panel.manner.findData(Manner.ANOTHER_FACE.value) < 0, "a clinic has no camera"
    for choice in (panel.manner, panel.fault, panel.step):
        texts = [choice.itemText(at) for at in range(choice.count())]
        assert texts
        assert all(text[0].isupper() for text in texts), "each stands by itself"
    panel.issuer.set_value(str(list(ISSUERS).index(RequirementKind.THEORY_TEST)))
    panel.issuer.committed.emit(panel.issuer.value())
    assert panel.manner.findData(Manner.ANOTHER_FACE.value) >= 0


@pytest.mark.fault
def test_an_ordered_fault_strikes_and_is_put_right(counter: Counter) -> None:
    world, panel = counter.world, panel_of(counter)
    press(Qt.Key.Key_G)
    panel.fault.set_value(FaultName.JAM.value)
    panel._show_steps()
    panel.step.set_value("feed")
    press(Qt.Key.Key_O)
    assert panel.ordered.isVisible()
    assert panel.note.text()
    with pytest.raises(CardJam), world.desk.hub.printer() as printer:
        printer.load_card(timeout=60)
    assert Truth.JAM in {fact.what for fact in panel._view.truths}
    assert not panel.note.text(), "it struck: no longer ordered"
    press(Qt.Key.Key_B)
    assert world.bench.printer.truth.jam is None
    assert not panel.ordered.isVisible()


def test_what_waits_can_be_withdrawn(counter: Counter) -> None:
    panel = panel_of(counter)
    press(Qt.Key.Key_G)
    press(Qt.Key.Key_O)
    assert counter.world.bench.printer.script.pending
    press(Qt.Key.Key_W)
    assert not counter.world.bench.printer.script.pending
    assert panel.none_ordered.isVisible()


def test_a_typed_code_is_scanned(counter: Counter) -> None:
    heard: list[str] = []

    def listen(notice: Notice) -> None:
        if isinstance(notice, ScanArrived):
            heard.append(notice.text)

    counter.world.desk.notices.subscribe(listen)
    counter.screen.presenter.select("scanner")
    press(Qt.Key.Key_G)
    panel = panel_of(counter)
    panel.scan.setFocus()
    QTest.keyClicks(panel.scan, "JX1D")
    QTest.keyClick(panel.scan, Qt.Key.Key_Return)
    assert heard == ["JX1D"]
    assert panel.scan.text() == ""


@pytest.mark.fault
def test_a_scanner_that_stays_silent_is_not_called_disconnected(counter: Counter) -> None:
    simulator = Simulator(counter.world.desk)
    simulator.enter()
    simulator.select("scanner")
    for fault, told in (
        (FaultName.SILENT, "simulator.silent"),
        (FaultName.UNPLUGGED, "simulator.unheard"),
    ):
        simulator.order(fault, "scan")
        simulator.scan("JX1D")
        said = simulator.view.said
        assert said is not None
        assert said.message_id == told


def test_ctrl_g_lays_it_over_any_screen_and_its_keys_are_its_own(counter: Counter) -> None:
    window, dock = counter.window, counter.dock
    window.open_screen("queue")
    screen = window.current_screen
    assert isinstance(screen, SampleScreen)
    press(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert dock.isVisible()
    press(Qt.Key.Key_D)
    assert counter.world.bench.eid.card is not None
    assert screen.done == []
    press(Qt.Key.Key_Escape)
    assert not dock.isVisible()
    assert screen.field.hasFocus()


def test_a_letter_that_page_and_panel_share_goes_where_the_focus_is(counter: Counter) -> None:
    window, dock = counter.window, counter.dock
    window.open_screen("queue")
    screen = window.current_screen
    assert isinstance(screen, SampleScreen)
    form, page_field, own = Form(), LineField(parent=screen), LineField(parent=screen)
    form.add("&Jenis kelamin", page_field)
    form.add("&Usia", own)
    nest(screen.body, form)
    QApplication.processEvents()
    press(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    panel = dock.panel
    press(Qt.Key.Key_J, Qt.KeyboardModifier.AltModifier)
    assert panel.manner.hasFocus(), "Jawaban"
    press(Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    assert panel.fault.hasFocus(), "Gangguan"
    press(Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    assert own.hasFocus(), "a letter of the page alone"
    screen.field.setFocus()
    press(Qt.Key.Key_J, Qt.KeyboardModifier.AltModifier)
    assert page_field.hasFocus(), "outside of the panel the page's"
    assert dock.isVisible()
    assert not [t for t in panel.findChildren(Text) if t.buddy() and "&" in t.text()]


def test_the_lock_covers_it_too(counter: Counter) -> None:
    window, dock = counter.window, counter.dock
    window.open_screen("queue")
    press(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert dock.isVisible()
    window.lock_wanted.emit()
    assert not dock.isVisible()


def test_beside_the_list_of_devices_there_is_one_panel_alone(counter: Counter) -> None:
    window, dock, screen = counter.window, counter.dock, counter.screen
    for shown in (True, False):
        press(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
        assert not dock.isVisible()
        assert panel_of(counter).isVisible() is shown
    window.open_screen("queue")
    press(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert dock.isVisible()
    window.open_screen("devices")
    assert window.current_screen is screen
    assert not dock.isVisible()


@both_languages
def test_every_device_has_truths_hands_and_faults_in_words(counter: Counter) -> None:
    words = counter.window.words
    for core in counter.world.bench.cores():
        assert len(truths_of(core)) <= MOST_TRUTHS
        assert len(hands_of(core)) <= MOST_HANDS
        for offered in AVAILABLE[core.kind]:
            assert words.of(offered.fault)
            assert all(f"device_step.{step}" in words for step in offered.steps), core.name
    assert all(f"simulator.hand.{hand.value}" in words for hand in Hand)
    assert all(f"simulator.truth.{truth.value}" in words for truth in Truth)


def test_the_viewer_tells_which_card_lies_in_it(counter: Counter) -> None:
    bench = counter.world.bench
    assert Truth.CARD_NONE in {fact.what for fact in truths_of(bench.viewer)}
    bench.printer.truth.output.append(bench.printer.truth.feeder[0])
    said = next(fact for fact in truths_of(bench.viewer) if fact.what is Truth.CARD_HERE)
    assert said.facts == {"serial": bench.printer.truth.feeder[0].serial}


@both_languages
def test_it_fits_a_small_screen(counter: Counter) -> None:
    press(Qt.Key.Key_G)
    panel = panel_of(counter)
    QApplication.processEvents()
    for name in counter.screen.presenter.view.lines:
        counter.screen.presenter.select(name.name)
        QApplication.processEvents()
        for button in panel.hands:
            if button.isVisible():
                assert button.width() >= button.sizeHint().width(), button.text()
        room = counter.screen.sides.parentWidget()
        assert room is not None
        assert panel.minimumSizeHint().height() <= 586, name.name
        # No void beneath that has to be scrolled past.
        needed = panel.heightForWidth(panel.width())
        assert panel.minimumSizeHint().height() <= needed, name.name


def test_lines_are_as_high_as_their_words_though_another_device_was_chosen_before(
    counter: Counter,
) -> None:
    panel = panel_of(counter)
    counter.screen.presenter.select("scanner")  # drawn while it isn't laid out yet
    press(Qt.Key.Key_G)
    QApplication.processEvents()
    counter.screen.presenter.select("card_printer")
    QApplication.processEvents()
    shown = [text for text in panel.truths if text.isVisible()]
    assert len(shown) == 8
    assert len({text.height() for text in shown}) == 1, "each is one line"


def test_arrows_are_the_panel_s_over_a_screen_that_moves_by_them_too(counter: Counter) -> None:
    moved: list[int] = []
    counter.screen.act("common.close", "Down", lambda: moved.append(1))
    press(Qt.Key.Key_G)
    press(Qt.Key.Key_Down)
    assert panel_of(counter).visitor.currentIndex() == 1
    assert not moved


def test_enter_scans_in_the_panel_and_does_nothing_behind_it(counter: Counter) -> None:
    behind: list[int] = []
    counter.screen.act("common.close", "Return", lambda: behind.append(1))
    counter.screen.presenter.select("scanner")
    press(Qt.Key.Key_G)
    scan = panel_of(counter).scan
    scan.setFocus()
    QTest.keyClicks(scan, "QX1")
    press(Qt.Key.Key_Return)
    assert not scan.text()
    assert not behind


def test_a_hand_without_a_finished_card_says_so(counter: Counter) -> None:
    simulator = Simulator(counter.world.desk)
    simulator.enter()
    for name, hand, told in (
        ("card_printer", Hand.SCAN_CARD, "simulator.no_card"),
        ("desk_reader", Hand.LAY_CARD, "simulator.no_card"),
        ("card_viewer", Hand.LAY_CARD, "simulator.no_card"),
        ("desk_reader", Hand.LAY_THEIRS, "simulator.no_card_of"),
    ):
        simulator.select(name)
        simulator.do(hand)
        said = simulator.view.said
        assert said is not None
        assert said.message_id == told


def test_a_card_is_laid_in_the_viewer_and_taken_out(counter: Counter) -> None:
    bench = counter.world.bench
    card = bench.printer.truth.feeder[0]
    bench.printer.truth.by_hand.append(card)
    simulator = Simulator(counter.world.desk)
    simulator.enter()
    simulator.select("card_viewer")
    simulator.do(Hand.LAY_CARD)
    assert bench.viewer.laid is card
    assert Hand.TAKE_CARD in simulator.view.hands
    simulator.do(Hand.TAKE_CARD)
    assert bench.viewer.laid is None
    assert bench.viewer.card(card.serial) is card, "pulled out by hand, and asked for"
    assert bench.viewer.card() is None


def test_what_is_said_never_widens_the_panel(counter: Counter) -> None:
    press(Qt.Key.Key_G)
    panel = panel_of(counter)
    QApplication.processEvents()
    width = panel.minimumSizeHint().width()
    panel.note.setText(2 * Words.load("id")("simulator.no_card"))
    QApplication.processEvents()
    assert panel.minimumSizeHint().width() == width
