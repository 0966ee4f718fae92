"""Finding people as an officer types."""

from __future__ import annotations

import pytest

from db.search import (
    find_numbers,
    find_people,
    fold,
    forget,
    put_number,
    put_people,
    put_person,
)
from tests.db.journal_office import Office

PEOPLE = [
    ("p1", "Siti Nurhaliza"),
    ("p2", "Muhammad Ma'ruf Amin"),
    ("p3", "José Ximenes da Cruz"),
    ("p4", "Sukarno"),
    ("p5", "نور الهدى"),
]


@pytest.fixture
def people(office: Office) -> Office:
    with office.store.write() as conn:
        put_people(conn, PEOPLE)
        put_number(conn, "3273 0101 0190 0001", "nik", "p1")
        put_number(conn, "1374-0001-2345", "sim", "p1")
        put_number(conn, "1374-0001-2345", "sim", "p1")
    return office


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("siti", ["p1"]),
        ("nur s", ["p1"]),
        ("maruf", ["p2"]),
        ("MA'RUF muh", ["p2"]),
        ("jose", ["p3"]),
        ("s", ["p1", "p4"]),
        ("نور", ["p5"]),
        ("zzz", []),
        ("", []),
        ("'\"*()-^:", []),
        ('siti" OR "suk', []),
        ("NEAR(siti)", []),
        ("n" * 10_000, []),
        ("🙂", []),
        ("\ud800 siti", ["p1"]),
        ("si ti", []),
        ("½ ①", []),
    ],
)
def test_words_are_found_by_their_beginnings(people: Office, typed: str, found: list[str]) -> None:
    with people.store.read() as conn:
        assert find_people(conn, typed) == found


def test_numbers_are_found_by_their_first_digits(people: Office) -> None:
    with people.store.read() as conn:
        assert [(h.kind, h.ref) for h in find_numbers(conn, "1374 0001")] == [("sim", "p1")]
        assert [h.digits for h in find_numbers(conn, "3273")] == ["3273010101900001"]
        assert find_numbers(conn, "---") == []
        assert find_numbers(conn, "9") == []


def test_renamed_person_is_found_by_the_new_name_alone(people: Office) -> None:
    with people.store.write() as conn:
        put_person(conn, "p4", "Suharto")
    with people.store.read() as conn:
        assert find_people(conn, "suh") == ["p4"]
        assert find_people(conn, "suka") == []


def test_forgotten_person_is_found_no_more(people: Office) -> None:
    with people.store.write() as conn:
        forget(conn, "p1")
    with people.store.read() as conn:
        assert find_people(conn, "siti") == []
        assert find_numbers(conn, "3273") == []


def test_first_hits_come_in_index_order(office: Office) -> None:
    with office.store.write() as conn:
        put_people(conn, ((f"p{n:03}", f"Budi {n}") for n in range(100)))
    with office.store.read() as conn:
        assert find_people(conn, "budi") == [f"p{n:03}" for n in range(20)]


def test_folding_leaves_plain_words() -> None:
    assert fold("  ÅNGSTRÖM-Ñandú, Ma’ruf  ") == "angstrom nandu maruf"
