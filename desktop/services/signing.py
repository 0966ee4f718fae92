"""Signing one content by one officer or by two: the same digest, each with their own key."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import rfc8785

from desktop.domain.application import Approval
from desktop.domain.officer import Actor, SameOfficer
from desktop.ledger import Writing
from desktop.services.approval import Approvals


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of what is signed."""
    return hashlib.sha256(rfc8785.dumps(msgspec.to_builtins(content))).hexdigest()


def sign_both(
    approvals: Approvals,
    w: Writing,
    by: Actor,
    second: Actor,
    act: str,
    subject: str,
    content: dict[str, Any],
) -> tuple[Approval, Approval]:
    """Two officers sign the same content. Raises SameOfficer, NotSignedIn."""
    if by.officer == second.officer:
        raise SameOfficer
    digest = digest_of(content)
    return (
        approvals.sign(w, by, act, subject, digest),
        approvals.sign(w, second, act, subject, digest),
    )
