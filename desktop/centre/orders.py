"""What administrators order: holds and notices, stock, courier events, rules, dispensations.

Each becomes an item in the feed of the offices concerned. Nothing here changes what a counter did.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import tomli_w

from db import central_admin, central_desk
from db.central_admin import Connection
from db.central_desk import decide, hold_row, undecided
from db.codes import new_code
from desktop.domain.errors import Problem
from desktop.domain.officer import NEVER_ONE_PERSON, Role
from desktop.domain.person import BINDING_HOLDS, HoldKind
from desktop.domain.realm import Realm
from desktop.domain.revocation import RevokedKind
from desktop.rulebook import parse_file
from desktop.services.courier_file import BadCourierLine, CourierLine, read_courier_file
from desktop.services.officer_code import CODE_LIVES, code_hash

PROPOSAL = "dispensation_proposal"


class UnknownOrder(Problem):
    """There is no hold, proposal or consignment of this id."""

    id: str


class SerialsUnfit(Problem):
    """First and last serial don't make a run; `detail` says why."""

    detail: str


class OfficerNotThere(Problem):
    """The centre has no such officer, or none who serves at that counter."""

    nrp: str
    counter: str


class KeyNameUnfit(Problem):
    """A key is named by its id, a document signer by its certificate's SHA-256, both in hex."""

    name: str


class LicenceNameShared(Problem):
    """Several licences in force have this number (a NIK is on all of a person's cards)."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Revoked:
    """What counts no more, and whether a licence in an office's books was ended by it."""

    id: str
    ended: bool


class RolesClash(Problem):
    """One person can't hold these two roles."""

    one: Role
    other: Role


# -- officers --------------------------------------------------------------------------------------


def put_officer(
    conn: Connection,
    nrp: str,
    name: str,
    rank: str,
    roles: Sequence[Role],
    offices: Sequence[str],
    *,
    active: bool = True,
    stands_in: Sequence[Role] = (),
    until: date | None = None,
) -> None:
    """Enter or change an officer; without offices the officer serves in all.

    `stands_in` are duties of somebody absent, to `until` included. Raises RolesClash.
    """
    for pair in NEVER_ONE_PERSON:
        one, other = sorted(pair)
        if {one, other} <= {*roles, *stands_in}:
            raise RolesClash(Role(one), Role(other))
    central_admin.put_officer(
        conn, nrp, name, rank=rank, roles=[role.value for role in roles],
        offices=list(offices) or None, active=active,
        delegate_roles=[role.value for role in stands_in],
        delegate_until=None if until is None else until.isoformat(),
    )  # fmt: skip


def officer_code(
    conn: Connection, realm: Realm, nrp: str, counter: str, now: datetime
) -> tuple[str, datetime]:
    """A one-time code with which an officer begins at one counter, and when it ends.

    The counter is told its hash alone. Raises OfficerNotThere.
    """
    code, until = new_code(), now + CODE_LIVES
    told = {"hash": code_hash(realm, nrp, code), "until": until.isoformat()}
    if not central_admin.tell_officer(conn, nrp, counter, told):
        raise OfficerNotThere(nrp, counter)
    return code, until


# -- holds -----------------------------------------------------------------------------------------


def put_hold(
    conn: Connection,
    nik: str,
    kind: HoldKind,
    reason: str,
    reference: str,
    authority: str,
    settle_at: str,
    since: date,
) -> str:
    """A hold that binds or a notice that only informs, as its kind says; its id."""
    row = {
        "id": str(uuid.uuid4()),
        "nik": nik,
        "kind": kind.value,
        "reason": reason,
        "reference": reference,
        "authority": authority,
        "settle_at": settle_at,
        "since": since.isoformat(),
        "active": True,
    }
    central_admin.put_hold(conn, row, binding=kind in BINDING_HOLDS)
    return str(row["id"])


def settle_hold(conn: Connection, hold_id: str) -> None:
    """A hold or notice that is settled. Raises UnknownOrder."""
    found = hold_row(conn, hold_id)
    if found is None:
        raise UnknownOrder(hold_id)
    row, binding = found
    central_admin.put_hold(conn, {**row, "active": False}, binding=binding)


# -- revocations ----------------------------------------------------------------------------------


