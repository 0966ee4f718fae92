"""What lies on the table of the online desk before an act takes it: kept at every scan and digit.

Files that are ticked to be printed, a card whose waybill isn't scanned yet, a parcel whose label
isn't printed, a courier's parcels half counted: they are the counter's, for they lie there whoever
signs in after a crash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop.domain.application import Application, Delivery
from desktop.domain.application import ApplicationState as S
from desktop.domain.shipment import Parcel, ParcelState
from desktop.presenters.asked import Asked
from desktop.presenters.kept import Keeper
from desktop.presenters.online_compose import ComposeDesk
from desktop.presenters.online_problems import LabelNotPrinted
from desktop.presenters.online_view import OnlineArea, OnlineView, Pair, PairStep, Recount
from desktop.services.desk import Desk
from desktop.services.kept_work import APPLICATION, MANIFEST, PACKING, PRINTING

PARCEL_ID = "parcel"
"""The parcel that a question or a piece of work is about."""
TICKED = "ticked"
TABLE = "table"
"""What all are kept under: one of each."""
NOT_COUNTING: Mapping[str, Any] = {"counting": "", "hand_count": "", "recount": None}
"""The view's part of a count, while nobody counts."""


class TableKept(ComposeDesk):
    """The part of the online presenter that keeps what lies on the table."""

    def __init__(self, desk: Desk, first: OnlineView) -> None:
        super().__init__(desk, first)
        self._print_work = Keeper(desk, PRINTING, self._unkept)
        self._pair_work = Keeper(desk, PACKING, self._unkept)
        self._count_work = Keeper(desk, MANIFEST, self._unkept)
        self._table_sought = False

    def enter(self, payload: object = None) -> None:
        super().enter(payload)
        self._seek_table()

    def type_hand_count(self, text: str) -> None:
        """The count by hand as far as it is typed; its field shows it already."""
        if text != self.view.hand_count:
            self._quietly(hand_count=text, counting=self.view.courier)

    def asked_of_others(self, name: str, thing: str) -> Asked | None:
        """The question that waits, unless it was about this: then its act is done."""
        asked = self.view.asked
        return None if asked is None or asked.about.get(name) == thing else asked

    def _keep(self) -> None:
        super()._keep()
        ticked = " ".join(sorted(self.view.selected))
        self._print_work.tell(TABLE, {TICKED: ticked} if ticked else {})
        self._pair_work.tell(TABLE, pair_fields(self.view))
        self._count_work.tell(TABLE, count_fields(self.view))

    # -- going on --------------------------------------------------------------------------

    def _seek_table(self) -> None:
        """Look, once, for what lay there when the program ended."""
        if self._table_sought:
            return
        self._table_sought = True

        works = (self._print_work, self._pair_work, self._count_work)

        def look() -> tuple[tuple[dict[str, str], ...], dict[str, Any]]:
            kept = tuple(work.find(TABLE) for work in works)
            ticked, pair, count = kept
            begun = {**self._ticked(ticked), **self._paired(pair), **self._counted(count)}
            return kept, begun

        def then(found: tuple[tuple[dict[str, str], ...], dict[str, Any]]) -> None:
            kept, begun = found
            for work, fields in zip(works, kept, strict=True):
                work.found(TABLE, fields)
            if self.view.pair.step is not PairStep.CARD:
                begun.pop("pair", None)  # another card was scanned meanwhile
            if self.view.area is OnlineArea.MANIFEST and "counting" in begun:
                begun["courier"] = begun["counting"]
            if self.view.area is OnlineArea.PACK and "pair" in begun:
                begun["courier"] = kept[1].get("courier", "")
            if any(kept):
                self.show(**begun)
                self.refresh()

        self.read(look, then)

    def _ticked(self, fields: Mapping[str, str]) -> dict[str, frozenset[str]]:
        """The ticked files that still wait for the printer."""
        ids = fields.get(TICKED, "").split()
        if not ids:
            return {}
        with self.desk.ledger.reading() as r:
            apps = [r.look(Application, one) for one in ids]
        return {"selected": frozenset(app.id for app in apps if app and app.state is S.APPROVED)}

    def _paired(self, fields: Mapping[str, str]) -> dict[str, Pair]:
        """The card on the table, if its parcel can still be made or still lacks its label."""
        if not fields:
            return {}
        with self.desk.ledger.reading() as r:
            app = r.look(Application, fields[APPLICATION])
            parcel = r.look(Parcel, fields.get(PARCEL_ID, ""))
        card = fields["card"]
        if app is None or app.blank_serial != card:
            return {}
        if parcel is not None and parcel.state is ParcelState.PACKED:
            problem = LabelNotPrinted(parcel.awb)
            return {"pair": Pair(PairStep.RIGHT, app, card, parcel.awb, parcel, problem=problem)}
        ready = app.state is S.READY and app.delivery is Delivery.COURIER
        if parcel is None and ready and self.desk.shipping.came_back(app) is None:
            return {"pair": Pair(PairStep.WAYBILL, app, card)}
        return {}

    def _counted(self, fields: Mapping[str, str]) -> dict[str, object]:
        """A courier's parcels as far as they were counted, while some of them still wait."""
        courier = fields.get("courier", "")
        parcels = self.desk.shipping.open_manifest(courier).parcels if courier else ()
        if not parcels:
            return {}
        count: dict[str, object] = {"counting": courier, "hand_count": fields.get("count", "")}
        if "by_hand" in fields:
            scans = tuple(fields.get("scans", "").splitlines())
            found = self.desk.shipping.recount(courier, scans)
            missing = tuple(parcel.awb for parcel in found.missing)
            here = frozenset(parcel.awb for parcel in parcels) - set(missing)
            by_hand = int(fields["by_hand"])
            count["recount"] = Recount(len(parcels), by_hand, scans, here, missing)
        return count


def pair_fields(view: OnlineView) -> dict[str, str]:
    """What is told of the card on the table."""
    pair = view.pair
    if pair.app is None or pair.step not in (PairStep.WAYBILL, PairStep.RIGHT):
        return {}
    fields = {APPLICATION: pair.app.id, "card": pair.card}
    if pair.step is PairStep.WAYBILL:
        chosen = view.courier if view.area is OnlineArea.PACK else ""
        return {**fields, "courier": chosen} if chosen else fields
    unlabelled = pair.parcel is not None and not pair.label_printed
    return {**fields, PARCEL_ID: pair.parcel.id} if pair.parcel and unlabelled else {}


def count_fields(view: OnlineView) -> dict[str, str]:
    """What is told of a courier's parcels that are being counted."""
    recount = view.recount
    if not view.counting or not (view.hand_count or recount):
        return {}
    fields = {"courier": view.counting, "count": view.hand_count}
    if recount is not None:
        fields |= {"by_hand": str(recount.counted), "scans": "\n".join(recount.scans)}
    return {name: text for name, text in fields.items() if text}
