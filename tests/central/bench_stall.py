"""Figure: how long the window stands still while its counter brings a whole office up to date.

    .venv/bin/python -m tests.central.bench_stall [--acts 12000]

A real window (offscreen) with the queue open; its counter pulls everything that another counter of
the office did and pushes its own morning, on the lane `sync`, over TLS. A timer of one millisecond
ticks in the window's thread; what is measured is the time between two ticks. The same window is
measured at rest first. Ends with 1 when the p99 is 16 ms or more.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop.commands.bench_report import calibrate, load_average, share_ms
from desktop.desk import open_desk
from desktop.domain.realm import Realm
from desktop.lanes import Lanes
from desktop.profile import Profile
from desktop.settings import Place, Settings, save_settings
from desktop.sources import SystemClock, SystemKeys
from desktop.training.office import add_officers
from desktop.words import Words
from tests.central.bench_centre import send_all
from tests.central.model.chain import Chain
from tests.central.model.machine import prepare
from tests.central.rigs.centre import CentreRig, fresh_centre, make_template
from tests.central.rigs.postgres import postgres_rig
from tests.sync.counters import line_of
from tests.walks.world import PASSWORDS
from ui.app import make_application
from ui.bridge import Bridge
from ui.counter import Counter

LIMIT_MS = 16.0
NAME = "1374-L4"


class Pulse:
    """Times between two ticks of the window's thread, in seconds."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now
        if self._over():
            self._app.quit()

    def run(self, app: QApplication, over: Callable[[], bool]) -> list[float]:
        """Until `over` says so, in the application's own loop."""
        self._app, self._over = app, over
        self.gaps = []
        self._last = time.perf_counter()
        self._timer.start()
        app.exec()
        self._timer.stop()
        return self.gaps


def after(seconds: float) -> Callable[[], bool]:
    """A question that is answered by yes so many seconds from now on."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end


def opened(folder: Path, centre: CentreRig, bridge: Bridge) -> Counter:
    """A counter without simulators, its window open at the queue."""
    clock, keys = SystemClock(), SystemKeys()
    Profile.create(folder, Realm.TRAINING, keys, now=clock.now(), counter=NAME, office="1374")
    save_settings(folder, Settings(place=Place(counter_code="L4", counter_name="Loket 4")))
    desk = open_desk(
        folder, lanes=Lanes(bridge.post, _crashed), post=bridge.post, sample=False, pace=0.0
    )
    add_officers(desk)
    words = Words.load("id").lenient().in_zone(desk.frame.zone.zone)
    counter = Counter(desk, words)
    counter.window.resize(1366, 768)
    counter.start()
    counter.window.show()
    desk.duty.sign_in(*PASSWORDS["andi"])
    counter.window.refresh_session()
    counter.window.open_screen("queue")
    desk.connect_to(line_of(centre, NAME))
    return counter


def _crashed(fault: BaseException) -> None:
    raise fault


def measure(acts: int) -> int:
    """Print the figure; 1 when the limit is missed."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres_rig(durable=True))
        make_template(server)
        centre = stack.enter_context(fresh_centre(server))
        prepare(centre)
        with centre.line("1374-L3") as line:
            send_all(line, Chain("1374-L3", 1), acts)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="loket-bench-")))
        app = make_application(sys.argv[:1], Words.load("id").lenient(), Settings().look)
        counter = opened(folder / "profile", centre, Bridge())
        desk = counter.desk
        pulse = Pulse()
        pulse.run(app, after(2))  # what the opening left over
        load, speed = load_average(), calibrate()
        rest = pulse.run(app, after(5))
        done: list[object] = []
        began = time.perf_counter()
        desk.lanes.call("sync", desk.syncing.exchange, done.append)
        busy = pulse.run(app, lambda: bool(done))
        took = time.perf_counter() - began
        print(f"facts: {done[0]}")
        for name, gaps in (("at rest", rest), ("while it syncs", busy)):
            print(
                f"{name}: {len(gaps)} ticks, p50 {share_ms(gaps, 0.5)} ms,"
                f" p99 {share_ms(gaps, 0.99)} ms, longest {max(gaps) * 1000:.1f} ms"
            )
        print(
            f"{acts} acts of another counter in {took:.1f} s; load {load}, calibration {speed} ms"
        )
        counter.window.close()
        desk.syncing.close()
        desk.close()
        return int(share_ms(busy, 0.99) >= LIMIT_MS)


def main() -> int:
    """The figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=12_000)
    return measure(parser.parse_args().acts)


if __name__ == "__main__":
    sys.exit(main())
