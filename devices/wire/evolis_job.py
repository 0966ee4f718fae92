"""Panels and card jobs in the Evolis language.

A job is one stream: markers (`Psync`) and tags around the sequence (`Ss` start, `Sr` front, `Sv`
back, `Se` eject) and the panels (`Db`). `Pneab;A;0` around `Se` leaves the card inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from devices.wire.evolis import CR, ESC, NUL, WireGarbage, decode_command, decode_count

ACROSS, ALONG = 648, 1016
"""Dots under the head, and lines along the card: a panel is `ALONG` lines of `ACROSS` dots."""

LEVELS = {2: 1, 32: 5, 64: 6, 128: 7, 256: 8}
"""Bits of a dot by the number of levels that a panel is sent in."""
PANELS = frozenset("ymcko")


# -- panels ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of a face: a byte a dot, 0 for nothing up to 255 for all, line by line.

    `levels` is how finely it goes over the wire; with 2, any dot but 0 is laid.
    """

    name: str
    levels: int
    dots: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.name not in PANELS or self.levels not in LEVELS:
            raise ValueError(f"no panel {self.name} at {self.levels}")
        if len(self.dots) != ACROSS * ALONG:
            raise ValueError("a panel has all its dots")

    def encode(self) -> bytes:
        """The download command with its data and the CR behind them."""
        head = f"Db;{self.name};{self.levels};".encode("ascii")
        return ESC + head + pack(self.dots, self.levels) + CR


def packed_size(levels: int) -> int:
    """Bytes of a panel's data on the wire."""
    return ACROSS * ALONG * LEVELS[levels] // 8


_TO_BITS = bytes([0x30] + [0x31] * 255)


