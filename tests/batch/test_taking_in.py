"""A batch is taken in: nothing comes twice, nothing of another office comes at all."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import rfc8785

from desktop.batch import envelope as env
from desktop.batch.errors import BatchForAnotherOffice
from desktop.domain.realm import Realm
from desktop.keys.certificates import KeyRole
from tests.batch.batch_files import application
from tests.walks.online_day import OnlineDay, batch
from tests.walks.world import World, open_world


@pytest.fixture
def day(tmp_path: Path) -> Iterator[OnlineDay]:
    made: World = open_world(tmp_path / "profile")
    yield OnlineDay(made)
    made.desk.close()


def test_the_same_file_twice_changes_nothing(day: OnlineDay) -> None:
    first = day.take_in(3)
    with day.world.desk.ledger.reading() as r:
        head = r.head()
    second = day.world.desk.online.import_batch(day.world.by, batch(day.world, 3))
    assert second.known
    assert second.batch_id == first.batch_id
    assert second.taken == ()
    with day.world.desk.ledger.reading() as r:
        assert r.head() == head
    assert len(day.world.desk.online.waiting()) == 3


def test_an_application_in_another_file_is_skipped(day: OnlineDay, tmp_path: Path) -> None:
    desk = day.world.desk
    first = day.take_in(2)
    source = batch(day.world, 2)
    copy = tmp_path / "copy.zip"
    with zipfile.ZipFile(source) as archive:
        lines = archive.read("applications.jsonl").splitlines()
        pictures = {
            Path(name).stem: archive.read(name)
            for name in archive.namelist()
            if name.startswith("pictures/")
        }
    portal = desk.profile.certificate(KeyRole.PORTAL)
    assert portal is not None
    env.write_envelope(
        copy, env.APPLICATIONS, realm=Realm.TRAINING, office="1374", batch="again",
        made_at=desk.clock.now(), lines=lines, pictures=pictures,
        signer=desk.profile.signer(KeyRole.PORTAL), certificates=[portal],
    )  # fmt: skip
    report = desk.online.import_batch(day.world.by, copy)
    assert not report.known
    assert report.taken == ()
    assert [s.number for s in report.skipped] == [t.number for t in first.taken]


def test_a_batch_for_another_office_takes_nothing(day: OnlineDay, tmp_path: Path) -> None:
    desk = day.world.desk
    day.world.sign_in("andi")
    portal = desk.profile.certificate(KeyRole.PORTAL)
    assert portal is not None
    path = tmp_path / "b.zip"
    env.write_envelope(
        path, env.APPLICATIONS, realm=Realm.TRAINING, office="1211", batch="far",
        made_at=desk.clock.now(), lines=[rfc8785.dumps(application())], pictures={},
        signer=desk.profile.signer(KeyRole.PORTAL), certificates=[portal],
    )  # fmt: skip
    with pytest.raises(BatchForAnotherOffice):
        desk.online.import_batch(day.world.by, path)
    assert desk.online.waiting() == []


def test_writing_that_no_card_can_carry_is_found_before_printing(
    day: OnlineDay, tmp_path: Path
) -> None:
    desk = day.world.desk
    report = day.take_in(1)
    app = day.app(report.taken[0].application_id)
    filing = desk.online.filing(app.id)
    for name in ("محمد بن علي", "BUDI 😀"):
        wrong = replace(filing, applicant=replace(filing.applicant, name=name))
        found = desk.online._checks.texts(wrong.applicant)
        assert [type(one).__name__ for one in found] == ["CannotPrintOnCard"]
