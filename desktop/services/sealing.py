"""Seals on cards and papers: what they state, and whose key signs them.

The counter's seal key is opened when the first seal is made. A live counter gets its seal key with
its enrolment; one that hasn't any makes no card and no paper, and says so. Cards that must not be
believed any more (spoiled, destroyed, missing, ended) are listed beside the public keys.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import date, datetime

from db.chain import Head
from desktop.cards.layout import SealProfile
from desktop.cards.seal import (
    HEAD_BYTES,
    PREFIX,
    CardStatement,
    PaperStatement,
    PaperType,
    portrait_digest,
    seal,
)
from desktop.cards.seal_claim import seal_claim
from desktop.cards.seal_face import small_face
from desktop.cards.seal_keys import (
    KeyReason,
    SealKey,
    SealKeys,
    SealKeysUnreadable,
    WithdrawnKey,
    read_seal_keys,
    write_seal_keys,
)
from desktop.cards.withdrawn import pack
from desktop.domain.application import Application
from desktop.domain.errors import Problem
from desktop.domain.licence_class import LicenceClass
from desktop.domain.person import Licence, LicenceStatus
from desktop.domain.revocation import SUPERSEDED, RevokedKind, SealKeyRevoked
from desktop.domain.stock import Blank, BlankState
from desktop.keys.certificates import KeyRole
from desktop.keys.signer import Signer
from desktop.ledger import Reading
from desktop.profile import Profile
from desktop.services.base import Frame

_LOG = logging.getLogger(__name__)

PREVIEW = f"{PREFIX}PRATINJAU"
"""On pictures of cards that don't exist yet: a real seal there could be copied onto plastic."""
NO_SERIAL = "–"
"""What such a picture shows where the number of a blank will stand."""

PAPER_TYPES = {
    "bap": PaperType.DESTRUCTION_MINUTES,
    "lh": PaperType.DAY_REPORT,
    "ltg": PaperType.SHIFT_CLOSE,
    "mnf": PaperType.MANIFEST,
    "pbk": PaperType.SENT_BACK,
    "psb": PaperType.PAYMENT_RECEIPT,
    "skp": PaperType.INTERIM_LETTER,
    "sth": PaperType.HANDOVER_RECEIPT,
    "ttb": PaperType.CAPTURE_RECEIPT,
}
"""Papers by the kind in their number; one that isn't named here is sealed as OTHER."""

UNSEALED = frozenset({"lbl"})
"""A courier's label mustn't tell that a licence is inside; its anchor is plain."""

NOT_TO_BE_BELIEVED = (
    BlankState.SPOILED,
    BlankState.TO_BE_DESTROYED,
    BlankState.DESTROYED,
    BlankState.MISSING,
)


class NoSealKey(Problem):
    """This profile holds no key for seals, so nothing can be printed that proves itself."""


@dataclass(frozen=True, slots=True)
class StandsFor:
    """The card that an interim letter stands for."""

    sim_number: str
    licence_class: LicenceClass
    valid_until: date


