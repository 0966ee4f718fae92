"""A training profile is a realm of its own: its root and every key are made together with it.

A live profile makes its counter's key alone and waits for the certificate from its enrolment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from desktop.domain.realm import Realm
from desktop.keys.certificates import Certificate, KeyRole, issue
from desktop.profile_keys import ProfileKeys
from desktop.sources import KeySource

TRAINING_OFFICE = "1374"
TRAINING_COUNTER = f"{TRAINING_OFFICE}-L3"
VALIDITY = timedelta(days=3653)
BACKDATED = timedelta(days=31)
"""Certificates begin earlier than now, so that a clock set right doesn't leave them behind."""

_ROLES = (KeyRole.COUNTER, KeyRole.OFFICE, KeyRole.SEAL, KeyRole.PORTAL, KeyRole.NOTARY)


def training_keys(
    held: ProfileKeys, keys: KeySource, counter: str, office: str, now: datetime
) -> tuple[ProfileKeys, Certificate, list[Certificate]]:
    """The keys of a training realm: with them the root's certificate, and those of all others."""
    held = held.made(KeyRole.ROOT, keys)
    root = held.signer(KeyRole.ROOT.value)
    subjects = {KeyRole.ROOT: "training", KeyRole.COUNTER: counter}

    def vouched(role: KeyRole, public: bytes) -> Certificate:
        return issue(
            root,
            realm=Realm.TRAINING,
            role=role,
            subject=subjects.get(role, office),
            public=public,
            not_before=now - BACKDATED,
            not_after=now + VALIDITY,
        )

    own: list[Certificate] = []
    for role in _ROLES:
        held = held.made(role, keys)
        own.append(vouched(role, held.signer(role.value).public))
    return held, vouched(KeyRole.ROOT, root.public), own
