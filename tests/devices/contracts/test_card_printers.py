"""What every card printer must do, and what its metal remembers whatever the program does."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from devices.card_printer import CardPrinter, Tray, Unnumbered
from devices.device import HealthReason, HealthState, Hopper, Station, SupplyName
from devices.errors import (
    AlreadyPrinted,
    CardJam,
    CardLeftIn,
    CardNotBlank,
    DeviceFault,
    NoCardInside,
    NotConnected,
    OutOfCards,
    OutputTrayFull,
    RejectBoxFull,
    RibbonEnded,
)
from devices.simulators.bench import SimulatedBench
from devices.simulators.faults import AVAILABLE, Clears, Fault, FaultName, PowerGone
from devices.simulators.printer_core import RIBBON_HOLDS
from tests.devices.contracts.rigs import BACK, FRONT, LONG, Rig, make_rig


@pytest.fixture
def rig() -> Rig:
    rig = make_rig("card_printer")
    rig.bench.printer.unload_blanks()
    rig.bench.load_blanks(["A1", "A2", "A3"])
    rig.device.open(timeout=LONG)
    return rig


@pytest.fixture
def printer(rig: Rig) -> CardPrinter:
    assert isinstance(rig.device, CardPrinter)
    return rig.device


def everywhere(bench: SimulatedBench) -> list[str]:
    truth = bench.printer.truth
    inside = [truth.inside] if truth.inside else []
    piles = (truth.feeder, inside, truth.output, truth.reject, truth.by_hand, truth.vanished)
    return sorted(card.serial for pile in piles for card in pile)


def one_card(printer: CardPrinter, job: str = "job-1") -> None:
    printer.load_card(timeout=LONG)
    printer.print_card(FRONT, BACK, job, timeout=LONG)
    printer.eject(Tray.OUTPUT, timeout=LONG)


def test_a_card_goes_through(rig: Rig, printer: CardPrinter) -> None:
    assert printer.load_card(timeout=LONG).serial == "A1"
    printer.move_to(Station.CONTACTLESS, timeout=LONG)
    assert rig.bench.station.card is not None
    assert rig.bench.station.card.serial == "A1"
    printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    assert rig.bench.station.card is None, "printing takes the card off the chip station"
    inside = printer.card_inside(timeout=LONG)
    assert inside is not None
    assert (inside.serial, inside.printed, inside.half_printed) == ("A1", True, False)
    assert inside.job_id == "job-1"
    printer.eject(Tray.OUTPUT, timeout=LONG)
    assert printer.card_inside(timeout=LONG) is None
    (card,) = rig.bench.take_output()
    assert (card.serial, card.front, card.back, card.whole) == ("A1", FRONT, BACK, True)
    assert card.panels == ["y", "m", "c", "k", "o", "back"]
    assert (rig.clock.now().minute, rig.clock.now().second) == (30, 36)


def test_counters_and_supplies_tell_what_was_used(printer: CardPrinter) -> None:
    before = printer.counters(timeout=LONG)
    one_card(printer)
    after = printer.counters(timeout=LONG)
    assert after.cards - before.cards == 1
    assert after.inserted - before.inserted == 1
    assert after.panels - before.panels == printer.capabilities.panels_per_card
    left = {supply.name: supply.left for supply in printer.supplies(timeout=LONG)}
    assert left[SupplyName.RIBBON] == RIBBON_HOLDS - 1
    assert left[SupplyName.CARDS] == 2


def test_nothing_is_printed_twice_or_over(printer: CardPrinter) -> None:
    printer.load_card(timeout=LONG)
    printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    panels = printer.counters(timeout=LONG).panels
    with pytest.raises(AlreadyPrinted):
        printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    with pytest.raises(CardNotBlank):
        printer.print_card(FRONT, BACK, "job-2", timeout=LONG)
    with pytest.raises(CardLeftIn):
        printer.load_card(timeout=LONG)
    printer.eject(Tray.OUTPUT, timeout=LONG)
    printer.load_card(timeout=LONG)
    with pytest.raises(AlreadyPrinted):
        printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    assert printer.counters(timeout=LONG).panels == panels


@pytest.mark.fault
def test_a_card_left_in_is_in_the_way_of_the_next_one(rig: Rig, printer: CardPrinter) -> None:
    rig.core.order(Fault("eject", FaultName.CARD_LEFT_IN))
    printer.load_card(timeout=LONG)
    printer.eject(Tray.OUTPUT, timeout=LONG)  # the machine says nothing of it
    with pytest.raises(CardLeftIn) as refusal:
        printer.load_card(timeout=LONG)
    assert "A1" in refusal.value.facts().values()
    printer.eject(Tray.REJECT, timeout=LONG)
    assert printer.load_card(timeout=LONG).serial == "A2"


def test_orders_without_a_card_are_refused(printer: CardPrinter) -> None:
    with pytest.raises(NoCardInside):
        printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    with pytest.raises(NoCardInside):
        printer.move_to(Station.CONTACTLESS, timeout=LONG)
    with pytest.raises(NoCardInside):
        printer.eject(Tray.OUTPUT, timeout=LONG)


def test_a_face_that_is_no_picture_never_reaches_the_printer(printer: CardPrinter) -> None:
    printer.load_card(timeout=LONG)
    with pytest.raises(ValueError, match="PNG"):
        printer.print_card(b"GIF89a", b"", "job-1", timeout=LONG)


def test_out_of_cards_says_after_how_many(rig: Rig, printer: CardPrinter) -> None:
    for number in range(3):
        one_card(printer, f"job-{number}")
    with pytest.raises(OutOfCards) as refusal:
        printer.load_card(timeout=LONG)
    assert refusal.value.facts() == {"hopper": Hopper.FEEDER, "count": 3}
    assert HealthReason.OUT_OF_CARDS in printer.health(timeout=LONG).reasons
    rig.bench.load_blanks(["A4"])
    assert printer.load_card(timeout=LONG).serial == "A4"


@pytest.mark.fault
@pytest.mark.parametrize(
    ("step", "laid"),
    [
        ("print.panel.y", []),
        ("print.panel.c", ["y", "m"]),
        ("print.flip", ["y", "m", "c", "k", "o"]),
    ],
)
def test_a_jam_in_printing_leaves_what_was_laid(
    rig: Rig, printer: CardPrinter, step: str, laid: list[str]
) -> None:
    rig.core.order(Fault(step, FaultName.JAM))
    printer.load_card(timeout=LONG)
    with pytest.raises(CardJam) as refusal:
        printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    assert refusal.value.half_printed is bool(laid)
    inside = printer.card_inside(timeout=LONG)
    assert inside is not None
    assert inside.half_printed is bool(laid)
    assert printer.health(timeout=LONG).state is HealthState.ERROR
    with pytest.raises(CardJam):
        printer.eject(Tray.REJECT, timeout=LONG)
    with pytest.raises(CardJam):
        printer.check_clear(timeout=LONG)
    rig.core.remedy()
    printer.check_clear(timeout=LONG)
    assert printer.card_inside(timeout=LONG) is None
    (card,) = rig.bench.take_by_hand()
    assert card.panels == laid
    assert printer.counters(timeout=LONG).errors == 1
    one_card(printer, "job-1")
    assert [card.serial for card in rig.bench.take_output()] == ["A2"]


def test_a_half_printed_picture_shows_the_panels_laid(rig: Rig, printer: CardPrinter) -> None:
    rig.core.order(Fault("print.panel.c", FaultName.HALF_PRINTED))
    printer.load_card(timeout=LONG)
    with pytest.raises(DeviceFault):
        printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    printer.eject(Tray.REJECT, timeout=LONG)
    (card,) = rig.bench.take_rejects()
    with Image.open(io.BytesIO(card.front)) as image:
        assert image.getpixel((5, 5)) == (255, 140, 200), "no cyan: red light comes back whole"


def test_the_ribbon_ends_in_card_38(rig: Rig, printer: CardPrinter) -> None:
    rig.bench.load_blanks(f"C{number:03d}" for number in range(60))
    rig.bench.printer.change_ribbon(37)
    for number in range(37):
        one_card(printer, f"job-{number}")
    printer.load_card(timeout=LONG)
    with pytest.raises(RibbonEnded) as refusal:
        printer.print_card(FRONT, BACK, "job-37", timeout=LONG)
    assert not refusal.value.half_printed
    assert rig.bench.printer.change_ribbon() == 0
    printer.print_card(FRONT, BACK, "job-37", timeout=LONG)
    printer.eject(Tray.OUTPUT, timeout=LONG)
    assert len(rig.bench.take_output()) == 38


@pytest.mark.fault
def test_a_fault_may_wait_for_a_later_card(rig: Rig, printer: CardPrinter) -> None:
    rig.core.order(Fault("print.panel.m", FaultName.JAM, skip=1))
    one_card(printer, "job-1")
    printer.load_card(timeout=LONG)
    with pytest.raises(CardJam):
        printer.print_card(FRONT, BACK, "job-2", timeout=LONG)


@pytest.mark.fault
def test_says_done_and_did_nothing_shows_in_the_counters(rig: Rig, printer: CardPrinter) -> None:
    rig.core.order(Fault("print.start", FaultName.SAYS_DONE))
    printer.load_card(timeout=LONG)
    before = printer.counters(timeout=LONG)
    printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    assert printer.counters(timeout=LONG) == before
    inside = printer.card_inside(timeout=LONG)
    assert inside is not None
    assert not inside.printed


@pytest.mark.fault
def test_says_done_and_the_tray_is_empty(rig: Rig, printer: CardPrinter) -> None:
    rig.core.order(Fault("eject", FaultName.CARD_VANISHED))
    one_card(printer)
    assert printer.card_inside(timeout=LONG) is None
    assert rig.bench.take_output() == []


@pytest.mark.fault
def test_blanks_of_another_lot_and_unreadable_serials(rig: Rig, printer: CardPrinter) -> None:
    rig.core.order(Fault("feed", FaultName.WRONG_LOT))
    strange = printer.load_card(timeout=LONG).serial
    assert strange is not None
    assert strange.startswith("ZZ")
    printer.eject(Tray.REJECT, timeout=LONG)
    rig.core.order(Fault("feed", FaultName.SERIAL_UNREADABLE))
    assert printer.load_card(timeout=LONG).serial is None
    printer.eject(Tray.OUTPUT, timeout=LONG)
    assert [card.serial for card in rig.bench.take_output()] == ["A1"]


STEPS = next(
    row.steps
    for row in AVAILABLE[make_rig("card_printer").kind]
    if row.fault is FaultName.POWER_CUT
)


@pytest.mark.fault
@pytest.mark.parametrize(
    "fault", [FaultName.POWER_CUT, FaultName.UNPLUGGED, FaultName.PC_POWER_CUT]
)
@pytest.mark.parametrize("step", STEPS)
def test_power_lost_at_any_step_loses_no_card(step: str, fault: FaultName) -> None:
    rig = make_rig("card_printer")
    rig.ready()
    before = everywhere(rig.bench)
    rig.core.order(Fault(step, fault))
    with pytest.raises((NotConnected, PowerGone)):
        rig.go()
    saved = rig.bench.save()
    other = SimulatedBench(rig.clock.pause)
    other.load(saved)
    assert everywhere(other) == everywhere(rig.bench) == before
    printer: Any = other.adapter("card_printer")
    printer.open(timeout=LONG)
    inside = printer.card_inside(timeout=LONG)
    done = len(other.printer.truth.output)
    if step in {"feed", "eject.done"}:
        assert inside is None
        assert done == (step == "eject.done")
    else:
        assert inside is not None
        assert inside.printed is (step in {"print.done", "eject"})
        assert inside.half_printed is (bool(inside.job_id) and laid_before(step))


def laid_before(step: str) -> bool:
    return step.startswith("print.") and step not in {"print.start", "print.panel.y", "print.done"}


def test_a_card_at_the_chip_station_is_there_after_a_restart() -> None:
    rig = make_rig("card_printer")
    rig.ready()
    printer: Any = rig.device
    printer.load_card(timeout=LONG)
    printer.move_to(Station.CONTACTLESS, timeout=LONG)
    other = SimulatedBench(rig.clock.pause)
    other.load(rig.bench.save())
    reader: Any = other.adapter("chip_station")
    reader.open(timeout=LONG)
    assert reader.card_present(timeout=LONG)
    with pytest.raises(ValueError):
        other.load(b"no printer")


@pytest.mark.parametrize("what", list(Unnumbered))
def test_cards_for_the_machine_touch_no_blank(
    rig: Rig, printer: CardPrinter, what: Unnumbered
) -> None:
    before = printer.counters(timeout=LONG)
    printer.print_unnumbered(what, timeout=LONG)
    after = printer.counters(timeout=LONG)
    panels = 0 if what is Unnumbered.CLEANING else printer.capabilities.panels_per_card
    assert after.panels - before.panels == panels
    assert everywhere(rig.bench) == ["A1", "A2", "A3"]
    rig.bench.printer.load_unnumbered(0)
    with pytest.raises(OutOfCards) as refusal:
        printer.print_unnumbered(what, timeout=LONG)
    assert refusal.value.hopper is Hopper.UNNUMBERED


@pytest.mark.fault
@pytest.mark.parametrize(
    ("fault", "past", "into"),
    [
        (FaultName.REJECT_FULL, Tray.OUTPUT, Tray.REJECT),
        (FaultName.OUTPUT_FULL, Tray.REJECT, Tray.OUTPUT),
    ],
)
def test_a_full_tray_stops_only_a_card_that_goes_there(
    rig: Rig, printer: CardPrinter, fault: FaultName, past: Tray, into: Tray
) -> None:
    rig.core.order(Fault("eject", fault))
    printer.load_card(timeout=LONG)
    printer.eject(past, timeout=LONG)
    printer.load_card(timeout=LONG)
    with pytest.raises((RejectBoxFull, OutputTrayFull)):
        printer.eject(into, timeout=LONG)


@pytest.mark.fault
def test_a_full_tray_that_clears_itself_stops_one_card_also_after_one_went_elsewhere(
    rig: Rig, printer: CardPrinter
) -> None:
    rig.core.order(Fault("eject", FaultName.OUTPUT_FULL, clears=Clears.ITSELF))
    printer.load_card(timeout=LONG)
    printer.eject(Tray.REJECT, timeout=LONG)
    printer.load_card(timeout=LONG)
    with pytest.raises(OutputTrayFull):
        printer.eject(Tray.OUTPUT, timeout=LONG)
    printer.eject(Tray.OUTPUT, timeout=LONG)
