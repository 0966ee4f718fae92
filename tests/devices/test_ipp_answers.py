"""A printer that answers: to the question that was asked, or to somebody else's."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from devices.device import DeviceKind
from devices.errors import Garbage
from devices.wire.ipp import IppClient
from devices.wire.ipp_codec import Attributes, Group, Message, Tag, decode, encode, integer, text
from devices.wire.ipp_codec import name as named
from devices.wire.ipp_line import Address, Limit

KIND = DeviceKind.CARD_PRINTER
LONG = 20.0
PRINTER: Attributes = {"printer-name": named("KARTU")}
JOB: Attributes = {"job-id": integer(7)}


class Answering:
    """Takes one connection a question and answers as a printer would; `shift` bends the number."""

    def __init__(self) -> None:
        self.shift = 0
        self.asked: list[int] = []
        self._threads: list[threading.Thread] = []

    def dial(self, address: Address, limit: Limit) -> socket.socket:
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=self._serve, args=(theirs,))
        self._threads.append(thread)
        thread.start()
        return ours

    def _serve(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as heard:
            assert isinstance(heard, io.BufferedReader)
            length = 0
            while header := heard.readline().strip():
                key, _, value = header.partition(b":")
                length = int(value) if key.lower() == b"content-length" else length
            question = decode(heard.read(length))
            self.asked.append(question.request_id)
            groups = (Group(Tag.OPERATION, {}), Group(Tag.PRINTER, PRINTER), Group(Tag.JOB, JOB))
            body = encode(Message(0, question.request_id + self.shift, groups))
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def close(self) -> None:
        for thread in self._threads:
            thread.join(LONG)


@pytest.fixture
def printer() -> Iterator[Answering]:
    made = Answering()
    yield made
    made.close()


QUESTIONS: dict[str, Callable[[IppClient, Limit], object]] = {
    "printer": lambda client, limit: client.printer("/ipp/print", limit),
    "printers": lambda client, limit: client.printers(limit, ("printer-name",)),
    "create": lambda client, limit: client.create_job("/ipp/print", limit, "loket-job-1"),
    "send": lambda client, limit: client.send_document("/ipp/print", limit, 7, b"%PDF", "a/b"),
    "job": lambda client, limit: client.job("/ipp/print", limit, 7, ("job-state",)),
    "jobs": lambda client, limit: client.jobs("/ipp/print", limit, "completed", ("job-id",)),
    "cancel": lambda client, limit: client.cancel_job("/ipp/print", limit, 7),
}


@pytest.mark.fault
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("shift", [1, -1])
def test_an_answer_to_another_question_is_garbage(
    printer: Answering, question: str, shift: int
) -> None:
    client = IppClient(Address("printer"), KIND, dial=printer.dial)
    limit = client.limit(LONG, None, question)
    QUESTIONS[question](client, limit)
    printer.shift = shift
    with pytest.raises(Garbage) as refused:
        QUESTIONS[question](client, limit)
    assert refused.value.during == question
    printer.shift = 0
    found = client.printer("/ipp/print", limit)
    assert text(found, "printer-name") == "KARTU"
    assert len(set(printer.asked)) == 3, "each question has a number of its own"
