"""Rules come from dated files, and a damaged file is refused by name and place."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from desktop.domain.codes import CodeMalformed
from desktop.domain.fees import fee_for
from desktop.domain.licence_class import LicenceClass
from desktop.domain.periods import PeriodKind
from desktop.domain.requirements import Enforcement, RequirementKind, requirements_for
from desktop.domain.rules import NoRulesInForce, RulesDamaged
from desktop.domain.service import Service
from desktop.domain.waybill import read_waybill
from desktop.rulebook import FOLDER, Rulebook, parse_file
from tests.domain.office_rules import BOOK, TODAY, TRAINING_BOOK

FILES = sorted(path.name for path in FOLDER.glob("*.toml"))
TEXTS = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.toml")}


def laid_over(name: str, lines: str) -> Rulebook:
    return Rulebook.read(TEXTS, {name: f'version = "test"\n{lines}'})


NEW_FEE = """
[[fees]]
group = "renewal"
valid_from = 2026-03-02
services = ["renewal"]
classes = ["C"]
amount = 90000
source = "a decree"
"""


def test_equal_rules_have_equal_versions_whatever_the_day() -> None:
    assert BOOK.on(TODAY).version == BOOK.on(date(2026, 8, 1)).version
    assert BOOK.on(TODAY).version == Rulebook.load().on(TODAY).version
    assert BOOK.on(TODAY, "Jawa Barat").version == BOOK.on(TODAY, "Bali").version


def test_another_area_or_sheet_is_another_version() -> None:
    here = TRAINING_BOOK.on(TODAY, "Jawa Barat").version
    assert here != BOOK.on(TODAY, "Jawa Barat").version
    assert here != TRAINING_BOOK.on(TODAY, "Bali").version


def test_a_decree_at_midnight_makes_a_new_version_and_keeps_the_old() -> None:
    book = laid_over("fees.toml", NEW_FEE)
    before, after = book.on(date(2026, 3, 1)), book.on(date(2026, 3, 2))
    assert before.version == BOOK.on(TODAY).version
    assert after.version != before.version
    assert after.version.startswith("2026-03-02+")
    fees = [fee_for(r.fees, Service.RENEWAL, LicenceClass.C).total for r in (before, after)]
    assert fees == [75_000, 90_000]
    assert fee_for(after.fees, Service.RENEWAL, LicenceClass.A).total == 80_000
    assert fee_for(after.fees, Service.REPLACE_LOST, LicenceClass.C).total == 75_000


def test_the_special_area_beats_the_younger_line() -> None:
    lines = """
[[requirements]]
kind = "training_cert"
enforcement = "block"
valid_from = 2024-01-01
area = ["1374"]
services = ["new_issue"]
source = "order of the office"

[[requirements]]
kind = "training_cert"
enforcement = "off"
valid_from = 2026-01-01
source = "order of the centre"
"""
    book = laid_over("requirements.toml", lines)

    def level(*areas: str) -> Enforcement | None:
        found = requirements_for(
            book.on(TODAY, *areas).requirements, Service.NEW_ISSUE, LicenceClass.C
        )
        return {r.kind: r.enforcement for r in found}.get(RequirementKind.TRAINING_CERT)

    assert level("Jawa Barat", "1374") is Enforcement.BLOCK
    assert level("Jawa Barat") is None


def test_an_offices_offer_takes_the_place_of_the_national_one() -> None:
    from desktop.domain.classes import Door

    lines = """
[[offers]]
door = "mobile_unit"
valid_from = 2025-01-01
area = ["1374"]
services = ["renewal"]
classes = ["C"]
source = "order of the office"
"""
    book = laid_over("classes.toml", lines)
    graph = book.on(TODAY, "Jawa Barat", "1374").classes
    assert not graph.offered(Door.MOBILE_UNIT, Service.RENEWAL, LicenceClass.A)
    assert book.on(TODAY).classes.offered(Door.MOBILE_UNIT, Service.RENEWAL, LicenceClass.A)


def test_a_closing_day_of_one_office() -> None:
    lines = """
