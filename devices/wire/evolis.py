"""The Evolis command language: commands, replies and status words.

Sources: the maker's programming guide A5013, and the wire as the maker's own SDK speaks it. A
command is `ESC name;param;… CR`, on TCP with a NUL behind it and one connection for each; the
reply is text, CR, NUL. Panels and jobs stand in `evolis_job`. Everything here is pure: bytes in,
values out; what can't be understood is a WireGarbage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntFlag

ESC, CR, NUL = b"\x1b", b"\r", b"\x00"

REPLY_MOST = 4096
COUNT_MOST = 100_000_000
"""No counter of a card printer ever gets there; a higher one is somebody's mistake."""


MOVING = 6.0
"""Seconds for one move of a card, or for taking a job in."""
RUNNING = 60.0
"""Seconds for a whole test or cleaning card."""


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

    @property
    def working(self) -> float:
        """Seconds that its reply may take before it is owed; 0 for what sets nothing going.

        An order's reply comes when the mechanics stand again.
        """
        if not self.name.startswith("S") or self.name == "Scs":
            return 0.0
        return RUNNING if self.name in {"St", "Stt", "Sie"} else MOVING

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
ERROR = "ERROR"
"""A refusal without a reason."""
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