class Sealing:
    """Makes the texts of seals. Safe from any thread."""

    def __init__(self, frame: Frame, profile: Profile) -> None:
        self._frame = frame
        self._profile = profile
        self._lock = threading.Lock()
        self._signer: Signer | None = None

    def signer(self) -> Signer:
        """The key of seals. Raises NoSealKey, SealKeyRevoked."""
        with self._lock:
            if self._signer is None:
                try:
                    self._signer = self._profile.signer(KeyRole.SEAL)
                except KeyError:
                    raise NoSealKey from None
            signer = self._signer
        gone = self._frame.revoked.key_at(signer.key_id, self._frame.now())
        if gone is not None:
            raise SealKeyRevoked(at=gone.since, order=gone.order)
        return signer

    def card(self, app: Application, photo: bytes, profile: SealProfile = SealProfile.MAP) -> str:
        """The seal of a case's card; PREVIEW before its dates and blank are set.

        Raises NoSealKey.
        """
        if app.issue_on is None or app.valid_until is None or app.blank_serial in {"", NO_SERIAL}:
            return PREVIEW
        statement = CardStatement(
            realm=self._frame.realm,
            number=app.sim_number or app.nik,
            licence_class=app.licence_class,
            name=app.applicant.name.upper(),
            birth=app.applicant.birth_date,
            issued_on=app.issue_on,
            valid_until=app.valid_until,
            serial=app.blank_serial,
            portrait=portrait_digest(photo),
            office=self._frame.place.office_code,
            face=small_face(photo) if profile is SealProfile.WITH_FACE else b"",
        )
        if profile is SealProfile.CLAIM_169:
            return seal_claim(statement, self.signer())
        return seal(statement, self.signer())

    def paper(
        self,
        kind: str,
        number: str,
        made_at: datetime,
        head: Head,
        stands_for: StandsFor | None = None,
    ) -> str:
        """The seal of a paper; empty for one that bears none. Raises NoSealKey."""
        if kind in UNSEALED:
            return ""
        place = self._frame.place
        statement = PaperStatement(
            realm=self._frame.realm,
            paper=PAPER_TYPES.get(kind, PaperType.OTHER),
            number=number,
            made_at=made_at,
            office=place.office_code,
            counter=self._frame.ledger.journal.counter,
            epoch=head.epoch,
            seq=head.seq,
            head=bytes.fromhex(head.hash)[:HEAD_BYTES],
            sim_number=stands_for.sim_number if stands_for else "",
            licence_class=stands_for.licence_class if stands_for else None,
            valid_until=stands_for.valid_until if stands_for else None,
        )
        return seal(statement, self.signer())

    def public_keys(self, r: Reading, made: datetime) -> bytes:
        """`seal-keys.json`: this realm's keys for seals, and the cards that are withdrawn.

        Raises NoSealKey where the profile can't vouch (a live counter: the centre publishes them).
        """
        profile = self._profile
        try:
            root = profile.signer(KeyRole.ROOT)
        except KeyError:
            raise NoSealKey from None
        certificates = [c for c in profile.public_certificates() if c.role in _PUBLISHED]
        return write_seal_keys(
            root,
            profile.realm,
            certificates,
            made,
            withdrawn_keys=[
                WithdrawnKey(gone.key_id, gone.at, KeyReason(gone.reason))
                for gone in profile.withdrawn
                if any(c.key_id == gone.key_id for c in certificates)
            ],
            withdrawn_cards=pack(profile.realm, withdrawn_serials(r), made),
            seal_signer=self.signer(),
        )

    def verifying_keys(self, now: datetime) -> SealKeys:
        """The keys by which this counter judges a card's seal: its own, those whose certificates
        came from the centre, and the realm's file; without what the centre has revoked.

        The centre's `seal-keys.json` lies in the profile's folder; one that can't be read, or that
        the profile's root doesn't vouch for, counts as missing. Cards withdrawn by this office are
        in its own books and not listed here.
        """
        profile = self._profile
        gone = {
            one.key_id: WithdrawnKey(one.key_id, one.at, KeyReason(one.reason))
            for one in profile.withdrawn
            if one.reason in set(KeyReason)
        }
        keys = {
            c.key_id: SealKey(c, gone.get(c.key_id))
            for c in (*profile.public_certificates(), *profile.trust.known)
            if c.role is KeyRole.SEAL
        }
        made, cards = now, None
        path = profile.path / SEAL_KEYS_FILE
        if path.exists():
            try:
                listed = read_seal_keys(path.read_bytes(), profile.trust.roots)
            except (SealKeysUnreadable, OSError):
                _LOG.warning("the list of seal keys can't be used")
            else:
                made, cards = listed.made, listed.cards
                for key in listed.keys:
                    known = keys.get(key.certificate.key_id)
                    if known is None or known.withdrawn is None:
                        keys[key.certificate.key_id] = key
        for key_id, key in keys.items():
            ordered = self._frame.revoked.of(RevokedKind.KEY, key_id)
            if ordered is not None:
                why = KeyReason.SUPERSEDED if ordered.reason == SUPERSEDED else KeyReason.STOLEN
                gone_by = WithdrawnKey(key_id, ordered.since, why, ordered.order)
                keys[key_id] = SealKey(key.certificate, gone_by)
        roots = profile.trust.roots
        return SealKeys(profile.realm, made, roots, tuple(keys.values()), cards, vouched=True)


SEAL_KEYS_FILE = "seal-keys.json"

_PUBLISHED = frozenset({KeyRole.ROOT, KeyRole.SEAL})


def withdrawn_serials(r: Reading) -> list[str]:
    """The blanks whose cards must not be believed, by serial."""
    blanks = r.find(Blank, state=list(NOT_TO_BE_BELIEVED))
    ended = r.find(Licence, status=[LicenceStatus.SUPERSEDED, LicenceStatus.REVOKED])
    return sorted({blank.id for blank in blanks} | {lic.blank_serial for lic in ended} - {""})
