"""Taking a batch file in: the file whole or not at all, its lines one by one.

Each application is an act of its own, so that a long batch never keeps the store from the other
lanes; the batch is entered last. A program killed in between has taken some lines, and the same
file brought again takes the rest: a line that is here is skipped.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from desktop.batch.envelope import APPLICATIONS, Envelope, open_envelope
from desktop.batch.errors import BatchForAnotherOffice, BatchOfOtherProfile
from desktop.batch.lines import CancelLine, GoodLine, read_lines
from desktop.domain.application import Application, ApplicationState, Batch
from desktop.domain.officer import PROGRAM, Actor, Role, RoleMissing
from desktop.domain.online import ImportReport, LineFault, RefusedLine, SkippedLine, TakenLine
from desktop.domain.person import Licence, LicenceStatus, Person, fold
from desktop.domain.realm import Realm
from desktop.domain.reasons import CancelReason
from desktop.domain.service import Channel
from desktop.domain.workflow import Action, Gate, GatesMissing, NoSuchStep
from desktop.keys.certificates import KeyRole
from desktop.keys.errors import BadCertificate
from desktop.ledger import Writing
from desktop.notices import Say
from desktop.profile import Profile
from desktop.services.base import Frame
from desktop.services.intake import Intake
from desktop.services.told_names import title

MAY_IMPORT = (Role.REGISTRATION, Role.SUPERVISOR)


class BatchImport:
    """Reads batch files of the portal."""

    def __init__(self, frame: Frame, intake: Intake, profile: Profile) -> None:
        self._frame = frame
        self._intake = intake
        self._profile = profile

    def run(self, by: Actor, path: Path) -> ImportReport:
        """Take a file in. Raises RoleMissing, BatchUnreadable, BatchTampered, WrongRealm,
        BadCertificate, BatchOfOtherProfile, BatchForAnotherOffice; then nothing was taken.
        """
        frame = self._frame
        if not by.roles & set(MAY_IMPORT):
            raise RoleMissing(needed=MAY_IMPORT)
        taken: list[TakenLine] = []
        skipped: list[SkippedLine] = []
        refused: list[RefusedLine] = []
        with self._opened(path) as envelope:
            if frame.revoked.key_at(envelope.key_id, frame.now()) is not None:
                raise BadCertificate("revoked")
            manifest = envelope.manifest
            if manifest.office != frame.place.office_code:
                raise BatchForAnotherOffice(manifest.office[:16], frame.place.office_code)
            with frame.ledger.reading() as r:
                known = r.first(Batch, digest=envelope.digest)
            if known is not None:
                return ImportReport(known.id, known.count, known=True, refused=known.refused)
            batch_id = frame.ids.new()
            lines = 0
            for line in read_lines(envelope):
                lines += 1
                outcome = self._line(batch_id, line)
                if isinstance(outcome, RefusedLine):
                    refused.append(outcome)
                elif isinstance(outcome, SkippedLine):
                    skipped.append(outcome)
                else:
                    taken.append(outcome)
        with frame.ledger.acting(by) as w:
            w.add(
                Batch(
                    id=batch_id,
                    digest=envelope.digest,
                    imported_by=by.officer,
                    imported_at=frame.now(),
                    count=lines,
                    refused=tuple(refused),
                )
            )
            w.record(
                "batch.imported",
                batch_id,
                {
                    "batch": manifest.batch,
                    "digest": envelope.digest,
                    "lines": lines,
                    "taken": [line.number for line in taken],
                    "skipped": [line.number for line in skipped],
                    "refused": [[line.line, line.fault, line.where] for line in refused],
                },
            )
        return ImportReport(batch_id, lines, False, tuple(taken), tuple(skipped), tuple(refused))

    def take_line(
        self, line: GoodLine | CancelLine | RefusedLine
    ) -> TakenLine | SkippedLine | RefusedLine:
        """One line that came from the centre by itself."""
        return self._line("", line)

    @contextmanager
    def _opened(self, path: Path) -> Generator[Envelope]:
        """The file, checked. Every training profile has a portal key of its own."""
        mine, now = self._profile, self._frame.now()
        try:
            with open_envelope(
                path, APPLICATIONS, trust=mine.trust, role=KeyRole.PORTAL, at=now
            ) as envelope:
                yield envelope
        except BadCertificate as bad:
            if bad.reason == "issuer" and mine.realm is Realm.TRAINING:
                raise BatchOfOtherProfile(str(mine.path)) from bad
            raise

    def _line(
        self, batch_id: str, line: GoodLine | CancelLine | RefusedLine
    ) -> TakenLine | SkippedLine | RefusedLine:
        if isinstance(line, RefusedLine):
            return line
        if isinstance(line, CancelLine):
            return self._cancel(batch_id, line)
        return self._take(batch_id, line)

    def _cancel(self, batch_id: str, line: CancelLine) -> TakenLine | SkippedLine | RefusedLine:
        """End a case by its applicant's wish, where the workflow still allows it.

        Before a blank is taken it is cancelled, whoever works on it; from then on the card is
        made and delivered, and the refusal goes back with the state that stood in the way.
        """
        wish = line.cancellation
        state = ""
        try:
            with self._frame.ledger.acting(PROGRAM) as w:
                app = w.first(Application, external_id=wish.external_id)
                if app is None:
                    return RefusedLine(line.line, LineFault.CANCEL_UNKNOWN, wish.external_id)
                state = app.state
                if app.nik != wish.nik:
                    return RefusedLine(line.line, LineFault.OTHER_PERSON, wish.external_id)
                if app.state is ApplicationState.CANCELLED:
                    return SkippedLine(line.line, wish.external_id, app.number)
                if app.channel is not Channel.ONLINE:
                    fault = LineFault.CANCEL_AT_COUNTER
                    return RefusedLine(line.line, fault, wish.external_id, state)
                self._frame.void_approvals(w, app)
                if ApplicationState.CLAIMED in (app.state, app.held_from):
                    holder = title(w, app.claimed_by)
                    w.notify(Say("online.withdrawn", {"number": app.number, "officer": holder}))
                app = self._frame.move(
                    w, app, Action.CANCEL,
                    also=(Gate.REASON,),
                    told={
                        "reason": CancelReason.BY_APPLICANT,
                        "batch": batch_id,
                        "cancelled_at": wish.cancelled_at,
                        "line": w.put_blob(line.text, "application/json"),
                    },
                    reason=CancelReason.BY_APPLICANT,
                    claimed_by="",
                )  # fmt: skip
                return TakenLine(line.line, wish.external_id, app.id, app.number, cancelled=True)
        except (NoSuchStep, GatesMissing):
            return RefusedLine(line.line, LineFault.CANCEL_TOO_LATE, wish.external_id, state)

    def _take(self, batch_id: str, line: GoodLine) -> TakenLine | SkippedLine | RefusedLine:
        filing = line.filing
        with self._frame.ledger.acting(PROGRAM) as w:
            known = w.first(Application, external_id=filing.external_id)
            if known is None:
                app = self._receive(w, batch_id, line)
                return TakenLine(line.line, filing.external_id, app.id, app.number)
            if filing.revision <= known.revision:
                return SkippedLine(line.line, filing.external_id, known.number)
            if known.state is not ApplicationState.SENT_BACK:
                return RefusedLine(line.line, LineFault.NOT_SENT_BACK, filing.external_id)
            if known.nik != filing.applicant.nik:
                return RefusedLine(line.line, LineFault.OTHER_PERSON, filing.external_id)
            app = self._resubmit(w, batch_id, known, line)
            return TakenLine(line.line, filing.external_id, app.id, app.number, resubmitted=True)

    def _receive(self, w: Writing, batch_id: str, line: GoodLine) -> Application:
        filing = line.filing
        person = self._person(w, line)
        app = self._intake.new_case(
            w, filing.applicant, person, filing.service, filing.licence_class, "", Channel.ONLINE
        )
        app = dataclasses.replace(
            app,
            batch_id=batch_id,
            external_id=filing.external_id,
            revision=filing.revision,
            filing=self._keep(w, line),
            delivery=filing.delivery,
            address=filing.address,
            proxy=filing.proxy,
            billing_code=filing.payment.billing_code,
        )
        w.add(app)
        app = self._frame.move(w, app, Action.RECEIVE, told=self._told(app, line))
        w.findable(app.id, "case", app.number)
        w.findable(app.id, "external", app.external_id)
        return app

    def _resubmit(self, w: Writing, batch_id: str, app: Application, line: GoodLine) -> Application:
        """The mended file in the same case: it keeps its number and with it its place."""
        filing = line.filing
        sha = self._keep(w, line)
        old = w.first(
            Licence,
            person_id=app.person_id,
            licence_class=filing.licence_class,
            status=LicenceStatus.VALID,
        )
        return self._frame.move(
            w, app, Action.RESUBMIT,
            told=self._told(app, line) | {"filing": sha, "batch": batch_id},
            batch_id=batch_id,
            revision=filing.revision,
            filing=sha,
            applicant=filing.applicant,
            licence_class=filing.licence_class,
            previous_licence="" if old is None else old.id,
            delivery=filing.delivery,
            address=filing.address,
            proxy=filing.proxy,
            billing_code=filing.payment.billing_code,
            photo="",
            signature="",
            requirements_met=False,
            pictures_checked=False,
            pictures_overruled=False,
            identity=None,
            claimed_by="",
        )  # fmt: skip

    def _person(self, w: Writing, line: GoodLine) -> Person:
        """Whose file it is. A known person's record isn't touched before somebody verified it."""
        applicant = line.filing.applicant
        known = w.first(Person, nik=applicant.nik)
        if known is not None:
            return known
        person = w.add(
            Person(
                id=self._frame.ids.new(),
                applicant=applicant,
                nik=applicant.nik,
                folded_name=fold(applicant.name)[:255],
            )
        )
        w.findable_person(person)
        return person

    def _keep(self, w: Writing, line: GoodLine) -> str:
        """The signed line and its pictures into the store; the line's digest."""
        for data in line.pictures.values():
            w.put_blob(data, "image/jpeg")
        return w.put_blob(line.text, "application/json")

    def _told(self, app: Application, line: GoodLine) -> dict[str, object]:
        filing = line.filing
        return {
            "service": filing.service,
            "class": filing.licence_class,
            "nik": filing.applicant.nik,
            "name": filing.applicant.name,
            "external_id": filing.external_id,
            "revision": filing.revision,
            "batch": app.batch_id,
            "filing": app.filing,
            "pictures": dict(filing.pictures),
        }
