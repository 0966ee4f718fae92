"""What an act costs at least: its rows, hashes and signature by the bare driver, nothing else.

`bench act` sets the ledger's own acts against it. The acts alternate between two states of one
row, so that every round writes the same amount.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import engine as sqlite
from db.chain import Signer

_HEAD = (
    "SELECT epoch, seq, hash FROM journal WHERE counter = ? ORDER BY epoch DESC, seq DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class BareAct:
    """One act as it was really written: the row before it, and the entry that it added."""

    table: str
    row: dict[str, Any]
    entry: dict[str, Any]
    payload: dict[str, Any]


def last_act(path: Path, key: bytes, table: str, row_id: str) -> BareAct:
    """The newest act of a store, about a row of `table`, with all that it wrote."""
    connection = sqlite.connect(path, key)
    try:
        row = _one(connection, f"SELECT * FROM {table} WHERE id = ?", row_id)
        entry = _one(connection, "SELECT * FROM journal ORDER BY epoch DESC, seq DESC LIMIT 1")
        payload = _one(connection, "SELECT * FROM payloads WHERE entry_id = ?", entry["entry_id"])
        return BareAct(table, row, entry, payload)
    finally:
        connection.close()


def _one(connection: Any, sql: str, *values: object) -> dict[str, Any]:
    cursor = connection.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


class BareWriter:
    """Writes the same act again and again: update compared by version, entry, payload, commit."""

    def __init__(self, path: Path, key: bytes, act: BareAct, signer: Signer) -> None:
        self._connection = sqlite.connect(path, key)
        self._signer = signer
        self._act = act
        self._version = int(act.row["version"])
        columns = [name for name in act.row if name != "id"]
        sets = ", ".join(f"{name} = ?" for name in columns)
        self._update = f"UPDATE {act.table} SET {sets} WHERE id = ? AND version = ?"
        self._columns = columns
        self._entry = _insert("journal", act.entry)
        self._payload = _insert("payloads", act.payload)
        self._count = 0

    def write(self) -> float:
        """One durable act; the seconds it took. Raises RuntimeError if the row was changed."""
        began = time.perf_counter()
        act, connection = self._act, self._connection
        connection.execute("BEGIN IMMEDIATE")
        self._count += 1
        row = {**act.row, "version": self._version + 1}
        values = [row[name] for name in self._columns]
        changed = connection.execute(self._update, (*values, act.row["id"], self._version))
        if changed.rowcount != 1:
            connection.execute("ROLLBACK")
            raise RuntimeError("the row was changed by somebody else")
        _, seq, head = connection.execute(_HEAD, (act.entry["counter"],)).fetchone()
        body = act.payload["body"]
        digest = hashlib.sha256(body.encode()).hexdigest()
        entry = {
            **act.entry,
            "seq": seq + 1,
            "entry_id": f"bare-{self._version}-{self._count}",
            "payload_digest": digest,
            "previous": head,
        }
        del entry["hash"], entry["signature"]
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
        hashed = hashlib.sha256(text.encode()).digest()
        entry["hash"] = hashed.hex()
        entry["signature"] = self._signer.sign(hashed).hex()
        connection.execute(self._entry, tuple(entry[name] for name in act.entry))
        payload = {**act.payload, "entry_id": entry["entry_id"], "digest": digest}
        connection.execute(self._payload, tuple(payload[name] for name in act.payload))
        connection.execute("COMMIT")
        self._version += 1
        return time.perf_counter() - began

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _insert(table: str, row: dict[str, Any]) -> str:
    marks = ", ".join("?" for _ in row)
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person for a bulk load: id, NIK, folded name, and the rest of the row as JSON."""

    id: str
    nik: str
    folded_name: str
    body: str


def load_people(path: Path, key: bytes, people: Iterable[PersonLine], at_once: int = 20_000) -> int:
    """Put many people into a store, findable by name and NIK; how many.

    No journal entry is written: this makes a store to measure on, never an office's.
    """
    connection = sqlite.connect(path, key)
    loaded = 0
    try:
        for some in _batches(people, at_once):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO persons (id, version, nik, folded_name, body) VALUES (?, 0, ?, ?, ?)",
                [(p.id, p.nik, p.folded_name, p.body) for p in some],
            )
            connection.executemany(
                "INSERT INTO person_search (person_id, name) VALUES (?, ?)",
                [(p.id, p.folded_name) for p in some],
            )
            connection.executemany(
                "INSERT INTO number_search (digits, kind, ref) VALUES (?, 'nik', ?)",
                [(p.nik, p.id) for p in some],
            )
            connection.execute("COMMIT")
            loaded += len(some)
        table = sqlite.FTS_TABLE
        connection.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
    finally:
        connection.close()
    return loaded


def _batches(people: Iterable[PersonLine], size: int) -> Iterator[list[PersonLine]]:
    source = iter(people)
    while some := list(itertools.islice(source, size)):
        yield some
