"""Card printing in figures: bytes against the maker's SDK, ribbon as ordered, time a card.

    .venv/bin/python -m tests.wires.bench_cards [--cards 60]

Ends with 1 when a limit is missed. The printer is the simulated Evolis on TCP with its own time
set to zero; what it needs to decode the panels and to keep its pictures is not taken off.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from desktop.commands.bench_report import calibrate, load_average
from desktop.domain.application import Application
from devices.adapters.evolis import EvolisPrinterAdapter
from devices.simulators.evolis_printer import EvolisPrinter, at_chip_station
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.wire.evolis_faces import SIZE, as_png, fitted
from devices.wire.evolis_line import TcpLine
from tests.walks.test_sixty import approved_in_a_row
from tests.walks.world import World, open_world
from tests.wires.evolis.conftest import Wire
from tests.wires.evolis.test_vendor import drive

CARD_SECONDS = 40.0
MOST_SHARE = 0.05
MOST_BYTES = 1.05


def put_up(world: World, core: PrinterCore, port: int, ribbon: str) -> None:
    """Let the counter print on the simulated printer at this port."""
    adapter = EvolisPrinterAdapter("card_printer", TcpLine("127.0.0.1", port), ribbon=ribbon)
    world.desk.hub.replace("card_printer", adapter)
    at_chip_station(core, world.bench.station.put)
    for simulator in world.bench.cores():
        simulator.pace = 0
    core.load_blanks(PlasticCard.blank(c.serial) for c in world.bench.printer.unload_blanks())


def batch(world: World, cases: list[Application]) -> list[float]:
    """Print the cases; the seconds that each took."""
    times: list[float] = []
    at = time.perf_counter()

    def one(_progress: object) -> None:
        nonlocal at
        now = time.perf_counter()
        times.append(now - at)
        at = now

    done = world.desk.batch.run(world.by, [app.id for app in cases], one)
    if not done.complete or done.refused:
        raise RuntimeError(f"the batch stopped: {done.stopped} {done.refused}")
    return times


def main() -> int:
    """Take the figures and tell them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=60)
    cards = parser.parse_args().cards
    before = calibrate()
    with tempfile.TemporaryDirectory() as folder:
        core = PrinterCore("card_printer", "SIM-EV-0001")
        core.pace = 0
        with EvolisPrinter(core) as printer:
            port = printer.listen()
            world = open_world(Path(folder) / "l3")
            put_up(world, core, port, "ymckok")
            world.sign_in("andi")
            cases = approved_in_a_row(world, cards)
            panels = core.truth.panels
            times = batch(world, cases)
            ordered = sum(len(received.panels) for received in printer.machine.received)
            used = core.truth.panels - panels
            with world.desk.ledger.reading() as r:
                app = r.get(Application, cases[0].id)
            made = world.desk.cardmaker.make(app)
            world.desk.close()
            theirs, ours = bytes_of(printer, port, made.front, made.back, Path(folder))
    share = sum(times) / len(times) / CARD_SECONDS
    print(f"load {load_average()}, calibration {before:.1f} ms before, {calibrate():.1f} after")
    print(f"bytes: ours {ours}, the SDK's {theirs}, ratio {ours / theirs:.4f} (most {MOST_BYTES})")
    print(f"ribbon: {ordered} panels ordered, {used} used, {cards} cards")
    print(
        f"time: {sum(times) / len(times) * 1000:.0f} ms a card, median {median(times) * 1000:.0f},"
        f" most {max(times) * 1000:.0f}: {share:.2%} of {CARD_SECONDS:.0f} s"
        f" (most {MOST_SHARE:.0%})"
    )
    return int(ours > theirs * MOST_BYTES or ordered != used or share > MOST_SHARE)


def bytes_of(
    printer: EvolisPrinter, port: int, front: bytes, back: bytes, folder: Path
) -> tuple[int, int]:
    """Bytes of the SDK's job and of ours for the same two faces, colour on both sides."""
    pictures = fitted(front)[0], fitted(back)[0]
    assert pictures[0].size == SIZE
    adapter = EvolisPrinterAdapter("card_printer", TcpLine("127.0.0.1", port), ribbon="ymcko")
    printer.core.load_blanks(PlasticCard.blank(f"X{number}") for number in range(2))
    printer.core.take_output()
    wire = Wire(printer, adapter, port)
    printer.machine.received.clear()
    drive(wire, folder, "insert print plain eject", *pictures)
    printer.core.remedy()
    adapter.open(timeout=10)
    adapter.load_card(timeout=10)
    adapter.print_card(as_png(pictures[0]), as_png(pictures[1]), "bytes", timeout=60)
    theirs, ours = printer.machine.received
    if theirs.panels != ours.panels:
        raise RuntimeError(f"not the same panels: {theirs.panels} {ours.panels}")
    return theirs.size, ours.size


if __name__ == "__main__":
    raise SystemExit(main())
