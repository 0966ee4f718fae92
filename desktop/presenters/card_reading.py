"""A card that somebody brings is read: what every screen with a chip reader at hand does alike.

Reading waits for a card beside whatever else the screen waits for (the KTP-el, say), so it has a
flag of its own and leaves `doing` alone. Scanned codes are remembered until a card was read with
them: code and chip are then held against each other, whichever came first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from desktop.domain.card_reading import ChipWanted, Weight
from desktop.domain.officer import Actor
from desktop.domain.violations import ORDER_WRITERS
from desktop.presenters.base import Presenter, Said, View
from desktop.presenters.live_face import live_face
from desktop.services.desk import Desk
from devices.errors import Cancelled

if TYPE_CHECKING:
    from desktop.domain.violations import CardOrder
    from desktop.services.card_reading import ReadCard

READER = "desk_reader"


@dataclass(frozen=True)
class ReadingView(View):
    """A view over which a card's reading may be laid. `reading`: a card is waited for or read,
    `by_camera`: its code is looked for, `writing`: an order is put on its chip. `may_write`: one
    waits for the card in `read`, and whoever read it may write it. `asked_at`: what stood here when
    the card was asked for.
    """

    read: ReadCard | None = None
    reading: bool = False
    by_camera: bool = False
    writing: bool = False
    may_write: bool = False
    asked_at: object = None

    @property
    def stands_at(self) -> object:
        """What stands here: over anything that came later, only what can't wait is shown."""
        return None

    @property
    def reading_as(self) -> str:
        """What to say while `reading`; once the officer went on, that it hinders nothing."""
        if self.writing:
            return "doing.write_order"
        doing = "doing.see_code" if self.by_camera else "doing.read_sim"
        return doing if self.asked_at == self.stands_at else f"{doing}.later"


@dataclass(frozen=True, slots=True)
class Brought:
    """Who brings the card and what it is about, as far as the screen knows."""

    nik: str = ""
    birth: date | None = None
    subject: str = ""
    visit_id: str = ""


def may_write(read: ReadCard, by: Actor) -> bool:
    """Whether an order waits for a card that was read, and this officer may write it."""
    return read.waiting is not None and bool(by.roles & set(ORDER_WRITERS))


T = TypeVar("T")
U = TypeVar("U")
RV = TypeVar("RV", bound=ReadingView)


