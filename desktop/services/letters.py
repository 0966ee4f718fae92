"""When no card is left: interim letters, the fair queue, and its order when stock lands.

A letter stands in for the card of an approved case until its expiry. Whoever began to wait first
is served first, with or without a letter; each letter is redeemed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from db.trail import Wanted, look
from desktop.domain.application import Application, Letter, Paper
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, Role
from desktop.domain.periods import PeriodKind
from desktop.domain.stock import Blank, BlankState
from desktop.domain.workflow import Action
from desktop.ledger import Reading, Writing
from desktop.services.approval import Approvals
from desktop.services.base import Frame, require
from desktop.services.centre_link import not_elsewhere
from desktop.services.licences import Licences
from desktop.services.paper_forms import INTERIM, interim_letter
from desktop.services.papers import MadePaper, Papers
from desktop.services.signing import digest_of

ISSUE = "letter.issue"
"""The act that the officer signs."""
NO_WAIT = {S.ON_HOLD: "held", S.CANCELLED: "ended", S.REJECTED: "ended", S.EXPIRED: "ended"}
"""Why the case of a letter that nobody redeemed doesn't wait, where its next step isn't the way."""


class NotWaiting(Problem):
    """The case doesn't wait for a card, so it needs no letter; with a reason, its letter was
    brought: the case is `held`, has `ended` without a card, or is at some `other` step."""

    number: str
    state: S | None = None
    reason: str = ""


class LetterInForce(Problem):
    """The case has a letter that is still in force."""

    number: str
    expires: date


class LetterRedeemed(Problem):
    """The letter was redeemed before; `replaced` where it ran out and a `newer` one followed it."""

    number: str
    reason: str = ""
    newer: str = ""


class UnknownLetter(Problem):
    """No letter with this number was issued here."""

    number: str


class NoCardYet(Problem):
    """No card is free here, for nobody who waits; `promised` where those here are for approved
    cases."""

    place: int
    reason: str = ""


class NotYetTheirTurn(Problem):
    """Others began to wait before, and the cards that are here are theirs."""

    place: int
    free: int


def _by_issue(letter: Letter) -> datetime:
    return letter.issued_at


@dataclass(frozen=True, slots=True)
class Waiter:
    """One case in the fair queue; `place` counts from 1, `number` is at its letter's head."""

    application: Application
    letter: Letter | None
    place: int
    number: str = ""


