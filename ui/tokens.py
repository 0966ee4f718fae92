"""The colours of the window, by what they mean, light and dark.

Nothing else in `ui` names a colour. `PAIRS` lists which colour is read upon which, so that one
test holds all text to WCAG 2.2 AA (4.5 to 1) and all borders and marks to 3 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Tokens:
    """One mode's colours as #rrggbb."""

    name: str
    canvas: str  # behind everything
    surface: str  # panels, fields, tables
    sunken: str  # locked fields, table heads, tracks
    hover: str  # a row or button under the pointer
    line: str  # hairlines that carry no meaning
    border: str  # edges of controls
    text: str
    muted: str  # labels, second lines
    faint: str  # placeholders, future steps
    accent: str  # the primary act, the selection's mark
    accent_hover: str
    accent_soft: str  # the selected row, the current step's ground
    accent_text: str  # accent as text
    on_accent: str
    success: str
    success_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    nav: str
    nav_active: str
    nav_text: str
    nav_muted: str
    second: str  # second series of a chart
    third: str


LIGHT = Tokens(
    name="light",
    canvas="#f3f5f9",
    surface="#ffffff",
    sunken="#edf0f5",
    hover="#f0f4fb",
    line="#dfe4ec",
    border="#7d899c",
    text="#141b29",
    muted="#4f5b70",
    faint="#5f6b80",
    accent="#1f56c9",
    accent_hover="#1a49ac",
    accent_soft="#e4ecfc",
    accent_text="#1a4db5",
    on_accent="#ffffff",
    success="#12694a",
    success_soft="#e2f3eb",
    warning="#874600",
    warning_soft="#fdf0d9",
    danger="#b3222b",
    danger_soft="#fdeaea",
    nav="#101b30",
    nav_active="#24406f",
    nav_text="#f2f5fb",
    nav_muted="#9fb0cc",
    second="#0f7f86",
    third="#a85b1b",
)

DARK = Tokens(
    name="dark",
    canvas="#10151e",
    surface="#19202c",
    sunken="#222b3a",
    hover="#232d3e",
    line="#2c3647",
    border="#71809a",
    text="#e9edf5",
    muted="#adb8ca",
    faint="#97a4b9",
    accent="#7ea9ff",
    accent_hover="#9cbdff",
    accent_soft="#22355c",
    accent_text="#9dbeff",
    on_accent="#0c1630",
    success="#6fd3a5",
    success_soft="#153428",
    warning="#f2bd6a",
    warning_soft="#3a2b11",
    danger="#ff9a9a",
    danger_soft="#3d1f24",
    nav="#0b1019",
    nav_active="#22355c",
    nav_text="#edf1f8",
    nav_muted="#98a8c3",
    second="#5cc6c8",
    third="#e3a267",
)

BY_NAME = {"light": LIGHT, "dark": DARK}

# (foreground, background, least contrast)
PAIRS: tuple[tuple[str, str, float], ...] = (
    *(("text", ground, 4.5) for ground in ("canvas", "surface", "sunken", "hover", "accent_soft")),
    *(("muted", ground, 4.5) for ground in ("canvas", "surface", "sunken", "hover", "accent_soft")),
    *(("faint", ground, 4.5) for ground in ("canvas", "surface", "sunken")),
    *(("accent_text", ground, 4.5) for ground in ("canvas", "surface", "accent_soft", "hover")),
    ("on_accent", "accent", 4.5),
    ("on_accent", "accent_hover", 4.5),
    *(
        (tone, ground, 4.5)
        for tone in ("success", "warning", "danger")
        for ground in (f"{tone}_soft", "surface", "canvas", "accent_soft", "hover")
    ),
    *(("text", f"{tone}_soft", 4.5) for tone in ("success", "warning", "danger")),
    *(("nav_text", ground, 4.5) for ground in ("nav", "nav_active")),
    *(("nav_muted", ground, 4.5) for ground in ("nav", "nav_active")),
    *(("border", ground, 3.0) for ground in ("canvas", "surface", "sunken")),
    *(("accent", ground, 3.0) for ground in ("canvas", "surface", "sunken", "accent_soft")),
    *((series, "surface", 3.0) for series in ("second", "third")),
)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def as_table(tokens: Tokens) -> dict[str, str]:
    """The tokens by name, to fill the style sheet."""
    return {field.name: getattr(tokens, field.name) for field in fields(tokens)}
