"""Who comes on the scripted day: drawn from its seed among the people on record, and some new.

A part asks for a person with certain licences; the seed decides who that is. Each person's
pictures are drawn once, because drawing costs more than everything that is done with them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from desktop.training.office import PEOPLE, PEOPLE_SEED
from desktop.training.people import Person, make_people, make_person

GROWN_UP = 25
"""Old enough to have held a licence for five years."""


@dataclass(frozen=True, slots=True)
class Cast:
    """The walk-ins of the day."""

    renewal_c: Person
    new_a: Person
    lost_card: Person
    refused_c: Person
    swapped: Person


def make_cast(seed: int, today: date, busy: Collection[str] = ()) -> Cast:
    """The cast of a seed; the same seed gives the same people. `busy` are NIKs of those who have
    something else to do that day."""
    rng = random.Random(seed)
    on_record = list(enumerate(make_people(PEOPLE_SEED, PEOPLE, today=today)))
    rng.shuffle(on_record)

    def take(fits: Callable[[int, Person], bool]) -> Person:
        for place, (index, person) in enumerate(on_record):
            free = person.nik not in busy and person.age_on(today) >= GROWN_UP
            if free and fits(index, person):
                del on_record[place]
                return person
        raise LookupError("nobody on record fits the part")

    def holds_both(index: int, _: Person) -> bool:
        return index % 3 == 0  # as `add_people` gives out licences

    def holds_c(index: int, _: Person) -> bool:
        return index % 3 != 0

    return Cast(
        renewal_c=take(holds_c),
        new_a=make_person(rng.getrandbits(48), today=today, min_age=18, max_age=30),
        lost_card=take(holds_c),
        refused_c=take(holds_both),
        swapped=take(holds_both),
    )
