"""Signed answers of devices (JWS, RFC 7515, compact), and whom to believe.

The signer's certificate comes with the answer (`x5c`), so it proves nothing by itself: it must
lead, link by link, to a certificate that the office put into its trust file. Every link must be
valid on the day and allowed to issue. Algorithms are those that the MOSIP specification names
(RSA of 2048 bits and more, Ed25519); "none" and everything unknown is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

LONGEST = 8_000_000
MOST_CERTIFICATES = 6
LEAST_RSA_BITS = 2048


class NotBelieved(ValueError):
    """An answer that isn't signed as it must be; says what is wrong with it, never its content."""


@dataclass(frozen=True, slots=True)
class Believed:
    """An answer whose signature holds, and whose key signed it."""

    payload: dict[str, Any]
    signer: str


def b64url(data: bytes) -> str:
    """Bytes as JWS writes them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def of_b64url(text: str) -> bytes:
    """The bytes again. Raises NotBelieved."""
    try:
        raw = text.encode("ascii")
        return base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise NotBelieved("encoding") from error


class TrustStore:
    """The certificates that an office believes."""

    def __init__(self, anchors: Sequence[x509.Certificate]) -> None:
        self._anchors = tuple(anchors)

    @classmethod
    def of_pem(cls, data: bytes) -> TrustStore:
        """From a PEM file. Raises NotBelieved when there is no certificate in it."""
        try:
            return cls(x509.load_pem_x509_certificates(data))
        except ValueError as error:
            raise NotBelieved("trust file") from error

    def believe(self, token: object, now: datetime) -> Believed:
        """The content of a signed answer. Raises NotBelieved."""
        if not isinstance(token, str) or len(token) > LONGEST:
            raise NotBelieved("token")
        parts = token.split(".")
        if len(parts) != 3:
            raise NotBelieved("token")
        header, body, seal = (of_b64url(part) for part in parts)
        head = _object(header)
        chain = _chain(head.get("x5c"))
        self._check_chain(chain, now)
        signed = f"{parts[0]}.{parts[1]}".encode("ascii")
        _check_seal(head, chain[0], signed, seal)
        return Believed(_object(body), chain[0].subject.rfc4514_string())

    def _check_chain(self, chain: list[x509.Certificate], now: datetime) -> None:
        for link in chain:
            if not link.not_valid_before_utc <= now <= link.not_valid_after_utc:
                raise NotBelieved("certificate expired")
            if link in self._anchors:
                return
            issuer = self._issuer_of(link, chain)
            if issuer in self._anchors:
                if not issuer.not_valid_before_utc <= now <= issuer.not_valid_after_utc:
                    raise NotBelieved("certificate expired")
                return
        raise NotBelieved("unknown issuer")

    def _issuer_of(self, link: x509.Certificate, chain: list[x509.Certificate]) -> x509.Certificate:
        position = chain.index(link)
        for candidate in (*self._anchors, *chain[position + 1 : position + 2]):
            if candidate.subject != link.issuer or not _may_issue(candidate):
                continue
            try:
                link.verify_directly_issued_by(candidate)
            except (ValueError, TypeError, InvalidSignature):
                continue
            return candidate
        raise NotBelieved("unknown issuer")


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return found.value.ca


def _object(data: bytes) -> dict[str, Any]:
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotBelieved("not JSON") from error
    if not isinstance(value, dict):
        raise NotBelieved("no object")
    return cast("dict[str, Any]", value)


def _chain(given: object) -> list[x509.Certificate]:
    if isinstance(given, str):
        texts: list[object] = [given]
    elif isinstance(given, list):
        texts = cast("list[object]", given)
    else:
        raise NotBelieved("no certificate")
    if not 0 < len(texts) <= MOST_CERTIFICATES:
        raise NotBelieved("no certificate")
    chain: list[x509.Certificate] = []
    for text in texts:
        try:
            raw = base64.b64decode(str(text), validate=True)
            chain.append(x509.load_der_x509_certificate(raw))
        except (ValueError, binascii.Error) as error:
            raise NotBelieved("certificate") from error
    return chain


def _check_seal(head: dict[str, Any], signer: x509.Certificate, signed: bytes, seal: bytes) -> None:
    if "crit" in head:
        raise NotBelieved("unknown demand")
    key = signer.public_key()
    try:
        match head.get("alg"), key:
            case "RS256", RSAPublicKey() if key.key_size >= LEAST_RSA_BITS:
                key.verify(seal, signed, PKCS1v15(), SHA256())
            case "PS256", RSAPublicKey() if key.key_size >= LEAST_RSA_BITS:
                key.verify(seal, signed, PSS(MGF1(SHA256()), PSS.DIGEST_LENGTH), SHA256())
            case "EdDSA", Ed25519PublicKey():
                key.verify(seal, signed)
            case _:
                raise NotBelieved("algorithm")
    except InvalidSignature as error:
        raise NotBelieved("signature") from error
