"""A profile: one folder with everything that makes this PC this counter.

    profile.json      realm, counter, where the master key is kept, sealed keys
    trust.jsonl       the realm's root certificate
    certificates.jsonl   certificates of the profile's own keys
    master.key        training only; live keys are wrapped by the system's keyring
    store.db          the encrypted store
    settings.toml     written when a setting is changed
    logs/             what the program did wrong, without a person; made with the first entry

The realm is fixed when the folder is made. A training profile makes its own root and every key
there is; a live one makes its counter's key and waits for the certificate from its enrolment.
Keys lie sealed in profile.json, or in a token to which profile.json refers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, Trust, issue, read_trust
from desktop.keys.errors import BadCertificate, KeyWithdrawn, NothingToEnrol
from desktop.keys.providers import (
    KEY_FILE,
    FileProvider,
    KeyringProvider,
    Provider,
    provider_named,
    token_facts,
)
from desktop.keys.secret_box import SecretBox
from desktop.keys.signer import Signer
from desktop.profile_files import (
    CERTIFICATES_FILE,
    FORMAT,
    LOGS_FOLDER,
    PROFILE_FILE,
    STORE_FILE,
    TRUST_FILE,
    NewerProfile,
    ProfileDamaged,
    ProfileExists,
    ProfileMissing,
    write_facts,
    write_lines,
)
from desktop.profile_keys import NEXT, OLD, ProfileKeys
from desktop.profile_training import (
    BACKDATED,
    TRAINING_COUNTER,
    TRAINING_OFFICE,
    VALIDITY,
    training_keys,
)
from desktop.sources import KeySource

if TYPE_CHECKING:
    from desktop.keys.pkcs11 import Token, TokenPlace

STORE_KEY_BYTES = 32
_STORE = "store"
_UNFINISHED = frozenset({KEY_FILE, TRUST_FILE, CERTIFICATES_FILE, LOGS_FOLDER})
"""What may lie in a folder that isn't a profile yet."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A key of this profile that must not be believed any more, since when and why."""

    key_id: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Profile:
    """An open profile. Keys stay sealed until asked for."""

    path: Path
    profile_id: str
    realm: Realm
    counter: str
    office: str
    trust: Trust
    certificates: tuple[Certificate, ...]
    _keys: ProfileKeys = field(repr=False)
    withdrawn: tuple[Withdrawal, ...] = ()

    # -- places ----------------------------------------------------------------------------

    @property
    def store_path(self) -> Path:
        return self.path / STORE_FILE

    @property
    def settings_path(self) -> Path:
        return self.path / "settings.toml"

    @property
    def backups_path(self) -> Path:
        return self.path / "backups"

    @property
    def trust_path(self) -> Path:
        return self.path / TRUST_FILE

    # -- keys ------------------------------------------------------------------------------

    def store_key(self) -> bytes:
        """The raw key of the store; raises SealBroken."""
        return self._keys.secret(_STORE)

    def signer(self, role: KeyRole = KeyRole.COUNTER) -> Signer:
        """A key of this profile; raises KeyError for one it doesn't hold (a live root, say)."""
        return self._keys.signer(role.value)

    def holds(self, role: KeyRole) -> bool:
        """Whether `signer` has a key for this role."""
        return role.value in self._keys

    def waiting(self, role: KeyRole) -> Signer | None:
        """The new key for this role that waits for its certificate."""
        name = role.value + NEXT
        return self._keys.signer(name) if name in self._keys else None

    def in_token(self, role: KeyRole) -> bool:
        """Whether the key of this role is in a token rather than sealed in the profile."""
        return self._keys.in_token(role.value)

    @property
    def token(self) -> TokenPlace | None:
        """Where the token is, if the profile has one."""
        return getattr(self._keys.provider, "place", None)

    def opened_token(self) -> Token | None:
        """The token that holds this profile's keys, for what else is in it; None without one."""
        return getattr(self._keys.provider, "token", None)

    @property
    def provider_name(self) -> str:
        """Where the master key is: `keyring`, `file` or `token`."""
        return self._keys.provider.name

    def certificate(self, role: KeyRole) -> Certificate | None:
        """The newest certificate of the profile's own key for a role, if there is one."""
        return next((c for c in reversed(self.certificates) if c.role is role), None)

    def public_certificates(self) -> tuple[Certificate, ...]:
        """Roots and own certificates: what a store keeps so that it can be verified alone."""
        return (*self.trust.roots, *self.certificates)

    def vouch_for_officer(self, nrp: str, public: bytes, now: datetime) -> Certificate:
        """A certificate for an officer's new key, signed by the office; known from now on.

        Raises KeyError where this profile holds no office key (live: the centre vouches).
        """
        made = issue(
            self.signer(KeyRole.OFFICE),
            realm=self.realm,
            role=KeyRole.OFFICER,
            subject=nrp,
            public=public,
            not_before=now - BACKDATED / 2,
            not_after=now + VALIDITY / 2,
        )
        return self.trust.add(made)

    def box(self) -> SecretBox:
        """Seals what else must not lie open in the profile."""
        return self._keys.box

    # -- making and opening ----------------------------------------------------------------

    @classmethod
    def create(
        cls,
        path: Path,
        realm: Realm,
        keys: KeySource,
        *,
        now: datetime,
        counter: str = TRAINING_COUNTER,
        office: str = TRAINING_OFFICE,
        provider: Provider | None = None,
    ) -> Profile:
        """Make a profile in a folder that is new, empty or left by a creation cut short.

        Without `provider`, training keeps its key in a file and live in the system's keyring.
        Raises ProfileExists, NoKeyring, FileKeysRefused.
        """
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if {entry.name for entry in path.iterdir()} - _UNFINISHED:
            raise ProfileExists(str(path))
        (path / KEY_FILE).unlink(missing_ok=True)
        profile_id = keys.take(16).hex()
        if provider is None:
            training = realm is Realm.TRAINING
            provider = FileProvider(path, realm) if training else KeyringProvider()
        held = ProfileKeys(profile_id, provider.make(profile_id, keys), provider, {})
        held = held.sealing(_STORE, keys.take(STORE_KEY_BYTES))
        roots: list[Certificate] = []
        own: list[Certificate] = []
        if realm is Realm.TRAINING:
            held, root, own = training_keys(held, keys, counter, office, now)
            roots.append(root)
        else:
            held = held.made(KeyRole.COUNTER, keys)
        write_lines(path / TRUST_FILE, roots)
        write_lines(path / CERTIFICATES_FILE, own)
        facts: dict[str, Any] = {
            "format": FORMAT,
            "id": profile_id,
            "realm": realm.value,
            "counter": counter,
            "office": office,
            "provider": provider.name,
            "keys": held.kept,
        }
        if (where := token_facts(provider)) is not None:
            facts["token"] = where
        # Last: a folder with a profile.json is a whole profile.
        write_facts(path, facts)
        return cls._assemble(path, facts, held, roots, own)

    @classmethod
    def open(cls, path: Path, *, provider: Provider | None = None) -> Profile:
        """Open a profile.

        Raises ProfileMissing, ProfileDamaged, NewerProfile, KeyMissing, NoKeyring, OpenKeyFile,
        WrongRealm, and a token's problems.
        """
        try:
            facts = cast("dict[str, Any]", json.loads((path / PROFILE_FILE).read_bytes()))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ProfileMissing(str(path)) from error
        except (OSError, ValueError) as error:
            raise ProfileDamaged(str(path), PROFILE_FILE) from error
        name = PROFILE_FILE
        try:
            if int(facts["format"]) > FORMAT:
                raise NewerProfile(str(path))
            realm = Realm(facts["realm"])
            provider = provider or provider_named(
                str(facts["provider"]), path, realm, facts.get("token")
            )
            profile_id = str(facts["id"])
            box = provider.load(profile_id)
            name = TRUST_FILE
            roots = read_trust(path / TRUST_FILE)
            name = CERTIFICATES_FILE
            own = read_trust(path / CERTIFICATES_FILE)
            name = PROFILE_FILE
            kept = {str(key): str(value) for key, value in dict(facts["keys"]).items()}
            held = ProfileKeys(profile_id, box, provider, kept)
            return cls._assemble(path, facts, held, roots, own)
        except (KeyError, TypeError, ValueError) as error:
            raise ProfileDamaged(str(path), PROFILE_FILE) from error
        except (OSError, BadCertificate) as error:
            raise ProfileDamaged(str(path), name) from error

    @classmethod
    def exists(cls, path: Path) -> bool:
        """True when a whole profile is there."""
        return (path / PROFILE_FILE).is_file()

    @classmethod
    def _assemble(
        cls,
        path: Path,
        facts: dict[str, Any],
        held: ProfileKeys,
        roots: Iterable[Certificate],
        own: Iterable[Certificate],
    ) -> Profile:
        realm = Realm(facts["realm"])
        trust = Trust(realm, roots)
        kept = tuple(own)
        for certificate in kept:
            trust.add(certificate)
        return cls(
            path,
            held.profile_id,
            realm,
            str(facts["counter"]),
            str(facts["office"]),
            trust,
            kept,
            held,
            tuple(
                Withdrawal(str(w["key"]), datetime.fromisoformat(w["at"]), str(w["reason"]))
                for w in facts.get("withdrawn", ())
            ),
        )

    def enrol(self, roots: Iterable[Certificate], own: Iterable[Certificate]) -> Profile:
        """The same profile with the certificates that its enrolment brought; kept on disk.

        Raises WrongRealm, BadCertificate.
        """
        root_list, own_list = list(roots), list(own)
        trust = Trust(self.realm, root_list)
        for certificate in own_list:
            trust.add(certificate)
        write_lines(self.path / TRUST_FILE, root_list)
        write_lines(self.path / CERTIFICATES_FILE, own_list)
        return self._assemble(self.path, self._facts(), self._keys, root_list, own_list)

    def propose(self, role: KeyRole, keys: KeySource, *, es256: bool = False) -> Profile:
        """With a new key for this role that waits for its certificate; one that waits stays.

        `es256` makes a P-256 key, for readers of seals that know nothing of Ed25519.
        """
        if role.value + NEXT in self._keys:
            return self
        held = self._keys.made(role, keys, NEXT, es256=es256)
        return self._stored(held, self.certificates, self.withdrawn)

    def adopt(self, certificate: Certificate, roots: Iterable[Certificate] = ()) -> Profile:
        """With a certificate of its own: for the key that waited, or for the present one.

        `roots` are believed where there are none yet. A key that waited signs from now on; the one
        before it stays for `retire`, its certificate for good: it vouches for what the key signed.
        Raises NothingToEnrol, KeyWithdrawn, WrongRealm, BadCertificate.
        """
        if any(gone.key_id == certificate.key_id for gone in self.withdrawn):
            raise KeyWithdrawn
        role, held = certificate.role.value, self._keys
        next_one = self.waiting(certificate.role)
        if next_one is not None and next_one.public == certificate.public:
            if role in held:
                held = held.moved(role, role + OLD)
            held = held.moved(role + NEXT, role)
        elif role not in held or held.signer(role).public != certificate.public:
            raise NothingToEnrol
        known = self.trust.roots or tuple(roots)
        Trust(self.realm, known).add(certificate)
        own = (*(c for c in self.certificates if c != certificate), certificate)
        return self._stored(held, own, self.withdrawn, known)

    def retire(self, role: KeyRole) -> Profile:
        """With the role's former key destroyed, if there still is one."""
        return self._without(role.value + OLD)

    def withdraw(self, gone: Withdrawal) -> Profile:
        """With a key withdrawn, and destroyed where this profile holds it.

        Raises KeyWithdrawn for one that already was.
        """
        if any(before.key_id == gone.key_id for before in self.withdrawn):
            raise KeyWithdrawn
        roles = {c.role.value for c in self.certificates if c.key_id == gone.key_id}
        names = [name for role in roles for name in (role, role + OLD) if name in self._keys]
        mine = [name for name in names if self._keys.signer(name).key_id == gone.key_id]
        return self._without(*mine, withdrawn=(*self.withdrawn, gone))

    def _without(self, *names: str, withdrawn: tuple[Withdrawal, ...] | None = None) -> Profile:
        told = self.withdrawn if withdrawn is None else withdrawn
        done = self._stored(self._keys.without(names), self.certificates, told)
        self._keys.destroy(names)
        return done

    def _stored(
        self,
        held: ProfileKeys,
        own: tuple[Certificate, ...],
        withdrawn: tuple[Withdrawal, ...],
        roots: tuple[Certificate, ...] | None = None,
    ) -> Profile:
        """Written to disk: certificates first, as one without its key does no harm."""
        facts = {
            **self._facts(),
            "keys": held.kept,
            "withdrawn": [
                {"key": w.key_id, "at": w.at.isoformat(), "reason": w.reason} for w in withdrawn
            ],
        }
        known = self.trust.roots if roots is None else roots
        if known != self.trust.roots:
            write_lines(self.path / TRUST_FILE, known)
        if own != self.certificates:
            write_lines(self.path / CERTIFICATES_FILE, own)
        write_facts(self.path, facts)
        return self._assemble(self.path, facts, held, known, own)

    def _facts(self) -> dict[str, Any]:
        # What another version of the program wrote there stays.
        return cast("dict[str, Any]", json.loads((self.path / PROFILE_FILE).read_bytes()))
