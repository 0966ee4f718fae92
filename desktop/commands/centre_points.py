"""`main.py centre points`: the centre's orders of violations for cards' chips.

    points SERIAL --verdict …   makes one: kept at the centre, told to every counter, or (`--out`)
                                a file for one without a line
    points SERIAL               how a card's orders stand: which counter wrote which, and when
    points                      what waits to be written

The key is the authority's (`--authority`) or a training profile's own (`--profile`). Without a
database a file has the number that follows `--after`; without a file either, the training counter's
own centre is given the order.
"""

from __future__ import annotations

import argparse
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from db.central_admin import Connection
from db.central_cards import KeptOrder, keep_order, kept_orders, next_order, waiting_orders
from db.central_desk import connect, realm_of, told
from desktop.centre.points import (
    CentreKey,
    key_of_authority,
    key_of_profile,
    read_serial,
    read_violations,
    signed_order,
)
from desktop.centre.setup import CentreOfOtherRealm
from desktop.commands.centre import DONE, REFUSED
from desktop.domain.realm import Realm
from desktop.domain.violations import PointsVerdict
from desktop.profile import Profile
from desktop.profile_files import ProfileMissing, default_path
from desktop.services.key_care import write_new
from desktop.settings import load_settings
from desktop.sources import SystemClock
from desktop.words import Words


def run(args: argparse.Namespace, words: Words) -> int:
    """Do what the arguments say; the exit code."""
    if args.verdict is None:
        return _show(args, words)
    out: Path | None = args.out
    if args.serial is None:
        print(words("centre.points_needs"))
        return REFUSED
    now = SystemClock().now()
    today = now.astimezone().date()
    serial, verdict = read_serial(args.serial, today), PointsVerdict(args.verdict)
    violations = read_violations(args.violation, today)
    authority: Path | None = args.authority
    profile = _profile(args) if authority is None else None
    key = _key(authority, profile)
    facts = {"serial": serial, "verdict": words.of(verdict), "count": len(violations)}
    with _database(args, profile) as conn, told():
        if conn is not None:
            _same_realm(conn, key)
        sequence = args.after + 1 if conn is None else next_order(conn, serial, args.after)
        body = signed_order(key, serial, sequence, verdict, violations, now)
        if out is not None:  # first: where it can't be written, nothing is ordered
            write_new(out, body)
        if conn is not None:
            keep_order(conn, serial, sequence, verdict.value, now, body.decode())
            print(words("centre.points_kept", sequence=sequence, **facts))
    if out is not None:
        print(words("centre.points", sequence=sequence, path=str(out), **facts))
    return DONE


def _key(authority: Path | None, profile: Profile | None) -> CentreKey:
    if profile is not None:
        return key_of_profile(profile)
    assert authority is not None, "one of the two signs"
    return key_of_authority(authority)


def _profile(args: argparse.Namespace) -> Profile:
    path = getattr(args, "profile", None) or default_path()
    if not Profile.exists(path):
        raise ProfileMissing(str(path))
    return Profile.open(path)


@contextmanager
def _database(args: argparse.Namespace, profile: Profile | None) -> Generator[Connection | None]:
    """The centre's that was named; with neither it nor a file, the training counter's own, which
    is started if it doesn't run.
    """
    if args.dsn:
        with connect(args.dsn) as conn:
            yield conn
    elif args.out is not None or profile is None:
        yield None
    else:
        from desktop.training.home_centre import HomeCentre

        home = HomeCentre(profile, SystemClock())
        try:
            home.start(load_settings(profile.path).place.office_name)
            with connect(home.admin_dsn()) as conn:
                yield conn
        finally:
            home.close()


def _same_realm(conn: Connection, key: CentreKey) -> None:
    if Realm(realm_of(conn)) is not key.certificate.realm:
        raise CentreOfOtherRealm(key.certificate.realm.value)


def _show(args: argparse.Namespace, words: Words) -> int:
    with connect(args.dsn) as conn, told():
        if args.serial is None:
            found = waiting_orders(conn)
        else:
            today = SystemClock().now().astimezone().date()
            found = kept_orders(conn, read_serial(args.serial, today))
    for one in found:
        print(_line(one, words))
    if not found:
        print(words("centre.points_none"))
    return DONE


def _line(one: KeptOrder, words: Words) -> str:
    line = words(
        "centre.points_line", serial=one.serial, sequence=one.sequence,
        made=words.moment(one.made.astimezone()), verdict=words.of(PointsVerdict(one.verdict)),
    )  # fmt: skip
    if one.waits:
        return f"{line}: {words('centre.points_waits')}"
    if not one.written:
        return f"{line}: {words('centre.points_overtaken')}"
    wrote = (
        words("centre.points_written", counter=by.counter, at=words.moment(by.at.astimezone()))
        for by in one.written
    )
    return f"{line}: {', '.join(wrote)}"
