"""The desk as everything above the services sees it: one counter's parts, put together.

`desktop.desk.open_desk` makes it; presenters, commands and tests use it. It stands on the
services' floor so that presenters need to know nothing above them. It adds what needs the centre to
what a counter does by itself, so that the exchange can use the rest without a circle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.services.counter import made_when_asked
from desktop.services.local_desk import LocalDesk

if TYPE_CHECKING:
    from desktop.services.claims import Claims
    from desktop.services.conflicts import Conflicts
    from desktop.services.syncing import Syncing


class Desk(LocalDesk):
    """One counter at work, and its exchange with the centre.

    No dataclass of its own: it adds no field, and making the same methods again costs the start.
    """

    @made_when_asked
    def syncing(self) -> Syncing:
        """The exchange with the centre; asked for only where there is one."""
        from desktop.services.syncing import Syncing

        return Syncing(self)

    @made_when_asked
    def claims(self) -> Claims:
        from desktop.services.claims import Claims

        return Claims(self.frame, self.syncing)

    @made_when_asked
    def conflicts(self) -> Conflicts:
        from desktop.services.conflicts import Conflicts

        return Conflicts(self.frame, self.syncing, self.approvals)

    def close(self) -> None:
        """End lanes, the line to the centre, devices and the store, in this order."""
        self.lanes.close()
        if "syncing" in self.__dict__:
            self.syncing.close()
        self.hub.close()
        self.ledger.store.close()
