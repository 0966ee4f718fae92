"""Evidence with its source, each piece used once.

What an issuer confirms is *confirmed*, a code that verifies is *scanned* (`proof_codes`), what an
officer writes down is *typed*: it serves, but it stays on a list until the issuer answers, whoever
typed it can't approve it, and a later "no" flags the licence. The steps that gather evidence stand
in `requirements`, `payment` and `exams`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from desktop.domain.application import Application, ApplicationState, Channel
from desktop.domain.evidence import (
    Answer,
    Evidence,
    EvidenceContradicts,
    EvidenceDenied,
    EvidenceSource,
    EvidenceUsed,
    IssuerSilent,
    IssuerStillSilent,
    IssuerUnsure,
    NoneIssued,
    StatedFact,
    Verdict,
    contradiction,
    used_once,
)
from desktop.domain.officer import PROGRAM, Actor, Role, SameOfficer
from desktop.domain.offline import CaseElsewhere, CaseOutOfReach
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.requirements import Enforcement, IssuerKnowsNone, NotPaid, RequirementKind
from desktop.domain.workflow import Action
from desktop.ledger import DuplicateRow, Reading, Writing
from desktop.outside.port import Outside, Question
from desktop.services.base import Frame
from desktop.services.centre_link import CentreLink

ASK_SECONDS = 5.0

DESKS = (Role.REGISTRATION, Role.IDENTIFICATION, Role.EXAMINER)
"""Whose word counts for a piece that no line confirms."""

_MEND = frozenset({EvidenceSource.TYPED, EvidenceSource.SCANNED})
"""What may stand in the place of a typed piece that its issuer hasn't answered on."""

SIGNED = (ApplicationState.APPROVED, ApplicationState.AWAITING_MATERIAL)
"""Approved, and no card is being made."""

PERSONAL = frozenset(str(fact) for fact in StatedFact if fact.personal)


