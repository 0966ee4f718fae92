"""Area 2: the batch at the printer and a job in doubt; the printed cards have a pane beside."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QWidget,
)

from desktop.domain.reasons import SpoilReason
from desktop.domain.stock import BlankNotBack, BlankOutOfTurn, DoubtAnswer
from desktop.presenters.online import Online
from desktop.presenters.online_view import OnlineView, PrintPane, PrintRun
from desktop.services.cardmaker import bad_blank
from desktop.services.doubts import Doubt
from desktop.words import Words
from ui.problems import problem_text
from ui.screens.online_inspect import InspectPane
from ui.screens.online_panes import PanesPage
from ui.screens.online_words import where_to
from ui.screens.stock_pages import short_case
from ui.screens.walkin_parts import NoteList
from ui.theme import theme
from ui.widgets.announce import announce
from ui.widgets.counters import BigNumber
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Elided, Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.reasons import Reason, ReasonList
from ui.widgets.state import Level, StateBadge, StateItem
from ui.widgets.table import Column, DataTable, Row

REJECTIONS = (
    SpoilReason.PRINT_DEFECT,
    SpoilReason.HALF_PRINTED,
    SpoilReason.RIBBON_END,
    SpoilReason.CHIP,
    SpoilReason.DATA_ERROR_OFFICE,
    SpoilReason.SERIAL_UNREADABLE,
    SpoilReason.LOT_DEFECT,
    SpoilReason.OTHER,
)
"""Why a printed card is rejected, in the order of their keys."""

HERE = "no_card_here"
COUNTED = ("running", "paused", "stopped", "finished")
"""States of a batch that are told with its figures."""


class PrintPage(PanesPage[PrintPane]):
    """Two lists behind two chips."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        name = "online_screen.print.panes"
        super().__init__(words, name, PrintPane, presenter.turn_pane, parent)
        self.queue = QueuePane(words, presenter, self)
        self.inspect = InspectPane(words, presenter, self)
        self.add(PrintPane.QUEUE, self.queue)
        self.add(PrintPane.INSPECT, self.inspect)

    def show_view(self, view: OnlineView) -> None:
        counts = {PrintPane.QUEUE: len(view.ready), PrintPane.INSPECT: len(view.printed)}
        self.show_panes(view, view.pane, counts)


