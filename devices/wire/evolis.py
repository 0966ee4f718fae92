"""The Evolis command language: commands, replies, status words, panels and job streams.

Sources: the maker's programming guide A5013, and the wire as the maker's own SDK speaks it. A
command is `ESC name;param;… CR`, on TCP with a NUL behind it and one connection for each; the
reply is text, CR, NUL. A job is one stream: markers (`Psync`) and tags around the sequence (`Ss`
start, `Sr` front, `Sv` back, `Se` eject) and the panels (`Db`). Everything here is pure: bytes in,
values out; what can't be understood is a WireGarbage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntFlag

ESC, CR, NUL = b"\x1b", b"\r", b"\x00"

ACROSS, ALONG = 648, 1016
"""Dots under the head, and lines along the card: a panel is `ALONG` lines of `ACROSS` dots."""

REPLY_MOST = 4096
COUNT_MOST = 100_000_000
"""No counter of a card printer ever gets there; a higher one is somebody's mistake."""

LEVELS = {2: 1, 32: 5, 64: 6, 128: 7, 256: 8}
"""Bits of a dot by the number of levels that a panel is sent in."""
PANELS = frozenset("ymcko")


class WireGarbage(ValueError):
    """Bytes that are no message of this language; says which part, never what it held."""


# -- commands and replies ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its parameters."""

    name: str
    params: tuple[str, ...] = ()

    def encode(self, end: bytes = CR) -> bytes:
        """The bytes: `end` is CR on a serial line, CR NUL on TCP."""
        return ESC + ";".join((self.name, *self.params)).encode("ascii") + end

    def __str__(self) -> str:
        return ";".join((self.name, *self.params))


_NAME = re.compile(r"[A-Z][a-z]{1,7}\Z")


def decode_command(raw: bytes) -> Command:
    """A command from its bytes; the ESC may be missing after a CR. Raises WireGarbage."""
    body = raw.strip(CR + NUL + b"\n")
    body = body.removeprefix(ESC)
    try:
        name, *params = body.decode("ascii").split(";")
    except UnicodeDecodeError as error:
        raise WireGarbage("command") from error
    if not _NAME.match(name) or any(ESC.decode() in part for part in params):
        raise WireGarbage("command")
    return Command(name, tuple(params))


def encode_reply(text: str) -> bytes:
    """A reply's bytes on TCP."""
    return text.encode("ascii") + CR + NUL


def decode_reply(raw: bytes) -> str:
    """A whole reply's text. Raises WireGarbage for half a one and for what isn't text."""
    if not raw or len(raw) > REPLY_MOST:
        raise WireGarbage("reply length")
    body, end, rest = raw.partition(CR)
    if not end or rest.strip(NUL + b"\n"):
        raise WireGarbage("reply end")
    if any(byte < 0x20 or byte > 0x7E for byte in body):
        raise WireGarbage("reply text")
    return body.decode("ascii")


def is_whole(raw: bytes) -> bool:
    """Whether a reply's end has come (for lines that stay open)."""
    return CR in raw


def decode_count(text: str) -> int:
    """A counter. Raises WireGarbage for what isn't a number, or is an absurd one."""
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise WireGarbage("count")
    value = int(text)
    if value > COUNT_MOST:
        raise WireGarbage("count")
    return value


OK = "OK"
CARD = "CARD"
ERROR_TEXTS = frozenset(
    {
        "ERROR",
        "ERROR CDE",
        "ERROR PARAMETRES",
        "ERROR TIME OUT",
        "NEED CLEANING",
        "COVER OPEN",
        "FEEDER EMPTY",
        "CARD JAM",
        "HOPPER FULL",
        "HOPPER DOOR",
        "ERROR HOPPER",
        "ERROR HEAD",
        "ERROR RIBBON",
        "OPT NOT AVAILABLE",
    }
)
"""Every refusal that the guide names."""


# -- status ------------------------------------------------------------------------------------


class Config(IntFlag):
    """What the machine has (first word)."""

    FLIP = 0x00100000
    CONTACTLESS = 0x00080000
    SMART = 0x00040000
    FEEDER = 0x00002000


class Info(IntFlag):
    """What it is doing (second word)."""

    CLEANING_REQUIRED = 0x00000100
    PRINTING = 0x00000080
    ENCODING = 0x00000040
    BUSY = 0x00000001


class Warn(IntFlag):
    """What keeps it from beginning (third word)."""

    POWER = 0x80000000
    RECEPTACLE_OPEN = 0x10000000
    REJECT_BOX_FULL = 0x08000000
    CARD_ON_EJECT = 0x04000000
    WAIT_CARD = 0x02000000
    FEEDER_EMPTY = 0x01000000
    COOLING = 0x00200000
    HOPPER_FULL = 0x00100000
    RIBBON_ENDED = 0x00080000
    LOCKED = 0x00040000
    COVER_OPEN = 0x00020000
    NO_RIBBON = 0x00010000
    UNSUPPORTED_RIBBON = 0x00008000


class Error(IntFlag):
    """What stopped it (fourth word)."""

    HEAD_TEMP = 0x20000000
    FEEDER = 0x08000000
    RIBBON = 0x04000000
    COVER_OPEN = 0x02000000
    MECHANICAL = 0x01000000
    REJECT_BOX_FULL = 0x00800000
    BAD_RIBBON = 0x00400000
    RIBBON_ENDED = 0x00200000
    HOPPER_FULL = 0x00100000
    CARD_ON_EJECT = 0x00000200
    NO_CARD_INSERTED = 0x00000100


@dataclass(frozen=True, slots=True)
class Status:
    """The status words; bits that nobody has named are kept in the words."""

    config: Config
    info: Info
    warn: Warn
    error: Error
    extra: tuple[int, ...] = (0, 0, 0, 0)

    def encode(self) -> str:
        """The reply's text: eight hexadecimal digits a word."""
        words = (int(self.config), int(self.info), int(self.warn), int(self.error), *self.extra)
        return ";".join(f"{word:08X}" for word in words)


_WORDS = re.compile(r"[0-9A-Fa-f]{8}(;[0-9A-Fa-f]{8}){3,8}\Z")


def decode_status(text: str) -> Status:
    """The status from a reply's text: four words or more. Raises WireGarbage."""
    if not _WORDS.match(text):
        raise WireGarbage("status")
    words = [int(word, 16) for word in text.split(";")]
    config, info, warn, error, *extra = words
    return Status(Config(config), Info(info), Warn(warn), Error(error), tuple(extra))


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
