"""A request for a certificate: a public key with its claim, signed by the key itself.

RFC 8785 JSON, as certificates are. The signature shows that whoever asks holds the private key;
who they are is for the office to find out before it vouches.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import rfc8785

from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, issue
from desktop.keys.signer import Signer, verifies


class BadRequest(Problem):
    """A request whose form or signature doesn't hold."""


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """Who asks for what."""

    realm: Realm
    role: KeyRole
    subject: str
    public: bytes
    signature: bytes

    def body(self) -> bytes:
        """What is signed."""
        return rfc8785.dumps(
            {
                "type": "certificate-request",
                "realm": self.realm.value,
                "role": self.role.value,
                "subject": self.subject,
                "public": self.public.hex(),
            }
        )

    def text(self) -> str:
        """As it is carried to whoever vouches."""
        return rfc8785.dumps(
            {**json.loads(self.body()), "signature": self.signature.hex()}
        ).decode()


def make_request(signer: Signer, realm: Realm, role: KeyRole, subject: str) -> CertificateRequest:
    """A request by the key itself."""
    draft = CertificateRequest(realm, role, subject, signer.public, b"")
    return CertificateRequest(realm, role, subject, signer.public, signer.sign(draft.body()))


def read_request(text: str | bytes) -> CertificateRequest:
    """A request whose signature holds; raises BadRequest."""
    try:
        fields = cast("dict[str, Any]", json.loads(text))
        if fields["type"] != "certificate-request":
            raise BadRequest
        asked = CertificateRequest(
            Realm(fields["realm"]),
            KeyRole(fields["role"]),
            str(fields["subject"]),
            bytes.fromhex(fields["public"]),
            bytes.fromhex(fields["signature"]),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadRequest from error
    if not verifies(asked.public, asked.signature, asked.body()):
        raise BadRequest
    return asked


def grant(
    issuer: Signer, asked: CertificateRequest, not_before: datetime, not_after: datetime
) -> Certificate:
    """Vouch for a key that asked; the issuer has looked into who that is."""
    return issue(
        issuer,
        realm=asked.realm,
        role=asked.role,
        subject=asked.subject,
        public=asked.public,
        not_before=not_before,
        not_after=not_after,
    )