class QueuePane(QWidget):
    """What is approved, ticked, and how far the batch is."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        look = theme()
        self.table = DataTable(
            [
                Column(words("online_screen.column.number"), code=True, brief=short_case),
                Column(words("online_screen.column.name"), strong=True, stretch=True),
                Column(words("online_screen.column.class")),
                Column(words("online_screen.column.delivery"), muted=True, stretch=True),
                Column(words("online_screen.column.state")),
            ],
            words("online_screen.print.list"),
            self,
            checkable=True,
            opens=False,
        )
        self.table.ticked.connect(self._ticked)
        self.empty = EmptyState(
            "printer", words("online_screen.print.empty"), words("online_screen.print.empty.hint")
        )
        self.stack = Pages(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        panel = Panel(parent=self, padding=4)
        panel.add(self.stack, 1)
        self.side = Pages(self)
        self.run = RunPanel(words, self)
        self.doubt = DoubtPanel(words, presenter, self)
        self.side.addWidget(self.run)
        self.side.addWidget(self.doubt)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.px(12))
        across.addWidget(panel, 15)
        across.addWidget(self.side, 7)
        self._shown: object = None
        self._limited: list[str] = []

    def _ticked(self) -> None:
        self.presenter.select(frozenset(self.table.ticked_keys()))

    def home(self) -> QWidget | None:
        return self.stack.currentWidget()

    def show_view(self, view: OnlineView) -> None:
        words = self.words
        run = view.run
        shown = (view.ready, view.selected, run)
        if shown != self._shown:
            self._shown = shown
            failed = {card.app.id for card in run.failed} if run else ()
            rows: list[Row] = []
            for line in view.ready:
                app = line.app
                state: str | StateItem = StateItem(Level.OFF, words("online_screen.print.waits"))
                if run and app.id == run.current:
                    state = StateItem(Level.BUSY, words("online_screen.print.now"))
                elif app.id in failed:
                    state = StateItem(Level.BAD, words("online_screen.print.failed"))
                elif run and run.running and app.id in run.left:
                    state = StateItem(Level.BUSY, words("online_screen.print.in_batch"))
                elif app.reprints:
                    text = words("online_screen.print.again", count=app.reprints)
                    state = StateItem(Level.ATTEND, text)
                cells = (
                    app.number, app.applicant.name, words.of(app.licence_class),
                    where_to(words, app), state,
                )  # fmt: skip
                rows.append(Row(app.id, cells, checked=app.id in view.selected))
            current = run.current if run and run.current else None
            limited = [card.app.id for card in run.failed if card.limited] if run else []
            if limited and limited != self._limited and self.table.current_key() not in limited:
                current = limited[0]  # whose remedy names a key of the row
            self._limited = limited
            self.table.show_rows(rows, current)
            self.stack.setCurrentWidget(self.table if rows else self.empty)
        if view.doubt is not None:
            self.doubt.show_doubt(view.doubt)
        self.side.setCurrentWidget(self.doubt if view.doubt is not None else self.run)
        self.run.show_view(view)


class RunPanel(Panel):
    """Blanks, ticks, progress, what failed."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(words("online_screen.print.batch"), parent)
        self.words = words
        self.chosen = BigNumber(words("online_screen.print.chosen"), parent=self)
        self.blanks = BigNumber(words("online_screen.print.blanks"), parent=self)
        numbers = QHBoxLayout()
        numbers.addWidget(self.chosen)
        numbers.addWidget(self.blanks)
        nest(self.body, numbers)
        self.state = StateBadge(parent=self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(words("online_screen.print.progress"))
        self.done = Text("", "display", self)
        self.now = Elided("", "muted", self)
        self.left = Text("", "muted", self)
        self.back = NoteList(self)
        self.failed_title = Text(words("online_screen.print.failed_list"), "overline", self)
        self.failed = NoteList(self)
        self.hint = Text(words("online_screen.print.hint"), "muted", self, wrap=True)
        for widget in (
            self.done, self.bar, self.state, self.now, self.left, self.back, self.failed_title,
            self.failed, self.hint,
        ):  # fmt: skip
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._told = ""

    def show_view(self, view: OnlineView) -> None:
        words, run = self.words, view.run
        ticked = len(view.selected)
        self.chosen.tell(str(ticked), words("online_screen.print.of", count=len(view.ready)))
        short = view.blanks_left < ticked
        level = Level.BAD if view.blanks_left == 0 else Level.ATTEND if short else Level.GOOD
        detail = "online_screen.print.short" if short else "online_screen.print.enough"
        self.blanks.tell(str(view.blanks_left), words(detail), level)
        # While a batch runs, its own figures say what was chosen.
        self.chosen.setVisible(bool(view.ready) and not (run and run.running))
        for widget in (self.done, self.bar, self.state, self.now, self.left):
            widget.setVisible(run is not None)
        self.hint.setVisible(run is None)
        self.failed_title.setVisible(bool(run and (run.failed or run.spoiled)))
        lost = "spoiled_list" if run and not run.failed else "failed_list"
        self.failed_title.setText(words(f"online_screen.print.{lost}"))
        if run is not None:
            self._show_run(run, view.problem)
        else:
            self.failed.show_items([])
        self._show_back(view)

    def _show_back(self, view: OnlineView) -> None:
        """Blanks that lie outside, untouched; no second time beneath a banner that says so."""
        backs = view.run.put_back if view.run is not None else ()
        if isinstance(view.problem, BlankNotBack | BlankOutOfTurn):
            backs = [said for said in backs if said.message_id.endswith("_played")]
        self.back.show_items(
            [StateItem(Level.ATTEND, self.words(said.message_id, **said.facts)) for said in backs]
        )

    def _show_run(self, run: PrintRun, problem: Exception | None) -> None:
        words = self.words
        above = problem_text(words, problem).text if problem is not None else ""
        self.bar.setRange(0, run.whole)
        self.bar.setValue(run.done)
        self.done.setText(f"{run.done}/{run.whole}")
        if not run.running:
            key = "stopped" if run.stopped else "finished"
            level = Level.ATTEND if run.stopped or run.failed else Level.GOOD
        elif run.paused:
            key, level = "paused", Level.ATTEND
        elif run.stopped:
            key, level = "stopping", Level.BUSY
        else:
            key, level = "running", Level.BUSY
        counts = {"good": run.good, "failed": len(run.failed)}
        told = [words(f"online_screen.run.{n}", count=c) for n, c in counts.items() if c]
        text = " · ".join((words(f"online_screen.run.{key}"), *(told if key in COUNTED else ())))
        self.state.show_state(StateItem(level, text))
        if key != self._told:
            self._told = key
            announce(self, text)
        name = run.making
        self.now.setText(words("online_screen.print.making", name=name) if name else "")
        self.now.setVisible(bool(name))
        minutes = -(-(run.seconds_left or 0) // 60)
        show_left = run.running and not run.paused and run.seconds_left is not None and run.left
        self.left.setText(
            words("online_screen.print.minutes_left", count=minutes) if show_left else ""
        )
        self.left.setVisible(bool(show_left))
        self._show_failed(run, above)

    def _show_failed(self, run: PrintRun, above: str) -> None:
        """Cards that failed and blanks that were lost; `above` is what the banner says, with its
        remedy."""
        words = self.words
        now = {card.app.id for card in run.failed}
        lost = {card.app.id for card in run.spoiled}  # also by an earlier try
        made_since = [card for card in run.spoiled if card.app.id not in now]
        failed = run.failed[-6:]
        problems = [problem_text(words, card.problem) if card.problem else None for card in failed]
        lines: list[StateItem] = []
        for place, card in enumerate((*failed, *made_since[-4:])):
            level = Level.BAD if card.app.id in now else Level.ATTEND
            problem = problems[place] if place < len(problems) else None
            told: list[str] = []
            if problem is not None and problem.text != above:
                first = problem not in problems[:place]  # one remedy for all of one reason
                first = first and not (card.spoiled and bad_blank(card.problem))
                told.append(f"{problem.text} {problem.remedy}" if first else problem.text)
            if card.spoiled or card.app.id in lost:
                told.append(words("online_screen.print.spoiled"))
            text = f"{card.app.number} {card.app.applicant.name}: {' · '.join(told)}".strip()
            lines.append(StateItem(level, text.removesuffix(":")))
        self.failed.show_items(lines)


class DoubtPanel(Panel):
    """One question about a job that was cut off; its answers are numbered."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        super().__init__(words("online_screen.doubt.title"), parent)
        self.words = words
        self.presenter = presenter
        self.about = Text("", "body", self, wrap=True)
        self.said = Text("", "muted", self, wrap=True)
        self.question = Text(words("online_screen.doubt.question"), "heading", self, wrap=True)
        self.answers = ReasonList(words("online_screen.doubt.question"), self)
        self.answers.picked.connect(self.pick)
        for widget in (self.about, self.said, self.question, self.answers):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self._keys: list[str] = []

    def pick(self, key: str) -> None:
        """An answer by its key."""
        if key == HERE:
            self.presenter.answer_doubt(DoubtAnswer.NO_CARD, blank_here=True)
        else:
            self.presenter.answer_doubt(DoubtAnswer(key), blank_here=False)

    def pick_number(self, number: int) -> None:
        """An answer by its digit."""
        if 1 <= number <= len(self._keys):
            self.pick(self._keys[number - 1])

    def show_doubt(self, doubt: Doubt) -> None:
        words = self.words
        self.about.setText(
            words(
                "online_screen.doubt.about",
                number=doubt.application.number,
                name=doubt.application.applicant.name,
                serial=doubt.job.blank_serial,
            )
        )
        facts: list[str] = []
        if doubt.counter_moved is not None:
            facts.append(words("online_screen.doubt.counter", count=doubt.counter_moved))
        if doubt.card_inside is not None:
            key = "inside" if doubt.card_inside else "outside"
            facts.append(words(f"online_screen.doubt.{key}"))
        if doubt.half_printed:
            facts.append(words("online_screen.doubt.half"))
        self.said.setText("\n".join(f"· {fact}" for fact in facts))
        possible = self.presenter.answers
        reasons: list[Reason] = []
        for answer in possible:
            detail = words("online_screen.doubt.advice") if answer is doubt.advice else ""
            if answer is DoubtAnswer.NO_CARD:
                reasons.append(Reason(HERE, words("online_screen.doubt.blank_here"), detail))
                reasons.append(Reason(answer.value, words("online_screen.doubt.blank_gone")))
            else:
                reasons.append(Reason(answer.value, words.of(answer), detail))
        self._keys = [reason.key for reason in reasons]
        self.answers.show_reasons(reasons)
