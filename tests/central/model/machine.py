"""Random days at six counters of three offices, on lines and machines that fail.

Hypothesis plays people who come, cases that go on, blanks that arrive, cases that change hands,
lines that are cut in mid-message or swallow an answer, stores that are killed or copied back, and
a server that stops at once. At the end everything heals, and `checks` must hold.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from psycopg.conninfo import make_conninfo

from db import central_admin
from db.central import Centre
from db.errors import CentreProblem
from desktop.domain.application import Application
from desktop.domain.service import Service
from desktop.sources import VirtualClock
from tests.central.model.checks import check_all
from tests.central.model.counter import CREW, Counter
from tests.central.rigs.centre import CentreRig, fresh_centre
from tests.central.rigs.postgres import PostgresRig
from tests.central.rigs.proxy import BadLine

NAMES = ("1374-L3", "1374-L4", "1374-L5", "3275-L1", "3275-L2", "1571-L1")
OFFICES = {"1571": "Satpas Ketiga"}
START = datetime(2026, 3, 2, 1, tzinfo=UTC)

counters = st.integers(0, len(NAMES) - 1)
people = st.integers(0, 4)
which = st.integers(0, 11)
Visit = tuple[int, Service, int, int]
visit = st.tuples(
    people,
    st.sampled_from((Service.RENEWAL, Service.REPLACE_LOST, Service.NEW_ISSUE)),
    st.integers(0, 30),
    st.sampled_from((12, 12, 12, 6, 3, 0)),
)
"""Person, service, bank slip, steps after the registration (12: to the handover)."""


class Killed(BaseException):
    """The program is gone: nothing after this line runs."""


class Deadly:
    """A line whose counter is killed at one of its calls, before or behind the answer."""

    def __init__(self, line: Centre, at: int, behind: bool) -> None:
        self._line = line
        self._at = at
        self._behind = behind

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._line, name)

        def killed(*given: Any, **named: Any) -> Any:
            self._at -= 1
            if self._at == 0 and not self._behind:
                raise Killed
            answer = call(*given, **named)
            if self._at == 0:
                raise Killed
            return answer

        return killed


def prepare(centre: CentreRig) -> None:
    """The machine's offices, counters and officers."""
    with centre.admin() as connection:
        for office, name in OFFICES.items():
            central_admin.put_office(connection, office, name)
        for name in NAMES:
            central_admin.enrol_counter(connection, name, name.partition("-")[0])
            central_admin.let_in(connection, name)
        for officer in CREW:
            central_admin.put_officer(
                connection, officer.officer, "Petugas",
                roles=map(str, officer.roles), offices=None,
            )  # fmt: skip


