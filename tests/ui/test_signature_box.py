"""Signing on the screen by mouse, finger and pen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from devices.strokes import FULL_PRESSURE, strokes_svg
from ui.widgets.signature import UNITS, SignatureBox


@pytest.fixture
def box(qapp: QApplication, qtbot: QtBot) -> SignatureBox:
    made = SignatureBox("Sign", "here")
    qtbot.addWidget(made)
    made.resize(400, 100)
    with qtbot.waitExposed(made):
        made.show()
    return made


def path(count: int = 20) -> list[QPointF]:
    return [QPointF(20 + 10 * i, 50 + (i % 5)) for i in range(count)]


def by_mouse(box: SignatureBox, at: int, points: int = 19) -> None:
    kinds = [QEvent.Type.MouseButtonPress] + [QEvent.Type.MouseMove] * (points - 1)
    for index, (kind, spot) in enumerate(
        zip([*kinds, QEvent.Type.MouseButtonRelease], path(points + 1), strict=True)
    ):
        event = QMouseEvent(
            kind, spot, box.mapToGlobal(spot), Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        event.setTimestamp(at + 7 * index)
        QApplication.sendEvent(box, event)


def test_the_events_own_times_are_kept(box: SignatureBox) -> None:
    by_mouse(box, 1000)
    by_mouse(box, 2000)
    ink = box.ink()
    assert box.is_signed
    assert len(list(ink.runs())) == 2
    assert (ink.width, ink.height) == (UNITS, UNITS // 4)
    assert [p.t for p in ink.points[:3]] == [0, 7, 14]
    assert next(p.t for p in ink.points if p.t > 500) == 1000
    assert not ink.forced
    assert strokes_svg(ink)
    box.clear()
    assert box.ink().empty


def test_a_pen_tells_its_pressure(box: SignatureBox) -> None:
    pen = QPointingDevice(
        "pen", 7, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Pressure, 1, 1,
    )  # fmt: skip
    kinds = [QEvent.Type.TabletPress] + [QEvent.Type.TabletMove] * 18
    for index, (kind, spot) in enumerate(
        zip([*kinds, QEvent.Type.TabletRelease], path(), strict=True)
    ):
        event = QTabletEvent(
            kind, pen, spot, box.mapToGlobal(spot), 0.5, 0, 0, 0, 0, 0,
            Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton,
        )  # fmt: skip
        event.setTimestamp(500 + 4 * index)
        QApplication.sendEvent(box, event)
    ink = box.ink()
    assert ink.forced
    assert {p.pressure for p in ink.points if p.tip} == {round(FULL_PRESSURE * 0.5)}
    assert ink.milliseconds == 4 * 18


def test_the_first_finger_draws_and_a_palm_doesn_t(box: SignatureBox) -> None:
    screen = QTest.createTouchDevice()
    spots = [spot.toPoint() for spot in path()]
    touch = QTest.touchEvent(box, screen)
    touch.press(1, spots[0], box).commit()
    for spot in spots[1:]:
        touch = QTest.touchEvent(box, screen)
        touch.move(1, spot, box).press(2, spots[0], box) if spot == spots[5] else touch.move(
            1, spot, box
        )
        touch.commit()
    QTest.touchEvent(box, screen).release(1, spots[-1], box).commit()
    ink = box.ink()
    assert len(list(ink.runs())) == 1
    assert sum(p.tip for p in ink.points) == len(spots)
