"""A counter's role may call four functions and do nothing else; no role may do nothing at all."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo

from db import central_admin
from db.central import Centre
from db.errors import CentreProblem, CentreRefused
from tests.central.rigs.centre import CentreRig
from tests.central.rigs.certificates import Authority
from tests.central.rigs.pen import ANDI, Pen, Sheet, change, new
from tests.central.rigs.postgres import login_of

pytestmark = [pytest.mark.central, pytest.mark.security]

ME = "1374-L3"
START = {"office": 0, "national": 0}
HOSTILE = (
    "'; DROP TABLE centre.journal; --",
    '" OR 1=1; --',
    "$$; SELECT pg_sleep(9); $$",
    "\\'; DELETE FROM centre.things; --",
    "%s %(x)s {0} :name $1",
    "*",
    "ünïcødé \u202e ￿",
)


@pytest.fixture
def raw(centre: CentreRig) -> Any:
    """A counter's connection for statements that no counter would send."""
    with psycopg.connect(centre.counter_dsn(ME), autocommit=True) as connection:
        yield connection


def things(centre: CentreRig) -> list[tuple[Any, ...]]:
    """All that the centre holds, to see that nothing changed."""
    return [
        centre.ask(f"SELECT count(*), sum(hashtext(t::text)) FROM centre.{name} t")[0]
        for name in ("journal", "things", "feed", "counters", "officers", "claims", "heads")
    ]


def relations(centre: CentreRig) -> list[str]:
    rows = centre.ask(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace"
        " WHERE s.nspname IN ('centre', 'api', 'portal', 'enrol')"
        " AND c.relkind IN ('r', 'p', 'v', 'S')"
    )
    return [row[0] for row in rows]


def test_no_table_can_be_read_or_written(centre: CentreRig, raw: Any) -> None:
    found = relations(centre)
    assert len(found) > 30
    for name in found:
        for statement in (
            f"SELECT 1 FROM {name} LIMIT 1",
            f"DELETE FROM {name}",
            f"TRUNCATE {name}",
            f"COPY {name} TO STDOUT",
            f"DROP TABLE {name}",
        ):
            with pytest.raises((errors.InsufficientPrivilege, errors.WrongObjectType)):
                raw.execute(statement)


def test_exactly_four_functions_can_be_called(centre: CentreRig) -> None:
    found = centre.ask(
        "SELECT p.oid::regprocedure::text, has_function_privilege('c_1374_l3', p.oid, 'EXECUTE'),"
        " has_schema_privilege('c_1374_l3', s.oid, 'USAGE')"
        " FROM pg_proc p JOIN pg_namespace s ON s.oid = p.pronamespace"
        " WHERE s.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert len(found) > 50
    assert sorted(name.split("(")[0] for name, may_execute, _ in found if may_execute) == [
        "api.blob_get_v1", "api.blob_put_v1", "api.pull_v1", "api.push_v1",
    ]  # fmt: skip
    assert {name.split(".")[0] for name, _, may_use in found if may_use} == {"api"}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (a int)",
        "CREATE TABLE api.mine (a int)",
        "CREATE TEMP TABLE mine (a int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION api.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE ROLE mine",
        "SET ROLE loket_owner",
        "SET ROLE loket_admin",
        "SET ROLE c_1374_l4",
        "SET SESSION AUTHORIZATION postgres",
        "GRANT loket_admin TO c_1374_l3",
        "ALTER ROLE c_1374_l4 NOLOGIN",
        "ALTER FUNCTION api.push_v1 OWNER TO c_1374_l3",
        "DO $$ BEGIN PERFORM 1; END $$",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/mine'",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT centre.raise_incident('a', 'b', 'c', '{}', '{}')",
        "SELECT centre.put_office('1', '2', '3', '{}')",
        "SELECT portal.status_v1('EXT1')",
        "SELECT enrol.answer_v1()",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> session_user",
        "ALTER SYSTEM SET fsync = off",
    ],
)
def test_nothing_else_can_be_done(centre: CentreRig, raw: Any, statement: str) -> None:
    before, written = things(centre), len(centre.server.log())
    with pytest.raises(psycopg.Error) as refused:
        raw.execute(statement)
    assert refused.value.sqlstate in ("42501", "42883", "3F000")
    assert things(centre) == before
    told = centre.server.log()[written:]
    assert "ERROR:" in told
    assert f"STATEMENT:  {statement}" in told


