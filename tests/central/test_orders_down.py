"""What administrators order reaches the feeds it is for: holds, stock, couriers, rules, decrees."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from db import central_desk
from db.central_desk import decide, remembered
from desktop.centre import orders
from desktop.domain.officer import Role
from desktop.domain.person import HoldKind
from desktop.domain.rules import RulesDamaged
from desktop.domain.shipment import CourierListUnreadable
from desktop.rulebook import parse_file
from main import main
from tests.central.rigs.centre import CentreRig

pytestmark = pytest.mark.central
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
NIK = "3273011203900001"


def told(centre: CentreRig, counter: str, kind: str) -> list[dict[str, Any]]:
    """Items of a type that a counter's pull brings."""
    with_line = centre.line(counter)
    try:
        items = with_line.pull({"office": 0, "national": 0}, 200)["items"]
    finally:
        with_line.close()
    return [item for item in items if item["type"] == kind]


# -- holds and notices -----------------------------------------------------------------------------


def test_a_hold_binds_and_a_notice_only_informs(centre: CentreRig) -> None:
    with centre.admin() as conn:
        for kind in (HoldKind.COURT, HoldKind.ETLE_UNCONFIRMED):
            orders.put_hold(conn, NIK, kind, "alasan", "R-1", "PN Bandung", "PN", date(2026, 3, 1))
    (hold,) = told(centre, "3275-L1", "hold")
    (notice,) = told(centre, "1374-L3", "notice")
    assert hold["row"]["kind"] == "court"
    assert notice["row"]["kind"] == "etle_unconfirmed"
    assert hold["row"]["active"] is True


def test_a_settled_hold_is_told_as_settled(centre: CentreRig) -> None:
    with centre.admin() as conn:
        made = orders.put_hold(conn, NIK, HoldKind.COURT, "a", "b", "c", "d", date(2026, 3, 1))
        orders.settle_hold(conn, made)
        with pytest.raises(orders.UnknownOrder):
            orders.settle_hold(conn, "nothing")
    assert [item["row"]["active"] for item in told(centre, "1374-L3", "hold")] == [True, False]


# -- officers --------------------------------------------------------------------------------------


def test_one_person_never_holds_two_roles_that_check_each_other(centre: CentreRig) -> None:
    with centre.admin() as conn:
        with pytest.raises(orders.RolesClash):
            orders.put_officer(conn, "1", "X", "", [Role.REGISTRATION, Role.APPROVER], [])
        orders.put_officer(conn, "99", "Baru", "Bripda", [Role.EXAMINER], ["3275"])
    new = [one for one in told(centre, "3275-L1", "officer") if one["officer"]["nrp"] == "99"]
    assert [one["officer"]["roles"] for one in new] == [["examiner"]]
    assert not [one for one in told(centre, "1374-L3", "officer") if one["officer"]["nrp"] == "99"]


# -- stock -----------------------------------------------------------------------------------------


def test_stock_on_its_way_is_announced_to_its_office_alone(centre: CentreRig) -> None:
    with centre.admin() as conn:
        orders.put_consignment(conn, "1374", "L9", "CT26090001", "CT26090200", "Polda")
        for first, last in (("CT2", "CT10"), ("CT26090002", "CT26090001")):
            with pytest.raises(orders.SerialsUnfit):
                orders.put_consignment(conn, "1374", "L9", first, last, "Polda")
    (item,) = told(centre, "1374-L3", "consignment")
    assert item["consignment"]["first"] == "CT26090001"
    assert told(centre, "3275-L1", "consignment") == []


# -- couriers --------------------------------------------------------------------------------------


@pytest.fixture
def waybill(centre: CentreRig) -> str:
    """A parcel that office 1374 has sent."""
    centre.do(
        "INSERT INTO centre.taken_keys (name, value, office, kind, id, owner)"
        " VALUES ('waybill', 'P2603020000001', '1374', 'parcels', 'p-1', 'p-1')"
    )
    return "P2603020000001"


