"""Steps of a walk that stop short of a card, for stories about what goes wrong on the way."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

from db.trail import Line, Wanted, look
from desktop.domain.application import Application, Visit
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Licence
from desktop.domain.person import Person as Known
from desktop.domain.service import Service
from desktop.ledger import Reading
from desktop.services.doubts import Outcome
from desktop.services.identifying import Identity
from desktop.training.people import Person
from tests.walks.world import World

C, A = LicenceClass.C, LicenceClass.A


def called(world: World, service: Service | None = None, lane: str = "regular") -> Visit:
    """A ticket is drawn and called."""
    world.desk.queue.take_ticket(world.by, service, lane)
    _, visit = world.desk.queue.call(world.by)
    return visit


def read(world: World, person: Person) -> Identity:
    """The person's KTP-el is read."""
    world.put_eid(person)
    return world.desk.intake.read_eid()


def registered(
    world: World,
    person: Person,
    service: Service = Service.RENEWAL,
    cls: LicenceClass = C,
    visit: Visit | None = None,
) -> Application:
    """A case is made, in a visit of its own or in the one given."""
    identity = read(world, person)
    at = visit or called(world, service)
    return world.desk.intake.register(world.by, at.id, identity, service, cls)


def checked(world: World, app: Application) -> Application:
    """Every issuer says yes."""
    if app.service is Service.REPLACE_LOST:
        world.desk.intake.answer_loss(world.by, app.id)
    assert world.desk.requirements.gather(world.by, app.id) == []
    return world.desk.requirements.check(world.by, app.id)


def after_tests(world: World, app: Application) -> Application:
    """Every test is passed in the first sitting, before the examiner."""
    world.take_over("dewi")
    for kind in world.desk.exams.needed(app):
        assert world.desk.exams.fetch(world.by, app.id, kind).facts["passed"] == "1"
    app = world.desk.exams.pass_step(world.by, app.id)
    world.give_back()
    return app


def paid(world: World, app: Application) -> Application:
    """The bank says that the bill is paid."""
    return world.desk.payment.match(world.by, app.id)


def captured(world: World, app: Application, person: Person) -> Application:
    """Photo and signature are taken."""
    world.photograph(app.visit_id, person)
    world.desk.capture.finish(world.by, app.visit_id)
    return case(world, app)


def signed_off(world: World, app: Application, approver: str = "sri") -> Application:
    """The applicant confirms, an approver approves in a session of their own."""
    world.desk.intake.confirm_data(world.by, app.id)
    world.take_over(approver)
    app = world.desk.approvals.approve(world.by, app.id)
    world.give_back()
    return app


def printed(world: World, app: Application) -> Application:
    """The card comes out at the first try."""
    result = world.desk.issuing.issue(world.by, app.id)
    assert result.outcome is Outcome.PRINTED, result.fault
    return result.application


def finished(world: World, app: Application) -> Application:
    """Printed and found good."""
    printed(world, app)
    return world.desk.issuing.inspect(world.by, app.id)


def handed(world: World, app: Application) -> Application:
    """Given to the holder after a scan."""
    return world.desk.handover.hand_over(world.by, app.id, app.blank_serial)


def case(world: World, app: Application) -> Application:
    """The case as it stands now."""
    return world.desk.intake.case(app.id)


def look_at(world: World, app: Application) -> tuple[Application, Licence | None]:
    """The case and its licence as they stand now."""
    with world.desk.ledger.reading() as r:
        now = r.get(Application, app.id)
        return now, r.look(Licence, now.licence_id) if now.licence_id else None


def licences_of(world: World, person: Person, cls: LicenceClass = C) -> list[Licence]:
    """Every licence of a class, oldest first."""
    with world.desk.ledger.reading() as r:
        known = r.first(Known, nik=person.nik)
        assert known is not None
        found = r.find(Licence, person_id=known.id, order="sequence")
    return [licence for licence in found if licence.licence_class is cls]


def expires(world: World, person: Person, on: date, cls: LicenceClass = C) -> None:
    """Set the day on which a person's licence runs out, as if it had been issued so."""
    from desktop.domain.officer import PROGRAM

    [licence] = licences_of(world, person, cls)
    with world.desk.ledger.acting(PROGRAM) as w:
        changed = w.change(licence, valid_until=on, issued_on=on - timedelta(days=1826))
        w.record("records.loaded", changed.id, {})


def renamed(person: Person, name: str) -> Person:
    """The same drawn person under another name."""
    return dataclasses.replace(person, name=name)


def acts(world: World, *wanted: str) -> list[Line]:
    """The journal's entries of these acts, oldest first, with what they told."""
    with world.desk.ledger.reading() as r:
        return told(r, world, wanted)


def told(r: Reading, world: World, wanted: tuple[str, ...]) -> list[Line]:
    """The same within a look."""
    return list(look(r.conn, world.desk.ledger.journal.counter, Wanted(acts=wanted)))
