"""What a drawn person looks like: shapes and colours fixed by a seed.

Everything that makes a person known again (proportions, skin, hair, cover, glasses) is decided
here once; light, pose and faults belong to one picture and are the painter's arguments.
Lengths are in half-widths of the face; colours are RGB.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

Colour = tuple[int, int, int]


class Hair(StrEnum):
    """Cut, or what covers it."""

    SIDE_PART = "side_part"
    CROP = "crop"
    QUIFF = "quiff"
    RECEDING = "receding"
    BALD = "bald"
    LONG = "long"
    BOB = "bob"
    BUN = "bun"
    HIJAB = "hijab"


class Clothes(StrEnum):
    """What shows above the lower edge of a portrait."""

    SHIRT = "shirt"
    BATIK = "batik"
    JACKET = "jacket"
    BLOUSE = "blouse"


class Beard(StrEnum):
    """Hair on a man's face."""

    NONE = "none"
    MOUSTACHE = "moustache"
    GOATEE = "goatee"
    STUBBLE = "stubble"


@dataclass(frozen=True, slots=True)
class Look:
    """A face and what is worn with it."""

    seed: int
    woman: bool
    age: int
    skin: Colour
    face_width: float
    jaw: float
    chin: float
    face_length: float
    eye_gap: float
    eye_width: float
    eye_open: float
    eye_tilt: float
    brow_thick: float
    brow_arch: float
    brow_height: float
    nose_width: float
    nose_length: float
    mouth_width: float
    lip_full: float
    ear: float
    hair: Hair
    hair_colour: Colour
    grey: float
    beard: Beard
    glasses: int
    """0 for none, else the frame's shape 1 to 3."""
    mole: tuple[float, float] | None
    clothes: Clothes
    cloth: Colour
    cloth_2: Colour
    cover: Colour
    """The head cover's colour; used with `Hair.HIJAB` only."""


_SKINS: tuple[Colour, ...] = (
    (232, 190, 158),
    (224, 178, 143),
    (214, 166, 130),
    (203, 153, 115),
    (191, 140, 103),
    (176, 125, 90),
    (158, 109, 77),
    (138, 93, 66),
    (116, 77, 56),
)
_SKIN_WEIGHTS = (1, 2, 4, 5, 5, 4, 2, 1, 1)
_CLOTHS: tuple[Colour, ...] = (
    (236, 237, 240),
    (214, 226, 240),
    (70, 88, 120),
    (92, 104, 86),
    (120, 62, 58),
    (60, 66, 76),
    (196, 182, 158),
    (52, 84, 92),
    (142, 120, 150),
    (226, 206, 176),
)
_BATIKS: tuple[tuple[Colour, Colour], ...] = (
    ((94, 56, 34), (206, 160, 98)),
    ((44, 52, 84), (196, 186, 160)),
    ((120, 44, 40), (226, 186, 120)),
    ((40, 74, 66), (204, 190, 130)),
    ((62, 44, 40), (196, 122, 70)),
)
_COVERS: tuple[Colour, ...] = (
    (52, 58, 74),
    (112, 72, 98),
    (160, 156, 150),
    (206, 196, 186),
    (96, 110, 96),
    (140, 66, 78),
    (66, 92, 112),
    (186, 158, 168),
    (44, 44, 48),
    (222, 210, 190),
    (112, 96, 128),
    (58, 96, 92),
)
"""Head covers. None has the hue of skin: `desktop.skin` goes by colour alone, would take such a
cloth for face, and then calls a good portrait too near and blurred."""
_HAIRS: tuple[Colour, ...] = ((30, 25, 24), (24, 22, 24), (38, 29, 25), (44, 33, 27))
_MEN_CUTS = (Hair.SIDE_PART, Hair.SIDE_PART, Hair.CROP, Hair.CROP, Hair.QUIFF)
_WOMEN_CUTS = (Hair.LONG, Hair.BOB, Hair.BUN)
_GREY_FROM = 42
_BALD_FROM = 38


