"""A profile: one folder with everything that makes this PC this counter.

    profile.json      realm, counter, where the master key is kept, sealed keys
    trust.jsonl       the realm's root certificate
    certificates.jsonl   certificates of the profile's own keys
    master.key        training only; live keys are wrapped by the system's keyring
    store.db          the encrypted store
    settings.toml     written when a setting is changed
    logs/

The realm is fixed when the folder is made. A training profile makes its own root and every key
there is; a live one makes its counter's key and waits for the certificate from its enrolment.
Keys lie sealed in profile.json, or in a token to which profile.json refers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, Trust, issue, read_trust
from desktop.keys.errors import BadCertificate, KeyMissing, KeyWithdrawn, NothingToEnrol, WrongRealm
from desktop.keys.providers import (
    KEY_FILE,
    FileProvider,
    KeyHolder,
    KeyringProvider,
    Provider,
    provider_named,
    token_facts,
)
from desktop.keys.secret_box import SecretBox
from desktop.keys.signer import SEED_BYTES, Signer, SoftEs256Signer, SoftSigner
from desktop.profile_files import (
    CERTIFICATES_FILE,
    FORMAT,
    PROFILE_FILE,
    STORE_FILE,
    TRUST_FILE,
    NewerProfile,
    ProfileDamaged,
    ProfileExists,
    ProfileMissing,
    token_of,
    write_facts,
    write_lines,
)
from desktop.sources import KeySource

if TYPE_CHECKING:
    from desktop.keys.pkcs11 import Token, TokenPlace

STORE_KEY_BYTES = 32
TRAINING_OFFICE = "1374"
TRAINING_COUNTER = f"{TRAINING_OFFICE}-L3"
VALIDITY = timedelta(days=3653)
_ES256 = b"es256:"
"""Before the sealed seed of a P-256 key; an Ed25519 key's seed stands alone."""
_NEXT = ".next"
"""After the name of a key that waits for its certificate."""
_OLD = ".old"
"""After the name of a key that was replaced and isn't destroyed yet."""
_UNFINISHED = frozenset({KEY_FILE, TRUST_FILE, CERTIFICATES_FILE, "logs"})
"""What may lie in a folder that isn't a profile yet."""
_BACKDATED = timedelta(days=31)
"""Certificates begin earlier than now, so that a clock set right doesn't leave them behind."""

