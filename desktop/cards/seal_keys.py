"""The public keys of seals, as a verifier carries them: `seal-keys.json`.

    {"format": "loket-seal-keys-1", "realm": ..., "made": ...,
     "certificates": [root, seal keys, ...],
     "withdrawn_keys": [{"key": ..., "at": ..., "reason": ...}],
     "withdrawn_cards": "SIM1:..." or "",
     "signer": ..., "signature": ...}

RFC 8785 without the signature is what the realm's root (or who it vouches for as office) signed.
A key seals from its first day to its last; it *retires* at its end, and what it sealed before
stays good. A key that was withdrawn as stolen makes all its seals doubtful, because whoever has it
can write any date.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

import rfc8785

from desktop.cards import cose
from desktop.cards.seal import NotASeal, WithdrawnStatement, message_of, read_statement, text_of
from desktop.cards.withdrawn import WithdrawnCards
from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, Trust, from_plain
from desktop.keys.errors import BadCertificate, WrongRealm
from desktop.keys.signer import Signer, verifies

FORMAT = "loket-seal-keys-1"


class SealKeysUnreadable(Problem):
    """The file of keys can't be used; `detail` says which part is wrong."""

    detail: str


class KeyReason(StrEnum):
    """Why a key was withdrawn before its end."""

    STOLEN = "stolen"
    """Everything it sealed is doubtful, whatever its date."""
    SUPERSEDED = "superseded"
    """Seals made after the moment are refused."""


@dataclass(frozen=True, slots=True)
class WithdrawnKey:
    """A key that was withdrawn, when and why."""

    key_id: str
    at: datetime
    reason: KeyReason
    order: str = ""
    """The centre's order, where one came to this counter by itself; no part of the file."""


@dataclass(frozen=True, slots=True)
class SealKey:
    """A key that may have sealed something."""

    certificate: Certificate
    withdrawn: WithdrawnKey | None


@dataclass(frozen=True, slots=True)
class SealKeys:
    """All keys of a realm, and the cards that were withdrawn."""

    realm: Realm
    made: datetime
    roots: tuple[Certificate, ...]
    keys: tuple[SealKey, ...]
    cards: WithdrawnCards | None
    vouched: bool
    """Whether the root was given from outside; else the file only agrees with itself."""

    def find(self, kid: bytes) -> SealKey | None:
        """The key that a seal's header names."""
        for key in self.keys:
            if cose.kid_of(key.certificate.key_id) == kid:
                return key
        return None


def write_seal_keys(
    signer: Signer,
    realm: Realm,
    certificates: Iterable[Certificate],
    made: datetime,
    *,
    withdrawn_keys: Iterable[WithdrawnKey] = (),
    withdrawn_cards: WithdrawnStatement | None = None,
    seal_signer: Signer | None = None,
) -> bytes:
    """The file's bytes. `seal_signer` signs the list of cards; it must be one of the seal keys."""
    cards = ""
    if withdrawn_cards is not None:
        if seal_signer is None:
            raise ValueError("a list of cards needs a seal key")
        cards = text_of(cose.sign1(withdrawn_cards.payload(), seal_signer))
    body: dict[str, Any] = {
        "format": FORMAT,
        "realm": realm.value,
        "made": _iso(made),
        "certificates": [json.loads(certificate.text()) for certificate in certificates],
        "withdrawn_keys": [
            {"key": gone.key_id, "at": _iso(gone.at), "reason": gone.reason.value}
            for gone in withdrawn_keys
        ],
        "withdrawn_cards": cards,
        "signer": signer.key_id,
    }
    signature = signer.sign(rfc8785.dumps(body)).hex()
    return rfc8785.dumps({**body, "signature": signature}) + b"\n"


def read_seal_keys(data: bytes, roots: Iterable[Certificate] | None = None) -> SealKeys:
    """The keys of a file; `roots` vouch for them. Raises SealKeysUnreadable."""
    try:
        held = cast("dict[str, Any]", json.loads(data))
        if held["format"] != FORMAT:
            raise SealKeysUnreadable("format")
        realm = Realm(held["realm"])
        made = _moment(held["made"])
        certificates = [from_plain(item) for item in held["certificates"]]
        gone = {
            str(item["key"]): WithdrawnKey(
                str(item["key"]), _moment(item["at"]), KeyReason(item["reason"])
            )
            for item in held["withdrawn_keys"]
        }
        signature = bytes.fromhex(held["signature"])
        body = rfc8785.dumps({name: held[name] for name in held if name != "signature"})
        own_roots = tuple(c for c in certificates if c.role is KeyRole.ROOT)
        trusted = tuple(own_roots if roots is None else roots)
        trust = Trust(realm, trusted)
        for certificate in certificates:
            if certificate.role is not KeyRole.ROOT:
                trust.add(certificate)
        signers = {c.key_id: c for c in (*trusted, *certificates) if c.role in _MAY_LIST}
        who = signers.get(str(held["signer"]))
        if who is None or not verifies(who.public, signature, body):
            raise SealKeysUnreadable("signature")
        keys = tuple(SealKey(c, gone.get(c.key_id)) for c in certificates if c.role is KeyRole.SEAL)
        found = SealKeys(realm, made, trusted, keys, None, roots is not None)
        cards = str(held["withdrawn_cards"])
        return found if not cards else _with_cards(found, cards)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise SealKeysUnreadable("content") from error
    except (BadCertificate, WrongRealm) as error:
        raise SealKeysUnreadable("certificates") from error


_MAY_LIST = frozenset({KeyRole.ROOT, KeyRole.OFFICE, KeyRole.NOTARY})


def _with_cards(keys: SealKeys, text: str) -> SealKeys:
    try:
        signed = cose.read1(message_of(text))
        key = keys.find(signed.kid)
        if key is None or key.withdrawn or not signed.holds(key.certificate.public):
            raise SealKeysUnreadable("withdrawn cards")
        statement = read_statement(signed.payload)
        if not isinstance(statement, WithdrawnStatement) or statement.realm is not keys.realm:
            raise SealKeysUnreadable("withdrawn cards")
        cards = WithdrawnCards(statement)
    except (cose.NotCose, NotASeal) as error:
        raise SealKeysUnreadable("withdrawn cards") from error
    return SealKeys(keys.realm, keys.made, keys.roots, keys.keys, cards, keys.vouched)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: object) -> datetime:
    return datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
