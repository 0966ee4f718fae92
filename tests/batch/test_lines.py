"""A batch's lines: each is judged by itself, and told by name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from jsonschema import Draft202012Validator

from desktop.batch.lines import SCHEMA, GoodLine
from desktop.domain.online import LineFault, RefusedLine
from tests.batch.batch_files import (
    DIGESTS,
    PICTURES,
    application,
    one_line,
    read,
    with_applicant,
    write,
)


@pytest.mark.parametrize(
    ("line", "where"),
    [
        (with_applicant(name="A" * 10_000), "applicant.name"),
        (with_applicant(name=""), "applicant.name"),
        (with_applicant(name="ROBERT\u202eTREBOR"), "applicant.name"),
        (with_applicant(name="BARIS\nDUA"), "applicant.name"),
        (with_applicant(nik="3273014101909001\n"), "applicant.nik"),
        (with_applicant(nik="327301410190900"), "applicant.nik"),
        (with_applicant(birth_date="1990-02-30"), "applicant.birth_date"),
        (with_applicant(religion="-"), "applicant"),
        (application(licence_class="E"), "licence_class"),
        (application(delivery="courier"), "address"),
        (application(delivery="proxy"), "proxy"),
        (application(revision=0), "revision"),
        (application(revision=True), "revision"),
        (application(external_id="../x"), "external_id"),
        (application(payment={"ntpn": "X"}), "payment.amount"),
        (application(pictures={}), "pictures.photo"),
        ({}, "external_id"),
    ],
)
def test_a_line_against_the_schema_names_the_field(
    tmp_path: Path, line: dict[str, Any], where: str
) -> None:
    found = one_line(tmp_path, line)
    assert isinstance(found, RefusedLine)
    assert found.fault is LineFault.AGAINST_SCHEMA
    assert found.where == where


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (b"\xff\xfe", LineFault.NOT_TEXT),
        (b"{", LineFault.NOT_JSON),
        (b"", LineFault.NOT_JSON),
        (b"[" * 50_000, LineFault.NOT_JSON),
        (b'{"b":1,"a":1}', LineFault.NOT_CANONICAL),
        (b'{"a":1e999}', LineFault.NOT_CANONICAL),
        (b'{"a":"\\ud800"}', LineFault.NOT_CANONICAL),
        (b'{"a":1,"a":2}', LineFault.NOT_CANONICAL),
        (b"[]", LineFault.AGAINST_SCHEMA),
        (b'"x"', LineFault.AGAINST_SCHEMA),
        (b" " * 70_000, LineFault.TOO_LONG),
    ],
)
def test_what_is_no_line_is_named(tmp_path: Path, row: bytes, fault: LineFault) -> None:
    good = rfc8785.dumps(application())
    found = read(write(tmp_path / "b.zip", [row, good]))
    assert isinstance(found[0], RefusedLine)
    assert found[0].fault is fault
    assert isinstance(found[1], GoodLine)  # a bad line stops nobody but itself


@pytest.mark.parametrize("name", ["محمد بن علي", "BUDI 😀", "Ο'ΜΑΛΛΕΥ", "D'ARC-ÉLISE"])
def test_any_writing_comes_in_as_it_was_sent(tmp_path: Path, name: str) -> None:
    found = one_line(tmp_path, with_applicant(name=name))
    assert isinstance(found, GoodLine)
    assert found.filing.applicant.name == name


def test_pictures_that_are_missing_or_none_are_named(tmp_path: Path) -> None:
    text = b"not a picture at all"
    sha = hashlib.sha256(text).hexdigest()
    pictures = {DIGESTS[name]: PICTURES[name] for name in ("blue", "white", "green")}
    lines = [
        rfc8785.dumps(application()),
        rfc8785.dumps(
            application(
                external_id="SNR-2", pictures={**application()["pictures"], "old_licence": sha}
            )
        ),
    ]
    found = read(write(tmp_path / "b.zip", lines, pictures={**pictures, sha: text}))
    assert found == [
        RefusedLine(1, LineFault.PICTURE_MISSING, "SNR-1", "old_licence"),
        RefusedLine(2, LineFault.NOT_A_PICTURE, "SNR-2", "old_licence"),
    ]


def test_a_number_twice_in_one_file_is_refused_the_second_time(tmp_path: Path) -> None:
    line = rfc8785.dumps(application())
    found = read(write(tmp_path / "b.zip", [line, line]))
    assert isinstance(found[0], GoodLine)
    assert found[1] == RefusedLine(2, LineFault.TWICE_IN_FILE, "SNR-1")


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json.loads(SCHEMA.read_bytes()))
