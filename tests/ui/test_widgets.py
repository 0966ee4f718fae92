"""The kit: fields commit once, tables keep their place, reasons answer to digits."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QFont, QFontMetrics, QImage, QKeyEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.words import Words
from ui.header import Header
from ui.shell import PlaceInfo, SessionInfo
from ui.theme import theme
from ui.widgets import fields
from ui.widgets.action_bar import ActionBar
from ui.widgets.banner import Banner, Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.card_preview import CardFace, CardPreview
from ui.widgets.charts import BarChart, Donut, LineChart, Value
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.counters import BigNumber
from ui.widgets.fields import (
    ChoiceField,
    CodeField,
    DateField,
    Form,
    LineField,
    LinesField,
    NumberField,
    UpperField,
)
from ui.widgets.labels import Hanging, Text
from ui.widgets.photo import PhotoFrame
from ui.widgets.queue_list import QueueItem, QueueList
from ui.widgets.reasons import Reason, ReasonDialog, ReasonList
from ui.widgets.scan_box import ScanBox, Verdict, VerdictSign
from ui.widgets.signature import SignatureBox
from ui.widgets.state import Level, StateItem
from ui.widgets.step_bar import StepBar, StepState, steps_at
from ui.widgets.table import TRIM, Column, DataTable, Row
from ui.widgets.table_delegate import RowDelegate
from ui.widgets.toast import Toast

REASONS = (Reason("jam", "Macet"), Reason("chip", "Cip mati"), Reason("x", "Lain", needs_note=True))


@pytest.fixture
def host(qapp: QApplication, qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(800, 600)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def shown(widget: QWidget, width: int = 600, height: int = 300) -> QWidget:
    widget.resize(width, height)
    widget.show()
    widget.grab()
    return widget


def test_a_field_commits_once(host: QWidget) -> None:
    field = LineField("Name", host)
    told: list[str] = []
    field.committed.connect(told.append)
    QTest.keyClicks(field, " abc ")
    field.commit()
    field.commit()
    assert told == ["abc"]
    field.set_value("from the view")
    field.commit()
    assert told == ["abc"]


def test_a_view_doesn_t_overwrite_what_is_being_typed(host: QWidget) -> None:
    field = LineField("Name", host)
    field.set_value("old")
    field.selectAll()
    QTest.keyClicks(field, "new")
    field.set_value("old")
    assert field.text() == "new"


def test_a_locked_field_says_why(host: QWidget) -> None:
    field = LineField("Name", host)
    field.lock("dari KTP-el")
    assert field.isReadOnly()
    assert field.accessibleDescription() == "dari KTP-el"
    field.lock("")
    assert not field.isReadOnly()


def test_capitals_whatever_shift_does(host: QWidget) -> None:
    field = UpperField("Name", host)
    QTest.keyClicks(field, "siti o'neil")
    assert field.value() == "SITI O'NEIL"


def test_a_code_takes_digits_only(host: QWidget) -> None:
    field = CodeField("NIK", host, longest=16)
    QTest.keyClicks(field, "32730a14507900003999")
    assert field.value() == "3273014507900003"


@pytest.mark.parametrize(
    ("typed", "text", "day"),
    [
        ("12052001", "12/05/2001", date(2001, 5, 12)),
        ("12/05/2001", "12/05/2001", date(2001, 5, 12)),
        ("1/5/2001", "01/05/2001", date(2001, 5, 1)),
        ("29022024", "29/02/2024", date(2024, 2, 29)),
        ("29022023", "29/02/2023", None),
        ("1205", "12/05/", None),
        ("31042001", "31/04/2001", None),
    ],
)
def test_a_date_is_eight_digits(host: QWidget, typed: str, text: str, day: date | None) -> None:
    field = DateField("Born", host)
    QTest.keyClicks(field, typed)
    assert field.text() == text
    assert field.day() == day


def test_a_date_can_be_corrected_with_backspace(host: QWidget) -> None:
    field = DateField("Born", host)
    QTest.keyClicks(field, "12")
    assert field.text() == "12/"
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClicks(field, "3052001")
    assert field.day() == date(2001, 5, 13)


def test_a_choice_is_told_by_key_and_kept(host: QWidget) -> None:
    field = ChoiceField("Class", host)
    field.set_choices((("A", "SIM A"), ("C", "SIM C")))
    field.set_value("C")
    field.set_choices((("A", "SIM A"), ("C", "SIM C baru")))
    assert field.value() == "C"


def test_a_number_commits_what_is_typed(host: QWidget) -> None:
    field = NumberField("Height", host, least=50, most=250, unit="cm")
    told: list[int] = []
    field.committed.connect(told.append)
    field.selectAll()
    QTest.keyClicks(field, "165")
    field.commit()
    field.commit()
    assert told == [165]


def test_a_form_labels_its_fields(host: QWidget) -> None:
    form = Form(host)
    field = LineField("", host)
    form.add("&Nama", field)
    assert field.accessibleName() == "Nama"
    form.note(field, "Nama kosong.", fault=True)
    assert field.property("fault")
    form.note(field, "")
    assert not field.property("fault")


def rows(*keys: str) -> list[Row]:
    return [Row(key, (key, StateItem(Level.GOOD, "ok"))) for key in keys]


def test_no_line_ends_within_a_word_with_a_hyphen(host: QWidget) -> None:
    text = Text("Letakkan KTP-el", parent=host, wrap=True)
    assert text.text() == "Letakkan KTP-el", "the words themselves stay"
    whole = Text("KTP-el", parent=host).sizeHint().width()
    assert text.heightForWidth(whole - 4) == Text("A B", parent=host, wrap=True).heightForWidth(1)


def test_further_lines_of_a_bullet_stand_under_its_words(host: QWidget) -> None:
    line = Hanging(parent=host)
    line.tell("Kedua kartu dibatalkan dan dicetak ulang.", "■")
    plain = Text(line.text(), parent=host, wrap=True)
    wide = 200
    assert line.contentsRect().left() >= line.fontMetrics().horizontalAdvance("■ ")
    assert line.heightForWidth(wide + line.contentsRect().left()) == plain.heightForWidth(wide)
    assert line.accessibleName() == "■ Kedua kartu dibatalkan dan dicetak ulang."


def test_a_table_keeps_its_current_row_when_rows_come_and_go(host: QWidget) -> None:
    table = DataTable([Column("A", stretch=True), Column("B")], "T", host)
    table.show_rows(rows("a", "b", "c"), current="b")
    assert table.current_key() == "b"
    table.show_rows(rows("z", "a", "b", "c"))
    assert table.current_key() == "b"
    table.show_rows(rows("z"))
    assert table.current_key() == "z"
    table.show_rows([])
    assert table.current_key() == ""


def test_where_the_current_row_goes_the_next_one_takes_its_place(host: QWidget) -> None:
    table = DataTable([Column("A", stretch=True), Column("B")], "T", host)
    table.show_rows(rows("a", "b", "c", "d"), current="b")
    table.show_rows(rows("a", "c", "d", "e"))
    assert table.current_key() == "c"
    table.show_rows(rows("a"))
    assert table.current_key() == "a", "nothing follows: the one before"


def test_home_and_end_choose_the_first_and_the_last_row(host: QWidget) -> None:
    table = DataTable([Column("A", stretch=True), Column("B")], "T", host)
    table.show_rows(rows("a", "b", "c"), current="b")
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.current_key() == "c"
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert table.current_key() == "a"


@pytest.mark.parametrize(("width", "whole"), [(400, True), (330, False)])
def test_a_number_is_shown_whole_where_it_fits(host: QWidget, width: int, whole: bool) -> None:
    brief = Column("Case", code=True, brief=lambda text: text.partition("-")[2])
    table = DataTable([Column("Name", stretch=True), brief], "T", host)
    cells = ("SITI RAHMAWATI KUSUMA", "1374-26-L3-000012")
    table.show_rows([Row("a", cells)])
    shown(table, width)
    delegate = table.itemDelegate()
    assert isinstance(delegate, RowDelegate)
    asked = [delegate.width_of(1, cells[1:], brief=short) for short in (False, True)]
    assert (table.columnWidth(1) >= asked[0]) is whole
    assert table.columnWidth(1) >= asked[1]
    assert table.columnWidth(0) >= delegate.width_of(0, cells[:1]), "the name isn't cut for it"


def test_a_table_reads_states_aloud(host: QWidget) -> None:
    table = DataTable([Column("A"), Column("B")], "T", host)
    table.show_rows(rows("a"))
    index = table.model().index(0, 1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "● ok"


def test_a_head_asks_for_an_order(host: QWidget, qtbot: QtBot) -> None:
    table = DataTable([Column("A", sort="name"), Column("B")], "T", host)
    with qtbot.waitSignal(table.sort_wanted) as told:
        table.horizontalHeader().sectionClicked.emit(0)
    assert told.args == ["name"]


@pytest.mark.parametrize("width", [300, 700, 1200])
def test_columns_fill_the_table(host: QWidget, width: int) -> None:
    table = DataTable([Column("A", stretch=True), Column("B"), Column("C", right=True)], "T", host)
    table.show_rows([Row("1", ("A LONG NAME INDEED", "b", "Rp75.000"))])
    shown(table, width)
    assert sum(table.columnWidth(i) for i in range(3)) >= table.viewport().width() - 3


def test_a_wide_table_has_no_wide_gap(host: QWidget) -> None:
    table = DataTable([Column("A"), Column("B", stretch=True), Column("C")], "T", host)
    table.show_rows([Row("1", ("a", "b", "c"))])
    shown(table, 1800)
    assert max(table.columnWidth(i) for i in range(2)) < 500
    assert table.cut_text("1") == ""


def test_a_cell_that_is_cut_off_is_told_whole(host: QWidget) -> None:
    table = DataTable([Column("A"), Column("B", stretch=True)], "T", host)
    told = "said at length " * 9
    table.show_rows([Row("1", ("a", told))])
    shown(table, 300)
    assert table.cut_text("1") == told
    shown(table, 1800)
    assert table.cut_text("1") == ""


def test_rows_that_lack_a_few_pixels_need_no_scroll_bar(host: QWidget) -> None:
    table = DataTable([Column("A", stretch=True)], "T", host)
    table.show_rows([Row(str(n), (str(n),)) for n in range(6)])
    shown(table, 400)
    head = table.horizontalHeader().height()
    for short, fits in ((8, True), (60, False)):
        table.resize(400, head + 6 * table.row_height - short)
        QApplication.processEvents()
        assert (table.verticalScrollBar().maximum() == 0) is fits
        if fits:
            assert table.verticalHeader().defaultSectionSize() < table.row_height


@pytest.mark.parametrize("low", [False, True])
@pytest.mark.parametrize("room", [150, 251, 445, 463, 1109])
def test_a_list_that_goes_on_ends_between_two_rows(host: QWidget, room: int, low: bool) -> None:
    table = DataTable([Column("A", stretch=True)], "T", host, low=low)
    table.show_rows([Row(str(n), (str(n),)) for n in range(90)])
    shown(table, 400)
    table.resize(400, table.horizontalHeader().height() + room)
    QApplication.processEvents()
    height = table.verticalHeader().defaultSectionSize()
    assert table.viewport().height() % height <= height // 4, "no letter is cut"
    assert abs(height - table.row_height) <= theme().px(TRIM)


def test_the_key_that_begins_a_code_stands_in_none(host: QWidget) -> None:
    box = ScanBox("Code", "", host)
    box.type_again("WRONG")
    QTest.keyClicks(box, "/P26")
    assert box.text() == "P26"


def test_a_code_that_was_refused_stands_to_be_written_over_or_scanned(host: QWidget) -> None:
    box = ScanBox("Code", "", host)
    box.type_again("WRONG")
    assert (box.typing, box.selectedText()) == (True, "WRONG")
    box.show_code("")
    assert box.text() == "WRONG"
    box.show_code("A1")
    assert (box.typing, box.text()) == (False, "A1")


def test_a_code_that_was_refused_gives_way_to_whatever_comes_instead(host: QWidget) -> None:
    box = ScanBox("Code", "", host)
    box.show_code("A1")
    box.type_again("WRONG")
    box.give_way()
    assert (box.typing, box.text()) == (False, "A1")
    box.type_again("WRONG")
    box.setText("WRONG2")
    box.give_way()
    assert (box.typing, box.text()) == (True, "WRONG2"), "what is being written stays"


def test_a_scan_instead_of_the_first_letter_gives_the_keys_back(host: QWidget) -> None:
    box = ScanBox("Code", "", host)
    box.show_code("A1")
    box.type_in()
    box.show_code("A1")
    assert box.typing, "the code before is no scan"
    box.setText("C")
    box.show_code("B2")
    assert (box.typing, box.text()) == (True, "C"), "what was written stays"
    box.clear()
    box.show_code("C3")
    assert (box.typing, box.text()) == (False, "C3")


def test_the_current_row_stays_in_sight_in_less_room(host: QWidget) -> None:
    table = DataTable([Column("A", stretch=True)], "T", host)
    shown(table, 400)
    head = table.horizontalHeader().height()
    table.resize(400, head + 12 * table.row_height)
    table.show_rows([Row(str(n), (str(n),)) for n in range(14)], current="10")
    QApplication.processEvents()
    table.resize(400, head + 7 * table.row_height + 20)
    QApplication.processEvents()
    assert table.viewport().rect().contains(table.visualRect(table.currentIndex()))


def test_rows_known_before_the_list_is_shown_bring_no_sideways_bar(host: QWidget) -> None:
    columns = [Column("A"), Column("B", stretch=True)]
    table = DataTable(columns, "T", host)
    long = "Kartu gagal saat dicetak, pita terpakai sebagian, sebagian lagi tidak"
    table.show_rows([Row(str(n), (str(n), long)) for n in range(9)])
    table.resize(400, 200)
    shown(table, 400)
    assert table.verticalScrollBar().maximum() > 0
    assert table.horizontalScrollBar().maximum() == 0
    table.show_rows([Row("1", ("1", long))])
    QApplication.processEvents()
    table.show_rows([Row(str(n), (str(n), long)) for n in range(9)])
    QApplication.processEvents()
    assert table.verticalScrollBar().isVisible()
    assert not table.horizontalScrollBar().isVisible()


def test_a_digit_picks_a_reason(host: QWidget) -> None:
    reasons = ReasonList("Why", host)
    reasons.show_reasons(REASONS)
    told: list[str] = []
    reasons.picked.connect(told.append)
    QTest.keyClick(reasons, Qt.Key.Key_2)
    QTest.keyClick(reasons, Qt.Key.Key_9)
    assert told == ["chip"]
    assert reasons.chosen == "chip"


def ask(host: QWidget, keys: list[Qt.Key | str]) -> tuple[str, str] | None:
    dialog = ReasonDialog(
        "Tolak",
        "Mengapa?",
        REASONS,
        note_label="&Keterangan",
        accept_text="Tolak",
        cancel_text="Batal",
        host=host,
    )

    def play() -> None:
        for key in keys:
            QTest.keyClick(dialog.focusWidget() or dialog, key)

    QTimer.singleShot(0, play)
    return dialog.ask()


def test_a_reason_is_one_key(host: QWidget) -> None:
    assert ask(host, [Qt.Key.Key_1]) == ("jam", "")


def test_a_reason_may_want_a_note(host: QWidget) -> None:
    keys: list[Qt.Key | str] = [Qt.Key.Key_3, Qt.Key.Key_Return, *"sobek", Qt.Key.Key_Return]
    assert ask(host, keys) == ("x", "sobek")


def test_enter_on_an_unanswered_reason_says_what_is_missing(host: QWidget) -> None:
    dialog = ReasonDialog(
        "Tahan", "Mengapa?", [Reason("a", "Satu"), Reason("o", "Lain", needs_note=True)],
        note_label="Keterangan", accept_text="Lanjut", cancel_text="Batal", host=host,
        undecided=True, missing="Isi keterangannya dulu.", pick="Pilih dulu dengan angkanya.",
    )  # fmt: skip
    dialog.open()
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.told.isVisible()
    assert dialog.told.text() == "Pilih dulu dengan angkanya."
    QTest.keyClick(dialog.list, Qt.Key.Key_2)
    assert not dialog.told.isVisible()
    dialog.list.setFocus()
    dialog.accept_button.click()
    assert dialog.told.isVisible()
    assert dialog.told.text() == "Isi keterangannya dulu."
    assert dialog.focusWidget() is dialog.note
    QTest.keyClicks(dialog.note, "x")
    assert not dialog.told.isVisible()
    assert not dialog.note.property("fault")
    QTest.keyClick(dialog.note, Qt.Key.Key_Return)
    assert dialog.result() == ReasonDialog.DialogCode.Accepted


def test_escape_asks_for_nothing(host: QWidget) -> None:
    assert ask(host, [Qt.Key.Key_Escape]) is None


def test_steps_wrap_rather_than_being_cut(host: QWidget) -> None:
    bar = StepBar(host)
    bar.show_steps(steps_at(["Identitas pemohon", "Foto & tanda tangan", "Periksa & serah"] * 3, 4))
    assert bar.current == 4
    assert bar.heightForWidth(700) > bar.heightForWidth(2000)
    assert "5 Foto" in bar.accessibleName()


def test_steps_know_what_is_done() -> None:
    states = [step.state for step in steps_at(["a", "b", "c"], 1)]
    assert states == [StepState.DONE, StepState.CURRENT, StepState.FUTURE]


def test_a_signature_needs_more_than_a_dot(host: QWidget) -> None:
    box = SignatureBox("Sign", "here", host)
    shown(box, 400, 150)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert not box.is_signed
    QTest.mousePress(box, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    for step in range(20):
        QTest.mouseMove(box, QPoint(60 + 10 * step, 60 + step))
    QTest.mouseRelease(box, Qt.MouseButton.LeftButton, pos=QPoint(260, 80))
    assert box.is_signed
    picture = box.picture(300, 100)
    assert picture.hasAlphaChannel()
    box.clear()
    assert not box.is_signed


def test_a_picture_that_is_none_shows_the_empty_frame(host: QWidget) -> None:
    frame = PhotoFrame("Photo", host)
    frame.show_image(b"not a picture")
    assert frame.image.isNull()
    shown(frame)


def test_cards_zoom_between_one_and_five(host: QWidget) -> None:
    cards = CardPreview("Front", "Back", host)
    cards.show_faces(QImage(100, 63, QImage.Format.Format_RGB32), None)
    for _ in range(20):
        QTest.keyClick(cards.front, Qt.Key.Key_Plus)
    assert cards.front.zoom == 5.0
    for _ in range(20):
        QTest.keyClick(cards.front, Qt.Key.Key_Minus)
    assert cards.front.zoom == 1.0
    shown(cards)


@pytest.mark.parametrize("kind", [BarChart, LineChart, Donut])
@pytest.mark.parametrize("values", [[], [0.0], [1.0, 2.0, 0.0], [float(i) for i in range(40)]])
def test_charts_say_what_they_show(
    host: QWidget, kind: type[BarChart | LineChart | Donut], values: list[float]
) -> None:
    chart = kind("Chart", host)
    chart.show_values([Value(f"v{i}", value) for i, value in enumerate(values)])
    shown(chart)
    assert len(values) == chart.accessibleDescription().count(": ")


def test_chips_keep_one_on(host: QWidget, qtbot: QtBot) -> None:
    bar = ChipBar("Filter", host)
    bar.show_chips([Chip("a", "All", 3), Chip("b", "Held")], "a")
    assert bar.current == "a"
    with qtbot.waitSignal(bar.chosen) as told:
        bar.step(1)
    assert told.args == ["b"]
    bar.show_chips([Chip("a", "All", 2), Chip("b", "Held")], "b")
    assert bar.current == "b"


def test_a_toast_can_be_undone_once(host: QWidget) -> None:
    toast = Toast(host)
    undone: list[int] = []
    toast.tell("Skipped", undo=lambda: undone.append(1), undo_text="Undo")
    assert toast.undo()
    assert not toast.undo()
    assert undone == [1]


def test_a_banner_tells_and_clears(host: QWidget) -> None:
    banner = Banner(parent=host)
    banner.tell(Tone.ERROR, "Ditolak.", "Ulangi.")
    assert banner.accessibleName() == "Ditolak. Ulangi."
    banner.clear()
    assert banner.isHidden()


def test_a_big_number_is_read_whole(host: QWidget) -> None:
    number = BigNumber("Selesai", parent=host)
    number.tell("212", "+12", Level.GOOD)
    assert number.accessibleName() == "Selesai: 212 +12"


def test_a_queue_keeps_its_place(host: QWidget) -> None:
    queue = QueueList("Queue", host)
    items = [QueueItem(key, f"A-{key}", "NAME" * 60) for key in ("1", "2")]
    queue.show_items(items)
    queue.setCurrentIndex(queue.model().index(1, 0))
    queue.show_items([QueueItem("0", "A-0", "X"), *items])
    assert queue.current_key() == "2"
    shown(queue)


def test_a_count_is_read_as_it_was_typed_after_a_refusal(host: QWidget) -> None:
    field = NumberField("Count", host, least=-1, most=99_999)
    field.setSpecialValueText(" ")
    field.setValue(-1)
    host.show()
    field.setFocus()
    field.interpretText()  # Enter with nothing typed: it is refused, and the field stays open
    field.lineEdit().setCursorPosition(0)
    QTest.keyClicks(field, "494")
    assert field.value() == 494


def test_chips_forget_a_choice_that_no_longer_stands(host: QWidget) -> None:
    bar = ChipBar("Seal", host)
    chips = [Chip("intact", "Intact"), Chip("broken", "Broken")]
    bar.show_chips(chips, "intact")
    bar.show_chips(chips, "")
    assert bar.current == ""
    bar.show_chips(chips, "broken")
    assert bar.current == "broken"


def test_chips_break_into_a_second_row_rather_than_lose_words(host: QWidget) -> None:
    host.hide()
    bar = ChipBar("Filter", host)
    host.resize(900, 300)
    bar.show_chips([Chip(f"c{i}", f"Kejadian & bukti {i}", 3) for i in range(5)], "c0")
    bar.resize(900, bar.height())
    shown(host, 1000)
    low = bar.height()
    bar.resize(420, bar.height())
    QApplication.processEvents()
    assert bar.height() > low
    for button in bar.findChildren(QAbstractButton):
        assert button.width() == button.sizeHint().width()
        assert button.geometry().right() < 420
    bar.resize(900, bar.height())
    QApplication.processEvents()
    assert bar.height() == low


def test_chips_name_the_keys_that_step_where_there_is_room(host: QWidget) -> None:
    host.hide()
    bar = ChipBar("Filter", host, keys="Ctrl+←→")
    bar.show_chips([Chip(f"c{i}", f"Kejadian {i}", 3) for i in range(3)], "c0")
    bar.resize(900, bar.height())
    shown(host, 1000)
    [keys] = [label for label in bar.findChildren(QLabel) if label.text() == "Ctrl+←→"]
    assert keys.isVisible()
    last = max(button.geometry().right() for button in bar.findChildren(QAbstractButton))
    assert keys.x() > last
    bar.resize(last + 4, bar.height())
    QApplication.processEvents()
    assert not keys.isVisible(), "the chips have the room"


def test_acts_fold_into_two_rows_before_their_words_are_cut(host: QWidget) -> None:
    host.hide()
    bar = ActionBar(host)
    for text in ("Hubungi", "Alamat", "Berita"):
        bar.add_left(KeyButton(text, "L", icon="check", parent=bar))
    bar.add_right(KeyButton("Kirim ulang", "K", kind="primary", parent=bar))
    host.resize(900, 300)
    bar.resize(900, 60)
    shown(host, 1000)
    assert not bar.folded
    buttons = bar.findChildren(KeyButton)
    whole = sum(button.sizeHint().width() for button in buttons)
    bar.resize(whole - 20, 60)  # pictures have no room, or all have
    QApplication.processEvents()
    assert not bar.folded
    assert all(button.sizeHint().width() < button.whole_width() for button in buttons[:3])
    bar.resize(330, 120)
    QApplication.processEvents()
    assert bar.folded
    for button in bar.findChildren(KeyButton):
        assert button.width() >= button.least_width()
    bar.resize(900, 120)
    QApplication.processEvents()
    assert not bar.folded


def test_a_locked_field_knows_that_its_text_is_cut_off(host: QWidget) -> None:
    field = LineField("Address", host)
    field.resize(200, 32)
    field.set_value("Jl. Cendana")
    field.lock("KTP-el")
    assert not field.cuts_off()
    field.set_value("Jl. Cendana No. 8, RT/RW 001/010, Cipadung, Cibiru, Kota Bandung")
    assert field.cuts_off()


def test_a_number_copied_in_groups_is_pasted_whole(qtbot: QtBot) -> None:
    field = CodeField("NIK")
    qtbot.addWidget(field)
    told: list[str] = []
    field.committed.connect(told.append)
    QApplication.clipboard().setText(" 3273 0145-0790.0003\n")
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    field.commit()
    assert told == ["3273014507900003"]


def test_a_long_text_that_is_entered_by_tab_shows_its_beginning(host: QWidget) -> None:
    field = LineField("Address", host)
    field.resize(120, 32)
    field.setText("Jl. Cendana No. 8, RT/RW 001/010, Cipadung, Cibiru, Kota Bandung")
    field.show()
    field.setFocus(Qt.FocusReason.TabFocusReason)
    assert (field.cursorPosition(), field.selectedText()) == (0, field.text())
    QTest.keyClicks(field, "x")
    assert field.text() == "x"


def test_a_locked_field_takes_the_lines_that_its_text_needs(host: QWidget) -> None:
    address = "Jl. Cendana No. 8, RT/RW 001/010, Cipadung, Cibiru, Kota Bandung"
    field = LineField("Address", host)
    field.resize(300, 32)
    field.set_value(address)
    field.show()
    one_line = field.sizeHint().height()
    field.lock("KTP-el")
    assert field.sizeHint().height() > 1.3 * one_line
    whole = [text for text in field.findChildren(Text) if text.isVisible()]
    assert [text.text() for text in whole] == [address]
    field.resize(900, 32)
    assert field.sizeHint().height() == one_line
    field.resize(300, 32)
    field.lock("")
    assert field.sizeHint().height() == one_line  # who types sees the line that is typed in


def test_a_locked_choice_is_read_as_easily_as_a_locked_text(host: QWidget) -> None:
    choice = ChoiceField("Sex", host)
    choice.set_choices((("L", "Male"), ("P", "Female")))
    choice.set_value("P")
    choice.lock("From the KTP-el")
    shown(choice, 200, 32)
    role, group = QPalette.ColorRole.Text, QPalette.ColorGroup.Disabled
    assert choice.palette().color(group, role).name() == theme().tokens.text
    assert (choice.isEnabled(), choice.toolTip()) == (False, "From the KTP-el")
    choice.lock("")
    assert (choice.isEnabled(), choice.toolTip()) == (True, "")


def test_a_list_of_few_rows_asks_for_little_height(host: QWidget) -> None:
    table = DataTable([Column("Name", stretch=True)], "People", host)
    table.show_rows([Row(str(n), (f"Name {n}",)) for n in range(2)])
    few = table.sizeHint().height()
    table.show_rows([Row(str(n), (f"Name {n}",)) for n in range(40)])
    assert few < table.sizeHint().height() < 200


def test_the_focus_goes_with_the_chip_that_a_key_turned_to(qtbot: QtBot) -> None:
    bar = ChipBar("Bagian")
    qtbot.addWidget(bar)
    chips = [Chip("one", "1"), Chip("two", "2")]
    bar.show_chips(chips, "one")
    bar.show()
    bar.activateWindow()
    QTest.qWaitForWindowActive(bar)
    bar._buttons[0].setFocus()
    bar.show_chips(chips, "two")
    assert bar.current == "two"
    assert bar._buttons[1].hasFocus()


def test_a_sign_is_as_tall_as_its_words_need(qtbot: QtBot) -> None:
    sign = VerdictSign()
    qtbot.addWidget(sign)
    sign.tell(Verdict.WRONG, "Given to somebody else", "It must come back and be exchanged. " * 4)
    sign.resize(900, 40)
    sign.show()
    low = sign.minimumHeight()
    assert low == sign.heightForWidth(sign.width())
    sign.resize(300, 40)
    assert sign.minimumHeight() > low
    assert sign.height() >= sign.heightForWidth(300)


def test_a_banner_in_a_narrow_column_shows_all_its_lines(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    column = QVBoxLayout(host)
    banner = Banner(parent=host)
    column.addWidget(banner)
    column.addStretch(1)
    said = "Jurnal belum diperiksa sejak layar ini dibuka."
    banner.tell(Tone.INFO, said, "Tekan V untuk memeriksa semua tindakan dan tanda tangan. " * 2)
    host.resize(330, 500)
    host.show()
    QApplication.processEvents()
    for line in (banner.text, banner.remedy):
        assert line.height() >= line.heightForWidth(line.width())
    assert banner.height() < 250, "and no more than they need"


@pytest.mark.parametrize("kind", [LineField, LinesField, NumberField])
def test_the_counter_s_keys_are_no_editing_keys_of_a_field(
    host: QWidget,
    kind: type[LineField | LinesField | NumberField],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On plain X11 Qt would edit the line with Ctrl+E; here with Ctrl+A, as everywhere."""
    assert {Qt.Key.Key_D, Qt.Key.Key_E, Qt.Key.Key_K, Qt.Key.Key_U} <= fields.SCREEN_KEYS
    field = NumberField("Count", host) if kind is NumberField else kind(parent=host)
    host.show()
    field.setFocus()

    def edits(key: Qt.Key) -> bool:
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.ControlModifier)
        asked.ignore()
        QApplication.sendEvent(field, asked)
        return asked.isAccepted()

    assert edits(Qt.Key.Key_A)
    monkeypatch.setattr(fields, "SCREEN_KEYS", frozenset({Qt.Key.Key_A}))
    assert not edits(Qt.Key.Key_A)
    assert edits(Qt.Key.Key_V)


