"""Good portraits of drawn people pass every check; each fault is caught by its own."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw

from desktop.domain.reasons import Accommodation
from desktop.faces import limits as faces_limits
from desktop.faces import models
from desktop.faces.checks import check_face
from desktop.faces.finder import finder
from desktop.faces.likeness import Likeness, compare
from desktop.faces.limits import Side, Unit, limits, shown, side_of
from desktop.pictures import Background, NotAPicture, PictureCheck, PictureFinding, encode_jpeg
from desktop.training.canvas import Pose
from desktop.training.painter import RED, Fault, draw, draw_again
from desktop.training.people import make_people

if TYPE_CHECKING:
    from desktop.training.people import Person

C = PictureCheck
PEOPLE = make_people(31, 24, today=date(2026, 3, 2))
OWN = {
    Fault.EYES_CLOSED: C.EYES,
    Fault.TWO_FACES: C.ONE_FACE,
    Fault.NO_FACE: C.FACE,
    Fault.TILTED: C.TILT,
    Fault.DARK: C.BRIGHTNESS,
    Fault.BRIGHT: C.BRIGHTNESS,
    Fault.BLURRED: C.SHARPNESS,
    Fault.WRONG_BACKGROUND: C.BACKGROUND_COLOUR,
    Fault.BUSY_BACKGROUND: C.BACKGROUND_EVEN,
    Fault.TOO_SMALL: C.FACE_SIZE,
}


def failed(findings: tuple[PictureFinding, ...]) -> set[PictureCheck]:
    return {finding.check for finding in findings if not finding.passed}


def of(person: Person, *faults: Fault, pose: Pose | None = None) -> tuple[PictureFinding, ...]:
    return check_face(encode_jpeg(draw(person, faults=faults, pose=pose)))


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: str(person.seed))
def test_a_good_portrait_passes_every_check(person: Person) -> None:
    assert failed(of(person)) == set()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_none_of_three_hundred_good_portraits_is_refused_and_each_fault_is_caught() -> None:
    people = make_people(11, 320, today=date(2026, 3, 2))
    refused = [person.seed for person in people if failed(of(person))]
    assert refused == []
    missed = [
        (fault, person.seed)
        for fault, own in OWN.items()
        for person in people[:60]
        if own not in failed(of(person, fault))
    ]
    assert missed == []


def test_each_fault_of_the_painter_has_its_check() -> None:
    assert set(OWN) == set(Fault)


@pytest.mark.parametrize("fault", list(Fault))
def test_each_fault_is_caught_by_its_own_check(fault: Fault) -> None:
    for person in PEOPLE[:5]:
        assert OWN[fault] in failed(of(person, fault))


@pytest.mark.parametrize(
    ("pose", "check", "side"),
    [
        (Pose(yaw=22), C.YAW, Side.HIGH),
        (Pose(yaw=-22), C.YAW, Side.LOW),
        (Pose(roll=11), C.TILT, Side.HIGH),
        (Pose(roll=-11), C.TILT, Side.LOW),
        (Pose(dx=0.75), C.FACE_PLACE, Side.HIGH),
        (Pose(dx=-0.75), C.FACE_PLACE, Side.LOW),
        (Pose(dy=1.0), C.EYE_LINE, Side.HIGH),
        (Pose(dy=-1.2), C.EYE_LINE, Side.LOW),
        (Pose(size=0.6), C.FACE_SIZE, Side.LOW),
        (Pose(size=1.65, dy=0.2), C.FACE_SIZE, Side.HIGH),
    ],
)
def test_a_wrong_pose_is_caught_on_its_side(pose: Pose, check: PictureCheck, side: Side) -> None:
    for person in PEOPLE[:3]:
        (finding,) = [each for each in of(person, pose=pose) if each.check is check]
        assert side_of(finding) is side


def test_an_open_mouth_is_caught_where_the_mouth_is() -> None:
    caught = 0
    for person in PEOPLE[:6]:
        picture = draw(person)
        pixels = np.asarray(picture)
        points = finder().mesh(pixels, finder().faces(pixels)[0]).points
        x, y = (float(points[13, 0]), float(points[13, 1]))
        wide = float(np.linalg.norm(points[78, :2] - points[308, :2])) * 0.36
        pen = ImageDraw.Draw(picture)
        pen.ellipse((x - wide, y - wide * 0.5, x + wide, y + wide * 1.9), fill=(52, 16, 18))
        findings = {each.check: each for each in check_face(encode_jpeg(picture))}
        assert findings[C.MOUTH].box is not None
        caught += not findings[C.MOUTH].passed
    assert caught >= 4, "the mesh sees most painted mouths; it was made for real ones"


def test_one_shut_eye_is_enough_and_is_the_one_that_is_marked() -> None:
    open_eyes, shut = draw(PEOPLE[0]), draw(PEOPLE[0], faults=(Fault.EYES_CLOSED,))
    half = (0, 0, 240, 640)
    open_eyes.paste(shut.crop(half), half[:2])
    (eyes,) = [each for each in check_face(encode_jpeg(open_eyes)) if each.check is C.EYES]
    assert not eyes.passed
    assert eyes.box is not None
    assert eyes.box[2] < 250


def test_both_shut_eyes_are_marked_as_both() -> None:
    (eyes,) = [each for each in of(PEOPLE[0], Fault.EYES_CLOSED) if each.check is C.EYES]
    assert not eyes.passed
    assert eyes.box is not None
    assert eyes.box[0] < 230 < 250 < eyes.box[2]


def test_nothing_is_said_of_eyes_that_can_t_be_seen() -> None:
    for fault in (Fault.DARK, Fault.BLURRED, Fault.BRIGHT, Fault.NO_FACE):
        assert C.EYES not in {each.check for each in of(PEOPLE[1], fault)}


def test_the_wall_s_colour_is_the_one_asked_for() -> None:
    data = encode_jpeg(draw(PEOPLE[2], background=RED))
    assert C.BACKGROUND_COLOUR in failed(check_face(data))
    assert C.BACKGROUND_COLOUR not in failed(check_face(data, background=Background.RED))


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(NotAPicture):
        check_face(b"not a picture")


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (40, 40), (2000, 2600)])
def test_odd_sizes_are_judged_and_never_crash(size: tuple[int, int]) -> None:
    assert check_face(encode_jpeg(draw(PEOPLE[0]).resize(size)))


def test_noise_and_stripes_are_no_face() -> None:
    rng = np.random.default_rng(5)
    noise = Image.fromarray(rng.integers(0, 256, (640, 480, 3), dtype=np.uint8))
    assert C.FACE in failed(check_face(encode_jpeg(noise)))
    assert C.FACE in failed(check_face(encode_jpeg(Image.new("RGB", (480, 640)))))


def test_a_failed_value_never_reads_like_its_limit() -> None:
    limit = limits().of[C.EYES]
    assert limit.low is not None
    just = limit.judged(C.EYES, limit.low - 0.0004, None)
    told = shown(just)
    assert told is not None
    assert not just.passed
    assert told.unit is Unit.PERCENT
    assert told.low is not None
    assert told.value < told.low


def test_every_check_has_a_limit_that_says_what_it_was_calibrated_on() -> None:
    assert limits().calibrated_on == "drawn people"
    judged = {each.check for each in of(PEOPLE[3])}
    assert judged == set(limits().of)


def test_a_need_excuses_what_it_explains_and_no_more() -> None:
    shut, dark = of(PEOPLE[0], Fault.EYES_CLOSED), of(PEOPLE[0], Fault.DARK)
    assert limits().excuses(Accommodation.EYE_CLOSED, shut)
    assert not limits().excuses(Accommodation.EYE_CLOSED, dark)
    assert not limits().excuses(Accommodation.WHEELCHAIR, shut)


def test_a_changed_model_file_isn_t_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(models, "FOLDER", tmp_path)
    (tmp_path / models.LANDMARKS).write_bytes(b"something else")  # type: ignore[operator]
    with pytest.raises(models.ModelChanged):
        models.bytes_of(models.LANDMARKS)


def test_a_limit_of_an_unknown_check_is_refused(tmp_path: object) -> None:
    text = faces_limits.FILE.read_text("utf-8").replace("[limit.EYES]", "[limit.EARS]")
    file = tmp_path / "limits.toml"  # type: ignore[operator]
    file.write_text(text, "utf-8")
    with pytest.raises(KeyError):
        faces_limits.read_limits(file)


def test_two_pictures_of_a_drawn_person_are_nearer_than_two_people() -> None:
    """In the median: nothing is claimed of anybody, drawn or real."""
    first = [encode_jpeg(draw(person)) for person in PEOPLE[:6]]
    again = [encode_jpeg(draw_again(person, 1)) for person in PEOPLE[:6]]
    same = sorted(_distance(one, two) for one, two in zip(first, again, strict=True))
    other = sorted(_distance(first[at], again[at - 1]) for at in range(6))
    assert same[3] < other[2]


def test_a_picture_without_a_face_has_no_score() -> None:
    face = encode_jpeg(draw(PEOPLE[0]))
    assert compare(face, encode_jpeg(draw(PEOPLE[0], faults=(Fault.NO_FACE,)))) is None
    assert compare(b"nothing", face) is None
    assert Likeness(0.0).score == 100
    assert Likeness(0.6).score == 50
    assert Likeness(5.0).score == 0


def _distance(one: bytes, other: bytes) -> float:
    found = compare(one, other)
    assert found is not None
    return found.distance


def test_findings_are_frozen_facts() -> None:
    (first, *_) = of(PEOPLE[4])
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.value = 1.0  # type: ignore[misc]
