"""What is told of a returned parcel before an act takes it: kept at every field, opened again.

The parcel is open on the table. Whoever signs in after a crash finds it on show at the same step,
with its reason, what was seen of the seal, the envelope's picture, and a half-answered question.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from typing import Any

from desktop.domain.reasons import ReturnReason
from desktop.domain.shipment import Address
from desktop.presenters.asked import asked_fields, asked_of
from desktop.presenters.asking import Asking
from desktop.presenters.kept import Keeper
from desktop.presenters.returns_view import OpenReturn, ReturnStep, ReturnsView
from desktop.services.desk import Desk
from desktop.services.kept_work import APPLICATION, RETURN, SEAL_PICTURE

ON_THE_TABLE = frozenset(
    {ReturnStep.SEAL, ReturnStep.CARD, ReturnStep.OTHER_CARD, ReturnStep.DECIDE}
)
"""Steps at which a parcel is kept on show though nothing was told yet: it waits for an outcome."""
INTACT, BROKEN = "intact", "broken"
ADDRESS = ("line", "city", "postcode", "phone")


class ReturnsKept(Asking[ReturnsView]):
    """The part of the returns presenter that keeps."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, ReturnsView())
        self._work = Keeper(desk, RETURN, self._unkept)
        self._pictures = Keeper(desk, SEAL_PICTURE, self._unkept)

    def _keep(self) -> None:
        super()._keep()
        view = self.view
        if view.open is None:
            return
        case_id, about = view.open.case.id, {APPLICATION: view.open.app.id}
        told = fields_of(view)
        self._work.tell(case_id, {} if told is None else {**about, **told})
        picture = view.picture if view.step is ReturnStep.SEAL else b""
        shown = base64.b64encode(picture).decode("ascii")
        self._pictures.tell(case_id, {**about, "picture": shown} if shown else {})

    def kept_of(self, case_id: str) -> tuple[dict[str, str], dict[str, str]]:
        """What was kept of a return, and of its picture; on the store's lane."""
        return self._work.find(case_id), self._pictures.find(case_id)

    def go_on(self, found: OpenReturn, kept: tuple[dict[str, str], dict[str, str]]) -> None:
        """Show a return with what had been told of it."""
        fields, picture = kept
        self._work.found(found.case.id, fields)
        self._pictures.found(found.case.id, picture)
        fresh = ReturnsView(
            lines=self.view.lines, filter=self.view.filter, counts=self.view.counts,
            said=self.view.said, open=found, scanned=found.case.awb,
            picture=base64.b64decode(picture.get("picture", "")),
        )  # fmt: skip
        self.view = with_fields(fresh, fields)
        told = fields.keys() - {APPLICATION}
        going_on = self.say("returns_screen.said.going_on", awb=found.case.awb)
        self.show(said=going_on if told else self.view.said)

    def forget(self) -> None:
        """What was told of the return on show is given up."""
        if self.view.open is not None:
            for keeper in (self._work, self._pictures):
                keeper.tell(self.view.open.case.id, {})

    def type_note(self, text: str) -> None:
        """The note as far as it is typed; the field shows it already."""
        self._quietly(note=text)


def fields_of(view: ReturnsView) -> dict[str, str] | None:
    """What is told of the return on show; None where nothing needs to be kept."""
    step = view.step
    table = step in ON_THE_TABLE
    fields: dict[str, str] = {}
    if step is ReturnStep.SEAL:
        seal = "" if view.seal_intact is None else INTACT if view.seal_intact else BROKEN
        fields |= {"reason": str(view.reason or ""), "seal": seal, "note": view.note.strip()}
    if table or view.sending:
        fields |= {"card": view.card_scanned, "sending": "yes" if view.sending else ""}
        if view.address is not None:
            fields |= {name: getattr(view.address, name) for name in ADDRESS}
    if view.asked is not None and step is not ReturnStep.DONE:
        fields |= asked_fields(view.asked)
    told = {name: text for name, text in fields.items() if text}
    return told if told or table else None


def with_fields(view: ReturnsView, fields: Mapping[str, str]) -> ReturnsView:
    """A return just opened, with what had been told of it; what its step has left behind falls."""
    if view.open is None or not fields:
        return view
    changes: dict[str, Any] = {}
    if view.step is ReturnStep.SEAL:
        reason, seal = fields.get("reason"), fields.get("seal")
        changes |= {
            "reason": ReturnReason(reason) if reason else None,
            "seal_intact": seal == INTACT if seal else None,
            "note": fields.get("note", ""),
        }
    else:
        changes["picture"] = b""
    card = fields.get("card", "")
    if card:
        changes |= {"card_scanned": card, "scanned": card}
    changes["sending"] = bool(fields.get("sending")) and view.open.good
    if any(fields.get(name) for name in ADDRESS):
        recipient = view.open.parcel.address.recipient
        line, city, postcode, phone = (fields.get(name, "") for name in ADDRESS)
        changes["address"] = Address(recipient, line, city, postcode, phone)
    if view.step is not ReturnStep.DONE:
        changes["asked"] = asked_of(fields)
    return dataclasses.replace(view, **changes)
