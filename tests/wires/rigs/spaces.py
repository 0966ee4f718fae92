"""What `unshare` must be told so that a rig gets mounts of its own.

It makes every mount private first, and can't where the root folder is no mount point, as in a
plain chroot. There the mounts are left as they are, if they are private already (they are where no
systemd made them shared); where they are shared nothing may be laid over /run, and the rig fails.
"""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")
"""Before a daemon's words: it ends with the tests, even if nobody is left to stop it."""

UNCHANGED = ("--propagation", "unchanged")


class SpacesShared(RuntimeError):
    """What a rig mounts here would be seen outside of it."""


@cache
def propagation() -> tuple[str, ...]:
    """Options for `unshare -m`. Raises SpacesShared."""
    as_root = () if os.geteuid() == 0 else ("-r",)
    if subprocess.run(["unshare", *as_root, "-m", "true"], capture_output=True).returncode == 0:
        return ()
    # Fields, "shared:N" among them, stand before the dash; a chroot sees only the mounts below it.
    mounts = [
        line.split(" - ")[0] for line in Path("/proc/self/mountinfo").read_text().splitlines()
    ]
    if any(" shared:" in mount for mount in mounts):
        raise SpacesShared("mounts are shared here: mount --bind ROOT ROOT before chroot ROOT")
    return UNCHANGED
