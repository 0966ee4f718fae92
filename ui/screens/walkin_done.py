"""The walk-in's last page: the sign, the card that was given, its numbers, the receipt."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.application import ApplicationState as S
from desktop.domain.reasons import CancelReason, RejectReason
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkInView
from desktop.words import Words
from ui.screens.walkin_parts import Fact, FactGrid, Page, PersonPanel
from ui.theme import theme
from ui.widgets.card_preview import CardFace
from ui.widgets.labels import Panel, column, row
from ui.widgets.nesting import nest
from ui.widgets.scan_box import Verdict, VerdictSign

BLOCK, FACE = 820, 380
"""Widths of what stands together in the middle, at usual text."""


class DonePage(Page):
    """Everything of this case has ended: what was given, and who is next."""

    def __init__(self, words: Words, presenter: WalkIn, parent: QWidget, *, copy: QAction) -> None:
        super().__init__(words, presenter, parent)
        look = theme()
        self.person = PersonPanel(words, self)
        panel = Panel(parent=self)
        self.sign = VerdictSign(panel)
        self.face = CardFace(words("walkin.front"), panel, width=FACE)
        self.face.setMaximumWidth(look.px(FACE))
        self.facts = FactGrid(panel)
        self.facts.setMinimumWidth(look.px(340))  # a receipt's number stays on one line
        copies = row(self.button(copy))
        copies.addStretch(1)
        told = column(self.facts, copies, spacing=14)
        told.addStretch(1)
        self.block = QWidget(panel)
        self.block.setMaximumWidth(look.px(BLOCK))
        inside = column(self.sign, row(self.face, told, spacing=24), spacing=20)
        self.block.setLayout(inside)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.block, 100)
        middle.addStretch(1)
        panel.body.addStretch(1)
        nest(panel.body, middle)
        panel.body.addStretch(2)
        self.across.addWidget(self.person)
        self.across.addWidget(panel, 1)

    def show_view(self, view: WalkInView) -> None:
        words, app = self.words, view.app
        self.person.show_view(view)
        if app is None:
            return
        ended = app.state if app.state in (S.REJECTED, S.CANCELLED, S.EXPIRED) else S.CLOSED
        given = ended is S.CLOSED
        verdict = Verdict.RIGHT if given else Verdict.NOTE
        more = "next" if view.goes_on is None else "other"
        self.sign.tell(verdict, words(f"walkin.done.{ended}"), words(f"walkin.done.{more}"))
        self.face.setVisible(given and bool(view.faces.front))
        self.face.show_image(view.faces.front or None)
        facts: list[Fact] = []
        if given:
            facts = [
                (words("walkin.sim_number"), app.sim_number),
                (words("walkin.serial"), app.blank_serial),
                (words("walkin.receipt"), view.receipt_number),
            ]
            if app.valid_until:
                facts.append((words("walkin.valid_until"), words.date(app.valid_until)))
            if app.handed_to:
                facts.append((words("walkin.handed_to"), app.handed_to[:80]))
        elif app.reason:
            kind = RejectReason if ended is S.REJECTED else CancelReason
            facts.append((words("walkin.reason"), words.of(kind(app.reason))))
            if app.note:
                facts.append((words("walkin.note"), app.note[:200]))
        self.facts.show_facts(facts)
