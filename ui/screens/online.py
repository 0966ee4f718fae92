"""The online screen (F4): verify, print, pack, manifest; a key for each."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.domain.application import ApplicationState as S
from desktop.domain.application import Delivery
from desktop.domain.evidence import IssuerSilent
from desktop.domain.reasons import HoldReason
from desktop.domain.shipment import ParcelAction, ParcelState
from desktop.domain.stock import JobInDoubt, SerialUnread
from desktop.presenters.online import Online
from desktop.presenters.online_problems import ManifestNotPrinted
from desktop.presenters.online_view import (
    FileFilter,
    ManifestPane,
    OnlineArea,
    OnlineView,
    PairStep,
    PrintPane,
)
from desktop.presenters.walkin_view import LOOKING
from ui.problems import problem_text
from ui.screens.inspection_parts import passable, stopped
from ui.screens.modes import Modes
from ui.screens.online_case import CasePage
from ui.screens.online_keys import OnlineKeys
from ui.screens.online_manifest import EventsPage, ManifestPage
from ui.screens.online_pack import PackPage
from ui.screens.online_print import PrintPage
from ui.screens.online_verify import FilesPage, ReportPage
from ui.screens.second_ask import SecondAsk
from ui.shell import Shell
from ui.widgets.banner import Banner, Tone
from ui.widgets.busy_line import BusyLine
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.pages import Pages

CLOSED = "online_screen.said.manifest"
"""What is said of a manifest that was just closed; it stays in sight until the next parcels."""


class OnlineScreen(OnlineKeys):
    """Draws OnlineView."""

    def __init__(self, shell: Shell, presenter: Online) -> None:
        super().__init__(shell.words)
        self.presenter = presenter
        self._closed = ""
        self.second_ask = SecondAsk(self, shell.words)
        self.asks = self._make_asks()
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
        self.prints.inspect.add_acts(*(self.button(self.modes.action(key)) for key in "VE"))
        self.manifest.out.table.moved.connect(lambda _key: self._allow_out())
        self.prints.queue.table.moved.connect(lambda _key: self._allow_queued())
        self.case.compose.note.done.connect(self.go_home)
        self.manifest.packed.count.done.connect(self.go_home)
        presenter.attach(self.show_view)

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

    def about(self) -> object:
        """The open file; cards and parcels are named by whatever asks about them."""
        file = self.presenter.view.file
        return file.app.id if file is not None else ""

    def refusals(self) -> tuple[Exception | None, ...]:
        """The banner's, and at packing the sign's."""
        view = self.presenter.view
        return (view.problem, view.pair.problem if view.area is OnlineArea.PACK else None)

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
        was_home = self.at_home()
        words = self.words
        page, mode = self._place(view)
        case = view.area is OnlineArea.VERIFY and view.file is not None
        self.strip.setVisible(not case)
        self.areas.show_chips(
            [
                Chip(
                    a.value,
                    words.of(a) if mode == "doubt" else f"{a.key}  {words.of(a)}",
                    view.count(a) or None,  # as on every desk: nothing waiting is not counted
                )
                for a in OnlineArea
            ],
            view.area.value,
        )
        page.show_view(view)  # type: ignore[attr-defined]
        moved = self.pages.currentWidget() is not page or mode != self.modes.current
        self.pages.setCurrentWidget(page)
        self.modes.use(mode)
        self._allow(view)
        self._tell(view)
        # Only where Esc is the key that ends it.
        esc = (view.waits and mode != "compose") or (view.doing == LOOKING and mode == "inspect")
        for busy in (self.busy, self.case.busy):
            busy.tell(view.doing, cancellable=esc)
        told = self.tell_once(view.said)
        self.second_ask.heard(view.problem, view.doing)
        self.asks.hear(view)
        if told and view.said is not None and view.said.message_id == CLOSED:
            self._closed = told
            self._tell(view)
        if moved or (was_home and not self.at_home()):
            self.go_home()
        if moved:
            self.to_top()
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
            if view.file.of_another:
                return self.case, "others_case"
            modes = {S.CLAIMED: "case", S.ON_HOLD: "held_case"}
            return self.case, modes.get(view.file.app.state, "read_case")
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
        looking = view.doing == LOOKING  # the machine's word comes first
        doubtful = file is not None and (bool(file.check.doubtful) or isinstance(
            view.problem, IssuerSilent))  # fmt: skip
        unproven = file is not None and file.arrived is not None
        modes.allow("online_screen.act.accept_anyway", doubtful or unproven)
        sent_back = file is not None and file.app.state is S.SENT_BACK
        modes.allow("online_screen.act.notice", sent_back)
        recalled = file is not None and file.app.state is S.RECALLED
        modes.allow("online_screen.act.reissue", recalled)
        modes.allow("online_screen.act.sample", self.presenter.sample_offered)
        modes.allow("online_screen.act.end_unmended", bool(view.unmended))
        self._allow_queued()
        awaited = view.pair.step is PairStep.WAYBILL
        modes.allow("online_screen.act.collect_now", awaited)
        on_table = view.pair.app
        modes.allow("walkin.ask_jkn", awaited and on_table is not None and on_table.jkn_hold)
        modes.allow("online_screen.act.more_reasons", self.case.compose.page_count > 1)
        modes.allow("common.dismiss", view.problem is not None)
        modes.allow("online_screen.act.stop_looking", looking or view.problem is not None)
        modes.allow("online_screen.act.open", bool(view.files))
        modes.allow("online_screen.act.next_file", view.next_waits)
        for name in ("open", "next_file", "sample", "import", "export"):
            modes.fade(f"online_screen.act.{name}", bool(view.doing))
        modes.allow("online_screen.act.all", bool(view.ready))
        modes.allow("online_screen.act.inspect_pane", bool(view.printed))
        modes.allow("online_screen.act.count", bool(view.packed))
        modes.allow("online_screen.act.print", bool(view.ready) or view.to_inspect)
        modes.fade("online_screen.act.print", not view.selected and not view.to_inspect)
        unsure = file is not None and bool(file.check.problems or file.check.doubtful)
        modes.fade("online_screen.act.verify", unsure)
        modes.fade("online_screen.act.send_back_now", file is not None and not file.points)
        nothing = view.recount is not None and not view.recount.scanned
        modes.fade("online_screen.act.finish_recount", nothing)
        modes.allow("online_screen.act.serial_by_two", isinstance(view.problem, SerialUnread))
        modes.allow("online_screen.act.play", self.presenter.playable)
        modes.allow("online_screen.act.good", view.inspected is not None and not looking)
        for name in ("former_card", "next_card"):
            modes.allow(f"online_screen.act.{name}", len(view.printed) > 1)
        for name in ("former_parcel", "next_parcel"):
            modes.allow(f"online_screen.act.{name}", len(view.packed) > 1)
        modes.allow("online_screen.act.reject_card", view.inspected is not None)
        looked = view.looked
        card, scanned = view.inspected, view.card_scanned
        other = card is not None and bool(scanned) and scanned != card.blank_serial
        modes.fade("online_screen.act.good", stopped(looked) or other)
        may_look = view.can_look and view.inspected is not None and not looking
        modes.allow("online_screen.act.look_again", may_look)
        modes.echo("online_screen.act.look_again", view.to_look)  # Enter does it
        modes.allow("online_screen.act.overrule_card", passable(looked))
        modes.allow("online_screen.act.label", bool(view.packed))
        modes.allow("online_screen.act.unpack", bool(view.packed))
        begun = view.pair.step is not PairStep.CARD and bool(view.to_pack)
        stands = view.pair.step is not PairStep.CARD or view.problem is not None
        modes.allow("online_screen.act.other_card", stands)
        modes.allow("online_screen.act.courier", len(view.couriers) > 1)
        modes.allow("online_screen.act.close_manifest", bool(view.packed))
        self._allow_out()
        modes.echo("online_screen.act.inspect_pane", view.to_inspect)  # Enter goes there too
        points = len(file.points) if file else 0
        mends = view.file_filter is FileFilter.SENT_BACK
        modes.tell(
            other_card=words("online_screen.act.other_card" if begun else "common.dismiss"),
            sample=words(
                "online_screen.act.sample_mended" if mends else "online_screen.act.sample"
            ),
            accept_anyway=words("walkin.second" if unproven else "online_screen.act.accept_anyway"),
            print=words("online_screen.act.inspect_next", count=len(view.printed))
            if view.to_inspect
            else words("online_screen.act.print_count", count=len(view.selected)),
            all=words(
                "online_screen.act.none"
                if self.prints.queue.table.all_ticked()
                else "online_screen.act.all"
            ),
            stop_looking=words("online_screen.act.stop_looking" if looking else "common.dismiss"),
            good=words(f"online_screen.act.{'look_first' if view.to_look else 'good'}"),
            send_back_now=words("online_screen.act.send_back_count", count=points),
            inspect_pane=words("online_screen.act.inspect_count", count=len(view.printed)),
            finish_recount=words(
                "online_screen.act.finish_recount_count",
                count=len(view.recount.scanned) if view.recount else 0,
            ),
        )

    def _allow_queued(self) -> None:
        """Collecting only for a file whose card would go by courier, one more print only where the
        limit held the card up."""
        key = self.prints.queue.table.current_key()
        line = next((x for x in self._view.ready if x.app.id == key), None)
        by_courier = line is not None and line.app.delivery is Delivery.COURIER
        self.modes.allow("online_screen.act.collect", by_courier)
        run = self._view.run
        limited = run is not None and any(c.app.id == key and c.limited for c in run.failed)
        self.modes.allow("online_screen.act.allow_reprint", limited)

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
        sheet = parcel is not None and bool(parcel.manifest_id)
        if self.modes.current == "manifest":  # the one that was just closed
            view = self._view
            missing = isinstance(view.problem, ManifestNotPrinted)
            sheet = missing or (view.closed is not None and not view.packed)
        self.modes.allow("online_screen.act.manifest_again", sheet)
        arrived = parcel is not None and parcel.state is ParcelState.DELIVERED
        settle = {ParcelAction.DELIVER, ParcelAction.SETTLE_DELIVERED} & possible
        self.modes.allow("online_screen.act.confirm", arrived or bool(settle))
        disputed = ParcelAction.SETTLE_DELIVERED in possible
        theirs = disputed and not self.presenter.supervises
        self.modes.fade("online_screen.act.confirm", theirs)
        key = "confirm_delivered" if arrived else "proven" if disputed else "delivered"
        self.modes.tell(confirm=self.words(f"online_screen.act.{key}"))

    def _tell(self, view: OnlineView) -> None:
        """The refusal on show, else what a screen of this kind should know."""
        words = self.words
        refused = view.problem is not None and not (view.run and view.problem is view.run.why)
        if self.modes.current == "doubt" and view.doubt is not None and not refused:
            job = view.doubt.job  # what cut the batch off is less than the question that it left
            asked = JobInDoubt(job=job.id, serial=job.blank_serial)
            self.banner.tell_problem(problem_text(words, asked), Tone.WARNING)
            return
        if view.problem is not None:
            self.banner.tell_problem(problem_text(words, view.problem))
            return
        if view.area is not OnlineArea.MANIFEST or view.packed:
            self._closed = ""
        elif (
            self._closed and view.manifest_pane is ManifestPane.PACKED
        ):  # a toast is gone before the courier is
            self.banner.tell(
                Tone.SUCCESS, self._closed, words("online_screen.manifest.closed"), aloud=False
            )
            return
        file = view.file
        if view.area is OnlineArea.VERIFY and file is not None and file.app.state is S.RECALLED:
            other = "" if self.presenter.reissues else ".others"
            self.banner.tell(
                Tone.WARNING,
                words("online_screen.case.recalled"),
                words(f"online_screen.case.recalled.remedy{other}"),
                aloud=False,
            )
            return
        if view.area is OnlineArea.VERIFY and file is not None and file.app.state is S.ON_HOLD:
            reason = file.app.note
            told = words.of(HoldReason(reason)) if reason in set(HoldReason) else reason
            self.banner.tell(
                Tone.WARNING, words("walkin.is_held", reason=told),
                words("walkin.is_held.remedy"), aloud=False,
            )  # fmt: skip
            return
        if view.area is OnlineArea.VERIFY and file is not None and file.of_another:
            self.banner.tell(
                Tone.WARNING, words("online_screen.case.others", name=file.of_another),
                words("online_screen.case.others.remedy"), aloud=False,
            )  # fmt: skip
            return
        if self.modes.current == "case" and file is not None:  # elsewhere no key mends it
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
