"""The counter's keys through their lives: asked for, enrolled, rotated, withdrawn, in escrow.

Each is an act in the journal, signed by the officer who does it (escrow by two). A signing key is
never copied: one that is lost is replaced and withdrawn. Only the store's key goes into escrow,
since what it locks can't be made again.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import rfc8785

from desktop.cards.seal_keys import KeyReason
from desktop.domain.application import Approval
from desktop.domain.errors import Problem
from desktop.domain.officer import PROGRAM, Actor, Officer, Role, RoleMissing
from desktop.keys.certificates import Certificate, KeyRole
from desktop.keys.requests import CertificateRequest, grant, make_request
from desktop.ledger import approval_statement
from desktop.profile import Profile, Withdrawal
from desktop.profile_training import VALIDITY
from desktop.services.approval import Approvals
from desktop.services.base import Frame
from desktop.services.signing import digest_of, sign_both

OWN = (KeyRole.COUNTER, KeyRole.SEAL, KeyRole.OFFICE)
"""Keys of a counter; the others are the centre's, or an officer's own."""

KEEPERS = (Role.ADMINISTRATOR, Role.SUPERVISOR)
ESCROW_FORMAT = "loket-escrow-1"
_LEAST_RSA_BITS = 3072
_BACKDATED = timedelta(minutes=5)


class UnknownKey(Problem):
    """No key of this profile has the id `key`."""

    key: str


class KeyInUse(Problem):
    """The counter's present key: without it nothing opens, so a new one must be there first."""


class CannotVouch(Problem):
    """This profile holds no root, so a new key's certificate comes from the centre."""


