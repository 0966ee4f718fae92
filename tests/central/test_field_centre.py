"""A real centre from its making to its backup, by the administrators' own commands over TLS."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from db.central import Centre
from db.central_backup import HEADS_AHEAD, backup, restore
from db.central_enrol import EnrolmentLine, enrolments, open_enrolment
from db.errors import BackupFailed, CentreRefused, LineDown
from desktop.centre.counters import open_way, revoke, sign_waiting
from desktop.centre.joining import AnswerUnfit, NoAnswerYet, Way, join, profile_for
from desktop.domain.realm import Realm
from desktop.keys.authority import CentreAuthority
from desktop.keys.certificates import KeyRole
from desktop.keys.providers import FileProvider
from desktop.keys.tls import new_key, request_for
from desktop.profile import Profile
from desktop.settings import load_settings
from desktop.sources import SystemClock, SystemKeys
from main import main
from tests.central.rigs.pen import Pen
from tests.central.rigs.postgres import PASSWORD, PostgresRig, postgres_rig

pytestmark = pytest.mark.central
PASSPHRASE = "empat kata yang panjang"
COUNTER = "1374-L7"


@dataclass
class Field:
    """A server whose TLS is the authority's own."""

    rig: PostgresRig
    authority: Path
    database: str = "loket"

    @property
    def dsn(self) -> str:
        return make_conninfo(
            self.rig.dsn(self.database), sslrootcert=str(self.authority / "ca.crt")
        )

    def admin(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.dsn, autocommit=True)

    def place_tls(self) -> None:
        """Copy what PostgreSQL reads, as docs/centre-admin.md says, and let it be read."""
        data = self.rig.folder / "data"
        names = {
            "ca.crt": "client-authority.crt", "crl.pem": "client-authority.crl",
            "server.crt": "server.crt", "server.key": "server.key",
        }  # fmt: skip
        with psycopg.connect(self.rig.dsn("postgres"), autocommit=True) as conn:
            for ours, theirs in names.items():
                self.rig._write(data / theirs, (self.authority / ours).read_bytes())
            conn.execute("SELECT pg_reload_conf()")
        self._wait()

    def reload(self) -> None:
        target = self.rig.folder / "data" / "client-authority.crl"
        self.rig._write(target, (self.authority / "crl.pem").read_bytes())
        with self.admin() as conn:
            before = conn.execute("SELECT pg_conf_load_time()").fetchone()
            conn.execute("SELECT pg_reload_conf()")
        end = datetime.now(UTC) + timedelta(seconds=30)
        while datetime.now(UTC) < end:
            with self.admin() as conn:
                if conn.execute("SELECT pg_conf_load_time()").fetchone() != before:
                    return

    def _wait(self) -> None:
        end = datetime.now(UTC) + timedelta(seconds=30)
        while True:
            try:
                self.admin().close()
            except psycopg.OperationalError:
                if datetime.now(UTC) > end:
                    raise
                continue
            return

    def new_database(self, name: str) -> str:
        with self.admin() as conn:
            conn.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return make_conninfo(self.dsn, dbname=name)

    def way(self, code: str) -> Way:
        return Way("localhost", self.rig.port, self.database, code, self.authority / "ca.crt")

    def line(self, profile: Profile) -> Centre:
        """The counter's line, by the files that joining left."""
        setting = load_settings(profile.path).centre
        return Centre.connect(
            host=setting.host, port=setting.port, database=setting.database, user=setting.user,
            sslrootcert=str(profile.path / setting.root),
            sslcert=str(profile.path / setting.certificate),
            sslkey=str(profile.path / setting.key),
        )  # fmt: skip


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    folder = tmp_path_factory.mktemp("field")
    with postgres_rig() as rig:
        rig.create_database("loket")
        made = Field(rig, folder / "authority")
        typed = pytest.MonkeyPatch()
        typed.setattr(sys, "stdin", io.StringIO(PASSPHRASE + "\n"))
        done = main([
            "centre", "init", "--realm", "live", "--authority", str(made.authority),
            "--host", "localhost", "--host", "127.0.0.1", "--dsn", rig.dsn("loket"),
            "--lang", "en",
        ])  # fmt: skip
        typed.undo()
        assert done == 0
        made.place_tls()
        assert main(["centre", "office", "1374", "Satpas Contoh", "--dsn", made.dsn]) == 0
        yield made