class Proofs:
    """Pieces of evidence: asked for, kept once, and settled when their issuer answers later."""

    def __init__(self, frame: Frame, outside: Outside) -> None:
        self._frame = frame
        self._outside = outside

    def answer(
        self, app: Application, kind: RequirementKind, reference: str, on: date | None = None
    ) -> Answer:
        """What the issuer says of one piece; UNKNOWN where it knows of none.

        `on` is the day that a paper shows. What it states of the person was compared and is left
        out: the case has it.
        Raises IssuerSilent, EvidenceDenied, EvidenceContradicts.
        """
        known = known_of(app, kind)
        asked = question_of(app, kind, self._frame.today(), reference, on)
        answer = self._outside.ask(asked, timeout=ASK_SECONDS)
        if answer.verdict is Verdict.NO:
            number = reference or answer.reference
            if number.startswith(app.number):
                number = ""  # a sitting's own: nobody has a paper with it
            raise (EvidenceDenied if number else NoneIssued)(kind=kind, reference=number)
        differs = contradiction(answer.facts, known)
        if differs is not None:
            raise EvidenceContradicts(kind=kind, field=differs)
        kept = {name: value for name, value in answer.facts.items() if name not in PERSONAL}
        return replace(answer, facts=kept)

    def said_yes(
        self,
        app: Application,
        kind: RequirementKind,
        reference: str = "",
        enforcement: Enforcement = Enforcement.BLOCK,
    ) -> Answer:
        """The issuer's yes. Raises what `answer` raises, IssuerKnowsNone or NotPaid."""
        answer = self.answer(app, kind, reference)
        if answer.verdict is Verdict.UNKNOWN:
            none = NotPaid if kind is RequirementKind.PAYMENT else IssuerKnowsNone
            raise none(kind, enforcement, answer.issuer)
        return answer

    def piece(
        self,
        by: Actor,
        app: Application,
        kind: RequirementKind,
        source: EvidenceSource,
        answer: Answer,
    ) -> Evidence:
        """An answer as a piece of evidence; what was typed stays open."""
        ours = kind is RequirementKind.OLD_LICENCE or "waiver" in answer.facts
        return Evidence(
            id=self._frame.ids.new(),
            application_id=app.id,
            kind=kind,
            source=source,
            reference=answer.reference if ours else used_once(answer.reference),
            recorded_by=by.officer,
            recorded_at=self._frame.now(),
            issued_on=answer.issued_on,
            issuer=answer.issuer,
            facts=answer.facts,
            closed=True if source is EvidenceSource.CONFIRMED else None,
        )

    def keep(
        self,
        by: Actor,
        app: Application,
        kind: RequirementKind,
        source: EvidenceSource,
        answer: Answer,
    ) -> Evidence:
        """Keep one piece as an act of its own. Raises EvidenceUsed."""
        piece = self.piece(by, app, kind, source, answer)
        with self._frame.ledger.acting(by) as w:
            return self.add(w, piece)

    def add(self, w: Writing, piece: Evidence) -> Evidence:
        """Keep one piece inside an act. Raises EvidenceUsed naming the first use.

        A typed piece that still waits for its issuer is mended by typing it again, its number too,
        until the step that asks for it is passed; or a code that verifies takes its place.
        """
        known = w.first(Evidence, kind=piece.kind, reference=piece.reference)
        if known is not None:
            if known.application_id == piece.application_id and known.closed is not False:
                return self._typed_again(w, known, piece)
            first = w.look(Application, known.application_id)
            raise EvidenceUsed(
                kind=piece.kind,
                reference=piece.reference,
                first_use=first.number if first is not None else "",
            )
        mine = w.find(Evidence, application_id=piece.application_id, kind=piece.kind)
        typed = next((one for one in mine if one.open_typed), None)
        if typed is not None and piece.source in _MEND:
            return self._typed_again(w, typed, piece)
        try:
            kept = w.add(piece)
        except DuplicateRow as taken:
            raise EvidenceUsed(kind=piece.kind, reference=piece.reference, first_use="") from taken
        w.record("evidence.recorded", piece.application_id, _told(piece))
        return kept

    @staticmethod
    def _typed_again(w: Writing, known: Evidence, piece: Evidence) -> Evidence:
        """What stands now of a piece that the case has already.

        Whoever typed it first stays one of the case's makers.
        """
        app = w.get(Application, known.application_id)
        passed = app.state is not ApplicationState.REGISTERED and app.requirements_met
        if passed or not known.open_typed or piece.source not in _MEND:
            return known
        if _told(known) == _told(piece):
            return known
        if known.recorded_by not in app.makers:
            w.change(app, makers=app.makers | {known.recorded_by})
        kept = w.change(
            known, source=piece.source, reference=piece.reference, issued_on=piece.issued_on,
            issuer=piece.issuer, facts=piece.facts, recorded_by=piece.recorded_by,
            recorded_at=piece.recorded_at,
        )  # fmt: skip
        w.record("evidence.recorded", known.application_id, _told(piece))
        return kept

    # -- what was typed --------------------------------------------------------------------

    def open_typed(self, application_id: str = "") -> list[Evidence]:
        """Typed pieces that still wait for their issuer's word, of one case or of all."""
        with self._frame.ledger.reading() as r:
            found = r.find(Evidence, source=EvidenceSource.TYPED)
        mine = [one for one in found if application_id in ("", one.application_id)]
        return [piece for piece in mine if piece.open_typed]

    def open_here(self, application_id: str = "") -> list[Evidence]:
        """Those of them whose denial may be told here; the others are their holder's to ask."""
        pieces = self.open_typed(application_id)
        with self._frame.ledger.reading() as r:
            apps = [r.get(Application, key) for key in {one.application_id for one in pieces}]
            away = {app.id for app in apps if self._holder(r, app) is not None}
        return [piece for piece in pieces if piece.application_id not in away]

    def _holder(self, r: Reading, app: Application) -> CentreLink | None:
        """What to refuse by where another counter has the case.

        From anybody else the centre takes a denied piece, and not what becomes of the case: the
        holder would see neither an open proof nor a doubted case. A licence in force is flagged
        from any counter, for that changes no case.
        """
        link = self._frame.link
        if link is None or _in_force(r, app) is not None:
            return None
        return link if link.elsewhere(r, [app.id]) else None

    def _check_ours(self, r: Reading, app: Application) -> None:
        link = self._holder(r, app)
        if link is not None:
            link.check_ours(r, app)

    def confirm_later(self, evidence_id: str) -> Evidence:
        """Ask the issuer about a typed piece again: yes closes it, no flags the licence.

        Raises IssuerStillSilent, IssuerUnsure, CaseElsewhere, CaseOutOfReach.
        """
        frame = self._frame
        with frame.ledger.reading() as r:
            piece = r.get(Evidence, evidence_id)
            app = r.get(Application, piece.application_id)
            self._check_ours(r, app)
        try:
            answer = self.answer(app, piece.kind, piece.reference, piece.issued_on)
            said: bool | None = None if answer.verdict is Verdict.UNKNOWN else True
            if piece.kind is RequirementKind.PAYMENT and said:
                said = (
                    answer.facts.get("amount") == piece.facts.get("amount")
                    and answer.facts.get("licence_class", app.licence_class) == app.licence_class
                    and _not_later(answer.issued_on, piece.issued_on)
                )
        except (EvidenceDenied, EvidenceContradicts):
            said = False
        except IssuerSilent as silent:
            raise IssuerStillSilent(kind=piece.kind) from silent
        if said is None:
            raise IssuerUnsure(kind=piece.kind)
        with frame.ledger.acting(PROGRAM) as w:
            self._check_ours(w, w.get(Application, app.id))  # given away while the issuer was asked
            piece = w.change(piece, closed=said)
            w.record("evidence.closed", app.id, {"kind": piece.kind, "confirmed": said})
            if said is False:
                self._flag(w, w.get(Application, app.id), piece.kind)
        return piece

    def settle(self, by: Actor, evidence_id: str) -> Evidence:
        """By the issuer's word; or by a second officer's, who has seen the paper, where there is
        nobody to ask. Raises what `confirm_later` raises, and SameOfficer.
        """
        with self._frame.ledger.reading() as r:
            has_line = r.get(Evidence, evidence_id).kind.has_line
        if has_line:
            return self.confirm_later(evidence_id)
        with self._frame.ledger.acting(by) as w:
            piece = w.get(Evidence, evidence_id)
            if piece.recorded_by == by.officer:
                raise SameOfficer("own_proof")
            app = w.get(Application, piece.application_id)
            self._check_ours(w, app)
            piece = w.change(piece, closed=True)
            w.record("evidence.closed", app.id, {"kind": piece.kind, "confirmed": True})
        return piece

    def confirm_all(self, application_id: str = "") -> list[Evidence]:
        """Ask about every typed piece that still waits, of one case or of all; those that were
        answered, yes or no. What another counter has is asked about there.

        An issuer that is silent about one piece isn't waited for again about the next.
        """
        answered: list[Evidence] = []
        silent: set[RequirementKind] = set()
        for piece in self.open_here(application_id):
            if piece.kind in silent or not piece.kind.has_line:
                continue
            try:
                answered.append(self.confirm_later(piece.id))
            except (IssuerUnsure, CaseElsewhere, CaseOutOfReach):
                continue
            except IssuerSilent:
                silent.add(piece.kind)
        return answered

    def _flag(self, w: Writing, app: Application, kind: RequirementKind) -> None:
        licence = _in_force(w, app)
        if licence is not None:
            w.change(licence, status=LicenceStatus.FLAGGED)
            w.record("licence.flagged", licence.id, {"application": app.number, "kind": kind})
            return
        self._frame.void_approvals(w, app)
        lost = {"paid": False} if kind is RequirementKind.PAYMENT else {"requirements_met": False}
        w.change(app, **lost)
        w.record("application.doubted", app.id, {"number": app.number, "kind": kind})


