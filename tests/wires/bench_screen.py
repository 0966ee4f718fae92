"""From a device's fault to the officer's screen: the real window, every device on its own wire.

    .venv/bin/python -m tests.wires.bench_screen [--rounds 5]

The application runs with its threads and timers, its window drawn offscreen. A fault is struck at
the far end of a wire; the time ends when Qt has painted the lower edge, or the walk-in's message,
with it. What a wire tells at once, and that a device has fallen silent, must be on the screen
within the limit, the window's own asking (twice a second) included. Silence in a job is struck at
one question of it; the lower edge says so while the job still waits for the answer.

Ends with 1 when one takes longer.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QApplication

import tests.conftest as _places  # before anything loads the smart card library
from desktop.commands.bench_report import calibrate, load_average
from desktop.lanes import Lanes
from desktop.words import Words
from devices.errors import DeviceFault
from devices.simulators.faults import Clears, Fault, FaultName
from tests.wires.rigs.counter import Officer, WholeCounter, whole_counter
from tests.wires.rigs.cups import CupsRig
from tests.wires.rigs.pcscd import pcscd_rig
from ui.app import make_application
from ui.bridge import Bridge
from ui.counter import Counter
from ui.widgets.banner import Banner
from ui.widgets.state import Level, StateBadge

LIMIT = 1.5
PATIENCE = 30.0
AFTER = 0.35
"""Between two rounds the strike moves by this much of a second against the window's asking."""

assert _places


class Painted(QObject):
    """Hears of every painting, and when what was waited for stood there."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._shows: Callable[[QObject], bool] | None = None
        self.at = 0.0
        app.installEventFilter(self)

    def watch_for(self, shows: Callable[[QObject], bool]) -> None:
        self.at, self._shows = 0.0, shows

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._shows is not None and self._shows(watched):
            # Here it is about to be drawn; what drawing one line takes isn't worth a hook.
            self.at, self._shows = time.perf_counter(), None
        return False


@dataclass
class Stand:
    """The counter behind its window."""

    app: QApplication
    counter: WholeCounter
    window: Counter
    painted: Painted
    taken: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def spin(self, done: Callable[[], bool], what: str) -> None:
        """Let the application run until something holds."""
        end = time.monotonic() + PATIENCE
        while not done():
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
            if time.monotonic() > end:
                raise RuntimeError(f"never: {what}")

    def settle(self) -> None:
        """Until no act of the walk-in runs."""
        lanes = self.counter.world.desk.lanes
        self.spin(lambda: not self.window.walk_in.view.doing, "the walk-in is done")
        self.spin(lambda: lanes.wait_idle(0.0) or not lanes.busy("desk"), "the desk is done")
        self.app.processEvents()

    def badge(self, name: str) -> StateBadge | None:
        """What the lower edge says of a device."""
        for badge in self.window.window.findChildren(StateBadge):
            if badge.isVisible() and badge.item.key == name:
                return badge
        return None

    def well(self, name: str) -> bool:
        badge = self.badge(name)
        return badge is None or badge.item.level in (Level.GOOD, Level.ATTEND)

    @staticmethod
    def bad(name: str) -> Callable[[QObject], bool]:
        """Whether this is what says in the lower edge that a device can't work."""
        return lambda watched: (
            isinstance(watched, StateBadge)
            and watched.item.key == name
            and watched.item.level is Level.BAD
        )

    def edge(self, name: str, how: str, strike: Callable[[], float | None],
             mend: Callable[[], object]) -> None:  # fmt: skip
        """Strike, wait for the lower edge, put right, wait until all is well."""
        self.spin(lambda: self.well(name), f"{name} is well")
        pause = time.monotonic() + AFTER * (len(self.taken.get(how, [])) + 1)
        self.spin(lambda: time.monotonic() > pause, "a while")
        self.painted.watch_for(self.bad(name))
        began = time.perf_counter()
        began = strike() or began
        self.spin(lambda: self.painted.at > 0, f"{how} on the screen")
        self.taken.setdefault(how, []).append(self.painted.at - began)
        mend()
        self.window.desk.hub.poll()

    def job(self, how: str, officer: Officer, core: object, order: Fault) -> None:
        """Strike in the middle of a card; the walk-in's message ends the time."""
        walk = self.window.walk_in
        officer.until("production")
        while walk.view.doubt is not None:
            officer.act()
        struck: list[float] = []
        script = core.script  # type: ignore[attr-defined]
        plain = script.strike

        def noted(step: str) -> Fault | None:
            found = plain(step)
            if found is not None and not struck:
                struck.append(time.perf_counter())
            return found

        script.strike = noted

        def shows(watched: QObject) -> bool:
            fault = walk.view.fault
            return (
                isinstance(watched, Banner)
                and isinstance(fault, DeviceFault)
                and self.window.words.problem(fault).text in watched.text.text()
            )

        core.order(order)  # type: ignore[attr-defined]
        self.painted.watch_for(
            self.bad("card_printer") if order.fault is FaultName.SILENT else shows
        )
        walk.enter_key()
        self.spin(lambda: self.painted.at > 0, f"{how} on the screen")
        self.taken.setdefault(how, []).append(self.painted.at - struck[0])
        script.strike = plain
        self.settle()
        self.counter.core.remedy()
        self.counter.station.mend()


