"""Find anything from anywhere: people, tickets, cases, cards, parcels, by how they begin.

A case of this counter is found by the last digits of its number too. Letters leave no trace; a
search that is left and a record that is opened are on record.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from desktop.domain.application import Application, Incident, Ticket
from desktop.domain.nik import mask_nik
from desktop.domain.officer import Actor
from desktop.domain.person import Hold, Licence, LicenceStatus, Person
from desktop.domain.revocation import RevokedLicence
from desktop.domain.shipment import Parcel
from desktop.domain.stock import Blank
from desktop.ledger import Reading
from desktop.services.card_code import card_serial
from desktop.services.corrections import FOUND_PROPERTY
from desktop.services.desk import Desk
from desktop.services.parcels import came_back

MOST = 20
LEAST_LETTERS = 2


class HitKind(StrEnum):
    """What was found; also the heading it stands under."""

    PERSON = "person"
    CASE = "case"
    TICKET = "ticket"
    LICENCE = "licence"
    PARCEL = "parcel"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: `key` opens it, `title` names it, `facts` are told beside it."""

    kind: HitKind
    key: str
    title: str
    facts: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Everything on record about one person, for the sheet that opening shows."""

    person: Person
    licences: tuple[Licence, ...]
    holds: tuple[Hold, ...]
    cases: tuple[Application, ...]
    photo: bytes = b""
    revoked: tuple[RevokedLicence, ...] = ()
    kept: tuple[str, ...] = ()
    """Serials of cards that somebody found and that wait here for this person."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The last question of a search that isn't left yet: whose, and how much was found."""

    by: Actor
    text: str
    hits: int


