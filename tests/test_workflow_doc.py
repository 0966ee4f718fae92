"""docs/workflow.md says what the tables say, and the same each time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.commands.workflow_doc import PAGE, main, page
from desktop.domain.workflow import APPLICATION, TABLES, Gate

HERE = Path(__file__).resolve().parent.parent


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run python -m desktop.commands.workflow_doc and look at what changed"
    )


def test_the_page_is_the_same_whatever_the_order_of_sets() -> None:
    drawn = [
        subprocess.run(
            [sys.executable, "-m", "desktop.commands.workflow_doc", "--check"],
            cwd=HERE,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=False,
        ).returncode
        for seed in ("1", "2")
    ]
    assert drawn == [0, 0]


def test_every_row_state_and_gate_stands_on_the_page() -> None:
    drawn = page()
    for table in TABLES:
        for step in table.steps:
            rows = [line for line in drawn.splitlines() if f"| `{step.action}` |" in line]
            assert any(f"`{step.state}`" in row.split(" | ")[0] for row in rows), step
    for gate in Gate:
        assert f"| `{gate}` |" in drawn


def diagrams() -> list[str]:
    return re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", page(), re.DOTALL)


def test_the_diagrams_hold_every_arrow_of_the_tables() -> None:
    drawn = {
        (before, after, act.strip())
        for diagram in diagrams()
        for before, after, acts in re.findall(r"^    (\w+) --> (\w+): (.+)$", diagram, re.MULTILINE)
        for act in acts.split(",")
    }
    for table in TABLES:
        for step in table.steps:
            to = "held_from" if step.next is None else str(step.next)
            assert (str(step.state), to, str(step.action)) in drawn
    assert len(diagrams()) == len(TABLES) + 4


@pytest.mark.parametrize("number", range(len(TABLES) + 4))
def test_a_diagram_declares_each_state_that_it_joins(number: int) -> None:
    diagram = diagrams()[number]
    declared = set(re.findall(r'^    state "[^"]+" as (\w+)$', diagram, re.MULTILINE))
    joined = set(re.findall(r"^    (\w+) -->", diagram, re.MULTILINE))
    joined |= set(re.findall(r"--> (\w+)", diagram))
    assert joined <= declared
    for line in diagram.splitlines():
        assert re.fullmatch(
            r'    (state "[^":;]+" as \w+|(\[\*\]|\w+) --> (\[\*\]|\w+)(: [\w, ]+)?)', line
        ), line


def test_a_stale_page_is_told_apart_and_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "docs" / "workflow.md"
    assert main(["--check", "--out", str(out)]) == 1
    assert main(["--out", str(out)]) == 0
    assert main(["--check", "--out", str(out)]) == 0
    out.write_text(page().replace("`reject`", "`regret`"), encoding="utf-8")
    assert main(["--check", "--out", str(out)]) == 1
    assert "not current" in capsys.readouterr().out


def test_the_page_ends_in_one_newline_and_no_line_in_a_space() -> None:
    drawn = page()
    assert drawn.endswith("|\n")
    assert not drawn.endswith("\n\n")
    assert [line for line in drawn.splitlines() if line != line.rstrip()] == []
    assert f"## {APPLICATION.name.title()}" in drawn
