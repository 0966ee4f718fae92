"""The print service itself: killed in the middle, started again, somebody else's jobs."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from devices.adapters.print_queue import found
from devices.device import HealthReason, HealthState
from devices.errors import Busy, NotConnected, TimedOut
from devices.simulators.faults import Fault, FaultName
from devices.wire.ipp_codec import boolean
from tests.wires.cups.conftest import Cards, face, spooler
from tests.wires.rigs.cups import CupsRig, real_pause, until


@pytest.fixture
def own() -> Generator[Cards]:
    """A print service that this test may kill."""
    with CupsRig() as rig:
        machine = rig.queue("KARTU")
        printer = spooler(rig, "KARTU")
        printer.open(timeout=5)
        yield Cards(rig, machine, printer)


@pytest.mark.fault
@pytest.mark.parametrize("dropped", [True, False])
def test_killed_in_the_middle_of_a_card(own: Cards, dropped: bool) -> None:
    """A service that starts again repeats what it had begun; our first look at it ends that."""
    own.folder.order(Fault("print.panel.c", FaultName.SILENT))
    killer = threading.Thread(
        target=lambda: (
            until(lambda: bool(own.folder.struck()), "printing"),
            own.rig.kill_service(),
        )
    )
    killer.start()
    with pytest.raises((NotConnected, TimedOut)):
        own.printer.print_card(face(1), b"", "job-1", timeout=30)
    killer.join()
    health = own.printer.health(timeout=2)
    assert health.state is HealthState.OFFLINE or HealthReason.CLOSED in health.reasons
    own.machine.off()  # the PC lost power, and the printer with it
    if dropped:
        own.rig.forget_documents()
    own.rig.start_service()
    own.printer.open(timeout=10)
    assert own.rig.open_jobs("KARTU") == 0, "whatever it would print again is ended"
    own.folder.mend()
    own.machine.on()
    own.printer.print_card(face(2), b"", "job-2", timeout=30)
    assert len(own.folder.printed()) == 1


@pytest.mark.fault
def test_somebody_else_s_job_is_waited_for_by_nobody(queued: Cards) -> None:
    client = queued.rig.client()
    limit = client.limit(5, None, "other")
    target = f"/printers/{queued.machine.name}"
    job = client.create_job(target, limit, "surat", {"job-hold-until": boolean(True)})
    with pytest.raises(Busy):
        queued.printer.print_card(face(1), b"", "job-1", timeout=20)
    client.cancel_job(target, limit, job)
    queued.printer.print_card(face(1), b"", "job-1", timeout=20)
    assert len(queued.folder.printed()) == 1


def test_queues_are_found(cups: CupsRig, queued: Cards) -> None:
    listed = {each.queue: each for each in found(cups.server, real_pause)}
    mine = listed[queued.machine.name]
    assert (mine.where, mine.policy, mine.repeats) == ("ipp", "abort-job", False)
    assert found("127.0.0.1:9", real_pause) == ()
