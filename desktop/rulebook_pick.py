"""Which of all dated lines are in force on a day at an office, and which of them wins.

The more special area wins, then the younger line, then the sheet laid over last.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from desktop import rulebook_files as files
from desktop.domain.rules import NoRulesInForce

_F = TypeVar("_F", bound=files.File)
_L = TypeVar("_L", bound=files.Line)


class Picker:
    """Chooses the lines in force, the winner first, and remembers what it saw."""

    def __init__(
        self,
        sheets: Sequence[Mapping[str, files.File]],
        day: date,
        areas: tuple[str, ...],
    ) -> None:
        self._sheets = sheets
        self._day = day
        self._areas = areas
        self.youngest = date.min
        self.assumptions: set[str] = set()

    def lines(
        self, shape: type[_F], of: Callable[[_F], Iterable[_L]], *, required: bool = True
    ) -> list[_L]:
        """Lines in force, the more special area first, then the younger, then the later sheet."""
        found: list[tuple[int, int, int, _L]] = []
        for depth, sheet in enumerate(self._sheets):
            for file in sheet.values():
                if not isinstance(file, shape):
                    continue
                for line in of(file):
                    if self._in_force(line):
                        rank = specificity(line.area, self._areas)
                        found.append((-rank, -line.valid_from.toordinal(), -depth, line))
        if required and not found:
            raise NoRulesInForce(self._day, shape.__name__.removesuffix("File").lower())
        found.sort(key=lambda entry: entry[:3])
        for entry in found:
            line = entry[3]
            self.youngest = max(self.youngest, line.valid_from)
            if line.note.startswith("assumption:"):
                self.assumptions.add(line.note.removeprefix("assumption:").strip())
        return [entry[3] for entry in found]

    def each_once(
        self,
        shape: type[_F],
        of: Callable[[_F], Iterable[_L]],
        key: Callable[[_L], Hashable],
        needed: Iterable[Hashable] = (),
    ) -> list[_L]:
        """The winner of each key, in the order of `needed`, which must all be there."""
        winners: dict[Hashable, _L] = {}
        for line in self.lines(shape, of, required=bool(tuple(needed))):
            winners.setdefault(key(line), line)
        for one in needed:
            if one not in winners:
                raise NoRulesInForce(self._day, str(one))
        order = list(needed) or list(winners)
        return [winners[one] for one in order]

    def _in_force(self, line: files.Line) -> bool:
        return (
            line.valid_from <= self._day
            and (line.valid_to is None or self._day <= line.valid_to)
            and specificity(line.area, self._areas) >= 0
        )


def specificity(line_area: tuple[str, ...], areas: tuple[str, ...]) -> int:
    """0 for a line of the whole country, more for a narrower area, -1 if it's elsewhere."""
    if not line_area:
        return 0
    return max((areas.index(area) + 1 for area in line_area if area in areas), default=-1)


def most_special(
    lines: list[_L], key: Callable[[_L], Hashable], areas: tuple[str, ...]
) -> list[_L]:
    """Of lines that add up within a key, only those of the most special area that has any."""
    best: dict[Hashable, int] = {}
    for line in lines:
        rank = specificity(line.area, areas)
        best[key(line)] = max(rank, best.get(key(line), 0))
    return [line for line in lines if specificity(line.area, areas) == best[key(line)]]
