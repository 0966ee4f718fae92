"""Messages of the Internet Printing Protocol as bytes (RFC 8010), for client and simulator alike.

Pure bytes, no sockets. The libraries that exist bring an asyncio HTTP stack (pyipp) or a C
compiler and libcups' headers (pycups) for what is one page of the standard; this is that page.
A decoder of what comes from a network must not believe lengths: every one is checked against what
is there, nesting is limited, and anything else raises IppGarbled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

VERSION = (2, 0)
DEEPEST = 8
"""Collections within collections; real printers nest three deep."""


class IppGarbled(ValueError):
    """These bytes are no IPP message."""


class Tag(IntEnum):
    """Delimiters and value tags (RFC 8010, 3.5)."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05
    UNSUPPORTED_VALUE = 0x10
    UNKNOWN = 0x12
    NO_VALUE = 0x13
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    OCTETS = 0x30
    DATE_TIME = 0x31
    RESOLUTION = 0x32
    RANGE = 0x33
    COLLECTION = 0x34
    TEXT_LANGUAGE = 0x35
    NAME_LANGUAGE = 0x36
    COLLECTION_END = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    SCHEME = 0x46
    CHARSET = 0x47
    LANGUAGE = 0x48
    MEDIA_TYPE = 0x49
    MEMBER = 0x4A


_NUMBERS = frozenset({Tag.INTEGER, Tag.ENUM})
_STRINGS = frozenset(range(0x41, 0x4A))
_WITH_LANGUAGE = frozenset({Tag.TEXT_LANGUAGE, Tag.NAME_LANGUAGE})


@dataclass(frozen=True, slots=True)
class Resolution:
    """Dots per inch (or per centimetre where `units` is 4), across and along the feed."""

    across: int
    along: int
    units: int = 3


@dataclass(frozen=True, slots=True)
class Span:
    """A range of whole numbers, both ends in it."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Value:
    """One value with its tag: int, bool, str, bytes, Resolution, Span, a collection, or None.

    A collection is a mapping of member names to tuples of values.
    """

    tag: int
    content: object


Attributes = Mapping[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Group:
    """Attributes behind one delimiter."""

    tag: int
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer. `code` is the operation, or the status; `data` a document."""

    code: int
    request_id: int
    groups: tuple[Group, ...] = ()
    data: bytes = field(default=b"", repr=False)
    version: tuple[int, int] = VERSION

    def group(self, tag: int) -> Attributes:
        """The attributes of the first group of a kind; none where it is missing."""
        for group in self.groups:
            if group.tag == tag:
                return group.attributes
        return {}

    def all(self, tag: int) -> tuple[Attributes, ...]:
        """The attributes of every group of a kind: one for each job of a list."""
        return tuple(group.attributes for group in self.groups if group.tag == tag)


# -- making values -------------------------------------------------------------------------


def keyword(*words: str) -> tuple[Value, ...]:
    """Keywords."""
    return tuple(Value(Tag.KEYWORD, word) for word in words)


def name(text: str) -> tuple[Value, ...]:
    """A name, such as a job's or a user's."""
    return (Value(Tag.NAME, text),)


def uri(text: str) -> tuple[Value, ...]:
    """A URI."""
    return (Value(Tag.URI, text),)


def integer(number: int) -> tuple[Value, ...]:
    """A whole number."""
    return (Value(Tag.INTEGER, number),)


def boolean(yes: bool) -> tuple[Value, ...]:
    """Yes or no."""
    return (Value(Tag.BOOLEAN, yes),)


def media_type(text: str) -> tuple[Value, ...]:
    """A MIME type."""
    return (Value(Tag.MEDIA_TYPE, text),)


def collection(members: Attributes) -> tuple[Value, ...]:
    """A collection of named members."""
    return (Value(Tag.COLLECTION, dict(members)),)


# -- to bytes ------------------------------------------------------------------------------


def encode(message: Message) -> bytes:
    """The bytes of a message. Raises ValueError for a value that doesn't fit its tag."""
    major, minor = message.version
    out = bytearray((major, minor))
    out += message.code.to_bytes(2, "big") + message.request_id.to_bytes(4, "big")
    for group in message.groups:
        out.append(group.tag)
        for attribute, values in group.attributes.items():
            _put_attribute(out, attribute, values)
    out.append(Tag.END)
    return bytes(out) + message.data


def _put_attribute(out: bytearray, attribute: str, values: tuple[Value, ...]) -> None:
    if not values:
        raise ValueError("an attribute has a value")
    for index, value in enumerate(values):
        _put_value(out, "" if index else attribute, value)


def _put(out: bytearray, tag: int, label: str, content: bytes) -> None:
    text = label.encode()
    if len(text) > 0x7FFF or len(content) > 0x7FFF:
        raise ValueError("too long for IPP")
    out.append(tag)
    out += len(text).to_bytes(2, "big") + text
    out += len(content).to_bytes(2, "big") + content


def _put_value(out: bytearray, label: str, value: Value) -> None:
    content = value.content
    if value.tag == Tag.COLLECTION and isinstance(content, Mapping):
        _put(out, Tag.COLLECTION, label, b"")
        members: Mapping[str, tuple[Value, ...]] = content
        for member, values in members.items():
            _put(out, Tag.MEMBER, "", member.encode())
            for each in values:
                _put_value(out, "", each)
        _put(out, Tag.COLLECTION_END, "", b"")
        return
    _put(out, value.tag, label, _content_bytes(value.tag, content))


