"""The online desk: files from home, looked at one by one, verified or sent back with reasons.

A file waits in the order in which it first came; a mended one keeps that place. Whoever claims a
file works on it alone and can't approve it later. What an applicant sent is never changed: the
signed line stays beside what the office made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from desktop.batch.lines import CancelLine, GoodLine, read_filing
from desktop.cards.layout import Layout
from desktop.domain.application import Application, Delivery, ReasonMissing, Visit
from desktop.domain.application import ApplicationState as S
from desktop.domain.calendar import office_date
from desktop.domain.filing import Filing
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Actor, Officer, Role
from desktop.domain.online import (
    ClaimedByAnother,
    ImportReport,
    NotOnline,
    RefusedLine,
    SentBackPoint,
    SentByCourierAlready,
    SkippedLine,
    TakenLine,
)
from desktop.domain.periods import PeriodKind
from desktop.domain.person import Licence
from desktop.domain.reasons import UploadedDocument
from desktop.domain.service import Channel
from desktop.domain.shipment import Parcel, ParcelState
from desktop.domain.validity import days_left, runs_out_soon
from desktop.domain.workflow import Action, Gate, NoSuchStep
from desktop.ledger import Reading, Writing
from desktop.notices import ApprovalsChanged
from desktop.profile import Profile
from desktop.services.base import Frame, require
from desktop.services.cardmaker import CardMaker
from desktop.services.identifying import Identity
from desktop.services.intake import Intake
from desktop.services.online_checks import OnlineChecks, PreCheck
from desktop.services.online_export import ExportReport, ResultsExport
from desktop.services.online_import import BatchImport
from desktop.services.online_verify import Verification
from desktop.services.parcels import to_pack
from desktop.services.payment import Payment
from desktop.services.proofs import Proofs
from desktop.services.requirements import Requirements

WAITING = (S.RECEIVED, S.CLAIMED, S.SENT_BACK, S.VERIFIED)
CANCELLABLE = (S.APPROVED, S.AWAITING_MATERIAL, S.READY)
"""States before the parcel in which a courier's delivery can become a collection."""
MAY_REROUTE = (Role.REGISTRATION, Role.PRODUCTION, Role.DISPATCH, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class OnlineCase:
    """One row of the online screen. `days_left` counts to the expiry of the old licence."""

    application: Application
    expires_on: date | None
    days_left: int | None
    runs_out_soon: bool

    @property
    def resubmitted(self) -> bool:
        """Mended after it was sent back; `application.sent_back` tells what was asked."""
        return self.application.revision > 1


class Online:
    """Acts of the online desk."""

    def __init__(
        self,
        frame: Frame,
        intake: Intake,
        proofs: Proofs,
        requirements: Requirements,
        payment: Payment,
        maker: CardMaker,
        layout: Layout,
        profile: Profile,
    ) -> None:
        self._frame = frame
        self._checks = OnlineChecks(frame, intake, requirements, payment, layout)
        self._import = BatchImport(frame, intake, profile)
        self._verify = Verification(frame, intake, proofs, requirements, maker, self._checks)
        self._export = ResultsExport(frame, profile)

    # -- files in and out ------------------------------------------------------------------

    def import_batch(self, by: Actor, path: Path) -> ImportReport:
        """Take in a batch of the portal; what became of each line.

        Bad lines are named and stop nobody else; a file that came before changes nothing. Raises,
        and takes nothing then: RoleMissing, BatchUnreadable, BatchTampered, WrongRealm,
        BadCertificate, BatchForAnotherOffice.
        """
        return self._import.run(by, path)

    def take_line(
        self, line: GoodLine | CancelLine | RefusedLine
    ) -> TakenLine | SkippedLine | RefusedLine:
        """Take in one line that came over the line and not in a file."""
        return self._import.take_line(line)

    def export_results(self, by: Actor, path: Path) -> ExportReport:
        """Write how every online case stands into a signed file. Raises BatchNotWritten."""
        return self._export.run(by, path)

    # -- looking ---------------------------------------------------------------------------

    def waiting(
        self,
        states: Iterable[S] = WAITING,
        *,
        delivery: Delivery | None = None,
        licence_class: LicenceClass | None = None,
        claimed_by: str = "",
        limit: int | None = None,
    ) -> list[OnlineCase]:
        """Online cases in the order in which they first came, filtered.

        Other states than those of verifying serve the batch print (APPROVED) and packing (READY).
        """
        wanted: dict[str, Any] = {"channel": Channel.ONLINE, "state": list(states)}
        if licence_class is not None:
            wanted["licence_class"] = licence_class
        with self._frame.ledger.reading() as r:
            found = [
                self._row(r, app)
                for app in r.find(Application, order="id", **wanted)
                if (delivery is None or app.delivery is delivery)
                and (not claimed_by or app.claimed_by == claimed_by)
            ]
        return found if limit is None else found[:limit]

    def expiring(self) -> list[OnlineCase]:
        """Cases whose old licence ran out or soon does while they wait; the most urgent first."""
        rows = [
            row
            for row in self.waiting()
            if row.days_left is not None and (row.runs_out_soon or row.days_left < 0)
        ]
        return sorted(rows, key=lambda row: row.days_left or 0)

    def unmended(self) -> list[OnlineCase]:
        """Cases sent back longer ago than the office waits; `intake.expire` ends them."""
        today = self._frame.today()
        return [
            row
            for row in self.waiting((S.SENT_BACK,))
            if self._term(row.application, row.expires_on)[0] < today
        ]

    def answer_term(self, app: Application) -> tuple[date, bool]:
        """Until when a case that was sent back waits, and whether the old licence's end says so.

        A file may be mended only while the old licence is valid.
        """
        with self._frame.ledger.reading() as r:
            old = r.look(Licence, app.previous_licence) if app.previous_licence else None
        return self._term(app, old.valid_until if old else None)

    def answer_by(self, app: Application) -> date:
        """The day alone."""
        return self.answer_term(app)[0]

    def _term(self, app: Application, expires_on: date | None) -> tuple[date, bool]:
        period = self._frame.rules().periods[PeriodKind.SENT_BACK_WAITING]
        sent_back_on = office_date(app.changed_at, self._frame.zone)
        until = period.end(sent_back_on)
        if expires_on is None or expires_on >= until:
            return until, False
        # One that had run out when it was sent back was complete in time: it has the day itself.
        return max(expires_on, sent_back_on), True

    def counts(self, **wanted: object) -> dict[S, int]:
        """How many online cases, or those of them that match, stand in each state."""
        with self._frame.ledger.reading() as r:
            tally = r.tally(Application, "state", channel=Channel.ONLINE, **wanted)
        return {S(state): count for (state,), count in tally.items()}

    def waits_for(self, by: Actor) -> int:
        """How many online cases wait for something that this officer's duty lets them do.

        A file that somebody else has claimed waits for nobody but them.
        """
        with self._frame.ledger.reading() as r:
            count = 0
            if Role.REGISTRATION in by.roles:
                count += r.count(Application, state=S.RECEIVED, channel=Channel.ONLINE)
                claimed = r.find(Application, state=S.CLAIMED, channel=Channel.ONLINE)
                count += sum(app.claimed_by == by.officer for app in claimed)
            if Role.PRODUCTION in by.roles:
                count += r.count(Application, state=[S.APPROVED, S.PRINTED], channel=Channel.ONLINE)
            if Role.DISPATCH in by.roles:
                count += len(to_pack(r, Channel.ONLINE))
        return count

    def filing(self, application_id: str) -> Filing:
        """What the applicant sent, as it was signed. Raises NotOnline."""
        with self._frame.ledger.reading() as r:
            return self._filing(r, r.get(Application, application_id))

    def pictures(self, application_id: str) -> dict[UploadedDocument, bytes]:
        """The uploaded pictures by document."""
        with self._frame.ledger.reading() as r:
            filing = self._filing(r, r.get(Application, application_id))
            return {document: r.blob(sha) for document, sha in filing.pictures.items()}

    def pre_check(self, application_id: str) -> PreCheck:
        """What can be seen without asking anybody; the same file is measured once."""
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            filing = self._filing(r, app)
        return self._checks.look(app, filing)

    # -- working ---------------------------------------------------------------------------

    def claim(self, by: Actor, application_id: str) -> Application:
        """Take a file to work on. Raises ClaimedByAnother, StaleCase, RoleMissing, NoSuchStep."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            mine(w, by, app)
            return frame.move(w, app, Action.CLAIM, claimed_by=by.officer)

    def claim_next(
        self, by: Actor, licence_class: LicenceClass | None = None
    ) -> Application | None:
        """Claim the file that waits longest; None when nothing waits."""
        rows = self.waiting((S.RECEIVED,), licence_class=licence_class, limit=1)
        return self.claim(by, rows[0].application.id) if rows else None

    def release(self, by: Actor, application_id: str) -> Application:
        """Lay a file back; a supervisor may do so with anybody's."""
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if Role.SUPERVISOR not in by.roles:
                mine(w, by, app)
            return frame.move(w, app, Action.RELEASE, claimed_by="")

    def verify(
        self,
        by: Actor,
        application_id: str,
        *,
        override: str = "",
        identity_override: str = "",
        note: str = "",
    ) -> Application:
        """The file is right: identity, requirements, payment and pictures are on record.

        Dukcapil is asked, the certificates and the payment are taken from the signed file, photo
        and signature are made ready for the card. `override` (OverrideReason or Accommodation)
        accepts pictures on which a check marks something; `identity_override` takes the portal's
        word for the identity while Dukcapil's line is down.

        Raises ClaimedByAnother, the first of `pre_check().problems`, UploadsDoubtful,
        DukcapilSilent, EvidenceDenied, EvidenceContradicts, EvidenceUsed, the card's own problems,
        OfficeIsSample, GatesMissing.
        """
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            filing = self._filing(r, app)
            if app.state is not S.CLAIMED:
                raise NoSuchStep(state=app.state, action=Action.VERIFY)
            mine(r, by, app)
        return self._verify.verify(
            by, app, filing, override=override, identity_override=identity_override, note=note
        )

    def send_back(
        self, by: Actor, application_id: str, points: Sequence[SentBackPoint], note: str = ""
    ) -> Application:
        """Ask the applicant to mend the file: coded reasons, each with its text and its mark.

        From a claimed file by its officer, from a verified one by the approver. Raises
        ReasonMissing without a point, ClaimedByAnother, RoleMissing, NoSuchStep.
        """
        frame = self._frame
        if not points:
            raise ReasonMissing
        for point in points:
            if point.mark is not None and not all(0.0 <= part <= 1.0 for part in point.mark):
                raise ValueError("a mark is given in parts of the picture")
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if app.state is S.CLAIMED:
                mine(w, by, app)
            frame.void_approvals(w, app)
            app = frame.move(
                w, app, Action.SEND_BACK,
                also=(Gate.REASON,),
                told={
                    "reasons": [point.reason for point in points],
                    "notes": [point.note for point in points],
                    "marks": [point.mark for point in points],
                    "note": note,
                },
                sent_back=tuple(points),
                note=note,
                claimed_by="",
                pictures_checked=False,
                requirements_met=False,
                approved_digest="",
                approved_by="",
            )  # fmt: skip
            w.notify(ApprovalsChanged())
        return app

    # -- the applicant appears -------------------------------------------------------------

    def take_to_counter(
        self,
        by: Actor,
        application_id: str,
        visit: Callable[[Writing], Visit],
        identity: Identity,
    ) -> Application:
        """The online applicant stands at the counter with the KTP-el: the case goes on there.

        It becomes a walk-in whose fee is paid; a delivery by courier is cancelled. Missing papers
        are asked of their issuers. `visit` gives the visit in which it goes on, inside the act: one
        that it opens is there only if nothing refuses.

        Raises NotThisApplicant, SameOfficer (a manual reading needs a second one), NoSuchStep once
        it is approved (see `collect_instead`), the payment's and the requirements' problems,
        IdentityConflict (the case is then at the counter, and held up until it is settled).
        """
        with self._frame.ledger.reading() as r:
            app = r.get(Application, application_id)
            filing = self._filing(r, app)
        return self._verify.take_to_counter(by, app, filing, visit, identity)

    def collect_instead(self, by: Actor, application_id: str) -> Application:
        """No parcel after all: the applicant collects the card here.

        For a case approved or ready; a packed parcel is unpacked first. Raises
        SentByCourierAlready, NoSuchStep, RoleMissing.
        """
        require(by, *MAY_REROUTE)
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if app.state is S.IN_DELIVERY:
                parcel = w.first(
                    Parcel, application_id=app.id, order="id", descending=True,
                    state=[state for state in ParcelState if state is not ParcelState.UNPACKED],
                )  # fmt: skip
                raise SentByCourierAlready(awb=parcel.awb if parcel else "")
            if app.state not in CANCELLABLE:
                raise NoSuchStep(state=app.state, action=Action.TAKE_TO_COUNTER)
            app = w.change(app, delivery=Delivery.COLLECT, address=None, changed_at=frame.now())
            w.record(
                "application.delivery_changed", app.id,
                {"number": app.number, "delivery": app.delivery},
            )  # fmt: skip
        return app

    # -- inside ----------------------------------------------------------------------------

    def _filing(self, r: Reading, app: Application) -> Filing:
        if not app.filing:
            raise NotOnline(number=app.number)
        return read_filing(r.blob(app.filing))

    def _row(self, r: Reading, app: Application) -> OnlineCase:
        old = r.look(Licence, app.previous_licence) if app.previous_licence else None
        if old is None:
            return OnlineCase(app, None, None, runs_out_soon=False)
        today = self._frame.today()
        validity = self._frame.rules(today).validity
        return OnlineCase(
            app,
            old.valid_until,
            days_left(old.valid_until, today),
            runs_out_soon(validity, old.valid_until, today),
        )


def mine(r: Reading, by: Actor, app: Application) -> None:
    """Raises ClaimedByAnother where another officer works on the file."""
    if app.state is S.CLAIMED and app.claimed_by != by.officer:
        known = r.look(Officer, app.claimed_by)
        name = known.title if known is not None else app.claimed_by
        raise ClaimedByAnother(officer=app.claimed_by, name=name, number=app.number)


__all__ = ["ExportReport", "Online", "OnlineCase", "PreCheck"]