@pytest.mark.parametrize(
    "setting",
    [
        "SET search_path = public, pg_temp",
        "SET search_path = ''",
        "SET loket.office = '3275'",
        "SET loket.office = '*'",
        "SET row_security = off",
        "SET standard_conforming_strings = off",
        "SET DateStyle = 'German'",
        "SET TimeZone = 'Asia/Jayapura'",
        "SET plpgsql.variable_conflict = use_column",
        "SET default_transaction_isolation = 'serializable'",
        "SET session_replication_role = replica",
    ],
)
def test_a_hostile_session_gets_its_own_and_nothing_else(
    centre: CentreRig, raw: Any, setting: str
) -> None:
    far, near = Pen("3275-L1"), Pen(ME)
    with centre.line("3275-L1") as line:
        far.send(line, [far.write("x", changes=[new("visits", "theirs")])])
    with contextlib.suppress(errors.InsufficientPrivilege):
        raw.execute(setting)
    line = Centre(raw)
    sheet = near.write("x", changes=[new("visits", "mine")])
    assert near.send(line, [sheet])["ok"] is True
    assert centre.ask("SELECT office FROM centre.things WHERE id = 'mine'") == [("1374",)]
    items = line.pull({**START, "own": True}, 500)["items"]
    assert [i["id"] for i in items if i["type"] == "row"] == ["mine"]


def test_a_session_that_falls_asleep_in_the_middle_is_ended(centre: CentreRig, raw: Any) -> None:
    assert raw.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("15s",)
    raw.execute("SET idle_in_transaction_session_timeout = '50ms'")
    near, far = Pen(ME), Pen("1374-L4")
    raw.execute("BEGIN")
    assert near.send(Centre(raw), [near.write("x", changes=[new("visits", "v")])])["ok"] is True
    # Its office's head is free again by itself.
    with centre.line("1374-L4") as line:
        assert far.send(line, [far.write("x", changes=[new("visits", "w")])])["ok"] is True
    assert centre.ask("SELECT id FROM centre.things") == [("w",)]
    raw.close()


