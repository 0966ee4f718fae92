"""Area 4: what the courier takes, counted by hand; and what became of what the courier took."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.reasons import ReceiverRelation
from desktop.domain.shipment import Parcel, ParcelAction, ParcelState, ProofOfDelivery
from desktop.domain.workflow import PARCEL
from desktop.presenters.online import Online
from desktop.presenters.online_ship import WATCHED
from desktop.presenters.online_table_kept import PARCEL_ID
from desktop.presenters.online_view import ManifestPane, OnlineView, ParcelLine, Recount
from desktop.services.tracking import CourierReport
from desktop.words import Words
from ui.screens.online_panes import PanesPage
from ui.screens.online_words import PARCEL_LEVEL, span
from ui.theme import theme
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Panel, Text
from ui.widgets.pages import Pages
from ui.widgets.quiet_field import QuietCode
from ui.widgets.scan_box import ScanBox, Verdict, VerdictSign
from ui.widgets.state import Level, StateItem
from ui.widgets.table import Column, DataTable, Row

ALL, LATE = "*", "late"


class ManifestPage(PanesPage[ManifestPane]):
    """Two lists behind two chips: waiting for the courier, and with the courier."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        name = "online_screen.manifest.panes"
        super().__init__(words, name, ManifestPane, presenter.manifest_pane, parent)
        self.packed = PackedPane(words, presenter, self)
        self.out = OutPane(words, presenter, self)
        self.add(ManifestPane.PACKED, self.packed)
        self.add(ManifestPane.OUT, self.out)

    def show_view(self, view: OnlineView) -> None:
        counts = {ManifestPane.PACKED: view.manifest_count, ManifestPane.OUT: len(view.out)}
        self.show_panes(view, view.manifest_pane, counts)


