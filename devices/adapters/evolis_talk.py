"""What every verb of an Evolis printer needs: asking, counting, naming what is in the way."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import NoReturn

from devices.card_printer import CardPrinter
from devices.device import Cancel, Deadline, DeviceKind, Hopper, Station, Supply, SupplyName
from devices.errors import (
    Cancelled,
    CardJam,
    CoverOpen,
    Garbage,
    HalfPrinted,
    NoCardInside,
    NotConnected,
    OutOfCards,
    OutputTrayFull,
    RejectBoxFull,
    RibbonEnded,
)
from devices.wire.evolis import (
    CARD,
    ERROR,
    ERROR_TEXTS,
    OK,
    Command,
    Error,
    Info,
    Status,
    Warn,
    WireGarbage,
    decode_count,
    decode_status,
)
from devices.wire.evolis_line import Line

KIND = DeviceKind.CARD_PRINTER
RIBBON_LOW = 10
WAIT_FOR_MACHINE = 0.1
ANSWERING = 10.0
"""Seconds after which a question that sets nothing going is given up, however long the job may
take: the screen has said by then that the printer is silent."""
_BUSY = Info.BUSY | Info.PRINTING
_STUCK = Error.MECHANICAL | Error.FEEDER


@dataclass(frozen=True, slots=True)
class Inside:
    """The card that this adapter brought in."""

    station: Station
    job_id: str | None = None
    half: bool | None = False
    printed: bool | None = False


class EvolisTalk(CardPrinter):
    """The questions behind the verbs, over one line."""

    def __init__(self, line: Line, ribbon_holds: int, sets_a_card: int = 1) -> None:
        self._line = line
        self._sets_a_card = sets_a_card
        self._ribbon_holds = ribbon_holds
        self._open = False
        self._inside: Inside | None = None
        self._fed = 0

    @property
    def unanswered(self) -> float:
        return self._line.waiting.seconds

    def _known(self) -> Inside:
        """What is known of the card inside; of one that was found there, nothing."""
        return self._inside or Inside(Station.FEEDER, None, None, None)

    def _begin(self, during: str, timeout: float, cancel: Cancel) -> Deadline:
        if not self._open:
            raise NotConnected(KIND, during)
        if cancel is not None and cancel.is_set():
            raise Cancelled(KIND, during)
        return Deadline(timeout)

    def _ask(self, text: str, during: str, deadline: Deadline, cancel: Cancel) -> str:
        name, *params = text.split(";")
        command = Command(name, tuple(params))
        seconds = deadline.left() if command.working else min(ANSWERING, deadline.left())
        try:
            return self._line.ask(command, seconds, cancel, during)
        except NotConnected:
            self._open = False
            raise

    def _send(self, stream: bytes, during: str, deadline: Deadline, cancel: Cancel) -> str:
        """A whole job, and the reply to what is asked behind it."""
        try:
            return self._line.send_job(stream, deadline.left(), cancel, during)
        except NotConnected:
            self._open = False
            raise

    def _status(self, during: str, deadline: Deadline, cancel: Cancel) -> Status:
        try:
            return decode_status(self._ask("Rpst", during, deadline, cancel))
        except WireGarbage as error:
            raise Garbage(KIND, during) from error

    def _mended(self, during: str, deadline: Deadline, cancel: Cancel) -> Status:
        """The status, once an error that somebody has mended is cleared; others stand."""
        status = self._status(during, deadline, cancel)
        if status.error:
            self._ask("Scs", during, deadline, cancel)
            status = self._status(during, deadline, cancel)
        return status

    def _count(self, what: str, during: str, deadline: Deadline, cancel: Cancel) -> int:
        try:
            return decode_count(self._ask(what, during, deadline, cancel))
        except WireGarbage as error:
            raise Garbage(KIND, during) from error

    def _is_inside(self, during: str, deadline: Deadline, cancel: Cancel) -> bool:
        reply = self._ask("Rlr;p", during, deadline, cancel)
        if reply not in {OK, CARD}:
            raise Garbage(KIND, during)
        return reply == CARD

    def _supplies(
        self, status: Status, during: str, deadline: Deadline, cancel: Cancel
    ) -> tuple[Supply, ...]:
        """The ribbon, which alone is counted; the feeder only where it says that it is empty."""
        left = self._count("Rrt;count", during, deadline, cancel) // self._sets_a_card
        holds = max(left, self._ribbon_holds // self._sets_a_card)
        ribbon = Supply(SupplyName.RIBBON, left, holds, left <= RIBBON_LOW)
        if status.warn & Warn.FEEDER_EMPTY:
            return (Supply(SupplyName.CARDS, 0, 100, low=True), ribbon)
        return (ribbon,)

    def _refuse_stopped(self, during: str, deadline: Deadline, cancel: Cancel) -> None:
        """Raise what stands in the way; an error that somebody has mended is cleared first."""
        status = self._mended(during, deadline, cancel)
        self._stopped(status.error, Station.FEEDER, begun=self._known().half is True)
        if status.warn & (Warn.COVER_OPEN | Warn.RECEPTACLE_OPEN):
            raise CoverOpen(half_printed=self._known().half is True)
        if status.warn & (Warn.RIBBON_ENDED | Warn.NO_RIBBON) and during == "print":
            raise RibbonEnded(half_printed=False)

    def _stopped(self, error: Error, at: Station, *, begun: bool) -> None:
        """Raise the fault that these error bits name."""
        if error & _STUCK:
            raise CardJam(at, begun)
        if error & Error.COVER_OPEN:
            raise CoverOpen(begun)
        if error & (Error.RIBBON_ENDED | Error.RIBBON | Error.BAD_RIBBON):
            raise RibbonEnded(begun)
        if error & Error.REJECT_BOX_FULL:
            raise RejectBoxFull(0)
        if error & Error.HOPPER_FULL:
            raise OutputTrayFull(0)
        if error & Error.HEAD_TEMP and begun:
            raise HalfPrinted(at)

    def _order(
        self, text: str, at: Station, during: str, deadline: Deadline, cancel: Cancel
    ) -> None:
        """An order to the mechanics. Raises the fault that its refusal names.

        A machine that still moves a card refuses without a reason (after a stop in printing, or
        when its cable was put back while it printed on): then the order waits for it.
        """
        reply = self._ask(text, during, deadline, cancel)
        while reply == ERROR and self._status(during, deadline, cancel).info & _BUSY:
            self._rest(WAIT_FOR_MACHINE, during, cancel)
            reply = self._ask(text, during, deadline, cancel)
        if reply != OK:
            self._refused(reply, at, during, deadline, cancel)

    def _rest(self, seconds: float, during: str, cancel: Cancel) -> None:
        if (cancel or threading.Event()).wait(seconds):
            raise Cancelled(KIND, during)

    def _refused(
        self, reply: str, at: Station, during: str, deadline: Deadline, cancel: Cancel
    ) -> NoReturn:
        """Name a refusal; where the text is wide, the status bits say more."""
        if reply not in ERROR_TEXTS:
            raise Garbage(KIND, during)
        begun = self._known().half is True
        match reply:
            case "FEEDER EMPTY":
                fed, self._fed = self._fed, 0
                raise OutOfCards(Hopper.FEEDER, fed)
            case "CARD JAM":
                raise CardJam(at, begun)
            case "COVER OPEN" | "HOPPER DOOR":
                raise CoverOpen(begun)
            case "ERROR RIBBON":
                raise RibbonEnded(begun)
            case "ERROR HEAD":
                raise HalfPrinted(at)
            case _:
                self._stopped(self._status(during, deadline, cancel).error, at, begun=begun)
        if reply == "HOPPER FULL":
            raise OutputTrayFull(0)
        if not self._is_inside(during, deadline, cancel):
            raise NoCardInside(at)
        raise Garbage(KIND, during)
