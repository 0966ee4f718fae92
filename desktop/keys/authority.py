"""The centre's authority: the folder from which an administrator vouches for counters.

    authority.json   root key and TLS key, sealed by a passphrase (Argon2id, AES-256-GCM)
    notary.key       the notary's key, mode 0600: a job reads it without anybody typing
    trust.jsonl      the realm's root certificate: every counter believes it
    certificates.jsonl   the notary's certificate
    ca.crt, server.crt, server.key, crl.pem      what PostgreSQL reads
    issued.jsonl     TLS certificates given out, one a line: login, number, dates, revoked when

The folder belongs on a disk that is locked away, not on the database's server; only the files that
PostgreSQL reads are copied there.
"""

from __future__ import annotations

import json
import os
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from argon2.low_level import Type, hash_secret_raw

from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, issue, read_trust
from desktop.keys.errors import BadCertificate, SealBroken
from desktop.keys.officers import STANDARD, Cost
from desktop.keys.requests import BadRequest, CertificateRequest, grant
from desktop.keys.secret_box import KEY_BYTES, SoftBox
from desktop.keys.signer import SEED_BYTES, Signer, SoftSigner
from desktop.keys.tls import Authority, KeyPair, ends_at, new_authority, serial_of

MAIN, NOTARY, TRUST, CERTIFICATES = (
    "authority.json", "notary.key", "trust.jsonl", "certificates.jsonl",
)  # fmt: skip
CA, SERVER, SERVER_KEY, CRL, ISSUED = (
    "ca.crt",
    "server.crt",
    "server.key",
    "crl.pem",
    "issued.jsonl",
)
FORMAT = 1
VALIDITY = timedelta(days=3653)
_BACKDATED = timedelta(minutes=10)
_LEAST_PASSPHRASE = 12


class AuthorityExists(Problem):
    """There is an authority in this folder: a second one would make all counters strangers."""

    path: str


class AuthorityUnreadable(Problem):
    """The folder isn't an authority's, or a file of it is damaged; `name` says which."""

    path: str
    name: str


class PassphraseWrong(Problem):
    """The passphrase doesn't open the authority."""


class PassphraseShort(Problem):
    """A passphrase guards the whole realm: `least` characters."""

    least: int


@dataclass(frozen=True, slots=True)
class Issued:
    """A TLS certificate that was given out."""

    login: str
    serial: int
    until: datetime
    revoked: datetime | None = None


