"""The profile's log: what the program itself did wrong, for the support.

One rule: no person stands in it. What went wrong is told by its kind and the way through the code,
never by the exception's text, which might hold somebody. Each entry goes to the terminal too. A log
that can't be written (a full disk, a folder of somebody else) stops nothing.
"""

from __future__ import annotations

import logging
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

NAME = "loket.log"
OURS = ("ui", "desktop", "devices", "db", "refusal")
"""Whose entries are kept: what a library writes may hold a person."""


def places(trace: TracebackType | None) -> list[str]:
    """The way through the code: file, line and function, without any value."""
    root = Path(__file__).resolve().parent.parent
    lines: list[str] = []
    for frame in traceback.extract_tb(trace):
        path = Path(frame.filename)
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        lines.append(f"{name}:{frame.lineno} {frame.name}")
    return lines


class _Line(logging.Formatter):
    """One entry, its time in UTC; an exception is its kind and its way."""

    converter = time.gmtime
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have left the whole text there
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        kind, _text, trace = ei
        return f"{kind.__name__} at {' < '.join(reversed(places(trace)))}" if kind else ""


class LogFile(logging.Handler):
    """Keeps our entries in the logs folder of a profile."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.WARNING)
        self.path = folder / NAME
        self._file: logging.Handler | None = None
        self.setFormatter(_Line())

    def keep(self) -> None:
        """From now on, beside the terminal, which had them alone."""
        for name in OURS:
            logging.getLogger(name).addHandler(self)
            if logging.lastResort is not None:
                logging.getLogger(name).addHandler(logging.lastResort)

    def emit(self, record: logging.LogRecord) -> None:
        if self._file is None:
            from desktop.log_rotation import RotatingLog

            self._file = RotatingLog(self.path)
            self._file.setFormatter(self.formatter)
        self._file.emit(record)

    def close(self) -> None:
        for name in OURS:
            logging.getLogger(name).removeHandler(self)
            if logging.lastResort is not None:
                logging.getLogger(name).removeHandler(logging.lastResort)
        if self._file is not None:
            self._file.close()
        super().close()
