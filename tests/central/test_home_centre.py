"""The centre that a training counter has for itself, as a new user meets it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db.central import Centre
from db.central_cards import waiting_orders
from db.central_desk import connect, remember, remembered
from db.migrations import CENTRAL_HEAD
from desktop.centre.notary import Notary
from desktop.desk import open_desk
from desktop.domain.officer import Role
from desktop.domain.realm import Realm
from desktop.keys.certificates import KeyRole
from desktop.keys.providers import FileProvider
from desktop.profile import Profile
from desktop.services.desk import Desk
from desktop.settings import Centre as CentreSetting
from desktop.sources import SystemClock, SystemKeys
from desktop.training.home_centre import MADE_BY, SECRETS, HomeCentre, TrainingCentreOnly
from desktop.training.officers import SAMPLE_OFFICERS
from desktop.training.residents import read_residents, residents_of
from main import main
from tests.central.rigs.pen import RAHMAT, SRI

pytestmark = pytest.mark.central
PATIENCE = 90.0


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    opened = open_desk(tmp_path_factory.mktemp("home") / "profile", pace=0.0)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def made(desk: Desk) -> Iterator[HomeCentre]:
    home = HomeCentre(desk.profile, desk.clock, pace=0.2)
    yield home
    home.remove()


@pytest.fixture
def home(made: HomeCentre, desk: Desk) -> Iterator[HomeCentre]:
    """A centre that was made before: as at every start but the first."""
    again = HomeCentre(desk.profile, desk.clock, pace=0.2)
    yield again
    again.close()


def start(home: HomeCentre, desk: Desk) -> CentreSetting:
    return home.start("Satpas Contoh", desk.profile.trust.known)


def line_to(setting: CentreSetting) -> Centre:
    return Centre.connect(
        host=setting.host, port=setting.port, database=setting.database, user=setting.user,
        password=setting.password, sslmode="disable",
    )  # fmt: skip


def pull(line: Centre, cursor: dict[str, int] | None = None) -> dict[str, Any]:
    return line.pull(cursor or {"office": 0, "national": 0}, 100)


def test_a_counter_is_let_in_and_finds_officers_and_stock(home: HomeCentre, desk: Desk) -> None:
    line = line_to(start(home, desk))
    told = pull(line)["items"]
    line.close()
    kinds = {item["type"] for item in told}
    assert {"officer", "consignment", "certificate"} <= kinds
    nrps = {item["officer"]["nrp"] for item in told if item["type"] == "officer"}
    assert {"79010001", "74050005"} <= nrps


def test_it_is_the_same_centre_at_the_next_start(home: HomeCentre, desk: Desk) -> None:
    line = line_to(start(home, desk))
    before = pull(line)["items"]
    line.close()
    home.close()
    again = HomeCentre(desk.profile, desk.clock)
    line = line_to(start(again, desk))
    assert pull(line)["items"] == before
    line.close()
    again.close()


def test_applications_arrive(home: HomeCentre, desk: Desk) -> None:
    line = line_to(start(home, desk))
    home.play_portal(residents_of(desk))
    end, found = time.monotonic() + PATIENCE, []
    while not found and time.monotonic() < end:
        found = pull(line)["intake"]
        time.sleep(0.1)
    assert found, "nobody applied"
    filing = json.loads(found[0]["line"])
    known = {one.person.nik for one in read_residents(residents_of(desk), desk.frame.today())}
    assert filing["applicant"]["nik"] in known
    assert set(found[0]["pictures"]) == set(filing["pictures"].values())
    line.close()
    process = home._portal
    assert process is not None
    home.close()
    assert process.returncode is not None


def test_passwords_lie_sealed_and_nobody_comes_in_without(home: HomeCentre, desk: Desk) -> None:
    setting = start(home, desk)
    kept = (desk.profile.path / SECRETS).read_bytes()
    assert setting.password.encode() not in kept
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            host=setting.host, port=setting.port, dbname=setting.database, user=setting.user,
            password="wrong",
        )  # fmt: skip


def test_a_counter_can_do_there_what_it_can_do_at_any_centre(home: HomeCentre, desk: Desk) -> None:
    setting = start(home, desk)
    with (
        psycopg.connect(
            host=setting.host, port=setting.port, dbname=setting.database, user=setting.user,
            password=setting.password,
        ) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):  # fmt: skip
        conn.execute("SELECT * FROM centre.things")


def test_its_notary_vouches_for_the_counter(home: HomeCentre, desk: Desk) -> None:
    start(home, desk)
    assert home._running is not None
    with psycopg.connect(home._admin(home._running), autocommit=True) as conn:
        profile = desk.profile
        notary = Notary(
            conn, profile.signer(KeyRole.NOTARY), profile.realm, list(profile.trust.roots)
        )
        assert not notary.run(desk.clock.now()).unknown


def test_a_delegate_named_at_the_training_counter_counts_there(
    home: HomeCentre, desk: Desk
) -> None:
    """By the officer's own signature, which the notary finds good."""
    desk.connect_to(start(home, desk))
    passwords = {one.nrp: one.password for one in SAMPLE_OFFICERS}
    by = desk.duty.sign_in(SRI, passwords[SRI]).actor
    roles, until = frozenset({Role.APPROVER}), desk.frame.today()
    desk.oversight.delegate(by, RAHMAT, roles, until, "rapat “Polda”, é")
    assert desk.syncing.exchange().parked == 0
    with connect(home.admin_dsn()) as conn:
        stands = conn.execute("SELECT nrp, role, giver, ended FROM centre.stand_ins").fetchall()
        profile = desk.profile
        signer = profile.signer(KeyRole.NOTARY)
        report = Notary(conn, signer, profile.realm, list(profile.trust.roots)).run(
            desk.clock.now()
        )
    assert stands == [(RAHMAT, "approver", SRI, None)]
    assert report.verified
    assert (report.broken, report.unvouched) == ([], 0)
    desk.duty.sign_out()
    desk.syncing.close()
    desk.frame.centre.line = desk.frame.centre.link = None


