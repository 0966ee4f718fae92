"""The flight recorder: the last traffic of each device, scrubbed, kept until somebody asks.

One tape for each device, in memory, bounded in bytes: what is oldest goes first. An export is JSON
Lines: a header that says which device and adapter it was, then calls, messages and events in their
order with milliseconds since the tape began. `devices.wire.replay` plays one back.

A recording holds no person: adapters tell pictures, strokes and chip contents as `Hidden`, and
what a call took or gave is kept only where its type can't hold a person (`told`).
"""

from __future__ import annotations

import dataclasses
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum

import msgspec

from devices.card_printer import CardInside, Counters, LoadedCard
from devices.device import Device, Health, Supply
from devices.wire.tape import Hidden

FORMAT = "loket-flight-1"
KEPT = 2_000_000
"""Bytes of text that one tape keeps, about an hour of a busy printer."""
LONGEST = 4_096
"""Bytes of one message that are kept as they are; the rest of a longer one is hidden."""

Piece = dict[str, object]
Call = Callable[..., object]


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line of a recording."""

    format: str
    kind: str
    name: str
    family: str
    options: dict[str, str | int | float | bool]
    program: str
    began: datetime
    lost: int = 0
    """Lines that were dropped before the first one here."""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line: exactly one of the fields behind `t` (milliseconds since the header's time)."""

    t: int
    sent: tuple[Piece, ...] | None = None
    heard: tuple[Piece, ...] | None = None
    noted: str | None = None
    call: str | None = None
    given: dict[str, object] | None = None
    ended: str | None = None
    gave: object = None


def piece(data: bytes | Hidden) -> Piece:
    """One piece of a message as it stands in a recording."""
    if isinstance(data, Hidden):
        return {"hidden": data.length, "sha256": data.sha256}
    return {"hex": data.hex()}


def cut(pieces: tuple[bytes | Hidden, ...]) -> tuple[Piece, ...]:
    """A message's pieces; of a long one only the beginning is kept."""
    kept: list[Piece] = []
    for data in pieces:
        if isinstance(data, bytes) and len(data) > LONGEST:
            kept += [piece(data[:LONGEST]), piece(Hidden.of(data[LONGEST:]))]
        else:
            kept.append(piece(data))
    return tuple(kept)


def told(value: object) -> object:
    """What a recording may keep of a call's argument or answer.

    Numbers, enums and the few nouns that speak of a machine. Texts are kept by length and bytes
    by digest, because a text may be a name and bytes may be a face; of any other noun (strokes, an
    identity) only its type is told.
    """
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return str(value.value)
        case bytes():
            return piece(Hidden.of(value))
        case Hidden():
            return piece(value)
        case str():
            return {"text": len(value)}
        case list() | tuple() | set() | frozenset():
            return [told(item) for item in value]
        case dict():
            return {str(name): told(item) for name, item in value.items()}
        case Health() | Supply() | Counters() | LoadedCard() | CardInside():
            return {
                field.name: told(getattr(value, field.name)) for field in dataclasses.fields(value)
            }
        case _:
            return type(value).__name__


