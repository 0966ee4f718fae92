"""What can be measured of one face: places, angles, eyes, mouth, sharpness and light.

Points are numbered as in MediaPipe's face mesh. Left and right are the viewer's. Every length is a
share of the picture or of the face, so that the limits hold for any camera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop.faces.finder import Mesh, Pixels, Points

Box = tuple[int, int, int, int]

LEFT_EYE = (33, 133)
"""Outer and inner corner of the eye at the viewer's left."""
RIGHT_EYE = (362, 263)
CHIN, FOREHEAD = 152, 10
LEFT_SIDE, RIGHT_SIDE = 234, 454
LIPS = (13, 14)
MOUTH = (78, 308)
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
CHEEKS = (50, 280, 101, 330)
"""Bare skin in most faces, to know how bright skin is in this picture."""

_EYE_PATCH = (64, 40)
_DARK = 0.52
"""Darker than this share of the skin is iris, pupil or lash."""
_SHARP_WIDTH = 160


@dataclass(frozen=True, slots=True)
class Eye:
    """How far an eye is open: the height of what is dark in it, as a share of its width."""

    opening: float
    box: Box


@dataclass(frozen=True, slots=True)
class Measures:
    """Everything that was measured of a face; shares are of the picture's width or height."""

    length: float
    """Forehead to chin, of the height."""
    off_middle: float
    """Distance of the face's middle from the picture's, of the width; negative to the left."""
    eye_line: float
    """Height of the eyes, of the height, from the top."""
    roll: float
    """Degrees by which the line of the eyes is tilted, clockwise."""
    yaw: float
    """Degrees by which the head is turned, to the viewer's right."""
    left_eye: Eye
    right_eye: Eye
    mouth: float
    """Gap between the lips, of the mouth's width."""
    sharpness: float
    brightness: float
    """Mean of the face, 0 to 255."""
    clipped: float
    """Share of the face that is black or white without detail."""
    face: Box
    mouth_box: Box

    @property
    def eyes(self) -> float:
        """The opening of the eye that is less open."""
        return min(self.left_eye.opening, self.right_eye.opening)


def measure(picture: Pixels, mesh: Mesh) -> Measures:
    """Measure the face of an RGB picture."""
    points = mesh.points
    height, width = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    mask = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(mask, np.rint(points[list(OVAL), :2]).astype(np.int32), 255)
    inside = grey[mask > 0]
    if not inside.size:
        inside = grey.reshape(-1)
    skin = _skin(grey, points)
    left, right = (points[list(pair), :2].mean(axis=0) for pair in (LEFT_EYE, RIGHT_EYE))
    across = points[RIGHT_SIDE] - points[LEFT_SIDE]
    middle = (points[RIGHT_SIDE] + points[LEFT_SIDE]) / 2
    face = _box(points[list(OVAL), :2], width, height)
    return Measures(
        length=float(np.linalg.norm(points[CHIN, :2] - points[FOREHEAD, :2])) / height,
        off_middle=float(middle[0]) / width - 0.5,
        eye_line=float((left[1] + right[1]) / 2) / height,
        roll=math.degrees(math.atan2(right[1] - left[1], right[0] - left[0])),
        yaw=math.degrees(math.atan2(across[2], math.hypot(across[0], across[1]))),
        left_eye=_eye(grey, points[list(LEFT_EYE), :2], skin),
        right_eye=_eye(grey, points[list(RIGHT_EYE), :2], skin),
        mouth=_gap(points),
        sharpness=_sharpness(grey, face),
        brightness=float(inside.mean()),
        clipped=float(((inside < 10) | (inside > 247)).mean()),
        face=face,
        mouth_box=_box(points[[*MOUTH, 0, 17], :2], width, height),
    )


def _gap(points: Points) -> float:
    wide = float(np.linalg.norm(points[MOUTH[0], :2] - points[MOUTH[1], :2]))
    return float(np.linalg.norm(points[LIPS[0], :2] - points[LIPS[1], :2])) / max(1.0, wide)


def _skin(grey: Pixels, points: Points) -> float:
    """How bright bare skin is: the median of small spots on both cheeks."""
    spots: list[float] = []
    reach = max(2, round(float(np.linalg.norm(points[33, :2] - points[263, :2])) / 20))
    for index in CHEEKS:
        x, y = round(float(points[index, 0])), round(float(points[index, 1]))
        spot = grey[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
        if spot.size:
            spots.append(float(np.median(spot)))
    return float(np.median(spots)) if spots else 128.0


def _eye(grey: Pixels, corners: NDArray[np.float32], skin: float) -> Eye:
    """Look at the eye's own pixels: an open eye shows a high dark iris, a shut one a thin line."""
    (ax, ay), (bx, by) = (float(corners[0][0]), float(corners[0][1])), (
        float(corners[1][0]), float(corners[1][1]),
    )  # fmt: skip
    wide = max(4.0, math.hypot(bx - ax, by - ay))
    turn = math.atan2(by - ay, bx - ax)
    columns, rows = _EYE_PATCH
    scale = columns / wide
    cx, cy = (ax + bx) / 2, (ay + by) / 2
    cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
    there = np.array(
        [[cos, sin, columns / 2 - cos * cx - sin * cy], [-sin, cos, rows / 2 + sin * cx - cos * cy]]
    )
    patch = cv2.warpAffine(
        grey, there, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    dark = patch[:, columns // 5 : columns * 4 // 5] < skin * _DARK
    heights = np.sort(dark.sum(axis=0))[::-1]
    opening = float(heights[len(heights) // 5]) / columns
    half = wide * 0.62
    return Eye(
        opening,
        (round(cx - half), round(cy - half * 0.7), round(cx + half), round(cy + half * 0.7)),
    )


def _sharpness(grey: Pixels, face: Box) -> float:
    """Strength of the Laplacian in the face at one size, without the grain of the sensor.

    The face is brought to 160 pixels of width (averaging takes the grain away), smoothed a little,
    and stretched to full contrast, so that a dark picture isn't called blurred.
    """
    left, top, right, low = face
    crop = grey[top:low, left:right]
    if crop.shape[0] < 8 or crop.shape[1] < 8:
        return 0.0
    tall = max(8, round(crop.shape[0] * _SHARP_WIDTH / crop.shape[1]))
    small = cv2.resize(crop, (_SHARP_WIDTH, tall), interpolation=cv2.INTER_AREA).astype(np.float32)
    low_level, high_level = (float(level) for level in np.percentile(small, (2, 98)))
    small = small * np.float32(200.0 / max(20.0, high_level - low_level))
    small = cv2.GaussianBlur(small, (3, 3), 0.6)
    return float(np.percentile(np.abs(cv2.Laplacian(small, cv2.CV_32F)), 98))


def _box(points: NDArray[np.float32], width: int, height: int) -> Box:
    low, high = points.min(axis=0), points.max(axis=0)
    return (
        max(0, math.floor(float(low[0]))),
        max(0, math.floor(float(low[1]))),
        min(width, math.ceil(float(high[0])) + 1),
        min(height, math.ceil(float(high[1])) + 1),
    )
