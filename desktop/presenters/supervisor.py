"""Supervision (F9): approvals first, then exceptions, incidents, figures, the audit trail."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import cast

from db.journal_export import Exported
from desktop.domain.application import Application, Incident
from desktop.domain.errors import Problem
from desktop.domain.evidence import Evidence
from desktop.domain.officer import Actor, Officer, Role
from desktop.domain.online import SentBackPoint
from desktop.domain.reasons import SendBackReason
from desktop.domain.service import Channel
from desktop.notices import ApplicationMoved, ApprovalsChanged, DutyChanged, Notice, StockChanged
from desktop.presenters.asked import Asked
from desktop.presenters.base import DESK, ISSUERS, SYNC
from desktop.presenters.borrowing import borrowed
from desktop.presenters.places import place_kept
from desktop.presenters.supervisor_conflict import contested, with_drawn_face
from desktop.presenters.supervisor_kept import AREA, SupervisorKept, as_read, reads_otherwise
from desktop.presenters.supervisor_view import (
    Checked,
    Contested,
    GivenCode,
    TypedPiece,
    Watch,
)
from desktop.presenters.training_scans import can_play
from desktop.services.base import waits
from desktop.services.corrections import WRONG_PERSON
from desktop.services.credentials import KEEPERS
from desktop.services.desk import Desk
from desktop.services.kept_work import APPLICATION
from desktop.services.oversight import AllAsked, TrailQuery
from desktop.services.persons import CONFLICT
from desktop.services.requirements import shown_number
from desktop.services.reviews import Remark, Review, Sight

AUDIT = "audit"
"""The lane of long looks at the journal, so that nobody waits for them."""
DRAW = "draw"
"""The lane on which cards are drawn for the approver."""
MOST_LINES = 400


class Supervisor(SupervisorKept):
    """Answers the supervisor's screen."""

    hears = (ApplicationMoved, ApprovalsChanged, DutyChanged, StockChanged)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._seen: set[str] = set()
        self._sights: dict[str, Sight] = {}
        self._asked_about: set[str] = set()
        self._led_to = ""

    # -- looking ---------------------------------------------------------------------------

    def enter(self, payload: object = None) -> None:
        if isinstance(payload, Watch):
            self.view = dataclasses.replace(self.view, area=payload)
        elif isinstance(payload, str) and payload:
            self._led_to = payload
            self.view = dataclasses.replace(self.view, area=Watch.APPROVALS)
        super().enter(payload)

    def load(self, payload: object = None) -> None:
        if self.desk.duty.session is None or self.desk.duty.locked:
            return
        by = self.by
        self.read(lambda: self._look(by), self._shown)

    def heard(self, notice: Notice) -> None:
        self.load()

    def turn_to(self, area: Watch) -> None:
        """Another area."""
        self.show(area=area, problem=None, asked=None)
        self.load()

    def go_on_with(self, asked: Asked) -> None:
        """Turn to what the question is about, and ask again once that is read."""
        by = self.by

        def then(found: dict[str, object]) -> None:
            self._shown(found)
            if self.view.officer == asked.officer:
                self.show(asked=asked)

        current = asked.about.get(APPLICATION, self.view.current)
        self.view = dataclasses.replace(self.view, area=Watch(asked.about[AREA]), current=current)
        self.read(lambda: self._look(by), then)

    def _look(self, by: Actor) -> dict[str, object]:
        """What the area on show needs; the approvals' and incidents' counts always."""
        desk, area = self.desk, self.view.area
        look = desk.oversight
        officers = look.officers()
        found: dict[str, object] = {
            "officer": by.officer,
            "read": self.view.read | {area, Watch.APPROVALS, Watch.INCIDENTS},
            "today": desk.frame.today(),
            "reviews": tuple(desk.reviews.waiting(by)),
            "incidents": tuple(look.incidents(all_of_them=True)[:200]),
            "exceptions": tuple(look.exceptions()),
            "officers": tuple(officers),
            "names": {officer.id: officer.title for officer in officers},
            "approves": Role.APPROVER in by.roles,
            "supervises": Role.SUPERVISOR in by.roles,
            "gives_codes": bool(by.roles.intersection(KEEPERS)),
        }
        if by.officer != self.view.officer:
            found["kept"] = self.kept_ticks(by.officer)
        if area is Watch.EXCEPTIONS:
            found["openings"] = look.openings()
        elif area is Watch.INCIDENTS:
            found["evidence"] = self._evidence()
            found["conflicts"] = self._conflicts()
        elif area is Watch.FIGURES:
            found["hours"] = tuple(look.hours())
            found["steps"] = tuple(look.step_times())
            found["made"] = look.made()
            found["waited"] = look.waited()
        elif area is Watch.TRAIL:
            found["lines"] = tuple(look.trail(self._limited(self.view.query)))
        elif area is Watch.JOURNAL:
            found["duties"] = desk.duty_plans.standing()
        elif area is Watch.DUTIES:
            found["duties"] = desk.duty_plans.standing()
            found["over"] = tuple(desk.retention.over())
            found["old_acts"] = desk.retention.old_acts()
        return found

    @staticmethod
    def _limited(query: TrailQuery) -> TrailQuery:
        return dataclasses.replace(query, limit=MOST_LINES)

    def _evidence(self) -> tuple[TypedPiece, ...]:
        pieces = self.desk.oversight.open_evidence()
        found: list[TypedPiece] = []
        with self.desk.ledger.reading() as r:
            for piece in pieces:
                app = r.look(Application, piece.application_id)
                found.append(TypedPiece(piece, app.number if app is not None else ""))
        return tuple(found)

    def _conflicts(self) -> dict[str, Contested]:
        sides: dict[str, Contested] = {}
        with self.desk.ledger.reading() as r:
            for incident in r.find(Incident, kind=CONFLICT, closed_by=""):
                both = contested(r, incident)
                if both is not None:
                    sides[incident.id] = both
        if can_play(self.desk):
            return {key: with_drawn_face(self.desk, both) for key, both in sides.items()}
        return sides

    def _shown(self, looked: Mapping[str, object]) -> None:
        found = dict(looked)
        kept: dict[str, str] = found.pop("kept", {})  # type: ignore[assignment]
        reviews: tuple[Review, ...] = found["reviews"]  # type: ignore[assignment]
        there = {review.application.id: review for review in reviews}
        read = {one.application.id: as_read(one) for one in self.view.reviews}
        if found["officer"] != self.view.officer:
            # Somebody else's session: what the one before them ticked, passed over or checked is
            # theirs.
            self._seen.clear()
            self._asked_about.clear()
            passed, read = self.ticked_before(str(found["officer"]), kept)
            self._seen |= passed
            self.view = dataclasses.replace(
                self.view, ticked=frozenset(read), current="", checked=None, exported=""
            )
        # A case is ticked as it reads, by hand or because it is plain: changed since, or with a
        # new remark, it is looked at once more.
        changed = {key for key, one in there.items() if reads_otherwise(one, read.get(key))}
        # What is plain comes ticked, once; an approver who unticked it isn't overruled.
        fresh = {key for key, one in there.items() if one.clean and key not in self._seen}
        self._seen |= set(there)
        ticked = (self.view.ticked & set(there)) - changed | fresh
        current, self._led_to = self._led_to or self.view.current, ""
        current = place_kept(current, [one.application.id for one in self.view.reviews], there)
        self.show(**found, ticked=frozenset(ticked), current=current)
        self._draw()

    # -- approvals -------------------------------------------------------------------------

    def select(self, application_id: str) -> None:
        """Another case is looked at."""
        if application_id and application_id != self.view.current:
            self.show(current=application_id)
            self._draw()

    def tick(self, keys: tuple[str, ...]) -> None:
        """Which cases were ticked by hand."""
        self.show(ticked=frozenset(keys))

    def _draw(self) -> None:
        """Show the card of the current case beside what it is compared with; that it was looked
        at is on record, as wherever a case is opened."""
        review, session = self.view.review, self.desk.duty.session
        if review is None or session is None or self.view.area is not Watch.APPROVALS:
            self.show(sight=None)
            return
        app, by = review.application, session.actor
        self.read(lambda: self.desk.intake.opened(by, app.id), lambda _: None, lane=DRAW)
        self._ask_issuers(review)
        key = review.digest
        known = self._sights.get(key)
        if known is not None:
            self.show(sight=known)
            return

        def then(sight: Sight) -> None:
            if len(self._sights) > 60:
                self._sights.clear()
            self._sights[key] = sight
            if self.view.current == sight.application_id:
                self.show(sight=sight)

        self.read(lambda: self.desk.reviews.sight(app), then, lane=DRAW)

    def _ask_issuers(self, review: Review) -> None:
        """Who was silent when a proof was typed may answer before somebody signs for it.

        Asked once for each case that an approver looks at, on a lane of its own: nothing here
        waits for it. What is answered comes back as news of the case.
        """
        key = review.application.id
        typed = Remark.TYPED_EVIDENCE in review.remarks
        if not typed or not self.view.approves or key in self._asked_about:
            return
        self._asked_about.add(key)

        def then(asked: AllAsked) -> None:
            if self.view.current == key and any(dataclasses.astuple(asked)):
                tell = self.warn if asked.denied else self.say
                self.show(said=tell(asked.message, **dataclasses.asdict(asked)))

        self.read(lambda: self.desk.oversight.ask_again(key), then, lane=ISSUERS)

    def approve(self) -> None:
        """Sign for every ticked case, else for the one on show; one's own are left out."""
        view = self.view
        chosen = [r for r in view.reviews if r.application.id in view.ticked and not r.own]
        if not chosen and view.review is not None:
            chosen = [view.review]
        if not chosen:
            return
        by = self.by

        desk = self.desk

        def act() -> tuple[int, Problem | None]:
            done, refused = 0, None
            with borrowed(desk, by, [review.application.id for review in chosen]):
                for review in chosen:
                    try:
                        app = desk.approvals.approve(by, review.application.id, review.digest)
                        done += 1
                        if desk.has_centre:
                            desk.claims.pass_on(by, app)
                    except Problem as problem:
                        refused = problem
            return done, refused

        def then(found: tuple[int, Problem | None]) -> None:
            done, refused = found
            said = self.say("supervisor.approved", count=done) if done else self.view.said
            self.show(problem=refused, said=said)
            self.load()

        lane = SYNC if desk.has_centre else DESK
        self.work(act, then, lane=lane, doing="doing.approve")

    def refuse(self, reason: str, note: str) -> None:
        """Send the case on show back: to the desk, or to the online applicant."""
        review = self.view.review
        if review is None:
            return
        app, by, desk = review.application, self.by, self.desk

        def act() -> Application:
            # The applicant isn't here where the case came from another counter.
            with borrowed(desk, by, [app.id], all_back=True):
                if app.channel is not Channel.ONLINE:
                    return desk.approvals.refuse(by, app.id, reason, note)
                point = SentBackPoint(SendBackReason(reason), note)
                back = desk.online.send_back(by, app.id, [point])
                if desk.has_centre:
                    desk.claims.pass_on(by, back)
                return back

        def then(_app: Application) -> None:
            self._seen.discard(app.id)
            self.show(asked=None, said=self.say("supervisor.refused", number=app.number))
            self.load()

        self.work(act, then, lane=SYNC if desk.has_centre else DESK)

    # -- incidents and evidence ------------------------------------------------------------

    def close_incident(self, incident_id: str, statement: str, owner: str = "") -> None:
        """The supervisor's words; for a contested NIK, `owner` names whose data hold.

        Cards that were swapped must each be with their own holder again.
        """
        incident = next((i for i in self.view.incidents if i.id == incident_id), None)
        if incident is None:
            return
        by = self.by

        def act() -> object:
            if incident.kind == CONFLICT:
                return self._decide(by, incident, statement, owner)
            if incident.kind == WRONG_PERSON:
                return self.desk.corrections.exchanged(by, incident.id, statement)
            return self.desk.oversight.close_incident(by, incident.id, statement)

        def then(result: object) -> None:
            found = cast("list[Application]", result) if isinstance(result, list) else []
            cards = sum(waits(app.state) for app in found)
            told = "conflict.settled" if found else "supervisor.incident_closed"
            if cards:
                told = "conflict.settled_cards"
            self.show(asked=None, said=self.say(told, count=len(found) - cards, cards=cards))
            self.load()

        self.work(act, then)

    def _decide(
        self, by: Actor, incident: Incident, statement: str, owner: str
    ) -> list[Application]:
        case = ""
        if owner:
            with self.desk.ledger.reading() as r:
                app = r.first(Application, number=incident.details.get("application", ""))
            case = app.id if app is not None else ""
        return self.desk.intake.settle_conflict(by, incident.subject, statement, owner=case)

    def open_incident(self, subject: str, statement: str) -> None:
        """Report something that the program couldn't see."""
        by = self.by
        self._done(
            lambda: self.desk.oversight.open_incident(by, "other", subject, statement),
            "supervisor.incident_opened",
        )

    def confirm(self, evidence_id: str) -> None:
        """Ask the issuer of a typed piece again."""
        by = self.by

        def then(piece: Evidence) -> None:
            reference = shown_number(piece)
            if piece.closed:
                said = self.say("supervisor.confirmed", reference=reference)
            else:
                said = self.warn("supervisor.denied", reference=reference)
            self.show(said=said)
            self.load()

        self.work(
            lambda: self.desk.oversight.confirm_evidence(by, evidence_id), then,
            doing="doing.ask_issuer",
        )  # fmt: skip

    def confirm_all(self) -> None:
        """Ask the issuers of all typed pieces that wait; who is silent is waited for only once."""
        by = self.by

        def then(asked: AllAsked) -> None:
            tell = self.warn if asked.denied else self.say
            self.show(said=tell(asked.message, **dataclasses.asdict(asked)))
            self.load()

        self.work(
            lambda: self.desk.oversight.confirm_all_evidence(by), then,
            lane=ISSUERS, doing="doing.ask_issuer",
        )  # fmt: skip

    def _done(self, act: Callable[[], object], message: str) -> None:
        def then(_result: object) -> None:
            self.show(asked=None, said=self.say(message))
            self.load()

        self.work(act, then)

    # -- the trail and the journal ---------------------------------------------------------

    def search(self, **changes: object) -> None:
        """Other wishes for the audit trail."""
        query = dataclasses.replace(self.view.query, **changes)  # type: ignore[arg-type]
        self.show(query=query)
        self.read(
            lambda: tuple(self.desk.oversight.trail(self._limited(query))),
            lambda lines: self.show(lines=lines),
            lane=AUDIT,
        )

    def verify(self) -> None:
        """Check every entry, signature and anchor now."""
        desk = self.desk

        def act() -> Checked:
            begun = desk.frame.now()
            return Checked(desk.oversight.verify(), begun)

        self.work(act, lambda checked: self.show(checked=checked), lane=AUDIT, doing="doing.verify")

    def export(self, out: Path) -> None:
        """Write the journal with its pictures for an inspector."""
        by = self.by
        zipped = out.suffix == ".zip"

        def then(done: Exported) -> None:
            said = self.say("supervisor.exported", count=done.entries)
            self.show(exported=str(out), said=said)

        self.work(
            lambda: self.desk.oversight.export(by, out, zipped=zipped), then,
            lane=AUDIT, doing="doing.export",
        )  # fmt: skip

    def let_go(self) -> None:
        """Let the cases leave whose time is over."""
        by, acts = self.by, self.view.old_acts

        def then(count: int) -> None:
            told = "supervisor.keeping.left" if count or not acts else "supervisor.keeping.erased"
            self.show(said=self.say(told, count=count or acts))
            self.load()

        self.work(lambda: self.desk.retention.leave(by), then, doing="doing.let_go")

    # -- delegates -------------------------------------------------------------------------

    def delegate(self, officer_id: str, role: Role, until: date, reason: str) -> None:
        """Let another officer stand in until a day, signed."""
        by = self.by

        def then(officer: Officer) -> None:
            linked = self.desk.frame.link is not None
            told = "supervisor.delegated_told" if linked else "supervisor.delegated"
            self.show(asked=None, said=self.say(told, name=officer.title, until=until))
            self.load()

        self.work(
            lambda: self.desk.oversight.delegate(by, officer_id, frozenset({role}), until, reason),
            then,
        )

    def give_code(self, officer_id: str) -> None:
        """A one-time code for another officer, shown once."""
        by = self.by

        def then(given: tuple[str, datetime]) -> None:
            name = self.view.names.get(officer_id, officer_id)
            self.show(code=GivenCode(name, *given))
            self.load()

        self.work(lambda: self.desk.credentials.give_code(by, officer_id), then)

    def forget_code(self) -> None:
        """The code was told."""
        self.show(code=None)

    def revoke(self, officer_id: str) -> None:
        """End a delegation early."""
        by = self.by

        def then(officer: Officer) -> None:
            self.show(said=self.say("supervisor.revoked", name=officer.title))
            self.load()

        self.work(lambda: self.desk.oversight.revoke(by, officer_id), then)
