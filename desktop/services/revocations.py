"""What the centre has revoked, as this counter has heard of it: asked before anything is believed.

The orders are read once and again when a newer one has come. Everything here answers offline, by
what came with the last exchange; how old that is, the sync screen says.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from db.orders import newest_order, orders_of
from desktop.domain.person import Licence
from desktop.domain.revocation import OfficerKeyRevoked, Revocation, RevokedKind, RevokedLicence
from desktop.ledger import Ledger

ORDER = "revocation"


class Revocations:
    """Answers whether a key, a signer, a card or a licence counts no more. Safe from any thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._newest: tuple[int, int] = (-1, -1)
        self._known: dict[tuple[RevokedKind, str], Revocation] = {}

    def of(self, kind: RevokedKind, key: str) -> Revocation | None:
        """What was ordered about one thing, or None."""
        return self._all().get((kind, key.lower()))

    def all(self) -> Iterable[Revocation]:
        """Everything that was revoked."""
        return self._all().values()

    def key_at(self, key_id: str, made: datetime) -> Revocation | None:
        """Why a key's signature of this moment isn't believed, or None."""
        gone = self.of(RevokedKind.KEY, key_id)
        return gone if gone is not None and gone.covers(made) else None

    def signer_gone(self, certificate: bytes, made: datetime) -> tuple[datetime, str] | None:
        """Since when and by which order a document signer's certificate (DER) isn't believed."""
        gone = self.of(RevokedKind.SIGNER, hashlib.sha256(certificate).hexdigest())
        return (gone.since, gone.order) if gone is not None and gone.covers(made) else None

    def licences(self, some: Iterable[Licence]) -> tuple[RevokedLicence, ...]:
        """Those of these licences that were revoked by order, whatever their rows say yet.

        One that its office undid before it was given out is revoked without an order, and no news.
        """
        return tuple(
            RevokedLicence(one.licence_class, one.sim_number, gone.since, gone.order)
            for one in some
            if (gone := self.of(RevokedKind.LICENCE, one.id)) is not None
        )

    def refuse_officer(self, key_id: str, now: datetime) -> None:
        """Raises OfficerKeyRevoked for a key that signs nothing any more."""
        gone = self.key_at(key_id, now)
        if gone is not None and now >= gone.since:
            raise OfficerKeyRevoked(at=gone.since, order=gone.order)

    def _all(self) -> dict[tuple[RevokedKind, str], Revocation]:
        with self._lock, self._ledger.store.read() as conn:
            newest = newest_order(conn, ORDER)
            if newest != self._newest:
                found = [one for body in orders_of(conn, ORDER) if (one := read_revocation(body))]
                self._known = {(one.kind, one.id.lower()): one for one in found}
                self._newest = newest
            return self._known


def read_revocation(body: dict[str, Any]) -> Revocation | None:
    """An order as it came; None for a kind of a later program."""
    if body.get("kind") not in set(RevokedKind):
        return None
    since = datetime.fromisoformat(str(body["from"]))
    return Revocation(
        RevokedKind(body["kind"]),
        str(body["id"]),
        since if since.tzinfo else since.replace(tzinfo=UTC),
        str(body.get("reason") or ""),
        str(body.get("order") or "–"),
    )
