"""What the card desk shows: a card that was made, where it stands, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop.domain.application import Application, Incident
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import SERVING, Role
from desktop.domain.person import Applicant, Licence, LicenceStatus
from desktop.presenters.asked import AskingView
from desktop.presenters.card_reading import ReadingView

OUT_OF_THE_OFFICE = (S.HANDED_OVER, S.CLOSED)
MADE = (S.PRINTED, S.INSPECTED, S.READY)


ENDERS = frozenset({Role.DISPATCH, Role.SUPERVISOR})
"""Who puts a card that no longer counts aside, to be destroyed; others keep it for them."""
VERIFIERS = frozenset({Role.REGISTRATION})
"""Who takes a file from home that lies free."""
WRITERS = frozenset({Role.REGISTRATION, Role.PRODUCTION, Role.SUPERVISOR})
"""Who may put an order of the centre on a chip."""


class CardStep(StrEnum):
    """What the screen is at."""

    LIST = "list"
    RECORD = "record"
    TYPING = "typing"
    COMPARE = "compare"
    GIVEN = "given"


class CardAct(StrEnum):
    """What may be done with a card; each has its key and a sentence of what will happen."""

    CORRECT_PRINTED = "correct_printed"
    CORRECT_HANDED = "correct_handed"
    GIVEN = "given"
    TAKE_BACK = "take_back"
    EXCHANGED = "exchanged"
    FOUND = "found"
    GIVE_BACK = "give_back"
    TURNED_UP = "turned_up"
    ORDER = "order"
    LETTER = "letter"
    GO_ON = "go_on"


class Whereabouts(StrEnum):
    """Where a card is that an open incident is about."""

    OUT = "out"
    BACK = "back"
    WITH_HOLDER = "with_holder"
    KEPT = "kept"
    REPLACED = "replaced"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class AstrayLine:
    """A card on the list: `key` opens it."""

    key: str
    serial: str
    name: str
    kind: str
    where: Whereabouts
    since: datetime


@dataclass(frozen=True, slots=True)
class ScannedCard:
    """A payload: this card was scanned, so it lies in the officer's hand."""

    serial: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field as it was printed, and as it should be."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class CardRecord:
    """One card with its case, its licence and what is known to be wrong."""

    holder: Applicant
    serial: str
    app: Application | None = None
    licence: Licence | None = None
    photo: bytes = field(default=b"", repr=False)
    incident: Incident | None = None
    others: tuple[Application, ...] = ()
    found: Incident | None = None
    letters: tuple[str, ...] = ()
    replaced: bool = False
    """Whether it was made here, is out, and another card stands in its place."""
    aside: bool = False
    """Whether it waits for its destruction."""
    destroyed: bool = False
    missing: bool = False
    """Whether it was written off as missing, in the post or here."""
    taken_in_by: str = ""
    """The open case that took it in and makes another card for it."""

    @property
    def key(self) -> str:
        """What opens it again."""
        if self.app is not None:
            return self.app.id
        return self.licence.id if self.licence is not None else ""

    @property
    def again(self) -> str:
        """What opens this very card again, where its case has another one meanwhile."""
        return self.serial or self.key

    @property
    def status(self) -> LicenceStatus | None:
        return self.licence.status if self.licence is not None else None

    @property
    def find(self) -> str:
        """What becomes of it once it is kept here: words under `cards` and `cards.about`.

        Only a card that was made here waits to be put aside.
        """
        if self.replaced:
            return "found_void"
        ended = self.status in (LicenceStatus.SUPERSEDED, LicenceStatus.REVOKED)
        return "found_stays" if ended else "found"

    @property
    def current(self) -> bool:
        """Whether this is the very card that its case stands for now."""
        return self.app is not None and self.app.blank_serial == self.serial

    @property
    def given_out(self) -> bool:
        """Whether its holder, or somebody else, has it: the very card that its case gave out."""
        out = self.app is not None and self.app.state in OUT_OF_THE_OFFICE
        return out and self.current and self.status is LicenceStatus.VALID

    @property
    def surrendered(self) -> bool:
        """Whether the card was taken in and its case makes another one."""
        app = self.app
        going = app is not None and not app.ended and app.old_blank == self.serial != ""
        return going and not self.missing

    @property
    def where(self) -> Whereabouts:
        """Of a card that went to the wrong person."""
        if not self.current:
            return Whereabouts.REPLACED
        if self.status is LicenceStatus.FLAGGED:
            return Whereabouts.OUT
        if self.app is not None and self.app.state is S.READY:
            return Whereabouts.BACK
        return Whereabouts.WITH_HOLDER


