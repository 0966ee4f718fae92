"""The list of withdrawn cards, small enough for a phone: a Golomb-Rice coded set.

Each blank's serial is hashed to a number below count times 2**rate; the numbers are sorted and
their differences written with a unary quotient and `rate` low bits (as BIP 158 does for blocks,
with SHA-256 in place of SipHash). A card that is in the set is always found; one that isn't is
taken for withdrawn once in 2**rate, about a million. 22 bits a card: 100,000 cards in 275 kB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime

from desktop.cards.seal import NotASeal, WithdrawnStatement
from desktop.domain.realm import Realm

RATE = 20
MOST = 5_000_000
"""More cards than a list may hold; a forged count must not cost the verifier its memory."""


def pack(realm: Realm, serials: Collection[str], made_at: datetime) -> WithdrawnStatement:
    """The set of these blank serials."""
    distinct = set(serials)
    # Two serials that hash to one number stand there twice, so that the count stays true.
    values = sorted(_value(realm, serial, len(distinct), RATE) for serial in distinct)
    return WithdrawnStatement(realm, made_at, len(distinct), RATE, _write(values, RATE))


class WithdrawnCards:
    """A set as it was read; `serial in cards` costs one hash and a look-up.

    Raises NotASeal for a list that doesn't unpack.
    """

    def __init__(self, statement: WithdrawnStatement) -> None:
        if not 0 <= statement.count <= MOST or not 1 <= statement.rate <= 32:
            raise NotASeal("withdrawn list")
        self.realm = statement.realm
        self.made_at = statement.made_at
        self.count = statement.count
        self._rate = statement.rate
        self._values = frozenset(_read(statement.packed, statement.count, statement.rate))

    def __contains__(self, serial: str) -> bool:
        if not self.count:
            return False
        return _value(self.realm, serial, self.count, self._rate) in self._values


def _value(realm: Realm, serial: str, count: int, rate: int) -> int:
    digest = hashlib.sha256(f"loket-withdrawn\0{realm.value}\0{serial}".encode()).digest()
    # The upper half of a product maps the hash evenly onto the range without a division.
    return int.from_bytes(digest[:8], "big") * (count << rate) >> 64


def _write(values: list[int], rate: int) -> bytes:
    bits: list[str] = []
    before = 0
    for value in values:
        step, before = value - before, value
        bits.append("1" * (step >> rate) + "0" + format(step & ((1 << rate) - 1), f"0{rate}b"))
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big") if text else b""


def _read(data: bytes, count: int, rate: int) -> Iterator[int]:
    text = bin(int.from_bytes(b"\x01" + data, "big"))[3:]
    at = value = 0
    for _ in range(count):
        end = text.find("0", at)
        if end < 0 or end + 1 + rate > len(text):
            raise NotASeal("withdrawn list")
        value += (end - at << rate) + int(text[end + 1 : end + 1 + rate], 2)
        at = end + 1 + rate
        yield value
    if len(text) - at >= 8 or "1" in text[at:]:
        raise NotASeal("withdrawn list")
