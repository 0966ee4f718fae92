"""The card desk's part of the tour: wrong data, wrong hands, a found card, and who decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop.domain.application import Application, IdentitySource
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Actor
from desktop.domain.person import Licence, LicenceStatus, Person
from desktop.domain.service import Service
from desktop.presenters.supervisor_view import Watch
from desktop.services.identifying import Identity
from ui.screens.cards import CardsScreen

if TYPE_CHECKING:
    from ui.commands.screenshots_tour import Tour


def cards(tour: Tour) -> None:
    """The card desk: a typo, a card in wrong hands, one that was found; who decides."""
    desk = tour.counter.desk
    with desk.ledger.reading() as r:
        done = [a for a in r.find(Application, state=S.CLOSED) if a.licence_id and a.visit_id]
    if len(done) < 3:
        return
    tour.window.open_screen("cards")
    tour.snap("cards-empty")
    one, two, three = done[0], done[1], done[2]
    by = desk.duty.actor()
    desk.corrections.found(by, three.blank_serial)
    tour.spend(300)
    tour.window.on_scan(one.blank_serial)
    tour.key(Qt.Key.Key_G)
    tour.window.on_scan(two.blank_serial)
    tour.snap("cards-given")
    tour.enter()
    tour.snap("cards-recalled")
    tour.window.on_scan(one.blank_serial)
    with tour.sheet():
        tour.key(Qt.Key.Key_T)
        tour.snap("cards-second-officer")
    tour.key(Qt.Key.Key_Escape)
    tour.snap("cards")
    handed = next((a for a in done[3:]), None)
    if handed is not None:
        tour.window.on_scan(handed.blank_serial)
        tour.snap("cards-record")
        tour.key(Qt.Key.Key_B)
        screen = tour.window.current_screen
        assert isinstance(screen, CardsScreen)
        tour.snap("cards-typing")
        presenter = screen.presenter
        presenter.field_changed("occupation", "Petani")
        presenter.field_changed("birth_place", "Cimahi")
        tour.enter()
        tour.snap("cards-compare")
        presenter.back()
        presenter.back()
    _conflict(tour, by)


def _conflict(tour: Tour, by: Actor) -> None:
    """A NIK that two people claim, and a lost card that may have been seized."""
    desk, bench = tour.counter.desk, tour.counter.desk.bench
    assert bench is not None
    tour.window.open_screen("walk_in")
    if tour.counter.stage is not None:
        tour.counter.stage.go()  # whoever sat there has a case under way
    tour.walk.walk_in(Service.REPLACE_LOST)
    tour.spend(9)
    choices = tour.walk.view.choices
    lost = next((i for i, c in enumerate(choices) if c.service is Service.REPLACE_LOST), 0)
    tour.walk.choose(lost)
    tour.enter()
    with tour.sheet():
        tour.enter()
        tour.snap("walk-in-2-lost-or-seized")
    if tour.walk.view.app is not None:
        tour.walk.hold("waiting_for_document")
    with desk.ledger.reading() as r:
        served = [a for a in r.find(Application, state=S.CLOSED) if a.photo and a.licence_id]
        asked = next(
            (x for x in (r.get(Licence, a.licence_id) for a in reversed(served))
             if x.status is LicenceStatus.VALID), None,
        )  # fmt: skip
        person = r.look(Person, asked.person_id) if asked is not None else None
        photo = r.blob(served[0].photo) if served else b""
    if asked is None or person is None:
        return
    ticket = desk.queue.take_ticket(by, Service.REPLACE_DAMAGED)
    _, visit = desk.queue.call(by, ticket.id, "felt_unwell")
    other = replace(person.applicant, name="Dian Kusuma")
    identity = Identity(other, IdentitySource.CHIP, photo)
    desk.intake.register(by, visit.id, identity, Service.REPLACE_DAMAGED, asked.licence_class)
    tour.counter.sign_in.sign_out()
    tour.sign_in("74050005")
    tour.window.open_screen("supervisor", Watch.INCIDENTS)
    tour.snap("supervisor-conflict")
    with tour.sheet():
        tour.key(Qt.Key.Key_S)
        tour.snap("supervisor-conflict-ask")
