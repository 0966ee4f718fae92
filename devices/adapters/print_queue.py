"""One queue of a print service, or one printer that speaks IPP: jobs that are never doubled.

Our jobs carry our own id in their name, so that a job can be found again after a lost answer, a
restarted service or a restarted program. Whatever stops a job, it is cancelled and seen to be over
before anything else is said of it: a queue that holds on to a job prints it hours later. Where
that can't be confirmed, the link's fault goes up instead, and the job is in doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from devices.device import Cancel, DeviceKind, Pause
from devices.errors import Busy, DeviceFault, Garbage, LinkFault, NothingPrinted, QueueMissing
from devices.wire.ipp import OURS, IppClient, IppJobState, IppRefused
from devices.wire.ipp_codec import Attributes, flag, number, text, texts
from devices.wire.ipp_line import Address, Dial, Limit
from devices.wire.tape import Tape

SETTLING = 10.0
"""Seconds in which a cancelled job must be over."""
EVERY = 0.2
"""Seconds between two looks at a job."""
ANSWERING = 10.0
"""Seconds after which one question is given up, however long the job may take."""
PROBING = 1.0
"""Seconds that the printer behind a queue may take for its own word."""

_QUEUES_OWN = ("paused", "moving-to-paused", "hold-new-jobs", "cups-")
_PRINTER = (
    "printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "printer-make-and-model",
    "printer-device-id", "device-uri", "printer-error-policy", "sides-supported",
    "document-format-supported", "marker-levels", "marker-low-levels", "marker-names",
    "marker-types", "printer-firmware-string-version", "printer-impressions-completed",
    "printer-media-sheets-completed",
)  # fmt: skip
_JOB = (
    "job-id", "job-name", "job-state", "job-state-reasons", "job-printer-state-reasons",
    "job-printer-state-message", "job-impressions-completed", "job-media-sheets-completed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A job of ours as the queue has it."""

    number: int
    job_id: str
    state: IppJobState
    reasons: tuple[str, ...] = ()
    printer_reasons: tuple[str, ...] = ()
    impressions: int | None = None

    @property
    def open(self) -> bool:
        """Whether something may still become of it."""
        return not self.state.over


@dataclass(frozen=True, slots=True)
class Look:
    """The printer as it says it is; `behind` is the printer's own word where a queue has one."""

    state: int
    reasons: tuple[str, ...]
    accepting: bool
    attributes: Attributes = field(repr=False)
    behind: Attributes | None = field(default=None, repr=False)
    silent: bool = False

    @property
    def hearsay(self) -> bool:
        """Whether a queue tells of its printer what it heard during the last job."""
        return self.behind is None and bool(self.policy)

    @property
    def policy(self) -> str:
        """What the queue does after a fault; empty for a printer itself."""
        return text(self.attributes, "printer-error-policy")


def read_job(attributes: Attributes) -> Found | None:
    """A job of ours from its attributes; None for anybody else's or an unreadable one."""
    found, label = number(attributes, "job-id"), text(attributes, "job-name")
    state = number(attributes, "job-state")
    if found is None or state not in IppJobState.__members__.values():
        return None
    return Found(
        found,
        label.removeprefix(OURS) if label.startswith(OURS) else "",
        IppJobState(state),
        texts(attributes, "job-state-reasons"),
        texts(attributes, "job-printer-state-reasons"),
        number(attributes, "job-impressions-completed"),
    )


