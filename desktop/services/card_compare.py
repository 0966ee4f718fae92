"""A card's three witnesses against each other: its chip, its seal, and this office's books."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from desktop.cards.chip.said import ChipSaid
from desktop.cards.seal import CardStatement, portrait_digest
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.card_reading import CardFact, CardFinding, ReadField
from desktop.domain.person import Hold, Licence, LicenceStatus, Person, fold
from desktop.domain.stock import Blank, BlankState

WITHDRAWN = (
    BlankState.SPOILED, BlankState.TO_BE_DESTROYED, BlankState.DESTROYED, BlankState.MISSING,
)  # fmt: skip
UNPRINTED = (BlankState.RECEIVED, BlankState.IN_STOCK, BlankState.ASSIGNED)
"""States of a blank on which nothing can be printed yet: a card with its serial is a forgery."""
HERE_STILL = (S.PRINTED, S.INSPECTED, S.READY, S.IN_DELIVERY)


@dataclass(frozen=True, slots=True)
class Witness:
    """What one source says, field by field; a field that it doesn't know isn't there."""

    values: dict[ReadField, str] = field(repr=False)

    def differs(self, other: Witness | None) -> tuple[ReadField, ...]:
        """The fields that both know and tell differently."""
        if other is None:
            return ()
        both = self.values.keys() & other.values.keys()
        return tuple(f for f in ReadField if f in both and self.values[f] != other.values[f])


@dataclass(frozen=True, slots=True)
class Books:
    """What this office knows of a card: nothing at all, its blank, its licence, its case."""

    licence: Licence | None = None
    blank: Blank | None = None
    app: Application | None = None
    person: Person | None = None
    holds: tuple[Hold, ...] = ()
    photo: bytes = field(default=b"", repr=False)

    @property
    def nik(self) -> str:
        if self.person is not None:
            return self.person.nik
        return self.app.nik if self.app is not None else ""

    @property
    def name(self) -> str:
        if self.person is not None:
            return self.person.applicant.name
        return self.app.applicant.name if self.app is not None else ""

    @property
    def known(self) -> bool:
        return self.licence is not None or self.app is not None


def by_chip(said: ChipSaid) -> Witness:
    """The chip's word."""
    return Witness(
        {
            ReadField.SERIAL: said.serial,
            ReadField.NUMBER: _digits(said.number),
            ReadField.CLASS: said.licence_class,
            ReadField.NAME: fold(said.name),
            ReadField.BIRTH_DATE: said.birth_date.isoformat(),
            ReadField.ISSUED_ON: said.issued_on.isoformat(),
            ReadField.VALID_UNTIL: said.valid_until.isoformat(),
        }
    )


def by_seal(seal: CardStatement) -> Witness:
    """The seal's word."""
    return Witness(
        {
            ReadField.SERIAL: seal.serial,
            ReadField.NUMBER: _digits(seal.number),
            ReadField.CLASS: str(seal.licence_class),
            ReadField.NAME: fold(seal.name),
            ReadField.BIRTH_DATE: seal.birth.isoformat(),
            ReadField.ISSUED_ON: seal.issued_on.isoformat(),
            ReadField.VALID_UNTIL: seal.valid_until.isoformat(),
        }
    )


def by_books(books: Books) -> Witness | None:
    """The ledger's word: name and birth as they were printed, where the case is still here."""
    licence, app = books.licence, books.app
    if licence is None:
        return None
    values = {
        ReadField.SERIAL: licence.blank_serial,
        ReadField.NUMBER: _digits(licence.sim_number),
        ReadField.CLASS: str(licence.licence_class),
        ReadField.ISSUED_ON: licence.issued_on.isoformat(),
        ReadField.VALID_UNTIL: licence.valid_until.isoformat(),
    }
    if app is not None and app.blank_serial == licence.blank_serial:
        values[ReadField.NAME] = fold(app.applicant.name)
        values[ReadField.BIRTH_DATE] = app.applicant.birth_date.isoformat()
    return Witness({f: value for f, value in values.items() if value})


