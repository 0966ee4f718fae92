"""What the online screen shows, whole and frozen: verify, print, pack, manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from desktop.cards.inspection.facts import Inspection
from desktop.domain.application import Application, Delivery
from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import Evidence
from desktop.domain.filing import Filing
from desktop.domain.licence_class import LicenceClass
from desktop.domain.online import ImportReport, Mark, SentBackPoint
from desktop.domain.person import Applicant, Licence
from desktop.domain.reasons import SendBackReason, UploadedDocument
from desktop.domain.shipment import Address, Manifest, Parcel, ParcelState
from desktop.domain.walker import Gate, GatesMissing
from desktop.pictures import PictureFinding
from desktop.presenters.asked import AskingView
from desktop.presenters.base import Said
from desktop.presenters.walkin_view import LOOKING, CardFaces
from desktop.services.doubts import Doubt
from desktop.services.endings import Ending
from desktop.services.identifying import Identity
from desktop.services.online import OnlineCase, PreCheck
from desktop.services.tracking import CourierReport


class OnlineArea(StrEnum):
    """The four jobs of the screen; its place is its key."""

    VERIFY = "verify"
    PRINT = "print"
    PACK = "pack"
    MANIFEST = "manifest"

    @property
    def key(self) -> str:
        return str(list(OnlineArea).index(self) + 1)


class FileFilter(StrEnum):
    """Which files the list of verifying shows."""

    OPEN = "open"
    MINE = "mine"
    URGENT = "urgent"
    SENT_BACK = "sent_back"
    VERIFIED = "verified"
    HELD = "held"

    @property
    def states(self) -> tuple[S, ...]:
        """The states that it holds."""
        return {
            FileFilter.OPEN: (S.RECEIVED, S.CLAIMED),
            FileFilter.MINE: (S.CLAIMED,),
            FileFilter.URGENT: (S.RECEIVED, S.CLAIMED),
            FileFilter.SENT_BACK: (S.SENT_BACK,),
            FileFilter.VERIFIED: (S.VERIFIED,),
            FileFilter.HELD: (S.ON_HOLD,),
        }[self]


DOCUMENTS = tuple(UploadedDocument)
"""In the order of their keys: four pictures, then what has none."""
READ_EID, MATCH_FINGER = "doing.read_eid", "doing.match_finger"
"""The applicant's KTP-el, or their finger, is awaited, which Esc ends."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file in the list: how long it waits, who works on it, until when it is awaited back."""

    case: OnlineCase
    waited: timedelta
    officer: str = ""
    mine: bool = False
    answer_by: date | None = None
    overdue: bool = False
    counter: str | None = None
    """Of one's own file that isn't in hand here: the counter that has it, "" where none has."""

    @property
    def app(self) -> Application:
        return self.case.application


@dataclass(frozen=True, slots=True)
class Upload:
    """One uploaded picture with what the checks found on it."""

    document: UploadedDocument
    picture: bytes = field(repr=False)
    findings: tuple[PictureFinding, ...] = ()
    marks: tuple[tuple[PictureFinding, Mark], ...] = ()

    @property
    def faults(self) -> tuple[PictureFinding, ...]:
        return tuple(finding for finding in self.findings if not finding.passed)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A claimed file: what was sent, what is on record, what speaks against it.

    `of_another` names the officer who works on it where that isn't the one who looks.
    """

    app: Application
    filing: Filing
    check: PreCheck
    uploads: tuple[Upload, ...]
    of_another: str = ""
    known: Applicant | None = None
    licence: Licence | None = None
    known_photo: bytes = field(default=b"", repr=False)
    evidence: tuple[Evidence, ...] = ()
    document: UploadedDocument = UploadedDocument.PHOTO
    composing: bool = False
    points: tuple[SentBackPoint, ...] = ()
    mark: Mark | None = None
    page: int = 0
    accepted: tuple[str, str] = ("", "")
    """Why its doubted pictures were accepted, and the note to it."""
    arrived: Identity | None = field(default=None, repr=False)
    """The applicant at the counter, whose KTP-el was read and whose finger isn't proven yet."""
    ending: Ending | None = None

    @property
    def judging(self) -> bool:
        """Whether it is still to be verified; what the checks say of a later one is past."""
        held = self.app.state is S.ON_HOLD
        state = self.app.held_from if held and self.app.held_from else self.app.state
        return state in (S.RECEIVED, S.CLAIMED, S.SENT_BACK)

    def upload(self, document: UploadedDocument | None = None) -> Upload | None:
        """The picture of a document, or of the one on show."""
        wanted = document or self.document
        return next((one for one in self.uploads if one.document is wanted), None)

    def suggested(self, document: UploadedDocument) -> tuple[SendBackReason, ...]:
        """Reasons that the checks propose for a document."""
        return tuple(p.reason for p in self.check.suggested if p.reason.document is document)

    def wrong(self, document: UploadedDocument) -> bool:
        """Whether a check marks something about a document."""
        upload = self.upload(document)
        return bool(upload and upload.faults) or bool(self.suggested(document))


