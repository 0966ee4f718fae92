"""Speaking IPP (RFC 8011) to a spooler or a printer, over TCP or the spooler's own socket file.

One connection for each question: it costs a fraction of a millisecond on the same machine, and an
answer can never belong to an older question. The line itself is in `ipp_line`.

What is printed tells of a person: the tape hears a document's length and digest, nothing else.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from devices.device import Cancel, DeviceKind
from devices.errors import Garbage, NotConnected
from devices.wire.ipp_codec import (
    Attributes,
    Group,
    IppGarbled,
    Message,
    Tag,
    Value,
    boolean,
    decode,
    encode,
    integer,
    keyword,
    media_type,
    name,
    number,
    text,
    uri,
)
from devices.wire.ipp_line import Address, Dial, Limit, Line, connected
from devices.wire.tape import NO_TAPE, Hidden, Tape
from devices.wire.waiting import Waiting

LARGEST = 4_000_000
"""Bytes of an answer; a printer with thousands of jobs stays far below."""
TAKING = 10.0
"""Seconds that a document's answer may take before it is owed: printers take it as they print."""


class Operation(IntEnum):
    """What may be asked (RFC 8011, 4.2 and 4.3; CUPS' own above 0x4000)."""

    PRINT_JOB = 0x0002
    CREATE_JOB = 0x0005
    SEND_DOCUMENT = 0x0006
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B
    CUPS_GET_PRINTERS = 0x4002


class IppJobState(IntEnum):
    """Where a job is (RFC 8011, 5.3.7)."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9

    @property
    def over(self) -> bool:
        """Whether nothing more will become of it."""
        return self >= IppJobState.CANCELED


NOT_POSSIBLE = 0x0404
NOT_FOUND = 0x0406
GONE = 0x0407


class IppRefused(Exception):
    """The other end answered with a status that isn't success."""

    def __init__(self, status: int, operation: int) -> None:
        super().__init__(f"{operation:04x}: {status:04x}")
        self.status = status

    @property
    def unknown(self) -> bool:
        """Whether it doesn't know what was asked about."""
        return self.status in {NOT_FOUND, GONE}


