"""The answers to the portal: every line has the form that is published for it."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator, ValidationError

from desktop.batch.results import Delivered, NotTaken, Outcome, Reason, read_results, write_results
from desktop.domain.online import LineFault
from desktop.domain.realm import Realm
from desktop.domain.reasons import SendBackReason
from desktop.keys.certificates import KeyRole, Trust, issue
from desktop.keys.signer import SoftSigner
from desktop.sources import SeededKeys
from tests.walks.world import MORNING

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCHEMA = json.loads((DOCS / "results.schema.json").read_text("utf-8"))
PAGE = (DOCS / "batch.md").read_text("utf-8").partition("## results.jsonl")[2]

CODE = SendBackReason.PHOTO_DARK
SENT_BACK = Outcome(
    "P-1", "1374-26-L3-000001", 2, "sent_back", 40, "2026-03-02T00:30:00Z",
    (Reason(CODE, CODE.document, "Foto gelap", "Photo dark", "", (0.1, 0.0, 0.8, 0.3)),),
)  # fmt: skip
BROUGHT = replace(
    SENT_BACK, state="closed", percent=100, reasons=(), courier="pos", waybill="P1",
    parcel="delivered", delivered=Delivered("2026-03-05T00:30:00Z", "self", "R1"),
)  # fmt: skip
ENDED = replace(
    SENT_BACK, state="cancelled", percent=None, reasons=(), reject_reason="by_applicant"
)
NOT = NotTaken("", "b-1", 3, LineFault.NOT_JSON, "", "bukan JSON", "not JSON")


def names_of(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def test_the_fields_of_an_answer_are_those_of_the_schema_and_of_the_page() -> None:
    for name, kind in (
        ("outcome", Outcome), ("not_taken", NotTaken), ("reason", Reason), ("delivered", Delivered),
    ):  # fmt: skip
        form = SCHEMA["$defs"][name]
        assert form["properties"].keys() - {"kind"} == names_of(kind), name
        assert set(form["required"]) == form["properties"].keys(), name
        assert names_of(kind) <= set(re.findall(r"`([a-z_]+)`", PAGE)), name


def test_answers_that_were_written_are_of_their_form(tmp_path: Path) -> None:
    key = SoftSigner(SeededKeys(1).take(32))
    root = issue(
        key, realm=Realm.TRAINING, role=KeyRole.ROOT, subject="root", public=key.public,
        not_before=MORNING, not_after=MORNING.replace(year=2030),
    )  # fmt: skip
    office = SoftSigner(SeededKeys(2).take(32))
    certificate = issue(
        key, realm=Realm.TRAINING, role=KeyRole.OFFICE, subject="1374", public=office.public,
        not_before=MORNING, not_after=MORNING.replace(year=2030),
    )  # fmt: skip
    path = tmp_path / "results.zip"
    write_results(
        path, [SENT_BACK, BROUGHT, ENDED, NOT], realm=Realm.TRAINING, office="1374", batch="r-1",
        made_at=MORNING, signer=office, certificates=[certificate],
    )  # fmt: skip
    trust = Trust(Realm.TRAINING, [root])
    lines = read_results(path, trust=trust, role=KeyRole.OFFICE, at=MORNING)
    form = Draft202012Validator(SCHEMA)
    for line in lines:
        form.validate(line)
    assert [line["kind"] for line in lines] == ["outcome"] * 3 + ["not_taken"]
    for spoilt in (
        lines[0] | {"percent": 41}, lines[1] | {"note": ""}, lines[2] | {"state": ""},
        {k: v for k, v in lines[3].items() if k != "fault"},
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            form.validate(msgspec.to_builtins(spoilt))
