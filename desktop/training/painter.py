"""Draws people: portraits as the rules want them, selfies, and every way a picture goes wrong.

A portrait is drawn from a `Look`, never from a photograph of anybody. The same person, pose and
light give the same pixels; another pose or light gives another picture of the same person.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from enum import StrEnum

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from desktop.training import clothes, cover, face, hair
from desktop.training.canvas import SCALE, Canvas, Frame, Pixel, Pose, deep, ellipse, shade, smooth
from desktop.training.eyes import EYE_Z
from desktop.training.look import Colour, Hair, Look
from desktop.training.people import Person

PORTRAIT = (480, 640)
BLUE: Colour = (38, 92, 174)
RED: Colour = (196, 34, 40)
WHITE: Colour = (240, 241, 243)
_ROOM: Colour = (186, 178, 164)
_SELFIE_SIZE = 1.22
_TILT = 17.0


class Fault(StrEnum):
    """What can be wrong with a portrait."""

    EYES_CLOSED = "eyes_closed"
    TWO_FACES = "two_faces"
    NO_FACE = "no_face"
    TILTED = "tilted"
    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"
    WRONG_BACKGROUND = "wrong_background"
    BUSY_BACKGROUND = "busy_background"
    TOO_SMALL = "too_small"


@dataclass(frozen=True, slots=True)
class Light:
    """How a picture is lit."""

    side: float = -0.35
    """-1 from the viewer's left to 1 from the right."""
    level: float = 1.0
    warmth: float = 0.0
    """-1 blue to 1 yellow."""
    noise: int = 5
    """Grains of the sensor, in grey levels."""


STUDIO = Light()
LAMP = Light(side=0.5, level=0.93, warmth=0.5, noise=9)
WINDOW = Light(side=-0.8, level=1.06, warmth=-0.35, noise=7)