class Letters:
    """Acts on cases that wait for a card."""

    def __init__(
        self, frame: Frame, approvals: Approvals, licences: Licences, papers: Papers
    ) -> None:
        self._frame = frame
        self._approvals = approvals
        self._licences = licences
        self._papers = papers

    # -- looking ---------------------------------------------------------------------------

    def waiting(self) -> list[Waiter]:
        """Who waits for a card here, in the order in which they will be served.

        What another counter holds waits there, for that counter's cards.
        """
        with self._frame.ledger.reading() as r:
            return self._queue(r)

    def next_served(self) -> list[str]:
        """The cases of the queue for which cards are here: where several counters share an office,
        one that nobody holds is asked for before it is served."""
        with self._frame.ledger.reading() as r:
            return [waiter.application.id for waiter in self._queue(r)[: self.free(r)]]

    def _queue(self, r: Reading) -> list[Waiter]:
        waiting = r.find(Application, state=S.AWAITING_MATERIAL)
        apps = not_elsewhere(self._frame.link, r, waiting)
        began = self._began(r, [app.id for app in apps])
        # Begun at another counter, it stands where its case came to wait there.
        ordered = sorted(apps, key=lambda a: (*began.get(a.id, (a.changed_at, 0)), a.number))
        return [self._waiter(r, app, at) for at, app in enumerate(ordered, 1)]

    def _waiter(self, r: Reading, app: Application, place: int) -> Waiter:
        letter = self._letter(r, app.id)
        return Waiter(app, letter, place, self._number(r, letter) if letter else "")

    @staticmethod
    def _number(r: Reading, letter: Letter) -> str:
        """What stands at the letter's head: it is what its holder can read out."""
        paper = r.look(Paper, letter.paper) if letter.paper else None
        return paper.number if paper is not None else str(letter.number)

    def _began(self, r: Reading, application_ids: list[str]) -> dict[str, tuple[datetime, int]]:
        """When cases began to wait here and in which order, whatever the clock said."""
        began: dict[str, tuple[datetime, int]] = {}
        if not application_ids:
            return began
        wanted = Wanted(acts=("application.await_material",), subjects=application_ids)
        latest: datetime | None = None
        for line in look(r.conn, self._frame.ledger.journal.counter, wanted, content=False):
            latest = line.time if latest is None else max(latest, line.time)
            began.setdefault(line.subject, (latest, line.seq))
        return began

    @staticmethod
    def _letter(r: Reading, application_id: str) -> Letter | None:
        """The newest letter of a case that nobody has redeemed."""
        found = r.find(Letter, application_id=application_id)
        open_ones = [letter for letter in found if letter.redeemed_at is None]
        return max(open_ones, key=lambda letter: letter.number, default=None)

    def _follower(self, r: Reading, letter: Letter) -> str:
        """The number of the last letter that followed one that ran out, if one did."""
        last = letter
        # Not by number: each year and each counter numbers its letters anew.
        for one in sorted(r.find(Letter, application_id=letter.application_id), key=_by_issue):
            if one.issued_at == last.redeemed_at and one.id != last.id:
                last = one
        return self._number(r, last) if last.id != letter.id else ""

    # -- issuing ---------------------------------------------------------------------------

    def issue(self, by: Actor, application_id: str) -> tuple[Letter, MadePaper]:
        """Sign a letter for a waiting case and make its paper, both or neither.

        A letter that ran out may be followed by another. Raises NotWaiting, LetterInForce,
        RoleMissing, NoSealKey.
        """
        require(by, Role.REGISTRATION, Role.PRODUCTION, Role.SUPERVISOR, Role.APPROVER)
        frame = self._frame
        today = frame.today()
        with frame.ledger.acting(by) as w:
            frame.check_clock(w)
            app = w.get(Application, application_id)
            if app.state is not S.AWAITING_MATERIAL:
                raise NotWaiting(number=app.number)
            before = self._letter(w, app.id)
            if before is not None and before.expires >= today:
                raise LetterInForce(number=self._number(w, before), expires=before.expires)
            now = frame.now()
            if before is not None:
                w.change(before, redeemed_at=now)  # `_follower` knows it by this moment
            dates = self._licences.dates(w, app)
            last = frame.rules(today).last_day(PeriodKind.INTERIM_LETTER, today)
            letter = w.add(
                Letter(
                    id=frame.ids.new(),
                    number=frame.serial(w.number(f"letter:{today.year}")),
                    application_id=app.id,
                    issued_at=now,
                    expires=min(last, dates.valid_until),
                )
            )
            number = dates.sim_number
            content = {
                "application": app.id,
                "class": str(app.licence_class),
                "expires": letter.expires.isoformat(),
                "letter": letter.number,
                "sim_number": number,
            }
            approval = self._approvals.sign(w, by, ISSUE, letter.id, digest_of(content))
            w.record("letter.issued", letter.id, content, (approval,))
            made = interim_letter(self._papers, by, w, letter, number, approval)
            letter = w.change(letter, paper=made.paper.id)
            w.record("letter.made", letter.id, {"number": made.paper.number})
        return letter, made

    # -- when stock lands ------------------------------------------------------------------

    def free(self, r: Reading) -> int:
        """Cards at this counter that no approved case is already waiting to be printed on here."""
        approved = r.find(Application, state=S.APPROVED)
        return max(0, self._here(r) - len(not_elsewhere(self._frame.link, r, approved)))

    def _here(self, r: Reading) -> int:
        return r.count(Blank, custodian=self._frame.counter, state=BlankState.ASSIGNED)

    def landed(self, by: Actor, count: int | None = None) -> list[Application]:
        """Stock is here: the first in the queue go on to printing, as many as there are cards.

        A case that nobody holds and that wasn't given to this counter stays. Raises RoleMissing.
        """
        require(by, Role.PRODUCTION, Role.SUPERVISOR, Role.STOCK_KEEPER)
        with self._frame.ledger.acting(by) as w:
            free = self.free(w)
            most = free if count is None else min(count, free)
            link = self._frame.link
            ours = [
                waiter
                for waiter in self._queue(w)
                if link is None or link.held_by(w, waiter.application) is None
            ]
            return [self._serve(w, waiter) for waiter in ours[:most]]

    def redeem(self, by: Actor, number: str) -> Application:
        """Somebody brings their letter, with the number at its head: their case goes on, if its
        turn has come.

        Raises UnknownLetter, LetterRedeemed, NotWaiting, NoCardYet, NotYetTheirTurn, RoleMissing,
        and CaseElsewhere or CaseOutOfReach where the case waits at another counter.
        """
        with self._frame.ledger.acting(by) as w:
            number = "".join(number.split()).upper()
            papers = w.find(Paper, kind=INTERIM, number=number)
            letter = next((x for x in (w.look(Letter, p.subject) for p in papers) if x), None)
            if letter is None:
                raise UnknownLetter(number=number[:40])
            queue = {waiter.application.id: waiter for waiter in self._queue(w)}
            waiter = queue.get(letter.application_id)
            if letter.redeemed_at is None and waiter is None:
                app = w.get(Application, letter.application_id)
                self._check_waits_here(w, app)
                reason = NO_WAIT.get(app.state, "other")
                raise NotWaiting(number=app.number, state=app.state, reason=reason)
            if letter.redeemed_at is not None or waiter is None:
                newer = self._follower(w, letter)
                raise LetterRedeemed(number, "replaced" if newer else "", newer)
            return self._in_turn(w, waiter)

    def go_on(self, by: Actor, application_id: str) -> Application:
        """A waiting case goes on without a letter, if its turn has come.

        Raises NotWaiting, NoCardYet, NotYetTheirTurn, RoleMissing, CaseElsewhere, CaseOutOfReach.
        """
        with self._frame.ledger.acting(by) as w:
            queue = {waiter.application.id: waiter for waiter in self._queue(w)}
            waiter = queue.get(application_id)
            if waiter is None:
                app = w.get(Application, application_id)
                self._check_waits_here(w, app)
                raise NotWaiting(number=app.number)
            return self._in_turn(w, waiter)

    def _check_waits_here(self, r: Reading, app: Application | None) -> None:
        link = self._frame.link
        if link is not None and app is not None and app.state is S.AWAITING_MATERIAL:
            link.check_ours(r, app)

    def _in_turn(self, w: Writing, waiter: Waiter) -> Application:
        free = self.free(w)
        if not free:
            raise NoCardYet(place=waiter.place, reason="promised" if self._here(w) else "")
        if waiter.place > free:
            raise NotYetTheirTurn(place=waiter.place, free=free)
        return self._serve(w, waiter)

    def _serve(self, w: Writing, waiter: Waiter) -> Application:
        letter = waiter.letter
        app = self._frame.move(
            w, waiter.application, Action.MATERIAL_ARRIVED,
            told={"place": waiter.place, "letter": letter.number if letter else 0},
        )  # fmt: skip
        if letter is not None:
            w.change(letter, redeemed_at=self._frame.now())
            w.record("letter.redeemed", letter.id, {"letter": letter.number, "case": app.number})
        return app