# -- print -------------------------------------------------------------------------------------


class PrintPane(StrEnum):
    """The list of what waits for the printer, or the printed cards to be looked at."""

    QUEUE = "queue"
    INSPECT = "inspect"


@dataclass(frozen=True, slots=True)
class FailedCard:
    """A card that the batch couldn't make, and why."""

    app: Application
    problem: Exception | None
    spoiled: bool = False

    @property
    def limited(self) -> bool:
        """Only two officers' word for one more print is missing."""
        problem = self.problem
        return isinstance(problem, GatesMissing) and problem.missing == (Gate.REPRINT_ALLOWED,)


@dataclass(frozen=True, slots=True)
class PrintRun:
    """A batch under way: how far it is, and what went wrong in it.

    `failed` are cards that stand so now; `spoiled` names each blank that it cost, though the card
    was made since; `put_back` says of each that came out untouched where it belongs.
    """

    whole: int
    done: int = 0
    good: int = 0
    failed: tuple[FailedCard, ...] = ()
    spoiled: tuple[FailedCard, ...] = ()
    put_back: tuple[Said, ...] = ()
    current: str = ""
    paused: bool = False
    running: bool = True
    stopped: bool = False
    why: Exception | None = None
    left: tuple[str, ...] = ()
    started_at: datetime | None = None
    seconds_left: int | None = None
    batch: str = ""
    names: dict[str, str] = field(default_factory=dict[str, str])
    """Who each card is for: one at the printer is no longer among those that are ready."""

    @property
    def making(self) -> str:
        """Whose card is at the printer."""
        return self.names.get(self.current, "")

    @property
    def stands_for(self) -> Exception | None:
        """Why it stands still, unless the officer wanted that."""
        return self.why if self.paused else None


# -- pack and manifest -------------------------------------------------------------------------


class PairStep(StrEnum):
    """Where packing by two scans stands."""

    CARD = "card"
    WAYBILL = "waybill"
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Pair:
    """The two scans of one parcel; `app` is the case that the card belongs to."""

    step: PairStep = PairStep.CARD
    app: Application | None = None
    card: str = ""
    waybill: str = ""
    parcel: Parcel | None = None
    label_printed: bool = False
    problem: Exception | None = None


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """A parcel in a list."""

    parcel: Parcel
    number: str
    manifest: int = 0
    since: timedelta = timedelta()
    late: bool = False


class ManifestPane(StrEnum):
    """Parcels waiting for the courier, or those that the courier has."""

    PACKED = "packed"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Recount:
    """Counting again by scan after hand count and list disagreed.

    `scans` is what was scanned, as it came; `scanned` which parcels were seen to be among them.
    """

    whole: int
    counted: int
    scans: tuple[str, ...] = ()
    scanned: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    stranger: str = ""


