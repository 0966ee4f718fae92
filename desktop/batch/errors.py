"""Why a whole file is refused.

Problem
├── BatchUnreadable        no file, no zip, too large, or not of the described form
├── BatchTampered          a signature or digest doesn't fit: nothing of it is taken
├── BatchOfOtherProfile    made by another training profile
├── BatchForAnotherOffice  addressed to another office
├── BatchNotWritten        the place for a file refused it
└── TrainingOnly           something that only the training realm has

A file of the other realm raises WrongRealm, a key that nobody vouches for BadCertificate
(`desktop.keys.errors`).
"""

from __future__ import annotations

from enum import StrEnum

from desktop.domain.errors import Problem


class BatchFault(StrEnum):
    """What about a file isn't as it should be."""

    NO_FILE = "no_file"
    NOT_A_ZIP = "not_a_zip"
    TOO_LARGE = "too_large"
    PART_MISSING = "part_missing"
    PART_UNKNOWN = "part_unknown"
    PART_TWICE = "part_twice"
    DAMAGED = "damaged"
    BAD_FORM = "bad_form"
    NEWER = "newer"
    OTHER_KIND = "other_kind"


class BatchUnreadable(Problem):
    """The file can't be read as a batch."""

    fault: BatchFault


class BatchTampered(Problem):
    """A signature or digest of `part` doesn't fit."""

    part: str


class BatchOfOtherProfile(Problem):
    """The file's key is another training profile's; `profile` is the folder of this one."""

    profile: str


class BatchForAnotherOffice(Problem):
    """The file is addressed to `office`; this is `here`."""

    office: str
    here: str


class BatchNotWritten(Problem):
    """The place for the file refused it: full, gone, or not writable."""


class TrainingOnly(Problem):
    """Only a training profile can play the portal."""
