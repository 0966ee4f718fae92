"""A simulated chip reader: on the desk, or inside the simulated printer."""

from __future__ import annotations

from devices.card_reader import CardReader
from devices.device import Cancel, DeviceKind
from devices.errors import (
    AuthenticationFailed,
    CardMissing,
    CardMute,
    ChipDead,
    Garbage,
    WrongCard,
)
from devices.simulators.core import SimulatedDevice, SimulatorCore
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import ATR, ChipSession, PlasticCard

CHIP_STEPS = {
    0xA4: "chip.select",
    0xB0: "chip.read",
    0xD6: "chip.update",
    0xE2: "chip.update",
    0xCA: "chip.uid",
    0x50: "chip.open",
    0x82: "chip.open",
    0xF0: "chip.lock",
}
_FAULTY = frozenset(
    {
        FaultName.DEAD_CHIP,
        FaultName.AUTHENTICATION_FAILED,
        FaultName.WRONG_CARD,
        FaultName.MUTE,
        FaultName.TEAR,
    }
)


class ReaderCore(SimulatorCore):
    """A reader and the card on it."""

    def __init__(self, name: str = "chip_station", serial: str = "SIM-CR-0001") -> None:
        super().__init__(DeviceKind.CARD_READER, name, "Card Reader Simulator", serial)
        self._card: PlasticCard | None = None
        self.session: ChipSession | None = None

    @property
    def card(self) -> PlasticCard | None:
        """The card that lies there."""
        return self._card

    def put(self, card: PlasticCard | None) -> PlasticCard | None:
        """Lay a card on the reader, or take it away; the one that lay there before."""
        with self.lock:
            before, self._card = self._card, card
            self.session = ChipSession(card.chip) if card is not None else None
        return before

    def reset(self) -> None:
        """Power the chip down and up."""
        with self.lock:
            self.put(self._card)


class SimulatedCardReader(SimulatedDevice[ReaderCore], CardReader):
    """The adapter of a ReaderCore."""

    POWER_UP = 0.15
    PER_APDU = 0.0005
    PER_BYTE = 0.00001
    """About 100 kB/s on a contactless line at 848 kbit/s (ISO/IEC 14443-4)."""

    def card_present(self, *, timeout: float, cancel: Cancel = None) -> bool:
        self._begin(timeout, cancel, "present")
        return self._core.card is not None

    def wait_card(self, *, timeout: float, cancel: Cancel = None) -> bytes:
        budget = self._begin(timeout, cancel, "wait")
        if not budget.wait_for(lambda: self._core.card is not None, "wait"):
            raise CardMissing(self._core.kind, "wait")
        self._answer(self._step("wait", self.POWER_UP, budget), "wait")
        self._core.reset()
        return ATR

    def transmit(self, command: bytes, *, timeout: float, cancel: Cancel = None) -> bytes:
        step = CHIP_STEPS.get(command[1] if len(command) > 1 else 0, "chip.other")
        budget = self._begin(timeout, cancel, step)
        if self._core.card is None:
            raise CardMissing(self._core.kind, step)
        seconds = self.PER_APDU + self.PER_BYTE * len(command)
        self._answer(self._step(step, seconds, budget), step)
        session = self._core.session
        if session is None:
            raise CardMissing(self._core.kind, step)
        reply = session.answer(command)
        budget.spend(self.PER_BYTE * len(reply), step)
        return reply

    def _answer(self, fault: Fault | None, step: str) -> None:
        if fault is None or fault.fault not in _FAULTY:
            return
        core = self._core
        if fault.stays:
            core.script.stand(fault)
        match fault.fault:
            case FaultName.DEAD_CHIP:
                if core.card is not None:
                    core.card.chip.dead = True
                raise ChipDead
            case FaultName.AUTHENTICATION_FAILED:
                raise AuthenticationFailed(2)
            case FaultName.WRONG_CARD:
                raise WrongCard(core.kind)
            case FaultName.MUTE:
                raise CardMute
            case FaultName.TEAR:
                core.put(None)
                raise CardMissing(core.kind, step)
            case _:
                raise Garbage(core.kind, step)
