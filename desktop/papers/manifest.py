"""Courier manifest: which parcels left in which bags, counted by the program and by hand.

A4, as many pages as the parcels need, the table's head on each; officer and courier sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from desktop.papers.base import (
    Imprint,
    Line,
    Name,
    Number,
    Place,
    Says,
    Signatory,
    Voice,
    Word,
    count_text,
)

if TYPE_CHECKING:
    from reportlab.platypus import Flowable


@dataclass(frozen=True, slots=True)
class ManifestParcel:
    """One parcel; `licences` counts the cards inside."""

    waybill: Number
    case: Number
    recipient: Name
    city: Place
    postcode: Number
    licences: int = 1
    weight_grams: int = 0


@dataclass(frozen=True, slots=True)
class CourierManifest:
    """`counted_by_hand` is what officer and courier counted together before the bags closed."""

    imprint: Imprint
    courier: Name
    service: Word
    closed_at: datetime
    parcels: tuple[ManifestParcel, ...]
    counted_by_hand: int
    officer: Signatory
    carrier: Signatory
    seals: tuple[Number, ...] = ()
    note: Line = ""


def courier_manifest(data: CourierManifest, says: Says) -> bytes:
    """The manifest as PDF. Raises the Problems of `desktop.papers.errors`."""
    from desktop.papers import parts, press

    data, voice, look = press.ready(data), Voice(says), press.A4
    title = voice.both("papers.manifest.title")
    story = parts.opening(title, data.imprint, voice, look)
    courier = " · ".join(part for part in (data.courier, voice.word(data.service)) if part)
    story.append(
        parts.facts(
            [
                (voice.both("papers.manifest.courier"), courier),
                (
                    voice.both("papers.manifest.closed_at"),
                    voice.moment(data.closed_at, data.imprint.zone),
                ),
                (voice.both("papers.manifest.seals"), ", ".join(data.seals)),
                (voice.both("papers.field.note"), data.note),
            ],
            look,
            share=0.24,
        )
    )
    story.append(parts.gap(3))
    heads = [
        says(f"papers.manifest.{name}")
        for name in ("row", "waybill", "case", "recipient", "city", "licences", "weight")
    ]
    rows = [
        [
            str(at),
            parcel.waybill,
            parcel.case,
            parcel.recipient,
            f"{parcel.city} {parcel.postcode}".strip(),
            str(parcel.licences),
            count_text(parcel.weight_grams) if parcel.weight_grams else "–",
        ]
        for at, parcel in enumerate(data.parcels, 1)
    ]
    licences = sum(parcel.licences for parcel in data.parcels)
    weight = sum(parcel.weight_grams for parcel in data.parcels)
    if rows:
        rows.append(
            [
                count_text(len(rows)),
                says("papers.manifest.total"),
                "",
                "",
                "",
                count_text(licences),
                count_text(weight) if weight else "–",
            ]
        )
    story.append(
        parts.grid(
            look,
            heads,
            rows,
            (7, 20, 21, 42, 40, 7.5, 9),
            right=(0, 5, 6),
            mono=(1, 2),
            totals=1,
            empty=says("papers.manifest.empty"),
        )
    )
    story.append(parts.gap(4))
    closing: list[Flowable] = []
    difference = data.counted_by_hand - len(data.parcels)
    counted = says(
        "papers.manifest.counted",
        listed=count_text(len(data.parcels)),
        licences=count_text(licences),
        counted=count_text(data.counted_by_hand),
    )
    verdict = (
        says("papers.manifest.agrees")
        if difference == 0
        else says("papers.manifest.differs", difference=f"{difference:+d}")
    )
    closing.append(
        parts.boxed(
            [
                parts.words(counted, look),
                parts.words(verdict, look, "strong" if difference == 0 else "alarm"),
            ],
            look,
            alarm=difference != 0,
        )
    )
    closing += [parts.gap(2), parts.words(says("papers.manifest.statement"), look)]
    closing += parts.signatures([data.officer, data.carrier], data.imprint, voice, look)
    story.append(parts.together(closing))
    return press.printed(story, data.imprint, voice, look, title[0])
