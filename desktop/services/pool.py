"""Several card printers at one counter: which one makes the next card, and whose feeder gave it.

A printer whose last job is in doubt rests until that is answered, because the card may still be
inside. Failing over never repeats a job: what is in doubt stays so, and only the next case, or one
whose blank was spoiled or put back, goes to another machine.
"""

from __future__ import annotations

from collections.abc import Collection

from db.trail import Line, Wanted, look
from desktop.device_hub import DeviceHub
from desktop.domain.application import Application
from desktop.domain.officer import Actor
from desktop.domain.stock import (
    Blank,
    BlankAction,
    BlankState,
    FeederUnknown,
    Job,
    JobState,
    NoBlankAssigned,
)
from desktop.ledger import Reading
from desktop.services.base import Frame
from desktop.services.own_jobs import own_jobs
from devices.card_printer import CardPrinter
from devices.device import DeviceKind

FEEDER_LOADED = "printer.feeder_loaded"
LOOKED_BACK = 200
"""How many jobs, or notes of loading, are looked through for a machine's last one."""


def printers(hub: DeviceHub) -> tuple[str, ...]:
    """The card printers of this counter, the usual one first."""
    return hub.names(DeviceKind.CARD_PRINTER)


def resting(frame: Frame, r: Reading) -> frozenset[str]:
    """Printers whose last job is in doubt."""
    doubtful = own_jobs(frame, r, [JobState.IN_DOUBT])
    found = (frame.hub.printer_with(job.printer) for job in doubtful)
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
        rest = resting(frame, r)
    ready = [name for name in names if name not in rest] or names
    for name in ready:
        status = hub.status(name)
        if status.health.usable and not status.in_use:
            return name
    return ready[0]


def stack_of(frame: Frame, printer: CardPrinter) -> str:
    """The place of a machine whose own stack decides which blank comes next.

    Nothing where there is one printer only, where the machine reads the fed card's serial, or
    where the officer's hand brings the card.
    """
    able = printer.capabilities
    if able.reads_serial or not able.moves_card or len(printers(frame.hub)) < 2:
        return ""
    return printer.info.name


def on_top(frame: Frame, r: Reading, stack: str, serial: str) -> Blank:
    """The blank that this machine's feeder gives next, by what was loaded and what it took since.

    Of the usual printer, where nobody noted what was put in, the counter's next one. Raises
    FeederUnknown, and NoBlankAssigned at the stack's end.
    """
    loaded = _loaded(frame, r, stack)
    jobs = r.find(Job, order="id", descending=True, limit=LOOKED_BACK)
    last = next((job for job in jobs if job.printer == serial), None)
    begins, ends, but = "", None, ""
    if loaded is not None and (last is None or loaded.time > last.started_at):
        content = loaded.content or {}
        begins, ends = str(content.get("first", "")), str(content.get("last", ""))
    elif last is not None:
        begins = last.blank_serial
        # One that came back untouched was put on top again.
        back = r.get(Blank, begins).state is BlankState.ASSIGNED
        but = "" if back else begins
    elif number := printers(frame.hub).index(stack):
        raise FeederUnknown(number=number + 1)
    found = r.find(Blank, custodian=frame.counter, state=BlankState.ASSIGNED, since=begins, limit=2)
    blank = next((one for one in found if one.id != but), None)
    if blank is None or (ends and blank.id > ends):
        raise NoBlankAssigned(counter=frame.counter)
    return blank


def _loaded(frame: Frame, r: Reading, stack: str) -> Line | None:
    """What was last noted of this machine's feeder."""
    noted = look(
        r.conn, frame.ledger.journal.counter, Wanted(acts=(FEEDER_LOADED,)),
        newest_first=True, limit=LOOKED_BACK,
    )  # fmt: skip
    return next((line for line in noted if (line.content or {}).get("machine") == stack), None)


def from_another_feeder(frame: Frame, job: Job, found: str | None) -> bool:
    """Whether the card just fed is a free blank of this counter from a feeder beside the usual."""
    if found is None or found == job.blank_serial or len(printers(frame.hub)) < 2:
        return False
    return free_here(frame, found)


def free_here(frame: Frame, serial: str) -> bool:
    """Whether this is a free blank of this counter."""
    with frame.ledger.reading() as r:
        blank = r.look(Blank, serial)
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
