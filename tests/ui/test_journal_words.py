"""Every act that a service writes has words: no supervisor reads a program's name for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from db.trail import Line
from desktop.domain.application import ApplicationState, Incident
from desktop.domain.online import LineFault
from desktop.domain.person import HoldKind
from desktop.domain.reasons import (
    Accommodation,
    CannotSignReason,
    MissingReason,
    OutOfTurnReason,
    OverrideReason,
    ReceiverRelation,
    ReprintReason,
    SpoilReason,
)
from desktop.domain.requirements import RequirementKind
from desktop.domain.revocation import RevokedKind
from desktop.domain.workflow import APPLICATION, BLANK, PARCEL, RETURN
from desktop.keys.errors import LastPinTry, PinLocked, WrongPin
from desktop.services import paper_forms, paper_minutes
from desktop.services.device_setup import PLACES
from desktop.services.doubts import CUT_OFF
from desktop.services.exceptions import cause
from desktop.services.officer_cards import CardNotYours
from desktop.services.sealing import PAPER_TYPES
from desktop.services.trail import SILENT, TrailLine, masked
from desktop.words import LANGUAGES, Words
from devices import errors
from devices.catalog import FAMILIES
from ui.screens.supervisor_figures import length
from ui.screens.supervisor_looks import GROUPS, reason_word, told_facts
from ui.screens.supervisor_words import fact_word, fault_named, incident_subject, value_word

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SERVICES = Path(__file__).parents[2] / "desktop" / "services"


def literal_acts() -> Iterator[str]:
    """First arguments of every `w.record("…")` in the services."""
    for path in sorted(SERVICES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            first = node.args[0] if node.args else None
            if node.func.attr == "record" and isinstance(first, ast.Constant):
                yield str(first.value)


def table_acts() -> Iterator[str]:
    tables = {"application": APPLICATION, "blank": BLANK, "parcel": PARCEL, "return": RETURN}
    for name, table in tables.items():
        for step in table.steps:
            yield f"{name}.{step.action}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_of_the_journal_has_words(language: str) -> None:
    words = Words.load(language)
    acts = {act for act in (*literal_acts(), *table_acts()) if "." in act}
    assert len(acts) > 100
    assert sorted(act for act in acts if f"act.{act}" not in words) == []


def literal_facts() -> Iterator[str]:
    """Names in the contents that services write down with an act."""
    for path in sorted(SERVICES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            told = [keyword.value for keyword in node.keywords if keyword.arg == "told"]
            if isinstance(node.func, ast.Attribute) and node.func.attr == "record":
                told += node.args[2:3]
            elif isinstance(node.func, ast.Name) and node.func.id == "open_incident":
                told += node.args[4:5]
            elif isinstance(node.func, ast.Name) and node.func.id == "Incident":
                told += [keyword.value for keyword in node.keywords if keyword.arg == "details"]
            for content in told:
                if isinstance(content, ast.Dict):
                    yield from (str(k.value) for k in content.keys if isinstance(k, ast.Constant))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_that_a_line_shows_has_words(language: str) -> None:
    words = Words.load(language)
    facts = set(literal_facts()) - SILENT
    assert len(facts) > 100
    told = {name for name in facts if {f"fact.{name}", f"sync.field.{name}"} & words.ids()}
    assert sorted(facts - told) == []
    assert fact_word(words, "delivery") == words("sync.field.delivery").lower()


def test_what_an_issuer_states_is_told_fact_by_fact_and_without_inner_ids() -> None:
    words = Words.load("id")
    content = {
        "facts": {"amount": "75000", "bank": "Bank Contoh", "licence_class": "C"},
        "kind": "payment",
        "reference": "019cabf3-af40-7011-b77b-8fc05374d6b4:1374-26-L3-000007",
    }
    at = datetime(2026, 3, 2, tzinfo=UTC)
    line = masked(Line(1, 1, at, 0, "79010001", "evidence.recorded", "x", content))
    told = " · ".join(told_facts(words, line, {}))
    assert "=" not in told
    assert "019cabf3" not in told
    for text in ("rupiah: 75000", "bank: Bank Contoh", "golongan: C", "1374-26-L3-000007"):
        assert text in told
    sat = {"facts": {"passed": "1", "score": "87", "licence_class": "C"}}
    exam = masked(Line(1, 2, at, 0, "", "evidence.recorded", "x", sat))
    told = " · ".join(told_facts(words, exam, {}))
    assert words("supervisor.sitting.passed", score="87") in told
    assert "golongan: C" in told


def test_many_blanks_are_told_by_the_first_the_last_and_how_many() -> None:
    words, at = Words.load("id"), datetime(2026, 3, 2, tzinfo=UTC)

    def told(act: str, content: dict[str, Any]) -> str:
        return " · ".join(told_facts(words, masked(Line(1, 1, at, 0, "", act, "x", content)), {}))

    serials = [f"CT2603{n:04d}" for n in range(1, 61)]
    assert "CT26030001 … CT26030060 (60)" in told("stock.assigned", {"serials": serials})
    assert told("stock.set_aside", {"serials": serials[:1]}).endswith(": CT26030001")
    assert told("batch.imported", {"accepted": serials}).endswith("… (60)"), "not silently cut"
    close: dict[str, Any] = {
        "counters": [["cards", 0, 17, 17]],
        "ribbons": [["card_printer", True, 108, 102]],
        "lots": {"2603": {"closing": 482, "counted": 482}},
    }
    assert told("shift.closed", close) == "lot: lot 2603: 482"
    assert told("shift.opened", {"opening": {"2603": 500}}) == "awal: lot 2603: 500"
    close["lots"]["2604"] = {"closing": 0, "counted": 0}
    assert told("shift.closed", close) == "lot: lot 2603: 482, lot 2604: 0", "used up is told"


def test_an_act_about_an_officer_or_a_device_names_them() -> None:
    words = Words.load("id")
    at, names = datetime(2026, 3, 2, tzinfo=UTC), {"78030003": "Aiptu Rahmat", "1": "AKP Bambang"}

    def told(act: str, by: str, subject: str, *facts: tuple[str, str]) -> list[str]:
        line = TrailLine(1, at, by, act, subject, facts, erased=False)
        return told_facts(words, line, names)

    assert told("officer.delegation_ended", "1", "78030003") == ["Aiptu Rahmat"]
    assert told("duty.signed_in", "1", "1") == []
    named = told("officer.delegated", "1", "78030003", ("officer", "78030003"))
    assert " · ".join(named).count("Aiptu Rahmat") == 1
    assert told("device.tested", "1", "camera") == [words("device_name.camera")]


def test_codes_of_a_line_are_words() -> None:
    words = Words.load("id")
    for name, value in (
        ("loss", "lost"), ("scores", "record=95"),
        ("how", "eye"), ("how", "machine"), ("how", "overruled"), ("delivery", "collect"),
        ("reached", "printing"), ("what", "licence"), ("role", "seal"), ("act", "duty.signed_in"),
        ("fields", "name, birth_date"), ("scores", "ktp_el=82 old_licence=80"),
        ("counter", "1374-L3"),
    ):  # fmt: skip
        told = value_word(words, name, value)
        assert told != value, name
        assert "_" not in told, name
        assert "=" not in told, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_kinds_of_the_trail_are_called_the_same(language: str) -> None:
    words = Words.load(language)
    kinds = [words(f"act.{group}") for group in GROUPS]
    assert sorted(kinds) == sorted(set(kinds))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_is_named_in_words_and_without_its_facts(language: str) -> None:
    words = Words.load(language)
    for name in ("CardJam", "NotConnected", "CameraCovered", "OutOfCards"):
        assert "{" not in fault_named(words, name)
    assert fault_named(words, "CardJam") != "CardJam"
    assert reason_word(words, "wrong_person") != "wrong_person"
    assert reason_word(words, "Kartu jatuh.") == "Kartu jatuh."


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_exception_s_cause_is_a_name_of_the_program_s(language: str) -> None:
    words = Words.load(language)
    coded = (SpoilReason, MissingReason, ReprintReason, OutOfTurnReason, OverrideReason)
    codes = [str(member) for kind in (*coded, RequirementKind) for member in kind]
    at_the_printer = (errors.PrinterFault, errors.QueueFault, errors.CardFault)
    faults = [one for kind in at_the_printer for one in kind.__subclasses__()]
    faults += [errors.Busy, errors.Garbage, errors.NotConnected, errors.NotPermitted]
    names = [one.__name__ for one in faults if one.__module__ == errors.__name__]
    names += [CUT_OFF, "StoreBusy", "StoreDamaged", "StoreFull", "StoreUnwritable"]
    raw = [code for code in codes if not isinstance(cause({"reason": code}), StrEnum)]
    told = {name: reason_word(words, cause({"fault": name})) for name in names}
    raw += [name for name, why in told.items() if why.lower() == name.lower()]
    assert raw == []


def test_a_line_reads_from_what_to_what_and_names_its_officers() -> None:
    words = Words.load("en")
    facts = (("from", "approved"), ("number", "1374-26-L3-000026"), ("second_officer", "74050005"),
             ("to", "awaiting_material"))  # fmt: skip
    at = datetime(2026, 3, 2, tzinfo=UTC)
    line = TrailLine(1, at, "", "application.await_material", "x", facts, erased=False)
    states = words.of(ApplicationState.APPROVED), words.of(ApplicationState.AWAITING_MATERIAL)
    moved, _number, second = told_facts(words, line, {"74050005": "AKP Bambang"})
    assert moved == " → ".join(states)
    assert second == f"{words('fact.second_officer')}: AKP Bambang"


def test_what_a_device_s_test_proved_and_what_a_shift_took_over_are_words() -> None:
    words = Words.load("en")
    assert value_word(words, "proven", "frame_shown", "device.tested") == "camera shows a picture"
    told = value_word(words, "proven", "frame_empty", "device.tested")
    assert told == "camera shows a picture without a face"
    assert value_word(words, "carried", "2603=494", "shift.opened") == "lot 2603: 494"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_device_is_called_as_where_it_is_chosen(language: str) -> None:
    words = Words.load(language)
    for family in FAMILIES:
        told = value_word(words, "family", family.key, "device.chosen")
        assert told == words(f"device_family.{family.key}")
    for place in PLACES:
        told = value_word(words, "machine", place, "printer.feeder_loaded")
        assert told == words(f"device_name.{place}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_coded_value_of_an_act_is_shown_as_its_code(language: str) -> None:
    words = Words.load(language)
    coded: tuple[tuple[str, str, type[StrEnum]], ...] = (
        ("application.correct_printed", "reason", ReprintReason),
        ("application.confirm_delivery", "relation", ReceiverRelation),
        ("capture.accommodated", "reason", Accommodation),
        ("capture.cannot_sign", "reason", CannotSignReason),
        ("hold.entered", "kind", HoldKind),
        ("notice.received", "kind", HoldKind),
        ("incident.opened", "why", HoldKind),
        ("intake.refused", "fault", LineFault),
    )
    for act, name, kind in coded:
        for member in kind:
            told = value_word(words, name, str(member), act)
            assert told.lower() == words.of(member).lower(), (act, name, member)
    for refused in (CardNotYours, WrongPin, LastPinTry, PinLocked):
        told = value_word(words, "why", refused.__name__, "duty.card_refused")
        assert told == fault_named(words, refused.__name__) != refused.__name__
    for why in ("licence_revoked", "parked_stale"):
        assert "_" not in value_word(words, "why", why, "incident.opened")


def test_the_lines_of_a_file_that_were_refused_say_why() -> None:
    words = Words.load("en")
    content = {"refused": [[3, "picture_missing", "photo"], [7, "too_long", ""]]}
    line = masked(Line(1, 1, NOON, 0, "", "batch.imported", "x", content))
    assert told_facts(words, line, {}) == [
        f"{fact_word(words, 'refused')}: 3 picture missing, 7 too long"
    ]


def test_a_moment_is_told_by_the_office_s_clock() -> None:
    words = Words.load("en")
    told = value_word(words, "until", "2026-11-28T19:00:16.604563Z", "officer.invited")
    assert told == words.moment(datetime(2026, 11, 28, 19, 0, tzinfo=UTC))
    assert "T" not in told


def test_a_digest_that_nobody_reads_isn_t_told() -> None:
    words = Words.load("en")
    facts = (("digest", "1740c042"), ("number", "SKP/0001"))
    at = datetime(2026, 3, 2, tzinfo=UTC)
    line = TrailLine(1, at, "", "paper.made", "x", facts, erased=False)
    [number] = told_facts(words, line, {})
    assert number.endswith("SKP/0001")


def test_times_below_each_other_are_minutes_and_seconds_however_long() -> None:
    assert length(125.0) == "2:05"
    assert length(6787.0) == "113:07"


def test_several_coded_values_are_each_in_words() -> None:
    words = Words.load("id")
    told = value_word(words, "reasons", "record_mismatch, photo_dark")
    assert "record_mismatch" not in told
    assert ", " in told


def test_an_officer_s_duties_are_words() -> None:
    words = Words.load("id")
    assert value_word(words, "roles", "dispatch, stock_keeper") == "Pengiriman, Petugas material"
    assert "fact.active" in words


def test_a_licence_flagged_for_an_incident_says_which() -> None:
    words = Words.load("en")
    told = value_word(words, "reason", "other_card_in_parcel", "licence.flagged")
    assert told == words("incident.other_card_in_parcel")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_paper_has_words(language: str) -> None:
    words = Words.load(language)
    kinds = {
        *PAPER_TYPES, paper_forms.LABEL, paper_forms.RECALL, paper_forms.COLLECT,
        paper_minutes.DISPENSATION,
    }  # fmt: skip
    assert sorted(kind for kind in kinds if f"paper_kind.{kind}" not in words) == []
    assert value_word(words, "kind", "skp", "paper.made") == words("paper_kind.skp")


def test_a_count_by_lot_names_the_lots() -> None:
    words = Words.load("en")
    assert value_word(words, "counted", "2603=469 2605=500") == "lot 2603: 469, lot 2605: 500"
    assert value_word(words, "counted", "469") == "469"


def test_what_a_sitting_brought_is_told_in_words() -> None:
    words = Words.load("en")
    assert value_word(words, "facts", "passed=1 score=87") == "passed, score 87"
    assert value_word(words, "facts", "passed=0 score=40") == "failed, score 40"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_centre_revoked_is_named_in_words(language: str) -> None:
    words = Words.load(language)
    for kind in RevokedKind:
        told = value_word(words, "kind", str(kind), "revocation.received")
        assert told == words(f"enum.RevokedKind.{kind.name}")
    assert value_word(words, "kind", "licence", "incident.opened") != words.of(RevokedKind.CARD)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", ["late", "wrong_reason", "not_received", "other"])
def test_a_complaint_of_the_portal_has_words(language: str, kind: str) -> None:
    words = Words.load(language)
    assert value_word(words, "complaint", kind) == words(f"complaint.{kind}").lower()
    assert all(f"fact.{name}" in words for name in ("complaint", "words"))
    details = {"external_id": "DGK-0007-0001", "complaint": kind}
    incident = Incident("i", "complaint", "0190aaaa-aaaa-7aaa-8aaa-aaaaaaaaaaaa", "", NOON, details)
    assert incident_subject(incident) == "DGK-0007-0001"
