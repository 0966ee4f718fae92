"""What an inspection is asked and what it answers. Light: nothing heavy is imported here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.cards.face import Faces
    from desktop.cards.layout import Layout
    from desktop.cards.record import CardRecord

BoxMm = tuple[float, float, float, float]
"""Left, top, width and height in millimetres on the card, as layouts count them."""


class CardSide(StrEnum):
    """Which face."""

    FRONT = "front"
    BACK = "back"


class CardCheck(StrEnum):
    """What was looked at. The order is that of the report."""

    # The picture itself: where these fail, nothing is said of the card.
    CARD_FOUND = "card_found"
    SHARP = "sharp"
    LIGHT = "light"
    SIDES = "sides"
    # Whose card it is.
    SEAL_READ = "seal_read"
    SEAL_GOOD = "seal_good"
    SEAL_FORGED = "seal_forged"
    SEAL_RECORD = "seal_record"
    SEAL_FACE = "seal_face"
    NUMBER = "number"
    DATES = "dates"
    LICENCE_CLASS = "licence_class"
    NAME = "name"
    PHOTO = "photo"
    GHOST = "ghost"
    PRINTED_SERIAL = "printed_serial"
    SERIAL = "serial"
    CHIP = "chip"
    CHIP_PERSON = "chip_person"
    CHIP_PHOTO = "chip_photo"
    # How it was printed.
    TEXTS = "texts"
    SIGNATURE = "signature"
    PANELS = "panels"
    BLACK = "black"
    PLACE = "place"
    REGISTRATION = "registration"
    COLOUR = "colour"
    PLASTIC = "plastic"
    BANDS = "bands"
    SPOTS = "spots"
    WRINKLE = "wrinkle"
    SEAL_PRINT = "seal_print"
    SURFACE = "surface"


NOT_OURS = frozenset(
    {CardCheck.SEAL_FORGED, CardCheck.SEAL_RECORD, CardCheck.CHIP, CardCheck.CHIP_PERSON}
)
"""Signatures and bytes that were read and compared: no machine errs there, so nobody passes it.

A seal that is ours and isn't good by the list of keys or withdrawn cards is judged by two officers.
"""

CANT_SEE = ("overlay", "edges", "ultraviolet")
"""What no picture of either side shows: a good verdict says nothing of these."""


class Severity(StrEnum):
    """What a failed check means."""

    REFUSE = "refuse"
    """It is another card, or one that contradicts itself: never passed by a plain yes."""
    FAULT = "fault"
    """A fault of the print that an officer's eye may judge otherwise."""
    AGAIN = "again"
    """The picture can't be judged: take another."""


class CardVerdict(StrEnum):
    """The machine's answer for the whole card."""

    GOOD = "good"
    FAULTY = "faulty"
    REFUSED = "refused"
    UNSEEN = "unseen"
    """No usable picture; nothing is claimed of the card."""


@dataclass(frozen=True, slots=True)
class CardFinding:
    """One check: its value, its limit, whether it passed, and where to look."""

    check: CardCheck
    severity: Severity
    value: float
    limit: float
    passed: bool
    side: CardSide | None = None
    box: BoxMm | None = None
    """Where the fault is; None where it is everywhere or nowhere."""
    note: str = ""
    """A code of what exactly, such as a field's, panel's or seal fault's name, or the number of the
    blank that was read; never a person.
    """


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """What should lie there: the record, and both faces as they went to the printer."""

    record: CardRecord = field(repr=False)
    faces: Faces = field(repr=False)
    layout: Layout = field(repr=False)

    @classmethod
    def of(cls, record: CardRecord, layout: Layout | None = None) -> Ordered:
        """The order of a record. Raises the face's own problems."""
        from desktop.cards.face import render
        from desktop.cards.layout import load_layout

        layout = layout or load_layout()
        return cls(record, render(record, layout), layout)


@dataclass(frozen=True, slots=True)
class Brought:
    """What is known of the plastic besides its pictures. None or empty: not read."""

    chip: bytes | None = field(default=None, repr=False)
    """The chip's image as read back from this card."""
    chip_ordered: bytes | None = field(default=None, repr=False)
    chip_told: bytes | None = field(default=None, repr=False)
    """The facts that the chip states, RFC 8785 (`ChipProfile.told`)."""
    chip_portrait: bytes = field(default=b"", repr=False)
    """The portrait that the chip holds (JPEG), if it holds one."""
    chip_torn: str = ""
    """The part of the chip that contradicts another one, such as DG11 its DG1."""
    chip_uid: str = ""
    chip_uid_ordered: str = ""
    serial: str = ""
    """The blank's serial as scanned or typed from this card."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """The whole answer. Pictures are JPEG of the rectified card with each fault marked."""

    verdict: CardVerdict
    findings: tuple[CardFinding, ...]
    """Every check that could be made, passed or not."""
    front: bytes = field(default=b"", repr=False)
    back: bytes = field(default=b"", repr=False)
    front_digest: str = ""
    """SHA-256 of the picture that was judged, hex."""
    back_digest: str = ""

    @property
    def cant_see(self) -> tuple[str, ...]:
        """What only the eye can judge, by code."""
        return CANT_SEE

    @property
    def faults(self) -> tuple[CardFinding, ...]:
        """What failed, the gravest first."""
        order = list(Severity)
        failed = [finding for finding in self.findings if not finding.passed]
        return tuple(sorted(failed, key=lambda found: order.index(found.severity)))

    @property
    def refused(self) -> bool:
        """Whether an officer's plain yes isn't enough."""
        return self.verdict is CardVerdict.REFUSED

    @property
    def not_ours(self) -> bool:
        """Whether seal or chip isn't the one that was made for this case: nobody passes it."""
        return any(not found.passed for found in self.findings if found.check in NOT_OURS)

    def failed(self, check: CardCheck) -> bool:
        """Whether this check was made and failed."""
        return any(not found.passed for found in self.findings if found.check is check)
