"""What all simulators share: the thing itself (core), and the adapter that talks to it.

The core is the device on the desk. It keeps its state however often an adapter opens, closes or
dies, as metal and plastic do; people act on it (plug, power, hands). The adapter is what the
program holds; it spends the device's stated times through an injected pause, so that a virtual
clock moves and a test takes no time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, NoReturn, TypeVar

from devices.device import (
    Cancel,
    Device,
    DeviceInfo,
    DeviceKind,
    Health,
    HealthReason,
    Pause,
    Supply,
)
from devices.errors import Cancelled, Garbage, NotConnected, TimedOut
from devices.simulators.faults import Fault, FaultName, FaultScript, PowerGone

MAKER = "Loket"

_REASONS = {
    FaultName.SILENT: HealthReason.NOT_ANSWERING,
    FaultName.GARBAGE: HealthReason.GARBLED,
    FaultName.SLOW: HealthReason.SLOW,
    FaultName.OUT_OF_CARDS: HealthReason.OUT_OF_CARDS,
    FaultName.REJECT_FULL: HealthReason.REJECT_BOX_FULL,
    FaultName.OUTPUT_FULL: HealthReason.OUTPUT_TRAY_FULL,
    FaultName.FROZEN: HealthReason.PICTURE_FROZEN,
    FaultName.NO_PICTURE: HealthReason.NO_PICTURE,
    FaultName.OUT_OF_PAPER: HealthReason.OUT_OF_PAPER,
    FaultName.PAPER_JAM: HealthReason.PAPER_JAM,
}


class SimulatorCore:
    """The device on the desk: its plug, its power, its ordered faults.

    `pace` scales every stated time (0 takes none). `lock` guards the state, because people and the
    adapter's thread come from different sides; it is never held while time is spent.
    """

    def __init__(self, kind: DeviceKind, name: str, model: str, serial: str) -> None:
        self.kind = kind
        self.name = name
        self.model = model
        self.serial = serial
        self.lock = threading.RLock()
        self.script = FaultScript()
        self.pace = 1.0
        self._plugged = True
        self._powered = True
        self._line = 0

    @property
    def connected(self) -> bool:
        """Whether an adapter could open it."""
        return self._plugged and self._powered

    @property
    def powered(self) -> bool:
        """Whether it has power."""
        return self._powered

    @property
    def line(self) -> int:
        """Changes whenever the line was broken, so that an old handle is known to be dead."""
        return self._line

    def order(self, *faults: Fault) -> None:
        """Order faults."""
        self.script.order(*faults)

    def unplug(self) -> None:
        """Pull the cable."""
        with self.lock:
            self._plugged = False
            self._line += 1

    def plug(self) -> None:
        """Put the cable back."""
        with self.lock:
            self._plugged = True

    def cut_power(self) -> None:
        """Take the power away; mechanics stay where they are."""
        with self.lock:
            self._powered = False
            self._line += 1

    def restore_power(self) -> None:
        """Give the power back."""
        with self.lock:
            self._powered = True

    def remedy(self) -> None:
        """Do what an operator does about any fault that stands."""
        self.plug()
        self.restore_power()
        self.script.settle()

    def link_reasons(self) -> tuple[HealthReason, ...]:
        """Why the line is down, if it is."""
        if not self._plugged:
            return (HealthReason.UNPLUGGED,)
        return () if self._powered else (HealthReason.NO_POWER,)

    def reasons(self) -> tuple[HealthReason, ...]:
        """Why it isn't well; kinds add their own."""
        standing = (_REASONS.get(fault.fault) for fault in self.script.standing)
        return tuple(dict.fromkeys(reason for reason in standing if reason is not None))

    def supplies(self) -> tuple[Supply, ...]:
        """What is left; kinds that use something up say so."""
        return ()


CoreT = TypeVar("CoreT", bound=SimulatorCore)


