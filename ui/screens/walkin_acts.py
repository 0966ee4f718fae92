"""The walk-in's acts: which there are, which of them fit the step, and what each asks first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction

from desktop.domain.application import ApplicationState as S
from desktop.domain.card_reading import ChipWanted
from desktop.domain.reasons import (
    Accommodation,
    CancelReason,
    CannotSignReason,
    HoldReason,
    InsteadOfSignature,
    MissingReason,
    OverrideReason,
    RejectReason,
    SpoilReason,
)
from desktop.domain.requirements import RequirementKind
from desktop.domain.stock import DoubtAnswer
from desktop.domain.workflow import GatesMissing
from desktop.presenters.second import SecondOfficers
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_back import BRINGS
from desktop.presenters.walkin_view import Typing, WalkInView, WalkStep
from desktop.services.likeness import FaceSheet
from desktop.words import Words
from ui.screens.bill_waiver import ask_waiver
from ui.screens.face_dialog import FacesDialog
from ui.screens.inspection_parts import stopped, why_pass
from ui.screens.screen import Screen
from ui.screens.second_ask import SecondAsk
from ui.screens.walkin_dialogs import ask_blank, ask_loss, ask_reason

HOLDS = (
    HoldReason.APPLICANT_LEFT, HoldReason.WAITING_FOR_DOCUMENT, HoldReason.WAITING_FOR_PAYMENT,
    HoldReason.WAITING_FOR_RETAKE, HoldReason.WAITING_FOR_ISSUER, HoldReason.DEVICE_DOWN,
    HoldReason.LINE_DOWN, HoldReason.INQUIRY,
)  # fmt: skip
REJECTS = (
    RejectReason.DATA_MISMATCH, RejectReason.DATA_NOT_FOUND, RejectReason.DOCUMENTS_INCOMPLETE,
    RejectReason.DOCUMENT_FALSE, RejectReason.TESTS_FAILED, RejectReason.MEDICALLY_UNFIT,
    RejectReason.MENTALLY_UNFIT, RejectReason.HOLD_IN_FORCE, RejectReason.OTHER,
)  # fmt: skip
CANCELS = (
    CancelReason.BY_APPLICANT, CancelReason.WRONG_SERVICE, CancelReason.DUPLICATE,
    CancelReason.DECEASED, CancelReason.OTHER,
)  # fmt: skip
SPOILS = (
    SpoilReason.PRINT_DEFECT, SpoilReason.CHIP, SpoilReason.DATA_ERROR_OFFICE,
    SpoilReason.HALF_PRINTED, SpoilReason.JAM, SpoilReason.SERIAL_UNREADABLE,
    SpoilReason.LOT_DEFECT, SpoilReason.INSPECTION, SpoilReason.OTHER,
)  # fmt: skip
TYPED_WHY = (
    OverrideReason.EID_CHIP_UNREADABLE, OverrideReason.EID_CARD_NOT_ISSUED,
    OverrideReason.DEVICE_DOWN, OverrideReason.NIK_CONFIRMED_BY_LETTER,
)  # fmt: skip
FINGER_WHY = (OverrideReason.FINGERPRINT_WORN, OverrideReason.DEVICE_DOWN)
PHOTO_WHY = (
    OverrideReason.PHOTO_CHECK_MISTAKEN, OverrideReason.PHOTO_MEDICAL, OverrideReason.DEVICE_DOWN,
)  # fmt: skip
CARD_GONE = (MissingReason.NOT_COUNTED, MissingReason.OTHER)
SERVED_HOW = (
    Accommodation.HEAD_COVER, Accommodation.EYE_CLOSED, Accommodation.MEDICAL_GLASSES,
    Accommodation.WHEELCHAIR, Accommodation.SEATED, Accommodation.TREMOR,
)  # fmt: skip

MADE = (S.PRINTED, S.INSPECTED, S.READY)

Officers = Callable[[], SecondOfficers]
"""(number, name, training password) of everybody who could sign as the second."""


def mark(action: QAction, what: str, *, on: bool) -> None:
    """Set how an act's buttons look; see `KeyButton.follow`."""
    if bool(action.property(what)) is not on:
        action.setProperty(what, on)
        action.changed.emit()


def name(action: QAction, text: str) -> None:
    """Name an act; the same name again moves nothing."""
    if action.text() != text:
        action.setText(text)


