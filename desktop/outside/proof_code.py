"""The code on a proof: what an issuer says of a person, signed, and verified without a line.

`docs/proof-code.md` specifies it for issuers; this module is the same in code.

    text  =  "BUKTI1:" + base45( COSE_Sign1 )

The payload is a deterministic CBOR map with small integer keys. Whose word it is follows from the
key: its certificate has the role `issuer` and the subject "KIND NAME", so that a clinic's key
can't vouch for a driving school's paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum
from typing import cast

from desktop.cards import base45, cose
from desktop.domain.evidence import PROOF_CODE
from desktop.domain.licence_class import LicenceClass
from desktop.domain.realm import Realm
from desktop.domain.requirements import RequirementKind
from desktop.domain.validity import Stay, StayPermit
from desktop.keys.certificates import Certificate
from desktop.keys.signer import Signer

LONGEST_TEXT = 1000
LONGEST_REFERENCE = 60
EPOCH = date(1900, 1, 1)
"""Day 0."""

_REALMS = {Realm.TRAINING: 0, Realm.LIVE: 1}
_REALM_OF = {number: realm for realm, number in _REALMS.items()}


class Key(IntEnum):
    """Keys of the map; the last four may be left out."""

    REALM = 1
    KIND = 2
    REFERENCE = 3
    NIK = 4
    ISSUED = 5
    CLASS = 6
    PERMIT = 7
    PERMIT_UNTIL = 8
    WORKING = 9


_NEEDED = frozenset({Key.REALM, Key.KIND, Key.REFERENCE, Key.NIK, Key.ISSUED})


class NotAProofCode(ValueError):
    """The text is no proof's code; the argument says where reading broke, never what it holds."""


@dataclass(frozen=True, slots=True)
class ProofStatement:
    """What the code of one paper says.

    `licence_class` is None where the paper serves every class; `stay` is told by an immigration
    document.
    """

    realm: Realm
    kind: RequirementKind
    reference: str
    nik: str = field(repr=False)
    issued_on: date
    licence_class: LicenceClass | None = None
    stay: Stay | None = None

    def payload(self) -> bytes:
        """The deterministic CBOR of it."""
        held: dict[int, object] = {
            Key.REALM: _REALMS[self.realm],
            Key.KIND: self.kind.value,
            Key.REFERENCE: self.reference,
            Key.NIK: self.nik,
            Key.ISSUED: _number(self.issued_on),
        }
        if self.licence_class is not None:
            held[Key.CLASS] = self.licence_class.value
        if self.stay is not None:
            held[Key.PERMIT] = self.stay.permit.value
            held[Key.PERMIT_UNTIL] = _number(self.stay.until)
            held[Key.WORKING] = self.stay.working
        return cose.dumps({int(key): value for key, value in held.items()})


def write(statement: ProofStatement, signer: Signer) -> str:
    """The text of the code, as an issuer prints it."""
    return PROOF_CODE + base45.encode(cose.sign1(statement.payload(), signer))


def read(text: str) -> tuple[cose.Signed, ProofStatement]:
    """The message and what it says; nothing is believed before its signature holds.

    Raises NotAProofCode.
    """
    code = text.strip()
    if not code.startswith(PROOF_CODE) or len(code) > LONGEST_TEXT:
        raise NotAProofCode("prefix or length")
    try:
        signed = cose.read1(base45.decode(code[len(PROOF_CODE) :]))
        held = cose.loads(signed.payload)
        if not isinstance(held, dict):
            raise NotAProofCode("no map")
        return signed, _statement(cast("dict[object, object]", held))
    except NotAProofCode:
        raise
    except (ValueError, KeyError, OverflowError) as error:
        raise NotAProofCode("content") from error


def subject_of(kind: RequirementKind, name: str) -> str:
    """The subject of an issuer's certificate."""
    return f"{kind} {name}"


def issuer_named(certificate: Certificate) -> tuple[str, str]:
    """Kind and name in an issuer's certificate."""
    kind, _, name = certificate.subject.partition(" ")
    return kind, name


def _statement(held: Mapping[object, object]) -> ProofStatement:
    keys = {Key(cast("int", key)) for key in held}
    if not keys >= _NEEDED:
        raise NotAProofCode("something is missing")
    told = {key: held[int(key)] for key in keys}
    reference, nik = _text(told[Key.REFERENCE]), _text(told[Key.NIK])
    if not reference.strip() or len(reference) > LONGEST_REFERENCE:
        raise NotAProofCode("reference")
    stay = None
    if Key.PERMIT in told:
        working = told[Key.WORKING]
        if not isinstance(working, bool):
            raise NotAProofCode("working")
        permit = StayPermit(_text(told[Key.PERMIT]))
        stay = Stay(permit, _day(told[Key.PERMIT_UNTIL]), working)
    elif keys & {Key.PERMIT_UNTIL, Key.WORKING}:
        raise NotAProofCode("a permit's date without the permit")
    return ProofStatement(
        realm=_REALM_OF[_whole(told[Key.REALM])],
        kind=RequirementKind(_text(told[Key.KIND])),
        reference=reference.strip(),
        nik=nik,
        issued_on=_day(told[Key.ISSUED]),
        licence_class=LicenceClass(_text(told[Key.CLASS])) if Key.CLASS in told else None,
        stay=stay,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NotAProofCode("no text")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotAProofCode("no number")
    return value


def _day(value: object) -> date:
    return EPOCH + timedelta(days=_whole(value))


def _number(day: date) -> int:
    return (day - EPOCH).days
