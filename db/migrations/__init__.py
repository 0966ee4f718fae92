"""Forms of the stores: `local` is the counter's, `central` the centre's. Each names the revision
it has.
"""

from __future__ import annotations

LOCAL_REVISIONS = ("0001",)
"""Every form of the counter's store this program can open, oldest first."""

LOCAL_HEAD = LOCAL_REVISIONS[-1]

CENTRAL_HEAD = "0004"
"""The form that `centre upgrade` brings a centre to."""
