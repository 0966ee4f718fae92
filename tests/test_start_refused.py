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
from desktop.domain.realm import Realm
from desktop.keys.keyring_advice import advice
from desktop.keys.providers import FileProvider
from desktop.profile import Profile
from desktop.sources import SystemKeys
from tests.walks.world import MORNING, new_world

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


class AnotherPcs(FileProvider):
    """A key that was kept in the keyring of a PC that is no more."""

    name = "keyring"


def run(folder: Path, keyring: str = "") -> subprocess.CompletedProcess[str]:
    """`main.py run`, on a PC with this keyring."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if keyring:
        env["PYTHON_KEYRING_BACKEND"] = f"keyring.backends.{keyring}.Keyring"
    return subprocess.run(
        [sys.executable, "main.py", "--profile", folder, "run", "--training", "--no-centre"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=env,
    )  # fmt: skip


@pytest.mark.parametrize("keyring", ["fail", "null"])
def test_a_live_counter_without_a_keyring_says_what_to_install(
    tmp_path: Path, keyring: str
) -> None:
    folder = tmp_path / "profile"
    kept = AnotherPcs(tmp_path, Realm.TRAINING)
    Profile.create(
        folder, Realm.LIVE, SystemKeys(), now=MORNING, counter="1374-L4", office="1374",
        provider=kept,
    )  # fmt: skip
    before = digests(folder)
    done = run(folder, keyring)
    assert done.returncode == 2, done.stderr
    said = done.stderr.strip().splitlines()
    assert len(said) == 2
    assert advice() in said[1]
    assert digests(folder) == before


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
    done = run(folder)
    assert done.returncode == 2, done.stderr
    said = done.stderr.strip().splitlines()
    assert named in said[0]
    assert len(said) == 2  # what is wrong, and what to do
    assert "crash" not in done.stderr
    assert digests(folder) == before
