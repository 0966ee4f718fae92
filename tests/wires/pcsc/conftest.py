"""A reader at the smart card service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devices.adapters.pcsc_reader import PcscReader
from devices.device import DeviceKind
from devices.wire.pcsc import PcscLine
from tests.wires.rigs.pcscd import PcscdRig

SOON = 10.0
LONG = 60.0
MUTE_AFTER = 0.4


def reader_on(pattern: str = "", answer: float = MUTE_AFTER) -> PcscReader:
    line = PcscLine(DeviceKind.CARD_READER, pattern, answer=answer)
    return PcscReader("chip_station", line, pattern)


@pytest.fixture
def reader(pcscd: PcscdRig) -> Iterator[PcscReader]:
    """The first slot's reader, open."""
    made = reader_on(pcscd.readers[0])
    made.open(timeout=SOON)
    yield made
    made.close()
