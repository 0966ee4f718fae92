"""What a card that is brought to the counter turns out to be: facts with a weight, no sentences.

Each finding has its words and its remedy under `reading.<code>`. Nothing here decides; a finding
of weight BAD means that the card must not be believed or given back before somebody looked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from desktop.domain.errors import Problem


class Weight(StrEnum):
    """How much a finding matters."""

    GOOD = "good"
    ATTEND = "attend"
    BAD = "bad"


class CardFact(StrEnum):
    """Everything that reading a card may bring to light."""

    CHIP_PROVEN = "chip_proven"
    CHIP_UNSIGNED = "chip_unsigned"
    CHIP_UNVOUCHED = "chip_unvouched"
    CHIP_FORGED = "chip_forged"
    CHIP_UNREADABLE = "chip_unreadable"
    CHIP_EMPTY = "chip_empty"
    CHIP_FOREIGN = "chip_foreign"
    CHIP_DEAD = "chip_dead"
    CHIP_NONE = "chip_none"
    CHIP_NOT_READ = "chip_not_read"
    CHIP_OTHER_REALM = "chip_other_realm"
    CHIP_NOT_AS_WRITTEN = "chip_not_as_written"
    CHIP_SIGNER_REVOKED = "chip_signer_revoked"

    SEAL_GOOD = "seal_good"
    SEAL_NOT_READ = "seal_not_read"
    SEAL_BROKEN = "seal_broken"
    SEAL_OTHER_REALM = "seal_other_realm"
    SEAL_KEY_UNKNOWN = "seal_key_unknown"
    SEAL_KEY_WITHDRAWN = "seal_key_withdrawn"
    SEAL_KEY_REVOKED = "seal_key_revoked"
    SEAL_KEY_DATES = "seal_key_dates"
    SEAL_CARD_WITHDRAWN = "seal_card_withdrawn"
    SEAL_OF_PAPER = "seal_of_paper"

    OTHER_CARD_IN_SEAL = "other_card_in_seal"
    CHIP_AND_SEAL_DIFFER = "chip_and_seal_differ"
    CHIP_AND_BOOKS_DIFFER = "chip_and_books_differ"
    SEAL_AND_BOOKS_DIFFER = "seal_and_books_differ"
    SEALED_PHOTO_DIFFERS = "sealed_photo_differs"
    SEALED_FACE_DIFFERS = "sealed_face_differs"
    FACES_UNLIKE = "faces_unlike"

    OWN = "own"
    OWN_ELSEWHERE = "own_elsewhere"
    OF_ANOTHER = "of_another"
    NOT_ON_RECORD = "not_on_record"
    UNKNOWN_CARD = "unknown_card"
    REPLACED = "replaced"
    REVOKED = "revoked"
    REVOKED_BY_ORDER = "revoked_by_order"
    FLAGGED = "flagged"
    BLANK_WITHDRAWN = "blank_withdrawn"
    BLANK_NOT_ISSUED = "blank_not_issued"
    NOT_HANDED_OVER = "not_handed_over"
    EXPIRED = "expired"
    HOLD = "hold"

    POINTS_CLEAR = "points_clear"
    POINTS_WARN = "points_warn"
    POINTS_BLOCKED = "points_blocked"
    POINTS_FORGED = "points_forged"
    ORDER_WAITS = "order_waits"
    ORDER_WAITS_BLOCKED = "order_waits_blocked"


_GOOD = frozenset({CardFact.CHIP_PROVEN, CardFact.SEAL_GOOD, CardFact.OWN, CardFact.POINTS_CLEAR})
_ATTEND = frozenset(
    {
        CardFact.CHIP_UNSIGNED, CardFact.CHIP_UNVOUCHED, CardFact.CHIP_NONE,
        CardFact.CHIP_NOT_READ, CardFact.SEAL_NOT_READ, CardFact.OWN_ELSEWHERE,
        CardFact.NOT_ON_RECORD, CardFact.REPLACED, CardFact.NOT_HANDED_OVER, CardFact.EXPIRED,
        CardFact.POINTS_WARN, CardFact.CHIP_FOREIGN, CardFact.ORDER_WAITS,
    }
)  # fmt: skip


AWAITED = frozenset({CardFact.ORDER_WAITS, CardFact.ORDER_WAITS_BLOCKED})
"""That an order of the centre isn't on the chip yet."""


def weight_of(fact: CardFact) -> Weight:
    """How much a fact matters by itself."""
    if fact in _GOOD:
        return Weight.GOOD
    return Weight.ATTEND if fact in _ATTEND else Weight.BAD


class ChipWanted(StrEnum):
    """Whether the chip is read: waited for, only if a card lies there, or known to be missing."""

    WAIT = "wait"
    IF_THERE = "if_there"
    NO_CHIP = "no_chip"


ABOUT_THE_HOLDER = frozenset(
    {
        CardFact.OF_ANOTHER, CardFact.REVOKED, CardFact.REVOKED_BY_ORDER, CardFact.FLAGGED,
        CardFact.HOLD,
        CardFact.POINTS_BLOCKED, CardFact.ORDER_WAITS_BLOCKED,
    }
)  # fmt: skip
"""What is bad without making the card doubtful."""


DOUBTFUL = frozenset(
    {
        CardFact.CHIP_FORGED, CardFact.CHIP_OTHER_REALM, CardFact.CHIP_NOT_AS_WRITTEN,
        CardFact.SEAL_BROKEN, CardFact.SEAL_OTHER_REALM, CardFact.SEAL_KEY_WITHDRAWN,
        CardFact.SEAL_KEY_REVOKED, CardFact.CHIP_SIGNER_REVOKED,
        CardFact.SEAL_KEY_DATES, CardFact.OTHER_CARD_IN_SEAL, CardFact.CHIP_AND_SEAL_DIFFER,
        CardFact.CHIP_AND_BOOKS_DIFFER, CardFact.SEAL_AND_BOOKS_DIFFER,
        CardFact.SEALED_PHOTO_DIFFERS, CardFact.SEALED_FACE_DIFFERS,
        CardFact.BLANK_NOT_ISSUED, CardFact.POINTS_FORGED,
    }
)  # fmt: skip
"""What a forged or tampered card looks like: the supervisor hears of it."""


class ReadField(StrEnum):
    """What chip, seal and books are compared by."""

    SERIAL = "serial"
    NUMBER = "number"
    CLASS = "class"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    ISSUED_ON = "issued_on"
    VALID_UNTIL = "valid_until"


@dataclass(frozen=True, slots=True)
class CardFinding:
    """One fact about a card. `fields` are what differs; `facts` fill the words' places."""

    code: CardFact
    fields: tuple[ReadField, ...] = ()
    facts: dict[str, object] = field(default_factory=dict[str, object], repr=False)

    @property
    def weight(self) -> Weight:
        return weight_of(self.code)


class NoCodeSeen(Problem):
    """The camera's picture holds no card's code."""
