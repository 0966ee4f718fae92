"""`main.py card`: look at cards without a case, a store or a printer.

`preview RECORD --out DIR` draws the card of a JSON file (`docs/card-record.json` is one) with a
layout and writes both faces and their panels as PNG; `alignment --out DIR` a card with rulers and
the layout's boxes; `schema --out FILE` the JSON Schema of layout files. Ends with 0 where all was
written, 1 where the record or the layout can't be used, 2 where a file can't be read or written.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, cast

import msgspec

from desktop.cards.alignment import alignment
from desktop.cards.face import render
from desktop.cards.layout import Layout, layout_schema, load_layout, read_layout
from desktop.cards.panels import separated
from desktop.cards.record import CardRecord
from desktop.commands import arguments
from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.words import Words

WRITTEN, REFUSED, UNREADABLE = 0, 1, 2
MOST_BYTES = 1_000_000

PAINTED = date(2026, 3, 2)
"""The day of the drawn person, whatever the record says."""

Text = Annotated[str, msgspec.Meta(max_length=400)]
FileName = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]{1,200}$")]


class RecordFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record as a designer writes it; the pictures are files beside it, or drawn."""

    number: Text
    licence_class: LicenceClass
    name: Text
    birth_place: Text
    birth_date: date
    sex: Text
    address: tuple[Text, ...]
    occupation: Text
    issued_on: date
    valid_until: date
    blank_serial: Text
    blood_group: Text = ""
    office: Text = "Satpas Contoh"
    polda: Text = "Jawa Barat"
    realm: Realm = Realm.TRAINING
    scheme: Text = "nik"
    seal: Annotated[str, msgspec.Meta(max_length=4296)] = "SIM1:PRATINJAU"
    height_cm: int | None = None
    photo: FileName | None = None
    signature: FileName | None = None


EXAMPLES: dict[str, object] = {
    "number": "3273014101900001",
    "licence_class": "C",
    "name": "SITI CONTOH",
    "birth_place": "BANDUNG",
    "birth_date": "1990-01-31",
    "sex": "PEREMPUAN",
    "address": ["JL. CONTOH NO. 1", "BANDUNG"],
    "occupation": "GURU",
    "issued_on": "2026-03-02",
    "valid_until": "2031-03-02",
    "blank_serial": "AB00000017",
    "blood_group": "O",
    "office": "Satpas Contoh",
    "polda": "Jawa Barat",
    "realm": "training",
    "scheme": "nik",
    "seal": "SIM1:PRATINJAU",
    "height_cm": 160,
    "photo": "photo.png",
    "signature": "signature.png",
}
"""What each field looks like: for the refusals."""


@dataclass(frozen=True, slots=True)
class BadField:
    """A field of the record that can't be used: missing, unknown or wrong."""

    field: str
    why: str


class RecordRefused(Exception):
    """The record has these bad fields; its text names no values."""

    def __init__(self, fields: tuple[BadField, ...]) -> None:
        super().__init__(", ".join(f"{bad.field}: {bad.why}" for bad in fields))
        self.fields = fields


