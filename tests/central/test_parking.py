"""A conflict is parked with its reason and never holds up the rest; facts land all the same."""

from __future__ import annotations

from typing import Any

import pytest

from db import central_admin
from tests.central.rigs.centre import CentreRig
from tests.central.rigs.pen import (
    ANDI,
    BAMBANG,
    DEWI,
    NYOMAN,
    RAHMAT,
    SRI,
    Pen,
    Sheet,
    blank,
    blank_step,
    change,
    new,
)

pytestmark = pytest.mark.central

RECEIVED = blank("S1", "1374-L3")


def push(centre: CentreRig, pen: Pen, *sheets: Sheet) -> dict[str, Any]:
    with centre.line(pen.counter) as line:
        answer = pen.send(line, sheets)
    assert answer.get("ok") is True, answer
    return answer


def reasons(answer: dict[str, Any]) -> dict[str, str]:
    return {p["entry_id"]: p["reason"] for p in answer["parked"]}


def row(centre: CentreRig, kind: str, key: str) -> dict[str, Any] | None:
    found = centre.ask("SELECT row FROM centre.things WHERE kind = %s AND id = %s", kind, key)
    return found[0][0] if found else None


def balanced(centre: CentreRig, submitted: int) -> bool:
    """Parked plus applied is what was submitted."""
    counts = dict(centre.ask("SELECT status, count(*) FROM centre.journal GROUP BY status"))
    parked = centre.ask("SELECT count(*) FROM centre.parked")[0][0]
    return sum(counts.values()) == submitted and counts.get("parked", 0) == parked


