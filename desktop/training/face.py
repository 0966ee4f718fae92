"""The face of a drawn person: skin and its shades, nose, mouth, beard, marks of age."""

from __future__ import annotations

from PIL import Image

from desktop.training.canvas import (
    Canvas,
    Frame,
    Pixel,
    Point,
    Pose,
    deep,
    ellipse,
    mirrored,
    mix,
    shade,
    smooth,
    thick,
)
from desktop.training.eyes import EYE_Z, paint_brow, paint_eye
from desktop.training.look import Beard, Look

NOSE_Z = 0.95
MOUTH_Z = 0.76


def outline(look: Look) -> list[Point]:
    """Skin from the top of the skull to the chin."""
    w, long, jaw = look.face_width, look.face_length, look.jaw * look.face_width
    half: list[Point] = [
        (0.0, -1.46),
        (0.46 * w, -1.38),
        (0.82 * w, -1.05),
        (0.96 * w, -0.58),
        (0.99 * w, -0.08),
        (0.955 * w, 0.30),
        ((0.93 * w + jaw) / 2, long * 0.47),
        (jaw - 0.03, long * 0.67),
        ((jaw + look.chin) / 2 + 0.01, long * 0.85),
        (look.chin - 0.03, long * 0.962),
        (look.chin * 0.42, long * 0.997),
        (0.0, long * 1.004),
    ]
    return smooth(mirrored(half), closed=True, steps=5)


def outline_px(look: Look, frame: Frame) -> list[Pixel]:
    """The outline as it stands in the picture: the lower face lies further out."""
    return [frame.at(x, y, max(0.0, 0.34 * (y - 0.3))) for x, y in outline(look)]


def paint_neck(canvas: Canvas, look: Look, frame: Frame, light: float) -> None:
    """Neck and the shadow of the chin on it."""
    long, half = look.face_length, 0.50 if look.woman else 0.62
    top = [frame.flat(-half, long * 0.45), frame.flat(half, long * 0.45)]
    low = [frame.body(half + 0.1, long + 0.75), frame.body(-half - 0.1, long + 0.75)]
    canvas.fill([*top, *low], shade(look.skin, 0.88))
    clip = canvas.mask([*top, *low])
    chin = frame.at(0, long, 0.4)
    shadow = [
        (chin[0] + round(frame.px(x)), chin[1] + round(frame.px(y)))
        for x, y in ellipse(-0.1 * light, -0.22, 0.86, 0.50)
    ]
    canvas.soft(shadow, shade(look.skin, 0.52), 0.72, frame.px(0.12), clip)
    for side in (-1, 1):
        cord = [
            frame.body(side * 0.40, long + 0.1),
            frame.body(side * 0.34, long + 0.1),
            frame.body(side * 0.06, long + 0.72),
            frame.body(side * 0.14, long + 0.72),
        ]
        canvas.soft(cord, shade(look.skin, 0.72), 0.35, frame.px(0.05), clip)


def paint_ears(canvas: Canvas, look: Look, frame: Frame) -> None:
    """Both ears, behind the face."""
    for side in (-1, 1):
        w, size = look.face_width, look.ear
        shape: list[Point] = [
            (side * 0.93 * w, -0.14),
            (side * (1.02 * w + 0.03), -0.20 * size),
            (side * (1.06 * w + 0.05 * size), -0.06),
            (side * (1.05 * w + 0.03 * size), 0.22),
            (side * (1.0 * w + 0.01), 0.42 * size),
            (side * 0.93 * w, 0.44 * size),
        ]
        points = frame.all(deep(smooth(shape, closed=True, steps=6), -0.12))
        canvas.fill(points, shade(look.skin, 0.86))
        inner = frame.all(deep(ellipse(side * (1.02 * w), 0.08, 0.035, 0.16), -0.12))
        canvas.soft(inner, shade(look.skin, 0.55), 0.7, frame.px(0.02))


