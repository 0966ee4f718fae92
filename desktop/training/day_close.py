"""The end of the day: spoiled cards destroyed, blanks counted by hand, the shift closed."""

from __future__ import annotations

from desktop.domain.destruction import DestroyMethod
from desktop.presenters.stock import StockDesk
from desktop.presenters.stock_view import Area, CloseStage
from desktop.training.day import CREDENTIALS, Day, OffScript
from desktop.training.office import BLANKS, LOT

STATEMENT = (
    "Satu kartu macet saat dicetak dan satu ditolak saat diperiksa. Keduanya dirusak dan dicatat;"
    " pita terpakai lebih banyak dari kartu yang jadi."
)
"""What the officer says of the ribbon, in the office's own language."""

SUPERVISOR = "bambang"


def destroy_spoiled(day: Day) -> None:
    """What the day spoiled is shredded before the stock keeper and the supervisor."""
    day.sign_in("nyoman")
    stock = StockDesk(day.desk)
    stock.enter(Area.DESTROY)
    doomed = [card.serial for card in stock.view.doomed]
    for serial in doomed:
        day.press(stock, stock.scanned, serial)
    day.press(stock, stock.destroy, DestroyMethod.SHREDDED, 0, *CREDENTIALS[SUPERVISOR], takes=120)
    day.bench.take_papers()
    day.tell("destroyed", cards=len(doomed), minutes=stock.view.papers[0].number)
    stock.leave()
    stock.close()


def close_shift(day: Day) -> None:
    """Count, reckon, say what differs, sign: the journal's head is anchored."""
    day.sign_in("rahmat")
    stock = StockDesk(day.desk)
    stock.enter(Area.CLOSE)
    counted = BLANKS - len(day.cards)
    day.press(stock, stock.count, {LOT: counted}, takes=600)
    reckoned = stock.view.reckoning
    if reckoned is None:
        raise OffScript("nothing is reckoned")
    [lot] = reckoned.lots
    day.tell("counted", counted=counted, books=lot.balance.closing)
    if reckoned.differs:
        day.press(stock, stock.state, STATEMENT, takes=60)
        day.tell("stated")
    day.press(stock, stock.close_shift, *CREDENTIALS[SUPERVISOR], takes=30)
    if stock.view.stage is not CloseStage.CLOSED:
        raise OffScript(f"the shift stands at {stock.view.stage}")
    day.bench.take_papers()
    gone = lot.balance.spoiled + lot.balance.to_be_destroyed
    day.tell("closed", lot=LOT, issued=lot.balance.issued, gone=gone)
    stock.leave()
    stock.close()
    day.desk.duty.sign_out()