@dataclass(frozen=True)
class OnlineView(AskingView):
    """The whole screen."""

    area: OnlineArea = OnlineArea.VERIFY
    verify_count: int = 0
    print_count: int = 0
    pack_count: int = 0
    manifest_count: int = 0
    # verify
    files: tuple[FileLine, ...] = ()
    file_filter: FileFilter = FileFilter.OPEN
    filter_counts: dict[FileFilter, int] = field(default_factory=dict[FileFilter, int])
    licence_class: LicenceClass | None = None
    delivery: Delivery | None = None
    next_waits: bool = False
    """Whether a file of the chosen class is in nobody's hand."""
    file: OpenFile | None = None
    report: ImportReport | None = None
    goto: tuple[str, str] | None = None
    # print
    pane: PrintPane = PrintPane.QUEUE
    ready: tuple[FileLine, ...] = ()
    selected: frozenset[str] = frozenset()
    blanks_left: int = 0
    run: PrintRun | None = None
    printed: tuple[Application, ...] = ()
    looking_at: str = ""
    card_scanned: str = ""
    read_by_printer: bool = False
    """Whether the printer itself read the number of the card on show."""
    faces: CardFaces = field(default_factory=CardFaces)
    inspection: Inspection | None = None
    """The machine's last look at the card on show."""
    tried_card: str = ""
    """The file whose card was brought to the viewer, seen or not."""
    to_turn: str = ""
    """The case whose card the viewer has seen one side of, in a look that may be over."""
    can_look: bool = False
    """Whether this counter has a card viewer."""
    doubt: Doubt | None = None
    # pack
    to_pack: tuple[FileLine, ...] = ()
    packed: tuple[ParcelLine, ...] = ()
    pair: Pair = field(default_factory=Pair)
    couriers: tuple[str, ...] = ()
    courier: str = ""
    # manifest
    manifest_pane: ManifestPane = ManifestPane.PACKED
    out: tuple[ParcelLine, ...] = ()
    out_state: ParcelState | None = None
    hand_count: str = ""
    """The count by hand as far as it is typed."""
    recount: Recount | None = None
    counting: str = ""
    """Whose parcels were counted, by hand or by scan."""
    closed: Manifest | None = None
    events: CourierReport | None = None

    @property
    def unmended(self) -> tuple[FileLine, ...]:
        """Files on show that nobody mended in their term."""
        return tuple(line for line in self.files if line.overdue)

    @property
    def waits(self) -> bool:
        """Whether Esc ends what is going on: the applicant's KTP-el or finger is awaited."""
        return self.doing in (READ_EID, MATCH_FINGER)

    @property
    def printing(self) -> bool:
        """Whether the batch owns the printer now."""
        return self.run is not None and self.run.running

    def count(self, area: OnlineArea) -> int:
        """What waits in an area."""
        return {
            OnlineArea.VERIFY: self.verify_count,
            OnlineArea.PRINT: self.print_count,
            OnlineArea.PACK: self.pack_count,
            OnlineArea.MANIFEST: self.manifest_count,
        }[area]

    @property
    def to_inspect(self) -> bool:
        """Whether nothing is left to print, and printed cards wait to be looked at."""
        return not self.ready and bool(self.printed) and self.doubt is None

    @property
    def at_inspection(self) -> bool:
        """Whether printed cards are looked at here."""
        return self.area is OnlineArea.PRINT and self.pane is PrintPane.INSPECT

    @property
    def turning(self) -> bool:
        """Whether the viewer waits for the card on show to be turned over."""
        return self.doing == LOOKING and self.to_turn == self.tried_card == self.looking_at != ""

    @property
    def looked(self) -> Inspection | None:
        """What the machine saw of the card on show, if it looked."""
        return self.inspection if self.looking_at and self.looking_at == self.tried_card else None

    @property
    def to_look(self) -> bool:
        """Whether the card on show wasn't in the viewer yet, which is then what Enter does."""
        return self.can_look and self.inspected is not None and self.tried_card != self.looking_at

    @property
    def inspected(self) -> Application | None:
        """The printed card on show."""
        return next((app for app in self.printed if app.id == self.looking_at), None)


def one_line(address: Address | None) -> str:
    """An address as a list shows it."""
    return f"{address.city} {address.postcode}".strip() if address else ""
