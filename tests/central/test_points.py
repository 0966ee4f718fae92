"""What the centre orders for a card's chip: numbered by card, signed, refused by name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from db import central_admin
from db.central import Centre
from db.central_cards import next_order
from desktop.cards.chip.orders import MOST, read_order
from desktop.domain.realm import Realm
from desktop.domain.violations import PointsVerdict, ViolationLevel
from desktop.keys.authority import TRUST, CentreAuthority, certificates_in
from desktop.keys.officers import Cost
from desktop.profile import Profile
from desktop.sources import SeededKeys
from main import main
from tests.central.rigs.centre import CentreRig
from tests.central.rigs.pen import Pen
from tests.central.rigs.postgres import PostgresRig

WEAK = Cost(passes=1, memory=8)
SERIAL = "CT26030001"
SPEEDING = "2026-01-05, medium, 3, TILANG-26-000017"
Told = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authority")
    now = datetime.now(UTC)
    CentreAuthority.create(folder, Realm.TRAINING, "a passphrase", ["localhost"], now, WEAK)
    return folder


def points(out: Path, *words: str, serial: str = SERIAL) -> int:
    return main(["centre", "points", serial, "--lang", "en", "--out", str(out), *words])


@pytest.mark.central
def test_the_centre_counts_its_orders_for_each_card(
    centre: CentreRig, authority: Path, tmp_path: Path
) -> None:
    def order(name: str, *words: str, serial: str = SERIAL) -> int:
        file = tmp_path / name
        signed = ("--authority", str(authority), "--dsn", centre.dsn)
        assert points(file, "--verdict", "warn", *signed, *words, serial=serial) == 0
        made = read_order(file.read_bytes(), Realm.TRAINING, certificates_in(authority, TRUST))
        assert made.serial == serial.upper()
        return made.sequence

    assert order("1.json", "--violation", SPEEDING) == 1
    assert order("2.json") == 2
    assert order("3.json", serial="ct26030002") == 1
    assert order("4.json", "--after", "40") == 41, "a restored centre is behind the card"
    assert order("5.json", "--after", "7") == 42


NOTING = re.compile(r" *IF EXISTS .*?END IF;\n", re.DOTALL)
KEEPING = (central_admin.CENTRAL / "sql" / "keeping.sql").read_text("utf-8")
BEFORE = f"""{NOTING.sub("", KEEPING)}
DROP FUNCTION centre.note_card_orders(text, centre.sent[], text[]);
DROP FUNCTION centre.next_card_order(text, bigint);
DROP TABLE centre.card_orders, centre.card_orders_written;
UPDATE centre.schema_revision SET version_num = '0001';
INSERT INTO centre.meta (key, value) VALUES ('points:CT26030001', '5');
"""
"""A centre of the program before orders were kept, which had counted five of them."""


@pytest.mark.central
def test_a_centre_of_the_program_before_goes_on_counting(
    postgres_server: PostgresRig, authority: Path, tmp_path: Path, capsys: Told
) -> None:
    pen, name = Pen("1374-L3"), "centre_of_0001"
    assert NOTING.search(KEEPING)
    postgres_server.create_database(name)
    dsn = postgres_server.dsn(name)
    signed = ("--verdict", "warn", "--authority", str(authority), "--dsn", dsn)
    out = tmp_path / "order.json"
    wrote = {"serial": SERIAL, "sequence": 5, "digest": "0" * 64}
    try:
        central_admin.upgrade(dsn, "training", "0002")
        with psycopg.connect(dsn, autocommit=True) as admin:
            admin.execute(BEFORE.encode())
            central_admin.put_office(admin, "1374", "Satpas Contoh")
            central_admin.enrol_counter(admin, "1374-L3", "1374")
        assert points(out, *signed) == 2, "until it is upgraded"
        assert not out.exists()
        assert "centre upgrade" in capsys.readouterr().out
        with Centre.open(postgres_server.counter_dsn(pen.counter, name)) as line:
            pen.send(line, [pen.write("card.order_written", SERIAL, officer=None, content=wrote)])
            central_admin.upgrade(dsn, "training")
            assert points(out, *signed) == 0
            made = read_order(out.read_bytes(), Realm.TRAINING, certificates_in(authority, TRUST))
            assert made.sequence == 6
            later = wrote | {"sequence": 9}
            pen.send(line, [pen.write("card.order_written", SERIAL, officer=None, content=later)])
        with psycopg.connect(dsn) as admin:
            assert next_order(admin, SERIAL) == 10
    finally:
        postgres_server.drop_database(name)


@pytest.mark.central
def test_an_authority_of_another_realm_orders_nothing(
    centre: CentreRig, tmp_path: Path, capsys: Told
) -> None:
    folder = tmp_path / "live"
    CentreAuthority.create(
        folder, Realm.LIVE, "a passphrase", ["localhost"], datetime.now(UTC), WEAK
    )
    out = tmp_path / "order.json"
    words = ("--verdict", "clear", "--authority", str(folder), "--dsn", centre.dsn)
    assert points(out, *words) == 2
    assert "live" in capsys.readouterr().out
    assert not out.exists()


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    now = datetime.now(UTC)
    return Profile.create(tmp_path / "profile", Realm.TRAINING, SeededKeys(1), now=now).path


def test_a_training_profile_signs_without_a_centre(profile: Path, tmp_path: Path) -> None:
    out = tmp_path / "order.json"
    words = ("--violation", SPEEDING, "--violation", "2026-02-01,serious,12,LAKA-26-000003")
    assert points(out, "--verdict", "blocked", *words, "--profile", str(profile)) == 0
    roots = Profile.open(profile).trust.roots
    made = read_order(out.read_bytes(), Realm.TRAINING, roots)
    assert (made.sequence, made.verdict, made.points) == (1, PointsVerdict.BLOCKED, (3, 12))
    assert made.violations[0].level is ViolationLevel.MEDIUM
    assert made.violations[0].reference == "TILANG-26-000017"


@pytest.mark.parametrize(
    "bad",
    [
        "", "2026-01-05", "2026-02-30,medium,3,T", "9999-01-01,medium,3,T", "2026-01-05,grave,3,T",
        "2026-01-05,medium,three,T", "2026-01-05,medium,-1,T", "2026-01-05,medium,3,",
        "2026-01-05,medium,3,T\nb", "2026-01-05,medium,3,a\x07b", f"2026-01-05,medium,3,{'9' * 61}",
    ],
)  # fmt: skip
def test_an_unfit_violation_is_named_by_its_place(
    profile: Path, tmp_path: Path, capsys: Told, bad: str
) -> None:
    out = tmp_path / "order.json"
    words = ("--violation", SPEEDING, "--violation", bad, "--profile", str(profile))
    assert points(out, "--verdict", "warn", *words) == 2
    assert "Violation 2" in capsys.readouterr().out
    assert not out.exists()


def test_what_else_is_refused(profile: Path, tmp_path: Path, capsys: Told) -> None:
    out = tmp_path / "order.json"
    ours = ("--verdict", "warn", "--profile", str(profile))

    def said(code: int) -> str:
        assert code == 2
        assert not out.exists()
        return capsys.readouterr().out

    assert said(points(out, *ours, serial="x"))
    many = [word for _ in range(MOST + 1) for word in ("--violation", SPEEDING)]
    assert str(MOST) in said(points(out, *ours, *many))
    long = "2026-01-05,medium,3," + "9" * 60
    heavy = [word for _ in range(MOST) for word in ("--violation", long)]
    assert points(out, *ours, *heavy) == 0, "the longest list fits"
    out.unlink()
    capsys.readouterr()
    nowhere = ("--verdict", "warn", "--profile", str(tmp_path / "nowhere"))
    assert str(tmp_path / "nowhere") in said(points(out, *nowhere))
    assert "LOKET_CENTRE_DSN" in said(points(out, *ours, "--authority", str(tmp_path), "--dsn", ""))
    assert "authority" in said(
        points(out, *ours, "--authority", str(tmp_path), "--dsn", "host=/nowhere")
    )
    out.write_text("somebody's")
    assert points(out, *ours) == 2
    assert out.read_text() == "somebody's", "a file that lies there stays"
