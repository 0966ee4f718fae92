"""The notary: what PostgreSQL can't verify is verified, and a bad signature ends the belief."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from db.chain import Anchor, Approval, signature_fits
from desktop.centre.counters import publish
from desktop.centre.notary import Notary
from desktop.centre.orders import revoke
from desktop.domain.realm import Realm
from desktop.domain.revocation import RevokedKind
from desktop.keys.certificates import Certificate, KeyRole, issue
from desktop.keys.signer import Signer, SoftSigner
from main import main
from tests.central.rigs.centre import CentreRig
from tests.central.rigs.pen import BAMBANG, TIME, Pen

pytestmark = pytest.mark.central
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
ROOT, NOTARY = SoftSigner(bytes([1] * 32)), SoftSigner(bytes([2] * 32))


def vouch(role: KeyRole, subject: str, key: Signer) -> Certificate:
    return issue(ROOT, realm=Realm.TRAINING, role=role, subject=subject, public=key.public,
                 not_before=NOW - timedelta(days=9), not_after=NOW + timedelta(days=9))  # fmt: skip


@pytest.fixture
def pen(centre: CentreRig) -> Pen:
    """A counter that the realm's root vouches for."""
    made = Pen("1374-L3")
    with centre.admin() as conn:
        publish(conn, vouch(KeyRole.COUNTER, made.counter, made.signer))
    return made


def run(centre: CentreRig) -> Any:
    with centre.admin() as conn:
        root = vouch(KeyRole.ROOT, "training", ROOT)
        return Notary(conn, NOTARY, Realm.TRAINING, [root]).run(NOW)


def push(centre: CentreRig, pen: Pen, *sheets: Any) -> None:
    line = centre.line(pen.counter)
    answer = pen.send(line, list(sheets))
    line.close()
    assert answer["ok"], answer


def anchors(centre: CentreRig, counter: str = "1374-L4") -> list[dict[str, Any]]:
    line = centre.line(counter)
    items = line.pull({"office": 0, "national": 0}, 200)["items"]
    line.close()
    return [item["anchor"] for item in items if item["type"] == "anchor"]


def test_a_head_is_signed_and_goes_down_to_the_office(centre: CentreRig, pen: Pen) -> None:
    last = [pen.write("note.written"), pen.write("note.written")]
    push(centre, pen, *last)
    report = run(centre)
    assert (report.verified, report.anchored, report.broken) == (2, 1, [])
    (told,) = anchors(centre)
    anchor = Anchor(**told)
    assert (anchor.counter, anchor.seq, anchor.hash) == ("1374-L3", 2, last[-1].hash)
    assert signature_fits(NOTARY.public, anchor.signature, anchor.statement("training"))
    assert anchors(centre, "3275-L1") == []
    assert run(centre).verified == 0


def test_each_run_goes_on_where_the_last_one_ended(centre: CentreRig, pen: Pen) -> None:
    push(centre, pen, pen.write("note.written"))
    run(centre)
    push(centre, pen, pen.write("note.written"), pen.write("note.written"))
    assert run(centre).verified == 2
    assert [one["seq"] for one in anchors(centre)] == [1, 3]


def test_a_bad_signature_ends_the_belief_at_that_entry(centre: CentreRig, pen: Pen) -> None:
    good = pen.write("note.written")
    pen_key, pen.signer = pen.signer, SoftSigner(bytes([9] * 32))
    forged = pen.write("note.written", key_id=pen_key.key_id)
    pen.signer = pen_key
    push(centre, pen, good, forged, pen.write("note.written"))
    report = run(centre)
    assert report.broken == [("1374-L3", 2, "signature")]
    assert report.verified == 1
    assert centre.ask("SELECT kind FROM centre.incidents") == [("bad_signature",)]
    again = run(centre)  # it stays so, whatever comes after
    assert (again.verified, again.broken) == (0, [])
    assert [one["seq"] for one in anchors(centre)] == [1]


def test_an_entry_changed_in_the_database_is_found(centre: CentreRig, pen: Pen) -> None:
    push(centre, pen, pen.write("note.written"), pen.write("note.written"))
    centre.do(
        "UPDATE centre.journal SET entry = replace(entry, 'note.written', 'note.altered')"
        " WHERE seq = 1"
    )
    report = run(centre)
    assert report.broken == [("1374-L3", 1, "hash")]
    assert anchors(centre) == []


def test_the_entries_of_a_stranger_wait(centre: CentreRig, pen: Pen) -> None:
    stranger = Pen("3275-L1")
    push(centre, stranger, stranger.write("note.written"))
    push(centre, pen, pen.write("note.written"))
    report = run(centre)
    assert report.unknown == {"3275-L1"}
    assert report.verified == 1
    with centre.admin() as conn:
        publish(conn, vouch(KeyRole.COUNTER, stranger.counter, stranger.signer))
    assert run(centre).verified == 1


def test_a_counter_s_key_signs_for_no_other(centre: CentreRig, pen: Pen) -> None:
    other = Pen("1374-L4")
    other.signer = pen.signer
    push(centre, other, other.write("note.written"))
    assert run(centre).unknown == {"1374-L4"}


def test_an_approval_of_an_unknown_key_is_counted_and_a_false_one_is_a_fault(
    centre: CentreRig, pen: Pen
) -> None:
    push(centre, pen, pen.write("note.written", seconds=[BAMBANG]))
    assert run(centre).unvouched == 1


