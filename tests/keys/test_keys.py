"""Signers, boxes, passwords, providers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from keyring.backends.fail import Keyring as FailKeyring

from desktop.domain.realm import Realm
from desktop.keys.errors import (
    FileKeysRefused,
    KeyMissing,
    NoKeyring,
    OpenKeyFile,
    PasswordMismatch,
    SealBroken,
)
from desktop.keys.officers import Cost, change_password, make_officer_secret, unlock
from desktop.keys.providers import KEY_FILE, FileProvider, KeyringProvider, provider_named
from desktop.keys.secret_box import SoftBox
from desktop.keys.signer import SoftSigner, key_id_of, verifies
from desktop.sources import SeededKeys, SystemKeys
from tests.keys.keyrings import MemoryKeyring

CHEAP = Cost(passes=1, memory=64)


def test_signature_fits_its_message_and_key_alone() -> None:
    signer, other = SoftSigner(bytes(32)), SoftSigner(b"\1" * 32)
    signature = signer.sign(b"act")
    assert len(signature) == 64
    assert signer.key_id == key_id_of(signer.public)
    assert verifies(signer.public, signature, b"act")
    assert not verifies(signer.public, signature, b"acts")
    assert not verifies(other.public, signature, b"act")
    assert not verifies(b"short", signature, b"act")
    assert bytes(32).hex() not in repr(signer)


def test_box_opens_only_what_it_sealed_for_the_same_label() -> None:
    box = SoftBox(bytes(32))
    sealed = box.seal(b"secret", "store")
    assert box.open(sealed, "store") == b"secret"
    assert sealed != box.seal(b"secret", "store")
    cases = [(box, sealed, "counter"), (SoftBox(b"\1" * 32), sealed, "store")]
    cases += [(box, sealed[:-1], "store"), (box, b"", "store")]
    for which, data, label in cases:
        with pytest.raises(SealBroken):
            which.open(data, label)


def test_officer_unlocks_with_the_password() -> None:
    secret = make_officer_secret("andi123", SeededKeys(1), CHEAP)
    signer = unlock(secret, "andi123")
    assert signer.public == secret.public
    with pytest.raises(PasswordMismatch):
        unlock(secret, "andi124")
    assert "andi123" not in repr(secret)


def test_same_seed_gives_the_same_officer_and_equal_passwords_differ() -> None:
    one = make_officer_secret("a", SeededKeys(1), CHEAP)
    assert one == make_officer_secret("a", SeededKeys(1), CHEAP)
    other = make_officer_secret("a", SystemKeys(), CHEAP)
    assert one.password_hash != other.password_hash


def test_password_typed_with_composed_accents_is_the_same() -> None:
    secret = make_officer_secret("caf\u00e9", SystemKeys(), CHEAP)
    assert unlock(secret, "cafe\u0301").public == secret.public


def test_changed_password_keeps_the_key() -> None:
    secret = make_officer_secret("old", SystemKeys(), CHEAP)
    changed = change_password(secret, "old", "new", SystemKeys(), CHEAP)
    assert unlock(changed, "new").public == secret.public
    with pytest.raises(PasswordMismatch):
        unlock(changed, "old")
    with pytest.raises(PasswordMismatch):
        change_password(secret, "wrong", "new", SystemKeys(), CHEAP)


def test_sealed_key_of_another_officer_does_not_open() -> None:
    one = make_officer_secret("same", SystemKeys(), CHEAP)
    other = make_officer_secret("same", SystemKeys(), CHEAP)
    mixed = type(one)(one.password_hash, one.salt, other.sealed_key, other.public)
    with pytest.raises(PasswordMismatch):
        unlock(mixed, "same")


def test_key_file_is_the_owners_alone(tmp_path: Path) -> None:
    provider = FileProvider(tmp_path, Realm.TRAINING)
    sealed = provider.make("p", SystemKeys()).seal(b"x", "l")
    assert provider.load("p").open(sealed, "l") == b"x"
    path = tmp_path / KEY_FILE
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o644)
        with pytest.raises(OpenKeyFile):
            provider.load("p")
    path.unlink()
    with pytest.raises(KeyMissing):
        provider.load("p")


def test_live_profile_refuses_a_key_file(tmp_path: Path) -> None:
    FileProvider(tmp_path, Realm.TRAINING).make("p", SystemKeys())
    provider = provider_named("file", tmp_path, Realm.LIVE)
    with pytest.raises(FileKeysRefused):
        provider.load("p")
    with pytest.raises(FileKeysRefused):
        provider.make("p", SystemKeys())


def test_keyring_keeps_the_key(use_keyring) -> None:
    use_keyring(MemoryKeyring())
    provider = KeyringProvider()
    sealed = provider.make("p", SystemKeys()).seal(b"x", "l")
    assert provider.load("p").open(sealed, "l") == b"x"
    with pytest.raises(KeyMissing):
        provider.load("another")


def test_no_keyring_says_what_to_install(use_keyring) -> None:
    use_keyring(FailKeyring())
    with pytest.raises(NoKeyring) as caught:
        KeyringProvider().make("p", SystemKeys())
    assert caught.value.advice
    with pytest.raises(NoKeyring):
        KeyringProvider().load("p")


def test_keyring_that_forgets_is_no_keyring() -> None:
    with pytest.raises(NoKeyring):  # the tests' own null keyring
        KeyringProvider().make("p", SystemKeys())
