"""Papers cost nothing until one is printed, and print the same in every process."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from desktop import papers
from desktop.words import Words
from tests.papers import paper_samples as samples

ROOT = Path(__file__).resolve().parents[2]


def run(code: str) -> str:
    """The output of a new interpreter that knows the project and the samples."""
    start = f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
    done = subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_importing_papers_does_not_load_reportlab() -> None:
    code = "import desktop.papers; print('reportlab' in sys.modules, 'PIL' in sys.modules)"
    assert run(code) == "False False"


def test_another_process_prints_the_same_bytes() -> None:
    code = (
        "import hashlib; from tests.papers import paper_samples as s; "
        "from desktop.words import Words; from desktop import papers as p; w = Words.load('id'); "
        "p.courier_label(s.LABEL, w); "
        "print(hashlib.sha256(p.day_report(s.DAY, w)).hexdigest())"
    )
    here = papers.day_report(samples.DAY, Words.load("id"))
    assert run(code) == hashlib.sha256(here).hexdigest()
