"""A training counter in the window: the devices' screen and the simulator, without the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtTest import QTest

from desktop.presenters.devices import Devices
from desktop.presenters.simulator import Simulator
from desktop.words import Words
from tests.ui.counter_world import leave
from tests.ui.samples import SampleScreen, SampleShell
from tests.walks.world import World, new_world
from ui.main_window import MainWindow
from ui.screens.catalog import ScreenEntry
from ui.screens.devices import DevicesScreen
from ui.simulator_key import SimulatorKey
from ui.simulator_panel import SimulatorDock


@dataclass
class Counter:
    """A window over a world."""

    world: World
    window: MainWindow
    key: SimulatorKey

    @property
    def dock(self) -> SimulatorDock:
        return self.key.dock

    @property
    def screen(self) -> DevicesScreen:
        screen = self.window.current_screen
        assert isinstance(screen, DevicesScreen)
        return screen

    @property
    def acts(self) -> list[str]:
        """The names of the acts in this counter's journal, in order."""
        with self.world.desk.ledger.reading() as r:
            found = r.conn.exec_driver_sql("SELECT act FROM journal ORDER BY seq")
            return [row[0] for row in found]

    def close(self) -> None:
        leave(self.window)
        self.world.desk.close()


def open_counter(folder: Path, words: Words, officer: str = "rahmat") -> Counter:
    """A counter whose officer looks at the devices."""
    world = new_world(folder)
    world.sign_in(officer)
    world.desk.hub.start()
    devices, inside = Devices(world.desk), Simulator(world.desk)
    window = MainWindow(
        SampleShell(words),
        [
            ScreenEntry(
                "devices", "cpu", "F8", lambda shell: DevicesScreen(shell, devices, inside)
            ),
            ScreenEntry("queue", "users", "F2", SampleScreen),
        ],
    )
    key = SimulatorKey(window, lambda: Simulator(world.desk))
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    window.start()
    return Counter(world, window, key)
