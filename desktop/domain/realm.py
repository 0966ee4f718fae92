"""Training and live: every signed thing names its realm, and one refuses the other's."""

from __future__ import annotations

from enum import StrEnum


class Realm(StrEnum):
    """Fixed when a profile is created."""

    TRAINING = "training"
    LIVE = "live"