def disagreements(
    chip: ChipSaid | None, seal: CardStatement | None, books: Books
) -> list[CardFinding]:
    """Where two of the three tell different things; a seal of another card says nothing else."""
    found: list[CardFinding] = []
    told = by_chip(chip) if chip is not None else None
    sealed = by_seal(seal) if seal is not None else None
    known = by_books(books)
    if told is not None and sealed is not None:
        fields = told.differs(sealed)
        if ReadField.SERIAL in fields:
            facts: dict[str, object] = {
                "chip": told.values[ReadField.SERIAL], "seal": sealed.values[ReadField.SERIAL],
            }  # fmt: skip
            return [CardFinding(CardFact.OTHER_CARD_IN_SEAL, fields, facts)]
        if fields:
            found.append(CardFinding(CardFact.CHIP_AND_SEAL_DIFFER, fields))
    for code, witness in (
        (CardFact.CHIP_AND_BOOKS_DIFFER, told),
        (CardFact.SEAL_AND_BOOKS_DIFFER, sealed),
    ):
        fields = witness.differs(known) if witness is not None else ()
        if fields:
            found.append(CardFinding(code, fields))
    if chip is not None and seal is not None and not _same_photo(seal.face, chip.portrait):
        found.append(CardFinding(CardFact.SEALED_FACE_DIFFERS))
    if seal is not None and books.photo and portrait_digest(books.photo) != seal.portrait:
        found.append(CardFinding(CardFact.SEALED_PHOTO_DIFFERS))
    return found


def standing(books: Books, until: date | None, today: date) -> list[CardFinding]:
    """What the books and the calendar say of the card, whoever brings it."""
    found: list[CardFinding] = []
    licence, blank, app = books.licence, books.blank, books.app
    if licence is not None:
        code = {
            LicenceStatus.SUPERSEDED: CardFact.REPLACED,
            LicenceStatus.REVOKED: CardFact.REVOKED,
            LicenceStatus.FLAGGED: CardFact.FLAGGED,
        }.get(licence.status)
        if code is not None:
            found.append(CardFinding(code))
    if blank is not None and blank.state in WITHDRAWN:
        found.append(CardFinding(CardFact.BLANK_WITHDRAWN, facts={"state": blank.state}))
    if blank is not None and blank.state in UNPRINTED and until is not None:
        found.append(CardFinding(CardFact.BLANK_NOT_ISSUED, facts={"state": blank.state}))
    current = app is not None and licence is not None and app.blank_serial == licence.blank_serial
    if app is not None and current and app.state in HERE_STILL:
        facts: dict[str, object] = {"number": app.number, "state": app.state}
        found.append(CardFinding(CardFact.NOT_HANDED_OVER, facts=facts))
    last = licence.valid_until if licence is not None else until
    if last is not None and last < today:
        found.append(CardFinding(CardFact.EXPIRED, facts={"until": last}))
    for hold in books.holds:
        if hold.binding:
            told = {"reference": hold.reference, "settle_at": hold.settle_at}
            found.append(CardFinding(CardFact.HOLD, facts={"kind": hold.kind, **told}))
    return found


def whose(
    nik: str, birth: date | None, chip: ChipSaid | None, seal: CardStatement | None, books: Books
) -> list[CardFinding]:
    """Whether the card is the person's who stands here; nobody's where nobody was named."""
    number = chip.number if chip is not None else seal.number if seal is not None else ""
    born = chip.birth_date if chip is not None else seal.birth if seal is not None else None
    name = chip.name if chip is not None else seal.name if seal is not None else books.name
    if not books.known:
        if not number:
            return [CardFinding(CardFact.UNKNOWN_CARD)]
        if not nik:
            return [CardFinding(CardFact.NOT_ON_RECORD)]
        # An older number isn't the NIK, so then only the day of birth can speak.
        same = _digits(number) == nik if len(_digits(number)) == len(nik) else born == birth
        code = CardFact.OWN_ELSEWHERE if same else CardFact.OF_ANOTHER
        return [CardFinding(code, facts={"name": name})]
    if not nik:
        return []
    code = CardFact.OWN if books.nik == nik else CardFact.OF_ANOTHER
    return [CardFinding(code, facts={"name": books.name or name})]


def _same_photo(face: bytes, portrait: bytes) -> bool:
    """Whether the face in a seal was made of this portrait; yes where one of them is missing."""
    if not face or not portrait:
        return True
    from desktop.cards.seal_face import SAME_PHOTO, alike

    try:
        return alike(face, portrait) >= SAME_PHOTO
    except ValueError:
        return False


def _digits(number: str) -> str:
    return "".join(ch for ch in number if ch.isdigit())
