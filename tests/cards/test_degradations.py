"""Degraded cards: what each defect does, that it does it again, and that pictures are pictures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from devices.simulators.card_degradations import capture, catalog, mixups
from devices.simulators.card_degradations.mixups import Faces, NothingDiffers, Order, Side
from devices.simulators.card_degradations.planes import Pixels, outline, plastic, separated
from tests.cards.degraded_cards import cards, small_order

SEED = 7
SEEN = 12
"""Levels that a dot must change by to count."""


def changed(one: Pixels, other: Pixels) -> int:
    far = np.abs(one.astype(np.int16) - other.astype(np.int16)).max(axis=2)
    return int((far > SEEN).sum())


@pytest.mark.parametrize("name", catalog.NAMES)
def test_a_gross_defect_changes_the_card_and_is_the_same_again(name: str) -> None:
    order = small_order()
    good = catalog.made(order, SEED)
    card = catalog.degraded(name, order, 1.0, SEED)
    again = catalog.degraded(name, order, 1.0, SEED)
    assert (card.front == again.front).all()
    assert (card.back == again.back).all()
    dots = changed(good.front, card.front) + changed(good.back, card.back)
    if name in ("no_varnish", "weak_varnish"):  # a matte card: some levels, in the dark parts only
        assert (card.front != good.front).any() or (card.back != good.back).any()
    else:
        assert dots > 20


def test_the_same_seed_makes_the_same_good_card_and_another_seed_another() -> None:
    order = small_order()
    one, same, other = (catalog.made(order, seed) for seed in (1, 1, 2))
    assert (one.front == same.front).all()
    assert (one.front != other.front).any()


@pytest.mark.parametrize(
    "name",
    [
        *("panels_apart", "resin_apart", "shifted", "turned", "weak_cyan", "resin_faded", "soft"),
        *("half_printed", "banded", "overheated", "grey_dye", "code_covered", "corner_broken"),
        *("digits_of_number", "text_cut", "photo_dark", "yellowed", "holed"),
    ],
)
def test_more_severity_is_more_damage(name: str) -> None:
    order = small_order()
    good = catalog.made(order, SEED)

    def damage(severity: float) -> int:
        card = catalog.degraded(name, order, severity, SEED)
        return int(
            np.abs(card.front.astype(int) - good.front).sum()
            + np.abs(card.back.astype(int) - good.back).sum()
        )

    assert damage(0.02) < damage(0.95)


@pytest.mark.parametrize(("name", "index"), [("no_cyan", 0), ("no_magenta", 1), ("no_yellow", 2)])
def test_a_missing_panel_leaves_its_light(name: str, index: int) -> None:
    planes = separated(small_order().faces.front)
    laid = catalog.PRINTING[name](planes, 0.5, np.random.default_rng(1))
    assert (laid.dye[:, :, index] == 255).all()
    others = [at for at in range(3) if at != index]
    assert (laid.dye[:, :, others] == planes.dye[:, :, others]).all()
    assert (laid.resin == planes.resin).all()


def test_resin_is_what_was_pure_black_and_dye_the_rest() -> None:
    face = small_order().faces.front
    planes = separated(face)
    black = face.max(axis=2) == 0
    assert black.any()
    assert ((planes.resin == 255) == black).all()
    assert (planes.dye[~black] == face[~black]).all()
    assert (planes.dye[black] == 255).all()
    card = plastic(planes)
    assert card[black][:, :3].max() < 30
    assert card[0, 0, 3] == 0
    assert card[100, 100, 3] == 255


@pytest.mark.parametrize("name", [*catalog.TEXTS[:6], "code", "signature", "photo"])
def test_an_exchanged_part_is_the_other_persons_and_nothing_else_is(name: str) -> None:
    order = small_order()
    place = order.places[name]
    act = mixups.photo_of_another if name == "photo" else catalog.MIXUPS[f"{name}_of_another"]
    faces = act(order, 0.5, np.random.default_rng(1))
    x0, y0, x1, y1 = place.box
    part = faces.of(place.side)[y0:y1, x0:x1]
    assert any((part == other.of(place.side)[y0:y1, x0:x1]).all() for other in order.others)
    assert not (part == order.faces.of(place.side)[y0:y1, x0:x1]).all()
    outside = faces.of(place.side).copy()
    outside[y0:y1, x0:x1] = order.faces.of(place.side)[y0:y1, x0:x1]
    assert (outside == order.faces.of(place.side)).all()
    other_side = Side.BACK if place.side is Side.FRONT else Side.FRONT
    assert faces.of(other_side) is order.faces.of(other_side)


def test_a_changed_digit_stays_within_the_number() -> None:
    order = cards().order(0)
    faces = mixups.one_digit_of("number")(order, 0.0, np.random.default_rng(1))
    rows, columns = np.nonzero((faces.front != order.faces.front).any(axis=2))
    x0, y0, x1, y1 = order.places["number"].box
    assert len(rows) >= mixups.FEWEST_DOTS
    assert x0 <= columns.min()
    assert columns.max() < x1
    assert y0 <= rows.min()
    assert rows.max() < y1
    assert columns.max() - columns.min() < (x1 - x0) / 10


def test_parts_that_are_alike_are_never_exchanged() -> None:
    order = small_order()
    alone = Order(order.faces, [order.faces], order.places, order.variants)
    with pytest.raises(NothingDiffers):
        mixups.photo_of_another(alone, 0.5, np.random.default_rng(1))
    with pytest.raises(NothingDiffers):
        mixups.one_digit_of("number")(alone, 0.5, np.random.default_rng(1))


def test_a_card_may_be_somebody_elses_front_back_or_both() -> None:
    order = small_order()
    rng = np.random.default_rng(1)
    theirs = {id(side) for other in order.others for side in (other.front, other.back)}

    def foreign(faces: Faces) -> tuple[bool, bool]:
        return id(faces.front) in theirs, id(faces.back) in theirs

    assert foreign(mixups.card_of_another(order, 0.5, rng)) == (True, True)
    assert foreign(mixups.front_of_another(order, 0.5, rng)) == (True, False)
    assert foreign(mixups.back_of_another(order, 0.5, rng)) == (False, True)


def test_a_broken_corner_is_missing_on_both_sides_at_the_same_end() -> None:
    order = small_order()
    card = catalog.degraded("corner_broken", order, 1.0, SEED)
    height, width = card.front.shape[:2]
    whole = outline(width, height)
    gone = (card.front[:, :, 3] == 0) & (whole > 0)
    behind = (card.back[:, :, 3] == 0) & (whole > 0)
    assert gone.sum() > 1000
    assert (gone == behind[:, ::-1]).mean() > 0.999


@pytest.mark.parametrize("seed", range(6))
def test_a_good_picture_shows_enough_and_is_the_same_again(seed: int) -> None:
    card = catalog.made(small_order(), seed).front
    taken = capture.good_conditions(np.random.default_rng(seed))
    assert taken.width >= capture.SMALLEST_WIDTH
    data = capture.taken(card, taken, np.random.default_rng(seed))
    assert data == capture.taken(card, taken, np.random.default_rng(seed))
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == ("JPEG" if taken.quality else "PNG")
        assert picture.width > taken.width


@pytest.mark.parametrize("name", capture.BAD)
def test_a_bad_picture_differs_from_a_good_one(name: str) -> None:
    card = catalog.made(small_order(), SEED).front
    pictures = [
        capture.taken(
            card,
            capture.bad_conditions(name, severity, np.random.default_rng(3)),
            np.random.default_rng(4),
        )
        for severity in (0.0, 1.0)
    ]
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("name", capture.EFFECTS)
def test_an_effect_changes_a_picture_and_never_the_one_it_was_given(name: str) -> None:
    picture = np.ascontiguousarray(catalog.made(small_order(), SEED).front[:, :, :3])
    before = picture.copy()
    out = capture.EFFECTS[name](picture, 0.8, np.random.default_rng(5))
    assert out.shape == picture.shape
    assert out.dtype == np.uint8
    assert (picture == before).all()
    assert (out != picture).any()
