"""Coded reasons are numbered, translated and complete."""

from __future__ import annotations

import dataclasses
import inspect
import re
from enum import Enum
from pathlib import Path

import pytest

from desktop.domain import (
    calendar,
    classes,
    codes,
    fees,
    licence_class,
    nik,
    periods,
    reasons,
    requirements,
    retakes,
    rules,
    service,
    sim_number,
    validity,
    waiver,
)
from desktop.domain.errors import Problem
from desktop.domain.reasons import (
    RejectReason,
    ReturnReason,
    SendBackReason,
    SpoilReason,
    UploadedDocument,
    needs_note,
    send_back_reasons,
)
from desktop.words import Words, placeholders

HERE = Path(__file__).parents[2]
MODULES = (
    *(calendar, classes, codes, fees, licence_class, nik, periods, reasons, requirements),
    *(retakes, rules, service, sim_number, validity, waiver),
)


def own(base: type) -> list[type]:
    return [
        found
        for module in MODULES
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, base) and found.__module__ == module.__name__ and found is not base
    ]


def test_return_reasons_are_keys_one_to_six() -> None:
    assert [reason.number for reason in ReturnReason] == [1, 2, 3, 4, 5, 6]


def test_every_send_back_reason_points_at_a_document() -> None:
    assert {reason.document for reason in SendBackReason} == set(UploadedDocument)
    everything = [one for document in UploadedDocument for one in send_back_reasons(document)]
    assert sorted(everything) == sorted(SendBackReason)
    for document in UploadedDocument:
        # a screen numbers them; the photo has the most
        assert len(send_back_reasons(document)) <= 13


def test_what_reasons_bring_with_them() -> None:
    assert needs_note(SpoilReason.OTHER)
    assert not needs_note(SpoilReason.CHIP)
    assert SpoilReason.CHIP.maker_fault
    assert not SpoilReason.JAM.maker_fault
    assert RejectReason.TESTS_FAILED.refund
    assert not RejectReason.DOCUMENT_FALSE.refund


def source(part: str) -> str:
    paths = (HERE / part).rglob("*.py")
    return "\n".join(p.read_text("utf-8") for p in paths if p != Path(reasons.__file__))


def test_every_reason_can_be_given() -> None:
    """Some screen or service names it, or a screen offers all of its kind."""
    screens = source("ui")
    named = set(re.findall(r"\b([A-Z]\w+)\.([A-Z_]+)\b", source("desktop") + screens))
    whole = set(re.findall(r"(?:tuple\(|\bfor \w+ in )([A-Z]\w+)\b", screens))
    whole |= {"UploadedDocument", "SendBackReason"}  # one by one, of the document on show
    assert [
        f"{kind.__name__}.{one.name}"
        for kind in own(Enum)
        if kind.__module__ == reasons.__name__ and kind.__name__ not in whole
        for one in kind
        if (kind.__name__, one.name) not in named
    ] == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_reason_and_rule_has_words(language: str) -> None:
    words = Words.load(language)
    missing = [
        f"enum.{kind.__name__}.{member.name}"
        for kind in own(Enum)
        for member in kind
        if f"enum.{kind.__name__}.{member.name}" not in words
    ]
    missing += [
        f"send_back.{one.name}" for one in SendBackReason if f"send_back.{one.name}" not in words
    ]
    missing += [
        f"licence_class.{one.name}"
        for one in licence_class.LicenceClass
        if f"licence_class.{one.name}" not in words
    ]
    assert missing == []


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", own(Problem), ids=lambda kind: kind.__name__)
def test_every_problem_has_words_that_use_only_its_facts(
    language: str, kind: type[Problem]
) -> None:
    words = Words.load(language)
    facts = {fact.name for fact in dataclasses.fields(kind.made())}
    for message_id in (f"problem.{kind.__name__}", f"problem.{kind.__name__}.remedy"):
        assert message_id in words
        assert placeholders(words.template(message_id)) <= facts
