"""Who can apply from home: people whose licence soon runs out, as the portal knows them.

A training counter's own people are handed to the portal's program as text (their licences are on
the counter's record); without such a list they are drawn from a seed alone.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from desktop.domain.dates import add_months
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.sim_number import SimScheme
from desktop.training.batch_maker import FIRST_DAYS, LAST_DAYS, Sample, free_samples
from desktop.training.office import PEOPLE, PEOPLE_SEED, applicant_from
from desktop.training.people import Person, make_people

if TYPE_CHECKING:
    from desktop.services.desk import Desk


HALL = 14
"""So many of them don't apply from home: they are the next to come to the counter."""


def drawn_residents(seed: int, count: int, today: date) -> list[Sample]:
    """So many people of a seed, each with one licence that runs out within the online window."""
    rng = random.Random(f"residents:{seed}")
    found: list[Sample] = []
    for number, person in enumerate(make_people(seed, count, today=today)):
        held = LicenceClass.C if rng.random() < 0.7 else LicenceClass.A
        until = today + timedelta(days=rng.randint(FIRST_DAYS, LAST_DAYS))
        digits = f"1374{person.birth_date:%y%m}{number % 10**6:06d}"
        found.append(_sample(person, held, digits, until))
    return found


def residents_of(desk: Desk) -> str:
    """A training counter's people who could apply now, as text; nothing of the desk is changed.

    The hall's next are left out: who applies for the same class from home can't be registered.
    """
    return "".join(
        json.dumps(
            {
                "name": one.person.name,
                "phone": one.person.phone,
                "nik": one.person.nik,
                "birth_date": one.person.birth_date.isoformat(),
                "licence_class": str(one.licence.licence_class),
                "sim_number": one.licence.sim_number,
                "valid_until": one.licence.valid_until.isoformat(),
            }
        )
        + "\n"
        for one in itertools.islice(free_samples(desk), HALL, None)
    )


def read_residents(text: str, today: date) -> list[Sample]:
    """The same people, drawn again. Raises ValueError for a text that is none of ours."""
    try:
        rows: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines() if line]
        wanted = {(str(row["name"]), str(row["phone"])): row for row in rows}
        return [_known(person, row) for person, row in _drawn_again(wanted, today)]
    except (KeyError, TypeError) as error:
        raise ValueError("not a list of residents") from error


def _drawn_again(
    wanted: dict[tuple[str, str], dict[str, Any]], today: date
) -> Iterable[tuple[Person, dict[str, Any]]]:
    for extra in itertools.count():
        met = False
        for person in make_people(PEOPLE_SEED + extra, PEOPLE, today=today):
            row = wanted.pop((person.name, person.phone), None)
            if row is not None:
                met = True
                yield person, row
        if not wanted or not met:
            return


def _known(drawn: Person, row: dict[str, Any]) -> Sample:
    born = date.fromisoformat(row["birth_date"])
    person = replace(drawn, nik=str(row["nik"]), birth_date=born)
    until = date.fromisoformat(row["valid_until"])
    return _sample(person, LicenceClass(row["licence_class"]), str(row["sim_number"]), until)


def _sample(person: Person, held: LicenceClass, number: str, until: date) -> Sample:
    issued = add_months(until, -60)
    licence = Licence(
        id=f"portal-{number}",
        person_id=person.nik,
        licence_class=held,
        sequence=1,
        sim_number=number,
        scheme=SimScheme.DIGITS_14,
        issued_on=issued,
        valid_until=until,
        status=LicenceStatus.VALID,
        office="",
        first_issued_on=issued,
    )
    return Sample(person, applicant_from(person), licence, frozenset({held}))
