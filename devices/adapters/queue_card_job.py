"""One card's job at a queue, as it is watched: what stops it, and how it ended.

A queue tells late and of other jobs too: what it heard during the last one isn't believed at once,
and a printer may be silent for a moment while its queue reconnects.
"""

from __future__ import annotations

import time

from devices.adapters.print_queue import Found, Look
from devices.adapters.queue_reasons import HEARSAY_SECONDS, card_fault, card_reasons
from devices.device import DeviceKind, HealthReason
from devices.errors import JobStopped, NotConnected, NothingPrinted, OutOfCards
from devices.wire.ipp import IppJobState

_LOST = frozenset({HealthReason.NOT_ANSWERING, HealthReason.NO_POWER})
OFFLINE_SECONDS = 3.0
"""How long a printer may be silent in the middle of a job: a queue reconnects by itself."""


class JobWatch:
    """What was seen of a job so far, and for how long."""

    def __init__(self, job_id: str, feed: float, before: Look) -> None:
        self._job_id = job_id
        self._feed = feed
        self._outdated = set(card_reasons(None, before.reasons)) if before.hearsay else set()
        self._since: dict[str, float] = {}
        self._started = time.monotonic()

    def see(self, job: Found, look: Look, reasons: set[HealthReason]) -> None:
        """One look; raises what stops the card."""
        if look.hearsay and time.monotonic() - self._started < HEARSAY_SECONDS:
            reasons -= self._outdated
        fault = card_fault(reasons, begun=True)
        lacking = isinstance(fault, OutOfCards)
        if fault is not None and not lacking:
            raise fault
        if self._lasts("cards", lacking) >= self._feed and fault is not None:
            raise fault
        if self._lasts("silent", bool(_LOST & reasons)) >= OFFLINE_SECONDS:
            raise NotConnected(DeviceKind.CARD_PRINTER, "print")
        if job.state is IppJobState.STOPPED or HealthReason.QUEUE_STOPPED in reasons:
            raise JobStopped(self._job_id)

    def _lasts(self, what: str, true: bool) -> float:
        """Since how many seconds something is true; 0 where it isn't."""
        if not true:
            self._since.pop(what, None)
            return 0.0
        now = time.monotonic()
        return now - self._since.setdefault(what, now)


def judge_end(seen: Found, job_id: str) -> None:
    """How a job ended: returns where it printed, raises otherwise."""
    if seen.state is not IppJobState.COMPLETED:
        raise JobStopped(job_id)
    if seen.impressions == 0:
        raise NothingPrinted(job_id)
