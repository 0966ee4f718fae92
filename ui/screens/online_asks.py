"""What the online screen asks before it acts: reasons, files, second officers.

What is answered is kept at every field; see `Asks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from desktop.domain.application import Application
from desktop.domain.evidence import IssuerSilent
from desktop.domain.officer import Role
from desktop.domain.reasons import (
    Accommodation,
    HoldReason,
    OverrideReason,
    RejectReason,
    UploadedDocument,
    needs_note,
)
from desktop.presenters.online_asking import CARD
from desktop.presenters.online_inspect import InHand
from desktop.presenters.online_view import PrintPane
from desktop.services.kept_work import APPLICATION
from ui.screens.asks import Asks
from ui.screens.inspection_parts import why_pass, why_second
from ui.screens.online_case import CasePage
from ui.screens.online_dialogs import (
    ask_file_to_open,
    ask_file_to_write,
    ask_yes,
)
from ui.screens.online_parcel_asks import ParcelAsks
from ui.screens.online_print import REJECTIONS, PrintPage
from ui.screens.online_verify import FilesPage
from ui.screens.walkin_asks import FINGER_WHY
from ui.screens.walkin_dialogs import ask_reason
from ui.widgets.reasons import Reason, ReasonDialog
from ui.widgets.scan_box import ScanBox

HOLDS = (
    HoldReason.WAITING_FOR_DOCUMENT, HoldReason.WAITING_FOR_PAYMENT, HoldReason.WAITING_FOR_ISSUER,
    HoldReason.IDENTITY_CONFLICT, HoldReason.LINE_DOWN, HoldReason.INQUIRY,
)  # fmt: skip
REJECTS = (
    RejectReason.LICENCE_EXPIRED, RejectReason.TOO_YOUNG, RejectReason.DATA_NOT_FOUND,
    RejectReason.DATA_MISMATCH, RejectReason.DOCUMENT_FALSE, RejectReason.HOLD_IN_FORCE,
    RejectReason.CARD_SEIZED, RejectReason.LICENCE_EXISTS, RejectReason.OTHER,
)  # fmt: skip
PICTURE_WHY = {
    UploadedDocument.PHOTO: (
        OverrideReason.PHOTO_CHECK_MISTAKEN, OverrideReason.PHOTO_MEDICAL, Accommodation.HEAD_COVER,
        Accommodation.EYE_CLOSED, Accommodation.MEDICAL_GLASSES,
    ),
    UploadedDocument.SIGNATURE: (
        OverrideReason.MACHINE_MISTAKEN, Accommodation.TREMOR, OverrideReason.OTHER,
    ),
}  # fmt: skip
CARD_WHY = (OverrideReason.MACHINE_MISTAKEN, OverrideReason.FAULT_BEARABLE, OverrideReason.OTHER)
"""Why a doubted picture is accepted: a pictured card has other reasons than a face or a hand."""
LINE_WHY = (OverrideReason.LINE_DOWN, OverrideReason.ISSUER_SILENT)
ZIP_KINDS = "*.zip *.loket"


def reasons_for(doubted: Sequence[UploadedDocument]) -> list[StrEnum]:
    """Each reason once that fits one of these pictures; "other" is the last."""
    fit = dict.fromkeys(why for each in doubted for why in PICTURE_WHY.get(each, CARD_WHY))
    return sorted(fit, key=needs_note)


class OnlineAsks(ParcelAsks):
    """The part of the online screen that asks; its pages are made by the screen itself."""

    files: FilesPage
    case: CasePage
    prints: PrintPage

    def _make_asks(self) -> Asks:
        """The questions by their names."""
        return Asks(self, self.presenter, {
            "hold": self._ask_hold, "reject": self._ask_reject, "line": self._ask_line,
            "photo": self._ask_photo, "spoil": self._ask_spoil, "failed": self._ask_failed,
            "delivered": self._ask_delivered, "proof": self._ask_proof,
            "dispute": self._ask_dispute, "lost": self._ask_lost,
        })  # fmt: skip

    # -- files -----------------------------------------------------------------------------

    def _open_current(self) -> None:
        key = self.files.table.current_key()
        if key:
            self.presenter.open_file(key)

    def ask_import(self) -> None:
        """Choose a batch of the portal."""
        if not self.presenter.may_import():
            return
        path = ask_file_to_open(self, self.words("online_screen.act.import"), ZIP_KINDS)
        if path is not None:
            self.presenter.import_file(path)

    def ask_export(self) -> None:
        """Choose where the answers are written."""
        if not self.presenter.may_export():
            return
        name = self.words("online_screen.export.name")
        path = ask_file_to_write(self, self.words("online_screen.act.export"), name, ZIP_KINDS)
        if path is not None:
            self.presenter.export_file(path)

    def _ask_end(self) -> None:
        """This file alone, or all that stand here."""
        words, late = self.words, self._view.unmended
        key = self.files.table.current_key()
        line = next((line for line in late if line.app.id == key), late[0])
        dialog = ReasonDialog(
            words("online_screen.end_why"),
            words("online_screen.end_why.ask"),
            [
                Reason("one", words("online_screen.end_why.one", number=line.app.number)),
                Reason("all", words("online_screen.end_why.all", count=len(late))),
            ],
            note_label=words("ui.reason.note"),
            accept_text=words("ui.reason.accept"),
            cancel_text=words("common.cancel"),
            host=self.window(),
        )
        dialog.accepted.connect(
            lambda: self.presenter.end_unmended(line.app.id if dialog.list.chosen == "one" else "")
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_reissue(self) -> None:
        file = self._view.file
        if file is not None and self.presenter.may_reissue():
            ask_yes(self, self.words, "online_screen.reissue_ask", self.presenter.reissue,
                    name=file.app.applicant.name)  # fmt: skip

    def _ask_hold(self) -> None:
        self.asks.reason("hold", "online_screen.hold_why", HOLDS,
                         lambda why, _note: self.presenter.hold(why))  # fmt: skip

    def _ask_reject(self) -> None:
        reject = self.presenter.reject
        self.asks.reason("reject", "online_screen.reject_why", REJECTS, reject, final=True)

    def _ask_override(self) -> None:
        file = self._view.file
        if isinstance(self._view.problem, IssuerSilent):
            self._ask_line()
        elif file is not None and file.arrived is not None:
            self._ask_arrived()
        else:
            self._ask_photo()

    def _ask_arrived(self) -> None:
        """Why the applicant goes on whom no finger proves, and who signs that beside."""
        take = self.presenter.take_arrived

        def chosen(why: str, _note: str) -> None:
            self._second("walkin.second_why", lambda nrp, word: take(why, nrp, word))

        ask_reason(self, self.words, "walkin.finger_why", FINGER_WHY, chosen)

    def _ask_line(self) -> None:
        verify = self.presenter.verify
        self.asks.reason(
            "line", "online_screen.line_why", LINE_WHY,
            lambda why, note: verify(identity_override=why, note=note),
        )  # fmt: skip

    def _ask_photo(self) -> None:
        """One reason takes the whole file, so every picture that is doubted is named."""
        file, verify = self._view.file, self.presenter.verify
        doubted = file.check.doubtful if file is not None else ()
        if doubted:
            self.asks.reason(
                "photo", "online_screen.photo_why", reasons_for(doubted),
                lambda why, note: verify(override=why, note=note),
                facts={"pictures": ", ".join(self.words.of(each) for each in doubted)},
            )  # fmt: skip

    def _write_note(self) -> None:
        if self.case.compose.note.isVisible():
            self.case.compose.note.setFocus()

    # -- print -----------------------------------------------------------------------------

    def _turn_print(self) -> None:
        now = self._view.pane
        other = PrintPane.INSPECT if now is PrintPane.QUEUE else PrintPane.QUEUE
        self.presenter.turn_pane(other)

    def _print_on(self) -> None:
        """Print what is ticked; when all is printed, on to the cards that wait to be looked at."""
        if self.presenter.view.to_inspect:
            self.presenter.turn_pane(PrintPane.INSPECT)
        else:
            self.presenter.print_selected()

    def _tick_all(self) -> None:
        table = self.prints.queue.table
        table.tick_all(not table.all_ticked())

    def _ask_collect(self, app: Application | None) -> None:
        if app is not None:
            ask_yes(
                self, self.words, "online_screen.collect_ask",
                lambda: self.presenter.collect_instead(app.id), name=app.applicant.name,
            )  # fmt: skip

    def _ask_collect_queued(self) -> None:
        key = self.prints.queue.table.current_key()
        self._ask_collect(next((x.app for x in self._view.ready if x.app.id == key), None))

    def _ask_collect_scanned(self) -> None:
        self._ask_collect(self._view.pair.app)

    def _ask_reprint(self) -> None:
        key = self.prints.queue.table.current_key()
        if key:
            self._second(
                "online_screen.second.reprint",
                lambda nrp, word: self.presenter.allow_reprint(key, nrp, word),
                Role.SUPERVISOR, Role.PRODUCTION, given_up=self.presenter.reprint_unsigned,
            )  # fmt: skip

    def _ask_serial_by_two(self) -> None:
        p, of = self.presenter, self.presenter.in_hand
        self._second(
            "online_screen.second.serial",
            lambda nrp, word: p.pass_card(nrp, word, of=of),
            Role.PRODUCTION,
        )

    def _ask_pass_card(self) -> None:
        """A reason; and a second officer, where the machine refuses the card."""
        looked, p, of = self._view.looked, self.presenter, self.presenter.in_hand

        def chosen(why: str, _note: str) -> None:
            if looked is None or not looked.refused:
                p.pass_card(overrule=why, of=of)
                return
            self._second(
                "inspection.why.second",
                lambda nrp, word: p.pass_card(nrp, word, why, of),
                Role.SUPERVISOR, Role.PRODUCTION,
                shown=(looked.front, looked.back) if looked.back else (),
                told=why_second(self.words, looked, why),
            )  # fmt: skip

        why_pass(self, self.words, looked, chosen)

    def _ask_spoil(self) -> None:
        p, again = self.presenter, self.asks.about()
        of = InHand(again[APPLICATION], again[CARD]) if again else p.in_hand
        if of.application_id:
            self.asks.reason(
                "spoil", "online_screen.spoil_why", REJECTIONS,
                lambda why, note: p.reject_card(why, note, of),
                about={APPLICATION: of.application_id, CARD: of.scanned},
            )  # fmt: skip

    def _step_card(self, by: int) -> None:
        printed = self._view.printed
        keys = [app.id for app in printed]
        if keys:
            now = keys.index(self._view.looking_at) if self._view.looking_at in keys else 0
            self.presenter.show_card(keys[min(max(now + by, 0), len(keys) - 1)])

    def _type_code(self) -> None:
        home = self.home_focus()
        if isinstance(home, ScanBox):
            home.type_in()
