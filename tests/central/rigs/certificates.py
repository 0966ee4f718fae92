"""The TLS side of a test's centre: an authority for the server, one for counters, and a list.

Elliptic keys, because making RSA keys costs more than everything else in a short test.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    data = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.touch(mode=0o600)
    path.write_bytes(data)


@dataclass
class Authority:
    """Issues certificates into a folder, and withdraws them."""

    folder: Path
    name: str
    key: ec.EllipticCurvePrivateKey = field(init=False)
    certificate: x509.Certificate = field(init=False)
    revoked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(_name(self.name), self.key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.certificate = builder.sign(self.key, hashes.SHA256())
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        self.write_list()

    @property
    def path(self) -> Path:
        """The authority's own certificate."""
        return self.folder / f"{self.name}.crt"

    @property
    def list_path(self) -> Path:
        """What it has withdrawn."""
        return self.folder / f"{self.name}.crl"

    def issue(self, common: str, *, server: bool = False) -> tuple[Path, Path]:
        """A new certificate and its key, as files; one issued before is given again."""
        certificate, key_file = self.folder / f"{common}.crt", self.folder / f"{common}.key"
        if not certificate.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            builder = self._builder(_name(common), key)
            if server:
                names = [
                    x509.DNSName("localhost"),
                    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                ]
                builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
            made = builder.sign(self.key, hashes.SHA256())
            _write_key(key_file, key)
            certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return certificate, key_file

    def revoke(self, common: str) -> None:
        """Withdraw what was issued under a name; the server must read the list again."""
        found = x509.load_pem_x509_certificate((self.folder / f"{common}.crt").read_bytes())
        self.revoked.append(found.serial_number)
        self.write_list()

    def write_list(self) -> None:
        """Sign the list of withdrawn certificates anew."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=3650))
        )
        for number in self.revoked:
            gone = x509.RevokedCertificateBuilder().serial_number(number)
            builder = builder.add_revoked_certificate(gone.revocation_date(now).build())
        made = builder.sign(self.key, hashes.SHA256())
        self.list_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        issuer = subject if not hasattr(self, "certificate") else self.certificate.subject
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + timedelta(days=3650))
        )