def add_parser(subparsers: Any) -> None:
    """Add `card` with its verbs to the program's arguments."""
    parser = subparsers.add_parser("card", help="draw a card from a file, for designers")
    verbs = parser.add_subparsers(dest="verb", required=True)
    common = arguments.common(profile=False)
    preview = verbs.add_parser("preview", parents=[common], help="both faces and their panels")
    preview.add_argument("record", type=Path, metavar="RECORD")
    aligned = verbs.add_parser("alignment", parents=[common], help="rulers and the layout's boxes")
    for verb in (preview, aligned):
        verb.add_argument("--layout", type=Path, metavar="FILE", help="another layout")
        verb.add_argument("--out", type=Path, required=True, metavar="DIR")
    schema = verbs.add_parser("schema", parents=[common], help="the JSON Schema of layouts")
    schema.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say; the exit code."""
    words = Words.load(getattr(args, "lang", None) or "id").lenient()
    try:
        if args.verb == "schema":
            args.out.write_bytes(layout_schema())
            print(words("card.written", path=str(args.out)))
            return WRITTEN
        layout = read_layout(args.layout) if args.layout else load_layout()
        if args.verb == "alignment":
            _write_alignment(layout, args.out)
        else:
            digest = _write_preview(read_record(args.record), layout, args.out)
            print(words("card.drawn", layout=layout.title, digest=digest))
    except RecordRefused as refused:
        print(words("card.refused"))
        for bad in refused.fields:
            example = json.dumps(EXAMPLES.get(bad.field, ""), ensure_ascii=False)
            print(words(f"card.field.{bad.why}", field=bad.field, example=example))
        return REFUSED
    except Problem as problem:
        said = words.problem(problem)
        print(said.text)
        print(said.remedy)
        return REFUSED
    except OSError as error:
        name = Path(str(error.filename or args.out)).name  # a full disk names no file
        print(words("card.unreadable", file=name, reason=error.strerror or type(error).__name__))
        return UNREADABLE
    print(words("card.written", path=str(args.out)))
    return WRITTEN


def read_record(path: Path) -> CardRecord:
    """The record of a JSON file, every bad field named. Raises RecordRefused, OSError."""
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise RecordRefused((BadField("-", "too_long"),))
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RecordRefused((BadField("-", "no_json"),)) from error
    if not isinstance(value, dict):
        raise RecordRefused((BadField("-", "no_json"),))
    given = _checked(cast("dict[str, Any]", value))
    photo, signature = _pictures(given, path.parent)
    return CardRecord(
        realm=given.realm,
        number=given.number,
        scheme=given.scheme,
        licence_class=given.licence_class,
        name=given.name,
        birth_place=given.birth_place,
        birth_date=given.birth_date,
        blood_group=given.blood_group,
        sex=given.sex,
        address=given.address,
        occupation=given.occupation,
        office=given.office,
        polda=given.polda,
        issued_on=given.issued_on,
        valid_until=given.valid_until,
        photo=photo,
        signature=signature,
        blank_serial=given.blank_serial,
        seal=given.seal,
        height_cm=given.height_cm,
    )


def _checked(value: dict[str, Any]) -> RecordFile:
    """The record, or all that is wrong with it at once."""
    bad: list[BadField] = []
    fields = {field.name: field for field in msgspec.structs.fields(RecordFile)}
    for name, field in fields.items():
        if name not in value:
            if field.required:
                bad.append(BadField(name, "missing"))
            continue
        try:
            msgspec.convert(value[name], field.type)
        except msgspec.ValidationError:
            bad.append(BadField(name, "wrong"))
    bad += [BadField(name[:40], "unknown") for name in value if name not in fields]
    if bad:
        raise RecordRefused(tuple(bad))
    return msgspec.convert(value, RecordFile)


def _pictures(given: RecordFile, folder: Path) -> tuple[bytes, bytes | None]:
    """The files that are named; else a drawn person's."""
    from desktop.pictures import encode_png
    from desktop.training.painter import draw
    from desktop.training.people import make_person
    from desktop.training.signature import draw_strokes, signature_strokes

    person = make_person(11, today=PAINTED)
    if given.photo is not None:
        photo = (folder / given.photo).read_bytes()
        if given.signature is None:
            return photo, None
    else:
        photo = encode_png(draw(person))
    if given.signature is not None:
        return photo, (folder / given.signature).read_bytes()
    return photo, encode_png(draw_strokes(signature_strokes(person)))


def _write_preview(record: CardRecord, layout: Layout, out: Path) -> str:
    faces = render(record, layout)
    out.mkdir(parents=True, exist_ok=True)
    for name, png, panels in zip(("front", "back"), faces.png(), faces.panels(), strict=True):
        (out / f"{name}.png").write_bytes(png)
        for panel in ("colour", "black", "overlay"):
            getattr(panels, panel).save(out / f"{name}-{panel}.png", dpi=(layout.dpi, layout.dpi))
    return faces.digest


def _write_alignment(layout: Layout, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, face in zip(("front", "back"), alignment(layout), strict=True):
        face.save(out / f"alignment-{name}.png", dpi=(layout.dpi, layout.dpi))
        black = separated(face).black
        black.save(out / f"alignment-{name}-black.png", dpi=(layout.dpi, layout.dpi))
