"""The seal: a signed statement in a QR, which anybody verifies offline with the public keys.

`docs/seal.md` specifies it for whoever writes a verifier; this module is the same in code.

    text  =  "SIM1:" + base45( COSE_Sign1 )            profiles A and C
    text  =  "SIM1:" + base45( zlib( COSE_Sign1 ) )    profile B, see seal_claim.py

Profile A is a CBOR map with small integer keys, days as numbers and a digest in place of the
portrait; profile C has besides a grey face of a few hundred bytes. Base45 stays in the QR's
alphanumeric mode and passes through a keyboard scanner.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import cast

from desktop.cards import base45, cose
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.keys.signer import Signer

PREFIX = "SIM1:"
LONGEST_TEXT = 4296
"""Alphanumeric characters of the largest QR."""
PORTRAIT_BYTES = 16
HEAD_BYTES = 16
FACE_BYTES = 600
EPOCH = date(1900, 1, 1)
"""Day 0. Birth dates lie before 1970."""


class Kind(IntEnum):
    """What a statement is about."""

    CARD = 1
    PAPER = 2
    WITHDRAWN = 3


class PaperType(IntEnum):
    """Which paper bears the seal."""

    PAYMENT_RECEIPT = 1
    HANDOVER_RECEIPT = 2
    INTERIM_LETTER = 3
    MANIFEST = 4
    DESTRUCTION_MINUTES = 5
    DAY_REPORT = 6
    SHIFT_CLOSE = 7
    SENT_BACK = 8
    OTHER = 9
    CAPTURE_RECEIPT = 10


class Key(IntEnum):
    """Keys of the map."""

    KIND = 1
    REALM = 2
    NUMBER = 3
    CLASS = 4
    NAME = 5
    BIRTH = 6
    ISSUED = 7
    VALID_UNTIL = 8
    SERIAL = 9
    PORTRAIT = 10
    OFFICE = 11
    FACE = 12
    PAPER = 20
    PAPER_NUMBER = 21
    MADE_AT = 22
    COUNTER = 23
    EPOCH = 24
    SEQ = 25
    HEAD = 26
    COUNT = 30
    RATE = 31
    SET = 32


_CARD_KEYS = tuple(range(Key.KIND, Key.OFFICE + 1))
_REALMS = {Realm.TRAINING: 0, Realm.LIVE: 1}
_REALM_OF = {number: realm for realm, number in _REALMS.items()}


class NotASeal(ValueError):
    """The text isn't a seal of ours; the argument says where reading broke, never what it holds."""


@dataclass(frozen=True, slots=True)
class CardStatement:
    """What a card's seal says."""

    realm: Realm
    number: str
    licence_class: LicenceClass
    name: str = field(repr=False)
    birth: date = field(repr=False)
    issued_on: date
    valid_until: date
    serial: str
    portrait: bytes
    """The first 16 bytes of the SHA-256 of the portrait's file."""
    office: str
    face: bytes = field(default=b"", repr=False)
    """Profile C: a grey picture, WebP."""

    def payload(self) -> bytes:
        """The deterministic CBOR of it."""
        held: dict[int, object] = dict(
            zip(
                _CARD_KEYS,
                (
                    int(Kind.CARD),
                    _REALMS[self.realm],
                    self.number,
                    self.licence_class.value,
                    self.name,
                    day_number(self.birth),
                    day_number(self.issued_on),
                    day_number(self.valid_until),
                    self.serial,
                    self.portrait,
                    self.office,
                ),
                strict=True,
            )
        )
        if self.face:
            held[int(Key.FACE)] = self.face
        return cose.dumps(held)


@dataclass(frozen=True, slots=True)
class PaperStatement:
    """What a paper's seal says: which paper, and where the journal stood when it was made.

    A letter that stands for a card names its number, class and last day too.
    """

    realm: Realm
    paper: PaperType
    number: str
    made_at: datetime
    office: str
    counter: str
    epoch: int
    seq: int
    head: bytes
    sim_number: str = field(default="", repr=False)
    licence_class: LicenceClass | None = None
    valid_until: date | None = None

    def payload(self) -> bytes:
        """The deterministic CBOR of it."""
        held: dict[int, object] = {
            Key.KIND: int(Kind.PAPER),
            Key.REALM: _REALMS[self.realm],
            Key.OFFICE: self.office,
            Key.PAPER: int(self.paper),
            Key.PAPER_NUMBER: self.number,
            Key.MADE_AT: int(self.made_at.timestamp()),
            Key.COUNTER: self.counter,
            Key.EPOCH: self.epoch,
            Key.SEQ: self.seq,
            Key.HEAD: self.head,
        }
        if self.sim_number:
            held[Key.NUMBER] = self.sim_number
        if self.licence_class is not None:
            held[Key.CLASS] = self.licence_class.value
        if self.valid_until is not None:
            held[Key.VALID_UNTIL] = day_number(self.valid_until)
        return cose.dumps({int(key): value for key, value in held.items()})


