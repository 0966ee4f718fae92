"""Plays applicants who change their minds: cancellations of what waits at this office."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.domain.application import Application, ApplicationState
from desktop.domain.filing import Cancellation
from desktop.training.batch_maker import training_only, write_batch

if TYPE_CHECKING:
    from desktop.services.desk import Desk

OPEN = (
    ApplicationState.RECEIVED,
    ApplicationState.CLAIMED,
    ApplicationState.SENT_BACK,
    ApplicationState.VERIFIED,
    ApplicationState.APPROVED,
    ApplicationState.READY,
)
"""States in which applicants change their minds; in the last of them too late."""


def cancel_batch(desk: Desk, path: Path, *, count: int, seed: int) -> list[str]:
    """So many of those who wait for this office cancel; the portal's numbers of them.

    Raises TrainingOnly, BatchNotWritten.
    """
    training_only(desk)
    with desk.ledger.reading() as r:
        found = r.find(Application, state=list(OPEN), order="number")
    waiting = [app for app in found if app.external_id]
    chosen = random.Random(seed).sample(waiting, min(count, len(waiting)))
    now = desk.clock.now().replace(microsecond=0)
    wishes = [Cancellation(app.external_id, app.nik, now) for app in chosen]
    write_batch(desk, path, f"PORTAL-CANCEL-{seed}-{count}", [(wish, {}) for wish in wishes])
    return [wish.external_id for wish in wishes]
