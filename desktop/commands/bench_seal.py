"""A seal made and checked, against bare Ed25519 over the same bytes; and its code read.

One seal: a statement to the QR's text, and that text to a verdict. Bare: the same key signs the
same bytes, and the same public key is read and checks that signature. In turns, in one run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from desktop.cards import cose
from desktop.cards.seal import message_of, seal
from desktop.cards.seal_check import check
from desktop.commands.bench_report import Figure, median_ms, timed
from desktop.commands.bench_seal_card import MOMENT, SEED, published, statement
from desktop.commands.bench_seal_codes import read_rates
from desktop.keys.signer import SoftSigner

LIMIT = 2.0


def measure(rounds: int = 2000) -> Figure:
    """The worse of the two ratios."""
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
