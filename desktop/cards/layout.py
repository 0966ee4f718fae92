"""Layout files: where each thing stands on a card, as data with a schema.

A layout is a TOML file under `resources/layouts`: lengths in millimetres from the upper left
corner, sizes in points, colours as `#rrggbb`. Anything that isn't in the schema, lies off the
card, or names a font or picture that isn't there is refused when the file is read, not when a
card is printed.

`resources/layouts/layout.schema.json` is the schema for editors that check TOML.

To add a layout: copy the newest file under a new name, raise `version`, change what must change,
and look at it; cards already printed keep the name of the layout they were drawn with.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import msgspec

from desktop.cards.record import CardField, LayoutBroken
from desktop.domain.licence_class import LicenceClass

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
DEFAULT_LAYOUT = "sim-v1"
_MM_PER_INCH = 25.4
_POINTS_PER_INCH = 72
_PURE_BLACK = "#000000"
"""The colour of everything on the black layer; no other element's dots are that black."""

Length = Annotated[float, msgspec.Meta(ge=0)]
Size = Annotated[float, msgspec.Meta(gt=0, le=72)]
ColourText = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]
Box = tuple[Length, Length, Length, Length]
"""x, y, width, height in mm."""


class Align(StrEnum):
    """Where a line stands in its box."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Stand(StrEnum):
    """Where the lines of a text stand in a taller box."""

    TOP = "top"
    BOTTOM = "bottom"


class Layer(StrEnum):
    """Which panel of the ribbon prints it."""

    COLOUR = "colour"
    BLACK = "black"


class SealProfile(StrEnum):
    """Which form the seal on the card has; `docs/seal.md` specifies all three."""

    MAP = "A"
    CLAIM_169 = "B"
    WITH_FACE = "C"


class Face(StrEnum):
    """A bundled font, by the name of its file."""

    REGULAR = "Inter-Regular"
    MEDIUM = "Inter-Medium"
    SEMIBOLD = "Inter-SemiBold"
    BOLD = "Inter-Bold"
    MONO = "JetBrainsMono-Medium"
    MONO_BOLD = "JetBrainsMono-Bold"
    CONDENSED = "RobotoCondensed-Medium"
    CONDENSED_BOLD = "RobotoCondensed-Bold"


class _Element(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    box: Box
    layer: Layer = Layer.COLOUR


class Label(_Element, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="label"):
    """Words that are the same on every card; `\\n` begins a new line."""

    text: str
    size: Size
    font: Face = Face.MEDIUM
    colour: ColourText = "#000000"
    align: Align = Align.LEFT
    leading: Length = 1.2


class Value(_Element, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="value"):
    """A fact of the record, fitted into its box: smaller first, then on more lines, then narrow."""

    field: CardField
    size: Size
    min_size: Size
    lines: Annotated[int, msgspec.Meta(ge=1, le=6)] = 1
    font: Face = Face.SEMIBOLD
    narrow: Face = Face.CONDENSED_BOLD
    colour: ColourText = "#000000"
    align: Align = Align.LEFT
    stand: Stand = Stand.TOP
    leading: Length = 1.16
    capitals: bool = True


class Photo(_Element, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="photo"):
    """The portrait; `grey` and `strength` make the ghost of it."""

    grey: bool = False
    strength: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    border: ColourText | None = None


class Signature(_Element, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="signature"):
    """The holder's signature, its paper taken away."""

    colour: ColourText = "#101418"


class Vehicle(_Element, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="vehicle"):
    """The outline of what may be driven."""

    colour: ColourText = "#30343c"


class Code(_Element, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="code"):
    """The seal as a QR code on white, as large as `dots` a module make it."""

    dots: Annotated[int, msgspec.Meta(ge=2, le=12)] = 4
    quiet: Annotated[int, msgspec.Meta(ge=2, le=8)] = 4


