"""The lock and what is given back behind it."""

from __future__ import annotations

import pytest

from desktop.presenters.signin import SignIn
from desktop.presenters.signin import SignInMode as Mode
from tests.walks.world import PASSWORDS, World


@pytest.mark.parametrize(("below", "resumes"), [("andi", False), ("bambang", True), ("sri", True)])
def test_who_decides_over_others_resumes_by_their_own_sign_in(
    world: World, below: str, resumes: bool
) -> None:
    """A maker who took over could approve their own case in the other's name else."""
    world.sign_in(below)
    signing = SignIn(world.desk)
    signing.lock()
    signing.sign_in(*PASSWORDS["dewi"])
    assert world.desk.duty.taken_over
    signing.give_back()
    assert not world.desk.duty.taken_over
    assert world.desk.duty.locked is resumes
    if resumes:
        assert signing.view.mode is Mode.LOCKED
        assert signing.view.chosen == PASSWORDS[below][0]
        signing.sign_in(*PASSWORDS[below])
    assert not world.desk.duty.locked
