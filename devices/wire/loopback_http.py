"""One question to a service on this PC over HTTP, within a time and a size.

Always 127.0.0.1, no proxy, no redirect followed: what is asked here stays on the PC. The whole
exchange ends at its deadline, however slowly an answer drips in, and hears a cancel meanwhile.
"""

from __future__ import annotations

import http.client
import io
import select
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from devices.device import Cancel, Deadline
from devices.loopback import HOST

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SHORTEST = 0.05
_LOOK = 0.1
_CHUNK = 1 << 16


class TooLong(ValueError):
    """An answer longer than anybody needs."""


class Stopped(Exception):
    """The cancel event was set while the answer was waited for."""


def ask(
    port: int,
    verb: str,
    path: str,
    body: bytes = b"",
    *,
    seconds: float,
    longest: int,
    headers: Mapping[str, str] | None = None,
    cancel: Cancel = None,
) -> tuple[int, bytes]:
    """The answer's status and content.

    Raises TimeoutError and other OSErrors, http.client.HTTPException, TooLong and Stopped.
    """
    deadline = Deadline(max(SHORTEST, seconds))
    line = http.client.HTTPConnection(HOST, port, timeout=deadline.left())
    try:
        line.request(verb, path, body or None, dict(headers or {}))
        wire = _Wire(line.sock, deadline, cancel)
        # An answer asks of a socket no more than to be read as a file.
        with http.client.HTTPResponse(cast("socket.socket", wire), method=verb) as answer:
            answer.begin()
            return answer.status, _content(answer, longest)
    finally:
        line.close()


def _content(answer: http.client.HTTPResponse, longest: int) -> bytes:
    data = bytearray()
    while answer.length != 0 and (chunk := answer.read1(_CHUNK)):
        data += chunk
        if len(data) > longest:
            raise TooLong
    if answer.length:
        raise http.client.IncompleteRead(b"")
    return bytes(data)


class _Wire(io.RawIOBase):
    """A socket whose every reading ends at one deadline or by a cancel."""

    def __init__(self, sock: socket.socket, deadline: Deadline, cancel: Cancel) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline
        self._cancel = cancel

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        while True:
            if self._cancel is not None and self._cancel.is_set():
                raise Stopped
            left = self._deadline.left()
            if not left:
                raise TimeoutError
            if select.select([self._sock], [], [], min(_LOOK, left))[0]:
                return self._sock.recv_into(buffer)
