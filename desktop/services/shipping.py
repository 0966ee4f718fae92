"""Parcels: packed by two scans and counted onto a manifest. `tracking` follows them from there.

A waybill is used once, even where its parcel was unpacked again: the label names one card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desktop.domain.application import Application, CardSwapped
from desktop.domain.codes import CodeCheckDigitWrong, CodeMalformed
from desktop.domain.officer import Actor
from desktop.domain.person import Hold
from desktop.domain.shipment import (
    Address,
    AddressMissing,
    CardCameBack,
    CountDiffers,
    Manifest,
    NothingToSend,
    Parcel,
    ParcelAction,
    ParcelHeld,
    ParcelState,
    ReturnCase,
    UnknownWaybill,
    WaybillUsed,
)
from desktop.domain.stock import Blank, UnknownBlank
from desktop.domain.waybill import read_waybill
from desktop.domain.workflow import Action, Gate
from desktop.ledger import DuplicateRow, Reading, Writing
from desktop.notices import ShipmentMoved
from desktop.services.base import Frame
from desktop.services.parcels import (
    came_back,
    current_parcel,
    move_parcel,
    open_incident,
    parcel_by_awb,
    to_pack,
)


@dataclass(frozen=True, slots=True)
class OpenManifest:
    """What a courier will take: everything packed for them and not yet dispatched."""

    courier: str
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, slots=True)
class Recount:
    """A count by scan against the open manifest."""

    counted: int
    missing: tuple[Parcel, ...]
    unknown: tuple[str, ...]


class Shipping:
    """Acts of the dispatch desk."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    # -- packing ---------------------------------------------------------------------------

    def to_pack(self) -> list[Application]:
        """Finished cards that go by courier, but not what came back in a parcel."""
        with self._frame.ledger.reading() as r:
            return to_pack(r)

    def came_back(self, app: Application) -> ReturnCase | None:
        """The undecided return of the parcel in which a case's card came back, if any."""
        with self._frame.ledger.reading() as r:
            return came_back(r, app)

    def find_card(self, serial: str) -> Application | None:
        """Whose card was scanned; None if no open case has it."""
        with self._frame.ledger.reading() as r:
            return r.first(Application, blank_serial=serial.strip().upper())

    def find_parcel(self, awb: str) -> Parcel:
        """The parcel with a scanned waybill. Raises CodeMalformed, UnknownWaybill."""
        with self._frame.ledger.reading() as r:
            return parcel_by_awb(self._frame, r, awb)

    def parcel_of(self, application_id: str) -> Parcel | None:
        """The parcel in which a case's card lies now."""
        with self._frame.ledger.reading() as r:
            return current_parcel(r, r.get(Application, application_id))

    def pack(
        self, by: Actor, application_id: str, scanned_serial: str, awb: str, courier: str = ""
    ) -> Parcel:
        """Put a scanned card into a parcel with a scanned waybill.

        Without `courier` the waybill's own pattern names it. Raises CardSwapped (another case's
        card), UnknownBlank, CodeMalformed, CodeCheckDigitWrong, WaybillUsed, AddressMissing,
        GatesMissing (a hold, JKN arrears, not by courier), RoleMissing; CardCameBack for a card
        that is sent again by its return alone.
        """
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            back = came_back(w, app)
            if back is not None:
                raise CardCameBack(number=app.number, awb=back.awb)
            _, parcel = self.pack_in(w, app, scanned_serial, awb, courier)
        return parcel

    def pack_in(
        self,
        w: Writing,
        app: Application,
        scanned_serial: str,
        awb: str,
        courier: str = "",
        **changes: Any,
    ) -> tuple[Application, Parcel]:
        """The same inside another act; `changes` go into the application."""
        frame = self._frame
        self._right_card(w, app, scanned_serial.strip().upper())
        code = read_waybill(frame.rules().codes, awb)
        if w.first(Parcel, awb=code.text) is not None:
            raise WaybillUsed(awb=code.text)
        address: Address | None = changes.get("address", app.address)
        if address is None:
            raise AddressMissing(number=app.number)
        try:
            parcel = w.add(
                Parcel(
                    id=frame.ids.new(),
                    application_id=app.id,
                    awb=code.text,
                    courier=(courier or code.carrier)[:32],
                    state=ParcelState.PACKED,
                    address=address,
                    packed_by=w.by.officer,
                    packed_at=frame.now(),
                    serial=app.blank_serial,
                    moved_at=frame.now(),
                )
            )
        except DuplicateRow as taken:
            raise WaybillUsed(awb=code.text) from taken
        app = frame.move(
            w, app, Action.PACK,
            also=(Gate.CARD_SCANNED, Gate.PARCEL),
            told={"awb": parcel.awb, "courier": parcel.courier, "serial": app.blank_serial},
            **changes,
        )  # fmt: skip
        w.findable(app.id, "waybill", parcel.awb)
        w.notify(ShipmentMoved(parcel.id))
        return app, parcel

    def _right_card(self, w: Writing, app: Application, serial: str) -> None:
        if serial == app.blank_serial:
            return
        other = w.first(Application, blank_serial=serial) if serial else None
        if other is None and w.look(Blank, serial) is None:
            raise UnknownBlank(serial=serial[:40])
        raise CardSwapped(
            expected=app.blank_serial,
            found=serial,
            found_class=str(other.licence_class) if other else "",
        )

    def unpack(self, by: Actor, awb: str) -> Application:
        """Open a packed parcel that hasn't left; its waybill is used up. Raises NoSuchStep."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            parcel = parcel_by_awb(frame, w, awb)
            move_parcel(frame, w, parcel, ParcelAction.UNPACK)
            app = w.get(Application, parcel.application_id)
            return frame.move(w, app, Action.UNPACK, told={"awb": parcel.awb})

    # -- manifests -------------------------------------------------------------------------

    def couriers(self) -> dict[str, int]:
        """Couriers with parcels waiting for them, and how many."""
        with self._frame.ledger.reading() as r:
            tally = r.tally(Parcel, "courier", state=ParcelState.PACKED)
        return {courier: count for (courier,), count in sorted(tally.items())}

    def open_manifest(self, courier: str) -> OpenManifest:
        """Everything packed for a courier, in the order of packing."""
        with self._frame.ledger.reading() as r:
            return OpenManifest(courier, tuple(self._packed(r, courier)))

    def recount(self, courier: str, scans: Sequence[str]) -> Recount:
        """Count by scan: what the manifest lists and nobody scanned, and what isn't on it."""
        patterns = self._frame.rules().codes
        seen: set[str] = set()
        unknown: list[str] = []
        parcels = {parcel.awb: parcel for parcel in self.open_manifest(courier).parcels}
        for scan in scans:
            try:
                text = read_waybill(patterns, scan).text
            except (CodeMalformed, CodeCheckDigitWrong):
                unknown.append(scan[:64])
                continue
            if text in parcels:
                seen.add(text)
            elif text not in unknown:
                unknown.append(text)
        missing = tuple(parcel for awb, parcel in parcels.items() if awb not in seen)
        return Recount(len(seen), missing, tuple(unknown))

    def close_manifest(
        self,
        by: Actor,
        courier: str,
        counted: int,
        *,
        scanned: Sequence[str] = (),
        left_behind: Sequence[str] = (),
    ) -> Manifest:
        """Close and dispatch: every listed parcel leaves under one running number.

        `counted` is what officer and courier counted together. `scanned` names, when it differs,
        the missing ones; `left_behind` are waybills that stay packed for the next manifest, each
        with an incident. Raises NothingToSend, CountDiffers, UnknownWaybill, ParcelHeld.
        """
        frame = self._frame
        stay = {self.find_parcel(awb).awb for awb in left_behind}
        recount = self.recount(courier, scanned) if scanned else None
        with frame.ledger.acting(by) as w:
            listed = self._packed(w, courier)
            for awb in stay - {parcel.awb for parcel in listed}:
                raise UnknownWaybill(awb=awb)
            going = [parcel for parcel in listed if parcel.awb not in stay]
            if not going:
                raise NothingToSend
            if counted != len(going):
                missing = () if recount is None else recount.missing
                raise CountDiffers(
                    manifest=len(going),
                    counted=counted,
                    missing=tuple(p.awb for p in missing if p.awb not in stay),
                )
            for parcel in going:
                self._not_held(w, parcel)
            manifest = w.add(
                Manifest(
                    id=frame.ids.new(),
                    number=frame.serial(w.number(f"manifest:{frame.today().year}")),
                    courier=courier,
                    closed=True,
                    made_by=by.officer,
                    made_at=frame.now(),
                    counted=counted,
                    parcels=len(going),
                    closed_at=frame.now(),
                )
            )
            for parcel in going:
                move_parcel(
                    frame, w, parcel, ParcelAction.DISPATCH,
                    gates=(Gate.MANIFEST,), record=False, manifest_id=manifest.id,
                )  # fmt: skip
            w.record(
                "manifest.closed",
                manifest.id,
                {
                    "number": manifest.number,
                    "courier": courier,
                    "counted": counted,
                    "waybills": [parcel.awb for parcel in going],
                    "left_behind": sorted(stay),
                },
            )
            for awb in sorted(stay):
                open_incident(
                    frame, w, "parcel_left_behind", manifest.id,
                    {"awb": awb, "manifest": str(manifest.number)},
                )  # fmt: skip
            w.notify(ShipmentMoved(manifest.id))
        return manifest

    def manifests(self, limit: int = 20) -> list[Manifest]:
        """The newest manifests."""
        with self._frame.ledger.reading() as r:
            return r.find(Manifest, order="id", descending=True, limit=limit)

    def _packed(self, r: Reading, courier: str) -> list[Parcel]:
        return r.find(Parcel, courier=courier, state=ParcelState.PACKED)

    def _not_held(self, w: Writing, parcel: Parcel) -> None:
        app = w.get(Application, parcel.application_id)
        if any(hold.binding for hold in w.find(Hold, nik=app.nik, active=True)):
            raise ParcelHeld(awb=parcel.awb)
