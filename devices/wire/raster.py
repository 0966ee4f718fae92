"""Pages as exact dots: PWG Raster (PWG 5102.4) and URF, written and read.

Both are what a spooler hands to a driverless printer in the end. A picture that is handed over in
one of them passes through the queue dot for dot; one that is handed over as a page of millimetres
is drawn anew, and may come out a dot wider. Reading them is for the simulators, which stand at
the far end and turn what arrives back into pictures.

Pages are 8-bit grey ("L") or colour ("RGB") Pillow images. Compression of a line: a count of equal
lines, then runs of equal dots and stretches of unequal ones (PWG 5102.4, 4.2.2).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

PWG = "image/pwg-raster"
URF = "image/urf"

_PWG_SYNC = b"RaS2"
_PWG_HEAD = 1796
_URF_SYNC = b"UNIRAST\x00"
_URF_HEAD = 32
_CHANNELS = {"L": 1, "RGB": 3}
_PWG_SPACES = {18: "L", 19: "RGB"}
_URF_SPACES = {0: "L", 1: "RGB"}
LARGEST = 200_000_000
"""Bytes of one page that are believed."""


class RasterGarbled(ValueError):
    """These bytes are no such raster."""


@dataclass(frozen=True, slots=True)
class Page:
    """One side as it arrived."""

    image: Image
    dpi: int


def write_pwg(
    pages: Sequence[Image], dpi: int, *, two_sided: bool = False, tumble: bool = False
) -> bytes:
    """PWG raster of pages that are "L" or "RGB"."""
    out = bytearray(_PWG_SYNC)
    for page in pages:
        out += _pwg_head(page, dpi, len(pages), two_sided, tumble)
        _put_lines(out, page)
    return bytes(out)


def write_urf(
    pages: Sequence[Image], dpi: int, *, two_sided: bool = False, tumble: bool = False
) -> bytes:
    """URF of pages that are "L" or "RGB"."""
    out = bytearray(_URF_SYNC) + len(pages).to_bytes(4, "big")
    duplex = (2 if tumble else 3) if two_sided else 1
    for page in pages:
        depth = _CHANNELS[page.mode] * 8
        space = 0 if page.mode == "L" else 1
        out += struct.pack(">4B8xIII8x", depth, space, duplex, 4, page.width, page.height, dpi)
        _put_lines(out, page)
    return bytes(out)


def read_raster(raw: bytes) -> list[Page]:
    """The pages of either format. Raises RasterGarbled."""
    if raw[:4] == _PWG_SYNC:
        return list(_read_pwg(raw))
    if raw[:8] == _URF_SYNC:
        return list(_read_urf(raw))
    raise RasterGarbled("neither PWG nor URF")


def _pwg_head(page: Image, dpi: int, count: int, two_sided: bool, tumble: bool) -> bytes:
    channels = _CHANNELS[page.mode]
    points = [round(side * 72 / dpi) for side in page.size]
    head = bytearray(_PWG_HEAD)
    head[0:9] = b"PwgRaster"

    def put(offset: int, *numbers: int) -> None:
        struct.pack_into(f">{len(numbers)}I", head, offset, *numbers)

    put(272, int(two_sided), dpi, dpi)
    put(340, 1)  # copies
    put(352, *points)
    put(368, int(tumble), page.width, page.height)
    put(384, 8, 8 * channels, page.width * channels, 0, 18 if page.mode == "L" else 19)
    put(420, channels)
    put(452, count, 1, 1)
    return bytes(head)


def _put_lines(out: bytearray, page: Image) -> None:
    size = _CHANNELS[page.mode]
    stride = page.width * size
    raw = page.tobytes()
    lines = [raw[at : at + stride] for at in range(0, len(raw), stride)]
    at = 0
    while at < len(lines):
        same = 1
        while same < 256 and at + same < len(lines) and lines[at + same] == lines[at]:
            same += 1
        out.append(same - 1)
        _put_line(out, lines[at], size)
        at += same


def _put_line(out: bytearray, line: bytes, size: int) -> None:
    dots = [line[at : at + size] for at in range(0, len(line), size)]
    at, count = 0, len(dots)
    while at < count:
        run = 1
        while run < 128 and at + run < count and dots[at + run] == dots[at]:
            run += 1
        if run > 1:
            out.append(run - 1)
            out += dots[at]
            at += run
            continue
        end = at + 1
        while end - at < 128 and end < count and (end + 1 >= count or dots[end] != dots[end + 1]):
            end += 1
        if end - at == 1:
            out.append(0)
        else:
            out.append(257 - (end - at))
        out += line[at * size : end * size]
        at = end


def _read_pwg(raw: bytes) -> Iterator[Page]:
    at = 4
    while at < len(raw):
        head = raw[at : at + _PWG_HEAD]
        if len(head) != _PWG_HEAD:
            raise RasterGarbled("a short header")
        (dpi,) = struct.unpack_from(">I", head, 276)
        width, height = struct.unpack_from(">2I", head, 372)
        depth, _line, order, space = struct.unpack_from(">4I", head, 388)
        mode = _PWG_SPACES.get(space)
        if mode is None or depth != 8 * _CHANNELS[mode] or order:
            raise RasterGarbled("neither grey nor colour of 8 bits")
        image, at = _take_lines(raw, at + _PWG_HEAD, width, height, mode)
        yield Page(image, dpi)


def _read_urf(raw: bytes) -> Iterator[Page]:
    at = 12  # the count of pages is 0 where the writer didn't know it
    while at < len(raw):
        head = raw[at : at + _URF_HEAD]
        if len(head) != _URF_HEAD:
            raise RasterGarbled("a short header")
        width, height, dpi = struct.unpack_from(">3I", head, 12)
        mode = _URF_SPACES.get(head[1])
        if mode is None or head[0] != 8 * _CHANNELS[mode]:
            raise RasterGarbled("neither grey nor colour of 8 bits")
        image, at = _take_lines(raw, at + _URF_HEAD, width, height, mode)
        yield Page(image, dpi)


def _take_lines(raw: bytes, at: int, width: int, height: int, mode: str) -> tuple[Image, int]:
    from PIL import Image

    size = _CHANNELS[mode]
    stride = width * size
    if not 0 < stride * height <= LARGEST:
        raise RasterGarbled("an absurd size")
    out = bytearray()
    while len(out) < stride * height:
        if at >= len(raw):
            raise RasterGarbled("too few lines")
        repeat = raw[at] + 1
        line, at = _take_line(raw, at + 1, stride, size)
        out += line * repeat
    return Image.frombytes(mode, (width, height), bytes(out[: stride * height])), at


def _take_line(raw: bytes, at: int, stride: int, size: int) -> tuple[bytes, int]:
    line = bytearray()
    while len(line) < stride:
        if at >= len(raw):
            raise RasterGarbled("a short line")
        control = raw[at]
        at += 1
        if control == 128:
            line += b"\xff" * (stride - len(line))
        elif control < 128:
            line += raw[at : at + size] * (control + 1)
            at += size
        else:
            count = (257 - control) * size
            line += raw[at : at + count]
            at += count
        if at > len(raw):
            raise RasterGarbled("a short line")
    return bytes(line[:stride]), at


def flat(pictures: Iterable[bytes]) -> list[Image]:
    """PNG pictures as pages: on white where they are transparent. ValueError for anything else."""
    from io import BytesIO

    from PIL import Image as Pillow

    pages: list[Image] = []
    for picture in pictures:
        with Pillow.open(BytesIO(picture), formats=("PNG",)) as image:
            image.load()
            if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
                shown = image.convert("RGBA")
                paper = Pillow.new("RGB", image.size, "white")
                paper.paste(shown, mask=shown.getchannel("A"))
                pages.append(paper)
            else:
                pages.append(image.convert("RGB"))
    return pages
