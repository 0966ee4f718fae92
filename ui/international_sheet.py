"""What Ctrl+K opens for "SIM internasional": the sheet an officer reads to whoever asks for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from desktop.domain.international import InternationalNeed
from desktop.presenters.international import InternationalView
from desktop.words import Words
from ui.popup import Popup
from ui.screens.walkin_parts import Fact, FactGrid, NoteList, attend
from ui.widgets.buttons import KeyButton
from ui.widgets.labels import Text
from ui.widgets.nesting import nest


class InternationalSheet(Popup):
    """Where it is applied for, its fees, its validity and what is brought, as the rules say."""

    def __init__(self, host: QWidget, words: Words, view: InternationalView) -> None:
        super().__init__(host, width=760)
        terms = view.terms
        title = words("international.title")
        self.setWindowTitle(title)
        self.sheet.addWidget(Text(title, "title", self))
        here = NoteList(self)
        here.show_items([attend(words("international.not_here", site=terms.site))])
        self.sheet.addWidget(here)

        def needs(which: tuple[InternationalNeed, ...]) -> str:
            return "; ".join(
                words(f"enum.InternationalNeed.{one.name}", kilobytes=terms.photo_kilobytes)
                for one in which
            )

        lines: list[Fact] = [
            (words.of(fee.group), f"{words.money(fee.amount)} ({words.rule(fee.source)})")
            for fee in view.fees
        ]
        lines += [
            (words("international.valid"), words("international.years", years=terms.years)),
            (words("international.citizens"), needs(terms.citizens)),
            (words("international.foreigners"), needs(terms.foreigners)),
            (words("international.site"), terms.site),
            (words("international.delivery"), words("international.delivered")),
            (words("international.source"), words.rule(terms.source)),
        ]
        self.facts = FactGrid(self)
        self.facts.show_facts(lines)
        self.sheet.addWidget(self.facts)
        foot = QHBoxLayout()
        foot.addWidget(Text(words("international.ask_there"), "small", self, wrap=True), 1)
        close = KeyButton(words("common.close"), "Esc", parent=self)
        close.clicked.connect(self.reject)
        foot.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.sheet.addStretch(1)
        nest(self.sheet, foot)
        whole = self.layout()
        if whole is not None:  # wrapped lines ask for more height than they need at this width
            whole.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.finished.connect(self.deleteLater)
        close.setFocus()