def test_every_definers_function_has_its_search_path_pinned(centre: CentreRig) -> None:
    rows = centre.ask(
        "SELECT p.oid::regprocedure::text, p.proconfig, r.rolname, r.rolcanlogin FROM pg_proc p"
        " JOIN pg_namespace s ON s.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner"
        " WHERE p.prosecdef AND s.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert len(rows) > 8
    for name, config, owner, can_login in rows:
        assert "search_path=pg_catalog, pg_temp" in config, name
        assert (owner, can_login) == ("loket_owner", False), name


def test_an_administrator_who_isnt_the_owner_raises_an_incident(centre: CentreRig) -> None:
    with centre.admin() as admin:
        admin.execute("SET ROLE loket_admin")
        admin.execute("SELECT centre.raise_incident('a', 'other', 'x', '{1374}', '{\"n\": 1}')")
    told = "SELECT row ->> 'kind', row -> 'details' FROM centre.things WHERE kind = 'incidents'"
    assert centre.ask(told) == [("other", {"n": "1"})]


def test_the_second_wall_stands_where_a_function_forgets_the_office(centre: CentreRig) -> None:
    for counter in ("1374-L3", "3275-L1"):
        pen = Pen(counter)
        with centre.line(counter) as line:
            pen.send(line, [pen.case("1").register()])
    owned = centre.ask(
        "SELECT c.oid::regclass::text, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c"
        " JOIN pg_namespace s ON s.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'office'"
        " WHERE s.nspname = 'centre' AND c.relkind IN ('r', 'p')"
    )
    walled = {name for name, forced in owned if forced}
    assert {"centre.journal", "centre.things", "centre.applications", "centre.feed",
            "centre.blobs", "centre.parked", "centre.intake"} <= walled  # fmt: skip
    with centre.admin() as admin:
        admin.execute("SET ROLE loket_owner")
        for name in ("things", "applications", "journal", "feed"):
            seen = f"SELECT DISTINCT office FROM centre.{name} WHERE office <> '*'"
            admin.execute("SET loket.office = ''")
            assert admin.execute(seen).fetchall() == []
            admin.execute("SET loket.office = '3275'")
            assert admin.execute(seen).fetchall() == [("3275",)]
        with pytest.raises(errors.InsufficientPrivilege):
            admin.execute("UPDATE centre.journal SET office = '1374'")


def test_another_counters_entries_are_refused(centre: CentreRig) -> None:
    other = Pen("1374-L4")
    sheets = other.case("1").walk("capture")
    with centre.line("1374-L4") as line:
        other.send(line, sheets[:2])
    before = things(centre)
    with centre.line(ME) as line:
        assert other.send(line, sheets[:2])["error"] == "forged"  # replayed
        assert other.send(line, sheets)["error"] == "forged"
    assert things(centre)[:3] == before[:3]
    assert centre.ask("SELECT login, code FROM centre.refused") == [("c_1374_l3", "forged")] * 2


def test_ones_own_entries_replayed_change_nothing(centre: CentreRig) -> None:
    pen = Pen(ME)
    sheets = pen.case("1").walk("capture")
    with centre.line(ME) as line:
        pen.send(line, sheets)
        before = things(centre)
        for _ in range(3):
            assert pen.send(line, sheets)["seq"] == len(sheets)
        assert pen.send(line, sheets[2:4])["seq"] == len(sheets)
    after = things(centre)
    assert [after[i] for i in (0, 1, 2, 4, 6)] == [before[i] for i in (0, 1, 2, 4, 6)]


@pytest.mark.parametrize("text", HOSTILE)
def test_sql_in_every_text_field_is_text(centre: CentreRig, text: str) -> None:
    pen = Pen(ME)
    long = text[:60]
    sheets = [
        pen.write(long, text, officer=text, content={text: text}, fences={text: 1},
                  seconds=[text], session=text, key_id=text, time=f"2026-03-02{text}"),
        pen.write("x", text, changes=[
            new("visits", long, **{text: text}), new("persons", long + "p", nik=text)]),
        pen.write("evidence.recorded", text, changes=[
            new("evidence", long, kind=text, reference=text, application_id=text)]),
        pen.write("application.register", long, changes=[
            new("applications", long, state=text, service=text, channel=text, external_id=text)]),
        pen.write("blank", long, changes=[
            new("blanks", long, state=text, custodian=text, movement=1, lot=text)]),
        pen.write("licence", long, changes=[new("licences", long, status=text, person_id=text,
                                                licence_class=text, superseded={text: text})]),
        pen.write("case.taken", text),
        pen.write("conflict.accepted", text, content={"entry_id": text, "entries": [text]}),
        pen.write("intake.refused", text, content={
            "external_id": text, "revision": 1, "fault": text}),
    ]  # fmt: skip
    with centre.line(ME) as line:
        answer = pen.send(line, sheets, program=text, clock=text)
        assert answer["ok"] is True, answer
        line.pull({**START, text: text}, 500)
        assert line.blob_put(text, 0, 1, text.encode())["error"] == "too_large"
        assert line.blob_get(text, 0) is None
    stored = centre.ask("SELECT entry FROM centre.journal ORDER BY seq")
    assert [row[0] for row in stored] == [sheet.entry for sheet in sheets]
    visit = centre.ask("SELECT row FROM centre.things WHERE kind = 'visits'")
    assert visit[0][0][text] == text
    assert len(relations(centre)) > 30


@pytest.mark.parametrize(
    ("head", "cursor"),
    [
        ('{"epoch": "x"}', '{"office": "x"}'),
        ("[]", "[]"),
        ("null", "null"),
        ('{"from_seq": 1e400}', '{"office": {}}'),
        ('{"schema": {}}', '{"national": 99999999999999999999}'),
    ],
)
def test_strange_heads_and_cursors_change_nothing(
    centre: CentreRig, raw: Any, head: str, cursor: str
) -> None:
    before = things(centre)
    for statement, value in (
        ("SELECT api.push_v1(%s::jsonb, '{}', '{}', '{}')", head),
        ("SELECT api.pull_v1(%s::jsonb, 10)", cursor),
    ):
        with contextlib.suppress(psycopg.DataError):
            raw.execute(statement, [value])
    for odd in (
        "NULL, NULL, NULL, NULL",
        "'{}', '{{a,b},{c,d}}', '{{a,b},{c,d}}', '{{a,b},{c,d}}'",
    ):
        raw.execute(f"SELECT api.push_v1({odd})")
    after = things(centre)
    assert [after[i] for i in (0, 1, 2, 4, 6)] == [before[i] for i in (0, 1, 2, 4, 6)]


@pytest.mark.long
def test_a_payload_of_a_gigabyte_is_refused(centre: CentreRig) -> None:
    pen = Pen(ME)
    sheet = pen.write("x")
    huge = Sheet(sheet.entry, sheet.signature, "x" * (1 << 30), 1, sheet.entry_id, sheet.hash)
    with centre.line(ME) as line, pytest.raises((CentreProblem, MemoryError)):
        pen.send(line, [huge])
    with centre.line(ME) as line:
        assert pen.send(line, [sheet])["ok"] is True
    assert centre.ask("SELECT count(*) FROM centre.journal") == [(1,)]


# -- without a role --------------------------------------------------------------------------------


def refused_with(centre: CentreRig, words: str, **changed: str) -> str:
    """What the server's log says, with these words, about a connection with these settings."""
    before = len(centre.server.log())
    dsn = make_conninfo(centre.counter_dsn(ME), **changed)
    with pytest.raises(CentreRefused):
        Centre.open(dsn)
    return centre.server.told(words, before)


def test_no_tls_no_word(centre: CentreRig) -> None:
    words = "pg_hba.conf rejects connection"
    told = refused_with(centre, words, sslmode="disable", sslcert="", sslkey="", sslrootcert="")
    assert "no encryption" in told


def test_another_counters_certificate(centre: CentreRig) -> None:
    certificate, key = centre.server.client_authority.issue(login_of("1374-L4"))
    words = "certificate authentication failed"
    assert refused_with(centre, words, sslcert=str(certificate), sslkey=str(key))


def test_a_certificate_of_somebody_elses_authority(centre: CentreRig, tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path, "home-made").issue(login_of(ME))
    words = "could not accept SSL connection"
    assert refused_with(centre, words, sslcert=str(certificate), sslkey=str(key))


def test_no_certificate_but_a_guessed_password(centre: CentreRig) -> None:
    words = "connection requires a valid client certificate"
    changed = {"sslcert": "", "sslkey": "", "password": "guess", "sslcertmode": "disable"}
    assert refused_with(centre, words, **changed)


def test_a_server_that_isnt_the_centre_is_not_spoken_to(centre: CentreRig, tmp_path: Path) -> None:
    other = Authority(tmp_path, "another-root")
    with pytest.raises(CentreRefused):
        Centre.open(make_conninfo(centre.counter_dsn(ME), sslrootcert=str(other.path)))


def test_a_revoked_certificate(centre: CentreRig) -> None:
    with centre.admin() as admin:
        central_admin.put_office(admin, "1374", "Satpas Contoh")
        central_admin.enrol_counter(admin, "1374-L8", "1374")
    with centre.line("1374-L8") as line:
        line.pull(START, 1)
    centre.server.revoke_certificate("1374-L8")
    before = len(centre.server.log())
    with pytest.raises(CentreRefused):
        centre.line("1374-L8")
    assert centre.server.told("could not accept SSL connection", before)


def test_a_revoked_counter_is_cut_off_at_once(centre: CentreRig) -> None:
    pen = Pen(ME)
    line = centre.line(ME)
    with centre.admin() as admin:
        central_admin.revoke_counter(admin, ME)
    with pytest.raises(CentreProblem):
        pen.send(line, [pen.write("x")])
    with pytest.raises(CentreRefused):
        centre.line(ME)
    assert centre.ask("SELECT count(*) FROM centre.journal") == [(0,)]


def test_a_revoked_counter_whose_line_was_kept_open_gets_no_answer(centre: CentreRig) -> None:
    pen = Pen(ME)
    with centre.line(ME) as line:
        centre.do("UPDATE centre.counters SET state = 'revoked' WHERE id = %s", ME)
        assert pen.send(line, [pen.write("x")])["error"] == "revoked"
        assert line.pull(START, 10)["error"] == "revoked"
        assert line.blob_put("0" * 64, 0, 1, b"")["error"] == "revoked"
        assert line.blob_get("0" * 64, 0) is None
    assert centre.ask("SELECT call, code FROM centre.refused ORDER BY at") == [
        ("push", "revoked"), ("pull", "revoked"), ("blob_put", "revoked"), ("blob_get", "revoked"),
    ]  # fmt: skip
    assert centre.ask("SELECT count(*) FROM centre.journal") == [(0,)]


def test_a_case_of_another_office_cant_be_touched_by_its_id(centre: CentreRig) -> None:
    far, near = Pen("3275-L1"), Pen(ME)
    case = far.case("1")
    with centre.line("3275-L1") as line:
        far.send(line, [case.register()])
    mine = [
        near.write("application.cancel", case.id, changes=[
            change("applications", case.id, 2, state="cancelled")]),
        near.write("application.register", case.id, officer=ANDI, changes=[
            new("applications", case.id, state="registered")]),
    ]  # fmt: skip
    with centre.line(ME) as line:
        answer = near.send(line, mine)
    assert [p["reason"] for p in answer["parked"]] == ["stale", "depends_on"]
    assert json.dumps(answer["parked"]).find("3175046302049665") == -1
    assert centre.ask("SELECT office, row ->> 'state' FROM centre.applications") == [
        ("3275", "registered")
    ]
