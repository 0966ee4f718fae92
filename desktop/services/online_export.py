"""What the portal is told: how every online case stands, in a file that the office signs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from desktop.batch.results import Delivered, NotTaken, Outcome, Reason, write_results
from desktop.domain.application import Application, ApplicationState, Batch, Delivery
from desktop.domain.officer import Actor, Role, RoleMissing
from desktop.domain.shipment import Parcel, ParcelState
from desktop.domain.workflow import percent_told
from desktop.keys.certificates import KeyRole
from desktop.ledger import Reading
from desktop.profile import Profile
from desktop.services.base import Frame
from desktop.words import Words

MAY_EXPORT = (Role.REGISTRATION, Role.DISPATCH, Role.SUPERVISOR)
NO_CARD = frozenset(
    {ApplicationState.REJECTED, ApplicationState.CANCELLED, ApplicationState.EXPIRED}
)
"""Ends without a card; a reason in any other state is the office's own matter."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written: answers about cases, lines that weren't taken, the file's SHA-256."""

    outcomes: int
    not_taken: int
    digest: str


class ResultsExport:
    """Writes results; one of the online desk's parts."""

    def __init__(self, frame: Frame, profile: Profile) -> None:
        self._frame = frame
        self._profile = profile

    @cached_property
    def _words(self) -> tuple[Words, Words]:
        return Words.load("id", strict=False), Words.load("en", strict=False)

    def run(self, by: Actor, path: Path) -> ExportReport:
        """See `Online.export_results`."""
        frame = self._frame
        if not by.roles & set(MAY_EXPORT):
            raise RoleMissing(needed=MAY_EXPORT)
        with frame.ledger.reading() as r:
            batches = r.find(Batch, order="id")
            apps = [app for app in r.find(Application, order="number") if app.external_id]
            outcomes = [self._outcome(r, app) for app in apps]
        indonesian, english = self._words
        taken_in = {app.external_id: app.batch_id for app in apps}
        not_taken = [
            NotTaken(
                line.external_id,
                batch.id,
                line.line,
                line.fault,
                line.where,
                indonesian.of(line.fault),
                english.of(line.fault),
            )
            for batch in batches
            for line in batch.refused
            # A file that came again and was taken since has its outcome; the old refusal is past.
            if not batch.id < taken_in.get(line.external_id, "") or "cancel" in line.fault
        ]
        role = self._signing_role()
        export_id = frame.ids.new()
        digest = write_results(
            path,
            [*outcomes, *not_taken],
            realm=frame.realm,
            office=frame.place.office_code,
            batch=export_id,
            made_at=frame.now(),
            signer=self._profile.signer(role),
            certificates=[c for c in self._profile.certificates if c.role is role],
        )
        with frame.ledger.acting(by) as w:
            for batch in batches:
                w.change(w.get(Batch, batch.id), exported_at=frame.now())
            w.record(
                "results.exported",
                export_id,
                {"outcomes": len(outcomes), "not_taken": len(not_taken), "digest": digest},
            )
        return ExportReport(len(outcomes), len(not_taken), digest)

    def _signing_role(self) -> KeyRole:
        """The office's key; a live counter that holds none signs with its own."""
        own = self._profile.certificate(KeyRole.OFFICE)
        return KeyRole.COUNTER if own is None else KeyRole.OFFICE

    def _outcome(self, r: Reading, app: Application) -> Outcome:
        parcel = r.first(Parcel, application_id=app.id, order="id", descending=True)
        if parcel is not None and parcel.state is ParcelState.UNPACKED:
            parcel = None
        proof = None if parcel is None else parcel.proof
        indonesian, english = self._words
        return Outcome(
            external_id=app.external_id,
            number=app.number,
            revision=app.revision,
            state=app.state,
            percent=percent_told(
                app.state,
                by_courier=app.delivery is Delivery.COURIER,
                parcel=None if parcel is None else parcel.state,
                held_from=app.held_from,
            ),
            changed_at=app.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            reasons=tuple(
                Reason(
                    code=point.reason,
                    document=point.reason.document,
                    text_id=indonesian.of(point.reason),
                    text_en=english.of(point.reason),
                    note=point.note,
                    mark=point.mark,
                )
                for point in (app.sent_back if app.state is ApplicationState.SENT_BACK else ())
            ),
            reject_reason=app.reason if app.state in NO_CARD else "",
            courier="" if parcel is None else parcel.courier,
            waybill="" if parcel is None else parcel.awb,
            parcel="" if parcel is None else parcel.state,
            delivered=None
            if proof is None
            else Delivered(
                proof.at.strftime("%Y-%m-%dT%H:%M:%SZ"), proof.relation, proof.reference
            ),
        )