def machine_over(server: PostgresRig, line: BadLine) -> type[RuleBasedStateMachine]:
    """The state machine over a worker's server, through one bad line."""

    class Days(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.around = tempfile.TemporaryDirectory(prefix="loket-model-")
            self.holding = fresh_centre(server)
            self.centre = self.holding.__enter__()
            prepare(self.centre)
            self.clock = VirtualClock(START)
            self.saved: dict[int, Path] = {}
            self.counters: list[Counter] = []
            self.lots = 0
            for number, name in enumerate(NAMES):
                folder = Path(self.around.name) / name
                folder.mkdir()
                self.counters.append(Counter(folder, name, self.clock, number + 1))

        # -- people and cards ----------------------------------------------------------------

        @initialize()
        def blanks(self) -> None:
            for counter in self.counters:
                self._receive(counter, 8)

        @rule(at=counters, visits=st.lists(visit, min_size=1, max_size=4))
        def serves(self, at: int, visits: list[Visit]) -> None:
            """A stretch of people, each coming as far as the drawn number of steps."""
            for person, service, slip, steps in visits:
                app = self.counters[at].register(person, service)
                self.counters[at].prove(app, f"NTPN{slip:012d}")
                self._go_on(at, app, steps)
                self.clock.advance(60)

        @rule(at=counters, case=which, slip=st.integers(0, 5))
        def pays(self, at: int, case: int, slip: int) -> None:
            if app := self._case(at, case):
                self.counters[at].prove(app, f"NTPN{slip:012d}")

        @rule(at=counters, case=which, steps=st.integers(1, 12))
        def goes_on(self, at: int, case: int, steps: int) -> None:
            if app := self._case(at, case):
                self._go_on(at, app, steps)
            self.clock.advance(30)

        @rule(at=counters)
        def blanks_arrive(self, at: int) -> None:
            self._receive(self.counters[at], 2)

        @rule(at=counters, case=which)
        def lets_go(self, at: int, case: int) -> None:
            if app := self._case(at, case):
                self.counters[at].release(app.id)

        @rule(at=counters, case=which)
        def takes(self, at: int, case: int) -> None:
            if app := self._case(at, case):
                self.counters[at].take(app.id)

        @rule()
        def leases_run_out(self) -> None:
            self.centre.do("UPDATE centre.claims SET until = until - interval '1 day'")

        # -- lines and machines --------------------------------------------------------------

        @rule(at=counters)
        def speaks(self, at: int) -> None:
            self._exchange(self.counters[at])

        @rule(at=counters, up=st.integers(1, 60_000))
        def is_cut_on_the_way_up(self, at: int, up: int) -> None:
            line.cut_after(up=up)
            self._exchange(self.counters[at])

        @rule(at=counters, down=st.integers(1, 20_000))
        def is_cut_on_the_way_down(self, at: int, down: int) -> None:
            line.cut_after(down=down)
            self._exchange(self.counters[at])

        @rule(at=counters, call=st.integers(1, 6), behind=st.booleans())
        def is_killed(self, at: int, call: int, behind: bool) -> None:
            counter = self.counters[at]
            try:
                with self._line(counter) as centre:
                    counter.exchange(Deadly(centre, call, behind), most=5, page=7)  # type: ignore[arg-type]
            except Killed:
                counter.close()
                counter.open()

        @rule(at=counters)
        def sends_twice(self, at: int) -> None:
            counter = self.counters[at]
            with self._line(counter) as centre:
                counter.say_twice(centre)

        @rule(at=counters)
        def is_saved(self, at: int) -> None:
            self.saved[at] = self.counters[at].save()

        @rule(at=counters)
        def is_copied_back(self, at: int) -> None:
            if copy := self.saved.pop(at, None):
                self.counters[at].put_back(copy)

        # -- the end -------------------------------------------------------------------------

        def teardown(self) -> dict[str, int]:
            try:
                line.mend()
                for _ in range(3):
                    for counter in self.counters:
                        with self._line(counter) as centre:
                            counter.exchange(centre)
                check_all(self.centre, self.counters)
                return dict(
                    self.centre.ask("SELECT status, count(*) FROM centre.journal GROUP BY status")
                )
            finally:
                self.give_up()

        def give_up(self) -> None:
            """Leave nothing behind."""
            for counter in self.counters:
                counter.close()
            self.holding.__exit__(None, None, None)
            self.around.cleanup()

        def _go_on(self, at: int, app: Application, steps: int) -> None:
            after: Application | None = app
            while after is not None and steps:
                after, steps = self.counters[at].step(after), steps - 1

        def _exchange(self, counter: Counter) -> None:
            try:
                with self._line(counter) as centre:
                    counter.exchange(centre, most=20, page=20)
            except CentreProblem:
                pass  # the line's fault, as ordered; the next exchange goes on from there
            finally:
                line.mend()

        def _line(self, counter: Counter) -> Centre:
            return Centre.open(
                make_conninfo(self.centre.counter_dsn(counter.id), port=str(line.port))
            )

        def _receive(self, counter: Counter, count: int) -> None:
            self.lots += 1
            counter.receive(f"L{self.lots:03d}", count, 1)

        def _case(self, at: int, case: int) -> Any:
            cases = list(self.counters[at].cases())
            return cases[case % len(cases)] if cases else None

    return Days
