"""A live counter takes time, ids, keys and the issuers' word from the world alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from keyring.backend import KeyringBackend

from desktop.desk import SourcesRefused, open_desk
from desktop.domain.realm import Realm
from desktop.outside.port import NoLine
from desktop.outside.simulators import OutsideSimulator
from desktop.profile import Profile
from desktop.sources import SeededIds, SeededKeys, SystemClock, SystemKeys, VirtualClock
from devices.simulators.bench import SimulatedBench
from tests.keys.keyrings import MemoryKeyring
from tests.walks.world import MORNING

CLOCK = VirtualClock(MORNING)
GIVEN: dict[str, dict[str, Any]] = {
    "clock": {"clock": CLOCK},
    "ids": {"ids": SeededIds(1, CLOCK)},
    "keys": {"keys": SeededKeys(1)},
    "outside": {"outside": OutsideSimulator(CLOCK.pause)},
    "bench": {"bench": SimulatedBench(CLOCK.pause)},
}


@pytest.mark.parametrize("given", GIVEN)
def test_a_new_live_profile_is_not_even_made(tmp_path: Path, given: str) -> None:
    folder = tmp_path / "p"
    with pytest.raises(SourcesRefused):
        open_desk(folder, realm=Realm.LIVE, **GIVEN[given])
    assert not folder.exists()


@pytest.mark.parametrize("given", GIVEN)
def test_a_live_profile_that_is_there_says_so_itself(
    tmp_path: Path, use_keyring: Callable[[KeyringBackend], None], given: str
) -> None:
    """Whoever opens it for training gets no further than the profile's own realm."""
    use_keyring(MemoryKeyring())
    folder = tmp_path / "p"
    Profile.create(folder, Realm.LIVE, SystemKeys(), now=SystemClock().now(), counter="L1")
    before = sorted(folder.iterdir())
    with pytest.raises(SourcesRefused):
        open_desk(folder, realm=Realm.TRAINING, **GIVEN[given])
    assert sorted(folder.iterdir()) == before


def test_with_the_system_s_own_it_opens_and_asks_nobody_played(
    tmp_path: Path, use_keyring: Callable[[KeyringBackend], None]
) -> None:
    use_keyring(MemoryKeyring())
    desk = open_desk(tmp_path / "p", realm=Realm.LIVE)
    try:
        assert desk.realm is Realm.LIVE
        assert isinstance(desk.outside, NoLine)
        assert desk.bench is None
    finally:
        desk.close()
