"""The card desk's ground: opening a card, what is known of it, and scans.

A card is opened by its own scan, from Ctrl+K or from the list. A scan also tells that the card is
in the officer's hand, which taking it back or correcting it after the handover needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from desktop.domain.application import (
    Application,
    CardSwapped,
    Draft,
    Incident,
    Paper,
    PictureAway,
)
from desktop.domain.card_reading import ChipWanted
from desktop.domain.correction import CardNotOnRecord, CardNotOut
from desktop.domain.officer import Actor
from desktop.domain.person import Licence, LicenceStatus, Person
from desktop.domain.realm import Realm
from desktop.domain.stock import Blank, BlankState
from desktop.ledger import Reading
from desktop.notices import ApplicationMoved, DutyChanged, Notice
from desktop.presenters.card_reading import Brought
from desktop.presenters.cards_kept import CASE, FORM, OTHER, CardsKept
from desktop.presenters.cards_view import (
    AstrayLine,
    CardRecord,
    CardStep,
    CardsView,
    ScannedCard,
    Whereabouts,
)
from desktop.presenters.second import gives_back
from desktop.presenters.training_scans import HANDS, code_on, lay_card, take_card
from desktop.services.card_code import OWN_CODE, card_serial
from desktop.services.corrections import FOUND_PROPERTY, WRONG_PERSON
from desktop.services.desk import Desk
from desktop.services.paper_forms import RECALL

if TYPE_CHECKING:
    from desktop.services.card_reading import ReadCard

DRAW = "draw"


class CardBase(CardsKept):
    """One card on show, or the list of cards astray."""

    hears = (ApplicationMoved, DutyChanged)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, CardsView(keeps_records=desk.settings.cards.chip == "licence"))
        self._laid = False
        self._by_hand = False

    # -- opening ---------------------------------------------------------------------------

    def load(self, payload: object = None) -> None:
        """Open what `payload` names (a case, a licence, a scanned card), or look again."""
        if self.desk.duty.session is None:
            return
        if isinstance(payload, ScannedCard):
            self.open(payload.serial, scanned=payload.serial)
            return
        if isinstance(payload, str) and payload:
            self.open(payload)
        else:
            self.refresh()

    def heard(self, notice: Notice) -> None:
        if not self.view.doing:
            self.refresh()

    def refresh(self) -> None:
        """Look again at the list and at the card on show."""
        if not self._at_work():
            return  # unlocking is news of its own
        shown = self.view.record
        now_here = {"roles": self.by.roles, "gives_back": gives_back(self.desk)}
        key = shown.again if shown is not None else ""

        def look() -> tuple[tuple[AstrayLine, ...], CardRecord | None]:
            with self.desk.ledger.reading() as r:
                return _astray(r), self._record(r, key) if key else None

        def then(found: tuple[tuple[AstrayLine, ...], CardRecord | None]) -> None:
            lines, record = found
            now = self.view.record
            if record is None or now is None or now.again != key:
                self.show(lines=lines, **now_here)
                return
            self.show(lines=lines, record=record, **now_here)
            if record.app != now.app:
                self._draw(record)

        self.read(look, then)

    def open(self, key: str, *, scanned: str = "") -> None:
        """Open by a case's id or number, a licence's id or a card's serial."""
        by, typed = self.by, bool(scanned) and self._by_hand

        def act() -> tuple[CardRecord, Draft | None, CardRecord | None]:
            with self.desk.ledger.reading() as r:
                record = self._record(r, key)
                if record is None:
                    raise CardNotOnRecord(code=key[:60])
                drafts = r.find(Draft, officer=by.officer, form=FORM)
                mine = next((d for d in drafts if d.fields.get(CASE) == record.key), None)
                second = mine.fields.get(OTHER, "") if mine is not None else ""
                other = self._record(r, second) if second else None
            self._opened(by, record)
            return record, mine, other

        def then(found: tuple[CardRecord, Draft | None, CardRecord | None]) -> None:
            record, draft, other = found
            self.show(
                record=record, step=CardStep.RECORD, scanned=scanned, typed=typed,
                roles=by.roles, gives_back=gives_back(self.desk), form={}, draft_id="", changes=(),
                other=None, face=b"",
            )  # fmt: skip
            self._draw(record)
            if draft is not None:
                self.restore(draft, other)
            self._seek()

        self.work(act, then)

    def leave(self) -> None:
        """The next card that is laid on the reader is another screen's."""
        self.stop_reading()
        self._take_off()
        super().leave()

    def put_down(self) -> None:
        """Back to the list; a card in the hand is put down."""
        self._take_off()
        self.show(
            record=None, step=CardStep.LIST, scanned="", typed=False, form={}, draft_id="",
            changes=(), other=None, problem=None, face=b"",
        )  # fmt: skip
        self.refresh()

    def back(self) -> None:
        """Esc: one step back; nothing that was done is undone."""
        if self.stop_reading() or self.view.doing:
            return
        step = self.view.step
        if self.view.problem is not None:
            self.dismiss()
        elif step is CardStep.COMPARE:
            self.show(step=CardStep.TYPING, changes=())
            self.keep_draft()
        elif step is CardStep.TYPING:
            self.forget_draft()
            self.show(step=CardStep.RECORD, form={})
        elif step is CardStep.GIVEN:
            self.forget_draft()
            self.show(step=CardStep.RECORD, other=None)
        elif step is CardStep.RECORD:
            self.put_down()

    def _opened(self, by: Actor, record: CardRecord) -> None:
        if record.app is not None:
            self.desk.intake.opened(by, record.app.id)
            return
        if record.licence is not None:
            self.desk.intake.opened_person(by, record.licence.person_id, "licence")

    def _record(self, r: Reading, key: str) -> CardRecord | None:
        app = r.look(Application, key) or r.first(Application, number=key.upper())
        licence = None
        serial = ""
        if app is None:
            code = key.upper()
            licence = r.look(Licence, key) or r.first(Licence, blank_serial=code)
            blank = r.look(Blank, code)
            serial = code if licence is None or licence.blank_serial == code else ""
            case = licence.application_id if licence else (blank.application_id if blank else "")
            app = r.look(Application, case) if case else None
        elif app.licence_id:
            licence = r.look(Licence, app.licence_id)
        person = r.look(Person, licence.person_id) if licence is not None else None
        holder = app.applicant if app else (person.applicant if person else None)
        if holder is None:
            return None
        if not serial:  # a case stands for the card that it has now, not for the one it replaces
            mine = app.blank_serial if app is not None else ""
            serial = mine or (licence.blank_serial if licence is not None else "")
        picture = (licence.photo if licence else "") or (app.photo if app else "")
        incident = _incident(r, app)
        papers = r.find(Paper, subject=licence.id) if licence else []
        found = r.find(Incident, subject=licence.id, closed_by="") if licence else []
        concerned = self.desk.corrections.concerned(r, incident) if incident else []
        return CardRecord(
            holder, serial, app, licence,
            photo=r.picture(picture),
            incident=incident,
            others=tuple(a for a in concerned if app is None or a.id != app.id),
            found=next((i for i in found if i.kind == FOUND_PROPERTY), None),
            replaced=self.desk.corrections.replaced(r, serial),
            aside=_is(r, serial, BlankState.TO_BE_DESTROYED, BlankState.SPOILED),
            destroyed=_is(r, serial, BlankState.DESTROYED),
            missing=_is(r, serial, BlankState.MISSING),
            taken_in_by=self.desk.corrections.taken_in_by(r, licence, serial),
            letters=tuple(
                paper.id for paper in papers
                if paper.kind == RECALL
                and (incident is None or paper.made_at >= incident.opened_at)
            ),
        )  # fmt: skip

    def _draw(self, record: CardRecord) -> None:
        """Show the card that the case has or makes now."""
        app = record.app
        if app is None or not app.photo:
            return

        def then(front: bytes) -> None:
            if self.view.record is not None and self.view.record.key == record.key:
                self.show(face=front)

        def look() -> bytes:
            try:
                return self.desk.cardmaker.preview(app).front
            except PictureAway:  # made at another counter: what is on record is shown without it
                return b""

        self.read(look, then, lane=DRAW)

    # -- scanning --------------------------------------------------------------------------

    def scanned(self, text: str) -> bool:
        """A card, or a case's number; anything else goes on to the window's search."""
        code = card_serial(text)
        with self.desk.ledger.reading() as r:
            record = self._record(r, code) if code else None
        if text.strip().startswith(OWN_CODE):
            self.remember_code(text)
            self.read_card_of(text, ChipWanted.IF_THERE, quiet=True, instead=lambda _: None)
        if record is None:
            ours = code != text.strip()
            if ours:
                self.show(problem=CardNotOnRecord(code=code[:60]))
            return ours
        card = code.upper() == record.serial
        shown, step = self.view.record, self.view.step
        if self.view.doing:
            return True
        if shown is not None and card and record.serial == shown.serial:
            self.show(scanned=record.serial, typed=self._by_hand, problem=None)
        elif step is CardStep.GIVEN and shown is not None:
            if not record.given_out or record.key == shown.key:
                self.show(problem=CardNotOut(serial=record.serial or code[:60]))
            else:
                self.show(other=record, problem=None)
                self.keep_draft()
        elif step in (CardStep.TYPING, CardStep.COMPARE) and shown is not None:
            kind = str(record.licence.licence_class) if record.licence else ""
            self.show(problem=CardSwapped(shown.serial, record.serial, kind))
        else:
            self.open(record.key if not card else record.serial,
                      scanned=record.serial if card else "")  # fmt: skip
        return True

    def typed(self, text: str) -> None:
        """A code written by hand."""
        self._by_hand = True
        try:
            if not self.scanned(text):
                self.show(problem=CardNotOnRecord(code=text.strip()[:60]))
        finally:
            self._by_hand = False

    @property
    def can_play(self) -> bool:
        """Whether a hand may be played: in training, while the card on show isn't scanned.

        A licence from before these records names no card that could be scanned.
        """
        training, record = self.desk.realm is Realm.TRAINING, self.view.record
        known = record is not None and bool(record.serial)
        return training and self.desk.bench is not None and known and not self.view.in_hand

    def play_scan(self) -> None:
        """In training: the card on show is laid under the scanner."""
        record = self.view.record
        if not self.can_play or record is None:
            return
        app = record.app
        if app is None or not record.current or not app.photo:
            self.scanned(record.serial)
            return

        def lay() -> str:
            lay_card(self.desk, app, record.serial)
            return code_on(self.desk, app, record.serial)

        def then(code: str) -> None:
            self._laid = True
            self.remember_code(code)
            self.scanned(record.serial)

        # The card is laid on the reader as well, so that its chip can be read.
        self.work(lay, then, lane=HANDS)

    def _take_off(self) -> None:
        """In training: the card that was laid on the reader for a sample scan."""
        if self._laid:
            self._laid = False
            take_card(self.desk)
            self.remember_code("")

    # -- reading ---------------------------------------------------------------------------

    def brought(self) -> Brought:
        return Brought(subject=self.view.stands_at)

    def gone_on(self, at: object, read: ReadCard) -> bool:
        """Over another card; over the one that was read, if its code was scanned meanwhile, no."""
        record = self.view.record
        its_own = record is not None and record.serial == read.serial != ""
        return not its_own and super().gone_on(at, read)

    def was_read(self, read: ReadCard) -> None:
        """The card lies in the officer's hand, so it is opened as a scanned one."""
        step = self.view.step
        if self.view.read is None:  # another card is on show by now, and stays
            self.show(said=self.told_of(read, "reading.said"))
        elif read.serial and read.books.known and step in (CardStep.LIST, CardStep.RECORD):
            self.open(read.serial, scanned=read.serial)

    # -- inside ----------------------------------------------------------------------------

    def stands(self, key: str, message: str, **facts: object) -> None:
        """Show the card as it stands now."""
        self._take_off()
        said = self.say(message, **facts)

        def look() -> CardRecord | None:
            with self.desk.ledger.reading() as r:
                return self._record(r, key)

        def then(record: CardRecord | None) -> None:
            self.show(
                record=record, step=CardStep.RECORD, scanned="", typed=False, form={}, changes=(),
                other=None, said=said,
            )  # fmt: skip
            if record is not None:
                self._draw(record)
            self.refresh()

        self.read(look, then)


