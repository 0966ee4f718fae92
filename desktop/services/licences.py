"""Licences in the books: their dates and numbers, one valid licence per person and class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from desktop.domain.application import Application
from desktop.domain.evidence import Evidence
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Applicant, Licence, LicenceStatus
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Service
from desktop.domain.sim_number import SimScheme, digits_of, make_sim_number, scheme_of, scheme_on
from desktop.domain.validity import Stay, check_stay, stay_of, valid_until
from desktop.ledger import Reading, Writing
from desktop.services.base import Frame
from desktop.services.in_time import refuse_late

IN_FORCE = (LicenceStatus.VALID, LicenceStatus.FLAGGED)
"""Standings that a new licence of the class ends."""


@dataclass(frozen=True, slots=True)
class CardDates:
    """What is set when the blank is reserved: once, for face, chip and seal."""

    issued_on: date
    valid_until: date
    sim_number: str


def number_for(
    frame: Frame, w: Writing, person_id: str, who: Applicant, licence_class: LicenceClass
) -> str:
    """The number that a case's card will bear; "" where that is the NIK, as it is for most.

    Which generation it is of follows the rules of the day. Whoever has a number of it keeps it.
    """
    rules = frame.rules().sim_numbers
    scheme = scheme_on(rules, foreigner=who.foreigner).scheme
    if scheme is SimScheme.NIK:
        return ""
    held = w.find(Licence, person_id=person_id, order="valid_until", descending=True)
    held.sort(key=lambda one: one.licence_class is not licence_class)
    cases = w.find(Application, person_id=person_id)
    for one in (*held, *cases):
        if one.sim_number and scheme_of(one.sim_number) is scheme:
            return one.sim_number
    born = who.birth_date
    area = digits_of(frame.place.office_code)[:4].rjust(4, "0")
    while True:
        count = w.number(f"sim_number:{scheme}:{born:%y%m}")
        serial = frame.serial(count, 4 if scheme is SimScheme.DIGITS_14 else 3)
        number = make_sim_number(scheme, area, born, serial, who.nik)
        if not w.count(Licence, sim_number=number):  # a restored store counts from where it stood
            return number


class Licences:
    """Reads and writes the licences of a person."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def held(self, r: Reading, person_id: str) -> list[Licence]:
        """Every licence of a person, newest first."""
        return r.find(Licence, person_id=person_id, order="valid_until", descending=True)

    def dates(self, r: Reading, app: Application) -> CardDates:
        """Dates by the office's own day; a correction keeps the validity that was printed.

        A foreigner's licence ends with the stay permit. Raises StayPermitEnded, and RenewalTooLate
        and its kin where the rules let no renewal outlive its old licence, paid in time or not.
        """
        today = self._frame.today()
        if app.keeps_dates and app.valid_until is not None and app.issue_on is not None:
            return CardDates(app.issue_on, app.valid_until, app.sim_number or app.nik)
        rules = self._frame.rules(today)
        old = r.look(Licence, app.previous_licence) if app.previous_licence else None
        if not rules.validity.in_time_stays_renewal:
            refuse_late(self._frame, r, app, today)
        stay = self._stay(r, app)
        for problem in check_stay(stay, today) if stay is not None else ():
            raise problem
        until = valid_until(
            rules.validity,
            app.service,
            today,
            old_expiry=None if old is None else old.valid_until,
            permit=None if stay is None else stay.permit,
            permit_until=None if stay is None else stay.until,
        )
        scheme = scheme_on(rules.sim_numbers, foreigner=app.applicant.foreigner).scheme
        own = app.nik if scheme is SimScheme.NIK else app.sim_number
        return CardDates(today, until, own or app.nik)

    @staticmethod
    def _stay(r: Reading, app: Application) -> Stay | None:
        if not app.applicant.foreigner:
            return None
        kind = RequirementKind.IMMIGRATION_DOCUMENT
        pieces = r.find(Evidence, application_id=app.id, kind=kind)
        return next((stay_of(one.facts) for one in pieces if one.closed is not False), None)

    def issue(self, w: Writing, app: Application) -> Licence:
        """Enter the new licence and supersede its predecessors in the same act."""
        frame = self._frame
        if app.issue_on is None or app.valid_until is None:
            raise RuntimeError("a card without dates can't become a licence")
        replaced = {app.licence_class}
        graph = frame.rules().classes
        if app.service is Service.CLASS_UPGRADE:
            replaced |= set(graph.rule(app.licence_class).covers)
        sequence = 0
        first: date | None = None
        superseded: dict[str, LicenceStatus] = {}
        for old in w.find(Licence, person_id=app.person_id):
            if old.licence_class is app.licence_class:
                sequence = max(sequence, old.sequence)
                first = first or old.first_issued_on or old.issued_on
            if old.licence_class in replaced and old.status in IN_FORCE:
                superseded[old.id] = old.status
                w.change(old, status=LicenceStatus.SUPERSEDED)
        licence = w.add(
            Licence(
                id=frame.ids.new(),
                person_id=app.person_id,
                licence_class=app.licence_class,
                sequence=sequence + 1,
                sim_number=app.sim_number,
                scheme=scheme_of(app.sim_number),
                issued_on=app.issue_on,
                valid_until=app.valid_until,
                status=LicenceStatus.VALID,
                office=frame.place.office_code,
                photo=app.photo,
                blank_serial=app.blank_serial,
                chip_uid=app.chip_uid,
                application_id=app.id,
                first_issued_on=first or app.issue_on,
                superseded=superseded,
            )
        )
        w.record(
            "licence.issued",
            licence.id,
            {
                "class": app.licence_class,
                "sequence": licence.sequence,
                "serial": app.blank_serial,
                "number": app.sim_number,
                "issued_on": app.issue_on,
                "valid_until": app.valid_until,
            },
        )
        return licence

    def withdraw_card(self, w: Writing, app: Application) -> None:
        """Undo the issue of the very card that the case holds now, if it came that far."""
        if not app.licence_id:
            return
        if w.get(Licence, app.licence_id).blank_serial == app.blank_serial:
            self.withdraw(w, app)

    def still_standing(self, r: Reading, app: Application) -> str:
        """The case's licence id, unless its card's issue was undone."""
        licence = r.look(Licence, app.licence_id) if app.licence_id else None
        return "" if licence is None or licence.status is LicenceStatus.REVOKED else licence.id

    def withdraw(self, w: Writing, app: Application) -> None:
        """Undo an issue whose card was never given out: what it superseded stands as before."""
        licence = w.get(Licence, app.licence_id)
        licence = w.change(licence, status=LicenceStatus.REVOKED)
        w.record("licence.withdrawn", licence.id, {"serial": licence.blank_serial})
        for old_id, status in licence.superseded.items():
            old = w.get(Licence, old_id)
            if old.status is LicenceStatus.SUPERSEDED:
                w.change(old, status=status)
                w.record("licence.restored", old.id, {"class": old.licence_class})

    def flag(self, w: Writing, licence: Licence, reason: str) -> Licence:
        """Doubt a licence until somebody decides; it can't be handed over meanwhile."""
        if licence.status is not LicenceStatus.VALID:
            return licence
        licence = w.change(licence, status=LicenceStatus.FLAGGED)
        w.record("licence.flagged", licence.id, {"reason": reason, "serial": licence.blank_serial})
        return licence

    def clear(self, w: Writing, licence: Licence, reason: str) -> Licence:
        """A flagged licence is good after all."""
        if licence.status is not LicenceStatus.FLAGGED:
            return licence
        licence = w.change(licence, status=LicenceStatus.VALID)
        w.record("licence.cleared", licence.id, {"reason": reason, "serial": licence.blank_serial})
        return licence
