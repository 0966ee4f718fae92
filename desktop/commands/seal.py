"""`main.py seal verify IMAGE|TEXT --keys FILE`: judge a seal offline; `seal keys`: the public keys.

`verify` takes a picture of a card or paper, or the code's text (`-` reads it from the input). It
opens no profile and no socket. It ends with 0 for a good seal, 1 for one that isn't, 2 where there
was nothing to judge (no code in the picture, no keys). `--trust FILE` names the realm's roots;
without it the keys are taken at their file's own word, and the answer says so.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop.cards.seal import PREFIX, CardStatement, PaperStatement
from desktop.cards.seal_check import SealFault, SealVerdict, check
from desktop.cards.seal_keys import SealKeys, SealKeysUnreadable, read_seal_keys
from desktop.commands import arguments
from desktop.domain.errors import Problem
from desktop.keys.certificates import read_trust
from desktop.profile import Profile
from desktop.profile_files import ProfileMissing, default_path
from desktop.words import Words

GOOD, BAD, NOTHING = 0, 1, 2


class NoSealInPicture(Problem):
    """The picture holds no code that begins as a seal does."""


class PaperNotPictured(Problem):
    """A PDF was given: only its page as a picture can be read."""


def add_parser(subparsers: Any) -> None:
    """Add `seal` with its verbs to the program's arguments."""
    parser = subparsers.add_parser("seal", help="verify a card's or paper's seal, offline")
    verbs = parser.add_subparsers(dest="verb", required=True)
    common = arguments.common()
    verify = verbs.add_parser("verify", parents=[common], help="judge one seal")
    verify.add_argument("what", metavar="IMAGE|TEXT")
    verify.add_argument("--keys", type=Path, required=True, metavar="FILE")
    verify.add_argument("--trust", type=Path, metavar="FILE", help="the roots' certificates")
    keys = verbs.add_parser("keys", parents=[common], help="write the public keys for verifiers")
    keys.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say; the exit code."""
    words = Words.load(getattr(args, "lang", None) or "id").lenient()
    try:
        if args.verb == "keys":
            return _write_keys(getattr(args, "profile", None) or default_path(), args.out, words)
        roots = read_trust(args.trust) if args.trust else None
        keys = read_seal_keys(args.keys.read_bytes(), roots)
        text = seal_in(args.what)
    except Problem as problem:
        said = words.problem(problem)
        print(said.text)
        print(said.remedy)
        return NOTHING
    except OSError as error:
        print(words("seal.unreadable", reason=error.strerror or type(error).__name__))
        return NOTHING
    verdict = check(text, keys, datetime.now(UTC))
    for line in told(verdict, keys, words):
        print(line)
    return GOOD if verdict.good else BAD


def seal_in(what: str) -> str:
    """The text of a seal: as given, from the input, or from the code in a picture.

    Raises NoSealInPicture, PaperNotPictured, OSError.
    """
    if what.startswith(PREFIX):
        return what
    if what == "-":
        return sys.stdin.read().strip("\r\n")
    path = Path(what)
    if not path.exists() and not path.suffix:
        return what
    import zxingcpp
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            found = zxingcpp.read_barcodes(image.convert("L"))
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        with path.open("rb") as file:
            paper = file.read(5) == b"%PDF-"
        raise (PaperNotPictured if paper else NoSealInPicture) from error
    texts = [code.text for code in found if code.text.startswith(PREFIX)]
    if not texts:
        raise NoSealInPicture
    return texts[0]


def told(verdict: SealVerdict, keys: SealKeys, words: Words) -> list[str]:
    """The answer in words: the verdict, what the seal says, what it can't say."""
    lines = [words("seal.good") if verdict.good else words("seal.bad")]
    if verdict.fault is not None:
        lines.append(words(f"seal.fault.{verdict.fault}"))
    # What isn't signed by a known key is anybody's words, and is not repeated.
    signed = verdict.key is not None and verdict.fault is not SealFault.BAD_SIGNATURE
    statement = verdict.statement if signed else None
    if isinstance(statement, CardStatement):
        lines += [
            words("seal.card", number=statement.number, licence_class=statement.licence_class),
            words("seal.holder", name=statement.name, birth=words.date(statement.birth)),
            words(
                "seal.dates",
                issued=words.date(statement.issued_on),
                until=words.date(statement.valid_until),
            ),
            words("seal.blank", serial=statement.serial, office=statement.office),
        ]
    elif isinstance(statement, PaperStatement):
        lines += [
            words("seal.paper", paper=words.of(statement.paper), number=statement.number),
            words("seal.made", made=statement.made_at.isoformat(), office=statement.office),
            words("seal.head", counter=statement.counter, seq=statement.seq,
                  head=statement.head.hex()),
        ]  # fmt: skip
    if signed and verdict.key is not None:
        lines.append(
            words("seal.key", key=verdict.key.certificate.key_id[:16],
                  made=keys.made.date().isoformat())
        )  # fmt: skip
    lines += [words(f"seal.note.{note}") for note in verdict.notes]
    return lines


def _write_keys(path: Path, out: Path, words: Words) -> int:
    from desktop.desk import open_desk

    if not Profile.exists(path):
        raise ProfileMissing(str(path))
    desk = open_desk(path)
    try:
        with desk.ledger.reading() as r:
            out.write_bytes(desk.sealing.public_keys(r, datetime.now(UTC)))
    finally:
        desk.close()
    print(words("seal.keys_written", path=str(out)))
    return GOOD


__all__ = ["SealKeysUnreadable", "add_parser", "run", "seal_in", "told"]
