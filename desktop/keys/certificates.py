"""Certificates: a public key with its realm, role, subject and dates, signed by who vouches.

One compact RFC 8785 object each. A realm has one root; the root vouches for offices, counters,
officers, seals, the portal, the notary and issuers of proofs, and an office may vouch for its
counters and officers.
A certificate of one realm is refused by the other.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import rfc8785

from desktop.domain.realm import Realm
from desktop.keys.errors import BadCertificate, WrongRealm
from desktop.keys.signer import Signer, key_id_of, verifies

_LONGEST_CHAIN = 3


class KeyRole(StrEnum):
    """What a key is for."""

    ROOT = "root"
    COUNTER = "counter"
    OFFICER = "officer"
    SEAL = "seal"
    OFFICE = "office"
    PORTAL = "portal"
    NOTARY = "notary"
    ISSUER = "issuer"


_MAY_ISSUE = {
    KeyRole.ROOT: frozenset(KeyRole),
    KeyRole.OFFICE: frozenset({KeyRole.COUNTER, KeyRole.OFFICER}),
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """A public key and who it belongs to; valid from `not_before` up to `not_after`."""

    realm: Realm
    role: KeyRole
    subject: str
    public: bytes
    not_before: datetime
    not_after: datetime
    issuer: str
    signature: bytes

    @property
    def key_id(self) -> str:
        """The short name of the public key."""
        return key_id_of(self.public)

    def body(self) -> dict[str, str]:
        """What is signed."""
        return {
            "type": "certificate",
            "realm": self.realm.value,
            "role": self.role.value,
            "subject": self.subject,
            "public": self.public.hex(),
            "not_before": _iso(self.not_before),
            "not_after": _iso(self.not_after),
            "issuer": self.issuer,
        }

    def text(self) -> str:
        """The canonical text, as it is stored and sent."""
        return rfc8785.dumps({**self.body(), "signature": self.signature.hex()}).decode()

    def row(self) -> dict[str, str]:
        """How the store keeps it: `db.journal.put_certificate(connection, **certificate.row())`."""
        return {
            "key_id": self.key_id,
            "role": self.role.value,
            "subject": self.subject,
            "body": self.text(),
        }

    def valid_at(self, moment: datetime) -> bool:
        """True between the two dates."""
        return self.not_before <= moment < self.not_after


def issue(
    issuer: Signer,
    *,
    realm: Realm,
    role: KeyRole,
    subject: str,
    public: bytes,
    not_before: datetime,
    not_after: datetime,
) -> Certificate:
    """Vouch for a public key; a root vouches for itself."""
    draft = Certificate(
        realm,
        role,
        subject,
        public,
        not_before.astimezone(UTC).replace(microsecond=0),
        not_after.astimezone(UTC).replace(microsecond=0),
        issuer.key_id,
        b"",
    )
    return dataclasses.replace(draft, signature=issuer.sign(rfc8785.dumps(draft.body())))


def read_certificate(text: str | bytes) -> Certificate:
    """A certificate from its text; raises BadCertificate('form') unless that is canonical."""
    raw = text.encode() if isinstance(text, str) else text
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadCertificate("form") from error
    certificate = from_plain(value)
    if certificate.text().encode() != raw.strip():
        raise BadCertificate("form")
    return certificate


def from_plain(value: object) -> Certificate:
    """A certificate from parsed JSON; raises BadCertificate('form')."""
    if not isinstance(value, dict):
        raise BadCertificate("form")
    fields = cast("dict[str, Any]", value)
    try:
        return Certificate(
            Realm(fields["realm"]),
            KeyRole(fields["role"]),
            str(fields["subject"]),
            bytes.fromhex(fields["public"]),
            _moment(fields["not_before"]),
            _moment(fields["not_after"]),
            str(fields["issuer"]),
            bytes.fromhex(fields["signature"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadCertificate("form") from error


class Trust:
    """The roots of one realm, and the certificates that follow from them."""

    def __init__(self, realm: Realm, roots: Iterable[Certificate]) -> None:
        self.realm = realm
        self._known: dict[str, Certificate] = {}
        self._roots: dict[str, Certificate] = {}
        for root in roots:
            if root.realm != realm:
                raise WrongRealm(realm.value, root.realm.value)
            signed = verifies(root.public, root.signature, rfc8785.dumps(root.body()))
            if root.role is not KeyRole.ROOT or root.issuer != root.key_id or not signed:
                raise BadCertificate("issuer")
            self._roots[root.key_id] = root

    @property
    def roots(self) -> tuple[Certificate, ...]:
        """The roots it began with."""
        return tuple(self._roots.values())

    @property
    def known(self) -> tuple[Certificate, ...]:
        """The certificates that were added."""
        return tuple(self._known.values())

    def add(self, certificate: Certificate) -> Certificate:
        """Check a certificate and know it from now on (issuers come before those they vouch for).

        Raises WrongRealm, BadCertificate. Dates aren't looked at here, as past signatures are
        checked too: see `find`.
        """
        if certificate.realm != self.realm:
            raise WrongRealm(self.realm.value, certificate.realm.value)
        if certificate.key_id in self._roots:
            return certificate
        self._check(certificate, _LONGEST_CHAIN)
        self._known[certificate.key_id] = certificate
        return certificate

    def add_all(self, certificates: Iterable[Certificate]) -> list[Certificate]:
        """Add certificates in whatever order they come; gives back those that don't hold."""
        waiting = list(certificates)
        while waiting:
            refused: list[Certificate] = []
            for certificate in waiting:
                try:
                    self.add(certificate)
                except (BadCertificate, WrongRealm):
                    refused.append(certificate)
            if len(refused) == len(waiting):
                return refused
            waiting = refused
        return []

    def _check(self, certificate: Certificate, depth: int) -> None:
        issuer = self._roots.get(certificate.issuer) or self._known.get(certificate.issuer)
        if issuer is None or depth == 0:
            raise BadCertificate("issuer")
        if certificate.role not in _MAY_ISSUE.get(issuer.role, ()):
            raise BadCertificate("role")
        body = rfc8785.dumps(certificate.body())
        if not verifies(issuer.public, certificate.signature, body):
            raise BadCertificate("signature")
        if not issuer.valid_at(certificate.not_before):
            raise BadCertificate("dates")
        if issuer.role is not KeyRole.ROOT:
            self._check(issuer, depth - 1)

    def find(
        self, key_id: str, role: KeyRole, subject: str | None, at: datetime
    ) -> Certificate | None:
        """The certificate of a key for this role and subject, if it was valid then."""
        found = self._known.get(key_id)
        if found is None or found.role is not role or not found.valid_at(at):
            return None
        return found if subject in (None, found.subject) else None

    def require(
        self, key_id: str, role: KeyRole, at: datetime, subject: str | None = None
    ) -> Certificate:
        """The same, raising BadCertificate when nobody vouches for the key."""
        found = self.find(key_id, role, subject, at)
        if found is None:
            raise BadCertificate("issuer" if key_id not in self._known else "role")
        return found

    def key_of(self, key_id: str, role: str, subject: str, time: str) -> bytes | None:
        """For the journal's check: the public key, if it stands for this role and subject.

        `time` is the signer's own word, and a counter whose clock once stood at 2000 hasn't
        forged anything: dates bind where a trusted clock receives, not here.
        """
        found = self._known.get(key_id)
        if found is None or found.role != role:
            return None
        # The notary signs for the whole centre: its subject isn't the counter's to know.
        fits = found.role is KeyRole.NOTARY or found.subject == subject
        return found.public if fits else None


def read_trust(path: Path) -> list[Certificate]:
    """Roots from a file, one certificate a line; raises BadCertificate, OSError."""
    return [read_certificate(line) for line in path.read_bytes().splitlines() if line.strip()]


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)
