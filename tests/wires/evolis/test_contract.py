"""The contract of card printers, kept over a real wire; every ordered fault ends named."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from devices.adapters.evolis import EvolisPrinterAdapter
from devices.card_printer import Tray, Unnumbered
from devices.device import DeviceKind, HealthReason, HealthState, Hopper, Station, SupplyName
from devices.errors import (
    AlreadyPrinted,
    Busy,
    Cancelled,
    CardJam,
    CardLeftIn,
    CardNotBlank,
    CoverOpen,
    DeviceFault,
    Garbage,
    HalfPrinted,
    NoCardInside,
    NotConnected,
    OutOfCards,
    OutputTrayFull,
    RibbonEnded,
    TimedOut,
)
from devices.simulators.evolis_printer import at_chip_station
from devices.simulators.faults import AVAILABLE, Clears, Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.wire.evolis import Command
from devices.wire.evolis_faces import as_png, joined, separated
from devices.wire.evolis_job import Job, encode_job
from devices.wire.evolis_line import TcpLine
from tests.wires.evolis.conftest import BACK, FRONT, Wire

LONG = 20.0


def one_card(printer: EvolisPrinterAdapter, job: str = "job-1", timeout: float = LONG) -> None:
    printer.load_card(timeout=timeout)
    printer.move_to(Station.CONTACTLESS, timeout=timeout)
    printer.print_card(FRONT, BACK, job, timeout=timeout)
    printer.eject(Tray.OUTPUT, timeout=timeout)


def test_a_card_goes_through(any_wire: Wire) -> None:
    printer, core = any_wire.adapter, any_wire.core
    lying: list[PlasticCard | None] = []
    at_chip_station(core, lying.append)
    printer.open(timeout=LONG)
    assert printer.info.serial == core.serial
    assert printer.info.model == "Primacy"
    assert printer.health(timeout=LONG).state is HealthState.READY
    assert printer.load_card(timeout=LONG).serial is None, "the language reads no serial"
    printer.move_to(Station.CONTACTLESS, timeout=LONG)
    printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    assert [card.serial if card else None for card in lying] == ["A1", None]
    inside = printer.card_inside(timeout=LONG)
    assert inside is not None
    assert (inside.printed, inside.half_printed, inside.job_id) == (True, False, "job-1")
    printer.eject(Tray.OUTPUT, timeout=LONG)
    assert printer.card_inside(timeout=LONG) is None
    (card,) = core.take_output()
    assert (card.serial, card.whole) == ("A1", True)
    assert card.panels == ["y", "m", "c", "o", "back.k"]
    assert (card.front, card.back) == (FRONT_AS_LAID(any_wire), BACK_AS_LAID(any_wire))


def FRONT_AS_LAID(wire: Wire) -> bytes:
    return _laid(wire, 0)


def BACK_AS_LAID(wire: Wire) -> bytes:
    return _laid(wire, 1)


def _laid(wire: Wire, face: int) -> bytes:
    return as_png(joined(wire.printer.machine.received[-1].job.faces[face]))


def test_counters_and_supplies_tell_what_was_used(wire: Wire) -> None:
    printer = wire.adapter
    printer.open(timeout=LONG)
    before = printer.counters(timeout=LONG)
    one_card(printer)
    after = printer.counters(timeout=LONG)
    assert (after.cards - before.cards, after.inserted - before.inserted) == (1, 1)
    assert (after.errors, after.panels) == (None, None), "the language counts neither"
    left = {supply.name: supply.left for supply in printer.supplies(timeout=LONG)}
    assert left == {SupplyName.RIBBON: 199}
    colour_back = wire.another(ribbon="ymcko")
    colour_back.open(timeout=LONG)
    ribbon = colour_back.supplies(timeout=LONG)[0]
    assert (ribbon.left, ribbon.capacity) == (99, 100), "in cards, each of which takes two sets"
    wire.core.truth.ribbon = 4
    assert HealthReason.RIBBON_LOW in printer.health(timeout=LONG).reasons
    wire.core.truth.since_cleaning = 5000
    assert HealthReason.CLEANING_DUE in printer.health(timeout=LONG).reasons


def test_nothing_is_printed_twice_or_over(wire: Wire) -> None:
    printer = wire.adapter
    printer.open(timeout=LONG)
    printer.load_card(timeout=LONG)
    printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    jobs = len(wire.printer.machine.received)
    with pytest.raises(AlreadyPrinted):
        printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    with pytest.raises(CardNotBlank):
        printer.print_card(FRONT, BACK, "job-2", timeout=LONG)
    with pytest.raises(CardLeftIn):
        printer.load_card(timeout=LONG)
    assert len(wire.printer.machine.received) == jobs


def test_a_card_found_inside_is_never_printed_on(wire: Wire) -> None:
    wire.adapter.open(timeout=LONG)
    wire.adapter.load_card(timeout=LONG)
    after = wire.another()
    after.open(timeout=LONG)
    inside = after.card_inside(timeout=LONG)
    assert inside is not None
    assert (inside.printed, inside.half_printed) == (None, None), "nobody knows how far it is"
    with pytest.raises(CardNotBlank):
        after.print_card(FRONT, BACK, "job-1", timeout=LONG)
    after.eject(Tray.REJECT, timeout=LONG)
    one_card(after)


def test_orders_without_a_card_are_refused(wire: Wire) -> None:
    printer = wire.adapter
    printer.open(timeout=LONG)
    refused: tuple[Callable[[], object], ...] = (
        lambda: printer.print_card(FRONT, BACK, "job-1", timeout=LONG),
        lambda: printer.move_to(Station.CONTACTLESS, timeout=LONG),
        lambda: printer.eject(Tray.OUTPUT, timeout=LONG),
    )
    for order in refused:
        with pytest.raises(NoCardInside):
            order()
    with pytest.raises(ValueError, match="PNG"):
        printer.print_card(b"GIF89a", b"", "job-1", timeout=LONG)
    with pytest.raises(ValueError, match="flip"):
        printer.move_to(Station.FLIP, timeout=LONG)


def test_out_of_cards_says_after_how_many(wire: Wire) -> None:
    printer = wire.adapter
    printer.open(timeout=LONG)
    del wire.core.truth.feeder[1:]
    one_card(printer)
    with pytest.raises(OutOfCards) as refusal:
        printer.load_card(timeout=LONG)
    assert refusal.value.facts() == {"hopper": Hopper.FEEDER, "count": 1}
    assert HealthReason.OUT_OF_CARDS in printer.health(timeout=LONG).reasons


NAMED: dict[FaultName, type[DeviceFault] | None] = {
    FaultName.SLOW: None,
    FaultName.SILENT: TimedOut,
    FaultName.GARBAGE: Garbage,
    FaultName.UNPLUGGED: NotConnected,
    FaultName.POWER_CUT: NotConnected,
    FaultName.JAM: CardJam,
    FaultName.HALF_PRINTED: HalfPrinted,
    FaultName.RIBBON_END: RibbonEnded,
    FaultName.COVER_OPEN: CoverOpen,
    FaultName.OUT_OF_CARDS: OutOfCards,
    FaultName.CARD_LEFT_IN: CardLeftIn,
    FaultName.REJECT_FULL: None,  # the card goes elsewhere
    FaultName.OUTPUT_FULL: OutputTrayFull,
    FaultName.CARD_VANISHED: None,
    FaultName.WRONG_LOT: None,
    FaultName.SERIAL_UNREADABLE: None,
    FaultName.DEAD_CHIP: None,
}
SAYS_DONE: dict[str, type[DeviceFault] | None] = {
    "feed": NoCardInside,
    "print.start": None,
    "eject": CardLeftIn,
}
AFTER_THE_REPLY = frozenset({FaultName.SILENT, FaultName.GARBAGE})
"""In print these strike behind the job's reply: the machine just stops, and counts nothing."""

