"""Who is this: the KTP-el's chip and finger, or a manual reading before two officers.

The chip fills the form; a manual reading needs a reason and a second officer and stays marked for
ever.
"""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from dataclasses import dataclass, field

import msgspec
import rfc8785

from desktop.domain.application import Approval, IdentitySource
from desktop.domain.person import Applicant, Sex
from desktop.ledger import Writing
from desktop.services.approval import Approvals
from desktop.services.base import Frame
from desktop.services.persons import Persons
from devices.device import DeviceKind
from devices.eid_reader import EidCard, EidSex, FingerprintResult
from devices.errors import CannotCompare, NoFinger, PoorFinger, WrongCard

EID_SECONDS = 30.0
FINGER_SECONDS = 15.0
FINGER_TRIES = 4
"""As many as a reading of the KTP-el gives a person, as it was shown in 2013 (`domain` facts)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as read at the counter, with how they were read."""

    applicant: Applicant
    source: IdentitySource
    photo: bytes = b""
    fingerprint: str = ""
    override: str = ""
    second_officer: str = ""
    finger_tries: int = 0
    minutiae: tuple[bytes, ...] = field(default=(), repr=False)
    """The KTP-el's fingers until one matched or the tries are over; kept nowhere."""


def applicant_of(card: EidCard) -> Applicant:
    """The KTP-el's fields as they will stand on a licence."""
    parts = [*card.address, f"RT/RW {card.rt_rw}", card.village, card.district, card.regency]
    return Applicant(
        nik=card.nik,
        name=card.name,
        birth_place=card.birth_place,
        birth_date=card.birth_date,
        sex=Sex.FEMALE if card.sex is EidSex.FEMALE else Sex.MALE,
        blood_type=card.blood_type or "-",
        address=", ".join(part for part in parts if part),
        occupation=card.occupation,
        nationality=card.nationality,
    )


MANUAL_IDENTITY = "identity.manual"
"""The act that two officers sign where the KTP-el's chip or the finger can't speak."""


class Identifying(Persons):
    """Acts that say who somebody is."""

    def __init__(self, frame: Frame, approvals: Approvals) -> None:
        super().__init__(frame)
        self._approvals = approvals

    def read_eid(self, cancel: threading.Event | None = None) -> Identity:
        """Read the KTP-el on the reader. Raises the reader's faults."""
        with self._frame.hub.eid_reader() as reader:
            card: EidCard = reader.read(timeout=EID_SECONDS, cancel=cancel)
        return Identity(
            applicant=applicant_of(card),
            source=IdentitySource.CHIP,
            photo=card.photo,
            fingerprint=str(card.fingerprint),
            finger_tries=0 if card.fingerprint is FingerprintResult.NOT_TRIED else 1,
            minutiae=card.minutiae,
        )

    def can_match(self, identity: Identity) -> bool:
        """Whether a finger may be laid on once more: tries are left, and something compares.

        That is the sensor beside the reader, or the reader itself, which reads the card anew.
        """
        if identity.source is not IdentitySource.CHIP or identity.finger_tries >= FINGER_TRIES:
            return False
        if identity.fingerprint == FingerprintResult.MATCHED:
            return False
        if identity.minutiae:
            return self._frame.hub.has(DeviceKind.FINGERPRINT)
        return identity.fingerprint in (FingerprintResult.NOT_MATCHED, FingerprintResult.NOT_TRIED)

    def match_finger(self, identity: Identity, cancel: threading.Event | None = None) -> Identity:
        """One try. The first two are with the chip's first finger, the others with its second.

        No finger in time and one too poor to compare count as tries; a sensor that can't compare
        ends them. Raises the LinkFaults of the sensor, the NotCompared ones of a comparer beside
        it, and Cancelled, which count for nothing; what reading the card raises, where its reader
        compares.
        """
        tries = identity.finger_tries + 1
        if not identity.minutiae:
            again = self.read_eid(cancel)
            if again.applicant.nik != identity.applicant.nik:
                raise WrongCard(DeviceKind.EID_READER)
            return dataclasses.replace(identity, fingerprint=again.fingerprint, finger_tries=tries)
        reference = identity.minutiae[min((tries - 1) // 2, len(identity.minutiae) - 1)]
        result = FingerprintResult.NOT_MATCHED
        try:
            with self._frame.hub.fingerprint() as sensor:
                if sensor.match(reference, timeout=FINGER_SECONDS, cancel=cancel).matched:
                    result = FingerprintResult.MATCHED
        except (NoFinger, PoorFinger):
            result = FingerprintResult.NOT_MATCHED
        except CannotCompare:
            result, tries = FingerprintResult.NOT_TRIED, FINGER_TRIES
        # Where nothing compares, the chip's fingers tell that there was something to compare.
        over = result is not FingerprintResult.NOT_TRIED and (
            result is FingerprintResult.MATCHED or tries >= FINGER_TRIES
        )
        return dataclasses.replace(
            identity,
            fingerprint=str(result),
            finger_tries=tries,
            minutiae=() if over else identity.minutiae,
        )

    def needs_second(self, identity: Identity) -> bool:
        """A manual reading, or a finger that didn't match, needs a reason and a second officer.

        So does a finger that could be compared here and wasn't, and a chip without any.
        """
        if identity.source is IdentitySource.MANUAL:
            return True
        if identity.fingerprint == FingerprintResult.NOT_MATCHED:
            return True
        if identity.fingerprint != FingerprintResult.NOT_TRIED:
            return False
        return not identity.minutiae or self.can_match(identity)

    def sign_identity(self, w: Writing, identity: Identity, subject: str) -> tuple[Approval, ...]:
        """Both officers' signatures under a manual reading; none where the chip spoke.

        Raises NotSignedIn.
        """
        if not self.needs_second(identity):
            return ()
        content = {
            "applicant": msgspec.to_builtins(identity.applicant),
            "override": identity.override,
            "subject": subject,
        }
        digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
        second = self._approvals.witness(identity.second_officer)
        return tuple(
            self._approvals.sign(w, actor, MANUAL_IDENTITY, subject, digest)
            for actor in (w.by, second)
        )
