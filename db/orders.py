"""Orders of the centre: kept as they come, carried out above, done or failed by name.

What `db` keeps of one is its body as it came; which types there are, and what they mean, is known
above.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from db import tables_sync as s

UNHEARD = "UnknownOrder"
"""The problem of an order of a type that this program doesn't know; a later one may."""

_ORDER = select(s.orders.c.type).where(
    s.orders.c.feed == bindparam("feed"), s.orders.c.number == bindparam("number")
)
_ADD_ORDER = insert(s.orders)


def put_order(conn: Connection, item: Mapping[str, Any]) -> int:
    """Keep an order of the centre until it is carried out; 0 for one that is known."""
    at = {"feed": str(item.get("feed") or "office"), "number": int(item["n"])}
    if conn.execute(_ORDER, at).first() is not None:
        return 0
    body = json.dumps(dict(item), ensure_ascii=False, separators=(",", ":"))
    row = {**at, "type": str(item["type"]), "body": body, "state": "open", "problem": ""}
    conn.execute(_ADD_ORDER, row)
    return 1


def open_orders(conn: Connection) -> list[tuple[str, int, str, dict[str, Any]]]:
    """Orders that wait to be carried out, as (feed, number, type, body), the national first."""
    query = (
        select(s.orders)
        .where(s.orders.c.state == "open")
        .order_by(s.orders.c.feed, s.orders.c.number)
    )
    return [(r.feed, int(r.number), r.type, json.loads(r.body)) for r in conn.execute(query)]


def orders_of(conn: Connection, *types: str) -> list[dict[str, Any]]:
    """Everything that the centre ever ordered of these types, in the order of its feeds."""
    query = (
        select(s.orders.c.body)
        .where(s.orders.c.type.in_(types), s.orders.c.state != "failed")
        .order_by(s.orders.c.feed, s.orders.c.number)
    )
    return [json.loads(body) for body in conn.execute(query).scalars()]


def orders_naming(conn: Connection, kind: str, name: str, value: str) -> list[dict[str, Any]]:
    """What was carried out of this type and has `value` under `name`, in the order of its feeds.

    There may be thousands of them, of which one thing has few: the text is looked through where it
    lies, and only those are read.
    """
    told = json.dumps({name: value}, ensure_ascii=False, separators=(",", ":"))[1:-1]
    query = (
        select(s.orders.c.body)
        .where(s.orders.c.type == kind, s.orders.c.state == "done")
        .where(s.orders.c.body.contains(told, autoescape=True))
        .order_by(s.orders.c.feed, s.orders.c.number)
    )
    found = [json.loads(body) for body in conn.execute(query).scalars()]
    return [body for body in found if body.get(name) == value]


def unheard_orders(conn: Connection) -> list[tuple[str, int, str, dict[str, Any]]]:
    """Orders of types that the program didn't know which was to carry them out."""
    query = (
        select(s.orders)
        .where(s.orders.c.state == "failed", s.orders.c.problem == UNHEARD)
        .order_by(s.orders.c.feed, s.orders.c.number)
    )
    return [(r.feed, int(r.number), r.type, json.loads(r.body)) for r in conn.execute(query)]


def newest_order(conn: Connection, kind: str) -> tuple[int, int]:
    """How many orders of this type there are, and the highest number: changes when one comes."""
    query = select(func.count(), func.max(s.orders.c.number)).where(s.orders.c.type == kind)
    count, highest = conn.execute(query).one()
    return int(count), int(highest or 0)


def close_order(conn: Connection, feed: str, number: int, problem: str = "") -> None:
    """An order was carried out, or can't be: `problem` names why."""
    state = "failed" if problem else "done"
    at = (s.orders.c.feed == feed) & (s.orders.c.number == number)
    conn.execute(update(s.orders).where(at).values(state=state, problem=problem[:64]))
