"""What our reader costs beside bare pyscard, at the same daemon, with the same card.

    python -m tests.wires.bench_pcsc [--json] [--rounds 40] [--spread]

The card answers from a process of its own, so that it doesn't share an interpreter with either
side. Everything runs on one core: on several, a command takes 0.04 or 0.12 ms, as the scheduler
happened to place the daemon's thread for that connection, and the ratio is drawn by lot;
`--spread` lets it. Both sides are measured in turns. Bare is pyscard's CardConnection.transmit;
its lowest level (scard.SCardTransmit without its checks) stands beside it. Figures of
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop.commands.bench_report import Figure, measured, median_ms, share_ms
from devices.adapters.pcsc_reader import PcscReader
from devices.device import DeviceKind
from devices.simulators.plastic import PlasticCard
from devices.simulators.virtual_card import VirtualReader
from devices.wire.apdu import CHUNK, HEAD, Command, read_plain_file, write_plain_file
from devices.wire.pcsc import PcscLine

SOON = 30.0
APDU_LIMIT = 1.3
FILE_LIMIT = 1.5
BLOCK = 50
SIZE = 30_000
READ = Command(0x00, 0xB0, 0, 0, expected=16).encode()


def answer_as_card(handle: int) -> None:
    """The card's process: answer until the daemon or the bench goes away."""
    core = VirtualReader(lambda: socket.socket(fileno=handle))
    core.put(PlasticCard.blank("B0000001"))
    for seat in threading.enumerate():
        if seat is not threading.main_thread():
            seat.join()


class Bare:
    """pyscard as its manual shows it."""

    def __init__(self, name: str) -> None:
        from smartcard.scard import SCARD_SHARE_EXCLUSIVE
        from smartcard.System import readers

        self._found: Any = next(reader for reader in readers() if str(reader) == name)
        self._mode = SCARD_SHARE_EXCLUSIVE
        self._card: Any = None

    def connect(self) -> None:
        self._card = self._found.createConnection()
        self._card.connect(mode=self._mode)

    def transmit(self, command: bytes) -> bytes:
        data, sw1, sw2 = self._card.transmit(list(command))
        return bytes((*data, sw1, sw2))

    def lowest(self, command: bytes) -> bytes:
        from smartcard import scard

        inner = self._card.component
        result, answer = scard.SCardTransmit(inner.hcard, scard.SCARD_PCI_T1, list(command))
        if result:
            raise ConnectionError(hex(result))
        return bytes(answer)

    def disconnect(self) -> None:
        self._card.disconnect()
        self._card.release()


def select(transmit: Callable[[bytes], bytes]) -> None:
    transmit(Command(0x00, 0xA4, 0x04, 0x0C, bytes.fromhex("F04C4F4B4554")).encode())
    transmit(Command(0x00, 0xA4, 0x02, 0x0C, b"\x01\x01").encode())


def block(transmit: Callable[[bytes], bytes]) -> list[float]:
    """The seconds of each of a block of short reads."""
    select(transmit)
    times: list[float] = []
    for _ in range(BLOCK):
        began = time.perf_counter()
        answer = transmit(READ)
        times.append(time.perf_counter() - began)
        if len(answer) != 18:
            raise RuntimeError("not the answer")
    return times


def bare_file(transmit: Callable[[bytes], bytes], data: bytes) -> None:
    """The bare bytes there and back, by commands of the same size, and nothing else."""
    select(transmit)
    for start in range(0, len(data), CHUNK):
        place = HEAD + start
        piece = data[start : start + CHUNK]
        transmit(Command(0x00, 0xD6, place >> 8, place & 0xFF, piece).encode())
    back = bytearray()
    for start in range(0, len(data), CHUNK):
        place = HEAD + start
        count = min(CHUNK, len(data) - start)
        command = Command(0x00, 0xB0, place >> 8, place & 0xFF, expected=count)
        back += transmit(command.encode())[:-2]
    if bytes(back) != data:
        raise RuntimeError("not what was written")


