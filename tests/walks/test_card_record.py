"""Every fact of a case stands on its own card, in its own place."""

from __future__ import annotations

import re
from dataclasses import fields
from io import BytesIO

import pytest
from PIL import Image

from desktop.cards.record import CardRecord
from tests.walks.making import ready
from tests.walks.world import World


@pytest.mark.parametrize("number", [3, 4])
def test_a_card_bears_its_own_case(andi: World, number: int) -> None:
    desk, person = andi.desk, andi.people[number]
    app = ready(andi, number)
    record = desk.cardmaker.ordered(app).record
    assert app.issue_on == desk.frame.today()
    with desk.frame.ledger.reading() as r:
        photo = r.blob(app.photo)
    expected: dict[str, object] = {
        "realm": desk.frame.realm,
        "number": app.sim_number or person.nik,
        "scheme": record.scheme,
        "licence_class": "C",
        "name": person.name.upper(),
        "birth_place": person.birth_place.upper(),
        "birth_date": person.birth_date,
        "blood_group": person.blood_group,
        "sex": "PEREMPUAN" if person.woman else "LAKI-LAKI",
        "address": record.address,
        "occupation": person.occupation.upper(),
        "office": "Satpas Contoh",
        "polda": "Jawa Barat",
        "issued_on": app.issue_on,
        "valid_until": app.valid_until,
        "photo": photo,
        "signature": record.signature,
        "blank_serial": app.blank_serial,
        "seal": desk.cardmaker.seal_of(app),
        "height_cm": None,
    }
    assert set(expected) == {field.name for field in fields(CardRecord)}
    said = {name: getattr(record, name) for name in expected}
    assert said == expected
    words = re.findall(r"[A-Z0-9]{3,}", person.address_lines[0].upper())
    assert len(words) > 1
    assert [word for word in words if word not in record.address[0]] == []
    assert desk.stock.look(app.blank_serial).application_id == app.id
    assert record.signature is not None
    shades = Image.open(BytesIO(record.signature)).convert("L").histogram()
    assert sum(shades[:80]) > 100, "dark ink"
    assert shades[255] > sum(shades) // 2, "on white paper"