def make_look(seed: int, *, woman: bool, age: int) -> Look:
    """The look of a seed, at an age."""
    rng = random.Random(seed)

    def between(low: float, high: float) -> float:
        return low + (high - low) * rng.randrange(1001) / 1000

    skin = _jitter(rng, _weighted(rng), 5)
    hair = _hair(rng, woman=woman, age=age)
    grey = 0.0
    if age > _GREY_FROM:
        grey = min(0.85, (age - _GREY_FROM) / 34 * between(0.5, 1.4))
    clothes, cloth, cloth_2 = _clothes(rng, woman=woman)
    return Look(
        seed=seed,
        woman=woman,
        age=age,
        skin=skin,
        face_width=between(0.92, 1.0) if woman else between(0.95, 1.05),
        jaw=between(0.68, 0.77) if woman else between(0.74, 0.86),
        chin=between(0.26, 0.34) if woman else between(0.32, 0.44),
        face_length=between(1.40, 1.52) if woman else between(1.44, 1.58),
        eye_gap=between(0.42, 0.47),
        eye_width=between(0.195, 0.225) if woman else between(0.185, 0.215),
        eye_open=between(0.088, 0.112) if woman else between(0.074, 0.098),
        eye_tilt=between(-0.01, 0.035),
        brow_thick=between(0.040, 0.058) if woman else between(0.060, 0.092),
        brow_arch=between(0.05, 0.09) if woman else between(0.025, 0.06),
        brow_height=between(0.31, 0.36) if woman else between(0.28, 0.33),
        nose_width=between(0.225, 0.285) if woman else between(0.25, 0.33),
        nose_length=between(0.60, 0.67) if woman else between(0.63, 0.72),
        mouth_width=between(0.345, 0.405) if woman else between(0.375, 0.445),
        lip_full=between(0.085, 0.115) if woman else between(0.065, 0.095),
        ear=between(0.9, 1.12),
        hair=hair,
        hair_colour=_HAIRS[rng.randrange(len(_HAIRS))],
        grey=grey,
        beard=Beard.NONE if woman else _beard(rng, age),
        glasses=1 + rng.randrange(3) if rng.random() < (0.16 if age < _GREY_FROM else 0.34) else 0,
        mole=(between(-0.6, 0.6), between(0.2, 0.75)) if rng.random() < 0.18 else None,
        clothes=clothes,
        cloth=cloth,
        cloth_2=cloth_2,
        cover=_jitter(rng, _COVERS[rng.randrange(len(_COVERS))], 6),
    )


def _weighted(rng: random.Random) -> Colour:
    at = rng.randrange(sum(_SKIN_WEIGHTS))
    for colour, weight in zip(_SKINS, _SKIN_WEIGHTS, strict=True):
        if at < weight:
            return colour
        at -= weight
    return _SKINS[0]


def _jitter(rng: random.Random, colour: Colour, by: int) -> Colour:
    red, green, blue = (min(255, max(0, c + rng.randrange(-by, by + 1))) for c in colour)
    return red, green, blue


def _hair(rng: random.Random, *, woman: bool, age: int) -> Hair:
    if woman:
        if rng.random() < 0.62:
            return Hair.HIJAB
        return _WOMEN_CUTS[rng.randrange(len(_WOMEN_CUTS))]
    if age > _BALD_FROM and rng.random() < 0.3:
        return Hair.RECEDING if rng.random() < 0.7 else Hair.BALD
    return _MEN_CUTS[rng.randrange(len(_MEN_CUTS))]


def _beard(rng: random.Random, age: int) -> Beard:
    at = rng.random()
    if at < 0.2 and age > 24:
        return Beard.MOUSTACHE
    if at < 0.3 and age > 24:
        return Beard.GOATEE
    if at < 0.5:
        return Beard.STUBBLE
    return Beard.NONE


def _clothes(rng: random.Random, *, woman: bool) -> tuple[Clothes, Colour, Colour]:
    at = rng.random()
    cloth = _jitter(rng, _CLOTHS[rng.randrange(len(_CLOTHS))], 5)
    if at < 0.28:
        ground, figure = _BATIKS[rng.randrange(len(_BATIKS))]
        return Clothes.BATIK, ground, figure
    if at < 0.46:
        return Clothes.JACKET, (46, 50, 60), (234, 236, 240)
    return (Clothes.BLOUSE if woman else Clothes.SHIRT), cloth, cloth