class Micro(_Element, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="micro"):
    """A line of very small text, repeated to the end of its box; `{number}` is the SIM number."""

    text: str
    size: Size = 2.2
    colour: ColourText = "#a01820"


class ClassTable(
    _Element, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="class_table"
):
    """All classes in two columns, the holder's marked."""

    size: Size
    colour: ColourText = "#30343c"
    held: ColourText = "#b0121e"


Element = Label | Value | Photo | Signature | Vehicle | Code | Micro | ClassTable


class Ground(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Colours and waves behind everything."""

    paper: ColourText
    tint: ColourText
    red: ColourText
    deep_red: ColourText
    gold: ColourText
    line: ColourText
    band: Length
    """Height of the coloured head in mm; 0 for none."""
    hidden: str = ""
    """Words that show in the lines when the card is tilted."""


class Side(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One face."""

    ground: Ground
    elements: tuple[Element, ...]


class ClassText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the card says of a class."""

    vehicle: str
    id: str
    en: str


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, eq=False):
    """A whole card."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,24}$")]
    version: Annotated[int, msgspec.Meta(ge=1)]
    width: Length
    height: Length
    dpi: Annotated[int, msgspec.Meta(ge=150, le=1200)]
    characters: tuple[tuple[int, int], ...]
    """Ranges of code points that all fonts used here have."""
    watermark: str
    front: Side
    back: Side
    classes: dict[LicenceClass, ClassText]
    seal_profile: SealProfile = SealProfile.MAP

    @property
    def title(self) -> str:
        """Name and version, as the journal tells them of a printed card."""
        return f"{self.name} {self.version}"

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of a face in pixels."""
        return self.px(self.width), self.px(self.height)

    def px(self, mm: float) -> int:
        """Whole pixels of a length."""
        return round(mm * self.dpi / _MM_PER_INCH)

    def box_px(self, box: Box) -> tuple[int, int, int, int]:
        """Left, top, right and lower edge in pixels."""
        x, y, width, height = box
        return self.px(x), self.px(y), self.px(x + width), self.px(y + height)

    def text_px(self, points: float) -> float:
        """Height of a font in pixels."""
        return points * self.dpi / _POINTS_PER_INCH


@lru_cache(maxsize=8)
def load_layout(name: str = DEFAULT_LAYOUT) -> Layout:
    """A layout by the name of its file under `resources/layouts`."""
    return read_layout(RESOURCES / "layouts" / f"{name}.toml")


def read_layout(path: Path) -> Layout:
    """A layout from any file.

    Raises LayoutBroken, naming the place, when it doesn't meet the schema.
    """
    try:
        layout = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Layout)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LayoutBroken(path.name, type(error).__name__) from error
    except msgspec.ValidationError as error:
        raise LayoutBroken(path.name, str(error)) from error
    _check(layout, path.name)
    return layout


def _check(layout: Layout, file: str) -> None:
    missing = [value for value in LicenceClass if value not in layout.classes]
    if missing:
        raise LayoutBroken(file, f"classes: {missing[0]}")
    for side_name, side in (("front", layout.front), ("back", layout.back)):
        for index, element in enumerate(side.elements):
            x, y, width, height = element.box
            if x + width > layout.width or y + height > layout.height or not width or not height:
                raise LayoutBroken(file, f"{side_name}[{index}].box")
            if isinstance(element, Value) and element.min_size > element.size:
                raise LayoutBroken(file, f"{side_name}[{index}].min_size")
            if element.layer is Layer.BLACK:
                if isinstance(element, Photo | ClassTable):
                    raise LayoutBroken(file, f"{side_name}[{index}].layer")
                if not isinstance(element, Code) and element.colour != _PURE_BLACK:
                    raise LayoutBroken(file, f"{side_name}[{index}].colour")


def layout_schema() -> bytes:
    """The JSON Schema of layout files, as it stands in `resources/layouts`."""
    schema = msgspec.json.schema(Layout)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
