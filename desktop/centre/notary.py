"""The notary's job: verifies what PostgreSQL can't (Ed25519) and signs the heads of the journals.

A bad signature ends the belief in that counter's journal at that entry and raises an incident; its
earlier entries stand. An entry is also held against its hash again, so that a row changed in the
database is found as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from db import central_desk
from db.central_admin import Connection
from db.chain import Anchor, AnchorKind, Signer, approvals_from, iso, signature_fits
from desktop.domain.realm import Realm
from desktop.domain.revocation import Revocation, RevokedKind
from desktop.keys.certificates import Certificate, KeyRole, Trust, read_certificate
from desktop.keys.errors import BadCertificate, WrongRealm

PAGE = 2000


@dataclass
class NotaryReport:
    """One run."""

    verified: int = 0
    anchored: int = 0
    broken: list[tuple[str, int, str]] = field(default_factory=list[tuple[str, int, str]])
    """Counter, entry and what is wrong with it."""
    unknown: set[str] = field(default_factory=set[str])
    """Counters for whose key nobody vouches: their entries wait."""
    unvouched: int = 0
    """Officers' approvals whose key the centre doesn't know."""
    revoked: int = 0
    """Approvals by a key that was revoked: each is an incident of its office."""
    refusals: int = 0
    reasons: int = 0
    """Notes of refused calls, and why settled acts had been parked, that have had their time."""


@dataclass
class _Chain:
    """How far one counter's journal was verified in this run."""

    epoch: int = 0
    seq: int = 0
    hash: str = ""


class Notary:
    """Verifies by the realm's roots and the certificates that the centre holds."""

    def __init__(
        self, conn: Connection, signer: Signer, realm: Realm, roots: list[Certificate]
    ) -> None:
        self._conn = conn
        self._signer = signer
        self._realm = realm
        self._trust = Trust(realm, roots)
        self._revoked: dict[str, Revocation] = {}

    def run(self, now: datetime) -> NotaryReport:
        """Verify what is new, sign the heads, let old notes go. Raises CentreUnreachable."""
        report = NotaryReport()
        with central_desk.told():
            self._trust.add_all(self._certificates())
            self._revoked = self._revocations()
            while self._page(report, now):
                pass
            report.refusals, report.reasons = central_desk.let_go(self._conn)
        return report

    def _certificates(self) -> Iterable[Certificate]:
        for body in central_desk.certificates(self._conn):
            try:
                yield read_certificate(body)
            except (BadCertificate, WrongRealm):
                continue

    def _revocations(self) -> dict[str, Revocation]:
        told = central_desk.revocations(self._conn)
        return {
            key: Revocation(RevokedKind.KEY, key, since, reason, order)
            for kind, key, since, reason, order in told
            if kind == RevokedKind.KEY
        }

    def _page(self, report: NotaryReport, now: datetime) -> bool:
        """A page of entries; False when there were none that could be looked at."""
        rows = central_desk.unverified(self._conn, PAGE)
        chains: dict[str, _Chain] = {}
        stopped: set[str] = set()
        for one in rows:
            counter = one.counter
            if counter in stopped or counter in report.unknown:
                continue
            fault = self._fault(one, report)
            if fault == "unknown":
                report.unknown.add(counter)
                continue
            chain = chains.setdefault(counter, _Chain())
            if fault:
                stopped.add(counter)
                report.broken.append((counter, one.seq, fault))
                before = (chain.epoch, chain.seq)
                at = before if chain.seq else central_desk.noted(self._conn, counter)
                facts = {"epoch": one.epoch, "seq": one.seq, "fault": fault}
                central_desk.note(self._conn, counter, *at, facts)
                continue
            chain.epoch, chain.seq, chain.hash = one.epoch, one.seq, one.hash
            report.verified += 1
        for counter, chain in chains.items():
            if chain.seq:
                self._anchor(counter, chain, now, note=counter not in stopped)
                report.anchored += 1
        return bool(chains) and len(rows) == PAGE

    def _fault(self, one: central_desk.Unverified, report: NotaryReport) -> str:
        """What is wrong with an entry; `unknown` where nobody vouches for the counter's key."""
        digest = hashlib.sha256(one.entry.encode()).hexdigest()
        if digest != one.hash:
            return "hash"
        try:
            facts = cast("dict[str, Any]", json.loads(one.entry))
            key_id, time = str(facts["key_id"]), str(facts["time"])
            approvals = approvals_from(facts["approvals"])
        except (ValueError, KeyError, TypeError):
            return "unreadable"
        public = self._trust.key_of(key_id, KeyRole.COUNTER.value, one.counter, time)
        if public is None:
            return "unknown"
        if not signature_fits(public, bytes(one.signature).hex(), bytes.fromhex(digest)):
            return "signature"
        for approval in approvals:
            officer = self._trust.key_of(
                approval.key_id, KeyRole.OFFICER.value, approval.officer, approval.time
            )
            if officer is None:
                report.unvouched += 1
            elif not signature_fits(
                officer, approval.signature, approval.statement(self._realm.value)
            ):
                return "approval"
            gone = self._revoked.get(approval.key_id)
            if gone is not None and gone.covers(datetime.fromisoformat(approval.time)):
                report.revoked += 1
                central_desk.doubt_approval(
                    self._conn, one.counter, one.epoch, one.seq,
                    {
                        "officer": approval.officer, "act": approval.act,
                        "subject": approval.subject, "time": approval.time, "order": gone.order,
                    },
                )  # fmt: skip
        return ""

    def _anchor(self, counter: str, chain: _Chain, now: datetime, *, note: bool) -> None:
        draft = Anchor(
            counter, AnchorKind.CENTRE.value, chain.epoch, chain.seq, chain.hash, iso(now), None,
            self._signer.key_id, "",
        )  # fmt: skip
        signature = self._signer.sign(draft.statement(self._realm.value)).hex()
        with self._conn.transaction():
            if note:
                central_desk.note(self._conn, counter, chain.epoch, chain.seq)
            central_desk.put_anchor(
                self._conn, counter, chain.epoch, chain.seq, chain.hash, draft.time, draft.key_id,
                signature,
            )  # fmt: skip
