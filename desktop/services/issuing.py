"""Making a card exactly once: reserve, intent, act, outcome.

    1  reserve the blank, set the dates, commit the intent          (store)
    2  feed the card, compare its serial                            (printer)
    3  commit "encoding", write the chip and read it back           (store, chip station)
    4  commit "encoded", commit "printing"                          (store)
    5  print and eject                                              (printer)
    6  commit the outcome                                           (store)

A printer behind a driver's queue moves no card for us: then the chip is written on the reader on
the desk, the officer carries the card to the printer, and any fault of step 5 is a doubt, because
only somebody who looks can say what became of the card.

Whatever stops the program between 1 and 6 leaves a job whose state tells how far it came. Nothing
is printed again by itself: a job found open at the next start is *in doubt* (doubts.py); one cut
off between 4 and 5 whose card still waits inside can go on with it (resuming.py).
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, ExitStack

from db.errors import StoreProblem
from desktop.cards.chip.tlv import ChipUnreadable
from desktop.domain.application import Application
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor
from desktop.domain.reasons import SpoilReason
from desktop.domain.stock import (
    BlankOutOfTurn,
    DatedYesterday,
    Job,
    JobState,
    SerialUnread,
    WrongBlank,
)
from desktop.notices import CardBegun
from desktop.services import pool
from desktop.services.approval import Approvals
from desktop.services.base import Frame
from desktop.services.cardmaker import CardMaker, ChipDiffers, MadeCard
from desktop.services.carrying import bring_to_chip, bring_to_print
from desktop.services.doubts import (
    ASK_SECONDS,
    FEED_SECONDS,
    Result,
)
from desktop.services.licences import Licences
from desktop.services.making_record import MakingRecord
from desktop.services.particulars import check_particulars
from desktop.services.put_back import PutBack
from devices.card_printer import CardPrinter, Tray
from devices.card_reader import CardReader
from devices.device import DeviceKind, SupplyName
from devices.errors import (
    AlreadyPrinted,
    Cancelled,
    CardFault,
    CardJam,
    CardLeftIn,
    CardNotBlank,
    CoverOpen,
    DeviceFault,
    HalfPrinted,
    LinkFault,
    NotConnected,
    OutOfCards,
    RibbonEnded,
)

CHIP_SECONDS = 40.0
PRINT_SECONDS = 180.0

_SPOILS: dict[type[Exception], SpoilReason] = {
    CardJam: SpoilReason.JAM,
    RibbonEnded: SpoilReason.RIBBON_END,
    CoverOpen: SpoilReason.HALF_PRINTED,
    HalfPrinted: SpoilReason.HALF_PRINTED,
    DatedYesterday: SpoilReason.DATED_YESTERDAY,
    ChipDiffers: SpoilReason.CHIP,
    ChipUnreadable: SpoilReason.CHIP,
}


class PrinterIdle(Problem):
    """The printer says done, but its own counter didn't move: nothing was printed."""


