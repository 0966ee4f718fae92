"""The walk-in's acts: which there are, and which of them fit the step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction

from desktop.domain.application import ApplicationState as S
from desktop.domain.card_reading import ChipWanted
from desktop.domain.requirements import RequirementKind
from desktop.domain.stock import DoubtAnswer
from desktop.domain.workflow import GatesMissing
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_back import BRINGS
from desktop.presenters.walkin_view import Typing, WalkInView, WalkStep
from desktop.services.likeness import FaceSheet
from desktop.words import Words
from ui.screens.face_dialog import FacesDialog
from ui.screens.inspection_parts import passable, stopped
from ui.screens.walkin_asks import BY_TWO, HOLDS, MAY_LOSE, SEIZED, Officers, WalkInAsks
from ui.screens.walkin_dialogs import ask_blank

MADE = (S.PRINTED, S.INSPECTED, S.READY)
UNSERVED = (S.REJECTED, S.CANCELLED, S.EXPIRED)
"""Ended without a card: what the visit's other cases gave has its own page."""


def mark(action: QAction, what: str, *, on: bool) -> None:
    """Set how an act's buttons look; see `KeyButton.follow`."""
    if bool(action.property(what)) is not on:
        action.setProperty(what, on)
        action.changed.emit()


def name(action: QAction, text: str) -> None:
    """Name an act; the same name again moves nothing."""
    if action.text() != text:
        action.setText(text)


