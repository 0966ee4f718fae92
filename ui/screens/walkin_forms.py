"""The walk-in's forms: a person's data, a certificate, a bank slip, a proxy.

Every field tells the presenter when it is left, so that a draft is kept at each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.cards.record import CardField
from desktop.domain.application import ProxyLetterMissing
from desktop.domain.codes import CodeCheckDigitWrong, CodeMalformed
from desktop.domain.evidence import ReferenceMissing
from desktop.domain.fees import PaidOnAnotherDay, PaymentOverpaid, PaymentUnderpaid
from desktop.domain.nik import NIK_FAULTS
from desktop.domain.person import Applicant, Sex
from desktop.domain.requirements import (
    CertificateExpired,
    CertificateNotYetValid,
    Nationality,
    RequirementUndated,
)
from desktop.domain.validity import StayPermitEnded
from desktop.presenters.applicant_form import blood_text
from desktop.presenters.problems import (
    AmountUnreadable,
    FieldsEmpty,
    NtpnMissing,
    WorkUnanswered,
)
from desktop.presenters.typed_proofs import SlipFaults
from desktop.words import Words
from ui.theme import theme
from ui.widgets.fields import ChoiceField, CodeField, DateField, Form, LineField, UpperField
from ui.widgets.labels import Text
from ui.widgets.nesting import nest

BLOOD = ("A", "B", "AB", "O", "-")
PRESUMED = {"nationality": "WNI"}
OPTIONAL = ("occupation", "phone", "blood_type")


def field_of(problem: Exception | None) -> str:
    """The field that a refusal names; empty for none."""
    if isinstance(problem, NIK_FAULTS):
        return "nik"
    named = str(getattr(problem, "field", ""))
    return "birth_place" if named == CardField.BIRTH else named


def fields_of(problem: Exception | None) -> tuple[str, ...]:
    """The fields of a small form that a refusal may be about: one is in the open form."""
    if isinstance(problem, (ReferenceMissing, CodeMalformed, CodeCheckDigitWrong)):
        return "reference", "ntpn"
    if isinstance(problem, NtpnMissing):
        return ("ntpn",)
    if isinstance(problem, (AmountUnreadable, PaymentUnderpaid, PaymentOverpaid)):
        return ("amount",)
    if isinstance(problem, ProxyLetterMissing):
        return ("letter",)
    if isinstance(problem, StayPermitEnded):
        return ("permit_until",)
    if isinstance(problem, WorkUnanswered):
        return ("working",)
    if isinstance(problem, PaidOnAnotherDay):
        return ("paid_on",)
    if isinstance(problem, (RequirementUndated, CertificateExpired, CertificateNotYetValid)):
        return ("issued_on",)
    return (field_of(problem),)


class Typist(Protocol):
    """Who is told of every field that is left."""

    def field_changed(self, name: str, text: str) -> None:
        """A field was left with this text in it."""
        ...


class ApplicantForm(QWidget):
    """A person as the card shows them: read from the chip (locked), or typed.

    With `nationality` it asks whether they are a citizen, which the card doesn't show. `roomy`
    says an address that its line cuts off whole beneath, where the page has the height.
    """

    def __init__(
        self,
        words: Words,
        presenter: Typist,
        parent: QWidget,
        *,
        nationality: bool = False,
        roomy: bool = False,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._locked: str | None = None
        field = presenter.field_changed
        self.form = Form(self)
        self.fields: dict[str, LineField | ChoiceField] = {}

        def add(name: str, widget: LineField | ChoiceField) -> None:
            self.form.add(words(f"walkin.field.{name}.label"), widget)
            widget.committed.connect(lambda text: field(name, text))
            self.fields[name] = widget

        add("nik", CodeField(words("walkin.field.nik"), self, longest=16))
        add("name", UpperField(words("walkin.field.name"), self))
        add("birth_place", UpperField(words("walkin.field.birth_place"), self))
        add("birth_date", DateField(words("walkin.field.birth_date"), self))
        sex = ChoiceField(words("walkin.field.sex"), self)
        sex.set_choices((("L", words.of(Sex.MALE)), ("P", words.of(Sex.FEMALE))))
        add("sex", sex)
        blood = ChoiceField(words("walkin.field.blood_type"), self)
        blood.set_choices(tuple((group, blood_text(group)) for group in BLOOD))
        add("blood_type", blood)
        add("address", UpperField(words("walkin.field.address"), self))
        add("occupation", UpperField(words("walkin.field.occupation"), self))
        if nationality:
            of = ChoiceField(words("walkin.field.nationality"), self)
            kinds = (("WNI", Nationality.CITIZEN), ("WNA", Nationality.FOREIGNER))
            of.set_choices(tuple((key, words.of(kind)) for key, kind in kinds))
            add("nationality", of)
        add("phone", LineField(words("walkin.field.phone"), self))
        self._roomy = roomy
        if roomy:
            address = self.fields["address"]
            assert isinstance(address, LineField)
            address.textChanged.connect(self._spell_out)

    def show_applicant(self, who: Applicant, locked: str) -> None:
        """Show what was read; `locked` says why it can't be changed here.

        The phone stays open: no KTP-el tells it.
        """
        self.show_form(
            {
                "nik": who.nik, "name": who.name, "birth_place": who.birth_place,
                "birth_date": f"{who.birth_date:%d/%m/%Y}",
                "sex": "P" if who.sex is Sex.FEMALE else "L", "blood_type": who.blood_type,
                "address": who.address, "occupation": who.occupation, "phone": who.phone,
                "nationality": "WNA" if who.foreigner else "WNI",
            },
            locked,
            open_phone=True,
        )  # fmt: skip

    def show_form(
        self,
        form: Mapping[str, str],
        locked: str = "",
        *,
        open_nik: bool = True,
        open_phone: bool = False,
    ) -> None:
        """Show what is being typed; `open_nik` is False while correcting, where it is fixed."""
        for name, widget in self.fields.items():
            why = locked or ("" if open_nik or name != "nik" else self._words("walkin.locked.nik"))
            if open_phone and name == "phone":
                why = ""
            if isinstance(widget, LineField):
                if widget.isReadOnly() != bool(why):
                    widget.lock(why)
            else:
                widget.lock(why)
            widget.set_value(form.get(name) or PRESUMED.get(name, ""))
        of = self.fields.get("nationality")
        if of is not None:  # that somebody read is a citizen goes without saying
            self.form.show_field(of, shown=not locked or of.value() != "WNI")
        self._spell_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spell_out()

    def _spell_out(self) -> None:
        """A locked NIK that has too little room is said whole beneath: digits don't wrap."""
        nik = self.fields["nik"]
        if isinstance(nik, LineField) and not nik.property("fault"):
            short = nik.isReadOnly() and nik.cuts_off()
            self.form.note(nik, nik.text() if short else "")
        address = self.fields["address"]
        if self._roomy and isinstance(address, LineField) and not address.property("fault"):
            self.form.note(address, address.text() if address.cuts_off() else "")

    def mark(self, problem: Exception | None) -> None:
        """Mark the field that a refusal names; none clears all marks."""
        field = field_of(problem)
        text = self._words.problem(problem).text if problem is not None and field else ""
        empty = problem.fields if isinstance(problem, FieldsEmpty) else ()
        for name, widget in self.fields.items():
            wrong = name == field and not empty
            self.form.note(widget, text if wrong else "", fault=wrong)
            if name in empty:
                widget.set_fault(text)  # the page says it once, above them all
        self._spell_out()

    def first(self) -> QWidget:
        """The field that is marked as wrong, else the first empty one, else the name."""
        for widget in self.fields.values():
            if widget.property("fault") and widget.isEnabled():
                return widget
        for name, widget in self.fields.items():
            if name not in OPTIONAL and not widget.value() and widget.isEnabled():
                return widget
        return self.fields["name"]