def test_a_centre_whose_passwords_are_lost_is_made_anew(home: HomeCentre, desk: Desk) -> None:
    start(home, desk)
    home.close()
    (desk.profile.path / SECRETS).unlink()
    again = HomeCentre(desk.profile, desk.clock)
    line = line_to(start(again, desk))
    assert pull(line)["items"]
    line.close()
    again.close()


def test_a_live_counter_never_has_one(tmp_path: Path) -> None:
    live = Profile.create(
        tmp_path / "live", Realm.LIVE, SystemKeys(), now=SystemClock().now(),
        provider=FileProvider(tmp_path, Realm.TRAINING),  # stands in for a keyring
    )  # fmt: skip
    with pytest.raises(TrainingCentreOnly):
        HomeCentre(live, SystemClock())
    assert not (live.path / SECRETS).exists()


def test_it_is_brought_forward_by_another_program(
    home: HomeCentre, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the counter's administrator orders for a card there, as at any centre."""
    setting = start(home, desk)
    with connect(home.admin_dsn()) as conn:
        found = conn.execute("SELECT version_num FROM centre.schema_revision").fetchone()
        assert found == (CENTRAL_HEAD,)
        remember(conn, "home", "0.0.9")
    ordered = ["centre", "points", "CT26030001", "--verdict", "warn", "--lang", "en"]
    assert main([*ordered, "--profile", str(desk.profile.path)]) == 0
    assert "CT26030001" in capsys.readouterr().out
    with connect(home.admin_dsn()) as conn:
        assert remembered(conn, "home") == MADE_BY
        [kept] = waiting_orders(conn)
    line = line_to(setting)
    [item] = [one for one in pull(line)["items"] if one["type"] == "card_order"]
    line.close()
    assert desk.card_orders.told(item)[0].sequence == kept.sequence == 1
