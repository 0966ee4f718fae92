"""`main.py keys`: what keys the counter has, and their enrolment, rotation, withdrawal and escrow.

    keys make --counter L1 --office 1374 [--module FILE --label TOKEN]   a live profile
    keys status
    keys enrol ROLE --out FILE                       a request for a certificate
    keys enrol --certificate FILE [--trust FILE]     the certificate that came back
    keys enrol-card NRP [--module FILE --label TOKEN]   an officer's own card, plugged in now
    keys rotate ROLE                                 where the profile holds the root (training)
    keys withdraw KEY --reason stolen|superseded
    keys escrow --holder CERT.pem --out FILE --second NRP
    keys pin                                         the token's PIN into the system's keyring

All but `make`, `status` and `pin` ask for an officer (`--officer NRP`) and the password, which is
typed or read from the input's next line; never an argument; so is the PIN of a card. Where cards
are reached stands in the settings (`officer_card`) or in `--module` and `--label`. The first
`enrol` of a counter, which has no officers yet, goes without an officer. Ends with 0 when done, 2
when refused.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from db.errors import StoreProblem
from desktop.cards.seal_keys import KeyReason
from desktop.commands import arguments
from desktop.domain.errors import Problem
from desktop.domain.officer import PROGRAM, Actor
from desktop.domain.realm import Realm
from desktop.keys.certificates import KeyRole, read_certificate, read_trust
from desktop.profile import Profile
from desktop.profile_files import ProfileMissing, default_path
from desktop.services.desk import Desk
from desktop.services.key_care import OWN, KeyCare, write_new
from desktop.settings import OfficerCard
from desktop.words import Words

DONE, REFUSED = 0, 2
ES256_HELP = "a P-256 key; for the seal alone"


def add_parser(subparsers: Any) -> None:
    """Add `keys` with its verbs to the program's arguments."""
    parser = subparsers.add_parser("keys", help="the counter's keys")
    verbs = parser.add_subparsers(dest="verb", required=True)
    common = arguments.common()
    officer = argparse.ArgumentParser(add_help=False, parents=[common])
    officer.add_argument("--officer", required=True, metavar="NRP")
    roles = [role.value for role in OWN]
    make = verbs.add_parser("make", parents=[common], help="make a live profile and its keys")
    make.add_argument("--counter", required=True, metavar="CODE")
    make.add_argument("--office", required=True, metavar="CODE")
    make.add_argument("--module", metavar="FILE", help="a token's PKCS#11 library")
    make.add_argument("--label", metavar="TOKEN", help="the token's label")
    verbs.add_parser("status", parents=[common], help="list the keys")
    verbs.add_parser("pin", parents=[common], help="keep the token's PIN in the keyring")
    enrol = verbs.add_parser("enrol", parents=[common], help="ask for, or take, a certificate")
    enrol.add_argument("--officer", metavar="NRP")
    enrol.add_argument("role", nargs="?", choices=roles, metavar="ROLE")
    enrol.add_argument("--out", type=Path, metavar="FILE")
    enrol.add_argument("--certificate", type=Path, metavar="FILE")
    enrol.add_argument("--es256", action="store_true", help=ES256_HELP)
    enrol.add_argument("--trust", type=Path, metavar="FILE", help="roots, at the first enrolment")
    card = verbs.add_parser("enrol-card", parents=[officer], help="take an officer's own card")
    card.add_argument("nrp", metavar="NRP", help="whose card it is")
    card.add_argument("--module", metavar="FILE", help="the cards' PKCS#11 library")
    card.add_argument("--label", metavar="TOKEN", default="", help="the cards' label")
    rotate = verbs.add_parser("rotate", parents=[officer], help="put a new key in place")
    rotate.add_argument("role", choices=roles, metavar="ROLE")
    rotate.add_argument("--es256", action="store_true", help=ES256_HELP)
    withdraw = verbs.add_parser("withdraw", parents=[officer], help="end a key's belief")
    withdraw.add_argument("key", metavar="KEY")
    withdraw.add_argument("--reason", required=True, choices=[r.value for r in KeyReason])
    escrow = verbs.add_parser("escrow", parents=[officer], help="the store's key, sealed away")
    escrow.add_argument("--holder", type=Path, required=True, metavar="CERT.pem")
    escrow.add_argument("--out", type=Path, required=True, metavar="FILE")
    escrow.add_argument("--second", required=True, metavar="NRP")
    parser.set_defaults(run=run, usage=parser.error)


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say; the exit code."""
    words = Words.load(getattr(args, "lang", None) or "id").lenient()
    path: Path = getattr(args, "profile", None) or default_path()
    if args.verb == "enrol" and bool(args.role and args.out) == bool(args.certificate):
        args.usage("enrol: ROLE with --out FILE, or --certificate FILE")
    if getattr(args, "es256", False) and args.role != KeyRole.SEAL:
        args.usage("--es256: for the seal alone")
    if args.verb == "make" and bool(args.module) != bool(args.label):
        args.usage("make: --module and --label go together")
    try:
        if args.verb == "make":
            _make(path, args, words)
            return DONE
        if not Profile.exists(path):
            raise ProfileMissing(str(path))
        if args.verb == "status":
            _status(Profile.open(path), words)
        elif args.verb == "pin":
            _pin(path, words)
        else:
            _act(path, args, words)
    except (Problem, StoreProblem) as problem:
        said = words.problem(problem)
        print(said.text)
        print(said.remedy)
        return REFUSED
    except OSError as error:
        print(words("keys.unreadable", reason=error.strerror or type(error).__name__))
        return REFUSED
    return DONE


def _make(path: Path, args: argparse.Namespace, words: Words) -> None:
    from desktop.keys.pkcs11 import Token, TokenPlace
    from desktop.keys.token_pin import keep_pin
    from desktop.keys.token_provider import TokenProvider
    from desktop.sources import SystemClock, SystemKeys

    provider = None
    if args.module:
        place = TokenPlace(args.module, args.label)
        pin = _secret(words("keys.pin_ask", label=place.label))
        token = Token(place, lambda: pin)
        token.run(lambda _session: None)
        keep_pin(place, pin)
        provider = TokenProvider(token)
    made = Profile.create(
        path,
        Realm.LIVE,
        SystemKeys(),
        now=SystemClock().now(),
        counter=args.counter,
        office=args.office,
        provider=provider,
    )
    _status(made, words)


def _act(path: Path, args: argparse.Namespace, words: Words) -> None:
    from desktop.desk import open_desk

    desk = open_desk(path)
    try:
        if args.officer is None:
            print(_done(desk, PROGRAM, args, words))
            return
        session = desk.duty.sign_in(args.officer, _secret(words("keys.password_ask",
                                                                nrp=args.officer)))  # fmt: skip
        try:
            print(_done(desk, session.actor, args, words))
        finally:
            desk.duty.sign_out()
    finally:
        desk.close()


def _done(desk: Desk, by: Actor, args: argparse.Namespace, words: Words) -> str:
    care = desk.key_care
    if args.verb == "enrol" and args.certificate is None:
        role = KeyRole(args.role)
        text = care.ask(by, role, es256=args.es256).text()
        write_new(args.out, text.encode() + b"\n")
        return words("keys.requested", role=words.of(role), path=str(args.out))
    if args.verb == "enrol":
        roots = tuple(read_trust(args.trust)) if args.trust else ()
        made = care.enrol(by, read_certificate(args.certificate.read_bytes().strip()), roots)
        return words("keys.enrolled", role=words.of(made.role), key=made.key_id)
    if args.verb == "enrol-card":
        return _enrol_card(desk, by, args, words)
    if args.verb == "rotate":
        role = KeyRole(args.role)
        old, made = care.rotate(by, role, es256=args.es256)
        return words("keys.rotated", role=words.of(role), old=old or "-", key=made.key_id)
    if args.verb == "withdraw":
        gone = care.withdraw(by, args.key, KeyReason(args.reason))
        return words("keys.done_withdrawn", key=gone.key_id)
    return _escrow(desk, by, args, words, care)


def _enrol_card(desk: Desk, by: Actor, args: argparse.Namespace, words: Words) -> str:
    from desktop.keys.pkcs11 import TokenPlace, find_tokens
    from desktop.services.officer_cards import NoCardPlace

    set_up = desk.settings.officer_card
    card = OfficerCard(args.module, args.label) if args.module else set_up
    if not card.module:
        raise NoCardPlace
    place = TokenPlace(card.module, card.label)
    find_tokens(place)  # before anybody types a PIN
    pin = _secret(words("keys.card_pin_ask", nrp=args.nrp))
    made = desk.officer_cards.enrol(by, args.nrp, place, pin)
    said = "keys.card_enrolled" if made.certificate is not None else "keys.card_asked"
    told = words(said, nrp=args.nrp, key=made.key_id)
    if card == set_up:
        return told
    return told + "\n" + words("keys.card_settings", module=card.module, label=card.label)


def _escrow(desk: Desk, by: Actor, args: argparse.Namespace, words: Words, care: KeyCare) -> str:
    holder = args.holder.read_bytes()
    password = _secret(words("keys.password_ask", nrp=args.second))
    second = desk.duty.second(by, args.second, password)
    body, fingerprint = care.escrow(by, second, holder)
    write_new(args.out, body)
    return words("keys.escrowed", path=str(args.out), fingerprint=fingerprint)


def _status(profile: Profile, words: Words) -> None:
    from desktop.services.key_care import key_lines

    print(words("keys.title", counter=profile.counter, realm=profile.realm.value,
                provider=profile.provider_name))  # fmt: skip
    if (place := profile.token) is not None:
        print(words("keys.token", label=place.label, module=place.module))
    for line in key_lines(profile):
        facts: dict[str, object] = {"role": words.of(line.role), "key": line.key_id}
        if line.waits:
            print(words("keys.line_waiting", **facts))
            continue
        facts["where"] = words("keys.in_token" if line.in_token else "keys.in_profile")
        if line.certificate is None:
            print(words("keys.line_bare", **facts))
            continue
        dates = {
            "first": words.date(line.certificate.not_before.date()),
            "last": words.date(line.certificate.not_after.date()),
        }
        print(words("keys.line", **facts, **dates))
    for gone in profile.withdrawn:
        reason = words.of(KeyReason(gone.reason))
        print(words("keys.withdrawn", key=gone.key_id, at=gone.at.isoformat(), reason=reason))


def _pin(path: Path, words: Words) -> None:
    from desktop.keys.pkcs11 import Token
    from desktop.keys.token_pin import keep_pin
    from desktop.profile_files import token_of

    place = token_of(path)
    pin = _secret(words("keys.pin_ask", label=place.label))
    token = Token(place, lambda: pin, reopens=False)
    try:
        token.run(lambda _session: None)  # a wrong PIN is never kept
    finally:
        token.close()
    keep_pin(place, pin)
    print(words("keys.pin_kept", label=place.label))


def _secret(ask: str) -> str:
    if sys.stdin.isatty():
        from getpass import getpass

        return getpass(ask)
    return sys.stdin.readline().rstrip("\r\n")
