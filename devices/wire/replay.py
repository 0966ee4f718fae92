"""Play a flight recording back: the family's adapter, against a far end that answers from it.

Each call of the recording is made again. The far end (`replay_ends`) says what the device said
then; what the adapter sends now, and how each call ends, is compared with the recording. So a
recording from the field is a regression test: a change that makes the adapter say something else
to that machine is seen without the machine.

What a recording hides has stand-ins of the same kind and length. So of a hidden message only its
place is compared, and of a hidden answer only that there was one.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from inspect import signature
from typing import Protocol

import msgspec

from devices.device import Device, DeviceKind
from devices.errors import DeviceFault
from devices.wire.ipp import OURS
from devices.wire.recorder import FORMAT, Header, Line, Piece, cut, told, verbs
from devices.wire.replay_arguments import arguments
from devices.wire.tape import Hidden

ASKING = 5.0
_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_SHA = re.compile(r"(?:[0-9a-f]{64})?")


class RecordingUnreadable(ValueError):
    """The file is no recording; carries the line's number, from 1."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


class NotReplayable(LookupError):
    """There is no far end for this family's wire; `why` is a word for the reason."""

    def __init__(self, family: str, why: str) -> None:
        super().__init__(family)
        self.family = family
        self.why = why


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as it stands in a file."""

    header: Header
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message to the device, and what came of it: pieces that were heard, and notes."""

    sent: tuple[Piece, ...]
    heard: tuple[tuple[Piece, ...], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One call with its traffic; an empty verb is traffic between calls (the steady watch)."""

    verb: str
    given: dict[str, object] = field(default_factory=dict[str, object])
    lines: tuple[Line, ...] = ()
    ended: str | None = None
    gave: object = None

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The traffic from the first message on."""
        found: list[Exchange] = []
        for line in self.lines:
            if line.sent is not None:
                found.append(Exchange(line.sent))
            elif found and line.heard is not None:
                last = found[-1]
                found[-1] = Exchange(last.sent, (*last.heard, line.heard), last.notes)
            elif found and line.noted is not None:
                last = found[-1]
                found[-1] = Exchange(last.sent, last.heard, (*last.notes, line.noted))
        return tuple(found)

    @property
    def sent(self) -> tuple[tuple[Piece, ...], ...]:
        """The messages to the device, in order."""
        return tuple(line.sent for line in self.lines if line.sent is not None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noted."""
        return tuple(line.noted for line in self.lines if line.noted is not None)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the adapter did something else than then; `at` is the step's number from 1."""

    at: int
    verb: str
    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay came to."""

    calls: int
    messages: int
    differences: tuple[Difference, ...]


class FarEnd(Protocol):
    """The machine's side of a wire: it answers one step at a time."""

    device: Device

    def begin(self, step: Step, cancel: threading.Event) -> None:
        """From now on answer from this step; `cancel` ends a call that was cancelled then."""
        ...

    def left(self) -> int:
        """How many of the step's messages the adapter hasn't sent yet."""
        ...


class Ear:
    """The tape of a replay: collects what the adapter sends, and tells the far end of notes."""

    recording = True

    def __init__(self) -> None:
        self.messages: list[tuple[Piece, ...]] = []
        self.notes: list[str] = []
        self.weighed: frozenset[str] = frozenset()
        """The notes that are compared: of a device that only tells."""
        self.on_note: Callable[[str], object] = str
        self.on_sent: Callable[[], object] = bool
        self.shape: Callable[[Piece], object] = shape
        """What of a piece is compared."""

    def sent(self, *pieces: bytes | Hidden) -> None:
        """One message to the device."""
        self.messages.append(cut(pieces))
        self.on_sent()

    def heard(self, *pieces: bytes | Hidden) -> None:
        """What the far end said is known already."""

    def noted(self, what: str) -> None:
        """Something on the wire that is no message."""
        self.notes.append(what)
        self.on_note(what)


OpenEnd = Callable[[Recording, Ear], AbstractContextManager[FarEnd]]


def read_recording(data: bytes) -> Recording:
    """A recording from a file's bytes. Raises RecordingUnreadable."""
    rows = data.split(b"\n")
    if rows[-1] == b"":
        rows.pop()
    if not rows:
        raise RecordingUnreadable(1, "empty")
    number = 1
    try:
        header = msgspec.json.decode(rows[0], type=Header)
        if header.format != FORMAT:
            raise RecordingUnreadable(1, "format")
        lines: list[Line] = []
        for row in rows[1:]:
            number += 1
            lines.append(msgspec.json.decode(row, type=Line))
            _check(lines[-1], number)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordingUnreadable(number, str(error)) from error
    return Recording(header, tuple(lines))


def _check(line: Line, number: int) -> None:
    said = [line.sent, line.heard, line.noted, line.call, line.ended]
    if line.t < 0 or sum(each is not None for each in said) != 1:
        raise RecordingUnreadable(number, "exactly one of sent, heard, noted, call, ended")
    for data in (*(line.sent or ()), *(line.heard or ())):
        if set(data) == {"hex"}:
            good = isinstance(text := data["hex"], str) and bool(_HEX.fullmatch(text))
        elif set(data) == {"hidden", "sha256"}:
            count, digest = data["hidden"], data["sha256"]
            good = isinstance(count, int) and 0 <= count <= 1 << 30 and isinstance(digest, str)
            good = good and bool(_SHA.fullmatch(str(digest)))
        else:
            good = False
        if not good:
            raise RecordingUnreadable(number, "piece")


def steps_of(recording: Recording) -> Iterator[Step]:
    """The calls in their order. A call that an adapter made of its own inside another is part of
    that one; lines before the first whole call of a cut recording are left out."""
    depth, verb, given = 0, "", dict[str, object]()
    lines: list[Line] = []
    begun = not recording.header.lost
    for line in recording.lines:
        if line.call is not None:
            if depth == 0:
                if lines and begun:
                    yield Step("", lines=tuple(lines))
                verb, given, lines = line.call, line.given or {}, []
                begun = True
            depth += 1
        elif line.ended is not None:
            depth = max(0, depth - 1)
            if depth == 0 and verb:
                yield Step(verb, given, tuple(lines), line.ended, line.gave)
                verb, lines = "", []
        else:
            lines.append(line)
    if lines and depth == 0 and begun:
        yield Step("", lines=tuple(lines))


def replay(recording: Recording, open_end: OpenEnd, kind: type[Device]) -> Outcome:
    """Make every call again; what was different. Raises RecordingUnreadable for a call that the
    kind hasn't."""
    steps = tuple(steps_of(recording))
    for step in steps:
        _known(kind, step)
    ear = Ear()
    differences: list[Difference] = []
    calls = messages = 0
    with open_end(recording, ear) as far:
        for number, step in enumerate(steps, 1):
            ear.messages.clear()
            ear.notes.clear()
            cancel = threading.Event()
            far.begin(step, cancel)
            if step.verb:
                calls += 1
                differences += _call(far.device, kind, step, number, cancel)
            else:
                _watch(far)
            messages += len(step.sent)
            differences += _compare(number, step, ear)
            differences += _compare_notes(number, step, ear)
        far.begin(Step(""), threading.Event())
        far.device.close()
    return Outcome(calls, messages, tuple(differences))


def _call(
    device: Device, kind: type[Device], step: Step, number: int, cancel: threading.Event
) -> list[Difference]:
    args, named = arguments(
        getattr(kind, step.verb), step.given, _first_sent(step), step.ended, number,
        partial(_own_job, step),
    )  # fmt: skip
    verb = getattr(device, step.verb)
    if "cancel" in signature(verb).parameters:
        named["cancel"] = cancel
    gave: object = None
    try:
        gave = told(verb(*args, **named))
        how = "ok"
    except DeviceFault as fault:
        how, gave = type(fault).__name__, told(fault.facts())
    except (ValueError, LookupError) as refusal:  # what an interface allows a verb to refuse with
        how = type(refusal).__name__
    found: list[Difference] = []
    if how != step.ended:
        found.append(Difference(number, step.verb, "ended", str(step.ended), how))
    elif _plain(gave) != _plain(step.gave):
        found.append(Difference(number, step.verb, "gave", _text(step.gave), _text(gave)))
    return found


def _own_job(step: Step, count: int) -> str:
    """Our id of that length in the name of a job; empty where none went over the wire."""
    said = [line.sent for line in step.lines if line.sent is not None]
    if step.gave != "unknown":
        said += [line.heard for line in step.lines if line.heard is not None]
    for pieces in said:
        raw = b"".join(bytes.fromhex(str(each.get("hex", ""))) for each in pieces)
        _, mark, rest = raw.partition(OURS.encode())
        if mark and len(rest) >= count and rest[:count].isascii():
            return rest[:count].decode("ascii")
    return ""


def _known(kind: type[Device], step: Step) -> None:
    if not step.verb:
        return
    if step.verb not in verbs(kind):
        raise RecordingUnreadable(1, f"call {step.verb}")
    takes = [name for name in signature(getattr(kind, step.verb)).parameters if name != "self"]
    for name in step.given:
        if name not in takes and not (name.isdigit() and int(name) < len(takes)):
            raise RecordingUnreadable(1, f"argument of {step.verb}")


def _first_sent(step: Step) -> bytes:
    first = step.sent[0] if step.sent else ()
    if not all("hex" in each for each in first):
        return b""
    return b"".join(bytes.fromhex(str(each["hex"])) for each in first)


def _watch(far: FarEnd) -> None:
    """Ask after health as long as the recording's watch did."""
    left = far.left()
    while left:
        try:
            far.device.health(timeout=ASKING)
        except DeviceFault:
            pass  # the watch turns a fault into a health; what was sent is compared
        if far.left() == left:
            return
        left = far.left()


def _compare(number: int, step: Step, ear: Ear) -> Iterator[Difference]:
    then, now = step.sent, ear.messages
    for index in range(max(len(then), len(now))):
        old = then[index] if index < len(then) else ()
        new = now[index] if index < len(now) else ()
        if [ear.shape(each) for each in old] != [ear.shape(each) for each in new]:
            yield Difference(number, step.verb, "sent", _said(old), _said(new))


def _compare_notes(number: int, step: Step, ear: Ear) -> Iterator[Difference]:
    """How many of each: what comes in one piece on one day comes in two on another."""
    then = sorted(note for note in step.notes if note in ear.weighed)
    now = sorted(note for note in ear.notes if note in ear.weighed)
    if then != now:
        yield Difference(number, step.verb, "noted", " ".join(then), " ".join(now))


def shape(data: Piece) -> object:
    """A piece as it was, or that it was hidden."""
    return data.get("hex", "hidden")


def _said(pieces: Sequence[Piece]) -> str:
    if not pieces:
        return "-"
    return " ".join(
        f"<{data['hidden']}>" if "hidden" in data else _readable(str(data["hex"]))
        for data in pieces
    )


def _readable(text: str) -> str:
    raw = bytes.fromhex(text)
    printable = all(32 <= byte < 127 or byte in (0, 13, 27) for byte in raw)
    return repr(raw)[2:-1] if printable and len(raw) > 2 else text


def _plain(value: object) -> object:
    """A call's answer without what a stand-in changes: contents, and seconds that were cut."""
    match value:
        case {"hidden": _, "sha256": _}:
            return "hidden"
        case {"text": _}:
            return "text"
        case dict():
            return {name: _plain(each) for name, each in value.items() if name != "seconds"}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return value


def _text(value: object) -> str:
    return msgspec.json.encode(_plain(value)).decode()


def kind_of(recording: Recording) -> DeviceKind:
    """The kind of the recorded device. Raises RecordingUnreadable."""
    try:
        return DeviceKind(recording.header.kind)
    except ValueError as error:
        raise RecordingUnreadable(1, "kind") from error
