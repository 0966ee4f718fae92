"""A profile's files: their names, what can be wrong with them, and how they are written.

A power cut leaves either the old file or the new one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from desktop.domain.errors import Problem
from desktop.keys.certificates import Certificate
from desktop.keys.errors import KeyMissing

if TYPE_CHECKING:
    from desktop.keys.pkcs11 import TokenPlace

FORMAT = 1
PROFILE_FILE = "profile.json"
TRUST_FILE = "trust.jsonl"
CERTIFICATES_FILE = "certificates.jsonl"
STORE_FILE = "store.db"
LOGS_FOLDER = "logs"


class ProfileMissing(Problem):
    """There is no profile at `path`."""

    path: str


class ProfileExists(Problem):
    """There already is something at `path`."""

    path: str


class ProfileDamaged(Problem):
    """A file of the profile can't be read; `name` says which."""

    path: str
    name: str


class NewerProfile(Problem):
    """The profile was written by a newer program."""

    path: str


def default_path() -> Path:
    """Where the profile lies unless `--profile` says otherwise."""
    from platformdirs import user_data_path

    return user_data_path("loket", appauthor=False) / "profile"


def logs_path(folder: Path) -> Path:
    """Where the logs of the profile in `folder` lie, before there is one too."""
    return folder / LOGS_FOLDER


def token_of(path: Path) -> TokenPlace:
    """The token that a profile remembers, without opening either.

    Raises ProfileMissing, ProfileDamaged, KeyMissing (its keys aren't in a token).
    """
    from desktop.keys.pkcs11 import TokenPlace

    try:
        facts = cast("dict[str, Any]", json.loads((path / PROFILE_FILE).read_bytes()))
        where = facts.get("token")
        if where is None:
            raise KeyMissing("token")
        return TokenPlace(str(where["module"]), str(where["label"]), str(where["serial"]))
    except FileNotFoundError as error:
        raise ProfileMissing(str(path)) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProfileDamaged(str(path), PROFILE_FILE) from error


def write_facts(path: Path, facts: dict[str, Any]) -> None:
    _write(path / PROFILE_FILE, json.dumps(facts, indent=1, sort_keys=True) + "\n")


def write_lines(path: Path, certificates: Iterable[Certificate]) -> None:
    _write(path, "".join(f"{certificate.text()}\n" for certificate in certificates))


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
