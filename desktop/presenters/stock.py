"""Stock and shift close (F7): blanks in and out, the count, the close, letters, destruction."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta

from desktop.domain.application import Application, Letter
from desktop.domain.destruction import DestroyMethod
from desktop.domain.errors import Problem
from desktop.domain.officer import Actor, Role
from desktop.domain.reasons import DestroyReason, SpoilReason
from desktop.domain.service import Channel
from desktop.domain.stock import (
    Blank,
    BlankAction,
    BlankOfCase,
    BlankState,
    Movement,
    NothingToSetAside,
    UnknownBlank,
)
from desktop.notices import ApplicationMoved, DutyChanged, Notice, StockChanged
from desktop.presenters.asked import Asked
from desktop.presenters.base import DESK, SYNC
from desktop.presenters.problems import NotForDestruction
from desktop.presenters.second import second_officers
from desktop.presenters.stock_kept import AREA, CARD
from desktop.presenters.stock_receive import Consignments
from desktop.presenters.stock_view import Area, Looked, Receiving
from desktop.services.card_code import card_serial
from desktop.services.destruction import WITNESSES, Manner
from desktop.services.papers import MadePaper
from desktop.services.standing import Standing
from desktop.services.supplies import LOADERS
from desktop.services.uncollected import NOTICE
from devices.device import DeviceKind

PRINTER = "card_printer"
PAPER = "document_printer"

CAUSES = {
    SpoilReason.RECALLED: DestroyReason.RECALLED,
    SpoilReason.DATA_ERROR_OFFICE: DestroyReason.WRONG_DATA,
}
"""Why a spoiled card is destroyed, where its own reason says more than that it is spoiled."""


class StockDesk(Consignments):
    """Answers the stock screen."""

    hears = (StockChanged, ApplicationMoved, DutyChanged)

    _wanted = ""
    """The card that was scanned last to be looked at."""
    _by_hand = False

    # -- looking ---------------------------------------------------------------------------

    def enter(self, payload: object = None) -> None:
        if isinstance(payload, Area):
            self.view = dataclasses.replace(self.view, area=payload)
        super().enter(payload)
        if isinstance(payload, str) and not isinstance(payload, Area):
            # Looked up, not scanned: a card that was only searched for lies in nobody's hand.
            self.show(area=Area.STOCK)
            self._look_up(payload)

    def load(self, payload: object = None) -> None:
        self.read(self._look, self._show)

    def _show(self, found: dict[str, object]) -> None:
        now, looked = found.pop("looked", None), self.view.looked
        box = found.pop("receiving", None)
        self.keep_printer(found)
        begun = isinstance(box, Receiving) and self.view.receiving is None
        if begun:
            found["receiving"] = box
        way = found.get("standing")
        if isinstance(way, Standing) and self.view.problem is not None:
            found["problem"] = self.refusal_now(way)
        # Put away or replaced meanwhile: what was read of the card before is of no use.
        same = isinstance(now, Looked) and looked is not None and now.blank.id == looked.blank.id
        if same:
            found["looked"] = now
        self.show(**found)
        if begun and isinstance(box, Receiving):
            self.count_box(box)
            self.show(said=self.say("stock.box_going_on"))
        self.ask_printer()

    def heard(self, notice: Notice) -> None:
        self.load()

    def turn_to(self, area: Area) -> None:
        """Another of the four jobs; what is half taken in or recounted is there on coming back."""
        self.show(area=area, problem=None, asked=None)
        self.load()

    def _look(self) -> dict[str, object]:
        desk, looked = self.desk, self.view.looked
        begun = self.begun_work()
        return {
            "looked": self._looked(looked.blank.id) if looked is not None else None,
            **begun,
            **self.look_at_shift(),
            "forecast": desk.supplies.forecast(),
            "lots": tuple(desk.stock.lots()),
            "waiters": tuple(desk.letters.waiting()),
            "doomed": tuple(desk.destruction.waiting()),
            "shelf": tuple(desk.uncollected.ageing()),
            "used_ribbons": desk.supplies.used_ribbons()[0],
            "witnesses": second_officers(desk, Role.SUPERVISOR),
            "names": {officer.id: officer.title for officer in desk.oversight.officers()},
        }

    def go_on_with(self, asked: Asked) -> None:
        card, area = asked.about.get(CARD, ""), Area(asked.about[AREA])
        if not card:
            self.show(area=area, looked=None, asked=asked)
            return

        def then(found: Looked) -> None:
            if self._wanted not in ("", card):  # another card lies on the table now
                self.ask_no_more()
            else:
                self.show(area=area, looked=found, asked=asked)

        self.read(lambda: self._looked(card), then)

    # -- scanning --------------------------------------------------------------------------

    def scanned(self, text: str) -> bool:
        """A card's code: looked up, received, counted or ticked, as the job on show wants it."""
        serial = card_serial(text).upper()
        view = self.view
        if view.receiving is not None and view.area is Area.STOCK:
            self.receive_scan(serial)
        elif view.area is Area.DESTROY:
            if serial not in {card.serial for card in view.doomed}:
                return False
            self.show(ticked=view.ticked | {serial}, problem=None)
        elif view.area is Area.CLOSE and view.scan is not None:
            self.lot_scan(serial)
        elif view.area is Area.STOCK:
            self._look_up(serial)
        else:
            return False
        return True

    def typed(self, text: str) -> bool:
        """The same for a number that hands gave: a wrong one is typed again, not scanned again."""
        self._by_hand = True
        try:
            return self.scanned(text)
        finally:
            self._by_hand = False

    def _look_up(self, serial: str) -> None:
        """Show a card; of several scanned before the first is found, the last: it is in hand."""

        def then(found: Looked) -> None:
            if self._wanted == serial:
                before = self.view.looked
                other = before is not None and before.blank.id != found.blank.id
                # What was answered of one card is never offered for another.
                self.show(looked=found, asked=None if other else self.view.asked)

        by_hand = self._by_hand

        def look() -> Looked:
            try:
                return self._looked(serial)
            except UnknownBlank as problem:
                raise UnknownBlank(problem.serial, "typed" if by_hand else "") from None

        self._wanted = serial
        self.show(problem=None)
        self.read(look, then)

    def unknown(self, text: str) -> None:
        """A typed code that nothing here wants: told as what it is by the books."""

        def look() -> Blank:
            try:
                return self.desk.stock.look(card_serial(text).upper())
            except UnknownBlank:
                raise UnknownBlank(serial=text[:40], reason="typed") from None

        def then(blank: Blank) -> None:
            self.show(problem=NotForDestruction(serial=blank.id, state=blank.state))

        self.read(look, then)

    def _looked(self, serial: str) -> Looked:
        blank = self.desk.stock.look(serial)
        with self.desk.ledger.reading() as r:
            app = r.first(Application, blank_serial=blank.id)
            if app is None and blank.application_id:
                app = r.look(Application, blank.application_id)
            told = [one for one in r.find(Movement, serial=blank.id, order="number") if one.reason]
            missable = self.desk.stock.missable(r, blank)
            used = self.desk.stock.used(r, blank)
        last = told[-1] if told else None
        turned_up = last is not None and last.action in (BlankAction.FIND, BlankAction.FIND_SPOILED)
        number = app.number if app is not None else ""
        return Looked(blank, number, blank.reason if turned_up else "", missable, used)

    # -- blanks ----------------------------------------------------------------------------

    @property
    def may_load(self) -> bool:
        """Whether this officer's duty includes a note of the feeder; told if not."""
        return self.may(*LOADERS)

    @property
    def may_destroy(self) -> bool:
        """Whether this officer's duty includes destroying cards; told if not."""
        return self.may(*WITNESSES)

    def may_recall(self, application_id: str) -> bool:
        """Whether this uncollected card may be recalled, and by this officer; told if not."""
        if not self.may(Role.DISPATCH, Role.SUPERVISOR):
            return False
        card = next((one for one in self.view.shelf if one.application.id == application_id), None)
        if card is not None and card.refusal is not None:
            self.show(problem=card.refusal)
            return False
        return card is not None

    def assign(self, count: int, lot: str = "") -> None:
        """Hand the next blanks of the store room to this counter."""
        self._stock(lambda by: self.desk.stock.assign_next(by, count, lot), "stock.assigned")

    def take_back(self) -> None:
        """The blank on show goes back into the store room."""
        looked = self.view.looked
        if looked is not None:
            serials = [looked.blank.id]
            self._stock(lambda by: self.desk.stock.unassign(by, serials), "stock.unassigned")

    @property
    def on_show(self) -> str:
        """The serial of the blank on show: a question about it is asked and answered with this."""
        looked = self.view.looked
        return looked.blank.id if looked is not None else ""

    def spoil(self, reason: str, statement: str = "", serial: str = "") -> None:
        """Write off a blank; without a serial, the one on show."""
        serial = serial or self.on_show
        if serial:
            self._blank(
                lambda by: self.desk.stock.spoil(by, serial, reason, statement), "stock.spoiled"
            )

    def miss(self, reason: str, statement: str = "", serial: str = "") -> None:
        """Report a blank missing; without a serial, the one on show."""
        serial = serial or self.on_show
        if serial:

            def act(by: Actor) -> Blank:
                try:
                    return self.desk.stock.miss(by, serial, reason, statement)
                except BlankOfCase:
                    with self.desk.ledger.reading() as r:
                        app = r.first(Application, blank_serial=serial)
                    if app is None or app.channel is not Channel.ONLINE:
                        raise  # said at the walk-in
                    self.desk.issuing.card_missing(by, app.id, reason, statement)
                    with self.desk.ledger.reading() as r:
                        return r.get(Blank, serial)

            self._blank(act, "stock.missing")

    def found(self, number: str, password: str, statement: str, serial: str = "") -> None:
        """A missing blank turned up, before a second officer; without a serial, the one on show."""
        serial = serial or self.on_show
        if serial:

            def act(by: Actor) -> Blank:
                second = self.desk.duty.second(by, number, password)
                return self.desk.stock.find(by, second, serial, statement)

            self._blank(act, "stock.found")

    def wrong_office(self, typed: str) -> Problem | None:
        """Why blanks can't be sent to this office; None where they can."""
        try:
            self.desk.stock.other_office(typed)
        except Problem as problem:
            return problem
        return None

    def transfer(self, count: int, office: str, letter: str, number: str, password: str) -> None:
        """Send the next blanks of the store room to another office, two officers signing."""

        def act(by: Actor) -> int:
            second = self.desk.duty.second(by, number, password)
            serials = self.desk.stock.next_in_store(count)
            return self.desk.stock.transfer(by, second, serials, office, letter)

        self._stock(act, "stock.transferred")

    @property
    def printers(self) -> tuple[str, ...]:
        """The card printers of this counter."""
        return self.desk.hub.names(DeviceKind.CARD_PRINTER)

    def load_feeder(self, count: int, first: str, last: str, machine: str = "") -> None:
        """A note of what was put into the printer, or into one of several."""

        def act(by: Actor) -> int:
            self.desk.supplies.feeder_loaded(by, count, first, last, machine)
            return count

        self._stock(act, "stock.feeder_loaded")

    def _stock(self, act: Callable[[Actor], int], message: str) -> None:
        def then(count: int) -> None:
            self.show(asked=None, said=self.say(message, count=count))
            self.load()

        by = self.by  # who pressed the key, also where the lane comes to it after a take-over
        self.work(lambda: act(by), then)

    def _blank(self, act: Callable[[Actor], Blank], message: str) -> None:
        def then(blank: Blank) -> None:
            spoiled = message == "stock.found" and blank.state is BlankState.SPOILED
            message_id = "stock.found_used" if spoiled else message
            looked, said = self.view.looked, self.say(message_id, serial=blank.id)
            if looked is None or looked.blank.id == blank.id:
                used = looked is not None and looked.used
                looked = Looked(blank, looked.case if looked else "", used=used)
            self.show(looked=looked, asked=None, said=said)
            self.load()

        by = self.by
        self.work(lambda: act(by), then)

    # -- letters ---------------------------------------------------------------------------

    def write_letter(self, application_id: str) -> None:
        """An interim letter for a waiting case; the one in force is printed again."""
        letter = self.view.letter_of(application_id)
        if letter is None or not letter.paper:
            self._issue_letter(application_id)
            return
        by = self.by
        self.work(
            lambda: self.desk.papers.print(by, letter.paper, again=True),
            lambda paper: self.show(said=self.say("stock.letter_again", number=paper.number)),
            lane=PAPER, doing="doing.print_paper",
        )  # fmt: skip

    def _issue_letter(self, application_id: str) -> None:
        """Sign an interim letter and print it."""
        by = self.by

        def then(made: tuple[Letter, MadePaper]) -> None:
            letter, paper = made
            self.show(
                papers=(paper.paper,),
                said=self.say(
                    "stock.letter_issued", number=paper.paper.number, expires=letter.expires
                ),
            )
            self.load()
            self.print_papers(by)

        self.work(lambda: self.desk.letters.issue(by, application_id), then)

    def landed(self) -> None:
        """Cards are here: the first in the queue go on, as many as there are."""

        def then(apps: list[Application]) -> None:
            served = self.say("stock.served", count=len(apps))
            self.show(said=served if apps else self.warn(self._none_served()))
            self.load()

        desk, by = self.desk, self.by

        def act() -> list[Application]:
            if desk.has_centre:
                desk.claims.take_free(by, desk.letters.next_served())
            return desk.letters.landed(by)

        self.work(act, then, lane=SYNC if desk.has_centre else DESK)

    def _none_served(self) -> str:
        """Why nobody was sent on."""
        view, stands = self.view, self.view.forecast
        if not view.waiters:
            return "stock.nobody_waits"
        promised = stands is not None and stands.free_here and not stands.spare
        return "stock.none_spare" if promised else "stock.none_served"

    def redeem(self, number: str) -> None:
        """Somebody brings a letter; `number` stands at its head."""

        def then(app: Application) -> None:
            self.show(asked=None, said=self.say("stock.redeemed", number=app.number))
            self.load()

        desk, by = self.desk, self.by
        cases = [
            w.application.id for w in self.view.waiters if w.number and w.number == number.upper()
        ]

        def act() -> Application:
            if desk.has_centre:
                desk.claims.take_free(by, cases)
            return desk.letters.redeem(by, number)

        self.work(act, then, lane=SYNC if desk.has_centre else DESK)

    # -- destruction -----------------------------------------------------------------------

    def tick(self, keys: tuple[str, ...]) -> None:
        """Which cards were ticked by hand."""
        self.show(ticked=frozenset(keys))

    def set_aside(self) -> None:
        """Put the ticked cards with those to be destroyed."""
        chosen = [c.serial for c in self.view.doomed
                  if c.serial in self.view.ticked and not c.set_aside]  # fmt: skip

        def then(count: int) -> None:
            self.show(said=self.say("stock.set_aside", count=count))
            self.load()

        if chosen:
            by = self.by
            self.work(lambda: self.desk.destruction.set_aside(by, chosen), then)
        elif self.view.doomed:
            self.show(problem=NothingToSetAside())

    def destroy(self, method: DestroyMethod, ribbons: int, number: str, password: str) -> None:
        """Destroy the ticked cards before a second officer; the minutes are printed."""
        cards = [card for card in self.view.doomed if card.serial in self.view.ticked]
        causes = {card.serial: _cause(card.reason) for card in cards}
        by = self.by

        def act() -> MadePaper:
            second = self.desk.duty.second(by, number, password)
            serials = [card.serial for card in cards]
            manner = Manner(method=method, ribbons=ribbons)
            return self.desk.destruction.destroy(by, second, serials, causes, manner)

        def then(made: MadePaper) -> None:
            self.show(
                papers=(made.paper,),
                ticked=frozenset(),
                ribbons=0,
                method="",
                said=self.say("stock.destroyed", number=made.paper.number),
            )
            self.load()
            self.print_papers(by, self.say("stock.destroyed_printed", number=made.paper.number))

        self.work(act, then)

    # -- cards that nobody fetched ---------------------------------------------------------

    def put_off_by_letter(self, application_id: str) -> date | None:
        """Until when one more letter would put the recall of a card off; None where it doesn't."""
        card = next((one for one in self.view.shelf if one.application.id == application_id), None)
        if card is None or not card.letters:
            return None
        until = self.desk.frame.today() + timedelta(days=NOTICE)
        return until if until > card.until else None

    def write_to(self, application_id: str) -> None:
        """A letter to whoever left a card here; it is printed."""
        by = self.by

        def then(made: MadePaper) -> None:
            said = self.say("stock.shelf.letter_made", number=made.paper.number)
            self.show(papers=(made.paper,), said=said)
            self.load()
            self.print_papers(by)

        self.work(lambda: self.desk.uncollected.letter(by, application_id), then)

    def recall(self, application_id: str, number: str, password: str) -> None:
        """Take a card that nobody fetched out of the world, before a second officer."""
        by = self.by

        def act() -> Application:
            second = self.desk.duty.second(by, number, password)
            return self.desk.uncollected.recall(by, second, application_id)

        def then(app: Application) -> None:
            self.show(said=self.say("stock.shelf.recalled", serial=app.old_blank))
            self.load()

        self.work(act, then)


def _cause(reason: str) -> DestroyReason:
    """Why a card that was spoiled for this reason is destroyed."""
    known = {str(member): member for member in SpoilReason}
    found = known.get(reason)
    if found is not None:
        return CAUSES.get(found, DestroyReason.SPOILED)
    ends = {str(member): member for member in DestroyReason}
    return ends.get(reason, DestroyReason.SPOILED)
