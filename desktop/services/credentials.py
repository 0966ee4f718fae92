"""An officer's first sign-in at a counter: a one-time code, then a password of their own.

The code comes from a supervisor or administrator here, or from the centre (`centre officer-code`),
and is kept as a hash until it is used or its day is over. With it the officer chooses a password;
the key that it seals is made here and never leaves. Where this counter holds the office's key, it
vouches for the new one at once; the request for the centre's certificate stands in the act itself
and goes up with it. Who had a password here before signs nothing with it any more.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime

from db.codes import new_code, plain_code
from desktop.domain.application import Approval
from desktop.domain.errors import Problem
from desktop.domain.officer import (
    Actor,
    Officer,
    Role,
    RoleMissing,
    SameOfficer,
    UnknownOfficer,
)
from desktop.keys.certificates import KeyRole
from desktop.keys.officers import STANDARD, Cost, make_officer_secret, unlock
from desktop.keys.requests import make_request
from desktop.keys.signer import Signer
from desktop.ledger import approval_statement
from desktop.notices import DutyChanged
from desktop.profile import Profile
from desktop.services.approval import Approvals
from desktop.services.base import Frame
from desktop.services.duty import Duty, Session
from desktop.services.officer_code import CODE_LIVES, code_hash
from desktop.services.signing import digest_of

KEEPERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
LEAST_SIGNS = 10
GIVEN, MADE = "officer.code_given", "officer.key_made"


class PasswordUnfit(Problem):
    """A password is at least `least` signs long and says neither the number nor the code."""

    least: int


def with_code(officer: Officer, hashed: str, until: datetime, giver: str) -> Officer:
    """The officer with a code in the place of whatever opened their key before."""
    secret = {"code": hashed, "code_until": until.isoformat(), "code_from": giver}
    return dataclasses.replace(
        officer, password_hash="", secret=secret, failed_tries=0, locked_until=None
    )


class Credentials:
    """Gives codes and takes the passwords that they open the way for."""

    def __init__(
        self,
        frame: Frame,
        duty: Duty,
        profile: Profile,
        approvals: Approvals,
        cost: Cost = STANDARD,
    ) -> None:
        self._frame = frame
        self._duty = duty
        self._profile = profile
        self._approvals = approvals
        self._cost = cost

    def give_code(self, by: Actor, nrp: str) -> tuple[str, datetime]:
        """A one-time code for another officer, to be told to them alone; and when it ends.

        Raises RoleMissing, SameOfficer, UnknownOfficer.
        """
        if not by.roles.intersection(KEEPERS):
            raise RoleMissing(needed=KEEPERS)
        if by.officer == nrp:
            raise SameOfficer
        code, until = new_code(), self._frame.now() + CODE_LIVES
        hashed = code_hash(self._frame.realm, nrp, code)
        with self._frame.ledger.acting(by) as w:
            officer = w.look(Officer, nrp)
            if officer is None or not officer.active:
                raise UnknownOfficer
            signed = self._approvals.sign(w, by, GIVEN, nrp, digest_of({"code": hashed}))
            after = with_code(officer, hashed, until, by.officer)
            w.change(
                officer, password_hash=after.password_hash, secret=after.secret,
                failed_tries=0, locked_until=None,
            )  # fmt: skip
            w.record(GIVEN, nrp, {"until": until}, approvals=(signed,))
            w.notify(DutyChanged())
        self._duty.dismiss(nrp)
        return code, until

    def choose_password(self, nrp: str, code: str, password: str) -> Session:
        """Make the officer's key under a password of their own, and let them in by it.

        Raises what signing in raises, and PasswordUnfit; the code stays good until it is used.
        """
        officer = self._duty.proving.check_code(nrp, code)
        plain = plain_code(password)
        if len(password) < LEAST_SIGNS or nrp in password or plain == plain_code(code):
            raise PasswordUnfit(least=LEAST_SIGNS)
        frame, now = self._frame, self._frame.now()
        secret = make_officer_secret(password, frame.keys, self._cost)
        signer = unlock(secret, password)
        asked = make_request(signer, frame.realm, KeyRole.OFFICER, nrp)
        vouched = None
        if self._profile.holds(KeyRole.OFFICE):
            vouched = self._profile.vouch_for_officer(nrp, secret.public, now)
        me = Actor(nrp, frame.ids.new(), officer.roles_on(frame.today()))
        with frame.ledger.acting(me) as w:
            w.change(
                officer,
                password_hash=secret.password_hash,
                secret={
                    "salt": secret.salt.hex(),
                    "sealed_key": secret.sealed_key.hex(),
                    "public": secret.public.hex(),
                    "own": "yes",
                },
                certificate=vouched.text() if vouched else "",
                failed_tries=0,
                locked_until=None,
            )
            if vouched is not None:
                w.keep_certificate(vouched)
            approval = w.add(self._signed(nrp, signer, asked.text(), now))
            facts = {"key": signer.key_id, "request": asked.text(), "vouched": vouched is not None}
            w.record(MADE, nrp, facts, approvals=(approval,))
        return self._duty.unlock(nrp, password)

    def _signed(self, nrp: str, signer: Signer, request: str, now: datetime) -> Approval:
        digest = digest_of({"request": request})
        draft = Approval(self._frame.ids.new(), MADE, nrp, digest, nrp, "", now, signer.key_id)
        signature = signer.sign(approval_statement(self._frame.realm, draft))
        return dataclasses.replace(draft, signature=signature.hex())
