"""A seal made and checked, against bare Ed25519 over the same bytes; and its code read.

One seal: a statement to the QR's text, and that text to a verdict. Bare: the same key signs the
same bytes, and the same public key is read and checks that signature. In turns, in one run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from desktop.cards import cose
from desktop.cards.seal import CardStatement, message_of, portrait_digest, seal
from desktop.cards.seal_check import check
from desktop.cards.seal_keys import SealKeys, read_seal_keys, write_seal_keys
from desktop.commands.bench_report import Figure, median_ms, timed
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, issue
from desktop.keys.signer import SoftSigner

LIMIT = 2.0
MOMENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SEED = bytes(range(32))


def measure(rounds: int = 2000) -> Figure:
    """The worse of the two ratios."""
    from desktop.commands.bench_seal_codes import read_rates

    signer, keys, told = SoftSigner(SEED), published(), statement()
    text = seal(told, signer)
    signed = cose.read1(message_of(text))
    bare = Ed25519PrivateKey.from_private_bytes(SEED)
    if not check(text, keys, MOMENT).good:
        raise RuntimeError("the seal isn't good")

    def verify_bare() -> None:
        Ed25519PublicKey.from_public_bytes(signer.public).verify(signed.signature, signed.signed)

    seal_ms, sign_ms, check_ms, verify_ms = in_turns(
        (
            lambda: seal(told, signer),
            lambda: bare.sign(signed.signed),
            lambda: check(text, keys, MOMENT),
            verify_bare,
        ),
        rounds,
    )
    made, checked = seal_ms / sign_ms, check_ms / verify_ms
    absolute = {
        "seal_ms": seal_ms,
        "sign_ms": sign_ms,
        "seal_ratio": round(made, 2),
        "check_ms": check_ms,
        "verify_ms": verify_ms,
        "check_ratio": round(checked, 2),
        "rounds": rounds,
        **read_rates(max(1, min(90, rounds // 20))),
    }
    return Figure("seal", round(max(made, checked), 2), LIMIT, "ratio", absolute)


def in_turns(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """The median milliseconds of each, taken in turns."""
    times: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(rounds):
        for kept, work in zip(times, works, strict=True):
            kept.append(timed(work))
    return [median_ms(kept) for kept in times]


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
