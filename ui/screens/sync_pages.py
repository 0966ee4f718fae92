"""Lists of the sync screen, each with the words for when it is empty."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.application import ApplicationState
from desktop.domain.person import LicenceStatus, Sex
from desktop.domain.reasons import CannotSignReason, DestroyReason, ReprintReason, ReturnReason
from desktop.domain.service import Channel
from desktop.domain.shipment import Contents
from desktop.domain.sim_number import SimScheme
from desktop.presenters.sync_view import SyncArea, SyncView
from desktop.services.claims import HeldCase
from desktop.services.conflicts import Difference, ParkedCase, StrayWork
from desktop.services.outage import Proposal
from desktop.words import Words
from ui.case_state import case_state
from ui.device_words import large
from ui.screens.supervisor_words import fact_word, value_word
from ui.screens.sync_words import counter_words, left_state
from ui.theme import theme
from ui.widgets.empty import EmptyState
from ui.widgets.labels import Panel, Text
from ui.widgets.listing import Listing
from ui.widgets.table import Column, DataTable, Row

LONGEST = 30
"""No number that people use is longer."""
SHOWN = 8
"""Fields that differ which are shown; more don't help to decide."""


class ListPage(QWidget):
    """One list; at its right, where there is a detail, what differs."""

    def __init__(
        self,
        words: Words,
        area: SyncArea,
        columns: Sequence[Column],
        parent: QWidget,
        *,
        detail: bool = False,
    ) -> None:
        super().__init__(parent)
        self.words = words
        empty = EmptyState(
            "circle-check", words(f"sync.empty.{area}"), words(f"sync.empty.{area}.hint")
        )
        self.list = Listing("", columns, empty, self, name=words(f"sync.area.{area}"))
        self.table = self.list.table
        asked = words(f"sync.lead.{area}") if f"sync.lead.{area}" in words else ""
        self.lead = Text(asked, "muted", self.list, wrap=True)
        self.lead.hide()
        self.list.body.insertWidget(0, self.lead)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme().px(12))
        whole.addWidget(self.list, 14)
        self.detail: Panel | None = None
        if detail:
            self.detail = Panel(words("sync.differs"), self, padding=12)
            self.why = Text("", "body", self.detail, wrap=True)
            self.fields = DataTable(
                [
                    Column(words("sync.column.field"), strong=True),
                    Column(words("sync.column.here"), stretch=True),
                    Column(words("sync.column.there"), stretch=True),
                ],
                words("sync.differs"),
                self,
                opens=False,
            )
            self.facts = Text("", "muted", self.detail, wrap=True)
            self.detail.add(self.facts)
            self.detail.add(self.why)
            self.detail.add(self.fields, 1)
            self.detail.body.addStretch(0)
            whole.addWidget(self.detail, 11)

    def home(self) -> QWidget:
        return self.table

    def show_rows(self, rows: Sequence[Row]) -> None:
        """The list, or why it is empty."""
        self.list.show_rows(rows)
        self.lead.setVisible(bool(rows and self.lead.text()))
        if self.detail is not None:
            self.detail.setVisible(bool(rows))

    def show_detail(self, view: SyncView) -> None:
        """What differs in the conflict that is current."""
        if self.detail is None:
            return
        key = self.table.current_key()
        case = next((one for one in view.parked if one.entry_id == key), None)
        if case is None:
            return
        words = self.words
        same = "" if case.differences else words("sync.same")
        told = (advice_words(words, case), first_words(words, case), same)
        self.why.setText(" ".join(part for part in told if part))
        self.facts.setText(
            words(
                "sync.acts", count=case.acts, act=act_word(words, case.act),
                officer=case.officer or "–", number=case.number,
            )
        )  # fmt: skip
        self.fields.show_rows(
            [
                Row(
                    f"{n}",
                    (
                        field_word(words, d.field),
                        *(plain(words, value, d) for value in (d.ours, d.centres)),
                    ),
                )
                for n, d in enumerate(told_apart(words, case.differences)[:SHOWN])
            ]
        )
        self.fields.setVisible(bool(case.differences))


def short(number: str) -> str:
    """A number whole; of an inner id both ends, the whole stands beside the list."""
    return f"{number[:8]}…{number[-7:]}" if len(number) > LONGEST else number


def reason_word(words: Words, case: ParkedCase) -> str:
    """Why the centre refused, in few words."""
    return words(_reason(words, case))


def advice_words(words: Words, case: ParkedCase) -> str:
    """What is right to do now: whose the case is, this counter knows better than the refusal."""
    where = ""
    if case.whose is not None:
        office = case.whose.office
        where = large(
            words("sync.office", office=office) if office
            else counter_words(words, case.whose.counter)
        )  # fmt: skip
    return words(f"{_reason(words, case)}.do", where=where, reason=case.reason)


