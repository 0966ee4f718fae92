"""Both languages say the same things, and every problem and enum has its words."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.application import PaperElsewhere
from desktop.domain.offline import CaseElsewhere, CaseOutOfReach
from desktop.domain.stock import DoubtElsewhere, NoBlankAssigned, TooManyAsked
from desktop.words import FOLDER, LANGUAGES, BadWords, MissingWords, Words, placeholders
from devices.device import DeviceKind, Hopper
from devices.errors import OutOfCards, OutputTrayFull, RejectBoxFull, WrongCard

PACKAGES = ("desktop", "devices", "db")


def every_module() -> None:
    """Import all floors below the window, so that their classes are known."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if ".migrations" not in found.name:
                importlib.import_module(found.name)


def descendants(kind: type) -> set[type]:
    found: set[type] = set()
    for child in kind.__subclasses__():
        found |= {child} | descendants(child)
    return found


def roots() -> list[type]:
    known = [("desktop.domain.errors", "Problem")]
    known += [("devices.errors", "DeviceFault"), ("db.errors", "StoreProblem")]
    return [getattr(importlib.import_module(module), name) for module, name in known]


@pytest.fixture(scope="module", params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return Words.load(request.param)


def test_each_room_has_a_file_in_both_languages() -> None:
    names = [{path.name for path in (FOLDER / language).glob("*.toml")} for language in LANGUAGES]
    assert names[0] == names[1]


def test_both_languages_have_the_same_ids() -> None:
    indonesian, english = (Words.load(language).ids() for language in LANGUAGES)
    assert sorted(indonesian - english) == []
    assert sorted(english - indonesian) == []


def test_both_languages_fill_the_same_placeholders() -> None:
    indonesian, english = (Words.load(language) for language in LANGUAGES)
    differing = [
        message_id
        for message_id in sorted(indonesian.ids() & english.ids())
        if placeholders(indonesian.template(message_id))
        != placeholders(english.template(message_id))
    ]
    assert differing == []


def test_every_problem_says_what_happened_and_what_to_do(words: Words) -> None:
    every_module()
    missing = [
        message_id
        for root in roots()
        for kind in descendants(root)
        if kind.__module__.startswith(PACKAGES)
        for message_id in (f"problem.{kind.__name__}", f"problem.{kind.__name__}.remedy")
        if message_id not in words
    ]
    assert sorted(missing) == []


def test_an_enum_with_words_has_them_for_each_member(words: Words) -> None:
    every_module()
    spoken = {message_id.split(".")[1] for message_id in words.ids() if message_id[:5] == "enum."}
    missing = [
        f"enum.{kind.__name__}.{member.name}"
        for kind in descendants(Enum)
        if kind.__module__.startswith(PACKAGES) and kind.__name__ in spoken
        for member in kind.__members__.values()
        if f"enum.{kind.__name__}.{member.name}" not in words
    ]
    assert sorted(missing) == []


def test_indonesian_dates_times_and_money() -> None:
    words = Words.load("id")
    day = date(2026, 11, 23)
    assert words.date(day) == "23/11/2026"
    assert words.date(day, "medium") == "23 Nov 2026"
    assert words.date(day, "long") == "23 November 2026"
    assert words.date(day, "full") == "Senin, 23 November 2026"
    assert words.time(datetime(2026, 11, 23, 14, 5, tzinfo=UTC)) == "14.05"
    assert words.money(75_000) == "Rp75.000"
    assert words.money(-1_234_567) == "−Rp1.234.567"
    assert (words.signed(-1_200), words.signed(3), words.number(-7)) == ("−1.200", "+3", "−7")
    assert words.number(1234567.5, 2) == "1.234.567,50"
    assert words.percent(0.014, 1) == "1,4 %"


def test_english_numbers_are_not_taken_for_decimals() -> None:
    words = Words.load("en")
    assert words.number(1_053) == "1,053"
    assert words.number(1234567.5, 2) == "1,234,567.50"
    assert words.money(75_000) == "Rp75,000"
    assert words.percent(0.33) == "33%"
    assert words.money(-75_000) == "−Rp75,000"


def test_a_time_is_written_as_the_language_writes_it() -> None:
    late = datetime(2026, 3, 2, 15, 24, 7, tzinfo=UTC)
    assert Words.load("en").time(late) == "15:24"
    assert Words.load("en").time(late, seconds=True) == "15:24:07"
    assert Words.load("en").moment(late) == "02/03/2026 15:24"
    assert Words.load("id").time(late, seconds=True) == "15.24.07"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Perpol 5/2021 Article 12", "PP 76/2020, Annex", "House rule")),
        ("id", ("Perpol 5/2021 Pasal 12", "PP 76/2020, Lampiran", "Aturan kantor")),
    ],
)
def test_a_rule_s_source_is_told_in_the_language(language: str, told: tuple[str, ...]) -> None:
    words = Words.load(language)
    sources = ("Perpol 5/2021 Pasal 12", "PP 76/2020, Lampiran", "House rule")
    assert tuple(words.rule(source) for source in sources) == told
    assert told[0] in words("walkin.rule", source=sources[0])


