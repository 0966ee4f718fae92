"""The work queue (F2): who waits, what is in hand, who comes next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.reasons import OutOfTurnReason
from desktop.domain.service import Service
from desktop.presenters.base import Said
from desktop.presenters.queue import WorkQueue
from desktop.presenters.queue_view import Line, Pile, QueueView
from desktop.presenters.walkin_call import CallTicket
from ui.case_state import case_state
from ui.screens.asks import Asks
from ui.screens.online_words import span
from ui.screens.screen import Screen
from ui.screens.walkin_acts import HOLDS
from ui.screens.walkin_dialogs import TicketDialog, ask_reason
from ui.shell import Shell
from ui.theme import theme
from ui.widgets.banner import Banner, Tone
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.counters import BigNumber
from ui.widgets.empty import EmptyState
from ui.widgets.fields import LineField
from ui.widgets.labels import Panel
from ui.widgets.nesting import nest
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row
from ui.widgets.table_delegate import Quiet

WALK_IN = "walk_in"
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
LEVELS = {
    Pile.WAITING: Level.OFF,
    Pile.SERVED: Level.BUSY,
    Pile.APPROVAL: Level.ATTEND,
    Pile.PRODUCTION: Level.BUSY,
    Pile.READY: Level.GOOD,
    Pile.HELD: Level.ATTEND,
}
LONG_WAIT_MINUTES = 30
ACTS = {"n": "ticket", "p": "again", "l": "skip", "t": "hold"}
"""Letters of this screen's acts; none of them begins a filter, even where the act can't be done."""

WIDE = 1000
"""From this width, at 100 % text, there is room for the figures beside the list."""
ROOMY, FILTER, ROOMY_FILTER = 1300, 140, 230
"""From which width, at 100 % text, the filter is wide; how wide it is before, and from there."""


class QueueScreen(Screen):
    """Draws QueueView."""

    def __init__(self, shell: Shell, presenter: WorkQueue) -> None:
        super().__init__(shell.words)
        self._presenter = presenter
        self.asks = Asks(self, presenter, {"turn": self._ask_turn})
        words, look, act = self.words, theme(), self.act
        self.open = act("queue.open", "Return", self._open_current, icon="log-in", primary=True)
        self.ticket = act("queue.ticket", "N", self._ask_ticket, icon="ticket")
        self.ticket_now = act("queue.ticket_now", "Ctrl+N", lambda: presenter.take_ticket(None))
        self.call = KeyButton(words("queue.call"), "F3", icon="megaphone", parent=self)
        self.call.clicked.connect(self._call_next)
        self.again = act("queue.again", "P", presenter.call_again, icon="volume-2")
        self.skip = act("queue.skip", "L", presenter.skip, icon="undo-2")
        self.hold = act("queue.hold", "T", self._ask_hold, icon="pause")
        self.to_filter = act("queue.filter", "/", self._to_filter, icon="funnel")
        self.leave = act("queue.clear", "Escape", self._clear, hidden=True)
        for index, pile in enumerate(Pile, 1):  # so that no hand leaves the keys
            digit = act(
                f"pile.{pile}", str(index), lambda p=pile: presenter.filter_by(p), hidden=index > 1
            )  # one line in the list of keys tells them all
            digit.setProperty("keys", f"1–{len(Pile)}")
            digit.setProperty("told", words("queue.piles"))

        self.banner = Banner(parent=self)
        self.piles = ChipBar(words("queue.piles"), self)
        self.piles.chosen.connect(lambda key: presenter.filter_by(Pile(key)))
        self.filter = LineField(words("queue.filter"), self, hint=words("queue.filter.hint"))
        self.filter.setMaxLength(80)
        self.filter.textEdited.connect(presenter.type_filter)
        self.filter.installEventFilter(self)
        line = QHBoxLayout()
        line.setSpacing(look.px(12))
        line.addWidget(self.piles, 1)
        line.addWidget(self.filter)
        self.top.addWidget(self.banner)
        nest(self.top, line)

        columns = [
            Column(words("queue.number"), code=True, strong=True),
            Column(words("queue.name"), stretch=True),
            Column(words("queue.service")),
            Column(words("queue.state")),
            Column(words("queue.wait"), right=True, width=8),
            Column(words("queue.officer"), muted=True),
        ]
        self.table = DataTable(columns, words("screen.queue"), self, opens=False)
        self.table.moved.connect(presenter.select)
        self.table.doubleClicked.connect(lambda _index: self._open_current())
        self.table.installEventFilter(self)
        panel = Panel(parent=self, padding=6)
        self.empty = EmptyState("inbox", words("queue.empty"), words("queue.empty.hint"), panel)
        panel.add(self.table, 1)
        panel.add(self.empty, 1)
        self.side = QWidget(self)
        side = QVBoxLayout(self.side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(look.px(12))
        self.waiting = BigNumber(words("queue.count.waiting"), parent=self)
        self.ready = BigNumber(words("queue.count.ready"), parent=self)
        self.handed = BigNumber(words("queue.count.handed"), parent=self)
        self.approval = BigNumber(words("queue.count.approval"), parent=self)
        for figure in (self.waiting, self.approval, self.ready, self.handed):
            figure.setFixedWidth(look.px(176))
            side.addWidget(figure)
        side.addStretch(1)
        across = QHBoxLayout()
        across.setSpacing(look.px(14))
        across.addWidget(panel, 1)
        across.addWidget(self.side)
        nest(self.body, across, 1)

        for action in (self.ticket, self.again, self.skip, self.hold):
            self.foot.add_left(self.button(action))
        self.foot.add_right(self.call)
        self.foot.add_right(self.button(self.open, "primary"))
        self._timer = QTimer(self)
        self._timer.setInterval(15_000)
        self._timer.timeout.connect(presenter.tick)
        self.set_heading(words("screen.queue"))
        presenter.attach(self.show_view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Names before figures: with large text in a small window the chips' counts must do."""
        super().resizeEvent(event)
        self.side.setVisible(self.width() >= theme().px(WIDE))
        # Not wider with the text: the chips beside it need the room more.
        roomy = self.width() >= theme().px(ROOMY)
        self.filter.setFixedWidth(ROOMY_FILTER if roomy else FILTER)

    # -- manners ---------------------------------------------------------------------------

    def home_focus(self) -> QWidget:
        view = self._presenter.view
        if view.lines:
            return self.table
        return self.filter if view.text else self  # in the filter a letter would be no act

    def entered(self, payload: object) -> None:
        self._timer.start()
        self._presenter.enter(payload)

    def about(self) -> object:
        line = self._presenter.view.current_line
        return line.key if line is not None else ""

    def left(self) -> None:
        self._timer.stop()
        self._presenter.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            text = event.text()
            if watched is self.table and text.isalpha() and not event.modifiers():
                act = ACTS.get(text.casefold())
                if act is not None:  # its key is dead now: say why, it means no filter
                    why = act if self._presenter.view.may_serve else "others"
                    self.toast(self.words(f"queue.not_now.{why}"), Tone.INFO)
                    return True
                # A letter that is no act of this screen begins a filter.
                self.filter.setFocus()
                self.filter.setText(text)
                self._presenter.type_filter(text)
                return True
            if watched is self.filter and event.key() in MOVES:
                self.table.setFocus()
                self.table.event(event)
                return True
        return super().eventFilter(watched, event)

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: object) -> None:
        if not isinstance(view, QueueView):
            return
        words = self.words
        counts = dict(view.counts)
        self.piles.show_chips(
            [
                Chip(str(pile), f"{digit}  {words(f'pile.{pile}')}", counts.get(pile))
                for digit, pile in enumerate(Pile, 1)
            ],
            str(view.pile),
        )  # fmt: skip
        if self.filter.text() != view.text:
            self.filter.setText(view.text)
        self.table.blockSignals(True)
        self.table.show_rows([self._row(line, view) for line in view.lines], view.current)
        self.table.blockSignals(False)
        at_home = self.hasFocus() or self.table.hasFocus()
        self.table.setVisible(bool(view.lines))
        self.empty.setVisible(view.was_read and not view.lines)
        if at_home:  # a list that empties or fills takes the focus along
            self.home_focus().setFocus()
        filtered = bool(view.text) or view.pile is not Pile.ALL
        kind = "filtered" if filtered else "empty"
        whose = "" if view.may_call else ".tickets" if view.may_serve else ".others"
        if filtered:  # in the filter a digit would be typed
            whose = "" if view.text else ".pile"
        self.empty.tell(words(f"queue.{kind}"), words(f"queue.{kind}.hint{whose}"))
        self._show_figures(view, counts)
        self._show_banner(view)
        self._enable(view)
        self.tell_once(view.said, self._undo_of(view.said))
        self.asks.hear(view)

    def _show_figures(self, view: QueueView, counts: dict[Pile, int]) -> None:
        words = self.words
        if not view.was_read:
            for figure in (self.waiting, self.approval, self.ready, self.handed):
                figure.tell("–")
            return
        first = next((line for line in view.lines if line.next_up), None)
        self.waiting.tell(
            str(counts.get(Pile.WAITING, 0)),
            words("queue.next", number=first.number) if first else "",
        )
        approval = counts.get(Pile.APPROVAL, 0)
        self.approval.tell(str(approval), "", Level.ATTEND if approval else None)
        self.ready.tell(str(counts.get(Pile.READY, 0)))
        self.handed.tell(str(view.handed_today))

    def _show_banner(self, view: QueueView) -> None:
        words = self.words
        if view.problem is not None:
            self.banner.tell_problem(words.problem(view.problem))
        elif view.in_doubt:
            kind = "" if view.doubt_shown else ".hidden"
            kind = kind if view.may_serve else ".others"
            self.banner.tell(
                Tone.WARNING,
                words("queue.in_doubt", count=view.in_doubt),
                words(f"queue.in_doubt.remedy{kind}"),
            )
        else:
            self.banner.clear()

    def _row(self, line: Line, view: QueueView) -> Row:
        words = self.words
        app = line.app
        service = (
            words("queue.service_of", service=app.service, licence_class=app.licence_class)
            if app is not None
            else words.of(line.ticket.service)
            if line.ticket is not None and line.ticket.service is not None
            else words("ticket.unknown")
        )
        name = line.name
        if not name and line.ticket is not None:
            name = words("queue.lane_of", lane=words(f"lane.{line.ticket.lane}").lower())
            name = Quiet(name[:1].upper() + name[1:])  # whoever it is isn't known yet
        wait = (view.now - line.since) if view.now else None
        minutes = wait.total_seconds() / 60 if wait else 0
        level = LEVELS[line.pile]
        if line.pile is Pile.WAITING and minutes > LONG_WAIT_MINUTES:
            level = Level.ATTEND
        text = case_state(words, app) if app is not None else words(f"pile.{line.pile}")
        if line.in_doubt:
            level, text = Level.BAD, words("queue.doubtful")
        elif line.denied:
            level, text = Level.ATTEND, words("queue.denied")
        elif line.draft is not None:
            level, text = Level.ATTEND, words("queue.draft")
        return Row(
            line.key,
            (
                line.number,
                name,
                service,
                StateItem(level, text),
                span(words, wait) if wait is not None else "",
                line.officer,
            ),
        )

    def _enable(self, view: QueueView) -> None:
        line, free = view.current_line, not view.doing and view.may_serve
        served = line is not None and line.pile is Pile.SERVED
        judged = line is not None and line.pile is Pile.APPROVAL and not view.doing
        self.open.setEnabled((free and line is not None) or judged)
        self.ticket.setEnabled(free)
        self.ticket_now.setEnabled(free)
        self.call.setEnabled(free and view.calls_next)
        self.again.setEnabled(free and served)
        self.skip.setEnabled(free and served and line is not None and line.app is None)
        self.hold.setEnabled(free and line is not None and line.holdable)
        out = line is not None and line.pile is Pile.WAITING
        text = self.words("queue.open.call" if out else "queue.open")
        if self.open.text() != text:
            self.open.setText(text)

    # -- acts ------------------------------------------------------------------------------

    def _call_next(self) -> None:
        self.open_wanted.emit(WALK_IN, CallTicket())

    def _open_current(self) -> None:
        line = self._presenter.view.current_line
        if line is None:
            return
        if not self._presenter.view.may_serve:
            self.open_wanted.emit("supervisor", line.key)
            return
        if not self._presenter.may_call_line(line.key):
            return
        if self._presenter.out_of_turn(line.key):
            self._ask_turn()
        elif line.pile is Pile.WAITING:
            self.open_wanted.emit(WALK_IN, CallTicket())
        else:
            self.open_wanted.emit(WALK_IN, line.key)

    def _ask_turn(self) -> None:
        key = self._presenter.view.current

        def called(why: str, note: str) -> None:
            self._presenter.ask_no_more()  # the walk-in does it; this screen hears nothing more
            self.open_wanted.emit(WALK_IN, CallTicket(key, why, note))

        dialog = self.asks.reason("turn", "queue.turn_why", tuple(OutOfTurnReason), called)
        dialog.rejected.connect(self._presenter.refuse_out_of_turn)

    def _ask_ticket(self) -> None:
        def taken(service: Service | None, lane: str) -> None:
            self._presenter.take_ticket(service, lane)

        TicketDialog(self, self.words, taken).open()

    def _ask_hold(self) -> None:
        ask_reason(
            self, self.words, "walkin.hold_why", HOLDS, lambda why, _: self._presenter.hold(why)
        )

    def _undo_of(self, said: Said | None) -> Callable[[], object] | None:
        """What takes back a move in the queue: of a print or a count nothing ever does."""
        key = str(said.facts.get("key", "")) if said is not None else ""
        if said is None or not key:
            return None
        undo = {"queue.held": self._presenter.take_up, "queue.skipped": self._call_after_all}
        return partial(undo[said.message_id], key)

    def _call_after_all(self, ticket: str) -> None:
        """Whoever was sent to the end came: as Enter on their line, with why if it isn't theirs."""
        if self.isVisible():
            self._presenter.go_to(ticket)
            line = self._presenter.view.current_line
            if line is not None and line.key == ticket:  # else another counter has them
                self._open_current()
        else:
            self.open_wanted.emit("queue", ticket)

    def _to_filter(self) -> None:
        self.filter.setFocus()
        self.filter.selectAll()

    def _clear(self) -> None:
        view = self._presenter.view
        self._presenter.dismiss()
        if view.text:
            self._presenter.type_filter("")
        elif view.problem is None:
            self._presenter.filter_by(Pile.ALL)
        self.home_focus().setFocus()
