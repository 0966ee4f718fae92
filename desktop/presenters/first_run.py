"""A PC without a counter: it begins training, or joins a centre by a one-time code.

There is no desk yet, so this presenter stands on the lanes alone. Until the code has opened the
centre nothing is kept. From then on joining may be cut short anywhere: the keys, the request and
the way to the centre stay in the profile, and the page goes on with them. The first load runs once
the desk is open (`load`).
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from db.errors import CentreRefused, LineDown, NoSuchDatabase, ServerUnproven
from desktop.centre.joining import (
    AnswerUnfit,
    JoinedAlready,
    NoAnswerYet,
    Way,
    begin,
    join,
    keep_way,
    kept_way,
)
from desktop.domain.errors import Problem
from desktop.keys.certificates import read_trust
from desktop.lanes import LaneRunner
from desktop.notices import Notice, Progress, SyncMoved
from desktop.services.desk import Desk
from desktop.services.sync_facts import LineState, SyncFacts
from desktop.services.syncing import LANE as SYNC
from desktop.sources import Clock, KeySource

LANE = "joining"


class FirstStep(StrEnum):
    """Where the page stands."""

    CHOOSE = "choose"
    JOIN = "join"
    WAIT = "wait"
    LOAD = "load"


class FirstDone(StrEnum):
    """How the page ended."""

    TRAINING = "training"
    JOINED = "joined"
    LOADED = "loaded"


class JoinField(StrEnum):
    """What the form asks for."""

    COUNTER = "counter"
    HOST = "host"
    PORT = "port"
    DATABASE = "database"
    ROOT = "root"
    TRUST = "trust"
    CODE = "code"


class FieldMissing(Problem):
    """Something of the form is empty or unfit: `field` names it.

    `reason` is "empty", "port" (no number of a port), "trust" (no such file), "root" (it doesn't
    vouch for the server), "address" (the server's certificate is for another) or "database" (the
    server holds no centre of this name).
    """

    field: JoinField
    reason: str = "empty"


class NoCentreThere(Problem):
    """Nobody answers as a centre at the address that was typed."""

    host: str
    port: str


class CodeNotTaken(Problem):
    """The centre lets nobody in by this counter and this one-time code."""


class NotSignedYet(NoAnswerYet):
    """The administrator hasn't signed; the page goes on waiting with the same code."""


class AnswerElsewhere(AnswerUnfit):
    """The centre's answer isn't for this counter: the page's own fields are to be looked at."""


class CounterHere(JoinedAlready):
    """The PC was begun as another counter than the one typed."""


class NobodyHere(Problem):
    """Everything has come, and no officer for this office was in it."""


class RootMissing(Problem):
    """The file that vouches for the centre can't be read."""

    field: JoinField = JoinField.ROOT


@dataclass(frozen=True, slots=True)
class JoinForm:
    """What the officer types; the code is never kept."""

    counter: str = ""
    host: str = ""
    port: str = "5432"
    database: str = "loket"
    root: str = ""
    trust: str = ""


@dataclass(frozen=True)
class FirstView:
    """The whole page."""

    step: FirstStep = FirstStep.CHOOSE
    form: JoinForm = dataclasses.field(default_factory=JoinForm)
    fixed: bool = False
    """The profile belongs to a counter already: it is not to be typed anew."""
    problem: Exception | None = None
    facts: SyncFacts = dataclasses.field(default_factory=SyncFacts)
    stopped: bool = False
    """The first load was stopped, or can't go on now."""
    done: FirstDone | None = None


