"""Fixtures of the presenters' tests: the counter of the walks."""

from tests.walks.conftest import furnished, world

__all__ = ["furnished", "world"]
