"""One question to a service on this PC over HTTP, within a time and a size.

Always 127.0.0.1, no proxy, no redirect followed: what is asked here stays on the PC. The whole
exchange ends at its deadline, however slowly an answer drips in; a cancel is heard while the
answer is waited for.
"""

from __future__ import annotations

import http.client
import select
import socket
from collections.abc import Mapping

from devices.device import Cancel, Deadline
from devices.loopback import HOST

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
        sock: socket.socket = line.sock
        _wait(sock, deadline, cancel)
        sock.settimeout(_left(deadline))
        answer = line.getresponse()
        return answer.status, _content(answer, sock, deadline, longest)
    finally:
        line.close()


def _content(
    answer: http.client.HTTPResponse, sock: socket.socket, deadline: Deadline, longest: int
) -> bytes:
    with answer:
        data = bytearray()
        while answer.length != 0:
            sock.settimeout(_left(deadline))
            chunk = answer.read1(_CHUNK)
            if not chunk:
                break
            data += chunk
            if len(data) > longest:
                raise TooLong
        if answer.length:
            raise http.client.IncompleteRead(b"")
        return bytes(data)


def _wait(sock: socket.socket, deadline: Deadline, cancel: Cancel) -> None:
    while True:
        if cancel is not None and cancel.is_set():
            raise Stopped
        if select.select([sock], [], [], min(_LOOK, _left(deadline)))[0]:
            return


def _left(deadline: Deadline) -> float:
    left = deadline.left()
    if not left:
        raise TimeoutError
    return left
