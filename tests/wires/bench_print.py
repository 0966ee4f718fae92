"""Figures of the print queues: a fault until it is named, a health answer, a card's time.

python -m tests.wires.bench_print [--cards 5]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time

from PIL import Image

from devices.device import HealthReason
from devices.errors import CoverOpen
from devices.simulators.faults import Fault, FaultName
from devices.wire.raster import PWG, write_pwg
from tests.wires.cups.conftest import SIZE, direct, face, spooler
from tests.wires.rigs.cups import CupsRig

LIMIT = 1.5


def told(name: str, seconds: list[float]) -> None:
    print(f"{name}: median {statistics.median(seconds):.3f} s, most {max(seconds):.3f} s")


def main() -> int:
    """Print the figures; 1 where a fault takes longer than its limit."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--cards", type=int, default=5)
    cards = wanted.parse_args().cards
    worst = 0.0
    with CupsRig() as rig:
        for way in ("queue", "direct"):
            named: list[float] = []
            for number in range(cards):
                name = f"{way}{number}"
                machine = rig.queue(name)
                printer = spooler(rig, name) if way == "queue" else direct(machine)
                printer.open(timeout=5)
                machine.folder.order(Fault("print.start", FaultName.COVER_OPEN))
                try:
                    printer.print_card(face(1), b"", "job", timeout=30)
                except CoverOpen:
                    named.append(time.time() - machine.folder.struck()[0][2])
                machine.folder.mend()
                machine.off()
            worst = max(worst, *named)
            told(f"{way}: cover opened in a job, until named and its job gone", named)
        seen: list[float] = []
        for number in range(cards):
            name = f"health{number}"
            machine = rig.queue(name)
            printer = spooler(rig, name)
            printer.open(timeout=5)
            machine.folder.order(Fault("print.start", FaultName.COVER_OPEN))
            client = rig.client()
            limit = client.limit(30, None, "bench")
            job = client.create_job(f"/printers/{name}", limit, "surat")
            page = write_pwg([Image.new("RGB", SIZE)], 300)
            client.send_document(f"/printers/{name}", limit, job, page, PWG)
            # Asked each second, as the window does.
            while HealthReason.COVER_OPEN not in printer.health(timeout=2).reasons:
                threading.Event().wait(1.0)
            seen.append(time.time() - machine.folder.struck()[0][2])
            machine.folder.mend()
            machine.off()
        worst = max(worst, *seen)
        told("cover opened while nobody prints here, asked each second", seen)
        machine = rig.queue("KARTU")
        for way, printer in (("queue", spooler(rig, "KARTU")), ("direct", direct(machine))):
            printer.open(timeout=5)
            asked: list[float] = []
            for _ in range(200):
                start = time.perf_counter()
                printer.health(timeout=2)
                asked.append(time.perf_counter() - start)
            told(f"{way}: one health answer", asked)
            taken: list[float] = []
            for number in range(cards):
                start = time.perf_counter()
                printer.print_card(face(1), face(2), f"{way}{number}", timeout=30)
                taken.append(time.perf_counter() - start)
            told(f"{way}: a two-sided card, the machine itself taking no time", taken)
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
