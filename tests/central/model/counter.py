"""A counter of the model: a real store, journal and exchange, and acts as the services make them.

What a screen, a device or a rule would add is left out, so that thousands of acts pass in a
minute. Each act changes whole things through the ledger and records one entry, as the services do;
the workflow's own table says which states follow each other.
"""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from db import sync_state
from db.journal import Journal
from db.outbox import depth, next_batch
from db.store import Store
from db.sync import Centre, Sync
from desktop.domain.application import Application, ApplicationState
from desktop.domain.evidence import Evidence, EvidenceSource
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Actor, Role
from desktop.domain.person import Applicant, Licence, LicenceStatus, Person, Sex, fold
from desktop.domain.requirements import RequirementKind
from desktop.domain.service import Channel, Service
from desktop.domain.stock import Blank, BlankAction, BlankState, Movement
from desktop.domain.workflow import APPLICATION, Action, Facts
from desktop.keys.signer import SoftSigner
from desktop.ledger import DuplicateRow, Ledger, Writing
from desktop.notices import Notices, at_once
from desktop.services.centre_rows import RowSense
from desktop.sources import SeededIds, SeededKeys, VirtualClock

MAKER = Actor("99000001", "m", frozenset({Role.REGISTRATION, Role.IDENTIFICATION}))
APPROVER = Actor("99000002", "a", frozenset({Role.APPROVER, Role.SUPERVISOR}))
PRODUCER = Actor("99000003", "p", frozenset({Role.PRODUCTION, Role.REGISTRATION}))
KEEPER = Actor("99000004", "k", frozenset({Role.STOCK_KEEPER}))
CREW = (MAKER, APPROVER, PRODUCER, KEEPER)

ROAD: tuple[tuple[Action, Actor], ...] = (
    (Action.CHECK_REQUIREMENTS, MAKER),
    (Action.MATCH_PAYMENT, MAKER),
    (Action.CAPTURE, MAKER),
    (Action.CONFIRM_DATA, MAKER),
    (Action.APPROVE, APPROVER),
    (Action.RESERVE, PRODUCER),
    (Action.ENCODE, PRODUCER),
    (Action.PRINT, PRODUCER),
    (Action.INSPECT, PRODUCER),
    (Action.MAKE_READY, PRODUCER),
    (Action.HAND_OVER, MAKER),
)
"""The walk-in's road after its registration, with who walks each step."""

CLASS = LicenceClass.C
LATER = datetime(2026, 3, 2, 9, tzinfo=UTC)


def nik_of(person: int) -> str:
    """A well-formed NIK for each number."""
    return f"32730101018{person % 10}{person:04d}"


