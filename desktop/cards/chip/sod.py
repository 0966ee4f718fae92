"""EF.SOD: the hashes of a chip's data groups, signed as CMS by a document signer.

SignedData v3 (RFC 5652) over an LDSSecurityObject (ICAO Doc 9303-10), as ISO/IEC 18013-3 takes it
over: contentType, messageDigest and signingTime signed by ECDSA on P-256, the signer's certificate
inside. A CSCA vouches for the signer; its public half comes from elsewhere, never from the chip.

`verify` reads, checks, then writes what it read anew and wants the same bytes: whatever of the CMS
no signature covers can't differ either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from desktop.cards.chip import tlv
from desktop.cards.chip.authority import DocumentSigner
from desktop.cards.chip.tlv import ChipNotGenuine

SOD_TAG = 0x77
LDS_SECURITY_OBJECT = "2.23.136.1.1.1"


class _GroupHash(core.Sequence):
    _fields = [("number", core.Integer), ("digest", core.OctetString)]  # noqa: RUF012


class _GroupHashes(core.SequenceOf):
    _child_spec = _GroupHash


class _SecurityObject(core.Sequence):
    _fields = [  # noqa: RUF012
        ("version", core.Integer),
        ("algorithm", cms.DigestAlgorithm),
        ("hashes", _GroupHashes),
    ]


@dataclass(frozen=True, slots=True)
class Signed:
    """What an EF.SOD proved: each data group's SHA-256, when it was signed and by whom."""

    digests: dict[int, bytes]
    signed_at: datetime
    signer: str
    certificate: bytes


def build(groups: Mapping[int, bytes], by: DocumentSigner, at: datetime) -> bytes:
    """EF.SOD over the whole files of these data groups."""
    lds = _SecurityObject(
        {
            "version": 0,
            "algorithm": {"algorithm": "sha256"},
            "hashes": [
                {"number": number, "digest": digest(groups[number])} for number in sorted(groups)
            ],
        }
    ).dump()
    attributes = _attributes(lds, at).dump()
    raw = by.signer.sign(attributes)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    return _assembled(lds, at, encode_dss_signature(r, s), by.certificate)


def verify(sod: bytes, authorities: Iterable[bytes]) -> Signed:
    """What EF.SOD proves. Raises ChipUnreadable, ChipNotGenuine."""
    tag, body, end = tlv.read(sod)
    if tag != SOD_TAG or end != len(sod):
        raise tlv.ChipUnreadable("EF.SOD")
    lds, at, signature, certificate = _taken_apart(body)
    document = _vouched(certificate, authorities, at)
    if _assembled(lds, at, signature, certificate) != sod:
        raise ChipNotGenuine("EF.SOD")
    public = document.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise ChipNotGenuine("DS")
    try:
        public.verify(signature, _attributes(lds, at).dump(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise ChipNotGenuine("signature") from None
    return Signed(_digests(lds), at, document.subject.rfc4514_string(), certificate)


def digest(file: bytes) -> bytes:
    """A data group's SHA-256, over its whole file."""
    return hashlib.sha256(file).digest()


def certificate_of(sod: bytes) -> bytes:
    """The document signer's certificate that lies in an EF.SOD. Raises ChipUnreadable."""
    return _taken_apart(tlv.read(sod)[1])[3]


def _attributes(lds: bytes, at: datetime) -> cms.CMSAttributes:
    return cms.CMSAttributes(
        [
            {"type": "content_type", "values": [LDS_SECURITY_OBJECT]},
            {"type": "signing_time", "values": [cms.Time({"utc_time": at})]},
            {"type": "message_digest", "values": [hashlib.sha256(lds).digest()]},
        ]
    )


def _assembled(lds: bytes, at: datetime, signature: bytes, certificate: bytes) -> bytes:
    holder = asn1_x509.Certificate.load(certificate)
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {
                "content_type": LDS_SECURITY_OBJECT,
                "content": core.ParsableOctetString(lds),
            },
            "certificates": [cms.CertificateChoices("certificate", holder)],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": cms.SignerIdentifier(
                        "issuer_and_serial_number",
                        {"issuer": holder.issuer, "serial_number": holder.serial_number},
                    ),
                    "digest_algorithm": {"algorithm": "sha256"},
                    "signed_attrs": _attributes(lds, at),
                    "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                    "signature": signature,
                }
            ],
        }
    )
    body = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return tlv.write(SOD_TAG, body)


def _taken_apart(body: bytes) -> tuple[bytes, datetime, bytes, bytes]:
    """The object, the time, the signature and the certificate, none of them believed yet."""
    try:
        info = cms.ContentInfo.load(body, strict=True)
        if info["content_type"].native != "signed_data":
            raise tlv.ChipUnreadable("CMS")
        signed: Any = info["content"]
        lds = cast("bytes", signed["encap_content_info"]["content"].contents)
        certificate = cast("bytes", signed["certificates"][0].chosen.dump())
        signer: Any = signed["signer_infos"][0]
        signature = cast("bytes", signer["signature"].native)
        times = [
            cast("datetime", attribute["values"][0].native)
            for attribute in signer["signed_attrs"]
            if attribute["type"].native == "signing_time"
        ]
        if len(times) != 1:
            raise tlv.ChipUnreadable("signing time")
        at = times[0].astimezone(UTC)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise tlv.ChipUnreadable("CMS") from error
    return lds, at, signature, certificate


def _vouched(certificate: bytes, authorities: Iterable[bytes], at: datetime) -> x509.Certificate:
    """The signer's certificate, if one of the authorities signed it for this and then."""
    try:
        # RFC 5280 wants a positive number; cryptography would warn today and refuse tomorrow.
        if asn1_x509.Certificate.load(certificate).serial_number <= 0:
            raise ChipNotGenuine("DS")
        document = x509.load_der_x509_certificate(certificate)
    except (ValueError, x509.InvalidVersion) as error:
        raise ChipNotGenuine("DS") from error
    for raw in authorities:
        authority = x509.load_der_x509_certificate(raw)
        try:
            document.verify_directly_issued_by(authority)
        except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
            continue
        _fit_to_sign(document, at)
        return document
    raise ChipNotGenuine("CSCA")


def _fit_to_sign(document: x509.Certificate, at: datetime) -> None:
    try:
        usage = document.extensions.get_extension_for_class(x509.KeyUsage).value
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension) as error:
        raise ChipNotGenuine("DS") from error
    if not usage.digital_signature or usage.key_cert_sign:
        raise ChipNotGenuine("DS")
    if not document.not_valid_before_utc <= at <= document.not_valid_after_utc:
        raise ChipNotGenuine("signing time")


def _digests(lds: bytes) -> dict[int, bytes]:
    try:
        told = _SecurityObject.load(lds, strict=True)
        if told["version"].native != 0 or told["algorithm"]["algorithm"].native != "sha256":
            raise ChipNotGenuine("LDS")
        pairs = [(pair["number"].native, pair["digest"].native) for pair in told["hashes"]]
    except (ValueError, TypeError, KeyError) as error:
        raise tlv.ChipUnreadable("LDS") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ChipNotGenuine("LDS")
    return found