def test_an_approval_by_a_revoked_key_is_an_incident_and_the_entry_stands(
    centre: CentreRig, pen: Pen
) -> None:
    officer = SoftSigner(bytes([3] * 32))
    draft = Approval(BAMBANG, "note.written", "counter", "00" * 32, TIME, officer.key_id, "")
    signature = officer.sign(draft.statement("training")).hex()
    approval = dataclasses.replace(draft, signature=signature)
    with centre.admin() as conn:
        publish(conn, vouch(KeyRole.OFFICER, BAMBANG, officer))
    push(centre, pen, pen.write("note.written", approvals=(approval,)))
    with centre.admin() as conn:
        order = "ORDER/7"
        revoke(conn, RevokedKind.KEY, officer.key_id, NOW, "stolen", order)
    report = run(centre)
    assert (report.verified, report.revoked, report.unvouched) == (1, 1, 0)
    [(kind, subject, offices, detail)] = centre.ask(
        "SELECT kind, subject, offices, detail FROM centre.incidents"
    )
    assert (kind, subject, offices) == ("revoked_approval", "counter", ["1374"])
    assert (detail["officer"], detail["order"], detail["seq"]) == (BAMBANG, order, 1)
    assert [one["seq"] for one in anchors(centre)] == [1]


def test_what_has_had_its_time_goes_and_the_chain_stays_whole(
    centre: CentreRig, pen: Pen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with centre.admin() as conn:
        publish(conn, vouch(KeyRole.NOTARY, "centre", NOTARY))
    case, other = pen.case("1"), pen.case("2")
    parked = [case.register(), case.step("approve"), other.register(), other.step("approve")]
    word = pen.write(
        "conflict.accepted", case.id, officer=BAMBANG, content={"entry_id": parked[1].entry_id}
    )
    push(centre, pen, *parked, word)
    with centre.line("1374-L3") as line:
        assert line.blob_put("0" * 64, 0, 1, b"x")["error"] == "sha"
    report = run(centre)
    assert (report.verified, report.refusals, report.reasons) == (5, 0, 0)
    centre.do("UPDATE centre.journal SET arrived = arrived - interval '401 days'")
    centre.do("UPDATE centre.refused SET at = at - interval '401 days'")
    report = run(centre)
    assert (report.refusals, report.reasons) == (1, 1)
    assert centre.ask("SELECT entry_id, detail = '{}' FROM centre.parked ORDER BY seq") == [
        (parked[1].entry_id, True),
        (parked[3].entry_id, False),
    ], "one still waits"
    with centre.line("1374-L3") as line:
        told = [i for i in line.pull({"office": 0, "national": 0}, 99)["items"] if "reason" in i]
    assert [("rows" in one.get("detail", {})) for one in told] == [False, True]
    assert centre.ask("SELECT count(*) FROM centre.refused") == [(0,)]
    assert run(centre).reasons == 0
    assert verify(centre, tmp_path) == 0
    assert "Applied 3, parked 2" in capsys.readouterr().out


def test_more_than_one_page(centre: CentreRig, pen: Pen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.centre.notary.PAGE", 3)
    push(centre, pen, *[pen.write("note.written") for _ in range(8)])
    assert run(centre).verified == 8


# -- the whole journal, by the centre alone --------------------------------------------------------


def verify(centre: CentreRig, tmp_path: Path, *, trusted: bool = True) -> int:
    roots = tmp_path / "trust.jsonl"
    roots.write_text(vouch(KeyRole.ROOT, "training", ROOT).text() + "\n", encoding="ascii")
    words = ["centre", "verify", "--dsn", centre.dsn, "--lang", "en"]
    return main([*words, "--trust", str(roots)] if trusted else words)


def test_the_centre_alone_proves_its_journals(
    centre: CentreRig, pen: Pen, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with centre.admin() as conn:
        publish(conn, vouch(KeyRole.NOTARY, "centre", NOTARY))
    push(centre, pen, *[pen.write("note.written") for _ in range(5)])
    run(centre)
    push(centre, pen, pen.write("note.written"))
    assert verify(centre, tmp_path) == 0
    said = capsys.readouterr().out
    assert "6 entries" in said
    assert "Anchored up to seq 5" in said
    assert "Applied 6, parked 0" in said


@pytest.mark.parametrize(
    "change",
    [
        (
            "UPDATE centre.journal SET entry = replace(entry, 'note.written', 'note.altered')"
            " WHERE seq = 3"
        ),
        "DELETE FROM centre.journal WHERE seq = 3",
        "UPDATE centre.journal SET payload = replace(payload, '{', '{ ') WHERE seq = 3",
        "UPDATE centre.journal SET signature = decode(repeat('00', 64), 'hex') WHERE seq = 3",
        "DELETE FROM centre.journal WHERE seq > 3",
    ],
)
def test_whatever_was_changed_in_the_database_is_found(
    centre: CentreRig, pen: Pen, tmp_path: Path, change: str
) -> None:
    with centre.admin() as conn:
        publish(conn, vouch(KeyRole.NOTARY, "centre", NOTARY))
    push(centre, pen, *[pen.write("note.written") for _ in range(5)])
    run(centre)
    centre.do(change)
    assert verify(centre, tmp_path) == 1
