"""What comes down: in the order of commits, without gaps, to whom it concerns."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from db import central_admin
from db.central import Centre
from db.errors import LineDown
from tests.central.rigs.centre import CentreRig
from tests.central.rigs.pen import ANDI, Pen, change, new

pytestmark = pytest.mark.central

START = {"office": 0, "national": 0}


def everything(line: Centre, limit: int = 500, **cursor: Any) -> list[dict[str, Any]]:
    """All items from a cursor on, page by page."""
    where: dict[str, Any] = {**START, **cursor}
    items: list[dict[str, Any]] = []
    while True:
        page = line.pull(where, limit)
        items += page["items"]
        where = page["cursor"]
        if not page["more"]:
            return items


def rows(items: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(i["id"], i["version"]) for i in items if i["type"] == "row"]


def test_a_neighbour_sees_what_was_done_and_the_maker_doesnt(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1")
    sheets = case.walk("capture")
    with centre.line("1374-L3") as line:
        pen.send(line, sheets)
        assert rows(everything(line)) == []
        assert rows(everything(line, own=True)) == [(case.id, case.version)]
    with centre.line("1374-L4") as line:
        item = next(i for i in everything(line) if i["type"] == "row")
    assert (item["kind"], item["counter"], item["entry_id"]) == (
        "applications", "1374-L3", sheets[-1].entry_id,
    )  # fmt: skip
    assert item["row"]["state"] == "captured"
    assert (item["holder"], item["feed"]) == ("1374-L3", "office")


@pytest.mark.security
def test_another_office_sees_nothing_of_it(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    with centre.line("1374-L3") as line:
        pen.send(line, pen.case("1").walk("capture"))
    with centre.line("3275-L1") as line:
        assert rows(everything(line, own=True)) == []
        assert (
            line.pull({"office": -5, "national": 0, "own": True}, 10)["items"]
            == line.pull({"office": 0, "national": 0}, 10)["items"]
        )


def test_pages_join_without_gap_or_repetition(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    sheets = [
        pen.write("x", str(n), changes=[new("visits", f"v{n}"), new("tickets", f"t{n}")])
        for n in range(40)
    ]
    with centre.line("1374-L3") as line:
        pen.send(line, sheets)
    with centre.line("1374-L4") as line:
        whole = rows(everything(line))
        ahead = []
        page = line.pull(START, 7)
        while True:
            ahead += page["items"]
            if not page["more"]:
                break
            line.pull_ahead(page["cursor"], 7)
            page = line.pull(page["cursor"], 7)
        assert rows(ahead) == whole, "and asked ahead"
        assert rows(everything(line, limit=7)) == whole
    assert len(whole) == 80
    assert [key for key, _ in whole] == [f"{k}{n}" for n in range(40) for k in "vt"]


def test_a_page_of_others_doesnt_stop_at_own_rows(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    with centre.line("1374-L3") as line:
        pen.send(line, [pen.write("x", changes=[new("visits", f"v{n}")]) for n in range(30)])
        page = line.pull(START, 5)
    assert rows(page["items"]) == []
    assert page["more"] is False or page["cursor"]["office"] == 30
    assert page["head"] == 30


def test_a_row_comes_as_it_stands_now(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    with centre.line("1374-L3") as line:
        pen.send(line, [pen.write("x", changes=[new("visits", "v", n=0)])])
        pen.send(line, [pen.write("x", changes=[change("visits", "v", 1, n=1)])])
    with centre.line("1374-L4") as line:
        found = [i for i in everything(line) if i["type"] == "row"]
    assert [i["row"] for i in found] == [{"id": "v", "n": 1, "version": 1}] * 2


def test_the_answer_says_where_the_chain_stands(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    with centre.line("1374-L3") as line:
        pen.send(line, [pen.write("duty.signed_in", ANDI)])
        page = line.pull(START, 10)
    assert page["counter"] == {"epoch": 1, "seq": 1, "hash": pen.head}
    assert page["time"].endswith("Z")


def test_orders_of_the_centre_come_to_every_office(centre: CentreRig) -> None:
    hold = {
        "id": "h1", "nik": "3175046302049665", "kind": "court", "reason": "r", "reference": "1/PID",
        "authority": "PN", "settle_at": "PN", "since": "2026-01-01", "active": True,
    }  # fmt: skip
    with centre.admin() as admin:
        central_admin.put_hold(admin, hold, binding=True)
        central_admin.put_hold(admin, {**hold, "id": "n1", "kind": "stnk_blocked"}, binding=False)
        central_admin.put_revocation(admin, "card", "S1", "2026-01-01T00:00:00Z", "stolen")
        central_admin.put_rules(admin, "fees.toml", "v2", "2026-05-01", "[a]\n")
    for counter in ("1374-L3", "3275-L1"):
        with centre.line(counter) as line:
            items = {i["type"]: i for i in everything(line)}
        assert items["hold"]["row"] == {**hold, "version": 0}
        assert items["notice"]["row"]["id"] == "n1"
        assert (items["revocation"]["kind"], items["revocation"]["id"]) == ("card", "S1")
        assert (items["rules"]["name"], items["rules"]["text"]) == ("fees.toml", "[a]\n")
        assert {i["feed"] for i in items.values()} == {"national"}


def test_orders_for_one_office_stay_there(centre: CentreRig) -> None:
    lot = {"id": "c1", "office": "1374", "lot": "L9", "serials": ["S1", "S2"], "from": "Korlantas"}
    pen = Pen("1374-L3")
    parcel = new("parcels", "p1", awb="P1", state="packed", application_id="a", courier="pos")
    with centre.line("1374-L3") as line:
        pen.send(line, [pen.write("parcel.packed", "p1", officer="78030003", changes=[parcel])])
    event = {"awb": "P1", "event": "delivered", "at": "2026-03-05T03:00:00Z", "receiver": "ibu"}
    with centre.admin() as admin:
        central_admin.put_consignment(admin, lot)
        assert central_admin.put_courier_event(admin, event) == "1374"
        assert central_admin.put_courier_event(admin, event) == "1374"
        assert central_admin.put_courier_event(admin, {**event, "awb": "P2"}) is None
    with centre.line("1374-L3") as line:
        items = everything(line)
    assert [i["consignment"] for i in items if i["type"] == "consignment"] == [lot]
    assert [i["courier"] for i in items if i["type"] == "courier"] == [event]
    with centre.line("3275-L1") as line:
        assert {i["type"] for i in everything(line)} == {"officer"}


def test_nobody_misses_an_act_while_many_push(centre: CentreRig) -> None:
    """Two counters push small batches at once while a third pulls: every row, once, in order."""
    count, done = 60, threading.Event()
    pens = {c: Pen(c) for c in ("1374-L3", "1374-L4")}
    with centre.admin() as admin:
        central_admin.put_office(admin, "1374", "Satpas Contoh")
        central_admin.enrol_counter(admin, "1374-L9", "1374")
    faults: list[BaseException] = []

    def work(pen: Pen) -> None:
        try:
            with centre.line(pen.counter) as line:
                for n in range(count):
                    key = f"{pen.counter}-{n}"
                    answer = pen.send(line, [pen.write("x", key, changes=[new("visits", key)])])
                    assert answer["ok"] is True
        except BaseException as fault:  # noqa: BLE001  told to the test below
            faults.append(fault)

    threads = [threading.Thread(target=work, args=[pen]) for pen in pens.values()]
    seen: list[str] = []
    numbers: list[int] = []

    def look(line: Centre, where: dict[str, Any]) -> dict[str, Any]:
        page = line.pull(where, 7)
        found = [i for i in page["items"] if i["type"] == "row"]
        seen.extend(i["id"] for i in found)
        numbers.extend(i["n"] for i in found)
        return page["cursor"]

    with centre.line("1374-L9") as line:
        for thread in threads:
            thread.start()
        where: dict[str, Any] = dict(START)
        while any(thread.is_alive() for thread in threads):
            where = look(line, where)
        done.set()
        for _ in range(40):
            where = look(line, where)
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(seen) == sorted(f"{c}-{n}" for c in pens for n in range(count))
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)


def test_a_waiting_screen_is_answered_when_the_head_moves(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    found: list[dict[str, Any]] = []
    with centre.line("1374-L4") as waiting, centre.line("1374-L3") as line:
        head = waiting.pull(START, 100)["cursor"]

        def wait() -> None:
            found.append(waiting.pull(head, 10, wait_ms=20_000))

        thread = threading.Thread(target=wait)
        thread.start()
        pen.send(line, [pen.write("x", changes=[new("visits", "v")])])
        thread.join(15)
        assert not thread.is_alive()
    assert rows(found[0]["items"]) == [("v", 0)]


def test_a_page_that_was_asked_ahead_is_dropped_by_any_other_call(centre: CentreRig) -> None:
    pen, other = Pen("1374-L3"), Pen("1374-L4")
    with centre.line("1374-L3") as line, centre.line("1374-L4") as second:
        pen.send(line, pen.case("1").walk("capture"))
        second.pull_ahead(START, 500)
        other.send(second, other.case("2").walk("capture"))
        pen.send(line, pen.case("3").walk("capture"))
        second.pull_ahead(START, 3)
        seen = [key for key, _ in rows(second.pull(START, 500)["items"])]
        assert len(seen) == 2, "what was asked now, not what was asked before"
        second.pull_ahead(START, 500)
        assert second.now().tzinfo is not None
        second.pull_ahead(START, 500)


@pytest.mark.fault
def test_a_line_that_breaks_while_a_page_is_asked_ahead_is_told(centre: CentreRig) -> None:
    with centre.line("1374-L3") as line:
        line.pull_ahead(START, 500)
        centre.do(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE usename = 'c_1374_l3'"
        )
        with pytest.raises(LineDown):
            line.pull({"office": 1, "national": 0}, 10)
