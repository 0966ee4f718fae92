"""The real Shell: what the window and its screens ask of the program, answered from the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from desktop.domain.officer import in_order
from desktop.domain.realm import Realm
from desktop.services.desk import Desk
from desktop.words import Words
from ui.shell import Finding, PlaceInfo, SessionInfo

if TYPE_CHECKING:
    from desktop.presenters.find import Find, Hit

ICONS = {
    "person": "user",
    "case": "file-text",
    "ticket": "ticket",
    "licence": "id-card",
    "parcel": "package",
    "blank": "square",
}
"""By the kind of what was found."""
INTERNATIONAL = "info:international"
LEAST_TYPED = 3
"""Letters from which information is offered: it isn't what a search is mostly for."""


class AppShell:
    """One desk as the window sees it.

    `open_hit` is told which record to open, `open_card` which card was scanned.
    """

    def __init__(
        self,
        desk: Desk,
        words: Words,
        open_hit: Callable[[str], object],
        open_card: Callable[[str], bool],
    ) -> None:
        self._desk = desk
        self._words = words
        self._find: Find | None = None
        self._open_hit = open_hit
        self._open_card = open_card

    @property
    def words(self) -> Words:
        return self._words

    @property
    def finder(self) -> Find:
        """What Ctrl+K asks."""
        if self._find is None:
            from desktop.presenters.find import Find

            self._find = Find(self._desk)
        return self._find

    def place(self) -> PlaceInfo:
        place = self._desk.settings.place
        training = self._desk.realm is Realm.TRAINING
        return PlaceInfo(place.office_name, self._words.counter_name(place.counter_name), training)

    def session(self) -> SessionInfo | None:
        duty = self._desk.duty
        session = duty.session
        if session is None or duty.locked:
            return None
        roles = in_order(session.actor.roles)
        return SessionInfo(
            officer_number=session.officer.id,
            officer_name=session.officer.title,
            officer_role=", ".join(self._words.of(role) for role in roles),
            roles=frozenset(str(role) for role in roles),
            took_over_from="yes" if duty.taken_over else "",
        )

    def find(self, text: str) -> Sequence[Finding]:
        return [*(self._finding(hit) for hit in self.finder.find(text)), *self._told(text)]

    def _told(self, text: str) -> list[Finding]:
        """What is asked at the window and isn't done here: how it is, read from the rules."""
        words, typed = self._words, text.casefold().strip()
        known = f" {words('international.found_by')}".casefold()
        if len(typed) < LEAST_TYPED or f" {typed}" not in known:
            return []
        return [
            Finding(
                INTERNATIONAL,
                words("international.title"),
                words("international.short"),
                "globe",
                words("find.kind.INFO"),
            )
        ]

    def search_left(self) -> None:
        if self._find is not None:
            self._find.left()

    def open_scanned(self, text: str) -> bool:
        serial = self.finder.card(text)
        return bool(serial) and self._open_card(serial)

    def open_found(self, key: str) -> None:
        self._open_hit(key)

    def _finding(self, hit: Hit) -> Finding:
        words = self._words
        facts = [words.plain(fact) for fact in hit.facts if fact is not None]
        return Finding(
            hit.key,
            hit.title[:160],
            " · ".join(fact[:80] for fact in facts),
            ICONS[hit.kind.value],
            words(f"find.kind.{hit.kind.name}"),
        )
