"""Forms of the stores: `local` is the counter's. A store names the revision it has."""

from __future__ import annotations

LOCAL_REVISIONS = ("0001",)
"""Every form of the counter's store this program can open, oldest first."""

LOCAL_HEAD = LOCAL_REVISIONS[-1]
