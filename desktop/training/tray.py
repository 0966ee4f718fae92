"""The card that a simulated printer made before the program was started anew.

Plastic outlives a program, a simulated tray doesn't: the case says that its card is printed, and no
viewer would find it. It is made again as it was, chip and all, when somebody wants to look at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.domain.stock import Job
from devices.simulators.card_reader import ReaderCore, SimulatedCardReader

if TYPE_CHECKING:
    from desktop.domain.application import Application
    from desktop.services.desk import Desk
    from devices.simulators.plastic import PlasticCard

CHIP_SECONDS = 20.0
LAID = ("y", "m", "c", "k", "o", "back")


def back_in_tray(desk: Desk, app: Application) -> None:
    """Let the case's finished card lie in the tray, if it was printed before this program began.

    What was printed since lies where somebody put it. Raises what making a card raises (its face's
    problems, NoSealKey, ChipRefused).
    """
    bench = desk.bench
    if bench is None or not app.blank_serial:
        return
    truth = bench.printer.truth
    with desk.ledger.reading() as r:
        jobs = [job.id for job in r.find(Job, application_id=app.id)]
    if any(job in truth.jobs for job in jobs):
        return
    made = desk.cardmaker.make(app)
    card = bench.fresh_card(app.blank_serial)
    card.front_ordered, card.back_ordered = made.front, made.back
    card.panels, card.whole = list(LAID), True
    write_aside(desk, card, made.chip)
    truth.output.append(card)
    truth.jobs += jobs  # once: who takes it away then has it


def write_aside(desk: Desk, card: PlasticCard, chip: bytes) -> None:
    """Write a chip on a reader of its own: the one on the desk may be in use, or a real one."""
    aside = ReaderCore("aside", "SIM-CR-0000")
    aside.put(card)
    reader = SimulatedCardReader(aside, lambda _seconds, _cancel: True)
    reader.open(timeout=CHIP_SECONDS)
    reader.wait_card(timeout=CHIP_SECONDS)
    desk.chip.write(reader, chip, timeout=CHIP_SECONDS)
    reader.close()
