"""Find people and numbers while an officer types.

Names are folded (case, accents, punctuation) and found by the beginnings of their words, in any
order; NIK, SIM numbers and other codes by their first characters. Hits come in index order, not
ranked: the first twenty of a million people must stand within one frame of the screen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from db.engine import optimise_search, persons_by_words
from db.tables import number_search, person_search

MAX_WORDS = 8
MAX_WORD = 40


@dataclass(frozen=True, slots=True)
class NumberHit:
    """A number that begins as typed: which kind it is and what it leads to."""

    digits: str
    kind: str
    ref: str


def fold(text: str) -> str:
    """Lower case without accents; everything that isn't a letter or digit becomes a space."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(
        c if c.isalnum() else " " for c in plain if not unicodedata.combining(c) and c not in "'’ʼ`"
    )
    return " ".join(kept.split())


def fold_number(text: str) -> str:
    """Letters and digits alone, upper case: `1374-0001 2345` and `137400012345` are one number."""
    return "".join(c for c in text.upper() if c.isalnum())


_BY_NUMBER = (
    select(number_search.c.digits, number_search.c.kind, number_search.c.ref)
    .where(number_search.c.digits >= bindparam("low"), number_search.c.digits < bindparam("high"))
    .order_by(number_search.c.digits)
    .limit(bindparam("count"))
)
_KNOWN = select(person_search.c.no).where(person_search.c.person_id == bindparam("who"))
_KNOWN_NAMES = select(person_search.c.person_id, person_search.c.no, person_search.c.name).where(
    person_search.c.person_id.in_(bindparam("who", expanding=True))
)
_ADD = insert(person_search)
_KNOWN_NUMBERS = select(number_search.c.digits, number_search.c.kind, number_search.c.ref).where(
    number_search.c.ref.in_(bindparam("refs", expanding=True))
)
_ADD_NUMBER = insert(number_search)
_RENAME = (
    update(person_search)
    .where(person_search.c.no == bindparam("row_no"))
    .values(name=bindparam("new_name"))
)


def find_people(connection: Connection, text: str, limit: int = 20) -> list[str]:
    """Ids of people in whose name each typed word begins a word; nothing for an empty text."""
    words = [word[:MAX_WORD] for word in fold(text).split()[:MAX_WORDS]]
    return persons_by_words(connection, words, limit) if words else []


def find_numbers(connection: Connection, text: str, limit: int = 20) -> list[NumberHit]:
    """Numbers that begin with the digits typed, in order of digits."""
    low = fold_number(text)[:64]
    if not low:
        return []
    # Numbers hold only ASCII and Indonesian papers' letters: U+FFFF sorts behind them all.
    rows = connection.execute(_BY_NUMBER, {"low": low, "high": low + "\uffff", "count": limit})
    return [NumberHit(row.digits, row.kind, row.ref) for row in rows]


def put_person(connection: Connection, person_id: str, name: str) -> None:
    """Make a person findable by this name, in place of an earlier one."""
    known = connection.execute(_KNOWN, {"who": person_id}).scalar()
    if known is None:
        connection.execute(_ADD, {"person_id": person_id, "name": fold(name)})
    else:
        connection.execute(_RENAME, {"row_no": known, "new_name": fold(name)})


def put_people(connection: Connection, people: Iterable[tuple[str, str]]) -> None:
    """Add many new people (id, name) at once."""
    rows = [{"person_id": person_id, "name": fold(name)} for person_id, name in people]
    if rows:
        connection.execute(_ADD, rows)


def put_names(connection: Connection, people: Iterable[tuple[str, str]]) -> None:
    """Make many people (id, name) findable, known ones by their present name."""
    wanted = {person_id: fold(name) for person_id, name in people}
    known: dict[str, tuple[int, str]] = {}
    for some in _chunks(list(wanted)):
        for row in connection.execute(_KNOWN_NAMES, {"who": some}):
            known[row.person_id] = (row.no, row.name)
    fresh = [{"person_id": k, "name": n} for k, n in wanted.items() if k not in known]
    other = [
        {"row_no": no, "new_name": wanted[key]}
        for key, (no, name) in known.items()
        if wanted[key] != name
    ]
    if fresh:
        connection.execute(_ADD, fresh)
    if other:
        connection.execute(_RENAME, other)


def put_number(connection: Connection, digits: str, kind: str, ref: str) -> None:
    """Make `ref` (a person, a parcel) findable by a number; doing so twice is fine."""
    find_by_numbers(connection, [NumberHit(digits, kind, ref)])


def find_by_numbers(connection: Connection, hits: Iterable[NumberHit]) -> None:
    """Make many things findable by their numbers; those that are already stay."""
    wanted = {(fold_number(h.digits), h.kind, h.ref) for h in hits}
    known: set[tuple[str, str, str]] = set()
    for some in _chunks(sorted({ref for _, _, ref in wanted})):
        for row in connection.execute(_KNOWN_NUMBERS, {"refs": some}):
            known.add((row.digits, row.kind, row.ref))
    fresh = [
        {"digits": digits, "kind": kind, "ref": ref}
        for digits, kind, ref in sorted(wanted - known)
        if digits
    ]
    if fresh:
        connection.execute(_ADD_NUMBER, fresh)


def put_numbers(connection: Connection, rows: Iterable[NumberHit]) -> None:
    """Add many new numbers at once."""
    values = [{"digits": fold_number(r.digits), "kind": r.kind, "ref": r.ref} for r in rows]
    if values:
        connection.execute(_ADD_NUMBER, values)


def _chunks(items: list[str], size: int = 500) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def forget(connection: Connection, ref: str) -> None:
    """Take a person or thing out of both indexes."""
    connection.execute(delete(person_search).where(person_search.c.person_id == ref))
    connection.execute(delete(number_search).where(number_search.c.ref == ref))


def settle_search(connection: Connection) -> None:
    """Tidy the indexes after a bulk load."""
    optimise_search(connection)
