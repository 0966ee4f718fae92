"""Cases change hands between counters by lease: asked for, granted, given back.

A case is worked on by the counter that holds its lease. Asking needs the line; without it the
answer says who had the case, and until when. These calls wait for the centre: they run on the lane
`sync`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db import outbox, sync_state
from db.judged import settle_parked
from db.sync_desk import refused
from db.sync_state import Lease, put_lease
from desktop.domain.application import Application, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.errors import Problem
from desktop.domain.filing import Filing
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Actor, Officer, Role
from desktop.domain.offline import (
    CardNotDone,
    CaseElsewhere,
    CaseOutOfReach,
    CentreAway,
    NoCentre,
    elsewhere,
)
from desktop.domain.online import ClaimedByAnother
from desktop.domain.service import Channel
from desktop.domain.workflow import NoSuchStep
from desktop.ledger import Reading
from desktop.notices import ApplicationMoved
from desktop.services.base import require

if TYPE_CHECKING:
    from desktop.services.base import Frame
    from desktop.services.syncing import Syncing

TAKEN = "case.taken"
RELEASED = "case.released"
_AT_THE_MACHINE = frozenset({S.IN_PRODUCTION, S.ENCODED, S.PRINTED})
"""Where a card is made or waits to be looked at: whoever took the case would have no card."""


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case with whoever holds it; `left` counts only for our own, as does the officer who claimed
    or began it."""

    application: Application
    counter: str
    until: datetime | None
    left: timedelta
    officer: str = ""
    officer_title: str = ""


