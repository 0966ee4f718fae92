"""What must hold between a centre and its counters, whatever happened to the lines.

Each check reads the centre alone or compares it with a counter's own store, and fails with the
first thing that doesn't fit.
"""

from __future__ import annotations

import json
from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from db import sync_state
from db import tables as t
from db import tables_sync as s
from db.outbox import held_back
from desktop.domain.application import Application
from desktop.domain.evidence import Evidence
from desktop.domain.person import Licence, Person
from desktop.domain.stock import Blank, Movement
from desktop.ledger_rows import values_of
from tests.central.model.counter import Counter
from tests.central.rigs.centre import CentreRig
from tests.kinds import TABLE_OF

SHARED = (Application, Person, Evidence, Licence, Blank, Movement)
"""What an office's counters have in common."""


def check_all(centre: CentreRig, counters: Sequence[Counter]) -> None:
    """Everything, after the lines have healed and every counter has exchanged twice."""
    for counter in counters:
        check_every_act_once(centre, counter)
    check_feed_without_gaps(centre)
    check_replicas(centre, counters)
    check_stock(centre)
    check_one_valid_licence(centre)
    check_proofs_used_once(centre)
    check_nothing_vanished(centre)


def check_every_act_once(centre: CentreRig, counter: Counter) -> None:
    """Each entry of the counter's chain is at the centre exactly once, and nothing else is."""
    with counter.store.read() as conn:
        strays = set(conn.execute(select(s.strays.c.entry_id)).scalars())
        own = [
            (row.epoch, row.seq, row.entry_id, row.hash)
            for row in conn.execute(
                select(t.journal)
                .where(t.journal.c.counter == counter.id)
                .order_by(t.journal.c.epoch, t.journal.c.seq)
            )
            if row.entry_id not in strays
        ]
    there = centre.ask(
        "SELECT epoch, seq, entry_id, hash FROM centre.journal WHERE counter = %s"
        " ORDER BY epoch, seq",
        counter.id,
    )
    ids = Tally(row[2] for row in there)
    assert not [key for key, times in ids.items() if times > 1]
    # What a restored store has lost stays at the centre; what it has is there in its order.
    lost = set(ids) - {row[2] for row in own}
    assert [row for row in there if row[2] not in lost] == own
    assert not lost or counter.restored


def check_feed_without_gaps(centre: CentreRig) -> None:
    """Numbers 1 to the head, each once, in every office's feed and the country's."""
    for office, number in centre.ask("SELECT office, number FROM centre.heads"):
        numbers = centre.ask(
            "SELECT number FROM centre.feed WHERE office = %s ORDER BY number", office
        )
        assert [row[0] for row in numbers] == list(range(1, number + 1)), office


def check_replicas(centre: CentreRig, counters: Iterable[Counter]) -> None:
    """Every counter of an office has the centre's rows, but for what waits for a supervisor."""
    for counter in counters:
        rows = {
            (kind, key): row
            for kind, key, row in centre.ask(
                "SELECT kind, id, row FROM centre.things WHERE office = %s", counter.office
            )
        }
        with counter.store.read() as conn:
            waiting = held_back(conn, counter.id, sync_state.acked(conn))
            waiting |= {(d.kind, d.id) for d in conn.execute(select(s.deferred))}
        with counter.ledger.reading() as r:
            here: dict[tuple[str, str], Any] = {
                (TABLE_OF[kind], thing.id): json.loads(json.dumps(values_of(thing)))
                for kind in SHARED
                for thing in r.find(kind)
            }
        names = {TABLE_OF[kind] for kind in SHARED}
        there = {key: row for key, row in rows.items() if key[0] in names}
        for key in (here.keys() | there.keys()) - waiting:
            assert here.get(key) == there.get(key), (counter.id, key)


def check_stock(centre: CentreRig) -> None:
    """A serial stands once in the country, and its movements follow each other without a gap."""
    blanks = centre.ask("SELECT id, row FROM centre.things WHERE kind = 'blanks'")
    serials = {row[0]: row for row in centre.ask(
        "SELECT serial, custodian, state, movement FROM centre.serials"
    )}  # fmt: skip
    assert {key for key, _ in blanks} == serials.keys()
    moves: dict[str, list[dict[str, Any]]] = {}
    for (row,) in centre.ask("SELECT row FROM centre.things WHERE kind = 'movements'"):
        moves.setdefault(row["serial"], []).append(row)
    for key, row in blanks:
        _, custodian, state, movement = serials[key]
        assert (row["custodian"], row["state"], row["movement"]) == (custodian, state, movement)
        told = sorted(moves.get(key, []), key=lambda move: move["number"])
        assert [move["number"] for move in told] == list(range(1, movement + 1)), key
        assert all(a["after"] == b["before"] for a, b in pairwise(told)), key


def check_one_valid_licence(centre: CentreRig) -> None:
    """At most one valid licence for a person and class in the country; a second one is named."""
    niks = {
        (office, key): row["nik"]
        for office, key, row in centre.ask(
            "SELECT office, id, row FROM centre.things WHERE kind = 'persons'"
        )
    }
    valid: dict[tuple[str, str], list[str]] = {}
    flagged: set[str] = set()
    for office, key, row in centre.ask(
        "SELECT office, id, row FROM centre.things WHERE kind = 'licences'"
    ):
        if row["status"] == "valid":
            nik = niks[office, row["person_id"]]
            valid.setdefault((nik, row["licence_class"]), []).append(key)
        elif row["status"] == "flagged":
            flagged.add(key)
    assert not {who: keys for who, keys in valid.items() if len(keys) > 1}
    slots = {(row[0], row[1]): row[2] for row in centre.ask(
        "SELECT nik, licence_class, licence_id FROM centre.licence_slots"
    )}  # fmt: skip
    assert {who: keys[0] for who, keys in valid.items()} == {
        who: key for who, key in slots.items() if who in valid
    }
    named = {
        row[0]["flagged"]["licence"]: row[0]["standing"]["licence"]
        for row in centre.ask("SELECT detail FROM centre.incidents WHERE kind = 'second_licence'")
    }
    assert flagged <= named.keys()
    assert all(named.values())


def check_proofs_used_once(centre: CentreRig) -> None:
    """No bank slip, certificate or report stands behind two cases."""
    used: dict[tuple[str, str], set[str]] = {}
    for (row,) in centre.ask("SELECT row FROM centre.things WHERE kind = 'evidence'"):
        used.setdefault((row["kind"], row["reference"]), set()).add(row["application_id"])
    assert not {key: cases for key, cases in used.items() if len(cases) > 1}


def check_nothing_vanished(centre: CentreRig) -> None:
    """What was submitted is applied or parked, and each parked entry is told to its counter."""
    states = dict(centre.ask("SELECT status, count(*) FROM centre.journal GROUP BY status"))
    [(parked,)] = centre.ask("SELECT count(*) FROM centre.parked")
    [(all_of_them,)] = centre.ask("SELECT count(*) FROM centre.journal")
    assert states.get("applied", 0) + parked == all_of_them
    told = centre.ask("SELECT count(*) FROM centre.feed WHERE type = 'parked'")
    assert told == [(parked,)]