@dataclass(frozen=True, slots=True)
class WithdrawnStatement:
    """A set of withdrawn cards as a verifier carries it; `desktop.cards.withdrawn` reads it."""

    realm: Realm
    made_at: datetime
    count: int
    rate: int
    packed: bytes

    def payload(self) -> bytes:
        """The deterministic CBOR of it."""
        return cose.dumps(
            {
                int(Key.KIND): int(Kind.WITHDRAWN),
                int(Key.REALM): _REALMS[self.realm],
                int(Key.MADE_AT): int(self.made_at.timestamp()),
                int(Key.COUNT): self.count,
                int(Key.RATE): self.rate,
                int(Key.SET): self.packed,
            }
        )


Statement = CardStatement | PaperStatement | WithdrawnStatement


def portrait_digest(photo: bytes) -> bytes:
    """What the seal holds of a portrait's file."""
    return hashlib.sha256(photo).digest()[:PORTRAIT_BYTES]


def day_number(day: date) -> int:
    """Days since the first of January 1900."""
    return (day - EPOCH).days


def seal(statement: Statement, signer: Signer) -> str:
    """The text of the QR: signed, profile A or C."""
    return text_of(cose.sign1(statement.payload(), signer))


def text_of(message: bytes) -> str:
    """A message as the QR's text."""
    return PREFIX + base45.encode(message)


def message_of(text: str) -> bytes:
    """The bytes behind a seal's text. Raises NotASeal."""
    if not text.startswith(PREFIX):
        raise NotASeal("prefix")
    try:
        return base45.decode(text[len(PREFIX) :])
    except (ValueError, UnicodeError) as error:
        raise NotASeal("base45") from error


def read_statement(payload: bytes) -> Statement:
    """What a payload of profile A or C says, every field of the type it must have.

    Raises NotASeal.
    """
    try:
        held = cose.loads(payload)
        if not isinstance(held, dict):
            raise NotASeal("no map")
        fields = _Fields(cast("dict[object, object]", held))
        kind = Kind(fields.number(Key.KIND))
        realm = _REALM_OF[fields.number(Key.REALM)]
        statement = _READERS[kind](fields, realm)
    except NotASeal:
        raise
    except (ValueError, KeyError, OverflowError, OSError) as error:
        raise NotASeal("statement") from error
    fields.end()
    return statement


class _Fields:
    """A map's fields, each taken once; what nobody took is refused."""

    def __init__(self, held: dict[object, object]) -> None:
        self._held = dict(held)

    def has(self, key: Key) -> bool:
        return int(key) in self._held

    def _take(self, key: Key) -> object:
        return self._held.pop(int(key))

    def number(self, key: Key) -> int:
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise NotASeal(key.name)
        return value

    def text(self, key: Key) -> str:
        value = self._take(key)
        if not isinstance(value, str):
            raise NotASeal(key.name)
        return value

    def data(self, key: Key, longest: int, *, exact: bool = False) -> bytes:
        value = self._take(key)
        if not isinstance(value, bytes) or len(value) > longest:
            raise NotASeal(key.name)
        if exact and len(value) != longest:
            raise NotASeal(key.name)
        return value

    def day(self, key: Key) -> date:
        return EPOCH + timedelta(days=self.number(key))

    def moment(self, key: Key) -> datetime:
        return datetime.fromtimestamp(self.number(key), UTC)

    def end(self) -> None:
        if self._held:
            raise NotASeal("more than it may hold")


def _card(fields: _Fields, realm: Realm) -> CardStatement:
    return CardStatement(
        realm=realm,
        number=fields.text(Key.NUMBER),
        licence_class=LicenceClass(fields.text(Key.CLASS)),
        name=fields.text(Key.NAME),
        birth=fields.day(Key.BIRTH),
        issued_on=fields.day(Key.ISSUED),
        valid_until=fields.day(Key.VALID_UNTIL),
        serial=fields.text(Key.SERIAL),
        portrait=fields.data(Key.PORTRAIT, PORTRAIT_BYTES, exact=True),
        office=fields.text(Key.OFFICE),
        face=fields.data(Key.FACE, FACE_BYTES) if fields.has(Key.FACE) else b"",
    )


def _paper(fields: _Fields, realm: Realm) -> PaperStatement:
    return PaperStatement(
        realm=realm,
        paper=PaperType(fields.number(Key.PAPER)),
        number=fields.text(Key.PAPER_NUMBER),
        made_at=fields.moment(Key.MADE_AT),
        office=fields.text(Key.OFFICE),
        counter=fields.text(Key.COUNTER),
        epoch=fields.number(Key.EPOCH),
        seq=fields.number(Key.SEQ),
        head=fields.data(Key.HEAD, HEAD_BYTES, exact=True),
        sim_number=fields.text(Key.NUMBER) if fields.has(Key.NUMBER) else "",
        licence_class=LicenceClass(fields.text(Key.CLASS)) if fields.has(Key.CLASS) else None,
        valid_until=fields.day(Key.VALID_UNTIL) if fields.has(Key.VALID_UNTIL) else None,
    )


def _withdrawn(fields: _Fields, realm: Realm) -> WithdrawnStatement:
    return WithdrawnStatement(
        realm=realm,
        made_at=fields.moment(Key.MADE_AT),
        count=fields.number(Key.COUNT),
        rate=fields.number(Key.RATE),
        packed=fields.data(Key.SET, cose.LONGEST),
    )


_READERS = {Kind.CARD: _card, Kind.PAPER: _paper, Kind.WITHDRAWN: _withdrawn}
