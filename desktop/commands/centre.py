"""`main.py centre`: the centre's administrators, and a counter that joins.

    centre init --realm R --authority DIR --host NAME [--host …]   schema, rules, keys, TLS
    centre upgrade                        bring schema and rules forward after an update
    centre status
    centre office CODE NAME               an office, or its new name
    centre officer NRP NAME --rank R --role ROLE … [--office CODE …] [--inactive]
    centre enrol-counter COUNTER [--authority DIR]    a one-time code; with DIR waits and signs
    centre officer-code NRP COUNTER       a one-time code for a first sign-in there
    centre sign --authority DIR [--officer NRP …]   sign what counters and these officers asked for
    centre revoke-counter COUNTER [--authority DIR]
    centre notarise --authority DIR       verify new entries, sign the heads (a job)
    centre verify [COUNTER] [--trust FILE]   walk whole journals, by the centre alone
    centre backup FILE | restore FILE
    centre hold NIK --kind KIND …  |  centre settle ID
    centre revoke KIND ID --reason TEXT --order TEXT   a key, signer, licence or card
    centre points SERIAL --verdict clear|warn|blocked [--violation DAY,LEVEL,POINTS,TICKET …]
           [--authority DIR] [--out FILE]   what a card's chip shall carry; without DIR in training,
           where the counter's own centre takes it if neither FILE nor a database is named
    centre points [SERIAL]                what of it waits; how a card's orders stand
    centre rules FILE --from DATE [--area CODE]
    centre consignment OFFICE --lot LOT --first SERIAL --last SERIAL --origin TEXT
    centre courier FILE                   a courier's list
    centre dispensations [--accept ID --decree TEXT --from DATE --to DATE]
    centre join --counter C --host H --code CODE --root ca.crt [--profile DIR]    at the counter

All but `join`, and `points` in training, speak to the database as its administrator: `--dsn`, or
LOKET_CENTRE_DSN. Passphrases are typed or read from the input's next line. Ends with 0 when done, 1
when something was found broken, 2 when refused.
"""

from __future__ import annotations

import argparse
import os
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from db.errors import StoreProblem
from desktop.commands import arguments
from desktop.domain.errors import Problem
from desktop.words import Words

BROKEN, DONE, REFUSED = 1, 0, 2
DSN = "LOKET_CENTRE_DSN"

_MODULES = {
    "centre_setup": ("init", "upgrade", "status", "backup", "restore", "notarise", "verify"),
    "centre_counters": ("enrol-counter", "sign", "revoke-counter"),
    "centre_orders": (
        "office", "officer", "officer-code", "hold", "settle", "revoke", "rules", "consignment",
        "courier", "dispensations",
    ),
    "centre_points": ("points",),
    "centre_join": ("join",),
}  # fmt: skip


def add_parser(subparsers: Any) -> None:
    """Add `centre` with its verbs to the program's arguments."""
    parser = subparsers.add_parser("centre", help="the centre's administrators")
    verbs = parser.add_subparsers(dest="verb", required=True)
    plain = arguments.common()
    common = argparse.ArgumentParser(add_help=False, parents=[plain])
    common.add_argument("--dsn", metavar="DSN", default=os.environ.get(DSN, ""))
    keyed = argparse.ArgumentParser(add_help=False, parents=[common])
    keyed.add_argument("--authority", type=Path, required=True, metavar="DIR")

    init = verbs.add_parser("init", parents=[keyed], help="make a centre")
    init.add_argument("--realm", choices=("training", "live"), required=True)
    init.add_argument("--host", action="append", required=True, metavar="NAME")
    verbs.add_parser("upgrade", parents=[common], help="after an update of the program")
    verbs.add_parser("status", parents=[common], help="how the centre stands")
    verbs.add_parser("notarise", parents=[keyed], help="verify entries, sign heads")
    verify = verbs.add_parser("verify", parents=[common], help="walk whole journals")
    verify.add_argument("counter", nargs="?", metavar="COUNTER", help="default: every one")
    verify.add_argument("--trust", type=Path, metavar="FILE", help="the roots' certificates")
    backup = verbs.add_parser("backup", parents=[common], help="a verified dump")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = verbs.add_parser("restore", parents=[common], help="a dump into an empty database")
    restore.add_argument("file", type=Path, metavar="FILE")

    enrol = verbs.add_parser("enrol-counter", parents=[common], help="a one-time code")
    enrol.add_argument("counter", metavar="COUNTER")
    enrol.add_argument("--authority", type=Path, metavar="DIR", help="wait for it, and sign")
    sign = verbs.add_parser("sign", parents=[keyed], help="sign what counters asked for")
    sign.add_argument("--officer", action="append", default=[], metavar="NRP")
    gone = verbs.add_parser("revoke-counter", parents=[common], help="let it in no more")
    gone.add_argument("counter", metavar="COUNTER")
    gone.add_argument("--authority", type=Path, metavar="DIR")
    _add_orders(verbs, common)

    join = verbs.add_parser("join", parents=[plain], help="enrol this counter")
    join.add_argument("--counter", required=True, metavar="COUNTER")
    join.add_argument("--host", required=True, metavar="NAME")
    join.add_argument("--port", type=int, default=5432)
    join.add_argument("--database", default="loket", metavar="NAME")
    join.add_argument("--code", metavar="CODE", help="else it is asked for")
    join.add_argument("--root", type=Path, required=True, metavar="ca.crt")
    join.add_argument("--trust", type=Path, metavar="FILE", help="the realm's root, if given")
    parser.set_defaults(run=run)


