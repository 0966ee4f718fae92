"""One counter in its window: the desk's facts go up to it, the officer's wishes down.

Made once by `main.py run`; tests make it over a desk without threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from desktop.domain.errors import Problem
from desktop.domain.officer import SERVING, Role, RoleMissing, in_order
from desktop.domain.realm import Realm
from desktop.domain.states import ApplicationState as S
from desktop.notices import (
    ApplicationMoved,
    ApprovalsChanged,
    DeviceChanged,
    DutyChanged,
    Notice,
    Say,
    ScanArrived,
    SyncMoved,
    TicketsChanged,
)
from desktop.presenters.base import DESK, ISSUERS
from desktop.presenters.signin import SignIn
from desktop.services.desk import Desk
from desktop.services.duty import Session
from desktop.words import LANGUAGES, Words
from ui.app_shell import AppShell
from ui.clock_key import ClockKey
from ui.device_words import bar_item
from ui.main_window import MainWindow
from ui.screens.entries import CARD_ROLES, landing, screen_entries
from ui.sync_key import SyncKey
from ui.widgets.banner import Tone

if TYPE_CHECKING:
    from desktop.domain.application import Application, Draft
    from desktop.presenters.walkin import WalkIn
    from desktop.presenters.walkin_stage import TrainingStage
    from desktop.services.oversight import AllAsked
    from ui.applicant_window import ApplicantWindow
    from ui.stage_sheet import StageSheet

POLL_MS = 5_000
GLANCE_MS = 500
"""A fault of a device that nobody uses is on the screen after at most this and one answer, or this
and the silence that counts as none."""
LISTEN_MS = 150
CLOCK_MS = 1_000
ISSUERS_MS = 600_000
"""How often the issuers of typed evidence are asked again while somebody works here."""
WALK_IN = "walk_in"
CARDS = "cards"
RETURNS = "returns"
MADE = (S.HANDED_OVER, S.CLOSED)
"""Where a case has a card that is out of the office: the card desk tells more of it."""
QUIET = ("desk_reader", "fingerprint", "scanner")
"""Devices that the lower edge names only while something is wrong with them."""


class Counter(QObject):
    """Window, sign-in, scans, device states, take-over and give-back, put together."""

    def __init__(
        self,
        desk: Desk,
        words: Words,
        *,
        passwords: dict[str, str] | None = None,
        remembered: str = "",
        remember: Callable[[str], object] | None = None,
    ) -> None:
        super().__init__()
        self.desk = desk
        self.words = words
        self._remember = remember
        self._key = self._came_from = ""
        self._behind: list[tuple[str, str]] = []
        """The sessions that wait below the acting one, each with the screen that was open."""
        self._was = ""
        self._applicant: ApplicantWindow | None = None
        self._sheet: StageSheet | None = None
        self._walk_in: WalkIn | None = None
        self._stage: TrainingStage | None = None
        self.training = desk.realm is Realm.TRAINING and desk.bench is not None
        self.shell = AppShell(desk, words, self.open_hit, self.open_card)
        stage = self.open_stage if self.training else None
        entries = screen_entries(desk, lambda: self.walk_in, stage)
        self.window = MainWindow(self.shell, entries)
        self.sign_in = SignIn(desk, passwords, remembered)
        self.clock = ClockKey(desk, words, self.window, self.sign_in)
        self.sync = SyncKey(desk, words, self.window, self.sign_in, self._tell_problem)
        self._connect()

    # -- made when first asked for: the sign-in needs neither ------------------------------

    @property
    def walk_in(self) -> WalkIn:
        """The walk-in's presenter, which the applicant's window and the stage follow."""
        if self._walk_in is None:
            from desktop.presenters.walkin import WalkIn

            self._walk_in = WalkIn(self.desk)
            if self.training:
                from desktop.presenters.walkin_stage import TrainingStage

                self._stage = TrainingStage(self.desk, self._walk_in)
        return self._walk_in

    @property
    def stage(self) -> TrainingStage | None:
        """Who brings people in training; None at a live counter."""
        return self._stage if self.walk_in else None

    # -- life ------------------------------------------------------------------------------

    def start(self, devices_after_ms: int = 0) -> None:
        """Show the sign-in, open the devices, begin the timers.

        With `devices_after_ms` the window stands first: eleven devices that all begin at once take
        as long as the sign-in itself.
        """
        self.desk.notices.subscribe(self._hear)
        if devices_after_ms:
            QTimer.singleShot(devices_after_ms, self._open_devices)
        else:
            self._open_devices()
        self._every(POLL_MS, self.desk.hub.poll)
        self._every(GLANCE_MS, self.desk.hub.glance)
        self._every(LISTEN_MS, self.desk.hub.listen)
        self._every(CLOCK_MS, self._tick)
        self._every(ISSUERS_MS, self._ask_issuers)
        self.show_clock()
        self.sync.show()
        self.sign_in.attach(self._show_sign_in)
        self.window.start()
        self.clock.watch.look()

    def _open_devices(self) -> None:
        self.desk.hub.start()
        self._show_devices()

    def _every(self, milliseconds: int, work: Callable[[], object]) -> None:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.timeout.connect(lambda: work())
        timer.start()

    def _connect(self) -> None:
        window = self.window
        window.sign_in_wanted.connect(self.sign_in.sign_in)
        window.take_over_wanted.connect(self.sign_in.sign_in)
        window.card_wanted.connect(self.sign_in.sign_in_by_card)
        window.give_back_wanted.connect(self.sign_in.give_back)
        window.lock_wanted.connect(self.lock_key)
        window.applicant_screen_wanted.connect(self.toggle_applicant_window)
        window.screen_opened.connect(self._opened)
        window.screen_refused.connect(self._refused)
        window.closing.connect(self._close_applicant_window)
        window.ask_before_closing(self._may_close, self.asks_before_leaving)
        window.screen_actions[WALK_IN].triggered.connect(lambda _on=False: self._call_next())
        window.header.give_back.set_key("F12")
        window.sign_in.chosen.connect(self.sign_in.choose_password)
        window.sign_in.chosen_later.connect(self.sign_in.choose_later)
        self.sign_in.on_changed(self._session_changed)

    # -- sessions --------------------------------------------------------------------------

    def lock_key(self) -> None:
        """F12: lock, with whom the work waits for preselected; or give a minded work back."""
        if self.desk.duty.taken_over:
            self.sign_in.give_back()
            return
        suggest: frozenset[Role] = frozenset()
        but: frozenset[str] = frozenset()
        view = self.walk_in.view if self._key == WALK_IN else None
        if view is not None and view.app is not None:
            from desktop.presenters.walkin_view import WalkStep

            if view.contested:
                suggest = frozenset({Role.SUPERVISOR})  # decides whose NIK it is
            elif view.step is WalkStep.APPROVAL:
                suggest, but = frozenset({Role.APPROVER}), view.app.makers | {view.app.maker}
            else:
                suggest = view.lacks
        if not suggest and self.window.current_screen is not None:
            for refused in self.window.current_screen.refusals():
                if isinstance(refused, RoleMissing) and not refused.reason.startswith("second"):
                    suggest |= set(refused.needed)
        self.sign_in.lock(suggest=suggest, but=but)

    def lock_idle(self) -> None:
        """Nobody touched anything for a while."""
        self.sign_in.lock()

    def _show_sign_in(self, view: object) -> None:
        if self.shell.session() is None:
            self.window.show_sign_in(self.sign_in.view)

    def _session_changed(self, session: Session | None) -> None:
        window, duty = self.window, self.desk.duty
        if session is None:
            window.refresh_session()
            window.show_sign_in(self.sign_in.view)
            if self._applicant is not None:
                self._applicant.go_dark()
            return
        before, self._was = self._was, session.id
        waiting = [one for one, _ in self._behind]
        if self._applicant is not None:
            self._applicant.show_view(self.walk_in.view)
        if session.id == before:  # their own lock
            window.refresh_session()
        elif session.id in waiting:
            at = waiting.index(session.id)
            _, back = self._behind[at]
            del self._behind[at:]
            window.refresh_session()
            window.open_screen(back)
            self._toast("run.given_back", name=session.officer.title)
        elif duty.taken_over:
            self._behind.append((before, self._key))
            window.refresh_session()
            if Role.APPROVER in session.actor.roles:
                from desktop.presenters.supervisor_view import Watch

                window.open_screen("supervisor", Watch.APPROVALS)
            self._toast("run.taken_over", Tone.INFO, name=session.officer.title)
        else:
            self._behind.clear()
            window.refresh_session()
            self._begin(session)
        self._count()

    def _drop_ended(self) -> None:
        """Whose key is no more waits below nobody: nothing is given back to them."""
        duty = self.desk.duty
        if duty.session is None or duty.locked or duty.session.id != self._was:
            return  # signing in, taking over and giving back are told by themselves
        here = {one.id for one in duty.sessions}
        waiting = [one for one in self._behind if one[0] in here]
        if waiting != self._behind:
            self._behind = waiting
            self.window.refresh_duty()

    def _begin(self, session: Session) -> None:
        """A shift begins: the first screen, what was left open, the hall of a training day."""
        if self._remember is not None:
            self._remember(session.officer.id)
        self.window.open_screen(landing(session.actor.roles))
        if self.stage is not None and Role.REGISTRATION in session.actor.roles:
            self.stage.open_hall()
        by = session.actor

        def look() -> tuple[list[Draft], str]:
            jobs = self.desk.issuing.find_doubtful()
            doubtful = jobs[0].application_id if jobs else ""
            return self.desk.intake.drafts(by) + self.desk.kept_work.begun(by), doubtful

        def then(found: tuple[list[Draft], str]) -> None:
            drafts, doubtful = found
            if doubtful and Role.PRODUCTION in by.roles:
                self._open_doubtful(doubtful)
                if drafts:
                    self._toast("run.drafts", Tone.INFO, count=len(drafts))
            elif drafts:
                from ui.going_on import place_of

                self.window.open_screen(*place_of(max(drafts, key=lambda d: d.saved_at)))

        self.desk.lanes.call(DESK, look, then, self._tell_problem)
        self._ask_issuers()

    def _ask_issuers(self) -> None:
        """Whoever was silent when a proof was typed may answer by now; what they say is told."""
        if self.desk.duty.session is None or self.desk.lanes.busy(ISSUERS):
            return

        def told(asked: AllAsked) -> None:
            if asked.confirmed or asked.denied:
                tone = Tone.WARNING if asked.denied else Tone.SUCCESS
                self._toast(asked.message, tone, **asdict(asked))

        self.desk.lanes.call(ISSUERS, self.desk.oversight.ask_again, told, self._tell_problem)

    def _open_doubtful(self, application_id: str) -> None:
        from desktop.domain.application import Application

        with self.desk.ledger.reading() as r:
            app = r.look(Application, application_id)
        if app is not None and app.visit_id:
            self.window.open_screen(WALK_IN, application_id)
        else:
            self.window.open_screen("online")

    # -- news ------------------------------------------------------------------------------

    def _hear(self, notice: Notice) -> None:
        if isinstance(notice, ScanArrived):
            self.window.on_scan(notice.text)
        elif isinstance(notice, DeviceChanged):
            self._show_devices()
        elif isinstance(notice, (TicketsChanged, ApplicationMoved, ApprovalsChanged)):
            self._count()
        elif isinstance(notice, DutyChanged):
            self._drop_ended()
        elif isinstance(notice, SyncMoved):
            self.sync.moved()
        elif isinstance(notice, Say):
            self._toast(notice.message_id, Tone.INFO, **notice.facts)

    def _show_devices(self) -> None:
        self.window.show_devices(
            [
                bar_item(self.words, status)
                for status in self.desk.hub.statuses()
                if status.name not in QUIET or not status.health.usable
            ]
        )

    def _tick(self) -> None:
        self.show_clock()
        self.sync.tick()
        self.clock.tick()
        if not self.window.locked:
            self._show_devices()

    def show_clock(self) -> None:
        """The day and time of the office, at the window's edge."""
        now = self.desk.frame.local_now()
        words = self.words
        self.window.show_clock(f"{words.date(now.date())}  {words.time(now)}")

    def _count(self) -> None:
        session = self.desk.duty.session
        if session is None:
            return

        def look() -> dict[str, int]:
            waiting = len(self.desk.queue.waiting())
            approval = self.desk.approvals.waits_for(session.actor)
            online = self.desk.online.waits_for(session.actor)
            return {"queue": waiting, "supervisor": approval, "online": online}

        self.desk.lanes.call(DESK, look, self.window.show_counts, self._tell_problem)

    def _tell_problem(self, problem: Exception) -> None:
        self.window.show_notice(self.words.problem(problem))

    def _toast(self, message_id: str, tone: Tone = Tone.SUCCESS, **facts: object) -> None:
        self.window.toast.tell(self.words(message_id, **facts), tone)

    # -- opening things --------------------------------------------------------------------

    def _opened(self, key: str) -> None:
        self._came_from, self._key = self._key, key

    def _refused(self, key: str) -> None:
        """A screen of other duties was asked for: who has them is told."""
        from desktop.presenters.second import who_may

        needed = RoleMissing(needed=in_order(SERVING if key == WALK_IN else CARD_ROLES))
        remedy = self.words.problem(who_may(self.desk, needed)).remedy
        screen = self.words(f"screen.{key}")
        self._toast("run.not_offered", Tone.WARNING, screen=screen, remedy=remedy)

    def _call_next(self) -> None:
        """F3: the next one; from another screen it comes back to whoever is being served."""
        if self.window.locked or self._key != WALK_IN:
            return
        if self._came_from == WALK_IN:
            self.walk_in.call_if_free()
        else:
            self.walk_in.call_if_left()

    def open_hit(self, key: str) -> None:
        """Open what Ctrl+K found."""
        kind, _, ref = key.partition(":")
        window = self.window
        if kind == "person":
            self._open_person(ref)
        elif kind == "ticket":
            window.open_screen("queue", ref)
        elif kind == "case":
            self._open_case(ref)
        elif kind == "parcel":
            window.open_screen("online", ref)
        elif kind == "blank":
            window.open_screen("stock", ref)
        elif kind == "info":
            self._open_information()

    def _open_information(self) -> None:
        from desktop.presenters.international import international
        from ui.international_sheet import InternationalSheet

        try:
            view = international(self.desk)
        except Problem as problem:
            self._tell_problem(problem)
            return
        InternationalSheet(self.window, self.words, view).open()

    def _open_case(self, application_id: str, *, taken: bool = False) -> None:
        from desktop.domain.application import Application

        with self.desk.ledger.reading() as r:
            app = r.look(Application, application_id)
            link = self.desk.frame.link
            other = None if app is None or link is None or app.ended else link.held_by(r, app)
        if app is not None and other is not None and other.counter and not taken:
            self.sync.ask_for_case(app, other.counter, lambda: self._open_case(app.id, taken=True))
            return
        screen, shown = (WALK_IN, application_id) if app is None else self._place_of(app)
        self.window.open_screen(screen, shown)

    def _place_of(self, app: Application) -> tuple[str, str]:
        """The screen on which a case is opened, and what of it is shown there."""
        from desktop.domain.application import Delivery

        back = self.desk.shipping.came_back(app)
        good = back is not None and back.card_matches and back.chip_matches
        courier = app.delivery is Delivery.COURIER
        if back is not None and courier and not (good and app.at_the_counter):
            # Its return is decided first; but a good card may be handed to whoever stands here.
            return RETURNS, back.id
        if app.state in MADE and self.window.offers(CARDS):
            return CARDS, app.id
        if not app.at_the_counter:
            return "online", app.id
        if app.state is S.CONFIRMED and not self.window.offers(WALK_IN):
            return "supervisor", app.id
        return WALK_IN, app.id

    def open_card(self, serial: str) -> bool:
        """A card was scanned that no screen waited for."""
        if not self.window.offers(CARDS):
            return False
        from desktop.presenters.cards_view import ScannedCard

        self.window.open_screen(CARDS, ScannedCard(serial))
        return True

    def _open_licence(self, licence_id: str) -> None:
        self.window.open_screen(CARDS, licence_id)

    def _open_person(self, person_id: str) -> None:
        from ui.record_sheet import RecordSheet

        record = self.shell.finder.open_person(person_id)
        if record is not None:
            today = self.desk.frame.today()
            card = self._open_licence if self.window.offers(CARDS) else None
            RecordSheet(
                self.window, self.words, record, today, self._open_case, card,
                place_of=lambda case: self._place_of(case)[0],
            ).open()  # fmt: skip

    def open_stage(self) -> None:
        """Ctrl+T in training: who comes."""
        if self.stage is None:
            return
        if self._sheet is None:
            from ui.stage_sheet import StageSheet

            self._sheet = StageSheet(self.window, self.words, self.stage)
        self._sheet.show_again()

    def toggle_applicant_window(self) -> None:
        """F11: the applicant's own window, on a second screen where there is one."""
        if self._applicant is None:
            from ui.applicant_window import ApplicantWindow

            other = next(x for x in LANGUAGES if x != self.words.language)
            second = Words.load(other).lenient()
            office = self.desk.settings.place.office_name
            self._applicant = ApplicantWindow(self.words, second, office)
            self._applicant.confirmed.connect(self._applicant_confirms)
            self._applicant.objected.connect(self._applicant_objects)
            self.walk_in.attach(self._follow)
        if self._applicant.isVisible():
            self._applicant.hide()
        else:
            self._applicant.show_view(self.walk_in.view)
            self._place_applicant_window(self._applicant)

    def _place_applicant_window(self, window: ApplicantWindow) -> None:
        """The whole of another screen, or over this one; the keys stay the officer's."""
        mine = self.window.screen()
        other = next((s for s in QGuiApplication.screens() if s is not mine), None)
        window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        if other is not None:
            window.setGeometry(other.geometry())
            window.showFullScreen()
        else:
            window.show()
            window.raise_()

    def _follow(self, view: object) -> None:
        if self._applicant is not None and self.shell.session() is not None:
            self._applicant.show_view(self.walk_in.view)

    def _applicant_confirms(self) -> None:
        from desktop.presenters.problems import StillNothingDiffers

        asked = isinstance(self.walk_in.view.problem, StillNothingDiffers)
        if self._asks_applicant() and not asked:  # that question is the officer's
            self.walk_in.enter_key()

    def _applicant_objects(self) -> None:
        if self._asks_applicant():  # a second touch would take away what the officer typed since
            self.walk_in.begin_correction()
            self._toast("applicant.objected", Tone.WARNING)

    def _asks_applicant(self) -> bool:
        from desktop.presenters.walkin_view import WalkStep

        return self.walk_in.view.step is WalkStep.CONFIRM and not self.walk_in.view.correcting

    def _close_applicant_window(self) -> None:
        if self._applicant is not None:
            self._applicant.close()

    def asks_before_leaving(self) -> bool:
        """Whether it is asked now if somebody is to be left who is being served."""
        view = self._walk_in.view if self._walk_in is not None else None
        if view is None or view.may_leave or self.window.locked:
            return False
        from ui.screens.online_dialogs import ask_yes

        number = view.ticket.number if view.ticket is not None else view.app and view.app.number
        ask_yes(self.window, self.words, "run.leave", self.window.close, number=number)
        return True

    def _may_close(self) -> bool:
        busy = any(
            status.in_use
            for status in self.desk.hub.statuses()
            if status.name.startswith("card_printer")
        )
        if busy:  # an online batch prints too, and a card goes on while the next one is called
            self._toast("run.busy", Tone.WARNING)
            return False
        return True
