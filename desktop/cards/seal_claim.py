"""Profile B: the same card as a CWT with claim 169 (MOSIP's QR code specification, version 1.2).

    text = "SIM1:" + base45( zlib( COSE_Sign1( CWT claims ) ) )

Readers of claim 169 find number, name and birth date where they look for them; what only a driving
licence has stands under private claims of this map. It costs about half as much again as profile A.
"""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, time
from typing import cast

from desktop.cards import cose
from desktop.cards.seal import (
    EPOCH,
    PORTRAIT_BYTES,
    CardStatement,
    NotASeal,
    day_number,
    text_of,
)
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.keys.signer import Signer

ISS, EXP, NBF, IAT, CLAIM_169 = 1, 4, 5, 6, 169
ID, FULL_NAME, BIRTH = 1, 4, 8
CLASS, ISSUED, VALID_UNTIL, SERIAL, PORTRAIT, OFFICE = range(-70001, -70007, -1)
"""Private keys inside claim 169; days count from 1 January 1900, as in profile A."""

ISSUERS = {Realm.LIVE: "polri.go.id", Realm.TRAINING: "contoh.polri.go.id"}
_REALM_OF = {issuer: realm for realm, issuer in ISSUERS.items()}
LONGEST = 20_000
_HELD = {ID, FULL_NAME, BIRTH, CLASS, ISSUED, VALID_UNTIL, SERIAL, PORTRAIT, OFFICE}


def seal_claim(statement: CardStatement, signer: Signer) -> str:
    """The text of the QR, profile B."""
    claims = {
        ISS: ISSUERS[statement.realm],
        EXP: _seconds(statement.valid_until, last=True),
        IAT: _seconds(statement.issued_on),
        CLAIM_169: {
            ID: statement.number,
            FULL_NAME: statement.name,
            BIRTH: statement.birth.strftime("%Y%m%d"),
            CLASS: statement.licence_class.value,
            ISSUED: day_number(statement.issued_on),
            VALID_UNTIL: day_number(statement.valid_until),
            SERIAL: statement.serial,
            PORTRAIT: statement.portrait,
            OFFICE: statement.office,
        },
    }
    return text_of(zlib.compress(cose.sign1(cose.dumps(claims), signer), 9))


def is_packed(message: bytes) -> bool:
    """Whether the bytes behind a seal's text are profile B's: zlib, where the others have CBOR."""
    return message[:1] == b"\x78"


def unpack(message: bytes) -> bytes:
    """The COSE message inside. Raises NotASeal; a bomb stops at LONGEST."""
    machine = zlib.decompressobj()
    try:
        data = machine.decompress(message, LONGEST)
    except zlib.error as error:
        raise NotASeal("zlib") from error
    if not machine.eof or machine.unconsumed_tail or machine.unused_data:
        raise NotASeal("zlib")
    return data


def read_claim(payload: bytes) -> CardStatement:
    """What the claims say. Raises NotASeal for another form, and for contradictions."""
    try:
        claims = cast("dict[int, object]", cose.loads(payload))
        if set(claims) != {ISS, EXP, IAT, CLAIM_169}:
            raise NotASeal("claims")
        held = cast("dict[int, object]", claims[CLAIM_169])
        if set(held) != _HELD:
            raise NotASeal("claim 169")
        birth, portrait = held[BIRTH], held[PORTRAIT]
        if not isinstance(birth, str) or not isinstance(portrait, bytes):
            raise NotASeal("claim 169")
        statement = CardStatement(
            realm=_REALM_OF[_text(claims[ISS])],
            number=_text(held[ID]),
            licence_class=LicenceClass(_text(held[CLASS])),
            name=_text(held[FULL_NAME]),
            birth=datetime.strptime(birth, "%Y%m%d").replace(tzinfo=UTC).date(),
            issued_on=_day(held[ISSUED]),
            valid_until=_day(held[VALID_UNTIL]),
            serial=_text(held[SERIAL]),
            portrait=portrait,
            office=_text(held[OFFICE]),
        )
    except NotASeal:
        raise
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise NotASeal("claims") from error
    if (
        len(portrait) != PORTRAIT_BYTES
        or claims[EXP] != _seconds(statement.valid_until, last=True)
        or claims[IAT] != _seconds(statement.issued_on)
    ):
        raise NotASeal("claims")
    return statement


def _seconds(day: date, *, last: bool = False) -> int:
    """Seconds since 1970 of a day's first or last second, UTC."""
    at = time(23, 59, 59) if last else time(0, 0, 0)
    return int(datetime.combine(day, at, UTC).timestamp())


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NotASeal("claims")
    return value


def _day(value: object) -> date:
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotASeal("claims")
    return date.fromordinal(EPOCH.toordinal() + value)
