"""`main.py centre` with `office`, `officer`, `hold`, `settle`, `revoke`, `rules`, `consignment`,
`courier`, `dispensations`: what goes down to the counters.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from db import central_admin, central_desk
from db.central_admin import Connection as Admin
from db.central_desk import connect
from desktop.centre import orders
from desktop.centre.counters import OfficeUnknown
from desktop.centre.points import read_number
from desktop.commands.centre import DONE, REFUSED
from desktop.domain.codes import CodeKind
from desktop.domain.duties import DELEGABLE
from desktop.domain.officer import Role
from desktop.domain.person import HoldKind
from desktop.domain.realm import Realm
from desktop.domain.revocation import RevokedKind
from desktop.sources import SystemClock
from desktop.words import Words


def run(args: argparse.Namespace, words: Words) -> int:
    """Do what the arguments say; the exit code."""
    does: dict[str, Callable[[Admin, argparse.Namespace, Words], int]] = {
        "office": _office, "officer": _officer, "officer-code": _officer_code, "hold": _hold,
        "settle": _settle, "revoke": _revoke, "rules": _rules, "consignment": _consignment,
        "courier": _courier, "dispensations": _dispensations,
    }  # fmt: skip
    with connect(args.dsn) as conn:
        return does[args.verb](conn, args, words)


def _office(conn: Admin, args: argparse.Namespace, words: Words) -> int:
    central_admin.put_office(conn, args.code, args.name, zone=args.zone)
    print(words("centre.office", code=args.code, name=args.name))
    return DONE


def _officer(conn: Admin, args: argparse.Namespace, words: Words) -> int:
    roles = [_member(Role, name) for name in args.role]
    stands_in = [_member(Role, name) for name in args.stands_in]
    if None in roles or not set(stands_in) <= DELEGABLE:
        print(words("centre.no_role", roles=", ".join(DELEGABLE if None not in roles else Role)))
        return REFUSED
    if bool(stands_in) != (args.until is not None):
        print(words("centre.stands_in_until"))
        return REFUSED
    for office in args.office:
        if not central_desk.has_office(conn, office):
            raise OfficeUnknown(office)
    nrp: str = args.nrp
    if not args.inactive:  # who was once entered wrongly can still be taken out
        today = SystemClock().now().astimezone().date()
        nrp = read_number(CodeKind.OFFICER_NUMBER, nrp, today)
    orders.put_officer(
        conn, nrp, args.name, args.rank, [role for role in roles if role], args.office,
        active=not args.inactive, stands_in=[role for role in stands_in if role], until=args.until,
    )  # fmt: skip
    print(words("centre.officer", nrp=nrp, count=len(roles)))
    return DONE


def _officer_code(conn: Admin, args: argparse.Namespace, words: Words) -> int:
    realm = Realm(central_desk.realm_of(conn))
    code, ends = orders.officer_code(conn, realm, args.nrp, args.counter, SystemClock().now())
    told = {"nrp": args.nrp, "counter": args.counter, "code": code, "until": words.moment(ends)}
    print(words("centre.officer_code", **told))
    return DONE


def _hold(conn: Admin, args: argparse.Namespace, words: Words) -> int:
    kind = _member(HoldKind, args.kind)
    if kind is None:
        print(words("centre.no_kind", kinds=", ".join(HoldKind)))
        return REFUSED
    since = args.since or SystemClock().now().date()
    made = orders.put_hold(
        conn, args.nik, kind, args.reason, args.reference, args.body, args.settle_at, since
    )
    print(words("centre.hold", kind=words.of(kind), id=made))
    return DONE


def _settle(conn: Admin, args: argparse.Namespace, words: Words) -> int:
    orders.settle_hold(conn, args.id)
    print(words("centre.settled", id=args.id))
    return DONE


def _revoke(conn: Admin, args: argparse.Namespace, words: Words) -> int:
    now = SystemClock().now()
    told = orders.revoke(conn, RevokedKind(args.kind), args.id, now, args.reason, args.order)
    kind = words.of(RevokedKind(args.kind))
    print(words("centre.withdrawn", kind=kind[:1].upper() + kind[1:], id=told.id))
    if told.ended:
        print(words("centre.licence_ended"))
    elif args.kind == RevokedKind.LICENCE:
        print(words("centre.licence_not_there"))
    return DONE


def _rules(conn: Admin, args: argparse.Namespace, words: Words) -> int:
    text = args.file.read_text(encoding="utf-8")
    version = f"{args.first.isoformat()}-{args.file.stem}"
    orders.put_rules(conn, args.file.name, text, version, args.first, args.area)
    print(words("centre.rules", name=args.file.name, first=words.date(args.first)))
    return DONE


def _consignment(conn: Admin, args: argparse.Namespace, words: Words) -> int:
    made = orders.put_consignment(conn, args.office, args.lot, args.first, args.last, args.origin)
    print(words("centre.consignment", office=args.office, lot=args.lot, id=made))
    return DONE


def _courier(conn: Admin, args: argparse.Namespace, words: Words) -> int:
    report = orders.take_courier_file(conn, args.file, SystemClock().now())
    print(
        words("centre.courier", told=report.told, unknown=len(report.unknown), bad=len(report.bad))
    )
    for awb in report.unknown[:20]:
        print(words("centre.courier_unknown", awb=awb))
    for bad in report.bad[:20]:
        print(words("centre.courier_bad", line=bad.line, fault=words.of(bad.fault)))
    return DONE


def _dispensations(conn: Admin, args: argparse.Namespace, words: Words) -> int:
    if args.accept is None:
        found = orders.proposals(conn)
        for one in found:
            print(
                words("centre.proposal", id=one.id, office=one.office, count=one.licences,
                      first=words.date(one.first), last=words.date(one.last))
            )  # fmt: skip
        if not found:
            print(words("centre.no_proposals"))
        return DONE
    if not (args.decree and args.first and args.last):
        print(words("centre.accept_needs"))
        return REFUSED
    done = orders.accept_proposal(conn, args.accept, args.decree, args.first, args.last, args.area)
    print(words("centre.accepted", decree=args.decree, office=done.office))
    return DONE


def _member(kind: Any, name: str) -> Any:
    return kind(name) if name in set(kind) else None
