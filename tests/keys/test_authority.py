"""The centre's authority: what it vouches for, and what it refuses."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from desktop.domain.realm import Realm
from desktop.keys.authority import (
    CRL,
    NOTARY,
    SERVER_KEY,
    AuthorityExists,
    AuthorityUnreadable,
    CentreAuthority,
    PassphraseShort,
    PassphraseWrong,
    notary_of,
)
from desktop.keys.certificates import KeyRole, Trust, read_trust
from desktop.keys.officers import Cost
from desktop.keys.requests import BadRequest, make_request
from desktop.keys.signer import SoftSigner
from desktop.keys.tls import TlsRequestUnfit, new_key, request_for, serial_of

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PASSPHRASE = "empat kata yang panjang"
LIGHT = Cost(passes=1, memory=8 * 1024)


@pytest.fixture
def authority(tmp_path: Path) -> CentreAuthority:
    return CentreAuthority.create(
        tmp_path / "authority", Realm.LIVE, PASSPHRASE, ["localhost", "127.0.0.1"],
        datetime.now(UTC), LIGHT,
    )  # fmt: skip


def test_only_the_passphrase_opens_it(authority: CentreAuthority) -> None:
    again = CentreAuthority.open(authority.path, PASSPHRASE)
    assert again.root.key_id == authority.root.key_id
    with pytest.raises(PassphraseWrong):
        CentreAuthority.open(authority.path, "empat kata yang pendek")
    kept = (authority.path / "authority.json").read_text()
    assert "PRIVATE" not in kept


def test_a_second_one_is_never_made(authority: CentreAuthority) -> None:
    with pytest.raises(AuthorityExists):
        CentreAuthority.create(authority.path, Realm.LIVE, PASSPHRASE, ["x"], NOW, LIGHT)
    with pytest.raises(PassphraseShort):
        CentreAuthority.create(authority.path / "b", Realm.LIVE, "pendek", ["x"], NOW, LIGHT)
    with pytest.raises(AuthorityUnreadable):
        CentreAuthority.open(authority.path / "nothing", PASSPHRASE)


def test_keys_are_for_their_owner_alone(authority: CentreAuthority) -> None:
    for name in (NOTARY, SERVER_KEY, "authority.json"):
        assert stat.S_IMODE((authority.path / name).stat().st_mode) == 0o600


def test_root_vouches_for_the_notary_and_for_a_counter(authority: CentreAuthority) -> None:
    now = datetime.now(UTC)
    trust = Trust(Realm.LIVE, authority.roots())
    (notary,) = read_trust(authority.path / "certificates.jsonl")
    trust.add(notary)
    assert trust.require(notary_of(authority.path).key_id, KeyRole.NOTARY, now)
    key = SoftSigner(bytes(range(32)))
    asked = make_request(key, Realm.LIVE, KeyRole.COUNTER, "1374-L3")
    trust.add(authority.counter(asked, "1374-L3", now))
    assert trust.require(key.key_id, KeyRole.COUNTER, now, "1374-L3")


@pytest.mark.parametrize(
    ("realm", "role", "subject"),
    [
        (Realm.TRAINING, KeyRole.COUNTER, "1374-L3"),
        (Realm.LIVE, KeyRole.NOTARY, "1374-L3"),
        (Realm.LIVE, KeyRole.COUNTER, "1374-L4"),
    ],
)
def test_a_request_for_something_else_is_refused(
    authority: CentreAuthority, realm: Realm, role: KeyRole, subject: str
) -> None:
    asked = make_request(SoftSigner(bytes(32)), realm, role, subject)
    with pytest.raises(BadRequest):
        authority.counter(asked, "1374-L3", NOW)


def test_a_line_s_certificate_bears_the_login_and_not_what_it_asked_for(
    authority: CentreAuthority,
) -> None:
    made = authority.line(request_for(new_key(), "c_9999_l1"), "c_1374_l3", NOW)
    subject = x509.load_pem_x509_certificate(made).subject.rfc4514_string()
    assert subject == "CN=c_1374_l3"
    (kept,) = authority.issued()
    assert (kept.login, kept.serial, kept.revoked) == ("c_1374_l3", serial_of(made), None)


@pytest.mark.parametrize("csr", [b"", b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"])
def test_a_request_that_is_none_is_refused(authority: CentreAuthority, csr: bytes) -> None:
    with pytest.raises(TlsRequestUnfit):
        authority.line(csr, "c_1374_l3", NOW)
    assert authority.issued() == []


def test_revoking_ends_every_certificate_of_the_login_and_of_no_other(
    authority: CentreAuthority,
) -> None:
    now = datetime.now(UTC)
    made = [authority.line(request_for(new_key(), "x"), "c_1374_l3", now) for _ in range(2)]
    other = authority.line(request_for(new_key(), "x"), "c_1374_l4", now)
    assert authority.revoke("c_1374_l3", now) == 2
    assert authority.revoke("c_1374_l3", now + timedelta(days=1)) == 0
    crl = x509.load_pem_x509_crl((authority.path / CRL).read_bytes())
    assert {one.serial_number for one in crl} == {serial_of(one) for one in made}
    assert crl.get_revoked_certificate_by_serial_number(serial_of(other)) is None


def test_openssl_believes_a_line_until_it_is_revoked(
    authority: CentreAuthority, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    key = new_key()
    (tmp_path / "c.key").write_bytes(key)
    (tmp_path / "c.crt").write_bytes(authority.line(request_for(key, "x"), "c_1374_l3", now))
    assert meet(authority.path, tmp_path) == "c_1374_l3"
    authority.revoke("c_1374_l3", now)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        meet(authority.path, tmp_path)


def meet(authority: Path, mine: Path) -> str:
    """Client and server meet over TLS, both with certificates; whom the server saw."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority / "ca.crt"))
    server.load_cert_chain(authority / "server.crt", authority / "server.key")
    server.load_verify_locations(str(authority / "crl.pem"))
    server.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    server.verify_mode = ssl.CERT_REQUIRED
    client = ssl.create_default_context(cafile=str(authority / "ca.crt"))
    client.load_cert_chain(mine / "c.crt", mine / "c.key")
    seen: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            plain, _ = listening.accept()
            with plain:
                try:
                    with server.wrap_socket(plain, server_side=True) as met:
                        facts = dict(one[0] for one in met.getpeercert()["subject"])  # type: ignore[index]
                        seen.append(facts["commonName"])
                        met.sendall(b"hello")
                except ssl.SSLError:
                    pass

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            where = listening.getsockname()
            with (
                socket.create_connection(where, timeout=10) as plain,
                client.wrap_socket(plain, server_hostname="localhost") as met,
            ):
                assert met.recv(5) == b"hello" or not seen
                if not seen:
                    raise ConnectionError
        finally:
            thread.join()
    return seen[0]
