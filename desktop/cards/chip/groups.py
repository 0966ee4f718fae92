"""The files of a driving licence's chip, as ISO/IEC 18013-2 numbers and tags them.

    EF.COM 001E 60   version and which groups there are
    DG1    0001 61   the text that every licence has, and its categories (5F1F, 7F63)
    DG2    0002 6B   more of the holder: place of birth, sex, address
    DG3    0003 6C   more of the office: its name, its region, the blank's serial (tags of our own)
    DG4    0004 65   portrait, JPEG (5F40)
    DG5    0005 67   signature, JPEG (5F43)
    DG11   000B 6D   what only this country asks: the same facts text by text (53)
    EF.SOD 001D 77   the hashes of all groups, signed

An *image* is all of it in one row of bytes, each file beginning with its own tag: what is written,
read back, compared, and digested into the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desktop.cards.chip import tlv
from desktop.cards.chip.tlv import ChipUnreadable

COM, SOD = 0x1E, 0x1D
TAGS = {COM: 0x60, 1: 0x61, 2: 0x6B, 3: 0x6C, 4: 0x65, 5: 0x67, 11: 0x6D, SOD: 0x77}
"""File numbers and the tag with which each file begins, in the order of an image."""
GROUPS = tuple(number for number in TAGS if number not in {COM, SOD})
NUMBERS = {tag: number for number, tag in TAGS.items()}

VERSION = b"\x01\x00"
COUNTRY = b"IDN"
_TEXT, _CATEGORIES = 0x5F1F, 0x7F63
_BIRTH_PLACE, _SEX, _ADDRESS = 0x5F11, 0x5F35, 0x5F42
_OFFICE, _POLDA, _SERIAL = 0x5F51, 0x5F52, 0x5F53
_COUNT, _CATEGORY, _FORMAT = 0x02, 0x87, 0x89
_PORTRAIT, _SIGNATURE = 0x5F40, 0x5F43
_DOMESTIC = 0x53
_JPEG = b"\x03"


@dataclass(frozen=True, slots=True)
class ChipRecord:
    """Everything that a chip is to say."""

    number: str
    name: str
    birth_date: date
    birth_place: str
    sex: int
    """ISO/IEC 5218: 1 male, 2 female."""
    address: str
    licence_class: str
    issued_on: date
    valid_until: date
    office: str
    polda: str
    serial: str
    portrait: bytes
    signature: bytes
    domestic: bytes
    """The facts as `documents.sim.chip_content` has them, in RFC 8785."""


@dataclass(frozen=True, slots=True)
class ChipContents:
    """What a chip says, taken out of its files."""

    number: str
    name: str
    birth_date: date
    issued_on: date
    valid_until: date
    licence_class: str
    serial: str
    portrait: bytes
    signature: bytes
    domestic: bytes


def groups_of(record: ChipRecord) -> dict[int, bytes]:
    """Each data group's whole file."""
    days = b"".join(_bcd(day) for day in (record.birth_date, record.issued_on, record.valid_until))
    text = (
        _short(record.name)
        + _short("")
        + days
        + COUNTRY
        + _short(record.office)
        + _short(record.number)
    )
    privilege = b";".join(
        (
            record.licence_class.encode(),
            _bcd(record.issued_on),
            _bcd(record.valid_until),
            b"",
            b"",
            b"",
        )
    )
    categories = tlv.write(_COUNT, b"\x01") + tlv.write(_CATEGORY, privilege)
    inside = {
        1: tlv.write(_TEXT, text) + tlv.write(_CATEGORIES, categories),
        2: tlv.write(_BIRTH_PLACE, record.birth_place.encode())
        + tlv.write(_SEX, bytes((record.sex,)))
        + tlv.write(_ADDRESS, record.address.encode()),
        3: tlv.write(_OFFICE, record.office.encode())
        + tlv.write(_POLDA, record.polda.encode())
        + tlv.write(_SERIAL, record.serial.encode()),
        4: tlv.write(_COUNT, b"\x01")
        + tlv.write(_FORMAT, _JPEG)
        + tlv.write(_PORTRAIT, record.portrait),
        11: tlv.write(_DOMESTIC, record.domestic),
    }
    if record.signature:
        inside[5] = tlv.write(_FORMAT, _JPEG) + tlv.write(_SIGNATURE, record.signature)
    return {
        number: tlv.write(TAGS[number], inside[number]) for number in GROUPS if number in inside
    }