def test_english_dates_keep_the_office_s_order() -> None:
    assert Words.load("en").date(date(2026, 3, 2), "full") == "Monday, 2 March 2026"


def test_moments_are_written_in_the_office_s_zone() -> None:
    jayapura = timezone(timedelta(hours=9))
    words = Words.load("id").in_zone(jayapura)
    late = datetime(2026, 12, 31, 14, 59, tzinfo=UTC)
    assert words.moment(late) == "31/12/2026 23.59"
    assert words.date(late + timedelta(minutes=1)) == "01/01/2027"


FOUND_NOWHERE = {"id": ("berkas bantuan",), "en": ("help file", "support file")}
NO_COMMAND = {"id": "cadangan", "en": "backup"}
"""A counter's folder is copied by no command of ours; only the centre's own database is."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_sends_somebody_to_what_isn_t_there(language: str) -> None:
    words = Words.load(language)
    told = {message_id: words.template(message_id).casefold() for message_id in words.ids()}
    assert [
        (message_id, thing)
        for message_id, text in told.items()
        for thing in FOUND_NOWHERE[language]
        if thing in text
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_remedy_at_the_counter_needs_a_backup_that_nothing_makes(language: str) -> None:
    of_the_centre = (FOLDER / language / "centre_admin.toml").read_text(encoding="utf-8")
    words = Words.load(language)
    assert [
        message_id
        for message_id in sorted(words.ids())
        if message_id.endswith((".remedy", ".do"))
        and NO_COMMAND[language] in words.template(message_id).casefold()
        and words.template(message_id) not in of_the_centre
    ] == []


SEVERAL_FORMS = ("qt.", "walkin.typed.")
"""Tables whose labels never stand all in one form; the window's test looks at their forms."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_alt_and_a_letter_means_one_field_of_a_sheet(language: str) -> None:
    words = Words.load(language)
    letters = Counter(
        (message_id.rpartition(".")[0], marked[1].casefold())
        for message_id in words.ids()
        if not message_id.startswith(SEVERAL_FORMS)
        and (marked := re.search(r"&(\w)", words.template(message_id)))
    )
    assert [at for at, count in letters.items() if count > 1] == []


class Colour(StrEnum):
    RED = "red"


def sample(**table: str) -> Words:
    return Words("id", {key.replace("__", "."): text for key, text in table.items()})


def test_facts_may_be_enums_dates_and_lists() -> None:
    words = sample(enum__Colour__RED="merah", said="{colour} {day} {many} {none}")
    said = words("said", colour=Colour.RED, day=date(2026, 1, 2), many=("a", "b"), none=None)
    assert said == "merah 02/01/2026 a, b –"
    assert words.of(Colour.RED) == "merah"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counter_is_named_one_way_wherever_it_is_told(language: str) -> None:
    words = Words.load(language)
    said = {"id": "Loket 3", "en": "Counter 3"}[language]
    assert words.counter_name("Loket 3") == said
    assert words.counter_name("Depan") == "Depan", "an office's own name"
    assert words.counter("1374-L3") == f"{said} (1374)"
    assert words.counter("L3") == "L3"
    at = {"number": "7", "counter": "1374-L3"}
    for problem in (
        CaseElsewhere(**at, until=None), CaseOutOfReach(**at, until=None, since=None),
        PaperElsewhere(**at), DoubtElsewhere(**at), NoBlankAssigned(counter="1374-L3"),
    ):  # fmt: skip
        told = words.problem(problem)
        assert said in told.text
        assert "1374-L3" not in told.text + told.remedy
    assert f"{said} (1374)" in words("sync.elsewhere.ask", number="1", counter="1374-L3")


@pytest.mark.parametrize(("count", "said"), [(0, "0 cards"), (1, "1 card"), (2, "2 cards")])
def test_a_count_chooses_its_form(count: int, said: str) -> None:
    left = sample(left="{count:card|cards}")
    assert left("left", count=count) == said
    assert left("left", count=left.number(count)) == said, "a count that is written already"


