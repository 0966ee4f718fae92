"""The lists of parcels, the courier's manifest, and what the courier tells of parcels."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from desktop.domain.application import Application
from desktop.domain.application import ApplicationState as S
from desktop.domain.codes import CodeKind
from desktop.domain.officer import Actor, Role
from desktop.domain.shipment import (
    CountDiffers,
    CourierWord,
    Manifest,
    Parcel,
    ParcelState,
    ProofOfDelivery,
)
from desktop.presenters.online_pack import PRINTER, PackDesk
from desktop.presenters.online_problems import HandCountMissing, ManifestNotPrinted
from desktop.presenters.online_table_kept import NOT_COUNTING, PARCEL_ID
from desktop.presenters.online_view import ManifestPane, OnlineArea, ParcelLine, Recount
from desktop.services.paper_forms import MANIFEST, courier_manifest
from desktop.services.papers import MadePaper
from desktop.services.shipping import Recount as Counted
from desktop.services.tracking import ON_THE_WAY, CourierReport
from devices.errors import DeviceFault

WATCHED = (*ON_THE_WAY, ParcelState.DELIVERED, ParcelState.DISPUTED)
"""Parcels that somebody still has to hear about."""


class ShipDesk(PackDesk):
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
            wanted = [one for one in (view.courier, view.counting) if one in waiting]
            courier = next(iter(wanted or waiting), "")
            changes["couriers"] = tuple(waiting)
            changes["courier"] = courier
            changes["packed"] = self._lines(
                list(shipping.open_manifest(courier).parcels) if courier else []
            )
            changes["out"] = self.read_out()
        return changes

    def read_out(self) -> tuple[ParcelLine, ...]:
        """Parcels that somebody still has to hear about; runs on the store's lane."""
        tracking = self.desk.tracking
        unconfirmed = {parcel.id for parcel in tracking.unconfirmed()}
        return self._lines(
            [
                parcel
                for parcel in tracking.parcels(WATCHED)
                if parcel.state is not ParcelState.DELIVERED or parcel.id in unconfirmed
            ]
        )

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

    def choose_courier(self, courier: str) -> None:
        """Who takes the next parcels (packing), or whose manifest is shown."""
        left = NOT_COUNTING if self.view.area is OnlineArea.MANIFEST else {}
        self.show(courier=courier, **left)
        self.refresh()

    # -- the manifest ----------------------------------------------------------------------

    def manifest_pane(self, pane: ManifestPane) -> None:
        """Parcels that wait, or parcels on their way."""
        self.show(manifest_pane=pane, problem=None)
        self.refresh()

    def close_manifest(self, counted: int | None) -> None:
        """Close on the count by hand, print, and let the parcels go."""
        if not self.may(Role.DISPATCH):
            return
        if counted is None:
            self.show(problem=HandCountMissing())
            return
        by, courier = self.by, self.view.courier

        def refused(problem: Exception) -> None:
            if isinstance(problem, CountDiffers):
                awbs = tuple(line.parcel.awb for line in self.view.packed)
                recount = Recount(problem.manifest, problem.counted, missing=awbs)
                self.show(recount=recount, counting=courier)
            self.show(problem=problem)

        self._close(by, lambda: self.desk.shipping.close_manifest(by, courier, counted), refused)

    def _close(
        self,
        by: Actor,
        act: Callable[[], Manifest],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        def done(manifest: Manifest) -> None:
            self.show(**NOT_COUNTING, closed=manifest)
            self.refresh()
            self._print_manifest(manifest, by)

        self.work(act, done, doing="doing.close_manifest", failed=failed)

    def scan_recount(self, text: str) -> None:
        """One parcel more in hand."""
        now = self.view.recount
        if now is None:
            return
        # At once: the next scan may come before this one is looked up.
        recount = dataclasses.replace(now, scans=(*now.scans, text))
        self.show(recount=recount)

        def look() -> tuple[Counted, Counted]:
            shipping = self.desk.shipping
            return shipping.recount(courier, recount.scans), shipping.recount(courier, (text,))

        def then(both: tuple[Counted, Counted]) -> None:
            found, last = both
            now = self.view.recount
            if now is None or now.scans[: len(recount.scans)] != recount.scans:
                return  # left meanwhile, or begun anew
            missing = tuple(parcel.awb for parcel in found.missing)
            every = {line.parcel.awb for line in self.view.packed}
            self.show(
                recount=dataclasses.replace(
                    now,
                    scanned=frozenset(every - set(missing)),
                    missing=missing,
                    stranger=text if last.unknown else "",
                ),
                problem=None,
            )

        courier = self.view.courier
        self.read(look, then)

    def finish_recount(self) -> None:
        """Close with what is in hand; what is missing stays behind, each with an incident."""
        recount, by, courier = self.view.recount, self.by, self.view.courier
        if recount is None:
            return

        def act() -> Manifest:
            # The last scans may not have been looked up yet when the key was pressed.
            found = self.desk.shipping.recount(courier, recount.scans)
            missing = {parcel.awb for parcel in found.missing}
            left = tuple(awb for awb in recount.missing if awb in missing)
            return self.desk.shipping.close_manifest(
                by, courier, found.counted, scanned=recount.scans, left_behind=left
            )

        self._close(by, act)

    def cancel_recount(self) -> None:
        """Back to the count by hand."""
        self.show(recount=None, problem=None)

    def print_closed(self) -> None:
        """The sheet of the manifest that was just closed, where it didn't come out, or a copy."""
        if self.view.closed is not None:
            self._print_manifest(self.view.closed, self.by)

    def _print_manifest(self, manifest: Manifest, by: Actor) -> None:
        """The sheet that the courier signs."""
        number, count = manifest.number, manifest.parcels
        said = self.say("online_screen.said.manifest", number=number, count=count)

        def failed(problem: Exception) -> None:
            # Where the sheet is missing, the lists say only that no parcel waits any more.
            device = isinstance(problem, DeviceFault)
            self.show(problem=ManifestNotPrinted(number, count) if device else problem)

        self.work(
            lambda: self._sheet(by, manifest),
            lambda _made: self.show(said=said),
            lane=PRINTER,
            doing="doing.print_manifest",
            failed=failed,
        )

    def _sheet(self, by: Actor, manifest: Manifest) -> MadePaper:
        """Print the manifest's paper, made already or now; on the printer's lane."""
        papers = self.desk.papers
        made = papers.made(MANIFEST, manifest.id) or courier_manifest(papers, by, manifest)
        papers.print(by, made.paper.id, again=True)
        return made

    def print_manifest_again(self, parcel: Parcel) -> None:
        """The sheet with which a parcel left, once more, or the first where none was made."""
        by, ledger = self.by, self.desk.ledger

        def act() -> Manifest:
            with ledger.reading() as r:
                manifest = r.get(Manifest, parcel.manifest_id)
            self._sheet(by, manifest)
            return manifest

        def then(manifest: Manifest) -> None:
            self.show(said=self.say("online_screen.said.manifest_again", number=manifest.number))

        self.work(act, then, lane=PRINTER, doing="doing.print_manifest")

    # -- on the way ------------------------------------------------------------------------

    def filter_out(self, state: ParcelState | None) -> None:
        """Only parcels in one state, or all."""
        self.show(out_state=state)

    def _told(self, parcel: Parcel) -> None:
        said = self.say("online_screen.said.parcel", awb=parcel.awb, state=parcel.state)
        self.show(said=said, asked=self.asked_of_others(PARCEL_ID, parcel.id))
        self.refresh()

    def courier_says(self, parcel: Parcel, word: CourierWord, reason: str = "") -> None:
        """In transit, failed or returning, by the courier's word."""
        by = self.by
        self.work(
            lambda: self.desk.tracking.courier_says(by, parcel.awb, word, reason=reason),
            self._told,
        )

    def may_prove(self, parcel: Parcel) -> bool:
        """Whether the courier's proof is this officer's to take; if not, that is said first."""
        return parcel.state is not ParcelState.DISPUTED or self.may(Role.SUPERVISOR)

    @property
    def supervises(self) -> bool:
        """Whether a supervisor sits here; behind the lock, too, where nobody acts."""
        session = self.desk.duty.session
        return session is not None and Role.SUPERVISOR in session.actor.roles

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

    def made_again(self, parcel: Parcel) -> bool:
        """Whether the parcel's card was made again already: its loss makes no other."""
        with self.desk.ledger.reading() as r:
            return r.get(Application, parcel.application_id).blank_serial != parcel.serial

    def declare_lost(self, parcel: Parcel, statement: str, nrp: str, password: str) -> None:
        """Neither delivered nor back, under two signatures."""
        by = self.by

        def act() -> tuple[Application, str]:
            second = self.desk.duty.second(by, nrp, password)
            kind = ".settled" if self.made_again(parcel) else ""
            return self.desk.tracking.declare_lost(by, second, parcel.awb, statement), kind

        def then(found: tuple[Application, str]) -> None:
            app, kind = found
            said = self.say(f"online_screen.said.lost{kind}", number=app.number)
            self.show(said=said, asked=self.asked_of_others(PARCEL_ID, parcel.id))
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
