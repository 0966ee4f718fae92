"""`main.py centre points`: the centre's order of violations for one card's chip, as a file.

With `--authority` the centre's database gives the order its number; without, the training profile
signs (`--profile`), and the number follows `--after`.
"""

from __future__ import annotations

import argparse

from db.central_desk import connect, next_order, realm_of
from desktop.centre.points import (
    key_of_authority,
    key_of_profile,
    read_serial,
    read_violations,
    signed_order,
)
from desktop.centre.setup import CentreOfOtherRealm
from desktop.commands.centre import DONE
from desktop.domain.realm import Realm
from desktop.domain.violations import PointsVerdict
from desktop.profile import Profile
from desktop.profile_files import ProfileMissing, default_path
from desktop.services.key_care import write_new
from desktop.sources import SystemClock
from desktop.words import Words


def run(args: argparse.Namespace, words: Words) -> int:
    """Do what the arguments say; the exit code."""
    now = SystemClock().now()
    today = now.astimezone().date()
    serial, verdict = read_serial(args.serial, today), PointsVerdict(args.verdict)
    violations = read_violations(args.violation, today)
    if args.authority is not None:
        key = key_of_authority(args.authority)
        with connect(args.dsn) as conn:
            if Realm(realm_of(conn)) is not key.certificate.realm:
                raise CentreOfOtherRealm(key.certificate.realm.value)
            sequence = next_order(conn, serial, args.after)
    else:
        path = getattr(args, "profile", None) or default_path()
        if not Profile.exists(path):
            raise ProfileMissing(str(path))
        key, sequence = key_of_profile(Profile.open(path)), args.after + 1
    body = signed_order(key, serial, sequence, verdict, violations, now)
    write_new(args.out, body)
    told = {"serial": serial, "sequence": sequence, "count": len(violations)}
    print(words("centre.points", verdict=words.of(verdict), path=str(args.out), **told))
    return DONE
