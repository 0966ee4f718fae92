"""Several card printers at one counter: which one makes the next card, and whose feeder gave it.

A printer whose last job is in doubt rests until that is answered, because the card may still be
inside. Failing over never repeats a job: what is in doubt stays so, and only the next case, or one
whose blank was spoiled or put back, goes to another machine.
"""

from __future__ import annotations

from collections.abc import Collection

from desktop.device_hub import DeviceHub
from desktop.domain.application import Application
from desktop.domain.officer import Actor
from desktop.domain.stock import Blank, BlankAction, BlankState, Job, JobState
from desktop.ledger import Reading
from desktop.services.base import Frame
from devices.device import DeviceKind


def printers(hub: DeviceHub) -> tuple[str, ...]:
    """The card printers of this counter, the usual one first."""
    return hub.names(DeviceKind.CARD_PRINTER)


def resting(hub: DeviceHub, r: Reading) -> frozenset[str]:
    """Printers whose last job is in doubt."""
    found = (hub.printer_with(job.printer) for job in r.find(Job, state=JobState.IN_DOUBT))
    return frozenset(name for name in found if name is not None)


def choose(frame: Frame, without: Collection[str] = ()) -> str | None:
    """The printer for the next card: the first that can work, is free and owes no answer.

    Where none is, the usual one, so that its own refusal says why; None where all are in
    `without`, or there is none at all.
    """
    hub = frame.hub
    names = [name for name in printers(hub) if name not in without]
    if len(names) < 2:
        return names[0] if names else None
    with frame.ledger.reading() as r:
        rest = resting(hub, r)
    ready = [name for name in names if name not in rest] or names
    for name in ready:
        status = hub.status(name)
        if status.health.usable and not status.in_use:
            return name
    return ready[0]


def from_another_feeder(frame: Frame, job: Job, found: str | None) -> bool:
    """Whether the card just fed is a free blank of this counter from a feeder beside the usual."""
    if found is None or found == job.blank_serial or len(printers(frame.hub)) < 2:
        return False
    with frame.ledger.reading() as r:
        blank = r.look(Blank, found)
    return (
        blank is not None
        and blank.state is BlankState.ASSIGNED
        and blank.custodian == frame.counter
    )


def take_instead(
    frame: Frame, by: Actor, app: Application, job: Job, found: str
) -> tuple[Application, Job]:
    """Reserve the blank that this machine's feeder gave, and put the other one back.

    Only before anything was written on it. Each feeder has its own order; the ledger follows the
    card that is really inside.
    """
    with frame.ledger.acting(by) as w:
        before, after = w.get(Blank, job.blank_serial), w.get(Blank, found)
        frame.move_blank(w, before, BlankAction.RELEASE, application_id="")
        frame.move_blank(w, after, BlankAction.RESERVE, application_id=app.id)
        app = w.change(w.get(Application, app.id), blank_serial=found)
        job = w.change(w.get(Job, job.id), blank_serial=found)
        w.record(
            "job.other_feeder",
            job.id,
            {"application": app.id, "serial": found, "instead_of": before.id},
        )
    return app, job
