"""`main.py run` on a profile that can't be opened: it says why and what to do, and changes nothing.

Each start is a process of its own, as an officer's is.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from db.store import Store
from desktop.profile import Profile
from tests.walks.world import new_world

ROOT = Path(__file__).resolve().parents[1]


def newer(folder: Path) -> None:
    profile = Profile.open(folder)
    store = Store.open(profile.store_path, profile.store_key())
    with store.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()


def cut(folder: Path) -> None:
    with (folder / "store.db").open("r+b") as file:
        file.truncate(5000)


def no_json(folder: Path) -> None:
    (folder / "profile.json").write_text("{", encoding="utf-8")


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("spoil", "named"), [(newer, "lebih baru"), (cut, "rusak"), (no_json, "profile.json")]
)
def test_the_start_says_why_not_and_changes_nothing(
    tmp_path: Path, spoil: Callable[[Path], None], named: str
) -> None:
    folder = tmp_path / "profile"
    new_world(folder).desk.close()
    spoil(folder)
    before = digests(folder)
    done = subprocess.run(
        [sys.executable, "main.py", "--profile", folder, "run", "--training", "--no-centre"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    said = done.stderr.strip().splitlines()
    assert named in said[0]
    assert len(said) == 2  # what is wrong, and what to do
    assert "crash" not in done.stderr
    assert digests(folder) == before
