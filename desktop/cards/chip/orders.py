"""Orders of the centre for a card's violations and points, as a file and as they lie on the chip.

    {"format": "loket-card-order-1", "realm": ..., "serial": ..., "sequence": ...,
     "made": ..., "verdict": ..., "violations": [{"on", "level", "points", "reference"}, ...],
     "certificate": {...}, "signature": ...}

RFC 8785, one line. The signature is by the centre's key (role `notary`), whose certificate lies
inside, over the canonical form of everything else. What isn't its own canonical form is refused,
so that no byte can differ. The chip keeps the same bytes in a file of their own, outside EF.SOD:
the licence's signature stays what it was, and each list proves itself.

How the real Smart SIM keeps violations isn't public; file, tag and form are ours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from typing import Any, cast

import rfc8785

from desktop.cards.chip import tlv
from desktop.domain.realm import Realm
from desktop.domain.violations import (
    CardOrder,
    OrderFault,
    OrderRefused,
    PointsVerdict,
    Violation,
    ViolationLevel,
)
from desktop.keys.certificates import Certificate, KeyRole, Trust, from_plain
from desktop.keys.errors import BadCertificate, WrongRealm
from desktop.keys.signer import Signer, verifies

FORMAT = "loket-card-order-1"
LONGEST = 16_000
"""Bytes: more doesn't fit beside a licence's files."""
MOST = 100
"""Violations on one list."""

RECORDS_TAG, _INSIDE = 0x73, 0x53
"""Discretionary data templates and objects (ISO/IEC 7816-6)."""


def write_order(order: CardOrder, signer: Signer, certificate: Certificate) -> bytes:
    """The file's bytes; `signer` is the centre's key, `certificate` vouches for it."""
    body = _body(order, certificate)
    signature = signer.sign(rfc8785.dumps(body)).hex()
    return rfc8785.dumps({**body, "signature": signature}) + b"\n"


Gone = Callable[[str, datetime], bool]
"""Whether a key, by its id, isn't believed any more for what it signed at a moment."""


def read_order(
    data: bytes,
    realm: Realm,
    roots: Collection[Certificate],
    gone: Gone = lambda _key, _made: False,
) -> CardOrder:
    """The order in a file, proven. Raises OrderRefused."""
    if len(data) > LONGEST:
        raise OrderRefused(OrderFault.FORM)
    try:
        held = cast("dict[str, Any]", json.loads(data))
        if held["format"] != FORMAT or rfc8785.dumps(held) != data.rstrip(b"\n"):
            raise OrderRefused(OrderFault.FORM)
        order = CardOrder(
            Realm(held["realm"]),
            str(held["serial"]),
            int(held["sequence"]),
            _moment(str(held["made"])),
            PointsVerdict(held["verdict"]),
            tuple(_violation(one) for one in held["violations"]),
        )
        certificate = from_plain(held["certificate"])
        signature = bytes.fromhex(held["signature"])
        same = rfc8785.dumps({**_body(order, certificate), "signature": signature.hex()})
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise OrderRefused(OrderFault.FORM) from error
    except BadCertificate as error:
        raise OrderRefused(OrderFault.CERTIFICATE) from error
    if same != data.rstrip(b"\n") or len(order.violations) > MOST or order.sequence < 1:
        raise OrderRefused(OrderFault.FORM)
    if order.realm is not realm:
        raise OrderRefused(OrderFault.REALM)
    _check_key(order, certificate, realm, roots, gone)
    if not verifies(certificate.public, signature, rfc8785.dumps(_body(order, certificate))):
        raise OrderRefused(OrderFault.SIGNATURE)
    return order


def as_records(order: bytes) -> bytes:
    """An order as the chip's file."""
    return tlv.write(RECORDS_TAG, tlv.write(_INSIDE, order.rstrip(b"\n")))


def from_records(file: bytes) -> bytes:
    """The order in the chip's file. Raises ChipUnreadable."""
    held = tlv.children(file, RECORDS_TAG)
    if set(held) != {_INSIDE}:
        raise tlv.ChipUnreadable(f"{RECORDS_TAG:02X}")
    return held[_INSIDE] + b"\n"


def _check_key(
    order: CardOrder,
    certificate: Certificate,
    realm: Realm,
    roots: Collection[Certificate],
    gone: Gone,
) -> None:
    try:
        Trust(realm, roots).add(certificate)
    except (BadCertificate, WrongRealm) as error:
        raise OrderRefused(OrderFault.CERTIFICATE) from error
    if certificate.role is not KeyRole.NOTARY or not certificate.valid_at(order.made):
        raise OrderRefused(OrderFault.CERTIFICATE)
    if gone(certificate.key_id, order.made):
        raise OrderRefused(OrderFault.KEY_WITHDRAWN)


def _body(order: CardOrder, certificate: Certificate) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "realm": order.realm.value,
        "serial": order.serial,
        "sequence": order.sequence,
        "made": order.made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verdict": order.verdict.value,
        "violations": [
            {
                "on": one.on.isoformat(),
                "level": one.level.value,
                "points": one.points,
                "reference": one.reference,
            }
            for one in order.violations
        ],
        "certificate": json.loads(certificate.text()),
    }


def _violation(held: dict[str, Any]) -> Violation:
    return Violation(
        date.fromisoformat(held["on"]),
        ViolationLevel(held["level"]),
        int(held["points"]),
        str(held["reference"]),
    )


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
