"""`main.py journal verify` and `main.py journal export`.

`verify` judges the profile's own store or an exported file and ends with 0 (sound), 1 (broken) or
2 (not readable). `--trust FILE` names the roots (certificates, one a line); without it the keys are
taken at the journal's own word, and the answer says so.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from db.errors import StoreProblem
from db.inspection import open_zip
from db.journal import certificates_of
from db.journal_check import Fault, FaultKind, Verdict, Witness, check_store
from db.journal_export import Export, check_export, read_export
from db.store import Store
from desktop.commands import arguments
from desktop.domain.errors import Problem
from desktop.domain.realm import Realm
from desktop.keys.certificates import (
    Certificate,
    KeyRole,
    Trust,
    from_plain,
    read_certificate,
    read_trust,
)
from desktop.keys.errors import BadCertificate, WrongRealm
from desktop.profile import Profile
from desktop.profile_files import default_path
from desktop.services.inspection import export_journal
from desktop.sources import SystemClock
from desktop.words import Words

SOUND, BROKEN, UNREADABLE = 0, 1, 2
MOST_FAULTS = 200
"""More are counted, not listed."""


def add_parser(subparsers: Any) -> None:
    """Add `journal` with its two verbs to the program's arguments."""
    parser = subparsers.add_parser("journal", help="verify or export the journal")
    verbs = parser.add_subparsers(dest="verb", required=True)
    common = arguments.common()
    verify = verbs.add_parser("verify", parents=[common], help="find every change to a journal")
    verify.add_argument("file", nargs="?", type=Path, metavar="FILE", help="an export or its zip")
    verify.add_argument("--trust", type=Path, metavar="FILE", help="the roots' certificates")
    verify.add_argument(
        "--anchor", action="append", default=[], metavar="SEQ:HEX", help="from a receipt"
    )
    export = verbs.add_parser("export", parents=[common], help="write the journal to a file")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    export.add_argument("--zip", action="store_true", help="with manifest and pictures")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say; the exit code."""
    words = Words.load(getattr(args, "lang", None) or "id").lenient()
    path: Path = getattr(args, "profile", None) or default_path()
    try:
        if args.verb == "export":
            return _export(path, args.out, args.zip, words)
        return _verify(path, args, words)
    except (StoreProblem, Problem) as error:
        said = words.problem(error)
        print(words("journal.unreadable", reason=said.text))
        print(said.remedy)
    except OSError as error:
        how = "unwritable" if args.verb == "export" else "unreadable"
        print(words(f"journal.{how}", reason=error.strerror or type(error).__name__))
    return UNREADABLE


def _export(path: Path, out: Path, zipped: bool, words: Words) -> int:
    profile = Profile.open(path)
    store = Store.open(profile.store_path, profile.store_key())
    try:
        done = export_journal(profile, store, out, at=SystemClock().now(), zipped=zipped)
    finally:
        store.close()
    facts = {"entries": done.entries, "payloads": done.payloads, "witness": done.head.witness}
    print(words("journal.exported", path=str(out), **facts))
    return SOUND


def _verify(path: Path, args: argparse.Namespace, words: Words) -> int:
    witnesses: list[Witness] = []
    for text in args.anchor:
        try:
            witnesses.append(Witness.parse(text))
        except ValueError:
            print(words("journal.bad_anchor", text=text))
            return UNREADABLE
    roots = read_trust(args.trust) if args.trust else None
    if args.file is None:
        verdict = _verify_store(path, roots, witnesses)
    else:
        verdict = _verify_file(args.file, roots, witnesses)
    tell_verdict(verdict, vouched=roots is not None, words=words)
    return SOUND if verdict.sound else BROKEN


def _verify_store(
    path: Path, roots: Sequence[Certificate] | None, witnesses: Sequence[Witness]
) -> Verdict:
    profile = Profile.open(path)
    store = Store.open(profile.store_path, profile.store_key())
    try:
        with store.read() as connection:
            kept = [_read(text) for text in certificates_of(connection)]
            known = [*profile.public_certificates(), *(c for c in kept if c is not None)]
            trust = trust_of(profile.realm, known, roots)
            return check_store(
                connection,
                counter=profile.counter,
                realm=profile.realm.value,
                key_of=trust.key_of,
                witnesses=witnesses,
            )
    finally:
        store.close()


def _verify_file(
    path: Path, roots: Sequence[Certificate] | None, witnesses: Sequence[Witness]
) -> Verdict:
    with path.open("rb") as stream:
        if stream.read(4) != b"PK\x03\x04":
            stream.seek(0)
            return _verify_lines(stream, roots, witnesses)
    with tempfile.TemporaryDirectory() as folder:
        lines, whole = open_zip(path, Path(folder))
        with lines.open("rb") as stream:
            verdict = _verify_lines(stream, roots, witnesses)
    if whole:
        return verdict
    faults = (Fault(0, 0, FaultKind.ARCHIVE), *verdict.faults)
    return dataclasses.replace(verdict, faults=faults)


def _verify_lines(
    stream: BinaryIO, roots: Sequence[Certificate] | None, witnesses: Sequence[Witness]
) -> Verdict:
    export = read_export(stream)
    trust = trust_of(_realm(export), _certificates(export), roots)
    return check_export(export, key_of=trust.key_of, witnesses=witnesses)


def _realm(export: Export) -> Realm:
    try:
        return Realm(export.realm)
    except ValueError as error:
        raise WrongRealm("training, live", export.realm) from error


def _certificates(export: Export) -> Iterable[Certificate]:
    for value in export.certificates:
        try:
            yield from_plain(value)
        except BadCertificate:
            continue  # its keys stay unknown, and what they signed is named


def _read(text: str) -> Certificate | None:
    try:
        return read_certificate(text)
    except BadCertificate:
        return None


def trust_of(
    realm: Realm, certificates: Iterable[Certificate], roots: Sequence[Certificate] | None
) -> Trust:
    """The given roots, or else those that the journal brings along itself."""
    known = list(certificates)
    if roots is None:
        roots = [c for c in known if c.role is KeyRole.ROOT and c.realm is realm]
    trust = Trust(realm, roots)
    trust.add_all(c for c in known if c.role is not KeyRole.ROOT)
    return trust


def tell_verdict(verdict: Verdict, *, vouched: bool, words: Words) -> None:
    """Say what a check found."""
    facts: dict[str, object] = {
        "counter": verdict.counter,
        "realm": verdict.realm,
        "entries": verdict.entries,
        "payloads": verdict.payloads,
        "erased": verdict.erased,
    }
    if verdict.sound:
        print(words("journal.sound" if vouched else "journal.consistent", **facts))
    else:
        print(words("journal.broken", count=len(verdict.faults), **facts))
    head = verdict.head
    print(words("journal.head", epoch=head.epoch, seq=head.seq, hash=head.hash))
    anchored = {"anchored": verdict.anchored, "unanchored": verdict.unanchored}
    print(words("journal.anchored", **anchored))
    for fault in verdict.faults[:MOST_FAULTS]:
        place = {"epoch": fault.epoch, "seq": fault.seq, "until": fault.until}
        several = fault.until > fault.seq
        said = words("journal.faults" if several else "journal.fault", kind=fault.kind, **place)
        print(said + (words("journal.line", line=fault.line) if fault.line else ""))
