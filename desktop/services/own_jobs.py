"""Which jobs are this counter's own: its machine made them, and who stands there answers for them.

The centre tells a counter of the jobs of all the office's. What runs at another is no work that was
cut off here, and its doubts are asked about where the card lies.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from desktop.domain.stock import Blank, Job, JobState

if TYPE_CHECKING:
    from desktop.ledger import Reading
    from desktop.services.base import Frame


def own_jobs(frame: Frame, r: Reading, states: Iterable[JobState]) -> list[Job]:
    """Jobs in these states whose blank this counter has, oldest first."""
    return [job for job in r.find(Job, state=list(states)) if custodian(r, job) == frame.counter]


def custodian(r: Reading, job: Job) -> str:
    """The counter that has a job's blank; empty where nobody told of it yet."""
    blank = r.look(Blank, job.blank_serial)
    return "" if blank is None else blank.custodian
