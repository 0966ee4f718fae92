"""`main.py centre join`: this counter's enrolment and its first load."""

from __future__ import annotations

import argparse
from pathlib import Path

from db.central_enrol import plain_code
from desktop.centre.joining import Way, begin, join
from desktop.commands.centre import DONE, REFUSED, secret
from desktop.keys.certificates import read_trust
from desktop.notices import Notice, Progress
from desktop.profile_files import default_path
from desktop.sources import SystemClock, SystemKeys
from desktop.words import Words


def run(args: argparse.Namespace, words: Words) -> int:
    """Do what the arguments say; the exit code."""
    folder: Path = getattr(args, "profile", None) or default_path()
    clock = SystemClock()
    code = plain_code(args.code or secret(words("centre.code_ask")))
    way = Way(args.host, args.port, args.database, code, args.root)
    profile = begin(folder, args.counter, way, SystemKeys(), clock)
    if args.trust is not None:
        # Brought another way than the answer comes: a root that doesn't fit is found out.
        profile = profile.enrol(read_trust(args.trust), ())
    print(words("centre.joining"), flush=True)

    def pause(seconds: float) -> bool:
        clock.pause(seconds)
        return True

    joined = join(profile, way, pause)
    print(words("centre.joined", counter=joined.counter, path=str(folder)))
    return _first_load(folder, words)


def _first_load(folder: Path, words: Words) -> int:
    """What the centre has for this counter; cut short, the window goes on with it."""
    from desktop.desk import open_desk
    from desktop.services.particulars import particulars_problem
    from desktop.settings import FILE_NAME

    desk = open_desk(folder)
    if particulars_problem(desk.frame) is not None:
        print(words("centre.write_place", file=str(folder / FILE_NAME)), flush=True)
    done = 0
    try:

        def heard(notice: Notice) -> None:
            nonlocal done
            if isinstance(notice, Progress):
                done = max(done, notice.done)
                print(words("centre.loading", done=notice.done, whole=notice.whole), flush=True)

        desk.notices.subscribe(heard)
        facts = desk.syncing.exchange()
    finally:
        desk.close()
    if facts.word:
        print(words("centre.load_later", word=facts.word))
        return REFUSED
    print(words("centre.loaded", done=done))
    return DONE
