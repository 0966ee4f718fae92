"""F4 after a kill: the sheet that stood over a file or a parcel stands there again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Role, RoleMissing
from desktop.domain.online import UploadsDoubtful
from desktop.domain.reasons import ReceiverRelation
from desktop.domain.shipment import CourierWord, ParcelState
from desktop.presenters.online_table_kept import PARCEL_ID
from desktop.presenters.online_view import ManifestPane
from desktop.services.kept_work import APPLICATION
from desktop.words import Words
from tests.ui.counter_world import CTRL, Hands, close, open_hands
from tests.ui.test_online_screen import begin, desk
from tests.walks.online_day import OnlineDay, proof
from tests.walks.world import IDS_OF_THE_OFFICE, open_world
from ui.screens.online import OnlineScreen
from ui.screens.online_dialogs import LinesDialog
from ui.widgets.reasons import ReasonDialog

KEY = Qt.Key


def test_after_a_kill_a_half_written_refusal_stands_over_its_file(
    hands: Hands, profile: Path, qtbot: QtBot, words: Words
) -> None:
    presenter = begin(hands)
    hands.press(KEY.Key_Return)
    file = presenter.view.file
    assert file is not None
    hands.press(KEY.Key_R, CTRL)
    hands.hit(KEY.Key_9)
    hands.type("Alamat di lu")  # and not a key more
    made = open_hands(
        open_world(profile, clock=hands.world.clock, ids_used=IDS_OF_THE_OFFICE * 2), qtbot, words
    )
    try:
        made.sign_in("andi")
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
        sheet = QApplication.activeModalWidget()
        assert isinstance(sheet, ReasonDialog)
        assert sheet.window().parent() is made.window
        assert (sheet.list.chosen, sheet.note.text()) == ("other", "Alamat di lu")
        now = desk(made).view.file
        assert now is not None
        assert now.app.id == file.app.id
        made.type("ar negeri.")
        made.hit(KEY.Key_Return)
        app = made.desk.intake.case(file.app.id)
        assert (app.state, app.note) == (S.REJECTED, "Alamat di luar negeri.")
        assert made.desk.kept_work.begun(made.world.by) == []
    finally:
        close(made)


def test_a_proof_half_typed_stands_over_its_parcel_and_the_count_in_its_field(
    hands: Hands, qtbot: QtBot
) -> None:
    day = OnlineDay(hands.world)
    [app] = [app for app in day.ready(seed=8) if app.delivery == "courier"]
    [parcel] = day.dispatched(app)
    hands.sign_in("rahmat")
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_4)
    hands.press(KEY.Key_P)
    presenter = desk(hands)
    assert presenter.view.manifest_pane is ManifestPane.OUT
    hands.press(KEY.Key_Return)
    hands.hit(KEY.Key_6)
    hands.type("Bu Har")
    asked = presenter.view.asked
    assert asked is not None
    assert asked.answers == {"relation": "neighbour", "receiver": "Bu Har", "reference": ""}
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, LinesDialog)
    sheet.rejected.disconnect()  # as it is after a kill: nobody gave the answers up
    sheet.close()
    presenter.show(asked=replace(asked, again=True))
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, sheet))
    last = QApplication.activeModalWidget()
    assert isinstance(last, LinesDialog)
    assert last.fields["receiver"].text() == "Bu Har"
    hands.type("tini")
    hands.hit(KEY.Key_Return)
    hands.hit(KEY.Key_Return)
    told = hands.desk.shipping.find_parcel(parcel.awb)
    assert told.state is ParcelState.DELIVERED
    assert told.proof is not None
    assert (told.proof.receiver, told.proof.relation) == ("Bu Hartini", "neighbour")
    assert presenter.view.asked is None

    shown = hands.window.current_screen
    assert isinstance(shown, OnlineScreen)
    [row] = shown.manifest.out.table.rows_model.rows
    neighbour = hands.counter.words.of(ReceiverRelation.NEIGHBOUR)
    assert f"Bu Hartini ({neighbour})" in str(row.cells[-1])
    field = shown.manifest.packed.count
    presenter.manifest_pane(ManifestPane.PACKED)
    field.setText("12")
    assert presenter.view.hand_count == "12"
    presenter.show(hand_count="7")
    assert field.text() == "7"


def test_a_disputed_delivery_is_the_supervisor_s_and_what_was_asked_of_it_falls(
    hands: Hands,
) -> None:
    day = OnlineDay(hands.world)
    [app] = [app for app in day.ready(seed=8) if app.delivery == "courier"]
    [parcel] = day.dispatched(app)
    tracking, by = hands.desk.tracking, hands.world.by
    tracking.courier_says(by, parcel.awb, CourierWord.DELIVERED, proof=proof(hands.world))
    tracking.dispute(by, parcel.awb, "Tidak ada yang datang.")
    hands.sign_in("rahmat")
    hands.press(KEY.Key_F4)
    hands.press(KEY.Key_4)
    hands.press(KEY.Key_P)
    shown, presenter = hands.window.current_screen, desk(hands)
    assert isinstance(shown, OnlineScreen)
    assert "Tidak ada yang datang." in str(shown.manifest.out.table.rows_model.rows[0].cells[-1])
    words = hands.counter.words
    assert shown.modes.action("Return").text() == words("online_screen.act.proven")
    assert shown.modes.action("Return").property("faded"), "it can only be refused"
    hands.press(KEY.Key_Return)
    assert QApplication.activeModalWidget() is None
    assert isinstance(presenter.view.problem, RoleMissing)
    assert presenter.view.problem.needed == (Role.SUPERVISOR,)

    about = {PARCEL_ID: parcel.id, APPLICATION: app.id}
    presenter.ask("proof", {"relation": "family", "receiver": "Ibu"}, about)
    assert presenter.view.asked is not None
    second = day.second("bambang")
    tracking.settle_delivered(second, parcel.awb, proof(hands.world))
    presenter.refresh()
    assert presenter.view.asked is None, "it is proven already"
    assert hands.desk.kept_work.begun(hands.world.by) == []


def test_what_was_refused_at_a_file_is_not_told_to_the_next_officer(hands: Hands) -> None:
    presenter = begin(hands)
    hands.press(KEY.Key_Return)
    assert presenter.view.file is not None
    presenter.show(problem=UploadsDoubtful(("signature",)))
    hands.press(KEY.Key_F12)
    hands.sign_in("andi")
    assert isinstance(presenter.view.problem, UploadsDoubtful), "Andi goes on where it was said"
    assert presenter.view.file is not None
    hands.press(KEY.Key_F12)
    hands.sign_in("dewi")
    assert presenter.view.file is None
    assert presenter.view.problem is None
