"""Who may open a line to the centre: the centre's own small authority for TLS (X.509, P-256).

Apart from the certificates of Loket's keys (Ed25519, `certificates.py`), because these are read
by PostgreSQL and OpenSSL and end with the line. A counter's certificate names its login role as
the common name; a name or key that isn't of the expected form is refused, whatever it asks for.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from desktop.domain.errors import Problem

AUTHORITY_DAYS, SERVER_DAYS, CLIENT_DAYS, CRL_DAYS = 3653, 825, 730, 400
_BACKDATED = timedelta(minutes=10)


class TlsRequestUnfit(Problem):
    """A request for a TLS certificate that can't be signed; `detail` says why."""

    detail: str


class TlsFilesUnfit(Problem):
    """The authority's key or certificate can't be read, or they don't belong together."""

    detail: str


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and its certificate, both PEM."""

    key: bytes
    certificate: bytes


def new_key() -> bytes:
    """A private key (PEM, PKCS#8), to be kept where nobody else reads."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def request_for(key_pem: bytes, name: str) -> bytes:
    """A request (CSR, PEM) by the key itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return made.sign(_key(key_pem), hashes.SHA256()).public_bytes(Encoding.PEM)


def new_authority(name: str, now: datetime) -> KeyPair:
    """An authority that vouches for itself and signs no other authority."""
    key_pem = new_key()
    key = _key(key_pem)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = _usage(key_cert_sign=True, crl_sign=True)
    made = (
        _draft(subject, subject, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return KeyPair(key_pem, made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))


class Authority:
    """Signs certificates and the list of revoked ones. Raises TlsFilesUnfit."""

    def __init__(self, pair: KeyPair) -> None:
        self._key = _key(pair.key)
        try:
            self._certificate = x509.load_pem_x509_certificate(pair.certificate)
        except ValueError as error:
            raise TlsFilesUnfit("certificate") from error
        if self._certificate.public_key() != self._key.public_key():
            raise TlsFilesUnfit("key and certificate")

    def server(self, hosts: Sequence[str], now: datetime) -> KeyPair:
        """A key and certificate of a server that is reached by these names or addresses."""
        key_pem = new_key()
        names = x509.SubjectAlternativeName([_host(host) for host in hosts])
        made = self._end(hosts[0], _key(key_pem).public_key(), now, SERVER_DAYS)
        made = made.add_extension(names, critical=False).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        return KeyPair(key_pem, self._sign(made))

    def client(self, csr_pem: bytes, login: str, now: datetime, days: int = CLIENT_DAYS) -> bytes:
        """The certificate (PEM) of whoever made this request; its name is `login`, whatever the
        request says of itself. Raises TlsRequestUnfit.
        """
        try:
            asked = x509.load_pem_x509_csr(csr_pem)
            key = asked.public_key()
            fits = asked.is_signature_valid
        except (ValueError, TypeError, InvalidSignature) as error:
            raise TlsRequestUnfit("PEM") from error
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
            raise TlsRequestUnfit("P-256")
        if not fits:
            raise TlsRequestUnfit("signature")
        made = self._end(login, key, now, days).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        return self._sign(made)

    def revoked(self, serials: Iterable[tuple[int, datetime]], now: datetime) -> bytes:
        """The list (CRL, PEM) of certificates that are believed no more, since when."""
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(_utc(now - _BACKDATED))
            .next_update(_utc(now + timedelta(days=CRL_DAYS)))
        )
        for serial, since in serials:
            one = x509.RevokedCertificateBuilder().serial_number(serial)
            made = made.add_revoked_certificate(one.revocation_date(_utc(since)).build())
        return made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _end(
        self, name: str, key: ec.EllipticCurvePublicKey, now: datetime, days: int
    ) -> x509.CertificateBuilder:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._key.public_key()
        return (
            _draft(subject, self._certificate.subject, key, now, days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(own), critical=False
            )
        )  # fmt: skip

    def _sign(self, made: x509.CertificateBuilder) -> bytes:
        return made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)


def serial_of(certificate_pem: bytes) -> int:
    """The number by which a list of revoked certificates names one."""
    return x509.load_pem_x509_certificate(certificate_pem).serial_number


def ends_at(certificate_pem: bytes) -> datetime:
    """The last moment at which a certificate is believed."""
    return x509.load_pem_x509_certificate(certificate_pem).not_valid_after_utc


def _draft(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_utc(now - _BACKDATED))
        .not_valid_after(_utc(now + timedelta(days=days)))
    )


def _usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError) as error:
        raise TlsFilesUnfit("key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TlsFilesUnfit("P-256")
    return key


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
