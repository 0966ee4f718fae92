"""What the online screen asks before it acts: reasons, files, receivers, second officers.

What is answered is kept at every field; see `Asks`.
"""

from __future__ import annotations

from collections.abc import Callable

from desktop.domain.application import Application
from desktop.domain.evidence import IssuerSilent
from desktop.domain.officer import Role
from desktop.domain.reasons import (
    Accommodation,
    HoldReason,
    OverrideReason,
    ReceiverRelation,
    RejectReason,
    ReturnReason,
)
from desktop.domain.shipment import CourierWord, Parcel, ParcelState
from desktop.presenters.online import Online
from desktop.presenters.online_asking import CARD
from desktop.presenters.online_inspect import InHand
from desktop.presenters.online_table_kept import PARCEL_ID
from desktop.presenters.online_view import ManifestPane, OnlineView, PrintPane
from desktop.presenters.second import second_officers
from desktop.services.kept_work import APPLICATION
from ui.screens.asks import Asks
from ui.screens.inspection_parts import why_pass
from ui.screens.online_case import CasePage
from ui.screens.online_dialogs import (
    Line,
    ask_file_to_open,
    ask_file_to_write,
    ask_yes,
)
from ui.screens.online_manifest import ManifestPage
from ui.screens.online_pack import PackPage
from ui.screens.online_print import REJECTIONS, PrintPage
from ui.screens.online_verify import FilesPage
from ui.screens.screen import Screen
from ui.screens.second_ask import SecondAsk
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
PHOTO_WHY = (
    OverrideReason.PHOTO_CHECK_MISTAKEN, OverrideReason.PHOTO_MEDICAL, Accommodation.HEAD_COVER,
    Accommodation.EYE_CLOSED, Accommodation.MEDICAL_GLASSES, Accommodation.TREMOR,
)  # fmt: skip
LINE_WHY = (OverrideReason.LINE_DOWN, OverrideReason.ISSUER_SILENT)
RELATIONS = tuple(ReceiverRelation)
ZIP_KINDS, LIST_KINDS = "*.zip *.loket", "*.csv *.json"