def _in_force(r: Reading, app: Application) -> Licence | None:
    """The licence that the case made, while it is valid."""
    licence = r.look(Licence, app.licence_id) if app.licence_id else None
    return licence if licence is not None and licence.status is LicenceStatus.VALID else None


def to_approve_anew(frame: Frame, w: Writing, app: Application) -> Application:
    """A proof was denied after the approval, and is there again: the signature fell with it.

    Back to the data as after a correction, for nobody can approve where it stands.
    """
    if app.channel is not Channel.WALK_IN or app.state not in SIGNED:
        return app
    return frame.move(
        w, app, Action.CORRECT, told={"fields": []},
        confirmed_digest="", approved_digest="", approved_by="",
    )  # fmt: skip


def _told(piece: Evidence) -> dict[str, object]:
    """A piece as the journal tells it."""
    return {
        "kind": piece.kind,
        "source": piece.source,
        "reference": piece.reference,
        "issued_on": piece.issued_on,
        "issuer": piece.issuer,
        "facts": piece.facts,
    }


def _not_later(said: date | None, typed: date | None) -> bool:
    """An earlier day than the bank's could make a late renewal one in time."""
    return said is None or typed is None or said <= typed


def question_of(
    app: Application,
    kind: RequirementKind,
    today: date,
    reference: str = "",
    on: date | None = None,
) -> Question:
    """What an issuer is asked of one piece of a case, by what the case knows."""
    return Question(
        kind=kind,
        nik=app.nik,
        case=app.number,
        service=app.service,
        licence_class=app.licence_class,
        today=today,
        reference=reference,
        on=on,
        amount=app.fee,
        facts={str(fact): value for fact, value in known_of(app, kind).items()},
    )


def known_of(app: Application, kind: RequirementKind) -> dict[StatedFact, str]:
    """What a case knows and an issuer of this kind must not state otherwise.

    A payment's class and amount are the payment step's to judge: it tells what is missing or over.
    """
    known = {
        StatedFact.NIK: app.nik,
        StatedFact.NAME: app.applicant.name,
        StatedFact.BIRTH_DATE: app.applicant.birth_date.isoformat(),
    }
    if kind is RequirementKind.PAYMENT:
        return known | {StatedFact.BILLING_CODE: app.billing_code}
    return known | {StatedFact.LICENCE_CLASS: str(app.licence_class)}


def made_on(frame: Frame, app: Application) -> date:
    """The office's own date on which a case was made: its rules and its tariff are that day's."""
    return app.created_at.astimezone(frame.zone.zone).date()
