"""Whether a case that was begun in time is complete and paid in time too.

A renewal stays one while it waits only if everything was there on the old licence's last day
(`validity.toml`). Both desks ask: the one that gathers the papers and the one that sees the fee.
"""

from __future__ import annotations

from datetime import date

from desktop.domain.application import Application
from desktop.domain.eligibility import in_time
from desktop.domain.person import Licence
from desktop.ledger import Reading
from desktop.services.base import Frame


def refuse_late(frame: Frame, r: Reading, app: Application, on: date) -> None:
    """Judge a case by the day on which a step of it was done.

    Raises RenewalTooLate, OutsideDispensation, ReplacementTooLate.
    """
    old = r.look(Licence, app.previous_licence) if app.previous_licence else None
    if old is None or app.service.needs_tests:
        return
    for problem in in_time(frame.rules(on), app.service, old.licence_class, old.valid_until, on):
        raise problem