class Issuing(MakingRecord):
    """Production: from an approved case to a card in the tray."""

    def __init__(
        self, frame: Frame, maker: CardMaker, licences: Licences, approvals: Approvals
    ) -> None:
        super().__init__(frame, licences, approvals)
        self._maker = maker
        self._put_back = PutBack(frame)

    # -- one card --------------------------------------------------------------------------

    def issue(
        self,
        by: Actor,
        application_id: str,
        *,
        serial: str = "",
        second: Actor | None = None,
        batch: str = "",
        machine: str = "",
        cancel: threading.Event | None = None,
    ) -> Result:
        """Make one card; faults of the hardware come back in the result, never as a surprise.

        `cancel` stops the card until its chip is written; CardBegun tells when that begins.
        `serial` is a blank that the officer scanned; else the counter's next one is taken. With
        `second`, two officers read that serial by eye because nothing else can, and sign so.
        `machine` names one of several card printers; else the first that can work is taken.
        Raises problems of the case itself (gates, roles, clock, no blank, a job in doubt),
        OfficeIsSample, and what stops the printer already (a jam, an open cover, an empty ribbon)
        before anything is reserved, and StaleCase when another call was faster.
        """
        check_particulars(self._frame)
        with ExitStack() as held:
            printer = held.enter_context(self._hub.printer(machine or pool.choose(self._frame)))
            reader = held.enter_context(self._chip_reader(printer))
            printer.check_clear(timeout=ASK_SECONDS)
            if not serial:
                self._put_back.check(printer)
            counters = printer.counters(timeout=ASK_SECONDS)
            for supply in printer.supplies(timeout=ASK_SECONDS):
                if supply.name is SupplyName.RIBBON and supply.left == 0:
                    raise RibbonEnded(half_printed=False)
            job_id = self._frame.ids.new()
            self._live.add(job_id)
            try:
                app, job = self._reserve(
                    by, application_id, job_id, serial, second, batch,
                    counters.cards if counters else 0,
                    (counters.panels or 0) if counters else 0,
                    printer.info.serial,
                    pool.stack_of(self._frame, printer),
                )  # fmt: skip
                return self._produce(by, app, job, printer, reader, serial, cancel)
            finally:
                self._live.discard(job_id)

    def _produce(
        self,
        by: Actor,
        app: Application,
        job: Job,
        printer: CardPrinter,
        reader: CardReader,
        serial: str,
        cancel: threading.Event | None,
    ) -> Result:
        try:
            try:
                made = self._maker.make(app)
                found = printer.load_card(timeout=FEED_SECONDS, cancel=cancel).serial
                if found is not None and pool.from_another_feeder(self._frame, job, found):
                    app, job = pool.take_instead(self._frame, by, app, job, found)
                    made = self._maker.make(app)
                if not self._check_fed(printer, job, serial, found):
                    job = self._serial_unread(by, job)
                bring_to_chip(self._frame, printer, reader, job, cancel)
                uid = reader.uid(timeout=CHIP_SECONDS).hex()
                self._check_day(app)
                if cancel is not None and cancel.is_set():
                    raise Cancelled(DeviceKind.CARD_PRINTER, "encode")
                job = self._encoding(by, job, uid)
                self._frame.ledger.notices.publish(CardBegun(app.id))
                self._write_chip(reader, made)
                app, job = self._encoded(by, app, job, made, uid)
                bring_to_print(self._frame, printer, reader, job)
                self._check_day(app)
            except (DeviceFault, Problem) as fault:
                return self._not_printed(by, app, job, printer, fault)
            return self._print(by, app, job, made, printer)
        except StoreProblem as stopped:
            # The store can't be told how far the card came; if it can't even be told of a doubt,
            # the next look at open jobs finds this one.
            self._doubt_if_possible(by, job, stopped)
            raise

    def _print(
        self, by: Actor, app: Application, job: Job, made: MadeCard, printer: CardPrinter
    ) -> Result:
        """The second intent, the ribbon, the tray, the outcome."""
        job = self._printing(by, job)
        try:
            printer.print_card(made.front, made.back, job.id, timeout=PRINT_SECONDS)
            counters = printer.counters(timeout=ASK_SECONDS)
            if counters is not None and counters.cards <= job.cards_before:
                raise PrinterIdle
        except (DeviceFault, PrinterIdle) as fault:
            return self._print_fault(by, app, job, printer, fault)
        try:
            printer.eject(Tray.OUTPUT, timeout=FEED_SECONDS)
        except DeviceFault as fault:
            # The card is whole; where it lies now only somebody who looks can say.
            return self._doubt(by, app, job, fault)
        return self._printed(by, app, job)

    def _check_fed(self, printer: CardPrinter, job: Job, serial: str, found: str | None) -> bool:
        """Whether somebody read the fed card's serial. Raises WrongBlank, SerialUnread."""
        if found is not None and found != job.blank_serial:
            printer.eject(Tray.OUTPUT, timeout=FEED_SECONDS)
            wrong = BlankOutOfTurn if pool.free_here(self._frame, found) else WrongBlank
            raise wrong(found=found, expected=job.blank_serial)
        if found is None and not serial and printer.capabilities.reads_serial:
            printer.eject(Tray.OUTPUT, timeout=FEED_SECONDS)
            raise SerialUnread(expected=job.blank_serial)
        return found is not None or bool(serial)

    def _chip_reader(self, printer: CardPrinter) -> AbstractContextManager[CardReader]:
        """The printer's own chip station, or the reader on the desk where it has none."""
        if printer.capabilities.moves_card:
            return self._hub.reader(printer.info.name)
        return self._hub.desk_reader()

    def _check_day(self, app: Application) -> None:
        today = self._frame.today()
        if app.issue_on is not None and app.issue_on != today and not app.keeps_dates:
            raise DatedYesterday(dated=app.issue_on, today=today)

    def _write_chip(self, reader: CardReader, made: MadeCard) -> None:
        chip = self._maker.chip
        chip.write(reader, made.chip, timeout=CHIP_SECONDS)
        if chip.read(reader, timeout=CHIP_SECONDS) != made.chip:
            raise ChipDiffers

    # -- what may go wrong -----------------------------------------------------------------

    def _not_printed(
        self, by: Actor, app: Application, job: Job, printer: CardPrinter, fault: Exception
    ) -> Result:
        """Printing was not begun: a fresh blank goes back, one with a bad or begun chip doesn't."""
        with self._frame.ledger.reading() as r:  # as far as they came
            job = r.get(Job, job.id)
            app = r.get(Application, app.id)
        if isinstance(fault, NotConnected) and fault.kind is DeviceKind.CARD_PRINTER:
            return self._doubt(by, app, job, fault)
        bad_chip = isinstance(fault, CardFault | ChipDiffers)
        spoiled = bad_chip or job.state is not JobState.INTENT
        out = isinstance(fault, BlankOutOfTurn)
        if not isinstance(fault, OutOfCards | WrongBlank | SerialUnread | CardLeftIn):
            out = self._try_eject(printer, job, Tray.REJECT if spoiled else Tray.OUTPUT)
        reason = (
            SpoilReason.CHIP if bad_chip else _SPOILS.get(type(fault), SpoilReason.DEVICE_FAULT)
        )
        back = job.blank_serial if out and not spoiled else ""
        if back:
            self._put_back.came_out(printer, back)
        return self._failed(by, app, job, fault, spoiled=spoiled, reason=reason, put_back=back)

    def _print_fault(
        self, by: Actor, app: Application, job: Job, printer: CardPrinter, fault: Exception
    ) -> Result:
        """Printing was begun: the card is spoiled, or in doubt where nobody can say."""
        unseen = not printer.capabilities.moves_card
        if unseen or isinstance(fault, LinkFault | CardNotBlank | AlreadyPrinted | PrinterIdle):
            return self._doubt(by, app, job, fault)
        self._try_eject(printer, job, Tray.REJECT)
        reason = _SPOILS.get(type(fault), SpoilReason.HALF_PRINTED)
        return self._failed(by, app, job, fault, spoiled=True, reason=reason)