@contextmanager
def standing() -> Generator[Stand]:
    """The window up, Andi at work, all devices well."""
    words = Words.load("id").lenient()
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="loket-bench-")))
        cups = held.enter_context(CupsRig())
        pcscd = held.enter_context(pcscd_rig())
        app = make_application(sys.argv[:1], words, _look())
        bridge = Bridge()

        def crash(fault: BaseException) -> None:
            raise fault

        lanes = Lanes(bridge.post, crash)
        counter = held.enter_context(
            whole_counter(folder, pcscd, cups, "RESI", lanes=lanes, post=bridge.post)
        )
        held.callback(lanes.close)
        desk = counter.world.desk
        window = Counter(desk, words.in_zone(desk.frame.zone.zone))
        window.window.resize(1366, 768)
        window.start()
        window.window.show()
        window.window.refresh_session()
        stand = Stand(app, counter, window, Painted(app))
        window.window.open_screen("walk_in")
        held.callback(window.window.close)
        yield stand


def _look():  # type: ignore[no-untyped-def]
    from desktop.settings import Settings

    return Settings().look


def idle(stand: Stand) -> None:
    """Faults of devices that nobody uses."""
    at = stand.counter
    core, pcscd = at.core, at.pcscd

    def cover() -> None:
        core.open_cover()

    stand.edge("card_printer", "printer: cover opened", cover, core.close_cover)
    stand.edge("card_printer", "printer: switched off", core.cut_power, core.restore_power)
    stand.edge("chip_station", "chip station: its service died", pcscd.kill, pcscd.start)
    stand.edge("camera", "camera: cable pulled", at.camera.core.unplug, at.camera.core.remedy)
    stand.edge("signature_pad", "pad: cable pulled", at.pad.unplug, at.pad.plug)
    stand.edge("scanner", "scanner: cable pulled", at.scanner.unplug, at.scanner.plug)
    stand.edge("document_printer", "receipts: switched off", at.paper.off, at.paper.on)


def silent(stand: Stand) -> None:
    """A printer that takes the line and says nothing; a camera without news."""
    core, camera = stand.counter.core, stand.counter.camera.core

    def fall_silent() -> None:
        core.script.stand(Fault("wire", FaultName.SILENT, clears=Clears.OPERATOR))

    def strike(fault: FaultName) -> None:
        camera.order(Fault("camera.capture", fault, clears=Clears.OPERATOR))

    stand.edge("card_printer", "printer: silent", fall_silent, core.remedy)
    stand.edge("camera", "camera: silent", lambda: strike(FaultName.SILENT), camera.remedy)
    stand.edge("camera", "camera: frozen", lambda: strike(FaultName.FROZEN), camera.remedy)


def in_a_job(stand: Stand) -> None:
    """Faults in the middle of a card, on the walk-in's own screen."""
    at = stand.counter
    number = len(stand.taken.get("job: jam", [])) + 1
    officer = Officer(at, number, stand.window.walk_in, stand.settle)
    stand.job("job: jam", officer, at.core, Fault("print.panel.c", FaultName.JAM))
    stand.job("job: line lost", officer, at.core, Fault("print.panel.m", FaultName.UNPLUGGED))
    stand.job("job: silent", officer, at.core, Fault("wire.Rco", FaultName.SILENT))


def main() -> int:
    """Print the figures; 1 where one is over its limit."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--rounds", type=int, default=5)
    wanted.add_argument("--only", choices=("idle", "silent", "job"))
    asked = wanted.parse_args()
    before, load = calibrate(), load_average()
    with standing() as stand:
        for _ in range(asked.rounds):
            if asked.only in {None, "idle"}:
                idle(stand)
            if asked.only in {None, "silent"}:
                silent(stand)
        if asked.only in {None, "job"}:
            in_a_job(stand)
        taken = stand.taken
    over = False
    for how, seconds in taken.items():
        over |= max(seconds) > LIMIT
        print(f"{how}: median {statistics.median(seconds):.2f} s, most {max(seconds):.2f} s "
              f"(most {LIMIT:g})")  # fmt: skip
    print(f"load {load} before, {load_average()} after; "
          f"calibration {before:.1f} ms before, {calibrate():.1f} after")  # fmt: skip
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
