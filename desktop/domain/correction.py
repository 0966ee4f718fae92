"""What is found out after a card was made: wrong data, wrong hands, somebody else's card."""

from __future__ import annotations

from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import LicenceStatus


class Surrender(StrEnum):
    """Whose card it is that somebody hands in."""

    OWN = "own"
    OWN_OLD = "own_old"
    OF_ANOTHER = "of_another"
    NOT_ON_RECORD = "not_on_record"


class OldCardNotTaken(Problem):
    """The card that this one replaces wasn't taken in yet."""


class NikFixed(Problem):
    """Evidence was gathered under this NIK; a case can't change its person any more."""


class OtherCardDisagrees(Problem):
    """The corrected name or birth date isn't that under which the person has another card.

    `case` made that card. `reason` is "made" where this case has one too: neither can be the first.
    """

    case: str
    reason: str = ""


class NothingCorrected(Problem):
    """The corrected data is the same as before."""


class LicenceNotGood(Problem):
    """The licence behind this card is flagged, withdrawn or superseded."""

    status: LicenceStatus


class CardOfAnother(Problem):
    """The card handed in belongs to somebody else: it is kept as found property."""

    serial: str
    licence_class: LicenceClass | None


class LostOrSeized(Problem):
    """The applicant wasn't asked yet whether the card was lost or taken by the police."""


class CardStillOut(Problem):
    """A card that went to the wrong person isn't with its own holder yet."""

    number: str


class CardNotOut(Problem):
    """It isn't the card that its case gave out: it can't have gone to the wrong person."""

    serial: str


class CardInForce(Problem):
    """A card that still stands for a licence isn't put with those to be destroyed."""

    serial: str


class CardTakenIn(Problem):
    """A case that makes another card took this one in: it is no find, and nobody's again."""

    serial: str
    number: str


class CardNotOnRecord(Problem):
    """No card and no case with this number was made here."""

    code: str


class CardNotInHand(Problem):
    """The act needs the card itself: it must be scanned first."""

    serial: str


class ProofStands(Problem):
    """Nothing was denied: there is no proof to bring again."""