_NOT_FETCHED: Final = {
    LicenceStatus.SUPERSEDED: Whereabouts.REPLACED,
    LicenceStatus.REVOKED: Whereabouts.REVOKED,
}
"""Where a found card lies whose holder may not have it back."""


def _is(r: Reading, serial: str, *states: BlankState) -> bool:
    blank = r.look(Blank, serial) if serial else None
    return blank is not None and blank.state in states


def _incident(r: Reading, app: Application | None) -> Incident | None:
    """The open incident that tells of this case's card in the wrong hands."""
    if app is None:
        return None
    for incident in r.find(Incident, kind=WRONG_PERSON, closed_by=""):
        if app.number in (incident.details.get("application"), incident.details.get("other")):
            return incident
    return None


def _astray(r: Reading) -> tuple[AstrayLine, ...]:
    """Cards of open incidents, the oldest first."""
    lines: list[AstrayLine] = []
    for incident in r.find(Incident, kind=WRONG_PERSON, closed_by=""):
        for name in ("application", "other"):
            number = incident.details.get(name, "")
            app = r.first(Application, number=number) if number else None
            if app is None:
                continue
            licence = r.look(Licence, app.licence_id) if app.licence_id else None
            serial = licence.blank_serial if licence is not None else app.blank_serial
            where = CardRecord(app.applicant, serial, app, licence).where
            lines.append(
                AstrayLine(app.id, serial, app.applicant.name, incident.kind, where,
                           incident.opened_at)
            )  # fmt: skip
    for incident in r.find(Incident, kind=FOUND_PROPERTY, closed_by=""):
        licence = r.look(Licence, incident.subject)
        person = r.look(Person, licence.person_id) if licence is not None else None
        if licence is None or person is None:
            continue
        where = _NOT_FETCHED.get(licence.status, Whereabouts.KEPT)
        lines.append(
            AstrayLine(licence.id, licence.blank_serial, person.applicant.name, incident.kind,
                       where, incident.opened_at)
        )  # fmt: skip
    return tuple(sorted(lines, key=lambda line: line.since))
