"""Verifying files from home: claim one, look at it, let it pass or send it back with reasons."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from desktop.domain.application import Application, Delivery
from desktop.domain.application import ApplicationState as S
from desktop.domain.evidence import Evidence
from desktop.domain.licence_class import LicenceClass
from desktop.domain.officer import Actor, Officer, Role
from desktop.domain.online import ImportReport, Mark
from desktop.domain.person import Licence, Person
from desktop.domain.reasons import UploadedDocument
from desktop.pictures import NotAPicture, PictureFinding, open_picture
from desktop.presenters.base import DESK, SYNC
from desktop.presenters.online_kept import FilesKept
from desktop.presenters.online_view import (
    DOCUMENTS,
    FileFilter,
    FileLine,
    OnlineArea,
    OpenFile,
    Upload,
)
from desktop.services.endings import ending_of
from desktop.services.online import OnlineCase
from desktop.services.online_checks import mark_of, relevant


class FileDesk(FilesKept):
    """The part of the online presenter that verifies."""

    def refresh(self) -> None:
        """Read the lists anew."""
        self.load()

    # -- the list --------------------------------------------------------------------------

    def filter_files(self, wanted: FileFilter) -> None:
        """Show other files."""
        self.show(file_filter=wanted)
        self.refresh()

    def filter_class(self, licence_class: LicenceClass | None) -> None:
        """Only one class, or all."""
        self.show(licence_class=licence_class)
        self.refresh()

    def filter_delivery(self, delivery: Delivery | None) -> None:
        """Only one way of delivery, or all."""
        self.show(delivery=delivery)
        self.refresh()

    def file_lines(self, cases: list[OnlineCase], names: dict[str, str]) -> tuple[FileLine, ...]:
        """Rows for the list."""
        now = self.desk.frame.now()
        session = self.desk.duty.session
        me = session.officer.id if session else ""
        today = self.desk.frame.today()
        lines: list[FileLine] = []
        for case in cases:
            app = case.application
            until = self.desk.online.answer_by(app) if app.state is S.SENT_BACK else None
            lines.append(
                FileLine(
                    case,
                    now - app.created_at,
                    names.get(app.claimed_by, app.claimed_by),
                    bool(me) and app.claimed_by == me,
                    until,
                    until is not None and until < today,
                    self._away(app, me),
                )
            )
        return tuple(lines)

    def _away(self, app: Application, me: str) -> str | None:
        """The counter that has a file of this officer's instead of this one, as once it was given
        back at F5; on the store's lane."""
        link = self.desk.frame.link
        if link is None or not me or app.state is not S.CLAIMED or app.claimed_by != me:
            return None
        with self.desk.ledger.reading() as r:
            other = link.held_by(r, app)
        return None if other is None else other.counter

    def read_away(self) -> tuple[Application, str] | None:
        """The open file, if it is in hand here no more, and where it is; on the store's lane."""
        file, session = self.view.file, self.desk.duty.session
        if file is None or session is None:
            return None
        with self.desk.ledger.reading() as r:
            app = r.get(Application, file.app.id)
        over = app.ended and not file.app.ended
        counter = "" if over else self._away(app, session.officer.id)
        return None if counter is None else (app, counter)

    def gone_away(self, app: Application, counter: str) -> None:
        """Nothing can be done about the open file here until it is asked for again."""
        file = self.view.file
        if file is None or file.app.id != app.id or (self.view.doing and not self.view.waits):
            return
        if self.view.waits:
            self.cancel_work()
        self.put_aside()
        how = "ended_meanwhile" if app.ended else "elsewhere" if counter else "given_back"
        message = f"online_screen.said.{how}"
        self.show(said=self.warn(message, number=app.number, counter=counter, state=app.state))

    def read_files(self, names: dict[str, str]) -> dict[str, object]:
        """The list of verifying and its counts; runs on the store's lane."""
        view, online = self.view, self.desk.online
        tally = online.counts()
        if view.area is not OnlineArea.VERIFY:
            return {"verify_count": tally.get(S.RECEIVED, 0) + tally.get(S.CLAIMED, 0)}
        one = view.licence_class
        of_class = tally if one is None else online.counts(licence_class=one)
        wanted = view.file_filter
        cases = online.waiting(
            wanted.states, delivery=view.delivery, licence_class=view.licence_class
        )
        session = self.desk.duty.session
        me = session.officer.id if session else ""
        open_cases = cases if wanted is FileFilter.OPEN else online.waiting(FileFilter.OPEN.states)
        urgent = [c for c in open_cases if _urgent(c)]
        mine = [c for c in open_cases if me and c.application.claimed_by == me]
        if wanted is FileFilter.MINE:
            cases = [c for c in cases if me and c.application.claimed_by == me]
        elif wanted is FileFilter.SENT_BACK:
            late = {c.application.id for c in online.unmended()}
            cases = sorted(cases, key=lambda c: c.application.id not in late)
        elif wanted is FileFilter.URGENT:
            cases = sorted((c for c in cases if _urgent(c)), key=lambda c: c.days_left or 0)
        counts = {
            FileFilter.OPEN: tally.get(S.RECEIVED, 0) + tally.get(S.CLAIMED, 0),
            FileFilter.MINE: len(mine),
            FileFilter.URGENT: len(urgent),
            FileFilter.SENT_BACK: tally.get(S.SENT_BACK, 0),
            FileFilter.VERIFIED: tally.get(S.VERIFIED, 0),
            FileFilter.HELD: tally.get(S.ON_HOLD, 0),
        }
        return {
            "files": self.file_lines(cases, names),
            "filter_counts": counts,
            "next_waits": of_class.get(S.RECEIVED, 0) > 0,
            "verify_count": counts[FileFilter.OPEN],
        }

    def officer_names(self) -> dict[str, str]:
        """Officers by number."""
        with self.desk.ledger.reading() as r:
            return {officer.id: officer.title for officer in r.find(Officer)}

    # -- one file --------------------------------------------------------------------------

    def open_file(self, application_id: str) -> None:
        """Claim a file and show it; one that is verified or sent back is only shown.

        A supervisor is shown another officer's file too, to lay it back for somebody else.
        """
        if self.still_busy():
            return
        by, desk = self.by, self.desk

        def act() -> OpenFile:
            with desk.ledger.reading() as r:
                app = r.get(Application, application_id)
            others = app.state is S.CLAIMED and app.claimed_by != by.officer
            if others and Role.SUPERVISOR in by.roles:
                if desk.has_centre:
                    app = desk.claims.take(by, app.id)
            elif others or app.state is S.RECEIVED or (desk.has_centre and app.state is S.CLAIMED):
                take = desk.claims.claim_online if desk.has_centre else desk.online.claim
                app = take(by, app.id)
            desk.intake.opened(by, app.id)
            return self._read_file(by, app)

        self.work(
            act, lambda found: self.show(file=found), lane=self._lane(), doing="doing.open_file"
        )

    def open_next(self) -> None:
        """Claim the file that waits longest."""
        if self.still_busy():
            return
        by = self.by

        def act() -> OpenFile | None:
            desk = self.desk
            take = desk.claims.claim_next_online if desk.has_centre else desk.online.claim_next
            app = take(by, self.view.licence_class)
            if app is None:
                return None
            self.desk.intake.opened(by, app.id)
            return self._read_file(by, app)

        def then(found: OpenFile | None) -> None:
            said = self.say("online_screen.said.nothing_waits") if found is None else self.view.said
            self.show(file=found, said=said)

        self.work(act, then, lane=self._lane(), doing="doing.open_file")

    def _lane(self) -> str:
        """A file is asked of the centre where there is one; the window must not wait for it."""
        return SYNC if self.desk.has_centre else DESK

    def _read_file(self, by: Actor, app: Application) -> OpenFile:
        online = self.desk.online
        check = online.pre_check(app.id)
        pictures = online.pictures(app.id)
        uploads: list[Upload] = []
        for document in DOCUMENTS:
            if document.is_picture and document in pictures:
                checked = next((u for u in check.uploads if u.document is document), None)
                findings = checked.findings if checked else ()
                data = pictures[document]
                uploads.append(Upload(document, data, findings, _marks(data, findings)))
        with self.desk.ledger.reading() as r:
            person = r.first(Person, nik=app.nik)
            licence = r.look(Licence, app.previous_licence) if app.previous_licence else None
            evidence = tuple(r.find(Evidence, application_id=app.id))
            photo = r.picture(licence.photo) if licence else b""
            ending = ending_of(self.desk.frame, r, app)
            of_another = ""
            if app.state is S.CLAIMED and app.claimed_by != by.officer:
                known = r.look(Officer, app.claimed_by)
                of_another = known.title if known is not None else app.claimed_by
        wrong = [u.document for u in uploads if u.faults]
        wrong += [p.reason.document for p in check.suggested if p.reason.document.is_picture]
        first = next(iter(wrong), UploadedDocument.PHOTO)
        file = OpenFile(
            app=app,
            filing=check.filing,
            check=check,
            uploads=tuple(uploads),
            of_another=of_another,
            known=person.applicant if person else None,
            licence=licence,
            known_photo=photo,
            evidence=evidence,
            ending=ending,
            document=first,
        )
        return file if of_another else self.gone_on(file)

    def close_file(self) -> None:
        """Back to the list; a claimed file stays claimed. While a card is awaited, that ends."""
        if self.view.waits:
            self.cancel_work()
            return
        self.show(file=None, problem=None)
        self.refresh()

    def show_document(self, document: UploadedDocument) -> None:
        """Another document of the open file."""
        file = self.view.file
        if file is not None:
            self.show(file=dataclasses.replace(file, document=document, mark=None, page=0))

    def step_document(self, by: int) -> None:
        """The next document, or the one before."""
        file = self.view.file
        if file is not None:
            place = (DOCUMENTS.index(file.document) + by) % len(DOCUMENTS)
            self.show_document(DOCUMENTS[place])

    def decided(self, message: str, app: Application) -> None:
        """Back to the list with a word on what was decided."""
        self.show(file=None, asked=None, said=self.say(message, number=app.number))
        self.refresh()

    def verify(self, override: str = "", identity_override: str = "", note: str = "") -> None:
        """The file is right."""
        file, by = self.view.file, self.by
        if file is None:
            return
        desk, (why, told) = self.desk, file.accepted
        kept = (override, note) if override else file.accepted
        # A reason for the pictures holds for this file, whatever else it is asked about.
        self.show(file=dataclasses.replace(file, accepted=kept, arrived=None))
        if not override:
            override, note = why, "; ".join(part for part in (told, note) if part)

        def act() -> Application:
            app = desk.online.verify(
                by, file.app.id, override=override, identity_override=identity_override, note=note
            )
            if desk.has_centre:
                desk.claims.pass_on(by, app)
            return app

        self.work(
            act,
            lambda app: self.decided("online_screen.said.verified", app),
            doing="doing.verify_file",
        )

    def release(self) -> None:
        """Lay the file back for somebody else."""
        file, by, desk = self.view.file, self.by, self.desk
        if file is None:
            return

        def act() -> Application:
            app = desk.online.release(by, file.app.id)
            if desk.has_centre:
                desk.claims.pass_on(by, app)
            return app

        self.work(act, lambda app: self.decided("online_screen.said.released", app))

    def hold(self, reason: str) -> None:
        """Set the file aside with a reason."""
        file, by = self.view.file, self.by
        if file is not None:
            self.work(
                lambda: self.desk.intake.hold(by, file.app.id, reason),
                lambda app: self.decided("online_screen.said.held", app),
            )

    def resume(self) -> None:
        """Take a held file up again, where it was."""
        file, by = self.view.file, self.by
        if file is None:
            return

        def act() -> OpenFile:
            return self._read_file(by, self.desk.intake.resume(by, file.app.id))

        def then(found: OpenFile) -> None:
            theirs = not found.of_another or Role.SUPERVISOR in by.roles
            if found.judging and theirs:
                self.show(file=found)
            else:  # it goes on where cards are made, packed or fetched, or with who may verify it
                said = self.say(
                    "online_screen.said.taken_up", number=found.app.number, state=found.app.state
                )
                self.show(file=None, said=said)
                self.refresh()

        self.work(act, then, doing="doing.open_file")

    def reject(self, reason: str, note: str = "") -> None:
        """The file can't become a licence."""
        file, by = self.view.file, self.by
        if file is not None:
            self.work(
                lambda: self.desk.intake.reject(by, file.app.id, reason, note),
                lambda app: self.decided("online_screen.said.rejected", app),
            )

    def gone_to(self) -> None:
        """The screen has opened what `goto` names."""
        self.show(goto=None)

    # -- batch files -----------------------------------------------------------------------

    def import_file(self, path: Path) -> None:
        """Take in a batch of the portal."""
        by = self.by

        def then(report: ImportReport) -> None:
            self.show(report=report, area=OnlineArea.VERIFY, file=None)
            self.refresh()

        self.work(lambda: self.desk.online.import_batch(by, path), then, doing="doing.import_batch")

    def close_report(self) -> None:
        """The report was read."""
        self.show(report=None)

    def export_file(self, path: Path) -> None:
        """Write the answers for the portal."""
        by = self.by
        self.work(
            lambda: self.desk.online.export_results(by, path),
            lambda done: self.show(
                said=self.say(
                    "online_screen.said.exported", count=done.outcomes, refused=done.not_taken
                )
            ),
            doing="doing.export_results",
        )


def _urgent(case: OnlineCase) -> bool:
    return case.days_left is not None and (case.runs_out_soon or case.days_left < 0)


def _marks(
    data: bytes, findings: tuple[PictureFinding, ...]
) -> tuple[tuple[PictureFinding, Mark], ...]:
    """Faults with their places, those that hide the rest alone."""
    try:
        size = open_picture(data).size
    except NotAPicture:
        return ()
    placed = ((finding, mark_of(finding, size)) for finding in relevant(findings))
    return tuple((finding, mark) for finding, mark in placed if mark is not None)
