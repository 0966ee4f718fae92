"""The approver's own moment: what waits, and a signature over exactly what will stand on the card.

The approver signs with a key that only their own password opens, over the digest of the content.
Any later change of the content voids it. The maker of a case can't approve it; the workflow table
refuses that here and the centre refuses it again.
"""

from __future__ import annotations

import dataclasses

from desktop.domain.application import Application, Approval, ReasonMissing, StaleCase
from desktop.domain.application import ApplicationState as S
from desktop.domain.officer import Actor, OwnWork, Role, RoleMissing
from desktop.domain.workflow import Action, Gate
from desktop.ledger import Reading, Writing, approval_statement
from desktop.services.base import ISSUE, Frame, content_digest
from desktop.services.duty import Duty

WAITING = (S.CONFIRMED, S.VERIFIED)


class Approvals:
    """Signing, alone or as one of two officers."""

    def __init__(self, frame: Frame, duty: Duty) -> None:
        self._frame = frame
        self._duty = duty

    def waiting(self, by: Actor | None = None) -> list[Application]:
        """Cases that wait for an approver; with `by`, without that officer's own."""
        with self._frame.ledger.reading() as r:
            found = r.find(Application, state=WAITING, order="changed_at")
            return [
                app for app in found if by is None or by.officer not in self._frame.hands(r, app)
            ]

    def waits_for(self, by: Actor) -> int:
        """How many cases this officer may sign for now."""
        return len(self.waiting(by)) if Role.APPROVER in by.roles else 0

    def witness(self, nrp: str) -> Actor:
        """A second officer who signed in beside the first. Raises NotSignedIn."""
        return self._duty.witness(nrp)

    def sign(self, w: Writing, by: Actor, act: str, subject: str, digest: str) -> Approval:
        """An officer's signature as a stored approval; the caller records the act.

        Raises NotSignedIn, OfficerKeyRevoked.
        """
        signer = self._duty.signer(by)
        self._frame.revoked.refuse_officer(signer.key_id, self._frame.now())
        draft = Approval(
            id=self._frame.ids.new(),
            act=act,
            subject=subject,
            digest=digest,
            officer=by.officer,
            signature="",
            at=self._frame.now(),
            key_id=signer.key_id,
        )
        signature = signer.sign(approval_statement(self._frame.realm, draft))
        return w.add(dataclasses.replace(draft, signature=signature.hex()))

    def approve(self, by: Actor, application_id: str, seen_digest: str = "") -> Application:
        """Approve one case. `seen_digest` is what the approver's screen showed.

        Raises RoleMissing, OwnWork, GatesMissing, StaleCase (the content changed since it was
        shown).
        """
        frame = self._frame
        with frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            if Role.APPROVER not in by.roles:
                raise RoleMissing(needed=(Role.APPROVER,))
            if by.officer in frame.hands(w, app):
                raise OwnWork
            digest = content_digest(app)
            if seen_digest and seen_digest != digest:
                raise StaleCase
            approval = self.sign(w, by, ISSUE, app.id, digest)
            return frame.move(
                w,
                app,
                Action.APPROVE,
                approvals=(approval,),
                told={"digest": digest},
                approved_by=by.officer,
                approved_digest=digest,
            )

    def refuse(self, by: Actor, application_id: str, reason: str, note: str = "") -> Application:
        """Send a walk-in case back to the desk with a reason, which stands in the case until the
        applicant confirms again. Raises ReasonMissing."""
        if not reason.strip():
            raise ReasonMissing
        with self._frame.ledger.acting(by) as w:
            app = w.get(Application, application_id)
            self._frame.void_approvals(w, app)
            return self._frame.move(
                w, app, Action.REFUSE, also=(Gate.REASON,),
                told={"reason": reason, "note": note}, reason=reason, note=note,
                confirmed_digest="",
            )  # fmt: skip

    def history(self, r: Reading, subject: str) -> list[Approval]:
        """Every signature about one subject, void ones included."""
        return r.find(Approval, subject=subject)
