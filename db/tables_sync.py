"""What a counter keeps about its exchange with the centre.

How far the outbox (the journal itself) was acknowledged and how far the feed was read, leases,
entries that the centre parked, the centre's rows that couldn't be laid over unsent work yet, its
orders until they are carried out, and pictures still to be fetched. None of it is told to anybody:
all can be had again from the journal and the centre.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from db.tables_counter import metadata as metadata

sync_state = Table(
    "sync_state",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Small facts as JSON: `acked`, `cursor`, `contact`, `offset_ms`, `policy`, and what stopped us."""

leases = Table(
    "leases",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("counter", String(64), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("until", String(32), nullable=False),
    Index(None, "counter"),
)
"""Who holds a case as the centre last said: this counter with its fence, or another one."""

parked = Table(
    "parked",
    metadata,
    Column("entry_id", String(36), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Index(None, "state"),
)
"""Entries of this counter that the centre keeps but didn't apply; `state` is open or settled."""

strays = Table(
    "strays",
    metadata,
    Column("entry_id", String(36), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Index(None, "state"),
)
"""Entries left beside the chain when a restored or cloned store opened a new epoch.

`state` is open until a supervisor releases the work (`released`) or lays it aside (`dropped`).
"""

deferred = Table(
    "deferred",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("why", String(16), nullable=False),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The centre's newest row of a thing that unsent, parked or colliding local work still holds."""

orders = Table(
    "orders",
    metadata,
    Column("feed", String(16), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("type", String(24), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("problem", String(64), nullable=False),
    Index(None, "state"),
    Index(None, "type", "number"),
)
"""Whatever else the feed brought, kept with the cursor in one transaction and carried out after.

`state` is open, done or failed; `problem` names why it failed.
"""

blobs_wanted = Table(
    "blobs_wanted",
    metadata,
    Column("sha", String(64), primary_key=True),
    Column("tries", Integer, nullable=False),
)
"""Pictures that pulled rows name and this store lacks."""