class EscrowCertificateUnfit(Problem):
    """Nothing can be sealed for this certificate's holder; `detail` says why."""

    detail: str


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key as `status` tells of it."""

    role: KeyRole
    key_id: str
    in_token: bool
    waits: bool
    certificate: Certificate | None


def key_lines(profile: Profile) -> list[KeyLine]:
    """The keys that a profile holds, and those that wait for a certificate."""
    lines: list[KeyLine] = []
    for role in KeyRole:
        if profile.holds(role):
            key = profile.signer(role).key_id
            found = next((c for c in profile.public_certificates() if c.key_id == key), None)
            lines.append(KeyLine(role, key, profile.in_token(role), False, found))
        if (next_one := profile.waiting(role)) is not None:
            lines.append(KeyLine(role, next_one.key_id, profile.in_token(role), True, None))
    return lines


class KeyCare:
    """Acts about keys. `profile` is the newest state of the profile on disk."""

    def __init__(self, frame: Frame, profile: Profile, approvals: Approvals) -> None:
        self._frame = frame
        self._approvals = approvals
        self.profile = profile

    def status(self) -> list[KeyLine]:
        """The keys that this profile holds, and those that wait for a certificate."""
        return key_lines(self.profile)

    def ask(self, by: Actor, role: KeyRole, *, es256: bool = False) -> CertificateRequest:
        """A request for a certificate: for the key that has none, else for a new one.

        A new seal key may be a P-256 one (`es256`), for readers that know nothing of Ed25519.

        At a counter that has no officers yet, the program may ask. Raises RoleMissing.
        """
        self._first_or_keeper(by)
        profile = self.profile
        bare = profile.holds(role) and profile.certificate(role) is None
        if not bare:
            profile = profile.propose(role, self._frame.keys, es256=es256 and role is KeyRole.SEAL)
        signer = profile.signer(role) if bare else profile.waiting(role)
        assert signer is not None
        subject = profile.counter if role is KeyRole.COUNTER else profile.office
        asked = make_request(signer, profile.realm, role, subject)
        self._record(by, "keys.asked", signer.key_id, {"role": role, "subject": subject})
        self.profile = profile
        return asked

    def enrol(
        self, by: Actor, certificate: Certificate, roots: tuple[Certificate, ...] = ()
    ) -> Certificate:
        """Take the certificate that answers a request; a key that waited signs from now on.

        `roots` come with a counter's first enrolment. Raises RoleMissing, NothingToEnrol,
        KeyWithdrawn, WrongRealm, BadCertificate.
        """
        self._first_or_keeper(by)
        old = self._key_of(certificate.role)
        profile = self.profile.adopt(certificate, roots)
        with self._frame.ledger.acting(by) as w:
            for known in (*profile.trust.roots, certificate):
                w.keep_certificate(known)
            w.record(
                "keys.enrolled",
                certificate.key_id,
                {"role": certificate.role, "subject": certificate.subject, "before": old},
                approvals=(
                    (self._signed(w, by, "keys.enrolled", certificate.key_id),)
                    if by.is_person
                    else ()
                ),
            )
        self.profile = profile.retire(certificate.role)
        return certificate

    def rotate(self, by: Actor, role: KeyRole, *, es256: bool = False) -> tuple[str, Certificate]:
        """A new key for a role, vouched for by the root that this profile holds; the old id too.

        The list of seal keys names the old one as superseded: what it sealed stays good.
        Raises RoleMissing, CannotVouch (a live counter asks and enrols).
        """
        _keeper(by)
        if not self.profile.holds(KeyRole.ROOT):
            raise CannotVouch
        old, now = self._key_of(role), self._frame.now()
        asked = self.ask(by, role, es256=es256)
        root = self.profile.signer(KeyRole.ROOT)
        made = self.enrol(by, grant(root, asked, now - _BACKDATED, now + VALIDITY))
        if old and role is KeyRole.SEAL:
            self.withdraw(by, old, KeyReason.SUPERSEDED)
        return old, made

    def withdraw(self, by: Actor, key_id: str, reason: KeyReason) -> Withdrawal:
        """A key known here isn't to be believed any more; it is destroyed if it is here.

        An officer's card counts: who lost it signs in by it no more.

        `key_id` may be its first 8 digits or more. Raises RoleMissing, UnknownKey, KeyWithdrawn,
        KeyInUse.
        """
        _keeper(by)
        known = [c for c in self.profile.trust.known if c.key_id.startswith(key_id)]
        if len(key_id) < 8 or len({c.key_id for c in known}) != 1:
            raise UnknownKey(key_id)
        found = known[0]
        if found.role is KeyRole.COUNTER and found.key_id == self._key_of(KeyRole.COUNTER):
            raise KeyInUse
        gone = Withdrawal(found.key_id, self._since(reason), reason.value)
        # The journal first: its own key may be the one that goes.
        facts = {"role": found.role, "reason": reason, "at": gone.at}
        with self._frame.ledger.acting(by) as w:
            signed = self._signed(w, by, "keys.withdrawn", gone.key_id)
            w.record("keys.withdrawn", gone.key_id, facts, approvals=(signed,))
        self.profile = self.profile.withdraw(gone)
        return gone

    def escrow(self, by: Actor, second: Actor, holder: bytes) -> tuple[bytes, str]:
        """The store's key sealed for the holder of an X.509 certificate (PEM), by two officers;
        the file's bytes and the certificate's fingerprint.

        CMS EnvelopedData inside JSON; `openssl cms -decrypt` opens it with the holder's key.
        Raises RoleMissing, SameOfficer, EscrowCertificateUnfit.
        """
        _keeper(by)
        _keeper(second)
        profile, frame = self.profile, self._frame
        sealed, fingerprint = _enveloped(profile.store_key(), holder)
        content: dict[str, Any] = {
            "format": ESCROW_FORMAT,
            "realm": profile.realm.value,
            "counter": profile.counter,
            "office": profile.office,
            "profile": profile.profile_id,
            "made": _iso(frame.now()),
            "holder": fingerprint,
            "sealed": base64.b64encode(sealed).decode(),
        }
        with frame.ledger.acting(by) as w:
            both = sign_both(
                self._approvals, w, by, second, "keys.escrowed", profile.profile_id, content
            )
            told = {"holder": fingerprint, "digest": digest_of(content)}
            w.record("keys.escrowed", profile.profile_id, told, approvals=both)
        signed = [
            {
                "officer": a.officer,
                "key": a.key_id,
                "statement": approval_statement(profile.realm, a).decode(),
                "signature": a.signature,
            }
            for a in both
        ]
        return rfc8785.dumps({**content, "signed": signed}) + b"\n", fingerprint

    def _since(self, reason: KeyReason) -> datetime:
        if reason is KeyReason.STOLEN:
            return self._frame.now().astimezone(UTC).replace(microsecond=0)
        # A card's seal knows its day alone: what the old key sealed today stays good.
        tomorrow = self._frame.today() + timedelta(days=1)
        return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)

    # -- inside ----------------------------------------------------------------------------

    def _first_or_keeper(self, by: Actor) -> None:
        with self._frame.ledger.reading() as r:
            first = by == PROGRAM and not r.count(Officer, active=True)
        if not first:
            _keeper(by)

    def _key_of(self, role: KeyRole) -> str:
        return self.profile.signer(role).key_id if self.profile.holds(role) else ""

    def _signed(self, w: Any, by: Actor, act: str, key_id: str) -> Approval:
        return self._approvals.sign(w, by, act, key_id, digest_of({"key": key_id}))

    def _record(self, by: Actor, act: str, subject: str, facts: dict[str, Any]) -> None:
        with self._frame.ledger.acting(by) as w:
            w.record(act, subject, facts)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that wasn't there. Raises OSError."""
    with path.open("xb") as stream:
        stream.write(data)


def _keeper(by: Actor) -> None:
    if not by.roles.intersection(KEEPERS):
        raise RoleMissing(needed=KEEPERS)


def _enveloped(secret: bytes, holder: bytes) -> tuple[bytes, str]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization.pkcs7 import (
        PKCS7EnvelopeBuilder,
        PKCS7Options,
    )

    try:
        certificate = x509.load_pem_x509_certificate(holder)
    except ValueError as error:
        raise EscrowCertificateUnfit("PEM") from error
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_RSA_BITS:
        raise EscrowCertificateUnfit("RSA 3072")
    sealed = (
        PKCS7EnvelopeBuilder()
        .set_data(secret.hex().encode())
        .set_content_encryption_algorithm(AES256)
        .add_recipient(certificate)
        .encrypt(Encoding.DER, [PKCS7Options.Binary])
    )
    return sealed, certificate.fingerprint(hashes.SHA256()).hex()


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
