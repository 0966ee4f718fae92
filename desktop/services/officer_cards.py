"""An officer's own card: the key that signs their acts never leaves it.

Any card that PKCS#11 reaches (most through OpenSC). The administrator enrols the card's key, for
which the office vouches where this counter holds the office's key, and else the centre: the request
stands in the act, as with an officer's first password. The officer signs in by card and PIN, and
the card proves itself by signing a question that was never asked before. The PIN is used at once
and kept nowhere: a card that was pulled signs nothing more until its owner signs in again.

Two cards may be plugged in at once, the first officer's and a second one's who signs beside them:
the one whose public key is vouched for as the officer's is asked for the PIN.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import rfc8785

from desktop.domain.errors import Problem
from desktop.domain.officer import PROGRAM, Actor, Officer, Role, RoleMissing, UnknownOfficer
from desktop.keys.certificates import Certificate, KeyRole
from desktop.keys.errors import KeyWithdrawn, LastPinTry, PinLocked, WrongPin
from desktop.keys.pkcs11 import Token, TokenPlace, find_tokens
from desktop.keys.requests import make_request
from desktop.keys.signer import Signer, key_id_of, verifies
from desktop.keys.token_signer import make_key, public_keys_of, signers_in
from desktop.notices import DutyChanged, Notice
from desktop.profile import Profile
from desktop.services.approval import Approvals
from desktop.services.base import Frame
from desktop.services.duty import Duty, Session
from desktop.services.signing import digest_of

ENROLLED = "officer.card_enrolled"
_LABEL = "loket officer"


class CardNotYours(Problem):
    """No key of this card is vouched for as that officer's, or it was withdrawn."""


class NoCardPlace(Problem):
    """Nobody has told this counter by which software it reaches officers' cards."""


class SeveralCards(Problem):
    """More than one card is plugged in; which one is meant can't be told."""

    count: int


class CardKeyOfAnother(Problem):
    """The card's key is vouched for as somebody else's."""


@dataclass(frozen=True, slots=True)
class CardEnrolled:
    """A card that is an officer's from now on, or once the centre vouches for it."""

    key_id: str
    certificate: Certificate | None
    """None where this counter doesn't hold the office's key: the centre is asked."""