class ReadsCards(Presenter[RV]):
    """Reads the card on the desk's reader and shows what came of it."""

    nothing_read = "reading.nothing"

    def __init__(self, desk: Desk, first: RV) -> None:
        super().__init__(desk, first)
        self._stop_reading = threading.Event()
        self._code = ""
        """The last code that was scanned, until a chip was read with it."""
        self._lacked: Exception | None = None
        """What the last act with a card met: it goes with the sheet that tells it."""

    def brought(self) -> Brought:
        """Whose card it should be; a screen that knows says so."""
        return Brought()

    def gone_on(self, at: object, _read: ReadCard) -> bool:
        """Whether the card that was asked for at `at` would lie over something that came later."""
        return at != self.view.stands_at

    def was_read(self, read: ReadCard) -> None:
        """A screen that does something with the card besides showing it."""

    def told_of(self, read: ReadCard, named: str) -> Said | None:
        """That a card was read, by its number under `named`; or that none was, if no sheet says so.

        Only what has a number gets the tick.
        """
        if read.serial:
            return self.say(named, serial=read.serial)
        if read.nothing:
            return self.warn(self.nothing_read) if self.view.read is None else None
        return self.warn("reading.unnamed")

    def read_card_of(
        self,
        code: str = "",
        chip: ChipWanted = ChipWanted.WAIT,
        *,
        quiet: bool = False,
        instead: Callable[[ReadCard], None] | None = None,
        at: object = None,
    ) -> None:
        """Read the card, with the code scanned now or before.

        `quiet` shows only what is bad: for codes that were scanned on the way to something else.
        `at` is what stood here when it was asked for, if that was before now.
        """
        if self.view.reading:
            return
        by, brought, desk = self.by, self.brought(), self.desk
        code, at = code or self._code, self.view.stands_at if at is None else at

        def act(stop: threading.Event) -> ReadCard:
            live = b"" if quiet else live_face(desk, stop)
            return desk.card_readings.read_card(
                by, code, visit_id=brought.visit_id, nik=brought.nik, birth=brought.birth,
                subject=brought.subject, chip=chip, live=live, cancel=stop,
            )  # fmt: skip

        def then(read: ReadCard) -> None:
            self._code = code if read.chip.said is None else ""
            bad = read.worst is Weight.BAD
            later = self.gone_on(at, read) and not (read.stops or may_write(read, by))
            shown = None if (quiet or later) and not bad else read
            self.show(reading=False, read=shown, may_write=may_write(read, by), problem=None)
            if self.still_here(by):  # else whoever is here by then reads it in their own name
                (instead or self.was_read)(read)

        def failed(problem: Exception) -> None:
            self.show(reading=False, problem=None if isinstance(problem, Cancelled) else problem)

        self.show(reading=True, read=None, problem=None, asked_at=at)
        self._with_card(READER, act, then, failed)

    def read_code_by_camera(self) -> None:
        """Look for the code before the camera, then read the card with it.

        Where none is seen, what was on show before is on show again, unless the officer went on.
        """
        if self.view.reading:
            return
        by, before, at = self.by, self.view.read, self.view.stands_at

        def then(code: str) -> None:
            self.show(reading=False, by_camera=False)
            if self.still_here(by):
                self.read_card_of(code, ChipWanted.IF_THERE, at=at)

        def failed(problem: Exception) -> None:
            told = None if isinstance(problem, Cancelled) else problem
            again = before if at == self.view.stands_at else None
            self._lacked = told
            self.show(reading=False, by_camera=False, problem=told, read=again)

        self.show(reading=True, by_camera=True, read=None, problem=None, asked_at=at)
        self._with_card("camera", self.desk.card_readings.code_before_camera, then, failed)

    def write_waiting(self) -> None:
        """Put the order that waits on the chip of the card that was read, then read it again."""
        order = self.view.read.waiting if self.view.read is not None else None
        if order is None or self.view.reading:
            return
        by, desk = self.by, self.desk

        def act(stop: threading.Event) -> CardOrder:
            return desk.card_orders.write_waiting(by, order.serial, order.sequence, stop)

        def then(written: CardOrder) -> None:
            facts = {"sequence": written.sequence, "serial": written.serial}
            self.show(reading=False, writing=False, said=self.say("reading.order_written", **facts))
            if self.still_here(by):
                self.read_card_of()

        def failed(problem: Exception) -> None:
            told = None if isinstance(problem, Cancelled) else problem
            self.show(reading=False, writing=False, problem=told)

        self.show(reading=True, writing=True, read=None, problem=None)
        self._with_card(READER, act, then, failed)

    def _with_card(
        self,
        lane: str,
        act: Callable[[threading.Event], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Work with a card; once `end_reading` was called, nobody is told of it."""
        stop = self._stop_reading = threading.Event()

        def while_here(tell: Callable[[U], None]) -> Callable[[U], None]:
            return lambda told: tell(told) if stop is self._stop_reading else None

        self.desk.lanes.call(lane, lambda: act(stop), while_here(then), while_here(failed))

    def stop_reading(self) -> bool:
        """Esc: wait no longer; whether anything was waited for."""
        self._stop_reading.set()
        return self.view.reading

    def end_reading(self) -> None:
        """Somebody else stands there: what was begun with a card is no longer this screen's.

        An answer that is on its way is dropped, a code that was scanned forgotten.
        """
        self._stop_reading.set()
        self._stop_reading = threading.Event()
        self._code = ""

    def put_reading_away(self) -> None:
        """The officer has seen it, and what its sheet said that the camera lacked."""
        self._code, problem = "", self.view.problem
        self.show(read=None, problem=None if problem is self._lacked else problem)

    def remember_code(self, text: str) -> None:
        """A card's code was scanned: the next chip is held against it."""
        self._code = text.strip()
