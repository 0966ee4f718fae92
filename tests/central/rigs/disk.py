"""A small disk of its own for a test that fills it: a tmpfs, mounted as root.

Who may not mount can't have one: the test is skipped and says so.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(size: str) -> Generator[Path]:
    """A file system of this size (`180M`) in a folder that anybody may enter, gone afterwards."""
    at = Path(tempfile.mkdtemp(prefix="loket-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "loket-test", str(at)]
    plain = {**os.environ, "LC_ALL": "C"}
    made = subprocess.run(command, capture_output=True, text=True, check=False, env=plain)
    if made.returncode:
        at.rmdir()
        told, _, _ = made.stderr.strip().partition("\n")
        if os.geteuid() != 0 or re.search("superuser|denied|not permitted", told):
            pytest.skip(f"only root may mount the small disk: {told}")
        raise RuntimeError(f"no small disk can be had here: {told}")
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