class OfficerCards:
    """Enrolling cards, and signing in by them."""

    def __init__(self, frame: Frame, duty: Duty, profile: Profile, approvals: Approvals) -> None:
        self._frame = frame
        self._duty = duty
        self._profile = profile
        self._approvals = approvals
        self._cards: dict[str, Token] = {}
        frame.ledger.notices.subscribe(self._hear)

    def enrol(self, by: Actor, nrp: str, place: TokenPlace, pin: str) -> CardEnrolled:
        """Take the card's key as an officer's, making one on a card that has none.

        The password's key stays good. Raises RoleMissing, UnknownOfficer, SeveralCards,
        CardKeyOfAnother, KeyWithdrawn and the token's problems.
        """
        if Role.ADMINISTRATOR not in by.roles:
            raise RoleMissing(needed=(Role.ADMINISTRATOR,))
        with self._frame.ledger.reading() as r:
            officer = r.look(Officer, nrp)
        if officer is None or not officer.active:
            raise UnknownOfficer
        if (count := len(find_tokens(place))) > 1:
            raise SeveralCards(count=count)
        card = Token(place, lambda: pin, reopens=False)
        try:
            if not signers_in(card):
                make_key(card, _LABEL)
            signer = signers_in(card)[0]
            self._refuse_other(signer, nrp)
            asked = make_request(signer, self._frame.realm, KeyRole.OFFICER, nrp)
        finally:
            card.close()
        made = None
        if self._profile.holds(KeyRole.OFFICE):
            made = self._profile.vouch_for_officer(nrp, signer.public, self._frame.now())
        with self._frame.ledger.acting(by) as w:
            if made is not None:
                w.keep_certificate(made)
            digest = digest_of({"request": asked.text()})
            approval = self._approvals.sign(w, by, ENROLLED, nrp, digest)
            facts = {"key": signer.key_id, "request": asked.text(), "vouched": made is not None}
            w.record(ENROLLED, nrp, facts, approvals=(approval,))
        return CardEnrolled(signer.key_id, made)

    def _refuse_other(self, signer: Signer, nrp: str) -> None:
        """A card signs for one officer alone: else one person would be two."""
        for known in self._profile.trust.known:
            if known.key_id == signer.key_id and (known.role, known.subject) != (
                KeyRole.OFFICER,
                nrp,
            ):
                raise CardKeyOfAnother
        if any(gone.key_id == signer.key_id for gone in self._profile.withdrawn):
            raise KeyWithdrawn

    def sign_in(self, nrp: str, place: TokenPlace, pin: str) -> Session:
        """Begin a session by card and PIN.

        Raises UnknownOfficer, LockedOut, SignInTooOld, CardNotYours and the token's problems
        (WrongPin, LastPinTry, PinLocked: the card counts the tries itself).
        """
        return self._by_card(self._duty.sign_in_with, nrp, place, pin)

    def unlock(self, nrp: str, place: TokenPlace, pin: str) -> Session:
        """Begin a session, go on with one's own, or take another's over, by card and PIN.

        Raises what `sign_in` raises.
        """
        return self._by_card(self._duty.unlock_with, nrp, place, pin)

    def second(
        self, by: Actor, nrp: str, place: TokenPlace, pin: str, role: Role | None = None
    ) -> Actor:
        """A second officer signs beside the first for one act, by card and PIN.

        Raises SameOfficer, RoleMissing and what `sign_in` raises.
        """

        def enter(number: str, prove: Callable[[Officer], Signer]) -> Session:
            return self._duty.second_with(by, number, prove, role)

        return self._by_card(enter, nrp, place, pin).actor

    def _by_card(
        self,
        enter: Callable[[str, Callable[[Officer], Signer]], Session],
        nrp: str,
        place: TokenPlace,
        pin: str,
    ) -> Session:
        place = self._card_of(nrp, place)
        for session_id in [at for at, card in self._cards.items() if card.place == place]:
            self._cards.pop(session_id).close()  # a PIN can't be tried on a card that is signed in
        card = Token(place, lambda: pin, reopens=False)
        try:
            session = enter(nrp, lambda officer: self._prove(officer, card))
        except BaseException:
            card.close()
            raise
        self._cards[session.id] = card
        return session

    def _prove(self, officer: Officer, card: Token) -> Signer:
        try:
            signers = signers_in(card)
        except (WrongPin, LastPinTry, PinLocked) as refused:
            self._refused(officer, type(refused).__name__)
            raise
        now = self._frame.now()
        withdrawn = {gone.key_id for gone in self._profile.withdrawn}
        for signer in signers:
            found = self._profile.trust.find(signer.key_id, KeyRole.OFFICER, officer.id, now)
            if found is None or found.key_id in withdrawn:
                continue
            question = rfc8785.dumps(
                {
                    "type": "sign-in",
                    "realm": self._frame.realm.value,
                    "counter": self._frame.counter,
                    "officer": officer.id,
                    "nonce": secrets.token_hex(32),
                }
            )
            if verifies(found.public, signer.sign(question), question):
                return signer
        self._refused(officer, CardNotYours.__name__)
        raise CardNotYours

    def _refused(self, officer: Officer, why: str) -> None:
        with self._frame.ledger.acting(PROGRAM) as w:
            w.record("duty.card_refused", officer.id, {"why": why})

    def _hear(self, notice: Notice) -> None:
        if isinstance(notice, DutyChanged):
            here = {session.id for session in self._duty.sessions}
            for gone in [session for session in self._cards if session not in here]:
                self._cards.pop(gone).close()

    def _card_of(self, nrp: str, place: TokenPlace) -> TokenPlace:
        """The officer's own card of those that are plugged in.

        Where no card shows a key of theirs, one that nobody signed in with: a PIN is never tried
        on a card at which somebody else is at work. Raises CardNotYours.
        """
        cards = find_tokens(place)
        taken = {card.place.serial for card in self._cards.values()}
        chosen = next(
            (card for card in cards if self._is_of(nrp, card)),
            next((card for card in cards if _serial(card) not in taken), None),
        )
        if chosen is None:
            raise CardNotYours
        return replace(place, serial=_serial(chosen))

    def _is_of(self, nrp: str, card: Any) -> bool:
        now, trust = self._frame.now(), self._profile.trust
        return any(
            trust.find(key_id_of(public), KeyRole.OFFICER, nrp, now) is not None
            for public in public_keys_of(card)
        )


def _serial(card: Any) -> str:
    return bytes(card.serial).decode("utf-8", "replace")
