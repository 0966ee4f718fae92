"""Area 3: a card and its waybill, each scanned once; the sign says whether they belong together."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.evidence import JknInArrears, JknSilent
from desktop.domain.officer import RoleMissing
from desktop.domain.shipment import Parcel
from desktop.domain.workflow import GatesMissing
from desktop.presenters.online import Online
from desktop.presenters.online_view import OnlineView, Pair, PairStep
from desktop.words import Words
from ui.problems import problem_text
from ui.screens.online_words import service_of, span
from ui.screens.stock_pages import short_case
from ui.theme import theme
from ui.widgets.empty import EmptyState
from ui.widgets.fields import ChoiceField
from ui.widgets.labels import Panel, Text
from ui.widgets.nesting import nest
from ui.widgets.pages import Pages
from ui.widgets.scan_box import ScanBox, Verdict, VerdictSign
from ui.widgets.table import Column, DataTable, Row

BY_WAYBILL = "*"
CARD_FITS = (RoleMissing, GatesMissing, JknInArrears, JknSilent)
"""Refusals of a pair with which nothing is wrong."""


class PackPage(QWidget):
    """Left what waits, in the middle the two scans, beneath what was packed."""

    def __init__(self, words: Words, presenter: Online, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = words
        self.presenter = presenter
        look = theme()
        self.waiting = DataTable(
            [
                Column(words("online_screen.column.card"), code=True, strong=True),
                Column(words("online_screen.column.name"), stretch=True),
                Column(
                    words("online_screen.column.number"),
                    code=True,
                    muted=True,
                    stretch=True,
                    brief=short_case,
                ),
            ],
            words("online_screen.pack.waiting"),
            self,
            opens=False,
        )
        self.left = Panel(words("online_screen.pack.waiting"), self, padding=12)
        self.empty = EmptyState("package-check", words("online_screen.pack.none"))
        self.stack = Pages(self)
        self.stack.addWidget(self.waiting)
        self.stack.addWidget(self.empty)
        self.left.add(self.stack, 1)
        self.packed = DataTable(
            [
                Column(words("online_screen.column.waybill"), code=True, strong=True),
                Column(words("online_screen.column.recipient"), stretch=True),
                Column(words("online_screen.column.courier"), muted=True),
                Column(words("online_screen.column.packed"), right=True, muted=True),
            ],
            words("online_screen.pack.packed"),
            self,
            opens=False,
        )
        self.below = Panel(words("online_screen.pack.packed"), self, padding=12)
        self.below.add(self.packed, 1)
        right = QVBoxLayout()
        right.setSpacing(look.px(12))
        right.addWidget(self._scans())
        right.addWidget(self.below, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(look.px(12))
        whole.addWidget(self.left, 9 if look.folded else 7)  # with large text a name needs more
        nest(whole, right, 11 if look.folded else 12)
        self._shown: object = None

    def _scans(self) -> QWidget:
        words, look = self.words, theme()
        panel = Panel(parent=self, padding=14)
        self.box = ScanBox(
            words("online_screen.pack.scan"), words("online_screen.scan.hint"), panel
        )
        self.box.typed.connect(self.presenter.scanned)
        self.courier = ChoiceField(words("online_screen.column.courier"), panel)
        self.courier.committed.connect(
            lambda key: self.presenter.choose_courier("" if key == BY_WAYBILL else key)
        )
        self.courier.setFixedWidth(look.px(170))
        label = Text(words("online_screen.column.courier"), "label", panel)
        label.setBuddy(self.courier)
        top = QHBoxLayout()
        top.setSpacing(look.px(10))
        top.addWidget(self.box, 1)
        top.addWidget(label)
        top.addWidget(self.courier)
        self.sign = VerdictSign(panel)
        self.card = Text("", "heading", panel, code=True)
        self.to = Text("", "body", panel, wrap=True)  # compared with the envelope: read whole
        self.awb = Text("", "heading", panel, code=True)
        nest(panel.body, top)
        panel.body.addWidget(self.sign)
        foot = QHBoxLayout()
        foot.setSpacing(look.px(16))
        for title, value in (
            ("online_screen.pack.card", self.card),
            ("online_screen.pack.to", self.to),
            ("online_screen.pack.waybill", self.awb),
        ):
            box = QVBoxLayout()
            box.setSpacing(0)
            box.addWidget(Text(words(title), "small", panel))
            box.addWidget(value)
            box.addStretch(1)
            nest(foot, box, 1 if value is self.to else 0)  # an address is long
        nest(panel.body, foot)
        return panel

    def home(self) -> QWidget:
        return self.box

    def chosen(self) -> Parcel | None:
        """The packed parcel that is current in the list."""
        key = self.packed.current_key()
        lines = self.presenter.view.packed
        return next((line.parcel for line in lines if line.parcel.id == key), None)

    def show_view(self, view: OnlineView) -> None:
        words = self.words
        self.courier.set_choices(
            ((BY_WAYBILL, words("online_screen.pack.by_waybill")), *((c, c) for c in view.couriers))
        )
        self.courier.set_value(view.courier or BY_WAYBILL)
        none = words("online_screen.pack.none")
        hint = "hint" if view.packed else "first"
        hint = "" if view.to_pack else words(f"online_screen.pack.none.{hint}")
        self._show_pair(view.pair, (none, hint) if hint else None)
        shown = (view.to_pack, view.packed)
        if shown == self._shown:
            return
        self._shown = shown
        self.left.set_heading(words("online_screen.pack.waiting_count", count=len(view.to_pack)))
        self.waiting.show_rows(
            [
                Row(
                    line.app.id,
                    (line.app.blank_serial, line.app.applicant.name, line.app.number),
                )
                for line in view.to_pack
            ],
            view.pair.app.id if view.pair.app else None,
        )
        self.stack.setCurrentWidget(self.waiting if view.to_pack else self.empty)
        self.below.set_heading(words("online_screen.pack.packed_count", count=len(view.packed)))
        self.packed.show_rows(
            [
                Row(
                    line.parcel.id,
                    (
                        line.parcel.awb,
                        f"{line.parcel.address.recipient} · {line.parcel.address.city}",
                        line.parcel.courier,
                        span(words, line.since),
                    ),
                )
                for line in view.packed
            ],
            view.pair.parcel.id if view.pair.parcel else None,
        )

    def _show_pair(self, pair: Pair, nothing: tuple[str, str] | None) -> None:
        words = self.words
        if pair.problem is not None:
            text = problem_text(words, pair.problem)
            refused = isinstance(pair.problem, CARD_FITS)
            key = "not_packed" if refused else "wrong"
            self.sign.tell(Verdict.WRONG, words(f"online_screen.pack.{key}"),
                           f"{text.text} {text.remedy}")  # fmt: skip
        elif pair.step is PairStep.RIGHT and pair.app is not None:
            detail = words("online_screen.pack.right.detail", name=pair.app.applicant.name)
            self.sign.tell(Verdict.RIGHT, words("online_screen.pack.right"), detail)
        elif pair.step is PairStep.WAYBILL and pair.app is not None:
            detail = f"{pair.app.applicant.name} · {service_of(words, pair.app)}"
            self.sign.tell(Verdict.WAITING, words("online_screen.pack.scan_waybill"), detail)
        elif nothing is not None:
            self.sign.tell(Verdict.NOTE, *nothing)
        else:
            self.sign.tell(Verdict.WAITING, words("online_screen.pack.scan_card"),
                           words("online_screen.pack.scan_card.detail"))  # fmt: skip
        self.card.setText(pair.card or "–")
        address = pair.app.address if pair.app else None
        self.to.setText(
            f"{address.recipient}, {address.line}, {address.city} {address.postcode}"
            if address
            else "–"
        )
        self.awb.setText(pair.waybill or "–")
        self.box.show_code(pair.waybill or pair.card)