class IppClient:
    """Questions to one address. `user` owns the jobs."""

    def __init__(
        self,
        address: Address,
        kind: DeviceKind,
        *,
        user: str = "loket",
        tape: Tape = NO_TAPE,
        dial: Dial | None = None,
    ) -> None:
        self.address = address
        self._dial = dial or connected
        self._kind = kind
        self._user = user
        self._tape = tape
        self._next = 1
        self.waiting = Waiting()
        """Tells other threads how long an answer is owed."""

    def limit(self, timeout: float, cancel: Cancel, during: str) -> Limit:
        """The limits of one call."""
        return Limit(self._kind, timeout, cancel, during)

    # -- questions -------------------------------------------------------------------------

    def printer(self, target: str, limit: Limit, wanted: Iterable[str] = ("all",)) -> Attributes:
        """A printer's attributes. Raises IppRefused and the link's faults, as all these do."""
        asked = {"requested-attributes": keyword(*wanted)}
        answer = self.ask(Operation.GET_PRINTER_ATTRIBUTES, target, limit, asked)
        return answer.group(Tag.PRINTER)

    def printers(self, limit: Limit, wanted: Iterable[str]) -> tuple[Attributes, ...]:
        """All queues of a CUPS server."""
        asked = {"requested-attributes": keyword(*wanted)}
        return self.ask(Operation.CUPS_GET_PRINTERS, "", limit, asked).all(Tag.PRINTER)

    def create_job(
        self, target: str, limit: Limit, job_name: str, attributes: Attributes | None = None
    ) -> int:
        """A job that waits for its document; its number."""
        answer = self.ask(
            Operation.CREATE_JOB,
            target,
            limit,
            {"job-name": name(job_name), "ipp-attribute-fidelity": boolean(False)},
            job=attributes or {},
        )
        found = number(answer.group(Tag.JOB), "job-id")
        if found is None:
            raise Garbage(self._kind, limit.during)
        return found

    def send_document(
        self, target: str, limit: Limit, job: int, document: bytes, mime: str
    ) -> None:
        """The one document of a job; from here on it may be printed."""
        self.ask(
            Operation.SEND_DOCUMENT,
            target,
            limit,
            {
                "job-id": integer(job),
                "document-format": media_type(mime),
                "last-document": boolean(True),
            },
            document=document,
        )

    def job(self, target: str, limit: Limit, job: int, wanted: Iterable[str]) -> Attributes:
        """A job's attributes."""
        asked = {"job-id": integer(job), "requested-attributes": keyword(*wanted)}
        answer = self.ask(Operation.GET_JOB_ATTRIBUTES, target, limit, asked)
        return answer.group(Tag.JOB)

    def jobs(
        self, target: str, limit: Limit, which: str, wanted: Iterable[str]
    ) -> tuple[Attributes, ...]:
        """Jobs of a queue: `which` is "not-completed" or "completed"."""
        asked = {"which-jobs": keyword(which), "requested-attributes": keyword(*wanted)}
        return self.ask(Operation.GET_JOBS, target, limit, asked).all(Tag.JOB)

    def cancel_job(self, target: str, limit: Limit, job: int) -> None:
        """Ask for a job's end; whether it ended is another question."""
        self.ask(Operation.CANCEL_JOB, target, limit, {"job-id": integer(job)})

    # -- one question ----------------------------------------------------------------------

    def ask(
        self,
        operation: Operation,
        target: str,
        limit: Limit,
        attributes: Attributes | None = None,
        *,
        job: Attributes | None = None,
        document: bytes = b"",
    ) -> Message:
        """One question and its answer. `target` is a path such as "/printers/CARDS"."""
        asked: dict[str, tuple[Value, ...]] = {
            "attributes-charset": (Value(Tag.CHARSET, "utf-8"),),
            "attributes-natural-language": (Value(Tag.LANGUAGE, "en"),),
        }
        if target:
            asked["printer-uri"] = uri(f"ipp://{self.address.authority}{target}")
        asked["requesting-user-name"] = name(self._user)
        given = dict(attributes or {})
        if "job-id" in given:
            asked["job-id"] = given.pop("job-id")
            asked["requesting-user-name"] = asked.pop("requesting-user-name")
        groups = [Group(Tag.OPERATION, asked | given)]
        if job:
            groups.append(Group(Tag.JOB, job))
        self._next = self._next % 0x7FFFFFFF + 1
        request = Message(operation, self._next, tuple(groups))
        head = encode(request)
        if self._tape.recording:
            self._tape.sent(head, *((Hidden.of(document),) if document else ()))
        with self.waiting.answer(TAKING if document else 0.0):
            raw = self._post(target or "/", head + document, limit)
        answer = self._answer(raw, limit)
        if answer.request_id != request.request_id:
            raise Garbage(self._kind, limit.during)
        if answer.code >= 0x0100:
            raise IppRefused(answer.code, operation)
        return answer

    def _answer(self, raw: bytes, limit: Limit) -> Message:
        try:
            answer = decode(raw)
        except IppGarbled as garbled:
            raise Garbage(self._kind, limit.during) from garbled
        if self._tape.recording:
            self._tape.heard(encode(_anonymous(answer)))
        return answer

    def _post(self, target: str, body: bytes, limit: Limit) -> bytes:
        connection = http.client.HTTPConnection(self.address.host, self.address.port)
        line: Line | None = None
        try:
            line = Line(self._dial(self.address, limit), limit)
            self._lend(connection, line)
            headers = {"Content-Type": "application/ipp", "Connection": "close"}
            connection.request("POST", target, body, headers)
            response = connection.getresponse()
            content = response.read(LARGEST)
        except http.client.HTTPException as garbled:
            self._tape.noted("garbled")
            raise Garbage(self._kind, limit.during) from garbled
        except OSError as lost:
            self._tape.noted("lost")
            raise NotConnected(self._kind, limit.during) from lost
        finally:
            if line is not None:
                line.hang_up()
        if response.status != http.client.OK:
            self._tape.noted(f"http {response.status}")
            raise Garbage(self._kind, limit.during)
        return content

    @staticmethod
    def _lend(connection: http.client.HTTPConnection, line: Any) -> None:
        connection.sock = line


_PERSONAL = frozenset({"job-originating-user-name", "job-originating-host-name"})


def _anonymous(answer: Message) -> Message:
    """What a recording may keep: other people's jobs have names that tell of them."""
    groups = tuple(
        Group(
            group.tag,
            {
                key: values
                for key, values in group.attributes.items()
                if group.tag != Tag.JOB
                or (key not in _PERSONAL and (key != "job-name" or _ours(group.attributes)))
            },
        )
        for group in answer.groups
    )
    return Message(answer.code, answer.request_id, groups, b"", answer.version)


def _ours(job: Attributes) -> bool:
    return text(job, "job-name").startswith(OURS)


OURS = "loket-"
"""How the names of our jobs begin."""
