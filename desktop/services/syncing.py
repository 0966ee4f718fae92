"""The exchange with the centre, on a lane of its own: out, in, and what came carried out.

Every known refusal ends as a fact on the screen (`SyncFacts`), never as an exception: an officer
can't mend a line, but must know what it forbids. What stops the exchange stops nothing else; the
journal keeps everything until the line is back.

The window asks `due` every second. The head is polled every 15 s, every second while a screen
waits; after an outage the first attempt is spread over a minute, the next ones back off with full
jitter, so that 3,000 counters don't come back in the same second.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db import outbox, sync_state
from db.chain import iso
from db.errors import CentreFault, CentreProblem, CentreRefused, CentreTooOld, StoreProblem
from db.judged import counts
from db.sync import Centre, Pushed, Sync
from desktop.notices import Progress, SyncMoved
from desktop.services.centre_link import OFFLINE_CARDS, CentreLink
from desktop.services.centre_rows import RowSense
from desktop.services.sync_facts import CLOCK_OFF, LineState, SyncFacts
from desktop.version import VERSION

if TYPE_CHECKING:
    from desktop.services.local_desk import LocalDesk
    from desktop.settings import Centre as CentreLine

LANE = "sync"
POLL = 15.0
WAITING_POLL = 1.0
WAIT_MS = 1_000
SPLAY = 120.0
"""Seconds over which counters come back after a line was lost: 3,000 in 60 are 50 a second, more
than a centre of two cores takes (30 to 40); F5 exchanges at once."""
LONGEST = 300.0
SMALLEST_BATCH = 1
WHOLE_BATCH = 200
BLOBS_AT_ONCE = 40

STOPPED = {
    "revoked": LineState.REFUSED,
    "unknown_counter": LineState.REFUSED,
    "realm": LineState.REFUSED,
    "forked": LineState.FORKED,
    "epoch": LineState.FORKED,
    "schema": LineState.TOO_OLD,
}
"""The centre's refusals that have words of their own; all others are STUCK, with its word."""

Spread = Callable[[float], float]


def full_jitter(most: float) -> float:
    """Anywhere between nothing and `most` seconds."""
    return random.SystemRandom().uniform(0, most)


class Stopped(Exception):
    """The centre refused a batch in a way that sending it again won't change."""

    def __init__(self, state: LineState, word: str) -> None:
        super().__init__(word)
        self.state = state
        self.word = word


