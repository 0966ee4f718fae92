"""A double Enter never skips a step."""

from __future__ import annotations

import pytest

from ui.step_guard import StepGuard


class Hand:
    def __init__(self) -> None:
        self.time = 0.0
        self.step = 0
        self.guard = StepGuard(lambda: self.time)

    def press(self, after: float, *, auto_repeat: bool = False) -> None:
        self.time += after
        if self.guard.allows(auto_repeat=auto_repeat):
            self.step += 1
            self.guard.entered()


@pytest.mark.parametrize("gap", [1, 30, 60, 100, 119])
def test_six_quick_enters_pass_one_step(gap: float) -> None:
    hand = Hand()
    for _ in range(6):
        hand.press(gap)
    assert hand.step == 1


def test_a_held_enter_passes_one_step() -> None:
    hand = Hand()
    hand.press(500)
    for _ in range(40):
        hand.press(33, auto_repeat=True)
    assert hand.step == 1


def test_a_patient_hand_passes_each_step() -> None:
    hand = Hand()
    for _ in range(6):
        hand.press(400)
    assert hand.step == 6