def test_one_parked_act_doesnt_hold_up_the_others(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    bad, good = pen.case("bad"), pen.case("good")
    skip = [bad.register(), bad.step("approve")]  # a gate is skipped
    sheets = [*skip, *good.walk("hand_over")]
    answer = push(centre, pen, *sheets)
    assert reasons(answer) == {skip[1].entry_id: "workflow"}
    stored = row(centre, "applications", good.id)
    assert stored is not None
    assert stored["state"] == "handed_over"
    stuck = row(centre, "applications", bad.id)
    assert stuck is not None
    assert stuck["state"] == "registered"
    assert balanced(centre, len(sheets))
    # The desk is shown what stands here.
    rows = answer["parked"][0]["detail"]["rows"]
    assert rows == [{"kind": "applications", "id": bad.id, "row": stuck}]


def test_an_officer_whom_the_centre_doesnt_know_here(centre: CentreRig) -> None:
    with centre.admin() as admin:
        central_admin.put_officer(admin, "99", "Tamu", roles=["registration"], offices=["3275"])
        central_admin.put_officer(
            admin, "98", "Pensiun", roles=["registration"], offices=None, active=False
        )
        central_admin.put_officer(admin, "97", "Tanpa Tugas", roles=[], offices=None)
        central_admin.put_officer(
            admin, "96", "Wakil", roles=[], offices=None,
            delegate_roles=["registration"], delegate_until="2026-03-02",
        )  # fmt: skip
    pen = Pen("1374-L3")
    sheets = [pen.case(who).register(who) for who in ("nobody", "99", "98", "97", "96")]
    answer = push(centre, pen, *sheets)
    assert list(reasons(answer).values()) == ["officer"] * 4
    assert row(centre, "applications", "case-1374-L3-96") is not None


def test_a_row_changed_by_another_counter_meanwhile_is_stale(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("1374-L4")
    push(centre, here, here.write("person", "p", changes=[new("persons", "p", nik="1", name="A")]))
    push(centre, there, there.write("person", "p", changes=[change("persons", "p", 1, name="B")]))
    late = here.write("person", "p", changes=[change("persons", "p", 1, name="C")])
    answer = push(centre, here, late)
    assert reasons(answer) == {late.entry_id: "stale"}
    detail = answer["parked"][0]["detail"]
    assert (detail["centre"], detail["told"]) == (1, 1)
    assert detail["rows"][0]["row"]["name"] == "B"
    assert row(centre, "persons", "p") == {"id": "p", "nik": "1", "name": "B", "version": 1}


@pytest.mark.parametrize(
    ("upto", "action", "to", "officer", "seconds", "taken"),
    [
        ("confirm_data", "approve", "approved", SRI, (), True),
        ("confirm_data", "approve", "approved", ANDI, (), False),  # no approver
        ("confirm_data", "approve", "approved", None, (), False),  # the program approves nothing
        ("make_ready", "recall", "recalled", BAMBANG, (), False),  # two must sign
        ("make_ready", "recall", "recalled", BAMBANG, (BAMBANG,), False),
        ("make_ready", "recall", "recalled", BAMBANG, (BAMBANG, RAHMAT), True),
        ("make_ready", "recall", "recalled", BAMBANG, (BAMBANG, "made up"), False),
        ("capture", "hold", "on_hold", ANDI, (), True),
        ("capture", "print", "printed", ANDI, (), False),
        ("capture", "pass_tests", "tested", DEWI, (), False),  # no tests for a renewal
        ("capture", "claim", "claimed", ANDI, (), False),  # no walk-in's road
    ],
)
def test_states_move_along_the_table_only(
    centre: CentreRig,
    upto: str,
    action: str,
    to: str,
    officer: str | None,
    seconds: tuple[str, ...],
    taken: bool,
) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1")
    sheets = case.walk(upto)
    step = pen.write(
        f"application.{action}", case.id, officer=officer, seconds=seconds,
        changes=[change("applications", case.id, case.version + 1, state=to)],
    )  # fmt: skip
    answer = push(centre, pen, *sheets, step)
    expected = {} if taken else {step.entry_id: "claimed" if action == "claim" else "workflow"}
    if action == "claim":
        expected = {step.entry_id: "workflow"}
    assert reasons(answer) == expected


def test_the_maker_never_approves(centre: CentreRig) -> None:
    with centre.admin() as admin:
        central_admin.put_officer(
            admin, "55", "Dua Tugas", roles=["registration", "approver"], offices=None
        )
    pen = Pen("1374-L3")
    case = pen.case("1")
    sheets = [case.register("55"), *(case.step(a) for a in
              ("check_requirements", "match_payment", "capture", "confirm_data"))]  # fmt: skip
    own = case.step("approve", "55")
    answer = push(centre, pen, *sheets, own)
    assert reasons(answer) == {own.entry_id: "workflow"}


@pytest.mark.parametrize(("source", "taken"), [("typed", False), ("confirmed", True)])
@pytest.mark.parametrize("batches", [1, 2])
def test_whoever_vouched_for_a_piece_doesnt_approve(
    centre: CentreRig, source: str, taken: bool, batches: int
) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1")
    sheets = [case.register(), case.prove("NTPN1", SRI, source=source)]
    sheets += [case.step(a) for a in ("check_requirements", "match_payment", "capture")]
    sheets.append(case.step("confirm_data"))
    own = case.step("approve", SRI)
    if batches == 2:
        push(centre, pen, *sheets)
        sheets = []
    assert reasons(push(centre, pen, *sheets, own)) == ({} if taken else {own.entry_id: "workflow"})


def test_a_state_changed_by_an_act_of_another_kind_is_refused(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1")
    sheets = case.walk("confirm_data")
    sly = pen.write(
        "visit.joined", "v", officer=SRI,
        changes=[change("applications", case.id, case.version + 1, state="approved")],
    )  # fmt: skip
    assert reasons(push(centre, pen, *sheets, sly)) == {sly.entry_id: "workflow"}


def test_evidence_counts_once_in_the_country(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("3275-L1")
    first, second = here.case("1"), there.case("2")
    push(centre, here, first.register(), first.prove("NTPN1"))
    sheets = [second.register(), second.prove("NTPN1"), second.prove("NTPN2")]
    answer = push(centre, there, *sheets)
    assert reasons(answer) == {sheets[1].entry_id: "evidence_used"}
    first_use = answer["parked"][0]["detail"]["first"]
    assert (first_use["office"], first_use["owner"]) == ("1374", first.id)


def test_evidence_used_twice_in_one_batch(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    one, two = pen.case("1"), pen.case("2")
    sheets = [one.register(), two.register(), one.prove("NTPN1"), two.prove("NTPN1")]
    assert reasons(push(centre, pen, *sheets)) == {sheets[3].entry_id: "evidence_used"}


def test_an_online_application_is_taken_in_once_in_the_country(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("3275-L1")
    push(centre, here, here.case("1", channel="online", external_id="EXT1").register())
    twice = there.case("2", channel="online", external_id="EXT1").register()
    assert reasons(push(centre, there, twice)) == {twice.entry_id: "duplicate"}


def test_a_waybill_is_on_one_parcel(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("3275-L1")

    def packed(pen: Pen, key: str) -> Sheet:
        parcel = new("parcels", key, awb="P123", state="packed", application_id="a", courier="pos")
        return pen.write("parcel.packed", key, officer=RAHMAT, changes=[parcel])

    push(centre, here, packed(here, "one"))
    twice = packed(there, "two")
    assert reasons(push(centre, there, twice)) == {twice.entry_id: "duplicate"}


def test_what_hangs_on_a_parked_act_waits_with_it(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    case, other = pen.case("1"), pen.case("2")
    sheets = [case.register(), case.step("approve"), case.step("reserve"), other.register()]
    answer = push(centre, pen, *sheets)
    assert reasons(answer) == {sheets[1].entry_id: "workflow", sheets[2].entry_id: "depends_on"}
    assert answer["parked"][1]["detail"]["entry_id"] == sheets[1].entry_id
    # In a later batch as well.
    later = case.step("encode")
    assert reasons(push(centre, pen, later)) == {later.entry_id: "depends_on"}
    assert balanced(centre, 5)


def test_facts_land_though_their_case_is_parked(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1")
    stock = pen.write("stock.received", "L1", officer=NYOMAN, changes=blank("S1", "1374-L3"))
    began = case.register()
    facts = [
        *blank_step("S1", 3, 4, "reserve", "assigned", "reserved", "1374-L3"),
        new("jobs", "j", state="intent", blank_serial="S1"),
    ]
    skipped = pen.write(
        "application.reserve", case.id,
        changes=[*facts, change("applications", case.id, 2, state="in_production")],
    )  # fmt: skip
    answer = push(centre, pen, stock, began, skipped)
    assert reasons(answer) == {skipped.entry_id: "workflow"}
    held = row(centre, "blanks", "S1")
    assert held is not None
    assert (held["state"], held["movement"], held["version"]) == ("reserved", 4, 3)
    assert row(centre, "jobs", "j") is not None
    assert centre.ask("SELECT state, movement FROM centre.serials") == [("reserved", 4)]
    stuck = row(centre, "applications", case.id)
    assert stuck is not None
    assert stuck["state"] == "registered"
    # What became of the blank isn't held up by the case.
    load = pen.write(
        "blank.load",
        "S1",
        changes=blank_step("S1", 4, 5, "load", "reserved", "at_printer", "1374-L3"),
    )
    assert reasons(push(centre, pen, load)) == {}


def test_a_blank_that_another_office_holds_raises_an_incident(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("3275-L1")
    push(
        centre,
        here,
        here.write("stock.received", "L1", officer=NYOMAN, changes=blank("S1", "1374-L3")),
    )
    theft = there.write(
        "stock.received", "L1", officer=NYOMAN,
        changes=[*blank("S1", "3275-L1"), *blank("S2", "3275-L1")],
    )  # fmt: skip
    answer = push(centre, there, theft)
    assert reasons(answer) == {theft.entry_id: "blank_conflict"}
    # The other blank of the same consignment is a fact.
    assert centre.ask("SELECT serial, office FROM centre.serials ORDER BY 1") == [
        ("S1", "1374"), ("S2", "3275"),
    ]  # fmt: skip
    told = centre.ask("SELECT kind, subject, offices, detail FROM centre.incidents")
    assert [(t[0], t[1], sorted(t[2])) for t in told] == [
        ("blank_conflict", "S1", ["1374", "3275"])
    ]
    for counter in ("1374-L3", "3275-L1"):
        with centre.line(counter) as line:
            items = line.pull({"office": 0, "national": 0}, 500)["items"]
        assert [i["incident"]["subject"] for i in items if i["type"] == "incident"] == ["S1"]


def test_a_blank_that_was_sent_on_may_be_received_elsewhere(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("3275-L1")
    lines = blank("S1", "store_room")[:4]  # received, stored
    sent = blank_step("S1", 2, 3, "transfer", "in_stock", "transferred", "3275")
    push(
        centre, here,
        here.write("stock.received", "L1", officer=NYOMAN, changes=lines),
        here.write("stock.transferred", "3275", officer=NYOMAN, seconds=[BAMBANG], changes=sent),
    )  # fmt: skip
    got = there.write("stock.received", "L1", officer=NYOMAN, changes=blank("S1", "3275-L1"))
    assert reasons(push(centre, there, got)) == {}
    assert centre.ask("SELECT office, custodian FROM centre.serials") == [("3275", "3275-L1")]


@pytest.mark.parametrize(
    "lines",
    [
        RECEIVED[:1],  # no movement
        RECEIVED[1:2],  # no blank
        [*RECEIVED[:2], *blank_step("S1", 1, 3, "store", "received", "in_stock", "x")],
        [*RECEIVED[:2], *blank_step("S1", 1, 2, "store", "received", "issued", "x")],
        [*RECEIVED[:3], blank_step("S1", 1, 2, "store", "received", "in_stock", "another")[1]],
    ],
)  # fmt: skip
def test_the_stock_ledger_and_the_blank_tell_the_same(
    centre: CentreRig, lines: list[dict[str, Any]]
) -> None:
    pen = Pen("1374-L3")
    wrong = pen.write("stock.received", "L1", officer=NYOMAN, changes=lines)
    answer = push(centre, pen, wrong)
    assert list(reasons(answer).values()) in (["blank_conflict"], ["workflow"])
    assert centre.ask("SELECT count(*) FROM centre.things WHERE kind <> 'incidents'") == [(0,)]
    assert centre.ask("SELECT count(*) FROM centre.serials") == [(0,)]


def test_a_blank_in_another_counters_box_cant_be_printed_on(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("1374-L4")
    push(
        centre,
        here,
        here.write("stock.received", "L1", officer=NYOMAN, changes=blank("S1", "1374-L3")),
    )
    taken = there.write(
        "blank.reserve",
        "S1",
        changes=blank_step("S1", 3, 4, "reserve", "assigned", "reserved", "1374-L3"),
    )
    assert list(reasons(push(centre, there, taken)).values()) == ["workflow"]
    assert centre.ask("SELECT state FROM centre.serials") == [("assigned",)]


@pytest.mark.parametrize("how", ["accepted", "resubmitted"])
def test_a_supervisor_settles_a_parked_act(centre: CentreRig, how: str) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1")
    sheets = [case.register(), case.step("approve"), case.step("reserve")]
    push(centre, pen, *sheets)
    case.version, case.state = 1, "registered"
    settled = [s.entry_id for s in sheets[1:]]
    changes = []
    if how == "resubmitted":
        case.version = 2
        changes = [change("applications", case.id, 2, note="done again")]
    word = pen.write(
        f"conflict.{how}", case.id, officer=BAMBANG, changes=changes, content={"entries": settled}
    )
    assert reasons(push(centre, pen, word)) == {}
    after = case.step("check_requirements")
    assert reasons(push(centre, pen, after)) == {}
    assert centre.ask("SELECT count(*) FROM centre.parked WHERE resolved_by IS NULL") == [(0,)]
    with centre.line("1374-L3") as line:
        items = line.pull({"office": 0, "national": 0}, 500)["items"]
    assert [i["entry_id"] for i in items if i["type"] == "resolved"] == settled
    assert balanced(centre, 5)


def test_done_again_wrongly_it_waits_again(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1")
    sheets = [case.register(), case.step("approve")]
    push(centre, pen, *sheets)
    again = pen.write(
        "conflict.resubmitted", case.id, officer=BAMBANG, content={"entry_id": sheets[1].entry_id},
        changes=[change("applications", case.id, 2, state="approved")],
    )  # fmt: skip
    assert reasons(push(centre, pen, again)) == {again.entry_id: "workflow"}
    waiting = centre.ask(
        "SELECT entry_id FROM centre.parked WHERE resolved_by IS NULL ORDER BY seq"
    )
    assert waiting == [(sheets[1].entry_id,), (again.entry_id,)]


@pytest.mark.security
def test_nobody_settles_another_counters_conflict(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("1374-L4")
    case = here.case("1")
    sheets = [case.register(), case.step("approve")]
    push(centre, here, *sheets)
    push(
        centre, there,
        there.write("conflict.accepted", case.id, officer=BAMBANG,
                    content={"entry_id": sheets[1].entry_id}),
    )  # fmt: skip
    assert centre.ask("SELECT count(*) FROM centre.parked WHERE resolved_by IS NULL") == [(1,)]


def test_a_settled_intake_is_done(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    centre.do(
        "INSERT INTO centre.intake (office, external_id, revision, type, line)"
        " VALUES ('1374', 'EXT1', 1, 'application', '{}'), ('1374', 'EXT2', 1, 'application', '{}')"
    )
    with centre.line("1374-L3") as line:
        handed = line.pull({"office": 0, "national": 0}, 10)["intake"]
    assert sorted(i["external_id"] for i in handed) == ["EXT1", "EXT2"]
    refused = pen.write(
        "intake.refused", "EXT2", officer=None,
        content={"external_id": "EXT2", "revision": 1, "kind": "application", "fault": "nik"},
    )  # fmt: skip
    case = pen.case("1", channel="online", external_id="EXT1", revision=1)
    push(centre, pen, refused, case.register())
    done = centre.ask(
        "SELECT external_id, answer ->> 'fault' FROM centre.intake"
        " WHERE done_at IS NOT NULL ORDER BY 1"
    )
    assert done == [("EXT1", None), ("EXT2", "nik")]