def revoke(
    conn: Connection, kind: RevokedKind, key: str, since: datetime, reason: str, order: str
) -> Revoked:
    """A key, document signer, licence or card counts no more.

    A document signer is named by its certificate's SHA-256 (with or without colons); a licence by
    its id, the number on its card or its blank's serial. Raises KeyNameUnfit, LicenceNameShared.
    """
    name = key.strip()
    if kind in (RevokedKind.KEY, RevokedKind.SIGNER):
        name = name.replace(":", "").lower()
        if not name or len(name) % 2 or any(sign not in "0123456789abcdef" for sign in name):
            raise KeyNameUnfit(key[:80])
        if kind is RevokedKind.SIGNER and len(name) != 64:
            raise KeyNameUnfit(key[:80])
    if kind is RevokedKind.LICENCE:
        known = central_admin.licences_named(conn, name)
        if len(known) > 1:
            raise LicenceNameShared(name=name[:40], count=len(known))
        name = known[0] if known else name
    ended = central_admin.put_revocation(conn, kind.value, name, since.isoformat(), reason, order)
    return Revoked(name, ended)


# -- stock -----------------------------------------------------------------------------------------


def put_consignment(
    conn: Connection, office: str, lot: str, first: str, last: str, origin: str
) -> str:
    """Blanks on their way to an office, from the first serial to the last; its id.

    Raises SerialsUnfit.
    """
    if len(first) != len(last) or first > last or not first.isascii() or not last.isascii():
        raise SerialsUnfit(f"{first}..{last}")
    row = {
        "id": str(uuid.uuid4()),
        "office": office,
        "lot": lot,
        "first": first,
        "last": last,
        "from": origin,
    }
    central_admin.put_consignment(conn, row)
    return str(row["id"])


# -- couriers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CourierReport:
    """What became of a courier's list; `bad` are lines that say nothing."""

    told: int
    """Passed on, with those of earlier lists whose waybill has become known."""
    unknown: tuple[str, ...]
    """Waybills that no office has; kept, for the status to show."""
    bad: tuple[BadCourierLine, ...]


def take_courier_file(conn: Connection, path: Path, now: datetime) -> CourierReport:
    """Take in a courier's list; the same list again changes nothing. Raises
    CourierListUnreadable.
    """
    told, unknown, bad = central_desk.courier_again(conn), list[str](), list[BadCourierLine]()
    for line in read_courier_file(path):
        if isinstance(line, BadCourierLine):
            bad.append(line)
        elif courier_says(conn, line, now) is None:
            unknown.append(line.awb)
        else:
            told += 1
    return CourierReport(told, tuple(unknown), tuple(bad))


def courier_says(conn: Connection, line: CourierLine, now: datetime) -> str | None:
    """One event of one parcel; the office that was told, if any knows the waybill."""
    event = {
        "awb": line.awb,
        "event": line.word.value,
        "at": (line.at or now).isoformat(),
        "receiver": line.receiver,
        "relation": line.relation,
        "reference": line.reference,
        "reason": line.reason,
    }
    return central_desk.courier_says(conn, event)


# -- rules and dispensations -----------------------------------------------------------------------


def put_rules(
    conn: Connection, name: str, text: str, version: str, valid_from: date, area: str
) -> None:
    """A sheet of rules from a day on, in the whole country or in an area.

    Raises RulesDamaged for a sheet that no counter could read.
    """
    parse_file(name, text)
    central_admin.put_rules(conn, name, version, valid_from.isoformat(), text, area=area)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Licences ran out while an office was cut off."""

    id: str
    office: str
    first: date
    last: date
    licences: int


def proposals(conn: Connection) -> list[Proposal]:
    """Dispensations that offices proposed and nobody decided, oldest first."""
    return [
        Proposal(
            key,
            office,
            date.fromisoformat(details["from"]),
            date.fromisoformat(details["to"]),
            int(details["licences"]),
        )
        for key, office, details in undecided(conn, PROPOSAL)
    ]


def accept_proposal(
    conn: Connection,
    proposal_id: str,
    decree: str,
    renew_from: date,
    renew_to: date,
    area: str,
) -> Proposal:
    """A dispensation by decree for what an office proposed: licences that ran out in those days
    are renewed within the given ones. Raises UnknownOrder, RulesDamaged.
    """
    found = next((one for one in proposals(conn) if one.id == proposal_id), None)
    if found is None:
        raise UnknownOrder(proposal_id)
    text = tomli_w.dumps(
        {
            "version": decree[:40],
            "dispensations": [
                {
                    "decree": decree,
                    "valid_from": renew_from,
                    "expiry_from": found.first,
                    "expiry_to": found.last,
                    "renew_from": renew_from,
                    "renew_to": renew_to,
                    "source": f"{found.office} {found.id}",
                }
            ],
        }
    )
    put_rules(conn, "validity.toml", text, decree[:40], renew_from, area)
    decide(conn, found.id, decree)
    return found
