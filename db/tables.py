"""The tables every store has, and the one MetaData that all tables share.

Types stay portable (text, integers, bytes): the store must be able to move to PostgreSQL. Times
are ISO 8601 text in UTC, digests and signatures lowercase hex, so that a row and the line that
exports it read the same. A table with `info={"append_only": True}` gets triggers that refuse
UPDATE and DELETE (see `db.engine.extra_ddl`).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Small facts of the store itself: realm, counter, when it was made."""

journal = Table(
    "journal",
    metadata,
    Column("counter", String(64), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", String(36), nullable=False),
    Column("realm", String(16), nullable=False),
    Column("time", String(27), nullable=False),
    Column("offset_ms", BigInteger),
    Column("tick_us", BigInteger, nullable=False),
    Column("officer", String(32)),
    Column("session", String(64)),
    Column("act", String(64), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("approvals", Text, nullable=False),
    Column("payload_digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("signature", String(128), nullable=False),
    UniqueConstraint("entry_id"),
    Index(None, "subject", "seq"),
    sqlite_with_rowid=False,
    info={"append_only": True},
)
"""One chain per counter; see `db.journal`. `offset_ms` is null until a server time was seen."""

payloads = Table(
    "payloads",
    metadata,
    Column("entry_id", String(36), ForeignKey("journal.entry_id"), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("data_class", String(32), nullable=False),
    sqlite_with_rowid=False,
)
"""What an entry is about, personal data included; a row may be erased, the entry stays."""

anchors = Table(
    "anchors",
    metadata,
    Column("counter", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("time", String(27), nullable=False),
    Column("officer", String(32)),
    Column("key_id", String(64), nullable=False),
    Column("signature", String(128), nullable=False),
    info={"append_only": True},
)
"""Heads that somebody else signed: a supervisor at shift close, later the centre's notary."""

certificates = Table(
    "certificates",
    metadata,
    Column("key_id", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("body", Text, nullable=False),
)
"""Public keys as signed certificates, so that a store or an export can be verified alone."""

blobs = Table(
    "blobs",
    metadata,
    Column("sha", String(64), primary_key=True),
    Column("media_type", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""Photos, signatures and card pictures, named by their SHA-256."""

person_search = Table(
    "person_search",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("person_id", String(36), nullable=False, unique=True),
    Column("name", Text, nullable=False),
)
"""Folded names; word prefixes are indexed beside it by what the engine has for that."""

number_search = Table(
    "number_search",
    metadata,
    Column("digits", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("ref", String(64), primary_key=True),
    Index(None, "ref"),
    sqlite_with_rowid=False,
)
"""NIK, SIM numbers and other numbers that officers type or scan, found by prefix."""