def acts_of(record: CardRecord, roles: frozenset[Role], scanned: str) -> tuple[CardAct, ...]:
    """What this officer may do with this card now; services check it once more."""
    app, valid = record.app, record.status is LicenceStatus.VALID
    state = app.state if app is not None else None
    in_hand = bool(scanned) and scanned == record.serial
    out = state in OUT_OF_THE_OFFICE and record.current
    desk = bool(roles & {Role.REGISTRATION, Role.SUPERVISOR})
    astray = record.incident is not None and record.status is LicenceStatus.FLAGGED
    keeper = bool(roles & {Role.REGISTRATION, Role.PRODUCTION, Role.DISPATCH, Role.SUPERVISOR})
    going = app is not None and not app.ended and state is not S.HANDED_OVER
    waits_for = SERVING if app is not None and app.at_the_counter else VERIFIERS
    anybodys = app is None or not (app.at_the_counter or state is S.RECEIVED)
    theirs = anybodys or bool(roles & waits_for)
    here = record.aside or record.destroyed  # nobody brings it in, and nothing is written on it
    taken_in = bool(record.taken_in_by)  # its case puts it aside: neither a find nor its holder's
    allowed = {
        CardAct.CORRECT_PRINTED: state in MADE and record.current
        and record.status is not LicenceStatus.FLAGGED
        and bool(roles & {Role.REGISTRATION, Role.PRODUCTION}),
        CardAct.CORRECT_HANDED: out and valid and desk and record.incident is None,
        CardAct.GIVEN: out and valid and record.incident is None
        and bool(roles & {Role.REGISTRATION, Role.DISPATCH, Role.SUPERVISOR}),
        CardAct.TAKE_BACK: out and astray and desk,
        CardAct.EXCHANGED: record.incident is not None and Role.SUPERVISOR in roles,
        CardAct.FOUND: in_hand and keeper and record.found is None and not astray
        and not here and not taken_in
        and record.licence is not None and (app is None or state in OUT_OF_THE_OFFICE)
        and not (record.replaced and roles & ENDERS),
        CardAct.GIVE_BACK: in_hand and keeper and record.found is not None and valid
        and not taken_in,
        CardAct.TURNED_UP: in_hand and record.replaced and bool(roles & ENDERS),
        CardAct.ORDER: in_hand and bool(roles & WRITERS) and not here
        and not record.missing,
        CardAct.LETTER: astray,
        CardAct.GO_ON: going and theirs,
    }  # fmt: skip
    return tuple(act for act in CardAct if allowed[act])


@dataclass(frozen=True)
class CardsView(ReadingView, AskingView):
    """The whole screen. `scanned` is the card that the officer holds in the hand; `typed` tells
    that its number was given by hand and read by no scanner."""

    lines: tuple[AstrayLine, ...] = ()
    step: CardStep = CardStep.LIST
    record: CardRecord | None = None
    roles: frozenset[Role] = frozenset()
    gives_back: bool = False
    """Whether F12 gives the counter back first, before another officer can sign in."""
    scanned: str = ""
    typed: bool = False
    face: bytes = field(default=b"", repr=False)
    form: dict[str, str] = field(default_factory=dict[str, str])
    draft_id: str = ""
    changes: tuple[Change, ...] = ()
    keeps_records: bool = False
    """Whether this counter's chips keep what the centre orders."""
    other: CardRecord | None = None

    @property
    def stands_at(self) -> str:
        return self.record.key if self.record is not None else ""

    @property
    def acts(self) -> tuple[CardAct, ...]:
        """What may be done with the card on show."""
        return self._acts_with(self.scanned, self.roles)

    @property
    def of_others(self) -> tuple[CardAct, ...]:
        """What this card allows now to another duty than this officer's."""
        all_ = self._acts_with(self.scanned, frozenset(Role))
        return tuple(act for act in all_ if act not in self.acts)

    @property
    def scan_helps(self) -> bool:
        """Whether this officer may do something once the card was scanned."""
        record = self.record
        if record is None or record.destroyed or self.in_hand:
            return False
        return bool(self._acts_with(record.serial, self.roles))

    def _acts_with(self, scanned: str, roles: frozenset[Role]) -> tuple[CardAct, ...]:
        if self.record is None:
            return ()
        acts = acts_of(self.record, roles, scanned)
        return tuple(act for act in acts if act is not CardAct.ORDER or self.keeps_records)

    @property
    def in_hand(self) -> bool:
        """Whether the card on show was scanned."""
        return self.record is not None and self.scanned == self.record.serial != ""

    @property
    def handed(self) -> bool:
        """Whether a correction takes the card from its holder, before two officers."""
        app = self.record.app if self.record is not None else None
        return app is not None and app.state in OUT_OF_THE_OFFICE
