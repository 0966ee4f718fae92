"""What the window itself does, as Ctrl+K finds it: lock, help, the applicant's screen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAction

from desktop.words import Words
from ui.shell import Finding

MARK = "!"
"""Before an act's name among what was found; a screen has its `@`."""
LEFT_OUT = frozenset({"ui.act.find", "ui.act.undo"})
"""The search itself; and what could be taken back is gone by the time one has found it."""
ICONS = {
    "ui.act.help": "life-buoy",
    "ui.act.applicant": "monitor",
    "ui.act.lock": "lock",
    "ui.act.keys": "keyboard",
    "ui.act.look": "languages",
    "simulator.title": "play",
}


def found_acts(actions: Iterable[QAction], words: Words, typed: str) -> list[Finding]:
    """The living ones whose words hold what was typed, with their keys."""
    return [
        Finding(
            f"{MARK}{action.objectName()}",
            action.text(),
            "",
            ICONS.get(action.objectName(), "command"),
            words("ui.find.acts"),
            action.shortcut().toString(),
        )
        for action in actions
        if action.isEnabled()
        and action.objectName() not in LEFT_OUT
        and typed.casefold() in action.text().casefold()
    ]


def do_found(actions: Iterable[QAction], key: str) -> bool:
    """Do what was picked; False when `key` isn't an act's."""
    for action in actions:
        if key == f"{MARK}{action.objectName()}":
            action.trigger()
            return True
    return False
