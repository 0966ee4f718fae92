"""A printer that takes the line and says nothing: others hear of it, and a job doesn't wait on."""

from __future__ import annotations

import contextlib
import threading

import pytest

from devices.adapters import evolis_talk
from devices.adapters.evolis import EvolisPrinterAdapter
from devices.card_printer import Tray
from devices.device import Deadline, Station
from devices.errors import Cancelled, TimedOut
from devices.simulators.faults import Fault, FaultName
from devices.wire.evolis import MOVING, RUNNING, Command
from tests.wires.evolis.conftest import BACK, FRONT, Wire

LONG = 20.0


def health(printer: EvolisPrinterAdapter, cancel: threading.Event) -> None:
    with contextlib.suppress(Cancelled):
        printer.health(timeout=LONG, cancel=cancel)


@pytest.mark.fault
@pytest.mark.parametrize("command", ["Rpst", "Rlr"])
def test_another_thread_hears_that_a_reply_is_owed(any_wire: Wire, command: str) -> None:
    printer = any_wire.adapter
    printer.open(timeout=LONG)
    assert printer.unanswered == 0
    cancel = threading.Event()
    any_wire.core.order(Fault(f"wire.{command}", FaultName.SILENT))
    asked = threading.Thread(target=health, args=(printer, cancel))
    asked.start()
    patience = Deadline(LONG)
    while printer.unanswered < 0.05 and patience.left():
        asked.join(0.01)
    heard = printer.unanswered
    cancel.set()
    asked.join(LONG)
    assert heard >= 0.05
    assert printer.unanswered == 0, "nothing is asked any more"


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("Rpst", 0.0), ("Scs", 0.0), ("Psid", 0.0), ("Si", MOVING), ("Ser", MOVING), ("Sie", RUNNING)],
)
def test_an_order_may_take_what_the_mechanics_take(name: str, seconds: float) -> None:
    assert Command(name).working == seconds


@pytest.mark.fault
def test_a_question_is_given_up_long_before_its_job(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = wire.adapter
    printer.open(timeout=LONG)
    wire.core.order(Fault("wire.Rco", FaultName.SILENT))
    printer.load_card(timeout=LONG)
    printer.move_to(Station.PRINT, timeout=LONG)
    with monkeypatch.context() as soon:
        soon.setattr(evolis_talk, "ANSWERING", 0.3)
        with pytest.raises(TimedOut) as given_up:
            printer.print_card(FRONT, BACK, "job-1", timeout=LONG)
    assert given_up.value.seconds == 0.3
    assert printer.card_inside(timeout=LONG) is not None
    printer.eject(Tray.REJECT, timeout=LONG)
