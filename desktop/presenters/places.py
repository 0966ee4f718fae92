"""Where the eye stands in a list that changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def place_kept(wanted: str, before: Sequence[str], now: Collection[str]) -> str:
    """The row to stand on now: the wanted one; where it is gone the next of the old rows, else the
    one before it; else the first, and "" in an empty list.
    """
    if wanted in before:
        at = before.index(wanted)
        for key in (*before[at:], *reversed(before[:at])):
            if key in now:
                return key
    return wanted if wanted in now else next(iter(now), "")