@pytest.fixture
def authority(field: Field) -> CentreAuthority:
    return CentreAuthority.open(field.authority, PASSPHRASE)


def live_profile(folder: Path, counter: str = COUNTER) -> Profile:
    folder.mkdir(exist_ok=True)
    box = FileProvider(folder, Realm.TRAINING)  # stands in for a keyring
    return profile_for(folder, counter, SystemKeys(), SystemClock(), box)


def joined(field: Field, authority: CentreAuthority, folder: Path, counter: str) -> Profile:
    """A counter that went through all of it; the administrator signs while it waits."""
    profile = live_profile(folder, counter)
    now = datetime.now(UTC)
    with field.admin() as conn:
        code, _ = open_way(conn, counter, now)

        def sign(_seconds: float) -> bool:
            assert [one.fault for one in sign_waiting(conn, authority, now)] == [""]
            return True

        return join(profile, field.way(code), sign)


def test_a_counter_joins_and_speaks_and_is_revoked(
    field: Field, authority: CentreAuthority, tmp_path: Path
) -> None:
    profile = joined(field, authority, tmp_path / "p", COUNTER)
    certificate = profile.certificate(KeyRole.COUNTER)
    assert certificate is not None
    assert certificate.subject == COUNTER
    assert stat.S_IMODE((profile.path / "centre" / "counter.key").stat().st_mode) == 0o600
    line = field.line(profile)
    told = line.pull({"office": 0, "national": 0}, 50)
    assert "certificate" in {item["type"] for item in told["items"]}
    with field.admin() as conn:
        assert revoke(conn, authority, COUNTER, datetime.now(UTC)) == 1
    field.reload()
    with pytest.raises((LineDown, CentreRefused)):
        line.pull({"office": 0, "national": 0}, 50)
    line.close()
    with pytest.raises((LineDown, CentreRefused)):
        field.line(profile)


def test_a_revoked_certificate_opens_nothing_even_if_the_login_is_back(
    field: Field, authority: CentreAuthority, tmp_path: Path
) -> None:
    counter = "1374-L8"
    profile = joined(field, authority, tmp_path / "p", counter)
    with field.admin() as conn:
        revoke(conn, authority, counter, datetime.now(UTC))
        conn.execute("ALTER ROLE c_1374_l8 LOGIN")
        conn.execute("UPDATE centre.counters SET state = 'active' WHERE id = %s", [counter])
    field.reload()
    with pytest.raises((LineDown, CentreRefused)):
        field.line(profile)


def test_joining_that_was_cut_short_goes_on_with_the_same_keys(
    field: Field, authority: CentreAuthority, tmp_path: Path
) -> None:
    counter = "1374-L9"
    profile = live_profile(tmp_path / "p", counter)
    now = datetime.now(UTC)
    with field.admin() as conn:
        code, _ = open_way(conn, counter, now)
        with pytest.raises(NoAnswerYet):
            join(profile, field.way(code), lambda _seconds: False)
        key = (profile.path / "centre" / "counter.key").read_bytes()
        sign_waiting(conn, authority, now)
    again = join(live_profile(tmp_path / "p", counter), field.way(code.lower()), lambda _s: False)
    assert (profile.path / "centre" / "counter.key").read_bytes() == key
    line = field.line(again)
    assert line.pull({"office": 0, "national": 0}, 1)["counter"]["seq"] == 0
    line.close()


# -- codes -----------------------------------------------------------------------------------------


