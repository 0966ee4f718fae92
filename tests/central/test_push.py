"""What a counter pushes reaches the centre once, in order, whole, or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

import pytest

from tests.central.rigs.centre import CentreRig
from tests.central.rigs.pen import ANDI, SRI, Pen, Sheet, change, new

pytestmark = pytest.mark.central


def journal(centre: CentreRig, counter: str = "1374-L3") -> list[tuple[Any, ...]]:
    """(epoch, seq, entry, payload) as the centre has them."""
    return centre.ask(
        "SELECT epoch, seq, entry, payload FROM centre.journal WHERE counter = %s ORDER BY 1, 2",
        counter,
    )


def row(centre: CentreRig, kind: str, key: str) -> dict[str, Any] | None:
    found = centre.ask("SELECT row FROM centre.things WHERE kind = %s AND id = %s", kind, key)
    return found[0][0] if found else None


def test_acts_arrive_in_order_and_whole(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    case = pen.case("1")
    sheets = case.walk("hand_over")
    with centre.line("1374-L3") as line:
        answer = pen.send(line, sheets)
    assert answer["ok"] is True
    assert (answer["epoch"], answer["seq"], answer["hash"]) == (1, len(sheets), sheets[-1].hash)
    assert answer["parked"] == []
    assert journal(centre) == [(1, s.seq, s.entry, s.payload) for s in sheets]
    stored = row(centre, "applications", case.id)
    assert stored is not None
    assert (stored["state"], stored["version"]) == ("handed_over", case.version)


def test_each_head_is_kept_with_the_time_of_its_arrival(centre: CentreRig) -> None:
    """By the centre's own clock, whatever the counter's says."""
    pen = Pen("1374-L3")
    sheets = pen.case("1").walk("capture")
    [(before,)] = centre.ask("SELECT clock_timestamp()")
    with centre.line("1374-L3") as line:
        pen.send(line, sheets[:3])
        [(between,)] = centre.ask("SELECT clock_timestamp()")
        pen.send(line, sheets)  # the first three once more: they came when they came
        [(after,)] = centre.ask("SELECT clock_timestamp()")
    arrived = centre.ask("SELECT hash, arrived FROM centre.journal ORDER BY seq")
    assert [head for head, _ in arrived] == [sheet.hash for sheet in sheets]
    assert all(before < at < between for _, at in arrived[:3])
    assert all(between < at < after for _, at in arrived[3:])


def test_a_lost_acknowledgement_changes_nothing(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    sheets = pen.case("1").walk("capture")
    with centre.line("1374-L3") as line:
        pen.send(line, sheets[:3])
        before = centre.ask("SELECT number FROM centre.heads WHERE office = '1374'")
        again = pen.send(line, sheets[:3])
        assert again["ok"] is True
        assert again["seq"] == 3
        assert centre.ask("SELECT number FROM centre.heads WHERE office = '1374'") == before
        # The next batch may begin with what was sent before.
        answer = pen.send(line, sheets)
    assert answer["seq"] == len(sheets)
    assert len(journal(centre)) == len(sheets)


def test_a_gap_is_answered_with_the_last_place(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    sheets = pen.case("1").walk("capture")
    with centre.line("1374-L3") as line:
        pen.send(line, sheets[:2])
        answer = pen.send(line, sheets[3:])
    assert answer["error"] == "gap"
    assert answer["detail"]["last_seq"] == 2
    assert answer["detail"]["last_hash"] == sheets[1].hash
    assert len(journal(centre)) == 2
    assert centre.ask("SELECT count(*) FROM centre.refused") == [(0,)]


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ([0, 1, 1, 2], "chain"),  # doubled inside a batch
        ([0, 2, 1, 3], "gap"),  # reordered
        ([0, 1, 3], "gap"),  # one left out
    ],
)
def test_a_batch_out_of_order_is_refused_whole(
    centre: CentreRig, order: list[int], error: str
) -> None:
    pen = Pen("1374-L3")
    sheets = pen.case("1").walk("capture")
    with centre.line("1374-L3") as line:
        answer = pen.send(line, [sheets[i] for i in order])
    assert answer["error"] == error
    assert journal(centre) == []


def edited(sheet: Sheet, **fields: Any) -> Sheet:
    """The entry with other fields, written as canonical text again."""
    text = json.dumps({**json.loads(sheet.entry), **fields}, sort_keys=True, separators=(",", ":"))
    return dataclasses.replace(
        sheet, entry=text, hash=hashlib.sha256(text.encode()).hexdigest()
    )  # fmt: skip


@pytest.mark.security
@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"act": "application.approve"}, "chain"),  # edited: the next one names another hash
        ({"previous": "11" * 32}, "chain"),
        ({"counter": "1374-L4"}, "forged"),
        ({"counter": "3275-L1"}, "forged"),
        ({"realm": "live"}, "realm"),
        ({"payload_digest": "22" * 32}, "payload"),
        ({"epoch": 7}, "epoch"),
        ({"epoch": 0}, "chain"),
    ],
)
def test_an_entry_that_isnt_the_chains_is_refused_and_noted(
    centre: CentreRig, fields: dict[str, Any], error: str
) -> None:
    pen = Pen("1374-L3")
    sheets = pen.case("1").walk("capture")
    sheets[2] = edited(sheets[2], **fields)
    with centre.line("1374-L3") as line:
        answer = pen.send(line, sheets)
    assert answer["error"] == error
    assert journal(centre) == []
    assert centre.ask("SELECT count(*) FROM centre.things") == [(0,)]
    assert centre.ask("SELECT login, counter, call, code FROM centre.refused") == [
        ("c_1374_l3", "1374-L3", "push", error)
    ]


def test_a_flipped_bit_in_the_last_entry_is_found_by_the_counters_own_hash(
    centre: CentreRig,
) -> None:
    pen = Pen("1374-L3")
    sheets = pen.case("1").walk("capture")
    last = sheets[-1]
    sheets[-1] = dataclasses.replace(last, entry=last.entry.replace("tick", "tack", 1))
    with centre.line("1374-L3") as line:
        assert pen.send(line, sheets)["error"] == "chain"
        assert journal(centre) == []
        assert pen.send(line, sheets[:-1])["seq"] == len(sheets) - 1


def test_another_history_is_a_fork_and_a_new_epoch_goes_on_from_where_they_part(
    centre: CentreRig,
) -> None:
    pen = Pen("1374-L3")
    sheets = [pen.write("duty.signed_in", ANDI) for _ in range(4)]
    with centre.line("1374-L3") as line:
        pen.send(line, sheets)
        # Yesterday's store was copied back: it knows two entries, and goes on differently.
        pen.seq, pen.head = sheets[1].seq, sheets[1].hash
        other = [pen.write("duty.signed_out", ANDI) for _ in range(3)]
        answer = pen.send(line, other)
        assert answer["error"] == "forked"
        assert answer["detail"]["at"] == {"epoch": 1, "seq": 3}
        assert (answer["detail"]["epoch"], answer["detail"]["seq"]) == (1, 4)
        assert len(journal(centre)) == 4

        begun = [pen.open_epoch(sheets[1], epoch=2), pen.write("duty.signed_in", SRI)]
        answer = pen.send(line, begun)
    assert answer["ok"] is True, answer
    assert (answer["epoch"], answer["seq"]) == (2, 4)
    # Nothing was discarded: both histories stand.
    assert [r[:2] for r in journal(centre)] == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4)]


@pytest.mark.security
def test_a_new_epoch_must_follow_something_known(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    sheets = [pen.write("duty.signed_in", ANDI) for _ in range(2)]
    with centre.line("1374-L3") as line:
        pen.send(line, sheets)
        opened = pen.open_epoch(dataclasses.replace(sheets[1], hash="33" * 32), epoch=2)
        assert pen.send(line, [opened])["error"] == "epoch"
        pen.epoch, pen.seq, pen.head = 3, 2, sheets[1].hash
        assert pen.send(line, [pen.write("duty.signed_in", ANDI)])["error"] == "epoch"
    assert len(journal(centre)) == 2


@pytest.mark.security
def test_an_entry_id_counts_once_in_the_country(centre: CentreRig) -> None:
    here, there = Pen("1374-L3"), Pen("3275-L1")
    first = here.write("duty.signed_in", ANDI)
    with centre.line("1374-L3") as line, centre.line("3275-L1") as other:
        here.send(line, [first])
        copied = there.write("duty.signed_in", ANDI, entry_id=first.entry_id)
        assert there.send(other, [copied])["error"] == "doubled"
        twice = [here.write("duty.a", ANDI, entry_id="x"), here.write("duty.b", ANDI, entry_id="x")]
        assert here.send(line, twice)["error"] == "doubled"


@pytest.mark.security
def test_too_much_at_once_is_refused_with_what_to_do(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    with centre.line("1374-L3") as line:
        many = [pen.write("duty.signed_in", ANDI) for _ in range(501)]
        answer = pen.send(line, many)
        assert (answer["error"], answer["detail"]) == (
            "too_large",
            {"limit": "entries", "most": 500},
        )
        assert pen.send(line, many[:500])["seq"] == 500

        pen = Pen("1374-L3", seq=500, head=many[499].hash)
        long = pen.write("duty.signed_in", ANDI, content={"note": "x" * 16_777_300})
        answer = pen.send(line, [long])
        assert (answer["error"], answer["detail"]["limit"]) == ("too_large", "payload")
        parts = [dataclasses.replace(long, payload="y" * 16_000_000) for _ in range(3)]
        assert pen.send(line, parts)["detail"]["limit"] == "call"
        lame = [dataclasses.replace(long, payload="{}", signature=b"short")]
        assert pen.send(line, lame)["detail"]["limit"] == "shape"
    assert centre.ask("SELECT count(*) FROM centre.refused WHERE code = 'too_large'") == [(4,)]
    assert len(journal(centre)) == 500


def test_missing_pictures_are_named_and_what_stands_before_is_taken(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    photo, face = b"a photo", b"another"
    shas = [hashlib.sha256(data).hexdigest() for data in (photo, face)]
    sheets = [
        pen.write("duty.signed_in", ANDI),
        pen.write("capture.photo", "visit", blobs=shas),
        pen.write("duty.signed_out", ANDI),
    ]
    with centre.line("1374-L3") as line:
        answer = pen.send(line, sheets)
        assert answer["error"] == "blobs"
        assert sorted(answer["missing"]) == sorted(shas)
        assert answer["applied_to"] == 1
        for sha, data in zip(shas, (photo, face), strict=True):
            assert line.blob_put(sha, 0, 1, data)["done"] is True
        assert pen.send(line, sheets)["seq"] == 3
    assert len(journal(centre)) == 3


@pytest.mark.parametrize(
    "poison", ["{not json", '"text"', "[]", '{"type":"entry"}', "\\u0000", "[" * 40_000]
)
def test_a_poisoned_entry_is_set_aside_and_the_others_go_on(centre: CentreRig, poison: str) -> None:
    pen = Pen("1374-L3")
    first = pen.write("duty.signed_in", ANDI)
    bad_hash = hashlib.sha256(poison.encode()).hexdigest()
    bad = Sheet(poison, b"\0" * 64, None, 2, "", bad_hash)
    pen.seq, pen.head = 2, bad_hash
    after = pen.case("1").walk("capture")
    with centre.line("1374-L3") as line:
        answer = pen.send(line, [first, bad, *after])
    assert answer["ok"] is True, answer
    assert [(p["seq"], p["reason"]) for p in answer["parked"]] == [(2, "unreadable")]
    assert answer["seq"] == 2 + len(after)
    assert centre.ask(
        "SELECT seq, status, reason, entry FROM centre.journal WHERE status <> 'applied'"
    ) == [(2, "parked", "unreadable", poison)]


@pytest.mark.parametrize(
    "payload",
    [
        "no json at all",
        '{"changes":"all"}',
        '{"changes":[{"kind":"applications"}]}',
        '{"changes":[{"kind":"unheard_of","id":"1","set":{}}]}',
        '{"changes":[{"kind":"applications","id":"1","set":{"version":"many"}}]}',
        '{"changes":[{"kind":"applications","id":7,"set":{}}]}',
        '{"fences":{"a":"b"}}',
        '{"blobs":7}',
        "[1,2]",
        '"x"',
    ],
)
def test_a_payload_that_cant_be_read_is_set_aside(centre: CentreRig, payload: str) -> None:
    pen = Pen("1374-L3")
    digest = hashlib.sha256(payload.encode()).hexdigest()
    bad = dataclasses.replace(
        pen.write("duty.signed_in", ANDI, payload_digest=digest), payload=payload
    )
    after = pen.case("1").walk("capture")
    with centre.line("1374-L3") as line:
        answer = pen.send(line, [bad, *after])
    assert [(p["entry_id"], p["reason"]) for p in answer["parked"]] == [
        (bad.entry_id, "unreadable")
    ]
    assert answer["seq"] == 1 + len(after)


@pytest.mark.parametrize(
    "told",
    [
        new("blanks", "B", state="received", movement="many", custodian="x", lot="L"),
        new("blanks", "B", state="received", movement=10**12, custodian="x", lot="L"),
        new("licences", "l", status="valid", person_id=None, licence_class=None, superseded={}),
        new("licences", "l", status="valid", person_id="p", licence_class="C", superseded="all"),
        new("licences", "l", status="valid", person_id="p", licence_class="C", superseded={},
            issued_on="yesterday", application_id="a"),
        new("applications", "a", state="registered", makers=7, external_id=8, channel=[]),
        {"kind": "visits", "id": "v", "set": {"id": "v", "version": 10**10}},
        {"kind": "visits", "id": "v", "set": {"id": "v", "version": 1.5}},
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 3])
def test_no_value_ever_blocks_a_chain(centre: CentreRig, told: dict[str, Any], place: int) -> None:
    """Whatever such an entry comes to, the others land and the next batch goes on."""
    pen = Pen("1374-L3")
    sheets = [] if place else [pen.write("x", changes=[told])]
    case = pen.case("1")
    sheets += case.walk("capture")
    if place:
        sheets.append(pen.write("x", changes=[told]))
    with centre.line("1374-L3") as line:
        answer = pen.send(line, sheets)
        assert answer.get("ok") is True, answer
        assert len(answer["parked"]) <= 1
        assert pen.send(line, [case.step("confirm_data")])["parked"] == []
    stored = row(centre, "applications", case.id)
    assert stored is not None
    assert stored["state"] == "confirmed"


@pytest.mark.security
def test_an_unreadable_text_without_anyone_to_vouch_for_it_breaks_the_chain(
    centre: CentreRig,
) -> None:
    pen = Pen("1374-L3")
    good = pen.write("duty.signed_in", ANDI)
    bad = Sheet("{poison", b"\0" * 64, None, 2, "", "00" * 32)
    with centre.line("1374-L3") as line:
        assert pen.send(line, [good, bad])["error"] == "chain"
        after = dataclasses.replace(bad, hash=hashlib.sha256(b"{poison").hexdigest())
        pen.seq, pen.head = 2, "44" * 32
        assert pen.send(line, [good, after, pen.write("duty.x", ANDI)])["error"] == "chain"
    assert journal(centre) == []


def test_an_erased_payload_tells_nothing_and_stands(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    sheets = pen.case("1").walk("check_requirements")
    gone = [dataclasses.replace(sheets[0], payload=None)]
    with centre.line("1374-L3") as line:
        assert pen.send(line, gone)["ok"] is True
    assert journal(centre)[0][3] is None
    assert centre.ask("SELECT count(*) FROM centre.things") == [(0,)]


def test_many_versions_of_a_thing_in_one_batch_are_folded(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    sheets = [pen.write("ticket.taken", "t", changes=[new("tickets", "t", state="waiting", n=0)])]
    sheets += [
        pen.write("ticket.called_again", "t", changes=[change("tickets", "t", v, n=v)])
        for v in range(1, 60)
    ]
    with centre.line("1374-L3") as line:
        assert pen.send(line, sheets)["parked"] == []
    assert row(centre, "tickets", "t") == {"id": "t", "state": "waiting", "n": 59, "version": 59}
    # One item of the feed for what others need to know.
    assert centre.ask("SELECT count(*) FROM centre.feed WHERE office = '1374'") == [(1,)]


def test_an_older_program_may_always_push_and_a_newer_one_is_told(centre: CentreRig) -> None:
    pen = Pen("1374-L3")
    sheet = pen.write("duty.signed_in", ANDI)
    with centre.line("1374-L3") as line:
        answer = pen.send(line, [sheet], schema=2)
        assert (answer["error"], answer["detail"]) == ("schema", {"known": 1})
        assert pen.send(line, [sheet], schema=0)["ok"] is True
