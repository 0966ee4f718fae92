"""What the walk-in asks before it acts: reasons, sentences, who saw it too, where a card is.

What is asked about a case is kept at every answer; see `Asks`. What is asked before there is a case
(why a person is typed, or a finger passed over) is one key, and the person is read again anyway.
"""

from __future__ import annotations

from collections.abc import Callable

from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Role
from desktop.domain.reasons import (
    Accommodation,
    CancelReason,
    CannotSignReason,
    HoldReason,
    InsteadOfSignature,
    MissingReason,
    OldCardSeen,
    OverrideReason,
    RejectReason,
    SpoilReason,
)
from desktop.domain.service import Service
from desktop.presenters.second import SecondOfficers
from desktop.presenters.walkin import WalkIn
from desktop.presenters.walkin_handover import BY_TWO
from desktop.words import Words
from ui.screens.asks import Asks
from ui.screens.bill_waiver import ask_waiver
from ui.screens.inspection_parts import passable, why_pass, why_second
from ui.screens.online_dialogs import ask_yes
from ui.screens.screen import Screen
from ui.screens.second_ask import SecondAsk
from ui.screens.walkin_dialogs import ask_card_number, ask_loss, ask_reason, ask_seized

HOLDS = (
    HoldReason.APPLICANT_LEFT, HoldReason.WAITING_FOR_DOCUMENT, HoldReason.WAITING_FOR_PAYMENT,
    HoldReason.WAITING_FOR_RETAKE, HoldReason.WAITING_FOR_ISSUER, HoldReason.DEVICE_DOWN,
    HoldReason.LINE_DOWN, HoldReason.INQUIRY,
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
OLD_CARD_HERE = (OldCardSeen.UNREADABLE, OldCardSeen.MADE_ELSEWHERE)
SERVED_HOW = (
    Accommodation.HEAD_COVER, Accommodation.EYE_CLOSED, Accommodation.MEDICAL_GLASSES,
    Accommodation.WHEELCHAIR, Accommodation.SEATED, Accommodation.TREMOR,
)  # fmt: skip


def rejects_for(service: Service) -> tuple[RejectReason, ...]:
    """As many as there are digits: who sits no tests brings a licence, and that may be seized."""
    own = RejectReason.TESTS_FAILED if service.needs_tests else RejectReason.CARD_SEIZED
    return (
        RejectReason.DATA_MISMATCH, RejectReason.DATA_NOT_FOUND, RejectReason.DOCUMENTS_INCOMPLETE,
        RejectReason.DOCUMENT_FALSE, own, RejectReason.MEDICALLY_UNFIT,
        RejectReason.MENTALLY_UNFIT, RejectReason.HOLD_IN_FORCE, RejectReason.OTHER,
    )  # fmt: skip


MAY_LOSE = (Role.PRODUCTION, Role.SUPERVISOR)
"""Who writes a card off, and asks for one more."""
SEIZED = "seized"
"""The question who seized a card, asked where it isn't lost."""

Officers = Callable[[], SecondOfficers]
"""(number, name, training password) of everybody who could sign as the second."""


class WalkInAsks(Screen):
    """The part of the walk-in's screen that asks."""

    def __init__(self, words: Words, presenter: WalkIn, officers: Officers) -> None:
        super().__init__(words)
        self._presenter = presenter
        self._officers = officers
        self.second_ask = SecondAsk(self, words)
        self.asks = Asks(self, presenter, {
            "hold": self._ask_hold, "reject": self._ask_reject, "cancel": self._ask_cancel,
            "photo": self._ask_overrule, "served": self._ask_accommodation,
            "missing": self._ask_missing, "pass_card": self._ask_pass_card,
            "sign": self._ask_cannot_sign, "instead": self._ask_instead,
            "spoil": self._ask_spoil, "waive": self._waive, SEIZED: self._ask_seized,
            BY_TWO: self._ask_number, "old_card": self._ask_old_card,
        })  # fmt: skip

    # -- sideways --------------------------------------------------------------------------

    def _ask_hold(self) -> None:
        p = self._presenter
        self.asks.reason("hold", "walkin.hold_why", HOLDS, lambda why, _: p.hold(why))

    def _ask_reject(self) -> None:
        p = self._presenter
        if p.view.app is not None and p.may(Role.REGISTRATION, Role.APPROVER, Role.SUPERVISOR):
            reasons = rejects_for(p.view.app.service)
            self.asks.reason("reject", "walkin.reject_why", reasons, p.reject, final=True)

    def _ask_cancel(self) -> None:
        if not self._presenter.may(Role.REGISTRATION, Role.SUPERVISOR):
            return
        cancel = self._presenter.cancel
        self.asks.reason("cancel", "walkin.cancel_why", CANCELS, cancel, final=True)

    # -- who is here -----------------------------------------------------------------------

    def _ask_manual(self) -> None:
        ask_reason(
            self, self.words, "walkin.manual_why", TYPED_WHY,
            lambda why, _: self._presenter.type_manually(why),
        )  # fmt: skip

    def _ask_second(self) -> None:
        p, words = self._presenter, self.words
        if p.reads_number:
            if p.may_hand_over():
                self._ask_number()
            return
        if p.unread:
            if p.may(Role.PRODUCTION):
                self._open_second(words("online_screen.second.serial"), p.read_by_two)
            return
        if p.view.manual or (p.view.identity and p.view.identity.override):
            self._open_second(words("walkin.second_why"), p.second_officer)
            return

        def chosen(why: str, _note: str) -> None:
            self._open_second(
                words("walkin.second_why"),
                lambda number, password: p.second_officer(number, password, why),
            )

        ask_reason(self, words, "walkin.finger_why", FINGER_WHY, chosen)

    def _open_second(
        self,
        why: str,
        then: Callable[[str, str], object],
        shown: tuple[bytes, ...] = (),
        given_up: Callable[[], object] | None = None,
    ) -> None:
        self.second_ask.ask(why, self._officers(), then, shown, given_up)

    # -- proofs ----------------------------------------------------------------------------

    def ask_loss(self) -> None:
        """Lost, or seized by the police?"""
        answers = {"lost": self._presenter.card_was_lost, "seized": self._ask_seized}
        ask_loss(self, self.words, "cards.loss", self.words("cards.loss.ask"), answers)

    def _ask_no_card(self) -> None:
        """The old card wasn't brought: lost, or seized by the police?"""
        p, words, m = self._presenter, self.words, "cards.not_brought"
        answers: dict[str, Callable[[], object]] = {"seized": self._ask_seized}
        if not p.lost_is_given:
            ask_loss(self, words, m, words("cards.not_brought.elsewhere"), answers)
            return
        day = p.runs_out_as_lost
        asked = words("cards.not_brought.renewal", date=day) if day else words(f"{m}.ask")
        ask_loss(self, words, m, asked, {"lost": p.goes_on_as_lost, **answers})

    def _ask_seized(self) -> None:
        self.asks.form(SEIZED, ask_seized(self, self.words, self._presenter.card_was_seized))

    def _waive(self) -> None:
        p = self._presenter
        if p.may_settle():
            self.asks.choice("waive", ask_waiver(self, self.words, p.view.waivers, p.waive))

    # -- photo and signature ---------------------------------------------------------------

    def _ask_overrule(self) -> None:
        p = self._presenter
        self.asks.reason("photo", "walkin.photo_why", PHOTO_WHY, lambda why, _: p.overrule(why))

    def _ask_accommodation(self) -> None:
        p = self._presenter
        self.asks.reason("served", "walkin.served_how", SERVED_HOW, lambda how, _: p.overrule(how))

    def _ask_cannot_sign(self) -> None:
        def chosen(why: str, _note: str) -> None:
            self._presenter.ask("instead", {"why": why})
            self._ask_instead()

        self.asks.reason("sign", "walkin.sign_why", tuple(CannotSignReason), chosen)

    def _ask_instead(self) -> None:
        """What stands in the signature's place, and who saw it."""
        p = self._presenter
        why = p.answered("instead").get("why", "")

        def chosen(instead: str, _note: str) -> None:
            thumb = instead == InsteadOfSignature.THUMB
            self._open_second(
                self.words("walkin.witness_why"),
                lambda number, password: p.cannot_sign(why, number, password, thumb=thumb),
                given_up=p.ask_no_more,
            )

        ways = tuple(InsteadOfSignature)
        if why:
            self.asks.reason("instead", "walkin.instead_why", ways, chosen, also={"why": why})

    # -- the card --------------------------------------------------------------------------

    def _ask_missing(self) -> None:
        """The tray is empty; of a finished card it's asked how it came to be gone."""
        p = self._presenter
        app = p.view.app
        if not p.may(*MAY_LOSE):
            return
        if app is None or app.state is not S.READY:
            serial = app.blank_serial if app is not None else ""
            ask_yes(self, self.words, "walkin.tray_empty", p.card_missing, serial=serial)
            return
        self.asks.reason("missing", "walkin.missing_why", CARD_GONE, p.card_missing, final=True)

    def _ask_old_card(self) -> None:
        """The old card can't be scanned: why the officer's eye has to do."""
        p = self._presenter
        if p.view.old_card_due and p.may_hand_over():
            upgrade = p.view.app is not None and p.view.app.service is Service.CLASS_UPGRADE
            self.asks.reason(
                "old_card", "walkin.old_card_why.upgrade" if upgrade else "walkin.old_card_why",
                tuple(OldCardSeen) if upgrade else OLD_CARD_HERE,
                lambda why, _: p.take_old_card(why),
            )  # fmt: skip

    def _ask_pass_card(self) -> None:
        """A reason; and a second officer, where the machine refuses the card."""
        p = self._presenter
        looked = p.view.looked
        if not p.may(Role.PRODUCTION):
            return

        def chosen(why: str, _note: str) -> None:
            if looked is None or not looked.refused:
                p.overrule_card(why)
                return
            self._open_second(
                why_second(self.words, looked, why),
                lambda number, password: p.overrule_card(why, number, password),
                (looked.front, looked.back) if looked.back else (),
                p.ask_no_more,
            )

        sheet = why_pass(self, self.words, looked, chosen) if passable(looked) else None
        if sheet is not None:
            self.asks.choice("pass_card", sheet)

    def _ask_number(self) -> None:
        """The first officer reads the card's number; the page doesn't tell it meanwhile."""
        p = self._presenter
        number = ask_card_number(
            self, self.words, lambda read: p.read_number(read, lambda: self._read_by_second(read))
        )
        self.asks.form(BY_TWO, number)
        number.rejected.connect(self._told_again)
        self._told_again()

    def _read_by_second(self, number: str) -> None:
        """The second officer hasn't seen what the first one read."""
        p = self._presenter

        def given_up() -> None:
            p.ask_no_more()
            self._told_again()

        self.when_seen(lambda: self.second_ask.ask(
            self.words("walkin.by_two.second"), self._officers(),
            lambda nrp, password, again: p.hand_over_read(number, nrp, password, again),
            given_up=given_up, read=self.words("walkin.by_two.number"),
        ))  # fmt: skip

    def _told_again(self) -> None:
        """A question came or went without news: the page tells the card's number, or not."""
        self.show_view(self._presenter.view)

    def _ask_spoil(self) -> None:
        if self._presenter.may(*MAY_LOSE):
            self.asks.reason("spoil", "walkin.spoil_why", SPOILS, self._presenter.spoil)

    def _ask_reprint(self) -> None:
        if not self._presenter.may(*MAY_LOSE):
            return
        words, (count, code) = self.words, self._presenter.lost_before()
        why = words("walkin.reprint_why")
        coded = [kind(code) for kind in (SpoilReason, MissingReason) if code in set(kind)]
        if coded:  # the second officer is told what they sign for
            cause = words("walkin.reprint_cause", count=count, reason=words.of(coded[0]))
            why = f"{why} {cause}"
        self._open_second(why, self._presenter.allow_reprint)
