"""What the portal would have sent: a sample delivery for a training counter that has none yet.

It is made when it is asked for, so that no start waits for it, and laid into the profile's own
inbox, where the officer finds it again. Files that this counter sent back come mended.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from desktop.domain.application import Application
from desktop.training.batch_maker import make_batch, mend_batch

if TYPE_CHECKING:
    from desktop.services.desk import Desk

INBOX = "inbox"
FILES, FAULTY = 8, 2
"""As much as a first look needs: good ones, and one or two of each kind of trouble."""


def new_files(desk: Desk) -> Path:
    """A signed batch of applications that this counter hasn't had. Raises TrainingOnly,
    BatchNotWritten.
    """
    seed = 1
    with desk.ledger.reading() as r:
        while r.first(Application, external_id=f"SNR-{seed:04d}-0001") is not None:
            seed += 1
    path = _inbox(desk) / f"portal-{seed:04d}.zip"
    make_batch(desk, path, count=FILES, seed=seed, faulty=FAULTY)
    return path


def mended_files(desk: Desk) -> Path:
    """Whatever was sent back, mended by its applicants. Raises TrainingOnly, BatchNotWritten."""
    path = _inbox(desk) / f"portal-mended-{desk.clock.now():%Y%m%d%H%M%S}.zip"
    mend_batch(desk, path)
    return path


def _inbox(desk: Desk) -> Path:
    folder = desk.profile.path / INBOX
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