class FirstRun:
    """Answers the first page. All methods are called in the window's thread."""

    def __init__(
        self,
        folder: Path,
        lanes: LaneRunner,
        clock: Clock,
        keys: KeySource,
        listener: Callable[[FirstView], None] = lambda _view: None,
    ) -> None:
        self.folder = folder
        self._lanes = lanes
        self._clock = clock
        self._keys = keys
        self._stop = threading.Event()
        self._listeners = [listener]
        self._desk: Desk | None = None
        way = kept_way(folder)
        form = JoinForm(**way) if way is not None else JoinForm()
        self.view = FirstView(
            step=FirstStep.JOIN if way is not None else FirstStep.CHOOSE,
            form=form, fixed=bool(way and form.counter),
        )  # fmt: skip

    def attach(self, listener: Callable[[FirstView], None]) -> None:
        """Show every new view to `listener`, beginning with the present one."""
        self._listeners.append(listener)
        listener(self.view)

    # -- choosing --------------------------------------------------------------------------

    def train(self) -> None:
        """A training counter with simulated devices, here and now."""
        if self.view.step is FirstStep.CHOOSE:
            self._show(done=FirstDone.TRAINING)

    def turn_to_join(self) -> None:
        """The form for joining a centre."""
        if self.view.step is FirstStep.CHOOSE:
            self._show(step=FirstStep.JOIN, problem=None)

    def back(self) -> None:
        """Back to the choice, or stop what is under way; everything stays to go on with."""
        step = self.view.step
        if step is FirstStep.WAIT:
            self._stop.set()
        elif step is FirstStep.LOAD and self._desk is not None:
            self._desk.syncing.cancel()
        elif step is FirstStep.JOIN and not self.view.fixed:
            self._show(step=FirstStep.CHOOSE, problem=None)

    # -- joining ---------------------------------------------------------------------------

    def join(self, form: JoinForm, code: str) -> None:
        """Ask the centre, wait for its administrator, keep what came."""
        if self.view.step is not FirstStep.JOIN:
            return
        self._show(form=form, problem=None)
        try:
            way = way_of(form, code)
        except Problem as problem:
            self._show(problem=problem)
            return
        self._stop.clear()
        self._show(step=FirstStep.WAIT)
        self._lanes.call(LANE, lambda: self._join(form, way), self._joined, self._refused)

    def _join(self, form: JoinForm, way: Way) -> None:
        profile = begin(self.folder, form.counter, way, self._keys, self._clock)
        keep_way(self.folder, dataclasses.asdict(form))
        if form.trust:
            # Brought another way than the answer comes: a root that doesn't fit is found out.
            profile = profile.enrol(read_trust(Path(form.trust).expanduser()), ())
        join(profile, way, lambda seconds: not self._stop.wait(seconds))

    def _joined(self, _done: object) -> None:
        self._show(done=FirstDone.JOINED)

    def _refused(self, problem: Exception) -> None:
        fixed, form = kept_way(self.folder) is not None, self.view.form
        if isinstance(problem, LineDown):
            problem = NoCentreThere(host=form.host, port=form.port)
        elif isinstance(problem, ServerUnproven):
            at = JoinField.HOST if problem.detail == "address" else JoinField.ROOT
            problem = FieldMissing(at, problem.detail)
        elif isinstance(problem, NoSuchDatabase):
            problem = FieldMissing(JoinField.DATABASE, "database")
        elif isinstance(problem, CentreRefused) and problem.detail == "code":
            problem = CodeNotTaken()
        elif isinstance(problem, NoAnswerYet):  # these three name remedies of the command line
            problem = NotSignedYet()
        elif isinstance(problem, AnswerUnfit):
            problem = AnswerElsewhere(problem.detail)
        elif isinstance(problem, JoinedAlready):
            problem = CounterHere(problem.counter)
        self._show(step=FirstStep.JOIN, problem=problem, fixed=fixed)

    # -- the first load --------------------------------------------------------------------

    def load(self, desk: Desk) -> None:
        """Fetch what the centre has for this counter, as far as it comes."""
        self._desk = desk
        stop_hearing = desk.notices.subscribe(self._hear)
        self._show(step=FirstStep.LOAD, stopped=False, problem=None, done=None)

        def then(facts: SyncFacts) -> None:
            stop_hearing()
            whole = facts.state is LineState.UP and bool(desk.duty.officers())
            nobody = facts.state is LineState.UP and not whole
            self._show(
                facts=facts, stopped=not whole, done=FirstDone.LOADED if whole else None,
                problem=NobodyHere() if nobody else None,
            )  # fmt: skip

        def failed(problem: Exception) -> None:
            stop_hearing()
            self._show(stopped=True, problem=problem)

        desk.lanes.call(SYNC, desk.syncing.exchange, then, failed)

    def go_on(self) -> None:
        """Go on with a first load that was stopped."""
        if self.view.step is FirstStep.LOAD and self.view.stopped and self._desk is not None:
            self.load(self._desk)

    def _hear(self, notice: Notice) -> None:
        if isinstance(notice, (SyncMoved, Progress)) and self._desk is not None:
            self._show(facts=self._desk.syncing.facts)

    def _show(self, **changes: object) -> None:
        self.view = dataclasses.replace(self.view, **changes)  # type: ignore[arg-type]
        for listener in self._listeners:
            listener(self.view)


def way_of(form: JoinForm, code: str) -> Way:
    """The form as a way to the centre. Raises FieldMissing, RootMissing."""
    for name in (JoinField.COUNTER, JoinField.HOST, JoinField.DATABASE, JoinField.ROOT):
        if not getattr(form, name).strip():
            raise FieldMissing(name)
    if not code.strip():
        raise FieldMissing(JoinField.CODE)
    if not form.port.strip().isdecimal() or not 0 < int(form.port) < 65536:
        raise FieldMissing(JoinField.PORT, "port")
    root = Path(form.root.strip()).expanduser()
    if not root.is_file():
        raise RootMissing
    if form.trust and not Path(form.trust).expanduser().is_file():
        raise FieldMissing(JoinField.TRUST, "trust")
    return Way(form.host.strip(), int(form.port), form.database.strip(), code.strip(), root)
