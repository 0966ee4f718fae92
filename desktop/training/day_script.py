"""The day's running order: who acts when, from opening the counter to its close.

Five officers and more play: nobody approves own work, and what needs two has two.
"""

from __future__ import annotations

from collections.abc import Callable

from desktop.training import day_close as closing
from desktop.training import day_online as online
from desktop.training import day_returns as returns
from desktop.training import day_ship as ship
from desktop.training import day_walkins as walkins
from desktop.training.day import Day

Act = Callable[[Day], None]


def morning(day: Day) -> None:
    """Andi opens the counter."""
    day.sign_in("andi")
    day.tell("opened")


SCRIPT: tuple[tuple[int, int, Act], ...] = (
    (7, 35, morning),
    (8, 0, walkins.renewal_c),
    (8, 10, walkins.new_a),
    (9, 10, walkins.lost_card),
    (9, 20, walkins.refused_c),
    (9, 35, walkins.swapped_cards),
    (9, 50, online.take_in),
    (10, 0, online.verify),
    (10, 45, online.approve),
    (11, 0, ship.print_batch),
    (13, 0, ship.pack),
    (13, 30, ship.send),
    (14, 45, returns.courier_comes_back),
    (15, 20, online.answers),
    (15, 30, closing.destroy_spoiled),
    (15, 50, closing.close_shift),
)
"""Each act with the time before which it doesn't begin."""


def play(day: Day, timed: Callable[[str], None]) -> None:
    """Play the whole day; `timed` hears the name of each act when it has ended."""
    for hour, minute, act in SCRIPT:
        day.until(hour, minute)
        act(day)
        timed(act.__name__)
