"""What a counter knows of its centre between two exchanges, and what that lets it do.

The window asks it on every act, so it answers from memory and one row: whether the line is up, the
server's time, how old the list of holds is, and how long a lease still lasts. A lease is counted
down by the monotonic clock from the moment in which the centre's answer came, so that setting the
PC's clock makes no lease longer; after a restart it is counted from the wall clock, which the
journal's own times guard (`Frame.check_clock`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from db import outbox, sync_state, trail
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.card_reading import CardFact
from desktop.domain.duties import crew_of, plan_for
from desktop.domain.officer import Officer
from desktop.domain.offline import (
    MARGIN,
    CaseOutOfReach,
    CentreAway,
    LaterWhy,
    OfflineFacts,
    PrintLater,
    elsewhere,
    print_later,
)
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.workflow import Action
from desktop.ledger import Ledger, Reading, Writing
from desktop.sources import Clock

if TYPE_CHECKING:
    from desktop.domain.rules import Rules

FRESH = timedelta(seconds=120)
"""An exchange that succeeded this recently means that the line is up."""
OFFLINE_CARDS = "offline_cards"
"""Cases whose card was made without the centre and must be looked at again."""

# A card is under way: what happened to it must be told, whoever has the case by now.
UNDER_WAY = frozenset({S.IN_PRODUCTION, S.ENCODED, S.PRINTED, S.INSPECTED})


class CentreLink:
    """The line's state, in memory; one for a counter. Safe from any thread."""

    def __init__(self, counter: str, clock: Clock) -> None:
        self.counter = counter
        self._clock = clock
        self._lock = threading.Lock()
        self._contact: datetime | None = None
        self._contact_tick: int | None = None
        self._down_since: datetime | None = None
        self._offset_ms: int | None = None
        self._server: tuple[datetime, int] | None = None

    # -- what the exchange tells -----------------------------------------------------------

    def load(self, conn: Any) -> None:
        """What was known when the program ended."""
        contact = sync_state.get(conn, "contact")
        self._contact = datetime.fromisoformat(contact) if contact else None
        self._offset_ms = sync_state.get(conn, "offset_ms")
        down = sync_state.get(conn, "down_since")
        self._down_since = datetime.fromisoformat(down) if down else None

    def heard(self, server: datetime) -> None:
        """The centre said what time it is."""
        with self._lock:
            self._offset_ms = round((server - self._clock.now()).total_seconds() * 1000)
            self._server = (server, self._clock.tick())

    def whole(self) -> None:
        """An exchange was complete: everything that the centre had for us is here."""
        with self._lock:
            self._contact = self._clock.now()
            self._contact_tick = self._clock.tick()
            self._down_since = None

    def lost(self) -> None:
        """The centre didn't answer."""
        with self._lock:
            self._contact_tick = None
            if self._down_since is None:
                self._down_since = self._contact or self._clock.now()

    # -- what others ask -------------------------------------------------------------------

    @property
    def offset_ms(self) -> int | None:
        """The server's time minus ours, or None while it was never heard."""
        return self._offset_ms

    @property
    def up(self) -> bool:
        """Whether the centre answered a moment ago."""
        with self._lock:
            tick = self._contact_tick
        return tick is not None and self._clock.tick() - tick < FRESH.total_seconds() * 1e9

    @property
    def contact(self) -> datetime | None:
        """When the last exchange was complete."""
        return self._contact

    @property
    def outage_since(self) -> datetime | None:
        """Since when attempts have failed; None while the line is up or nobody tried."""
        return self._down_since

    @property
    def down_since(self) -> datetime | None:
        """Since when the centre hasn't answered; None while it does."""
        if self.up:
            return None
        return self._down_since or self._contact

    def holds_age(self) -> timedelta | None:
        """How old the list of holds and revocations is; None if it never came."""
        if self._contact is None:
            return None
        if self._contact_tick is not None:
            return timedelta(microseconds=(self._clock.tick() - self._contact_tick) / 1000)
        return max(self._clock.now() - self._contact, timedelta(0))

    def server_now(self) -> datetime:
        """The centre's time: counted on from its last word, or by our clock after a restart."""
        with self._lock:
            known = self._server
        if known is None:
            return self._clock.now() + timedelta(milliseconds=self._offset_ms or 0)
        return known[0] + timedelta(microseconds=(self._clock.tick() - known[1]) / 1000)

    def lease_left(self, lease: sync_state.Lease) -> timedelta:
        """How long a lease of ours still lasts; zero or less when it is over."""
        if not lease.until:
            return timedelta(0)
        return datetime.fromisoformat(lease.until) - self.server_now()

    # -- what may be done ------------------------------------------------------------------

    def held_by(self, r: Reading, app: Application) -> sync_state.Lease | None:
        """The other counter that has the case, or None where we may work on it."""
        lease = sync_state.lease_of(r.conn, app.id)
        if lease is None or lease.counter == self.counter:
            return None
        return lease

    def elsewhere(self, r: Reading, application_ids: Iterable[str]) -> frozenset[str]:
        """Those of some cases that another counter has; not those that nobody has."""
        found = sync_state.leases_of(r.conn, list(application_ids))
        return frozenset(k for k, x in found.items() if x.counter not in ("", self.counter))

    def check_ours(self, r: Reading, app: Application) -> None:
        """Refuse a case that must be asked for first.

        Raises CaseElsewhere, CaseOutOfReach, and CentreAway of one that no counter has.
        """
        other = self.held_by(r, app)
        if other is None:
            return
        until = datetime.fromisoformat(other.until) if other.until else None
        if self.up:
            raise elsewhere(app.number, other.counter, until)
        if not other.counter:
            raise CentreAway(since=self.down_since)
        raise CaseOutOfReach(
            number=app.number, counter=other.counter, until=until, since=self.down_since
        )

    def check_move(
        self,
        w: Writing,
        app: Application,
        action: Action,
        today: date,
        rules: Callable[[date], Rules],
    ) -> None:
        """Refuse what this counter may not do to a case today; `rules` are asked where needed.

        Raises CaseElsewhere, CaseOutOfReach and, before a card is begun, PrintLater.
        """
        if not w.by.is_person or app.state in UNDER_WAY or app.version == 0:
            return
        self.check_ours(w, app)
        if action is Action.CLAIM:
            self._check_claim(w, app)
        if action is Action.RESERVE:
            self._check_print(w, app, today, rules)

    def _check_claim(self, w: Writing, app: Application) -> None:
        """An online file is the office's until the centre has given it to one counter."""
        lease = sync_state.lease_of(w.conn, app.id)
        acked = sync_state.acked(w.conn)
        if lease is None and not outbox.unsent_from_start(w.conn, self.counter, app.id, acked):
            raise elsewhere(app.number, "", None)

    def _check_print(
        self, w: Writing, app: Application, today: date, rules: Callable[[date], Rules]
    ) -> None:
        acked = sync_state.acked(w.conn)
        lease = sync_state.lease_of(w.conn, app.id)
        ours = outbox.unsent_from_start(w.conn, self.counter, app.id, acked)
        if not ours and (lease is None or self.lease_left(lease) <= MARGIN):
            raise PrintLater(why=LaterWhy.LEASE_ENDS, since=self.down_since)
        if self.up:
            return
        old = w.look(Licence, app.previous_licence) if app.previous_licence else None
        held = old is not None and old.status is LicenceStatus.VALID
        why = print_later(
            rules(today).offline,
            OfflineFacts(app.service, held, chip_seen(w, app), self.holds_age()),
        )
        if why is not None:
            raise PrintLater(why=why, since=self.down_since)
        cards = [c for c in sync_state.get(w.conn, OFFLINE_CARDS, []) if c != app.id]
        self._check_crew(w, app, len(cards), today, rules(today))
        sync_state.put(w.conn, OFFLINE_CARDS, [*cards, app.id])

    def _check_crew(
        self, w: Writing, app: Application, made: int, today: date, rules: Rules
    ) -> None:
        """A small crew makes so many cards alone and no more; the rest is captured and waits."""
        crew = len(crew_of(w.find(Officer, active=True), today))
        plan = plan_for(rules.duties, crew)
        if made >= plan.offline_cards or app.service in plan.waits:
            raise PrintLater(why=LaterWhy.CREW_LIMIT, since=self.down_since)


def not_elsewhere(
    link: CentreLink | None, r: Reading, apps: list[Application]
) -> list[Application]:
    """Without those that another counter has; all of them where there is no centre."""
    if link is None:
        return apps
    away = link.elsewhere(r, [app.id for app in apps])
    return [app for app in apps if app.id not in away]


def chip_seen(r: Reading, app: Application) -> bool:
    """Whether the old card's chip was read for this case and its signature verified."""
    wanted = trail.Wanted(acts=("card.read",), subjects=(app.id,))
    lines = trail.look(r.conn, r.ledger.journal.counter, wanted, newest_first=True, limit=5)
    return any(CardFact.CHIP_PROVEN in (line.content or {}).get("found", ()) for line in lines)


def follow(ledger: Ledger, link: CentreLink) -> None:
    """Acts name the leases that they were done under."""
    ledger.fences = lambda conn, ids: sync_state.fences(conn, link.counter, ids)
