"""A case of another counter, asked for while one act of this one is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from desktop.domain.officer import Actor
from desktop.services.desk import Desk


def borrowed(
    desk: Desk, by: Actor, application_ids: Sequence[str], *, all_back: bool = False
) -> AbstractContextManager[None]:
    """See `Claims.borrowed`; nothing at a counter without a centre. On the lane `sync`."""
    if not desk.has_centre:
        return nullcontext()
    return desk.claims.borrowed(by, application_ids, all_back=all_back)
