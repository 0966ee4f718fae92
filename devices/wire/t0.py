"""Commands over the protocol T=0, which can't carry data both ways at once (ISO/IEC 7816-3, 12).

The card announces its answer by the status word 61xx, to be fetched by GET RESPONSE, or asks for
the command again with the right length by 6Cxx. Readers do it themselves only at the highest level
of exchange, so it is done here; what comes out is as it would be over T=1.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.wire.apdu import Command

Send = Callable[[bytes], bytes]

PIECES = 300
"""No answer comes in more pieces than that (65,536 bytes by 256)."""


def in_t0(send: Send, command: bytes) -> bytes:
    """The whole answer to a command. What isn't a short command goes as it is."""
    try:
        told = Command.decode(command)
    except ValueError:
        return send(command)
    if len(told.data) > 255 or (told.expected or 0) > 256:
        return send(command)
    if told.data and told.expected is not None:
        told = Command(told.cla, told.ins, told.p1, told.p2, told.data)
    answer = send(told.encode())
    if len(answer) == 2 and answer[0] == 0x6C:
        again = Command(told.cla, told.ins, told.p1, told.p2, told.data, answer[1] or 256)
        answer = send(again.encode())
    collected = bytearray()
    for _ in range(PIECES):
        if len(answer) < 2 or answer[-2] != 0x61:
            break
        collected += answer[:-2]
        more = Command(told.cla & 0x03, 0xC0, 0, 0, expected=answer[-1] or 256)
        answer = send(more.encode())
    return bytes(collected) + answer
