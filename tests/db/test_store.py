"""The store: what is committed stays, what isn't leaves nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db import tables as t
from db.engine import connect
from db.errors import (
    BackupFailed,
    NewerStore,
    StoreBusy,
    StoreDamaged,
    StoreExists,
    StoreFull,
    StoreMissing,
    WrongKey,
)
from db.store import Store
from tests.db.journal_office import KEY, Office, open_office


def test_store_opens_again_with_what_was_committed(office: Office) -> None:
    office.act()
    office.store.close()
    again = Store.open(office.path, KEY)
    assert open_office(office.path, again).verdict().entries == 1
    assert again.facts() == {"counter": "L3", "realm": "training"}
    again.close()


def test_nothing_in_the_file_can_be_read_without_the_key(office: Office) -> None:
    office.act()
    office.store.close()
    raw = office.path.read_bytes()
    assert b"Contoh" not in raw
    assert b"SQLite" not in raw


def test_wrong_key_is_told_from_damage(office: Office) -> None:
    office.store.close()
    with pytest.raises(WrongKey):
        Store.open(office.path, bytes(32))


def test_missing_store(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        Store.open(tmp_path / "none.db", KEY)


def test_store_is_never_made_over_another(office: Office) -> None:
    with pytest.raises(StoreExists):
        Store.create(office.path, KEY)


@pytest.mark.parametrize("size", [0, 7, 5000])
def test_cut_off_file_is_damage(office: Office, size: int) -> None:
    office.act()
    office.store.close()
    office.path.write_bytes(office.path.read_bytes()[:size])
    with pytest.raises(StoreDamaged):
        Store.open(office.path, KEY).check()


def test_flipped_bit_in_a_page_is_found(ten: Office) -> None:
    ten.store.close()
    raw = bytearray(ten.path.read_bytes())
    raw[len(raw) - 2000] ^= 1
    ten.path.write_bytes(raw)
    store = Store.open(ten.path, KEY)
    with pytest.raises(StoreDamaged):
        store.check()
    store.close()


def test_store_of_a_newer_program_is_refused_and_left_alone(office: Office) -> None:
    with office.store.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    office.store.close()
    before = office.path.read_bytes()
    with pytest.raises(NewerStore) as caught:
        Store.open(office.path, KEY)
    assert caught.value.found == "9999"
    assert office.path.read_bytes() == before


def test_full_store_undoes_the_act_and_works_on_when_there_is_room(ten: Office) -> None:
    with ten.store.write() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFull) as caught, ten.store.write() as conn:
        ten.store.put_blob(conn, bytes(400_000), "image/png")
    assert caught.value.free > 0
    with ten.store.write() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
    ten.act(11)
    verdict = ten.verdict()
    assert verdict.sound
    assert verdict.entries == 11


def test_new_work_is_refused_while_there_is_still_room_to_finish(office: Office) -> None:
    office.store.check_space()
    with pytest.raises(StoreFull):
        office.store.check_space(2**60)


def test_another_process_holding_the_store_is_busy_not_a_hang(office: Office) -> None:
    store = Store(office.path, KEY, busy_seconds=0.05)
    other = connect(office.path, KEY)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy), store.write():
        pass
    other.execute("ROLLBACK")
    other.close()
    with store.write() as conn:
        store.put_blob(conn, b"x", "text/plain")
    store.close()


def test_a_write_inside_a_write_is_a_bug_not_a_deadlock(office: Office) -> None:
    with office.store.write(), pytest.raises(RuntimeError), office.store.write():
        pass


def test_reader_keeps_its_snapshot_while_others_write(ten: Office) -> None:
    with ten.store.read() as conn:
        assert ten.journal.head(conn).seq == 10
        thread = threading.Thread(target=ten.act)
        thread.start()
        thread.join()
        assert ten.journal.head(conn).seq == 10
    with ten.store.read() as conn:
        assert ten.journal.head(conn).seq == 11


def test_blob_is_kept_once_under_its_digest(office: Office) -> None:
    with office.store.write() as conn:
        sha = office.store.put_blob(conn, b"picture", "image/png")
        assert office.store.put_blob(conn, b"picture", "image/png") == sha
    with office.store.read() as conn:
        assert office.store.get_blob(conn, sha) == b"picture"
        assert office.store.get_blob(conn, "0" * 64) is None
        assert conn.execute(select(t.blobs.c.size)).all() == [(7,)]


def test_backup_is_encrypted_and_restores(ten: Office, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    backup = ten.store.backup(target)
    ten.act(11)
    assert backup.head_seq == 10
    assert backup.size == target.stat().st_size
    assert b"Contoh" not in target.read_bytes()
    restored = Store.open(target, KEY)
    assert open_office(target, restored).verdict().entries == 10
    restored.close()
    with pytest.raises(StoreExists):
        ten.store.backup(target)


def test_backup_of_a_damaged_store_is_not_called_one(ten: Office, tmp_path: Path) -> None:
    ten.store.close()
    raw = bytearray(ten.path.read_bytes())
    raw[len(raw) - 2000] ^= 1
    ten.path.write_bytes(raw)
    store = Store.open(ten.path, KEY)
    with pytest.raises(BackupFailed):
        store.backup(tmp_path / "backup.db")
    store.close()
    assert list(tmp_path.glob("backup*")) == []


def test_errors_show_no_values(office: Office) -> None:
    entry = office.act()
    row = {"entry_id": entry.entry_id, "digest": "Siti", "body": "Siti", "data_class": "x"}
    with pytest.raises(IntegrityError) as caught, office.store.write() as conn:
        conn.execute(t.payloads.insert(), row)
    assert "Siti" not in str(caught.value)
