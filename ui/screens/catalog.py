"""What the window's list of screens is made of.

To add a screen: its presenter in `desktop/presenters`, its file here in `ui/screens`, one entry in
the list that `main.py run` hands to the window, its words `screen.<key>` and `screen.<key>.short`,
and its chapter `resources/help/<language>/<key>.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.screens.screen import Screen
from ui.shell import SessionInfo, Shell


@dataclass(frozen=True, slots=True)
class ScreenEntry:
    """One line of the navigation.

    `roles` are role values; empty means everyone.
    """

    key: str
    icon: str
    shortcut: str
    factory: Callable[[Shell], Screen]
    roles: frozenset[str] = frozenset()

    def open_to(self, session: SessionInfo | None) -> bool:
        """Whether this officer may see it."""
        return session is not None and (not self.roles or bool(self.roles & session.roles))