def paint_face(canvas: Canvas, look: Look, frame: Frame, pose: Pose, light: float) -> None:
    """Everything inside the outline."""
    points = outline_px(look, frame)
    canvas.fill(points, look.skin)
    clip = canvas.mask(points)
    _shade_skin(canvas, look, frame, light, clip)
    _paint_age(canvas, look, frame, clip)
    _paint_beard(canvas, look, frame, clip)
    for side in (-1, 1):
        paint_eye(canvas, look, frame, pose, side, clip)
        paint_brow(canvas, look, frame, side)
    _paint_nose(canvas, look, frame, light, clip)
    _paint_mouth(canvas, look, frame, pose, clip)
    if look.beard in (Beard.MOUSTACHE, Beard.GOATEE):
        _paint_moustache(canvas, look, frame)
    if look.mole is not None:
        spot = frame.all(deep(ellipse(look.mole[0], look.mole[1], 0.022, 0.022, 10), 0.6))
        canvas.soft(spot, shade(look.skin, 0.4), 0.9, frame.px(0.006), clip)


def _shade_skin(canvas: Canvas, look: Look, frame: Frame, light: float, clip: Image.Image) -> None:
    long, skin = look.face_length, look.skin
    for side in (-1, 1):
        depth = 0.50 + 0.34 * max(0.0, -light * side) - 0.30 * max(0.0, light * side)
        edge: list[Point] = [
            (side * 1.2, -1.4),
            (side * 0.86, -0.7),
            (side * 0.84, 0.1),
            (side * 0.74, long * 0.52),
            (side * 0.52, long * 0.82),
            (side * 0.30, long * 1.02),
            (side * 1.2, long * 1.1),
        ]
        canvas.soft(frame.all(deep(edge, 0.1)), shade(skin, 0.60), depth, frame.px(0.17), clip)
        hollow = ellipse(side * 0.64, long * 0.60, 0.15, 0.30)
        canvas.soft(frame.all(deep(hollow, 0.5)), shade(skin, 0.74), 0.30, frame.px(0.12), clip)
        blush = mix(skin, (206, 98, 84), 0.45)
        cheek = ellipse(side * 0.55, 0.50, 0.21, 0.16)
        warm = 0.34 if look.woman else 0.20
        canvas.soft(frame.all(deep(cheek, 0.6)), blush, warm, frame.px(0.12), clip)
        bone = ellipse(side * 0.56, 0.32, 0.17, 0.08)
        shine = 0.28 + 0.16 * light * side
        canvas.soft(frame.all(deep(bone, 0.6)), shade(skin, 1.42), shine, frame.px(0.09), clip)
        socket = ellipse(side * look.eye_gap, -0.09, 0.27, 0.16)
        canvas.soft(frame.all(deep(socket, 0.6)), shade(skin, 0.66), 0.46, frame.px(0.08), clip)
    forehead = ellipse(0.16 * light, -0.80, 0.46, 0.24)
    canvas.soft(frame.all(deep(forehead, 0.6)), shade(skin, 1.38), 0.36, frame.px(0.18), clip)
    chin = ellipse(0.06 * light, long * 0.90, 0.16, 0.09)
    canvas.soft(frame.all(deep(chin, 0.7)), shade(skin, 1.3), 0.36, frame.px(0.09), clip)
    lip = ellipse(0, long * 0.80, 0.22, 0.045)
    canvas.soft(frame.all(deep(lip, 0.72)), shade(skin, 0.62), 0.45, frame.px(0.06), clip)


