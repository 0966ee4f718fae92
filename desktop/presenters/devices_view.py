"""What the devices' screen shows, whole and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.device_slot import DeviceEvent, DeviceStatus
from desktop.domain.stock import UnnumberedUse
from desktop.presenters.asked import AskingView
from desktop.services.device_care import Proof
from devices.card_printer import Unnumbered
from devices.device import DeviceKind


class Side(StrEnum):
    """What stands beside the list."""

    DETAIL = "detail"
    LOG = "log"
    SIMULATOR = "simulator"


class Care(StrEnum):
    """What can be done to the device on show."""

    TEST = "test"
    STOP = "stop"
    LOG = "log"
    REOPEN = "reopen"
    RIBBON = "ribbon"
    ALIGN = "align"
    CLEAN = "clean"
    SIMULATOR = "simulator"
    CHANGE = "change"
    ADD = "add"
    EXPORT = "export"


CARDS: dict[Care, Unnumbered] = {
    Care.TEST: Unnumbered.TEST,
    Care.ALIGN: Unnumbered.ALIGNMENT,
    Care.CLEAN: Unnumbered.CLEANING,
}


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device: as the hub saw it last, and when it became so."""

    status: DeviceStatus
    last: datetime | None

    @property
    def name(self) -> str:
        return self.status.name

    @property
    def kind(self) -> DeviceKind:
        return self.status.kind


@dataclass(frozen=True)
class DevicesView(AskingView):
    """The list, the device on show, and what stands beside it.

    `testing` names the device whose test runs or waits for a hand, `running` the card without a
    number that a printer runs meanwhile; `proof` is the last test that passed on the one on show.
    """

    lines: tuple[DeviceLine, ...] = ()
    current: str = ""
    side: Side = Side.DETAIL
    events: tuple[DeviceEvent, ...] = ()
    testing: str = ""
    running: UnnumberedUse | None = None
    proof: Proof | None = None
    ribbon_left: int = 0
    training: bool = False
    may_change: bool = False
    may_add: bool = False
    recorded: bool = False

    @property
    def line(self) -> DeviceLine | None:
        """The device on show."""
        return next((line for line in self.lines if line.name == self.current), None)

    @property
    def simulated(self) -> bool:
        """Whether the simulator has the device on show: a real one may stand in its place."""
        line = self.line
        return self.training and line is not None and line.status.info.simulated

    @property
    def explained(self) -> bool:
        """Whether what stands on the page says already what to do about what failed."""
        line = self.line
        if line is None or not line.status.health.reasons:
            return False
        return self.problem is None or type(self.problem) is type(line.status.fault)

    @property
    def cares(self) -> frozenset[Care]:
        """What can be done now."""
        line = self.line
        added = {Care.ADD} if self.may_add and not (self.testing or self.doing) else set[Care]()
        if line is None:
            return frozenset(added)
        if self.testing or self.doing:
            return frozenset({Care.STOP, Care.LOG} if self.testing else {Care.LOG})
        cares = {Care.TEST, Care.LOG, Care.REOPEN} | added
        if self.may_change:
            cares.add(Care.CHANGE)
        if self.recorded:
            cares.add(Care.EXPORT)
        if line.kind is DeviceKind.CARD_PRINTER:
            cares |= {Care.RIBBON, Care.ALIGN, Care.CLEAN}
        if self.simulated:
            cares.add(Care.SIMULATOR)
        return frozenset(cares)
