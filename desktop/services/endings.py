"""How a case ended without a card: who ended it, when and why, as far as it is known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.trail import Wanted, look
from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.reasons import CancelReason, RejectReason
from desktop.ledger import Reading
from desktop.services.base import Frame
from desktop.services.told_names import title

ACTS = ("application.cancel", "application.reject", "application.expire")
_REASONS = {S.CANCELLED: CancelReason, S.REJECTED: RejectReason, S.EXPIRED: CancelReason}


@dataclass(frozen=True, slots=True)
class Ending:
    """`officer` is empty where it was the applicant at the portal, or where nobody is known:
    what another counter did stands in its journal, not in this one."""

    at: datetime
    reason: CancelReason | RejectReason | None
    note: str = ""
    officer: str = ""
    at_portal: bool = False


def ending_of(frame: Frame, r: Reading, app: Application) -> Ending | None:
    """None for a case that goes on, or that ended with its card."""
    reasons = _REASONS.get(app.state)
    if reasons is None:
        return None
    known = {str(one): one for one in reasons}
    wanted = Wanted(acts=ACTS, subjects=(app.id,))
    lines = look(r.conn, frame.ledger.journal.counter, wanted, newest_first=True, limit=1)
    line = lines[0] if lines else None
    told = (line.content or {}) if line is not None else {}
    wished = str(told.get("cancelled_at", ""))
    at = datetime.fromisoformat(wished) if wished else line.time if line else app.changed_at
    return Ending(
        at=at,
        reason=known.get(app.reason),
        note=app.note,
        officer=title(r, line.officer) if line is not None else "",
        at_portal=bool(wished),
    )
