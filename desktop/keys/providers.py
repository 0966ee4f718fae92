"""Where a profile's master key is kept.

`keyring`: the operating system's keyring (Secret Service, KWallet, Windows' DPAPI-backed
Credential Manager). `file`: a file in the profile that only its owner may read; for training and
demonstrations, refused in the live realm. `token`: a PKCS#11 token, which holds the signing keys
too (`desktop.keys.token_provider`).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

from desktop.domain.realm import Realm
from desktop.keys.errors import FileKeysRefused, KeyMissing, NoKeyring, OpenKeyFile
from desktop.keys.keyring_advice import advice
from desktop.keys.secret_box import KEY_BYTES, SecretBox, SoftBox
from desktop.keys.signer import Signer
from desktop.sources import KeySource

SERVICE = "loket"
KEY_FILE = "master.key"


class Provider(Protocol):
    """Makes and finds the master key of one profile."""

    @property
    def name(self) -> str:
        """What the profile remembers: `keyring`, `file` or `token`."""
        ...

    def make(self, profile_id: str, keys: KeySource) -> SecretBox:
        """A new master key, kept; raises NoKeyring, FileKeysRefused."""
        ...

    def load(self, profile_id: str) -> SecretBox:
        """The key again; raises KeyMissing, NoKeyring, OpenKeyFile, FileKeysRefused."""
        ...


@runtime_checkable
class KeyHolder(Protocol):
    """A provider that holds signing keys itself; the profile keeps references to them."""

    def new_signer(self, label: str, *, es256: bool = False) -> tuple[str, Signer]:
        """A new key (Ed25519, or P-256), and the reference under which `signer` finds it again."""
        ...

    def signer(self, reference: str) -> Signer:
        """The key of a reference; raises TokenKeyMissing."""
        ...

    def destroy(self, reference: str) -> None:
        """Take a key out for good."""
        ...


class KeyringProvider:
    """The operating system's keyring. Imported when used: looking for backends takes a while."""

    name = "keyring"

    def make(self, profile_id: str, keys: KeySource) -> SecretBox:
        import keyring
        from keyring.errors import KeyringError

        key = keys.take(KEY_BYTES)
        try:
            keyring.set_password(SERVICE, profile_id, key.hex())
            kept = keyring.get_password(SERVICE, profile_id)
        except KeyringError as error:
            raise NoKeyring(advice()) from error
        if kept != key.hex():  # a null backend takes everything and keeps nothing
            raise NoKeyring(advice())
        return SoftBox(key)

    def load(self, profile_id: str) -> SecretBox:
        import keyring
        from keyring.errors import KeyringError

        try:
            found = keyring.get_password(SERVICE, profile_id)
        except KeyringError as error:
            raise NoKeyring(advice()) from error
        if found is None:
            # Where nothing is kept, nothing is missing either: the PC needs a keyring first.
            raise NoKeyring(advice()) if _keeps_nothing() else KeyMissing(self.name)
        return SoftBox(bytes.fromhex(found))


def _keeps_nothing() -> bool:
    """Whether this PC's keyring takes everything and keeps nothing."""
    import keyring
    from keyring.backends.null import Keyring

    return isinstance(keyring.get_keyring(), Keyring)


class FileProvider:
    """A 0600 file in the profile."""

    name = "file"

    def __init__(self, folder: Path, realm: Realm) -> None:
        self._path = folder / KEY_FILE
        self._realm = realm

    def make(self, profile_id: str, keys: KeySource) -> SecretBox:
        self._refuse_live()
        key = keys.take(KEY_BYTES)
        # Made with its final mode, not narrowed afterwards. On Windows the folder under the
        # user's own data is what keeps others out.
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(key.hex())
        return SoftBox(key)

    def load(self, profile_id: str) -> SecretBox:
        self._refuse_live()
        try:
            mode = stat.S_IMODE(self._path.stat().st_mode)
            text = self._path.read_text(encoding="ascii")
        except FileNotFoundError as error:
            raise KeyMissing(self.name) from error
        if os.name == "posix" and mode & 0o077:
            raise OpenKeyFile(str(self._path), f"{mode:04o}")
        try:
            return SoftBox(bytes.fromhex(text))
        except ValueError as error:
            raise KeyMissing(self.name) from error

    def _refuse_live(self) -> None:
        if self._realm is not Realm.TRAINING:
            raise FileKeysRefused


def provider_named(name: str, folder: Path, realm: Realm, token: object = None) -> Provider:
    """The provider a profile remembers; raises KeyError for an unknown name.

    `token` is where its token is, as `token_facts` wrote it.
    """
    if name == "token":
        from desktop.keys.pkcs11 import Token, TokenPlace
        from desktop.keys.token_pin import pin_from_keyring
        from desktop.keys.token_provider import TokenProvider

        where = cast("dict[str, Any]", token or {})
        place = TokenPlace(str(where["module"]), str(where["label"]), str(where.get("serial", "")))
        return TokenProvider(Token(place, pin_from_keyring(place)))
    return {"keyring": KeyringProvider(), "file": FileProvider(folder, realm)}[name]


def token_facts(provider: Provider) -> dict[str, str] | None:
    """What a profile remembers of its token; None for providers that need none."""
    place = getattr(provider, "place", None)
    if place is None:
        return None
    return {"module": place.module, "label": place.label, "serial": place.serial}
