"""One exchange with the centre, step by step: blobs, batches, pages, and what they leave behind.

Every step is one call to the centre and one local transaction after it, so a program killed
between the two repeats the call and nothing else: the centre skips what it knows, and a page is
read again from the cursor that was kept with its rows. A row from the centre is laid down only if
it is newer than ours and no local work that the centre hasn't judged yet changed that thing; else
it waits in `deferred`.

`db` knows no domain: what makes a row searchable and which pictures it names is asked of whoever
stands above.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, delete, select, update

from db import sync_state
from db import tables_sync as s
from db.chain import Head
from db.feed import Above, lay, media_type_of, retry_deferred
from db.journal import Journal, put_anchor
from db.judged import anchor_from, leave_beside, put_parked, settle_parked
from db.orders import put_order
from db.outbox import Batch, hash_at, held_back, next_batch
from db.rows import skip_numbers
from db.store import Store

PART_BYTES = 256 * 1024
TOGETHER_BYTES = 512 * 1024
"""Pictures sent in one round trip: on a line of 64 kB/s it takes 8 s, and all again after a cut."""
PAGE = 120
"""Rows of a page: what is laid down in one transaction, and read while the window waits for it."""
SCHEMA = 1


class Centre(Protocol):
    """The centre's functions as a counter may call them; see `db.central.Centre`."""

    def push(
        self,
        head: dict[str, Any],
        entries: list[str],
        signatures: list[bytes],
        payloads: list[str | None],
    ) -> dict[str, Any]: ...
    def pull(self, cursor: dict[str, Any], limit: int, wait_ms: int = 0) -> dict[str, Any]: ...
    def pull_ahead(self, cursor: dict[str, Any], limit: int) -> None: ...
    def blob_put(self, sha: str, part: int, parts: int, data: bytes) -> dict[str, Any]: ...
    def blobs_put(self, pictures: Sequence[tuple[str, bytes]]) -> list[dict[str, Any]]: ...
    def blob_get(self, sha: str, part: int) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of one batch. `error` is empty when it was taken, else the centre's word."""

    sent: int = 0
    error: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])
    time: str = ""
    parked: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came of one page. `ahead` is the chain's place at the centre where it isn't ours."""

    rows: int = 0
    kinds: frozenset[tuple[str, str]] = frozenset()
    orders: int = 0
    more: bool = False
    time: str = ""
    head: int = 0
    intake: tuple[Mapping[str, Any], ...] = ()
    ahead: tuple[int, int] | None = None
    error: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])


_WANTED = (
    select(s.blobs_wanted.c.sha)
    .where(s.blobs_wanted.c.tries < 5)
    .order_by(s.blobs_wanted.c.tries)
    .limit(1)
)
_TRIED = (
    update(s.blobs_wanted)
    .where(s.blobs_wanted.c.sha == bindparam("the_sha"))
    .values(tries=s.blobs_wanted.c.tries + 1)
)


class Sync:
    """The counter's side of the protocol over one store. Used from one lane at a time."""

    def __init__(self, store: Store, journal: Journal, above: Above, program: str = "") -> None:
        self._store = store
        self._journal = journal
        self._above = above
        self._program = program
        self._there: set[str] = set()

    @property
    def counter(self) -> str:
        return self._journal.counter

    # -- out -------------------------------------------------------------------------------

    def push(self, centre: Centre, clock: str, most: int = 200) -> Pushed:
        """Send the next batch, its pictures first. Raises CentreProblem, StoreProblem."""
        with self._store.read() as conn:
            batch = next_batch(conn, self.counter, sync_state.acked(conn), most)
        if batch is None:
            return Pushed()
        self.put_blobs(centre, batch.blobs)
        answer = self._push(centre, batch, clock)
        if answer.get("error") == "blobs":
            missing = [str(sha) for sha in dict(answer.get("detail") or answer)["missing"]]
            self._there.difference_update(missing)
            self.put_blobs(centre, missing)
            answer = self._push(centre, batch, clock)
        error = str(answer.get("error") or "")
        if error:
            detail = dict(answer.get("detail") or {})
            if error == "gap":
                self._back_to(detail or answer)
            return Pushed(error=error, detail=detail, time=str(answer.get("time") or ""))
        with self._store.write() as conn:
            sync_state.put_acked(conn, batch.last)
            for one in answer.get("parked") or ():
                put_parked(conn, one, clock)
            sync_state.take_claims(conn, self.counter, answer.get("claims") or (), whole=False)
        return Pushed(
            sent=len(batch.entries),
            time=str(answer.get("time") or ""),
            parked=len(answer.get("parked") or ()),
            more=True,
        )

    def _push(self, centre: Centre, batch: Batch, clock: str) -> dict[str, Any]:
        head = {**batch.head, "schema": SCHEMA, "program": self._program, "clock": clock}
        return centre.push(head, list(batch.entries), list(batch.signatures), list(batch.payloads))

    def _back_to(self, where: Mapping[str, Any]) -> None:
        """The centre has less than it once acknowledged (it was restored): begin there."""
        epoch, seq = int(where.get("last_epoch") or 1), int(where.get("last_seq") or 0)
        with self._store.write() as conn:
            own = hash_at(conn, self.counter, epoch, seq)
            if own is not None:
                sync_state.put_acked(conn, Head(epoch, seq, own))

    def put_blobs(self, centre: Centre, shas: Iterable[str]) -> None:
        """Bring pictures up: small ones several at once, of a large one what the centre lacks."""
        small: list[tuple[str, bytes]] = []
        for sha in shas:
            if sha in self._there:
                continue
            with self._store.read() as conn:
                data = self._store.get_blob(conn, sha)
            if data is None:
                continue  # erased meanwhile: the centre is told by the act of erasing
            if len(data) > PART_BYTES:
                self._put_parts(centre, sha, data)
                continue
            if sum(len(one) for _, one in small) + len(data) > TOGETHER_BYTES:
                self._put_small(centre, small)
                small = []
            small.append((sha, data))
        self._put_small(centre, small)

    def _put_small(self, centre: Centre, small: Sequence[tuple[str, bytes]]) -> None:
        answers = centre.blobs_put(small) if small else []
        for (sha, _), answer in zip(small, answers, strict=True):
            if answer.get("done"):  # else the push will be told that it is missing
                self._there.add(sha)

    def _put_parts(self, centre: Centre, sha: str, data: bytes) -> None:
        parts = -(-len(data) // PART_BYTES)
        part, have = 0, set[int]()
        while part < parts:
            if part not in have:
                chunk = data[part * PART_BYTES : (part + 1) * PART_BYTES]
                answer = centre.blob_put(sha, part, parts, chunk)
                if answer.get("done"):
                    break
                have = {int(one) for one in answer.get("have") or ()}
            part += 1
        self._there.add(sha)

    # -- in --------------------------------------------------------------------------------

    def pull(self, centre: Centre, clock: str, *, wait_ms: int = 0, limit: int = PAGE) -> Pulled:
        """Read the next page and keep all that it holds. Raises CentreProblem, StoreProblem."""
        with self._store.read() as conn:
            cursor = dict(sync_state.get(conn, "cursor", {"office": 0, "national": 0}))
        answer = centre.pull(cursor, limit, wait_ms)
        error = str(answer.get("error") or "")
        if error:
            return Pulled(error=error, detail=dict(answer.get("detail") or {}))
        items: Sequence[Mapping[str, Any]] = answer.get("items") or ()
        after = {**cursor, **dict(answer.get("cursor") or {})}
        if answer.get("more"):
            centre.pull_ahead(after, limit)
        else:
            after.pop("own", None)
        with self._store.write() as conn:
            orders = self._keep_page(conn, items, clock)
            if after != cursor:
                sync_state.put(conn, "cursor", after)
            sync_state.take_claims(conn, self.counter, answer.get("claims") or (), whole=True)
            ahead = self._ahead(conn, answer.get("counter"))
        touched = frozenset((str(i["kind"]), str(i["id"])) for i in items if i["type"] == "row")
        return Pulled(
            rows=len(touched),
            kinds=touched,
            orders=orders,
            more=bool(answer.get("more")),
            time=str(answer.get("time") or ""),
            head=int(answer.get("head") or 0),
            intake=tuple(answer.get("intake") or ()),
            ahead=ahead,
        )

    def _keep_page(self, conn: Connection, items: Sequence[Mapping[str, Any]], clock: str) -> int:
        lines: list[Mapping[str, Any]] = []
        orders = 0
        for item in items:
            match item["type"]:
                case "row":
                    lines.append(item)
                case "parked":
                    put_parked(conn, item, clock)
                case "resolved":
                    for entry_id in item.get("entries") or (item.get("entry_id"),):
                        settle_parked(conn, str(entry_id))
                case "anchor":
                    put_anchor(conn, anchor_from(item.get("anchor") or item))
                case _:
                    orders += put_order(conn, item)
        if lines:
            touched = held_back(conn, self.counter, sync_state.acked(conn))
            lay(conn, self._above, self.counter, lines, touched)
        if lines or orders:
            retry_deferred(conn, self._above, self.counter)
        return orders

    def _ahead(self, conn: Connection, place: Mapping[str, Any] | None) -> tuple[int, int] | None:
        """Where the centre says this counter's chain stands, if our own never stood there."""
        if not place or not place.get("seq"):
            return None
        epoch, seq = int(place["epoch"]), int(place["seq"])
        own = hash_at(conn, self.counter, epoch, seq)
        return None if own == place.get("hash") else (epoch, seq)

    # -- pictures of pulled rows -----------------------------------------------------------

    def fetch_blob(self, centre: Centre, sha: str = "") -> bool:
        """Fetch one picture that a pulled row names (this one, if it is wanted still).

        False when none is wanted any more. Raises CentreProblem, StoreProblem.
        """
        with self._store.read() as conn:
            wanted = select(s.blobs_wanted.c.sha).where(s.blobs_wanted.c.sha == sha)
            sha = conn.execute(wanted if sha else _WANTED).scalar() or ""
        if not sha:
            return False
        data = bytearray()
        part = 0
        while (chunk := centre.blob_get(sha, part)) is not None:
            data += chunk
            part += 1
            if len(chunk) < PART_BYTES:
                break
        with self._store.write() as conn:
            if data and hashlib.sha256(data).hexdigest() == sha:
                self._store.put_blob(conn, bytes(data), media_type_of(bytes(data)))
                conn.execute(delete(s.blobs_wanted).where(s.blobs_wanted.c.sha == sha))
            else:
                conn.execute(_TRIED, {"the_sha": sha})
        return True

    # -- a store that was restored or cloned -----------------------------------------------

    def open_epoch(self, reason: str, least: int) -> int:
        """Fork from the last acknowledged entry; how many entries were left beside the chain.

        Running numbers are skipped: the other store may have given the next ones away. All of the
        centre's rows are pulled again, our own as well: this store may lack some.
        """
        with self._store.write() as conn:
            acked = sync_state.acked(conn)
            head = self._journal.head(conn)
            beside = 0
            if (head.epoch, head.seq) != (acked.epoch, acked.seq):
                beside = leave_beside(conn, self.counter, acked)
            self._journal.open_epoch(conn, reason, fork=acked, epoch=least)
            skip_numbers(conn)
            sync_state.put(conn, "cursor", {"office": 0, "national": 0, "own": True})
        return beside
