"""What a seal proves, and what it doesn't: the offline check.

`check` never raises for what stands in a code; it answers with findings. A seal is *good* when its
key is known and vouched for as far as the file goes, signed it, was allowed to then, and the card
isn't withdrawn. That the licence has ended meanwhile doesn't make the seal bad; it is told. What no
seal can tell is told too: whether the person is the one, whether the chip agrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from desktop.cards import cose
from desktop.cards.seal import (
    CardStatement,
    NotASeal,
    PaperStatement,
    Statement,
    WithdrawnStatement,
    message_of,
    read_statement,
)
from desktop.cards.seal_claim import is_packed, read_claim, unpack
from desktop.cards.seal_keys import KeyReason, SealKey, SealKeys

STALE = timedelta(days=7)
"""A list of keys older than this is told to be old."""


class SealFault(StrEnum):
    """Why a seal isn't good."""

    NOT_A_SEAL = "not_a_seal"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    OTHER_REALM = "other_realm"
    KEY_NOT_YET = "key_not_yet"
    KEY_ENDED = "key_ended"
    KEY_STOLEN = "key_stolen"
    KEY_SUPERSEDED = "key_superseded"
    WITHDRAWN = "withdrawn"
    NOT_FOR_PEOPLE = "not_for_people"


class SealNote(StrEnum):
    """What should be known besides."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    TRAINING = "training"
    NOT_VOUCHED = "not_vouched"
    KEYS_OLD = "keys_old"
    NO_WITHDRAWN_LIST = "no_withdrawn_list"
    COMPARE_PHOTO = "compare_photo"
    COMPARE_FACE = "compare_face"
    CHIP_NOT_READ = "chip_not_read"
    HEAD_FOR_JOURNAL = "head_for_journal"


@dataclass(frozen=True, slots=True)
class SealVerdict:
    """The answer. `statement` is what was read, also where the seal isn't good, if it could be."""

    fault: SealFault | None
    statement: Statement | None = None
    key: SealKey | None = None
    notes: tuple[SealNote, ...] = ()

    @property
    def good(self) -> bool:
        """Whether the seal may be believed."""
        return self.fault is None


def statement_of(text: str) -> Statement | None:
    """What a seal's text says, believed or not; None where it is no seal."""
    try:
        return _read(text)[1]
    except (NotASeal, cose.NotCose):
        return None


def check(text: str, keys: SealKeys, at: datetime) -> SealVerdict:
    """Judge the text of a QR with a realm's keys, at a moment (aware)."""
    try:
        signed, statement = _read(text)
    except (NotASeal, cose.NotCose):
        return SealVerdict(SealFault.NOT_A_SEAL)
    if statement.realm is not keys.realm:
        return SealVerdict(SealFault.OTHER_REALM, statement)
    key = keys.find(signed.kid)
    if key is None:
        return SealVerdict(SealFault.UNKNOWN_KEY, statement)
    if not signed.holds(key.certificate.public):
        return SealVerdict(SealFault.BAD_SIGNATURE, statement, key)
    fault = _key_fault(key, made_at(statement))
    if fault is None and isinstance(statement, WithdrawnStatement):
        fault = SealFault.NOT_FOR_PEOPLE
    if (
        fault is None
        and isinstance(statement, CardStatement)
        and keys.cards is not None
        and statement.serial in keys.cards
    ):
        fault = SealFault.WITHDRAWN
    return SealVerdict(fault, statement, key, _notes(statement, keys, at))


def _read(text: str) -> tuple[cose.Signed, Statement]:
    message = message_of(text.strip("\r\n"))
    if is_packed(message):
        signed = cose.read1(unpack(message))
        return signed, read_claim(signed.payload)
    signed = cose.read1(message)
    return signed, read_statement(signed.payload)


def made_at(statement: Statement) -> datetime:
    """When the statement says that it was made; of a card, the noon of its first day."""
    if isinstance(statement, CardStatement):
        return datetime(*statement.issued_on.timetuple()[:3], 12, tzinfo=UTC)
    return statement.made_at


def _key_fault(key: SealKey, moment: datetime) -> SealFault | None:
    if key.withdrawn is not None:
        if key.withdrawn.reason is KeyReason.STOLEN:
            return SealFault.KEY_STOLEN
        if moment >= key.withdrawn.at:
            return SealFault.KEY_SUPERSEDED
    if moment < key.certificate.not_before:
        return SealFault.KEY_NOT_YET
    return SealFault.KEY_ENDED if moment >= key.certificate.not_after else None


def _notes(statement: Statement, keys: SealKeys, at: datetime) -> tuple[SealNote, ...]:
    notes: list[SealNote] = []
    until = None if isinstance(statement, WithdrawnStatement) else statement.valid_until
    if until is not None and _over(until, at):
        notes.append(SealNote.EXPIRED)
    if isinstance(statement, CardStatement) and at.date() < statement.issued_on:
        notes.append(SealNote.NOT_YET_VALID)
    if statement.realm.value == "training":
        notes.append(SealNote.TRAINING)
    if not keys.vouched:
        notes.append(SealNote.NOT_VOUCHED)
    if at - keys.made > STALE:
        notes.append(SealNote.KEYS_OLD)
    if isinstance(statement, CardStatement):
        if keys.cards is None:
            notes.append(SealNote.NO_WITHDRAWN_LIST)
        notes.append(SealNote.COMPARE_FACE if statement.face else SealNote.COMPARE_PHOTO)
        notes.append(SealNote.CHIP_NOT_READ)
    if isinstance(statement, PaperStatement):
        notes.append(SealNote.HEAD_FOR_JOURNAL)
    return tuple(notes)


def _over(last: date, at: datetime) -> bool:
    """Whether a day is over everywhere in the country: WIB ends it last (UTC+7)."""
    return at.astimezone(UTC) >= datetime(*last.timetuple()[:3], 17, tzinfo=UTC)