def test_a_courier_s_list_goes_to_the_offices_that_sent(
    centre: CentreRig, waybill: str, tmp_path: Path
) -> None:
    file = tmp_path / "pos.csv"
    file.write_text(
        "awb;event;at;receiver;relation\n"
        f"{waybill};Selesai antar;2026-03-05T03:00:00+07:00;SITI;keluarga\n"
        "P0000000000009;Antar gagal;2026-03-05T03:00:00+07:00;;\n"
        f"{waybill};Terbang;2026-03-05T03:00:00+07:00;;\n",
        encoding="utf-8",
    )
    with centre.admin() as conn:
        for _ in range(2):  # the same list again changes nothing
            report = orders.take_courier_file(conn, file, NOW)
            assert (report.told, report.unknown) == (1, ("P0000000000009",))
            assert [bad.line for bad in report.bad] == [4], "the heading is the first"
    (item,) = told(centre, "1374-L3", "courier")
    assert (item["courier"]["event"], item["courier"]["relation"]) == ("delivered", "keluarga")
    assert told(centre, "3275-L1", "courier") == []
    with centre.admin() as conn, pytest.raises(CourierListUnreadable):
        orders.take_courier_file(conn, tmp_path / "none.csv", NOW)


def test_what_a_courier_said_too_early_is_told_when_the_parcel_is_known(
    centre: CentreRig, tmp_path: Path
) -> None:
    early = {"awb": "P2603020000007", "event": "failed", "at": "2026-03-05T03:00:00+00:00"}
    with centre.admin() as conn:
        assert central_desk.courier_says(conn, early) is None
        assert central_desk.courier_again(conn) == 0
        conn.execute(
            "INSERT INTO centre.taken_keys (name, value, office, kind, id, owner)"
            " VALUES ('waybill', 'P2603020000007', '1374', 'parcels', 'p-7', 'p-7')"
        )
        assert central_desk.courier_again(conn) == 1
        assert central_desk.courier_again(conn) == 0
    (item,) = told(centre, "1374-L3", "courier")
    assert item["courier"]["event"] == "failed"


