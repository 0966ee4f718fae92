"""A simulated KTP-el reader. The card comes from outside: who is on it isn't known here."""

from __future__ import annotations

import dataclasses

from devices.device import Cancel, DeviceKind
from devices.eid_reader import EidCard, EidReader, FingerprintResult
from devices.errors import CardMissing, EidUnreadable, WrongCard
from devices.simulators.core import SimulatedDevice, SimulatorCore
from devices.simulators.faults import FaultName


class EidCore(SimulatorCore):
    """A reader with a card and a finger."""

    def __init__(self, name: str = "eid_reader", serial: str = "SIM-EID-0001") -> None:
        super().__init__(DeviceKind.EID_READER, name, "KTP-el Reader Simulator", serial)
        self._card: EidCard | None = None

    @property
    def card(self) -> EidCard | None:
        """The card that lies there."""
        return self._card

    def put(self, card: EidCard | None) -> EidCard | None:
        """Lay a card on the reader, or take it away; the one that lay there before."""
        with self.lock:
            before, self._card = self._card, card
        return before


class SimulatedEidReader(SimulatedDevice[EidCore], EidReader):
    """The adapter of an EidCore."""

    CHIP = 2.5
    FINGER = 3.0

    def card_present(self, *, timeout: float, cancel: Cancel = None) -> bool:
        self._begin(timeout, cancel, "present")
        return self._core.card is not None

    def read(self, *, timeout: float, cancel: Cancel = None) -> EidCard:
        core = self._core
        budget = self._begin(timeout, cancel, "eid.present")
        if not budget.wait_for(lambda: core.card is not None, "eid.present"):
            raise CardMissing(core.kind, "eid.present")
        fault = self._step("eid.chip", self.CHIP, budget)
        name = fault.fault if fault else None
        if fault is not None and fault.stays:
            core.script.stand(fault)
        if name is FaultName.TEAR:
            core.put(None)
        card = core.card
        if card is None:
            raise CardMissing(core.kind, "eid.chip")
        if name is FaultName.EID_UNREADABLE:
            raise EidUnreadable
        if name is FaultName.WRONG_CARD:
            raise WrongCard(core.kind)
        fault = self._step("eid.finger", self.FINGER, budget)
        result = FingerprintResult.MATCHED
        if fault is not None and fault.fault is FaultName.FINGER_MISMATCH:
            result = FingerprintResult.NOT_MATCHED
        if fault is not None and fault.fault is FaultName.NO_FINGER:
            result = FingerprintResult.NOT_TRIED
        if card.fingerprint is FingerprintResult.NOT_MATCHED:
            result = FingerprintResult.NOT_MATCHED
        return dataclasses.replace(card, fingerprint=result)