def draw(
    person: Person,
    *,
    pose: Pose | None = None,
    light: Light = STUDIO,
    faults: tuple[Fault, ...] = (),
    background: Colour = BLUE,
    size: Pixel = PORTRAIT,
) -> Image.Image:
    """A portrait of the person, RGB.

    Without a pose the person sits as asked, a degree or two off as people do.
    """
    rng = random.Random(person.seed)
    sitting = pose or Pose(
        yaw=rng.randrange(-30, 31) / 10,
        pitch=rng.randrange(-20, 21) / 10,
        roll=rng.randrange(-12, 13) / 10,
        smile=rng.randrange(0, 45) / 100,
    )
    if Fault.EYES_CLOSED in faults:
        sitting = replace(sitting, lids=0.0)
    if Fault.TILTED in faults:
        sitting = replace(sitting, roll=_TILT if rng.random() < 0.5 else -_TILT)
    if Fault.TOO_SMALL in faults:
        sitting = replace(sitting, size=0.42, dy=1.2)
    if Fault.WRONG_BACKGROUND in faults:
        background = _ROOM
    canvas = Canvas(size, background)
    _paint_ground(canvas, background, light, busy=Fault.BUSY_BACKGROUND in faults, rng=rng)
    unit = size[1] * 0.1495
    centre = (size[0] // 2, round(size[1] * 0.452))
    if Fault.TWO_FACES in faults:
        other = replace(person.look, seed=person.look.seed + 1, glasses=0, hair=Hair.CROP)
        behind = Pose(size=0.74, dx=1.55, dy=-0.35, yaw=-6, roll=4)
        _paint_person(
            canvas, replace(other, woman=False), Frame(centre, unit, behind), behind, light
        )
        sitting = replace(sitting, dx=sitting.dx - 0.55)
    if Fault.NO_FACE not in faults:
        _paint_person(canvas, person.look, Frame(centre, unit, sitting), sitting, light)
    picture = canvas.finish()
    picture = _lit(picture, light)
    if Fault.DARK in faults:
        picture = picture.point([value * 30 // 100 for value in range(256)] * 3)
    if Fault.BRIGHT in faults:
        picture = picture.point([min(255, 120 + value * 9 // 10) for value in range(256)] * 3)
    if Fault.BLURRED in faults:
        picture = picture.filter(ImageFilter.GaussianBlur(size[1] / 110))
    return _grained(picture, light.noise, rng)


def draw_again(person: Person, number: int, *, background: Colour = BLUE) -> Image.Image:
    """The same person on another day: another pose and light, by number."""
    rng = random.Random(person.seed * 1000 + number)
    pose = Pose(
        yaw=rng.randrange(-120, 121) / 10,
        pitch=rng.randrange(-60, 61) / 10,
        roll=rng.randrange(-50, 51) / 10,
        size=rng.randrange(92, 106) / 100,
        smile=rng.randrange(-10, 90) / 100,
        lids=rng.randrange(82, 108) / 100,
    )
    light = Light(
        side=rng.randrange(-80, 81) / 100,
        level=rng.randrange(82, 112) / 100,
        warmth=rng.randrange(-50, 51) / 100,
        noise=4 + rng.randrange(8),
    )
    return draw(person, pose=pose, light=light, background=background)


def selfie(person: Person, *, light: Light = LAMP) -> Image.Image:
    """As a telephone takes it at home: near, from below, in front of a room."""
    rng = random.Random(person.seed + 77)
    pose = Pose(
        yaw=rng.randrange(-110, 111) / 10,
        pitch=rng.randrange(20, 70) / 10,
        roll=rng.randrange(-60, 61) / 10,
        size=_SELFIE_SIZE,
        dx=rng.randrange(-20, 21) / 100,
        smile=0.6,
    )
    return draw(
        person,
        pose=pose,
        light=light,
        faults=(Fault.BUSY_BACKGROUND,),
        background=_ROOM,
        size=(540, 720),
    )


def _paint_person(canvas: Canvas, look: Look, frame: Frame, pose: Pose, light: Light) -> None:
    side = light.side
    covered = look.hair is Hair.HIJAB
    hair.paint_back(canvas, look, frame)
    if not covered:
        face.paint_neck(canvas, look, frame, side)
    clothes.paint_clothes(canvas, look, frame, side)
    mask: Image.Image | None = None
    before: Image.Image | None = None
    if covered:
        mask = cover.paint_cover(canvas, look, frame, side)
        before = canvas.image.copy()
    else:
        face.paint_ears(canvas, look, frame)
    face.paint_face(canvas, look, frame, pose, side)
    if mask is not None and before is not None:
        cover.close_cover(canvas, look, frame, before, mask)
    hair.paint_front(canvas, look, frame, side)
    if look.glasses:
        _paint_glasses(canvas, look, frame)


def _paint_glasses(canvas: Canvas, look: Look, frame: Frame) -> None:
    dark: Colour = ((28, 28, 32), (74, 52, 40), (92, 96, 104))[look.glasses - 1]
    z, x = EYE_Z + 0.16, look.eye_gap + 0.015
    wide, tall = ((0.325, 0.215), (0.30, 0.235), (0.33, 0.19))[look.glasses - 1]
    thick = (0.040, 0.032, 0.024)[look.glasses - 1]
    for side in (-1, 1):
        if look.glasses == 2:
            shape = ellipse(side * x, 0.035, wide, tall, 30)
        else:
            shape = smooth(
                [
                    (side * (x - wide), -tall * 0.62),
                    (side * x, -tall * 0.92),
                    (side * (x + wide), -tall * 0.72),
                    (side * (x + wide * 0.93), tall * 0.7),
                    (side * x, tall * 1.22),
                    (side * (x - wide * 0.88), tall * 0.75),
                ],
                closed=True,
                steps=8,
            )
        rim = frame.all(deep(shape, z))
        glass = frame.all(
            deep([(px - side * 0.02, py - 0.1) for px, py in shape[: len(shape) // 2]], z)
        )
        canvas.soft(glass, (255, 255, 255), 0.10, frame.px(0.03), canvas.mask(rim))
        drop = [(px, py + round(frame.px(0.035))) for px, py in rim]
        for points, colour, width in (
            (drop, shade(look.skin, 0.62), thick * 0.5),
            (rim, dark, thick),
        ):
            canvas.line([*points, points[0], points[1]], colour, frame.px(width))
        arm = [
            frame.at(side * (x + wide * 0.98), -tall * 0.5, z),
            frame.at(side * 0.99 * look.face_width, -0.13, 0.05),
        ]
        if look.hair is not Hair.HIJAB:
            canvas.line(arm, dark, frame.px(thick * 0.9))
    bridge = smooth([(-(x - wide), -0.02), (0.0, -0.09), (x - wide, -0.02)])
    canvas.line(frame.all(deep(bridge, z + 0.05)), dark, frame.px(thick * 0.9))


def _paint_ground(
    canvas: Canvas, colour: Colour, light: Light, *, busy: bool, rng: random.Random
) -> None:
    """The wall behind, a little brighter where the light falls."""
    width, height = canvas.size
    if busy:
        pen = ImageDraw.Draw(canvas.image)
        for _ in range(14):
            x, y = rng.randrange(width), rng.randrange(height)
            w, h = 60 + rng.randrange(width // 3), 60 + rng.randrange(height // 3)
            grey = 60 + rng.randrange(140)
            tone = (grey + rng.randrange(30), grey + rng.randrange(24), grey + rng.randrange(20))
            pen.rectangle((x - w // 2, y - h // 2, x + w // 2, y + h // 2), fill=tone)
        canvas.image = (
            canvas.image.reduce(4)
            .filter(ImageFilter.GaussianBlur(4))
            .resize(canvas.size, Image.Resampling.BILINEAR)
        )
        canvas.refresh()
        return
    glow = ellipse(width * (0.5 + 0.16 * light.side), height * 0.34, width * 0.55, height * 0.36)
    canvas.soft([(round(x), round(y)) for x, y in glow], shade(colour, 1.14), 0.55, 90 * SCALE)


def _lit(picture: Image.Image, light: Light) -> Image.Image:
    """Level and warmth of the light."""
    level = light.level
    red, blue = 1 + 0.10 * light.warmth, 1 - 0.14 * light.warmth
    tables: list[int] = []
    for factor in (level * red, level, level * blue):
        whole = round(factor * 1024)
        tables += [min(255, value * whole // 1024) for value in range(256)]
    return picture.point(tables)


def _grained(picture: Image.Image, noise: int, rng: random.Random) -> Image.Image:
    """Noise of a sensor, from the seed."""
    if noise <= 0:
        return picture
    width, height = picture.size
    grain = Image.frombytes("L", picture.size, rng.randbytes(width * height))
    up = grain.point([max(0, value - 128) * noise // 128 for value in range(256)])
    down = grain.point([max(0, 127 - value) * noise // 128 for value in range(256)])
    brighter = ImageChops.add(picture, Image.merge("RGB", (up, up, up)))
    return ImageChops.subtract(brighter, Image.merge("RGB", (down, down, down)))
