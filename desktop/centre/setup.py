"""A centre's schema and the program's own tables in it: made, and brought forward."""

from __future__ import annotations

import hashlib
import itertools
import json

from db import central_admin
from db.central_desk import connect
from db.central_portal import load_told
from desktop.domain.application import ApplicationState
from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.domain.reasons import SendBackReason
from desktop.domain.shipment import ParcelState
from desktop.domain.workflow import percent_told
from desktop.services.centre_rules import centre_rules
from desktop.words import Words

SUBMITTED = "submitted"
"""What the portal is told of an application that no counter has taken yet."""


class CentreOfOtherRealm(Problem):
    """The database is a centre of the other realm."""

    realm: str


def prepare(dsn: str, realm: Realm) -> str:
    """Make the schema or bring it forward, and load the program's tables; their version.

    Raises CentreOfOtherRealm, CentreUnreachable.
    """
    connect(dsn).close()
    try:
        central_admin.upgrade(dsn, realm.value)
    except ValueError as error:
        raise CentreOfOtherRealm(realm.value) from error
    rules = centre_rules()
    version = hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()[:12]
    with connect(dsn) as conn:
        central_admin.load_rules(conn, rules, version)
        load_told(conn, told_rows(), reason_rows())
    return version


def told_rows() -> list[tuple[str, bool, str, int | None]]:
    """What an applicant is told of each state, delivery and parcel; see `percent_told`."""
    parcels: list[ParcelState | None] = [None, *ParcelState]
    rows: list[tuple[str, bool, str, int | None]] = []
    for by_courier, parcel in itertools.product((False, True), parcels):
        name = "" if parcel is None else parcel.value
        for state in ApplicationState:
            percent = percent_told(state, by_courier=by_courier, parcel=parcel)
            rows.append((state.value, by_courier, name, percent))
        # Paid, and waiting to be looked at: as one that a counter has received.
        received = percent_told(ApplicationState.RECEIVED, by_courier=by_courier)
        rows.append((SUBMITTED, by_courier, name, received))
    return rows


def reason_rows() -> list[tuple[str, str, str, str]]:
    """The words of each reason for sending a file back."""
    indonesian, english = Words.load("id"), Words.load("en")
    return [
        (reason.value, reason.document.value, indonesian.of(reason), english.of(reason))
        for reason in SendBackReason
    ]
