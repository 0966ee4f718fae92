"""A sheet stands in the middle, and beside what its question is about."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.popup import Popup
from ui.widgets.reasons import Reason, ReasonDialog

WIDE, HIGH = 1400, 800


@pytest.fixture
def host(qapp: QApplication, qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(WIDE, HIGH)
    window.show()
    return window


def opened(
    host: QWidget, picture: QRect | None, *, shown: bool = True, within: QRect | None = None
) -> QRect:
    """Where a sheet of 500 by 200 stands, seen from its host's corner."""
    sheet = Popup(host, width=500, height=200)
    if picture is not None:
        judged = QWidget(host)
        judged.setGeometry(picture)
        judged.setVisible(shown)
        room: QWidget | None = None
        if within is not None:
            room = QWidget(host)
            room.setGeometry(within)
        sheet.keep_clear(judged, room)
    sheet.open()
    return QRect(host.mapFromGlobal(sheet.pos()), sheet.size())


MIDDLE = QRect(450, 300, 500, 200)


def test_it_stands_in_the_middle_where_nothing_is_judged(host: QWidget) -> None:
    assert opened(host, None) == MIDDLE
    assert opened(host, QRect(300, 100, 800, 300), shown=False) == MIDDLE
    assert opened(host, QRect(0, 0, 300, 300)) == MIDDLE


@pytest.mark.parametrize(
    "picture",
    [QRect(300, 100, 800, 300), QRect(700, 0, 700, 800), QRect(0, 0, 700, 800)],
    ids=["above", "right", "left"],
)
def test_it_leaves_free_what_is_judged(host: QWidget, picture: QRect) -> None:
    place = opened(host, picture)
    assert not place.intersects(picture)
    assert QRect(0, 0, WIDE, HIGH).contains(place)


def test_where_all_is_covered_it_stays_in_the_middle(host: QWidget) -> None:
    assert opened(host, QRect(0, 0, WIDE, HIGH)) == MIDDLE


@pytest.mark.parametrize(
    "picture", [QRect(800, 0, 600, 800), QRect(300, 0, 600, 800)], ids=["right", "left"]
)
def test_it_steps_aside_beside_the_navigation(host: QWidget, picture: QRect) -> None:
    screen = QRect(220, 60, WIDE - 220, HIGH - 100)
    place = opened(host, picture, within=screen)
    assert screen.contains(place)
    assert (place & picture).width() <= 50


def test_a_corner_hides_least_of_a_row_of_pictures(host: QWidget) -> None:
    screen = QRect(220, 0, WIDE - 220, 700)
    place = opened(host, QRect(500, 100, 900, 500), within=screen)
    assert (place.left(), place.bottom()) == (244, 675)


def test_rather_the_window_s_edges_are_covered_than_what_is_judged(host: QWidget) -> None:
    picture = QRect(520, 150, WIDE - 520, 250)
    screen = QRect(220, 100, WIDE - 220, 400)
    place = opened(host, picture, within=screen)
    assert not screen.contains(place)
    assert not place.intersects(picture)


def test_reasons_beside_what_is_judged_are_no_wider_than_their_words(host: QWidget) -> None:
    judged = QWidget(host)
    judged.setGeometry(QRect(500, 100, WIDE - 500, 500))
    judged.show()
    room = QWidget(host)
    room.setGeometry(QRect(220, 60, WIDE - 220, HIGH - 100))
    sheet = ReasonDialog(
        "Kartu rusak", "Apa yang salah? Blangko dicatat rusak dan kartu dicetak ulang.",
        [Reason("a", "Nomor seri tidak terbaca"), Reason("b", "Lain-lain", needs_note=True)],
        note_label="&Catatan", accept_text="Catat rusak", cancel_text="Batal", host=host,
    )  # fmt: skip
    sheet.keep_clear(judged, room)
    sheet.open()
    place = QRect(host.mapFromGlobal(sheet.pos()), sheet.size())
    assert room.geometry().contains(place), "it doesn't cover the navigation"
    assert sheet.list.width() >= sheet.list.needed_width()
    QTest.keyClick(sheet.list, Qt.Key.Key_2)
    assert sheet.accept_button.width() >= sheet.accept_button.sizeHint().width()
