"""Who filed, paid, mended, cancelled and complained is found again, or named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desktop.training.portal_tally import Count, Kept, Sent, TallyLine, compare

ONE = Sent("D-1", revision=2, payment="NTPN1", amount=75_000, complaints=1)
BOOKS = Kept("D-1", revision=2, payment="NTPN1", amount=75_000, state="verified", complaints=1)
TOLD = {"state": "verified", "number": "1374-26-L3-000001", "revision": 2, "refused": None}


def lines(
    sent: Sent = ONE, told: dict[str, Any] | None = None, kept: Kept | None = BOOKS
) -> dict[Count, TallyLine]:
    books = {} if kept is None else {kept.external_id: kept}
    found = compare({sent.external_id: sent}, {sent.external_id: told or TOLD}, books)
    return {line.count: line for line in found}


def wrong(found: dict[Count, TallyLine]) -> set[Count]:
    return {count for count, line in found.items() if not line.sound}


def test_a_day_that_adds_up() -> None:
    found = lines()
    assert wrong(found) == set()
    assert [(c, f.sent, f.at_counter) for c, f in found.items()] == [
        ("filed", 1, 1), ("paid", 1, 1), ("rupiah", 75_000, 75_000), ("mended", 1, 1),
        ("cancelled", 0, 0), ("complained", 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("books", "where"),
    [
        (replace(BOOKS, payment="NTPN2"), {Count.PAID}),
        (replace(BOOKS, amount=0), {Count.RUPIAH}),
        (replace(BOOKS, revision=1), {Count.MENDED}),
        (replace(BOOKS, complaints=0), {Count.COMPLAINED}),
        (replace(BOOKS, state="cancelled", withdrawn=True), {Count.CANCELLED}),
        (None, {Count.FILED, Count.PAID, Count.RUPIAH, Count.MENDED, Count.COMPLAINED}),
    ],
)
def test_books_that_tell_another_story_are_named(books: Kept | None, where: set[Count]) -> None:
    found = lines(kept=books)
    assert wrong(found) == where
    assert {found[count].missing for count in where} == {("D-1",)}


def test_a_case_that_no_portal_sent_is_named() -> None:
    stranger = replace(BOOKS, external_id="D-9")
    found = compare({"D-1": ONE}, {"D-1": TOLD}, {"D-1": BOOKS, "D-9": stranger})
    assert [line.missing for line in found if not line.sound] == [("D-9",)]


def test_what_waits_or_ended_at_the_centre_is_there() -> None:
    waits = {"state": "submitted", "number": "", "revision": 2, "refused": None}
    assert wrong(lines(replace(ONE, complaints=0), waits, None)) == set()
    ended = {**waits, "state": "cancelled"}
    found = lines(replace(ONE, cancelled=True, complaints=0), ended, None)
    assert wrong(found) == set()
    assert found[Count.CANCELLED].at_centre == 1


def test_a_refusal_with_its_reason_is_an_answer() -> None:
    fault = {"kind": "application", "fault": "against_schema", "revision": 2}
    refused = {"state": "submitted", "number": "", "revision": 2, "refused": fault}
    found = lines(replace(ONE, complaints=0), refused, None)
    assert (wrong(found), found[Count.FILED].refused) == (set(), 1)
    late = {**TOLD, "refused": {"kind": "cancellation", "fault": "cancel_too_late", "revision": 2}}
    found = lines(replace(ONE, cancelled=True), late)
    assert (wrong(found), found[Count.CANCELLED].refused) == (set(), 1)


def test_a_wish_to_cancel_that_nobody_answered_is_named() -> None:
    found = lines(replace(ONE, cancelled=True))
    assert found[Count.CANCELLED].missing == ("D-1",)


def test_without_books_the_centre_s_word_is_taken() -> None:
    [filed, *_] = compare({"D-1": ONE}, {"D-1": TOLD})
    assert (filed.at_counter, filed.sound) == (1, True)
    [filed, *_] = compare({"D-1": ONE}, {"D-1": {"error": "unknown", "detail": {}}})
    assert (filed.missing, filed.sound) == (("D-1",), False)