ORDERS = [
    (row.fault, step)
    for row in AVAILABLE[DeviceKind.CARD_PRINTER]
    for step in row.steps
    if (row.fault in NAMED or row.fault is FaultName.SAYS_DONE)
    and step not in {"print.panel.k"}  # a face without pure black takes no resin
    and not (row.fault in AFTER_THE_REPLY and step.startswith("print."))
]


@pytest.mark.fault
@pytest.mark.parametrize(("fault", "step"), ORDERS)
def test_each_ordered_fault_is_named_and_can_be_remedied(
    wire: Wire, fault: FaultName, step: str
) -> None:
    printer, core = wire.adapter, wire.core
    printer.open(timeout=LONG)
    core.order(Fault(step, fault, seconds=0))
    wanted = SAYS_DONE[step] if fault is FaultName.SAYS_DONE else NAMED[fault]
    patience = 1.0 if fault is FaultName.SILENT else LONG
    if wanted is None:
        one_card(printer, timeout=patience)
    else:
        with pytest.raises(wanted):
            one_card(printer, timeout=patience)
    assert [struck for _, struck in core.script.struck] == [fault], "the step is never reached"
    printer.health(timeout=1.0)
    core.remedy()
    assert wire.printer.machine.settle(LONG)  # a jam is told before the last motor rests
    printer.close()
    printer.open(timeout=LONG)
    if printer.card_inside(timeout=LONG) is not None:
        printer.eject(Tray.REJECT, timeout=LONG)
    assert printer.health(timeout=LONG).usable
    one_card(printer, "job-2")


