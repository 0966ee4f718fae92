"""One print service for the whole folder; each test has a machine and a queue of its own."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import pytest
from PIL import Image

from devices.adapters import ipp_card_printer, spooler_card_printer, spooler_document_printer
from devices.adapters.queue_cards import QueueCardPrinter
from devices.adapters.spooler_document_printer import SpoolerDocumentPrinter
from devices.catalog import DeviceChoice, family
from devices.device import DeviceKind
from devices.options import read_options
from devices.simulators.ipp_printer import MachineFolder
from tests.devices.contracts.rigs import picture
from tests.wires.rigs.cups import CupsRig, Machine, place

SIZE = (1011, 638)
_names = itertools.count(1)


ALIKE = (
    "test_a_fault_is_asked_about_and_never_repeated[ipp_card",
    "test_a_fault_of_the_machine_is_named_and_its_job_is_gone[ipp_card-cover_open",
    "test_a_fault_of_the_machine_is_named_and_its_job_is_gone[ipp_card-jam",
    "test_a_fault_of_the_machine_is_named_and_its_job_is_gone[spooler_card-ribbon_end",
    "test_a_job_is_never_printed_twice[ipp_card",
    "test_a_silent_machine_ends_in_time_and_its_job_with_it[ipp_card",
    "test_a_test_card[ipp_card",
    "test_half_printed_ends_the_job[ipp_card",
    "test_other_forms_come_out_too[urf",
    "test_says_done_and_did_nothing[ipp_card",
    "test_switched_off_before_the_job[ipp_card",
    "test_switched_off_in_the_middle[ipp_card",
)
"""Tests that go the road of another one, by the same code: run with the long ones."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "wires/cups" in item.path.as_posix():
            item.add_marker(pytest.mark.cups)
            if item.name.startswith(ALIKE):
                item.add_marker(pytest.mark.long)


def face(seed: int) -> bytes:
    """A face on which no dot is like its neighbour: fields, lines and noise."""
    import io

    noise = Image.effect_noise(SIZE, 80).convert("RGB")
    noise.paste((200, seed, 10), (100, 100, 500, 300))
    noise.paste("white", (600, 400, 900, 600))
    for column in range(20, 400, 2):
        noise.paste("black", (column, 400, column + 1, 630))
    out = io.BytesIO()
    noise.save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def cups() -> Generator[CupsRig]:
    with CupsRig() as rig:
        yield rig


@dataclass
class Cards:
    """A card printer behind a queue."""

    rig: CupsRig
    machine: Machine
    printer: QueueCardPrinter

    @property
    def folder(self) -> MachineFolder:
        return self.machine.folder


def options(kind: DeviceKind, key: str, **given: object) -> DeviceChoice:
    return DeviceChoice(kind, kind.value, key, given)


def read(kind: DeviceKind, key: str, **given: object) -> dict[str, object]:
    return dict(read_options(family(kind, key).options, given))


def spooler(rig: CupsRig, queue: str, **given: object) -> QueueCardPrinter:
    chosen = {"queue": queue, "print_server": rig.server, "feed_seconds": 0.0, **given}
    settings = read(DeviceKind.CARD_PRINTER, "spooler_card", **chosen)
    return spooler_card_printer.make(place("card_printer", settings))


def direct(machine: Machine, **given: object) -> QueueCardPrinter:
    chosen = {"printer_address": f"localhost:{machine.port}", "feed_seconds": 0.0, **given}
    settings = read(DeviceKind.CARD_PRINTER, "ipp_card", **chosen)
    return ipp_card_printer.make(place("card_printer", settings))


@pytest.fixture(params=["spooler_card", "ipp_card"])
def cards(request: pytest.FixtureRequest, cups: CupsRig) -> Iterator[Cards]:
    """A card printer, through the queue and direct."""
    name = f"KARTU{next(_names)}"
    machine = cups.queue(name)
    printer = spooler(cups, name) if request.param == "spooler_card" else direct(machine)
    printer.open(timeout=5)
    yield Cards(cups, machine, printer)
    machine.folder.mend()
    machine.off()


@pytest.fixture
def queued(cups: CupsRig) -> Iterator[Cards]:
    """A card printer through the queue."""
    name = f"ANTRE{next(_names)}"
    machine = cups.queue(name)
    printer = spooler(cups, name)
    printer.open(timeout=5)
    yield Cards(cups, machine, printer)
    machine.folder.mend()
    machine.off()


@dataclass
class Documents:
    """A document printer behind a queue."""

    rig: CupsRig
    machine: Machine
    printer: SpoolerDocumentPrinter

    @property
    def folder(self) -> MachineFolder:
        return self.machine.folder


@pytest.fixture
def papers(cups: CupsRig) -> Iterator[Documents]:
    """A document printer through the queue."""
    name = f"KERTAS{next(_names)}"
    machine = cups.queue(name, document=True)
    settings = read(
        DeviceKind.DOCUMENT_PRINTER, "spooler_document", queue=name, print_server=cups.server
    )
    printer = spooler_document_printer.make(place("document_printer", settings))
    printer.open(timeout=5)
    yield Documents(cups, machine, printer)
    machine.folder.mend()
    machine.off()


__all__ = ["face", "picture"]
