"""`main.py journal` as an inspector uses it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.engine import connect
from db.journal import Journal, put_certificate
from db.store import Store
from desktop.commands.journal import add_parser, export_journal, run
from desktop.domain.realm import Realm
from desktop.keys.certificates import KeyRole, issue
from desktop.keys.signer import SoftSigner
from desktop.profile import Profile
from desktop.sources import SeededIds, SeededKeys, VirtualClock

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def call(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(dest="command"))
    return run(parser.parse_args(["journal", *map(str, arguments)]))


def make_profile(path: Path, seed: int = 1, told: str = "") -> Profile:
    keys = SeededKeys(seed)
    clock = VirtualClock(NOW)
    profile = Profile.create(path, Realm.TRAINING, keys, now=NOW)
    store = Store.create(profile.store_path, profile.store_key())
    journal = Journal("1374-L3", "training", profile.signer(), clock, SeededIds(seed, clock), keys)
    chief = SoftSigner(keys.take(32))
    with store.write() as conn:
        officer = profile.vouch_for_officer("74050005", chief.public, NOW)
        for certificate in (*profile.public_certificates(), officer):
            put_certificate(conn, **certificate.row())
        for number in range(5):
            journal.append(
                conn, act="a", subject=f"application:{number}", payload={"n": number, "told": told}
            )
        journal.anchor(conn, chief, officer="74050005")
        journal.append(conn, act="a", subject="application:9")
        store.put_blob(conn, b"\x89PNG", "image/png")
    export_journal(profile, store, path / "logs.jsonl", at=NOW)
    store.close()
    return profile


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return make_profile(tmp_path / "p")


def test_store_of_a_profile(profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("verify", "--profile", profile.path, "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "keys not vouched for" in said
    assert "up to seq 5; 1 entries" in said
    trust = ["--trust", profile.trust_path]
    assert call("verify", "--profile", profile.path, "--lang", "en", *trust) == 0
    assert "Journal sound" in capsys.readouterr().out


@pytest.mark.parametrize("zipped", [False, True])
def test_exported_file_is_verified_without_the_profile(
    profile: Profile, tmp_path: Path, zipped: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.file"
    more = ["--zip"] if zipped else []
    assert call("export", "--profile", profile.path, "--out", out, *more) == 0
    witness = capsys.readouterr().out.rsplit(" ", 1)[1].strip(".\n")
    assert call("verify", out, "--trust", profile.trust_path, "--anchor", witness) == 0
    assert "0 catatan sesudahnya" in capsys.readouterr().out
    wrong = "6:" + "0" * 32
    assert call("verify", out, "--anchor", wrong, "--lang", "en") == 1
    assert "seq 6: doesn't fit an anchor" in capsys.readouterr().out
    assert [f.name for f in tmp_path.iterdir() if f.name.endswith(".part")] == []


def test_roots_of_another_office_do_not_vouch(
    profile: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_profile(tmp_path / "q", 2)
    out = profile.path / "logs.jsonl"
    assert call("verify", out, "--lang", "en") == 0
    assert call("verify", out, "--trust", other.trust_path, "--lang", "en") == 1
    assert "seq 1: key unknown" in capsys.readouterr().out


def test_tampered_store_and_zip_are_broken(
    profile: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "j.zip"
    assert call("export", "--profile", profile.path, "--out", archive, "--zip") == 0
    archive.write_bytes(archive.read_bytes().replace(b"\x89PNG", b"\x89PNX"))
    assert call("verify", archive, "--lang", "en") == 1
    assert "zip archive changed" in capsys.readouterr().out
    raw = connect(profile.store_path, profile.store_key())
    raw.execute("DROP TRIGGER journal_no_update")
    raw.execute("UPDATE journal SET act = 'b' WHERE seq = 2")
    raw.close()
    assert call("verify", "--profile", profile.path, "--lang", "en") == 1
    assert "seq 2: entry edited" in capsys.readouterr().out


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Writing more fails as on a full disk."""
    import resource  # not on Windows

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
@pytest.mark.parametrize("zipped", [False, True])
def test_a_full_disk_leaves_the_old_file_and_nothing_half_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], zipped: bool
) -> None:
    profile = make_profile(tmp_path / "p", told="a" * 50_000)
    out = tmp_path / "out" / "journal"
    out.parent.mkdir()
    out.write_bytes(b"of yesterday")
    options = ["--zip"] if zipped else []
    with no_file_larger_than(100_000):
        code = call("export", "--profile", profile.path, "--out", out, "--lang", "en", *options)
    assert code == 2
    said = capsys.readouterr().out
    assert "can't be written" in said
    assert "Make room" in said
    assert out.read_bytes() == b"of yesterday"
    assert list(out.parent.iterdir()) == [out]


def test_a_journal_of_the_other_realm_is_refused(
    profile: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Training's journal against a live root, and one that calls itself live against training's."""
    key = SoftSigner(SeededKeys(5).take(32))
    root = issue(
        key, realm=Realm.LIVE, role=KeyRole.ROOT, subject="root", public=key.public,
        not_before=NOW, not_after=NOW + timedelta(days=3650),
    )  # fmt: skip
    trust = tmp_path / "live-trust.jsonl"
    trust.write_text(root.text() + "\n", encoding="utf-8")
    good = profile.path / "logs.jsonl"
    renamed = tmp_path / "renamed.jsonl"
    renamed.write_bytes(good.read_bytes().replace(b'"realm":"training"', b'"realm":"live"'))
    assert call("verify", good, "--trust", profile.trust_path) == 0
    for file, roots in ((good, trust), (renamed, profile.trust_path)):
        capsys.readouterr()
        assert call("verify", file, "--trust", roots, "--lang", "en") == 2
        said = capsys.readouterr().out
        assert "training" in said
        assert "live" in said
    assert call("verify", renamed, "--trust", trust) == 1


def test_what_cannot_be_read_ends_with_two(
    profile: Profile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    junk = tmp_path / "junk"
    junk.write_bytes(b"\x00\x01")
    pretend = tmp_path / "junk.zip"
    pretend.write_bytes(b"PK\x03\x04 nothing")
    good = profile.path / "logs.jsonl"
    live = tmp_path / "live.jsonl"
    live.write_bytes(good.read_bytes().replace(b'"realm":"training"', b'"realm":"play"'))
    for arguments in (
        ["verify", junk],
        ["verify", pretend],
        ["verify", live],
        ["verify", tmp_path / "none"],
        ["verify", tmp_path],
        ["verify", "--profile", tmp_path / "none"],
        ["verify", good, "--trust", junk],
        ["verify", good, "--anchor", "7:zz"],
        ["export", "--profile", tmp_path / "none", "--out", tmp_path / "x"],
        ["export", "--profile", profile.path, "--out", tmp_path / "no" / "x"],
    ):
        assert call(*arguments) == 2, arguments
        assert capsys.readouterr().out