class Budget:
    """The seconds of one call: spent by stated times, ended by timeout or cancel."""

    def __init__(self, core: SimulatorCore, timeout: float, cancel: Cancel, pause: Pause) -> None:
        self._core = core
        self._allowed = timeout
        self._left = timeout
        self._cancel = cancel
        self._pause = pause

    def spend(self, seconds: float, during: str) -> None:
        """Let a stated time pass. Raises TimedOut or Cancelled."""
        self._wait(seconds * self._core.pace, during)

    def exhaust(self, during: str) -> NoReturn:
        """Wait for an answer that never comes. Raises TimedOut or Cancelled."""
        self._let_pass(self._left, during)
        raise TimedOut(self._core.kind, self._allowed, during)

    def wait_for(self, ready: Callable[[], bool], during: str, every: float = 0.1) -> bool:
        """Wait for a person; False when the time ran out first."""
        while not ready():
            if self._left <= every:
                self._let_pass(self._left, during)
                self._left = 0.0
                return ready()
            self._wait(every, during)
        return True

    def _wait(self, seconds: float, during: str) -> None:
        if self._cancel is not None and self._cancel.is_set():
            raise Cancelled(self._core.kind, during)
        if seconds > self._left:
            self.exhaust(during)
        if seconds > 0:
            self._let_pass(seconds, during)
            self._left -= seconds

    def _let_pass(self, seconds: float, during: str) -> None:
        if not self._pause(seconds, self._cancel):
            raise Cancelled(self._core.kind, during)


class SimulatedDevice(Device, Generic[CoreT]):
    """The adapter of a simulator: open, close, health and the faults that all kinds share."""

    OPENING = 0.2

    def __init__(self, core: CoreT, pause: Pause) -> None:
        self._core = core
        self._pause = pause
        self._line: int | None = None

    @property
    def info(self) -> DeviceInfo:
        core = self._core
        return DeviceInfo(
            core.kind, core.name, MAKER, core.model, core.serial, firmware="1.0", simulated=True
        )

    @property
    def is_open(self) -> bool:
        return self._line is not None and self._line == self._core.line and self._core.connected

    def open(self, *, timeout: float, cancel: Cancel = None) -> None:
        if self.is_open:
            return
        budget = Budget(self._core, timeout, cancel, self._pause)
        if not self._core.connected:
            raise NotConnected(self._core.kind, "open")
        line = self._core.line
        self._line = line
        try:
            self._step("open", self.OPENING, budget)
        except BaseException:
            self._line = None
            raise

    def close(self) -> None:
        self._line = None

    def health(self, *, timeout: float, cancel: Cancel = None) -> Health:
        if cancel is not None and cancel.is_set():
            raise Cancelled(self._core.kind, "health")
        with self._core.lock:
            down = self._core.link_reasons()
            if down:
                return Health.judged(down)
            if not self.is_open:
                return Health.judged((HealthReason.CLOSED,))
            return Health.judged(self._core.reasons(), self._core.supplies())

    def _begin(self, timeout: float, cancel: Cancel, during: str) -> Budget:
        self._check_line(during)
        budget = Budget(self._core, timeout, cancel, self._pause)
        budget.spend(0.0, during)
        return budget

    def _check_line(self, during: str) -> None:
        if not self.is_open:
            raise NotConnected(self._core.kind, during)

    def _step(self, step: str, seconds: float, budget: Budget) -> Fault | None:
        """Reach a step, spend its time; a fault that only the kind can answer is returned."""
        fault = self._core.script.strike(step)
        if fault is not None and self._common(fault, step, seconds, budget):
            fault = None
        budget.spend(seconds, step)
        self._check_line(step)
        return fault

    def _common(self, fault: Fault, step: str, seconds: float, budget: Budget) -> bool:
        """Answer a fault of any kind; False where it belongs to the kind."""
        core = self._core
        if fault.stays and fault.fault in {FaultName.SILENT, FaultName.GARBAGE, FaultName.SLOW}:
            core.script.stand(fault)
        match fault.fault:
            case FaultName.SLOW:
                budget.spend(fault.seconds, step)
            case FaultName.SILENT:
                budget.exhaust(step)
            case FaultName.GARBAGE:
                budget.spend(seconds, step)
                raise Garbage(core.kind, step)
            case FaultName.UNPLUGGED:
                core.unplug()
                if not fault.stays:
                    core.plug()
                raise NotConnected(core.kind, step)
            case FaultName.POWER_CUT:
                core.cut_power()
                if not fault.stays:
                    core.restore_power()
                raise NotConnected(core.kind, step)
            case FaultName.PC_POWER_CUT:
                core.cut_power()
                core.restore_power()
                raise PowerGone(step)
            case _:
                return False
        return True
