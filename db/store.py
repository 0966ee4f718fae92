"""The counter's store: one encrypted SQLite file with short transactions.

    with store.read() as conn: ...      a consistent look at everything committed so far
    with store.write() as conn: ...     one act: all of it is kept, durably, or nothing

Writers queue on a lock of this process (fair, without SQLite's polling) and then take SQLite's
own write lock, which keeps other processes out. A write transaction never spans a device call.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError

from db import engine as sqlite
from db import tables as t
from db.errors import (
    BackupFailed,
    MigrationFailed,
    NewerStore,
    StoreBusy,
    StoreDamaged,
    StoreExists,
    StoreFull,
    StoreMissing,
    StoreProblem,
    StoreUnwritable,
    WrongKey,
)
from db.migrations import LOCAL_HEAD, LOCAL_REVISIONS
from db.tables_sync import metadata

SPARE_BYTES = 64 * 1024 * 1024
"""Room that new work leaves free, so that begun work can always be finished."""

_HAS_BLOB = select(t.blobs.c.size).where(t.blobs.c.sha == bindparam("wanted"))
_GET_BLOB = select(t.blobs.c.data).where(t.blobs.c.sha == bindparam("wanted"))
_PUT_BLOB = insert(t.blobs)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written, closed, opened again and found whole."""

    path: Path
    size: int
    sha: str
    head_seq: int


