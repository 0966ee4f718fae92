"""A small disk of its own for a test that fills it: a tmpfs, mounted as root.

Without root the test can't have one: it fails and says so, like any missing service.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def small_disk(size: str) -> Generator[Path]:
    """A file system of this size (`180M`) in a folder that anybody may enter, gone afterwards."""
    at = Path(tempfile.mkdtemp(prefix="loket-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "loket-test", str(at)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise RuntimeError(f"no small disk can be had here (root mounts it): {made.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=False)
        at.rmdir()


def fill(path: Path, leave: int) -> None:
    """A file that takes all the room of its disk but for `leave` bytes."""
    room = os.statvfs(path.parent)
    size = max(0, room.f_bavail * room.f_frsize - leave)
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
