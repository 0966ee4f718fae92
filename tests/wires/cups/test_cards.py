"""Cards through a real print service and a real IPP printer: dot for dot, and never twice."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image

from devices.card_printer import Tray, Unnumbered
from devices.device import HealthReason, HealthState, Station
from devices.errors import (
    AlreadyPrinted,
    Cancelled,
    CardJam,
    CoverOpen,
    DeviceFault,
    JobLost,
    JobStopped,
    NotConnected,
    NothingPrinted,
    OnlyByDriver,
    OutOfCards,
    QueueMissing,
    QueueRepeats,
    RibbonEnded,
    TimedOut,
)
from devices.simulators.faults import Fault, FaultName
from tests.wires.cups.conftest import SIZE, Cards, face, spooler
from tests.wires.rigs.cups import CupsRig, until

LONG = 60.0
"""Seconds for one card: the service starts a filter for each, which a busy machine takes slowly."""


def rgb(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as image:
        return image.convert("RGB").tobytes()


def printed(cards: Cards) -> int:
    """Cards that ribbon has touched."""
    return len(cards.folder.printed())


def test_both_sides_come_out_dot_for_dot(cards: Cards) -> None:
    front, back = face(10), face(200)
    cards.printer.print_card(front, back, "job-1", timeout=LONG)
    (card,) = cards.folder.printed()
    assert [rgb(side.read_bytes()) for side in card.sides] == [rgb(front), rgb(back)]


@pytest.mark.parametrize("send_as", ["urf", "pdf"])
def test_other_forms_come_out_too(queued: Cards, send_as: str) -> None:
    printer = spooler(queued.rig, queued.machine.name, send_as=send_as)
    printer.open(timeout=5)
    front = face(10)
    printer.print_card(front, b"", "job-1", timeout=LONG)
    (card,) = queued.folder.printed()
    with Image.open(card.sides[0]) as image:
        assert image.size == SIZE
        arrived = image.convert("RGB").tobytes()
    wanted = rgb(front)
    if send_as == "urf":
        assert arrived == wanted
    else:
        off = sum(abs(a - b) for a, b in zip(arrived, wanted, strict=True)) / len(wanted)
        assert off < 40, "JPEG and a converter lie between; the picture stays in its place"


def test_what_it_can_do_is_told_honestly(cards: Cards) -> None:
    able = cards.printer.capabilities
    assert (able.width, able.height, able.dpi) == (*SIZE, 300)
    assert able.two_sided
    assert not able.moves_card
    assert not able.reads_serial
    assert able.chip_stations == frozenset()
    assert cards.printer.load_card(timeout=5).serial is None
    assert cards.printer.card_inside(timeout=5) is None
    assert cards.printer.counters(timeout=5) is None
    cards.printer.move_to(Station.PRINT, timeout=5)
    cards.printer.eject(Tray.OUTPUT, timeout=5)
    with pytest.raises(ValueError):
        cards.printer.move_to(Station.CONTACT, timeout=5)
    assert printed(cards) == 0


def test_an_open_printer_is_well(cards: Cards) -> None:
    health = cards.printer.health(timeout=2)
    assert health.state is HealthState.READY
    assert "CP300" in cards.printer.info.model or cards.printer.info.model
    cards.printer.close()
    assert cards.printer.health(timeout=2).reasons == (HealthReason.CLOSED,)
    with pytest.raises(NotConnected):
        cards.printer.print_card(face(1), b"", "job-1", timeout=5)


def test_a_job_is_never_printed_twice(cards: Cards) -> None:
    cards.printer.print_card(face(1), b"", "job-1", timeout=LONG)
    with pytest.raises(AlreadyPrinted):
        cards.printer.print_card(face(1), b"", "job-1", timeout=LONG)
    assert printed(cards) == 1


def test_a_face_of_another_size_is_centred_and_never_scaled(cards: Cards) -> None:
    small = Image.new("RGB", (SIZE[0] - 10, SIZE[1] - 8), "black")
    out = io.BytesIO()
    small.save(out, "PNG")
    cards.printer.print_card(out.getvalue(), b"", "job-1", timeout=LONG)
    (card,) = cards.folder.printed()
    with Image.open(card.sides[0]) as image:
        assert image.convert("L").point(lambda dot: 255 - dot).getbbox() == (
            5, 4, SIZE[0] - 5, SIZE[1] - 4,
        )  # fmt: skip
    large = io.BytesIO()
    Image.new("RGB", (SIZE[0] + 1, SIZE[1]), "black").save(large, "PNG")
    with pytest.raises(ValueError, match="larger"):
        cards.printer.print_card(large.getvalue(), b"", "job-2", timeout=LONG)
    with pytest.raises(ValueError, match="PNG"):
        cards.printer.print_card(b"GIF89a", b"", "job-3", timeout=LONG)


def test_a_test_card(cards: Cards) -> None:
    cards.printer.print_unnumbered(Unnumbered.TEST, timeout=LONG)
    cards.printer.print_unnumbered(Unnumbered.TEST, timeout=LONG)
    assert printed(cards) == 2
    with pytest.raises(OnlyByDriver):
        cards.printer.print_unnumbered(Unnumbered.CLEANING, timeout=LONG)


STOPS = [
    (FaultName.OUT_OF_CARDS, OutOfCards),
    (FaultName.JAM, CardJam),
    (FaultName.COVER_OPEN, CoverOpen),
    (FaultName.RIBBON_END, RibbonEnded),
]


@pytest.mark.fault
@pytest.mark.parametrize(("fault", "wanted"), STOPS)
def test_a_fault_of_the_machine_is_named_and_its_job_is_gone(
    cards: Cards, fault: FaultName, wanted: type[DeviceFault]
) -> None:
    cards.folder.order(Fault("print.start", fault))
    with pytest.raises(wanted):
        cards.printer.print_card(face(1), b"", "job-1", timeout=LONG)
    assert cards.rig.open_jobs(cards.machine.name) == 0
    cards.folder.mend()
    until(lambda: cards.printer.health(timeout=2).usable, "well again")
    cards.printer.print_card(face(2), b"", "job-2", timeout=LONG)
    assert printed(cards) == 1, "the stopped job never comes out"


@pytest.mark.fault
def test_the_feeder_may_be_filled_in_time(queued: Cards) -> None:
    printer = spooler(queued.rig, queued.machine.name, feed_seconds=20.0)
    printer.open(timeout=5)
    queued.folder.order(Fault("print.start", FaultName.OUT_OF_CARDS))
    filled = threading.Thread(
        target=lambda: (
            until(lambda: bool(queued.folder.struck()), "the printer asks for a card"),
            queued.folder.mend(),
        )
    )
    filled.start()
    printer.print_card(face(1), b"", "job-1", timeout=LONG)
    filled.join()
    assert printed(queued) == 1


@pytest.mark.fault
def test_half_printed_ends_the_job(cards: Cards) -> None:
    cards.folder.order(Fault("print.panel.c", FaultName.HALF_PRINTED))
    with pytest.raises(JobStopped):
        cards.printer.print_card(face(1), face(2), "job-1", timeout=LONG)
    (card,) = cards.folder.printed()
    assert card.half
    assert cards.rig.open_jobs(cards.machine.name) == 0
    with pytest.raises(AlreadyPrinted):
        cards.printer.print_card(face(1), face(2), "job-1", timeout=LONG)


@pytest.mark.fault
def test_says_done_and_did_nothing(cards: Cards) -> None:
    cards.folder.order(Fault("print.start", FaultName.SAYS_DONE))
    with pytest.raises(NothingPrinted):  # behind a queue it is the printer's own word
        cards.printer.print_card(face(1), b"", "job-1", timeout=LONG)
    assert printed(cards) == 0


@pytest.mark.fault
def test_switched_off_before_the_job(cards: Cards) -> None:
    cards.machine.off()
    health = cards.printer.health(timeout=2)
    assert not health.usable
    with pytest.raises(NotConnected):
        cards.printer.print_card(face(1), b"", "job-1", timeout=LONG)
    cards.machine.on()
    cards.printer.close()
    cards.printer.open(timeout=5)
    cards.printer.print_card(face(2), b"", "job-2", timeout=LONG)
    assert printed(cards) == 1


@pytest.mark.fault
def test_switched_off_in_the_middle(cards: Cards) -> None:
    cards.folder.order(Fault("print.panel.c", FaultName.POWER_CUT))
    with pytest.raises((NotConnected, JobStopped, TimedOut)):
        cards.printer.print_card(face(1), b"", "job-1", timeout=LONG)
    cards.machine.off()
    cards.folder.mend()
    cards.machine.on()
    cards.printer.close()
    cards.printer.open(timeout=5)
    assert cards.rig.open_jobs(cards.machine.name) == 0
    cards.printer.print_card(face(2), b"", "job-2", timeout=LONG)
    assert printed(cards) == 1, "only the second"


@pytest.mark.fault
def test_a_silent_machine_ends_in_time_and_its_job_with_it(cards: Cards) -> None:
    cards.folder.order(Fault("print.panel.c", FaultName.SILENT))
    with pytest.raises(TimedOut):
        cards.printer.print_card(face(1), b"", "job-1", timeout=4)
    assert cards.rig.open_jobs(cards.machine.name) == 0
    cards.printer.print_card(face(2), b"", "job-2", timeout=LONG)
    assert printed(cards) == 1


@pytest.mark.fault
def test_cancelled_in_the_middle(cards: Cards) -> None:
    cards.folder.order(Fault("print.panel.c", FaultName.SILENT))
    cancel = threading.Event()
    watcher = threading.Thread(
        target=lambda: (
            until(lambda: bool(cards.folder.struck()), "printing"),
            cancel.set(),
        )
    )
    watcher.start()
    with pytest.raises(Cancelled):
        cards.printer.print_card(face(1), b"", "job-1", timeout=LONG, cancel=cancel)
    watcher.join()
    assert cards.rig.open_jobs(cards.machine.name) == 0
    assert printed(cards) == 0


@pytest.mark.fault
def test_the_job_vanishes_from_the_queue(queued: Cards) -> None:
    queued.folder.order(Fault("print.panel.c", FaultName.SILENT))
    thief = threading.Thread(
        target=lambda: (
            until(lambda: bool(queued.folder.struck()), "printing"),
            queued.rig.admin("cancel", "-a", "-x", queued.machine.name),
        )
    )
    thief.start()
    with pytest.raises((JobLost, JobStopped)):
        queued.printer.print_card(face(1), b"", "job-1", timeout=LONG)
    thief.join()
    assert printed(queued) == 0


@pytest.mark.fault
def test_the_queue_is_paused_in_the_middle(queued: Cards) -> None:
    queued.folder.order(Fault("print.panel.c", FaultName.SILENT))
    other = threading.Thread(
        target=lambda: (
            until(lambda: bool(queued.folder.struck()), "printing"),
            queued.rig.admin("cupsdisable", queued.machine.name),
        )
    )
    other.start()
    with pytest.raises(JobStopped):
        queued.printer.print_card(face(1), b"", "job-1", timeout=LONG)
    other.join()
    assert HealthReason.QUEUE_STOPPED in queued.printer.health(timeout=2).reasons
    queued.folder.mend()
    queued.rig.admin("cupsenable", queued.machine.name)
    queued.printer.print_card(face(2), b"", "job-2", timeout=LONG)
    assert printed(queued) == 1


@pytest.mark.parametrize("policy", ["retry-job", "retry-current-job", "stop-printer"])
def test_a_queue_that_repeats_is_refused(cups: CupsRig, queued: Cards, policy: str) -> None:
    cups.admin("lpadmin", "-p", queued.machine.name, "-o", f"printer-error-policy={policy}")
    with pytest.raises(QueueRepeats) as refusal:
        queued.printer.print_card(face(1), b"", "job-1", timeout=LONG)
    assert refusal.value.policy == policy
    assert queued.printer.health(timeout=2).reasons == (HealthReason.QUEUE_REPEATS,)
    again = spooler(cups, queued.machine.name)
    with pytest.raises(QueueRepeats):
        again.open(timeout=5)
    assert again.health(timeout=2).reasons == (HealthReason.QUEUE_REPEATS,)
    assert printed(queued) == 0


def test_a_queue_that_isn_t_there(cups: CupsRig) -> None:
    printer = spooler(cups, "TIDAK-ADA")
    with pytest.raises(QueueMissing):
        printer.open(timeout=5)
    assert not printer.is_open


def test_through_the_service_s_socket_file(cups: CupsRig, queued: Cards) -> None:
    printer = spooler(cups, queued.machine.name, print_server=cups.socket)
    printer.open(timeout=5)
    printer.print_card(face(1), b"", "job-1", timeout=LONG)
    assert printed(queued) == 1