@pytest.mark.security
def test_a_courier_s_system_may_say_what_it_knows_and_nothing_else(
    centre: CentreRig, waybill: str
) -> None:
    with centre.admin() as conn:
        central_desk.give_password(conn, "pos_test", "pos", "loket_courier")
    at = "2026-03-05T03:00:00+07:00"
    events: list[Any] = [
        {"awb": waybill, "event": "in_transit", "at": at},
        {"awb": waybill, "event": "delivered", "at": at, "relation": "keluarga"},
        {"awb": "P0000000000009", "event": "failed", "at": at},
        {"awb": waybill, "event": "flown", "at": at},
        {"awb": waybill, "event": "failed", "at": "2026-03-05"},
        {"awb": waybill, "event": "failed", "at": "2026-99-05T03:00:00Z"},
        {"awb": "'; DROP TABLE centre.feed; --", "event": "failed", "at": at},
        7,
    ]
    with psycopg.connect(
        centre.server.dsn(centre.database, "pos_test", "pos"), autocommit=True
    ) as conn:
        said = conn.execute("SELECT courier.say_v1(%s)", [json.dumps(events)]).fetchone()
        assert said == ({"told": 2, "unknown": ["P0000000000009"], "bad": [3, 4, 5, 6, 7]},)
        for statement in (
            "SELECT * FROM centre.courier_events",
            "SELECT centre.courier_says('{}')",
            "SELECT portal.status_v1('x')",
            "SELECT api.pull_v1('{}', 1, 0)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(statement)
    assert [item["courier"]["event"] for item in told(centre, "1374-L3", "courier")] == [
        "in_transit", "delivered",
    ]  # fmt: skip


# -- rules and dispensations -----------------------------------------------------------------------


def test_rules_that_no_counter_could_read_are_not_sent(centre: CentreRig) -> None:
    with centre.admin() as conn:
        for name, text in (("fees.toml", "fees = 3"), ("unknown.toml", "version = '1'")):
            with pytest.raises(RulesDamaged):
                orders.put_rules(conn, name, text, "v", date(2027, 1, 1), "")
    assert told(centre, "1374-L3", "rules") == []


def proposal(centre: CentreRig, key: str = "prop-1") -> None:
    """As a counter writes it after an outage in which licences ran out."""
    row = {"kind": orders.PROPOSAL, "subject": "x", "details": {
        "from": "2026-03-01", "to": "2026-03-03", "licences": "12", "office": "1374"}}  # fmt: skip
    centre.do(
        "INSERT INTO centre.things (office, kind, id, version, row, counter)"
        " VALUES ('1374', 'incidents', %s, 0, %s, '1374-L3')",
        key, json.dumps(row),
    )  # fmt: skip


def test_a_proposed_dispensation_is_decided_once_and_becomes_a_rule(centre: CentreRig) -> None:
    proposal(centre)
    with centre.admin() as conn:
        (found,) = orders.proposals(conn)
        assert (found.office, found.licences) == ("1374", 12)
        renew = date(2026, 3, 4), date(2026, 3, 11)
        orders.accept_proposal(conn, found.id, "ST/1/III/2026", *renew, "")
        assert orders.proposals(conn) == []
        with pytest.raises(orders.UnknownOrder):
            orders.accept_proposal(conn, found.id, "ST/2/III/2026", *renew, "")
        assert remembered(conn, f"decided:{found.id}") == "ST/1/III/2026"
    (item,) = told(centre, "3275-L1", "rules")
    sheet: Any = parse_file(item["name"], item["text"])
    (decree,) = sheet.dispensations
    assert (decree.expiry_from, decree.expiry_to) == (date(2026, 3, 1), date(2026, 3, 3))
    assert (decree.renew_from, decree.renew_to) == renew


def test_a_proposal_may_be_turned_down(centre: CentreRig) -> None:
    proposal(centre)
    with centre.admin() as conn:
        decide(conn, "prop-1", "rejected")
        assert orders.proposals(conn) == []


# -- by the commands -------------------------------------------------------------------------------


def test_each_order_has_a_command(
    centre: CentreRig, waybill: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal(centre)
    listed = tmp_path / "pos.json"
    listed.write_text(json.dumps([{"awb": waybill, "event": "retur"}]), encoding="utf-8")

    def centre_does(*words: str) -> int:
        return main(["centre", *words, "--dsn", centre.dsn, "--lang", "en"])

    hold = ("hold", NIK, "--reason", "r", "--reference", "x", "--body", "b", "--settle-at", "s")
    assert centre_does(*hold, "--kind", "court") == 0
    made = capsys.readouterr().out.split()[-1]
    assert centre_does("settle", made) == 0
    assert centre_does(*hold, "--kind", "nonsense") == 2
    new = ("officer", "98010098", "Y", "--role")
    assert centre_does(*new, "examiner", "--office", "1374") == 0
    assert centre_does(*new, "chief") == 2
    stands_in = (*new, "dispatch", "--office", "1374", "--stands-in")
    assert centre_does(*stands_in, "approver", "--until", "2026-03-09") == 0
    assert told(centre, "1374-L3", "officer")[-1]["officer"]["delegate_roles"] == ["approver"]
    assert centre_does(*stands_in, "approver") == 2
    assert centre_does(*stands_in, "dispatch", "--until", "2026-03-09") == 2
    assert centre_does("revoke", "licence", "lic-1", "--reason", "court", "--order", "7/2026") == 0
    stock = ("--lot", "L", "--first", "CT1", "--last", "CT9", "--origin", "Polda")
    assert centre_does("consignment", "1374", *stock) == 0
    assert centre_does("courier", str(listed)) == 0
    assert "1 event passed on" in capsys.readouterr().out
    assert centre_does("dispensations") == 0
    assert "12 licences" in capsys.readouterr().out
    days = ("--from", "2026-03-04", "--to", "2026-03-11")
    assert centre_does("dispensations", "--accept", "prop-1", "--decree", "ST/1", *days) == 0
    assert centre_does("dispensations", "--accept", "prop-1", "--decree", "ST/1", *days) == 2
    assert centre_does("dispensations", "--accept", "prop-1") == 2
    assert [item["id"] for item in told(centre, "1374-L3", "revocation")] == ["lic-1"]