[[days]]
day = 2026-03-03
name = "HUT Kota"
kind = "closure"
source = "order"
area = ["1374"]
"""
    book = laid_over("calendar.toml", lines)
    assert not book.on(TODAY, "1374").calendar.is_open(date(2026, 3, 3))
    assert book.on(TODAY).calendar.is_open(date(2026, 3, 3))


def test_a_dead_clock_battery_is_told_plainly() -> None:
    with pytest.raises(NoRulesInForce) as caught:
        BOOK.on(date(1999, 1, 1))
    assert caught.value.day == date(1999, 1, 1)


def test_every_line_has_a_source_and_doubts_are_listed() -> None:
    rules = BOOK.on(TODAY)
    assert len(rules.assumptions) > 10
    assert all(rule.source for rule in rules.requirements)
    assert set(rules.periods) == set(PeriodKind)
    assert {rule.licence_class for rule in rules.classes.classes} == set(LicenceClass)


@pytest.mark.parametrize("path", [*FOLDER.rglob("*.toml")], ids=lambda path: path.stem)
def test_every_line_of_every_file_has_its_source_and_its_days(path: Path) -> None:
    """Holidays stand in years, each with its decree; a day of its own says which."""
    sheet = tomllib.loads(path.read_text("utf-8"))
    lines = [
        (table, line) for table, lines in sheet.items() if table != "version" for line in lines
    ]
    for table, line in lines:
        assert line["source"].strip(), (table, line)
        began = {"years": "year", "days": "day"}.get(table, "valid_from")
        assert line[began], (table, line)
    assert lines or path.name == "waivers.toml"


CARRIER = """
[[codes]]
kind = "waybill"
name = "kurir-kota"
valid_from = 2026-01-01
carrier = "Kurir Kota"
pattern = "KK[0-9]{6}"
example = "KK000017"
source = "a contract"
"""


def test_another_carrier_s_waybills_are_one_more_line() -> None:
    codes = laid_over("codes.toml", CARRIER).on(TODAY, "Jawa Barat", "1374").codes
    assert read_waybill(codes, "kk-000123").carrier == "Kurir Kota"
    assert read_waybill(codes, "RR287043775IN").carrier == "Pos Indonesia"
    with pytest.raises(CodeMalformed):
        read_waybill(BOOK.on(TODAY).codes, "KK000123")


def test_an_offices_own_waybills_take_the_place_of_the_national_ones() -> None:
    book = laid_over("codes.toml", f'{CARRIER}area = ["1374"]\n')
    assert read_waybill(book.on(TODAY, "Jawa Barat", "1374").codes, "KK000123")
    for areas, text in ((("1374",), "RR287043775IN"), (("Bali",), "KK000123")):
        with pytest.raises(CodeMalformed):
            read_waybill(book.on(TODAY, *areas).codes, text)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name: str) -> None:
    rest = {key: text for key, text in TEXTS.items() if key != name}
    with pytest.raises(RulesDamaged) as caught:
        Rulebook.read(rest)
    assert caught.value.file == name


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "damage",
    ["[[nothing", 'version = "x"\nversion = "y"', "surprise = 1\nversion = 'x'", ""],
)
def test_a_damaged_file_is_named(name: str, damage: str) -> None:
    with pytest.raises(RulesDamaged) as caught:
        parse_file(name, damage)
    assert caught.value.file == name
    assert caught.value.why


CLASS = """version = "x"
[[classes]]
licence_class = "A"
valid_from = 2021-01-01
min_age = 17
source = "x"
"""


@pytest.mark.parametrize(
    ("name", "old", "new", "where"),
    [
        ("classes.toml", "min_age = 17", 'min_age = "17"', "$.classes[0].min_age"),
        ("classes.toml", "min_age = 17", "min_age = -1", "$.classes[0]"),
        ("classes.toml", '"A"', '"Z"', "$.classes[0].licence_class"),
        ("classes.toml", 'source = "x"', 'source = ""', "$.classes[0]"),
        ("classes.toml", 'source = "x"', "", "$.classes[0]"),
        ("classes.toml", 'source = "x"', 'source = "x"\nafter = ["A"]', "$.classes[0]"),
        ("classes.toml", "2021-01-01", '"soon"', "$.classes[0].valid_from"),
        ("classes.toml", "2021-01-01", "2021-01-01\nvalid_to = 2020-01-01", "$.classes[0]"),
    ],
)
def test_a_wrong_line_is_found_by_its_place(name, old, new, where) -> None:
    with pytest.raises(RulesDamaged) as caught:
        parse_file(name, CLASS.replace(old, new, 1))
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("codes.toml", "P[0-9]{13}", "P[0-9"),
        ("codes.toml", 'example = "P2603020000017"', 'example = "P1"'),
        ("fees.toml", "amount = 120000", "amount = -1"),
        ("calendar.toml", "closed_days = [6]", "closed_days = [0,1,2,3,4,5,6]"),
        ("calendar.toml", "year = 2026", "year = 2020"),
        ("validity.toml", "renew_to = 2025-04-19", "renew_to = 2025-04-01"),
        ("validity.toml", "years = 5", "years = 0"),
        ("requirements.toml", "shelf_days = 14", "shelf_days = -14"),
        ("retakes.toml", "pass_mark = 70", "pass_mark = 170"),
        ("periods.toml", "months = 3", "months = -3"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused(name: str, old: str, new: str) -> None:
    assert old in TEXTS[name]
    with pytest.raises(RulesDamaged):
        parse_file(name, TEXTS[name].replace(old, new, 1))


def test_a_circle_of_classes_is_refused() -> None:
    text = TEXTS["classes.toml"].replace(
        'licence_class = "A"\n', 'licence_class = "A"\nafter = ["BI"]\n', 1
    )
    with pytest.raises(RulesDamaged, match="RulesDamaged"):
        parse_file("classes.toml", text)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "fees.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulesDamaged):
        Rulebook.load(FOLDER, tmp_path)
