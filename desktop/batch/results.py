"""What the office answers: one line for each application, in a file signed by the office.

The portal takes the newest line of an application; sending all of them again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import rfc8785

from desktop.batch.envelope import RESULTS, open_envelope, write_envelope
from desktop.domain.online import LineFault, Mark
from desktop.domain.realm import Realm
from desktop.domain.reasons import UploadedDocument
from desktop.keys.certificates import Certificate, KeyRole, Trust
from desktop.keys.signer import Signer


@dataclass(frozen=True, slots=True)
class Reason:
    """A coded reason with its texts; `mark` is left, top, width, height as parts of 1."""

    code: str
    document: UploadedDocument
    text_id: str
    text_en: str
    note: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """Who took the parcel, by the courier's word."""

    at: str
    relation: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one application stands. `percent` is None for one that ended without a card."""

    external_id: str
    number: str
    revision: int
    state: str
    percent: int | None
    changed_at: str
    reasons: tuple[Reason, ...] = ()
    reject_reason: str = ""
    courier: str = ""
    waybill: str = ""
    parcel: str = ""
    delivered: Delivered | None = None


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A line that the office couldn't take; the applicant has to be asked by the portal.

    For a cancellation that came too late `where` is the state that stood in its way.
    """

    external_id: str
    batch: str
    line: int
    fault: LineFault
    where: str = ""
    text_id: str = ""
    text_en: str = ""


def write_results(
    path: Path,
    answers: Sequence[Outcome | NotTaken],
    *,
    realm: Realm,
    office: str,
    batch: str,
    made_at: datetime,
    signer: Signer,
    certificates: Sequence[Certificate],
) -> str:
    """Write the answers; the file's SHA-256. Raises BatchNotWritten."""
    lines = [
        rfc8785.dumps(
            {
                "kind": "outcome" if isinstance(answer, Outcome) else "not_taken",
                **msgspec.to_builtins(answer),
            }
        )
        for answer in answers
    ]
    return write_envelope(
        path,
        RESULTS,
        realm=realm,
        office=office,
        batch=batch,
        made_at=made_at,
        lines=lines,
        pictures={},
        signer=signer,
        certificates=certificates,
    )


def read_results(path: Path, *, trust: Trust, role: KeyRole, at: datetime) -> list[dict[str, Any]]:
    """The answers as the portal reads them. Raises what opening an envelope raises."""
    with open_envelope(path, RESULTS, trust=trust, role=role, at=at) as envelope:
        return [json.loads(line) for line in envelope.body.splitlines()]