_TRAINING_ROLES = (
    KeyRole.COUNTER,
    KeyRole.OFFICE,
    KeyRole.SEAL,
    KeyRole.PORTAL,
    KeyRole.NOTARY,
)


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
    _box: SecretBox = field(repr=False)
    _sealed: dict[str, str] = field(repr=False)
    _provider: Provider = field(repr=False)
    withdrawn: tuple[Withdrawal, ...] = ()

    # -- places ----------------------------------------------------------------------------

    @property
    def store_path(self) -> Path:
        return self.path / STORE_FILE

    @property
    def settings_path(self) -> Path:
        return self.path / "settings.toml"

    @property
    def logs_path(self) -> Path:
        return self.path / "logs"

    @property
    def backups_path(self) -> Path:
        return self.path / "backups"

    @property
    def trust_path(self) -> Path:
        return self.path / TRUST_FILE

    # -- keys ------------------------------------------------------------------------------

    def store_key(self) -> bytes:
        """The raw key of the store; raises SealBroken."""
        return self._open("store")

    def signer(self, role: KeyRole = KeyRole.COUNTER) -> Signer:
        """A key of this profile; raises KeyError for one it doesn't hold (a live root, say)."""
        return self._signer(role.value)

    def holds(self, role: KeyRole) -> bool:
        """Whether `signer` has a key for this role."""
        return role.value in self._sealed

    def waiting(self, role: KeyRole) -> Signer | None:
        """The new key for this role that waits for its certificate."""
        name = role.value + _NEXT
        return self._signer(name) if name in self._sealed else None

    def in_token(self, role: KeyRole) -> bool:
        """Whether the key of this role is in a token rather than sealed in the profile."""
        return _is_reference(self._sealed.get(role.value, ""))

    @property
    def token(self) -> TokenPlace | None:
        """Where the token is, if the profile has one."""
        return getattr(self._provider, "place", None)

    def opened_token(self) -> Token | None:
        """The token that holds this profile's keys, for what else is in it; None without one."""
        return getattr(self._provider, "token", None)

    @property
    def provider_name(self) -> str:
        """Where the master key is: `keyring`, `file` or `token`."""
        return self._provider.name

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
            not_before=now - _BACKDATED / 2,
            not_after=now + VALIDITY / 2,
        )
        return self.trust.add(made)

    def box(self) -> SecretBox:
        """Seals what else must not lie open in the profile."""
        return self._box

    def _signer(self, name: str) -> Signer:
        kept = self._sealed[name]
        if _is_reference(kept):
            return _holder(self._provider).signer(kept)
        secret = self._open(name)
        if len(secret) > SEED_BYTES and secret.startswith(_ES256):
            return SoftEs256Signer(secret.removeprefix(_ES256))
        return SoftSigner(secret)

    def _open(self, name: str) -> bytes:
        return self._box.open(bytes.fromhex(self._sealed[name]), f"{self.profile_id}:{name}")

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
        box = provider.make(profile_id, keys)
        sealed: dict[str, str] = {}
        holder = provider if isinstance(provider, KeyHolder) else None

        def keep(name: str, secret: bytes) -> bytes:
            sealed[name] = box.seal(secret, f"{profile_id}:{name}").hex()
            return secret

        def new_key(role: KeyRole) -> Signer:
            if holder is None:
                return SoftSigner(keep(role.value, keys.take(SEED_BYTES)))
            sealed[role.value], signer = holder.new_signer(role.value)
            return signer

        keep("store", keys.take(STORE_KEY_BYTES))
        roots: list[Certificate] = []
        own: list[Certificate] = []
        if realm is Realm.TRAINING:
            root = new_key(KeyRole.ROOT)
            subjects = {KeyRole.ROOT: "training", KeyRole.COUNTER: counter}
            for role in (KeyRole.ROOT, *_TRAINING_ROLES):
                signer = root if role is KeyRole.ROOT else new_key(role)
                made = issue(
                    root,
                    realm=realm,
                    role=role,
                    subject=subjects.get(role, office),
                    public=signer.public,
                    not_before=now - _BACKDATED,
                    not_after=now + VALIDITY,
                )
                (roots if role is KeyRole.ROOT else own).append(made)
        else:
            new_key(KeyRole.COUNTER)
        write_lines(path / TRUST_FILE, roots)
        write_lines(path / CERTIFICATES_FILE, own)
        facts: dict[str, Any] = {
            "format": FORMAT,
            "id": profile_id,
            "realm": realm.value,
            "counter": counter,
            "office": office,
            "provider": provider.name,
            "keys": sealed,
        }
        if (where := token_facts(provider)) is not None:
            facts["token"] = where
        # Last: a folder with a profile.json is a whole profile.
        write_facts(path, facts)
        return cls._assemble(path, facts, box, roots, own, provider)

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
            box = provider.load(str(facts["id"]))
            name = TRUST_FILE
            roots = read_trust(path / TRUST_FILE)
            name = CERTIFICATES_FILE
            own = read_trust(path / CERTIFICATES_FILE)
            name = PROFILE_FILE
            return cls._assemble(path, facts, box, roots, own, provider)
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
        box: SecretBox,
        roots: Iterable[Certificate],
        own: Iterable[Certificate],
        provider: Provider,
    ) -> Profile:
        realm = Realm(facts["realm"])
        trust = Trust(realm, roots)
        kept = tuple(own)
        for certificate in kept:
            trust.add(certificate)
        return cls(
            path,
            str(facts["id"]),
            realm,
            str(facts["counter"]),
            str(facts["office"]),
            trust,
            kept,
            box,
            {str(name): str(value) for name, value in dict(facts["keys"]).items()},
            provider,
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
        return self._assemble(
            self.path, self._facts(), self._box, root_list, own_list, self._provider
        )

    def propose(self, role: KeyRole, keys: KeySource, *, es256: bool = False) -> Profile:
        """With a new key for this role that waits for its certificate; one that waits stays.

        `es256` makes a P-256 key, for readers of seals that know nothing of Ed25519.
        """
        name = role.value + _NEXT
        if name in self._sealed:
            return self
        if isinstance(self._provider, KeyHolder):
            kept, _ = self._provider.new_signer(role.value, es256=es256)
        else:
            label = f"{self.profile_id}:{name}"
            secret = (_ES256 if es256 else b"") + keys.take(SEED_BYTES)
            kept = self._box.seal(secret, label).hex()
        return self._kept({**self._sealed, name: kept}, self.certificates, self.withdrawn)

    def adopt(self, certificate: Certificate, roots: Iterable[Certificate] = ()) -> Profile:
        """With a certificate of its own: for the key that waited, or for the present one.

        `roots` are believed where there are none yet. A key that waited signs from now on; the one
        before it stays for `retire`, its certificate for good: it vouches for what the key signed.
        Raises NothingToEnrol, KeyWithdrawn, WrongRealm, BadCertificate.
        """
        if any(gone.key_id == certificate.key_id for gone in self.withdrawn):
            raise KeyWithdrawn
        role, sealed = certificate.role.value, dict(self._sealed)
        next_one = self.waiting(certificate.role)
        if next_one is not None and next_one.public == certificate.public:
            if role in sealed:
                sealed[role + _OLD] = self._moved(role, role + _OLD)
            sealed[role] = self._moved(role + _NEXT, role)
            del sealed[role + _NEXT]
        elif role not in sealed or self._signer(role).public != certificate.public:
            raise NothingToEnrol
        known = self.trust.roots or tuple(roots)
        Trust(self.realm, known).add(certificate)
        own = (*(c for c in self.certificates if c != certificate), certificate)
        return self._kept(sealed, own, self.withdrawn, known)

    def retire(self, role: KeyRole) -> Profile:
        """With the role's former key destroyed, if there still is one."""
        return self._without(role.value + _OLD)

    def withdraw(self, gone: Withdrawal) -> Profile:
        """With a key withdrawn, and destroyed where this profile holds it.

        Raises KeyWithdrawn for one that already was.
        """
        if any(before.key_id == gone.key_id for before in self.withdrawn):
            raise KeyWithdrawn
        roles = {c.role.value for c in self.certificates if c.key_id == gone.key_id}
        names = [name for role in roles for name in (role, role + _OLD) if name in self._sealed]
        mine = [name for name in names if self._signer(name).key_id == gone.key_id]
        return self._without(*mine, withdrawn=(*self.withdrawn, gone))

    def _without(self, *names: str, withdrawn: tuple[Withdrawal, ...] | None = None) -> Profile:
        sealed = dict(self._sealed)
        gone = [sealed.pop(name) for name in names if name in sealed]
        told = self.withdrawn if withdrawn is None else withdrawn
        done = self._kept(sealed, self.certificates, told)
        for reference in filter(_is_reference, gone):
            _holder(self._provider).destroy(reference)
        return done

    def _moved(self, name: str, to: str) -> str:
        kept = self._sealed[name]
        if _is_reference(kept):
            return kept
        return self._box.seal(self._open(name), f"{self.profile_id}:{to}").hex()

    def _kept(
        self,
        sealed: dict[str, str],
        own: tuple[Certificate, ...],
        withdrawn: tuple[Withdrawal, ...],
        roots: tuple[Certificate, ...] | None = None,
    ) -> Profile:
        """Written to disk: certificates first, as one without its key does no harm."""
        facts = {
            **self._facts(),
            "keys": sealed,
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
        return self._assemble(self.path, facts, self._box, known, own, self._provider)

    def _facts(self) -> dict[str, Any]:
        # What another version of the program wrote there stays.
        return cast("dict[str, Any]", json.loads((self.path / PROFILE_FILE).read_bytes()))


def default_path() -> Path:
    """Where the profile lies unless `--profile` says otherwise."""
    from platformdirs import user_data_path

    return user_data_path("loket", appauthor=False) / "profile"


def require_realm(expected: Realm, found: Realm) -> None:
    """Refuse something of the other realm; raises WrongRealm."""
    if expected is not found:
        raise WrongRealm(expected.value, found.value)


def _is_reference(kept: str) -> bool:
    return ":" in kept  # what is sealed here is hex


def _holder(provider: Provider) -> KeyHolder:
    if not isinstance(provider, KeyHolder):
        raise KeyMissing(provider.name)
    return provider


__all__ = [
    "NewerProfile",
    "Profile",
    "ProfileDamaged",
    "ProfileExists",
    "ProfileMissing",
    "Withdrawal",
    "default_path",
    "require_realm",
    "token_of",
]
