"""What all far ends of a replay share: the messages of the step under way, and stand-in bytes."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from devices.options import OptionValue, read_options
from devices.simulators.pty_line import PtyLine
from devices.wire.recorder import Piece
from devices.wire.replay import Exchange, NotReplayable, Recording, Step, kind_of


def stand_in(pieces: Sequence[Piece]) -> bytes:
    """A message's bytes; zeros where they were hidden."""
    return b"".join(
        bytes.fromhex(str(data["hex"])) if "hex" in data else bytes(int(str(data["hidden"])))
        for data in pieces
    )


class Script:
    """The messages of the step under way, taken one after the other by the far end's thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Exchange] = []
        self._cancel: threading.Event | None = None

    def begin(self, step: Step, cancel: threading.Event) -> None:
        """The messages of another step."""
        with self._lock:
            self._waiting = list(step.exchanges)
            self._cancel = cancel if step.ended == "Cancelled" else None
            if self._cancel is not None and not self._waiting:
                self._cancel.set()

    def left(self) -> int:
        """How many messages haven't come yet."""
        with self._lock:
            return len(self._waiting)

    def take(self) -> Exchange | None:
        """The next message's exchange; None when none was expected."""
        with self._lock:
            if not self._waiting:
                return None
            taken = self._waiting.pop(0)
            if self._cancel is not None and not self._waiting:
                self._cancel.set()
            return taken

    def peek(self) -> Exchange | None:
        """The next, left in its place."""
        with self._lock:
            return self._waiting[0] if self._waiting else None


def options_of(recording: Recording) -> dict[str, OptionValue]:
    """The options that the device had then. Raises OptionRefused, UnknownFamily."""
    from devices.catalog import family

    line = family(kind_of(recording), recording.header.family)
    return read_options(line.options, recording.header.options)


@contextmanager
def cable(family: str) -> Generator[PtyLine]:
    """A serial cable, where there are pseudo-terminals. Raises NotReplayable."""
    try:
        import pty
    except ImportError as error:
        raise NotReplayable(family, "windows") from error
    del pty
    with tempfile.TemporaryDirectory(prefix="loket-replay-") as folder:
        line = PtyLine(Path(folder) / "port")
        line.plug()
        try:
            yield line
        finally:
            line.unplug()
