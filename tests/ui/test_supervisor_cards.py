"""F9 and what only a supervisor ends: an exchange of cards, a NIK that two people claim."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.application import Application, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.licence_class import LicenceClass
from desktop.domain.nik import mask_nik
from desktop.domain.person import Person
from desktop.domain.requirements import RequirementKind as K
from desktop.domain.service import Service
from desktop.outside.simulators import Manner, OutsideSimulator
from tests.ui.counter_world import Hands
from tests.ui.test_walkin_kept_screen import again
from tests.walks.making import ready
from tests.walks.steps import called, case, handed, read, registered, renamed
from tests.walks.test_who_they_are import another_face
from ui.screens.cards import CardsScreen
from ui.screens.stock_dialogs import AskForm
from ui.screens.supervisor import SupervisorScreen
from ui.widgets.fields import ChoiceField
from ui.widgets.labels import Text

KEY = Qt.Key


def screen(hands: Hands) -> SupervisorScreen:
    found = hands.window.current_screen
    assert isinstance(found, SupervisorScreen)
    return found


def incident(hands: Hands) -> Incident:
    with hands.desk.ledger.reading() as r:
        [found] = r.find(Incident)
    return found


def contested(hands: Hands) -> Application:
    """Somebody comes with the NIK of a person on record, under quite another name."""
    world = hands.world
    world.sign_in("andi")
    visit = called(world, Service.RENEWAL)
    identity = read(world, renamed(world.people[1], "ZULKIFLI HARUN"))
    asked = world.desk.intake.standing(identity.applicant, identity.source).valid[0]
    app = world.desk.intake.register(
        world.by, visit.id, identity, Service.RENEWAL, asked.licence_class
    )
    hands.desk.duty.sign_out()
    return app


def at_incidents(hands: Hands) -> None:
    hands.sign_in("bambang")
    hands.press(KEY.Key_F9)
    hands.press(KEY.Key_3)


def test_an_exchange_waits_for_the_card_and_leads_to_it(hands: Hands, qtbot: QtBot) -> None:
    world = hands.world
    world.sign_in("andi")
    app = handed(world, ready(world, 1))
    world.desk.corrections.given_to_other(world.by, app.id)
    hands.desk.duty.sign_out()
    at_incidents(hands)
    hands.press(KEY.Key_S)
    hands.type("Sudah ditukar")
    hands.hit(KEY.Key_Return)
    assert type(screen(hands).presenter.view.problem).__name__ == "CardStillOut"
    assert not incident(hands).closed_by
    hands.press(KEY.Key_K)
    found = hands.window.current_screen
    assert isinstance(found, CardsScreen)
    assert found.presenter.view.record is not None
    assert found.presenter.view.record.serial == app.blank_serial
    hands.press(KEY.Key_S)
    hands.type("Sudah di")
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, AskForm)
    again(found.presenter, sheet)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, sheet))
    last = QApplication.activeModalWidget()
    assert isinstance(last, AskForm)
    assert last.answers() == {"text": "Sudah di"}


def test_both_sides_of_a_conflict_are_shown_and_the_record_holds(hands: Hands) -> None:
    app = contested(hands)
    at_incidents(hands)
    sides = screen(hands).incidents.sides
    assert not sides.isHidden()
    nik = mask_nik(app.nik)
    assert [text.text() for text in sides.findChildren(Text)].count(nik) == 2
    hands.press(KEY.Key_S)
    form = QApplication.activeModalWidget()
    assert form is not None
    hands.hit(KEY.Key_Tab)
    hands.type("Dukcapil: data lama benar")
    hands.hit(KEY.Key_Return)
    assert incident(hands).closed_by
    assert case(hands.world, app).state is S.REJECTED
    said = screen(hands).presenter.view.said
    assert said is not None
    assert (said.message_id, said.facts) == ("conflict.settled", {"count": 1, "cards": 0})


def test_the_new_data_can_hold(hands: Hands, qtbot: QtBot) -> None:
    app = contested(hands)
    at_incidents(hands)
    hands.press(KEY.Key_S)
    hands.hit(KEY.Key_Down)
    hands.hit(KEY.Key_Return)  # as from any other field
    hands.type("Dukcapil: nama baru ")
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, AskForm)
    again(screen(hands).presenter, sheet)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() not in (None, sheet))
    hands.type("benar")
    hands.hit(KEY.Key_Return)
    decided = hands.counter.words("supervisor.conflict.applicant").lower()
    assert decided in screen(hands).incidents.details.text()
    assert case(hands.world, app).state is S.REGISTERED
    with hands.desk.ledger.reading() as r:
        person = r.get(Person, app.person_id)
    assert (person.conflict, person.applicant.name) == (False, app.applicant.name)


def test_of_two_faces_under_one_name_the_choice_says_who_came(hands: Hands) -> None:
    """The names are the same: what becomes of the case tells the answers apart."""
    hands.world.sign_in("andi")
    app = another_face(hands.world)
    hands.desk.duty.sign_out()
    at_incidents(hands)
    hands.press(KEY.Key_S)
    form = QApplication.activeModalWidget()
    assert form is not None
    choice = form.findChild(ChoiceField)
    assert choice is not None
    shown = [choice.itemText(at) for at in range(choice.count())]
    words = hands.counter.words
    assert shown == [words("supervisor.conflict.stranger"), words("supervisor.conflict.holder")]
    hands.hit(KEY.Key_Tab)
    hands.type("Dilihat")
    hands.hit(KEY.Key_Return)
    assert case(hands.world, app).state is S.REJECTED


def test_who_ends_a_find_in_words_is_told_that_the_card_then_stands_on_no_list(
    hands: Hands,
) -> None:
    world, words = hands.world, hands.counter.words
    world.sign_in("andi")
    app = handed(world, ready(world, 1))
    world.desk.corrections.found(world.by, app.blank_serial)
    hands.desk.duty.sign_out()
    at_incidents(hands)
    hands.press(KEY.Key_S)
    form = QApplication.activeModalWidget()
    assert isinstance(form, AskForm)
    shown = [text.text() for text in form.findChildren(Text)]
    assert words("supervisor.close_find.ask") in shown
    hands.type("Diserahkan kepada polisi")
    hands.hit(KEY.Key_Return)
    assert incident(hands).closed_by


def test_what_else_ends_with_a_decision_over_a_nik_is_named_before_it(hands: Hands) -> None:
    """One NIK, two incidents: nobody's case ends unseen by the decision over another's."""
    world = hands.world
    world.sign_in("andi")
    faced = another_face(world)
    other = registered(world, world.people[1], Service.NEW_ISSUE, cls=LicenceClass.A)
    with world.desk.ledger.acting(world.by) as w:
        world.desk.intake.contest_face(w, other)
    hands.desk.duty.sign_out()
    at_incidents(hands)
    words, view = hands.counter.words, screen(hands).presenter.view
    hands.press(KEY.Key_S)
    form = QApplication.activeModalWidget()
    assert isinstance(form, AskForm)
    current = screen(hands).incidents.table.current_key()
    assert current is not None
    [beside] = {faced.number, other.number} - {view.conflicts[current].number}
    shown = [text.text() for text in form.findChildren(Text)]
    assert words("supervisor.conflict.others", cases=beside) in shown
    hands.hit(KEY.Key_Escape)
    screen(hands).presenter.close_incident(current, "Dilihat", "")
    assert case(world, faced).state is case(world, other).state is S.REJECTED


def test_whoever_begins_hears_what_the_issuers_say_by_now(hands: Hands) -> None:
    world, desk = hands.world, hands.desk
    assert isinstance(desk.outside, OutsideSimulator)
    world.sign_in("andi")
    desk.outside.manners[K.MEDICAL_CERT] = Manner.SILENT
    app = registered(world, world.people[1])
    desk.requirements.gather(world.by, app.id)
    desk.requirements.type_in(
        world.by, app.id, K.MEDICAL_CERT, "KES-1", desk.frame.today(), "Klinik Contoh"
    )
    desk.duty.sign_out()
    desk.outside.manners[K.MEDICAL_CERT] = Manner.YES
    hands.sign_in("bambang")
    assert desk.proofs.open_typed() == []
    assert "1 dikonfirmasi" in hands.window.toast.text.text()