@pytest.mark.security
def test_a_code_opens_once_and_only_its_own_door(
    field: Field, authority: CentreAuthority, tmp_path: Path
) -> None:
    counter = "1374-K1"
    now = datetime.now(UTC)
    with field.admin() as conn:
        code, _ = open_way(conn, counter, now)
    with pytest.raises(CentreRefused):
        open_line(field, counter, "2345-2345-2345-2345-2345")
    with pytest.raises((CentreRefused, LineDown)):
        open_line(field, "1374-K2", code)
    line = open_line(field, counter, code)
    asked = line.ask(request_for(new_key(), "x").decode(), "{}")
    assert asked == {"ok": True, "counter": counter, "office": "1374"}
    with pytest.raises(CentreRefused) as other:
        line.ask(request_for(new_key(), "x").decode(), "{}")
    assert other.value.detail == "used"
    with pytest.raises(CentreRefused):
        line._call("SELECT api.pull_v1('{}', 1, 0)")
    with pytest.raises(CentreRefused):
        line._call("SELECT to_jsonb(e) FROM centre.enrolments e")
    line.close()
    with field.admin() as conn:  # a request that holds nothing is told and left
        assert [one.fault for one in sign_waiting(conn, authority, now)] == ["BadRequest"]
        open_way(conn, counter, now)
    with pytest.raises(CentreRefused):
        open_line(field, counter, code)


@pytest.mark.security
def test_a_code_that_ran_out_opens_nothing(field: Field) -> None:
    with field.admin() as conn:
        ended = datetime.now(UTC) - timedelta(seconds=1)
        open_enrolment(conn, "1374-K3", "1374", "2222-2222-2222-2222-2222", ended)
        with pytest.raises(CentreRefused):
            open_line(field, "1374-K3", "2222-2222-2222-2222-2222")
        open_way(conn, "1374-K4", datetime.now(UTC))
        assert "1374-K3" not in {one.counter for one in enrolments(conn)}


def test_an_answer_for_another_realm_is_not_taken(
    field: Field, authority: CentreAuthority, tmp_path: Path
) -> None:
    counter = "1374-K5"
    profile = live_profile(tmp_path / "p", counter)
    with field.admin() as conn:
        code, _ = open_way(conn, counter, datetime.now(UTC))

        def sign(_seconds: float) -> bool:
            sign_waiting(conn, authority, datetime.now(UTC))
            conn.execute(
                'UPDATE centre.enrolments SET answer = answer || \'{"realm": "training"}\''
            )
            return True

        with pytest.raises(AnswerUnfit):
            join(profile, field.way(code), sign)
    assert profile.certificate(KeyRole.COUNTER) is None
    assert not load_settings(profile.path).centre.host


def open_line(field: Field, counter: str, code: str) -> EnrolmentLine:
    return EnrolmentLine.open(
        host="localhost", port=field.rig.port, database=field.database, counter=counter,
        code=code, sslrootcert=str(field.authority / "ca.crt"),
    )  # fmt: skip


# -- status, notary, backup ------------------------------------------------------------------------


def test_the_commands_say_what_they_found(
    field: Field, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    common = ["--dsn", field.dsn, "--lang", "en"]
    assert main(["centre", "upgrade", *common]) == 0
    assert main(["centre", "enrol-counter", "1374-M1", *common]) == 0
    said = capsys.readouterr().out
    assert "1374-M1" in said
    assert main(["centre", "status", *common]) == 0
    assert "live centre" in capsys.readouterr().out
    assert main(["centre", "notarise", "--authority", str(field.authority), *common]) == 0
    assert main(["centre", "enrol-counter", "nonsense", *common]) == 2
    assert main(["centre", "enrol-counter", "9999-L1", *common]) == 2
    assert main(["centre", "status", "--dsn", "host=127.0.0.1 port=1", "--lang", "en"]) == 2
    monkeypatch.delenv("LOKET_CENTRE_DSN", raising=False)
    assert main(["centre", "status", "--dsn", "", "--lang", "en"]) == 2
    monkeypatch.setattr(sys, "stdin", io.StringIO("wrong passphrase\n"))
    sign = ["centre", "sign", "--authority", str(field.authority), *common]
    assert main(sign) == 2
    assert PASSWORD not in capsys.readouterr().out


def test_a_set_up_that_was_cut_short_goes_on(
    field: Field, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["centre", "init", "--authority", str(field.authority), "--host", "localhost",
             "--dsn", field.dsn, "--lang", "en"]  # fmt: skip
    key = (field.authority / "server.key").read_bytes()
    for realm, typed, done in (
        ("live", PASSPHRASE, 0), ("live", "something else", 2), ("training", PASSPHRASE, 2),
    ):  # fmt: skip
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed + "\n"))
        assert main([*words, "--realm", realm]) == done
    assert (field.authority / "server.key").read_bytes() == key


