"""What the window asks of the program around it.

The window is built from a list of screens and one of these, so that tests can open it without
a store, services or devices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from desktop.words import Words


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """Who works here, for the header and for the choice of screens.

    `roles` are the values of the officer's roles; a screen that names roles is offered to those
    alone. `took_over_from` is the officer whose work is being minded; the header offers it back.
    """

    officer_number: str
    officer_name: str
    officer_role: str
    roles: frozenset[str] = frozenset()
    took_over_from: str = ""


@dataclass(frozen=True, slots=True)
class PlaceInfo:
    """Where this PC stands."""

    office: str
    counter: str
    training: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the command palette: a person, ticket, card, parcel or act.

    `key` goes back to `Shell.open_found`; `section` groups rows under a heading.
    """

    key: str
    text: str
    detail: str = ""
    icon: str = "search"
    section: str = ""
    shortcut: str = ""


class Shell(Protocol):
    """Handed to the main window and to every screen's factory."""

    @property
    def words(self) -> Words:
        """The sentences of the language in use."""
        ...

    def place(self) -> PlaceInfo:
        """Office, counter and realm."""
        ...

    def session(self) -> SessionInfo | None:
        """The officer signed in; None shows the sign-in."""
        ...

    def find(self, text: str) -> Sequence[Finding]:
        """Rows for the palette; must answer within a frame."""
        ...

    def search_left(self) -> None:
        """The palette was left, with or without a choice: the search goes on record."""
        ...

    def open_scanned(self, text: str) -> bool:
        """Open what was scanned where no screen wanted it; False lets the palette look it up."""
        ...

    def open_found(self, key: str) -> None:
        """Open what a row names."""
        ...