class CentreAuthority:
    """An opened authority."""

    def __init__(self, path: Path, realm: Realm, root: Signer, tls: Authority) -> None:
        self.path = path
        self.realm = realm
        self.root = root
        self.tls = tls

    # -- making and opening ----------------------------------------------------------------

    @classmethod
    def create(
        cls,
        path: Path,
        realm: Realm,
        passphrase: str,
        hosts: Sequence[str],
        now: datetime,
        cost: Cost = STANDARD,
    ) -> CentreAuthority:
        """A new authority in a folder that has none. `hosts` are the server's names.

        Raises AuthorityExists, PassphraseShort, OSError.
        """
        if len(passphrase) < _LEAST_PASSPHRASE:
            raise PassphraseShort(_LEAST_PASSPHRASE)
        if (path / MAIN).exists():
            raise AuthorityExists(str(path))
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        seed, notary_seed = secrets.token_bytes(SEED_BYTES), secrets.token_bytes(SEED_BYTES)
        root, notary = SoftSigner(seed), SoftSigner(notary_seed)
        pair = new_authority(f"Loket TLS {realm.value}", now)
        salt = secrets.token_bytes(16)
        box = _box(passphrase, salt, cost)
        facts = {
            "format": FORMAT,
            "realm": realm.value,
            "salt": salt.hex(),
            "memory": cost.memory,
            "passes": cost.passes,
            "root": box.seal(seed, "root").hex(),
            "tls": box.seal(pair.key, "tls").hex(),
        }
        dates = {"not_before": now - _BACKDATED, "not_after": now + VALIDITY}
        own = issue(root, realm=realm, role=KeyRole.ROOT, subject=realm.value, public=root.public,
                    **dates)  # fmt: skip
        vouched = issue(root, realm=realm, role=KeyRole.NOTARY, subject="centre",
                        public=notary.public, **dates)  # fmt: skip
        made = cls(path, realm, root, Authority(pair))
        server = made.tls.server(hosts, now)
        write_private(path / NOTARY, notary_seed.hex().encode() + b"\n")
        write_private(path / TRUST, own.text().encode() + b"\n")
        write_private(path / CERTIFICATES, vouched.text().encode() + b"\n")
        write_private(path / CA, pair.certificate)
        write_private(path / SERVER, server.certificate)
        write_private(path / SERVER_KEY, server.key)
        write_private(path / ISSUED, b"")
        write_private(path / CRL, made.tls.revoked((), now))
        # Last: a folder with this file is whole.
        write_private(path / MAIN, json.dumps(facts, indent=1).encode() + b"\n")
        return made

    @classmethod
    def open(cls, path: Path, passphrase: str) -> CentreAuthority:
        """Raises AuthorityUnreadable, PassphraseWrong."""
        try:
            facts = cast("dict[str, Any]", json.loads((path / MAIN).read_bytes()))
            realm = Realm(facts["realm"])
            cost = Cost(passes=int(facts["passes"]), memory=int(facts["memory"]))
            box = _box(passphrase, bytes.fromhex(facts["salt"]), cost)
            sealed = bytes.fromhex(facts["root"]), bytes.fromhex(facts["tls"])
            certificate = (path / CA).read_bytes()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AuthorityUnreadable(str(path), MAIN) from error
        try:
            seed, key = box.open(sealed[0], "root"), box.open(sealed[1], "tls")
        except SealBroken as error:
            raise PassphraseWrong from error
        return cls(path, realm, SoftSigner(seed), Authority(KeyPair(key, certificate)))

    # -- vouching --------------------------------------------------------------------------

    def counter(self, asked: CertificateRequest, counter: str, now: datetime) -> Certificate:
        """Loket's certificate for a counter's journal key. Raises BadRequest where the request is
        for another counter, role or realm.
        """
        if (asked.realm, asked.role, asked.subject) != (self.realm, KeyRole.COUNTER, counter):
            raise BadRequest
        return grant(self.root, asked, now - _BACKDATED, now + VALIDITY)

    def office(self, asked: CertificateRequest, now: datetime) -> Certificate:
        """The certificate of an office's or a seal's key. Raises BadRequest."""
        if asked.realm is not self.realm or asked.role not in (KeyRole.OFFICE, KeyRole.SEAL):
            raise BadRequest
        return grant(self.root, asked, now - _BACKDATED, now + VALIDITY)

    def officer(self, asked: CertificateRequest, nrp: str, now: datetime) -> Certificate:
        """The certificate of an officer's key. Raises BadRequest where it is for anybody else."""
        if (asked.realm, asked.role, asked.subject) != (self.realm, KeyRole.OFFICER, nrp):
            raise BadRequest
        return grant(self.root, asked, now - _BACKDATED, now + VALIDITY)

    def line(self, csr: bytes, login: str, now: datetime) -> bytes:
        """The TLS certificate (PEM) of a counter's line, entered among those given out.

        Raises TlsRequestUnfit, OSError.
        """
        made = self.tls.client(csr, login, now)
        self._keep([*self.issued(), Issued(login, serial_of(made), ends_at(made))])
        return made

    def revoke(self, login: str, now: datetime) -> int:
        """End the belief in all of a login's certificates and write the list anew; how many.

        Raises OSError.
        """
        count, lines = 0, []
        for one in self.issued():
            if one.login == login and one.revoked is None:
                lines.append(Issued(login, one.serial, one.until, now))
                count += 1
            else:
                lines.append(one)
        self._keep(lines)
        gone = [(one.serial, one.revoked) for one in lines if one.revoked is not None]
        write_private(self.path / CRL, self.tls.revoked(gone, now))
        return count

    def issued(self) -> list[Issued]:
        """The TLS certificates given out. Raises AuthorityUnreadable."""
        try:
            rows = [json.loads(line) for line in (self.path / ISSUED).read_bytes().splitlines()]
            return [
                Issued(
                    str(row["login"]),
                    int(row["serial"], 16),
                    datetime.fromisoformat(row["until"]),
                    datetime.fromisoformat(row["revoked"]) if row["revoked"] else None,
                )
                for row in rows
            ]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AuthorityUnreadable(str(self.path), ISSUED) from error

    def roots(self) -> list[Certificate]:
        """What every counter of the realm believes. Raises AuthorityUnreadable."""
        return certificates_in(self.path, TRUST)

    def _keep(self, lines: Sequence[Issued]) -> None:
        text = "".join(
            json.dumps(
                {
                    "login": one.login,
                    "serial": f"{one.serial:x}",
                    "until": one.until.astimezone(UTC).isoformat(),
                    "revoked": one.revoked.astimezone(UTC).isoformat() if one.revoked else None,
                }
            )
            + "\n"
            for one in lines
        )
        write_private(self.path / ISSUED, text.encode())


def certificates_in(path: Path, name: str) -> list[Certificate]:
    """Certificates of an authority's folder. Raises AuthorityUnreadable."""
    try:
        return read_trust(path / name)
    except (OSError, BadCertificate) as error:
        raise AuthorityUnreadable(str(path), name) from error


def notary_of(path: Path) -> Signer:
    """The notary's key, for the job that runs by itself. Raises AuthorityUnreadable."""
    try:
        return SoftSigner(bytes.fromhex((path / NOTARY).read_text(encoding="ascii").strip()))
    except (OSError, ValueError) as error:
        raise AuthorityUnreadable(str(path), NOTARY) from error


def write_private(path: Path, data: bytes) -> None:
    """Write a file that its owner alone may read, whole or not at all. Raises OSError."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def _box(passphrase: str, salt: bytes, cost: Cost) -> SoftBox:
    key = hash_secret_raw(
        unicodedata.normalize("NFC", passphrase).encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory,
        parallelism=1,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
    return SoftBox(key)
