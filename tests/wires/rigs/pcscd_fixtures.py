"""Fixtures of the smart card service, for every suite that wants a real reader.

One daemon for each pytest worker; every test finds it empty and well.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wires.rigs.pcscd import PcscdRig, pcscd_rig


@pytest.fixture(scope="session")
def pcscd_daemon() -> Iterator[PcscdRig]:
    """The worker's daemon; ask for `pcscd` instead."""
    with pcscd_rig() as rig:
        yield rig


@pytest.fixture
def pcscd(pcscd_daemon: PcscdRig) -> Iterator[PcscdRig]:
    """A smart card service with one reader of two slots, both empty."""
    yield pcscd_daemon
    pcscd_daemon.clear()
