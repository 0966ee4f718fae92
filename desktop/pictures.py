"""Pictures from outside: opened safely, and measured before an officer looks at them.

Whatever is uploaded, scanned or read from a disk is opened here and nowhere else: kind, bytes and
pixels are looked at before anything is unpacked, so that a picture of a few kilobytes that claims
to be a wall is refused by its head.

The checks are quick measurements with Pillow that mark what looks wrong, as a help to the
officer's eye; none of them decides. Those on faces (where it lies, how many, eyes, tilt) follow
skin colours and were **calibrated on drawn people** only: they aren't a face detector.
"""

from __future__ import annotations

import io
import math
import struct
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageFilter, ImageOps

from desktop import skin
from desktop.domain.errors import Problem

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 24_000_000
Box = tuple[int, int, int, int]

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_JPEG_HEAD = b"\xff\xd8\xff"
_JPEG_SIZES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB})
_WORK_WIDTH = 480
_EYES = 0.0012
"""Least share of a face that is the white of its eyes."""


class PictureFault(StrEnum):
    """Why bytes aren't a picture that can be used."""

    EMPTY = "empty"
    TOO_MANY_BYTES = "too_many_bytes"
    UNKNOWN_KIND = "unknown_kind"
    TOO_MANY_PIXELS = "too_many_pixels"
    BROKEN = "broken"


class NotAPicture(Problem):
    """The bytes are no JPEG or PNG that can be opened."""

    kind: PictureFault


class PictureCheck(StrEnum):
    """What was measured."""

    SIZE = "size"
    SHAPE = "shape"
    BRIGHTNESS = "brightness"
    SHARPNESS = "sharpness"
    BACKGROUND_EVEN = "background_even"
    BACKGROUND_COLOUR = "background_colour"
    FACE = "face"
    ONE_FACE = "one_face"
    FACE_SIZE = "face_size"
    FACE_PLACE = "face_place"
    EYE_LINE = "eye_line"
    EYES = "eyes"
    TILT = "tilt"
    YAW = "yaw"
    MOUTH = "mouth"
    EXPOSURE = "exposure"
    INK = "ink"
    INK_INSIDE = "ink_inside"
    PAPER = "paper"


class Background(StrEnum):
    """The wall that the rules ask for."""

    BLUE = "blue"
    RED = "red"
    WHITE = "white"


@dataclass(frozen=True, slots=True)
class PictureFinding:
    """One measurement: its value, between which limits it should lie, and where to look."""

    check: PictureCheck
    value: float
    limit: tuple[float | None, float | None]
    passed: bool
    box: Box | None
    """Left, top, right, lower edge in pixels of the picture as `open_picture` gives it."""


def open_picture(data: bytes) -> Image.Image:
    """The picture, unpacked and turned upright.

    Raises NotAPicture for anything but a whole JPEG or PNG of bearable size.
    """
    size = _claimed_size(data)
    if size[0] * size[1] > MAX_PIXELS or 0 in size:
        raise NotAPicture(PictureFault.TOO_MANY_PIXELS)
    try:
        picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        picture.load()
        return ImageOps.exif_transpose(picture)
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        KeyError,
        struct.error,
        IndexError,
    ) as error:
        raise NotAPicture(PictureFault.BROKEN) from error


def encode_jpeg(picture: Image.Image, quality: int = 90) -> bytes:
    """The picture as JPEG with nothing of its former file in it."""
    packed = io.BytesIO()
    picture.convert("RGB").save(packed, "JPEG", quality=quality, subsampling=0)
    return packed.getvalue()


def encode_png(picture: Image.Image) -> bytes:
    """The picture as PNG."""
    packed = io.BytesIO()
    picture.save(packed, "PNG", compress_level=6)
    return packed.getvalue()


