"""What left the printers' ribbons in a shift, against the panels that its cards should have used.

Cards that failed while they were printed explain up to a whole card's panels each. What differs
beyond that is a question: a change that was recorded late or not at all, a ribbon that a hand
pulled on, or cards that no job knows. Nothing here decides which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from db.trail import Wanted, look
from desktop.domain.ribbon import UNTOLD, RibbonMark
from desktop.domain.stock import Job, JobState, Shift
from desktop.ledger import Reading
from desktop.services.printer_counts import RibbonLine
from desktop.services.shift_counts import span, spoiled_in_print, test_cards
from desktop.words import Words
from devices.card_printer import CardPrinter
from devices.device import SupplyName
from devices.errors import DeviceFault

CHANGED = "device.ribbon_changed"
ASK_SECONDS = 5.0


def panels_left(printer: CardPrinter) -> tuple[int, int]:
    """Panels left on the ribbon, and on a whole one; UNTOLD where the printer doesn't say."""
    a_card = printer.capabilities.panels_per_card
    if not a_card:
        return UNTOLD, UNTOLD  # it prints by itself, with panels that nobody orders
    try:
        for supply in printer.supplies(timeout=ASK_SECONDS):
            if supply.name is SupplyName.RIBBON:
                return supply.left * a_card, supply.capacity * a_card
    except DeviceFault:
        pass
    return UNTOLD, UNTOLD


def mark(name: str, printer: CardPrinter) -> RibbonMark:
    """The ribbon of a borrowed printer as it stands now."""
    a_card = printer.capabilities.panels_per_card
    return RibbonMark(name, printer.info.serial, panels_left(printer)[0], a_card)


def with_lots(r: Reading, marks: Sequence[RibbonMark], counter: str) -> tuple[RibbonMark, ...]:
    """The same marks with the lots that were recorded last."""
    lots: dict[str, str] = {}
    for line in look(r.conn, counter, Wanted(acts=(CHANGED,))):
        lots[line.subject] = str((line.content or {}).get("lot", ""))
    return tuple(replace(one, lot=one.lot or lots.get(one.printer, "")) for one in marks)


def ribbon_lines(
    r: Reading, shift: Shift, now: Sequence[RibbonMark], counter: str
) -> tuple[RibbonLine, ...]:
    """Each printer's ribbon over the shift; `told` is False where there is nothing to compare.

    That is a printer that didn't tell its ribbon at both ends, another machine in its place, or a
    change of which the printer didn't say what it began with. Whole cards are expected; a card
    spoiled half-way may have used as many panels more.
    """
    ends = {one.printer: one for one in now}
    begins = {one.printer: one for one in shift.ribbons_at_open}
    jobs = r.find(Job, shift=shift.id, state=JobState.PRINTED)
    failed = spoiled_in_print(r, shift, counter)
    found: list[RibbonLine] = []
    for name in sorted(begins | ends):
        nothing = RibbonMark(name, "")
        before, after = begins.get(name, nothing), ends.get(name, nothing)
        changes = [
            line.content or {}
            for line in look(r.conn, counter, span(r, shift, CHANGED))
            if line.subject == name
        ]
        began = [int(change.get("panels_new", UNTOLD)) for change in changes]
        alone = bool(after.machine) or len(begins | ends) == 1
        told = before.machine == after.machine and alone
        told = told and UNTOLD not in (before.panels, after.panels, *began)
        if not told:
            found.append(RibbonLine(name, False, before.lot, after.lot))
            continue
        put_in = sum(began) - sum(int(change.get("panels_left", 0)) for change in changes)
        made = sum(1 for job in jobs if job.made_by(after.machine))
        made += test_cards(r, shift, counter, name)
        spoiled = sum(1 for job in failed if job.made_by(after.machine))
        found.append(
            RibbonLine(
                name, True, before.lot, after.lot, before.panels, after.panels, put_in,
                made * after.a_card, len(changes), spoiled, spoiled * after.a_card,
            )
        )  # fmt: skip
    return tuple(found)


def ribbon_text(line: RibbonLine, words: Words) -> str:
    """One printer's ribbon as a sentence for the paper."""
    device = words(f"device_name.{line.printer}")
    if not line.told:
        return words("stock.ribbon.untold", device=device)
    lots = [lot for lot in dict.fromkeys((line.lot_before, line.lot_after)) if lot]
    which = "differs" if line.unexplained else "spoiled" if line.difference else "even"
    return words(
        f"stock.ribbon.{which}", spoiled=line.spoiled,
        device=device, lots=" → ".join(lots) or "–", before=line.before, after=line.after,
        changes=line.changes, gone=line.gone, expected=line.expected,
        difference=f"{line.difference:+d}",
    )  # fmt: skip