def test_a_backup_is_one_that_restores(field: Field, tmp_path: Path) -> None:
    with field.admin() as conn:
        from db import central_admin

        central_admin.enrol_counter(conn, "1374-L5", "1374")
        central_admin.put_officer(conn, "79010001", "Andi", roles=["registration"], offices=None)
        conn.execute("ALTER ROLE c_1374_l5 PASSWORD 'p'")
    pen = Pen("1374-L5", realm="live")
    # Entries put in as they would lie there: what counts is that every byte comes back.
    with field.admin() as conn:
        for sheet in (pen.write("shift.opened", "s"), pen.write("note.written", "n")):
            conn.execute(
                "INSERT INTO centre.journal (counter, epoch, seq, office, entry_id, entry,"
                " signature, payload, hash, status) VALUES"
                " ('1374-L5', 1, %s, '1374', %s, %s, %s, %s, %s, 'applied')",
                [sheet.seq, sheet.entry_id, sheet.entry, sheet.signature, sheet.payload,
                 sheet.hash],
            )  # fmt: skip
    made = backup(field.dsn, tmp_path / "centre.dump")
    assert made.entries == 2
    assert stat.S_IMODE(Path(made.path).stat().st_mode) == 0o600
    with pytest.raises(BackupFailed):
        backup(field.dsn, tmp_path / "centre.dump")
    target = field.new_database("again")
    assert restore(target, tmp_path / "centre.dump") >= 1
    with psycopg.connect(target) as conn:
        rows = conn.execute("SELECT entry, signature, payload FROM centre.journal").fetchall()
        heads = conn.execute("SELECT min(number) FROM centre.heads").fetchone()
    assert len(rows) == 2
    assert heads is not None
    assert heads[0] >= HEADS_AHEAD
    with pytest.raises(BackupFailed):
        restore(target, tmp_path / "centre.dump")
    assert main(["centre", "upgrade", "--dsn", target, "--lang", "en"]) == 0
    with field.admin() as conn:
        left = conn.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'loket_verify%'")
        assert left.fetchone() == (0,)


def test_a_dump_that_is_cut_short_is_no_backup(field: Field, tmp_path: Path) -> None:
    made = backup(field.dsn, tmp_path / "centre.dump")
    cut = tmp_path / "cut.dump"
    cut.write_bytes(Path(made.path).read_bytes()[:-400])
    target = field.new_database("cut")
    with pytest.raises(BackupFailed):
        restore(target, cut)


def test_a_dump_program_older_than_the_server_is_not_taken(
    field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a distribution's `pg_dump` stands on the path and the server is a newer one."""
    old = tmp_path / "pg_dump"
    old.write_text('#!/bin/sh\necho "pg_dump (PostgreSQL) 14.9 (Debian 14.9-1)"\n')
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr("db.central_backup.DEBIAN", tmp_path)
    with pytest.raises(BackupFailed) as refused:
        backup(field.dsn, tmp_path / "centre.dump")
    assert refused.value.detail.startswith("postgresql-client-")
    assert sorted(tmp_path.iterdir()) == [old], "nothing half written is left"
