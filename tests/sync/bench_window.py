"""How long the window waits while a counter loads an office: `python -m tests.sync.bench_window`.

A window's event loop turns on the main thread, noting every gap between two turns, first alone and
then while the first load of a whole office runs on the lane `sync`: pages over TLS, rows into an
encrypted store, pictures after them. What the machine does to an idle loop stands beside it.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel

from desktop.domain.officer import PROGRAM
from desktop.lanes import Lanes
from desktop.services.syncing import LANE
from desktop.training.office import add_people
from desktop.training.people import make_people
from tests.central.rigs.centre import fresh_centre, make_template
from tests.central.rigs.postgres import postgres_rig
from tests.sync.counters import exchange, first_counter, second_counter
from tests.walks.world import open_world

PEOPLE = 3_000
IDLE_SECONDS = 5.0


def turn_until(done: Callable[[], bool]) -> list[float]:
    """Turn the loop until done; the milliseconds between turns."""
    label, gaps = QLabel("0"), []
    label.show()
    timer = QTimer()
    last = [time.perf_counter()]

    def turn() -> None:
        now = time.perf_counter()
        gaps.append((now - last[0]) * 1000)
        last[0] = now
        label.setText(str(len(gaps)))

    timer.timeout.connect(turn)
    timer.start(1)
    while not done():
        QApplication.processEvents()
        time.sleep(0.0002)
    timer.stop()
    return gaps


def tell(name: str, gaps: list[float]) -> None:
    """One line of figures."""
    cuts = statistics.quantiles(gaps, n=1000)
    print(
        f"{name:12} turns {len(gaps):6}  p50 {statistics.median(gaps):6.2f}"
        f"  p99 {cuts[989]:6.2f}  p99.9 {cuts[998]:6.2f}  longest {max(gaps):6.2f} ms"
    )


def main() -> int:
    """Make an office, load it, tell."""
    app = QApplication(["bench", "-platform", "offscreen"])
    with tempfile.TemporaryDirectory() as folder, postgres_rig() as server:
        make_template(server)
        with fresh_centre(server) as centre:
            open_world(Path(folder) / "office").desk.close()
            first = first_counter(Path(folder) / "office", Path(folder) / "l3", centre)
            people = make_people(99, PEOPLE, today=first.desk.frame.today())
            for start in range(0, PEOPLE, 50):
                add_people(first.desk, people[start : start + 50])
            with first.desk.ledger.acting(PROGRAM) as w:
                w.record("records.loaded", "bench", {})
            exchange(first)
            other = second_counter(Path(folder) / "l4", centre)
            end = time.monotonic() + IDLE_SECONDS
            idle = turn_until(lambda: time.monotonic() > end)
            finished: list[object] = []
            lanes = Lanes(lambda deliver: deliver(), lambda fault: finished.append(fault))
            began = time.perf_counter()
            lanes.call(LANE, other.desk.syncing.exchange, finished.append)
            busy = turn_until(lambda: bool(finished))
            took = time.perf_counter() - began
            lanes.close()
            with other.desk.ledger.store.read() as conn:
                rows = conn.exec_driver_sql("SELECT count(*) FROM persons").scalar()
            print(f"{rows} people with their licences in {took:.1f} s")
            tell("idle", idle)
            tell("first load", busy)
            first.desk.close()
            other.desk.close()
    app.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
