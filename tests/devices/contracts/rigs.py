"""Rigs: one for each adapter or simulator that must meet its kind's contract.

A rig knows how to make the device's verbs succeed, how to starve them, and how to pull its cable.
An adapter of real hardware joins with a rig of its own.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from PIL import Image

from desktop.sources import VirtualClock
from devices.card_printer import Tray
from devices.device import Cancel, Device, DeviceKind, Station
from devices.eid_reader import EidCard, EidSex
from devices.errors import CardMissing, NoFinger, NoSignature, OutOfCards
from devices.simulators.bench import SimulatedBench
from devices.simulators.core import SimulatorCore
from devices.simulators.pen import scribble
from devices.simulators.plastic import PlasticCard

LONG = 600.0


def picture(
    colour: tuple[int, int, int] = (90, 140, 200), size: tuple[int, int] = (96, 60)
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


FRONT = picture()
BACK = picture((230, 230, 230))
PDF = b"%PDF-1.4\n%%EOF\n"


def eid_card() -> EidCard:
    return EidCard(
        nik="3273010203900001",
        name="CONTOH SATU",
        birth_place="BANDUNG",
        birth_date=date(1990, 3, 2),
        sex=EidSex.MALE,
        address=("JL CONTOH 1",),
        rt_rw="001/002",
        village="CONTOH",
        district="CONTOH",
        regency="KOTA BANDUNG",
        province="JAWA BARAT",
        occupation="KARYAWAN SWASTA",
    )


@dataclass
class Rig:
    """A device under contract. `starved` is what its verb raises when nobody comes, if it waits."""

    kind: DeviceKind
    device: Device
    core: SimulatorCore
    clock: VirtualClock
    feed: Callable[[], Any]
    starve: Callable[[], Any]
    verb: Callable[[float, Cancel], Any]
    starved: type[Exception] | None
    bench: SimulatedBench
    jobs: int = 0

    def __post_init__(self) -> None:
        self.feed()

    def ready(self) -> None:
        """Open, with somebody there."""
        self.device.open(timeout=LONG)
        self.feed()

    def go(self, timeout: float = LONG, cancel: Cancel = None) -> Any:
        """The kind's verbs, from the first to the last."""
        return self.verb(timeout, cancel)

    def mend(self) -> None:
        """What an officer does after a fault, so that work can be done again."""
        self.core.remedy()
        self.device.close()
        self.device.open(timeout=LONG)
        if self.kind is DeviceKind.CARD_PRINTER:
            printer: Any = self.device
            if printer.card_inside(timeout=LONG) is not None:
                printer.eject(Tray.REJECT, timeout=LONG)
        self.feed()


def _printer(bench: SimulatedBench, device: Any) -> dict[str, Any]:
    jobs = iter(range(10_000))
    serials = iter(range(10_000))

    def verb(timeout: float, cancel: Cancel) -> None:
        device.load_card(timeout=timeout, cancel=cancel)
        device.move_to(Station.CONTACTLESS, timeout=timeout, cancel=cancel)
        device.print_card(FRONT, BACK, f"job-{next(jobs)}", timeout=timeout, cancel=cancel)
        device.eject(Tray.OUTPUT, timeout=timeout, cancel=cancel)

    def feed() -> None:
        bench.load_blanks(f"B{next(serials):07d}" for _ in range(12))

    return {
        "feed": feed,
        "starve": lambda: bench.printer.truth.by_hand.extend(bench.printer.unload_blanks()),
        "verb": verb,
        "starved": OutOfCards,
    }


def _reader(bench: SimulatedBench, device: Any) -> dict[str, Any]:
    def verb(timeout: float, cancel: Cancel) -> bytes:
        device.wait_card(timeout=timeout, cancel=cancel)
        device.uid(timeout=timeout, cancel=cancel)
        device.write_file(b"licence" * 100, timeout=timeout, cancel=cancel)
        return device.read_file(timeout=timeout, cancel=cancel)

    core = bench.core(device.info.name)
    return {
        "feed": lambda: core.put(PlasticCard.blank("B0000001")),
        "starve": lambda: core.put(None),
        "verb": verb,
        "starved": CardMissing,
    }


def _simple(
    feed: Callable[[], Any],
    starve: Callable[[], Any],
    verb: Callable[[float, Cancel], Any],
    starved: type[Exception] | None,
) -> dict[str, Any]:
    return {"feed": feed, "starve": starve, "verb": verb, "starved": starved}


def _parts(bench: SimulatedBench, device: Any) -> dict[str, Any]:
    match device.info.kind:
        case DeviceKind.CARD_PRINTER:
            return _printer(bench, device)
        case DeviceKind.CARD_READER:
            return _reader(bench, device)
        case DeviceKind.EID_READER:
            return _simple(
                lambda: bench.put_eid(eid_card()),
                lambda: bench.put_eid(None),
                lambda timeout, cancel: device.read(timeout=timeout, cancel=cancel),
                CardMissing,
            )
        case DeviceKind.SIGNATURE_PAD:

            def sign() -> None:
                bench.pad.wipe()
                bench.sign(scribble(1))

            return _simple(
                sign,
                bench.pad.wipe,
                lambda timeout, cancel: device.capture(timeout=timeout, cancel=cancel),
                NoSignature,
            )
        case DeviceKind.CAMERA:

            def look(timeout: float, cancel: Cancel) -> bytes:
                device.frame(timeout=timeout, cancel=cancel)
                return device.capture(timeout=timeout, cancel=cancel)

            return _simple(lambda: bench.sit_person(FRONT), lambda: None, look, None)
        case DeviceKind.DOCUMENT_PRINTER:
            jobs = iter(range(10_000))
            return _simple(
                lambda: None,
                lambda: None,
                lambda timeout, cancel: device.print_pdf(
                    PDF, 1, f"paper-{next(jobs)}", timeout=timeout, cancel=cancel
                ),
                None,
            )
        case DeviceKind.CARD_VIEWER:

            def lay() -> None:
                card = PlasticCard.blank("B0000001")
                card.front_ordered, card.back_ordered = FRONT, BACK
                card.panels, card.whole = ["y", "m", "c", "k", "o", "back"], True
                bench.put_card_in_viewer(card)

            return _simple(
                lay,
                lambda: bench.put_card_in_viewer(None),
                lambda timeout, cancel: device.look(timeout=timeout, cancel=cancel),
                CardMissing,
            )
        case DeviceKind.FINGERPRINT:
            return _simple(
                lambda: bench.lay_finger(b"thumb"),
                lambda: bench.lay_finger(None),
                lambda timeout, cancel: device.match(b"thumb", timeout=timeout, cancel=cancel),
                NoFinger,
            )
        case _:
            return _simple(lambda: None, lambda: None, lambda timeout, cancel: None, None)


VERBS = (
    "card_printer",
    "chip_station",
    "desk_reader",
    "eid_reader",
    "signature_pad",
    "camera",
    "document_printer",
    "fingerprint",
    "card_viewer",
)
"""Devices that are asked; the scanner only tells and has its own suite."""


def make_rig(name: str) -> Rig:
    clock = VirtualClock(datetime(2026, 3, 2, 0, 30, tzinfo=UTC))
    bench = SimulatedBench(clock.pause)
    device = bench.adapter(name)
    core = bench.core(name)
    return Rig(device.info.kind, device, core, clock, bench=bench, **_parts(bench, device))
