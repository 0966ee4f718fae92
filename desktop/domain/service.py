"""What an applicant may ask for, and by which door the application came in."""

from __future__ import annotations

from enum import StrEnum


class Service(StrEnum):
    """The six services of a SIM counter (`pelayanan`)."""

    NEW_ISSUE = "new_issue"
    RENEWAL = "renewal"
    REPLACE_LOST = "replace_lost"
    REPLACE_DAMAGED = "replace_damaged"
    DATA_CHANGE = "data_change"
    CLASS_UPGRADE = "class_upgrade"

    @property
    def shows_old_card(self) -> bool:
        """Brought by its holder, who is asked "lost or seized?" where it isn't."""
        return self in (Service.RENEWAL, Service.REPLACE_DAMAGED, Service.DATA_CHANGE)

    @property
    def needs_tests(self) -> bool:
        """Theory, simulator and practical: only where a new ability is certified."""
        return self in (Service.NEW_ISSUE, Service.CLASS_UPGRADE)

    @property
    def needs_old_licence(self) -> bool:
        """Everything but a first licence stands on one that exists."""
        return self is not Service.NEW_ISSUE

    @property
    def is_replacement(self) -> bool:
        """The same right on another card: lost, damaged, or with other data."""
        return self in (Service.REPLACE_LOST, Service.REPLACE_DAMAGED, Service.DATA_CHANGE)


class Channel(StrEnum):
    """The door."""

    WALK_IN = "walk_in"
    ONLINE = "online"
