"""The online screen (F4): verify, print, pack, manifest; a key for each."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

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
from desktop.domain.shipment import CourierWord, Parcel, ParcelAction, ParcelState
from desktop.domain.stock import SerialUnread
from desktop.presenters.online import Online
from desktop.presenters.online_view import (
    DOCUMENTS,
    ManifestPane,
    OnlineArea,
    OnlineView,
    PairStep,
    PrintPane,
)
from desktop.presenters.second import second_officers
from ui.problems import problem_text
from ui.screens.modes import Act, Modes
from ui.screens.online_case import CasePage
from ui.screens.online_dialogs import (
    Line,
    Lines,
    ask_file_to_open,
    ask_file_to_write,
    ask_lines,
)
from ui.screens.online_manifest import EventsPage, ManifestPage
from ui.screens.online_pack import PackPage
from ui.screens.online_print import REJECTIONS, PrintPage
from ui.screens.online_verify import FilesPage, ReportPage
from ui.screens.screen import ENTER, Screen
from ui.screens.walkin_dialogs import SecondOfficerDialog, ask_reason
from ui.screens.walkin_parts import BusyLine
from ui.shell import Shell
from ui.widgets.banner import Banner, Tone
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.pages import Pages

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


class OnlineScreen(Screen):
    """Draws OnlineView."""

    def __init__(self, shell: Shell, presenter: Online) -> None:
        super().__init__(shell.words)
        self.presenter = presenter
        self._said = 0
        self._view = presenter.view
        words = self.words
        self.set_heading(words("screen.online"))
        self.areas = ChipBar(words("online_screen.areas"), self)
        self.areas.chosen.connect(lambda key: presenter.show_area(OnlineArea(key)))
        self.banner = Banner(parent=self)
        self.busy = BusyLine(words, self)
        self.strip = QWidget(self)
        strip = QHBoxLayout(self.strip)
        strip.setContentsMargins(0, 0, 0, 0)
        strip.addWidget(self.areas, 2)
        strip.addWidget(self.busy, 1)
        self.top.addWidget(self.strip)
        self.top.addWidget(self.banner)
        self.files = FilesPage(words, presenter, self)
        self.report = ReportPage(words, self)
        self.case = CasePage(words, presenter, self)
        self.prints = PrintPage(words, presenter, self)
        self.pack = PackPage(words, presenter, self)
        self.manifest = ManifestPage(words, presenter, self)
        self.events = EventsPage(words, self)
        self.pages = Pages(self)
        for page in (
            self.files, self.report, self.case, self.prints, self.pack, self.manifest, self.events,
        ):  # fmt: skip
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
        self.setAcceptDrops(True)
        self.modes = Modes(self)
        self._make_acts()
        self.manifest.out.table.moved.connect(lambda _key: self._allow_out())
        self.case.compose.note.done.connect(self.go_home)
        self.manifest.packed.count.done.connect(self.go_home)
        presenter.attach(self.show_view)

    # -- keys ------------------------------------------------------------------------------

    def _make_acts(self) -> None:
        p = self.presenter
        areas = [
            Act(f"online_screen.area.{a.value}", a.key, lambda a=a: p.show_area(a), button=False)
            for a in OnlineArea
        ]
        files = [
            Act("online_screen.act.import", "I", self.ask_import, "upload"),
            Act("online_screen.act.export", "E", self.ask_export, "download"),
            Act("online_screen.act.filter_on", "Ctrl+Right", lambda: self.files.step_filter(1),
                button=False),
            Act("online_screen.act.filter_back", "Ctrl+Left", lambda: self.files.step_filter(-1),
                button=False),
            Act("online_screen.act.next_file", "N", p.open_next, "inbox", right=True),
            Act("online_screen.act.open", ENTER, self._open_current, "arrow-right", "primary",
                right=True),
        ]  # fmt: skip
        self.modes.add("files", *areas, *files)
        self.modes.add(
            "report", *areas,
            Act("online_screen.act.to_list", ENTER, p.close_report, "arrow-right", "primary",
                right=True),
            Act("online_screen.act.close", "Escape", p.close_report, button=False),
        )  # fmt: skip
        documents = [
            Act(f"online_screen.document.{d.name}", str(n), lambda d=d: p.show_document(d),
                button=False)
            for n, d in enumerate(DOCUMENTS, 1)
            if d.is_picture
        ]  # fmt: skip
        aside = [
            Act("online_screen.act.zoom", "Z", self.case.zoom, button=False),
            Act("online_screen.act.document_on", "Right", lambda: p.step_document(1),
                button=False),
            Act("online_screen.act.document_back", "Left", lambda: p.step_document(-1),
                button=False),
            Act("online_screen.act.close", "Escape", p.close_file, "arrow-left"),
        ]  # fmt: skip
        self.modes.add(
            "case", *documents, *aside,
            Act("online_screen.act.release", "L", p.release),
            Act("online_screen.act.hold", "H", self._ask_hold),
            Act("online_screen.act.counter", "K", p.take_to_counter),
            Act("online_screen.act.reject", "T", self._ask_reject, "", "danger"),
            Act("online_screen.act.accept_anyway", "O", self._ask_override, "shield-check",
                right=True),
            Act("online_screen.act.send_back", "R", p.compose, "rotate-ccw", right=True),
            Act("online_screen.act.verify", ENTER, p.verify, "check", "primary", right=True),
        )  # fmt: skip
        self.modes.add("read_case", *documents, *aside)
        digits = [
            Act(f"online_screen.reason.{n}", str(n), lambda n=n: self.case.compose.pick(n),
                button=False)
            for n in range(1, 10)
        ]  # fmt: skip
        self.modes.add(
            "compose", *digits, *aside[:3],
            Act("online_screen.act.stop_composing", "Escape", lambda: p.compose(False),
                "arrow-left"),
            Act("online_screen.act.more_reasons", "0",
                lambda: p.turn_reasons(self.case.compose.page_count), "ellipsis"),
            Act("online_screen.act.note", "C", self._write_note, "pen-line"),
            Act("online_screen.act.send_back_now", ENTER, p.send_back, "rotate-ccw", "primary",
                right=True),
        )  # fmt: skip
        self._make_print_acts(areas)
        self._make_ship_acts(areas)

    def _make_print_acts(self, areas: list[Act]) -> None:
        p = self.presenter
        panes = Act("online_screen.act.inspect_pane", "P",
                    lambda: self._turn_print(), "eye")  # fmt: skip
        self.modes.add(
            "print", *areas, panes,
            Act("online_screen.act.all", "Ctrl+A", self._tick_all, "check-check"),
            Act("online_screen.act.allow_reprint", "O", self._ask_reprint, "users"),
            Act("online_screen.act.print", ENTER, p.print_selected, "printer", "primary",
                right=True),
        )  # fmt: skip
        self.modes.add(
            "printing",
            *areas,
            Act("online_screen.act.cancel_run", "Escape", p.cancel_run, "x", "danger"),
            Act("online_screen.act.pause", "J", p.pause, "pause", right=True),
        )
        self.modes.add(
            "paused", *areas,
            Act("online_screen.act.cancel_run", "Escape", p.cancel_run, "x", "danger"),
            Act("online_screen.act.resume", "J", p.pause, "play", "primary", right=True),
        )  # fmt: skip
        answers = [
            Act(f"online_screen.reason.{n}", str(n),
                lambda n=n: self.prints.queue.doubt.pick_number(n), button=False)
            for n in range(1, 5)
        ]  # fmt: skip
        self.modes.add("doubt", *answers, Act("online_screen.act.leave_doubt", "Escape",
                                              lambda: p.show_area(OnlineArea.VERIFY),
                                              "arrow-left"))  # fmt: skip
        self.modes.add(
            "inspect",
            *areas,
            Act("online_screen.act.queue_pane", "P", lambda: self._turn_print(), "printer"),
            Act("online_screen.act.type_code", "/", self._type_code, "keyboard"),
            Act("online_screen.act.next_card", "Down", lambda: self._step_card(1), button=False),
            Act("online_screen.act.former_card", "Up", lambda: self._step_card(-1), button=False),
            Act("online_screen.act.serial_by_two", "O", self._ask_serial_by_two, "users"),
            Act("online_screen.act.reject_card", "R", self._ask_spoil, "ban", "danger", right=True),
            Act("online_screen.act.good", ENTER, p.pass_card, "check", "primary", right=True),
        )

    def _make_ship_acts(self, areas: list[Act]) -> None:
        p = self.presenter
        type_code = Act("online_screen.act.type_code", "/", self._type_code, "keyboard")
        self.modes.add(
            "pack", *areas, type_code,
            Act("online_screen.act.label", "L", self._print_label, "printer"),
            Act("online_screen.act.unpack", "U", self._unpack, "undo-2"),
            Act("online_screen.act.former_parcel", "Up", lambda: self._step_parcel(-1),
                button=False),
            Act("online_screen.act.next_parcel", "Down", lambda: self._step_parcel(1),
                button=False),
            Act("online_screen.act.other_card", "Escape", p.forget_pair, "x"),
        )  # fmt: skip
        self.modes.add(
            "manifest", *areas,
            Act("online_screen.act.out_pane", "P", self._turn_manifest, "truck"),
            Act("online_screen.act.count", "H", self._type_count, "list-checks"),
            Act("online_screen.act.courier", "K", self._next_courier, "refresh-cw"),
            Act("online_screen.act.close_manifest", "Ctrl+Return", self._close_manifest,
                "check-check", "primary", right=True),
        )  # fmt: skip
        self.modes.add(
            "recount", *areas, type_code,
            Act("online_screen.act.cancel_recount", "Escape", p.cancel_recount, "arrow-left"),
            Act("online_screen.act.finish_recount", "Ctrl+Return", p.finish_recount,
                "check-check", "primary", right=True),
        )  # fmt: skip
        self.modes.add(
            "out", *areas,
            Act("online_screen.act.packed_pane", "P", self._turn_manifest, "package"),
            Act("online_screen.act.import_events", "I", self._ask_events, "upload"),
            Act("online_screen.act.transit", "T", lambda: self._says(CourierWord.IN_TRANSIT)),
            Act("online_screen.act.failed", "G", self._ask_failed),
            Act("online_screen.act.returning", "B", lambda: self._says(CourierWord.RETURNING)),
            Act("online_screen.act.dispute", "S", self._ask_dispute),
            Act("online_screen.act.lost", "H", self._ask_lost, "", "danger"),
            Act("online_screen.act.confirm", ENTER, self._confirm, "check", "primary",
                right=True),
        )  # fmt: skip
        self.modes.add(
            "events", *areas,
            Act("online_screen.act.to_list", ENTER, p.close_events, "arrow-right", "primary",
                right=True),
            Act("online_screen.act.close", "Escape", p.close_events, button=False),
        )  # fmt: skip

    # -- what the window calls -------------------------------------------------------------

    def home_focus(self) -> QWidget | None:
        page = self.pages.currentWidget()
        return page.home()  # type: ignore[union-attr]

    def entered(self, payload: object) -> None:
        self.presenter.enter(payload)

    def left(self) -> None:
        self.presenter.leave()

    def on_scan(self, text: str) -> bool:
        return self.presenter.scanned(text)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls()[:1]:
            if url.isLocalFile():
                self.take_file(Path(url.toLocalFile()))
        event.acceptProposedAction()

    def take_file(self, path: Path) -> None:
        """A batch of the portal, or a courier's list."""
        if path.suffix.casefold() in (".csv", ".json"):
            self.presenter.show_area(OnlineArea.MANIFEST)
            self.presenter.manifest_pane(ManifestPane.OUT)
            self.presenter.import_events(path)
        else:
            self.presenter.import_file(path)

    # -- drawing ---------------------------------------------------------------------------

    def show_view(self, view: object) -> None:
        if not isinstance(view, OnlineView):
            return
        self._view = view
        words = self.words
        page, mode = self._place(view)
        case = view.area is OnlineArea.VERIFY and view.file is not None
        self.strip.setVisible(not case)
        self.areas.show_chips(
            [Chip(a.value, f"{a.key}  {words.of(a)}", view.count(a)) for a in OnlineArea],
            view.area.value,
        )
        page.show_view(view)  # type: ignore[attr-defined]
        moved = self.pages.currentWidget() is not page or mode != self.modes.current
        self.pages.setCurrentWidget(page)
        self.modes.use(mode)
        self._allow(view)
        self._tell(view)
        for busy in (self.busy, self.case.busy):
            busy.tell(view.doing, cancellable=False)
        if view.said is not None and view.said.count != self._said:
            self._said = view.said.count
            self.toast(words(view.said.message_id, **view.said.facts))
        if moved:
            self.go_home()
        if view.goto is not None:
            key, payload = view.goto
            self.presenter.gone_to()
            self.open_wanted.emit(key, payload)

    def _place(self, view: OnlineView) -> tuple[QWidget, str]:
        """The page on show and the meaning of the keys."""
        if view.area is OnlineArea.VERIFY:
            if view.report is not None:
                return self.report, "report"
            if view.file is None:
                return self.files, "files"
            if view.file.composing:
                return self.case, "compose"
            claimed = view.file.app.state.value == "claimed"
            return self.case, "case" if claimed else "read_case"
        if view.area is OnlineArea.PRINT:
            if view.run is not None and view.run.running and view.doubt is None:
                return self.prints, "paused" if view.run.paused else "printing"
            if view.pane is PrintPane.INSPECT:
                return self.prints, "inspect"
            return self.prints, "doubt" if view.doubt is not None else "print"
        if view.area is OnlineArea.PACK:
            return self.pack, "pack"
        if view.events is not None:
            return self.events, "events"
        if view.manifest_pane is ManifestPane.OUT:
            return self.manifest, "out"
        return self.manifest, "manifest" if view.recount is None else "recount"

    def _allow(self, view: OnlineView) -> None:
        words, modes = self.words, self.modes
        file = view.file
        doubtful = file is not None and (bool(file.check.doubtful) or isinstance(
            view.problem, IssuerSilent))  # fmt: skip
        modes.allow("online_screen.act.accept_anyway", doubtful)
        modes.allow("online_screen.act.more_reasons", self.case.compose.page_count > 1)
        modes.allow("online_screen.act.open", bool(view.files))
        again = view.problem is not None and type(view.problem).__name__ == "GatesMissing"
        again = again or bool(view.run and view.run.failed)
        modes.allow("online_screen.act.allow_reprint", again)
        modes.allow("online_screen.act.serial_by_two", isinstance(view.problem, SerialUnread))
        modes.allow("online_screen.act.good", view.inspected is not None)
        modes.allow("online_screen.act.reject_card", view.inspected is not None)
        modes.allow("online_screen.act.label", bool(view.packed))
        modes.allow("online_screen.act.unpack", bool(view.packed))
        modes.allow("online_screen.act.other_card", view.pair.step is not PairStep.CARD)
        modes.allow("online_screen.act.courier", len(view.couriers) > 1)
        modes.allow("online_screen.act.close_manifest", bool(view.packed))
        self._allow_out()
        points = len(file.points) if file else 0
        modes.tell(
            print=words("online_screen.act.print_count", count=len(view.selected)),
            send_back_now=words("online_screen.act.send_back_count", count=points),
            inspect_pane=words("online_screen.act.inspect_count", count=len(view.printed)),
            finish_recount=words(
                "online_screen.act.finish_recount_count",
                count=len(view.recount.scanned) if view.recount else 0,
            ),
        )

    def _allow_out(self) -> None:
        """Only what the chosen parcel's state allows."""
        possible = self.manifest.out.possible()
        parcel = self.manifest.out.chosen()
        for name, action in (
            ("transit", ParcelAction.TRANSIT),
            ("failed", ParcelAction.FAIL),
            ("returning", ParcelAction.RETURN),
            ("dispute", ParcelAction.DISPUTE),
            ("lost", ParcelAction.DECLARE_LOST),
        ):
            self.modes.allow(f"online_screen.act.{name}", action in possible)
        arrived = parcel is not None and parcel.state is ParcelState.DELIVERED
        settle = {ParcelAction.DELIVER, ParcelAction.SETTLE_DELIVERED} & possible
        self.modes.allow("online_screen.act.confirm", arrived or bool(settle))
        key = "confirm_delivered" if arrived else "delivered"
        self.modes.tell(confirm=self.words(f"online_screen.act.{key}"))

    def _tell(self, view: OnlineView) -> None:
        """The refusal on show, else what a screen of this kind should know."""
        words = self.words
        if view.problem is not None:
            self.banner.tell_problem(problem_text(words, view.problem))
            return
        file = view.file
        if view.area is OnlineArea.VERIFY and file is not None and not file.composing:
            if file.check.problems:
                self.banner.tell_problem(problem_text(words, file.check.problems[0]))
                return
            if file.check.doubtful:
                names = ", ".join(words.of(d) for d in file.check.doubtful)
                self.banner.tell(
                    Tone.WARNING,
                    words("online_screen.case.doubtful", documents=names),
                    words("online_screen.case.doubtful.remedy"),
                    aloud=False,
                )
                return
        self.banner.clear()

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

    def _ask_hold(self) -> None:
        ask_reason(self, self.words, "online_screen.hold_why", HOLDS,
                   lambda why, _note: self.presenter.hold(why))  # fmt: skip

    def _ask_reject(self) -> None:
        ask_reason(self, self.words, "online_screen.reject_why", REJECTS, self.presenter.reject)

    def _ask_override(self) -> None:
        p = self.presenter
        if isinstance(self._view.problem, IssuerSilent):
            ask_reason(
                self, self.words, "online_screen.line_why", LINE_WHY,
                lambda why, note: p.verify(identity_override=why, note=note),
            )  # fmt: skip
        else:
            ask_reason(
                self, self.words, "online_screen.photo_why", PHOTO_WHY,
                lambda why, note: p.verify(override=why, note=note),
            )  # fmt: skip

    def _write_note(self) -> None:
        if self.case.compose.note.isVisible():
            self.case.compose.note.setFocus()

    # -- print -----------------------------------------------------------------------------

    def _turn_print(self) -> None:
        now = self._view.pane
        other = PrintPane.INSPECT if now is PrintPane.QUEUE else PrintPane.QUEUE
        self.presenter.turn_pane(other)

    def _tick_all(self) -> None:
        table = self.prints.queue.table
        every = {row.key for row in table.rows_model.rows}
        table.tick_all(table.rows_model.checked != every)

    def _second(self, why: str, then: object, *roles: Role) -> None:
        officers = second_officers(self.presenter.desk, *roles)
        SecondOfficerDialog(self, self.words, self.words(why), officers, then).open()  # type: ignore[arg-type]

    def _ask_reprint(self) -> None:
        key = self.prints.queue.table.current_key()
        if key:
            self._second(
                "online_screen.second.reprint",
                lambda nrp, word: self.presenter.allow_reprint(key, nrp, word),
                Role.SUPERVISOR, Role.PRODUCTION,
            )  # fmt: skip

    def _ask_serial_by_two(self) -> None:
        self._second("online_screen.second.serial", self.presenter.pass_card, Role.PRODUCTION)

    def _ask_spoil(self) -> None:
        ask_reason(self, self.words, "online_screen.spoil_why", REJECTIONS,
                   self.presenter.reject_card)  # fmt: skip

    def _step_card(self, by: int) -> None:
        printed = self._view.printed
        keys = [app.id for app in printed]
        if keys:
            now = keys.index(self._view.looking_at) if self._view.looking_at in keys else 0
            self.presenter.show_card(keys[min(max(now + by, 0), len(keys) - 1)])

    def _type_code(self) -> None:
        home = self.home_focus()
        if home is not None and hasattr(home, "type_in"):
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

    def _parcel(self) -> Parcel | None:
        return self.manifest.out.chosen()

    def _says(self, word: CourierWord, reason: str = "") -> None:
        parcel = self._parcel()
        if parcel is not None:
            self.presenter.courier_says(parcel, word, reason)

    def _ask_failed(self) -> None:
        reasons = [r for r in ReturnReason if r is not ReturnReason.OTHER]
        ask_reason(
            self, self.words, "online_screen.failed_why", reasons,
            lambda why, _note: self._says(
                CourierWord.FAILED, self.words.of(ReturnReason(why))
            ),
        )  # fmt: skip

    def _ask_delivered(self) -> None:
        parcel = self._parcel()
        if parcel is None:
            return

        def related(relation: str, _note: str) -> None:
            own = relation == ReceiverRelation.ADDRESSEE
            ask_lines(
                self, self.words, "online_screen.proof_lines",
                (
                    Line("receiver", "online_screen.proof_lines.receiver",
                         parcel.address.recipient if own else ""),
                    Line("reference", "online_screen.proof_lines.reference", needed=False),
                ),
                lambda found: self.presenter.delivered(
                    parcel, found["receiver"], relation, found["reference"]
                ),
            )  # fmt: skip

        ask_reason(self, self.words, "online_screen.relation_why", RELATIONS, related)

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
            ask_lines(
                self, self.words, "online_screen.dispute_lines",
                (Line("statement", "online_screen.statement"),),
                lambda found: self.presenter.dispute(parcel, found["statement"]),
            )  # fmt: skip

    def _ask_lost(self) -> None:
        parcel = self._parcel()
        if parcel is None:
            return

        def told(found: Lines) -> None:
            self._second(
                "online_screen.second.lost",
                lambda nrp, word: self.presenter.declare_lost(
                    parcel, found["statement"], nrp, word
                ),
                Role.SUPERVISOR, Role.DISPATCH,
            )  # fmt: skip

        ask_lines(self, self.words, "online_screen.lost_lines",
                  (Line("statement", "online_screen.statement"),), told)  # fmt: skip

    def _ask_events(self) -> None:
        path = ask_file_to_open(self, self.words("online_screen.act.import_events"), LIST_KINDS)
        if path is not None:
            self.presenter.import_events(path)