@pytest.mark.fault
@pytest.mark.parametrize("half", [False, True])
def test_a_stop_in_printing_says_that_the_card_is_begun(wire: Wire, half: bool) -> None:
    printer, core = wire.adapter, wire.core
    core.order(Fault("print.panel.m" if half else "feed", FaultName.JAM))
    printer.open(timeout=LONG)
    with pytest.raises(CardJam) as refusal:
        one_card(printer)
    assert refusal.value.half_printed is half
    inside = printer.card_inside(timeout=LONG)
    assert inside is not None
    assert printer.health(timeout=LONG).state is HealthState.ERROR


WIRE_FAULTS = [
    (FaultName.SILENT, TimedOut),
    (FaultName.GARBAGE, Garbage),
    (FaultName.HALF_REPLY, Garbage),
    (FaultName.STRANGE_REPLY, Garbage),
    (FaultName.UNPLUGGED, NotConnected),
]


@pytest.mark.fault
@pytest.mark.parametrize(("fault", "named"), WIRE_FAULTS)
@pytest.mark.parametrize("command", ["Rpst", "Rlr", "Psid", "Si", "Sic", "job", "Se"])
def test_bad_replies_are_named_and_print_nothing_twice(
    wire: Wire, fault: FaultName, named: type[DeviceFault], command: str
) -> None:
    printer, core = wire.adapter, wire.core
    printer.open(timeout=LONG)
    core.order(Fault(f"wire.{command}", fault))
    expected = (named, Busy) if (command, fault) == ("Psid", FaultName.STRANGE_REPLY) else named
    with pytest.raises(expected):
        one_card(printer, timeout=1.0 if fault is FaultName.SILENT else LONG)
    assert wire.printer.machine.settle(LONG)
    assert len(wire.printer.machine.received) <= 1
    assert core.truth.cards <= 1


@pytest.mark.fault
def test_an_absurd_counter_is_refused(wire: Wire) -> None:
    wire.adapter.open(timeout=LONG)
    wire.core.order(Fault("wire.Rco", FaultName.ABSURD_COUNT))
    with pytest.raises(Garbage):
        wire.adapter.counters(timeout=LONG)


@pytest.mark.fault
@pytest.mark.parametrize("fault", [FaultName.SILENT, FaultName.GARBAGE])
def test_health_names_what_stays_wrong(wire: Wire, fault: FaultName) -> None:
    printer, core = wire.adapter, wire.core
    printer.open(timeout=LONG)
    core.script.stand(Fault("wire", fault, clears=Clears.OPERATOR))
    health = printer.health(timeout=0.5)
    assert health.state is HealthState.ERROR
    core.remedy()
    assert printer.health(timeout=LONG).usable


