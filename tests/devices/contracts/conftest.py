"""The devices under contract, each with its rig."""

from __future__ import annotations

import pytest

from tests.devices.contracts.rigs import VERBS, Rig, make_rig


@pytest.fixture(params=VERBS)
def rig(request: pytest.FixtureRequest) -> Rig:
    """A device that is asked."""
    return make_rig(request.param)


@pytest.fixture(params=[*VERBS, "scanner"])
def any_rig(request: pytest.FixtureRequest) -> Rig:
    """Any device."""
    return make_rig(request.param)