class WalkInActs(Screen):
    """The screen's keys; `WalkInScreen` draws the rest."""

    def __init__(
        self,
        words: Words,
        presenter: WalkIn,
        officers: Officers,
        open_stage: Callable[[], object] | None,
    ) -> None:
        super().__init__(words)
        self._presenter = presenter
        self._officers = officers
        self.second_ask = SecondAsk(self, words)
        self._make_acts(open_stage)

    def current_kind(self) -> RequirementKind | None:
        """The requirement under the cursor."""
        return None

    def open_box(self) -> None:
        """Sign on this screen."""

    def use_ink(self) -> None:
        """What was signed on this screen is the signature."""

    def _make_acts(self, open_stage: Callable[[], object] | None) -> None:
        p, act = self._presenter, self.act
        self.next = act("walkin.next", "Return", p.enter_key, icon="arrow-right", primary=True)
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
        self.read_sim = act("walkin.read_sim", "Ctrl+H", p.read_sim, icon="id-card")
        self.skip = act("walkin.skip", "Ctrl+L", p.skip, icon="undo-2")
        self.ask = act("walkin.ask_again", "A", self._ask_again, icon="refresh-cw")
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
            self.add: free and live and view.visit is not None and not view.adding and not forms,
            self.other: len(view.cases) > 1,
            self.reject: free and (early or view.held) and not forms,
            self.cancel: free and (early or view.held) and not forms,
            self.correct: free and (early or approved or printed) and live
            and not view.correcting and not doubt and not forms and bool(app and app.photo),
            self.odd: free and view.asks,
            self.open_case: free and identity and self._presenter.open_case is not None,
            self.manual: identity and not view.adding
            and (free or view.cancellable),
            self.second: free
            and (self._presenter.unread
                 or (identity and view.needs_second and view.standing is not None)),
            self.finger: free and identity and self._presenter.can_match,
            self.read_sim: self._brings(view),
            self.skip: free and identity and not view.cases and view.ticket is not None,
            self.ask: free and at[WalkStep.REQUIREMENTS] and (unmet or typed) and not forms,
            self.type_in: free and at[WalkStep.REQUIREMENTS] and (unmet or typed) and not forms,
            self.play: free and at[WalkStep.REQUIREMENTS] and not forms
            and self._presenter.paper_to_play is not None,
            self.fetch: free and at[WalkStep.TESTS],
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
            self.cannot: free and at[WalkStep.CAPTURE] and not photo.signature,
            self.spoil: free and printed and not doubt and not forms,
            self.missing: free and state in (S.PRINTED, S.READY) and live and not doubt,
            self.look: free and state is S.PRINTED and live and not doubt and view.can_look,
            self.pass_card: free and state is S.PRINTED and live and not doubt
            and stopped(view.looked),
            self.reprint: free and state is S.APPROVED and live and view.reprint_limited,
            self.material: free and state is S.APPROVED and live and view.blanks_left == 0,
            self.proxy: free and at[WalkStep.HANDOVER] and not forms,
            self.jkn: free and live and bool(app and app.jkn_hold),
            self.copy: bool(view.receipt or view.handed),
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
            key = "inspect"
        elif view.bound:
            key = "bound"
        elif app is not None and app.state is S.AWAITING_MATERIAL:
            key = "material"
        elif view.step is WalkStep.CAPTURE and not view.photo.accepted:
            key = "shoot"
        elif view.step is WalkStep.TESTS and any(not t.attempts for t in view.tests):
            key = "fetch"
        name(self.next, self.words(f"walkin.next.{key}"))
        # Enter still says why not.
        short = key == "requirements" and bool(view.checklist and view.checklist.blocking)
        faded = short or view.asks or (key == "inspect" and stopped(view.looked))
        faded = faded or (key == str(view.step) and bool(view.lacks))  # another's step
        faded = faded or (key == "production" and isinstance(view.problem, GatesMissing))
        limited = key == "production" and view.reprint_limited
        faded = faded or limited
        mark(self.reprint, "called", on=limited)
        mark(self.next, "faded", on=faded)
        mark(self.odd, "called", on=view.asks)
        mark(self.ask, "called", on=short)  # the next thing to do
        # Enter takes the picture and the results until there are any: it's one act, printed once.
        mark(self.photo, "echoed", on=key == "shoot")
        mark(self.fetch, "echoed", on=key == "fetch")

    # -- asking ----------------------------------------------------------------------------

    def _correct(self) -> None:
        """Before the card is printed here; a printed card at the card desk, where it is spoiled."""
        app = self._presenter.view.app
        if app is not None and app.state in MADE:
            self.open_wanted.emit("cards", app.id)
        else:
            self._presenter.begin_correction()

    def ask_loss(self) -> None:
        """Lost, or seized by the police?"""
        ask_loss(self, self.words, self._presenter.card_was_lost, self._presenter.card_was_seized)

    def _ask_hold(self) -> None:
        ask_reason(
            self, self.words, "walkin.hold_why", HOLDS, lambda why, _: self._presenter.hold(why)
        )

    def _ask_reject(self) -> None:
        ask_reason(self, self.words, "walkin.reject_why", REJECTS, self._presenter.reject)

    def _ask_cancel(self) -> None:
        ask_reason(self, self.words, "walkin.cancel_why", CANCELS, self._presenter.cancel)

    def _ask_manual(self) -> None:
        ask_reason(
            self, self.words, "walkin.manual_why", TYPED_WHY,
            lambda why, _: self._presenter.type_manually(why),
        )  # fmt: skip

    def _ask_second(self) -> None:
        if self._presenter.unread:
            self._open_second(
                self.words("online_screen.second.serial"), self._presenter.read_by_two
            )
            return
        if self._presenter.view.manual or (
            self._presenter.view.identity and self._presenter.view.identity.override
        ):
            self._open_second(self.words("walkin.second_why"), self._presenter.second_officer)
            return

        def chosen(why: str, _note: str) -> None:
            self._open_second(
                self.words("walkin.second_why"),
                lambda number, password: self._presenter.second_officer(number, password, why),
            )

        ask_reason(self, self.words, "walkin.finger_why", FINGER_WHY, chosen)

    def _open_second(
        self, why: str, then: Callable[[str, str], object], shown: tuple[bytes, ...] = ()
    ) -> None:
        self.second_ask.ask(why, self._officers(), then, shown)

    def _ask_overrule(self) -> None:
        ask_reason(
            self, self.words, "walkin.photo_why", PHOTO_WHY,
            lambda why, _: self._presenter.overrule(why),
        )  # fmt: skip

    def _ask_missing(self) -> None:
        """The tray is empty; of a finished card it's asked how it came to be gone."""
        app = self._presenter.view.app
        if app is None or app.state is not S.READY:
            self._presenter.card_missing()
            return
        ask_reason(
            self, self.words, "walkin.missing_why", CARD_GONE,
            lambda why, _: self._presenter.card_missing(why),
        )  # fmt: skip

    def _ask_pass_card(self) -> None:
        """A reason; and a second officer, where the machine refuses the card."""
        looked = self._presenter.view.looked
        refused = looked is not None and looked.refused

        def chosen(why: str, _note: str) -> None:
            if not refused:
                self._presenter.overrule_card(why)
                return
            self._open_second(
                self.words("inspection.why.second"),
                lambda number, password: self._presenter.overrule_card(why, number, password),
                (looked.front, looked.back) if looked is not None and looked.back else (),
            )

        why_pass(self, self.words, looked, chosen)

    def _ask_accommodation(self) -> None:
        ask_reason(
            self, self.words, "walkin.served_how", SERVED_HOW,
            lambda need, _: self._presenter.overrule(need),
        )  # fmt: skip

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
            ).open()  # fmt: skip

    def _ask_cannot_sign(self) -> None:
        def chosen(why: str, _note: str) -> None:
            ask_reason(
                self, self.words, "walkin.instead_why", tuple(InsteadOfSignature),
                lambda instead, _: self._open_second(
                    self.words("walkin.witness_why"),
                    lambda number, password: self._presenter.cannot_sign(
                        why, number, password, thumb=instead == InsteadOfSignature.THUMB
                    ),
                ),
            )  # fmt: skip

        ask_reason(self, self.words, "walkin.sign_why", tuple(CannotSignReason), chosen)

    def _ask_spoil(self) -> None:
        ask_reason(self, self.words, "walkin.spoil_why", SPOILS, self._presenter.spoil)

    def _ask_reprint(self) -> None:
        self._open_second(self.words("walkin.reprint_why"), self._presenter.allow_reprint)

    def _ask_again(self) -> None:
        kind = self.current_kind()
        if kind is not None:
            self._presenter.ask_again(kind)

    def _type_in(self) -> None:
        kind = self.current_kind()
        if kind is not None:
            self._presenter.begin_typing(Typing.EVIDENCE, kind)

    def _play(self) -> None:
        self._presenter.play_proof(self.current_kind())

    def _type_slip(self) -> None:
        self._presenter.begin_typing(Typing.BANK_SLIP)

    def _type_proxy(self) -> None:
        self._presenter.begin_typing(Typing.PROXY)

    def _waive(self) -> None:
        ask_waiver(self, self.words, self._presenter.view.waivers, self._presenter.waive)

    def _answer(self, answer: DoubtAnswer) -> None:
        if answer is DoubtAnswer.NO_CARD:
            ask_blank(self, self.words, lambda here: self._presenter.answer_doubt(
                str(answer), blank_here=here))  # fmt: skip
        else:
            self._presenter.answer_doubt(str(answer))
