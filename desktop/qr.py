"""QR codes as the `qrcode` library makes them, module for module, their mask chosen quickly.

A code is written in that of eight masks which ISO/IEC 18004 (7.8.3) finds least confusing to a
camera. The library draws the code eight times and walks over every module of each; that was a
tenth of a card's drawing and a fifth of a paper's. Here a code is one whole number, a bit for each
module, and the four penalties are counted on all modules at once. The choice is the library's own
(its light format areas while choosing, its rounding), because printed cards are compared with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

_MASKS = range(8)
_LIKE_A_FINDER = 40


@lru_cache(maxsize=8)
def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The QR's dark modules, without quiet zone, error correction M.

    The last few are kept: a paper has its anchor on each page, and measures it first.

    Raises ValueError or the library's DataOverflowError for a text that no version holds.
    """
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.best_fit()
    code.mask_pattern = _best_mask(code)
    code.make(fit=False)
    return tuple(tuple(bool(dark) for dark in row) for row in code.get_matrix())


def _best_mask(code: QRCode[Any]) -> int:
    """The mask with the fewest penalty points, the first of several."""
    code.makeImpl(True, 0)
    grid = _grid(code.version)
    drawn = _packed(code.modules)
    return min(_MASKS, key=lambda mask: grid.penalty(drawn ^ grid.turned[mask]))


def _packed(rows: Iterable[Sequence[bool | None]]) -> int:
    """Row by row, an empty bit after each."""
    return int("".join("1" if dark else "0" for dark in chain(*((*r, None) for r in rows))), 2)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The square of one version, packed.

    The empty bit is neither dark nor light, so that no pattern is seen across two rows.
    """

    side: int
    everything: int
    turned: tuple[int, ...]
    """Where a mask turns over what the first doesn't, or the other way round."""

    def penalty(self, dark: int) -> int:
        """The points of the standard's table 11, over all four features."""
        light = self.everything ^ dark
        across, down = 1, self.side + 1
        points = 0
        for line in (across, down):
            points += _runs(dark, line) + _runs(light, line) + _finders(dark, light, line)
        for one in (dark, light):
            pairs = one & one >> across
            points += 3 * (pairs & pairs >> down).bit_count()
        share = float(dark.bit_count()) / (self.side**2)
        return points + 10 * int(abs(share * 100 - 50) / 5)


def _runs(one: int, step: int) -> int:
    """Five or more of a colour in a line: three points, and one for each more than five."""
    pairs = one & one >> step
    fives = pairs & pairs >> 2 * step & one >> 4 * step
    begun = fives & ~(fives >> step)
    return fives.bit_count() + 2 * begun.bit_count()


def _finders(dark: int, light: int, step: int) -> int:
    """What looks like a finder pattern (1:1:3:1:1) with four light modules on a side."""
    two = light & light >> step
    four = two & two >> 2 * step
    three = dark & dark >> step & dark >> 2 * step
    finder = (
        dark & light >> step & three >> 2 * step & light >> 5 * step & dark >> 6 * step
    )  # fmt: skip
    before, after = four & finder >> 4 * step, finder & four >> 7 * step
    return _LIKE_A_FINDER * (before.bit_count() + after.bit_count())


@lru_cache(maxsize=40)
def _grid(version: int) -> _Grid:
    empty = QRCode(version=version)
    empty.data_cache = []
    masks: list[int] = []
    for mask in _MASKS:
        empty.makeImpl(True, mask)
        masks.append(_packed(empty.modules))
    side = empty.modules_count
    everything = _packed([[True] * side] * side)
    return _Grid(side, everything, tuple(masks[0] ^ mask for mask in masks))
