"""The mechanics of the simulated Evolis printer: those of every simulated card printer.

Timeouts are the other side's, and silence is the server's to keep; everything else is inherited.
"""

from __future__ import annotations

import threading

from devices.device import Cancel, Station
from devices.simulators.card_printer import SimulatedCardPrinter
from devices.simulators.core import Budget
from devices.simulators.faults import Fault, FaultName
from devices.simulators.plastic import PlasticCard
from devices.wire.evolis_faces import as_png, joined
from devices.wire.evolis_job import Job

ALL_DAY = 86_400.0


class Silence(Exception):
    """An ordered silence, told to the server rather than waited out."""


class Mechanics(SimulatedCardPrinter):
    """The in-process simulator's mechanics; silence is the server's to keep."""

    def lay(self, job: Job, name: str, begun: threading.Event, budget: Budget) -> None:
        """Print a decoded job on the card inside."""
        fronts = [face for face in job.faces if not face.back]
        backs = [face for face in job.faces if face.back]
        pictures = tuple(as_png(joined(faces[0])) if faces else b"" for faces in (fronts, backs))
        begun.set()
        self._lay(
            name,
            (pictures[0], pictures[1]),
            tuple(panel.name for face in fronts for panel in face.panels),
            tuple(f"back.{panel.name}" for face in backs for panel in face.panels),
            budget,
        )

    def budget(self) -> Budget:
        """A day for each order: timeouts are the other side's."""
        return self._begin(ALL_DAY, None, "wire")

    def refuse(self) -> None:
        """Raise what stands in the way of any movement."""
        self._refuse_stopped()

    def refuse_empty(self) -> PlasticCard:
        """The card inside, or NoCardInside."""
        return self._refuse_empty(Station.PRINT)

    def _common(self, fault: Fault, step: str, seconds: float, budget: Budget) -> bool:
        if fault.fault is FaultName.SILENT:
            if fault.stays:
                self._core.script.stand(fault)
            raise Silence
        return super()._common(fault, step, seconds, budget)


def real_pause(seconds: float, cancel: Cancel) -> bool:
    """Let real time pass."""
    return not (cancel or threading.Event()).wait(seconds)
