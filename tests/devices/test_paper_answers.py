"""A queue gave a paper up, and the printer behind it says why: at once, or a moment later."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.adapters import spooler_document_printer
from devices.catalog import Place
from devices.device import Cancel
from devices.errors import JobStopped, OutOfPaper
from devices.simulators.faults import Fault, FaultName
from devices.simulators.ipp_printer import FOLDER, MachineFolder
from devices.wire.ipp import IppJobState, Operation
from devices.wire.ipp_codec import (
    Attributes,
    Group,
    Message,
    Tag,
    boolean,
    decode,
    encode,
    integer,
    keyword,
    uri,
)
from devices.wire.ipp_line import Address, Limit
from devices.wire.tape import NO_TAPE

LONG = 20.0
IDLE, STOPPED = 3, 5


class GaveUp:
    """A print service whose queue ended the job, and the printer behind, out of paper since.

    `silent` times the printer doesn't take the question after the job was handed over.
    """

    def __init__(self, silent: int) -> None:
        self.silent = silent
        self.handed_over = False
        self._threads: list[threading.Thread] = []

    def dial(self, address: Address, limit: Limit) -> socket.socket:
        behind = address.host == "printer"
        if behind and self.handed_over and self.silent:
            self.silent -= 1
            raise ConnectionRefusedError
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=self._serve, args=(theirs, behind))
        self._threads.append(thread)
        thread.start()
        return ours

    def _serve(self, line: socket.socket, behind: bool) -> None:
        with line, line.makefile("rb") as heard:
            assert isinstance(heard, io.BufferedReader)
            length, chunked = 0, False
            while header := heard.readline().strip():
                key, _, value = header.partition(b":")
                length = int(value) if key.lower() == b"content-length" else length
                chunked = chunked or key.lower() == b"transfer-encoding"
            question = decode(_chunks(heard) if chunked else heard.read(length))
            groups = self._answer(question.code, behind)
            body = encode(Message(0, question.request_id, (Group(Tag.OPERATION, {}), *groups)))
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def _answer(self, code: int, behind: bool) -> tuple[Group, ...]:
        job: Attributes = {"job-id": integer(7), "job-state": integer(IppJobState.ABORTED)}
        match code:
            case Operation.GET_PRINTER_ATTRIBUTES:
                empty = behind and self.handed_over
                printer: Attributes = {
                    "printer-state": integer(STOPPED if empty else IDLE),
                    "printer-state-reasons": keyword("media-empty-error" if empty else "none"),
                    "printer-is-accepting-jobs": boolean(True),
                }
                if not behind:
                    printer["printer-error-policy"] = keyword("abort-job")
                    printer["device-uri"] = uri("ipp://printer:631/ipp/print")
                return (Group(Tag.PRINTER, printer),)
            case Operation.SEND_DOCUMENT:
                self.handed_over = True
                return (Group(Tag.JOB, job),)
            case Operation.GET_JOBS:
                return ()
            case _:
                return (Group(Tag.JOB, job),)

    def close(self) -> None:
        for thread in self._threads:
            thread.join(LONG)


def _chunks(heard: io.BufferedReader) -> bytes:
    out = b""
    while size := int(heard.readline().strip() or b"0", 16):
        out += heard.read(size)
        heard.readline()
    return out


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Iterator[GaveUp]:
    made = GaveUp(request.param)
    yield made
    made.close()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("service", "seconds", "told"),
    [(0, LONG, OutOfPaper), (3, LONG, OutOfPaper), (10_000, 0.1, JobStopped)],
    indirect=["service"],
)
def test_why_a_queue_gave_the_paper_up(
    service: GaveUp, seconds: float, told: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spooler_document_printer, "ANSWERS_AGAIN", seconds)

    def pause(seconds: float, cancel: Cancel) -> bool:
        return True

    options = {"queue": "KERTAS", "print_server": "service"}
    place = Place("papers", options, pause, None, NO_TAPE)
    printer = spooler_document_printer.make(place, dial=service.dial)
    printer.open(timeout=LONG)
    with pytest.raises(told):
        printer.print_pdf(b"%PDF-1.7", 1, "paper-1", timeout=LONG)


@pytest.mark.fault
def test_the_machine_goes_on_while_its_printer_answers_nobody(tmp_path: Path) -> None:
    folder = MachineFolder(tmp_path / "machine")
    folder.order(Fault("paper", FaultName.OUT_OF_PAPER))
    document = tmp_path / "paper.pdf"
    document.write_bytes(b"%PDF-1.7")
    with socket.create_server(("127.0.0.1", 0)) as printer:
        job = {
            "IPP_JOB_PRINTER_URI": f"ipp://127.0.0.1:{printer.getsockname()[1]}/ipp/print",
            "IPP_JOB_ID": "7",
            FOLDER: str(folder.path),
        }
        command = [sys.executable, "-m", "devices.simulators.ipp_printer", str(document)]
        with subprocess.Popen(command, env={**os.environ, **job}) as machine:
            printer.settimeout(LONG)
            for _ in range(2):
                printer.accept()[0].close()
            folder.mend()
            while machine.poll() is None:
                printer.settimeout(0.1)
                try:
                    printer.accept()[0].close()
                except TimeoutError:
                    continue
            assert machine.returncode == 0
    assert len(folder.printed()) == 1
