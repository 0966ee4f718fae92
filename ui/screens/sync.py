"""F5: the line to the centre, what waits, and what somebody must decide."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QProgressBar, QWidget

from desktop.presenters.sync import STRAY, SyncDesk
from desktop.presenters.sync_view import SyncArea, SyncView
from desktop.services.sync_facts import LineState
from ui.problems import problem_text
from ui.screens.areas import Areas
from ui.screens.asks import Asks
from ui.screens.modes import Act, Modes
from ui.screens.online_dialogs import ask_yes
from ui.screens.screen import Screen
from ui.screens.stock_dialogs import ask_text
from ui.screens.sync_pages import (
    ListPage,
    act_word,
    conflict_rows,
    held_rows,
    proposal_rows,
    stray_rows,
)
from ui.screens.sync_words import held_words, line_tone, line_words
from ui.shell import Shell
from ui.widgets.banner import Banner, Tone
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Text
from ui.widgets.pages import Pages
from ui.widgets.table import Column, Row

AREAS = tuple(SyncArea)
TOLD = (LineState.DOWN, LineState.FAULT)
"""Where the banner says how much waits."""
LOOK_MS = 1_000
WIDE = ("why", "act", "until", "left", "origin", "ran_out")
COUNTS = ("count", "licences")
"""Columns that take the room which the others leave."""


class SyncScreen(Screen):
    """Draws SyncView."""

    def __init__(self, shell: Shell, presenter: SyncDesk) -> None:
        super().__init__(shell.words)
        self.presenter = presenter
        self.asks = Asks(self, presenter, {"drop": self._drop})
        self._view = presenter.view
        words = self.words
        self.line = Banner(parent=self)
        self.banner = Banner(parent=self)
        self.areas = Areas(self, "sync", SyncArea, presenter.turn_to)
        self.status = Text("", "muted", self, wrap=True)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName(words("sync.progress"))
        self.bar.hide()
        for widget in (self.line, self.banner, self.status, self.bar, self.areas.chips):
            self.top.addWidget(widget)
        self._make_pages()
        self._make_acts()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        presenter.attach(self.show_view)

    def _make_pages(self) -> None:
        words = self.words
        c = "sync.column"

        def columns(*names: str) -> list[Column]:
            first, *rest = names
            return [
                Column(words(f"{c}.{first}"), strong=True),
                *(
                    Column(words(f"{c}.{name}"), stretch=name in WIDE, right=name in COUNTS)
                    for name in rest
                ),
            ]

        self.lists = {
            SyncArea.CONFLICTS: ListPage(
                words, SyncArea.CONFLICTS,
                columns("number", "why", "at"), self, detail=True,
            ),
            SyncArea.BESIDE: ListPage(
                words, SyncArea.BESIDE, columns("number", "act", "officer", "at"), self
            ),
            SyncArea.ELSEWHERE: ListPage(
                words, SyncArea.ELSEWHERE,
                columns("number", "name", "service", "state", "counter", "until"), self,
            ),
            SyncArea.OURS: ListPage(
                words, SyncArea.OURS,
                columns("number", "name", "service", "state", "left"), self,
            ),
            SyncArea.CONSIGNMENTS: ListPage(
                words, SyncArea.CONSIGNMENTS,
                columns("lot", "count", "first", "last", "origin"), self,
            ),
            SyncArea.PROPOSALS: ListPage(
                words, SyncArea.PROPOSALS,
                columns("since", "back", "ran_out", "licences"), self,
            ),
        }  # fmt: skip
        self.pages = Pages(self)
        for area in AREAS:
            self.pages.addWidget(self.lists[area])
        self.alone = EmptyState("cloud-off", words("sync.alone"), words("sync.alone.hint"), self)
        self.pages.addWidget(self.alone)
        self.lists[SyncArea.CONFLICTS].table.moved.connect(
            lambda _key: self.lists[SyncArea.CONFLICTS].show_detail(self._view)
        )
        self.body.addWidget(self.pages, 1)

    def _make_acts(self) -> None:
        self.areas.bind_keys()
        now = Act("sync.do.now", "S", self._now, "refresh-cw", "primary", right=True)
        stop = Act("sync.do.stop", "Esc", self._stop, "x", right=True)
        self.modes = Modes(self)
        self.modes.add(
            SyncArea.CONFLICTS,
            Act("sync.do.redo", "R", self._redo, "rotate-ccw"),
            Act("sync.do.accept", "C", self._accept, "cloud"),
            stop, now,
        )  # fmt: skip
        self.modes.add(
            SyncArea.BESIDE,
            Act("sync.do.release", "L", self._release, "check-check"),
            Act("sync.do.drop", "D", self._drop, "ban"),
            stop, now,
        )  # fmt: skip
        self.modes.add(SyncArea.ELSEWHERE, Act("sync.do.take", "T", self._take, "hand"), stop, now)
        self.modes.add(SyncArea.OURS, Act("sync.do.give", "G", self._give, "log-out"), stop, now)
        self.modes.add(
            SyncArea.CONSIGNMENTS,
            Act("sync.do.take_in", "K", self._take_in, "package-check"),
            stop, now,
        )  # fmt: skip
        self.modes.add(
            SyncArea.PROPOSALS,
            Act("sync.do.print", "P", self._print, "printer"),
            stop, now,
        )  # fmt: skip
        self.modes.add("alone")

    # -- what the window calls -------------------------------------------------------------

    def home_focus(self) -> QWidget | None:
        return self.lists[self._view.area].home()

    def entered(self, payload: object) -> None:
        if not self.presenter.entered:
            self._timer.start()
            self.presenter.enter(payload)
        else:
            self._now()  # F5 again

    def left(self) -> None:
        self._timer.stop()
        self.presenter.leave()

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: object) -> None:
        assert isinstance(view, SyncView)
        with self._focus_kept():
            self._draw(view)

    def _draw(self, view: SyncView) -> None:
        turned = view.area is not self._view.area
        asked = view.help if view.help is not self._view.help else None
        self._view = view
        words = self.words
        self.set_heading(words("screen.sync.short"), words("sync.detail"))
        for widget in (self.status, self.areas.chips):
            widget.setVisible(view.centre)
        self.areas.allow(view.centre)
        if not view.centre:
            self.line.clear()
            self.pages.setCurrentWidget(self.alone)
            self.modes.use("alone")
            return
        self._show_line(view)
        self._show_status(view)
        self._show_lists(view)
        counts = {
            SyncArea.CONFLICTS: len(view.parked),
            SyncArea.BESIDE: len(view.strays),
            SyncArea.ELSEWHERE: len(view.elsewhere),
            SyncArea.OURS: len(view.ours),
            SyncArea.CONSIGNMENTS: len(view.consignments),
            SyncArea.PROPOSALS: len(view.proposals),
        }
        self.areas.show(view.area, counts)
        self.pages.setCurrentWidget(self.lists[view.area])
        self.modes.use(str(view.area))
        self._allow(view)
        if turned:
            self.go_home()
        self._tell(view)
        if asked is not None:
            self.when_seen(self._ask_help)
        self.asks.hear(view)

    def _look(self) -> None:
        with self._focus_kept():
            self._show_line(self._view)

    @contextmanager
    def _focus_kept(self) -> Generator[None]:
        """A list that empties or a button that goes must not pass the focus on to the header."""
        before = self._focused()  # a sheet may stand over it
        within = before is not None and self._holds(before)
        yield
        now = self._focused()
        home = self.home_focus()
        if home is None or not home.isVisible():
            home = self
        if within and (
            now is self or now is None or not self._holds(now)
            or (now is not before and isinstance(now, QAbstractButton))
        ):  # fmt: skip
            home.setFocus()

    def _focused(self) -> QWidget | None:
        return self.window().focusWidget()

    def _holds(self, widget: QWidget) -> bool:
        return widget.isVisible() and (widget is self or self.isAncestorOf(widget))

    def _show_line(self, view: SyncView) -> None:
        if not view.centre:
            return
        facts = self.presenter.facts
        told = line_words(self.words, facts, view.forbids)
        self.line.tell(line_tone(facts), told.text, told.remedy, aloud=False)
        working = facts.state is LineState.WORKING and facts.whole > 0
        self.bar.setVisible(working)
        if working:
            self.bar.setRange(0, facts.whole)
            self.bar.setValue(facts.done)
        refused = view.problem is not None
        self.modes.allow("sync.do.stop", refused or facts.state is LineState.WORKING)
        self.modes.tell(stop=self.words("common.dismiss" if refused else "sync.do.stop"))
        self.modes.echo("sync.do.stop", refused)
        self.modes.fade("sync.do.now", facts.state is LineState.WORKING)

    def _show_status(self, view: SyncView) -> None:
        """What the banner doesn't tell, in one line: the lists need the height."""
        words, facts = self.words, view.facts
        told: list[str] = []
        if facts.waiting and facts.state not in TOLD:
            waiting = words("sync.status.waiting", count=facts.waiting)
            since = words("sync.since", at=words.moment(facts.oldest)) if facts.oldest else ""
            told.append(f"{waiting} ({since})" if since else waiting)
        told.append(
            words("sync.status.contact", at=words.moment(facts.contact))
            if facts.contact is not None
            else words("sync.status.never")
        )
        told.append(held_words(words, [case.left for case in view.ours]))
        told[0] = told[0][:1].upper() + told[0][1:]
        self.status.setText(" · ".join(told))

    def _show_lists(self, view: SyncView) -> None:
        words = self.words
        conflicts = self.lists[SyncArea.CONFLICTS]
        conflicts.show_rows(conflict_rows(words, view.parked))
        conflicts.show_detail(view)
        self.lists[SyncArea.BESIDE].show_rows(stray_rows(words, view.strays))
        self.lists[SyncArea.ELSEWHERE].show_rows(held_rows(words, view.elsewhere, ours=False))
        self.lists[SyncArea.OURS].show_rows(held_rows(words, view.ours, ours=True))
        self.lists[SyncArea.CONSIGNMENTS].show_rows(
            [
                Row(
                    one.id,
                    (
                        one.lot, words.number(len(one.serials)), one.serials[0],
                        one.serials[-1], one.origin or "–",
                    ),
                )
                for one in view.consignments
            ]
        )  # fmt: skip

        self.lists[SyncArea.PROPOSALS].show_rows(proposal_rows(words, view.proposals))

    def _allow(self, view: SyncView) -> None:
        allow = self.modes.allow
        allow("sync.do.redo", view.supervises and bool(view.parked))
        allow("sync.do.accept", view.supervises and bool(view.parked))
        allow("sync.do.release", view.supervises and bool(view.strays))
        allow("sync.do.drop", view.supervises and bool(view.strays))
        allow("sync.do.take", bool(view.elsewhere) and view.facts.reachable)
        allow("sync.do.give", bool(view.ours))
        allow("sync.do.print", view.supervises and bool(view.proposals))
        allow("sync.do.take_in", view.keeps_stock and bool(view.consignments))

    def _tell(self, view: SyncView) -> None:
        if view.problem is not None:
            self.banner.tell_problem(problem_text(self.words, view.problem))
        elif view.doing:
            self.banner.tell(Tone.INFO, self.words(view.doing), aloud=False)
        else:
            self.banner.clear()
        self.tell_once(view.said)

    def _now(self) -> None:
        self.presenter.now()

    def _stop(self) -> None:
        """What was refused goes first: it stands over the line's own words."""
        if self._view.problem is not None:
            self.presenter.dismiss()
        else:
            self.presenter.stop()

    # -- asking ----------------------------------------------------------------------------

    def _current(self, area: SyncArea) -> str:
        return self.lists[area].table.current_key()

    def _redo(self) -> None:
        key = self._current(SyncArea.CONFLICTS)
        if key:
            ask_yes(self, self.words, "sync.ask.redo", lambda: self.presenter.redo(key))

    def _ask_help(self) -> None:
        asked = self._view.help
        if asked is None:
            return
        from ui.screens.walkin_dialogs import SecondOfficerDialog

        words = self.words
        act, roles = act_word(words, asked.act), words.plain(asked.roles)
        told = {"act": act, "number": asked.number, "officer": asked.officer, "roles": roles}
        why = words("sync.help", **told)
        dialog = SecondOfficerDialog(self, words, why, asked.officers, self.presenter.help_with)
        if asked.tried and self._view.problem is not None:
            dialog.ask_again(problem_text(words, self._view.problem), asked.tried)
        dialog.rejected.connect(self.presenter.without_help)
        dialog.open()

    def _accept(self) -> None:
        key = self._current(SyncArea.CONFLICTS)
        if key:
            ask_yes(self, self.words, "sync.ask.accept", lambda: self.presenter.accept(key))

    def _release(self) -> None:
        count = len(self._view.strays)
        ask_yes(self, self.words, "sync.ask.release", self.presenter.release_all, count=count)

    def _drop(self) -> None:
        key = self.asks.about().get(STRAY) or self._current(SyncArea.BESIDE)
        if key:
            form = ask_text(
                self, self.words, "sync.drop", lambda said: self.presenter.drop(key, said)
            )
            self.asks.form("drop", form, about={STRAY: key})

    def _take(self) -> None:
        if key := self._current(SyncArea.ELSEWHERE):
            self.presenter.take(key)

    def _give(self) -> None:
        key = self._current(SyncArea.OURS)
        case = next((one for one in self._view.ours if one.application.id == key), None)
        if case is None:
            return
        if case.officer in ("", self.presenter.by.officer):
            self.presenter.give_back(key)
            return
        ask_yes(
            self, self.words, "sync.ask.give", lambda: self.presenter.give_back(key),
            number=case.application.number, officer=case.officer_title,
        )  # fmt: skip

    def _print(self) -> None:
        if key := self._current(SyncArea.PROPOSALS):
            self.presenter.print_proposal(key)

    def _take_in(self) -> None:
        if key := self._current(SyncArea.CONSIGNMENTS):
            ask_yes(self, self.words, "sync.ask.take_in", lambda: self.presenter.take_in(key))