def _paint_age(canvas: Canvas, look: Look, frame: Frame, clip: Image.Image) -> None:
    deepness = max(0.0, min(1.0, (look.age - 24) / 42))
    line, long = shade(look.skin, 0.58), look.face_length
    for side in (-1, 1):
        fold = smooth(
            [
                (side * (look.nose_width + 0.03), look.nose_length - 0.02),
                (side * (look.nose_width + 0.14), look.nose_length + 0.14),
                (side * (look.mouth_width + 0.06), long * 0.66),
            ]
        )
        path = frame.all(deep(fold, 0.68))
        canvas.soft(
            thick(path, frame.px(0.045)), line, 0.22 + 0.5 * deepness, frame.px(0.025), clip
        )
        bag = smooth(
            [
                (side * (look.eye_gap - 0.20), 0.13),
                (side * look.eye_gap, 0.185 + 0.02 * deepness),
                (side * (look.eye_gap + 0.20), 0.12),
            ]
        )
        canvas.soft(
            thick(frame.all(deep(bag, EYE_Z)), frame.px(0.035)),
            line,
            0.16 + 0.42 * deepness,
            frame.px(0.02),
            clip,
        )
        if look.age > 45:
            for step in (-1, 0, 1):
                crow = [
                    (side * (look.eye_gap + 0.26), 0.01 + 0.03 * step),
                    (side * (look.eye_gap + 0.37), 0.01 + 0.075 * step),
                ]
                canvas.soft(
                    thick(frame.all(deep(crow, 0.5)), frame.px(0.018)),
                    line,
                    0.5 * deepness,
                    frame.px(0.01),
                    clip,
                )
    if look.age > 38:
        for step in range(3):
            y = -0.62 - 0.14 * step
            crease = smooth([(-0.42, y + 0.02), (-0.15, y - 0.02), (0.15, y), (0.42, y + 0.03)])
            canvas.soft(
                thick(frame.all(deep(crease, 0.6)), frame.px(0.022)),
                line,
                0.55 * deepness,
                frame.px(0.014),
                clip,
            )


def _paint_beard(canvas: Canvas, look: Look, frame: Frame, clip: Image.Image) -> None:
    if look.woman:
        return
    long = look.face_length
    strength = {Beard.STUBBLE: 0.34, Beard.GOATEE: 0.24, Beard.MOUSTACHE: 0.16}.get(
        look.beard, 0.08
    )
    shadow = mix(look.skin, (48, 46, 50), 0.62)
    lower = smooth(
        [
            (-0.78, long * 0.58),
            (-0.44, long * 0.60),
            (0.0, long * 0.53),
            (0.44, long * 0.60),
            (0.78, long * 0.58),
            (0.62, long * 0.92),
            (0.0, long * 1.03),
            (-0.62, long * 0.92),
        ],
        closed=True,
    )
    canvas.soft(frame.all(deep(lower, 0.5)), shadow, strength, frame.px(0.09), clip)
    if look.beard is Beard.GOATEE:
        tuft = smooth(
            [
                (-0.20, long * 0.815),
                (0.0, long * 0.795),
                (0.20, long * 0.815),
                (0.24, long * 0.93),
                (0.0, long * 1.01),
                (-0.24, long * 0.93),
            ],
            closed=True,
        )
        colour = mix(look.hair_colour, (188, 186, 184), look.grey)
        canvas.soft(frame.all(deep(tuft, 0.66)), colour, 0.88, frame.px(0.03), clip)


def _paint_moustache(canvas: Canvas, look: Look, frame: Frame) -> None:
    colour = mix(look.hair_colour, (188, 186, 184), look.grey)
    top, width = look.nose_length + 0.075, look.mouth_width
    mouth = _mouth_y(look)
    shape: list[Point] = [
        (-width * 0.98, mouth - 0.02),
        (-width * 0.55, top + 0.03),
        (0.0, top + 0.015),
        (width * 0.55, top + 0.03),
        (width * 0.98, mouth - 0.02),
        (width * 0.45, mouth - 0.085),
        (0.0, mouth - 0.10),
        (-width * 0.45, mouth - 0.085),
    ]
    points = frame.all(deep(smooth(shape, closed=True, steps=5), MOUTH_Z + 0.04))
    canvas.soft(points, colour, 0.94, frame.px(0.018))


def _mouth_y(look: Look) -> float:
    return look.nose_length + (look.face_length - look.nose_length) * 0.385


