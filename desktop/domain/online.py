"""What the office answers to an applicant at home, and what becomes of the lines of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.errors import Problem
from desktop.domain.reasons import SendBackReason, UploadedDocument

Mark = tuple[float, float, float, float]
"""The place of a fault in a picture: left, top, width and height as parts of 1."""


@dataclass(frozen=True, slots=True)
class SentBackPoint:
    """One thing to mend, with a line in the officer's words and, on a picture, the place."""

    reason: SendBackReason
    note: str = ""
    mark: Mark | None = None


class LineFault(StrEnum):
    """Why one line of a batch couldn't be taken."""

    NOT_TEXT = "not_text"
    TOO_LONG = "too_long"
    NOT_JSON = "not_json"
    NOT_CANONICAL = "not_canonical"
    AGAINST_SCHEMA = "against_schema"
    TWICE_IN_FILE = "twice_in_file"
    PICTURE_MISSING = "picture_missing"
    PICTURE_DAMAGED = "picture_damaged"
    NOT_A_PICTURE = "not_a_picture"
    NOT_SENT_BACK = "not_sent_back"
    OTHER_PERSON = "other_person"
    CANCEL_UNKNOWN = "cancel_unknown"
    CANCEL_TOO_LATE = "cancel_too_late"
    CANCEL_AT_COUNTER = "cancel_at_counter"


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that wasn't taken: where it stands, and the field or document; never its content."""

    line: int
    fault: LineFault
    external_id: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class SkippedLine:
    """A line that the office already has; taking it again changes nothing."""

    line: int
    external_id: str
    number: str


@dataclass(frozen=True, slots=True)
class TakenLine:
    """A line that became a case, mended one that was sent back, or cancelled one."""

    line: int
    external_id: str
    application_id: str
    number: str
    resubmitted: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of each line of a batch. `known` means that this very file came before."""

    batch_id: str
    lines: int
    known: bool = False
    taken: tuple[TakenLine, ...] = ()
    skipped: tuple[SkippedLine, ...] = ()
    refused: tuple[RefusedLine, ...] = ()

    @property
    def resubmitted(self) -> int:
        """How many of the taken lines mend a case that was sent back."""
        return sum(line.resubmitted for line in self.taken)

    @property
    def cancelled(self) -> int:
        """How many of the taken lines ended a case by its applicant's wish."""
        return sum(line.cancelled for line in self.taken)


class ClaimedByAnother(Problem):
    """Another officer is working on this file: their number, and their name as screens show it."""

    officer: str
    name: str
    number: str


class RecordDiffers(Problem):
    """The file and the office's record disagree in these fields."""

    fields: tuple[str, ...]


class PaymentCodeUnknown(Problem):
    """The file's billing code has no shape that a billing code may have; `example` has one."""

    length: int
    example: str


class UploadsDoubtful(Problem):
    """A check marks something on an uploaded picture; send it back or say why it is good."""

    documents: tuple[UploadedDocument, ...]


class NotThisApplicant(Problem):
    """The person at the counter isn't the one who sent this file."""

    number: str


class NotOnline(Problem):
    """The case wasn't sent from home."""

    number: str


class SentByCourierAlready(Problem):
    """The parcel left the office; it can't be stopped here."""

    awb: str
