"""While the officer still types a password: load what the first applicant would wait for.

The first card of a day took 330 ms instead of 105, the first receipt half a second: grounds are
painted, fonts are opened and the PDF library is imported at their first use; so are OpenCV and the
face models at the first photo, the network that compares it with an older one, and at a counter
with a viewer what looks at the first card. Nothing is written; a card of nobody is drawn, looked at
and forgotten.
"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from importlib import import_module
from typing import TYPE_CHECKING

from desktop.cards.face import render
from desktop.cards.inspection import inspect_pictures
from desktop.cards.inspection.facts import Ordered
from desktop.cards.layout import Layout
from desktop.cards.record import CardRecord
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.papers.base import Anchor, Imprint, Office
from desktop.papers.printer_test import PrinterTest, printer_test
from desktop.words import Words

if TYPE_CHECKING:
    from PIL.Image import Image

GROUND = 80
"""Pixels around the card of nobody."""
_DAY = date(2000, 1, 1)


def warm(layout: Layout, words: Words, *, looks: bool) -> None:
    """Draw a card and a paper of nobody, and look for a face where there is none.

    `looks`: cards are looked at by machine here, so one is looked at now.
    """
    nobody = _nobody()
    faces = render(nobody, layout)
    faces.png()
    printer_test(_page(), words)
    for known in ("desktop.faces.checks", "desktop.faces.likeness"):
        import_module(known).warm()  # not at import: OpenCV is heavy
    if looks:
        front, back = (_lying(side) for side in (faces.front, faces.back))
        at = datetime(2000, 1, 1, tzinfo=UTC)
        inspect_pictures(front, back, Ordered(nobody, faces, layout), None, at=at)


def _lying(side: Image) -> bytes:
    """A side as a viewer would send it, on a dark ground."""
    from PIL import ImageOps

    out = io.BytesIO()
    ImageOps.expand(side, border=GROUND, fill=(40, 44, 52)).save(out, "JPEG", quality=92)
    return out.getvalue()


def _nobody() -> CardRecord:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (480, 640), "white").save(out, "JPEG")
    return CardRecord(
        realm=Realm.TRAINING,
        number="0" * 16,
        scheme="nik",
        licence_class=LicenceClass.C,
        name="-",
        birth_place="-",
        birth_date=_DAY,
        blood_group="-",
        sex="-",
        address=("-",),
        occupation="-",
        office="-",
        polda="-",
        issued_on=_DAY,
        valid_until=_DAY,
        photo=out.getvalue(),
        signature=None,
        blank_serial="-",
        seal="-",
    )


def _page() -> PrinterTest:
    office = Office(name="-", polda="-", city="-", address="-", phone="-")
    imprint = Imprint(
        office=office,
        number="-",
        made_at=datetime(2000, 1, 1, tzinfo=UTC),
        zone="-",
        officer="-",
        officer_number="-",
        anchor=Anchor(Realm.TRAINING, "-", 1, 1, "0" * 32),
    )
    return PrinterTest(imprint=imprint, device="-", model="-", serial="-")
