"""A lived-in counter for the stock and supervisor screens, and a window over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtTest import QTest

from desktop.presenters.base import Presenter
from desktop.presenters.stock import StockDesk
from desktop.presenters.supervisor import Supervisor
from desktop.words import Words
from tests.ui.counter_world import leave
from tests.ui.samples import SampleScreen, SampleShell
from tests.walks.making import approved, confirmed, ready, witness
from tests.walks.world import World, new_world
from ui.main_window import MainWindow
from ui.screens.catalog import ScreenEntry
from ui.screens.screen import Screen
from ui.screens.stock import StockScreen
from ui.screens.supervisor import SupervisorScreen

LOT = "2603"


@dataclass
class Room:
    """A window over a world, on one screen."""

    world: World
    window: MainWindow

    @property
    def screen(self) -> Screen:
        screen = self.window.current_screen
        assert screen is not None
        return screen

    def close(self) -> None:
        leave(self.window)
        self.world.desk.close()


def live_in(world: World) -> None:
    """Half a day: cards made, one spoiled, one handed over, some waiting for this and that."""
    desk = world.desk
    world.sign_in("andi")
    handed = ready(world, 1)
    desk.handover.hand_over(world.by, handed.id, handed.blank_serial)
    world.clock.advance(1500)
    bad = ready(world, 2)
    desk.issuing.spoil(world.by, bad.id, "print_defect")
    world.clock.advance(2400)
    waiting = [approved(world, number) for number in (3, 4)]
    for app in waiting:
        desk.issuing.await_material(world.by, app.id)
    desk.letters.issue(world.by, waiting[0].id)
    world.clock.advance(1800)
    confirmed(world, 5)
    confirmed(world, 6)
    desk.queue.take_ticket(world.by)
    late = desk.queue.take_ticket(world.by)
    desk.queue.call(world.by, late.id, "felt_unwell")
    world.take_over("nyoman")
    desk.stock.spoil(world.by, "CT26030301", "lot_defect")
    desk.destruction.set_aside(world.by, ["CT26030301"])
    desk.stock.miss(world.by, "CT26030302", "not_counted", "Tidak ada di kotak saat dibuka.")
    serials = desk.stock.serials("CT26040001", "CT26040200")
    desk.stock.receive(world.by, "2604", serials, "SJ-17/III/2026")
    desk.care.change_ribbon(world.by, "card_printer", "PITA-88", 0)
    world.give_back()


def open_room(
    folder: Path,
    words: Words,
    make: Callable[[World], tuple[str, str, str, Callable[[object], Screen]]],
    *,
    officer: str = "andi",
    lived_in: bool = False,
    size: tuple[int, int] = (1366, 768),
) -> Room:
    """A window with one screen of interest, its key, icon and factory as `make` gives them."""
    world = new_world(folder)
    if lived_in:
        live_in(world)
    world.sign_in(officer)
    key, icon, shortcut, factory = make(world)
    entry = ScreenEntry(key, icon, shortcut, lambda shell: factory(shell))
    window = MainWindow(
        SampleShell(words), [entry, ScreenEntry("devices", "cpu", "F8", SampleScreen)]
    )
    window.resize(*size)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    window.start()
    return Room(world, window)


def stock(world: World) -> tuple[str, str, str, Callable[[object], Screen]]:
    presenter = StockDesk(world.desk)
    return "stock", "boxes", "F7", lambda shell: StockScreen(shell, presenter)  # type: ignore[arg-type]


def supervisor(world: World) -> tuple[str, str, str, Callable[[object], Screen]]:
    presenter = Supervisor(world.desk)
    return (
        "supervisor", "shield-check", "F9",
        lambda shell: SupervisorScreen(shell, presenter),  # type: ignore[arg-type]
    )  # fmt: skip


__all__ = ["LOT", "Presenter", "Room", "live_in", "open_room", "stock", "supervisor", "witness"]
