"""The file behind the profile's log, in a module of its own: most days nothing loads it."""

from __future__ import annotations

import os
from contextlib import suppress
from io import TextIOWrapper
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

LARGEST = 512 * 1024
"""Bytes of one file; a crash is an entry of some hundred."""
KEPT = 4
"""Older files beside it; the newest of them ends with .1."""


class RotatingLog(RotatingFileHandler):
    """A log of limited size that only its owner reads, made with its first entry."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=True)
        self._folder = path.parent

    def _open(self) -> TextIOWrapper:
        self._folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.mkdir(exist_ok=True, mode=0o700)
        return open(self.baseFilename, "a", encoding="utf-8", opener=_private)

    def handleError(self, record: LogRecord) -> None:
        """Let go of the file in silence: the entry stands on the terminal, and the next one tries
        anew, for the disk may have room again."""
        stream, self.stream = self.stream, None  # pyright: ignore[reportAttributeAccessIssue]
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
