"""Where faces are: BlazeFace (short range) for boxes, the 468-point face mesh for their parts.

Both networks are run as MediaPipe runs them: the picture letterboxed to 128 pixels for the boxes,
a turned square of 1.5 face lengths at 192 pixels for the mesh.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.faces.models import DETECTOR, LANDMARKS, network

Pixels = NDArray[Any]
"""A picture: height, width and, in colour, red, green, blue; bytes."""
Points = NDArray[np.float32]

MIN_SCORE = 0.5
_OVERLAP = 0.3
_SIDE = 128
_MESH_SIDE = 192
_MESH_SCALE = 1.5


@dataclass(frozen=True, slots=True)
class FoundFace:
    """One face: how sure (0 to 1), its box and the two eyes, in pixels of the picture."""

    score: float
    left: float
    top: float
    right: float
    bottom: float
    eyes: tuple[tuple[float, float], tuple[float, float]]

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return self.width * self.height

    def overlap(self, other: FoundFace) -> float:
        """Shared area as a part of both together."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        if across <= 0 or down <= 0:
            return 0.0
        return across * down / (self.area + other.area - across * down)


@dataclass(frozen=True, slots=True)
class Mesh:
    """468 points of a face, in pixels of the picture (depth in the same unit), and how sure."""

    points: Points
    sure: float


class Finder:
    """Finds faces and their parts; one call at a time, whoever calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._detector = network(DETECTOR)
        self._landmarks = network(LANDMARKS)

    def faces(self, picture: Pixels) -> tuple[FoundFace, ...]:
        """Faces of an RGB picture, the largest first."""
        square, scale, dx, dy = _letterboxed(picture)
        blob = cv2.dnn.blobFromImage(square, 1 / 127.5, (_SIDE, _SIDE), (127.5, 127.5, 127.5))
        with self._lock:
            self._detector.setInput(blob)
            raw, boxes = self._detector.forward(("classificators", "regressors"))
        scores = 1 / (1 + np.exp(-np.clip(raw.reshape(-1), -80, 80)))
        found: list[FoundFace] = []
        anchors = _anchors()
        for at in np.flatnonzero(scores >= MIN_SCORE):
            row = boxes.reshape(-1, 16)[at].reshape(8, 2) / _SIDE
            middle, half = row[0] + anchors[at], row[1] / 2
            eyes = row[2:4] + anchors[at]
            corners = np.array([middle - half, middle + half, *eyes]) * _SIDE / scale
            corners -= (dx, dy)
            found.append(
                FoundFace(
                    float(scores[at]),
                    float(corners[0][0]), float(corners[0][1]),
                    float(corners[1][0]), float(corners[1][1]),
                    (_pair(corners[2]), _pair(corners[3])),
                )
            )  # fmt: skip
        return tuple(sorted(_apart(found), key=lambda face: -face.area))

    def mesh(self, picture: Pixels, face: FoundFace) -> Mesh:
        """The points of one face."""
        (lx, ly), (rx, ry) = face.eyes
        turn = math.atan2(ry - ly, rx - lx)
        side = max(face.width, face.height) * _MESH_SCALE
        cx, cy = (face.left + face.right) / 2, (face.top + face.bottom) / 2
        scale = _MESH_SIDE / side
        cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
        half = _MESH_SIDE / 2
        there = np.array(
            [[cos, sin, half - cos * cx - sin * cy], [-sin, cos, half + sin * cx - cos * cy]]
        )
        crop = cv2.warpAffine(picture, there, (_MESH_SIDE, _MESH_SIDE), flags=cv2.INTER_LINEAR)
        blob = cv2.dnn.blobFromImage(crop, 1 / 255, (_MESH_SIDE, _MESH_SIDE))
        with self._lock:
            self._landmarks.setInput(blob)
            sure, flat = self._landmarks.forward(self._landmarks.getUnconnectedOutLayersNames())
        points = flat.reshape(468, 3).astype(np.float32)
        back = np.vstack([there, [0, 0, 1]])
        back = np.linalg.inv(back)[:2]
        placed = np.empty_like(points)
        placed[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
        placed[:, 2] = points[:, 2] / scale
        return Mesh(
            placed, float(1 / (1 + math.exp(-max(-80.0, min(80.0, float(sure.ravel()[0]))))))
        )


@cache
def finder() -> Finder:
    """The finder of this process; the networks are read at the first call."""
    return Finder()


def _pair(point: Any) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _letterboxed(picture: Pixels) -> tuple[Pixels, float, float, float]:
    height, width = picture.shape[:2]
    side = max(height, width)
    scale = _SIDE / side
    small = cv2.resize(
        picture,
        (max(1, round(width * scale)), max(1, round(height * scale))),
        interpolation=cv2.INTER_AREA,
    )
    square = np.zeros((_SIDE, _SIDE, 3), np.uint8)
    top, left = (_SIDE - small.shape[0]) // 2, (_SIDE - small.shape[1]) // 2
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return square, scale, left / scale, top / scale


@cache
def _anchors() -> NDArray[np.float64]:
    """Middle of each box before the network moves it: 16 x 16 cells twice, 8 x 8 six times."""
    rows: list[tuple[float, float]] = []
    for cells, repeats in ((16, 2), (8, 6)):
        for y in range(cells):
            for x in range(cells):
                rows += [((x + 0.5) / cells, (y + 0.5) / cells)] * repeats
    return np.array(rows)


def _apart(found: list[FoundFace]) -> list[FoundFace]:
    """Of boxes that lie over each other, one: their mean, weighted by the scores."""
    left = sorted(found, key=lambda face: -face.score)
    kept: list[FoundFace] = []
    while left:
        best = left[0]
        same = [face for face in left if face.overlap(best) > _OVERLAP]
        left = [face for face in left if face.overlap(best) <= _OVERLAP]
        weight = sum(face.score for face in same)

        def mean(pick: Any, same: list[FoundFace] = same, weight: float = weight) -> float:
            return sum(pick(face) * face.score for face in same) / weight

        kept.append(
            FoundFace(
                best.score,
                mean(lambda f: f.left), mean(lambda f: f.top),
                mean(lambda f: f.right), mean(lambda f: f.bottom),
                (
                    (mean(lambda f: f.eyes[0][0]), mean(lambda f: f.eyes[0][1])),
                    (mean(lambda f: f.eyes[1][0]), mean(lambda f: f.eyes[1][1])),
                ),
            )
        )  # fmt: skip
    return kept
