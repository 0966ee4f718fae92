"""A courier's list of what became of parcels, as CSV or JSON, in the courier's or our words.

Columns (or names): `awb`, `event`, and where it applies `at` (ISO time with zone), `receiver`,
`relation`, `reference`, `reason`. Others are left alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from desktop.domain.shipment import CourierFault, CourierListUnreadable, CourierWord

MAX_BYTES = 16 * 1024 * 1024
MAX_LINES = 50_000

SPOKEN = {
    "posting loket": CourierWord.IN_TRANSIT,
    "penerimaan di loket": CourierWord.IN_TRANSIT,
    "manifest serah": CourierWord.IN_TRANSIT,
    "manifest terima": CourierWord.IN_TRANSIT,
    "tiba di kantor antaran": CourierWord.IN_TRANSIT,
    "proses antar": CourierWord.IN_TRANSIT,
    "selesai antar": CourierWord.DELIVERED,
    "antar gagal": CourierWord.FAILED,
    "gagal antar": CourierWord.FAILED,
    "retur": CourierWord.RETURNING,
}
"""The words of Pos Indonesia's tracking."""


@dataclass(frozen=True, slots=True)
class CourierLine:
    """One event of one parcel."""

    line: int
    awb: str
    word: CourierWord
    at: datetime | None = None
    receiver: str = ""
    relation: str = ""
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BadCourierLine:
    """A line that can't be taken, and why."""

    line: int
    fault: CourierFault
    awb: str = ""


def read_courier_file(path: Path) -> Iterator[CourierLine | BadCourierLine]:
    """The events of a list, in its order. Raises CourierListUnreadable."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CourierListUnreadable
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourierListUnreadable from error
    rows = _json(text) if text.lstrip().startswith("[") else _csv(text)
    if len(rows) > MAX_LINES:
        raise CourierListUnreadable
    for line, row in rows:
        yield _event(line, row)


Rows = list[tuple[int, Mapping[str, Any]]]
"""Each with its number: of a CSV the line as a table shows it, the head being the first."""


def _json(text: str) -> Rows:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CourierListUnreadable from error
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise CourierListUnreadable
    return list(enumerate(cast("list[Mapping[str, Any]]", value), 1))


def _csv(text: str) -> Rows:
    head = text.split("\n", 1)[0]
    try:
        reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in head else ",")
        names = {name.strip().casefold() for name in reader.fieldnames or ()}
        if not {"awb", "event"} <= names:
            raise CourierListUnreadable
        return [
            (
                reader.line_num,
                {k.strip().casefold(): value for k, value in row.items() if isinstance(k, str)},
            )
            for row in reader
        ]
    except csv.Error as error:
        raise CourierListUnreadable from error


def _event(line: int, row: Mapping[str, Any]) -> CourierLine | BadCourierLine:
    def text(name: str, most: int = 120) -> str:
        value = row.get(name)
        return value.strip()[:most] if isinstance(value, str) else ""

    awb = text("awb", 64)
    if not awb:
        return BadCourierLine(line, CourierFault.NO_WAYBILL)
    said = " ".join(text("event").casefold().replace("_", " ").split())
    word = SPOKEN.get(said) or next((w for w in CourierWord if w.replace("_", " ") == said), None)
    if word is None:
        return BadCourierLine(line, CourierFault.UNKNOWN_WORD, awb)
    at: datetime | None = None
    if text("at"):
        try:
            at = datetime.fromisoformat(text("at"))
        except ValueError:
            return BadCourierLine(line, CourierFault.UNREADABLE, awb)
        if at.tzinfo is None:
            return BadCourierLine(line, CourierFault.UNREADABLE, awb)
    return CourierLine(
        line, awb, word, at, text("receiver"), text("relation", 40), text("reference", 60),
        text("reason"),
    )  # fmt: skip
