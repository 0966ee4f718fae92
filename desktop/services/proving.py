"""Whether somebody is the officer they say: the password, the one-time code, and wrong tries.

What is tried wrongly is counted and locks for a while, whoever tries, so that no list of passwords
can be gone through at a counter.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from desktop.domain.errors import Problem
from desktop.domain.officer import (
    PROGRAM,
    CodeTooOld,
    LockedOut,
    NoCredentialHere,
    Officer,
    PasswordWanted,
    SignInTooOld,
    UnknownOfficer,
    WrongPassword,
)
from desktop.domain.revocation import OfficerKeyRevoked
from desktop.keys.errors import PasswordMismatch as KeyRefused
from desktop.keys.officers import OfficerSecret, unlock
from desktop.keys.signer import Signer
from desktop.services.base import Frame

TRIES = 5
LOCK = timedelta(minutes=15)


class Proving:
    """Looks at what was typed; `duty` begins the session."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def refuse_revoked(self, officer: Officer, signer: Signer) -> None:
        """The right password for a key that the centre took back. Raises OfficerKeyRevoked."""
        try:
            self._frame.revoked.refuse_officer(signer.key_id, self._frame.now())
        except OfficerKeyRevoked:
            with self._frame.ledger.acting(PROGRAM) as w:
                w.record("duty.key_revoked", officer.id, {"key": signer.key_id})
            raise

    def able(self, nrp: str) -> Officer:
        """The officer, who may try to sign in now.

        Raises UnknownOfficer, LockedOut, SignInTooOld.
        """
        frame = self._frame
        now = frame.now()
        with frame.ledger.reading() as r:
            officer = r.look(Officer, nrp)
        if officer is None or not officer.active:
            raise UnknownOfficer
        if officer.locked_until is not None and now < officer.locked_until:
            raise LockedOut(until=officer.locked_until)
        online = frame.link is not None and frame.link.up  # who comes now is online by that
        away = (now - officer.last_online).days if officer.last_online is not None else 0
        if frame.offline_ends and not online and away > 0 and away > frame.offline_days:
            raise SignInTooOld(days=frame.offline_days)
        return officer

    def check(self, nrp: str, password: str) -> tuple[Officer, Signer]:
        """The officer and the key that this password opens.

        Raises UnknownOfficer, LockedOut, SignInTooOld, WrongPassword, and PasswordWanted where what
        was typed is the officer's one-time code.
        """
        officer, frame = self.able(nrp), self._frame
        if not officer.has_password:
            self.check_code(nrp, password)
            raise PasswordWanted
        try:
            signer = unlock(secret_of(officer), password)
        except KeyRefused as refused:
            raise self._wrong(officer) from refused
        if officer.failed_tries or officer.locked_until is not None:
            with frame.ledger.acting(PROGRAM) as w:
                officer = w.change(officer, failed_tries=0, locked_until=None)
                w.record("duty.tries_cleared", officer.id, {})
        return officer, signer

    def check_code(self, nrp: str, code: str) -> Officer:
        """The officer whose one-time code this is; a wrong one counts as a wrong password.

        Raises UnknownOfficer, LockedOut, NoCredentialHere, CodeTooOld, WrongPassword.
        """
        from desktop.services.officer_code import code_hash  # few sign-ins are by a code

        officer, frame = self.able(nrp), self._frame
        kept = officer.secret.get("code", "")
        if officer.has_password or not kept:
            raise NoCredentialHere
        until = datetime.fromisoformat(officer.secret["code_until"])
        if frame.now() >= until:
            raise CodeTooOld(until=until)
        if not hmac.compare_digest(code_hash(frame.realm, nrp, code), kept):
            raise self._wrong(officer)
        return officer

    def _wrong(self, officer: Officer) -> Problem:
        frame = self._frame
        tries = officer.failed_tries + 1
        until = frame.now() + LOCK if tries >= TRIES else None
        with frame.ledger.acting(PROGRAM) as w:
            w.change(officer, failed_tries=0 if until else tries, locked_until=until)
            w.record("duty.refused", officer.id, {"tries": tries, "locked": until is not None})
        return LockedOut(until=until) if until else WrongPassword(tries_left=TRIES - tries)


def secret_of(officer: Officer) -> OfficerSecret:
    """The stored credentials in the form that unlocking takes."""
    kept = officer.secret
    return OfficerSecret(
        password_hash=officer.password_hash,
        salt=bytes.fromhex(kept["salt"]),
        sealed_key=bytes.fromhex(kept["sealed_key"]),
        public=bytes.fromhex(kept["public"]),
    )