class Claims:
    """Asks for cases and gives them back."""

    def __init__(self, frame: Frame, syncing: Syncing) -> None:
        self._frame = frame
        self._syncing = syncing

    def take(self, by: Actor, application_id: str) -> Application:
        """Take a case over from another counter, with its pictures.

        Raises CaseElsewhere (that counter still works on it), CaseOutOfReach and CentreAway while
        the line is down, NoCentre.
        """
        frame, link = self._frame, self._frame.link
        if link is None:
            raise NoCentre
        with frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            lease = sync_state.lease_of(r.conn, app.id)
            ours = outbox.unsent_from_start(r.conn, link.counter, app.id, sync_state.acked(r.conn))
        if ours or (lease is not None and lease.counter == link.counter):
            return app
        if not link.up and not self._syncing.exchange().reachable:
            if lease is None or not lease.counter:
                raise CentreAway(since=link.down_since)
            raise CaseOutOfReach(
                number=app.number, counter=lease.counter, until=_moment(lease.until),
                since=link.down_since,
            )  # fmt: skip
        with frame.ledger.acting(by) as w:
            entry = w.record(TAKEN, app.id, {"application": app.id, "number": app.number})
        self._syncing.exchange()
        with frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            lease = sync_state.lease_of(r.conn, app.id)
            no = next(iter(refused(r.conn, [entry.entry_id])), None)
        if lease is not None and lease.counter == link.counter:
            self._bring(app)
            return app
        if no is None:
            raise CentreAway(since=link.down_since)
        self._settle(no.entry_id, app.id, no.detail)
        holder = str(no.detail.get("counter") or "")
        raise elsewhere(app.number, holder, _moment(str(no.detail.get("until") or "")))

    def claim_online(self, by: Actor, application_id: str) -> Application:
        """Take an online file to work on: the case from the centre, then the file for oneself.

        What can't be claimed isn't kept from others: it is given back where it was asked for here.
        Raises what `take` and `Online.claim` raise.
        """
        require(by, Role.REGISTRATION)  # before the centre is asked
        held = self._held_here(application_id)
        app = self.take(by, application_id)
        if app.state is S.CLAIMED and app.claimed_by == by.officer:
            return app  # theirs already, and given back meanwhile
        try:
            return self._syncing.desk.online.claim(by, app.id)
        except Problem:
            if not held:
                self._give_back(by, {}, [app.id])
            raise

    def claim_next_online(
        self, by: Actor, licence_class: LicenceClass | None = None
    ) -> Application | None:
        """The file that waits longest and that nobody else was faster to take."""
        online = self._syncing.desk.online
        for row in online.waiting((S.RECEIVED,), licence_class=licence_class, limit=10):
            try:
                return self.claim_online(by, row.application.id)
            except (CaseElsewhere, ClaimedByAnother, NoSuchStep):
                continue  # the last two: it went on elsewhere, as the centre just told
        return None

    def release(self, by: Actor, application_id: str) -> Application:
        """Give a case back, so that another counter can take it. Offline it is given back later.

        Raises NoCentre, and CardNotDone while its card is being made or waits to be inspected here.
        """
        frame = self._frame
        if frame.link is None:
            raise NoCentre
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if app.state in _AT_THE_MACHINE:
                raise CardNotDone(number=app.number)
            w.record(RELEASED, app.id, {"application": app.id, "number": app.number})
            put_lease(w.conn, Lease(app.id, "", 0, ""))
            w.notify(ApplicationMoved(app.id))
        self._syncing.exchange()
        return app

    @contextmanager
    def borrowed(
        self, by: Actor, application_ids: Sequence[str], *, all_back: bool = False
    ) -> Generator[None]:
        """Ask for those that nobody holds, for what is done within.

        Given back after it, in failure too: what of them wasn't changed, or with `all_back` all.
        """
        taken = self.take_free(by, application_ids)
        with self._frame.ledger.reading() as r:
            before = {key: r.get(Application, key).version for key in taken}
        try:
            yield
        finally:
            self._give_back(by, {} if all_back else before, taken)

    def take_free(self, by: Actor, application_ids: Sequence[str]) -> list[str]:
        """Ask at once for those of these cases that nobody holds, as for a batch of cards.

        What isn't granted stays as it was, and is refused by the act that needs it. Gives what was.
        """
        frame, link = self._frame, self._frame.link
        if link is None or not link.up:
            return []
        with frame.ledger.acting(by) as w:
            entries = [
                w.record(TAKEN, key, {"application": key})
                for key in application_ids
                if (lease := sync_state.lease_of(w.conn, key)) is not None and not lease.counter
            ]
        if not entries:
            return []
        self._syncing.exchange()
        asked = {entry.entry_id: entry.subject for entry in entries}
        with frame.ledger.reading() as r:
            nos = refused(r.conn, asked)
            held = sync_state.leases_of(r.conn, list(asked.values()))
        for item in nos:
            self._settle(item.entry_id, asked[item.entry_id], item.detail)
        return [key for key, lease in held.items() if lease.counter == link.counter]

    def pass_on(self, by: Actor, app: Application) -> None:
        """An online file was dealt with here: whoever comes next in the office may take it.

        Only while the line is up; without it nobody else could.
        """
        frame, link = self._frame, self._frame.link
        if link is None or not link.up or app.channel is not Channel.ONLINE:
            return
        with frame.ledger.acting(by) as w:
            lease = sync_state.lease_of(w.conn, app.id)
            if lease is not None and lease.counter == link.counter:
                w.record(RELEASED, app.id, {"application": app.id, "number": app.number})
                put_lease(w.conn, Lease(app.id, "", 0, ""))
        self._syncing.hurry()

    def held(self, *, ours: bool) -> list[HeldCase]:
        """Open cases that this counter holds, or that others hold."""
        link = self._frame.link
        if link is None:
            return []
        found: list[HeldCase] = []
        with self._frame.ledger.reading() as r:
            for lease in sync_state.leases(r.conn):
                mine = lease.counter == link.counter
                app = r.look(Application, lease.application_id) if mine is ours else None
                if app is None or app.ended:
                    continue
                left = link.lease_left(lease) if mine else timedelta(0)
                whose = _officer_of(r, app) if mine else ("", "")
                found.append(HeldCase(app, lease.counter, _moment(lease.until), left, *whose))
        return sorted(found, key=lambda one: one.application.number)

    # -- inside ----------------------------------------------------------------------------

    def _held_here(self, application_id: str) -> bool:
        link = self._frame.link
        with self._frame.ledger.reading() as r:
            lease = sync_state.lease_of(r.conn, application_id)
        return link is not None and lease is not None and lease.counter == link.counter

    def _give_back(self, by: Actor, unchanged: Mapping[str, int], taken: Sequence[str]) -> None:
        """Those taken that are held still; of cases in `unchanged`, at that version alone."""
        link = self._frame.link
        if link is None or not taken:
            return
        with self._frame.ledger.acting(by) as w:
            for key in taken:
                app, lease = w.get(Application, key), sync_state.lease_of(w.conn, key)
                if lease is None or lease.counter != link.counter or app.ended:
                    continue
                if app.state in _AT_THE_MACHINE:
                    continue  # its card is here: as `release`
                if unchanged.get(key, app.version) == app.version:
                    w.record(RELEASED, key, {"application": key, "number": app.number})
                    put_lease(w.conn, Lease(key, "", 0, ""))
        self._syncing.hurry()

    def _settle(self, entry_id: str, application_id: str, detail: object) -> None:
        """A refused question changed nothing: there is nothing to decide about it."""
        with self._frame.ledger.store.write() as conn:
            settle_parked(conn, entry_id)
            if isinstance(detail, dict) and detail.get("counter"):
                until = str(detail.get("until") or "")
                put_lease(conn, Lease(application_id, str(detail["counter"]), 0, until))
        self._syncing.look()

    def _bring(self, app: Application) -> None:
        """Every picture that work on the case needs."""
        shas = [sha for sha in (app.photo, app.signature, app.filing) if len(sha) == 64]
        self._syncing.bring(shas)
        if app.channel is Channel.ONLINE and app.filing:
            filing: Filing = self._syncing.desk.online.filing(app.id)
            self._syncing.bring(list(filing.pictures.values()))


def _officer_of(r: Reading, app: Application) -> tuple[str, str]:
    """Number and title of whoever claimed the file, or opened the visit."""
    visit = r.look(Visit, app.visit_id) if app.visit_id else None
    number = visit.officer if visit is not None else app.claimed_by
    officer = r.look(Officer, number) if number else None
    return number, officer.title if officer is not None else number


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
