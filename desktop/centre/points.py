"""What the centre orders to stand on one card's chip: violations and points, as a signed file.

The list is the whole of what the card shall carry, and its number is higher than any before: the
centre's database counts them by card. A training counter, which holds its realm's own centre key,
makes such files too, so that the way onto a chip can be practised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from desktop.cards.chip.orders import LONGEST, MOST, write_order
from desktop.domain.codes import CodeKind, read_code
from desktop.domain.errors import Problem
from desktop.domain.violations import CardOrder, PointsVerdict, Violation, ViolationLevel
from desktop.keys.authority import (
    CERTIFICATES,
    AuthorityUnreadable,
    certificates_in,
    notary_of,
)
from desktop.keys.certificates import Certificate, KeyRole
from desktop.keys.signer import Signer
from desktop.profile import Profile
from desktop.rulebook import Rulebook

LONGEST_REFERENCE = 60
HIGHEST = 999
"""Points of one violation; a larger number is a slip of the hand."""


class ViolationUnfit(Problem):
    """The `place`th violation isn't day, level, points and ticket, or isn't possible."""

    place: int


class TooManyViolations(Problem):
    """A chip keeps at most so many violations, in so many bytes."""

    most: int


class NoCentreKey(Problem):
    """This profile doesn't hold the centre's key: a live counter orders nothing."""


@dataclass(frozen=True, slots=True)
class CentreKey:
    """The key that orders, and the certificate that vouches for it."""

    signer: Signer
    certificate: Certificate


def key_of_authority(folder: Path) -> CentreKey:
    """The notary's key of a centre's authority. Raises AuthorityUnreadable."""
    signer = notary_of(folder)
    for certificate in reversed(certificates_in(folder, CERTIFICATES)):
        if certificate.role is KeyRole.NOTARY and certificate.public == signer.public:
            return CentreKey(signer, certificate)
    raise AuthorityUnreadable(str(folder), CERTIFICATES)


def key_of_profile(profile: Profile) -> CentreKey:
    """The centre's key of a training realm. Raises NoCentreKey."""
    certificate = profile.certificate(KeyRole.NOTARY)
    if certificate is None or not profile.holds(KeyRole.NOTARY):
        raise NoCentreKey
    return CentreKey(profile.signer(KeyRole.NOTARY), certificate)


def read_serial(text: str, on: date) -> str:
    """A card's serial in its normal form. Raises CodeMalformed."""
    return read_number(CodeKind.BLANK_SERIAL, text, on)


def read_number(kind: CodeKind, text: str, on: date) -> str:
    """A number of a kind, as the program's own rules have it. Raises CodeMalformed."""
    return read_code(Rulebook.load().on(on).codes, kind, text).text


def read_violations(texts: Sequence[str], today: date) -> tuple[Violation, ...]:
    """Violations as an administrator types them: DAY,LEVEL,POINTS,TICKET.

    Raises ViolationUnfit, TooManyViolations.
    """
    if len(texts) > MOST:
        raise TooManyViolations(most=MOST)
    found: list[Violation] = []
    for place, text in enumerate(texts, 1):
        try:
            on, level, points, reference = (part.strip() for part in text.split(",", 3))
            one = Violation(date.fromisoformat(on), ViolationLevel(level), int(points), reference)
        except ValueError as error:
            raise ViolationUnfit(place) from error
        fits = one.on <= today and 0 <= one.points <= HIGHEST
        if not (fits and reference.isprintable() and 0 < len(reference) <= LONGEST_REFERENCE):
            raise ViolationUnfit(place)
        found.append(one)
    return tuple(found)


def signed_order(
    key: CentreKey,
    serial: str,
    sequence: int,
    verdict: PointsVerdict,
    violations: tuple[Violation, ...],
    now: datetime,
) -> bytes:
    """The file's bytes. Raises TooManyViolations."""
    made = now.replace(microsecond=0)
    order = CardOrder(key.certificate.realm, serial, sequence, made, verdict, violations)
    body = write_order(order, key.signer, key.certificate)
    if len(body) > LONGEST:
        raise TooManyViolations(most=MOST)
    return body
