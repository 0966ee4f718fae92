"""Rigs of the readers over PC/SC: the adapter at a real service, the simulated card behind it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from desktop.sources import VirtualClock
from devices.adapters.pcsc_eid import PcscEidReader
from devices.adapters.pcsc_reader import PcscReader
from devices.device import Cancel, DeviceKind
from devices.errors import CardMissing, EidModuleMissing
from devices.simulators.bench import SimulatedBench
from devices.simulators.plastic import PlasticCard
from devices.wire.pcsc import PcscLine
from tests.devices.contracts.rigs import Rig
from tests.wires.rigs.pcscd import PcscdRig

ANSWER = 60.0
"""Nothing is mute before that but what really is: then the slot's clock runs ahead."""


def pcsc_rig(pcscd: PcscdRig, kind: DeviceKind = DeviceKind.CARD_READER) -> Rig:
    """A chip reader, or a KTP-el reader, on the first slot. The clock stands: time is real here."""
    slot, pattern = pcscd.slot(0), pcscd.readers[0]
    line = PcscLine(kind, pattern, answer=ANSWER, clock=slot.clock)
    chip = PcscReader("chip_station", line, pattern)
    eid = PcscEidReader("eid_reader", line, pattern)

    def use_chip(timeout: float, cancel: Cancel) -> bytes:
        chip.wait_card(timeout=timeout, cancel=cancel)
        chip.uid(timeout=timeout, cancel=cancel)
        chip.write_file(b"licence" * 100, timeout=timeout, cancel=cancel)
        return chip.read_file(timeout=timeout, cancel=cancel)

    def use_eid(timeout: float, cancel: Cancel) -> None:
        with pytest.raises(EidModuleMissing):
            eid.read(timeout=timeout, cancel=cancel)

    untouched = -1

    def feed() -> None:
        """A fresh card; one that lies there and was never spoken to is fresh (time is real)."""
        nonlocal untouched
        if not (slot.seen and slot.commands == untouched):
            slot.insert(PlasticCard.blank("B0000001"))
            untouched = slot.commands

    clock = VirtualClock(datetime(2026, 3, 2, 0, 30, tzinfo=UTC))
    is_chip = kind is DeviceKind.CARD_READER
    return Rig(
        kind,
        chip if is_chip else eid,
        slot,
        clock,
        feed=feed,
        starve=slot.remove,
        verb=use_chip if is_chip else use_eid,
        starved=CardMissing,
        bench=SimulatedBench(clock.pause),
    )
