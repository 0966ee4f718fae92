"""What differs at the centre is told in words: each field of a person, each coded value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from desktop.domain.application import ApplicationState
from desktop.services.claims import HeldCase
from desktop.services.conflicts import Difference
from desktop.services.sync_facts import LineState, SyncFacts
from desktop.words import LANGUAGES, Words
from tests.ui.test_applicant_window import case
from ui.screens.sync_pages import field_word, held_rows, plain, told_apart
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
    [("1374-L3", "counter 3 (1374)"), ("1374-X", "1374-X"), ("L3", "L3"), ("", "nobody")],
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
