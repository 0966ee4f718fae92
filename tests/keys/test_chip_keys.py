"""A live counter's chips: document signer and cards' master key in its token (SoftHSM)."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pkcs11 import Attribute, KeyType, ObjectClass

from desktop.cards.chip.lds import LdsProfile, proven
from desktop.cards.chip.profiles import ChipProfile
from desktop.domain.realm import Realm
from desktop.keys.card_keys import LABEL, TokenCardKeys, make_card_master
from desktop.keys.errors import TokenFailed, TokenKeyMissing
from desktop.keys.pkcs11 import Token
from desktop.keys.token_provider import TokenProvider
from desktop.keys.token_signer import Algorithm, TokenSigner, make_key
from desktop.profile import Profile
from desktop.services.chips import SIGNER_LABEL, NoChipKeys, authorities_of, chip_profile
from desktop.settings import Cards, Settings
from desktop.sources import SystemKeys
from devices.errors import AuthenticationFailed
from devices.simulators.plastic import PlasticCard
from devices.wire import scp03
from tests.chip.chips import MASTER, SOON, blank, reader_with, record
from tests.keys.softhsm import SoftHsm, running

pytestmark = pytest.mark.token
NOW = datetime(2026, 11, 24, tzinfo=UTC)
LICENCE = Settings(cards=Cards(chip="licence"))


@pytest.fixture
def hsm(tmp_path: Path) -> Generator[SoftHsm]:
    with running(tmp_path) as rig:
        yield rig


def certificate(
    issuer: ec.EllipticCurvePrivateKey, name: str, by: str, public: ec.EllipticCurvePublicKey,
    *, authority: bool,
) -> bytes:  # fmt: skip
    def named(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])

    usage = x509.KeyUsage(
        digital_signature=not authority, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=authority,
        crl_sign=authority, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(by))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=300))
        .not_valid_after(NOW + timedelta(days=300))
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    return builder.sign(issuer, hashes.SHA384()).public_bytes(Encoding.DER)


def put_master(token: Token, master: bytes) -> None:
    """As the cards' maker brings it in."""
    token.run(
        lambda session: session.create_object(
            {
                Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.KEY_TYPE: KeyType.AES,
                Attribute.VALUE: master, Attribute.SIGN: True, Attribute.LABEL: LABEL,
                Attribute.TOKEN: True, Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False,
            }
        )
    )  # fmt: skip


def counter(hsm: SoftHsm, folder: Path) -> tuple[Profile, Token, ec.EllipticCurvePrivateKey]:
    """A live counter in a token, its document signer certified by an authority."""
    token = hsm.token()
    profile = Profile.create(
        folder, Realm.LIVE, SystemKeys(), now=NOW, counter="L1", office="1374",
        provider=TokenProvider(token),
    )  # fmt: skip
    make_key(token, SIGNER_LABEL, Algorithm.ES256)
    signer = TokenSigner(token, label=SIGNER_LABEL)
    root = ec.generate_private_key(ec.SECP384R1())
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), signer.public)
    for name, raw in {
        "csca": certificate(root, "CSCA", "CSCA", root.public_key(), authority=True),
        "chip": certificate(root, "DS", "CSCA", public, authority=False),
    }.items():
        (folder / name).mkdir()
        (folder / name / f"{name}.der").write_bytes(raw)
    return profile, token, root


def written(chip: ChipProfile, card: PlasticCard) -> bytes:
    assert isinstance(chip, LdsProfile)
    image = chip.image(record())
    _, reader = reader_with(card)
    chip.write(reader, image, timeout=SOON)
    return chip.read(reader, timeout=SOON)


def test_a_live_counter_writes_chips_by_its_token(hsm: SoftHsm, tmp_path: Path) -> None:
    profile, token, _ = counter(hsm, tmp_path / "live")
    put_master(token, MASTER)
    chip = chip_profile(LICENCE, profile, SystemKeys())
    image = written(chip, blank())
    assert proven(image, authorities_of(profile)).serial == record().serial
    other = certificate_of_stranger()
    assert not [raw for raw in authorities_of(profile) if raw == other]


def certificate_of_stranger() -> bytes:
    key = ec.generate_private_key(ec.SECP384R1())
    return certificate(key, "X", "X", key.public_key(), authority=True)


@pytest.mark.security
def test_a_card_s_keys_are_the_same_and_the_master_never_comes_out(
    hsm: SoftHsm, tmp_path: Path
) -> None:
    token = hsm.token()
    put_master(token, MASTER)
    own = b"\x04card one.."[:10]
    assert TokenCardKeys(token).keys_of(own) == scp03.diversified(MASTER, own)
    key = token.run(lambda s: s.get_key(object_class=ObjectClass.SECRET_KEY, label=LABEL))
    with pytest.raises(TokenFailed):
        token.run(lambda s: key[Attribute.VALUE])


@pytest.mark.security
def test_another_master_key_opens_no_card(hsm: SoftHsm, tmp_path: Path) -> None:
    profile, token, _ = counter(hsm, tmp_path / "live")
    make_card_master(token)
    chip = chip_profile(LICENCE, profile, SystemKeys())
    with pytest.raises(AuthenticationFailed):
        written(chip, blank())


def test_what_is_missing_is_said(hsm: SoftHsm, tmp_path: Path) -> None:
    folder = tmp_path / "live"
    profile, _, root = counter(hsm, folder)
    chip = chip_profile(LICENCE, profile, SystemKeys())
    with pytest.raises(TokenKeyMissing):
        written(chip, blank())
    (folder / "csca" / "csca.der").write_bytes(certificate_of_stranger())
    with pytest.raises(NoChipKeys):
        chip_profile(LICENCE, profile, SystemKeys())
    (folder / "csca" / "notes.txt").write_text("no certificate")
    pem = x509.load_der_x509_certificate(
        certificate(root, "CSCA", "CSCA", root.public_key(), authority=True)
    )
    (folder / "csca" / "csca.pem").write_bytes(pem.public_bytes(Encoding.PEM))
    assert len(authorities_of(profile)) == 2
    assert isinstance(chip_profile(LICENCE, profile, SystemKeys()), LdsProfile)
    (folder / "chip" / "chip.der").unlink()
    with pytest.raises(NoChipKeys):
        chip_profile(LICENCE, profile, SystemKeys())


def test_a_signed_day_outside_the_signer_s_is_refused(hsm: SoftHsm, tmp_path: Path) -> None:
    from dataclasses import replace

    from desktop.cards.chip.tlv import ChipNotGenuine

    profile, token, _ = counter(hsm, tmp_path / "live")
    put_master(token, MASTER)
    chip = chip_profile(LICENCE, profile, SystemKeys())
    assert isinstance(chip, LdsProfile)
    image = chip.image(replace(record(), issued_on=date(2029, 1, 1)))
    with pytest.raises(ChipNotGenuine):
        chip.verify(image)
