"""Push with every check on against COPY: `python -m tests.central.bench_push [CASES]`.

One renewal is done by hand on a training counter and multiplied: other ids, people, serials and
evidence, one unbroken chain. It is pushed in batches of 200; then the rows that came of it, of all
tables, are copied (binary COPY, one transaction) into equal tables with equal indexes. Both are
durable, and both are measured by the clock and by the server process's own time, as this machine
may have other work.
"""

from __future__ import annotations

import hashlib
import json
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from db.central import Centre
from db.chain import BEGINNING
from tests.central.rigs.centre import CentreRig, fresh_centre, make_template
from tests.central.rigs.postgres import postgres_rig
from tests.central.test_replica import journal_of
from tests.walks.making import ready
from tests.walks.world import open_world

BATCH = 200
LIMIT = 0.12
COUNTER, OFFICE, PERSON = "1374-L3", "1374", 1
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
TABLES = (
    "journal", "entry_ids", "applications", "persons", "licences", "blanks", "movements",
    "evidence", "other_things", "taken_keys", "licence_slots", "serials", "claims", "feed",
)  # fmt: skip
OF_ALL = {"entry_ids", "journal", "feed", "taken_keys", "licence_slots", "serials", "claims"}


class Recorded:
    """One case as it was pushed, and the things that were there before it."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            world = open_world(Path(folder))
            world.sign_in("andi")
            before = len(journal_of(world))
            app = ready(world, PERSON)
            world.desk.handover.hand_over(world.by, app.id, app.blank_serial)
            lines = journal_of(world)
        self.lines = [(entry, body) for entry, _, body in lines[before:]]
        self.known: dict[tuple[str, str], dict[str, Any]] = {}
        for _, _, body in lines[:before]:
            for told in json.loads(body).get("changes", ()):
                self.known.setdefault((told["kind"], told["id"]), {}).update(told["set"])
        text = "".join(entry + body for entry, body in self.lines)
        touched = [key for key in self.known if key[1] in text and key[0] != "movements"]
        self.known = {key: self.known[key] for key in touched}
        self.nik = next(row["nik"] for (kind, _), row in self.known.items() if kind == "persons")
        ids = set(UUID.findall(text)) | {key[1] for key in touched}
        proofs = re.findall(r'"reference":"([^"]+)"', text)
        self.words = sorted(ids | {self.nik, app.number} | set(proofs), key=len, reverse=True)

    def copy(self, text: str, number: int) -> str:
        """The same text about somebody else."""
        for place, word in enumerate(self.words):
            digest = hashlib.sha256(f"{number} {place}".encode()).hexdigest()
            other = digest[: len(word)] if len(word) != 36 else f"{digest[:8]}-{digest[8:35]}"
            text = text.replace(word, other.ljust(len(word), "0"))
        return text


def chain(case: Recorded, count: int) -> list[tuple[str, bytes, str]]:
    """`count` cases as one chain. Pictures are left out: they go another way."""
    out: list[tuple[str, bytes, str]] = []
    previous = BEGINNING
    for number in range(count):
        for entry, body in case.lines:
            told = json.loads(case.copy(body, number))
            told.pop("blobs", None)
            payload = _canonical(told)
            fields = {
                **json.loads(case.copy(entry, number)), "seq": len(out) + 1, "previous": previous,
                "payload_digest": hashlib.sha256(payload.encode()).hexdigest(),
            }  # fmt: skip
            text = _canonical(fields)
            previous = hashlib.sha256(text.encode()).hexdigest()
            out.append((text, b"\1" * 64, payload))
    return out


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def prepare(centre: CentreRig, case: Recorded, count: int) -> None:
    """People, old licences and assigned blanks, there before the first act."""
    thing = (
        "INSERT INTO centre.things (office, kind, id, version, row, counter)"
        " VALUES (%s, %s, %s, %s, %s, 'centre')"
    )
    slot = (
        "INSERT INTO centre.licence_slots (nik, licence_class, licence_id, office, application_id)"
        " SELECT %s, %s, %s, %s, '' ON CONFLICT DO NOTHING"
    )
    serial = (
        "INSERT INTO centre.serials (serial, office, custodian, state, movement, lot)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
    )
    with centre.admin() as admin, admin.transaction(), admin.cursor() as cursor:
        for number in range(count):
            nik = case.copy(case.nik, number)
            for (kind, key), row in case.known.items():
                told = json.loads(case.copy(_canonical(row), number))
                same = case.copy(key, number)
                cursor.execute(thing, [OFFICE, kind, same, row["version"], json.dumps(told)])
                if kind == "licences" and row["status"] == "valid":
                    cursor.execute(slot, [nik, row["licence_class"], same, OFFICE])
                if kind == "blanks":
                    place = [row[name] for name in ("custodian", "state", "movement", "lot")]
                    cursor.execute(serial, [same, OFFICE, *place])


def server_ms(pid: int) -> int:
    """Processor time of a server process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 10