def first_words(words: Words, case: ParkedCase) -> str:
    """What had a proof or a number first: by its number where it is known here."""
    first = case.detail.get("first")
    if case.used_for not in ("", case.number):
        return words("sync.used_for", number=case.used_for)
    if isinstance(first, dict) and first.get("office"):
        return words("sync.first_used", office=first["office"])
    return ""


def _reason(words: Words, case: ParkedCase) -> str:
    if case.whose is not None:
        return f"sync.whose.{case.whose.holder}"
    message = f"sync.reason.{case.reason}"
    return message if message in words else "sync.reason.other"


def told_apart(words: Words, found: Sequence[Difference]) -> list[Difference]:
    """What differs, a person's data each for itself, and what has words before what has none."""
    single: list[Difference] = []
    for one in found:
        ours, theirs = one.ours, one.centres
        if not isinstance(ours, dict) or not isinstance(theirs, dict):
            single.append(one)
            continue
        here: dict[str, object] = ours
        there: dict[str, object] = theirs
        single += [
            Difference(one.kind, name, here.get(name), there.get(name))
            for name in sorted(here.keys() | there.keys())
            if here.get(name) != there.get(name)
        ]
    return sorted(single, key=lambda one: field_word(words, one.field) == one.field)


def field_word(words: Words, name: str) -> str:
    """A row's field in words; one that only the program reads as it stands."""
    message = f"sync.field.{name}"
    return words(message) if message in words else fact_word(words, name)


_ACT = {"applications": "application", "blanks": "blank", "parcels": "parcel", "returns": "return"}
"""By the kind of a row: whose words its state has."""
_NAMED = {"state": "to", "licence_class": "class", "sim_number": "number"}
"""By a row's field: the name that the journal has for such a value."""
_CODED: dict[str, tuple[type[StrEnum], ...]] = {
    "cannot_sign": (CannotSignReason,),
    "channel": (Channel,),
    "contents": (Contents,),
    "held_from": (ApplicationState,),
    "outcome_reason": (DestroyReason, ReprintReason, ReturnReason),
    "reissued": (ReprintReason,),
    "scheme": (SimScheme,),
    "sex": (Sex,),
    "status": (LicenceStatus,),
    "superseded": (LicenceStatus,),
}
"""By a row's field: whose words its value has, where the journal has no name for it."""


def plain(words: Words, value: object, of: Difference) -> str:
    """A value of a row in words, short enough for a cell."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return words("common.yes" if value else "common.no")
    if isinstance(value, dict):
        told: dict[str, object] = value
        by_name = of.field == "facts"  # of a proof: each has a name of its own
        return ", ".join(
            plain(words, one, Difference(of.kind, name if by_name else of.field, "", ""))
            for name, one in told.items()
            if one
        )[:80]
    if isinstance(value, list):
        return words("sync.several", count=len(value))
    coded, *_ = str(value).partition(":")
    for kind in _CODED.get(of.field, ()):
        if coded in {str(member) for member in kind}:
            return words.of(kind(coded))
    if of.field == "loss" and f"fact.{value}" in words:
        return words(f"fact.{value}").lower()
    return value_word(words, _NAMED.get(of.field, of.field), str(value), _ACT.get(of.kind, ""))[:80]


def conflict_rows(words: Words, parked: Sequence[ParkedCase]) -> list[Row]:
    """Cases that the centre refused."""
    return [
        Row(
            case.entry_id,
            (
                short(case.number),
                reason_word(words, case),
                words.moment(case.at),
            ),
        )
        for case in parked
    ]  # fmt: skip


def stray_rows(words: Words, strays: Sequence[StrayWork]) -> list[Row]:
    """Work beside the chain."""
    return [
        Row(
            one.entry_id,
            (short(one.number), act_word(words, one.act), one.officer or "–", words.moment(one.at)),
        )
        for one in strays
    ]


def held_rows(words: Words, cases: Sequence[HeldCase], *, ours: bool) -> list[Row]:
    """Cases by whoever holds them."""
    rows: list[Row] = []
    if ours:
        cases = sorted(cases, key=lambda case: case.left)  # what runs out first, first
    for case in cases:
        app = case.application
        head = (app.number, app.applicant.name, words.of(app.service), case_state(words, app))
        if ours:
            rows.append(Row(app.id, (*head, left_state(words, case.left))))
        else:
            until = words.moment(case.until) if case.until is not None else "–"
            where = counter_words(words, case.counter) if case.counter else words("sync.free")
            rows.append(Row(app.id, (*head, large(where), until)))
    return rows


def proposal_rows(words: Words, proposals: Sequence[Proposal]) -> list[Row]:
    """Proposals for a dispensation, by the outage that they follow."""
    return [
        Row(
            one.id,
            (
                words.moment(one.since), words.moment(one.until),
                words("sync.days", first=one.first, last=one.last), words.number(one.licences),
            ),
        )
        for one in proposals
    ]  # fmt: skip


def act_word(words: Words, act: str) -> str:
    """An act of the journal in words, as the audit trail has it."""
    message = f"act.{act}"
    return words(message) if message in words else act
