"""A queue of Windows' own spooler: what is drawn on it is followed, and taken back where it fails.

Windows keeps a stopped job and prints it when the printer is back. So a job that isn't out is
deleted and seen to be gone before a fault is told, as with every queue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from devices.device import Cancel, Deadline, DeviceKind, HealthReason, Pause
from devices.errors import (
    AlreadyPrinted,
    Busy,
    Cancelled,
    DeviceFault,
    JobStopped,
    NotConnected,
    QueueMissing,
    TimedOut,
)
from devices.wire.winspool import Spooler, WindowsJob

OURS = "loket-"
EVERY = 0.25
SETTLING = 10.0
QUICK = 8
"""Looks (two seconds) within which a printed job may be gone without having been seen to print."""

# JOB_INFO_1.Status (winspool.h)
PAUSED, ERROR, DELETING, SPOOLING, PRINTING = 0x1, 0x2, 0x4, 0x8, 0x10
OFFLINE, PAPEROUT, PRINTED, DELETED, BLOCKED = 0x20, 0x40, 0x80, 0x100, 0x200
USER_INTERVENTION, COMPLETE = 0x400, 0x1000
# PRINTER_INFO_2.Status
_PRINTER_BITS: Mapping[int, str] = {
    0x1: "paused",
    0x8: "jam",
    0x10: "empty",
    0x80: "offline",
    0x800: "full",
    0x40000: "supply",
    0x400000: "cover",
}


Draw = Callable[[str, str, list[bytes], bool], None]
"""Draws pages (PNG) as one document of that name on a queue, on two sides or one."""


class WindowsQueue:
    """One queue of Windows: draws, follows, deletes."""

    def __init__(
        self, queue: str, kind: DeviceKind, pause: Pause, spooler: Spooler, draw: Draw
    ) -> None:
        self.queue = queue
        self._kind = kind
        self._pause = pause
        self._spooler = spooler
        self._draw = draw

    def check(self, during: str) -> None:
        """Raises QueueMissing, or NotConnected where the spooler is gone."""
        try:
            names = self._spooler.names()
        except OSError as lost:
            raise NotConnected(self._kind, during) from lost
        if self.queue not in names:
            raise QueueMissing(self.queue)

    def reasons(self, card: bool) -> tuple[HealthReason, ...]:
        """Why the printer isn't well. Raises NotConnected."""
        reason = HealthReason
        table = {
            "paused": HealthReason.QUEUE_STOPPED,
            "jam": reason.CARD_JAM if card else reason.PAPER_JAM,
            "empty": reason.OUT_OF_CARDS if card else reason.OUT_OF_PAPER,
            "offline": HealthReason.NOT_ANSWERING,
            "full": HealthReason.OUTPUT_TRAY_FULL,
            "supply": reason.RIBBON_ENDED if card else reason.SUPPLY_EMPTY,
            "cover": HealthReason.COVER_OPEN,
        }
        try:
            status = self._spooler.status(self.queue)
        except OSError as lost:
            raise NotConnected(self._kind, "health") from lost
        return tuple(table[name] for bit, name in _PRINTER_BITS.items() if status & bit)

    def state(self, job_id: str) -> WindowsJob | None:
        """Our job, where it still stands in the queue. Raises NotConnected."""
        jobs = self._jobs()
        return next((job for job in jobs if job.document == f"{OURS}{job_id}"), None)

    def _jobs(self) -> tuple[WindowsJob, ...]:
        try:
            return self._spooler.jobs(self.queue)
        except OSError as lost:
            raise NotConnected(self._kind, "job") from lost

    def print(
        self,
        pages: list[bytes],
        job_id: str,
        timeout: float,
        cancel: Cancel,
        fault_of: Callable[[], DeviceFault | None],
    ) -> None:
        """One document to its end; raises what stops it, after it was deleted."""
        deadline = Deadline(timeout)
        self.check("print")
        if self.state(job_id) is not None:
            raise AlreadyPrinted(job_id)
        if any(not job.document.startswith(OURS) for job in self._jobs()):
            raise Busy(self._kind)
        try:
            self._draw(self.queue, f"{OURS}{job_id}", pages, len(pages) > 1)
        except OSError as refused:  # what was drawn until then must not come out by itself
            self._end(job_id)
            raise NotConnected(self._kind, "print") from refused
        try:
            self._follow(job_id, deadline, timeout, cancel, fault_of)
        except DeviceFault:
            self._end(job_id)
            raise

    def _follow(
        self,
        job_id: str,
        deadline: Deadline,
        timeout: float,
        cancel: Cancel,
        fault_of: Callable[[], DeviceFault | None],
    ) -> None:
        looks, printing = 0, False
        while (job := self.state(job_id)) is not None:
            looks, printing = looks + 1, printing or bool(job.status & PRINTING)
            if job.status & (PRINTED | COMPLETE):
                return
            if job.status & (DELETING | DELETED):
                raise JobStopped(job_id)
            fault = fault_of()
            if fault is not None:
                raise fault
            if job.status & (ERROR | PAUSED | BLOCKED | USER_INTERVENTION):
                raise JobStopped(job_id)
            if job.status & OFFLINE:
                raise NotConnected(self._kind, "print")
            if deadline.left() <= 0:
                raise TimedOut(self._kind, timeout, "print")
            if not self._pause(EVERY, cancel):
                raise Cancelled(self._kind, "print")
        # A spooler that keeps no printed jobs forgets them when the last byte is out. One that
        # only ever waited was cleared away, as by an officer in Windows' own window.
        if looks > QUICK and not printing:
            raise JobStopped(job_id)

    def _end(self, job_id: str) -> None:
        """Delete our job and see it gone. Raises TimedOut where it stays."""
        deadline = Deadline(SETTLING)
        while (job := self.state(job_id)) is not None:
            if not job.status & (DELETING | DELETED):
                try:
                    self._spooler.delete(self.queue, job.number)
                except OSError as lost:
                    raise NotConnected(self._kind, "cancel") from lost
            if deadline.left() <= 0:
                raise TimedOut(self._kind, SETTLING, "cancel")
            self._pause(EVERY, None)