class PrintQueue:
    """Jobs and states of one queue. `target` is its path on the server."""

    def __init__(
        self,
        address: Address,
        target: str,
        kind: DeviceKind,
        pause: Pause,
        tape: Tape,
        *,
        queue: str = "",
        dial: Dial | None = None,
    ) -> None:
        self._address = address
        self._dial = dial
        self._client = IppClient(address, kind, tape=tape, dial=dial)
        self._target = target
        self._kind = kind
        self._pause = pause
        self._tape = tape
        self._queue = queue or target
        self._behind: IppClient | None = None
        self._behind_target = ""

    @property
    def name(self) -> str:
        """The queue's name, as the computer's settings show it."""
        return self._queue

    @property
    def place(self) -> str:
        """Where the queue is, which tells two of them apart: server and path."""
        return f"{self._address.path or self._address.authority}{self._target}"

    @property
    def unanswered(self) -> float:
        """Seconds that the service or the printer behind it owes an answer."""
        behind = self._behind
        return max(self._client.waiting.seconds, 0.0 if behind is None else behind.waiting.seconds)

    def limit(self, timeout: float, cancel: Cancel, during: str) -> Limit:
        """The limits of one call."""
        return self._client.limit(timeout, cancel, during)

    # -- looking ---------------------------------------------------------------------------

    def look(self, limit: Limit) -> Look:
        """The printer's states. Raises QueueMissing and the link's faults."""
        try:
            seen = self._client.printer(self._target, limit.within(ANSWERING), _PRINTER)
        except IppRefused as refused:
            if refused.unknown:
                raise QueueMissing(self._queue) from refused
            raise Garbage(self._kind, limit.during) from refused
        state = number(seen, "printer-state")
        if state is None:
            raise Garbage(self._kind, limit.during)
        behind, silent = self._ask_behind(text(seen, "device-uri"), limit)
        reasons = list(texts(seen, "printer-state-reasons"))
        if behind is not None:
            # A queue keeps what it heard last, which may be long mended.
            reasons = [each for each in reasons if each.startswith(_QUEUES_OWN)]
            reasons += texts(behind, "printer-state-reasons")
        accepting = flag(seen, "printer-is-accepting-jobs") is not False
        given = tuple(each for each in dict.fromkeys(reasons) if each != "none")
        return Look(state, given, accepting, seen, behind, silent)

    def _ask_behind(self, device_uri: str, limit: Limit) -> tuple[Attributes | None, bool]:
        """The printer's own word where the queue leads to one that speaks IPP.

        A queue learns of its printer only while it prints; an idle one looks well with its cover
        open. Silence is told, because then nothing can be printed.
        """
        parts = urlsplit(device_uri)
        if parts.scheme != "ipp" or not parts.hostname:
            return None, False
        if self._behind is None or self._behind_target != parts.path:
            address = Address(parts.hostname, parts.port or 631)
            self._behind = IppClient(address, self._kind, tape=self._tape, dial=self._dial)
            self._behind_target = parts.path
        # The caller's cancel is heard before and after; the probe itself is short.
        short = self._behind.limit(min(PROBING, limit.check()), None, limit.during)
        try:
            return self._behind.printer(self._behind_target or "/", short, _PRINTER), False
        except (LinkFault, IppRefused):
            limit.check()
            return None, True

    def find(self, limit: Limit, job_id: str) -> Found | None:
        """The job with our id, the latest where there are several; None where there is none."""
        found = [job for job in self._ours(limit, "not-completed") if job.job_id == job_id]
        found += [job for job in self._ours(limit, "completed") if job.job_id == job_id]
        return max(found, key=lambda job: (job.open, job.number), default=None)

    def _ours(self, limit: Limit, which: str) -> list[Found]:
        return [job for job in self._jobs(limit, which) if job.job_id]

    def printers_word(self, limit: Limit, job_id: str) -> Found | None:
        """What the printer behind the queue says of our job; None where it can't be asked.

        A queue may call a job done that its printer gave up, or still holds.
        """
        if self._behind is None:
            return None
        short = self._behind.limit(min(PROBING, limit.check()), None, limit.during)
        try:
            found = [
                job
                for which in ("not-completed", "completed")
                for job in self._jobs(short, which, self._behind, self._behind_target)
                if job.job_id == job_id
            ]
        except LinkFault:
            limit.check()
            return None
        return max(found, key=lambda job: (job.open, job.number), default=None)

    def _jobs(
        self, limit: Limit, which: str, client: IppClient | None = None, target: str = ""
    ) -> list[Found]:
        try:
            listed = (client or self._client).jobs(target or self._target, limit, which, _JOB)
        except IppRefused as refused:
            if refused.unknown:
                return []
            raise Garbage(self._kind, limit.during) from refused
        return [job for each in listed if (job := read_job(each)) is not None]

    def watch(self, limit: Limit, job: int) -> Found | None:
        """The job now; None where the queue doesn't know it any more."""
        try:
            return read_job(self._client.job(self._target, limit.within(ANSWERING), job, _JOB))
        except IppRefused as refused:
            if refused.unknown:
                return None
            raise Garbage(self._kind, limit.during) from refused

    def wait(self, limit: Limit) -> None:
        """Let a moment pass between two looks. Raises TimedOut and Cancelled."""
        self._pause(min(EVERY, limit.check()), None)
        limit.check()

    # -- acting ----------------------------------------------------------------------------

    def sweep(self, limit: Limit) -> None:
        """End every open job of ours, from before a power cut or of another program's run.

        Raises Busy where somebody else's job stands in the queue, and what `settle` raises.
        """
        if any(not job.job_id and job.open for job in self.end_ours(limit)):
            raise Busy(self._kind)

    def end_ours(self, limit: Limit) -> list[Found]:
        """End every open job of ours: a service that starts again repeats what it had begun.

        Gives the jobs that stood in the queue. Raises what `settle` raises.
        """
        open_jobs = self._jobs(limit, "not-completed")
        for job in open_jobs:
            if job.job_id:
                self.settle(job.number)
        return open_jobs

    def hand_over(
        self, limit: Limit, job_id: str, document: bytes, mime: str, attributes: Attributes
    ) -> int:
        """Make a job of a document; its number. A job that came to be in a failed call is ended.

        Raises the link's faults, and QueueMissing where the queue is gone or takes no jobs.
        """
        job: int | None = None
        try:
            job = self._client.create_job(self._target, limit, f"{OURS}{job_id}", attributes)
            self._client.send_document(self._target, limit, job, document, mime)
        except IppRefused as refused:
            if job is not None:
                self.settle(job)
            raise QueueMissing(self._queue) from refused
        except LinkFault:
            grace = self._client.limit(SETTLING, None, limit.during)
            found = job if job is not None else self._number_of(grace, job_id)
            if found is not None:
                self.settle(found)
            raise
        return job

    def _number_of(self, limit: Limit, job_id: str) -> int | None:
        found = self.find(limit, job_id)
        return None if found is None else found.number

    def ended(self, job: int, job_id: str) -> bool:
        """End a job in the queue and at the printer behind it; whether it was printed after all.

        Raises what `settle` raises.
        """
        state = self.settle(job)
        limit = self._client.limit(SETTLING, None, "cancel")
        word = self.printers_word(limit, job_id)
        asked = False
        while word is not None and word.open and self._behind is not None:
            if not asked:
                asked = True
                try:
                    self._behind.cancel_job(self._behind_target, limit, word.number)
                except IppRefused:
                    pass  # it ended in between: the next look tells
            self.wait(limit)
            word = self.printers_word(limit, job_id)
        if word is not None:
            return word.state is IppJobState.COMPLETED and word.impressions != 0
        return state is IppJobState.COMPLETED

    def take_back(self, job: int, job_id: str, fault: DeviceFault) -> None:
        """A fault stopped the job: it is over before the fault is told. Printed is printed.

        Raises the fault, or what `settle` raises: then nobody knows what became of the job.
        """
        try:
            printed = self.ended(job, job_id)
        except LinkFault as unknown:
            raise unknown from fault
        if not printed or isinstance(fault, NothingPrinted):
            raise fault

    def settle(self, job: int) -> IppJobState | None:
        """Cancel a job and see that it is over; how it ended, None where the queue forgot it.

        Has seconds of its own and obeys no cancel: a job that is left behind prints by itself.
        Raises NotConnected, TimedOut or Garbage where its end can't be confirmed.
        """
        limit = self._client.limit(SETTLING, None, "cancel")
        asked = False
        while True:
            seen = self.watch(limit, job)
            if seen is None:
                return None
            if not seen.open:
                return seen.state
            if not asked:
                asked = True
                try:
                    self._client.cancel_job(self._target, limit, job)
                except IppRefused:
                    # It ended in between, or is being ended: the next look tells.
                    pass
                continue
            self.wait(limit)

    def queues(self, limit: Limit) -> tuple[Attributes, ...]:
        """Every queue of the server."""
        wanted = ("printer-name", "printer-info", "printer-make-and-model", "printer-error-policy")
        try:
            return self._client.printers(limit, (*wanted, "device-uri", "printer-state"))
        except IppRefused as refused:
            if refused.unknown:
                return ()
            raise Garbage(self._kind, limit.during) from refused


@dataclass(frozen=True, slots=True)
class FoundQueue:
    """A queue that a counter could be set up with."""

    queue: str
    model: str
    where: str
    policy: str

    @property
    def repeats(self) -> bool:
        """Whether it would print a card again by itself after a fault."""
        return self.policy != SAFE_POLICY


SAFE_POLICY = "abort-job"
"""The one error policy of CUPS under which a failed job is never tried again."""


def found(server: str, pause: Pause, *, timeout: float = 3.0) -> tuple[FoundQueue, ...]:
    """The queues of a print service, by name; none where it doesn't answer."""
    from devices.wire.tape import NO_TAPE

    queue = PrintQueue(
        Address.read(server), "", DeviceKind.DOCUMENT_PRINTER, pause, NO_TAPE, queue=server
    )
    try:
        listed = queue.queues(queue.limit(timeout, None, "found"))
    except LinkFault:
        return ()
    queues = (
        FoundQueue(
            text(each, "printer-name"),
            text(each, "printer-make-and-model"),
            urlsplit(text(each, "device-uri")).scheme,
            text(each, "printer-error-policy"),
        )
        for each in listed
        if text(each, "printer-name")
    )
    return tuple(sorted(queues, key=lambda each: each.queue))