def _content_bytes(tag: int, content: object) -> bytes:
    match content:
        case None:
            return b""
        case bool():
            return bytes((content,))
        case int():
            return content.to_bytes(4, "big", signed=True)
        case Resolution():
            return (
                content.across.to_bytes(4, "big", signed=True)
                + content.along.to_bytes(4, "big", signed=True)
                + bytes((content.units,))
            )
        case Span():
            low = content.low.to_bytes(4, "big", signed=True)
            return low + content.high.to_bytes(4, "big", signed=True)
        case str() if tag in _WITH_LANGUAGE:
            text = content.encode()
            return b"\x00\x02en" + len(text).to_bytes(2, "big") + text
        case str():
            return content.encode()
        case bytes():
            return content
        case _:
            raise ValueError("no value of IPP")


# -- from bytes ----------------------------------------------------------------------------


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.at = 0

    def take(self, count: int) -> bytes:
        part = self._raw[self.at : self.at + count]
        if len(part) != count:
            raise IppGarbled("shorter than it says")
        self.at += count
        return part

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def field(self) -> bytes:
        return self.take(self.number(2))

    def rest(self) -> bytes:
        return self._raw[self.at :]


def decode(raw: bytes) -> Message:
    """The message in these bytes; what follows its attributes is `data`. Raises IppGarbled."""
    reader = _Reader(raw)
    version = (reader.number(1), reader.number(1))
    if version[0] not in {1, 2}:
        raise IppGarbled("unknown version")
    code, request_id = reader.number(2), reader.number(4)
    groups: list[Group] = []
    attributes: dict[str, tuple[Value, ...]] | None = None
    last = ""
    while True:
        tag = reader.number(1)
        if tag == Tag.END:
            return Message(code, request_id, tuple(groups), reader.rest(), version)
        if tag < 0x10:
            attributes, last = {}, ""
            groups.append(Group(tag, attributes))
            continue
        if attributes is None:
            raise IppGarbled("a value outside of a group")
        label = _text(reader.field())
        value = _take_value(reader, tag, 0)
        if label:
            last = label
            attributes[label] = (value,)
        elif last:
            attributes[last] = (*attributes[last], value)
        else:
            raise IppGarbled("a further value of nothing")


def _take_value(reader: _Reader, tag: int, depth: int) -> Value:
    raw = reader.field()
    if tag != Tag.COLLECTION:
        return Value(tag, _content(tag, raw))
    if depth >= DEEPEST:
        raise IppGarbled("nested too deep")
    members: dict[str, tuple[Value, ...]] = {}
    member = ""
    while True:
        inner = reader.number(1)
        reader.field()  # members carry their name as a value of their own (RFC 8010, 3.1.6)
        if inner == Tag.COLLECTION_END:
            reader.field()
            return Value(Tag.COLLECTION, members)
        if inner == Tag.MEMBER:
            member = _text(reader.field())
            members.setdefault(member, ())
        elif inner < 0x10 or not member:
            raise IppGarbled("a member without a name")
        else:
            members[member] = (*members[member], _take_value(reader, inner, depth + 1))


def _content(tag: int, raw: bytes) -> object:
    if 0x10 <= tag < 0x20:
        return None
    if tag in _NUMBERS:
        return int.from_bytes(_sized(raw, 4), "big", signed=True)
    if tag == Tag.BOOLEAN:
        return bool(_sized(raw, 1)[0])
    if tag == Tag.RESOLUTION:
        _sized(raw, 9)
        across, along = (int.from_bytes(raw[n : n + 4], "big", signed=True) for n in (0, 4))
        return Resolution(across, along, raw[8])
    if tag == Tag.RANGE:
        _sized(raw, 8)
        low, high = (int.from_bytes(raw[n : n + 4], "big", signed=True) for n in (0, 4))
        return Span(low, high)
    if tag in _WITH_LANGUAGE:
        inner = _Reader(raw)
        inner.field()
        return _text(inner.field())
    if tag in _STRINGS:
        return _text(raw)
    return raw


def _sized(raw: bytes, size: int) -> bytes:
    if len(raw) != size:
        raise IppGarbled("a value of the wrong size")
    return raw


def _text(raw: bytes) -> str:
    # Printers cut long texts in the middle of a character; that's no reason to be deaf.
    return raw.decode("utf-8", "replace")


# -- plain Python --------------------------------------------------------------------------


def texts(attributes: Attributes, attribute: str) -> tuple[str, ...]:
    """Every text of an attribute; none where it is missing or something else."""
    values = attributes.get(attribute, ())
    return tuple(value.content for value in values if isinstance(value.content, str))


def text(attributes: Attributes, attribute: str, default: str = "") -> str:
    """The first text of an attribute."""
    found = texts(attributes, attribute)
    return found[0] if found else default


def numbers(attributes: Attributes, attribute: str) -> tuple[int, ...]:
    """Every whole number of an attribute."""
    return tuple(
        value.content
        for value in attributes.get(attribute, ())
        if isinstance(value.content, int) and not isinstance(value.content, bool)
    )


def number(attributes: Attributes, attribute: str) -> int | None:
    """The first whole number of an attribute; None where there is none."""
    found = numbers(attributes, attribute)
    return found[0] if found else None


def flag(attributes: Attributes, attribute: str) -> bool | None:
    """Yes, no, or not said."""
    for value in attributes.get(attribute, ()):
        if isinstance(value.content, bool):
            return value.content
    return None


def members(attributes: Attributes, attribute: str) -> tuple[Attributes, ...]:
    """Every collection of an attribute."""
    found: list[Attributes] = []
    for value in attributes.get(attribute, ()):
        if value.tag == Tag.COLLECTION and isinstance(value.content, Mapping):
            inner: Attributes = value.content
            found.append(inner)
    return tuple(found)
