"""One NIK, two people: what stands on record beside what was brought to the counter."""

from __future__ import annotations

from dataclasses import replace

from desktop.domain.application import Application, Incident, Visit
from desktop.domain.person import Licence, LicenceStatus, Person
from desktop.ledger import Reading
from desktop.presenters.supervisor_view import Contested
from desktop.services.desk import Desk
from desktop.services.persons import FACE


def contested(r: Reading, incident: Incident) -> Contested | None:
    """Both sides of an identity conflict; None where one of them is gone."""
    person = r.look(Person, incident.subject)
    number = incident.details.get("application", "")
    app = r.first(Application, number=number) if number else None
    if person is None or app is None:
        return None
    licences = r.find(Licence, person_id=person.id, order="valid_until", descending=True)
    known = person.photo or next((x.photo for x in licences if x.photo), "")
    visit = r.look(Visit, app.visit_id) if app.visit_id else None
    brought = app.photo or (visit.eid_photo if visit is not None else "")
    return Contested(
        record=person.applicant,
        record_photo=r.picture(known),
        licences=sum(one.status is LicenceStatus.VALID for one in licences),
        brought=app.applicant,
        brought_photo=r.picture(brought),
        number=app.number,
        state=app.state,
        by_face=FACE in incident.details,
        others=_others(r, incident),
    )


def _others(r: Reading, incident: Incident) -> tuple[str, ...]:
    every = r.find(Incident, subject=incident.subject, closed_by="")
    numbers = {one.details.get("application", "") for one in every}
    return tuple(sorted(numbers - {"", incident.details.get("application")}))


def with_drawn_face(desk: Desk, sides: Contested) -> Contested:
    """In training: the record's photo, drawn when it is first looked at."""
    if sides.record_photo:
        return sides
    from desktop.training.cast import cast_of
    from desktop.training.stage import portrait

    who = next((one.person for one in cast_of(desk) if one.person.nik == sides.record.nik), None)
    if who is None or who.name != sides.record.name:
        return sides
    return replace(sides, record_photo=portrait(who))
