"""A reader at the smart card service."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from devices.adapters.pcsc_reader import PcscReader
from devices.device import DeviceKind
from devices.wire.pcsc import PcscLine
from tests.wires.rigs.pcscd import PcscdRig, Slot

SOON = 10.0
LONG = 60.0


def reader_on(pattern: str = "", slot: Slot | None = None) -> PcscReader:
    """A reader that waits for its chip as long as a test may; a mute one in `slot` is told at once.

    By real time alone a busy machine makes mute cards of good ones.
    """
    clock = time.monotonic if slot is None else slot.clock
    line = PcscLine(DeviceKind.CARD_READER, pattern, answer=LONG, clock=clock)
    return PcscReader("chip_station", line, pattern)


@pytest.fixture
def reader(pcscd: PcscdRig) -> Iterator[PcscReader]:
    """The first slot's reader, open."""
    made = reader_on(pcscd.readers[0], pcscd.slot(0))
    made.open(timeout=SOON)
    yield made
    made.close()


@pytest.fixture
def patient(pcscd: PcscdRig) -> Iterator[PcscReader]:
    """The same, but a mute card is waited for until the caller has enough of it."""
    made = reader_on(pcscd.readers[0])
    made.open(timeout=SOON)
    yield made
    made.close()