class OnlineAsks(Screen):
    """The part of the online screen that asks; its pages are made by the screen itself."""

    presenter: Online
    second_ask: SecondAsk
    files: FilesPage
    case: CasePage
    prints: PrintPage
    pack: PackPage
    manifest: ManifestPage
    asks: Asks
    _view: OnlineView

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
        path = ask_file_to_open(self, self.words("online_screen.act.import"), ZIP_KINDS)
        if path is not None:
            self.presenter.import_file(path)

    def ask_export(self) -> None:
        """Choose where the answers are written."""
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
        if file is not None:
            ask_yes(self, self.words, "online_screen.reissue_ask", self.presenter.reissue,
                    name=file.app.applicant.name)  # fmt: skip

    def _ask_hold(self) -> None:
        self.asks.reason("hold", "online_screen.hold_why", HOLDS,
                         lambda why, _note: self.presenter.hold(why))  # fmt: skip

    def _ask_reject(self) -> None:
        reject = self.presenter.reject
        self.asks.reason("reject", "online_screen.reject_why", REJECTS, reject)

    def _ask_override(self) -> None:
        if isinstance(self._view.problem, IssuerSilent):
            self._ask_line()
        else:
            self._ask_photo()

    def _ask_line(self) -> None:
        verify = self.presenter.verify
        self.asks.reason(
            "line", "online_screen.line_why", LINE_WHY,
            lambda why, note: verify(identity_override=why, note=note),
        )  # fmt: skip

    def _ask_photo(self) -> None:
        verify = self.presenter.verify
        self.asks.reason(
            "photo", "online_screen.photo_why", PHOTO_WHY,
            lambda why, note: verify(override=why, note=note),
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

    def _second(
        self,
        why: str,
        then: Callable[[str, str], object],
        *roles: Role,
        shown: tuple[bytes, ...] = (),
    ) -> None:
        officers = second_officers(self.presenter.desk, *roles)
        self.second_ask.ask(self.words(why), officers, then, shown)

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
                Role.SUPERVISOR, Role.PRODUCTION,
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

    # -- pack and manifest -----------------------------------------------------------------

    def _step_parcel(self, by: int) -> None:
        table = self.pack.packed
        row = min(max(table.currentIndex().row() + by, 0), table.rows_model.rowCount() - 1)
        table.setCurrentIndex(table.rows_model.index(row, 0))

    def _print_label(self) -> None:
        parcel = self.pack.chosen()
        if parcel is not None:
            self.presenter.print_label(parcel)

    def _unpack(self) -> None:
        parcel = self.pack.chosen()
        if parcel is not None:
            self.presenter.unpack(parcel)

    def _turn_manifest(self) -> None:
        now = self._view.manifest_pane
        other = ManifestPane.OUT if now is ManifestPane.PACKED else ManifestPane.PACKED
        self.presenter.manifest_pane(other)

    def _next_courier(self) -> None:
        self.manifest.packed.couriers.step(1)

    def _type_count(self) -> None:
        self.manifest.packed.count.setFocus()
        self.manifest.packed.count.selectAll()

    def _close_manifest(self) -> None:
        self.presenter.close_manifest(self.manifest.packed.counted())

    def _manifest_again(self) -> None:
        parcel = self._parcel()
        if parcel is not None:
            self.presenter.print_manifest_again(parcel)

    def _parcel(self) -> Parcel | None:
        """The parcel that a question is about that opens again, else the one in the list."""
        asked = self.asks.about().get(PARCEL_ID)
        if asked is None:
            return self.manifest.out.chosen()
        lines = self.presenter.view.out
        return next((line.parcel for line in lines if line.parcel.id == asked), None)

    def _says(self, word: CourierWord) -> None:
        parcel = self._parcel()
        if parcel is not None:
            self.presenter.courier_says(parcel, word)

    def _ask_failed(self) -> None:
        parcel, says = self._parcel(), self.presenter.courier_says
        if parcel is not None:
            reasons = [r for r in ReturnReason if r is not ReturnReason.OTHER]
            self.asks.reason(
                "failed", "online_screen.failed_why", reasons,
                lambda why, _note: says(
                    parcel, CourierWord.FAILED, self.words.of(ReturnReason(why))
                ),
                about=_of(parcel),
            )  # fmt: skip

    def _ask_delivered(self) -> None:
        """Who took it; with a proof that was refused, the proof is gone on with."""
        parcel = self._parcel()
        if parcel is None:
            return
        if self.presenter.answered("proof", _of(parcel)):
            self._prove(parcel)
            return

        def related(relation: str, _note: str) -> None:
            self.presenter.ask("proof", {"relation": relation}, _of(parcel))
            self._prove(parcel)

        self.asks.reason(
            "delivered", "online_screen.relation_why", RELATIONS, related, about=_of(parcel)
        )

    def _ask_proof(self) -> None:
        parcel = self._parcel()
        if parcel is not None:
            self._prove(parcel)

    def _prove(self, parcel: Parcel) -> None:
        p, about = self.presenter, _of(parcel)
        relation = p.answered("proof", about)["relation"]
        own = relation == ReceiverRelation.ADDRESSEE
        m = "online_screen.proof_lines"
        self.asks.lines(
            "proof", m,
            (
                Line("receiver", f"{m}.receiver", parcel.address.recipient if own else ""),
                Line("reference", f"{m}.reference", needed=False),
            ),
            lambda found: p.delivered(parcel, found["receiver"], relation, found["reference"]),
            also={"relation": relation}, about=about,
        )  # fmt: skip

    def _confirm(self) -> None:
        parcel = self._parcel()
        if parcel is None:
            return
        if parcel.state is ParcelState.DELIVERED:
            self.presenter.confirm_delivery(parcel)
        else:
            self._ask_delivered()

    def _ask_dispute(self) -> None:
        parcel = self._parcel()
        if parcel is not None:
            self._state("dispute", parcel, lambda text: self.presenter.dispute(parcel, text))

    def _ask_lost(self) -> None:
        parcel, p = self._parcel(), self.presenter
        if parcel is None:
            return

        def told(text: str) -> None:
            self._second(
                "online_screen.second.lost",
                lambda nrp, word: p.declare_lost(parcel, text, nrp, word),
                Role.SUPERVISOR, Role.DISPATCH,
            )  # fmt: skip

        self._state("lost", parcel, told)

    def _state(self, question: str, parcel: Parcel, then: Callable[[str], object]) -> None:
        """The officer's words about a parcel."""
        line = Line("statement", "online_screen.statement")
        self.asks.lines(
            question, f"online_screen.{question}_lines", (line,),
            lambda found: then(found["statement"]), about=_of(parcel),
        )  # fmt: skip

    def _ask_events(self) -> None:
        path = ask_file_to_open(self, self.words("online_screen.act.import_events"), LIST_KINDS)
        if path is not None:
            self.presenter.import_events(path)


def _of(parcel: Parcel) -> dict[str, str]:
    """What a question about a parcel is about."""
    return {PARCEL_ID: parcel.id, APPLICATION: parcel.application_id}
