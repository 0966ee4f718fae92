"""A card printer's ribbon at one moment, as the printer itself tells it."""

from __future__ import annotations

from dataclasses import dataclass

UNTOLD = -1
"""Stands for what a printer doesn't tell of its ribbon."""


@dataclass(frozen=True, slots=True)
class RibbonMark:
    """What one printer said: `panels` left, `a_card` of them used for a card; UNTOLD if it didn't.

    `printer` is its place at the counter, `machine` the serial of the machine that stood there,
    `lot` the ribbon's as recorded at its last change, "" where nobody recorded one.
    """

    printer: str
    machine: str
    panels: int = UNTOLD
    a_card: int = 0
    lot: str = ""