def push_all(centre: CentreRig, lines: list[tuple[str, bytes, str]]) -> tuple[list[float], int]:
    """Seconds of each batch, and the server's milliseconds for all."""
    took: list[float] = []
    (pid,) = (0,)
    with centre.line(COUNTER) as line:
        _warm(line)
        ((pid,),) = centre.ask("SELECT pid FROM pg_stat_activity WHERE usename = 'c_1374_l3'")
        before = server_ms(pid)
        for start in range(0, len(lines), BATCH):
            some = lines[start : start + BATCH]
            head = {"epoch": 1, "from_seq": start + 1, "schema": 1}
            begun = time.perf_counter()
            answer = line.push(head, *(list(part) for part in zip(*some, strict=True)))
            took.append(time.perf_counter() - begun)
            assert answer["parked"] == [], answer["parked"][0]
        return took, server_ms(pid) - before


def _warm(line: Centre) -> None:
    for _ in range(3):
        line.push({"epoch": 1, "from_seq": 1, "schema": 1}, [], [], [])


def copy_all(centre: CentreRig, rounds: int = 5) -> tuple[float, float, int]:
    """Seconds and server milliseconds (medians) of copying every row, and how many rows."""
    took: list[float] = []
    worked: list[float] = []
    rows = 0
    with centre.admin() as admin:
        admin.execute("CREATE SCHEMA equal")
        data: dict[str, bytes] = {}
        for name in TABLES:
            admin.execute(f"CREATE TABLE equal.{name} (LIKE centre.{name} INCLUDING ALL)")
            of = "" if name in OF_ALL else f" WHERE counter = '{COUNTER}'"
            rows += admin.execute(f"SELECT count(*) FROM centre.{name}{of}").fetchall()[0][0]
            statement = f"COPY (SELECT * FROM centre.{name}{of}) TO STDOUT (FORMAT binary)"
            with admin.cursor().copy(statement) as out:
                data[name] = b"".join(bytes(part) for part in out)
        for _ in range(rounds):
            for name in TABLES:
                admin.execute(f"TRUNCATE equal.{name}")
            before, begun = server_ms(admin.info.backend_pid), time.perf_counter()
            with admin.transaction():
                for name, block in data.items():
                    statement = f"COPY equal.{name} FROM STDIN (FORMAT binary)"
                    with admin.cursor().copy(statement) as into:
                        into.write(block)
            took.append(time.perf_counter() - begun)
            worked.append(server_ms(admin.info.backend_pid) - before)
    return statistics.median(took), statistics.median(worked), rows


def main() -> int:
    """Print both, and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    case = Recorded()
    lines = chain(case, count)
    with postgres_rig(durable=True) as server:
        make_template(server)
        with fresh_centre(server) as centre:
            prepare(centre, case, count)
            centre.do("VACUUM ANALYZE")
            took, pushed = push_all(centre, lines)
            seconds, copied, rows = copy_all(centre)
    total = sum(took)
    print(f"{len(lines)} entries of {count} cases, {rows} rows")
    print(f"push: {total:.2f} s, median {statistics.median(took) * 1000:.0f} ms for {BATCH}")
    print(f"COPY of equal rows: {seconds * 1000:.0f} ms (median)")
    print(
        f"ratio by the clock {seconds / total:.3f}, by the server's own time {copied / pushed:.3f}"
    )
    return 0 if max(seconds / total, copied / pushed) >= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
