"""The face out of a photographed card, to be held against today's photo."""

from __future__ import annotations

import io
from datetime import date

import pytest
from PIL import Image

from desktop.faces.likeness import compare
from desktop.faces.portrait import portrait_in
from desktop.training.painter import draw
from desktop.training.people import Person, make_people
from desktop.training.uploads import draw_ktp_photo


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("person", make_people(31, 3, today=date(2026, 3, 2)))
def test_a_photographed_ktp_gives_its_upright_portrait(person: Person) -> None:
    whole = png(draw_ktp_photo(person))
    cut = portrait_in(whole)
    found = Image.open(io.BytesIO(cut))
    assert found.height > found.width
    assert found.height < Image.open(io.BytesIO(whole)).height
    alike = compare(png(draw(person)), cut)
    assert alike is not None


def test_an_upright_picture_and_what_is_none_stay_as_they_are() -> None:
    photo = png(Image.new("RGB", (300, 400), "blue"))
    assert portrait_in(photo) == photo
    empty = png(Image.new("RGB", (400, 300), "blue"))
    assert portrait_in(empty) == empty
    assert portrait_in(b"no picture") == b"no picture"
    assert portrait_in(b"") == b""
