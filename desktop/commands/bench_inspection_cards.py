"""The cards that the inspection is measured on: drawn people, each card drawn once and kept.

A folder holds, for each person, the record (JSON) and both faces dot for dot (NumPy); what a forger
or a mistaken counter would make of the same record is drawn when it is asked for. The same folder
serves any number of runs and processes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from desktop.cards.face import Faces, render
from desktop.cards.layout import (
    ClassTable,
    Code,
    Element,
    Layout,
    Photo,
    Signature,
    Value,
    Vehicle,
    load_layout,
)
from desktop.cards.record import CardRecord
from desktop.cards.seal import CardStatement, portrait_digest, seal
from desktop.commands.bench_seal_card import MOMENT, SEED
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.keys.signer import SoftSigner
from desktop.pictures import encode_jpeg, encode_png
from desktop.training.painter import draw
from desktop.training.people import Person, make_people
from desktop.training.signature import draw_strokes, signature_strokes
from devices.simulators.card_degradations.mixups import Faces as Laid
from devices.simulators.card_degradations.mixups import Order, Place, Side

PEOPLE_SEED = 4711
STRANGER = bytes(range(32, 64))
"""A key that nobody vouches for."""
TODAY = MOMENT.date()
OTHERS = 24
"""So many other people's cards lie about when somebody's is made."""
_FORMAT = 1
_OFFICES = (("Satpas Contoh (1374)", "Jawa Barat"), ("Satpas Percobaan (1421)", "Banten"))
_CLASSES = tuple(LicenceClass)


@dataclass(frozen=True, slots=True, eq=False)
class KeptCard:
    """One person's card as it was ordered."""

    record: CardRecord
    faces: Faces
    laid: Laid


class Cards:
    """The cards of a folder."""

    def __init__(self, folder: Path, people: int, layout: Layout | None = None) -> None:
        self._folder = folder
        self.people = people
        self.layout = layout or load_layout()
        self.places = places_of(self.layout)
        self._laid = lru_cache(maxsize=None)(self._open_laid)
        self._record = lru_cache(maxsize=None)(self._open_record)

    def draw(self, tell: Callable[[str], None] = lambda _: None) -> None:
        """Draw what isn't there yet."""
        self._folder.mkdir(parents=True, exist_ok=True)
        missing = [at for at in range(self.people) if not self._path(at, "json").exists()]
        if not missing:
            return
        people = make_people(PEOPLE_SEED, self.people, today=TODAY)
        for done, at in enumerate(missing):
            self._draw_one(at, people[at])
            if done % 20 == 0:
                tell(f"{done} / {len(missing)} cards drawn")

    def card(self, at: int) -> KeptCard:
        """The card of a person."""
        record, digest, title = self._record(at)
        laid = self._laid(at)
        faces = Faces(
            Image.fromarray(laid.front),
            Image.fromarray(laid.back),
            title,
            self.layout.dpi,
            digest,
        )
        return KeptCard(record, faces, laid)

    def order(self, at: int) -> Order:
        """The order of a person's card, with those of the next ones beside it."""
        others = [self._laid((at + step) % self.people) for step in range(1, self._others() + 1)]
        return Order(
            self._laid(at), others, self.places, _Variants(self._record(at)[0], self.layout)
        )

    def _others(self) -> int:
        return min(OTHERS, self.people - 1)

    def _path(self, at: int, ending: str) -> Path:
        return self._folder / f"{at:03d}.{ending}"

    def _open_laid(self, at: int) -> Laid:
        front, back = np.load(self._path(at, "npy"), mmap_mode="r")
        return Laid(front, back)

    def _open_record(self, at: int) -> tuple[CardRecord, str, str]:
        held = json.loads(self._path(at, "json").read_bytes())
        if held["format"] != _FORMAT or held["layout"] != self.layout.title:
            raise ValueError("these cards were drawn by another version; take a new folder")
        return msgspec.convert(held["record"], CardRecord), held["digest"], held["layout"]

    def _draw_one(self, at: int, person: Person) -> None:
        record = record_of(person, at)
        faces = render(record, self.layout)
        np.save(self._path(at, "npy"), np.stack([np.asarray(s) for s in (faces.front, faces.back)]))
        told = {
            "format": _FORMAT,
            "layout": faces.layout,
            "digest": faces.digest,
            "record": msgspec.to_builtins(record),
        }
        begun = self._path(at, "begun")
        begun.write_bytes(msgspec.json.encode(told))
        begun.rename(self._path(at, "json"))  # last, so that half a card is drawn anew


class _Variants(Mapping[str, Laid]):
    """What else could be made of a record."""

    def __init__(self, record: CardRecord, layout: Layout) -> None:
        self._record = record
        self._layout = layout

    def __getitem__(self, name: str) -> Laid:
        changes: dict[str, dict[str, Any]] = {
            "forged": {"seal": seal(_statement(self._record), SoftSigner(STRANGER))},
            "live": {"realm": Realm.LIVE},
        }
        drawn = render(replace(self._record, **changes[name]), self._layout)
        return Laid(np.asarray(drawn.front), np.asarray(drawn.back))

    def __iter__(self) -> Iterator[str]:
        return iter(("forged", "live"))

    def __len__(self) -> int:
        return 2


def record_of(person: Person, at: int) -> CardRecord:
    """A whole card of a drawn person; classes, offices, days and serials go round."""
    issued = TODAY - timedelta(days=at % 9)
    office, polda = _OFFICES[at % len(_OFFICES)]
    photo = encode_jpeg(draw(person))
    record = CardRecord(
        realm=Realm.TRAINING,
        number=person.nik,
        scheme="nik",
        licence_class=_CLASSES[at % len(_CLASSES)],
        name=person.name,
        birth_place=person.birth_place,
        birth_date=person.birth_date,
        blood_group=person.blood_group,
        sex=person.sex,
        address=person.address_lines,
        occupation=person.occupation,
        office=office,
        polda=polda,
        issued_on=issued,
        valid_until=date(issued.year + 5, issued.month, min(issued.day, 28)),
        photo=photo,
        signature=encode_png(draw_strokes(signature_strokes(person))),
        blank_serial=f"JB26-{12_345 + at * 7919 % 90_000:07d}",
        seal="",
    )
    return replace(record, seal=seal(_statement(record), SoftSigner(SEED)))


def _statement(record: CardRecord) -> CardStatement:
    return CardStatement(
        realm=record.realm,
        number=record.number,
        licence_class=record.licence_class,
        name=record.name.upper(),
        birth=record.birth_date,
        issued_on=record.issued_on,
        valid_until=record.valid_until,
        serial=record.blank_serial,
        portrait=portrait_digest(record.photo),
        office="1374",
    )


def places_of(layout: Layout) -> dict[str, Place]:
    """Where a layout's parts stand, in dots."""
    places: dict[str, Place] = {}
    for side, elements in ((Side.FRONT, layout.front), (Side.BACK, layout.back)):
        for element in elements.elements:
            name = _name(element)
            if name:
                places[name] = Place(side, layout.box_px(element.box))
    return places


def _name(element: Element) -> str:
    match element:
        case Value():
            return element.field.value
        case Photo():
            return "ghost" if element.grey else "photo"
        case Code():
            return "code"
        case Signature():
            return "signature"
        case Vehicle():
            return "vehicle"
        case ClassTable():
            return "class_table"
        case _:
            return ""