def test_small_print_on_a_card_is_shrunk_whole(qtbot: QtBot) -> None:
    """Fine lines become one grey; skipped pixels would make bars of them."""
    card = QImage(1016, 642, QImage.Format.Format_RGB32)
    card.fill(Qt.GlobalColor.white)
    for x in range(0, card.width(), 2):
        for y in range(card.height()):
            card.setPixelColor(x, y, Qt.GlobalColor.black)
    face = CardFace("Depan")
    qtbot.addWidget(face)
    face.resize(300, face.heightForWidth(300))
    face.show_image(card)
    drawn = face.grab().toImage()
    middle = [drawn.pixelColor(x, 90).lightness() for x in range(60, 240)]
    assert max(middle) - min(middle) < 70


def test_a_heading_without_detail_has_the_room_that_the_search_leaves(
    qtbot: QtBot, words: Words
) -> None:
    head = Header(words)
    qtbot.addWidget(head)
    head.show_session(
        SessionInfo("79010001", "Bripka Andi Pratama", "", took_over_from="82060006"),
        PlaceInfo("Satpas Contoh", "Loket 3"),
    )
    head.show_heading("Penggantian, rusak · C · A-3001", "")
    head.show()
    for width in range(1000, 1300, 20):
        head.resize(width, head.height())
        QApplication.processEvents()
        if head.search.width() > head.search.minimumSizeHint().width():
            assert head.title.width() >= head.title.sizeHint().width(), width
            assert head.give_back.width() >= head.give_back.sizeHint().width(), width


def test_a_low_picture_does_not_cut_its_caption(host: QWidget) -> None:
    frame = PhotoFrame("Foto SIM lama yang dibawa", host, height=40)
    said = QFontMetrics(theme().font(12, QFont.Weight.Medium)).horizontalAdvance(
        "Foto SIM lama yang dibawa"
    )
    assert min(frame.sizeHint().width(), frame.minimumSizeHint().width()) >= said
