"""Packing by two scans, the courier's manifest, and what the courier tells of parcels."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Any

from desktop.domain.application import Application, Delivery
from desktop.domain.application import ApplicationState as S
from desktop.domain.codes import CodeKind, fits
from desktop.domain.officer import Role
from desktop.domain.shipment import (
    CountDiffers,
    CourierWord,
    Manifest,
    Parcel,
    ParcelState,
    ProofOfDelivery,
)
from desktop.domain.stock import UnknownBlank
from desktop.presenters.online_compose import ComposeDesk
from desktop.presenters.online_problems import (
    HandCountMissing,
    LabelNotPrinted,
    NotForCourier,
    ScanCardFirst,
    ScanWaybillNext,
)
from desktop.presenters.online_view import (
    ManifestPane,
    OnlineArea,
    Pair,
    PairStep,
    ParcelLine,
    Recount,
)
from desktop.presenters.walkin_card import card_serial
from desktop.services.paper_forms import courier_label, courier_manifest
from desktop.services.papers import MadePaper
from desktop.services.shipping import Recount as Counted
from desktop.services.tracking import ON_THE_WAY, CourierReport

PRINTER = "document_printer"
WATCHED = (*ON_THE_WAY, ParcelState.DELIVERED, ParcelState.DISPUTED)
"""Parcels that somebody still has to hear about."""


class ShipDesk(ComposeDesk):
    """The part of the online presenter that sends."""

    # -- reading ---------------------------------------------------------------------------

    def read_parcels(self, names: dict[str, str]) -> dict[str, object]:
        """Lists of packing and of manifests; runs on the store's lane."""
        shipping, tracking = self.desk.shipping, self.desk.tracking
        view = self.view
        to_pack = shipping.to_pack()
        changes: dict[str, object] = {"pack_count": len(to_pack)}
        waiting = shipping.couriers()
        changes["manifest_count"] = sum(waiting.values())
        if view.area is OnlineArea.PACK:
            cases = {case.application.id: case for case in self.desk.online.waiting((S.READY,))}
            changes["to_pack"] = self.file_lines(
                [cases[app.id] for app in to_pack if app.id in cases], names
            )
            changes["couriers"] = self._carriers()
            packed = tracking.parcels((ParcelState.PACKED,))
            changes["packed"] = tuple(reversed(self._lines(packed)))
        if view.area is OnlineArea.MANIFEST:
            courier = view.courier if view.courier in waiting else next(iter(waiting), "")
            changes["couriers"] = tuple(waiting)
            changes["courier"] = courier
            changes["packed"] = self._lines(
                list(shipping.open_manifest(courier).parcels) if courier else []
            )
            out = tracking.parcels(WATCHED)
            unconfirmed = {parcel.id for parcel in tracking.unconfirmed()}
            changes["out"] = self._lines(
                [p for p in out if p.state is not ParcelState.DELIVERED or p.id in unconfirmed]
            )
        return changes

    def _lines(self, parcels: list[Parcel]) -> tuple[ParcelLine, ...]:
        now = self.desk.frame.now()
        late = {parcel.id for parcel in self.desk.tracking.silent()}
        with self.desk.ledger.reading() as r:
            numbers = {m.id: m.number for m in r.find(Manifest)}
            return tuple(
                ParcelLine(
                    parcel,
                    r.get(Application, parcel.application_id).number,
                    numbers.get(parcel.manifest_id, 0),
                    now - (parcel.moved_at or parcel.packed_at),
                    parcel.id in late,
                )
                for parcel in parcels
            )

    def _carriers(self) -> tuple[str, ...]:
        codes = self.desk.frame.rules().codes
        found = {p.carrier for p in codes if p.kind is CodeKind.WAYBILL and p.carrier}
        return tuple(sorted(found))

    # -- packing ---------------------------------------------------------------------------

    def choose_courier(self, courier: str) -> None:
        """Who takes the next parcels (packing), or whose manifest is shown."""
        self.show(courier=courier, recount=None)
        self.refresh()

    def scan_to_pack(self, text: str) -> None:
        """The card first, then the waybill."""
        pair = self.view.pair
        waybill = fits(self.desk.frame.rules().codes, CodeKind.WAYBILL, text)
        if pair.step is PairStep.WAYBILL and pair.app is not None:
            if waybill:
                self._pack(pair.app, pair.card, text)
            elif card_serial(text) != pair.card:
                self._wrong(ScanWaybillNext(number=pair.app.number), keep=True)
            return
        if waybill:
            self._wrong(ScanCardFirst())
            return
        serial = card_serial(text).upper()

        def found(app: Application | None) -> None:
            if app is None:
                self._wrong(UnknownBlank(serial=serial[:40]))
            elif app.state is not S.READY or app.delivery is not Delivery.COURIER:
                self._wrong(NotForCourier(number=app.number, state=app.state))
            else:
                pair = Pair(PairStep.WAYBILL, app, serial)
                self.show(pair=pair, problem=None)

        self.read(lambda: self.desk.shipping.find_card(serial), found)

    def _wrong(self, problem: Exception, *, keep: bool = False) -> None:
        """The sign says wrong; with `keep` the card stays and its waybill is still awaited."""
        before = self.view.pair
        if keep:
            pair = dataclasses.replace(before, problem=problem)
        else:
            pair = Pair(PairStep.WRONG, problem=problem)
        self.show(pair=pair, problem=None)

    def _pack(self, app: Application, serial: str, awb: str) -> None:
        by = self.by
        courier = self.view.courier

        def done(parcel: Parcel) -> None:
            pair = Pair(PairStep.RIGHT, app, serial, parcel.awb, parcel)
            self.show(pair=pair)
            self.refresh()
            self.print_label(parcel)

        def refused(problem: Exception) -> None:
            pair = Pair(PairStep.WAYBILL, app, serial, problem=problem)
            self.show(pair=pair)

        self.work(
            lambda: self.desk.shipping.pack(by, app.id, serial, awb, courier),
            done,
            doing="doing.pack",
            failed=refused,
        )

    def forget_pair(self) -> None:
        """Begin with another card."""
        self.show(pair=Pair(), problem=None)

    def print_label(self, parcel: Parcel) -> None:
        """The address label of a packed parcel."""
        by, papers = self.by, self.desk.papers

        def act() -> MadePaper:
            made = courier_label(papers, by, parcel)
            papers.print(by, made.paper.id)
            return made

        def then(_made: MadePaper) -> None:
            pair = with_label(self.view.pair, label_printed=True, problem=None)
            self.show(pair=pair, said=self.say("online_screen.said.label", awb=parcel.awb))

        def failed(problem: Exception) -> None:
            # Why is told in the banner; beside the scans stands what is left to do.
            pair = with_label(self.view.pair, problem=LabelNotPrinted(parcel.awb))
            self.show(pair=pair, problem=problem)

        def with_label(pair: Pair, **changes: Any) -> Pair:
            mine = pair.parcel is not None and pair.parcel.id == parcel.id
            return dataclasses.replace(pair, **changes) if mine else pair

        self.work(act, then, lane=PRINTER, doing="doing.print_label", failed=failed)

    def unpack(self, parcel: Parcel) -> None:
        """Open a parcel that hasn't left."""
        by = self.by

        def then(app: Application) -> None:
            self.show(pair=Pair(), said=self.say("online_screen.said.unpacked", number=app.number))
            self.refresh()

        self.work(lambda: self.desk.shipping.unpack(by, parcel.awb), then)

    # -- the manifest ----------------------------------------------------------------------

    def manifest_pane(self, pane: ManifestPane) -> None:
        """Parcels that wait, or parcels on their way."""
        self.show(manifest_pane=pane, problem=None)
        self.refresh()

    def close_manifest(self, counted: int | None) -> None:
        """Close on the count by hand, print, and let the parcels go."""
        if counted is None:
            self.show(problem=HandCountMissing())
            return
        self._close(counted, (), ())

    def _close(self, counted: int, scanned: tuple[str, ...], left: tuple[str, ...]) -> None:
        by, courier = self.by, self.view.courier

        def done(manifest: Manifest) -> None:
            self.show(recount=None, closed=manifest)
            self.refresh()
            self.print_manifest(manifest)

        def refused(problem: Exception) -> None:
            if isinstance(problem, CountDiffers) and not scanned:
                awbs = tuple(line.parcel.awb for line in self.view.packed)
                recount = Recount(problem.manifest, problem.counted, missing=awbs)
                self.show(recount=recount, problem=problem)
            else:
                self.show(problem=problem)

        self.work(
            lambda: self.desk.shipping.close_manifest(
                by, courier, counted, scanned=scanned, left_behind=left
            ),
            done,
            doing="doing.close_manifest",
            failed=refused,
        )

    def scan_recount(self, text: str) -> None:
        """One parcel more in hand."""
        recount = self.view.recount
        if recount is None:
            return
        scans = (*recount.scanned, text)

        def then(found: Counted) -> None:
            missing = tuple(parcel.awb for parcel in found.missing)
            every = {line.parcel.awb for line in self.view.packed}
            self.show(
                recount=dataclasses.replace(
                    recount,
                    scanned=frozenset(every - set(missing)),
                    missing=missing,
                    stranger=text if found.unknown else "",
                ),
                problem=None,
            )

        self.read(lambda: self.desk.shipping.recount(self.view.courier, scans), then)

    def finish_recount(self) -> None:
        """Close with what is in hand; what is missing stays behind, each with an incident."""
        recount = self.view.recount
        if recount is not None:
            scanned = tuple(sorted(recount.scanned))
            self._close(len(scanned), scanned, recount.missing)

    def cancel_recount(self) -> None:
        """Back to the count by hand."""
        self.show(recount=None, problem=None)

    def print_manifest(self, manifest: Manifest) -> None:
        """The sheet that the courier signs."""
        by, papers = self.by, self.desk.papers

        def act() -> MadePaper:
            made = courier_manifest(papers, by, manifest)
            papers.print(by, made.paper.id)
            return made

        said = self.say("online_screen.said.manifest", number=manifest.number,
                        count=manifest.parcels)  # fmt: skip
        self.work(
            act, lambda _made: self.show(said=said), lane=PRINTER, doing="doing.print_manifest"
        )

    # -- on the way ------------------------------------------------------------------------

    def filter_out(self, state: ParcelState | None) -> None:
        """Only parcels in one state, or all."""
        self.show(out_state=state)

    def _told(self, parcel: Parcel) -> None:
        self.show(said=self.say("online_screen.said.parcel", awb=parcel.awb, state=parcel.state))
        self.refresh()

    def courier_says(self, parcel: Parcel, word: CourierWord, reason: str = "") -> None:
        """In transit, failed or returning, by the courier's word."""
        by = self.by
        self.work(
            lambda: self.desk.tracking.courier_says(by, parcel.awb, word, reason=reason),
            self._told,
        )

    def delivered(self, parcel: Parcel, receiver: str, relation: str, reference: str = "") -> None:
        """The courier's proof: who took it."""
        by = self.by
        proof = self._proof(receiver, relation, reference)
        if parcel.state is ParcelState.DISPUTED:
            self.work(
                lambda: self.desk.tracking.settle_delivered(by, parcel.awb, proof), self._told
            )
        else:
            self.work(
                lambda: self.desk.tracking.courier_says(
                    by, parcel.awb, CourierWord.DELIVERED, proof=proof
                ),
                self._told,
            )

    def _proof(self, receiver: str, relation: str, reference: str) -> ProofOfDelivery:
        at: datetime = self.desk.frame.now()
        return ProofOfDelivery(receiver, relation, at, reference)

    def confirm_delivery(self, parcel: Parcel) -> None:
        """The applicant has the card: the case is over."""
        by = self.by

        def then(app: Application) -> None:
            self.show(said=self.say("online_screen.said.confirmed", number=app.number))
            self.refresh()

        self.work(lambda: self.desk.tracking.confirm_delivery(by, parcel.application_id), then)

    def dispute(self, parcel: Parcel, statement: str) -> None:
        """The courier says delivered, the applicant says no."""
        by = self.by
        self.work(lambda: self.desk.tracking.dispute(by, parcel.awb, statement), self._told)

    def declare_lost(self, parcel: Parcel, statement: str, nrp: str, password: str) -> None:
        """Neither delivered nor back, under two signatures."""
        by = self.by

        def act() -> Application:
            second = self.desk.duty.second(by, nrp, password)
            return self.desk.tracking.declare_lost(by, second, parcel.awb, statement)

        def then(app: Application) -> None:
            self.show(said=self.say("online_screen.said.lost", number=app.number))
            self.refresh()

        self.work(act, then)

    def import_events(self, path: Path) -> None:
        """The courier's own list."""
        by = self.by

        def then(report: CourierReport) -> None:
            self.show(events=report)
            self.refresh()

        self.work(
            lambda: self.desk.tracking.import_courier_file(by, path),
            then,
            doing="doing.import_events",
        )

    def close_events(self) -> None:
        """The courier's list was read."""
        self.show(events=None)


SECOND_ROLES = (Role.DISPATCH, Role.SUPERVISOR)
"""Whose signature stands beside the dispatcher's."""
