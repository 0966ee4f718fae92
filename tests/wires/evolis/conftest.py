"""A simulated Evolis printer on a wire of its own, with blanks in its feeder."""

from __future__ import annotations

import io
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from devices.adapters.evolis import EvolisPrinterAdapter
from devices.simulators.evolis_printer import EvolisPrinter
from devices.simulators.plastic import PlasticCard
from devices.simulators.printer_core import PrinterCore
from devices.wire.evolis_line import SerialLine, TcpLine

SIZE = (1016, 648)


def flat(colour: tuple[int, int, int], size: tuple[int, int] = SIZE) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


FRONT = flat((90, 140, 200))
BACK = flat((0, 0, 0))


@dataclass
class Wire:
    """One printer, its port, and an adapter on it."""

    printer: EvolisPrinter
    adapter: EvolisPrinterAdapter
    port: int

    @property
    def core(self) -> PrinterCore:
        return self.printer.core

    def another(self, name: str = "card_printer", ribbon: str = "ymckok") -> EvolisPrinterAdapter:
        """A fresh adapter, as after a restart."""
        return EvolisPrinterAdapter(name, TcpLine("127.0.0.1", self.port), ribbon=ribbon)


@pytest.fixture
def core() -> PrinterCore:
    core = PrinterCore()
    core.pace = 0
    core.load_blanks(PlasticCard.blank(f"A{number}") for number in range(1, 13))
    return core


@pytest.fixture
def wire(core: PrinterCore) -> Generator[Wire]:
    """On TCP."""
    with EvolisPrinter(core) as printer:
        port = printer.listen()
        yield Wire(printer, EvolisPrinterAdapter("card_printer", TcpLine("127.0.0.1", port)), port)


@pytest.fixture(params=["tcp", pytest.param("serial", marks=pytest.mark.serial)])
def any_wire(request: pytest.FixtureRequest, core: PrinterCore, tmp_path: Path) -> Generator[Wire]:
    """On each of its lines."""
    with EvolisPrinter(core) as printer:
        port = printer.listen()
        line = (
            TcpLine("127.0.0.1", port)
            if request.param == "tcp"
            else SerialLine(printer.attach(tmp_path / "ttyPRN"), 115200)
        )
        yield Wire(printer, EvolisPrinterAdapter("card_printer", line), port)