def common(present: Mapping[int, bytes]) -> bytes:
    """EF.COM for these groups."""
    tags = bytes(TAGS[number] for number in GROUPS if number in present)
    return tlv.write(TAGS[COM], tlv.write(0x5F01, VERSION) + tlv.write(0x5C, tags))


def listed(com: bytes) -> list[int]:
    """The groups that EF.COM names. Raises ChipUnreadable for one that we wouldn't write."""
    told = tlv.children(com, TAGS[COM]).get(0x5C, b"")
    numbers = [NUMBERS.get(tag, 0) for tag in told]
    if common(dict.fromkeys(numbers, b"")) != com:
        raise ChipUnreadable("EF.COM")
    return numbers


def image_of(files: Mapping[int, bytes]) -> bytes:
    """All files in one row of bytes."""
    return b"".join(files[number] for number in TAGS if number in files)


def files_in(image: bytes) -> dict[int, bytes]:
    """An image's files. Raises ChipUnreadable unless it is one, each file once and in order."""
    files: dict[int, bytes] = {}
    place = 0
    while place < len(image):
        tag, _, after = tlv.read(image, place)
        number = NUMBERS.get(tag)
        if number is None or number in files:
            raise ChipUnreadable(f"{tag:02X}")
        files[number] = image[place:after]
        place = after
    if image_of(files) != image:
        raise ChipUnreadable("order")
    return files


def contents(files: Mapping[int, bytes]) -> ChipContents:
    """What the groups say. Raises ChipUnreadable."""
    try:
        first = tlv.children(files[1], TAGS[1])
        office = tlv.children(files[3], TAGS[3])
        picture = tlv.children(files[4], TAGS[4])
        drawn = tlv.children(files[5], TAGS[5]) if 5 in files else {}
        domestic = tlv.children(files[11], TAGS[11])
        name, rest = _take(first[_TEXT])
        given, rest = _take(rest)
        birth, issued, until = (_day(rest[at : at + 4]) for at in (0, 4, 8))
        _, rest = _take(rest[12 + len(COUNTRY) :])
        number, rest = _take(rest)
        privilege = dict(tlv.read_all(first[_CATEGORIES]))[_CATEGORY]
        if rest or given:
            raise ChipUnreadable("DG1")
        return ChipContents(
            number=number,
            name=name,
            birth_date=birth,
            issued_on=issued,
            valid_until=until,
            licence_class=privilege.split(b";")[0].decode(),
            serial=office[_SERIAL].decode(),
            portrait=picture[_PORTRAIT],
            signature=drawn.get(_SIGNATURE, b""),
            domestic=domestic[_DOMESTIC],
        )
    except (KeyError, ValueError, IndexError) as error:
        raise ChipUnreadable("data group") from error


def _short(text: str) -> bytes:
    raw = text.encode()
    if len(raw) > 0xFF:
        raise ValueError("longer than DG1 can say")
    return bytes((len(raw),)) + raw


def _take(raw: bytes) -> tuple[str, bytes]:
    count = raw[0]
    if len(raw) < 1 + count:
        raise ValueError("cut off")
    return raw[1 : 1 + count].decode(), raw[1 + count :]


def _bcd(day: date) -> bytes:
    return bytes.fromhex(day.strftime("%Y%m%d"))


def _day(raw: bytes) -> date:
    return date.fromisoformat(raw.hex())
