"""Who signs chips: a country signing authority (CSCA, P-384) and its document signers (P-256).

The private halves stay behind `Signer`. Certificates follow the profile of ICAO Doc 9303-12: the
authority may sign certificates and lists of withdrawn ones and nothing below its signers; a
document signer signs, and nothing else. A training profile makes both from a secret of its own,
the same bytes each time; a live one is given a certified signer with its enrolment.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from desktop.keys.signer import SEED_BYTES, Signer, SoftEs256Signer

_P384_ORDER = int(
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
    "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
    16,
)
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_SIGNERS_END = datetime(2040, 1, 1, tzinfo=UTC)
_END = datetime(2050, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DocumentSigner:
    """A key that signs chips, its certificate and the authority's, both DER."""

    signer: Signer
    certificate: bytes
    authority: bytes


def training_signer(secret: bytes) -> DocumentSigner:
    """The authority and signer of a training profile, from its secret; the same each time."""
    root = _root_key(_part(secret, "csca") + _part(secret, "csca more"))
    signer = SoftEs256Signer(_part(secret, "document signer")[:SEED_BYTES])
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), signer.public)
    top = _name("CONTOH CSCA")
    authority = _certificate(
        root, top, top, root.public_key(), _part(secret, "csca serial"), authority=True
    )
    document = _certificate(
        root, top, _name("CONTOH Document Signer"), public, _part(secret, "ds serial")
    )
    return DocumentSigner(signer, document, authority)


def _part(secret: bytes, name: str) -> bytes:
    return hashlib.sha256(b"loket chip authority\x00" + name.encode() + b"\x00" + secret).digest()


def _root_key(material: bytes) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(material, "big") % (_P384_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP384R1())


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Loket"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _key_id(public: ec.EllipticCurvePublicKey) -> bytes:
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return hashlib.sha256(point).digest()[:20]


def _certificate(
    issuer: ec.EllipticCurvePrivateKey,
    issuer_name: x509.Name,
    name: x509.Name,
    public: ec.EllipticCurvePublicKey,
    serial: bytes,
    *,
    authority: bool = False,
) -> bytes:
    number = int.from_bytes(serial[:16], "big") | 1
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_name)
        .public_key(public)
        .serial_number(number)
        .not_valid_before(_BEGIN)
        .not_valid_after(_END if authority else _SIGNERS_END)
        .add_extension(usage, critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier(_key_id(issuer.public_key()), None, None), critical=False
        )
    )
    if authority:
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        ).add_extension(x509.SubjectKeyIdentifier(_key_id(public)), critical=False)
    made = builder.sign(issuer, hashes.SHA384(), ecdsa_deterministic=True)
    return made.public_bytes(Encoding.DER)