def test_a_printer_that_is_off_or_nowhere(wire: Wire) -> None:
    printer = wire.adapter
    printer.open(timeout=LONG)
    wire.core.cut_power()
    assert printer.health(timeout=LONG).state is HealthState.OFFLINE
    assert not printer.is_open
    with pytest.raises(NotConnected):
        printer.load_card(timeout=LONG)
    with pytest.raises(NotConnected):
        printer.open(timeout=LONG)
    wire.core.restore_power()
    printer.open(timeout=LONG)
    wire.printer.close()
    with pytest.raises(NotConnected):
        wire.another().open(timeout=LONG)


def test_a_cancelled_call_does_nothing_and_one_that_hangs_can_be_cancelled(wire: Wire) -> None:
    printer, cancel = wire.adapter, threading.Event()
    printer.open(timeout=LONG)
    cancel.set()
    with pytest.raises(Cancelled):
        printer.load_card(timeout=LONG, cancel=cancel)
    assert wire.core.truth.inserted == 0
    cancel.clear()
    wire.core.order(Fault("wire.Si", FaultName.SILENT))
    timer = threading.Timer(0.2, cancel.set)
    timer.start()
    with pytest.raises(Cancelled):
        printer.load_card(timeout=LONG, cancel=cancel)
    timer.join()


def test_a_printer_that_another_pc_reserved_is_busy(wire: Wire) -> None:
    printer = wire.adapter
    printer.open(timeout=LONG)
    line = TcpLine("127.0.0.1", wire.port)
    assert line.ask(Command("Psid", ("12", "45")), LONG) == "OK"
    with pytest.raises(Busy):
        printer.load_card(timeout=LONG)
    assert wire.core.truth.inserted == 0


@pytest.mark.parametrize("what", list(Unnumbered))
def test_cards_for_the_machine_touch_no_blank(wire: Wire, what: Unnumbered) -> None:
    printer, truth = wire.adapter, wire.core.truth
    printer.open(timeout=LONG)
    before = printer.counters(timeout=LONG)
    printer.print_unnumbered(what, timeout=LONG)
    after = printer.counters(timeout=LONG)
    assert after.cards - before.cards == (0 if what is Unnumbered.CLEANING else 1)
    assert after.inserted - before.inserted == 1
    assert len(truth.feeder) == 12
    assert truth.output == []
    wire.core.load_unnumbered(0)
    with pytest.raises(OutOfCards) as refusal:
        printer.print_unnumbered(what, timeout=LONG)
    assert refusal.value.hopper is Hopper.UNNUMBERED
    one_card(printer)


def test_a_job_cut_in_mid_panel_prints_nothing(wire: Wire) -> None:
    """The PC dies while it sends: the machine refuses the whole job and works on."""
    printer = wire.adapter
    printer.open(timeout=LONG)
    printer.load_card(timeout=LONG)
    job = Job((separated(FRONT, back=False, colour=True, overlay=True),), 1)
    stream = encode_job(job)
    with socket.create_connection(("127.0.0.1", wire.port)) as line:
        line.sendall(stream[: len(stream) // 2])
    assert printer.counters(timeout=LONG).cards == 0
    assert wire.printer.machine.received == []
    printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    printer.eject(Tray.OUTPUT, timeout=LONG)
    assert wire.core.truth.panels == 5


def test_a_caller_who_never_speaks_holds_nobody_up(wire: Wire) -> None:
    """A half-open line, as a PC that lost its power leaves it."""
    with socket.create_connection(("127.0.0.1", wire.port)):
        wire.adapter.open(timeout=LONG)
        one_card(wire.adapter)


def test_a_line_that_is_reset_while_a_job_goes_out_is_a_lost_line(wire: Wire) -> None:
    printer = wire.adapter
    printer.open(timeout=LONG)
    printer.load_card(timeout=LONG)
    wire.core.order(Fault("wire.job", FaultName.UNPLUGGED))
    with pytest.raises(NotConnected):
        printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    printer.open(timeout=LONG)
    with pytest.raises((AlreadyPrinted, CardNotBlank)):
        printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    inside = printer.card_inside(timeout=LONG)
    assert inside is not None
    assert inside.half_printed is None, "nobody knows how far it came"
