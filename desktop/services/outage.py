"""After an outage: cards made without the centre are looked at again, and what it did to people.

A card that was printed offline is judged by what the centre knows now: a hold, a licence that it
flagged, an entry that it parked. A conflict is an incident for the supervisor; the card itself is
kept back by the ordinary gates. An outage in which licences ran out makes a proposal for a
dispensation, with the days and how many, which the office sends up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from db import outbox, sync_state
from db.sync_desk import parked
from desktop.domain.application import Application, Incident, Paper
from desktop.domain.calendar import office_date
from desktop.domain.errors import Problem
from desktop.domain.officer import PROGRAM, Actor, Role
from desktop.domain.person import Hold, Licence, LicenceStatus
from desktop.ledger import Reading
from desktop.notices import ApprovalsChanged
from desktop.services.base import require
from desktop.services.centre_link import OFFLINE_CARDS
from desktop.services.orders import rule_sheets
from desktop.services.parcels import open_incident

if TYPE_CHECKING:
    from desktop.services.local_desk import LocalDesk

WORTH_TELLING = timedelta(hours=4)
"""A shorter outage leaves no trace but the entries' own times."""
PROPOSAL = "dispensation_proposal"
CONFLICT = "offline_card"


class NothingToPropose(Problem):
    """There is no such proposal any more."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A dispensation that this office proposes: licences that ran out from `first` to `last`."""

    id: str
    since: datetime
    until: datetime
    first: date
    last: date
    licences: int


class Outage:
    """What is done once the line is back."""

    def __init__(self, desk: LocalDesk) -> None:
        self._desk = desk
        self._frame = desk.frame

    def recheck(self) -> int:
        """Look again at each card made without the centre; how many acts were written."""
        ledger, acts = self._desk.ledger, 0
        with ledger.store.read() as conn:
            waiting: list[str] = list(sync_state.get(conn, OFFLINE_CARDS, []))
        for application_id in waiting:
            with ledger.acting(PROGRAM) as w:
                app = w.look(Application, application_id)
                acked = sync_state.acked(w.conn)
                counter = ledger.journal.counter
                if app is not None and outbox.unsent_of(w.conn, counter, app.id, acked):
                    continue  # the centre hasn't judged it yet
                why = "" if app is None else self._against(w, app)
                if app is not None and why:
                    open_incident(
                        self._frame, w, CONFLICT, app.id,
                        {"number": app.number, "serial": app.blank_serial, "why": why}, "",
                    )  # fmt: skip
                    w.notify(ApprovalsChanged())
                elif app is not None:
                    w.record("offline_card.rechecked", app.id, {"number": app.number})
                left = [c for c in sync_state.get(w.conn, OFFLINE_CARDS, []) if c != application_id]
                sync_state.put(w.conn, OFFLINE_CARDS, left or None)
                acts += 1
        return acts

    def proposals(self) -> list[Proposal]:
        """Proposals that nobody has closed or accepted yet, newest first."""
        with self._desk.ledger.reading() as r:
            found = r.find(Incident, kind=PROPOSAL, closed_by="", descending=True)
            sheets = rule_sheets(r.conn, self._frame.place) if found else []
        # An accepted one is the source of its decree.
        texts = [text for sheet in sheets for text in sheet.values()]
        return [
            Proposal(
                one.id, datetime.fromisoformat(one.subject), one.opened_at,
                date.fromisoformat(one.details["from"]), date.fromisoformat(one.details["to"]),
                int(one.details["licences"]),
            )
            for one in found
            if not any(one.id in text for text in texts)
        ]  # fmt: skip

    def print_proposal(self, by: Actor, incident_id: str) -> Paper:
        """The proposal as paper, made as the books stand now and printed.

        Raises RoleMissing, NothingToPropose, NoSealKey, the document printer's faults.
        """
        from desktop.services.paper_minutes import dispensation_proposal

        require(by, Role.SUPERVISOR)
        papers = self._desk.papers
        with self._desk.ledger.reading() as r:
            incident = r.look(Incident, incident_id)
        if incident is None or incident.kind != PROPOSAL:
            raise NothingToPropose
        made = dispensation_proposal(papers, by, incident)
        return papers.print(by, made.paper.id)

    def _against(self, r: Reading, app: Application) -> str:
        hold = next((h for h in r.find(Hold, nik=app.nik, active=True) if h.binding), None)
        if hold is not None:
            return str(hold.kind)
        licence = r.look(Licence, app.licence_id) if app.licence_id else None
        if licence is not None and licence.status is not LicenceStatus.VALID:
            return f"licence_{licence.status}"
        mine = [p for p in parked(r.conn) if p.told and p.told.entry.subject == app.id]
        return f"parked_{mine[0].reason}" if mine else ""

    def ended(self, since: datetime) -> int:
        """The line is back; how many acts were written."""
        frame, now = self._frame, self._frame.now()
        if now - since < WORTH_TELLING:
            return 0
        first, last = office_date(since, frame.zone), frame.today()
        with self._desk.ledger.acting(PROGRAM) as w:
            if w.first(Incident, kind=PROPOSAL, subject=since.isoformat()) is not None:
                return 0
            ran_out = w.count_span(
                Licence, "valid_until", first.isoformat(), last.isoformat(),
                status=LicenceStatus.VALID,
            )  # fmt: skip
            w.record(
                "outage.ended",
                frame.counter,
                {"since": since, "until": now, "licences_run_out": ran_out},
            )
            if ran_out:
                open_incident(
                    frame, w, PROPOSAL, since.isoformat(),
                    {
                        "from": first.isoformat(), "to": last.isoformat(),
                        "licences": str(ran_out), "office": frame.place.office_code,
                    },
                    "",
                )  # fmt: skip
                w.notify(ApprovalsChanged())
                return 2
        return 1
