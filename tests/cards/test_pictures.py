"""Uploaded bytes are opened safely, and a faulty portrait is marked."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import date

import pytest
from PIL import Image

from desktop.pictures import (
    MAX_BYTES,
    Background,
    NotAPicture,
    PictureCheck,
    PictureFault,
    PictureFinding,
    check_document,
    check_portrait,
    check_signature,
    encode_jpeg,
    encode_png,
    open_picture,
)
from desktop.training.look import Hair
from desktop.training.office import PEOPLE as OFFICE_PEOPLE
from desktop.training.office import PEOPLE_SEED
from desktop.training.painter import BLUE, RED, WHITE, Fault, draw
from desktop.training.people import make_people
from desktop.training.uploads import draw_ktp, draw_ktp_photo, draw_signature_paper

PEOPLE = make_people(7, 12, today=date(2026, 3, 2))


def failed(findings: tuple[PictureFinding, ...]) -> set[PictureCheck]:
    return {finding.check for finding in findings if not finding.passed}


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb() -> bytes:
    """A few hundred bytes that say they are a wall of 60,000 by 60,000 pixels."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(bytes(4000)))
        + _chunk(b"IEND", b"")
    )


GOOD = encode_jpeg(draw(PEOPLE[0]))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", PictureFault.EMPTY),
        (b"%PDF-1.7 not a picture", PictureFault.UNKNOWN_KIND),
        (b"GIF89a" + bytes(100), PictureFault.UNKNOWN_KIND),
        (b"\xff\xd8\xff" + bytes(40), PictureFault.BROKEN),
        (b"\x89PNG\r\n\x1a\n", PictureFault.BROKEN),
        (GOOD[: len(GOOD) // 2], PictureFault.BROKEN),
        (GOOD[:200], PictureFault.BROKEN),
        (bytes(MAX_BYTES + 1), PictureFault.TOO_MANY_BYTES),
        (bomb(), PictureFault.TOO_MANY_PIXELS),
    ],
    ids=["empty", "pdf", "gif", "jpeg-head", "png-head", "half", "start", "bytes", "bomb"],
)
def test_what_is_no_picture_is_refused(data: bytes, kind: PictureFault) -> None:
    with pytest.raises(NotAPicture) as refused:
        open_picture(data)
    assert refused.value.kind is kind


def test_any_cut_of_a_picture_is_refused_or_opened_but_never_crashes() -> None:
    small = encode_png(draw(PEOPLE[0]).resize((48, 64)))
    for length in range(0, len(small), 61):
        try:
            picture = open_picture(small[:length])
        except NotAPicture:
            continue
        assert picture.size == (48, 64)


def test_a_telephone_s_turned_picture_stands_upright() -> None:
    packed = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    draw(PEOPLE[0]).rotate(90, expand=True).save(packed, "JPEG", exif=exif)
    assert open_picture(packed.getvalue()).size == (480, 640)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: str(person.seed))
def test_a_good_portrait_passes_every_check(person: object) -> None:
    assert failed(check_portrait(encode_jpeg(draw(person)))) == set()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "checks"),
    [
        (Fault.EYES_CLOSED, {PictureCheck.EYES}),
        (
            Fault.TWO_FACES,
            {
                PictureCheck.ONE_FACE,
                PictureCheck.FACE_SIZE,
                PictureCheck.TILT,
                PictureCheck.EYES,
                PictureCheck.FACE_PLACE,
            },
        ),
        (Fault.NO_FACE, {PictureCheck.FACE}),
        (Fault.TILTED, {PictureCheck.TILT, PictureCheck.EYES}),
        (Fault.DARK, {PictureCheck.BRIGHTNESS}),
        (Fault.BRIGHT, {PictureCheck.BRIGHTNESS, PictureCheck.BACKGROUND_COLOUR}),
        (Fault.BLURRED, {PictureCheck.SHARPNESS}),
        (Fault.WRONG_BACKGROUND, {PictureCheck.BACKGROUND_COLOUR}),
        (Fault.BUSY_BACKGROUND, {PictureCheck.BACKGROUND_EVEN}),
        (Fault.TOO_SMALL, {PictureCheck.FACE_SIZE}),
    ],
)
def test_a_fault_is_found_in_most_portraits(fault: Fault, checks: set[PictureCheck]) -> None:
    """These are helps to the eye, so a few may slip through; each found fault has its mark."""
    found = 0
    for person in PEOPLE:
        findings = check_portrait(encode_jpeg(draw(person, faults=(fault,))))
        found += bool(failed(findings) & checks)
    assert found >= len(PEOPLE) - 2


def test_a_found_fault_shows_where() -> None:
    findings = check_portrait(encode_jpeg(draw(PEOPLE[1], faults=(Fault.EYES_CLOSED,))))
    (eyes,) = [finding for finding in findings if finding.check is PictureCheck.EYES]
    assert not eyes.passed
    assert eyes.box is not None
    left, top, right, low = eyes.box
    assert left < 240 < right
    assert top < 290 < low


@pytest.mark.parametrize(
    ("colour", "background"),
    [(BLUE, Background.BLUE), (RED, Background.RED), (WHITE, Background.WHITE)],
)
def test_the_wall_s_colour_is_the_one_asked_for(
    colour: tuple[int, int, int], background: Background
) -> None:
    data = encode_jpeg(draw(PEOPLE[2], background=colour))
    for asked in Background:
        wrong = PictureCheck.BACKGROUND_COLOUR in failed(check_portrait(data, background=asked))
        assert wrong == (asked is not background)


def test_a_small_or_wide_picture_is_named() -> None:
    small = encode_jpeg(draw(PEOPLE[3]).resize((150, 150)))
    assert {PictureCheck.SIZE, PictureCheck.SHAPE} <= failed(check_portrait(small))


def test_papers_are_checked_for_light_and_sharpness() -> None:
    assert failed(check_document(encode_jpeg(draw_ktp(PEOPLE[0])))) == set()
    assert failed(check_document(encode_jpeg(draw_ktp_photo(PEOPLE[0])))) == set()
    dark = encode_jpeg(draw_ktp_photo(PEOPLE[0], faults=(Fault.DARK,)))
    assert PictureCheck.BRIGHTNESS in failed(check_document(dark))
    blurred = encode_jpeg(draw_ktp_photo(PEOPLE[0], faults=(Fault.BLURRED,)))
    assert PictureCheck.SHARPNESS in failed(check_document(blurred))


def test_a_signature_on_paper() -> None:
    assert failed(check_signature(encode_png(draw_signature_paper(PEOPLE[0])))) == set()
    blank = encode_png(Image.new("RGB", (600, 240), (236, 234, 228)))
    assert PictureCheck.INK in failed(check_signature(blank))


def test_no_drawn_head_cover_is_taken_for_skin() -> None:
    """Who wears one is told so of nothing but the face; every cover of the training office."""
    people = make_people(PEOPLE_SEED, OFFICE_PEOPLE, today=date(2026, 3, 2))
    covered = [person for person in people if person.look.hair is Hair.HIJAB]
    assert len({person.look.cover for person in covered}) > 5
    for person in covered:
        assert failed(check_portrait(encode_jpeg(draw(person)))) == set(), person.seed
