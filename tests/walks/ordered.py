"""An order of the centre for a card's chip, as the feed brings it to a counter without a centre."""

from __future__ import annotations

from datetime import date

from db.orders import newest_order, put_order
from desktop.centre.points import key_of_profile, signed_order
from desktop.domain.violations import PointsVerdict, Violation, ViolationLevel
from desktop.services.orders import Orders
from tests.walks.world import World

SPEEDING = Violation(date(2026, 1, 5), ViolationLevel.MEDIUM, 3, "TILANG-26-000017")


def ordered(
    world: World, serial: str, sequence: int = 1, verdict: PointsVerdict = PointsVerdict.WARN
) -> bytes:
    """The order, proven and kept here; the file's bytes."""
    desk = world.desk
    now, key = desk.frame.now(), key_of_profile(desk.profile)
    body = signed_order(key, serial, sequence, verdict, (SPEEDING,), now)
    with desk.ledger.store.write() as conn:
        number = newest_order(conn, "card_order")[1] + 1
        told = {"serial": serial, "sequence": sequence, "order": body.decode()}
        put_order(conn, {"feed": "national", "n": number, "type": "card_order", **told})
    Orders(desk).run()
    return body