class WalkInActs(WalkInAsks):
    """The screen's keys; `WalkInScreen` draws the rest."""

    def __init__(
        self,
        words: Words,
        presenter: WalkIn,
        officers: Officers,
        open_stage: Callable[[], object] | None,
    ) -> None:
        super().__init__(words, presenter, officers)
        self._make_acts(open_stage)

    def may_ask(self, question: str) -> bool:
        """Whether a question that stood here when the program ended can be asked by now.

        A photo's attempt or what the machine saw of a card is there again a moment later.
        """
        if question == SEIZED:
            view = self._presenter.view
            return not view.doing and view.step is WalkStep.REQUIREMENTS
        acts = {
            "hold": self.hold, "reject": self.reject, "cancel": self.cancel,
            "photo": self.overrule, "served": self.accommodate, "missing": self.missing,
            "pass_card": self.pass_card, "sign": self.cannot, "instead": self.cannot,
            "old_card": self.old, "spoil": self.spoil, "waive": self.waive,
        }  # fmt: skip
        if question == BY_TWO:
            view = self._presenter.view
            return not view.doing and view.step is WalkStep.HANDOVER
        return question in acts and acts[question].isEnabled()

    def current_kind(self) -> RequirementKind | None:
        """The requirement under the cursor."""
        return None

    def open_box(self) -> None:
        """Sign on this screen."""

    def use_ink(self) -> None:
        """What was signed on this screen is the signature."""

    def go_on(self) -> None:
        """Enter."""
        self._presenter.enter_key()

    def _make_acts(self, open_stage: Callable[[], object] | None) -> None:
        p, act = self._presenter, self.act
        self.next = act("walkin.next", "Return", self.go_on, icon="arrow-right", primary=True)
        self.back = act("common.back", "Alt+Left", p.back, icon="arrow-left")
        self.escape = act("walkin.escape", "Escape", p.escape, hidden=True)
        self.hold = act("walkin.hold", "Ctrl+S", self._ask_hold, icon="pause")
        self.add = act("walkin.add", "Ctrl+N", p.add_case, icon="plus")
        self.other = act("walkin.other_case", "Ctrl+Tab", p.pick_next)
        self.reject = act("walkin.reject", "Ctrl+R", self._ask_reject, icon="ban")
        self.cancel = act("walkin.cancel", "Ctrl+B", self._ask_cancel, icon="x")
        self.correct = act("walkin.correct", "Ctrl+D", self._correct, icon="pen-line")
        self.odd = act("walkin.confirm_odd", "D", p.confirm_odd, icon="user-check")
        self.open_case = act("cards.open_case", "Ctrl+Y", p.go_on_with_open, icon="history")
        self.manual = act("walkin.manual", "Ctrl+M", self._ask_manual, icon="keyboard")
        self.second = act("walkin.second", "Ctrl+O", self._ask_second, icon="users")
        self.finger = act("walkin.finger", "Ctrl+F", p.match_finger, icon="fingerprint-pattern")
        self.read_sim = act("walkin.read_sim", "Ctrl+H", self._read_sim, icon="id-card")
        self.skip = act("walkin.skip", "Ctrl+L", p.skip, icon="undo-2")
        self.ask = act("walkin.ask_again", "A", self._ask_again, icon="refresh-cw")
        self.no_card = act("walkin.no_card", "N", self._ask_no_card, icon="circle-question-mark")
        self.type_in = act("walkin.type_in", "K", self._type_in, icon="pen-line")
        self.play = act("walkin.play", "Y", self._play, icon="scan-line")
        self.fetch = act("walkin.fetch_tests", "H", p.fetch_tests, icon="refresh-cw")
        self.slip = act("walkin.slip", "Ctrl+I", self._type_slip, icon="receipt")
        self.waive = act("walkin.waive", "W", self._waive, icon="stamp")
        self.photo = act("walkin.take_photo", "Space", p.take_photo, icon="camera")
        self.overrule = act("walkin.overrule", "O", self._ask_overrule, icon="user-check")
        self.accommodate = act("walkin.accommodate", "B", self._ask_accommodation, icon="hand")
        self.compare = act("walkin.compare_faces", "F", self._compare_faces, icon="scan-face")
        self.sign = act("walkin.sign", "G", p.take_signature, icon="signature")
        self.on_screen = act("walkin.sign_on_screen", "L", self.open_box, icon="monitor")
        self.use = act("walkin.keep_signature", "P", self.use_ink, icon="check")
        self.cannot = act("walkin.cannot_sign", "X", self._ask_cannot_sign, icon="hand")
        self.spoil = act("walkin.spoil", "R", self._ask_spoil, icon="trash-2")
        self.look = act("walkin.look_again", "V", p.look_at_card, icon="scan-line")
        self.pass_card = act("walkin.overrule_card", "E", self._ask_pass_card, icon="user-check")
        self.missing = act("walkin.missing", "M", self._ask_missing, icon="circle-question-mark")
        self.reprint = act("walkin.allow_reprint", "U", self._ask_reprint, icon="users")
        self.material = act("walkin.await_material", "T", p.await_material, icon="clock")
        self.old = act("walkin.old_card", "Ctrl+W", self._ask_old_card, icon="id-card")
        self.proxy = act("walkin.proxy", "Ctrl+U", self._type_proxy, icon="users")
        self.jkn = act("walkin.ask_jkn", "J", p.clear_jkn, icon="refresh-cw")
        self.copy = act("walkin.copy", "Ctrl+P", p.print_receipt, icon="printer")
        self.answers = tuple(
            act(f"walkin.answer.{answer}", str(n), lambda a=answer: self._answer(a))
            for n, answer in enumerate(DoubtAnswer, 1)
        )
        self.stage: QAction | None = None
        if open_stage is not None:
            self.stage = act("walkin.stage", "Ctrl+T", open_stage, icon="users")

    # -- which of them fit ------------------------------------------------------------------

    def enable(self, view: WalkInView) -> None:
        app, step, free = view.app, view.step, not view.doing
        state = app.state if app else None
        photo, typing = view.photo, view.typing
        live = app is not None and not app.ended and not view.held
        at = {each: live and step is each for each in WalkStep}
        identity = not view.idle and step is WalkStep.IDENTITY
        forms = typing in (Typing.EVIDENCE, Typing.BANK_SLIP, Typing.PROXY)
        checklist = view.checklist
        unmet = checklist is not None and any(not v.met for v in checklist.verdicts)
        typed = checklist is not None and any(p.open_typed for p in checklist.evidence.values())
        kind = self.current_kind()
        asks = (unmet or typed) and (kind is None or kind.has_line)
        printed = live and state in MADE
        doubt = view.doubt is not None
        early = at[WalkStep.REQUIREMENTS] or at[WalkStep.TESTS] or at[WalkStep.PAYMENT]
        early = early or at[WalkStep.CAPTURE] or at[WalkStep.CONFIRM] or at[WalkStep.APPROVAL]
        approved = state in (S.APPROVED, S.AWAITING_MATERIAL)
        waits = at[WalkStep.APPROVAL] and not view.correcting  # for somebody else
        usable: dict[QAction, bool] = {
            self.next: free and not (doubt or waits),
            self.back: self._presenter.can_go_back,
            self.escape: True,
            self.hold: free and live and (early or approved or state is S.READY) and not forms,
            self.add: free and live and view.visit is not None and not view.adding and not forms
            and not view.correcting,
            self.other: len(view.cases) > 1,
            self.reject: free and (early or view.held) and not forms and not approved,
            self.cancel: free and (early or (approved and live and not doubt) or view.held)
            and not forms,
            self.correct: free and (early or approved or printed) and live
            and not view.correcting and not doubt and not forms and bool(app and app.photo),
            self.odd: free and view.asks,
            self.open_case: free and identity and self._presenter.open_case is not None,
            self.manual: identity and not view.adding
            and (free or view.cancellable),
            self.second: free
            and (self._presenter.unread or self._presenter.reads_number
                 or (identity and view.needs_second and view.standing is not None)),
            self.finger: free and identity and self._presenter.can_match,
            self.read_sim: self._brings(view) or (free and self._presenter.reads_chip),
            self.skip: identity and not view.cases and view.ticket is not None
            and (free or view.cancellable),
            self.ask: free and at[WalkStep.REQUIREMENTS] and asks and not forms,
            self.no_card: free and at[WalkStep.REQUIREMENTS] and self._presenter.may_lack_card
            and not forms,
            self.type_in: free and at[WalkStep.REQUIREMENTS] and (unmet or typed) and not forms,
            self.play: not forms
            and ((free and at[WalkStep.REQUIREMENTS]
                  and self._presenter.paper_to_play is not None)
                 or (at[WalkStep.HANDOVER] and self._presenter.card_to_play)),
            self.fetch: free and at[WalkStep.TESTS] and not all(t.passed for t in view.tests),
            self.slip: free and at[WalkStep.PAYMENT] and not forms,
            self.waive: free and at[WalkStep.PAYMENT] and bool(view.waivers) and not forms,
            self.photo: free and at[WalkStep.CAPTURE],
            self.overrule: free and at[WalkStep.CAPTURE] and bool(photo.attempt_id)
            and not photo.accepted,
            self.accommodate: free and at[WalkStep.CAPTURE] and bool(photo.attempt_id)
            and not photo.accepted,
            self.compare: free and not forms and not view.correcting
            and (at[WalkStep.CAPTURE] or at[WalkStep.CONFIRM] or at[WalkStep.HANDOVER]
                 or (at[WalkStep.TESTS] and bool(app and app.exam_photos))),
            self.sign: free and at[WalkStep.CAPTURE],
            self.on_screen: free and at[WalkStep.CAPTURE],
            self.cannot: free and at[WalkStep.CAPTURE]
            and (not photo.signature or bool(photo.cannot_sign)),
            self.spoil: free and printed and not doubt and not forms,
            self.missing: free and state in (S.PRINTED, S.READY) and live and not doubt,
            self.look: free and state is S.PRINTED and live and not doubt and view.can_look,
            self.pass_card: free and state is S.PRINTED and live and not doubt
            and passable(view.looked),
            self.reprint: free and state is S.APPROVED and live and view.reprint_limited,
            self.material: free and state is S.APPROVED and live and view.blanks_left == 0,
            self.old: free and at[WalkStep.HANDOVER] and view.old_card_due,
            self.proxy: free and at[WalkStep.HANDOVER] and not forms,
            self.jkn: free and live and bool(app and app.jkn_hold),
            self.copy: bool(view.receipt or view.handed) and state not in UNSERVED,
        }  # fmt: skip
        for action, on in usable.items():
            if action.isEnabled() != on:
                action.setEnabled(on)
            seen = on or (action is self.next and not waits) or (action is self.hold and live)
            if action.isVisible() != seen:
                action.setVisible(seen)
        for answer, action in zip(DoubtAnswer, self.answers, strict=True):
            on = free and doubt and answer in view.doubt_answers
            action.setEnabled(on)
            action.setVisible(on)
        self._name_next(view)
        signed = bool(photo.signature or photo.cannot_sign)
        again = "walkin.take_photo.again" if photo.accepted else "walkin.take_photo"
        name(self.photo, self.words(again))
        name(self.sign, self.words("walkin.sign" if signed else "walkin.sign.first"))
        # Who was identified did come; without a case they still go back into the line.
        came = view.identity is not None
        name(self.skip, self.words("walkin.skip.back" if came else "walkin.skip"))
        name(self.manual, self.words("walkin.manual.again" if view.manual else "walkin.manual"))
        two = at[WalkStep.HANDOVER] or at[WalkStep.PRODUCTION]
        name(self.second, self.words("walkin.by_two" if two else "walkin.second"))
        lays = at[WalkStep.HANDOVER]
        lays = lays and (self._presenter.scanner_dead or self._presenter.chip_waits)
        name(self.play, self.words("walkin.lay_card" if lays else "walkin.play"))
        chip = "walkin.read_chip" if at[WalkStep.HANDOVER] else "walkin.read_sim"
        name(self.read_sim, self.words(chip))

    def let_use(self, *, boxed: bool) -> None:
        """A signature on the screen is used while its box is open, asked for by the pad or not.

        While the camera or another pad is at work it waits in the box.
        """
        self.use.setEnabled(boxed and self._presenter.takes_ink)
        self.use.setVisible(boxed)
        key = "walkin.sign_on_screen.close" if boxed else "walkin.sign_on_screen"
        name(self.on_screen, self.words(key))

    @staticmethod
    def _brings(view: WalkInView) -> bool:
        """Whether somebody is here who may bring a licence, and none is being read."""
        early = view.step is WalkStep.IDENTITY or view.step in BRINGS
        return not view.idle and early and not view.reading and not view.held

    def _name_next(self, view: WalkInView) -> None:
        app = view.app
        key = str(view.step)
        if view.idle:
            key = "call"
        elif view.held:
            key = "resume"
        elif view.correcting or view.typing in (Typing.EVIDENCE, Typing.BANK_SLIP):
            key = "save"
        elif view.step is WalkStep.IDENTITY and view.manual and view.standing is None:
            key = "look_up"
        elif view.step is WalkStep.IDENTITY and view.identity is None:
            key = "read"
        elif app is not None and app.state is S.PRINTED:
            key = "look" if view.can_look and view.tried_card != app.id else "inspect"
        elif view.bound:
            key = "bound"
        elif app is not None and app.state is S.AWAITING_MATERIAL:
            key = "material"
        elif view.step is WalkStep.CAPTURE and not view.photo.accepted:
            key = "shoot"
        elif view.step is WalkStep.DONE and view.goes_on is not None:
            key = "other"
        elif view.step is WalkStep.TESTS and any(not t.attempts for t in view.tests):
            key = "fetch"
        name(self.next, self.words(f"walkin.next.{key}"))
        # Enter still says why not.
        short = key == "requirements" and bool(view.checklist and view.checklist.blocking)
        faded = short or view.asks or (key == "inspect" and stopped(view.looked))
        faded = faded or (key == str(view.step) and bool(view.lacks))  # another's step
        faded = faded or (key == "production" and isinstance(view.problem, GatesMissing))
        faded = faded or (key == "handover" and bool(app and app.jkn_hold))
        limited = key == "production" and view.reprint_limited
        faded = faded or limited
        mark(self.reprint, "called", on=limited)
        mark(self.next, "faded", on=faded)
        mark(self.odd, "called", on=view.asks)
        mark(self.ask, "called", on=short)  # the next thing to do
        # Enter takes the picture and the results until there are any: it's one act, printed once.
        mark(self.photo, "echoed", on=key == "shoot")
        mark(self.fetch, "echoed", on=key == "fetch")
        mark(self.look, "echoed", on=key == "look")

    # -- asking ----------------------------------------------------------------------------

    def _correct(self) -> None:
        """Before the card is printed here; a printed card at the card desk, where it is spoiled."""
        app = self._presenter.view.app
        if app is not None and app.state in MADE:
            self.open_wanted.emit("cards", app.id)
        else:
            self._presenter.begin_correction()

    def _compare_faces(self) -> None:
        def opened(sheet: FaceSheet) -> None:
            dialog = FacesDialog(
                self, self.words, sheet, lambda said: self._presenter.judge_faces(sheet, said)
            )
            self.when_seen(dialog.open)

        self._presenter.compare_faces(opened)

    def show_reading(self, view: WalkInView) -> None:
        """The licence that was brought, as chip, seal and books have it."""
        if view.read is not None:
            from ui.screens.card_reading import CardReadingDialog

            p = self._presenter
            CardReadingDialog(
                self, self.words, view.read, p.put_reading_away,
                {
                    **({"write": p.write_waiting} if view.may_write else {}),
                    "again": p.read_sim,
                    "camera": p.read_code_by_camera,
                    "no_chip": lambda: p.read_sim(ChipWanted.NO_CHIP),
                },
                problem=view.problem,
            ).open()  # fmt: skip

    def _ask_again(self) -> None:
        kind = self.current_kind()
        if kind is not None:
            self._presenter.ask_again(kind)

    def _type_in(self) -> None:
        kind = self.current_kind()
        if kind is not None:
            self._presenter.begin_typing(Typing.EVIDENCE, kind)

    def _play(self) -> None:
        if self._presenter.view.step is WalkStep.HANDOVER:
            self._presenter.play_card()
        else:
            self._presenter.play_proof(self.current_kind())

    def _read_sim(self) -> None:
        if self._presenter.view.step is WalkStep.HANDOVER:
            self._presenter.read_chip()
        else:
            self._presenter.read_sim()

    def _type_slip(self) -> None:
        self._presenter.begin_typing(Typing.BANK_SLIP)

    def _type_proxy(self) -> None:
        self._presenter.begin_typing(Typing.PROXY)

    def _answer(self, answer: DoubtAnswer) -> None:
        if answer is DoubtAnswer.NO_CARD:
            if not self._presenter.may(*MAY_LOSE):
                return
            ask_blank(self, self.words, lambda here: self._presenter.answer_doubt(
                str(answer), blank_here=here))  # fmt: skip
        else:
            self._presenter.answer_doubt(str(answer))


__all__ = ["HOLDS", "Officers", "WalkInActs"]