class Find:
    """Answers Ctrl+K. While letters come it reads only, and must answer within a frame."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked: _Asked | None = None
        self._owed: list[_Asked] = []

    def find(self, text: str) -> list[Hit]:
        """What begins as typed, at most twenty of each kind, in index order."""
        wanted = card_serial(text)
        if len(wanted) < LEAST_LETTERS:
            return []
        with self._desk.ledger.reading() as r:
            hits = self._tickets(r, wanted)
            hits += self._numbers(r, wanted)
            seen = {hit.key for hit in hits}
            for person_id in r.search_people(wanted, MOST):
                person = r.look(Person, person_id)
                if person is not None and f"person:{person.id}" not in seen:
                    hits.append(_person(person))
        session = self._desk.duty.session
        if session is not None:
            self._asked = _Asked(session.actor, wanted, len(hits))
        return hits

    def left(self) -> None:
        """The search is over: one entry, with the digest of what was asked and the count of hits.

        What was asked last counts, also when the field was emptied afterwards. Left by the lock,
        it is still the entry of whoever searched. Raises StoreFull and its kin; the entry is then
        owed, and comes before the next one.
        """
        if self._asked is not None:
            self._owed.append(self._asked)
            self._asked = None
        while self._owed:
            asked = self._owed[0]
            digest = hashlib.sha256(asked.text.casefold().encode("utf-8", "replace")).hexdigest()
            with self._desk.ledger.acting(asked.by) as w:
                w.record("search.left", asked.by.officer, {"hits": asked.hits, "digest": digest})
            del self._owed[0]

    def card(self, text: str) -> str:
        """The serial of a finished card whose code was scanned; empty for anything else."""
        serial = card_serial(text).upper()
        if not serial:
            return ""
        with self._desk.ledger.reading() as r:
            licence = r.first(Licence, blank_serial=serial)
        return licence.blank_serial if licence is not None else ""

    def open_person(self, person_id: str) -> PersonRecord | None:
        """A person's record; that it was opened is written down. Raises NotSignedIn."""
        by = self._desk.duty.actor()
        with self._desk.ledger.reading() as r:
            person = r.look(Person, person_id)
            if person is None:
                return None
            licences = r.find(Licence, person_id=person.id)
            cases = r.find(Application, person_id=person.id)
            holds = r.find(Hold, nik=person.nik, active=True)
            shown = (person.photo, *(x.photo for x in reversed(licences)))
            mine = [licence.id for licence in licences]
            lost = r.find(Incident, kind=FOUND_PROPERTY, closed_by="", subject=mine)
            kept = tuple(one.details.get("serial", "") for one in lost)
            photo = next((here for sha in shown if (here := r.picture(sha))), b"")
        self._desk.intake.opened_person(by, person.id, "person")
        return PersonRecord(
            person,
            tuple(sorted(licences, key=_first_of, reverse=True)),
            tuple(holds),
            tuple(sorted(cases, key=lambda x: x.created_at, reverse=True)),
            photo,
            self._desk.frame.revoked.licences(licences),
            kept,
        )

    # -- inside ----------------------------------------------------------------------------

    def _tickets(self, r: Reading, text: str) -> list[Hit]:
        lane, digits = text[:1].upper(), text[1:].removeprefix("-")
        if not lane.isalpha() or not (digits.isdigit() or not digits):
            return []

        def typed(number: str) -> bool:
            # `a18` is the eighteenth of any counter, `a3018` that of loket 3 alone.
            rest = number.partition("-")[2]
            return number[:1] == lane and (rest.startswith(digits) or rest[-3:] == f"{digits:0>3}")

        day = self._desk.frame.today().isoformat()
        return [
            Hit(HitKind.TICKET, f"ticket:{ticket.id}", ticket.number, (ticket.service,))
            for ticket in r.find(Ticket, day=day)
            if typed(ticket.number) and ticket.state != "done"
        ][:MOST]

    def _numbers(self, r: Reading, text: str) -> list[Hit]:
        hits: dict[str, Hit] = {}
        for found in r.search_numbers(text, MOST):
            hit = self._number_hit(r, found.kind, found.ref)
            if hit is not None:
                hits.setdefault(hit.key, hit)
        for hit in (self._card_hit(r, text.upper()), self._own_case(r, text)):
            if hit is not None:
                hits.setdefault(hit.key, hit)
        return list(hits.values())

    def _own_case(self, r: Reading, text: str) -> Hit | None:
        """This year's case of this counter by the end of its number, as officers say it."""
        place, today = self._desk.frame.place, self._desk.frame.today()
        digits = text.upper().removeprefix(f"{place.counter_code.upper()}-")
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > 6:
            return None
        number = f"{place.office_code}-{today:%y}-{place.counter_code}-{digits:0>6}"
        app = r.first(Application, number=number)
        return _case(r, app) if app is not None else None

    def _card_hit(self, r: Reading, serial: str) -> Hit | None:
        """The case of a card; where that has left, the licence on it; else the blank itself."""
        blank = r.look(Blank, serial)
        app = r.look(Application, blank.application_id) if blank and blank.application_id else None
        if app is not None:
            return _case(r, app)
        licence = r.first(Licence, blank_serial=serial)
        hit = self._number_hit(r, "licence", licence.id) if licence is not None else None
        if hit is None and blank is not None:
            return Hit(HitKind.BLANK, f"blank:{blank.id}", blank.id, (blank.state,))
        return hit

    @staticmethod
    def _number_hit(r: Reading, kind: str, ref: str) -> Hit | None:
        if kind in ("nik", "sim"):
            person = r.look(Person, ref)
            return _person(person) if person else None
        if kind == "licence":
            licence = r.look(Licence, ref)
            person = r.look(Person, licence.person_id) if licence else None
            if licence is None or person is None:
                return None
            ended = () if licence.status is LicenceStatus.VALID else (licence.status,)
            return Hit(
                HitKind.LICENCE, f"person:{person.id}", licence.sim_number,
                (licence.licence_class, person.applicant.name, licence.valid_until, *ended),
            )  # fmt: skip
        app = r.look(Application, ref)
        if app is not None:
            return _case(r, app)
        parcel = r.look(Parcel, ref)
        if parcel is not None:
            return Hit(HitKind.PARCEL, f"parcel:{parcel.id}", parcel.awb, (parcel.state,))
        return None


def _first_of(licence: Licence) -> tuple[bool, date, date]:
    """What stands first in a record: what is valid, then what ends last, then what is newer."""
    valid = licence.status is LicenceStatus.VALID
    return (valid, licence.valid_until, licence.issued_on)


def _person(person: Person) -> Hit:
    who = person.applicant
    return Hit(
        HitKind.PERSON, f"person:{person.id}", who.name, (mask_nik(person.nik), who.birth_date)
    )


def _case(r: Reading, app: Application) -> Hit:
    """A card that came back and waits for a decision is told as that: it isn't to be given out."""
    back = came_back(r, app) if app.blank_serial else None
    return Hit(
        HitKind.CASE,
        f"case:{app.id}",
        app.number,
        (app.applicant.name, app.service, app.licence_class, back.state if back else app.state),
    )