class PackedPane(QWidget):
    """The courier's parcels, the count by hand, and the recount by scan."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        look = theme()
        self.table = DataTable(
            [
                Column(words("online_screen.column.waybill"), code=True, strong=True),
                Column(words("online_screen.column.recipient"), stretch=True),
                Column(words("online_screen.column.city"), muted=True),
                Column(words("online_screen.column.scanned")),
            ],
            words("online_screen.manifest.list"),
            self,
            opens=False,
        )
        self.empty = EmptyState(
            "truck",
            words("online_screen.manifest.empty"),
            words("online_screen.manifest.empty.hint"),
        )
        self.stack = Pages(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.list = Panel(words("online_screen.manifest.list"), self, padding=12)
        self.list.add(self.stack, 1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.px(12))
        across.addWidget(self.list, 13)
        self.side = self._side()
        across.addWidget(self.side, 8)
        self._shown: object = None
        self._recounting = False

    def _side(self) -> QWidget:
        words = self.words
        panel = Panel(words("online_screen.manifest.count"), self, padding=12)
        self.couriers = ChipBar(words("online_screen.column.courier"), panel)
        self.couriers.chosen.connect(self.presenter.choose_courier)
        self.steps = Text(words("online_screen.manifest.steps"), "muted", panel, wrap=True)
        self.count_label = Text(words("online_screen.manifest.by_hand"), "label", panel)
        self.count = QuietCode(words("online_screen.manifest.by_hand"), panel, longest=4)
        self.count_label.setBuddy(self.count)
        self.count.textChanged.connect(self.presenter.type_hand_count)
        self.count.setFixedWidth(theme().px(120))
        self.box = ScanBox(
            words("online_screen.manifest.recount"), words("online_screen.scan.hint"), panel
        )
        self.box.typed.connect(self.presenter.scanned)
        self.sign = VerdictSign(panel)
        for widget in (
            self.couriers, self.steps, self.count_label, self.count, self.box, self.sign,
        ):  # fmt: skip
            panel.body.addWidget(widget)
        panel.body.addStretch(1)
        return panel

    def home(self) -> QWidget | None:
        return self.box if self._recounting else self.stack.currentWidget()

    def counted(self) -> int | None:
        """The number typed, if any."""
        text = self.count.value()
        return int(text) if text.isdigit() else None

    def show_view(self, view: OnlineView) -> None:
        words, recount = self.words, view.recount
        self.couriers.show_chips([Chip(c, c) for c in view.couriers], view.courier)
        self._recounting = recount is not None
        self.couriers.setVisible(recount is None)
        for widget in (self.steps, self.count_label, self.count):
            widget.setVisible(recount is None and bool(view.packed))
        self.side.setVisible(recount is not None or bool(view.packed or view.couriers))
        for widget in (self.box, self.sign):
            widget.setVisible(recount is not None)
        if recount is not None:
            self._show_recount(recount)
        if self.count.text() != view.hand_count:
            self.count.setText(view.hand_count)
        shown = (view.packed, recount)
        if shown == self._shown:
            return
        self._shown = shown
        heading = (
            "online_screen.manifest.list_of" if view.courier else "online_screen.manifest.list"
        )
        self.list.set_heading(words(heading, courier=view.courier))
        self.table.setColumnHidden(3, recount is None)
        lines = view.packed
        if recount is not None:  # what isn't scanned yet is looked for: it stands first
            lines = tuple(sorted(lines, key=lambda line: line.parcel.awb in recount.scanned))
        self.table.show_rows([self._row(line, recount) for line in lines])
        self.stack.setCurrentWidget(self.table if view.packed else self.empty)

    def _row(self, line: ParcelLine, recount: Recount | None) -> Row:
        parcel, words = line.parcel, self.words
        state: str | StateItem = ""
        if recount is not None:
            here = parcel.awb in recount.scanned
            state = (
                StateItem(Level.GOOD, words("online_screen.manifest.here"))
                if here
                else StateItem(Level.BAD, words("online_screen.manifest.not_yet"))
            )
        to = parcel.address
        cells = (parcel.awb, to.recipient, f"{to.city} {to.postcode}".strip(), state)
        return Row(parcel.id, cells)

    def _show_recount(self, recount: Recount) -> None:
        words, found = self.words, len(recount.scanned)
        if recount.stranger:
            self.sign.tell(
                Verdict.WRONG,
                words("online_screen.manifest.stranger"),
                words("online_screen.manifest.stranger.detail", awb=recount.stranger[:40]),
            )
        elif recount.missing:
            self.sign.tell(
                Verdict.WAITING,
                words("online_screen.manifest.found", found=found, whole=recount.whole),
                words("online_screen.manifest.keep_scanning"),
            )
        else:
            self.sign.tell(
                Verdict.RIGHT,
                words("online_screen.manifest.found", found=found, whole=recount.whole),
                words("online_screen.manifest.all_here"),
            )
        self.box.show_code("")


class OutPane(QWidget):
    """Parcels on their way, and the courier's word on each."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        look = theme()
        self.chips = ChipBar(words("online_screen.out.filter"), self)
        self.chips.chosen.connect(self._filter)
        self._late = False
        self.table = DataTable(
            [
                Column(words("online_screen.column.waybill"), code=True, strong=True),
                Column(words("online_screen.column.recipient"), stretch=True),
                Column(words("online_screen.column.city"), muted=True),
                Column(words("online_screen.column.manifest"), right=True, muted=True),
                Column(words("online_screen.column.state")),
                Column(words("online_screen.column.since"), right=True),
                Column(words("online_screen.column.note"), muted=True, stretch=True),
            ],
            words("online_screen.out.list"),
            self,
            opens=False,
        )
        self.empty = EmptyState(
            "truck", words("online_screen.out.empty"), words("online_screen.out.empty.hint")
        )
        self.stack = Pages(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        panel = Panel(parent=self, padding=4)
        panel.add(self.stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(self.chips)
        whole.addWidget(panel, 1)
        self._shown: object = None

    def home(self) -> QWidget | None:
        return self.stack.currentWidget()

    def possible(self) -> frozenset[ParcelAction]:
        """What may be told of the current parcel."""
        parcel = self.chosen()
        if parcel is None:
            return frozenset()
        return frozenset(s.action for s in PARCEL.steps if s.state is parcel.state)

    def _filter(self, key: str) -> None:
        self._late = key == LATE
        self._shown = None
        state = None if key in (ALL, LATE) else ParcelState(key)
        self.presenter.filter_out(state)

    def chosen(self) -> Parcel | None:
        """The parcel that is current in the list."""
        key = self.table.current_key()
        lines = self.presenter.view.out
        return next((line.parcel for line in lines if line.parcel.id == key), None)

    def show_view(self, view: OnlineView) -> None:
        words = self.words
        chips = [Chip(ALL, words("online_screen.out.all"), len(view.out))]
        late = sum(line.late for line in view.out)
        chips.append(Chip(LATE, words("online_screen.out.late"), late))
        for state in WATCHED:
            count = sum(line.parcel.state is state for line in view.out)
            if count or view.out_state is state:
                chips.append(Chip(state.value, words(f"online_screen.parcel.{state.name}"), count))
        now = LATE if self._late else view.out_state.value if view.out_state else ALL
        self.chips.show_chips(chips, now)
        shown = (view.out, view.out_state, self._late)
        if shown == self._shown:
            return
        self._shown = shown
        lines = [
            line
            for line in view.out
            if (not self._late or line.late)
            and (view.out_state is None or line.parcel.state is view.out_state)
        ]
        again = view.asked is not None and view.asked.again
        asked = view.asked.about.get(PARCEL_ID) if view.asked and again else None
        self.table.show_rows([self._row(line) for line in lines], asked)
        self.stack.setCurrentWidget(self.table if lines else self.empty)

    def _row(self, line: ParcelLine) -> Row:
        words, parcel = self.words, line.parcel
        note = parcel.fail_reason
        if parcel.answer_by is not None:
            note = words("online_screen.out.answer_by", day=words.date(parcel.answer_by))
            note = " · ".join(filter(None, (note, parcel.fail_reason)))
        elif parcel.proof is not None:
            note = words("online_screen.out.taken_by", receiver=taker(words, parcel.proof))
        elif line.late:
            note = words("online_screen.out.silent")
        elif parcel.state is ParcelState.RETURNING:
            note = " · ".join(filter(None, (words("online_screen.out.comes_back"), note)))
        level = Level.ATTEND if line.late else PARCEL_LEVEL[parcel.state]
        return Row(
            parcel.id,
            (
                parcel.awb,
                parcel.address.recipient,
                parcel.address.city,
                f"{line.manifest:04d}" if line.manifest else "–",
                StateItem(level, words(f"online_screen.parcel.{parcel.state.name}")),
                span(words, line.since),
                note,
            ),
        )


def taker(words: Words, proof: ProofOfDelivery) -> str:
    """Who took it, and in whose place: neither office nor applicant knows a neighbour by name."""
    relation = proof.relation
    if relation in tuple(ReceiverRelation):
        relation = words.of(ReceiverRelation(relation))
    if not relation or proof.relation == ReceiverRelation.ADDRESSEE:
        return proof.receiver
    return f"{proof.receiver} ({relation})"


class EventsPage(QWidget):
    """What a courier's list told, line by line."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.table = DataTable(
            [
                Column(words("online_screen.report.line"), right=True),
                Column(words("online_screen.column.waybill"), code=True, strong=True),
                Column(words("online_screen.report.result"), stretch=True),
            ],
            words("online_screen.events.title"),
            self,
            opens=False,
        )
        self.panel = Panel(words("online_screen.events.title"), self)
        self.panel.add(self.table, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.panel, 1)
        self._shown: CourierReport | None = None

    def home(self) -> QWidget | None:
        return self.table

    def show_view(self, view: OnlineView) -> None:
        report, words = view.events, self.words
        if report is None or report is self._shown:
            return
        self._shown = report
        self.panel.set_heading(
            words(
                "online_screen.events.heading",
                applied=len(report.applied),
                known=len(report.known),
                refused=len(report.refused),
            )
        )
        rows = [
            Row(f"r{bad.line}", (str(bad.line), bad.awb, StateItem(Level.BAD, words.of(bad.fault))))
            for bad in report.refused
        ]
        for line in report.applied:
            state = StateItem(Level.GOOD, words.of(line.word))
            rows.append(Row(f"a{line.line}", (str(line.line), line.awb, state)))
        for line in report.known:
            state = StateItem(Level.OFF, words("online_screen.events.known"))
            rows.append(Row(f"k{line.line}", (str(line.line), line.awb, state)))
        self.table.show_rows(rows)
