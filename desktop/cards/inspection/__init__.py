"""A printed card looked at by machine: is it the card that was ordered, and is it well made?

`inspect_pictures` takes what a camera or flat-bed saw of both sides and answers with findings;
it never decides, it tells an officer where to look and what can't simply be passed. OpenCV, NumPy
and the code reader are heavy, so only `facts` and `limits` may be imported at the window's start;
the rest is loaded with the first picture.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from desktop.cards.inspection.facts import Brought, Inspection, Ordered

if TYPE_CHECKING:
    from desktop.cards.inspection.limits import InspectionLimits
    from desktop.cards.seal_keys import SealKeys


def inspect_pictures(
    front: bytes,
    back: bytes,
    ordered: Ordered,
    keys: SealKeys | None,
    *,
    at: datetime,
    brought: Brought | None = None,
    allowed: InspectionLimits | None = None,
) -> Inspection:
    """Judge the pictures (JPEG or PNG) of a card's two sides against what was ordered.

    Each picture shows one whole side, lying or held anyhow, turned or askew, on a ground that isn't
    white; at least 900 pixels across the card. `keys` are the public keys of seals (None: the seal
    is read and compared, but nobody vouches for it). `at` is now, aware. `brought` is what else is
    known of the plastic itself: its chip, its serial. `allowed` replaces the limits of
    resources/inspection. A picture that shows no card, or that can't be opened, is a finding;
    nothing is raised for what stands on a picture.
    """
    from desktop.cards.inspection.inspecting import inspect

    return inspect(front, back, ordered, keys, at=at, brought=brought, allowed=allowed)


__all__ = ["Brought", "Inspection", "Ordered", "inspect_pictures"]
