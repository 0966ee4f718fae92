"""The applicant of an online file stands here: KTP-el and finger, then it goes on as a walk-in."""

from __future__ import annotations

import dataclasses
import threading

from desktop.domain.application import Application
from desktop.domain.officer import Actor, Role
from desktop.domain.online import NotThisApplicant
from desktop.domain.person import IdentityConflict
from desktop.domain.reasons import OutOfTurnReason
from desktop.presenters.online_files import FileDesk
from desktop.presenters.online_problems import FingerUnproven
from desktop.presenters.online_view import MATCH_FINGER, READ_EID, OpenFile
from desktop.services.identifying import Identity


class ArrivalDesk(FileDesk):
    """The part of the online presenter that takes a file to the counter."""

    def take_to_counter(self) -> None:
        """Read the KTP-el of who stands here; where that was done, try the finger once more."""
        file, by, intake = self.view.file, self.by, self.desk.intake
        if file is None or not self.may(Role.REGISTRATION):
            return

        def read(stop: threading.Event) -> Identity:
            identity = intake.read_eid(cancel=stop)
            if identity.applicant.nik != file.app.nik:
                raise NotThisApplicant(number=file.app.number)
            return identity

        def then(identity: Identity) -> None:
            if self._seen(by, file, identity) and identity.minutiae and not identity.finger_tries:
                self._match(by, file, identity)

        known = file.arrived
        if known is None:
            self.wait_for(read, then, lane="eid_reader", doing=READ_EID)
        elif intake.can_match(known):
            self._match(by, file, known)
        else:
            self.show(problem=FingerUnproven("over"))

    def take_arrived(self, override: str, nrp: str, password: str) -> None:
        """No finger proves who stands here: a reason, and a second officer who signs it too."""
        file, by, duty = self.view.file, self.by, self.desk.duty
        known = file.arrived if file is not None else None
        if file is None or known is None:
            return

        def act() -> Identity:
            second = duty.second(by, nrp, password)
            return dataclasses.replace(known, override=override, second_officer=second.officer)

        self.work(act, lambda signed: self._take_over(by, file, signed))

    def _match(self, by: Actor, file: OpenFile, identity: Identity) -> None:
        """One try of the finger; Esc ends it and is no try."""

        def then(tried: Identity) -> None:
            self._seen(by, file, tried)

        self.wait_for(
            lambda stop: self.desk.intake.match_finger(identity, stop),
            then,
            lane="fingerprint" if identity.minutiae else "eid_reader",
            doing=MATCH_FINGER,
        )

    def _seen(self, by: Actor, file: OpenFile, identity: Identity) -> bool:
        """On to the counter, or kept for another try of the finger; whether it waits for one."""
        if not self.still_here(by):
            return False  # nobody is called in the name of an officer who went
        intake, now = self.desk.intake, self.view.file
        if not intake.needs_second(identity):
            self._take_over(by, file, identity)
            return False
        if now is None or now.app.id != file.app.id:
            return False
        more = intake.can_match(identity)
        kept = dataclasses.replace(now, arrived=identity)
        self.show(file=kept, problem=FingerUnproven("" if more else "over"))
        return more

    def _take_over(self, by: Actor, file: OpenFile, identity: Identity) -> None:
        desk, why = self.desk, OutOfTurnReason.BACK_WITH_DOCUMENT

        def act() -> Application:
            if desk.has_centre:
                desk.claims.take_free(by, [file.app.id])
            return desk.online.take_to_counter(
                by, file.app.id, lambda w: desk.queue.admit(w, why), identity
            )

        def refused(problem: Exception) -> None:
            if isinstance(problem, IdentityConflict):  # it is at the counter, held up
                self.show(file=None)
                self.refresh()
            self.show(problem=problem)

        self.work(
            act,
            lambda app: self.show(file=None, goto=("walk_in", app.id)),
            lane=self._lane(),
            failed=refused,
        )
