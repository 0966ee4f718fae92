"""The portal played on the command line: make, answer, mend."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.batch.errors import BatchOfOtherProfile, TrainingOnly
from desktop.commands import portal
from desktop.desk import open_desk
from desktop.domain.realm import Realm
from desktop.training.batch_maker import Flaw, make_batch
from desktop.training.officers import SAMPLE_OFFICERS
from desktop.words import Words
from tests.walks.world import new_world

ANDI = next(one for one in SAMPLE_OFFICERS if one.nrp == "79010001")


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    portal.add_parser(parser.add_subparsers(dest="command", required=True))
    args = parser.parse_args(["portal", *words])
    return args.run(args)


def test_a_batch_is_made_answered_and_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile, out = str(tmp_path / "profile"), tmp_path / "batch.zip"
    again = tmp_path / "again.zip"
    make = ("make", "--count", "2", "--seed", "7", "--faulty", "1", "--profile", profile)
    assert run(*make, "--out", str(out), "--lang", "en") == 0
    assert "2 applications" in capsys.readouterr().out
    desk = open_desk(Path(profile), pace=0.0)
    try:
        by = desk.duty.sign_in(ANDI.nrp, ANDI.password).actor
        report = desk.online.import_batch(by, out)
        checks = [desk.online.pre_check(line.application_id) for line in report.taken]
        [bad] = [check for check in checks if not check.clean]
        desk.online.claim(by, bad.application_id)
        desk.online.send_back(by, bad.application_id, bad.suggested)
        results = tmp_path / "results.zip"
        desk.online.export_results(by, results)
    finally:
        desk.close()
    assert run("results", str(results), "--profile", profile, "--lang", "en") == 0
    said = capsys.readouterr().out
    assert "Sent back to applicant" in said
    assert Words.load("en").of(bad.suggested[0].reason) in said
    assert run("mend", "--out", str(again), "--profile", profile, "--lang", "en") == 0
    assert "1 application" in capsys.readouterr().out
    desk = open_desk(Path(profile), pace=0.0)
    try:
        by = desk.duty.sign_in(ANDI.nrp, ANDI.password).actor
        assert desk.online.import_batch(by, again).resubmitted == 1
        assert desk.online.pre_check(bad.application_id).clean
    finally:
        desk.close()


def test_the_same_seed_makes_the_same_batch_with_some_that_are_bad(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[bytes] = []
    for name in ("one", "two"):
        world = new_world(tmp_path / name)
        out = tmp_path / f"{name}.zip"
        told = make_batch(world.desk, out, count=2, seed=7)
        world.desk.close()
        assert [one.flaw is not None for one in told].count(True) == 1
        made.append(out.read_bytes())
    assert made[0] == made[1]
    make = ("make", "--count", "2", "--seed", "7", "--out", str(out), "--lang", "en")
    assert run(*make, "--profile", str(tmp_path / "one")) == 0
    assert "2 applications" in (said := capsys.readouterr().out)
    assert "1 of them faulty" in said


def test_a_batch_of_another_profile_says_how_to_make_one_for_this(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, other, out = tmp_path / "mine", tmp_path / "other", tmp_path / "batch.zip"
    make = ("make", "--count", "1", "--seed", "7", "--out", str(out), "--lang", "en")
    assert run(*make, "--profile", str(other)) == 0
    assert f"--profile {other}" in capsys.readouterr().out, "for which profile it was made"
    desk = open_desk(mine, pace=0.0)
    try:
        by = desk.duty.sign_in(ANDI.nrp, ANDI.password).actor
        with pytest.raises(BatchOfOtherProfile) as refused:
            desk.online.import_batch(by, out)
    finally:
        desk.close()
    assert f"--profile {mine}" in Words.load("en").problem(refused.value).remedy


def test_nobody_plays_the_portal_on_a_live_profile(tmp_path: Path) -> None:
    world = new_world(tmp_path / "profile")
    desk = world.desk
    live = replace(desk, profile=replace(desk.profile, realm=Realm.LIVE))
    with pytest.raises(TrainingOnly):
        make_batch(live, tmp_path / "batch.zip", count=1, seed=1)
    assert not (tmp_path / "batch.zip").exists()
    desk.close()


def test_a_file_that_is_none_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = str(tmp_path / "profile")
    open_desk(Path(profile), pace=0.0).close()
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"nothing")
    assert run("results", str(wrong), "--profile", profile, "--lang", "en") == 2
    assert "can't be read as a batch" in capsys.readouterr().out


def test_every_flaw_has_its_words() -> None:
    for language in ("id", "en"):
        words = Words.load(language)
        assert all(words.of(flaw) for flaw in Flaw)
