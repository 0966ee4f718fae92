"""In training one key brings what the portal would have sent."""

from __future__ import annotations

from desktop.domain.officer import RoleMissing
from desktop.domain.online import ImportReport
from desktop.presenters.online_arrival import ArrivalDesk
from desktop.presenters.online_view import FileFilter, OnlineArea
from desktop.presenters.training_scans import can_play
from desktop.services.online_export import MAY_EXPORT
from desktop.services.online_import import MAY_IMPORT

PORTAL = "portal"
"""A lane of its own: pictures are drawn while the counter goes on."""


class SampleDesk(ArrivalDesk):
    """The part of the online presenter that plays the portal, and knows who takes files in."""

    def may_import(self) -> bool:
        """Whether the officer has the duty, and the screen is free; if not, that is said before a
        file is looked for."""
        return not self.still_busy() and self.may(*MAY_IMPORT)

    def may_export(self) -> bool:
        """The same of the answers."""
        return not self.still_busy() and self.may(*MAY_EXPORT)

    @property
    def sample_offered(self) -> bool:
        """Whether the key has something to bring: new files, or mended ones where those wait."""
        view = self.view
        mends = view.file_filter is FileFilter.SENT_BACK
        return can_play(self.desk) and (not mends or bool(view.files))

    def sample_delivery(self) -> None:
        """Have a sample delivery made, and take it in like any other."""
        if not self.sample_offered or self.still_busy():
            return
        by, desk = self.by, self.desk
        mends = self.view.file_filter is FileFilter.SENT_BACK

        def act() -> ImportReport:
            from desktop.training.sample_delivery import mended_files, new_files

            if not by.roles & set(MAY_IMPORT):
                raise RoleMissing(needed=MAY_IMPORT)
            return desk.online.import_batch(by, mended_files(desk) if mends else new_files(desk))

        def then(report: ImportReport) -> None:
            self.show(report=report, area=OnlineArea.VERIFY, file=None, file_filter=FileFilter.OPEN)
            self.refresh()

        self.work(act, then, lane=PORTAL, doing="doing.sample_delivery")