def pack(dots: bytes, levels: int) -> bytes:
    """Dots to wire data; the first dot stands in the highest bits."""
    bits = LEVELS[levels]
    if bits == 8:
        return dots
    if bits == 1:
        return int(dots.translate(_TO_BITS), 2).to_bytes(len(dots) // 8, "big")
    shift = 8 - bits
    out = bytearray()
    for start in range(0, len(dots), 8):
        group = 0
        for dot in dots[start : start + 8]:
            group = group << bits | dot >> shift
        out += group.to_bytes(bits, "big")
    return bytes(out)


_BITS_OF = [bytes(255 if byte >> (7 - at) & 1 else 0 for at in range(8)) for byte in range(256)]


def unpack(data: bytes, levels: int) -> bytes:
    """Wire data to dots, the top level becoming 255. Raises WireGarbage for a cut panel."""
    bits = LEVELS[levels]
    if len(data) != packed_size(levels):
        raise WireGarbage("panel length")
    if bits == 8:
        return data
    if bits == 1:
        return b"".join([_BITS_OF[byte] for byte in data])
    top = (1 << bits) - 1
    scale = [round(value * 255 / top) for value in range(top + 1)]
    out = bytearray()
    for start in range(0, len(data), bits):
        group = int.from_bytes(data[start : start + bits], "big")
        out += bytes(scale[group >> bits * (7 - at) & top] for at in range(8))
    return bytes(out)


# -- jobs --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Face:
    """One side: its panels in the order in which they are laid."""

    panels: tuple[Panel, ...]
    back: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One card's printing. `ribbon` is the ribbon's number in the language (0 is YMCKO)."""

    faces: tuple[Face, ...]
    number: int
    ribbon: int = 0
    eject: bool = True


def encode_job(job: Job) -> bytes:
    """The stream of one card, as one connection carries it."""
    two = len(job.faces) > 1
    parts: list[bytes] = [
        _open(1, 0, "HEADER"),
        _c("Psmgr;1"),
        _c(f"Ppws;{job.number}"),
        _c("Pcla;1"),
        _c("Ppmode;0"),
        _c(f"Pr;{job.ribbon};t"),
        _c("Pwres;300;300;0"),
        _c("Psync;2"),
        b"</HEADER>",
        _open(3, 1, f"DOC Duplex={int(two)}"),
        _c("Psync;3;0"),
        _open(5, 1, "CARD"),
        _c("Psync;5;0"),
        _c("Ss"),
        _c("Mr;s"),
    ]
    for face in job.faces:
        parts += [_open(9, 1, "FACE"), _c("Psync;9;0"), _c("Sv" if face.back else "Sr")]
        for panel in face.panels:
            data = panel.encode()
            parts += [f"<BINARY Size={len(data)}>".encode("ascii"), data, b"</BINARY>"]
        parts += [_open(10, 1, "/FACE"), _c("Psync;10;0")]
    parts += [_c("Se")] if job.eject else [_c("Pneab;A;0"), _c("Se"), _c("Pneab;A;1")]
    parts += [
        _open(6, 1, "/CARD"),
        _c("Psync;6;0"),
        _open(4, 1, "/DOC"),
        _c("Psync;4;0"),
        _c("Pcla;0"),
        _open(11, 1, "END"),
        _c("Psync;11;0"),
    ]
    return b"".join(parts)


JOB_BEGINS = ESC + b"Psync;1;"
JOB_ENDS = b"<END>" + ESC + b"Psync;11;0" + CR


def after_job(stream: bytes) -> bytes:
    """What follows a job in its stream: the SDK asks something, to have a reply at all."""
    return stream.rpartition(JOB_ENDS)[2].strip(NUL)


def _c(text: str) -> bytes:
    return ESC + text.encode("ascii") + CR


def _open(number: int, half: int, tag: str) -> bytes:
    return _c(f"Psync;{number};{half}") + f"<{tag}>".encode("ascii")


_DB = re.compile(rb"\x1bDb;([a-z]);(\d{1,3});")
_LINE = re.compile(rb"\x1b([\x20-\x7e]{1,64})\r")
_TAG = re.compile(rb"</?([A-Z]{3,8})( [\x20-\x3d\x3f-\x7e]{0,60})?>")


def decode_job(stream: bytes) -> Job:
    """A job from its stream; what follows its end isn't looked at. Raises WireGarbage."""
    faces: list[Face] = []
    panels: list[Panel] | None = None
    back = eject = ended = False
    number = ribbon = 0
    keep = False
    at = 0
    while at < len(stream) and not ended:
        if data := _DB.match(stream, at):
            panel, at = _panel_at(stream, data)
            if panels is None:
                raise WireGarbage("panel without a face")
            panels.append(panel)
            continue
        if tag := _TAG.match(stream, at):
            if tag.group(0) == b"</FACE>" and panels is not None:
                faces.append(Face(tuple(panels), back))
                panels = None
            ended = tag.group(1) == b"END"
            at = tag.end()
            continue
        line = _LINE.match(stream, at)
        if line is None:
            raise WireGarbage("job")
        at = line.end()
        command = decode_command(line.group(1))
        match command.name, command.params:
            case "Sr" | "Sv", _:
                panels, back = [], command.name == "Sv"
            case "Pneab", ("A", switch):
                keep = switch == "0"
            case "Se", _:
                eject = not keep
            case "Ppws", (text,):
                number = decode_count(text) if len(text) < 9 else int(decode_digits(text))
            case "Pr", (text, "t"):
                ribbon = decode_count(text)
            case _:
                pass
    if not ended or panels is not None or not faces:
        raise WireGarbage("job end")
    return Job(tuple(faces), number, ribbon, eject)


def decode_digits(text: str) -> str:
    """Digits only. Raises WireGarbage."""
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise WireGarbage("digits")
    return text


def _panel_at(stream: bytes, head: re.Match[bytes]) -> tuple[Panel, int]:
    name, levels = head.group(1).decode("ascii"), int(head.group(2))
    if name not in PANELS or levels not in LEVELS:
        raise WireGarbage("panel")
    end = head.end() + packed_size(levels)
    data = stream[head.end() : end]
    dots = unpack(data, levels)
    if stream[end : end + 1] != CR:
        raise WireGarbage("panel end")
    return Panel(name, levels, dots), end + 1
