"""F7: stock, shift close, interim letters and destruction, one job at a time (keys 1 to 4)."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.domain.application import Application
from desktop.domain.destruction import DestroyMethod
from desktop.domain.stock import BlankAction, BlankState
from desktop.presenters.stock import StockDesk
from desktop.presenters.stock_view import Area, CloseStage, StockView
from ui.case_state import case_state
from ui.problems import problem_text
from ui.screens.areas import Areas
from ui.screens.modes import Act, Modes, dismiss
from ui.screens.online_dialogs import ask_yes
from ui.screens.screen import ENTER
from ui.screens.stock_asks import StockAsks
from ui.screens.stock_close import ClosePage
from ui.screens.stock_dialogs import ask_choice
from ui.screens.stock_pages import StockPage
from ui.screens.stock_waiting import SHELF, DestroyPage, LettersPage
from ui.shell import Shell
from ui.widgets.banner import Banner, Tone
from ui.widgets.pages import Pages
from ui.widgets.reasons import Reason, ReasonDialog

AREAS = tuple(Area)


class StockScreen(StockAsks):
    """Draws StockView."""

    def __init__(self, shell: Shell, presenter: StockDesk) -> None:
        super().__init__(shell, presenter)
        self._shell = shell
        self._view = presenter.view
        self._in_hand = False  # the card on show was scanned here
        words = self.words
        self.areas = Areas(self, "stock", Area, presenter.turn_to)
        self.banner = Banner(parent=self)
        self.busy = Banner(parent=self)
        self.top.addWidget(self.areas.chips)
        self.top.addWidget(self.banner)
        self.top.addWidget(self.busy)
        self.stock = StockPage(words, presenter, self)
        self.close_page = ClosePage(words, presenter, self)
        self.letters = LettersPage(words, self)
        self.destroying = DestroyPage(words, presenter, self)
        self.destroying.turned.connect(self._list_turned)
        self.pages = Pages(self)
        for page in (self.stock, self.close_page, self.letters, self.destroying):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
        self.areas.bind_keys()
        self.modes = Modes(self)
        self._make_modes()
        for table in (self.letters.table, self.close_page.counting.way.table):
            table.moved.connect(lambda _key: self._use_mode(self._view))
        self.destroying.ribbons.valueChanged.connect(lambda _n: self._use_mode(self._view))
        presenter.attach(self.show_view)

    def _make_modes(self) -> None:
        p, add = self.presenter, self.modes.add
        type_code = Act("stock.do.type_code", "/", self.type_code, "keyboard")
        read = dismiss(p.dismiss)
        add(
            "stock",
            Act("stock.do.assign", "A", self.ask_assign, "arrow-right"),
            Act("stock.do.feeder", "I", self.ask_feeder, "layers"),
            Act("stock.do.transfer", "P", self.ask_transfer, "truck"),
            Act("stock.do.ribbon", "G", self._open_printer, "printer"),
            type_code,
            read,
            Act("stock.do.receive", "T", p.receive, "package", "primary", right=True),
        )
        add(
            "card",
            Act("stock.do.take_back", "K", p.take_back, "undo-2"),
            Act("stock.do.spoil", "R", self.ask_spoil, "trash-2"),
            Act("stock.do.miss", "H", self.ask_miss, "circle-question-mark"),
            Act("stock.do.found", "U", self.ask_found, "search"),
            type_code,
            Act("stock.do.away", "Esc", p.stop, "x", right=True),
        )
        add(
            "receive",
            Act("common.cancel", "Esc", p.stop, "x"),
            Act("stock.do.accept", ENTER, p.accept_consignment, "check", "primary", right=True),
        )
        add(
            "no_shift",
            Act("stock.do.print", "C", p.print_again, "printer"),
            read,
            Act("stock.do.open", ENTER, p.open_shift, "play", "primary", right=True),
        )
        add(
            "count",
            Act("stock.do.expire", "E", self._expire, "clock"),
            Act("stock.do.open_case", "B", self._open_case, "external-link"),
            Act("stock.do.leave_field", "Esc", self._leave_count, button=False),
            Act("stock.do.print", "C", p.print_again, "printer"),
            Act("stock.do.count", ENTER, self._count, "check", "primary", right=True),
        )
        add(
            "reckon",
            Act("stock.do.recount", "U", p.recount, "rotate-ccw"),
            Act("stock.do.print", "C", p.print_again, "printer"),
            Act("stock.do.scan_lot", "B", self._scan_lot, "scan-line"),
            Act("stock.do.turn", "N", self.close_page.reckoning.turn, button=False),
            type_code,
            Act("stock.do.missing_all", "H", self._report_missing, "circle-question-mark"),
            Act("stock.do.stop_scan", "Esc", self._stop_scan, "x"),
            Act("stock.do.state", "S", self._state, "pen-line", right=True),
            Act("stock.do.close", "Ctrl+Return", self._close, "stamp", "primary", right=True),
        )
        add(
            "closed",
            Act("stock.do.print", "C", p.print_again, "printer"),
            read,
            Act("stock.do.open", ENTER, p.open_shift, "play", right=True),
        )
        add(
            "letters",
            Act("stock.do.redeem", "N", self.ask_redeem, "ticket"),
            Act("stock.do.landed", "L", p.landed, "package-check"),
            read,
            Act("stock.do.letter", "C", self._letter, "printer", "primary", right=True),
        )
        add(
            "destroy",
            Act("stock.do.tick_all", "Ctrl+A", self._tick_all, "list-checks"),
            Act("stock.do.set_aside", "S", p.set_aside, "inbox"),
            type_code,
            Act("stock.do.print", "C", p.print_again, "printer"),
            Act("stock.do.to_shelf", "N", self.destroying.turn, button=False),
            Act("stock.do.leave_field", "Esc", self._leave_ribbons, button=False),
            Act("stock.do.destroy", "M", self._destroy, "trash-2", "danger", right=True),
        )
        add(
            "shelf",
            Act("stock.do.to_doomed", "N", self.destroying.turn, button=False),
            read,
            Act("stock.do.recall", "M", self._recall, "undo-2"),
            Act("stock.do.collect_letter", "L", self._write_to, "printer", "primary", right=True),
        )

    # -- what the window calls -------------------------------------------------------------

    def home_focus(self) -> QWidget | None:
        empty = self._view.area is Area.DESTROY and not self.destroying.home().isVisibleTo(self)
        # An emptied list is hidden; in the field beside it digits would be typed.
        return self if empty else self._page(self._view.area).home()

    def entered(self, payload: object) -> None:
        self._in_hand = False
        self.presenter.enter(payload)

    def left(self) -> None:
        self.presenter.leave()

    def on_scan(self, text: str) -> bool:
        self._looked_for = ""
        return self._told(text, in_hand=True)

    def _told(self, code: str, *, in_hand: bool) -> bool:
        self._in_hand = in_hand
        return self.presenter.scanned(code) if in_hand else self.presenter.typed(code)

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: object) -> None:
        assert isinstance(view, StockView)
        before = self._view
        turned = view.area is not before.area or view.stage is not before.stage
        self._view = view
        words = self.words
        waiting, doomed = len(view.waiters), len(view.doomed)
        self.areas.show(view.area, {Area.LETTERS: waiting, Area.DESTROY: doomed})
        self.set_heading(words("screen.stock.short"), self._detail(view))
        page = self._page(view.area)
        page.show_view(view)
        self.pages.setCurrentWidget(page)
        if turned:
            self.go_home()
        elif before.doomed and not view.doomed and view.area is Area.DESTROY:
            self.setFocus()  # the emptied list hides; in the field beside it digits would be typed
        self._use_mode(view)
        self._tell(view)
        self.second_ask.heard(view.problem, view.doing)
        self.asks.hear(view)
        self.hear_typed(view.problem)

    def _page(self, area: Area) -> StockPage | ClosePage | LettersPage | DestroyPage:
        return (self.stock, self.close_page, self.letters, self.destroying)[AREAS.index(area)]

    def _detail(self, view: StockView) -> str:
        words, shift = self.words, view.shift
        if shift is None:
            return words("stock.heading.closed")
        name = view.names.get(shift.opened_by, shift.opened_by)
        if view.today not in (None, shift.day):
            here = view.area is Area.CLOSE  # there a 2 would be typed into the count
            return words("stock.heading.late_here" if here else "stock.heading.late", day=shift.day)
        return words("stock.heading.open", time=words.time(shift.opened_at), name=name)

    def _use_mode(self, view: StockView) -> None:
        modes = self.modes
        if view.area is Area.CLOSE:
            stages = {
                CloseStage.NO_SHIFT: "no_shift",
                CloseStage.COUNT: "count",
                CloseStage.RECKON: "reckon",
                CloseStage.CLOSED: "closed",
            }
            modes.use(stages[view.stage])
        elif view.area is Area.STOCK:
            beside = "card" if view.looked is not None else "stock"
            modes.use(beside if view.receiving is None else "receive")
        elif view.area is Area.DESTROY and self.destroying.shown == SHELF:
            modes.use(SHELF)
        else:
            modes.use(str(view.area))
        state = view.looked.blank.state if view.looked else None
        free = state in (BlankState.IN_STOCK, BlankState.ASSIGNED)
        modes.allow("stock.do.take_back", state is BlankState.ASSIGNED)
        modes.allow("stock.do.spoil", free)
        # Nobody misses the card that they have just scanned.
        missable = view.looked is not None and view.looked.missable
        modes.allow("stock.do.miss", missable and not self._in_hand)
        modes.allow("stock.do.found", state is BlankState.MISSING)
        scanning = view.scan is not None
        modes.allow("stock.do.missing_all", view.scan is not None and bool(view.scan.missing))
        modes.allow("stock.do.type_code", scanning or view.area is not Area.CLOSE)
        modes.echo("stock.do.stop_scan", not scanning)
        modes.allow("stock.do.stop_scan", scanning or view.problem is not None)
        modes.allow("stock.do.scan_lot", not scanning)
        differs = view.reckoning is not None and view.reckoning.differs
        modes.allow("stock.do.state", differs)
        modes.allow("stock.do.expire", self._past_term() is not None)
        modes.allow("stock.do.open", view.may_open)
        for act in ("stock.do.collect_letter", "stock.do.recall"):
            modes.allow(act, bool(view.shelf))
        modes.allow("stock.do.open_case", self._case() is not None)
        modes.allow("stock.do.print", view.printable)
        modes.allow("stock.do.letter", bool(view.waiters))
        every = self.destroying.table.all_ticked()
        modes.tell(
            stop_scan=self.words("stock.do.stop_scan" if scanning else "common.dismiss"),
            cancel=self.words("common.dismiss" if view.problem else "common.cancel"),
            letter=self.letters.act_name(view),
            print=self.words("stock.do.reports" if view.owed else "stock.do.print"),
            tick_all=self.words("stock.do.tick_none" if every else "stock.do.tick_all"),
        )
        modes.fade("stock.do.landed", not view.waiters)
        modes.allow("stock.do.tick_all", bool(view.doomed))
        modes.allow("stock.do.set_aside", any(not card.set_aside for card in view.doomed))
        modes.fade("stock.do.destroy", not view.ticked and not self.destroying.ribbons.value())

    def _list_turned(self) -> None:
        self._use_mode(self._view)
        self.go_home()

    def _tell(self, view: StockView) -> None:
        words = self.words
        if view.problem is not None:
            self.banner.tell_problem(problem_text(words, view.problem))
        elif view.area is Area.CLOSE and view.standing.earlier is not None:
            day = words.date(view.standing.earlier.day, "full")
            self.banner.tell(
                Tone.WARNING, words("stock.earlier", day=day), words("stock.earlier.remedy")
            )
        else:
            self.banner.clear()
        if view.doing:
            self.busy.tell(Tone.INFO, words(view.doing), aloud=False)
        else:
            self.busy.clear()
        self.tell_once(view.said)

    # -- asking ----------------------------------------------------------------------------

    def take_typed(self, code: str) -> None:
        if not (self._told(code, in_hand=False) or self._shell.open_scanned(code)):
            self.presenter.unknown(code)

    def _open_printer(self) -> None:
        self.open_wanted.emit("devices", "card_printer")

    # -- the close -------------------------------------------------------------------------

    def _count(self) -> None:
        if not self.presenter.may_count():
            return
        counting = self.close_page.counting
        counts = counting.counts()
        far = self.presenter.far_off(counts)
        if not far:
            self.presenter.count(counts)
            return
        told = ", ".join(
            self.words("stock.count.far.lot", lot=lot, count=self.words.number(counts[lot]))
            for lot in far
        )
        count = self.presenter.count
        dialog = ask_yes(self, self.words, "stock.count.far", lambda: count(counts), lots=told)
        dialog.rejected.connect(lambda: counting.to_lot(far[0]))

    def _scan_lot(self) -> None:
        lots = self._view.to_count
        if len(lots) == 1:
            self.presenter.scan_lot(lots[0])
        elif lots:
            choices = tuple((lot, lot) for lot in lots)
            ask_choice(self, self.words, "stock.scan_lot", choices, self.presenter.scan_lot)

    def _stop_scan(self) -> None:
        if self._view.scan is not None:
            self.presenter.stop()
        else:
            self.close_page.reckoning.leave_words()
            self.presenter.dismiss()

    def _report_missing(self) -> None:
        scan = self._view.scan
        if scan is not None and scan.missing and self.presenter.may_move(BlankAction.MISS):
            words = self.words
            dialog = ReasonDialog(
                words("stock.missing_all"),
                words("stock.missing_all.ask", count=len(scan.missing)),
                [
                    Reason("yes", words("stock.missing_all.yes", count=len(scan.missing))),
                    Reason("no", words("stock.missing_all.no")),
                ],
                note_label="",
                accept_text=words("ui.reason.accept"),
                cancel_text=words("common.cancel"),
                host=self,
            )
            dialog.accepted.connect(
                lambda: self.presenter.report_missing() if dialog.list.chosen == "yes" else None
            )
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _state(self) -> None:
        if not self.presenter.may_count():
            return
        field = self.close_page.reckoning.statement
        if field.hasFocus() or field.toPlainText().strip():
            self.presenter.state(field.toPlainText())
        else:
            field.setFocus()

    def _close(self) -> None:
        field = self.close_page.reckoning.statement
        said = field.toPlainText().strip()
        found = self._view.reckoning
        if self.presenter.count_outdated():
            return
        unsaid = found is not None and found.differs and (not said or said != found.statement)
        if unsaid and not self.presenter.may_count():
            return
        if found is not None and found.differs and said and said != found.statement:
            by = self.presenter.by.officer

            def stated() -> None:
                if self.isVisible() and self.presenter.by.officer == by:
                    self._sign_close()

            self.presenter.state(said, stated)
            return
        if found is not None and found.differs and not said:
            self.presenter.statement_missing()
            self.close_page.reckoning.write()
            return
        self._sign_close()

    def _sign_close(self) -> None:
        if self.presenter.closes_alone:
            self.presenter.close_as_supervisor()
        elif self.presenter.may_be_signed():
            self._second("stock.close", self.presenter.close_shift, self.presenter.closers)

    def _case(self) -> Application | None:
        """The case behind what is chosen: a card that isn't done is settled where it was made."""
        kind, _, of = self.close_page.counting.way.table.current_key().partition(":")
        way = self._view.standing
        if kind == "blank":
            return next((app for app in way.unfinished if app.blank_serial == of), None)
        if kind == "job":
            of = next((job.application_id for job in way.in_doubt if job.id == of), "")
        cases = (*way.unfinished, *(case.application for case in way.open_cases))
        return next((app for app in cases if app.id == of), None)

    def _expire(self) -> None:
        """End the case of somebody who never came back, asked first: it can't be taken up again."""
        left = self._past_term()
        if left is None or not self.presenter.may_expire():
            return
        ask_yes(
            self, self.words, "stock.expire", lambda: self.presenter.expire(left.id),
            number=left.number, name=left.applicant.name,
            state=case_state(self.words, left), day=self.words.date(left.changed_at),
        )  # fmt: skip

    def _past_term(self) -> Application | None:
        """The chosen case, where its line says that nobody came for too long."""
        key = self.close_page.counting.way.table.current_key()
        cases = self._view.standing.open_cases
        return next(
            (c.application for c in cases if c.overdue and key == f"case:{c.application.id}"), None
        )

    def _leave_count(self) -> None:
        """Letters and digits are keys again, and what was refused is read."""
        if self._view.problem is not None:
            self.presenter.dismiss()
        table = self.close_page.counting.way.table
        (table if table.isVisible() else self).setFocus()

    def _leave_ribbons(self) -> None:
        """Digits are keys again, and what was refused is read."""
        if self._view.problem is not None:
            self.presenter.dismiss()
        else:
            self.banner.clear()
        table = self.destroying.table
        (table if table.isVisible() else self).setFocus()

    def _open_case(self) -> None:
        case = self._case()
        if case is not None:
            self.open_wanted.emit("walk_in" if case.at_the_counter else "online", case.id)

    # -- letters and destruction -----------------------------------------------------------

    def _letter(self) -> None:
        key = self.letters.table.current_key()
        if key:
            self.presenter.write_letter(key)

    def _write_to(self) -> None:
        key = self.destroying.shelf.table.current_key()
        if not key:
            return
        until = self.presenter.put_off_by_letter(key)
        if until is None:
            self.presenter.write_to(key)
        else:
            ask_yes(self, self.words, "stock.write_again",
                    lambda: self.presenter.write_to(key), until=until)  # fmt: skip

    def _recall(self) -> None:
        key = self.destroying.shelf.table.current_key()
        if key and self.presenter.may_recall(key):
            self._second(
                "stock.recall",
                lambda number, password: self.presenter.recall(key, number, password),
            )

    def _tick_all(self) -> None:
        table = self.destroying.table
        table.tick_all(not table.all_ticked())

    def _destroy(self) -> None:
        page = self.destroying
        page.ribbons.interpretText()
        ribbons = page.ribbons.value()
        method = DestroyMethod(page.method.value() or DestroyMethod.SHREDDED)
        if not self._view.ticked and not ribbons:
            self.banner.tell(
                Tone.WARNING, self.words("problem.NothingToDestroy"),
                self.words("problem.NothingToDestroy.remedy"),
            )  # fmt: skip
            return
        if not self.presenter.may_destroy:
            return
        self._second(
            "stock.destroy",
            lambda number, password: self.presenter.destroy(method, ribbons, number, password),
        )