def _paint_nose(canvas: Canvas, look: Look, frame: Frame, light: float, clip: Image.Image) -> None:
    base, half, skin = look.nose_length, look.nose_width, look.skin
    for side in (-1, 1):
        strength = 0.40 - 0.26 * light * side
        flank: list[Point] = [
            (side * 0.15, -0.22),
            (side * 0.24, 0.0),
            (side * 0.20, base * 0.55),
            (side * half * 0.98, base * 0.86),
            (side * half * 0.52, base * 0.80),
            (side * 0.085, base * 0.35),
        ]
        canvas.soft(frame.all(deep(flank, 0.72)), shade(skin, 0.68), strength, frame.px(0.05), clip)
        wing = smooth(
            [
                (side * half * 0.70, base * 0.76),
                (side * half * 0.99, base * 0.86),
                (side * half * 0.98, base * 0.98),
                (side * half * 0.66, base * 1.02),
            ]
        )
        canvas.soft(
            thick(frame.all(deep(wing, 0.76)), frame.px(0.030)),
            shade(skin, 0.52),
            0.60,
            frame.px(0.016),
            clip,
        )
        hole = ellipse(side * half * 0.44, base * 1.0, half * 0.24, 0.032, 12)
        canvas.soft(frame.all(deep(hole, 0.84)), shade(skin, 0.28), 0.88, frame.px(0.012), clip)
    under: list[Point] = [
        (-half * 0.9, base * 1.0),
        (0.0, base * 1.06),
        (half * 0.9, base * 1.0),
        (half * 0.5, base * 1.13),
        (-half * 0.5, base * 1.13),
    ]
    canvas.soft(frame.all(deep(under, 0.82)), shade(skin, 0.62), 0.42, frame.px(0.04), clip)
    ridge = [(-0.045, -0.12), (0.05, -0.12), (0.075, base * 0.75), (-0.065, base * 0.75)]
    moved = [(x + 0.02 * light, y) for x, y in ridge]
    canvas.soft(frame.all(deep(moved, 0.88)), shade(skin, 1.4), 0.42, frame.px(0.035), clip)
    tip = ellipse(0.03 * light, base * 0.86, 0.085, 0.065)
    canvas.soft(frame.all(deep(tip, NOSE_Z)), shade(skin, 1.5), 0.5, frame.px(0.035), clip)


def _paint_mouth(canvas: Canvas, look: Look, frame: Frame, pose: Pose, clip: Image.Image) -> None:
    y, half, full = _mouth_y(look), look.mouth_width * (1 + 0.08 * pose.smile), look.lip_full
    lift = 0.012 + 0.07 * pose.smile
    rose = (178, 78, 78) if look.woman else (160, 92, 84)
    lip = mix(look.skin, rose, 0.58 if look.woman else 0.40)
    line: list[Point] = [
        (-half, y - lift),
        (-half * 0.5, y + 0.006),
        (0.0, y + 0.018),
        (half * 0.5, y + 0.006),
        (half, y - lift),
    ]
    seam = smooth(line, steps=6)
    upper = smooth(
        [
            (half, y - lift),
            (half * 0.55, y - full * 0.62),
            (half * 0.20, y - full),
            (0.0, y - full * 0.80),
            (-half * 0.20, y - full),
            (-half * 0.55, y - full * 0.62),
            (-half, y - lift),
        ],
        steps=6,
    )
    lower = smooth(
        [
            (half, y - lift),
            (half * 0.60, y + full * 0.85),
            (0.0, y + full * 1.32),
            (-half * 0.60, y + full * 0.85),
            (-half, y - lift),
        ],
        steps=6,
    )
    canvas.soft(frame.all(deep([*seam, *upper], MOUTH_Z)), shade(lip, 0.82), 0.95, frame.px(0.010))
    canvas.soft(frame.all(deep([*seam, *lower], MOUTH_Z)), lip, 0.95, frame.px(0.012))
    gloss = ellipse(0.03, y + full * 0.72, half * 0.34, full * 0.20)
    canvas.soft(frame.all(deep(gloss, MOUTH_Z)), shade(lip, 1.4), 0.42, frame.px(0.03), clip)
    path = frame.all(deep(seam, MOUTH_Z))
    canvas.soft(thick(path, frame.px(0.024)), shade(lip, 0.34), 0.9, frame.px(0.007))
    for side in (-1, 1):
        corner = ellipse(side * (half + 0.015), y - lift, 0.035, 0.03, 10)
        canvas.soft(frame.all(deep(corner, 0.7)), shade(look.skin, 0.5), 0.5, frame.px(0.02), clip)