def _add_orders(verbs: Any, common: argparse.ArgumentParser) -> None:
    office = verbs.add_parser("office", parents=[common], help="an office")
    office.add_argument("code", metavar="CODE")
    office.add_argument("name", metavar="NAME")
    office.add_argument("--zone", default="Asia/Jakarta")
    officer = verbs.add_parser("officer", parents=[common], help="an officer and roles")
    officer.add_argument("nrp", metavar="NRP")
    officer.add_argument("name", metavar="NAME")
    officer.add_argument("--rank", default="")
    officer.add_argument("--role", action="append", required=True, metavar="ROLE")
    officer.add_argument("--office", action="append", default=[], metavar="CODE")
    officer.add_argument("--stands-in", action="append", default=[], metavar="ROLE")
    officer.add_argument("--until", type=date.fromisoformat, metavar="DATE")
    officer.add_argument("--inactive", action="store_true")
    code = verbs.add_parser("officer-code", parents=[common], help="a first sign-in at a counter")
    code.add_argument("nrp", metavar="NRP")
    code.add_argument("counter", metavar="COUNTER")
    hold = verbs.add_parser("hold", parents=[common], help="a hold, or a notice, by its kind")
    hold.add_argument("nik", metavar="NIK")
    hold.add_argument("--kind", required=True)
    for name in ("reason", "reference", "body", "settle-at"):
        hold.add_argument(f"--{name}", required=True, metavar="TEXT")
    hold.add_argument("--since", type=date.fromisoformat, metavar="DATE")
    settle = verbs.add_parser("settle", parents=[common], help="end a hold or notice")
    settle.add_argument("id", metavar="ID")
    revoke = verbs.add_parser("revoke", parents=[common], help="a key, signer, licence or card")
    revoke.add_argument("kind", choices=("key", "signer", "licence", "card"))
    revoke.add_argument("id", metavar="ID")
    revoke.add_argument("--reason", required=True, metavar="TEXT")
    revoke.add_argument("--order", required=True, metavar="TEXT", help="the order's number")
    points = verbs.add_parser("points", parents=[common], help="an order for a card's chip")
    points.add_argument("serial", nargs="?", metavar="SERIAL", help="the card's number")
    points.add_argument(
        "--verdict", choices=("clear", "warn", "blocked"),
        help="without it: how the card's orders stand; without SERIAL too: what waits",
    )  # fmt: skip
    points.add_argument(
        "--violation", action="append", default=[], metavar="DAY,LEVEL,POINTS,TICKET",
        help="one of the whole list; LEVEL is light, medium or serious",
    )  # fmt: skip
    points.add_argument("--after", type=int, default=0, metavar="N", help="the card's own number")
    points.add_argument("--authority", type=Path, metavar="DIR", help="else: the training profile")
    points.add_argument("--out", type=Path, metavar="FILE", help="for a counter without a line")
    rules = verbs.add_parser("rules", parents=[common], help="rules and fees from a day on")
    rules.add_argument("file", type=Path, metavar="FILE")
    rules.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    rules.add_argument("--area", default="", metavar="CODE")
    stock = verbs.add_parser("consignment", parents=[common], help="blanks on their way")
    stock.add_argument("office", metavar="OFFICE")
    for name in ("lot", "first", "last", "origin"):
        stock.add_argument(f"--{name}", required=True)
    courier = verbs.add_parser("courier", parents=[common], help="a courier's list")
    courier.add_argument("file", type=Path, metavar="FILE")
    waived = verbs.add_parser("dispensations", parents=[common], help="proposals after outages")
    waived.add_argument("--accept", metavar="ID")
    waived.add_argument("--decree", metavar="TEXT")
    waived.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DATE")
    waived.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DATE")
    waived.add_argument("--area", default="", metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say; the exit code."""
    words = Words.load(getattr(args, "lang", None) or "id").lenient()
    signed_here = args.verb == "points" and args.verdict is not None and args.authority is None
    alone = args.verb == "join" or signed_here
    if not alone and not args.dsn:
        print(words("centre.no_dsn", name=DSN))
        return REFUSED
    module = next(name for name, verbs in _MODULES.items() if args.verb in verbs)
    try:
        return int(import_module(f"desktop.commands.{module}").run(args, words))
    except (Problem, StoreProblem) as problem:
        said = words.problem(problem)
        print(said.text)
        print(said.remedy)
    except KeyboardInterrupt:  # while it waits for somebody: nothing was begun that isn't whole
        print()
    except OSError as error:
        print(words("centre.unreadable", reason=error.strerror or type(error).__name__))
    return REFUSED


def secret(ask: str) -> str:
    """A passphrase or code, typed unseen or from the input's next line."""
    import sys

    if sys.stdin.isatty():
        from getpass import getpass

        return getpass(ask)
    return sys.stdin.readline().rstrip("\r\n")
