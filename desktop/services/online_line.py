"""Online applications that come over the line: the portal's lines, one by one, with their pictures.

They go the same way as those of a batch file (`online_import`). What can't be taken is told back
with its coded reason, so that the portal can tell the applicant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from db.feed import want_blobs
from db.sync import Centre, Sync
from desktop.batch.envelope import PictureLost
from desktop.batch.lines import read_line
from desktop.domain.officer import PROGRAM
from desktop.domain.online import RefusedLine, SkippedLine
from desktop.ledger import Ledger
from desktop.notices import ApprovalsChanged

if TYPE_CHECKING:
    from desktop.services.local_desk import LocalDesk


class OnlineLine:
    """Takes what the centre assigned to this counter."""

    def __init__(self, desk: LocalDesk, sync: Sync, centre: Centre) -> None:
        self._desk = desk
        self._sync = sync
        self._centre = centre

    def take(self, items: Sequence[Mapping[str, Any]]) -> int:
        """Take items in; how many acts there are to tell the centre of."""
        for item in items:
            self._take(item)
        if items:
            self._desk.notices.publish(ApprovalsChanged())
        return len(items)

    def _take(self, item: Mapping[str, Any]) -> None:
        ledger = self._desk.ledger
        bring(ledger, self._sync, self._centre, [str(sha) for sha in item.get("pictures") or ()])

        def picture(sha: str) -> bytes:
            with ledger.store.read() as conn:
                found = ledger.store.get_blob(conn, sha)
            if found is None:
                raise PictureLost(damaged=False)
            return found

        outcome = self._desk.online.take_line(read_line(str(item["line"]).encode(), picture))
        if not isinstance(outcome, RefusedLine | SkippedLine):
            return
        refused = isinstance(outcome, RefusedLine)
        with ledger.acting(PROGRAM) as w:
            w.record(
                "intake.refused" if refused else "intake.skipped",
                str(item["external_id"]),
                {
                    "external_id": str(item["external_id"]),
                    "revision": int(item.get("revision") or 0),
                    "kind": str(item.get("type") or "application"),
                    "fault": str(outcome.fault) if isinstance(outcome, RefusedLine) else "",
                    "where": outcome.where if isinstance(outcome, RefusedLine) else "",
                },
            )


def bring(ledger: Ledger, sync: Sync, centre: Centre, shas: Sequence[str]) -> None:
    """Fetch these pictures now, where they aren't here. Raises CentreProblem."""
    with ledger.store.write() as conn:
        want_blobs(conn, shas)
    for sha in shas:
        sync.fetch_blob(centre, sha)
