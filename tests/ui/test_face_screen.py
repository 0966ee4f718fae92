"""The face checks on the capture page, accommodations, and faces side by side."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.domain.service import Service
from desktop.presenters.walkin_view import WalkStep
from desktop.services.exceptions import ExceptionKind
from desktop.services.likeness import FaceSheet, FaceSource, FaceVerdict, SeenFace
from desktop.training.stage import portrait
from devices.errors import NoPicture
from devices.simulators.faults import Fault, FaultName
from tests.ui.counter_world import Hands
from tests.ui.test_walkin_screen import cut_off, to, walk_in
from ui.screens.face_dialog import FacesDialog
from ui.screens.face_parts import CheckTable
from ui.screens.supervisor_words import value_word
from ui.screens.walkin import WalkInScreen
from ui.screens.walkin_capture import CapturePage
from ui.widgets.labels import Text
from ui.widgets.photo import PhotoFrame
from ui.widgets.reasons import ReasonDialog
from ui.widgets.state import StateItem

K = Qt.Key


def texts(table: CheckTable) -> str:
    return " | ".join(t.text() for t in table.findChildren(Text) if not t.isHidden())


def at_capture(hands: Hands, fault: FaultName | None = None) -> CheckTable:
    walk_in(hands, Service.RENEWAL)
    if fault is not None:
        hands.world.bench.order("camera", Fault("camera.capture", fault))
    to_capture(hands)
    page = hands.window.current_screen
    assert page is not None
    (table,) = page.findChildren(CheckTable)
    return table


def to_capture(hands: Hands) -> None:
    for _ in range(8):
        if hands.view.step is WalkStep.CAPTURE:
            return
        hands.enter()
    raise AssertionError(hands.view.step)


def dialog(hands: Hands) -> FacesDialog:
    for _ in range(50):
        QApplication.processEvents()
        found = hands.window.findChildren(FacesDialog)
        if found:
            return found[0]
    raise AssertionError("no faces")


def test_values_and_limits_are_shown_live_and_what_to_do(hands: Hands) -> None:
    table = at_capture(hands)
    hands.world.stage.sit(hands.world.people[1])
    hands.counter.walk_in.look_live()
    QApplication.processEvents()
    assert all(finding.passed for finding in hands.view.photo.live_findings)
    told = texts(table)
    assert "≥ 15 %" in told
    assert cut_off(hands.window) == []
    hands.world.stage.stand_up()
    hands.counter.walk_in.look_live()
    QApplication.processEvents()
    assert "duduk menghadap kamera" in texts(table)
    assert cut_off(hands.window) == []


def test_a_camera_without_a_picture_is_no_empty_chair(hands: Hands) -> None:
    at_capture(hands)
    hands.world.bench.order("camera", Fault("camera", FaultName.NO_PICTURE))
    hands.press(K.Key_Space)
    assert isinstance(hands.view.problem, NoPicture)
    hands.counter.walk_in.look_live()
    assert hands.view.photo.blind
    hands.world.bench.remedy("camera")
    hands.counter.walk_in.look_live()
    assert not hands.view.photo.blind
    assert hands.view.problem is None, "it sees again"


def test_a_shut_eye_is_served_as_an_accommodation_and_no_exception(hands: Hands) -> None:
    at_capture(hands, FaultName.EYES_CLOSED)
    hands.press(K.Key_Space)
    assert not hands.view.photo.accepted
    hands.counter.walk_in.look_live()
    hands.press(K.Key_B)
    (asked,) = hands.window.findChildren(ReasonDialog)
    assert asked.isVisible()
    hands.press(K.Key_2)
    photo = hands.view.photo
    assert photo.accepted
    assert photo.live != photo.picture
    page = hands.window.findChildren(CapturePage)[0]
    assert page._shown[0] == photo.picture, "not what the camera sees now"
    assert page.words("walkin.photo_allowed") == getattr(page.camera._state, "text", "")
    assert hands.desk.oversight.exceptions() == []


def test_a_need_that_doesn_t_explain_the_fault_is_refused(hands: Hands) -> None:
    at_capture(hands, FaultName.DARK)
    hands.press(K.Key_Space)
    hands.press(K.Key_B)
    hands.press(K.Key_2)
    assert not hands.view.photo.accepted
    assert type(hands.view.problem).__name__ == "NotExcused"


def test_faces_are_compared_and_the_officer_decides(hands: Hands) -> None:
    at_capture(hands)
    hands.world.stage.sit(hands.world.people[1])
    hands.press(K.Key_Space)
    hands.press(K.Key_F)
    shown = dialog(hands)
    said = " ".join(text.text() for text in shown.findChildren(Text))
    assert "tidak pernah memutuskan" in said
    assert cut_off(shown) == []
    hands.press(K.Key_3)
    (kept,) = hands.desk.oversight.exceptions()
    assert kept.kind is ExceptionKind.FACES_DOUBTED
    assert kept.reason is FaceVerdict.DIFFERENT
    assert hands.view.app is not None
    assert not hands.view.app.ended, "the program decides nothing"
    (asked,) = hands.desk.oversight.incidents()
    assert asked.kind == "identity_conflict"
    assert value_word(hands.window.words, "face", asked.details["face"]) == "Orang yang berbeda"
    hands.press(K.Key_F12)
    assert hands.counter.sign_in.view.suggested == "74050005", "the supervisor decides"


def test_the_same_person_is_no_exception_and_escape_records_nothing(hands: Hands) -> None:
    at_capture(hands)
    hands.press(K.Key_Space)
    for key in (K.Key_Escape, K.Key_1):
        hands.press(K.Key_F)
        dialog(hands)
        hands.press(key)
        QApplication.processEvents()
        QApplication.sendPostedEvents()
    assert hands.desk.oversight.exceptions() == []


def test_at_handover_who_stands_there_comes_first(hands: Hands) -> None:
    walk_in(hands, Service.RENEWAL)
    to(hands, WalkStep.HANDOVER)
    hands.world.stage.sit(hands.world.people[0])
    sheet = hands.desk.likenesses.sheet(hands.app.id, hands.world.bench.camera.look())
    assert sheet.faces[0].source is FaceSource.NOW
    assert {face.source for face in sheet.faces} >= {FaceSource.CAPTURE, FaceSource.KTP_EL}
    assert all(face.score is not None for face in sheet.faces[1:])


def test_the_examiner_sees_who_sat_the_tests(hands: Hands) -> None:
    walk_in(hands, Service.NEW_ISSUE)
    hands.world.stage.lay_eid(hands.world.people[0])
    for _ in range(6):
        if hands.view.step is WalkStep.TESTS:
            break
        hands.enter()
    assert hands.view.step is WalkStep.TESTS
    screen = hands.window.current_screen
    assert isinstance(screen, WalkInScreen)
    assert not screen.compare.isVisible(), "nobody has sat a test yet"
    hands.desk.duty.take_over("85020002", "dewi123")
    hands.press(K.Key_H)
    assert screen.compare.isEnabled()
    hands.press(K.Key_F)
    shown = dialog(hands)
    sat = len(hands.app.exam_photos)
    assert sat == 3
    assert len(shown.findChildren(PhotoFrame)) == 1 + sat, "the KTP-el's and who sat each test"
    hands.press(K.Key_4)
    (kept,) = hands.desk.oversight.exceptions()
    assert kept.kind is ExceptionKind.FACES_DOUBTED
    states = [row.cells[1] for row in screen.tests.table.rows_model.rows]
    told = hands.window.words("walkin.test_another")
    assert {one.text for one in states if isinstance(one, StateItem)} == {told}
    assert hands.desk.oversight.incidents() == [], "who sat a test says nothing of whose NIK it is"


def test_seven_faces_fit_the_window_in_two_lines(hands: Hands) -> None:
    hands.window.resize(1366, 768)
    picture = portrait(hands.world.people[0])
    faces = tuple(SeenFace(source, picture, 88) for source in FaceSource)
    FacesDialog(hands.window, hands.window.words, FaceSheet("a", "1", faces), print).open()
    shown = dialog(hands)
    QApplication.processEvents()
    frames = shown.findChildren(PhotoFrame)
    assert len(frames) == len(FaceSource)
    tops = {frame.mapTo(shown, frame.rect().topLeft()).y() for frame in frames}
    assert len(tops) == 2
    assert cut_off(shown) == []
    assert hands.window.geometry().contains(shown.geometry())


def test_opencv_isn_t_loaded_before_a_picture_is_judged() -> None:
    looked = "import sys, ui.counter, ui.screens.walkin, desktop.desk, devices.catalog;"
    looked += "sys.exit('cv2' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", looked], check=False).returncode == 0