class Counter:
    """One counter. `store` may be closed and opened again, copied away and copied back."""

    def __init__(self, folder: Path, counter: str, clock: VirtualClock, seed: int) -> None:
        self._begin(folder, counter, clock, seed)
        facts = {"realm": "training", "counter": counter}
        Store.create(self.path, self.key, facts=facts).close()
        self.open()

    def _begin(self, folder: Path, counter: str, clock: VirtualClock, seed: int) -> None:
        self.id = counter
        self.office = counter.split("-")[0]
        self.clock = clock
        self.folder = folder
        self.path = folder / "store.db"
        self.key = hashlib.sha256(f"store {seed}".encode()).digest()
        self.signer = SoftSigner(hashlib.sha256(f"signer {seed}".encode()).digest())
        self.ids = SeededIds(seed, clock)
        self.keys = SeededKeys(seed)
        self.restored = False

    @classmethod
    def reopened(cls, folder: Path, counter: str, seed: int) -> Counter:
        """The counter whose store lies in `folder`, in another process; its ids go on elsewhere."""
        made = cls.__new__(cls)
        made._begin(folder, counter, VirtualClock(LATER), seed)
        made.ids = SeededIds(seed + 1000, made.clock)
        made.keys = SeededKeys(seed + 1000)
        made.open()
        return made

    def open(self) -> None:
        """Begin, as after a start of the program."""
        self.store = Store.open(self.path, self.key)
        self.journal = Journal(
            self.id, "training", self.signer, self.clock, self.ids, self.keys
        )  # fmt: skip
        self.ledger = Ledger(self.store, self.journal, Notices(at_once))
        self.ledger.fences = lambda conn, ids: sync_state.fences(conn, self.id, ids)
        self.sync = Sync(self.store, self.journal, RowSense())

    def close(self) -> None:
        self.store.close()

    def save(self) -> Path:
        """Copy the store away, as a backup of last night."""
        copy = self.folder / "yesterday.db"
        copy.unlink(missing_ok=True)
        self.store.backup(copy)
        return copy

    def put_back(self, copy: Path) -> None:
        """Yesterday's store is copied over today's."""
        self.close()
        for left in self.folder.glob("store.db*"):
            left.unlink()
        shutil.copyfile(copy, self.path)
        self.restored = True
        self.open()

    # -- acts --------------------------------------------------------------------------------

    def register(self, person: int, service: Service = Service.RENEWAL) -> Application:
        """Somebody comes: the person's record, and a case."""
        nik, now = nik_of(person), self.clock.now()
        with self.ledger.acting(MAKER) as w:
            known = w.first(Person, nik=nik)
            if known is None:
                known = w.add(self._person(nik, person))
            app = w.add(
                Application(
                    id=self.ids.new(),
                    number=f"{self.id}-{w.number('application'):06d}",
                    visit_id=self.ids.new(),
                    person_id=known.id,
                    service=service,
                    licence_class=CLASS,
                    channel=Channel.WALK_IN,
                    state=ApplicationState.REGISTERED,
                    applicant=known.applicant,
                    maker=MAKER.officer,
                    created_at=now,
                    changed_at=now,
                    rules_version="1",
                    nik=nik,
                    makers=frozenset({MAKER.officer}),
                )
            )
            w.record("application.register", app.id, {"number": app.number})
        return app

    def prove(self, app: Application, reference: str) -> bool:
        """A bank slip is brought; False when this very counter has seen it before."""
        try:
            with self.ledger.acting(MAKER) as w:
                proof = w.add(
                    Evidence(
                        id=self.ids.new(),
                        application_id=app.id,
                        kind=RequirementKind.PAYMENT,
                        source=EvidenceSource.CONFIRMED,
                        reference=reference,
                        recorded_by=MAKER.officer,
                        recorded_at=self.clock.now(),
                    )
                )
                w.record("evidence.recorded", app.id, {"reference": proof.reference})
        except DuplicateRow:
            return False
        return True

    def photograph(self, app: Application, photo: int, signature: int) -> int:
        """Photo and signature of so many bytes each, named by the case; how many there are."""
        data = [
            hashlib.shake_256(f"{app.id} {size}".encode()).digest(size)
            for size in (photo, signature)
        ]
        with self.ledger.acting(MAKER) as w:
            taken = [w.put_blob(one, "image/jpeg") for one in data]
            w.change(w.get(Application, app.id), photo=taken[0], signature=taken[1])
            w.record("application.photographed", app.id, {"number": app.number})
        return sum(map(len, data))

    def case(self, application_id: str) -> Application:
        """A case as it stands."""
        with self.ledger.reading() as r:
            return r.get(Application, application_id)

    def step(self, app: Application) -> Application | None:
        """The next step of a case's road; None at its end, or where no blank is left."""
        road = [a for a, _ in ROAD]
        facts = Facts(roles=frozenset(Role), service=app.service, channel=app.channel)
        here = [a for a in road if APPLICATION.find(app.state, a, facts)]
        if not here:
            return None
        action, by = next((a, by) for a, by in ROAD if a is here[-1])
        row = APPLICATION.find(app.state, action, facts)
        assert row is not None
        assert row.next is not None
        with self.ledger.acting(by) as w:
            app = w.get(Application, app.id)
            changes = self._material(w, app, action)
            if changes is None:
                w.owed = False
                return None
            makers = app.makers | ({by.officer} if by is MAKER else set())
            after = w.change(
                app, state=row.next, changed_at=self.clock.now(), makers=makers, **changes
            )
            w.record(
                f"application.{action}", app.id,
                {"number": app.number, "from": app.state, "to": row.next},
            )  # fmt: skip
        return after

    def finish(self, app: Application) -> Application:
        """Walk a case as far as it goes."""
        while (after := self.step(app)) is not None:
            app = after
        return app

    def receive(self, lot: str, count: int, start: int) -> None:
        """Blanks arrive and come to this counter."""
        with self.ledger.acting(KEEPER) as w:
            for number in range(start, start + count):
                blank = Blank(f"{lot}{number:06d}", lot, BlankState.RECEIVED, "store_room", 1)
                w.add(blank)
                self._moved(w, blank, BlankAction.RECEIVE, None)
                for action, state, holder in (
                    (BlankAction.STORE, BlankState.IN_STOCK, "store_room"),
                    (BlankAction.ASSIGN, BlankState.ASSIGNED, self.id),
                ):
                    blank = self._move(w, blank, action, state, custodian=holder)
            w.record("stock.received", lot, {"count": count})

    def take(self, application_id: str) -> None:
        """Ask for another counter's case, or for one whose lease has run out."""
        with self.ledger.acting(MAKER) as w:
            w.record("case.taken", application_id, {"application": application_id})

    def release(self, application_id: str) -> None:
        """Leave a case to whoever takes it."""
        with self.ledger.acting(MAKER) as w:
            w.record("case.released", application_id, {"application": application_id})

    # -- what the acts move --------------------------------------------------------------------

    def _material(self, w: Writing, app: Application, action: Action) -> dict[str, Any] | None:
        """What a step changes beside the state: dates, blank, licence."""
        today = self.clock.now().date()
        if action is Action.APPROVE:
            return {"approved_by": APPROVER.officer}
        if action is Action.RESERVE:
            blank = w.first(Blank, custodian=self.id, state=BlankState.ASSIGNED)
            if blank is None:
                return None
            blank = self._move(w, blank, BlankAction.RESERVE, BlankState.RESERVED, case=app.id)
            return {
                "blank_serial": blank.id,
                "issue_on": today,
                "valid_until": date(today.year + 5, today.month, min(today.day, 28)),
                "sim_number": app.nik,
            }
        blank = w.look(Blank, app.blank_serial) if app.blank_serial else None
        if action is Action.PRINT:
            assert blank is not None
            self._move(w, blank, BlankAction.LOAD, BlankState.AT_PRINTER)
        if action is Action.INSPECT:
            assert blank is not None
            self._move(w, blank, BlankAction.ISSUE, BlankState.ISSUED)
            return {"licence_id": self._issue(w, app).id}
        return {}

    def _issue(self, w: Writing, app: Application) -> Licence:
        held = w.find(Licence, person_id=app.person_id, licence_class=app.licence_class)
        standing = [x for x in held if x.status in (LicenceStatus.VALID, LicenceStatus.FLAGGED)]
        for old in standing:
            w.change(old, status=LicenceStatus.SUPERSEDED)
        assert app.issue_on is not None
        assert app.valid_until is not None
        return w.add(
            Licence(
                id=self.ids.new(),
                person_id=app.person_id,
                licence_class=app.licence_class,
                sequence=max((x.sequence for x in held), default=0) + 1,
                sim_number=app.sim_number,
                scheme="nik",
                issued_on=app.issue_on,
                valid_until=app.valid_until,
                status=LicenceStatus.VALID,
                office=self.office,
                blank_serial=app.blank_serial,
                application_id=app.id,
                superseded={x.id: x.status for x in standing},
            )
        )

    def _move(
        self,
        w: Writing,
        blank: Blank,
        action: BlankAction,
        state: BlankState,
        *,
        custodian: str | None = None,
        case: str | None = None,
    ) -> Blank:
        after = w.change(
            blank,
            state=state,
            movement=blank.movement + 1,
            custodian=blank.custodian if custodian is None else custodian,
            application_id=blank.application_id if case is None else case,
        )
        self._moved(w, after, action, blank.state)
        return after

    def _moved(
        self, w: Writing, blank: Blank, action: BlankAction, before: BlankState | None
    ) -> None:
        w.add(
            Movement(
                id=self.ids.new(),
                serial=blank.id,
                number=blank.movement,
                lot=blank.lot,
                action=action,
                before=before,
                after=blank.state,
                custodian=blank.custodian,
                officer=w.by.officer,
                at=self.clock.now(),
                shift="",
                application_id=blank.application_id,
            )
        )

    def _person(self, nik: str, number: int) -> Person:
        name = f"Orang {number}"
        born = date(1980, 1, 1) + timedelta(days=number % 3000)
        applicant = Applicant(
            nik, name, "Bandung", born, Sex.MALE, "O", "Jalan Contoh 1", "Karyawan"
        )
        return Person(self.ids.new(), applicant, nik, fold(name))

    # -- exchange ------------------------------------------------------------------------------

    def exchange(self, centre: Centre, *, most: int = 50, page: int = 50) -> None:
        """Everything out, everything in. Raises CentreProblem as the line gives it."""
        clock = self.clock.now().isoformat()
        while True:
            pushed = self.sync.push(centre, clock, most)
            if pushed.error == "forked" or pushed.error == "epoch":
                self.sync.open_epoch("forked", self._next_epoch(pushed.detail))
            elif pushed.error:
                raise AssertionError((pushed.error, dict(pushed.detail)))
            elif not pushed.more:
                break
        while self.sync.pull(centre, clock, limit=page).more:
            pass

    def say_twice(self, centre: Centre) -> None:
        """The next batch is sent, its answer is lost, and it is sent again."""
        clock = self.clock.now().isoformat()
        with self.store.read() as conn:
            batch = next_batch(conn, self.id, sync_state.acked(conn), 10)
        if batch is not None:
            head = {**batch.head, "schema": 1, "program": "", "clock": clock}
            centre.push(head, list(batch.entries), list(batch.signatures), list(batch.payloads))
        self.exchange(centre)

    def _next_epoch(self, detail: Any) -> int:
        return int(detail.get("last_epoch") or detail.get("epoch") or 1) + 1

    @property
    def unsent(self) -> int:
        """How many entries the centre hasn't acknowledged."""
        with self.store.read() as conn:
            return depth(conn, self.id, sync_state.acked(conn)).count

    def things(self, kind: type[Any]) -> dict[str, dict[str, Any]]:
        """Every row of a kind as this counter has it, by id."""
        with self.ledger.reading() as r:
            return {thing.id: dataclasses.asdict(thing) for thing in r.find(kind)}

    def text_bytes(self) -> int:
        """What the unsent entries' own text takes, with their payloads."""
        size = 0
        with self.store.read() as conn:
            acked = sync_state.acked(conn)
            while (batch := next_batch(conn, self.id, acked)) is not None:
                texts = (*batch.entries, *filter(None, batch.payloads))
                size += sum(len(text.encode()) for text in texts)
                acked = batch.last
        return size

    def cases(self) -> Iterable[Application]:
        """Cases, oldest first."""
        with self.ledger.reading() as r:
            return r.find(Application, order="number")
