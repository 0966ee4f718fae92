"""How alike two faces look to a network: a hint beside two pictures, never a decision.

The network is dlib's face recognition ResNet (see `resources/models/SOURCE.md`): it turns a face of
150 x 150 pixels into 128 numbers, and its author calls two faces one person's when those lie nearer
than 0.6. We measured nothing of it on real faces; the score is their distance turned into 0 to 100
so that 0.6 lies at 50, and is shown with the pictures to an officer who decides.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.faces.finder import Pixels, Points, finder
from desktop.faces.measures import CHIN, LEFT_EYE, RIGHT_EYE
from desktop.faces.models import LIKENESS, network
from desktop.pictures import NotAPicture, open_picture

SIDE = 150
SAME_BELOW = 0.6
"""dlib's own limit for its network, on its own test of real faces."""
_MEAN = (122.782, 117.001, 104.298)
_EYES_AT = ((0.315, 0.375), (0.685, 0.375))
"""Where dlib's 150-pixel face chips (padding 0.25) have the middles of the eyes, about."""
_CHIN_AT = (0.5, 0.93)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near two faces lie: 0 is one picture, 0.6 the network's own limit; and as a score."""

    distance: float

    @property
    def score(self) -> int:
        """100 for the same picture, 50 at the limit, 0 for twice the limit and beyond."""
        return max(0, min(100, round(100 - 50 * self.distance / SAME_BELOW)))


class Comparer:
    """Describes faces; one call at a time, whoever calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._network = network(LIKENESS)

    def describe(self, picture: Pixels) -> NDArray[np.float32] | None:
        """128 numbers of the largest face of an RGB picture; None where none is found."""
        faces = finder().faces(picture)
        if not faces:
            return None
        return self.numbers(_chip(picture, finder().mesh(picture, faces[0]).points))

    def numbers(self, chip: Pixels) -> NDArray[np.float32]:
        """128 numbers of a face that is upright and SIDE pixels wide."""
        blob = cv2.dnn.blobFromImage(chip, 1 / 255, (SIDE, SIDE), _MEAN)
        with self._lock:
            self._network.setInput(blob)
            return np.array(self._network.forward(), np.float32).reshape(-1)


@cache
def comparer() -> Comparer:
    """The comparer of this process; the network is read at the first call."""
    return Comparer()


def warm() -> None:
    """Use the network once on a blank picture, so that the first applicant doesn't wait for it."""
    comparer().numbers(np.full((SIDE, SIDE, 3), 255, np.uint8))


def compare(one: bytes, other: bytes) -> Likeness | None:
    """How alike the largest faces of two pictures are; None where one has no face to be seen."""
    told: list[NDArray[np.float32]] = []
    for data in (one, other):
        try:
            pixels: Pixels = np.asarray(open_picture(data).convert("RGB"))
        except NotAPicture:
            return None
        described = comparer().describe(pixels)
        if described is None:
            return None
        told.append(described)
    return Likeness(float(np.linalg.norm(told[0] - told[1])))


def _chip(picture: Pixels, points: Points) -> Pixels:
    """The face upright, its eyes and chin where the network expects them."""
    here = np.array(
        [
            points[list(LEFT_EYE), :2].mean(axis=0),
            points[list(RIGHT_EYE), :2].mean(axis=0),
            points[CHIN, :2],
        ],
        np.float32,
    )
    there = np.array([*_EYES_AT, _CHIN_AT], np.float32) * SIDE
    turn, _ = cv2.estimateAffinePartial2D(here, there, method=cv2.LMEDS)
    return cv2.warpAffine(
        picture, turn, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