class Syncing:
    """The exchange of one counter. `exchange` runs on the lane `sync`; the rest from anywhere."""

    def __init__(self, desk: LocalDesk, spread: Spread = full_jitter) -> None:
        self.desk = desk
        self._frame = desk.frame
        self._spread = spread
        self._sense = RowSense()
        self.sync = Sync(desk.ledger.store, desk.ledger.journal, self._sense, VERSION)
        self.connect: Callable[[], Centre] = self._connect
        self._centre: Centre | None = None
        self._stop = threading.Event()
        self._wait = 0
        self._fails = 0
        self._next_tick = 0
        self._hurried = False
        self._at_work = 0
        self._outage: datetime | None = None
        self._intake: list[Any] = []
        self._most = WHOLE_BATCH
        self._facts = self._looked(SyncFacts(LineState.NOT_YET))
        desk.ledger.acted = self._acted

    # -- what others ask -------------------------------------------------------------------

    @property
    def link(self) -> CentreLink:
        link = self._frame.link
        assert link is not None, "syncing is asked for only where there is a centre"
        return link

    @property
    def facts(self) -> SyncFacts:
        """The last look; costs nothing."""
        left = (self._next_tick - self._frame.clock.tick()) / 1e9
        return replace(
            self._facts,
            contact=self.link.contact,
            down_since=self.link.down_since,
            next_in=max(0.0, left),
        )

    def look(self) -> SyncFacts:
        """The facts with the queue counted anew."""
        self._facts = self._looked(self._facts)
        return self.facts

    def due(self) -> bool:
        """Whether an exchange should begin now."""
        return self._frame.clock.tick() >= self._next_tick

    def hurry(self) -> None:
        """F5, or an act that somebody waits for: the next look at `due` says yes.

        Said during an exchange, it counts for the next one, which then follows at once.
        """
        self._hurried = True
        self._next_tick = 0

    def wait_for_news(self, on: bool) -> None:
        """A screen waits for what others do, or waits no more."""
        self._wait = max(0, self._wait + (1 if on else -1))
        if on:
            self.hurry()

    def cancel(self) -> None:
        """Stop after the page or batch that is under way; it can be gone on with."""
        self._stop.set()

    def close(self) -> None:
        """Let go of the line."""
        centre, self._centre = self._centre, None
        if centre is not None:
            close = getattr(centre, "close", None)
            if close is not None:
                close()

    def bring(self, shas: Sequence[str]) -> None:
        """Fetch these pictures now, where they aren't here; what doesn't come is tried later."""
        from desktop.services.online_line import bring

        if self._centre is not None:
            try:
                bring(self.desk.ledger, self.sync, self._centre, shas)
            except CentreProblem:
                self.close()

    def _acted(self) -> None:
        if threading.get_ident() == self._at_work:
            return  # the exchange's own acts are sent by it
        if self._wait or self._facts.state in (LineState.UP, LineState.WORKING):
            self.hurry()

    # -- the exchange ----------------------------------------------------------------------

    def exchange(self) -> SyncFacts:
        """Everything out, everything in, everything carried out. Raises no known problem."""
        self._hurried = False
        self._at_work = threading.get_ident()
        try:
            return self._exchange()
        finally:
            self._at_work = 0

    def _exchange(self) -> SyncFacts:
        self._stop.clear()
        self._show(replace(self._facts, state=LineState.WORKING, word=""))
        try:
            centre = self._centre or self.connect()
            self._centre = centre
            self._push_all(centre)
            self._pull_all(centre)
            if self._carry_out(centre):
                self._push_all(centre)
            if self._stop.is_set():
                return self._halted()
            self._fetch(centre)
            if self._look_again():
                self._push_all(centre)
        except Stopped as stopped:
            return self._failed(stopped.state, stopped.word)
        except CentreRefused as refused:
            return self._failed(LineState.REFUSED, refused.detail)
        except CentreTooOld as old:
            return self._failed(LineState.TOO_OLD, old.detail)
        except CentreFault as fault:
            # What stands before the entry that the centre stumbles over can still get through.
            self._most = max(SMALLEST_BATCH, self._most // 4)
            return self._failed(LineState.FAULT, fault.detail)
        except CentreProblem as down:
            return self._failed(LineState.DOWN, down.detail)
        except StoreProblem as problem:
            return self._failed(LineState.STUCK, type(problem).__name__)
        return self._succeeded()

    def once(self, act: Callable[[], Any]) -> SyncFacts:
        """Do something here and bring it to the centre at once (on the lane `sync`)."""
        act()
        return self.exchange()

    def _succeeded(self) -> SyncFacts:
        before = self._facts
        self.link.whole()
        with self.desk.ledger.store.write() as conn:
            sync_state.put(conn, "contact", iso(self._frame.now()))
            sync_state.put(conn, "offset_ms", self.link.offset_ms)
            sync_state.put(conn, "stopped", None)
            sync_state.put(conn, "down_since", None)
        self._fails = 0
        self._outage = None
        self._most = WHOLE_BATCH
        wait = WAITING_POLL if self._wait else POLL
        self._next_tick = 0 if self._hurried else self._frame.clock.tick() + int(wait * 1e9)
        off = timedelta(milliseconds=self.link.offset_ms or 0)
        self._show(
            self._looked(
                replace(
                    before,
                    state=LineState.UP,
                    word="",
                    done=0,
                    whole=0,
                    clock_off=off if abs(off) > CLOCK_OFF else None,
                )
            )
        )
        return self.facts

    def _halted(self) -> SyncFacts:
        """Stopped by somebody: nothing is known to be whole, so no list counts as fresh."""
        self._next_tick = self._frame.clock.tick() + int(POLL * 1e9)
        self._show(self._looked(replace(self._facts, state=LineState.STOPPED, done=0, whole=0)))
        return self.facts

    def _failed(self, state: LineState, word: str) -> SyncFacts:
        self.close()
        first = self._fails == 0
        self._fails += 1
        if state in (LineState.DOWN, LineState.FAULT):
            self.link.lost()
            most = SPLAY if first else min(LONGEST, POLL * 2 ** min(self._fails, 6))
        else:
            most = LONGEST
        self._next_tick = self._frame.clock.tick() + int(self._spread(most) * 1e9)
        with self.desk.ledger.store.write() as conn:
            sync_state.put(conn, "stopped", [str(state), word])
            since = self.link.outage_since
            sync_state.put(conn, "down_since", None if since is None else iso(since))
        self._show(self._looked(replace(self._facts, state=state, word=word, done=0, whole=0)))
        return self.facts

    # -- out -------------------------------------------------------------------------------

    def _push_all(self, centre: Centre) -> None:
        tries = 0
        while not self._stop.is_set():
            pushed = self.sync.push(centre, iso(self._frame.now()), self._most)
            self._heard(pushed.time)
            if not pushed.error:
                tries = 0
                if not pushed.more:
                    return
                continue
            tries += 1
            if tries > 8 or not self._mended(centre, pushed):
                raise Stopped(STOPPED.get(pushed.error, LineState.STUCK), pushed.error)

    def _mended(self, centre: Centre, pushed: Pushed) -> bool:
        """Whether what stood in the way was dealt with, so that the batch can be tried again."""
        match pushed.error:
            case "gap":
                return True
            case "too_large":
                smaller = self._most > SMALLEST_BATCH
                self._most = max(SMALLEST_BATCH, self._most // 4)
                return smaller
            case "forked" if self._most > SMALLEST_BATCH:
                # Some of the batch may be known: go on one by one to where the chains part.
                self._most = SMALLEST_BATCH
                return True
            case "forked" | "epoch":
                self._fork(int(pushed.detail.get("epoch") or 1))
                self._most = WHOLE_BATCH
                return True
            case _:
                return False

    def _fork(self, epoch: int) -> None:
        """This store isn't the one that the centre knows: restored, or cloned."""
        with self.desk.ledger.reading() as r:
            own = r.head().epoch
        self.sync.open_epoch("restored_or_cloned", max(own, epoch) + 1)
        self.desk.notices.publish(SyncMoved())

    # -- in --------------------------------------------------------------------------------

    def _pull_all(self, centre: Centre) -> None:
        forks = 0
        self._intake = []
        while not self._stop.is_set():
            idle = bool(self._wait) and not self._unsent()
            page = self.sync.pull(centre, iso(self._frame.now()), wait_ms=WAIT_MS if idle else 0)
            if page.error:
                raise Stopped(STOPPED.get(page.error, LineState.STUCK), page.error)
            self._heard(page.time)
            if page.ahead is not None and forks < 2:
                forks += 1
                self._fork(page.ahead[0])
                self._push_all(centre)
                continue
            self._intake = list(page.intake)
            self._sense.publish(self.desk, page.kinds)
            if not page.more:
                return
            with self.desk.ledger.store.read() as conn:
                done = int(dict(sync_state.get(conn, "cursor", {})).get("office", 0))
            self._progress(done, page.head)

    def _unsent(self) -> bool:
        with self.desk.ledger.store.read() as conn:
            return outbox.next_batch(conn, self.sync.counter, sync_state.acked(conn), 1) is not None

    def _carry_out(self, centre: Centre) -> bool:
        """What the centre orders and what the portal sent; whether there is something to send."""
        from desktop.services.orders import Orders

        carried = Orders(self.desk).run()
        self.desk.duty.end_dismissed()
        if self._intake:
            from desktop.services.online_line import OnlineLine

            carried += OnlineLine(self.desk, self.sync, centre).take(self._intake)
        return carried > 0

    def _look_again(self) -> bool:
        """Cards made without the centre, and what an outage did; whether there is more to send."""
        noted = self.desk.duty.seen_online()
        since = self.link.outage_since
        if not self._looked(self._facts).recheck and since is None:
            return noted
        from desktop.services.outage import Outage

        outage = Outage(self.desk)
        acts = outage.recheck()
        if since is not None and since != self._outage:
            self._outage = since
            acts += outage.ended(since)
        return noted or acts > 0

    def _fetch(self, centre: Centre) -> None:
        for _ in range(BLOBS_AT_ONCE):
            if self._stop.is_set() or not self.sync.fetch_blob(centre):
                return
        self.hurry()  # more are wanted

    # -- inside ----------------------------------------------------------------------------

    def _connect(self) -> Centre:
        from db.central import Centre as RealCentre  # psycopg: only where there is a centre

        line = self._frame.centre.line
        assert line is not None
        return RealCentre.connect(**connection_of(line, self.desk.profile.path))

    def _heard(self, time: str) -> None:
        if time:
            server = datetime.fromisoformat(time)
            self.link.heard(server if server.tzinfo else server.replace(tzinfo=UTC))

    def _progress(self, done: int, whole: int) -> None:
        self._show(replace(self._facts, done=min(done, whole), whole=whole))
        self.desk.notices.publish(Progress("sync", min(done, whole), whole))

    def _show(self, facts: SyncFacts) -> None:
        changed = facts != self._facts
        self._facts = facts
        if changed:
            self.desk.notices.publish(SyncMoved())

    def _looked(self, facts: SyncFacts) -> SyncFacts:
        with self.desk.ledger.store.read() as conn:
            acked = sync_state.acked(conn)
            depth = outbox.depth(conn, self.sync.counter, acked)
            parked, strays = counts(conn)
            if parked:
                from desktop.services.parked_groups import count_cases

                parked = count_cases(conn)
            recheck = len(sync_state.get(conn, OFFLINE_CARDS, []))
        oldest = datetime.fromisoformat(depth.oldest) if depth.oldest else None
        return replace(
            facts, waiting=depth.count, oldest=oldest, parked=parked, strays=strays, recheck=recheck
        )


def connection_of(line: CentreLine, folder: Path) -> dict[str, Any]:
    """How `db.central` is to connect; files are relative to the profile's folder."""

    def place(name: str) -> str:
        return str(folder / name) if name else ""

    return {
        "host": line.host,
        "port": line.port,
        "database": line.database,
        "user": line.user,
        "password": line.password,
        "sslmode": "verify-full" if line.root else "disable",
        "sslrootcert": place(line.root),
        "sslcert": place(line.certificate),
        "sslkey": place(line.key),
    }
