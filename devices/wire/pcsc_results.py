"""What the results of PC/SC mean, which reader a name means, what a recording may keep."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

from devices.device import DeviceKind
from devices.errors import (
    Busy,
    CardMissing,
    CardMute,
    ChipDead,
    DeviceFault,
    Garbage,
    NotConnected,
    ServiceStopped,
    WrongCard,
)
from devices.wire.tape import Hidden

OK = 0
NO_SERVICE = frozenset({0x8010001D, 0x8010001E, 0x80100013, 0x80100001, 0x80100014})
INVALID_HANDLE = frozenset({0x80100003, 6})
NO_READER = frozenset({0x80100009, 0x80100017, 0x8010002E, 0x8010001A})
CARD_GONE = frozenset({0x8010000C, 0x80100069, 0x80100068, 0x80100010})
UNPOWERED = frozenset({0x80100066, 0x80100067})
UNSUPPORTED = 0x80100065
PROTOCOL_MISMATCH = 0x8010000F
SHARING_VIOLATION = 0x8010000B
NOT_TRANSACTED = 0x80100016
TIMEOUT = 0x8010000A
"""Results of PC/SC (winscard.h, pcsclite.h); 6 is Windows' own for a handle that died."""


def code_of(result: int) -> int:
    return result & 0xFFFFFFFF


def fault_of(code: int, kind: DeviceKind, during: str) -> DeviceFault:
    """What a result of PC/SC means at the counter."""
    if code in NO_SERVICE | INVALID_HANDLE:
        return ServiceStopped(kind, during)
    if code in NO_READER:
        return NotConnected(kind, during)
    if code in CARD_GONE:
        return CardMissing(kind, during)
    if code in UNPOWERED:
        return ChipDead()
    if code == UNSUPPORTED:
        return WrongCard(kind)
    if code == SHARING_VIOLATION:
        return Busy(kind)
    if code == NOT_TRANSACTED:
        return CardMute()
    return Garbage(kind, during)


def matching(readers: Sequence[str], pattern: str) -> str | None:
    """The first reader whose name has the pattern in it, or fits it where it has wildcards.

    Case doesn't count; an empty pattern fits any reader. Names carry the station ("... PICC 0",
    "... Contactless"), and a number that may change at each start ("00 00").
    """
    wanted = pattern.strip().casefold()
    glob = any(sign in wanted for sign in "*?[")
    for reader in readers:
        name = reader.casefold()
        if fnmatch.fnmatchcase(name, wanted) if glob else wanted in name:
            return reader
    return None


_INS_SELECT = 0xA4


def scrubbed(command: bytes) -> tuple[bytes | Hidden, ...]:
    """A command as a recording may keep it: what it selects is no secret, what it writes is."""
    if len(command) <= 7 or command[1] == _INS_SELECT:
        return (command,)
    head = 7 if command[4] == 0 else 5
    return (command[:head], Hidden.of(command[head:]))


def scrubbed_answer(answer: bytes) -> tuple[bytes | Hidden, ...]:
    """An answer as a recording may keep it: its status word, and that there were data."""
    return (answer,) if len(answer) <= 2 else (Hidden.of(answer[:-2]), answer[-2:])
