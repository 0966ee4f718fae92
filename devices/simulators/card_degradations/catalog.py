"""Every defect by its name, and the card that comes of it.

To add one: write its function in the module of its stage and add a line below; the measurement and
the tests find it here. Names are never used again for something else: result files hold them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from devices.simulators.card_degradations import head, mixups, ribbon, surface
from devices.simulators.card_degradations.mixups import Faces, Order, Side, part_of_another
from devices.simulators.card_degradations.planes import (
    Pixels,
    Planes,
    Rng,
    plastic,
    separated,
    tolerance,
)

OrderDefect = Callable[[Order, float, Rng], Faces]
PrintDefect = Callable[[Planes, float, Rng], Planes]
SurfaceDefect = Callable[[Pixels, surface.Boxes, float, Rng], Pixels]

TEXTS = (
    "number",
    "name",
    "birth",
    "blood_sex",
    "address",
    "occupation",
    "issued",
    "valid_until",
    "class",
    "vehicle_id",
    "blank_serial",
    "office",
)
"""Texts of the default layout that may be another person's."""
PARTS = ("ghost", "signature", "code", "vehicle", "class_table")

MIXUPS: Mapping[str, OrderDefect] = {
    "card_of_another": mixups.card_of_another,
    "front_of_another": mixups.front_of_another,
    "back_of_another": mixups.back_of_another,
    "blank_front": mixups.blank_front,
    "blank_back": mixups.blank_back,
    "sides_exchanged": mixups.sides_exchanged,
    "front_twice": mixups.front_twice,
    "back_twice": mixups.back_twice,
    "front_upside_down": mixups.front_upside_down,
    "back_upside_down": mixups.back_upside_down,
    "front_mirrored": mixups.front_mirrored,
    "back_mirrored": mixups.back_mirrored,
    "photo_of_another": mixups.photo_of_another,
    "photo_and_ghost_of_another": mixups.photo_and_ghost_of_another,
    "photo_missing": mixups.photo_missing,
    "photo_mirrored": mixups.photo_mirrored,
    "photo_misplaced": mixups.photo_misplaced,
    "photo_dark": mixups.photo_dark,
    "ghost_missing": mixups.ghost_missing,
    "signature_missing": mixups.signature_missing,
    "code_missing": mixups.code_missing,
    "code_forged": mixups.code_forged,
    "realm_word_missing": mixups.realm_word_missing,
    "text_missing": mixups.text_missing,
    "text_cut": mixups.text_cut,
    "patch_missing": mixups.patch_missing,
    "digits_of_number": mixups.one_digit_of("number"),
    "digits_of_valid_until": mixups.one_digit_of("valid_until"),
    "digits_of_serial": mixups.one_digit_of("blank_serial"),
    **{f"{name}_of_another": mixups.text_of_another(name) for name in TEXTS},
    **{f"{name}_of_another": part_of_another(name) for name in PARTS},
}
PRINTING: Mapping[str, PrintDefect] = {
    "panels_apart": ribbon.panels_apart,
    "panel_skewed": ribbon.panel_skewed,
    "resin_apart": ribbon.resin_apart,
    "no_cyan": ribbon.no_cyan,
    "no_magenta": ribbon.no_magenta,
    "no_yellow": ribbon.no_yellow,
    "no_resin": ribbon.no_resin,
    "no_varnish": ribbon.no_varnish,
    "weak_cyan": ribbon.weak_cyan,
    "weak_magenta": ribbon.weak_magenta,
    "weak_yellow": ribbon.weak_yellow,
    "weak_varnish": ribbon.weak_varnish,
    "resin_faded": ribbon.resin_faded,
    "resin_patchy": ribbon.resin_patchy,
    "resin_smeared": ribbon.resin_smeared,
    "wrinkled": ribbon.wrinkled,
    "panels_exchanged": ribbon.panels_exchanged,
    "panel_broke": ribbon.panel_broke,
    "grey_dye": ribbon.grey_dye,
    "banded": head.banded,
    "dead_element": head.dead_element,
    "hot_element": head.hot_element,
    "dirty_head": head.dirty_head,
    "dust": head.dust,
    "one_void": head.one_void,
    "greasy_finger": head.greasy_finger,
    "overheated": head.overheated,
    "underheated": head.underheated,
    "colour_cast": head.colour_cast,
    "shifted": head.shifted,
    "turned": head.turned,
    "stretched": head.stretched,
    "half_printed": head.half_printed,
    "edge_bare": head.edge_bare,
    "printed_twice": head.printed_twice,
    "soft": head.soft,
    "coarse": head.coarse,
    "few_levels": head.few_levels,
}
TRACE = "trace_of_another"
SURFACE: Mapping[str, SurfaceDefect] = {
    "scratched": surface.scratched,
    "scuffed": surface.scuffed,
    "stained": surface.stained,
    "pen_marked": surface.pen_marked,
    "code_scribbled": surface.code_scribbled,
    "code_smudged": surface.code_smudged,
    "code_covered": surface.code_covered,
    "photo_covered": surface.photo_covered,
    "text_covered": surface.text_covered,
    "cracked": surface.cracked,
    "corner_broken": surface.corner_broken,
    "holed": surface.holed,
    "bubbled": surface.bubbled,
    "bent": surface.bent,
    "yellowed": surface.yellowed,
}
NAMES: tuple[str, ...] = (*MIXUPS, *PRINTING, TRACE, *SURFACE)
ONE_SIDED: Mapping[str, Side] = {
    "code_scribbled": Side.BACK,
    "code_smudged": Side.BACK,
    "code_covered": Side.BACK,
    "photo_covered": Side.FRONT,
}
BOTH_SIDES = frozenset({"bent", "holed", "corner_broken", "yellowed"})
"""What happens to the card and not to one of its faces."""
NO_SEVERITY = frozenset(
    {
        "card_of_another",
        "front_of_another",
        "back_of_another",
        "blank_front",
        "blank_back",
        "sides_exchanged",
        "front_twice",
        "back_twice",
        "front_upside_down",
        "back_upside_down",
        "front_mirrored",
        "back_mirrored",
        "photo_missing",
        "photo_mirrored",
        "ghost_missing",
        "signature_missing",
        "code_missing",
        "code_forged",
        "realm_word_missing",
        "text_missing",
        "no_cyan",
        "no_magenta",
        "no_yellow",
        "no_resin",
        "no_varnish",
        "panels_exchanged",
    }
)
"""All or nothing: severity changes nothing but what is drawn by chance."""
_FRONT_SHARE = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Plastic:
    """Both sides of a finished card, RGBA."""

    front: Pixels
    back: Pixels


