"""The far end of a replay for everything behind IPP: queues of a print service, and printers.

A queue's printer is asked beside it, at another address; the recording holds both in one order, so
one far end answers all. Each question has a connection of its own, as in the field. Numbers of
questions count on for as long as a device is open, and a recording may begin in the middle: an
answer gets the number of its question, and numbers and names of jobs aren't compared. What a call
decides by the time that passed (a printer that was away for seconds) may come out otherwise.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

from devices.device import Device
from devices.simulators.evolis_mechanics import real_pause
from devices.wire.ipp_codec import Attributes, IppGarbled, decode
from devices.wire.ipp_line import Address, Limit
from devices.wire.recorder import Piece
from devices.wire.replay import Ear, Exchange, FarEnd, Recording, Step, shape
from devices.wire.replay_script import Script, options_of, stand_in

MOST = 1 << 26
_HEAD = b"HTTP/1.1 %d Recorded\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n"


class QueueEnd:
    """A print service and the printers behind it."""

    def __init__(self, ear: Ear) -> None:
        self.device: Device
        self._script = Script()
        ear.shape = said

    def begin(self, step: Step, cancel: threading.Event) -> None:
        self._script.begin(step, cancel)

    def left(self) -> int:
        return self._script.left()

    def dial(self, address: Address, limit: Limit) -> socket.socket:
        """A connection that the recording answers; refused where it was then."""
        del address
        limit.check()
        exchange = self._script.peek()
        if exchange is not None and "lost" in exchange.notes:
            self._script.take()
            raise ConnectionRefusedError
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._serve, args=(theirs,), daemon=True).start()
        return ours

    def _serve(self, line: socket.socket) -> None:
        with line:
            try:
                body = _request(line)
                exchange = self._script.take() if body else None
                if exchange is not None:
                    self._answer(line, exchange, body)
            except OSError:
                return  # the adapter went away first; what it sent is compared

    @staticmethod
    def _answer(line: socket.socket, exchange: Exchange, body: bytes) -> None:
        refused = next((note for note in exchange.notes if note.startswith("http ")), "")
        if refused:
            line.sendall(_HEAD % (int(refused.removeprefix("http ")), 0))
        elif "garbled" in exchange.notes:
            line.sendall(b"\r\n\r\n")
        elif exchange.heard:
            answer = stand_in(exchange.heard[0])
            answer = answer[:4] + body[4:8] + answer[8:]
            line.sendall(_HEAD % (200, len(answer)) + answer)
        else:
            line.recv(1)  # silence: until the adapter gives up


def _request(line: socket.socket) -> bytes:
    """A whole HTTP request's body; empty where it isn't one."""
    found = bytearray()
    while (cut := found.find(b"\r\n\r\n")) < 0:
        piece = line.recv(1 << 16)
        if not piece or len(found) > MOST:
            return b""
        found += piece
    lines = bytes(found[:cut]).lower().split(b"\r\n")
    counts = [int(row.split(b":")[1]) for row in lines if row.startswith(b"content-length:")]
    wanted = cut + 4 + (counts[0] if counts else 0)
    while len(found) < wanted:
        piece = line.recv(1 << 16)
        if not piece or len(found) > MOST:
            return b""
        found += piece
    return bytes(found[cut + 4 : wanted])


def said(data: Piece) -> object:
    """What of a question is compared: all but its number, and its job's name."""
    if "hex" not in data:
        return shape(data)
    try:
        message = decode(bytes.fromhex(str(data["hex"])))
    except (IppGarbled, ValueError):
        return shape(data)
    groups = tuple((group.tag, _without_name(group.attributes)) for group in message.groups)
    return message.code, groups


def _without_name(attributes: Attributes) -> dict[str, object]:
    return {key: value for key, value in attributes.items() if key != "job-name"}


def queue_end(recording: Recording, ear: Ear) -> AbstractContextManager[FarEnd]:
    """The far end for `spooler_card`, `ipp_card` and `spooler_document`."""
    return _opened(recording, ear)


@contextmanager
def _opened(recording: Recording, ear: Ear) -> Generator[QueueEnd]:
    from devices.adapters import ipp_card_printer, spooler_card_printer, spooler_document_printer
    from devices.catalog import Place

    makes = {
        "ipp_card": ipp_card_printer.make,
        "spooler_card": spooler_card_printer.make,
        "spooler_document": spooler_document_printer.make,
    }
    end = QueueEnd(ear)
    place = Place(recording.header.name, options_of(recording), real_pause, None, ear)
    end.device = makes[recording.header.family](place, end.dial)
    yield end
