"""The portal's functions at a real centre: taken, refused, and what applicants read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from jsonschema import Draft202012Validator

from db.central_desk import give_password
from db.central_portal import PortalLine, load_told
from db.errors import CentreRefused
from desktop.batch.lines import read_filing
from desktop.centre.setup import reason_rows, told_rows
from desktop.domain.application import ApplicationState
from desktop.domain.shipment import ParcelState
from desktop.domain.workflow import percent_told
from main import main
from tests.central.rigs.centre import CentreRig, fresh_centre
from tests.central.rigs.postgres import PostgresRig

pytestmark = pytest.mark.central
DOCS = Path(__file__).resolve().parents[2] / "docs"
ANSWER = Draft202012Validator(json.loads((DOCS / "portal-submit.schema.json").read_text()))
STATUS = Draft202012Validator(json.loads((DOCS / "portal-status.schema.json").read_text()))
PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 2000
SHA = hashlib.sha256(PICTURE).hexdigest()
NIK = "3273011203900001"
PASSWORD = "portal-of-the-tests"


class Portal:
    """The line, with every answer held against the published schemas."""

    def __init__(self, line: PortalLine) -> None:
        self._line = line

    def picture(self, office: str, sha: str, data: bytes) -> dict[str, Any]:
        return self._fits(ANSWER, self._line.picture(office, sha, data))

    def submit(self, office: str, line: str) -> dict[str, Any]:
        return self._fits(ANSWER, self._line.submit(office, line))

    def complain(self, *said: str) -> dict[str, Any]:
        return self._fits(ANSWER, self._line.complain(*said))

    def status(self, external_id: str) -> dict[str, Any]:
        answer = self._line.status(external_id)
        return answer if "error" in answer else self._fits(STATUS, answer)

    @staticmethod
    def _fits(schema: Draft202012Validator, answer: dict[str, Any]) -> dict[str, Any]:
        schema.validate(answer)
        return answer


@contextmanager
def line_of(centre: CentreRig) -> Generator[Portal]:
    with centre.admin() as conn:
        give_password(conn, "portal_test", PASSWORD, "loket_portal")  # roles are the server's
        load_told(conn, told_rows(), reason_rows())
    line = PortalLine.open(centre.server.dsn(centre.database, "portal_test", PASSWORD))
    made = Portal(line)
    made.picture("1374", SHA, PICTURE)
    made.picture("3275", SHA, PICTURE)
    yield made
    line.close()


@pytest.fixture
def portal(centre: CentreRig) -> Iterator[Portal]:
    with line_of(centre) as made:
        yield made


@pytest.fixture(scope="module")
def unchanged(centre_template: PostgresRig) -> Iterator[tuple[CentreRig, Portal]]:
    """One centre for all that is refused: nothing changes there."""
    with fresh_centre(centre_template) as centre, line_of(centre) as made:
        yield centre, made


def filing(external_id: str = "DGK-1-1", revision: int = 1, **more: Any) -> str:
    facts = {
        "external_id": external_id, "revision": revision, "applicant": {"nik": NIK},
        "pictures": {"photo": SHA}, **more,
    }  # fmt: skip
    return json.dumps(facts, sort_keys=True)


def cancellation(external_id: str = "DGK-1-1", nik: str = NIK) -> str:
    return json.dumps({"kind": "cancellation", "external_id": external_id, "nik": nik,
                       "cancelled_at": "2026-03-02T01:00:00Z"})  # fmt: skip


def take(centre: CentreRig, office: str = "1374", counter: str = "1374-L3", most: int = 20) -> Any:
    with centre.admin() as conn, conn.transaction():
        conn.execute("SET LOCAL ROLE loket_owner")
        conn.execute("SELECT set_config('loket.office', %s, true)", [office])
        row = conn.execute(
            "SELECT centre.intake_take(%s, %s, %s)", [office, counter, most]
        ).fetchone()
        assert row is not None
        return row[0]


def put_application(centre: CentreRig, state: str, **more: Any) -> None:
    """As if a counter had taken the application DGK-1-1 and brought it to this state."""
    row = {
        "external_id": "DGK-1-1", "revision": 1, "state": state, "number": "SIM-1", "nik": NIK,
        "delivery": "courier", "held_from": None, "reason": "", "sent_back": [],
        "changed_at": "2026-03-02T02:00:00.000000Z", **more,
    }  # fmt: skip
    centre.do(
        "INSERT INTO centre.things (office, kind, id, version, row, counter)"
        " VALUES ('1374', 'applications', 'app-1', 1, %s, '1374-L3')"
        " ON CONFLICT (office, kind, id) DO UPDATE SET row = excluded.row",
        json.dumps(row),
    )


def put_parcel(centre: CentreRig, key: str, state: str, **more: Any) -> None:
    row = {"application_id": "app-1", "state": state, "courier": "pos", "awb": f"P{key}", **more}
    centre.do(
        "INSERT INTO centre.things (office, kind, id, version, row, counter)"
        " VALUES ('1374', 'parcels', %s, 1, %s, '1374-L3')",
        key, json.dumps(row),
    )  # fmt: skip


# -- what is taken ---------------------------------------------------------------------------------


def test_an_application_waits_for_its_office_and_is_taken_by_one_counter(
    centre: CentreRig, portal: Portal
) -> None:
    assert portal.submit("1374", filing()) == {"ok": True, "known": False, "revision": 1}
    assert portal.submit("1374", filing()) == {"ok": True, "known": True, "revision": 1}
    (told,) = take(centre)
    assert (told["external_id"], told["line"], told["pictures"]) == ("DGK-1-1", filing(), [SHA])
    assert take(centre, counter="1374-L4") == []
    (again,) = take(centre)
    assert again["fence"] == told["fence"] == 1


def test_a_lease_that_ran_out_gives_the_line_to_another_under_a_higher_number(
    centre: CentreRig, portal: Portal
) -> None:
    portal.submit("1374", filing())
    take(centre)
    centre.do("UPDATE centre.intake SET until = now() - interval '1 second'")
    (told,) = take(centre, counter="1374-L4")
    assert told["fence"] == 2
    assert take(centre) == []


def test_a_counter_gets_no_more_than_it_asked_for(centre: CentreRig, portal: Portal) -> None:
    for number in range(5):
        portal.submit("1374", filing(f"DGK-1-{number}"))
    assert [one["external_id"] for one in take(centre, most=2)] == ["DGK-1-0", "DGK-1-1"]
    assert len(take(centre, counter="1374-L4", most=9)) == 3


def test_a_mended_file_follows_one_that_was_sent_back(centre: CentreRig, portal: Portal) -> None:
    portal.submit("1374", filing())
    take(centre)
    put_application(centre, "claimed")
    centre.do("UPDATE centre.intake SET done_at = now()")
    refused = portal.submit("1374", filing(revision=2))
    assert refused == {"error": "not_sent_back", "detail": {"state": "claimed"}}
    put_application(centre, "sent_back")
    assert portal.submit("1374", filing(revision=2))["ok"]
    (told,) = take(centre)
    assert told["revision"] == 2
    assert portal.submit("1374", filing(revision=1))["error"] == "revision"


def test_nobody_mends_another_person_s_file(centre: CentreRig, portal: Portal) -> None:
    portal.submit("1374", filing())
    other = filing(revision=2, applicant={"nik": "3273015203900002"})
    assert portal.submit("1374", other)["error"] == "other_person"
    assert portal.submit("1374", cancellation(nik="3273015203900002"))["error"] == "other_person"
    (told,) = take(centre)
    assert told["line"] == filing()


def test_another_office_while_nobody_took_it(centre: CentreRig, portal: Portal) -> None:
    portal.submit("1374", filing())
    assert portal.submit("3275", filing(revision=2))["ok"]
    assert take(centre) == []
    assert len(take(centre, "3275", "3275-L1")) == 1
    back = portal.submit("1374", filing(revision=3))
    assert back == {"error": "taken", "detail": {"office": "3275"}}


def test_it_may_come_back_to_the_first_office(centre: CentreRig, portal: Portal) -> None:
    portal.submit("1374", filing())
    portal.submit("3275", filing())
    assert portal.submit("1374", filing())["ok"]
    assert take(centre, "3275", "3275-L1") == []
    assert [one["revision"] for one in take(centre)] == [1]


def test_a_cancellation_before_anybody_took_it_ends_it(centre: CentreRig, portal: Portal) -> None:
    portal.submit("1374", filing())
    assert portal.submit("1374", cancellation())["ended"] is True
    assert take(centre) == []
    told = portal.status("DGK-1-1")
    assert (told["state"], told["percent"]) == ("cancelled", None)
    assert portal.submit("1374", filing(revision=2))["error"] == "cancelled"


def test_a_cancellation_of_what_a_counter_has_goes_to_the_counter(
    centre: CentreRig, portal: Portal
) -> None:
    portal.submit("1374", filing())
    take(centre)
    assert portal.submit("1374", cancellation()) == {"ok": True, "known": False, "ended": False}
    assert portal.submit("1374", cancellation())["known"] is True
    assert [one["type"] for one in take(centre)] == ["application", "cancellation"]
    assert portal.submit("1374", cancellation("DGK-9-9"))["error"] == "cancel_unknown"


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("office", "line", "error"),
    [
        ("9999", filing(), "office"),
        ("1374", "{", "not_json"),
        ("1374", "[" * 30000, "not_json"),
        ("1374", "[]", "against_schema"),
        ("1374", '{"external_id":"a\\u0000b"}', "not_json"),
        ("1374", filing("-x"), "against_schema"),
        ("1374", filing("x" * 41), "against_schema"),
        ("1374", filing(revision=0), "against_schema"),
        ("1374", filing(revision=100), "against_schema"),
        ("1374", filing(applicant={}), "against_schema"),
        ("1374", filing(applicant="x"), "against_schema"),
        ("1374", filing(pictures=[]), "against_schema"),
        ("1374", filing(pictures={"photo": "0" * 64}), "pictures"),
        ("1374", filing(note="x" * 70000), "too_long"),
        ("1374", filing("a'); DROP TABLE centre.intake; --"), "against_schema"),
    ],
)
def test_what_is_no_line_is_refused_and_nothing_changes(
    unchanged: tuple[CentreRig, Portal], office: str, line: str, error: str
) -> None:
    centre, portal = unchanged
    assert portal.submit(office, line)["error"] == error
    assert centre.ask("SELECT count(*) FROM centre.intake") == [(0,)]
    # What was refused is known, the line isn't: it is a person's.
    kept = centre.ask("SELECT count(*) FROM centre.refused WHERE detail::text LIKE %s", f"%{NIK}%")
    assert kept == [(0,)]


@pytest.mark.parametrize(
    ("sha", "data", "error"),
    [
        (SHA, PICTURE[:-1], "sha"),
        ("0" * 64, PICTURE, "sha"),
        (hashlib.sha256(b"GIF89a").hexdigest(), b"GIF89a", "not_a_picture"),
        (hashlib.sha256(b"").hexdigest(), b"", "not_a_picture"),
        (SHA, PICTURE * 20, "too_large"),
    ],
)
def test_what_is_no_picture_is_refused(
    unchanged: tuple[CentreRig, Portal], sha: str, data: bytes, error: str
) -> None:
    centre, portal = unchanged
    before = centre.ask("SELECT count(*) FROM centre.blobs")
    assert portal.picture("1374", sha, data)["error"] == error
    assert centre.ask("SELECT count(*) FROM centre.blobs") == before


@pytest.mark.security
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM centre.intake",
        "SELECT * FROM centre.portal_cases",
        "INSERT INTO centre.intake VALUES ('1374', 'x', 1, 'application', '{}')",
        "SELECT centre.intake_take('1374', '1374-L3', 5)",
        "SELECT centre.portal_row('1374', 'DGK-1-1')",
        "SELECT api.pull_v1('{}', 1, 0)",
        "SELECT enrol.answer_v1()",
        "SET ROLE loket_owner",
        "CREATE TABLE portal.x (a int)",
        "CREATE TEMP TABLE x (a int)",
    ],
)
def test_the_portal_s_role_can_do_nothing_else(
    unchanged: tuple[CentreRig, Portal], statement: str
) -> None:
    centre, _ = unchanged
    with (
        psycopg.connect(centre.server.dsn(centre.database, "portal_test", PASSWORD)) as conn,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        conn.execute(statement)


@pytest.mark.security
def test_a_wrong_password_is_no_line(unchanged: tuple[CentreRig, Portal]) -> None:
    centre, _ = unchanged
    with pytest.raises(CentreRefused):
        PortalLine.open(centre.server.dsn(centre.database, "portal_test", "wrong"))


# -- what applicants read --------------------------------------------------------------------------


def test_what_waits_counts_as_paid(portal: Portal) -> None:
    portal.submit("1374", filing())
    told = portal.status("DGK-1-1")
    assert (told["state"], told["percent"], told["number"]) == ("submitted", 40, "")
    assert portal.status("DGK-9-9")["error"] == "unknown"


@pytest.mark.parametrize("delivery", ["courier", "collect"])
def test_the_percentage_is_the_program_s(centre: CentreRig, portal: Portal, delivery: str) -> None:
    portal.submit("1374", filing())
    found: dict[str, int | None] = {}
    for state in ApplicationState:  # one database for them all: each costs a second
        put_application(centre, state.value, delivery=delivery)
        told = portal.status("DGK-1-1")
        assert told["state"] == state
        found[state] = told["percent"]
    by_courier = delivery == "courier"
    assert found == {s: percent_told(s, by_courier=by_courier) for s in ApplicationState}


def test_on_hold_counts_as_where_it_was_held(centre: CentreRig, portal: Portal) -> None:
    portal.submit("1374", filing())
    put_application(centre, "on_hold", held_from="approved")
    assert portal.status("DGK-1-1")["percent"] == 50


def test_the_newest_parcel_says_where_the_card_is(centre: CentreRig, portal: Portal) -> None:
    portal.submit("1374", filing())
    put_application(centre, "in_delivery")
    put_parcel(centre, "1", ParcelState.PACKED.value)
    assert portal.status("DGK-1-1")["percent"] == 60
    proof = {"receiver": "SITI", "relation": "family", "at": "2026-03-05T03:00:00Z"}
    put_parcel(centre, "2", ParcelState.DELIVERED.value, proof=proof)
    told = portal.status("DGK-1-1")
    assert (told["percent"], told["waybill"], told["parcel"]) == (80, "P2", "delivered")
    assert told["delivered"] == {"at": proof["at"], "relation": "family", "reference": ""}
    assert "SITI" not in json.dumps(told)
    put_parcel(centre, "3", ParcelState.UNPACKED.value)
    assert portal.status("DGK-1-1")["waybill"] == ""


def test_a_file_that_was_sent_back_says_what_to_mend(centre: CentreRig, portal: Portal) -> None:
    portal.submit("1374", filing())
    points = [{"reason": "photo_dark", "note": "terlalu gelap", "mark": [0.1, 0.1, 0.5, 0.5]}]
    put_application(centre, "sent_back", sent_back=points)
    (reason,) = portal.status("DGK-1-1")["reasons"]
    assert (reason["code"], reason["document"]) == ("photo_dark", "photo")
    assert reason["text_id"]
    assert reason["text_en"]
    put_application(centre, "approved", sent_back=points)
    assert portal.status("DGK-1-1")["reasons"] == []


def test_a_line_that_the_counter_could_not_take_is_answered(
    centre: CentreRig, portal: Portal
) -> None:
    portal.submit("1374", filing())
    take(centre)
    with centre.admin() as conn, conn.transaction():
        conn.execute("SET LOCAL ROLE loket_owner")
        conn.execute("SELECT set_config('loket.office', '1374', true)")
        content = {"external_id": "DGK-1-1", "revision": 1, "kind": "application",
                   "fault": "against_schema", "where": "payment"}  # fmt: skip
        conn.execute("SELECT centre.intake_refused('1374', %s)", [json.dumps(content)])
    assert take(centre) == []
    assert portal.status("DGK-1-1")["refused"] == {
        "kind": "application", "revision": 1, "fault": "against_schema", "where": "payment",
    }  # fmt: skip


def test_a_complaint_reaches_the_office(centre: CentreRig, portal: Portal) -> None:
    portal.submit("1374", filing())
    assert portal.complain("DGK-1-1", NIK, "late", "Sudah dua minggu.")["ok"]
    told = centre.ask(
        "SELECT office, type FROM centre.feed WHERE body::text LIKE %s", "%complaint%"
    )
    assert told == [("1374", "incident")]
    assert portal.complain("DGK-1-1", "0" * 16, "late", "x")["error"] == "unknown"
    assert portal.complain("DGK-1-1", NIK, "angry", "x")["error"] == "against_schema"
    assert portal.complain("DGK-1-1", NIK, "late", "")["error"] == "against_schema"


def test_applicants_play_at_a_real_centre(
    centre: CentreRig, portal: Portal, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "summary.json"
    dsn = centre.server.dsn(centre.database, "portal_test", PASSWORD)
    done = main([
        "portal", "play", "--dsn", dsn, "--applicants", "5", "--seed", "2", "--reads", "1",
        "--office", "1374", "--office", "3275", "--out", str(out), "--lang", "en",
    ])  # fmt: skip
    assert done == 0
    summary = json.loads(out.read_text())
    assert summary["applicants"] == 5
    kept = centre.ask("SELECT count(*) FROM centre.intake WHERE done_at IS NULL")
    assert kept == [(summary["filed"],)]
    said = capsys.readouterr().out
    assert f"{summary['filed']} filed" in said
    assert "Everybody is accounted for." in said
    assert summary["tally"][0]["at_centre"] == summary["filed"], "no counter took any"
    for (line,) in centre.ask("SELECT line FROM centre.intake"):
        read_filing(line.encode())  # as a counter will read it


def test_a_centre_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["portal", "play", "--dsn", "host=127.0.0.1 port=1 password=geheim", "--lang", "en"]
    assert main(words) == 2
    assert "geheim" not in capsys.readouterr().out
