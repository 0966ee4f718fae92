"""Cards for those who applied from home: the batch print with its jam, looked at, packed, sent."""

from __future__ import annotations

from desktop.domain.reasons import SpoilReason
from desktop.presenters.online import Online
from desktop.presenters.online_view import OnlineArea, PairStep, PrintPane, PrintRun
from desktop.training.day import Day, OffScript
from devices.errors import CardJam
from devices.simulators.faults import Fault, FaultName

JAM_AFTER = 4
"""Cards that the batch prints before one jams between two ribbon panels."""


def print_batch(day: Day) -> None:
    """Rahmat prints every approved file in one go; a card jams, is cleared, and it goes on."""
    day.sign_in("rahmat")
    desk = Online(day.desk)
    desk.enter()
    day.press(desk, desk.show_area, OnlineArea.PRINT)
    files = frozenset(line.app.id for line in desk.view.ready)
    day.bench.order("card_printer", Fault("print.panel.c", FaultName.JAM, skip=JAM_AFTER))
    desk.select(files)
    day.refused(desk, CardJam, desk.print_selected)
    stopped = _run(desk)
    day.tell("jam", good=stopped.good, left=len(stopped.left))
    day.spend(90)
    day.bench.remedy("card_printer")
    day.press(desk, desk.pause)
    ended = _run(desk)
    if ended.running or ended.left or ended.failed or ended.good != len(files):
        raise OffScript(f"the batch isn't whole: {ended!r}")
    desk.clear_run()
    day.tell("batch", good=ended.good)
    _inspect(day, desk)
    desk.leave()
    desk.close()


def _run(desk: Online) -> PrintRun:
    run = desk.view.run
    if run is None:
        raise OffScript("no batch is on show")
    return run


def _inspect(day: Day, desk: Online) -> None:
    """Each card is scanned and looked at; one has a streak, is spoiled and made again."""
    bad = True
    while True:
        cards = {card.serial: card for card in day.clear_trays()}
        day.press(desk, desk.turn_pane, PrintPane.INSPECT)
        waiting = [app.blank_serial for app in desk.view.printed]
        if not waiting:
            day.bench.put_card_in_viewer(None)
            return
        if set(cards) != set(waiting):
            raise OffScript("the tray holds other cards than the list")
        for place, serial in enumerate(waiting):
            day.bench.put_card_in_viewer(cards[serial])
            day.press(desk, desk.scanned, serial, takes=8)
            if bad and place == 1:
                day.press(desk, desk.reject_card, SpoilReason.PRINT_DEFECT, "Garis pada foto.")
                day.tell("rejected", serial=serial)
            else:
                day.press(desk, desk.pass_card)
        if bad:
            bad = False
            day.press(desk, desk.turn_pane, PrintPane.QUEUE)
            day.press(desk, desk.select, frozenset(line.app.id for line in desk.view.ready))
            day.press(desk, desk.print_selected)
            desk.clear_run()


def pack(day: Day) -> None:
    """Rahmat scans each card that goes by courier, then a waybill of the courier's roll."""
    day.sign_in("rahmat")
    desk = Online(day.desk)
    desk.enter()
    day.press(desk, desk.show_area, OnlineArea.PACK)
    waiting = [line.app for line in desk.view.to_pack]
    for case in waiting:
        day.press(desk, desk.scan_to_pack, case.blank_serial, takes=10)
        day.press(desk, desk.scan_to_pack, day.waybill(), takes=10)
        if desk.view.pair.step is not PairStep.RIGHT or not desk.view.pair.label_printed:
            raise OffScript(f"packing {case.number}: {desk.view.pair!r}")
        day.bench.take_papers()
        day.spend(25)
    day.tell("packed", count=len(waiting))
    desk.leave()
    desk.close()


def send(day: Day) -> None:
    """The courier comes at half past one."""
    send_manifest(day)


def send_manifest(day: Day) -> None:
    """Officer and courier count together; the count closes the manifest."""
    desk = Online(day.desk)
    desk.enter()
    day.press(desk, desk.show_area, OnlineArea.MANIFEST)
    count = len(desk.view.packed)
    day.press(desk, desk.close_manifest, count, takes=60)
    closed = desk.view.closed
    if closed is None or closed.parcels != count:
        raise OffScript("the manifest isn't closed")
    day.bench.take_papers()
    day.tell("manifest", number=closed.number, count=count)
    desk.leave()
    desk.close()
