"""Card records for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from desktop.cards.record import CardRecord
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.pictures import encode_png
from desktop.training.names import NameKind
from desktop.training.painter import draw
from desktop.training.people import Person, make_person
from desktop.training.signature import draw_strokes, signature_strokes

TODAY = date(2026, 3, 2)
SEAL = "SIM1:" + "6BF590B20FFWJWG.FKJ05H7B0XKA8FA9DIWENPEJ/5P$DPQE88EB$CBECP9EN8" * 4
SEAL_C = "SIM1:" + "6BF590B20FFWJWG.FKJ05H7B0XKA8FA9DIWENPEJ/5P$DPQE88EB$CBECP9EN8" * 18
"""As long as one with a face."""


@lru_cache(maxsize=32)
def someone(seed: int, kind: NameKind | None = None) -> Person:
    return make_person(seed, today=TODAY, name_kind=kind)


@lru_cache(maxsize=32)
def _pictures(seed: int) -> tuple[bytes, bytes]:
    person = someone(seed)
    return encode_png(draw(person)), encode_png(draw_strokes(signature_strokes(person)))


def record(seed: int = 11, **changes: Any) -> CardRecord:
    """A whole card of a drawn person, with whatever a test wants to be otherwise."""
    person = someone(seed)
    photo, signature = _pictures(seed)
    card = CardRecord(
        realm=Realm.TRAINING,
        number=person.nik,
        scheme="nik",
        licence_class=LicenceClass.C,
        name=person.name,
        birth_place=person.birth_place,
        birth_date=person.birth_date,
        blood_group=person.blood_group,
        sex=person.sex,
        address=person.address_lines,
        occupation=person.occupation,
        office="Satpas Contoh (1374)",
        polda="Jawa Barat",
        issued_on=TODAY,
        valid_until=date(2031, 3, 2),
        photo=photo,
        signature=signature,
        blank_serial="JB26-0012345",
        seal=SEAL,
    )
    return replace(card, **changes)