def test_one_of_a_thing_is_told_as_one_in_english() -> None:
    words = Words.load("en")
    told = words.problem(TooManyAsked(asked=1, there=1))
    assert told.text.startswith("1 card was asked for")
    assert "at most 1 card," in told.remedy
    assert words("stock.receiving.extra", count=1) == "With 1 loose card."
    assert words("online_screen.case.passed", count=1) == "1 other check passed."
    assert words("supervisor.lines", count="1") == "1 act"


def test_unknown_ids_raise_in_tests_and_show_in_the_window() -> None:
    words = sample(said="{who}")
    with pytest.raises(MissingWords):
        words("nothing.here")
    with pytest.raises(KeyError):
        words("said")
    assert words.lenient()("nothing.here") == "nothing.here"
    assert words.lenient()("said") == "{who}"


def test_a_problem_borrows_its_parent_s_words() -> None:
    class Jam(Exception):
        def facts(self) -> dict[str, Any]:
            return {"where": "pintu"}

    class DeepJam(Jam):
        pass

    text = sample(problem__Jam="Macet di {where}.", problem__Jam__remedy="Buka {where}.").problem(
        DeepJam()
    )
    assert (text.text, text.remedy) == ("Macet di pintu.", "Buka pintu.")


@pytest.mark.parametrize("text", ["a = 1", "a =", 'a = "x"\n[b]\nc = ["x"]'])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "id").mkdir()
    (tmp_path / "id" / "room.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadWords, match="room"):
        set(Words.load("id", folder=tmp_path).ids())


def test_a_fact_without_anything_in_it_is_a_dash(words: Words) -> None:
    assert [words.plain(empty) for empty in ((), [], None)] == ["–", "–", "–"]


@pytest.mark.parametrize("reason", ["form", "signature", "issuer", "dates", "role"])
def test_a_certificate_s_fault_is_said_in_words(words: Words, reason: str) -> None:
    from desktop.keys.errors import BadCertificate

    told = words.problem(BadCertificate(reason))
    assert told.text == words(f"problem.BadCertificate.{reason}")
    assert f"({reason})" not in told.text
    assert told.remedy


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_refused_order_of_the_centre_has_its_own_words_and_remedy(language: str) -> None:
    from desktop.domain.violations import OrderFault, OrderRefused

    words = Words.load(language)
    kinds = set(OrderFault) - {OrderFault.OTHER_CARD}  # found on a chip, never refused
    told = [words.problem(OrderRefused(kind)) for kind in kinds]
    assert len({one.text for one in told}) == len({one.remedy for one in told}) == len(kinds)
    shown = " ".join(one.text + one.remedy for one in told)
    assert not [code for code in OrderFault if f"({code})" in shown or "_" in shown]


def test_a_step_that_lacks_one_thing_says_how_to_get_it() -> None:
    from desktop.domain.workflow import Action, Gate, GatesMissing

    for words in (Words.load(language) for language in LANGUAGES):
        one = words.problem(GatesMissing(Action.CHECK_REQUIREMENTS, (Gate.NO_CONFLICT,)))
        assert one.remedy == words("gate.NO_CONFLICT.missing")
        two = words.problem(GatesMissing(Action.CHECK_REQUIREMENTS, (Gate.PHOTO, Gate.PAYMENT)))
        assert two.remedy == words("problem.GatesMissing.remedy")
        limit = words.problem(GatesMissing(Action.RESERVE, (Gate.REPRINT_ALLOWED,)))
        assert re.search(r"\bU\b", limit.remedy), "the key that lets one more be printed"


def test_a_hopper_that_gave_no_card_is_said_to_be_empty() -> None:
    words = Words.load("en")
    assert words.problem(RejectBoxFull(0)).text == "The reject box is full."
    assert words.problem(OutputTrayFull(0)).text == "The output tray is full."
    assert words.problem(OutOfCards(Hopper.FEEDER, 0)).text == "The feeder is empty."
    told = words.problem(OutOfCards(Hopper.FEEDER, 40))
    assert "after 40 cards" in told.text
    assert told.remedy == words.problem(OutOfCards(Hopper.FEEDER, 0)).remedy


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_training_an_empty_feeder_s_remedy_names_the_keys_that_fill_it(language: str) -> None:
    words = Words.load(language)
    empty = OutOfCards(Hopper.FEEDER, 0)
    assert "F8" not in words.problem(empty).remedy
    learning = words.of_training()
    for told in (learning, learning.lenient(), learning.in_zone(UTC)):
        assert "F8" in told.problem(empty).remedy
    other = WrongCard(DeviceKind.CARD_PRINTER)
    assert learning.problem(other) == words.problem(other)