class DeviceTape:
    """The tape of one device."""

    recording = True

    def __init__(self, header: Header, now: Callable[[], datetime], kept: int = KEPT) -> None:
        self._header = header
        self._now = now
        self._kept = kept
        self._lines: deque[bytes] = deque()
        self._size = 0
        self._lost = 0
        self._lock = threading.Lock()

    def sent(self, *pieces: bytes | Hidden) -> None:
        """One message to the device."""
        self._add(sent=cut(pieces))

    def heard(self, *pieces: bytes | Hidden) -> None:
        """One message from the device."""
        self._add(heard=cut(pieces))

    def noted(self, what: str) -> None:
        """Something on the wire that is no message."""
        self._add(noted=what)

    def called(self, verb: str, given: Mapping[str, object]) -> None:
        """The program began a call."""
        self._add(call=verb, given={name: told(value) for name, value in given.items()})

    def ended(self, how: str, gave: object = None) -> None:
        """The call ended: "ok" and what it gave, or the fault's name and facts."""
        self._add(ended=how, gave=told(gave))

    def export(self) -> bytes:
        """The recording as a file."""
        with self._lock:
            header = msgspec.structs.replace(self._header, lost=self._lost)
            lines = tuple(self._lines)
        return b"\n".join((msgspec.json.encode(header), *lines, b""))

    def _add(self, **what: object) -> None:
        since = int((self._now() - self._header.began).total_seconds() * 1000)
        line = msgspec.json.encode({"t": max(0, since), **what})
        with self._lock:
            self._lines.append(line)
            self._size += len(line)
            while self._size > self._kept and len(self._lines) > 1:
                self._size -= len(self._lines.popleft())
                self._lost += 1


class FlightRecorder:
    """All tapes of one counter."""

    def __init__(self, now: Callable[[], datetime], program: str) -> None:
        self._now = now
        self._program = program
        self._tapes: dict[str, DeviceTape] = {}

    def tape(
        self, kind: str, name: str, family: str, options: Mapping[str, str | int | float | bool]
    ) -> DeviceTape:
        """A new tape for the device that was put in this place."""
        kept = {key: _without_login(value) for key, value in options.items()}
        header = Header(FORMAT, kind, name, family, kept, self._program, self._now())
        self._tapes[name] = DeviceTape(header, self._now)
        return self._tapes[name]

    def export(self, name: str) -> bytes:
        """The recording of one device. Raises KeyError for a place without a tape."""
        return self._tapes[name].export()

    def names(self) -> tuple[str, ...]:
        """The devices that have a tape."""
        return tuple(self._tapes)


_LOGIN = re.compile(r"(\w+://)[^/@\s]*@")


def _without_login(value: str | int | float | bool) -> str | int | float | bool:
    """An option without the name and password that an address may carry (rtsp://name:word@...)."""
    return _LOGIN.sub(r"\1", value) if isinstance(value, str) else value


_OF_A_PERSON = frozenset({"match"})
"""Verbs that take what a person carries unchanged from visit to visit: a card's finger."""
_ASKED = frozenset({"info", "is_open", "capabilities", "health", "on_scan"})


def verbs(kind: type[Device]) -> tuple[str, ...]:
    """The calls of a kind that a recording tells; its properties and the steady watch aren't."""
    return tuple(
        name
        for name in sorted(dir(kind))
        if not name.startswith("_") and name not in _ASKED and callable(getattr(kind, name))
    )


def record_calls(device: Device, tape: DeviceTape, kind: type[Device]) -> Device:
    """The same device, telling its tape each of its kind's calls and how it ended."""
    for verb in verbs(kind):
        setattr(device, verb, _recorded(verb, getattr(device, verb), tape))
    return device


def _recorded(verb: str, call: Call, tape: DeviceTape) -> Call:
    def recorded(*args: object, **named: object) -> object:
        given = {**{str(i): value for i, value in enumerate(args)}, **_plain(named)}
        tape.called(verb, {name: _unlinked(verb, value) for name, value in given.items()})
        try:
            answer = call(*args, **named)
        except BaseException as fault:
            facts = fault.facts() if hasattr(fault, "facts") else None  # type: ignore[attr-defined]
            tape.ended(type(fault).__name__, facts)
            raise
        tape.ended("ok", answer)
        return answer

    return recorded


def _unlinked(verb: str, value: object) -> object:
    """A call's argument, without a digest where one would tell that it's the same person again."""
    return Hidden(len(value), "") if verb in _OF_A_PERSON and isinstance(value, bytes) else value


def _plain(named: Mapping[str, object]) -> dict[str, object]:
    """Named arguments without the cancel event, which means nothing in a recording."""
    return {name: value for name, value in named.items() if name != "cancel"}