class Store:
    """An open store. Connections are made as threads need them; `close` ends them all."""

    def __init__(self, path: Path, key: bytes, busy_seconds: float = sqlite.BUSY_SECONDS) -> None:
        self.path = path
        self._key = key
        self._busy_seconds = busy_seconds
        self._engine: Engine = sqlite.make_engine(path, key, busy_seconds=busy_seconds)
        self._writing = self._engine.execution_options(writes=True)
        self._turn = threading.Lock()
        self._held = threading.local()

    # -- opening and closing ---------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, key: bytes, *, facts: dict[str, str] | None = None) -> Store:
        """Make a new store of the present form; `facts` go into its `meta` table.

        Raises StoreExists, StoreFull, StoreUnwritable.
        """
        if path.exists():
            raise StoreExists(str(path))
        store = cls(path, key)
        try:
            with store.write() as connection:
                metadata.create_all(connection)
                for statement in sqlite.extra_ddl(metadata):
                    connection.exec_driver_sql(statement)
                connection.exec_driver_sql(
                    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
                    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
                )
                stamp = text("INSERT INTO alembic_version (version_num) VALUES (:revision)")
                connection.execute(stamp, {"revision": LOCAL_HEAD})
                if facts:
                    rows = [{"key": k, "value": v} for k, v in sorted(facts.items())]
                    connection.execute(insert(t.meta), rows)
        except StoreProblem:
            store.close()
            remove_store(path)
            raise
        return store

    @classmethod
    def open(cls, path: Path, key: bytes) -> Store:
        """Open a store, bringing an older form up to date first.

        Raises StoreMissing, WrongKey, NewerStore, StoreDamaged, StoreBusy, StoreFull,
        StoreUnwritable, and MigrationFailed (the old store is then in place again).
        """
        _check_key(path, key)
        store = cls(path, key)
        try:
            revision = store.revision()
            if revision not in LOCAL_REVISIONS:
                raise NewerStore(revision, LOCAL_HEAD)
            if revision != LOCAL_HEAD:
                store._upgrade(revision)
        except StoreProblem:
            store.close()
            raise
        return store

    def close(self) -> None:
        """End all connections; the last one brings the log back into the file."""
        self._engine.dispose()

    def revision(self) -> str:
        """The form this store has."""
        with self.read() as connection:
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
            return str(found.scalar())

    def _upgrade(self, before: str) -> None:
        from db.upgrade import migrate  # Alembic: only when a store really is older

        safe = self.path.with_name(f"{self.path.name}.before-{LOCAL_HEAD}")
        remove_store(safe)
        self.backup(safe)
        try:
            with self._translated(), self._writing.connect() as connection:
                # A rebuilt table is dropped under its references; they are checked afterwards.
                sqlite.leave_references(connection)
                with connection.begin():
                    migrate(connection)
            self._engine.dispose()
            self.check()
        except Exception as error:
            # Whatever stopped it, a bug in a migration included: the officer's data comes first.
            self.close()
            remove_store(self.path)
            shutil.copyfile(safe, self.path)
            raise MigrationFailed(before, LOCAL_HEAD, type(error).__name__) from error

    # -- transactions ----------------------------------------------------------------------

    @contextmanager
    def read(self) -> Generator[Connection]:
        """A snapshot: what others commit meanwhile isn't seen. Raises StoreProblem."""
        with self._translated(), self._engine.connect() as connection:
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def write(self) -> Generator[Connection]:
        """One act: committed when the block ends, undone when it raises. Not to be nested.

        Raises StoreFull, StoreBusy, StoreDamaged, StoreUnwritable; the block's own errors pass.
        """
        if getattr(self._held, "yes", False):
            raise RuntimeError("a write transaction of this thread is already open")
        if not self._turn.acquire(timeout=self._busy_seconds):
            raise StoreBusy(self._busy_seconds)
        self._held.yes = True
        try:
            with self._translated(), self._writing.connect() as connection:
                try:
                    connection.begin()
                    yield connection
                    connection.commit()
                except BaseException:
                    connection.rollback()
                    raise
        finally:
            self._held.yes = False
            self._turn.release()

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except (DBAPIError, sqlite.DriverError) as error:
            # A full disk undoes the whole transaction, so that the end of a savepoint in it fails
            # too: what happened is told by the first error of those.
            problem: StoreProblem | None = None
            cause: BaseException | None = error
            while problem is None and cause is not None:
                if isinstance(cause, DBAPIError):
                    problem = self._problem(sqlite.sqlite_code(cause))
                elif isinstance(cause, sqlite.DriverError):
                    problem = self._problem(sqlite.driver_code(cause))
                cause = cause.__context__
            if problem is None:
                raise
            raise problem from error

    def _problem(self, code: str) -> StoreProblem | None:
        place = str(self.path)
        if code == "SQLITE_FULL":
            return StoreFull(place, self.free_bytes())
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return StoreBusy(self._busy_seconds)
        if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            return StoreDamaged(place, code)
        if code.startswith("SQLITE_IOERR") and self.free_bytes() < SPARE_BYTES // 64:
            return StoreFull(place, self.free_bytes())
        if code.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
            return StoreUnwritable(place, code)
        return None

    # -- blobs -----------------------------------------------------------------------------

    def put_blob(self, connection: Connection, data: bytes, media_type: str) -> str:
        """Keep bytes under their SHA-256 (hex), which is returned; known ones aren't kept twice."""
        sha = hashlib.sha256(data).hexdigest()
        if connection.execute(_HAS_BLOB, {"wanted": sha}).first() is None:
            row = {"sha": sha, "media_type": media_type, "size": len(data), "data": data}
            connection.execute(_PUT_BLOB, row)
        return sha

    def get_blob(self, connection: Connection, sha: str) -> bytes | None:
        """The bytes of that name, or None when erased or never here."""
        return connection.execute(_GET_BLOB, {"wanted": sha}).scalar()

    # -- care ------------------------------------------------------------------------------

    def facts(self) -> dict[str, str]:
        """What the store says of itself: its `meta` rows."""
        with self.read() as connection:
            rows = connection.execute(select(t.meta.c.key, t.meta.c.value))
            return {row.key: row.value for row in rows}

    def free_bytes(self) -> int:
        """Room left on the store's disk."""
        return shutil.disk_usage(self.path.parent).free

    def check_space(self, needed: int = 0) -> None:
        """Refuse (StoreFull) to begin new work that would leave less than `SPARE_BYTES`."""
        free = self.free_bytes()
        if free < needed + SPARE_BYTES:
            raise StoreFull(str(self.path), free)

    def check(self) -> None:
        """Look at every page, index and reference; raises StoreDamaged. Slow on a large store."""
        with self.read() as connection:
            found = sqlite.damage(connection)
        if found:
            raise StoreDamaged(str(self.path), found)

    def backup(self, target: Path) -> Backup:
        """Copy the store as it stands to `target` (same key), while others go on working.

        The copy is opened again and checked to the last page before it gets its name.
        Raises BackupFailed, StoreExists.
        """
        if target.exists():
            raise StoreExists(str(target))
        part = target.with_name(f"{target.name}.part")
        remove_store(part)
        try:
            with self.read() as connection:
                source = connection.connection.driver_connection
                sqlite.copy_pages(source, part, self._key)
            backup = self._try_restore(part, target)
        except (StoreProblem, sqlite.DriverError, OSError) as error:
            remove_store(part)
            detail = sqlite.driver_code(error) or type(error).__name__
            raise BackupFailed(str(target), detail) from error
        part.replace(target)
        return backup

    def _try_restore(self, part: Path, target: Path) -> Backup:
        # Opened as another PC would open it: from the file and the key alone.
        copy = (
            Store.open(part, self._key) if self.revision() == LOCAL_HEAD else Store(part, self._key)
        )
        try:
            copy.check()
            with copy.read() as connection:
                last = select(t.journal.c.seq).order_by(
                    t.journal.c.epoch.desc(), t.journal.c.seq.desc()
                )
                head_seq = connection.execute(last.limit(1)).scalar() or 0
        finally:
            copy.close()
        with part.open("rb") as stream:
            sha = hashlib.file_digest(stream, "sha256").hexdigest()
        return Backup(target, part.stat().st_size, sha, head_seq)


def remove_store(path: Path) -> None:
    """Take a store's file and its log away; missing ones are fine."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _check_key(path: Path, key: bytes) -> None:
    """Tell a missing, cut off or foreign file and a wrong key before SQLCipher lumps them."""
    try:
        with path.open("rb") as stream:
            head = stream.read(sqlite.SALT_BYTES)
    except FileNotFoundError as error:
        raise StoreMissing(str(path)) from error
    except OSError as error:
        raise StoreUnwritable(str(path), type(error).__name__) from error
    if len(head) < sqlite.SALT_BYTES:
        raise StoreDamaged(str(path), "cut off")
    if head != sqlite.salt_of(key):
        raise WrongKey(str(path))
