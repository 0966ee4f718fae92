"""Orders for cards' chips at the centre: numbered by card, kept as signed, told to every counter.

What counters wrote comes up with their journals; the database notes it (`card_orders.sql`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from db.central_admin import Connection, tell

ORDER = "card_order"
"""The type of such an item in the feed."""


@dataclass(frozen=True, slots=True)
class Written:
    """A counter wrote it: when by its own clock."""

    counter: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """One order as the centre has it. `newest` is the card's highest number."""

    serial: str
    sequence: int
    verdict: str
    made: datetime
    newest: int
    written: tuple[Written, ...]

    @property
    def waits(self) -> bool:
        """Whether a counter still has to write it."""
        return not self.written and self.sequence == self.newest


def next_order(conn: Connection, serial: str, after: int = 0) -> int:
    """The number of a new order for one card: higher than those given, those that counters said to
    have written, and `after`.
    """
    row = conn.execute("SELECT centre.next_card_order(%s, %s)", [serial, after]).fetchone()
    assert row is not None
    return int(row[0])


def keep_order(
    conn: Connection, serial: str, sequence: int, verdict: str, made: datetime, order: str
) -> None:
    """Keep a signed order's text and tell every counter of it."""
    digest = hashlib.sha256(order.encode()).hexdigest()
    with conn.transaction():
        conn.execute(
            "INSERT INTO centre.card_orders (serial, sequence, verdict, made, digest, body)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [serial, sequence, verdict, made, digest, order],
        )
        body = {"serial": serial, "sequence": sequence, "order": order}
        tell(conn, "*", ORDER, serial, body)


def kept_orders(conn: Connection, serial: str) -> list[KeptOrder]:
    """A card's orders, the first one first, each with the counters that wrote this very one."""
    return _kept(conn, "o.serial = %s", [serial])


def waiting_orders(conn: Connection) -> list[KeptOrder]:
    """The newest order of each card that no counter has written yet, by serial."""
    newest = (
        "NOT EXISTS (SELECT FROM centre.card_orders n WHERE n.serial = o.serial"
        " AND n.sequence > o.sequence) AND NOT EXISTS (SELECT FROM centre.card_orders_written w"
        " WHERE w.serial = o.serial AND w.sequence = o.sequence AND w.digest = o.digest)"
    )
    return _kept(conn, newest, [])


def _kept(conn: Connection, which: str, values: list[str]) -> list[KeptOrder]:
    rows = conn.execute(
        "SELECT o.serial, o.sequence, o.verdict, o.made,"
        " (SELECT max(n.sequence) FROM centre.card_orders n WHERE n.serial = o.serial),"
        " ARRAY(SELECT w.counter FROM centre.card_orders_written w WHERE w.serial = o.serial"
        "  AND w.sequence = o.sequence AND w.digest = o.digest ORDER BY w.at, w.counter),"
        " ARRAY(SELECT w.at FROM centre.card_orders_written w WHERE w.serial = o.serial"
        "  AND w.sequence = o.sequence AND w.digest = o.digest ORDER BY w.at, w.counter)"
        f" FROM centre.card_orders o WHERE {which} ORDER BY o.serial, o.sequence".encode(),
        values,
    ).fetchall()
    return [
        KeptOrder(
            str(serial), int(sequence), str(verdict), made, int(newest),
            tuple(Written(str(c), at) for c, at in zip(counters, times, strict=True)),
        )
        for serial, sequence, verdict, made, newest, counters, times in rows
    ]  # fmt: skip