class SmallForm(QWidget):
    """A few fields under a heading; which ones is said at making."""

    def __init__(
        self,
        words: Words,
        presenter: Typist,
        heading: str,
        fields: Mapping[str, LineField | ChoiceField],
        parent: QWidget,
        *,
        hint: str = "",
    ) -> None:
        super().__init__(parent)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(theme().px(8))
        self.heading = Text(heading, "heading", self)
        whole.addWidget(self.heading)
        if hint:
            whole.addWidget(Text(hint, "muted", self, wrap=True))
        self._words = words
        self.form = form = Form()
        nest(whole, form)
        self.fields = dict(fields)
        for name, widget in self.fields.items():
            widget.setParent(self)
            form.add(words(f"walkin.typed.{name}"), widget)
            widget.committed.connect(lambda text, field=name: presenter.field_changed(field, text))

    def show_form(self, form: Mapping[str, str]) -> None:
        """Show what is being typed."""
        for name, widget in self.fields.items():
            widget.set_value(form.get(name, ""))

    def mark(self, problem: Exception | None) -> None:
        """Mark the fields that a refusal names; none clears all marks."""
        told: dict[str, str] = {}
        for fault in problem.faults if isinstance(problem, SlipFaults) else (problem,):
            named = next((name for name in fields_of(fault) if name in self.fields), "")
            if fault is not None and named:
                told[named] = self._words.problem(fault).text
        for name, widget in self.fields.items():
            self.form.note(widget, told.get(name, ""), fault=name in told)

    def first(self) -> QWidget:
        """The field that is marked as wrong, else the first empty one."""
        for widget in self.fields.values():
            if widget.property("fault"):
                return widget
        for widget in self.fields.values():
            if not widget.value():
                return widget
        return next(iter(self.fields.values()))
