"""`main.py centre enrol-counter`, `sign` and `revoke-counter`."""

from __future__ import annotations

import argparse

from db.central_admin import Connection
from db.central_desk import connect
from db.central_enrol import enrolments
from desktop.centre.counters import (
    Signed,
    officers_waiting,
    open_way,
    revoke,
    sign_officer,
    sign_waiting,
)
from desktop.commands.centre import DONE, REFUSED, secret
from desktop.keys.authority import CRL, CentreAuthority
from desktop.sources import SystemClock
from desktop.words import Words

LOOK_SECONDS = 2.0


def run(args: argparse.Namespace, words: Words) -> int:
    """Do what the arguments say; the exit code."""
    clock = SystemClock()
    authority = None
    if args.authority is not None:
        authority = CentreAuthority.open(args.authority, secret(words("centre.passphrase")))
    with connect(args.dsn) as conn:
        if args.verb == "revoke-counter":
            count = revoke(conn, authority, args.counter, clock.now())
            print(words("centre.revoked", counter=args.counter, count=count))
            if authority is not None:
                print(words("centre.revoked_next", crl=CRL))
            return DONE
        if args.verb == "enrol-counter":
            code, ends = open_way(conn, args.counter, clock.now())
            until = words.moment(ends)
            print(words("centre.code", counter=args.counter, code=code, until=until), flush=True)
            if authority is None:
                return DONE
            print(words("centre.waits"), flush=True)
            while not _asked(conn, args.counter):
                clock.pause(LOOK_SECONDS)
        assert authority is not None
        done = sign_waiting(conn, authority, clock.now())
        named = args.officer if args.verb == "sign" else []
        keys = sum(sign_officer(conn, authority, nrp, clock.now()) for nrp in named)
        left = officers_waiting(conn)
    for one in done:
        print(_told(one, words))
    if keys:
        print(words("centre.officers_signed", count=keys))
    for key in left:
        print(words("centre.officer_waits", nrp=key.nrp, counter=key.counter, key=key.key_id[:16]))
    if not (done or keys or left):
        print(words("centre.nothing_to_sign"))
    return REFUSED if any(one.fault for one in done) else DONE


def _asked(conn: Connection, counter: str) -> bool:
    found = enrolments(conn)
    return any(one.counter == counter and one.csr is not None for one in found)


def _told(one: Signed, words: Words) -> str:
    if one.fault:
        return words("centre.not_signed", counter=one.counter, fault=one.fault)
    return words("centre.signed", counter=one.counter)
