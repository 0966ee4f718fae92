"""`main.py devices list | found | replay FILE`: what the counter is set up with, what this PC sees,
and a flight recording played back against the adapter of its family.

`replay` ends with 0 when the adapter did the same as then, 1 when it didn't (each difference is a
line), 2 when the file is no recording or its family can't be played back.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from desktop.commands import arguments
from desktop.profile import Profile
from desktop.profile_files import default_path
from desktop.settings import Settings, SettingsUnreadable, load_settings
from desktop.sources import SystemClock
from desktop.words import Words
from devices.catalog import KINDS, UnknownFamily
from devices.device import DeviceKind
from devices.finding import search
from devices.wire.replay import NotReplayable, RecordingUnreadable, kind_of, read_recording, replay
from devices.wire.replay_ends import end_of

SAME, DIFFERS, UNREADABLE = 0, 1, 2
LARGEST = 64_000_000


def add_parser(subparsers: Any) -> None:
    """Add `devices` with its verbs to the program's arguments."""
    parser = subparsers.add_parser("devices", help="list, find and replay devices")
    verbs = parser.add_subparsers(dest="verb", required=True)
    common = arguments.common()
    verbs.add_parser("list", parents=[common], help="what the settings say of each place")
    verbs.add_parser("found", parents=[common], help="the devices that this PC sees")
    played = verbs.add_parser("replay", parents=[common], help="play a flight recording back")
    played.add_argument("file", type=Path, metavar="FILE")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what the arguments say; the exit code."""
    words = Words.load(getattr(args, "lang", None) or "id").lenient()
    if args.verb == "replay":
        return _replay(args.file, words)
    if args.verb == "found":
        return _found(words)
    return _list(getattr(args, "profile", None) or default_path(), words)


def _list(folder: Path, words: Words) -> int:
    if not Profile.exists(folder):
        print(words("devices_command.no_profile", folder=str(folder)))
        return UNREADABLE
    try:
        settings: Settings = load_settings(folder)
    except SettingsUnreadable as problem:
        said = words.problem(problem)
        print(said.text)
        print(said.remedy)
        return UNREADABLE
    if not settings.devices:
        print(words("devices_command.none_chosen"))
    for place, choice in settings.devices.items():
        options = " ".join(f"{name}={value}" for name, value in choice.options.items())
        print(f"{place}: {choice.adapter} {options}".rstrip())
    return SAME


def _found(words: Words) -> int:
    pause = SystemClock().pause
    for kind in DeviceKind:
        result = search(kind, pause)
        for found in result.found:
            options = " ".join(f"{name}={value}" for name, value in found.options.items())
            print(f"{kind.value}: {found.label} [{found.family} {options}]")
        for family in result.failed:
            name = words(f"device_family.{family}")
            print(f"{kind.value}: {words('device_chooser.failed', families=name)}")
        if not result.found and not result.failed:
            print(f"{kind.value}: -")
    return SAME


def _replay(file: Path, words: Words) -> int:
    try:
        if file.stat().st_size > LARGEST:
            raise RecordingUnreadable(1, "size")
        recording = read_recording(file.read_bytes())
        header = recording.header
        kind = KINDS[kind_of(recording)]
        outcome = replay(recording, end_of(header.family), kind)
    except OSError as error:
        print(words("devices_command.unreadable", reason=error.strerror or type(error).__name__))
        return UNREADABLE
    except RecordingUnreadable as error:
        print(words("devices_command.no_recording", line=error.line, reason=error.why))
        return UNREADABLE
    except NotReplayable as error:
        print(words("devices_command.unplayable", family=error.family,
                    why=words(f"devices_command.unplayed.{error.why}")))  # fmt: skip
        return UNREADABLE
    except (
        ValueError,
        UnknownFamily,
    ) as error:  # options or arguments that this program's adapter doesn't know
        print(words("devices_command.no_recording", line=1, reason=str(error)))
        return UNREADABLE
    for each in outcome.differences:
        print(f"{each.at} {each.verb or 'health'} {each.what}: {each.then} -> {each.now}")
    print(
        words(
            "devices_command.differs" if outcome.differences else "devices_command.same",
            family=header.family,
            calls=outcome.calls,
            messages=outcome.messages,
            count=len(outcome.differences),
        )
    )
    return DIFFERS if outcome.differences else SAME
