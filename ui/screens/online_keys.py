"""The keys of the online screen: what each means in each of its jobs."""

from __future__ import annotations

from desktop.domain.shipment import CourierWord
from desktop.presenters.online_view import DOCUMENTS, OnlineArea
from desktop.presenters.walkin_view import LOOKING
from ui.screens.modes import Act, Modes, dismiss
from ui.screens.online_asks import OnlineAsks
from ui.screens.screen import ENTER


class OnlineKeys(OnlineAsks):
    """The part of the online screen that knows its keys."""

    modes: Modes

    def _make_acts(self) -> None:
        """Every mode with its keys."""
        p = self.presenter
        areas = [
            Act(f"online_screen.area.{a.value}", a.key, lambda a=a: p.show_area(a), button=False)
            for a in OnlineArea
        ]
        files = [
            Act("online_screen.act.import", "I", self.ask_import, "download"),
            Act("online_screen.act.export", "E", self.ask_export, "upload"),
            Act("online_screen.act.filter_on", "Ctrl+Right", lambda: self.files.step_filter(1),
                button=False),
            Act("online_screen.act.filter_back", "Ctrl+Left", lambda: self.files.step_filter(-1),
                button=False),
            Act("online_screen.act.sample", "S", p.sample_delivery, "inbox"),
            Act("online_screen.act.end_unmended", "X", self._ask_end, "x", "danger"),
            Act("online_screen.act.next_file", "N", p.open_next, "inbox", right=True),
            Act("online_screen.act.open", ENTER, self._open_current, "arrow-right", "primary",
                right=True),
        ]  # fmt: skip
        self.modes.add("files", *areas, *files, dismiss(p.dismiss))
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
            Act("online_screen.act.close", "Escape", self._close_case, "arrow-left"),
        ]  # fmt: skip
        self.modes.add(
            "case", *documents, *aside,
            Act("online_screen.act.release", "L", p.release),
            Act("online_screen.act.hold", "T", self._ask_hold),
            Act("online_screen.act.counter", "K", p.take_to_counter),
            Act("online_screen.act.reject", "Ctrl+R", self._ask_reject, "", "danger"),
            Act("online_screen.act.accept_anyway", "O", self._ask_override, "shield-check",
                right=True),
            Act("online_screen.act.send_back", "R", p.compose, "rotate-ccw", right=True),
            Act("online_screen.act.verify", ENTER, p.verify, "check", "primary", right=True),
        )  # fmt: skip
        self.modes.add(
            "read_case", *documents, *aside,
            Act("online_screen.act.notice", "P", p.print_notice, "printer", right=True),
            Act("online_screen.act.reissue", "G", self._ask_reissue, "rotate-ccw", right=True),
        )  # fmt: skip
        self.modes.add("others_case", *documents, *aside,
                       Act("online_screen.act.release", "L", p.release, right=True))  # fmt: skip
        self.modes.add(
            "held_case", *documents, *aside,
            Act("online_screen.act.take_up", ENTER, p.resume, "play", "primary", right=True),
        )  # fmt: skip
        digits = [
            Act(f"online_screen.reason.{n}", str(n), lambda n=n: self.case.compose.pick(n),
                button=False)
            for n in range(1, 10)
        ]  # fmt: skip
        self.modes.add(
            "compose", *digits, *aside[:3],
            Act("online_screen.act.stop_composing", "Escape", self._stop_composing, "arrow-left"),
            Act("online_screen.act.more_reasons", "0",
                lambda: p.turn_reasons(self.case.compose.page_count), "ellipsis"),
            Act("online_screen.act.note", "C", self._write_note, "pen-line"),
            Act("online_screen.act.send_back_now", ENTER, p.send_back, "rotate-ccw", "primary",
                right=True),
        )  # fmt: skip
        self._make_print_acts(areas)
        self._make_ship_acts(areas)

    def _close_case(self) -> None:
        """Esc leaves one thing at a time: a picture that stands large, then the file."""
        if self._view.waits or not self.case.whole():
            self.presenter.close_file()

    def _stop_looking(self) -> None:
        if self._view.doing == LOOKING:
            self.presenter.stop_looking()
        else:
            self.presenter.dismiss()

    def _stop_composing(self) -> None:
        if not self.case.whole():
            self.presenter.compose(False)

    def _make_print_acts(self, areas: list[Act]) -> None:
        p = self.presenter
        panes = Act("online_screen.act.inspect_pane", "P",
                    lambda: self._turn_print(), "eye")  # fmt: skip
        self.modes.add(
            "print", *areas, panes,
            Act("online_screen.act.all", "Ctrl+A", self._tick_all, "check-check"),
            Act("online_screen.act.allow_reprint", "U", self._ask_reprint, "users"),
            Act("online_screen.act.collect", "A", self._ask_collect_queued, "hand"),
            Act("online_screen.act.print", ENTER, self._print_on, "arrow-right", "primary",
                right=True),
            dismiss(p.dismiss),
        )  # fmt: skip
        self.modes.add(
            "printing",
            *areas,
            Act("online_screen.act.cancel_run", "Escape", p.cancel_run, "x", "danger"),
            Act("online_screen.act.pause", "J", p.pause, "pause", right=True),
        )
        self.modes.add(
            "paused", *areas,
            Act("online_screen.act.allow_reprint", "U", self._ask_reprint, "users"),
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
            Act("online_screen.act.play", "Y", p.play_scan, "scan-line"),
            Act("online_screen.act.next_card", "Down", lambda: self._step_card(1), button=False),
            Act("online_screen.act.former_card", "Up", lambda: self._step_card(-1), button=False),
            Act("online_screen.act.look_again", "V", p.look_at_card, "scan-line", button=False),
            Act("online_screen.act.stop_looking", "Escape", self._stop_looking,
                button=False),
            Act("online_screen.act.overrule_card", "E", self._ask_pass_card, "user-check",
                button=False),
            Act("online_screen.act.serial_by_two", "O", self._ask_serial_by_two, "users"),
            Act("online_screen.act.reject_card", "R", self._ask_spoil, "ban", "danger", right=True),
            Act("online_screen.act.good", ENTER, p.pass_card, "check", "primary", right=True),
        )  # fmt: skip

    def _make_ship_acts(self, areas: list[Act]) -> None:
        p = self.presenter
        type_code = Act("online_screen.act.type_code", "/", self._type_code, "keyboard")
        play = Act("online_screen.act.play", "Y", p.play_scan, "scan-line")
        self.modes.add(
            "pack", *areas, type_code, play,
            Act("online_screen.act.collect_now", "A", self._ask_collect_scanned, "hand"),
            Act("walkin.ask_jkn", "J", p.ask_jkn, "refresh-cw"),
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
            Act("online_screen.act.manifest_again", "M", p.print_closed, "printer"),
            Act("online_screen.act.close_manifest", "Ctrl+Return", self._close_manifest,
                "check-check", "primary", right=True),
            dismiss(p.dismiss),
        )  # fmt: skip
        self.modes.add(
            "recount", *areas, type_code, play,
            Act("online_screen.act.cancel_recount", "Escape", p.cancel_recount, "arrow-left"),
            Act("online_screen.act.finish_recount", "Ctrl+Return", p.finish_recount,
                "check-check", "primary", right=True),
        )  # fmt: skip
        self.modes.add(
            "out", *areas,
            Act("online_screen.act.packed_pane", "P", self._turn_manifest, "package"),
            Act("online_screen.act.import_events", "I", self._ask_events, "download"),
            Act("online_screen.act.manifest_again", "M", self._manifest_again, button=False),
            Act("online_screen.act.transit", "T", lambda: self._says(CourierWord.IN_TRANSIT)),
            Act("online_screen.act.failed", "G", self._ask_failed),
            Act("online_screen.act.returning", "B", lambda: self._says(CourierWord.RETURNING)),
            Act("online_screen.act.dispute", "S", self._ask_dispute),
            Act("online_screen.act.lost", "H", self._ask_lost, "", "danger"),
            Act("online_screen.act.confirm", ENTER, self._confirm, "check", "primary",
                right=True),
            dismiss(p.dismiss),
        )  # fmt: skip
        self.modes.add(
            "events", *areas,
            Act("online_screen.act.to_list", ENTER, p.close_events, "arrow-right", "primary",
                right=True),
            Act("online_screen.act.close", "Escape", p.close_events, button=False),
        )  # fmt: skip
