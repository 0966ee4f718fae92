"""The card that seals are measured with: one statement, one key, and who vouches for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from desktop.cards.seal import CardStatement, portrait_digest
from desktop.cards.seal_keys import SealKeys, read_seal_keys, write_seal_keys
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, issue
from desktop.keys.signer import SoftSigner

MOMENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SEED = bytes(range(32))


def statement() -> CardStatement:
    """A card as the training counter issues it."""
    return CardStatement(
        realm=Realm.TRAINING,
        number="3273014101900001",
        licence_class=LicenceClass.C,
        name="NURHAYATI KUSUMAWARDHANI",
        birth=date(1990, 1, 1),
        issued_on=date(2026, 3, 2),
        valid_until=date(2031, 3, 2),
        serial="JB26-0012345",
        portrait=portrait_digest(b"a portrait"),
        office="1374",
    )


def published() -> SealKeys:
    """The keys that a verifier carries: a root and a year of monthly seal keys, ours the last."""
    root = SoftSigner(bytes(32))
    begins, ends = MOMENT - timedelta(days=40), MOMENT + timedelta(days=400)

    def vouched(signer: SoftSigner, role: KeyRole) -> Certificate:
        return issue(
            root,
            realm=Realm.TRAINING,
            role=role,
            subject="1374",
            public=signer.public,
            not_before=begins,
            not_after=ends,
        )

    first = vouched(root, KeyRole.ROOT)
    signers = [*(SoftSigner(bytes([number]) * 32) for number in range(1, 12)), SoftSigner(SEED)]
    seals = [vouched(signer, KeyRole.SEAL) for signer in signers]
    data = write_seal_keys(root, Realm.TRAINING, [first, *seals], MOMENT)
    return read_seal_keys(data, [first])
