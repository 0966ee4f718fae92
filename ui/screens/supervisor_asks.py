"""What the supervisor's screen asks: why a case goes back, whose data hold, who stands in.

What is answered is kept at every field; see `Asks`.
"""

from __future__ import annotations

from datetime import date, timedelta

from desktop.domain.application import Incident
from desktop.domain.officer import Role
from desktop.domain.reasons import RejectReason, SendBackReason
from desktop.domain.service import Channel
from desktop.presenters.stand_ins import to_hand
from desktop.presenters.supervisor import Supervisor
from desktop.presenters.supervisor_kept import AREA, DELEGATE, INCIDENT
from desktop.presenters.supervisor_view import Watch
from desktop.services.corrections import FOUND_PROPERTY, WRONG_PERSON
from desktop.services.persons import CONFLICT
from desktop.words import Words
from ui.problems import problem_text
from ui.screens.asks import Asks
from ui.screens.screen import Screen
from ui.screens.stock_dialogs import AskForm, ask_text
from ui.screens.supervisor_conflict import ask_owner
from ui.screens.supervisor_journal import JournalPage
from ui.screens.supervisor_pages import IncidentsPage
from ui.widgets.banner import Banner, Tone
from ui.widgets.fields import ChoiceField, DateField, LineField
from ui.widgets.table import DataTable

TO_DESK = (
    RejectReason.DATA_MISMATCH, RejectReason.DOCUMENTS_INCOMPLETE, RejectReason.DATA_NOT_FOUND,
    RejectReason.DOCUMENT_FALSE, RejectReason.IDENTITY_CONFLICT, RejectReason.OTHER,
)  # fmt: skip
TO_APPLICANT = (
    SendBackReason.PHOTO_OTHER_PERSON, SendBackReason.PHOTO_BACKGROUND,
    SendBackReason.PHOTO_FACE_COVERED, SendBackReason.PHOTO_BLURRED,
    SendBackReason.SIGNATURE_UNCLEAR, SendBackReason.IDENTITY_CARD_UNREADABLE,
    SendBackReason.OLD_LICENCE_UNREADABLE, SendBackReason.RECORD_MISMATCH,
    SendBackReason.ADDRESS_INCOMPLETE,
)  # fmt: skip

# What is said before an incident's last words, where those alone decide too little.
_CLOSES = {WRONG_PERSON: "cards.exchange", FOUND_PROPERTY: "supervisor.close_find"}


class SupervisorAsks(Screen):
    """The part of the supervisor's screen that asks."""

    incidents: IncidentsPage
    journal: JournalPage
    banner: Banner

    def __init__(self, words: Words, presenter: Supervisor) -> None:
        super().__init__(words)
        self.presenter = presenter
        self._view = presenter.view
        self.asks = Asks(self, presenter, {
            "refuse": self._ask_refuse, "close": self._ask_close, "report": self._ask_report,
            "delegate": self._ask_delegate,
        })  # fmt: skip

    def _chosen(self, table: DataTable, thing: str) -> str:
        """The line that is asked about: where it is asked again, the one that it was about."""
        key = self.asks.about().get(thing, "")
        if key:
            table.show_rows(table.rows_model.rows, key)
        return key or table.current_key()

    # -- cases and incidents ---------------------------------------------------------------

    def _ask_refuse(self) -> None:
        review = self._view.review
        if review is None:
            return
        online = review.application.channel is Channel.ONLINE
        reasons = TO_APPLICANT if online else TO_DESK
        self.asks.reason("refuse", "supervisor.refuse", reasons, self.presenter.refuse)

    def _current_incident(self) -> Incident | None:
        key = self._chosen(self.incidents.table, INCIDENT)
        return next((i for i in self._view.incidents if i.id == key), None)

    def _ask_close(self) -> None:
        incident = self._current_incident()
        if incident is None or incident.closed_by:
            return
        key, words, close = incident.id, self.words, self.presenter.close_incident
        if incident.kind == CONFLICT:
            form = ask_owner(
                self, words, self._view.conflicts.get(key),
                lambda said, owner: close(key, said, owner),
            )  # fmt: skip
        else:
            ask = _CLOSES.get(incident.kind, "supervisor.close")
            form = ask_text(self, words, ask, lambda said: close(key, said))
            form.keep_clear(self.looked_at(), within=self.page)  # what was said is decided about
            form.fit()
        self.asks.form("close", form, about={AREA: Watch.INCIDENTS.value, INCIDENT: key})

    def _ask_report(self) -> None:
        subject, said = LineField(), LineField()
        m = "supervisor.report"
        form = AskForm(
            self, self.words, m, [(f"{m}.subject", subject), (f"{m}.text", said)],
            lambda: self.presenter.open_incident(subject.value(), said.value()), width=560,
        )  # fmt: skip
        form.open()
        self.asks.form("report", form, about={AREA: Watch.INCIDENTS.value})

    # -- delegates -------------------------------------------------------------------------

    def _ask_delegate(self) -> None:
        key = self._chosen(self.journal.officers, DELEGATE)
        officer = next((o for o in self._view.officers if o.id == key), None)
        if officer is None or key == self._view.officer:
            return
        roles, problem = to_hand(self._view, key)
        if problem is not None and not roles:
            self.banner.tell_problem(problem_text(self.words, problem))
            return
        if not roles:
            told = self.words("supervisor.delegate.holds_all", officer=officer.title)
            self.banner.tell(Tone.INFO, told)
            return
        role, until, reason = ChoiceField(), DateField(), LineField()
        role.set_choices(tuple((r.value, self.words.of(r)) for r in roles))
        role.setCurrentIndex(0)
        today = self._view.today or date(2000, 1, 1)
        stands = officer.roles_on(today) - officer.roles
        running = officer.delegate_until if stands else None
        until.set_day(running or today + timedelta(days=1))
        m = "supervisor.delegate"

        def then() -> None:
            day = until.day()
            if day is not None:
                self.presenter.delegate(key, Role(role.value()), day, reason.value())

        form = AskForm(
            self, self.words, m,
            [(f"{m}.role", role), (f"{m}.until", until), (f"{m}.reason", reason)], then,
            officer=officer.title,
        )  # fmt: skip
        form.open()
        self.asks.form("delegate", form, about={AREA: Watch.JOURNAL.value, DELEGATE: key})
