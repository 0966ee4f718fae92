"""Frozen snapshots in and out of the store; every change also writes the journal.

`reading()` gives a consistent look, `acting(by)` one transaction. Inside an act, things are got,
added and changed as whole frozen values; `record` writes the journal entry that tells of it. An
act that changes something and records nothing is a fault of the program and is undone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec

from db import chain, rows, search, trail
from db.chain import Entry, Head
from db.journal import Journal, put_certificate
from db.rows import DuplicateRow
from db.store import Store
from desktop.domain.officer import Actor
from desktop.keys.certificates import Certificate
from desktop.ledger_rows import (
    TABLES,
    TOLD_TOGETHER,
    UNJOURNALED,
    UNTOLD,
    Stored,
    StoredT,
    row_of,
    table_of,
    thing_of,
    values_of,
)
from desktop.notices import Notice, Notices

if TYPE_CHECKING:
    from desktop.domain.application import Approval, Draft
    from desktop.domain.person import Person

CLOCK = "clock"
CLOCK_BEHIND = "clock.behind"
CLOCK_CONFIRMED = "clock.confirmed"
"""Acts about the PC's clock: that it fell back, and that a supervisor found it right."""

CLOCK_SLACK = timedelta(minutes=5)
"""Small steps back happen when time servers set a clock; more than this can't date a card."""

# Papers follow from what the centre is told; printed again they are the same bytes.
UNSENT_MEDIA = frozenset({"application/pdf"})


def approval_statement(realm: str, approval: Approval) -> bytes:
    """The bytes that an officer signs: (act, subject, content digest, time) in this realm."""
    draft = chain.Approval(
        approval.officer, approval.act, approval.subject, approval.digest,
        chain.iso(approval.at), approval.key_id, "",
    )  # fmt: skip
    return draft.statement(realm)


class Reading:
    """A look at the store within one transaction."""

    def __init__(self, ledger: Ledger, conn: Any) -> None:
        self.ledger = ledger
        self.conn = conn

    def get(self, kind: type[StoredT], key: str) -> StoredT:
        """The thing with this id. Raises UnknownApplication for a missing case, else KeyError."""
        found = self.look(kind, key)
        if found is None:
            if table_of(kind) == "applications":
                from desktop.domain.application import UnknownApplication

                raise UnknownApplication
            raise KeyError(kind.__name__)
        return found

    def look(self, kind: type[StoredT], key: str) -> StoredT | None:
        """The thing with this id, or None."""
        row = rows.by_id(self.conn, table_of(kind), key)
        return None if row is None else thing_of(kind, row)

    def find(
        self,
        kind: type[StoredT],
        /,
        *,
        order: str = "id",
        descending: bool = False,
        limit: int | None = None,
        since: str | None = None,
        until: str | None = None,
        **wanted: object,
    ) -> list[StoredT]:
        """Things whose indexed columns equal the wanted values (or are among them).

        `since` leaves out those whose `order` column stands before it, `until` those behind it.
        """
        found = rows.find(
            self.conn, table_of(kind), wanted,
            order=order, descending=descending, limit=limit, since=since, until=until,
        )  # fmt: skip
        return [thing_of(kind, row) for row in found]

    def first(
        self,
        kind: type[StoredT],
        /,
        *,
        order: str = "id",
        descending: bool = False,
        **wanted: object,
    ) -> StoredT | None:
        """The first thing that `find` would give, or None."""
        found = self.find(
            kind, order=order, descending=descending, limit=1, since=None, until=None, **wanted
        )
        return found[0] if found else None

    def count(self, kind: type[Any], /, **wanted: object) -> int:
        """How many things match."""
        return rows.count(self.conn, table_of(kind), wanted)

    def count_span(
        self, kind: type[Any], column: str, low: str, high: str, /, **wanted: object
    ) -> int:
        """How many things match whose column stands from `low` to `high`, both included."""
        return rows.count_span(self.conn, table_of(kind), column, low, high, wanted)

    def tally(self, kind: type[Any], /, *by: str, **wanted: object) -> dict[tuple[str, ...], int]:
        """How many things there are by the values of some columns."""
        return rows.tally(self.conn, table_of(kind), by, wanted)

    def blob(self, sha: str) -> bytes:
        """A picture or paper by its digest. Raises PictureAway for one still at the centre."""
        found = self.ledger.store.get_blob(self.conn, sha)
        if found is None:
            from desktop.domain.application import PictureAway

            raise PictureAway
        return found

    def picture(self, sha: str) -> bytes:
        """A picture to look at beside a case: b"" for none, or for one still at the centre."""
        from desktop.domain.application import PictureAway

        try:
            return self.blob(sha) if sha else b""
        except PictureAway:
            return b""

    def head(self) -> Head:
        """The journal's newest entry."""
        return self.ledger.journal.head(self.conn)

    def last_time(self) -> datetime | None:
        """The latest moment that this counter is known to have lived; None before its first entry.

        That is its newest entry's, or the one that was written down when its clock fell back.
        """
        found = rows.last_time(self.conn, self.ledger.journal.counter)
        if found is None:
            return None
        newest, fallen = datetime.fromisoformat(found), self.fallen_from()
        return newest if fallen is None else max(newest, fallen)

    def fallen_from(self) -> datetime | None:
        """Where the clock stood before it fell back, unless a supervisor has confirmed it since."""
        wanted = trail.Wanted(subjects=(CLOCK,))
        counter = self.ledger.journal.counter
        notes = trail.look(self.conn, counter, wanted, newest_first=True, limit=1)
        if not notes or notes[0].act != CLOCK_BEHIND or notes[0].content is None:
            return None
        return datetime.fromisoformat(notes[0].content["last"])

    def search_people(self, text: str, limit: int = 20) -> list[str]:
        """Ids of persons in whose name each typed word begins a word."""
        return search.find_people(self.conn, text, limit)

    def search_numbers(self, text: str, limit: int = 20) -> list[search.NumberHit]:
        """Numbers (NIK, SIM, case, waybill, blank) that begin as typed."""
        return search.find_numbers(self.conn, text, limit)