def check_portrait(
    data: bytes, *, background: Background = Background.BLUE
) -> tuple[PictureFinding, ...]:
    """Everything that is measured of a portrait, passed or not, in the order of PictureCheck.

    Raises NotAPicture.
    """
    picture = open_picture(data).convert("RGB")
    found = [*_size(picture, 300, 400), _shape(picture, 0.68, 0.85)]
    scale = picture.width / _WORK_WIDTH
    work = picture.resize(
        (_WORK_WIDTH, max(1, round(picture.height / scale))), Image.Resampling.BOX
    )
    ground = skin.wall(work)
    faces = skin.find_faces(work, ground)
    face = faces[0] if faces else None
    look_at = face or (work.width // 4, work.height // 5, work.width * 3 // 4, work.height * 2 // 3)
    found.append(_brightness(work, look_at, scale))
    found.append(_sharpness(work, look_at, scale, 66.0))
    top = (0, 0, picture.width, picture.height // 4)
    found.append(_finding(PictureCheck.BACKGROUND_EVEN, ground.even, 0.88, None, top))
    distance = skin.colour_distance(ground.colour, background.value)
    found.append(_finding(PictureCheck.BACKGROUND_COLOUR, distance, None, 34.0, top))
    found += _faces(work, faces, scale)
    return tuple(found)


def check_document(data: bytes) -> tuple[PictureFinding, ...]:
    """Size, light and sharpness of a scanned or photographed paper. Raises NotAPicture."""
    picture = open_picture(data).convert("RGB")
    scale = picture.width / 960
    work = picture.resize((960, max(1, round(picture.height / scale))), Image.Resampling.BOX)
    middle = (work.width // 6, work.height // 6, work.width * 5 // 6, work.height * 5 // 6)
    return (
        *_size(picture, 600, 380),
        _brightness(work, middle, scale),
        _sharpness(work, middle, scale, 30.0),
    )


def check_signature(data: bytes) -> tuple[PictureFinding, ...]:
    """Dark ink on light paper, all of it inside the picture. Raises NotAPicture."""
    picture = open_picture(data).convert("L")
    paper = _median(picture)
    ink = picture.point([255 if value < paper * 0.62 else 0 for value in range(256)])
    share = _mean(ink) / 255
    edges = ink.getbbox()
    margin = 0.0
    if edges is not None:
        gaps = (edges[0], edges[1], picture.width - edges[2], picture.height - edges[3])
        margin = min(gaps) / max(picture.size)
    return (
        *_size(picture, 200, 80),
        _finding(PictureCheck.INK, round(share, 4), 0.003, 0.25, edges),
        _finding(PictureCheck.INK_INSIDE, round(margin, 4), 0.004, None, edges),
        _finding(PictureCheck.PAPER, float(paper), 150.0, None, None),
    )


def _claimed_size(data: bytes) -> tuple[int, int]:
    """What the head of the file says, before anything is unpacked."""
    if not data:
        raise NotAPicture(PictureFault.EMPTY)
    if len(data) > MAX_BYTES:
        raise NotAPicture(PictureFault.TOO_MANY_BYTES)
    if data.startswith(_PNG_HEAD):
        if len(data) < 24 or data[12:16] != b"IHDR":
            raise NotAPicture(PictureFault.BROKEN)
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data.startswith(_JPEG_HEAD):
        return _jpeg_size(data)
    raise NotAPicture(PictureFault.UNKNOWN_KIND)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise NotAPicture(PictureFault.BROKEN)


def _finding(
    check: PictureCheck,
    value: float,
    low: float | None,
    high: float | None,
    box: Box | None,
) -> PictureFinding:
    passed = (low is None or value >= low) and (high is None or value <= high)
    return PictureFinding(check, value, (low, high), passed, box)


def _size(picture: Image.Image, width: int, height: int) -> tuple[PictureFinding, ...]:
    share = min(picture.width / width, picture.height / height)
    return (_finding(PictureCheck.SIZE, round(share, 3), 1.0, None, None),)


def _shape(picture: Image.Image, low: float, high: float) -> PictureFinding:
    return _finding(PictureCheck.SHAPE, round(picture.width / picture.height, 3), low, high, None)


def _brightness(work: Image.Image, box: Box, scale: float) -> PictureFinding:
    mean = _mean(work.convert("L").crop(box))
    return _finding(PictureCheck.BRIGHTNESS, round(mean, 1), 56.0, 190.0, _grown(box, scale))


def _sharpness(work: Image.Image, box: Box, scale: float, limit: float) -> PictureFinding:
    """The strength of the hardest edges: the level that one pixel in fifty exceeds.

    Averaged over 2 x 2 pixels first, so that the grain of a dark picture isn't taken for edges.
    """
    grey = work.convert("L").crop(box).reduce(2)
    grey = ImageOps.autocontrast(grey, cutoff=1)
    edges = grey.filter(
        ImageFilter.Kernel((3, 3), (0, -1, 0, -1, 4, -1, 0, -1, 0), scale=1, offset=128)
    )
    inner = edges.crop((1, 1, max(2, edges.width - 1), max(2, edges.height - 1)))
    counts = inner.histogram()
    strong, left = 0, sum(counts) // 50
    for distance in range(127, -1, -1):
        left -= counts[128 + distance] + counts[128 - distance]
        if left < 0:
            strong = distance
            break
    return _finding(PictureCheck.SHARPNESS, float(strong), limit, None, _grown(box, scale))


def _faces(work: Image.Image, faces: tuple[Box, ...], scale: float) -> list[PictureFinding]:
    whole = (0, 0, round(work.width * scale), round(work.height * scale))
    found = [_finding(PictureCheck.FACE, float(min(1, len(faces))), 1.0, None, whole)]
    if not faces:
        return found
    face, *others = faces
    second = _grown(others[0], scale) if others else None
    found.append(_finding(PictureCheck.ONE_FACE, float(len(faces)), None, 1.0, second))
    box = _grown(face, scale)
    wide = (face[2] - face[0]) / work.width
    found.append(_finding(PictureCheck.FACE_SIZE, round(wide, 3), 0.26, 0.72, box))
    off = abs((face[0] + face[2]) / 2 / work.width - 0.5)
    found.append(_finding(PictureCheck.FACE_PLACE, round(off, 3), None, 0.13, box))
    eyes = skin.find_eyes(work, face)
    share = 0.0 if eyes is None else eyes.share
    found.append(_finding(PictureCheck.EYES, round(share, 4), _EYES, None, box))
    if eyes is not None and eyes.share >= _EYES:
        (left_x, left_y), (right_x, right_y) = eyes.left, eyes.right
        angle = abs(math.degrees(math.atan2(right_y - left_y, max(1.0, right_x - left_x))))
        found.append(_finding(PictureCheck.TILT, round(angle, 1), None, 8.0, box))
    return found


def _mean(grey: Image.Image) -> float:
    counts = grey.histogram()
    return sum(level * count for level, count in enumerate(counts)) / max(1, sum(counts))


def _median(grey: Image.Image) -> int:
    left = sum(counts := grey.histogram()) // 2
    for level, count in enumerate(counts):
        left -= count
        if left < 0:
            return level
    return 255


def _grown(box: Box, scale: float) -> Box:
    left, top, right, low = (round(edge * scale) for edge in box)
    return left, top, right, low