def measure_apdu(ours: PcscReader, bare: Bare, rounds: int) -> Figure:
    times: dict[str, list[float]] = {"bare": [], "lowest": [], "ours": []}
    for at in range(rounds + 1):
        bare.connect()
        first, lowest = block(bare.transmit), block(bare.lowest)
        bare.disconnect()
        ours.wait_card(timeout=SOON)
        mine = block(lambda command: ours.transmit(command, timeout=SOON))
        ours.health(timeout=SOON)
        if at:  # the first round warms up
            times["bare"] += first
            times["lowest"] += lowest
            times["ours"] += mine
    median = {name: median_ms(taken) for name, taken in times.items()}
    return Figure(
        "apdu",
        round(median["ours"] / median["bare"], 2),
        APDU_LIMIT,
        "times",
        {
            **{f"{name}_ms": value for name, value in median.items()},
            **{f"{name}_p95_ms": share_ms(taken, 0.95) for name, taken in times.items()},
            "against_lowest": round(median["ours"] / median["lowest"], 2),
            "commands": rounds * BLOCK,
        },
    )


def measure_file(ours: PcscReader, bare: Bare, rounds: int) -> Figure:
    data = bytes(at * 7 % 251 for at in range(SIZE))
    times: dict[str, list[float]] = {"bare": [], "profile": [], "ours": []}

    def clocked(name: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        times[name].append(time.perf_counter() - began)

    def whole() -> None:
        ours.write_file(data, timeout=SOON)
        if ours.read_file(timeout=SOON) != data:
            raise RuntimeError("not what was written")

    def profile() -> None:
        write_plain_file(bare.transmit, data)
        read_plain_file(bare.transmit)

    for at in range(rounds + 1):
        bare.connect()
        clocked("bare", lambda: bare_file(bare.transmit, data))
        clocked("profile", profile)
        bare.disconnect()
        ours.wait_card(timeout=SOON)
        clocked("ours", whole)
        ours.health(timeout=SOON)
        if not at:
            for taken in times.values():
                taken.clear()
    median = {name: median_ms(taken) for name, taken in times.items()}
    return Figure(
        "chip",
        round(median["ours"] / median["bare"], 2),
        FILE_LIMIT,
        "times",
        {
            **{f"{name}_ms": value for name, value in median.items()},
            "bytes": SIZE,
            "rounds": rounds,
        },
    )


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.wires.bench_pcsc")
    asked.add_argument("--rounds", type=int, default=40)
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--spread", action="store_true")
    asked.add_argument("--card", type=int, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.card is not None:
        answer_as_card(given.card)
        return 0
    if not given.spread and sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    home = Path(tempfile.gettempdir()) / f"loket-bench-{os.getpid()}"
    os.environ["PCSCLITE_CSOCK_NAME"] = str(home / "run" / "pcscd.comm")
    from tests.wires.rigs.pcscd import pcscd_rig

    kept = True
    with pcscd_rig() as rig:
        slot = rig.slot(0)
        with rig.connect(slot.port) as line:
            card = subprocess.Popen(
                [sys.executable, "-m", "tests.wires.bench_pcsc", "--card", str(line.fileno())],
                pass_fds=[line.fileno()],
            )
        try:
            rig.wait_card(slot.reader, present=True, moves=None)
            ours = PcscReader("chip_station", PcscLine(DeviceKind.CARD_READER, slot.reader))
            ours.open(timeout=SOON)
            bare = Bare(slot.reader)
            for measure in (measure_apdu, measure_file):
                report = measured(lambda measure=measure: measure(ours, bare, given.rounds))
                kept = kept and report.figure.kept
                sys.stdout.write(json.dumps(report.plain()) + "\n" if given.json else _told(report))
            ours.close()
        finally:
            card.terminate()
            card.wait()
    return 0 if kept else 1


def _told(report: Any) -> str:
    figure, seen = report.figure, report.conditions
    facts = ", ".join(f"{name} {value}" for name, value in figure.absolute.items())
    word = "kept" if figure.kept else "MISSED"
    return (
        f"{figure.name}: {figure.value} (limit {figure.limit}, {word})\n  {facts}\n"
        f"  {seen.cpu}, {seen.cores} cores, load {seen.load_before} to {seen.load_after},"
        f" calibration {seen.calibration_before_ms} to {seen.calibration_after_ms} ms\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())
