"""One counter's store, journal and keys, as the desk would put them together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.chain import Entry
from db.engine import connect
from db.journal import Journal
from db.journal_check import Verdict, check_store
from db.store import Store
from desktop.keys.signer import SoftSigner
from desktop.sources import SeededIds, SeededKeys, VirtualClock

COUNTER = "L3"
REALM = "training"
KEY = bytes(range(32))
START = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


@dataclass
class Office:
    """One counter's store, journal and keys, as the desk would put them together."""

    path: Path
    store: Store
    journal: Journal
    clock: VirtualClock
    counter_key: SoftSigner
    supervisor: SoftSigner

    def act(self, number: int = 1, **more: Any) -> Entry:
        self.clock.advance(1)
        with self.store.write() as conn:
            return self.journal.append(
                conn,
                act="application.registered",
                subject=f"application:{number}",
                officer="79010001",
                session="s-1",
                payload={"name": f"Contoh {number}", "photo": b"\x01\x02"},
                **more,
            )

    def close_shift(self) -> None:
        with self.store.write() as conn:
            self.journal.anchor(conn, self.supervisor, officer="74050005")

    def key_of(self, key_id: str, role: str, subject: str, time: str) -> bytes | None:
        known = {
            (self.counter_key.key_id, "counter", COUNTER): self.counter_key.public,
            (self.supervisor.key_id, "officer", "74050005"): self.supervisor.public,
        }
        return known.get((key_id, role, subject))

    def verdict(self, **more: Any) -> Verdict:
        with self.store.read() as conn:
            return check_store(conn, counter=COUNTER, realm=REALM, key_of=self.key_of, **more)

    def tamper(self, *statements: str) -> None:
        """As somebody with the store's key would: past the triggers and the references."""
        raw = connect(self.path, KEY)
        raw.execute("PRAGMA foreign_keys = OFF")
        for name in ("journal_no_update", "journal_no_delete"):
            raw.execute(f"DROP TRIGGER IF EXISTS {name}")
        for name in ("anchors_no_update", "anchors_no_delete"):
            raw.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in statements:
            raw.execute(statement)
        raw.close()


def open_office(path: Path, store: Store) -> Office:
    clock = VirtualClock(START)
    keys = SeededKeys(1)
    counter_key = SoftSigner(keys.take(32))
    journal = Journal(COUNTER, REALM, counter_key, clock, SeededIds(1, clock), keys)
    return Office(path, store, journal, clock, counter_key, SoftSigner(keys.take(32)))
