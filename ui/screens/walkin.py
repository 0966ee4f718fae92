"""The walk-in screen (F3): the step bar, one page a step, Enter accepts what devices made ready."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.correction import LostOrSeized
from desktop.domain.reasons import HoldReason, RejectReason
from desktop.domain.requirements import RequirementKind
from desktop.presenters.second import SecondOfficers
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_view import WalkInView, WalkStep
from ui.case_state import case_state
from ui.screens.online_words import span
from ui.screens.walkin_acts import Officers, WalkInActs
from ui.screens.walkin_capture import CapturePage
from ui.screens.walkin_card import ConfirmPage, HandoverPage, ProductionPage
from ui.screens.walkin_done import DonePage
from ui.screens.walkin_identity import IdentityPage, IdlePage
from ui.screens.walkin_parts import Page
from ui.screens.walkin_proofs import PaymentPage, RequirementsPage, TestsPage
from ui.shell import Shell
from ui.widgets.banner import Banner, Tone
from ui.widgets.busy_line import BusyLine
from ui.widgets.buttons import KeyButton
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.pages import Pages
from ui.widgets.step_bar import Step, StepBar, StepState


class WalkInScreen(WalkInActs):
    """Draws WalkInView."""

    def __init__(
        self,
        shell: Shell,
        presenter: WalkIn,
        *,
        officers: Officers = SecondOfficers,
        now: Callable[[], datetime] | None = None,
        open_stage: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(shell.words, presenter, officers, open_stage)
        self._now = now
        self._view = presenter.view
        self._build()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.words("walkin.scan_here"))
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        presenter.attach(self.show_view)

    # -- building --------------------------------------------------------------------------

    def _build(self) -> None:
        words, presenter = self.words, self._presenter
        self.tabs = ChipBar(words("walkin.cases"), self)
        self.tabs.chosen.connect(self._tab)
        self.bar = StepBar(self)
        self.banner = Banner(parent=self)
        for widget in (self.tabs, self.bar, self.banner):
            self.top.addWidget(widget)
        self.pages = Pages(self)
        self.idle = IdlePage(words, presenter, self)
        self.identity = IdentityPage(
            words, presenter, self, manual=self.manual, second=self.second,
            read_sim=self.read_sim, finger=self.finger, go_on=self.open_case,
        )  # fmt: skip
        self.requirements = RequirementsPage(
            words, presenter, self, ask=self.ask, type_in=self.type_in, play=self.play
        )
        self.requirements.table.moved.connect(lambda _key: self.enable(self._view))
        self.tests = TestsPage(words, presenter, self, fetch=self.fetch, compare=self.compare)
        self.payment = PaymentPage(words, presenter, self, slip=self.slip, waive=self.waive)
        self.capture = CapturePage(
            words, presenter, self, photo=self.photo, overrule=self.overrule, sign=self.sign,
            accommodate=self.accommodate, compare=self.compare, on_screen=self.on_screen,
            use=self.use, cannot=self.cannot,
        )  # fmt: skip
        self.confirm = ConfirmPage(
            words, presenter, self, correct=self.correct, compare=self.compare, odd=self.odd
        )
        self.production = ProductionPage(
            words, presenter, self, correct=self.correct, look_again=self.look,
            pass_card=self.pass_card, reprint=self.reprint, await_material=self.material,
            second=self.second, answers=self.answers,
        )  # fmt: skip
        self.handover = HandoverPage(
            words,
            presenter,
            self,
            jkn=self.jkn,
            old=self.old,
            correct=self.correct,
            compare=self.compare,
            play=self.play,
            chip=self.read_sim,
            second=self.second,
        )
        self.done = DonePage(words, presenter, self, copy=self.copy)
        self._page_of: dict[WalkStep, Page] = {
            WalkStep.IDENTITY: self.identity,
            WalkStep.REQUIREMENTS: self.requirements,
            WalkStep.TESTS: self.tests,
            WalkStep.PAYMENT: self.payment,
            WalkStep.CAPTURE: self.capture,
            WalkStep.CONFIRM: self.confirm,
            WalkStep.APPROVAL: self.confirm,
            WalkStep.PRODUCTION: self.production,
            WalkStep.HANDOVER: self.handover,
            WalkStep.DONE: self.done,
        }
        for page in (self.idle, *dict.fromkeys(self._page_of.values())):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
        self.busy = BusyLine(words, self)
        left = (self.hold, self.reject, self.cancel, self.add, self.no_card, self.proxy, self.skip)
        for action in left:
            self.foot.add_left(self.button(action))
        self.stage_button: KeyButton | None = None
        if self.stage is not None:
            self.stage_button = self.button(self.stage, "quiet")
            self.foot.add_left(self.stage_button)
        self.foot.add_left(self.busy)
        self.foot.add_right(self.button(self.missing))
        self.foot.add_right(self.button(self.spoil, "danger"))
        self.foot.add_right(self.button(self.back))
        self.foot.add_right(self.button(self.next, "primary"))

    # -- the screen's manners --------------------------------------------------------------

    def home_focus(self) -> QWidget | None:
        page = self.pages.currentWidget()
        home = page.home() if isinstance(page, Page) else None
        return home if home is not None else self

    def entered(self, payload: object) -> None:
        self._clock.start()
        self._presenter.enter(payload)

    def left(self) -> None:
        self._clock.stop()
        self._presenter.leave()

    def on_scan(self, text: str) -> bool:
        return self._presenter.scanned(text)

    def about(self) -> object:
        view = self._presenter.view
        return view.visit.id if view.visit else "", view.app.id if view.app else ""

    def looked_at(self) -> QWidget | None:
        return self.production.faces if self.pages.currentWidget() is self.production else None

    def current_kind(self) -> RequirementKind | None:
        return self.requirements.current_kind

    def open_box(self) -> None:
        self.capture.open_box()
        self.let_use(boxed=self.capture.boxed)

    def go_on(self) -> None:
        here = self.pages.currentWidget() is self.capture
        if here and self.capture.enter_uses_ink:
            self.use_ink()  # what was drawn is the signature, not what a pad would give
        else:
            self._presenter.enter_key()

    def use_ink(self) -> None:
        self.capture.use_ink()
        self.let_use(boxed=self.capture.boxed)

    def _tab(self, key: str) -> None:
        self._presenter.turn_to(int(key))
        self.go_home()

    def _tick(self) -> None:
        view = self._view
        app = view.app
        if view.visit is None and app is None:
            self.set_heading(self.words("screen.walk_in"))
            return
        number = view.ticket.number if view.ticket else ""
        title = (
            self.words("walkin.title", service=app.service, licence_class=app.licence_class)
            if app is not None
            else self.words("walkin.adding" if view.adding else "walkin.title.new")
        )
        since = ""
        ended = view.visit is None or view.visit.closed_at is not None
        if self._now is not None and view.visit and not ended and view.step is not WalkStep.DONE:
            since = span(self.words, self._now() - view.visit.opened_at)
        self.set_heading(
            f"{title} · {number}" if number else title,
            self.words("walkin.since", time=since) if since else "",
        )

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: object) -> None:
        if not isinstance(view, WalkInView):
            return
        before, self._view = self._view, view
        page = self._page(view)
        app = view.app
        place = (view.visit.id if view.visit else "", app.id if app else "",
                 app.state if app else "", view.adding, view.typing, view.correcting)  # fmt: skip
        moved = page is not self.pages.currentWidget() or self._changed(before, view)
        self.set_step(place)
        self._show_bar(view)
        self._show_banner(view)
        self.enable(view)
        if self.stage_button is not None:
            reading = view.idle or view.step is WalkStep.IDENTITY
            self.stage_button.setVisible(reading)
        page.show_view(view)
        self.let_use(boxed=page is self.capture and self.capture.boxed)
        self.pages.setCurrentWidget(page)
        doing = view.reading_as if view.reading else view.doing
        self.busy.tell(doing, cancellable=view.cancellable or view.reading)
        self._tick()
        self.tell_once(view.said)
        self.second_ask.heard(view.problem, view.doing)
        if view.asked is not None and self.may_ask(view.asked.question):
            self.asks.hear(view)
        refused = view.problem is not None and view.problem is not before.problem
        if refused and view.typing is not None and not moved:
            self.go_home()  # to the field that is wrong
        if moved:
            self.go_home()
            self.to_top()
        if view.read is not None and view.read is not before.read:
            self.when_seen(lambda: self.show_reading(self._view))
        if isinstance(view.problem, LostOrSeized) and view.problem is not before.problem:
            self.when_seen(self._ask_loss_still)

    def _page(self, view: WalkInView) -> Page:
        """The step's page; a correction has its fields on the card's, at whatever step it began."""
        if view.idle:
            return self.idle
        return self.confirm if view.correcting else self._page_of[view.step]

    def _ask_loss_still(self) -> None:
        if isinstance(self._view.problem, LostOrSeized):
            self.ask_loss()

    @staticmethod
    def _changed(before: WalkInView, view: WalkInView) -> bool:
        """Whether the focus has a new home: another form, or a person looked up."""
        return (
            before.typing is not view.typing
            or before.correcting != view.correcting
            or (before.standing is None) != (view.standing is None)
            or before.adding != view.adding
        )

    def _show_bar(self, view: WalkInView) -> None:
        words = self.words
        self.bar.setVisible(not view.idle)
        steps = view.steps
        at = steps.index(view.step) if view.step in steps else len(steps)
        stopped = view.held or view.doubt is not None
        app = view.app
        lost = app is not None and app.state in (S.REJECTED, S.CANCELLED, S.EXPIRED)
        shown: list[Step] = []
        for index, step in enumerate(steps):
            state = StepState.DONE if index < at else StepState.FUTURE
            if index == at:
                state = StepState.STOPPED if stopped else StepState.CURRENT
            if lost:
                state = StepState.FUTURE
            shown.append(Step(words(f"walkin.step.{step}"), state))
        self.bar.show_steps(shown)
        several = len(view.cases) > 1 or (view.adding and bool(view.cases))
        self.tabs.setVisible(several)
        if several:
            chips = [Chip(str(i), self._case_name(case)) for i, case in enumerate(view.cases)]
            if view.adding:
                chips.append(Chip(str(len(view.cases)), words("walkin.adding")))
            current = len(view.cases) if view.adding else view.current
            self.tabs.show_chips(chips, str(current))

    def _case_name(self, app: Application) -> str:
        return self.words(
            "walkin.tab", service=app.service, licence_class=app.licence_class,
            state=case_state(self.words, app),
        )  # fmt: skip

    def _show_banner(self, view: WalkInView) -> None:
        words = self.words
        if self._presenter.blind:
            self.banner.clear()  # what was refused before may name the card that is read now
        elif view.problem is not None:
            asks = isinstance(view.problem, LostOrSeized)  # a question, nothing went wrong
            self.banner.tell_problem(words.problem(view.problem), Tone.INFO if asks else Tone.ERROR)
        elif view.held and view.app is not None:
            reason = view.app.note
            told = words.of(HoldReason(reason)) if reason in set(HoldReason) else reason
            self.banner.tell(Tone.WARNING, words("walkin.is_held", reason=told),
                             words("walkin.is_held.remedy"))  # fmt: skip
        elif view.contested and view.app is not None and not view.app.ended:
            self.banner.tell(Tone.WARNING, words("walkin.contested"),
                             words("walkin.contested.remedy"))  # fmt: skip
        elif view.step is WalkStep.CONFIRM and view.app is not None and view.app.reason:
            why = words.of(RejectReason(view.app.reason))
            told = f"{why}. {view.app.note[:200]}" if view.app.note else f"{why}."
            self.banner.tell(Tone.WARNING, words("walkin.sent_back", reason=told),
                             words("walkin.sent_back.remedy"))  # fmt: skip
        elif view.step is WalkStep.APPROVAL and view.app is not None:
            beside = view.goes_on is not None  # F3 calls nobody before that waits, too
            remedy = "remedy.other" if beside else "remedy"
            remedy = "remedy.taken_over" if view.taken_over else remedy
            self.banner.tell(Tone.INFO, words("walkin.approval.banner"),
                             words(f"walkin.approval.banner.{remedy}"), aloud=False)  # fmt: skip
        elif view.lacks and not view.idle and view.step is not WalkStep.DONE:
            needed = ", ".join(words.of(role) for role in sorted(view.lacks))
            # Results may be fetched by anybody; who passed is the examiner's word.
            first = view.step is WalkStep.TESTS and any(not t.attempts for t in view.tests)
            tone = Tone.INFO if first else Tone.WARNING
            told = words("walkin.lacks.results" if first else "walkin.lacks", roles=needed)
            remedy = "remedy.taken_over" if view.taken_over else "remedy"
            self.banner.tell(tone, told, words(f"walkin.lacks.{remedy}"))
        elif view.holds and view.step in (WalkStep.PRODUCTION, WalkStep.HANDOVER):
            first = next((hold for hold in view.holds if hold.binding), view.holds[0])
            self.banner.tell(
                Tone.ERROR if first.binding else Tone.INFO,
                words("walkin.hold_note", kind=first.kind, reference=first.reference,
                      settle_at=first.settle_at),
                words("walkin.hold_binds" if first.binding else "walkin.hold_informs"),
                aloud=False,
            )  # fmt: skip
        elif view.reprint_limited and view.step is WalkStep.PRODUCTION and not view.doing:
            limit = words("problem.ReprintNeedsSecond"), words("problem.ReprintNeedsSecond.remedy")
            self.banner.tell(Tone.WARNING, *limit, aloud=False)
        else:
            self.banner.clear()
