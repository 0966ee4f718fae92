"""What may be said after a verb as well as before it: the language, and which profile."""

from __future__ import annotations

import argparse
from pathlib import Path


def common(*, profile: bool = True) -> argparse.ArgumentParser:
    """A parent for verbs. Unsaid, `--lang` and `--profile` leave the arguments as they were."""
    parser = argparse.ArgumentParser(add_help=False)
    if profile:
        parser.add_argument("--profile", type=Path, metavar="DIR", default=argparse.SUPPRESS)
    parser.add_argument("--lang", choices=("id", "en"), default=argparse.SUPPRESS)
    return parser
