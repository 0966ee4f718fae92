"""The designer's commands: what is written, and how a record or layout is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from desktop.cards.layout import RESOURCES
from desktop.commands.card import EXAMPLES, RecordFile
from main import main

EXAMPLE = RESOURCES.parent / "docs" / "card-record.json"


def run(*arguments: object) -> int:
    return main(["card", *map(str, arguments)])


def test_both_faces_and_their_panels_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "folder"
    assert run("preview", EXAMPLE, "--out", out) == 0
    names = {f"{side}{of}.png" for side in ("front", "back") for of in
             ("", "-colour", "-black", "-overlay")}  # fmt: skip
    assert {path.name for path in out.iterdir()} == names
    assert "sim-v1 3" in capsys.readouterr().out
    for side in ("front", "back"):
        face = Image.open(out / f"{side}.png").convert("RGB")
        colour = Image.open(out / f"{side}-colour.png").convert("RGB")
        black = Image.open(out / f"{side}-black.png")
        assert black.mode == "1"
        colour.paste((0, 0, 0), (0, 0), ImageChops.invert(black.convert("L")))
        assert ImageChops.difference(colour, face).getbbox() is None


def test_another_layout_may_be_looked_at(tmp_path: Path) -> None:
    layout = RESOURCES / "layouts" / "sim-v1-face.toml"
    assert run("preview", EXAMPLE, "--layout", layout, "--out", tmp_path / "c") == 0
    assert run("preview", EXAMPLE, "--out", tmp_path / "a") == 0
    front, back = (tmp_path / "a" / "front.png"), (tmp_path / "a" / "back.png")
    assert front.read_bytes() == (tmp_path / "c" / "front.png").read_bytes()
    assert back.read_bytes() != (tmp_path / "c" / "back.png").read_bytes()


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_bad_field_is_named_at_once_and_no_value_is_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    record = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    del record["name"]
    record |= {"birth_date": "kemarin-sekali", "licence_class": "Z9", "nickname": "Sitirahasia"}
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert run("preview", path, "--out", tmp_path / "out", "--lang", language) == 1
    said = capsys.readouterr().out
    for field in ("name", "birth_date", "licence_class", "nickname"):
        assert f"  {field}: " in said
    assert "1990-01-31" in said
    assert not any(value in said for value in ("kemarin-sekali", "Z9", "Sitirahasia"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "Panjang " * 40}, 1),
        ({"name": "\u0645"}, 1),
        ({"seal": "A" * 3000}, 1),
        ({"photo": "nothing.png"}, 2),
        ({"photo": "a\0b"}, 1),
        ({"photo": "record.json"}, 1),
        ({"birth_date": "0001-01-01"}, 0),
    ],
    ids=["long", "writing", "seal", "no photo", "bad name", "no picture", "old"],
)
def test_what_cannot_be_drawn_is_said(
    tmp_path: Path, change: dict[str, Any], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "record.json"
    path.write_text(json.dumps(json.loads(EXAMPLE.read_text(encoding="utf-8")) | change))
    assert run("preview", path, "--out", tmp_path / "out") == code
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "null", "x" * 1_000_001])
def test_a_file_that_is_no_record(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "record.json"
    path.write_text(text, encoding="utf-8")
    assert run("preview", path, "--out", tmp_path / "out") == 1
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_broken_layout_and_a_missing_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = tmp_path / "mine.toml"
    layout.write_text("name = 3", encoding="utf-8")
    assert run("preview", EXAMPLE, "--layout", layout, "--out", tmp_path / "out") == 1
    assert "mine.toml" in capsys.readouterr().out
    assert run("preview", tmp_path / "none.json", "--out", tmp_path / "out") == 2
    assert "none.json" in capsys.readouterr().out


def test_the_alignment_card_has_both_panels(tmp_path: Path) -> None:
    assert run("alignment", "--out", tmp_path) == 0
    for side in ("front", "back"):
        face = Image.open(tmp_path / f"alignment-{side}.png")
        black = Image.open(tmp_path / f"alignment-{side}-black.png")
        assert face.size == black.size == (1011, 638)
        assert ImageChops.invert(black.convert("L")).getbbox() == (0, 0, 1011, 638)
        assert len(face.getcolors(1_000_000) or []) > 10


def test_the_schema_is_written(tmp_path: Path) -> None:
    assert run("schema", "--out", tmp_path / "schema.json") == 0
    kept = RESOURCES / "layouts" / "layout.schema.json"
    assert (tmp_path / "schema.json").read_bytes() == kept.read_bytes()
    assert run("schema", "--out", tmp_path) == 2


def test_every_field_has_its_example() -> None:
    assert set(EXAMPLES) == set(RecordFile.__struct_fields__)
