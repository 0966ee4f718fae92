"""While the officer still types a password: load what the first applicant would wait for.

The first card of a day took 330 ms instead of 105, the first receipt half a second: grounds are
painted, fonts are opened and the PDF library is imported at their first use; so are OpenCV and the
face models at the first photo, and the network that compares it with an older one. Nothing is
written; a card of nobody is drawn and forgotten.
"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from importlib import import_module

from desktop.cards.face import render
from desktop.cards.layout import Layout
from desktop.cards.record import CardRecord
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.papers.base import Anchor, Imprint, Office
from desktop.papers.printer_test import PrinterTest, printer_test
from desktop.words import Words

LANE = "warming"
_DAY = date(2000, 1, 1)


def warm(layout: Layout, words: Words) -> None:
    """Draw a card and a paper of nobody, and look for a face where there is none."""
    render(_nobody(), layout).png()
    printer_test(_page(), words)
    for faces in ("desktop.faces.checks", "desktop.faces.likeness"):
        import_module(faces).warm()  # not at import: OpenCV is heavy


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
