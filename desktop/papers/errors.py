"""What can stop a paper: text that has no room, signs the font doesn't have, a broken picture.

    Problem
    ├── TooLongToPrint          more text than the paper can carry without cutting
    ├── CannotPrintCharacters   emoji, scripts or hidden signs that would print as empty boxes
    └── UnreadablePaperPicture  bytes that are no picture

None of them carries the text itself: that may be a person's name.
"""

from __future__ import annotations

from enum import StrEnum

from desktop.domain.errors import Problem


class PaperField(StrEnum):
    """Which entry on the paper is meant; its words are `enum.PaperField.<MEMBER>`."""

    NAME = "name"
    ADDRESS = "address"
    PLACE = "place"
    PHONE = "phone"
    NUMBER = "number"
    BARCODE = "barcode"
    LINE = "line"
    PROSE = "prose"
    PHOTO = "photo"
    SIGNATURE = "signature"
    PICTURE = "picture"


class TooLongToPrint(Problem):
    """The entry has more than `limit` characters, the most that this paper shows whole."""

    field: PaperField
    limit: int


class CannotPrintCharacters(Problem):
    """The entry holds characters that the paper's font (or its barcode) doesn't have."""

    field: PaperField


class UnreadablePaperPicture(Problem):
    """The bytes given as a picture can't be read as one."""

    field: PaperField
