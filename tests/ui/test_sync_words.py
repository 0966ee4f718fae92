"""What differs at the centre is told in words: each field of a person, each coded value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, get_args, get_type_hints

import pytest

from desktop.domain.application import Application, ApplicationState
from desktop.domain.evidence import Evidence
from desktop.domain.person import Applicant, Licence, Person
from desktop.domain.reasons import CannotSignReason, OverrideReason, ReprintReason
from desktop.domain.shipment import Parcel, ReturnCase
from desktop.services.claims import HeldCase
from desktop.services.conflicts import Difference, ParkedCase, StrayWork
from desktop.services.sync_facts import LineState, SyncFacts
from desktop.services.told_names import NAMELESS
from desktop.services.whose_case import Holder, Whose
from desktop.words import LANGUAGES, Words
from tests.ui.test_applicant_window import case
from ui.device_words import large
from ui.screens.sync_pages import (
    advice_words,
    conflict_rows,
    field_word,
    first_words,
    held_rows,
    plain,
    stray_rows,
    told_apart,
)
from ui.screens.sync_words import (
    bar_item,
    counter_words,
    held_words,
    left_state,
    left_words,
    soon_words,
)
from ui.widgets.state import Level


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_state_is_told_in_words(language: str) -> None:
    words = Words.load(language)
    found = Difference("applications", "state", "confirmed", "paid")
    assert field_word(words, "state") != "state"
    assert plain(words, found.ours, found) == words("enum.ApplicationState.CONFIRMED")
    assert plain(words, found.centres, found) == words("enum.ApplicationState.PAID")


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=3, minutes=5), "3 h 05 min"),
        (timedelta(minutes=24), "24 min"),
        (timedelta(seconds=20), "1 min"),
        (timedelta(0), "ended"),
        (timedelta(minutes=-28), "ended"),
    ],
)
def test_the_time_left_has_its_units_and_ends(left: timedelta, said: str) -> None:
    assert left_words(Words.load("en"), left) == said


def test_what_is_held_is_counted_with_what_ran_out_and_what_soon_will() -> None:
    words = Words.load("en")
    hours = [timedelta(hours=3), timedelta(minutes=24), timedelta(0), timedelta(minutes=-5)]
    assert (
        held_words(words, hours)
        == "4 cases held here (2 holds already over, 1 ends within an hour)"
    )
    assert held_words(words, hours[:1]) == "1 case held here"
    levels = [left_state(words, left).level for left in hours]
    assert levels == [Level.GOOD, Level.ATTEND, Level.BAD, Level.BAD]


@pytest.mark.parametrize(
    ("counter", "said"),
    [("1374-L3", "Counter 3 (1374)"), ("1374-X", "1374-X"), ("L3", "L3"), ("", "nobody")],
)
def test_a_counter_is_named_by_its_number(counter: str, said: str) -> None:
    assert counter_words(Words.load("en"), counter) == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("left", "indonesian", "english"),
    [
        (timedelta(seconds=42), "42 detik", "42 seconds"),
        (timedelta(seconds=0.4), "1 detik", "1 second"),
        (timedelta(0), "1 detik", "1 second"),
        (timedelta(seconds=61), "2 menit", "2 minutes"),
        (timedelta(hours=2), "2 jam", "2 hours"),
    ],
)
def test_the_next_try_is_told_in_words(
    left: timedelta, indonesian: str, english: str, language: str
) -> None:
    told = soon_words(Words.load(language), left)
    assert told == (english if language == "en" else indonesian)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counter_that_begins_a_line_begins_it_large(language: str) -> None:
    words = Words.load(language)
    held = HeldCase(case(ApplicationState.DRAFT), "1374-L3", None, timedelta(hours=1))
    [row] = held_rows(words, [held], ours=False)
    told = row.cells[4]
    assert isinstance(told, str)
    assert told[0].isupper()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_that_no_counter_has_isn_t_listed_under_a_counter_of_that_name(
    language: str,
) -> None:
    words = Words.load(language)
    held = HeldCase(case(ApplicationState.DRAFT), "", None, timedelta(0))
    [row] = held_rows(words, [held], ours=False)
    assert row.cells[4] == large(words("sync.free"))


def test_a_person_s_data_is_told_apart_and_the_program_s_own_comes_last() -> None:
    words = Words.load("en")
    here = {"nik": "3273015507900003", "name": "SITI", "address": "JL. MAWAR 1"}
    found = told_apart(
        words,
        (
            Difference("applications", "faces_digest", "a", "b"),
            Difference("applications", "applicant", here, {**here, "address": "JL. MELATI 2"}),
        ),
    )
    assert [(one.field, one.ours, one.centres) for one in found] == [
        ("address", "JL. MAWAR 1", "JL. MELATI 2"), ("faces_digest", "a", "b"),
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lower_edge_names_the_day_only_when_it_isn_t_today(language: str) -> None:
    words, since = Words.load(language), datetime(2026, 3, 2, 12, 39, tzinfo=UTC)
    facts = SyncFacts(LineState.DOWN, down_since=since)
    day = words.date(since)
    assert day not in bar_item(words, facts, since.date()).text
    assert words.time(since) in bar_item(words, facts, since.date()).text
    assert words.moment(since) in bar_item(words, facts, since.date() + timedelta(days=1)).text


STORED = {
    "applications": Application, "evidence": Evidence, "licences": Licence, "parcels": Parcel,
    "persons": Applicant, "returns": ReturnCase,
}  # fmt: skip
FIELDS = [
    (kind, name, member)
    for kind, stored in STORED.items()
    for name, hint in get_type_hints(stored).items()
    for enum in (hint, *get_args(hint))
    if isinstance(enum, type) and issubclass(enum, StrEnum)
    for member in enum
]
CODED = [*FIELDS, *(("applications", "reissued", member) for member in ReprintReason)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_coded_value_is_shown_as_the_program_keeps_it(language: str) -> None:
    words = Words.load(language)
    told = {
        (kind, name, str(member)): plain(words, str(member), Difference(kind, name, "", ""))
        for kind, name, member in CODED
        if name != "licence_class"  # a letter in the law too
    }
    assert [at for at, word in told.items() if word == at[2]] == []


def test_lists_are_counted_and_a_witness_isn_t_part_of_the_reason() -> None:
    words = Words.load("en")
    log = Difference("returns", "contact_log", [], [{"way": "sms"}])
    assert plain(words, log.centres, log) == "1 entry"
    sign = Difference("applications", "cannot_sign", "tremor:78030003", "")
    assert plain(words, sign.ours, sign) == words.of(CannotSignReason.TREMOR)


def test_what_a_proof_says_is_in_words_too() -> None:
    words = Words.load("en")
    proof = Difference("evidence", "facts", {}, {"bank": "BNI", "licence_class": "A"})
    assert plain(words, proof.centres, proof) == "BNI, A"
    why = OverrideReason.LINE_DOWN
    assert plain(words, {"reason": str(why)}, proof) == words.of(why)


def test_every_field_of_what_is_compared_has_words() -> None:
    for language in LANGUAGES:
        words = Words.load(language)
        names = {
            name for kind in (*STORED.values(), Person) for name in get_type_hints(kind)
        } - NAMELESS
        bare = {name for name in names if field_word(words, name) == name}
        assert bare <= {"applicant", "issuer", "kind", "name", "number", "source"}, bare


def refused(reason: str, whose: Whose | None = None, **facts: Any) -> ParkedCase:
    """A case that the centre refused for this reason."""
    at = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    return ParkedCase(
        "e1", 12, reason, "application.approve", 1, "1374-26-L3-000001", "", at, {}, (),
        whose, **facts,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ["claimed", "fenced"])
def test_whose_a_refused_case_is_decides_what_f5_advises(language: str, reason: str) -> None:
    words = Words.load(language)
    other = refused(reason, Whose(Holder.OTHER, "1374-L4"))
    assert advice_words(words, other).startswith(large(counter_words(words, "1374-L4")))
    away = refused(reason, Whose(Holder.OTHER, office="1375"))
    assert "1375" in advice_words(words, away)
    ours, free = (refused(reason, Whose(one)) for one in (Holder.HERE, Holder.NOBODY))
    lines = [row.cells[1] for row in conflict_rows(words, [other, ours, free])]
    assert len(set(lines)) == 3
    assert words("sync.do.accept") not in advice_words(words, ours)


def test_what_has_no_number_is_told_by_both_ends_of_its_id() -> None:
    words = Words.load("en")
    job = replace(refused("stale"), number="019cabf5-f259-713b-a724-d736b5103b9b")
    stray = StrayWork("s1", 1, "stock.load", job.number, "", job.at)
    for [row] in (conflict_rows(words, [job]), stray_rows(words, [stray])):
        assert row.cells[0] == "019cabf5…5103b9b"


def test_an_unknown_reason_is_a_word_for_support_and_a_used_proof_names_its_case() -> None:
    words = Words.load("en")
    [row] = conflict_rows(words, [refused("slot_taken")])
    assert row.cells[1] == words("sync.reason.other")
    assert "slot_taken" in advice_words(words, refused("slot_taken"))
    used = refused("evidence_used", used_for="1374-26-L3-000007")
    assert first_words(words, used) == "It was used first for 1374-26-L3-000007."


def test_a_number_used_twice_names_the_office_and_says_what_to_do() -> None:
    words = Words.load("en")
    first = {"first": {"office": "1374"}}
    twice = replace(refused("number_used", used_for="1374-26-L3-000001"), detail=first)
    assert "register the applicant again" in advice_words(words, twice)
    assert first_words(words, twice) == "It was used first at office 1374."
