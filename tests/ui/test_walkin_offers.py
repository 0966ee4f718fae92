"""What may be asked for, on the real window: what ran out, what a decree renews, what is odd."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import RoleMissing
from desktop.domain.service import Service
from desktop.presenters.walkin_view import WalkStep
from desktop.training.people import Person, make_people
from tests.ui.counter_world import CTRL, Hands
from tests.ui.test_walkin_screen import to, walk_in
from tests.walks.steps import C, expires
from tests.walks.world import PASSWORDS
from ui.screens.walkin_identity import IdentityPage


def looked_at(hands: Hands, person: Person) -> IdentityPage:
    """Somebody else stands up for them before anything was registered."""
    screen = walk_in(hands)
    hands.world.put_eid(person)
    hands.counter.walk_in.read_again()
    assert hands.view.identity is not None
    assert hands.view.identity.applicant.nik == person.nik
    return screen.identity


def line(page: IdentityPage) -> tuple[str, ...]:
    """The chosen line as it is drawn."""
    [row] = [row for row in page.table.rows_model.rows if row.key == page.table.current_key()]
    return tuple(str(getattr(cell, "text", cell)) for cell in row.cells)


def test_a_licence_that_ran_out_is_registered_anew_by_enter_alone(hands: Hands) -> None:
    expires(hands.world, hands.world.people[1], hands.desk.frame.today() - timedelta(days=1))
    page = looked_at(hands, hands.world.people[1])
    words = hands.window.words
    told = words("walkin.expired", days=1)
    assert line(page) == (words.of(Service.NEW_ISSUE), words.of(C), told)
    [late] = [
        one.problems[0]
        for one in hands.view.choices
        if (one.service, one.licence_class) == (Service.RENEWAL, C)
    ]
    assert page.why.text() == words.problem(late).text, "why it's no renewal"
    hands.enter()
    assert (hands.app.state, hands.app.service) == (S.REGISTERED, Service.NEW_ISSUE)


def test_a_decree_that_renews_a_late_licence_is_named(hands: Hands) -> None:
    expires(hands.world, hands.world.people[1], date(2026, 2, 15))
    page = looked_at(hands, hands.world.people[1])
    words = hands.window.words
    assert line(page)[:2] == (words.of(Service.RENEWAL), words.of(C))
    assert page.why.text() == words("walkin.by_decree", decree="CONTOH/02/II/2026")


def test_a_nik_that_does_not_fit_the_birth_date_is_told_and_hinders_nothing(hands: Hands) -> None:
    [person] = make_people(99, 1, today=hands.desk.frame.today())
    page = looked_at(hands, replace(person, birth_date=person.birth_date + timedelta(days=1)))
    standing = hands.view.standing
    assert standing is not None
    [warning] = standing.nik.warns
    told = hands.window.words.problem(warning).text
    assert told in [one.text() for one in page.notes.findChildren(QLabel)]
    assert hands.view.choices[hands.view.chosen].possible


def test_an_approved_case_is_cancelled_while_its_card_isn_t_made(hands: Hands) -> None:
    """As the refusal of its correction says, where that person's other card bears other data."""
    walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    assert hands.app.state is S.APPROVED
    case_id = hands.app.id
    hands.press(Qt.Key.Key_B, CTRL)
    hands.hit(Qt.Key.Key_1)
    hands.hit(Qt.Key.Key_Return)
    assert hands.desk.intake.case(case_id).state is S.CANCELLED


def refused(hands: Hands, key: Qt.Key, *held: Qt.KeyboardModifier) -> bool:
    """Whether a key is refused for want of a duty, and nothing is asked first."""
    hands.counter.walk_in.dismiss()
    hands.press(key, *held)
    asked = QApplication.activeModalWidget()
    return isinstance(hands.view.problem, RoleMissing) and asked is None


def test_who_may_not_end_a_case_is_told_before_a_reason_is_asked(hands: Hands) -> None:
    walk_in(hands)
    to(hands, WalkStep.PAYMENT)
    hands.desk.duty.take_over(*PASSWORDS["rahmat"])
    assert hands.view.step is WalkStep.PAYMENT
    assert refused(hands, Qt.Key.Key_B, CTRL)
    assert refused(hands, Qt.Key.Key_R, CTRL)


def test_who_may_not_judge_a_card_is_told_before_anything_is_asked(hands: Hands) -> None:
    walk_in(hands)
    to(hands, WalkStep.PRODUCTION)
    hands.enter()
    assert hands.app.state is S.PRINTED
    hands.desk.duty.take_over(*PASSWORDS["sri"])
    hands.window.open_screen("walk_in")
    assert refused(hands, Qt.Key.Key_R)
    assert refused(hands, Qt.Key.Key_M)
    hands.counter.walk_in.scanned(hands.desk.stock.free_here(1)[0])
    hands.enter()
    assert refused(hands, Qt.Key.Key_O, CTRL)