def made(order: Order, seed: int) -> Plastic:
    """A card without a fault, as a printer in good order makes it."""
    rng = np.random.default_rng(seed)
    return Plastic(*(_laid(order.faces.of(side), rng) for side in Side))


def degraded(name: str, order: Order, severity: float, seed: int) -> Plastic:
    """The same with one defect. Raises NothingDiffers where the order can't have it."""
    rng = np.random.default_rng(seed)
    defect_rng = np.random.default_rng((seed, 1))
    faces = order.faces
    if name in MIXUPS:
        faces = MIXUPS[name](order, severity, defect_rng)
    hit = _hit(name, defect_rng)
    sides: list[Pixels] = []
    for side in Side:
        planes = tolerance(separated(faces.of(side)), rng)
        if side in hit and name in PRINTING:
            planes = PRINTING[name](planes, severity, defect_rng)
        if side in hit and name == TRACE:
            other = order.others[int(defect_rng.integers(len(order.others)))]
            planes = ribbon.trace_of_another(planes, severity, defect_rng, other.of(side))
        card = plastic(planes)
        if side in hit and name in SURFACE:
            boxes = {key: place.box for key, place in order.places.items() if place.side is side}
            card = _struck(name, card, boxes, severity, seed, side)
        sides.append(card)
    return Plastic(*sides)


def _hit(name: str, rng: Rng) -> tuple[Side, ...]:
    if name in ONE_SIDED:
        return (ONE_SIDED[name],)
    if name in BOTH_SIDES:
        return tuple(Side)
    return (Side.FRONT if rng.random() < _FRONT_SHARE else Side.BACK,)


def _struck(
    name: str, card: Pixels, boxes: surface.Boxes, severity: float, seed: int, side: Side
) -> Pixels:
    """The plastic's defect; one that goes through it is the mirror image on the back."""
    rng = np.random.default_rng((seed, 2))
    if side is Side.FRONT or name not in BOTH_SIDES:
        return SURFACE[name](card, boxes, severity, rng)
    mirrored = np.ascontiguousarray(card[:, ::-1])
    return np.ascontiguousarray(SURFACE[name](mirrored, boxes, severity, rng)[:, ::-1])


def _laid(face: Pixels, rng: Rng) -> Pixels:
    return plastic(tolerance(separated(face), rng))
