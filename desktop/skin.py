"""Where skin and the wall behind it lie in a portrait: colours only, calibrated on drawn people.

Helper of `pictures`; pictures come in 480 pixels wide and are looked at as a grid of 60 columns.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from dataclasses import dataclass

from PIL import Image

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
_COLUMNS = 60
_WALLS: dict[str, Colour] = {"blue": (38, 92, 174), "red": (196, 34, 40), "white": (240, 241, 243)}


@dataclass(frozen=True, slots=True)
class Wall:
    """The background: its usual colour, and which share of the border has it."""

    colour: Colour
    even: float


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whites of the eyes in a face: their share of its area, and the middle of each side."""

    share: float
    left: tuple[float, float]
    right: tuple[float, float]


def wall(work: Image.Image) -> Wall:
    """Colour and evenness of what shows along the upper border."""
    grid, columns, rows = _grid(work)
    border = [
        grid[y][x]
        for y in range(rows * 55 // 100)
        for x in range(columns)
        if y < rows * 8 // 100 or x < columns * 10 // 100 or x >= columns * 90 // 100
    ]
    border = border or [colour for line in grid for colour in line]  # wider than high by far
    middle = _median(border)
    near = sum(1 for colour in border if _distance(colour, middle) < 42)
    return Wall(middle, round(near / max(1, len(border)), 3))


def colour_distance(colour: Colour, name: str) -> float:
    """How far a colour's tint lies from a wall's, without its brightness; 0 to about 140."""
    wanted = _WALLS[name]
    if name == "white":
        return round(_distance(colour, wanted) / 2, 1)
    return round(math.dist(_tint(colour), _tint(wanted)), 1)


def find_faces(work: Image.Image, ground: Wall) -> tuple[Box, ...]:
    """Boxes of what looks like faces, the largest first, in pixels of the picture."""
    grid, columns, rows = _grid(work)
    cell = work.width / columns
    usual = _usual_skin(grid, columns, rows)
    is_skin = [
        [
            _skin(grid[y][x])
            and _distance(grid[y][x], ground.colour) > 30
            and (usual is None or _akin(grid[y][x], usual))
            for x in range(columns)
        ]
        for y in range(rows)
    ]
    found: list[tuple[int, Box]] = []
    for part in _parts(is_skin, columns, rows):
        box = _head(part)
        if box is None:
            continue
        left, top, right, low = box
        if top < rows * 0.62 and right - left >= 6:
            pixels = (round(left * cell), round(top * cell), round(right * cell), round(low * cell))
            found.append(((right - left) * (low - top), pixels))
    found.sort(reverse=True)
    return tuple(box for area, box in found if area >= found[0][0] * 0.22)


def find_eyes(work: Image.Image, face: Box) -> Eyes | None:
    """Bright colourless spots beside dark ones, as whites lie beside an iris; a group a side."""
    left, top, right, low = face
    wide, tall = right - left, low - top
    crop = work.crop((left, top + tall * 27 // 100, right, top + tall * 66 // 100))
    if not crop.width or not crop.height:
        return None
    pixels = _colours(crop)
    level = sorted(sum(pixel) for pixel in pixels)[len(pixels) * 6 // 10] / 3
    groups: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    reach = max(4, wide // 10)
    for y in range(crop.height):
        row = pixels[y * crop.width : (y + 1) * crop.width]
        dark = [x for x, pixel in enumerate(row) if max(pixel) < max(40, level * 0.45)]
        for x in range(crop.width * 14 // 100, crop.width * 86 // 100):
            bright, dull = min(row[x]), max(row[x]) - min(row[x])
            if bright > max(56, level * 0.6) and dull < 6 + bright * 0.2:
                at = bisect_left(dark, x - reach)
                if at < len(dark) and dark[at] <= x + reach:
                    groups[0 if x < crop.width / 2 else 1].append((x, y))
    if not groups[0] or not groups[1]:
        return None
    share = 2 * min(len(groups[0]), len(groups[1])) / (wide * tall)
    return Eyes(share, _middle(groups[0]), _middle(groups[1]))


def _middle(points: list[tuple[int, int]]) -> tuple[float, float]:
    xs, ys = sorted(x for x, _ in points), sorted(y for _, y in points)
    return float(xs[len(xs) // 2]), float(ys[len(ys) // 2])


def _grid(work: Image.Image) -> tuple[list[list[Colour]], int, int]:
    rows = max(1, round(work.height * _COLUMNS / work.width))
    flat = _colours(work.resize((_COLUMNS, rows), Image.Resampling.BOX))
    return [flat[y * _COLUMNS : (y + 1) * _COLUMNS] for y in range(rows)], _COLUMNS, rows


def _colours(picture: Image.Image) -> list[Colour]:
    data = picture.tobytes()
    return list(zip(data[::3], data[1::3], data[2::3], strict=True))


def _skin(colour: Colour) -> bool:
    """By hue and saturation: from pale to dark brown, never blue, pure red or grey."""
    red, green, blue = colour
    if red < 58 or not red > green > blue * 0.9:
        return False
    spread = red - min(green, blue)
    return 0.17 * red < spread < 0.66 * red and green > red * 0.52


def _usual_skin(grid: list[list[Colour]], columns: int, rows: int) -> Colour | None:
    """The skin in the middle of the picture, to tell a face from brown hair and cloth."""
    middle = [
        grid[y][x]
        for y in range(rows * 34 // 100, rows * 56 // 100)
        for x in range(columns * 38 // 100, columns * 62 // 100)
        if _skin(grid[y][x])
    ]
    return _median(middle) if len(middle) >= 12 else None


def _akin(colour: Colour, usual: Colour) -> bool:
    return sum(colour) > sum(usual) * 0.52 and math.dist(_tint(colour), _tint(usual)) < 9.0


def _parts(mask: list[list[bool]], columns: int, rows: int) -> list[list[tuple[int, int]]]:
    """Connected groups of cells."""
    seen = [[False] * columns for _ in range(rows)]
    parts: list[list[tuple[int, int]]] = []
    for y0 in range(rows):
        for x0 in range(columns):
            if seen[y0][x0] or not mask[y0][x0]:
                continue
            seen[y0][x0] = True
            queue, part = deque([(x0, y0)]), list[tuple[int, int]]()
            while queue:
                x, y = queue.popleft()
                part.append((x, y))
                for nx, ny in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                    if 0 <= nx < columns and 0 <= ny < rows and mask[ny][nx] and not seen[ny][nx]:
                        seen[ny][nx] = True
                        queue.append((nx, ny))
            if len(part) >= 24:
                parts.append(part)
    return parts


def _head(part: list[tuple[int, int]]) -> Box | None:
    """The upper part of a group, down to where a neck begins or a face must end."""
    spans: dict[int, tuple[int, int]] = {}
    for x, y in part:
        low, high = spans.get(y, (x, x))
        spans[y] = (min(low, x), max(high, x))
    top = min(spans)
    widest, left, right, end = 0, 10**6, 0, top
    for y in sorted(spans):
        wide = spans[y][1] - spans[y][0] + 1
        if y - top > max(9.0, widest * 0.8) and (wide < widest * 0.88 or wide > widest * 1.12):
            end = max(end, min(max(spans), top + round(widest * 1.25)))
            break
        if y - top > max(9.0, widest * 1.6):
            break
        widest = max(widest, wide)
        left, right, end = min(left, spans[y][0]), max(right, spans[y][1] + 1), y + 1
    if end - top < 5:
        return None
    return left, top, right, end


def _median(colours: list[Colour]) -> Colour:
    parts = [sorted(colour[index] for colour in colours)[len(colours) // 2] for index in range(3)]
    return parts[0], parts[1], parts[2]


def _distance(one: Colour, other: Colour) -> float:
    return math.dist(one, other)


def _tint(colour: Colour) -> tuple[float, float]:
    """Two chroma values at a middle brightness."""
    red, green, blue = colour
    bright = max(24.0, 0.299 * red + 0.587 * green + 0.114 * blue)
    return (blue - bright) * 100 / bright / 2, (red - bright) * 100 / bright / 2
