"""What the store can say no to.

StoreProblem
├── StoreMissing      no store at this place
├── StoreExists       a store is already there
├── WrongKey          the key doesn't belong to this store
├── NewerStore        written by a newer program
├── StoreDamaged      pages or structure are broken
├── StoreFull         the disk (or the store's limit) is full; nothing of the act was kept
├── StoreBusy         another writer didn't finish in time; nothing of the act was kept
├── StoreUnwritable   the system refuses to read or write the file
├── MigrationFailed   the new form couldn't be made; the old store was put back
├── BackupFailed      a backup couldn't be written or read back
├── JournalUnreadable the file isn't a journal's export
└── CentreProblem     the centre said no, or nothing
    ├── LineDown      no answer: no route, cut, or too slow
    ├── ServerUnproven  the root file doesn't vouch for it, or not under this address
    ├── NoSuchDatabase  it answers, but holds no centre under this name
    ├── CentreRefused the login or its certificate isn't accepted (any more)
    ├── CentreBusy    it asked to try again later, more often than we did
    └── CentreTooOld  it lacks what this program asks for, or this program what it asks for
"""

from __future__ import annotations

from refusal import Refusal


class StoreProblem(Refusal):
    """The store said no, or the centre did."""


class StoreMissing(StoreProblem):
    """There is no store at `path`."""

    path: str


class StoreExists(StoreProblem):
    """There already is a store at `path`."""

    path: str


class WrongKey(StoreProblem):
    """The key given isn't the key this store was made with."""

    path: str


class NewerStore(StoreProblem):
    """The store's form (`found`) is unknown to this program, which knows up to `known`."""

    found: str
    known: str


class StoreDamaged(StoreProblem):
    """A page, an index or the structure is broken; `detail` is the engine's own word for it."""

    path: str
    detail: str


class StoreFull(StoreProblem):
    """No room: `free` bytes are left. The transaction was undone."""

    path: str
    free: int


class StoreBusy(StoreProblem):
    """Another writer held the store for more than `seconds`. The transaction was undone."""

    seconds: float


class StoreUnwritable(StoreProblem):
    """The system refused to read or write; `detail` is its own word for it."""

    path: str
    detail: str


class MigrationFailed(StoreProblem):
    """Bringing the store from `before` to `after` failed; the old one stands again."""

    before: str
    after: str
    detail: str


class BackupFailed(StoreProblem):
    """The backup at `path` couldn't be written or doesn't restore; `detail` says what failed."""

    path: str
    detail: str


class JournalUnreadable(StoreProblem):
    """The file isn't a journal's export, or of a version this program doesn't know."""

    detail: str


class CentreProblem(StoreProblem):
    """The centre said no, or nothing; `detail` is its own word, never a person's data."""

    detail: str


class LineDown(CentreProblem):
    """The centre doesn't answer; what was being sent may have arrived."""


class ServerUnproven(CentreProblem):
    """Whoever answers isn't vouched for by the root file ("root"), or not under this address."""


class NoSuchDatabase(CentreProblem):
    """The server answers, but holds no centre under this database's name, which is `detail`."""


class CentreRefused(CentreProblem):
    """The centre doesn't let this counter in: certificate, login or right."""


class CentreBusy(CentreProblem):
    """The centre asked to try again, and did so every time."""


class CentreFault(CentreProblem):
    """The centre answers, but a call failed inside it; `detail` is the SQL state."""


class CentreTooOld(CentreProblem):
    """Centre and program don't know each other's form."""
