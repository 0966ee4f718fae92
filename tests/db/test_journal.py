"""The chain as officers and inspectors need it: nothing in it changes unseen."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import threading
from datetime import timedelta

import pytest
import rfc8785
from sqlalchemy.exc import IntegrityError

from db import tables as t
from db.chain import Anchor, AnchorKind, approve, digest_of, entry_body, plain
from db.journal import Journal, entries, payload_of, put_anchor
from db.journal_check import FaultKind, Witness, check_store
from db.journal_export import check_export, read_export, write_export
from db.store import Store
from desktop.keys.signer import SoftSigner
from desktop.sources import SeededIds, SeededKeys, SystemKeys
from tests.db.journal_office import COUNTER, KEY, REALM, START, Office, open_office


def faults(office: Office, **more: object) -> list[tuple[FaultKind, int]]:
    return [(fault.kind, fault.seq) for fault in office.verdict(**more).faults]


def test_untouched_journal_is_sound_and_says_what_stands_unanchored(ten: Office) -> None:
    verdict = ten.verdict()
    assert verdict.sound
    assert (verdict.entries, verdict.payloads, verdict.head.seq) == (10, 10, 10)
    assert (verdict.anchored, verdict.unanchored) == (7, 3)


def test_entry_is_hashed_over_its_canonical_form_and_signed(office: Office) -> None:
    entry = office.act()
    digest = hashlib.sha256(rfc8785.dumps(entry_body(entry))).digest()
    assert entry.hash == digest.hex()
    assert office.counter_key.sign(digest).hex() == entry.signature
    assert entry.previous == "0" * 64
    assert (entry.realm, entry.counter, entry.seq, entry.epoch) == (REALM, COUNTER, 1, 1)
    with office.store.read() as conn:
        assert payload_of(conn, entry.entry_id) == {"name": "Contoh 1", "photo": "0102"}


def test_equal_payloads_have_different_digests(office: Office) -> None:
    assert office.act(1).payload_digest != office.act(1).payload_digest


@pytest.mark.parametrize(
    "statement",
    ["UPDATE journal SET officer = 'x' WHERE seq = 2", "DELETE FROM journal WHERE seq = 2"],
)
def test_sql_itself_refuses_to_change_the_past(ten: Office, statement: str) -> None:
    with pytest.raises(IntegrityError), ten.store.write() as conn:
        conn.exec_driver_sql(statement)
    assert ten.verdict().sound


COLUMNS = [c.name for c in t.journal.columns if c.name not in ("epoch", "seq", "counter")]


@pytest.mark.parametrize("column", COLUMNS)
def test_an_edit_in_any_column_is_located(ten: Office, column: str) -> None:
    value = "'[]x'"
    if column in ("tick_us", "version"):
        value = f"{column} + 1"
    elif column in ("hash", "signature", "previous", "payload_digest"):
        value = f"replace(replace({column}, 'a', 'b'), '1', '2')"
    ten.tamper(f"UPDATE journal SET {column} = {value} WHERE seq = 5")
    assert {seq for _, seq in faults(ten)} <= {5, 6, 0}
    assert 5 in {seq for _, seq in faults(ten)}


def test_one_flipped_bit_in_a_payload_is_located(ten: Office) -> None:
    ten.tamper(
        "UPDATE payloads SET body = replace(body, 'Contoh 4', 'Contoh 5') "
        "WHERE entry_id = (SELECT entry_id FROM journal WHERE seq = 4)"
    )
    assert faults(ten) == [(FaultKind.PAYLOAD_EDITED, 4)]


def test_deleted_entries_are_named(ten: Office) -> None:
    ten.tamper("DELETE FROM journal WHERE seq IN (3, 4)")
    deleted = [f for f in ten.verdict().faults if f.kind is FaultKind.DELETED]
    assert [(f.seq, f.until) for f in deleted] == [(3, 4)]


def test_exchanged_entries_are_located(ten: Office) -> None:
    ten.tamper(
        "UPDATE journal SET seq = 99 WHERE seq = 3",
        "UPDATE journal SET seq = 3 WHERE seq = 4",
        "UPDATE journal SET seq = 4 WHERE seq = 99",
    )
    assert {(FaultKind.EDITED, 3), (FaultKind.EDITED, 4)} <= set(faults(ten))


def test_cut_behind_the_last_anchor_is_found_one_before_it_only_by_a_receipt(ten: Office) -> None:
    with ten.store.read() as conn:
        receipt = Witness.parse(ten.journal.head(conn).witness)
    cut = "DELETE FROM payloads WHERE entry_id IN (SELECT entry_id FROM journal WHERE seq > {0})"
    ten.tamper(cut.format(8), "DELETE FROM journal WHERE seq > 8")
    assert ten.verdict().sound  # nothing in the store itself can tell
    assert faults(ten, witnesses=[receipt]) == [(FaultKind.CUT, 10)]
    ten.tamper(cut.format(6), "DELETE FROM journal WHERE seq > 6")
    assert faults(ten) == [(FaultKind.CUT, 7)]


def test_chain_rewritten_with_all_keys_is_found_by_one_receipt(ten: Office, tmp_path) -> None:
    with ten.store.read() as conn:
        receipt = Witness.parse(ten.journal.head(conn).witness)
    other = open_office(tmp_path / "again.db", Store.create(tmp_path / "again.db", KEY))
    for number in range(1, 12):
        other.act(number + 100)
    assert other.verdict().sound
    assert faults(other, witnesses=[receipt]) == [(FaultKind.ANCHOR_MISMATCH, 10)]
    other.store.close()


def test_act_signed_by_another_key_is_forged(ten: Office) -> None:
    stranger = open_office(ten.path, ten.store).supervisor
    forger = Journal(COUNTER, REALM, stranger, ten.clock, SeededIds(9, ten.clock), SystemKeys())
    with ten.store.write() as conn:
        forger.append(conn, act="x", subject="y")
    assert faults(ten) == [(FaultKind.UNKNOWN_KEY, 11)]


@pytest.mark.parametrize("realm", ["live", "training"])
def test_an_entry_of_the_other_realm_is_foreign_whoever_signed_it(ten: Office, realm: str) -> None:
    ids = SeededIds(9, ten.clock)
    other = Journal(COUNTER, realm, ten.counter_key, ten.clock, ids, SystemKeys())
    with ten.store.write() as conn:
        other.append(conn, act="x", subject="y")
    assert faults(ten) == ([(FaultKind.FOREIGN, 11)] if realm != REALM else [])


def test_anchor_of_a_stranger_does_not_count(office: Office) -> None:
    office.act()
    with office.store.write() as conn:
        office.journal.anchor(conn, office.counter_key, officer="74050005")
    assert faults(office) == [(FaultKind.ANCHOR_FORGED, 1)]


def test_a_cut_behind_the_centre_s_anchor_is_found(ten: Office) -> None:
    """The centre signed a later head than the last close: from then on that head stands."""
    notary = SoftSigner(SeededKeys(7).take(32))
    with ten.store.read() as conn:
        head = ten.journal.head(conn)
    bare = Anchor(
        COUNTER, AnchorKind.CENTRE, head.epoch, head.seq, head.hash, plain(START), None,
        notary.key_id, "",
    )  # fmt: skip
    signed = dataclasses.replace(bare, signature=notary.sign(bare.statement(REALM)).hex())
    with ten.store.write() as conn:
        put_anchor(conn, signed)

    def key_of(key_id: str, role: str, subject: str, time: str) -> bytes | None:
        if (key_id, role) == (notary.key_id, "notary"):
            return notary.public
        return ten.key_of(key_id, role, subject, time)

    def judged() -> list[tuple[FaultKind, int]]:
        with ten.store.read() as conn:
            found = check_store(conn, counter=COUNTER, realm=REALM, key_of=key_of)
        assert (found.anchored, found.unanchored) == ((10, 0) if found.sound else (7, 1))
        return [(fault.kind, fault.seq) for fault in found.faults]

    out = io.BytesIO()
    with ten.store.read() as conn:
        write_export(conn, out, counter=COUNTER, realm=REALM, signer=ten.counter_key, at=START)
    lines = out.getvalue().splitlines(keepends=True)
    assert judged() == []
    assert faults(ten) == [(FaultKind.ANCHOR_FORGED, 10)], "whoever doesn't know the notary"
    ten.tamper(
        "DELETE FROM payloads WHERE entry_id IN (SELECT entry_id FROM journal WHERE seq > 8)",
        "DELETE FROM journal WHERE seq > 8",
    )
    assert judged() == [(FaultKind.CUT, 10)]
    cut = read_export(io.BytesIO(b"".join([*lines[:17], lines[-1]])))
    found = check_export(cut, key_of=key_of)
    assert (FaultKind.CUT, 10) in {(fault.kind, fault.seq) for fault in found.faults}


def test_approval_is_bound_to_its_content(office: Office) -> None:
    digest = digest_of({"face": "a"})
    approval = approve(
        office.supervisor,
        REALM,
        officer="74050005",
        act="application.approve",
        subject="application:1",
        digest=digest,
        at=START,
    )
    office.act(1, approvals=[approval])
    assert office.verdict().sound
    changed = {
        "digest": digest_of({"face": "b"}),
        "act": "application.reject",
        "subject": "application:2",
        "time": plain(START + timedelta(seconds=1)),
        "officer": "79010001",
    }
    for name, value in changed.items():
        office.act(2, approvals=[dataclasses.replace(approval, **{name: value})])
    forged = approve(
        office.supervisor, "live", officer="74050005", act="application.approve",
        subject="application:1", digest=digest, at=START,
    )  # fmt: skip
    office.act(2, approvals=[forged])
    found = faults(office)
    assert {seq for _, seq in found} == {2, 3, 4, 5, 6, 7}
    assert {kind for kind, _ in found} <= {FaultKind.APPROVAL_FORGED, FaultKind.UNKNOWN_KEY}


def test_erased_payload_leaves_the_chain_whole(ten: Office) -> None:
    with ten.store.read() as conn:
        wanted = [e.entry_id for e in entries(conn, COUNTER) if e.seq in (2, 3)]
    with ten.store.write() as conn:
        ten.journal.erase(conn, wanted, reason="retention")
    verdict = ten.verdict()
    assert verdict.sound
    assert (verdict.erased, verdict.payloads) == (2, 9)
    with ten.store.read() as conn:
        assert payload_of(conn, wanted[0]) is None


def test_payload_that_vanished_without_an_act_is_missed(ten: Office) -> None:
    ten.tamper("DELETE FROM payloads WHERE entry_id = (SELECT entry_id FROM journal WHERE seq = 4)")
    assert faults(ten) == [(FaultKind.PAYLOAD_MISSING, 4)]


def test_the_act_of_erasing_is_itself_never_erased(ten: Office) -> None:
    with ten.store.write() as conn:
        act = ten.journal.erase(conn, [], reason="retention")
    with pytest.raises(ValueError, match="kept"), ten.store.write() as conn:
        ten.journal.erase(conn, [act.entry_id], reason="retention")


def test_restored_store_goes_on_in_a_new_epoch(ten: Office) -> None:
    with ten.store.write() as conn:
        opened = ten.journal.open_epoch(conn, "restored from a backup")
    assert (opened.epoch, opened.seq) == (2, 11)
    assert ten.act().seq == 12
    assert ten.verdict().sound


def test_threads_make_one_unbroken_chain(office: Office) -> None:
    def work(thread: int) -> None:
        for number in range(15):
            office.act(thread * 100 + number)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = office.verdict()
    assert verdict.sound
    assert verdict.entries == 90


def test_undone_act_leaves_neither_state_nor_entry(office: Office) -> None:
    def act_and_fail() -> None:
        with office.store.write() as conn:
            office.journal.append(conn, act="a", subject="b")
            raise KeyError

    with pytest.raises(KeyError):
        act_and_fail()
    assert office.verdict().entries == 0


def test_names_of_every_kind_fit_the_payload(office: Office) -> None:
    strange = "\u202eالاسم 👩‍👩‍👧 \ud800" + "n" * 10_000
    with office.store.write() as conn:
        entry = office.journal.append(conn, act="a", subject="b", payload={"name": strange})
    assert office.verdict().sound
    with office.store.read() as conn:
        kept = payload_of(conn, entry.entry_id)
    assert kept is not None
    assert kept["name"].startswith("\u202eالاسم 👩‍👩‍👧")


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        plain(START.replace(tzinfo=None))
    assert json.dumps(plain({"at": START})) == '{"at": "2026-03-02T00:30:00.000000Z"}'
