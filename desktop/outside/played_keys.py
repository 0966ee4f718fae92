"""The keys of the parties that the simulators play, for the codes on their papers.

Each has a key of its own. It follows from a signature by the training profile's own root and is
kept nowhere; the same profile gives the same keys and certificates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from desktop.domain.requirements import RequirementKind
from desktop.keys.certificates import Certificate, KeyRole, issue
from desktop.keys.signer import SoftSigner
from desktop.outside.proof_code import subject_of
from desktop.outside.simulators import ISSUERS
from desktop.profile import Profile


def issuers_of(profile: Profile) -> Iterable[Certificate]:
    """The certificates of every party that is played in this training profile."""
    if not profile.holds(KeyRole.ROOT):
        return
    root = profile.signer(KeyRole.ROOT)
    own = profile.trust.roots[0]
    for kind, (name, _) in ISSUERS.items():
        yield issue(
            root,
            realm=profile.realm,
            role=KeyRole.ISSUER,
            subject=subject_of(kind, name),
            public=signer_of(profile, kind).public,
            not_before=own.not_before,
            not_after=own.not_after,
        )


def signer_of(profile: Profile, kind: RequirementKind) -> SoftSigner:
    """The key of the party behind a kind of proof."""
    purpose = f"loket issuer of {kind}".encode()
    return SoftSigner(hashlib.sha256(profile.signer(KeyRole.ROOT).sign(purpose)).digest())