class Writing(Reading):
    """One act: its changes, its journal entries and the notices that follow its commit."""

    def __init__(self, ledger: Ledger, conn: Any, by: Actor) -> None:
        super().__init__(ledger, conn)
        self.by = by
        self.notices: list[Notice] = []
        self.entries: list[Entry] = []
        self.owed = False
        self.signatures: list[Approval] = []
        self._changes: list[dict[str, Any]] = []
        self._blobs: list[str] = []

    def add(self, thing: StoredT) -> StoredT:
        """Store a new thing. Raises DuplicateRow where an id or unique key is taken."""
        values = values_of(thing)
        rows.insert(self.conn, table_of(type(thing)), row_of(type(thing), values))
        self._owe(thing, values)
        if table_of(type(thing)) == "approvals":
            self.signatures.append(cast("Approval", thing))
        return thing

    def change(self, thing: StoredT, **changes: Any) -> StoredT:
        """Store a changed copy if nobody changed it since it was read. Raises StaleCase."""
        before: int = thing.version  # type: ignore[attr-defined]
        after = dataclasses.replace(thing, version=before + 1, **changes)  # type: ignore[type-var]
        table, values = table_of(type(thing)), values_of(after)
        if not rows.update_if(self.conn, table, thing.id, before, row_of(type(thing), values)):
            from desktop.domain.application import StaleCase

            raise StaleCase
        was = values_of(thing)
        told = {n: v for n, v in values.items() if n not in was or was[n] != v}
        together = TOLD_TOGETHER.get(table, ())
        if not told.keys().isdisjoint(together):
            told |= {name: values[name] for name in together}
        self._owe(after, told)
        return after

    def drop(self, draft: Draft) -> None:
        """Forget a draft."""
        rows.delete(self.conn, TABLES["Draft"], draft.id)

    def leave(self, kind: type[Any], key: str) -> None:
        """Take a row away whose time here is over; the centre isn't told, it keeps its own."""
        rows.delete(self.conn, table_of(kind), key)

    def erase(self, entry_ids: list[str], *, reason: str) -> Entry:
        """Erase payloads whose time is over; the act names their entries."""
        entry = self.ledger.journal.erase(
            self.conn, entry_ids, reason=reason,
            officer=self.by.officer or None, session=self.by.session or None,
        )  # fmt: skip
        self.entries.append(entry)
        return entry

    def number(self, name: str) -> int:
        """The next running number of this name."""
        return rows.next_number(self.conn, name)

    def put_blob(self, data: bytes, media_type: str) -> str:
        """Store bytes under their SHA-256 and give it."""
        sha = self.ledger.store.put_blob(self.conn, data, media_type)
        if media_type not in UNSENT_MEDIA and sha not in self._blobs:
            self._blobs.append(sha)
        return sha

    def record(
        self,
        act: str,
        subject: str,
        payload: dict[str, Any],
        approvals: tuple[Approval, ...] = (),
    ) -> Entry:
        """Write the journal entry of this act, after a note where the clock has fallen back."""
        if not self.entries:
            self._note_fallen_clock()
        signed = tuple(
            chain.Approval(
                a.officer, a.act, a.subject, a.digest, chain.iso(a.at), a.key_id, a.signature
            )
            for a in approvals
        )
        entry = self.ledger.journal.append(
            self.conn,
            act=act,
            subject=subject,
            officer=self.by.officer or None,
            session=self.by.session or None,
            payload=msgspec.to_builtins(payload, order="deterministic"),
            approvals=signed,
            parts={"changes": self._changes, "blobs": self._blobs, "fences": self._fences()},
        )
        self.entries.append(entry)
        self._changes, self._blobs = [], []
        self.owed = False
        return entry

    def receive(self, thing: Stored) -> bool:
        """Store a thing as the centre has it, where that is newer; nothing is told back of it."""
        kind = type(thing)
        table, row = table_of(kind), row_of(kind, values_of(thing))
        known = rows.by_id(self.conn, table, thing.id)
        if known is None:
            rows.insert(self.conn, table, row)
            return True
        version: int = known["version"]
        return version < row["version"] and rows.update_if(self.conn, table, thing.id, version, row)

    def tell(self, changes: list[dict[str, Any]], blobs: Iterable[str]) -> None:
        """Changes that were laid down otherwise, for the entry that is recorded next."""
        self._changes += changes
        self._blobs += [sha for sha in blobs if sha not in self._blobs]
        self.owed = True

    @contextmanager
    def in_name_of(self, by: Actor) -> Generator[None]:
        """Acts within are `by`'s: of another officer who is there, or the program's own."""
        before, self.by = self.by, by
        try:
            yield
        finally:
            self.by = before

    def findable(self, ref: str, kind: str, number: str) -> None:
        """Make a person or thing findable by a number."""
        search.put_number(self.conn, number, kind, ref)

    def findable_person(self, person: Person) -> None:
        """Make a person findable by name and NIK."""
        search.put_person(self.conn, person.id, person.applicant.name)
        search.put_number(self.conn, person.nik, "nik", person.id)

    def keep_certificate(self, certificate: Certificate) -> None:
        """Keep a public key's certificate beside the journal that it vouches for."""
        put_certificate(
            self.conn,
            key_id=certificate.key_id,
            role=str(certificate.role),
            subject=certificate.subject,
            body=certificate.text(),
        )

    def notify(self, notice: Notice) -> None:
        """Publish after the commit, never before."""
        if notice not in self.notices:
            self.notices.append(notice)

    def _fences(self) -> dict[str, int]:
        """The numbers of the leases under which the act changed cases."""
        fences = self.ledger.fences
        if fences is None:
            return {}
        cases = TABLES["Application"]
        return fences(self.conn, [c["id"] for c in self._changes if c["kind"] == cases])

    def _note_fallen_clock(self) -> None:
        now, lived = self.ledger.journal.now(), self.ledger.lived
        if lived is not None and now >= lived:
            self.ledger.lived = now  # later than all that is known: no need to look it up
            return
        last = self.last_time()
        self.ledger.lived = max(moment for moment in (now, last, lived) if moment is not None)
        if last is None or now >= last - CLOCK_SLACK or last == self.fallen_from():
            return
        self.ledger.journal.append(
            self.conn, act=CLOCK_BEHIND, subject=CLOCK,
            payload={"last": chain.iso(last), "now": chain.iso(now)},
        )  # fmt: skip

    def _owe(self, thing: Stored, told: dict[str, Any]) -> None:
        table = table_of(type(thing))
        if table in UNJOURNALED:
            return
        self.owed = True
        if table not in UNTOLD:
            self._changes.append({"kind": table, "id": thing.id, "set": told})


class Ledger:
    """The one door to the store for everything above it."""

    def __init__(self, store: Store, journal: Journal, notices: Notices) -> None:
        self.store = store
        self.journal = journal
        self.notices = notices
        self.lived: datetime | None = None
        """The latest moment in which this process knows the counter to have acted or tried to."""
        self.fences: Callable[[Any, list[str]], dict[str, int]] | None = None
        """The leases of some cases, where there is a centre that gives any."""
        self.acted: Callable[[], None] | None = None
        """Hears of every act once it is kept: there is something to send."""

    @contextmanager
    def reading(self) -> Generator[Reading]:
        """Look; nothing can be changed."""
        with self.store.read() as conn:
            yield Reading(self, conn)

    @contextmanager
    def acting(self, by: Actor) -> Generator[Writing]:
        """Act: everything inside is kept together, or nothing is. Notices go out afterwards."""
        with self.store.write() as conn:
            writing = Writing(self, conn, by)
            yield writing
            if writing.owed:
                raise RuntimeError("an act changed the store and recorded nothing")
        for notice in writing.notices:
            self.notices.publish(notice)
        if writing.entries and self.acted is not None:
            self.acted()


__all__ = ["DuplicateRow", "Ledger", "Reading", "Writing"]
